"""Categorical chains: counts of types are drawn, rows are not.

Counts of a sample are multinomial; those of a part of it, drawn without return, multivariate hypergeometric. So every
regime is exact. Under replace this is the Wright-Fisher model of population genetics.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import MOST_STEPS, generator, integer, renamed
from collapse_edu.ensemble.summaries import Keep, Kept, check_keep, kept
from collapse_edu.ensemble.training_sets import Sets, exact, spelled, united
from collapse_edu.loop import regimes
from collapse_edu.loop.composition import ALL, Composition, Regime, name
from collapse_edu.loop.sizes import SampleSize, asked_once, sample_sizes, sizes_kept

__all__ = ["Counts", "categorical", "categorical_counts"]

_MOST = 10**9  # rows: NumPy draws without return from fewer, and squares of counts stay exact
_NARROWER = 0.9  # dead types are dropped as soon as so few columns are left: to drop them costs about as much as a draw


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each type came, in all chains in generation ``t``.

    Attributes
    ----------
    t : int
        1 is the model of the real set.
    training, synthetic : ndarray of int, shape (chains, k)
        Counts in the set that the model was fitted to, and in the one that it drew. Types that cannot come any more
        may be left out.
    types : ndarray of int, shape (k,) or (chains, k)
        Which type each column counts.
    n_types : int
        Types are 0 … n_types - 1.

    Examples
    --------
    >>> one = next(categorical_counts([5, 0, 5], chains=1000, rng=np.random.default_rng(0)))
    >>> one.t, one.training[0], one.types, one.survival
    (1, array([5, 5]), array([0, 2]), array([0.999, 0.   , 0.997]))
    """

    t: int
    training: NDArray[np.int64]
    synthetic: NDArray[np.int64]
    types: NDArray[np.int64]
    n_types: int

    @property
    def types_alive(self) -> NDArray[np.int64]:
        """Number of types in the synthetic set of each chain, shape (chains,)."""
        return np.count_nonzero(self.synthetic, axis=1)

    @property
    def heterozygosity(self) -> NDArray[np.float64]:
        """Chance that two synthetic rows, drawn with return, differ, shape (chains,)."""
        total = self.synthetic[0].sum()
        return 1 - np.einsum("ij,ij->i", self.synthetic, self.synthetic) / total**2

    @property
    def survival(self) -> NDArray[np.float64]:
        """Share of the chains in whose synthetic set each type is alive, shape (n_types,)."""
        alive = self.synthetic > 0
        living = np.broadcast_to(self.types, alive.shape)[alive]
        return np.bincount(living, minlength=self.n_types) / len(alive)

    @property
    def measures(self) -> dict[str, NDArray[np.generic]]:
        """Name → numbers of shape (chains,): types_alive, heterozygosity."""
        return {"types_alive": self.types_alive, "heterozygosity": self.heterozygosity}


