"""Many Gaussian chains at once, exact: the law of the fitted statistics is known, so no samples are drawn.

The mean of m samples from N(μ, Σ) is N(μ, Σ/m), independent of their scatter matrix, which is Wishart(Σ, m - 1).
Replace, accumulate, anchor and mix only pool independent batches, and pooled statistics follow from the batches'
statistics. (Preserve and subsample use single points again; :func:`collapse_edu.run` does those.)

All chains are drawn together from one generator: other than in :func:`collapse_edu.run`, chain 0 of a larger ensemble
is not chain 0 of a smaller one.
"""

from dataclasses import dataclass
from functools import partial
from itertools import count

import numpy as np

from collapse_edu import checks, regimes
from collapse_edu.checks import generator, integer, number
from collapse_edu.history import History

__all__ = ["Fit", "gaussian", "gaussian_fits"]


@dataclass(frozen=True, eq=False)
class Fit:
    """The normal distributions fitted by all chains in generation ``t``.

    Attributes
    ----------
    t : int
        1 is the fit to real data.
    mean : ndarray, shape (chains, d)
    factor : ndarray, shape (chains, d, d)
        ``factor @ factor.T`` is the covariance.

    Examples
    --------
    >>> fit = next(gaussian_fits(n=10, chains=1000, rng=np.random.default_rng(0)))
    >>> fit.t, fit.mean.shape, fit.variance.mean().round(1)
    (1, (1000, 1), np.float64(1.0))
    """

    t: int
    mean: np.ndarray
    factor: np.ndarray

    @property
    def variance(self):
        """Fitted variance of each chain, averaged over coordinates, shape (chains,)."""
        return np.square(self.factor).sum(axis=(1, 2)) / self.mean.shape[1]

    @property
    def covariance(self):
        """Fitted covariance of each chain, shape (chains, d, d)."""
        return self.factor @ self.factor.transpose(0, 2, 1)

    @property
    def squared_w2(self):
        """Squared Wasserstein-2 distance of each fit to N(0, I), shape (chains,)."""
        singular_values = np.linalg.svd(self.factor, compute_uv=False) if self.mean.shape[1] > 1 else self.factor[:, 0]
        return np.square(self.mean).sum(axis=1) + np.square(np.abs(singular_values) - 1).sum(axis=1)


def gaussian(regime=regimes.replace, *, n, generations, chains, d=1, ddof=1, sampling_bias=1.0, seed=0):
    """Return the history of many Gaussian chains that start from N(0, I).

    Parameters
    ----------
    regime : replace, accumulate, anchor or mix(share)
    n : int
        Size of the real set and of each synthetic set, larger than d.
    generations, chains : int
        At least 1.
    d : int
        Dimension, at least 1.
    ddof : {1, 0}
        1: unbiased fits; 0: maximum likelihood.
    sampling_bias : float
        λ in (0, 1]. Samples come from N(mean, λ · covariance).
    seed : int
        0 or larger. One seed, one result, for one number of chains: chain 0 changes with ``chains``.

    Returns
    -------
    History
        Metrics ``mean`` (d = 1 only), ``variance`` (fitted, averaged over coordinates), ``squared_w2`` to N(0, I).

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or the regime does not pool independent batches.

    References
    ----------
    Bartlett (1933) for the Wishart draws. The chain is that of Shumailov et al. (2024), Theorem 3.1; λ is that of
    Alemohammad et al. (2024).

    Examples
    --------
    >>> history = gaussian(n=100, generations=69, chains=10_000)
    >>> np.median(history["variance"][-1]).round(2)
    np.float64(0.51)
    """
    generations, chains = integer("generations", generations, 1), integer("chains", chains, 1)
    seed, d = integer("seed", seed, 0), integer("d", d, 1)
    names = ["mean", "variance", "squared_w2"][0 if d == 1 else 1 :]
    values = {name: np.empty((generations, chains)) for name in names}
    fits = gaussian_fits(
        regime, n=n, chains=chains, d=d, ddof=ddof, sampling_bias=sampling_bias, rng=np.random.default_rng(seed)
    )
    for row, fit in zip(range(generations), fits, strict=False):
        for name in names:
            values[name][row] = fit.mean[:, 0] if name == "mean" else getattr(fit, name)
    settings = {
        "model": "Gaussian",
        "ddof": ddof,
        "sampling_bias": sampling_bias,
        "n_real": n,
        "n_samples": n,
        "d": d,
        "generations": generations,
        "chains": chains,
        "seed": seed,
        "exact": True,
    }
    return History({(regimes.name(regime), name): array for name, array in values.items()}, settings)


