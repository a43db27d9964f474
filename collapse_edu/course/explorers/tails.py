"""The explorer of M3: which words of a novel are forgotten, and when."""

from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import NDArray

from collapse_edu import datasets, ensemble, theory
from collapse_edu.course.explorers.controls import REGIMES, dropdown, generations_slider, seed_box, switch
from collapse_edu.course.explorers.explorer import Explorer, Steps, written
from collapse_edu.course.films import Film, survival_film
from collapse_edu.loop.history import History
from collapse_edu.plots.picture import milestones

__all__ = ["Survival", "TailsExplorer", "opening_counts"]

_SIZES = (5_000, 20_000, 80_000, 209_259)
_EDGES = np.array([1, 2, 3, 4, 6, 9, 14, 22, 35, 60, 110, 220, 500])


@cache
def opening_counts(n: int) -> NDArray[np.int_]:
    """Return how often each word occurs in the first n words of *Moby-Dick*, each at least once.

    Parameters
    ----------
    n : int
        From 1 to 209,259, the whole book.

    Returns
    -------
    ndarray of int
        One count for each different word.

    Examples
    --------
    >>> counts = opening_counts(5000)
    >>> int(counts.sum()), len(counts), int((counts == 1).sum())
    (5000, 1670, 1184)
    """
    return np.unique(datasets.moby_dick().tokens[:n], return_counts=True)[1]


@dataclass(frozen=True, eq=False)
class Survival:
    """What the explorer computes.

    Attributes
    ----------
    history : History
        Measure ``types_alive`` of what each model wrote.
    shares : ndarray, shape (generations done + 1, k)
        Share of the words in each group of counts that is left, mean over chains; the first row is the real text.
    groups : ndarray of int, shape (k,)
        Least count of each group.
    counts : ndarray of int, shape (n_types,)
        Counts in the real text.
    """

    history: History
    shares: NDArray[np.float64]
    groups: NDArray[np.int_]
    counts: NDArray[np.int_]


