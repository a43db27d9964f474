"""Gaussian chains: means and covariances are drawn, samples are not.

Statistics of independent batches give those of all their rows together. Where a part of the real set is used again, its
rows are kept, and only synthetic and fresh ones are drawn as statistics. Subsample uses a part of the synthetic rows
again, so the next statistics depend on more than the last ones; :func:`collapse_edu.run` does that one.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray

from collapse_edu import checks
from collapse_edu.checks import MOST_STEPS, generator, integer, number
from collapse_edu.ensemble.batches import Batch, Rows
from collapse_edu.ensemble.summaries import Keep, Kept, check_keep, kept
from collapse_edu.ensemble.training_sets import Sets, exact, united
from collapse_edu.loop import regimes
from collapse_edu.loop.composition import ALL, Composition, Regime
from collapse_edu.loop.sizes import SampleSize, asked_once, sample_sizes, sizes_kept

__all__ = ["Fit", "gaussian", "gaussian_fits"]

_LARGEST = 10_000  # dimensions: a matrix of 800 MB


@dataclass(frozen=True, eq=False)
class Fit:
    """The normal distributions fitted by all chains in generation ``t``.

    Attributes
    ----------
    t : int
        1 is the fit to real data.
    mean : ndarray, shape (chains, d)
    factor : ndarray, shape (chains, d, k)
        ``factor @ factor.T`` is the covariance; k is d, or less where there are too few rows.

    Examples
    --------
    >>> fit = next(gaussian_fits(n=10, chains=1000, rng=np.random.default_rng(0)))
    >>> fit.t, fit.mean.shape, fit.variance.mean().round(1)
    (1, (1000, 1), np.float64(1.0))
    """

    t: int
    mean: NDArray[np.float64]
    factor: NDArray[np.float64]

    @property
    def variance(self) -> NDArray[np.float64]:
        """Fitted variance of each chain, averaged over coordinates, shape (chains,)."""
        return np.square(self.factor).sum(axis=(1, 2)) / self.mean.shape[1]

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Fitted covariance of each chain, shape (chains, d, d)."""
        with _one_thread(self.mean.shape[1]):
            return self.factor @ self.factor.transpose(0, 2, 1)

    @property
    def squared_w2(self) -> NDArray[np.float64]:
        """Squared Wasserstein-2 distance (:func:`collapse_edu.metrics.squared_w2_gaussians`) of each fit to N(0, I)."""
        d = self.mean.shape[1]
        roots = self._roots
        missing = d - roots.shape[1]  # eigenvalues that are 0, because there are too few rows
        return np.square(self.mean).sum(axis=1) + np.square(roots - 1).sum(axis=1) + missing

    @property
    def log_determinant(self) -> NDArray[np.float64]:
        """Log determinant of each covariance, shape (chains,); a ValueError where one is singular, to rounding."""
        d, roots = self.mean.shape[1], self._roots
        rank = (roots > d * np.finfo(float).eps * roots.max(axis=1, keepdims=True)).sum(axis=1).min()
        if rank < d:
            raise ValueError(f"log_determinant must have covariances of rank {d}; got {rank}: take more rows than that")
        return 2 * np.log(roots).sum(axis=1)

    @property
    def _roots(self):
        """Roots of the eigenvalues of the covariance that are not 0 for want of rows, shape (chains, k)."""
        d = self.mean.shape[1]
        with _one_thread(d):
            return np.linalg.svd(self.factor, compute_uv=False) if d > 1 else np.abs(self.factor[:, 0])

    @property
    def measures(self) -> dict[str, NDArray[np.float64]]:
        """Name → numbers of shape (chains,): mean (d = 1 only), variance, squared_w2."""
        mean = {"mean": self.mean[:, 0]} if self.mean.shape[1] == 1 else {}
        return mean | {"variance": self.variance, "squared_w2": self.squared_w2}


