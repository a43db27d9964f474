"""Regimes: what the next generation is trained on.

A regime is a callable ``(source, pool, synthetic, rng) -> (pool, training, weights)``:

* ``source``: the :class:`~collapse_edu.loop.source.Source` of the chain;
* ``pool``: what the regime keeps from one generation to the next (``None`` if nothing; at first it is the real set);
* ``synthetic``: ndarray, shape (n, n_features), what the last model drew;
* ``rng``: the numpy.random.Generator of the chain;
* ``training``: ndarray, shape (m, n_features), the next training set;
* ``weights``: one weight for each row of ``training``, or ``None``.

Your own regime is three lines:

>>> def newest_half(source, pool, synthetic, rng):
...     half = len(source.real) // 2
...     return None, np.concatenate([source.real[:half], synthetic[half:]]), None
"""

from dataclasses import dataclass, fields
from math import floor

import numpy as np

from collapse_edu.checks import integer, number

__all__ = [
    "accumulate", "anchor", "contaminated", "mix", "name", "preserve", "real_rows", "replace", "subsample", "weighted",
]  # fmt: skip


def replace(source, pool, synthetic, rng):
    """Train on the last synthetic set alone.

    Parameters
    ----------
    source, pool, rng : ignored
    synthetic : ndarray, shape (n, n_features)

    Returns
    -------
    tuple
        (None, the synthetic rows, None).

    References
    ----------
    Shumailov et al. (2024), their theory; "fully synthetic loop" of Alemohammad et al. (2024).

    Examples
    --------
    >>> replace(None, None, np.array([[-1], [-2]]), None)[1].ravel()
    array([-1, -2])
    """
    return None, synthetic, None


def accumulate(source, pool, synthetic, rng):
    """Train on the real set and every synthetic set so far.

    Parameters
    ----------
    source, rng : ignored
    pool : ndarray, shape (m, n_features)
        The real set and the synthetic sets of earlier generations.
    synthetic : ndarray, shape (n, n_features)

    Returns
    -------
    tuple
        (pool, the same pool as training set of m + n rows, None).

    References
    ----------
    Gerstgrasser et al. (2024).

    Examples
    --------
    >>> accumulate(None, np.array([[1], [2]]), np.array([[-1], [-2]]), None)[1].ravel()
    array([ 1,  2, -1, -2])
    """
    pool = _together(pool, synthetic)
    return pool, pool, None


def subsample(source, pool, synthetic, rng):
    """Train on a random part, of the first set's size, of all that accumulated.

    Parameters
    ----------
    source : Source
        Its real set gives the size.
    pool : ndarray, shape (m, n_features)
        The real set and the synthetic sets of earlier generations.
    synthetic : ndarray, shape (n, n_features)
    rng : numpy.random.Generator

    Returns
    -------
    tuple
        (pool of m + n rows, as many of them as the real set has, drawn without return, None).

    References
    ----------
    Kazdan et al. (2025), accumulate-subsample.

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> pool, training, _ = subsample(source, source.real, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> len(pool), len(training)
    (4, 2)
    """
    pool = _together(pool, synthetic)
    return pool, rng.choice(pool, size=len(source.real), replace=False, shuffle=False), None


def anchor(source, pool, synthetic, rng):
    """Train on the whole original real set and the last synthetic set.

    Parameters
    ----------
    source : Source
    synthetic : ndarray, shape (n, n_features)
    pool, rng : ignored

    Returns
    -------
    tuple
        (None, the real and the synthetic rows, None).

    References
    ----------
    "Synthetic augmentation loop" of Alemohammad et al. (2024); setting of Bertrand et al. (2024).

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> anchor(source, None, np.array([[-1], [-2]]), None)[1].ravel()
    array([ 1,  2, -1, -2])
    """
    return None, _together(source.real, synthetic), None