def gaussian_fits(regime=regimes.replace, *, n, chains, rng, d=1, ddof=1, sampling_bias=1.0):
    """Yield the :class:`Fit` of all chains for t = 1, 2, …, without end.

    Parameters
    ----------
    regime, n, chains, d, ddof, sampling_bias
        As in :func:`gaussian`.
    rng : numpy.random.Generator
        All randomness of all chains.

    Yields
    ------
    Fit

    Raises
    ------
    TypeError, ValueError
        With the first fit, as :func:`gaussian`.

    Examples
    --------
    >>> fits = gaussian_fits(n=10, chains=3, d=2, rng=np.random.default_rng(0))
    >>> next(fits).covariance.shape
    (3, 2, 2)
    """
    d, chains, ddof = integer("d", d, 1), integer("chains", chains, 1), integer("ddof", ddof, 0, 1)
    rng = generator(rng)
    n = integer("n", n, d + 1)
    scale = np.sqrt(number("sampling_bias", sampling_bias, 0, 1, open_low=True))
    pooling = _pooling(regime, n)

    def fresh(size):
        return _Batch.draw(np.zeros((chains, d)), np.broadcast_to(np.eye(d), (chains, d, d)), size, rng)

    pool = training = real = fresh(n)
    for t in count(1):
        fit = Fit(t, training.mean, training.root / np.sqrt(training.n - ddof))
        yield fit
        synthetic = partial(_Batch.draw, fit.mean, scale * fit.factor, rng=rng)
        pool, training = pooling(real, pool, synthetic, fresh)


@dataclass(frozen=True, eq=False)
class _Batch:
    """Statistics of n rows in each chain: their mean, and a root of their scatter matrix about it."""

    n: int
    mean: np.ndarray
    root: np.ndarray

    @classmethod
    def draw(cls, mean, factor, n, rng):
        """Draw the statistics of n samples from N(mean, factor factorᵀ)."""
        chains, d = mean.shape
        centre = rng.standard_normal((chains, d)) / np.sqrt(n)
        if n <= d:  # the scatter matrix is singular: draw the rows themselves
            rows = rng.standard_normal((chains, d, n))
            centre = rows.mean(axis=2)
            bartlett = rows - centre[:, :, None]
        elif d == 1:
            bartlett = np.sqrt(rng.chisquare(n - 1, (chains, 1, 1)))
        else:
            bartlett = np.tril(rng.standard_normal((chains, d, d)), -1)
            diagonal = np.arange(d)
            bartlett[:, diagonal, diagonal] = np.sqrt(rng.chisquare(n - 1 - diagonal, (chains, d)))
        if d == 1:
            return cls(n, mean + factor[:, 0] * centre, factor * bartlett)
        return cls(n, mean + (factor @ centre[:, :, None])[:, :, 0], factor @ bartlett)

    def __add__(self, other):
        """Return the statistics of both batches pooled."""
        n = self.n + other.n
        shift = other.mean - self.mean
        step = shift[:, :, None] * np.sqrt(self.n * other.n / n)
        # The pooled scatter is R Rᵀ with these columns. Its triangular root comes from R itself: to square R would lose
        # half of the digits, and a scatter that is nearly singular would have no root at all.
        columns = np.concatenate([self.root, other.root, step], axis=2)
        if columns.shape[1] == 1:
            root = np.sqrt(np.square(columns).sum(axis=2, keepdims=True))
        else:
            root = np.linalg.qr(columns.transpose(0, 2, 1), mode="r").transpose(0, 2, 1)
        return _Batch(n, self.mean + shift * (other.n / n), root)


def _pooling(regime, n):
    """Return the regime as a rule for statistics: (real, pool, synthetic, fresh) -> (pool, training)."""
    checks.regime(regime)
    if regime is regimes.replace:
        return lambda real, pool, synthetic, fresh: (None, synthetic(n))
    if regime is regimes.accumulate:
        return lambda real, pool, synthetic, fresh: (pool := pool + synthetic(n), pool)
    if regime is regimes.anchor:
        return lambda real, pool, synthetic, fresh: (None, real + synthetic(n))
    if isinstance(regime, regimes.mix):
        n_fresh = regimes.real_rows(regime.share, n)
        if n_fresh == 0:
            return lambda real, pool, synthetic, fresh: (None, synthetic(n))
        if n_fresh == n:
            return lambda real, pool, synthetic, fresh: (None, fresh(n))
        return lambda real, pool, synthetic, fresh: (None, synthetic(n - n_fresh) + fresh(n_fresh))
    raise ValueError(
        f"regime must be replace, accumulate, anchor or mix(share) for exact draws; got {regimes.name(regime)} "
        "(collapse_edu.run takes any regime)"
    )