class TailsExplorer(Explorer[Survival]):
    """Explore which words a count model forgets: text, generations, chains, regime, seed.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        How many different words the learner expects to be left in the last generation; it is drawn.
    **settings
        Values that the controls start from: n (words of the text: 5000, 20000, 80000 or 209259), generations (5-100),
        chains (1, 4 or 16), regime ("replace", "accumulate", "anchor", "preserve(0.1)"), seed.

    Examples
    --------
    >>> explorer = TailsExplorer(n=5000, generations=20, chains=4)
    >>> explorer.table(explorer.result)[["generation", "words left", "theory"]].tail(1)
        generation words left theory
    20          20        276    266
    """

    main = ("n", "regime", "chains")

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        texts = {f"the first {n:,} words": n for n in _SIZES[:-1]} | {
            f"the whole book, {_SIZES[-1]:,} words": _SIZES[-1]
        }
        return {
            "n": dropdown("text", texts, value=_SIZES[-1]),
            "generations": generations_slider(50),
            "chains": dropdown("chains", [1, 4, 16], value=1),
            "regime": switch("replace", "accumulate", "anchor", "preserve(0.1)"),
            "seed": seed_box(2),
        }

    @staticmethod
    def compute(n: int, generations: int, chains: int, regime: str, seed: int) -> Steps[Survival]:
        """Yield (share done, :class:`Survival` so far), and return the whole."""
        counts = opening_counts(n)
        group = np.searchsorted(_EDGES, counts, side="right") - 1
        groups, members = np.unique(group, return_counts=True)
        rng = np.random.default_rng(seed)
        steps = ensemble.categorical_counts(counts, REGIMES[regime], chains=chains, rng=rng)
        shares: list[np.ndarray] = [np.ones(len(groups))]
        alive: list[np.ndarray] = []
        settings = {"n_real": n, "generations": generations, "chains": chains, "seed": seed}

        def so_far():
            history = History({(regime, "types_alive"): np.array(alive)}, settings)
            return Survival(history, np.array(shares), _EDGES[groups], counts)

        for step in islice(steps, generations):
            left = np.bincount(group, weights=step.survival, minlength=groups[-1] + 1)[groups]
            shares.append(left / members)
            alive.append(step.types_alive)
            if step.t < generations and step.t % 5 == 1:
                yield step.t / generations, so_far()
        return so_far()

    def film(self, survival: Survival) -> Film:
        """Return the film, with theory and prediction."""
        settings, alive = survival.history.settings, survival.history["types_alive"]
        regime, counts = survival.history.regimes[0], survival.counts
        exact = curve = None
        if regime == "replace":
            curve = _expected_types(settings["n_real"], settings["generations"])
            exact = _exact_shares(settings["n_real"], settings["generations"])
        everything = np.full((1, alive.shape[1]), len(counts))
        return survival_film(
            survival.groups, survival.shares, np.vstack([everything, alive]),
            regime=regime, generations=settings["generations"], exact=exact, theory=curve, **self.said,
        )  # fmt: skip

    @staticmethod
    def describe(survival: Survival, t: int) -> str:
        """Return a sentence about generation t."""
        n_types = len(survival.counts)
        if t == 0:
            return f"Generation 0 is the real text: {n_types:,} different words among {survival.counts.sum():,}."
        alive = survival.history["types_alive"][t - 1].mean()
        regime, generations = survival.history.regimes[0], survival.history.settings["generations"]
        half = np.flatnonzero(survival.shares[t] >= 0.5)
        there = "left" if regime == "replace" else "written"  # where the real text comes back, none is gone for good
        start = (
            f"Generation {t} of {generations} under {regime}: {alive:,.0f} of {n_types:,} words are {there}; of "
            f"those that occurred once, {survival.shares[t, 0]:.0%}"
        )
        if not len(half):
            return f"{start}. Of no group of words is half {there}."
        least = int(survival.groups[half[0]])
        who = "all words" if least == 1 else f"the words that occurred {least} times or more"
        return f"{start}. Of {who}, at least half are {there}."

    def table(self, survival: Survival) -> pd.DataFrame:
        """Return the numbers of a few generations, with theory beside them."""
        alive, settings = survival.history["types_alive"], survival.history.settings
        rows = milestones(1, len(alive))
        table = pd.DataFrame({"generation": rows}, index=rows)
        table["words left" if survival.history.regimes[0] == "replace" else "words written"] = written(
            alive[rows - 1].mean(axis=1), ",.0f"
        )
        if survival.history.regimes[0] == "replace":
            expected = _expected_types(settings["n_real"], settings["generations"])
            table["theory"] = written(expected[rows - 1], ",.0f")
        for place, least in enumerate(survival.groups):
            if least in (1, 3, 9, 35):
                label = {1: "occurred once", 3: "3 times", 9: "9 to 13", 35: "35 to 59"}[int(least)]
                table[label] = written(survival.shares[rows, place], ".0%")
        return table

    @staticmethod
    def code(n: int, generations: int, chains: int, regime: str, seed: int) -> str:
        """Return Python that gives the same numbers."""
        name = REGIMES[regime].family
        return (
            f"from collapse_edu import ensemble, {name}\n"
            "from collapse_edu.course.explorers import opening_counts\n\n"
            f"settings = dict(generations={generations}, chains={chains}, seed={seed})\n"
            f"history = ensemble.categorical(opening_counts({n}), {regime}, **settings)\n"
            'history["types_alive"].mean(axis=1)'
        )


@cache
def _expected_types(n, generations):
    return theory.drift.expected_types(opening_counts(n), np.arange(1, generations + 1))


@cache
def _exact_shares(n, generations):
    """Return the mean chance to be alive of the words in each group, shape (generations + 1, k)."""
    different, members = np.unique(opening_counts(n), return_counts=True)
    alive = theory.drift.probability_alive(different, np.arange(generations + 1)[:, None], n)
    group = np.searchsorted(_EDGES, different, side="right") - 1
    inside = group[:, None] == np.unique(group)
    return (alive * members) @ inside / (members @ inside)
