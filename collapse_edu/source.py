"""Where real data come from: a known law, or a finite data set with a held-back reserve."""

import numpy as np

from collapse_edu.checks import integer

__all__ = ["FiniteData", "KnownLaw", "Source", "normal"]


class Source:
    """The real data of one chain.

    Attributes
    ----------
    real : ndarray, shape (n, n_features)
        The fixed real set. It never changes during the chain.
    """

    def __init__(self, real, draw):
        self.real = real
        self._draw = draw

    def draw(self, n, rng):
        """Return ``n`` real rows that the chain has not used before."""
        return self._draw(n, rng)


class KnownLaw:
    """Real data from a law that never runs out.

    Parameters
    ----------
    sample : callable
        ``sample(n, rng)`` returns ``n`` independent rows.
    n : int
        Size of the fixed real set. Each chain draws its own.

    Examples
    --------
    >>> dice = KnownLaw(lambda n, rng: rng.integers(1, 7, size=(n, 1)), n=100)
    >>> source = dice.open(np.random.default_rng(0))
    >>> source.real.shape, source.draw(5, np.random.default_rng(1)).shape
    ((100, 1), (5, 1))
    """

    def __init__(self, sample, n):
        self.sample = sample
        self.n = integer("n", n, 1)

    def open(self, rng):
        """Return the :class:`Source` of one chain, with a real set drawn from ``rng``."""
        return Source(self.sample(self.n, rng), self.sample)


class FiniteData:
    """Real data of which there is a fixed amount.

    Every chain starts from the same real set. What was held back is a reserve of fresh real data; each chain
    uses it in an order of its own, until none is left.

    Parameters
    ----------
    real : array, shape (n, n_features)
        The fixed real set.
    reserve : array, shape (m, n_features), optional
        Real rows that no model has seen.

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

    def __init__(self, real, reserve=()):
        self.real = _rows("real", real)
        self.reserve = _rows("reserve", reserve) if len(reserve) else self.real[:0]
        self.n = len(self.real)

    def open(self, rng):
        """Return the :class:`Source` of one chain, with the reserve in an order drawn from ``rng``."""
        order = rng.permutation(len(self.reserve))
        used = 0

        def draw(n, rng):
            nonlocal used
            left = len(order) - used
            if n > left:
                raise ValueError(
                    f"no fresh human data left: {n} rows asked for, {left} of {len(order)} remain in the reserve"
                )
            taken = self.reserve[order[used : used + n]]
            used += n
            return taken

        return Source(self.real, draw)


def normal(n, mean=0.0, covariance=1.0):
    """Return the normal law as a source of real data.

    Parameters
    ----------
    n : int
        Size of the fixed real set.
    mean : float or array, shape (d,)
    covariance : float or array, shape (d, d)
        Positive definite; a number is a variance.

    Returns
    -------
    KnownLaw

    Examples
    --------
    >>> normal(100, covariance=[[1, 0.5], [0.5, 1]]).open(np.random.default_rng(0)).real.shape
    (100, 2)
    """
    covariance = np.atleast_2d(np.asarray(covariance, dtype=float))
    mean = np.broadcast_to(np.asarray(mean, dtype=float), len(covariance))
    try:
        factor = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        raise ValueError(f"covariance must be positive definite; got {covariance.tolist()}") from None

    def sample(n, rng):
        return mean + rng.standard_normal((n, len(mean))) @ factor.T

    return KnownLaw(sample, n)


def _rows(name, rows):
    rows = np.asarray(rows)
    if rows.ndim != 2 or not len(rows):
        raise ValueError(f"{name} must have at least one row and two dimensions (rows, features); got {rows.shape}")
    return rows
