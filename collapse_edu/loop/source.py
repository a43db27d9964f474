"""Where real data come from: a known distribution, or a finite data set with a held-back reserve.

Real rows are read-only copies: no chain can change them for another.
"""

import reprlib
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu import checks
from collapse_edu.checks import integer, number

__all__ = ["FiniteData", "KnownDistribution", "Source", "linear", "normal", "types"]

_Sampler: TypeAlias = Callable[[int, np.random.Generator], ArrayLike]


class Source:
    """The real data of one chain.

    Parameters
    ----------
    real : array, shape (n, n_features)
    draw : callable
        ``draw(n, rng)`` returns ``n`` fresh real rows.

    Attributes
    ----------
    real : ndarray, shape (n, n_features)
        The fixed real set, read-only. It never changes during the chain.

    Raises
    ------
    ValueError
        If ``real`` has no rows, or not two dimensions.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> source = normal(30).open(rng)
    >>> source.real.shape, source.draw(2, rng).shape
    ((30, 1), (2, 1))
    """

    def __init__(self, real: ArrayLike, draw: _Sampler) -> None:
        self.real = _rows("real", real)
        self._draw = draw

    def __reduce__(self):
        return type(self), (self.real, self._draw)  # a pickled array forgets that it is read-only

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw real rows that the chain has not used before.

        Parameters
        ----------
        n : int
            0 or larger.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (n, n_features)

        Raises
        ------
        TypeError, ValueError
            If n is no integer of at least 0; if a finite reserve has fewer rows: no fresh human data left; or if
            the distribution does not return n rows of finite numbers, as wide as the real ones.
        """
        n = integer("n", n, 0)
        return checks.rows("what draw(n, rng) returns", self._draw(n, rng), n, self.real.shape[1])


class KnownDistribution:
    """Real data from a distribution that never runs out.

    Parameters
    ----------
    sample : callable
        ``sample(n, rng)`` returns ``n`` independent rows, shape (n, n_features).
    n : int
        Size of the fixed real set, at least 1. Each chain draws its own.

    Raises
    ------
    TypeError, ValueError
        If ``sample`` cannot be called, or ``n`` is no integer of at least 1.

    Examples
    --------
    >>> dice = KnownDistribution(lambda n, rng: rng.integers(1, 7, size=(n, 1)), n=100)
    >>> source = dice.open(np.random.default_rng(0))
    >>> source.real.shape, source.draw(5, np.random.default_rng(1)).shape
    ((100, 1), (5, 1))
    """

    def __init__(self, sample: _Sampler, n: int) -> None:
        if not callable(sample):
            raise TypeError(f"sample must be a function of (n, rng) that returns rows; got {type(sample).__name__}")
        self.sample = sample
        self.n = integer("n", n, 1)

    def open(self, rng: np.random.Generator) -> Source:
        """Return the real data of one chain.

        Parameters
        ----------
        rng : numpy.random.Generator
            The fixed real set is drawn from it.

        Returns
        -------
        Source

        Raises
        ------
        ValueError
            If ``sample`` does not return n rows of finite numbers, in two dimensions.
        """
        name = "what sample(n, rng) returns"
        real = _rows(name, self.sample(self.n, rng))
        return Source(checks.rows(name, real, self.n, real.shape[1]), self.sample)


class FiniteData:
    """Real data of which there is a fixed amount.

    Every chain starts from the same real set. What was held back is a reserve of fresh real data; each chain
    uses it in an order of its own, until none is left.

    Parameters
    ----------
    real : array, shape (n, n_features)
        The fixed real set, at least one row.
    reserve : array, shape (m, n_features), optional
        Real rows that no model has seen.

    Attributes
    ----------
    real, reserve : ndarray
        Read-only copies.
    n : int
        Rows of the real set.

    Raises
    ------
    ValueError
        If rows do not have two dimensions, or those of ``real`` and ``reserve`` differ in width.

    Examples
    --------
    >>> words = FiniteData([[0], [1], [1]], reserve=[[2], [0]])
    >>> rng = np.random.default_rng(0)
    >>> source = words.open(rng)
    >>> len(source.draw(2, rng))
    2
    >>> source.draw(1, rng)
    Traceback (most recent call last):
    ...
    ValueError: no fresh human data left: 1 rows asked for, 0 of 2 remain in the reserve
    """

    def __init__(self, real: ArrayLike, reserve: ArrayLike | None = None) -> None:
        self.real = _rows("real", real)
        self.reserve = self.real[:0] if reserve is None or not len(np.asarray(reserve)) else _rows("reserve", reserve)
        self.n = len(self.real)
        if self.reserve.shape[1] != self.real.shape[1]:
            raise ValueError(
                f"reserve must have as many features as real, {self.real.shape[1]}; got {self.reserve.shape[1]}"
            )

    def __reduce__(self):
        return type(self), (self.real, self.reserve)

    def open(self, rng: np.random.Generator) -> Source:
        """Return the real data of one chain.

        Parameters
        ----------
        rng : numpy.random.Generator
            The order in which the reserve is used is drawn from it.

        Returns
        -------
        Source
        """
        return Source(self.real, _Reserve(self.reserve, rng.permutation(len(self.reserve))))


class _Reserve:
    """Rows that are handed out once each, in a given order."""

    def __init__(self, rows, order):
        self.rows = rows
        self.order = order
        self.used = 0

    def __call__(self, n, rng):
        left = len(self.order) - self.used
        if n > left:
            raise ValueError(
                f"no fresh human data left: {n} rows asked for, {left} of {len(self.order)} remain in the reserve"
            )
        taken = self.rows[self.order[self.used : self.used + n]]
        self.used += n
        return taken


class _Normal:
    """N(mean, factor factorᵀ) as a function that draws rows. (A closure could not be sent to another process.)"""

    def __init__(self, mean, factor):
        self.mean = mean
        self.factor = factor

    def __call__(self, n, rng):
        return self.mean + rng.standard_normal((n, len(self.mean))) @ self.factor.T


def normal(n: int, mean: ArrayLike = 0.0, covariance: ArrayLike = 1.0) -> KnownDistribution:
    """Return the normal distribution as a source of real data.

    Parameters
    ----------
    n : int
        Size of the fixed real set, at least 1.
    mean : float or array, shape (d,)
        A number stands for all coordinates.
    covariance : float or array, shape (d, d)
        Symmetric and positive definite; it says what d is. A number is a variance.

    Returns
    -------
    KnownDistribution

    Raises
    ------
    TypeError, ValueError
        If ``n`` is no integer of at least 1, or the distribution is none: numbers that are not finite, shapes that do
        not match, a covariance that is not symmetric or not positive definite.

    Examples
    --------
    >>> normal(100, covariance=[[1, 0.5], [0.5, 1]]).open(np.random.default_rng(0)).real.shape
    (100, 2)
    """
    mean, covariance = _finite("mean", mean), np.atleast_2d(_finite("covariance", covariance))
    d = len(covariance)
    if covariance.shape != (d, d):
        raise ValueError(f"covariance must be a number or have shape (d, d); got shape {covariance.shape}")
    if mean.shape not in ((), (d,)):
        raise ValueError(f"mean must be a number or have shape ({d},), as the covariance has; got shape {mean.shape}")
    skew = np.abs(covariance - covariance.T).max()
    if skew > 1e-9 * np.abs(covariance).max():
        raise ValueError(f"covariance must be symmetric; got one that is off by {skew:.2g}")
    try:
        factor = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        least = np.linalg.eigvalsh(covariance).min()
        raise ValueError(f"covariance must be positive definite; got a smallest eigenvalue of {least:.2g}") from None
    return KnownDistribution(_Normal(np.full(d, mean), factor), n)


class _Linear:
    """Rows [x, y] with x from N(0, I) and y = x·w + noise, as a function that draws them."""

    def __init__(self, weights, noise):
        self.weights = weights
        self.noise = noise

    def __call__(self, n, rng):
        x = rng.standard_normal((n, len(self.weights)))
        return np.column_stack([x, x @ self.weights + self.noise * rng.standard_normal(n)])


def linear(n: int, weights: ArrayLike, noise: float = 1.0) -> KnownDistribution:
    """Return linear regression data as a source: rows ``[x, y]``, x from N(0, I), y = x·w + noise.

    Parameters
    ----------
    n : int
        Size of the fixed real set, at least 1.
    weights : array, shape (d,)
        The real vector w.
    noise : float
        Standard deviation of the noise on y, 0 or larger.

    Returns
    -------
    KnownDistribution

    Raises
    ------
    TypeError, ValueError
        If ``n`` is no integer of at least 1, ``weights`` is no array of finite numbers with one axis, or ``noise`` is
        negative or infinite.

    References
    ----------
    Gerstgrasser et al. (2024); Dohmatob, Feng and Kempe (2024), isotropic case.

    Examples
    --------
    >>> linear(50, weights=[1, -2, 0]).open(np.random.default_rng(0)).real.shape
    (50, 4)
    """
    weights, noise = _finite("weights", weights), number("noise", noise, 0, np.inf)
    if weights.ndim != 1 or not len(weights):
        raise ValueError(f"weights must have shape (d,) with d of at least 1; got shape {weights.shape}")
    return KnownDistribution(_Linear(weights, float(_finite("noise", noise))), n)


class _Types:
    """Types by their probabilities, with labels or without, as a function that draws them."""

    def __init__(self, probabilities, labels):
        self.probabilities = probabilities
        self.labels = labels

    def __call__(self, n, rng):
        drawn = rng.choice(len(self.probabilities), size=n, p=self.probabilities)
        return drawn[:, None] if self.labels is None else np.column_stack([drawn, self.labels[drawn]])


def types(n: int, probabilities: ArrayLike, labels: ArrayLike | None = None) -> KnownDistribution:
    """Return a distribution of types as a source: rows ``[type]``, or rows ``[type, label]``.

    Parameters
    ----------
    n : int
        Size of the fixed real set, at least 1.
    probabilities : array, shape (n_types,)
        Of the types 0 … n_types - 1; their sum is 1. See :func:`collapse_edu.theory.tails.zipf_law`.
    labels : array of int, shape (n_types,), optional
        One label of at least 0 for each type.

    Returns
    -------
    KnownDistribution

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> types(3, [0.5, 0.5], labels=[7, 8]).open(np.random.default_rng(0)).real
    array([[1, 8],
           [0, 7],
           [0, 7]])
    """
    p = _probabilities(probabilities)
    return KnownDistribution(_Types(p, None if labels is None else _labels(labels, len(p))), n)


def _probabilities(values):
    """Return the probabilities of types, or say in one line that they are none."""
    p = _finite("probabilities", values)
    are_weights = p.ndim == 1 and len(p) > 0 and p.min() >= 0
    if not are_weights or abs(p.sum() - 1) > 1e-9:
        came = f"a sum of {p.sum():g}" if are_weights else reprlib.repr(values)
        raise ValueError(f"probabilities must have one axis, none negative, and sum to 1; got {came}")
    return p


def _labels(values, n_types):
    """Return the labels of types, or say in one line that they are none."""
    labels = np.asarray(values)
    if labels.shape != (n_types,) or labels.dtype.kind not in "iu" or labels.min() < 0:
        raise ValueError(f"labels must contain {n_types} integers of at least 0; got {reprlib.repr(labels.tolist())}")
    return labels


def _finite(name, values):
    """Return an array of numbers, or say in one line that it is none."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must contain finite numbers; got {' '.join(reprlib.repr(values).split())}")
    return array


def _rows(name, rows):
    """Return rows that nobody can write to."""
    rows = np.asarray(rows, order="C")  # sums of columns do not depend on how a table was stored
    if rows.ndim != 2 or not len(rows):
        raise ValueError(f"{name} must have at least one row and two dimensions (rows, features); got {rows.shape}")
    if rows.flags.writeable:
        rows = rows.copy()
        rows.flags.writeable = False
    return rows
