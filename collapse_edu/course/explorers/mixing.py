"""The explorer of M7: how many fresh real samples keep the variance, for training sets of any size."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import NDArray

from collapse_edu import ensemble, theory
from collapse_edu.course.explorers.controls import (
    chains_dropdown,
    dropdown,
    generations_slider,
    seed_box,
    slider_with_box,
)
from collapse_edu.course.explorers.explorer import Explorer, Steps, remember, written
from collapse_edu.course.films import Film, mixing_film
from collapse_edu.loop import regimes
from collapse_edu.plots.maps import keeps

__all__ = ["Kept", "MixingExplorer"]

_SIZES = (50, 100, 200, 500, 1000)
_FRESH = (0, 1, 2, 5, 10, 20, 50)
_ASKED = (10, 1000)  # the cell that a prediction is about: fresh real samples, samples
_DONE: dict[tuple, np.ndarray] = {}  # (generations, chains, seed) → simulation: another level needs no new chains


@dataclass(frozen=True, eq=False)
class Kept:
    """What the explorer computes: the share of the variance that is kept, on a grid.

    Attributes
    ----------
    exact : ndarray, shape (generations + 1, 7, 5)
        By theory, for each number of fresh real samples (rows) and size of the training set (columns); the first is the
        real distribution.
    simulated : ndarray, shape (generations done + 1, 7, 5)
        Mean over chains.
    median : ndarray, shape (7, 5)
        Median over chains in the last generation done.
    limit : ndarray, shape (7, 5)
        By theory, in the long run.
    level : float
        What the learner wants to keep.
    against : str
        ``"number"`` or ``"share"``.
    """

    exact: NDArray[np.float64]
    simulated: NDArray[np.float64]
    median: NDArray[np.float64]
    limit: NDArray[np.float64]
    level: float
    against: str


class MixingExplorer(Explorer[Kept]):
    """Explore what fresh real samples keep of a variance: level, axis, generations, chains, seed.

    The regime is *mix*, the model a normal, fitted by maximum likelihood (divided by n): then the expected variance
    never exceeds the real one, and its share of it is what is kept.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        Share of the variance, from 0 to 1, that the learner expects ten fresh real samples among 1,000 to keep in the
        long run; it is drawn.
    **settings
        Values that the controls start from: level (50-99, in per cent), against ("number" or "share"), generations
        (5-100), chains (100, 400 or 1600), seed.

    Examples
    --------
    >>> explorer = MixingExplorer(generations=20, chains=100)
    >>> explorer.table(explorer.result)[["fresh", "n = 100", "long run, n = 100"]].tail(2)
      fresh n = 100 long run, n = 100
    5    20   0.973             0.973
    6    50   0.987             0.987
    """

    predictable = (0, 1)
    main = ("level", "against", "generations")
    free = ("seed", "level", "against", "chains")

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        axes = {"number of fresh samples": "number", "share of fresh samples": "share"}
        return {
            "level": slider_with_box("keep, in %", value=95, low=50, high=99),
            "against": dropdown("axis", axes),
            "generations": generations_slider(100),
            "chains": chains_dropdown(100, 400, 1600, value=1600),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(level: int, against: str, generations: int, chains: int, seed: int) -> Steps[Kept]:
        """Yield (share done, :class:`Kept` so far), and return the whole."""
        exact, limit = _exact(generations), _limit()
        key = generations, chains, seed
        if key not in _DONE:
            both = [np.ones((2, *limit.shape))]
            steps = _simulated(chains, seed)
            for t in range(1, generations + 1):
                both.append(next(steps))
                if t < generations and t % 10 == 1:
                    means = np.array(both)[:, 0]
                    yield t / generations, Kept(exact, means, both[-1][1], limit, level / 100, against)
            remember(_DONE, key, np.array(both))
        means, medians = _DONE[key].swapaxes(0, 1)
        return Kept(exact, means, medians[-1], limit, level / 100, against)

    def film(self, kept: Kept) -> Film:
        """Return the film, with theory and prediction."""
        share = self.said["prediction"]
        prediction = None if share is None else (*_ASKED, share)
        return mixing_film(
            kept.exact, kept.simulated, kept.limit, sizes=_SIZES, fresh=_FRESH,
            level=kept.level, against=kept.against, prediction=prediction,
        )  # fmt: skip

    @staticmethod
    def describe(kept: Kept, t: int) -> str:
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0 is the real distribution: all of its variance is there."
        row, small, large = _FRESH.index(10), _SIZES.index(100), _SIZES.index(1000)
        said = (
            f"Generation {t} of {len(kept.exact) - 1}: ten fresh real samples keep {kept.exact[t, row, small]:.0%} of "
            f"the variance at n = 100 and {kept.exact[t, row, large]:.0%} at n = 1,000, by theory; simulated "
            f"{kept.simulated[t, row, small]:.0%} and {kept.simulated[t, row, large]:.0%}."
        )
        if t < len(kept.exact) - 1:  # the long run is told when the film has got there
            return said
        few, many = (_least(n, kept.level) for n in (100, 1000))
        return f"{said} To keep {kept.level:.0%} in the long run takes {few} for n = 100 and {many} for n = 1,000."

    @staticmethod
    def table(kept: Kept) -> pd.DataFrame:
        """Return what is kept in the last generation, simulated and in the long run."""
        table = pd.DataFrame({"fresh": _FRESH})
        last = len(kept.simulated) - 1
        for column, n in enumerate(_SIZES):
            table[f"n = {n:,}"] = written(kept.exact[last, :, column], ".3f")
            if n in (100, 1000):
                table[f"simulated, n = {n:,}"] = written(kept.simulated[last, :, column], ".3f")
                table[f"median, n = {n:,}"] = written(kept.median[:, column], ".3f")
                table[f"long run, n = {n:,}"] = written(kept.limit[:, column], ".3f")
        return table

    @staticmethod
    def code(level: int, against: str, generations: int, chains: int, seed: int) -> str:
        """Return Python that gives the numbers of one cell of the map."""
        return (
            "from itertools import islice\n\n"
            "import numpy as np\n"
            "from collapse_edu import ensemble, mix, theory\n\n"
            "n, fresh = 1000, 10  # one cell of the map\n"
            f"rng = np.random.default_rng([{seed}, n, fresh])\n"
            f"fits = ensemble.gaussian_fits(mix(fresh / n), n=n, chains={chains}, ddof=0, rng=rng)\n"
            f"*_, last = islice(fits, {generations})\n"
            "simulated = last.variance.mean()\n"
            f"exact, _ = theory.mixing.expected_moments({generations}, n, fresh, ddof=0)\n"
            "limit, _ = theory.mixing.stationary_moments(n, fresh, ddof=0)\n"
            "simulated, exact, limit"
        )


@lru_cache(maxsize=1)
def _limit():
    """Return the share of the variance that is kept in the long run, shape (k, s); nothing without real samples."""
    n, fresh = np.array(_SIZES), np.array(_FRESH)[1:, None]
    return np.vstack([np.zeros(len(n)), theory.mixing.stationary_moments(n, fresh, ddof=0)[0]])


def _least(n, level):
    """Return the smallest number of fresh samples that keeps the level in the long run."""
    fresh = np.arange(1, n + 1)
    return fresh[keeps(theory.mixing.stationary_moments(n, fresh, ddof=0)[0], level)][0]


@lru_cache(maxsize=4)
def _exact(generations):
    """Return the expected variance for t = 0 … generations, shape (generations + 1, k, s)."""
    n, fresh = np.array(_SIZES), np.array(_FRESH)[:, None]
    t = np.arange(1, generations + 1)[:, None, None]
    return np.concatenate([np.ones((1, len(fresh), len(n))), theory.mixing.expected_moments(t, n, fresh, ddof=0)[0]])


def _simulated(chains, seed):
    """Yield mean and median of the variance over chains for t = 1, 2, …, shape (2, k, s)."""
    cells = [
        ensemble.gaussian_fits(
            regimes.mix(fresh / n), n=n, chains=chains, ddof=0, rng=np.random.default_rng([seed, n, fresh])
        )
        for fresh in _FRESH
        for n in _SIZES
    ]
    while True:
        variance = np.array([next(cell).variance for cell in cells])
        both = np.array([variance.mean(axis=1), np.median(variance, axis=1)])
        yield both.reshape(2, len(_FRESH), len(_SIZES))