def gaussian(
    regime: Regime = regimes.replace,
    *,
    n: int,
    generations: int,
    chains: int,
    d: int = 1,
    ddof: int = 1,
    sampling_bias: float = 1.0,
    n_samples: SampleSize | None = None,
    seed: int = 0,
    keep: Keep = "paths",
) -> Kept:
    """Return the history of many Gaussian chains that start from N(0, I).

    Parameters
    ----------
    regime : replace, accumulate, anchor, preserve(share), mix(share) or contaminated(start, growth)
        Preserve keeps the real rows of all chains in memory.
    n : int
        Size of the real set, at least 2. With d rows or fewer the fitted covariance is singular: the draws are exact,
        its variance and distances are right, and it has no log determinant.
    generations, chains : int
        At least 1.
    d : int
        Dimension, at least 1.
    ddof : {1, 0}
        1: unbiased fits; 0: maximum likelihood.
    sampling_bias : float
        λ in (0, 1]. Samples come from N(mean, λ · covariance).
    n_samples : int or callable, optional
        Size of each synthetic set; n, if not given. A function of t gives the size of the set that the model of
        generation t = 1, 2, … draws. At least 2 where the real set is no part of the training set.
    seed : int
        0 or larger. One seed, one result, for one number of chains: chain 0 changes with ``chains``.
    keep : {"paths", "summary"}
        "summary": keep median, mean, 5 % and 95 % quantile of each generation, and no paths. A million chains then
        need no more memory for 1,000 generations than for one. Other quantiles: :func:`gaussian_fits`.

    Returns
    -------
    History or pandas.DataFrame
        Measures ``mean`` (d = 1 only), ``variance`` (fitted, averaged over coordinates), ``squared_w2`` to N(0, I).
        "summary": the table that :meth:`~collapse_edu.loop.history.History.summary` would give.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or the regime has no exact draws.

    References
    ----------
    Bartlett (1933) for the Wishart draws. The chain is that of Shumailov et al. (2024), Theorem 3.1; λ, and a first
    real set of another size, are those of Alemohammad et al. (2024).

    Examples
    --------
    >>> history = gaussian(n=100, generations=69, chains=10_000)
    >>> np.median(history["variance"][-1]).round(2)
    np.float64(0.51)
    >>> table = gaussian(regimes.preserve(0.1), n=100, generations=50, chains=2000, keep="summary")
    >>> table.query("measure == 'variance'")["median"].iloc[-1].round(1)
    np.float64(1.0)
    """
    generations, chains = (
        integer("generations", generations, 1, most=MOST_STEPS),
        integer("chains", chains, 1, most=MOST_STEPS),
    )
    seed, d, keep = checks.seed(seed), integer("d", d, 1, most=_LARGEST), check_keep(keep)
    n_samples = asked_once(n_samples)
    fits = gaussian_fits(
        regime,
        n=n,
        chains=chains,
        d=d,
        ddof=ddof,
        sampling_bias=sampling_bias,
        n_samples=n_samples,
        rng=np.random.default_rng(seed),
    )
    settings = {
        "model": "Gaussian",
        "ddof": ddof,
        "sampling_bias": sampling_bias,
        "n_real": n,
        "n_samples": sizes_kept(n if n_samples is None else n_samples, generations),
        "d": d,
        "generations": generations,
        "chains": chains,
        "seed": seed,
        "exact": True,
    }
    return kept(keep, islice(fits, generations), regime, settings)


def gaussian_fits(
    regime: Regime = regimes.replace,
    *,
    n: int,
    chains: int,
    rng: np.random.Generator,
    d: int = 1,
    ddof: int = 1,
    sampling_bias: float = 1.0,
    n_samples: SampleSize | None = None,
) -> Iterator[Fit]:
    """Yield the :class:`Fit` of all chains for t = 1, 2, …, without end.

    Parameters
    ----------
    regime, n, chains, d, ddof, sampling_bias, n_samples
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
    d, chains, ddof = (
        integer("d", d, 1, most=_LARGEST),
        integer("chains", chains, 1, most=MOST_STEPS),
        integer("ddof", ddof, 0, 1),
    )
    rng = generator(rng)
    n = integer("n", n, 2)
    scale = np.sqrt(number("sampling_bias", sampling_bias, 0, 1, open_low=True))
    regime = exact(regime, _lacks)
    drawn = sample_sizes(n_samples, n, low=1 if regime.sketch.has_real_set else 2)
    steps = _fits(n, d, chains, ddof, scale, drawn, regime, rng)
    while True:
        with _one_thread(d):  # but never while somebody else has the turn
            fit = next(steps)
        yield fit


def _fits(n, d, chains, ddof, scale, drawn, regime, rng):
    """Yield the fits; all is checked."""

    def fresh(size):
        return Batch.draw(np.zeros((chains, d)), np.broadcast_to(np.eye(d), (chains, d, d)), size, rng)

    def synthetic(size):
        return Batch.draw(fit.mean, scale * fit.factor, n_samples if size == ALL else size, rng)

    n_samples = drawn(1)
    made_of = regime.made_of(n, n_samples)
    real = fresh(n) if made_of.original in (None, ALL) else Rows.standard(n, chains, d, rng)
    sets = Sets(real, synthetic, fresh, part=lambda rows, size: rows.part(size, rng))
    pool = training = real
    for t in count(1):
        fit = Fit(t, training.mean, training.root / np.sqrt(training.n - ddof))
        yield fit
        n_samples = drawn(t)
        pool, training = united(regime.made_of(n, n_samples, t - 1), pool, sets)


def _lacks(made_of: Composition) -> str:
    """Return why there are no exact draws of a training set, or nothing."""
    if made_of.part is not None:
        return "uses synthetic rows again"
    return "" if made_of.weight is None else "weighs its rows"


@cache
def _threads():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _one_thread(d):
    """Return a context with one BLAS thread: several add in another order, and the last bit would depend on them."""
    return _threads().limit(limits=1) if d > 1 else nullcontext()