@renamed(law="distribution", n="n_samples")
def categorical(
    counts: ArrayLike,
    regime: Regime = regimes.replace,
    *,
    generations: int,
    chains: int,
    n_samples: SampleSize | None = None,
    distribution: ArrayLike | None = None,
    seed: int = 0,
    keep: Keep = "paths",
) -> Kept:
    """Return the history of many chains of the categorical model.

    Parameters
    ----------
    counts : array of int, shape (n_types,) or (chains, n_types)
        How often each type comes in the real set: one set for all chains, or one of the same size for each.
    regime : callable
        Any regime of the course but weighted.
    generations, chains : int
        At least 1.
    n_samples : int or callable, optional
        Size of each synthetic set, from 1 to 10⁹; that of the real set, if not given. A function of t gives the size of
        the set that the model of generation t = 1, 2, … draws.
    distribution : array, shape (n_types,), optional
        For fresh real rows: chances, up to a factor, of their types. If not given, those of the real set.
    seed : int
        0 or larger. One seed, one result, for one number of chains: chain 0 changes with ``chains``.
    keep : {"paths", "summary"}
        As in :func:`collapse_edu.ensemble.gaussian`.

    Returns
    -------
    History or pandas.DataFrame
        Measures ``types_alive`` and ``heterozygosity`` of the synthetic sets. "summary": the table that
        :meth:`~collapse_edu.loop.history.History.summary` would give. For the survival of each type, see
        :func:`categorical_counts`.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or the regime has no exact draws.

    References
    ----------
    Wright (1931), Fisher (1930). Regimes as in :mod:`collapse_edu.loop.regimes`.

    Examples
    --------
    >>> history = categorical([1, 1, 2, 6, 90], generations=20, chains=5000)
    >>> history["types_alive"].mean(axis=1)[[0, 19]].round(1)
    array([4.2, 1.8])
    """
    generations, chains = (
        integer("generations", generations, 1, most=MOST_STEPS),
        integer("chains", chains, 1, most=MOST_STEPS),
    )
    seed, keep = checks.seed(seed), check_keep(keep)
    n_samples = asked_once(n_samples)
    steps = categorical_counts(
        counts, regime, chains=chains, rng=np.random.default_rng(seed), n_samples=n_samples, distribution=distribution
    )
    first = next(steps)
    settings = {
        "model": "Categorical",
        "n_types": first.n_types,
        "n_real": first.training[0].sum(),
        "n_samples": sizes_kept(first.synthetic[0].sum() if n_samples is None else n_samples, generations),
        "generations": generations,
        "chains": chains,
        "seed": seed,
        "exact": True,
    }
    return kept(keep, _from(first, steps, generations), regime, settings)


def _from(first, steps, generations):
    yield first
    yield from islice(steps, generations - 1)


@renamed(law="distribution", n="n_samples")
def categorical_counts(
    counts: ArrayLike,
    regime: Regime = regimes.replace,
    *,
    chains: int,
    rng: np.random.Generator,
    n_samples: SampleSize | None = None,
    distribution: ArrayLike | None = None,
) -> Iterator[Counts]:
    """Yield the :class:`Counts` of all chains for t = 1, 2, …, without end.

    Parameters
    ----------
    counts, regime, chains, n_samples, distribution
        As in :func:`categorical`.
    rng : numpy.random.Generator
        All randomness of all chains.

    Yields
    ------
    Counts

    Raises
    ------
    TypeError, ValueError
        With the first counts, as :func:`categorical`. Under subsample also as soon as the pool has 10⁹ rows.

    Examples
    --------
    A rare word, a common one, and how many of 10,000 chains still know them:

    >>> steps = categorical_counts([1, 20, 979], chains=10_000, rng=np.random.default_rng(0))
    >>> for step in islice(steps, 0, 30, 10):
    ...     print(step.t, step.survival.round(2))
    1 [0.64 1.   1.  ]
    11 [0.15 0.96 1.  ]
    21 [0.08 0.83 1.  ]
    """
    chains, rng = integer("chains", chains, 1, most=MOST_STEPS), generator(rng)
    real = _real(counts, chains)
    n_types, total = real.shape[1], int(real[0].sum())
    drawn = sample_sizes(n_samples, total, 1, _MOST)
    regime = exact(regime, _lacks)
    chances = _chances(distribution, regime, real)

    types = np.flatnonzero(real.any(axis=0) | (chances > 0))
    pool = training = real = np.broadcast_to(real[:, types], (chains, len(types)))
    fresh = np.broadcast_to(chances[types], (chains, len(types)))
    sets = Sets(
        real,
        synthetic=lambda size: used,
        fresh=lambda size: _with_return(fresh, size, rng),
        part=lambda rows, size: _without_return(rows, size, rng),
    )
    for t in count(1):
        n = drawn(t)
        made_of = regime.made_of(total, n, t - 1)
        # Rows of a sample are independent: the part that is used can be drawn apart from the rest.
        size = n if made_of.synthetic == ALL else made_of.synthetic
        used = _with_return(training, size, rng)
        synthetic = used + _with_return(training, n - size, rng) if size < n else used
        yield Counts(t, training, synthetic, types, n_types)
        if made_of.is_synthetic and not regime.changes:
            training, types = _living(synthetic, types)
        else:
            pool, training = united(made_of, pool, sets)


def _lacks(made_of: Composition) -> str:
    """Return why there are no exact draws of a training set, or nothing."""
    return "" if made_of.weight is None else "weighs its rows"


