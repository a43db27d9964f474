"""Chains of fitted linear regressions: Gram matrices and errors are drawn, rows are not.

With rows x from N(0, I) and labels x·v + noise, the least-squares fit needs only S = Σ x xᵀ, which is Wishart(I, n),
and Σ x y, which is S v plus a normal vector of covariance σ² S. Sets that are pooled add both. All errors are relative
to the real vector, which therefore does not matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray

from collapse_edu import checks
from collapse_edu.checks import MOST_STEPS, choice, generator, integer, number
from collapse_edu.ensemble.summaries import Keep, Kept, check_keep, kept
from collapse_edu.ensemble.training_sets import Sets, exact, united
from collapse_edu.loop import regimes
from collapse_edu.loop.composition import ALL, Composition, Regime
from collapse_edu.loop.sizes import SampleSize, asked_once, sample_sizes, sizes_kept

__all__ = ["VectorFit", "regression", "regression_fits"]

_LARGEST = 10_000  # dimensions: a matrix of 800 MB


@dataclass(frozen=True, eq=False)
class VectorFit:
    """The vectors fitted by all chains in generation ``t``.

    Attributes
    ----------
    t : int
        1 is the fit to real data.
    error : ndarray, shape (chains, d)
        Fitted vector less the real one.

    Examples
    --------
    >>> fit = next(regression_fits(n=50, d=2, chains=1000, rng=np.random.default_rng(0)))
    >>> fit.t, fit.error.shape, fit.test_error.mean().round(2)
    (1, (1000, 2), np.float64(0.04))
    """

    t: int
    error: NDArray[np.float64]

    @property
    def test_error(self) -> NDArray[np.float64]:
        """Expected squared error of a prediction, less the noise of its label, shape (chains,)."""
        return np.square(self.error).sum(axis=1)

    @property
    def measures(self) -> dict[str, NDArray[np.float64]]:
        """Name → numbers of shape (chains,): test_error."""
        return {"test_error": self.test_error}


def regression(
    regime: Regime = regimes.replace,
    *,
    n: int,
    d: int,
    generations: int,
    chains: int,
    noise: float = 1.0,
    design: str = "same",
    n_samples: SampleSize | None = None,
    seed: int = 0,
    keep: Keep = "paths",
) -> Kept:
    """Return the history of many chains of least-squares fits.

    It has the distribution of :func:`collapse_edu.run` with :class:`~collapse_edu.models.Regression` on data of
    :func:`collapse_edu.loop.source.linear`.

    Parameters
    ----------
    regime : replace, accumulate or anchor
    n : int
        Rows of the real set, and of each synthetic set, unless n_samples is given; at least d + 2.
    d : int
        Dimension of x, at least 1.
    generations, chains : int
        At least 1.
    noise : float
        Standard deviation of the noise on the labels, 0 or larger.
    design : {"same", "fresh"}
        "same": each generation labels the real rows x again. "fresh": it draws new ones.
    n_samples : int or callable, optional
        Rows of each synthetic set, at least d + 2, for a fresh design. A function of t gives the size of the set that
        the model of generation t = 1, 2, … labels.
    seed : int
        0 or larger. One seed, one result, for one number of chains: chain 0 changes with ``chains``.
    keep : {"paths", "summary"}
        As in :func:`collapse_edu.ensemble.gaussian`.

    Returns
    -------
    History or pandas.DataFrame
        Measure ``test_error``: expected squared error of a prediction, less the noise of its label.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or the regime has no exact draws.

    References
    ----------
    Gerstgrasser et al. (2024), Theorems 1 and 2 (same design). Expected values: :mod:`collapse_edu.theory.regression`.

    Examples
    --------
    >>> history = regression(n=50, d=5, generations=10, chains=20_000)
    >>> history["test_error"][[0, 9]].mean(axis=1).round(1)
    array([0.1, 1.1])
    """
    generations, chains = (
        integer("generations", generations, 1, most=MOST_STEPS),
        integer("chains", chains, 1, most=MOST_STEPS),
    )
    seed, keep = checks.seed(seed), check_keep(keep)
    n_samples = asked_once(n_samples)
    rng = np.random.default_rng(seed)
    fits = regression_fits(regime, n=n, d=d, chains=chains, noise=noise, design=design, n_samples=n_samples, rng=rng)
    settings = {
        "model": "Regression",
        "noise": noise,
        "design": design,
        "n_real": n,
        "n_samples": sizes_kept(n if n_samples is None else n_samples, generations),
        "d": d,
        "generations": generations,
        "chains": chains,
        "seed": seed,
        "exact": True,
    }
    return kept(keep, islice(fits, generations), regime, settings)


def regression_fits(
    regime: Regime = regimes.replace,
    *,
    n: int,
    d: int,
    chains: int,
    rng: np.random.Generator,
    noise: float = 1.0,
    design: str = "same",
    n_samples: SampleSize | None = None,
) -> Iterator[VectorFit]:
    """Yield the :class:`VectorFit` of all chains for t = 1, 2, …, without end.

    Parameters
    ----------
    regime, n, d, chains, noise, design, n_samples
        As in :func:`regression`.
    rng : numpy.random.Generator
        All randomness of all chains.

    Yields
    ------
    VectorFit

    Raises
    ------
    TypeError, ValueError
        With the first fit, as :func:`regression`.

    Examples
    --------
    >>> fits = regression_fits(regimes.accumulate, n=10, d=3, chains=4, rng=np.random.default_rng(0))
    >>> [fit.error.shape for fit in islice(fits, 2)]
    [(4, 3), (4, 3)]
    """
    d, chains, rng = integer("d", d, 1, most=_LARGEST), integer("chains", chains, 1, most=MOST_STEPS), generator(rng)
    n, noise = integer("n", n, d + 2), number("noise", noise, 0, 1e100)
    choice("design", design, "same", "fresh")
    if design == "same" and n_samples is not None:
        raise ValueError('n_samples is for design="fresh": with "same" each generation labels the n real rows again')
    regime = exact(regime, _lacks)
    drawn = sample_sizes(n_samples, n, low=d + 2)
    factor = _wishart_factor(chains, d, n, rng)
    real = pool = training = _labelled(factor, np.zeros((chains, d)), noise, rng)
    sets = Sets(real, synthetic=lambda size: _labelled(factor, fit.error, noise, rng))
    for t in count(1):
        fit = VectorFit(t, np.linalg.solve(training.gram, training.moment[:, :, None])[:, :, 0])
        yield fit
        size = drawn(t)
        if design == "fresh":
            factor = _wishart_factor(chains, d, size, rng)
        pool, training = united(regime.made_of(n, size, t - 1), pool, sets)


def _lacks(made_of: Composition) -> str:
    """Return why there are no exact draws of a training set, or nothing."""
    if made_of.weight is not None:
        return "weighs its rows"
    whole = made_of.synthetic == ALL and made_of.original in (None, ALL) and made_of.part is None
    return "" if whole and made_of.fresh is None else "uses a part of a set, or fresh rows"


@dataclass(frozen=True, eq=False)
class _Labelled:
    """What a least-squares fit needs of labelled rows: Σ x xᵀ, and Σ x y."""

    gram: NDArray[np.float64]
    moment: NDArray[np.float64]

    def __add__(self, other: "_Labelled") -> "_Labelled":
        return _Labelled(self.gram + other.gram, self.moment + other.moment)


def _labelled(factor, vector, noise, rng):
    """Label rows whose Gram matrix is factor factorᵀ by a vector for each chain, with noise."""
    gram = factor @ factor.transpose(0, 2, 1)
    off = noise * (factor @ rng.standard_normal(vector.shape)[:, :, None])
    return _Labelled(gram, (gram @ vector[:, :, None] + off)[:, :, 0])


def _wishart_factor(chains, d, n, rng):
    """Draw L with L Lᵀ from Wishart(I, n), shape (chains, d, d)."""
    factor, (row, column), diagonal = np.zeros((chains, d, d)), np.tril_indices(d, -1), np.arange(d)
    factor[:, row, column] = rng.standard_normal((chains, len(row)))
    factor[:, diagonal, diagonal] = np.sqrt(rng.chisquare(n - diagonal, (chains, d)))
    return factor