@dataclass(frozen=True)
class preserve:  # noqa: N801, used like the functions above
    """Train on the last synthetic set, a share of it replaced by original real data.

    Which real rows are kept is drawn anew in each generation, without return.

    Parameters
    ----------
    share : float
        Between 0 and 1; :func:`real_rows` makes rows of it. Shumailov et al. preserve 0.1.

    Raises
    ------
    TypeError, ValueError
        If the share is no number in [0, 1]. When called: if it is less than one row, or more rows than the real set
        has.

    References
    ----------
    Shumailov et al. (2024), language model with 10 % of the original data preserved.

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]]).open(np.random.default_rng(0))
    >>> _, training, _ = preserve(0.5)(source, None, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> int((training > 0).sum()), int((training < 0).sum())
    (1, 1)
    """

    share: float

    def __post_init__(self):
        number("share", self.share, 0, 1)

    def kept_rows(self, n, there):
        """Return how many real rows are kept in a training set of n, of those that are there.

        Raises
        ------
        ValueError
            If the share is less than one row, or more rows than are there.

        Examples
        --------
        >>> preserve(0.1).kept_rows(100, there=20)
        10
        """
        rows = real_rows(self.share, n)
        if rows > there:
            raise ValueError(
                f"share of {self.share:g} asks for {rows} real rows of {n}; the real set has {there}: "
                "take a smaller share or fewer rows"
            )
        return rows

    def __call__(self, source, pool, synthetic, rng):
        n_real = self.kept_rows(len(synthetic), len(source.real))
        kept = rng.choice(source.real, size=n_real, replace=False, shuffle=False)
        return None, _together(kept, _some(synthetic, len(synthetic) - n_real, rng)), None


@dataclass(frozen=True)
class mix:  # noqa: N801
    """Train on synthetic rows and fresh real ones, which no model of the chain has seen.

    Parameters
    ----------
    share : float
        Share of fresh real rows, between 0 and 1; :func:`real_rows` makes rows of it.

    Raises
    ------
    TypeError, ValueError
        If the share is no number in [0, 1]. When called: if it is less than one row, or no fresh rows are left.

    References
    ----------
    "Fresh data loop" of Alemohammad et al. (2024).

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]], reserve=[[3]]).open(np.random.default_rng(0))
    >>> _, training, _ = mix(0.5)(source, None, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> int(training[0, 0]), int((training < 0).sum())
    (3, 1)
    """

    share: float

    def __post_init__(self):
        number("share", self.share, 0, 1)

    def __call__(self, source, pool, synthetic, rng):
        n_real = real_rows(self.share, len(synthetic))
        fresh = source.draw(n_real, rng)
        return None, _together(fresh, _some(synthetic, len(synthetic) - n_real, rng)), None


@dataclass(frozen=True)
class contaminated:  # noqa: N801
    """Train on a stream of fresh real rows in which the share of synthetic ones grows.

    The second training set has the share ``start`` of synthetic rows, each later one ``growth`` more, up to all. The
    share is rounded to the nearest number of rows. The pool counts the training sets that were made.

    Parameters
    ----------
    start : float
        Share of synthetic rows in the first training set that has any, between 0 and 1.
    growth : float, default=0.0
        What each generation adds to the share, between 0 and 1. 0 is :class:`mix` with 1 - start, and 1 with a growth
        of 0 is :func:`replace`.

    Raises
    ------
    TypeError, ValueError
        If start or growth is no number in [0, 1]. When called: if no fresh rows are left.

    References
    ----------
    Bakshi and Chakraborty (2026): contaminated data with a share of real rows that decays.

    Examples
    --------
    >>> from collapse_edu.loop.source import KnownDistribution
    >>> source = KnownDistribution(lambda n, rng: np.ones((n, 1)), n=4).open(None)
    >>> rule, pool, rng = contaminated(0.25, growth=0.5), source.real, np.random.default_rng(0)
    >>> for _ in range(3):
    ...     pool, training, _ = rule(source, pool, -np.ones((4, 1)), rng)
    ...     print(pool, training.ravel())
    1 [ 1.  1.  1. -1.]
    2 [ 1. -1. -1. -1.]
    3 [-1. -1. -1. -1.]
    """

    start: float
    growth: float = 0.0

    def __post_init__(self):
        number("start", self.start, 0, 1)
        number("growth", self.growth, 0, 1)

    def __call__(self, source, pool, synthetic, rng):
        made = pool if isinstance(pool, int) else 0  # at first the pool is the real set
        n_synthetic = _nearest(min(1, self.start + self.growth * made), len(synthetic))
        fresh = source.draw(len(synthetic) - n_synthetic, rng)
        return made + 1, _together(fresh, _some(synthetic, n_synthetic, rng)), None