def _with_return(weights, size, rng):
    """Draw, in each chain, the counts of independent rows whose types have these weights."""
    chain, top = np.arange(len(weights)), weights.argmax(axis=1)
    chances = weights / weights.sum(axis=1, keepdims=True)
    # NumPy gives to the last type what rounding leaves over. Let that be the most common one: it could be a dead one.
    chances[chain, top], chances[:, -1] = chances[:, -1], chances[chain, top]
    drawn = rng.multinomial(size, chances)
    drawn[chain, top], drawn[:, -1] = drawn[:, -1], drawn[chain, top]
    return drawn


def _without_return(counts, size, rng):
    """Draw, in each chain, the counts of a part of its rows."""
    left_out = counts.sum(axis=1)
    if left_out.max() >= _MOST:
        raise ValueError(
            f"counts must sum to less than {_MOST:,} to draw some without return; got {left_out.max():,}: "
            "take fewer rows or generations"
        )
    if len(counts) < counts.shape[1]:  # a call for each chain, or one for each type: whatever is less
        return np.stack([rng.multivariate_hypergeometric(row, size, method="marginals") for row in counts])
    drawn, left = np.empty_like(counts), np.full(len(counts), size)
    for i, column in enumerate(counts.T):
        left_out = left_out - column
        drawn[:, i] = rng.hypergeometric(column, left_out, left)
        left -= drawn[:, i]
    return drawn


def _living(counts, types):
    """Return counts and types without columns that no chain needs."""
    alive = counts > 0
    widest = np.count_nonzero(alive, axis=1).max()
    if widest > _NARROWER * counts.shape[1]:
        return counts, types
    living = np.argsort(~alive, axis=1, kind="stable")[:, :widest]
    types = np.broadcast_to(types, counts.shape)
    return np.take_along_axis(counts, living, axis=1), np.take_along_axis(types, living, axis=1)


def _real(counts, chains):
    """Return the counts of the real sets, shape (1 or chains, n_types)."""
    array = checks.array("counts", counts)
    if array.ndim not in (1, 2) or not array.size or (array.ndim == 2 and len(array) != chains):
        raise ValueError(f"counts must have shape (n_types,) or (chains, n_types) = ({chains}, …); got {array.shape}")
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"counts must hold integers, one for each type; got {array.dtype}")
    if array.max() > _MOST:  # before a sum that could overflow
        raise ValueError(f"counts must sum to at most {_MOST:,}; got {array.max():,} of one type")
    array = np.atleast_2d(array).astype(np.int64)
    _require_one_sum(array)
    return array


def _require_one_sum(array):
    """Say in one line why these cannot be the counts of real sets of one size."""
    totals = array.sum(axis=1)
    if array.min() < 0 or totals[0] == 0:
        raise ValueError(f"counts must be 0 or larger, and not 0 for every type; got {array.min()} to {array.max()}")
    if (totals != totals[0]).any():
        raise ValueError(f"counts must have one sum for all chains; got {totals.min()} to {totals.max()}")
    if totals[0] > _MOST:
        raise ValueError(f"counts must sum to at most {_MOST:,}; got {totals[0]:,}")


def _chances(distribution, regime, real):
    """Return the chances of fresh real rows, shape (n_types,): all 0 where there are none."""
    draws_fresh = regime.sketch.fresh is not None
    if distribution is None:
        if draws_fresh and len(real) > 1:
            raise ValueError(
                "distribution must say where fresh real rows come from, if chains have real sets of their own"
            )
        return real[0] * float(draws_fresh)
    if not draws_fresh:
        able = spelled(lambda made_of: made_of.fresh is not None and not _lacks(made_of))
        raise ValueError(f"distribution is for fresh real rows, which {able} draws; got {name(regime)}")
    array = checks.floats("distribution", distribution)
    if array.shape != real.shape[1:]:
        raise ValueError(
            f"distribution must have one chance for each of {real.shape[1]} types; got shape {array.shape}"
        )
    if not (np.isfinite(array).all() and array.min() >= 0 and array.sum() > 0):
        raise ValueError("distribution must contain finite chances of at least 0, and not 0 for every type")
    return array