@dataclass(frozen=True)
class weighted:  # noqa: N801
    """Train on real rows and the last synthetic set, with a weight for each of the two sets.

    All real rows together weigh ``weight``, all synthetic rows the rest. There are as many real rows as the real set
    has. Weights say how often a row counts, so they need a sum: it is the effective sample size
    1/Σ(share of each row)². An unbiased variance of weighted rows is then unbiased.

    Parameters
    ----------
    weight : float
        Weight of the real rows, between 0 and 1. With as many fresh real rows as synthetic ones the golden ratio,
        0.618, is best: :func:`collapse_edu.theory.pathways.optimal_weight`.
    real : {"fresh", "original"}, default="fresh"
        New real rows in each generation, or the fixed real set.

    Raises
    ------
    TypeError, ValueError
        If the weight is no number in [0, 1], or ``real`` is neither. When called: if no fresh rows are left.

    References
    ----------
    He, Xu and Cheng (2025). Expected errors: :func:`collapse_edu.theory.pathways.weighted_error`.

    Examples
    --------
    >>> from collapse_edu.loop.source import FiniteData
    >>> source = FiniteData([[1], [2]], reserve=[[3], [4]]).open(np.random.default_rng(0))
    >>> _, training, weights = weighted(0.75)(source, None, np.array([[-1], [-2]]), np.random.default_rng(0))
    >>> training.ravel(), weights.round(3)
    (array([ 3,  4, -1, -2]), array([1.2, 1.2, 0.4, 0.4]))
    """

    weight: float
    real: str = "fresh"

    def __post_init__(self):
        number("weight", self.weight, 0, 1)
        if self.real not in ("fresh", "original"):
            raise ValueError(f'real must be "fresh" or "original"; got {self.real!r}')

    def __call__(self, source, pool, synthetic, rng):
        real = source.real if self.real == "original" else source.draw(len(source.real), rng)
        shares = np.repeat([self.weight / len(real), (1 - self.weight) / len(synthetic)], [len(real), len(synthetic)])
        return None, _together(real, synthetic), shares / np.square(shares).sum()


def _together(rows, synthetic):
    """Return both sets as one, or say in one line that they differ in width."""
    if rows.shape[1:] != synthetic.shape[1:]:
        raise ValueError(f"synthetic must have shape (n, {rows.shape[1]}), as real rows have; got {synthetic.shape}")
    return np.concatenate([rows, synthetic])


def _some(rows, n, rng):
    """Return n of the rows, at random: a learner's model may return them in an order."""
    return rng.choice(rows, size=n, replace=False, shuffle=False)


def real_rows(share, n):
    """Return how many of n rows a share is: the nearest whole number, and halves go up.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    n : int
        Rows of the training set.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        If share is no number in [0, 1] or n no integer of at least 1; or if the share is above 0 but rounds to no row.

    Examples
    --------
    >>> real_rows(0.1, 30), real_rows(0.1, 25)
    (3, 3)
    >>> real_rows(0.1, 4)
    Traceback (most recent call last):
    ...
    ValueError: share of 0.1 is less than one of 4 rows; take a larger share or more rows
    """
    rows = _nearest(number("share", share, 0, 1), integer("n", n, 1))
    if share > 0 and rows == 0:
        raise ValueError(f"share of {share:g} is less than one of {n} rows; take a larger share or more rows")
    return rows


def _nearest(share, n):
    return floor(share * n + 0.5 + 1e-9)  # 0.145 · 100 is a little less than 14.5 for a computer


def name(regime):
    """Return the label of a regime, for tables and pictures.

    Parameters
    ----------
    regime : callable

    Returns
    -------
    str
        The name of the function, with its numbers if it has some.

    Examples
    --------
    >>> name(replace), name(mix(0.1)), name(weighted(0.5, real="original"))
    ('replace', 'mix(0.1)', 'weighted(0.5, original)')
    """
    if isinstance(regime, preserve | mix | contaminated | weighted):
        given = [(getattr(regime, field.name), field.default) for field in fields(regime)]
        shown = [value if isinstance(value, str) else f"{value:g}" for value, usual in given if value != usual]
        return f"{type(regime).__name__}({', '.join(shown)})"
    return getattr(regime, "__name__", type(regime).__name__)
