"""The explorer of M6: how fast the test error of a regression grows."""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import NDArray

from collapse_edu import ensemble, theory
from collapse_edu.course.explorers.controls import (
    REGIMES,
    chains_dropdown,
    dropdown,
    generations_slider,
    seed_box,
    slider_with_box,
    switch,
)
from collapse_edu.course.explorers.explorer import Explorer, Steps, written
from collapse_edu.course.explorers.numerals import two_digits
from collapse_edu.course.films import Film, regression_film
from collapse_edu.loop.history import History
from collapse_edu.plots.picture import milestones

__all__ = ["RegressionExplorer", "Vectors"]

_SHOWN = 200  # more dots than this are a smear


@dataclass(frozen=True, eq=False)
class Vectors:
    """What the explorer computes: errors of fitted vectors.

    Attributes
    ----------
    history : History
        Measure ``test_error``.
    places : ndarray, shape (generations + 1, shown, 2)
        Two coordinates of fitted vector less real one, in standard deviations of generation 1; the first row is the
        real vector.
    """

    history: History
    places: NDArray[np.float64]


class RegressionExplorer(Explorer[Vectors]):
    """Explore the test error of linear regressions that label the data of the next one.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        How many times the error of generation 1 the learner expects in the last one, under the regime that the
        controls start from; it is drawn for that regime alone.
    **settings
        Values that the controls start from: n (20-500), d (2, 5 or 10), generations (5-100), chains (1, 100, 1000 or
        4000), regime ("replace", "accumulate", "anchor"), design ("same", "fresh"), seed.

    Examples
    --------
    >>> explorer = RegressionExplorer(generations=50, regime="accumulate", chains=4000)
    >>> explorer.table(explorer.result)[["generation", "mean", "theory"]].tail(1)
        generation  mean theory
    50          50  1.61   1.63
    """

    main = ("regime", "design", "n")

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        designs = {"the same x, labelled again": "same", "new x in each generation": "fresh"}
        return {
            "n": slider_with_box("rows n", value=50, low=20, high=500),
            "d": dropdown("dimensions", [2, 5, 10], value=5),
            "generations": generations_slider(50),
            "chains": chains_dropdown(1, 100, 1000, 4000, value=1000),
            "regime": switch("replace", "accumulate", "anchor"),
            "design": dropdown("design", designs),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(n: int, d: int, generations: int, chains: int, regime: str, design: str, seed: int) -> Steps[Vectors]:
        """Yield (share done, :class:`Vectors` so far), and return the whole."""
        rng = np.random.default_rng(seed)
        fits = ensemble.regression_fits(REGIMES[regime], n=n, d=d, chains=chains, design=design, rng=rng)
        unit = np.sqrt(theory.regression.replace_error(1, n, d) / d)
        places: list[np.ndarray] = [np.zeros((min(chains, _SHOWN), 2))]
        found: list[np.ndarray] = []
        settings = {
            "n_real": n, "d": d, "design": design, "generations": generations, "chains": chains, "seed": seed
        }  # fmt: skip

        def so_far():
            return Vectors(History({(regime, "test_error"): np.array(found)}, settings), np.array(places))

        for fit in islice(fits, generations):
            places.append(fit.error[:_SHOWN, :2] / unit)
            found.append(fit.test_error)
            if fit.t < generations and fit.t % 10 == 1:
                yield fit.t / generations, so_far()
        return so_far()

    def film(self, vectors: Vectors) -> Film:
        """Return the film, with theory and prediction."""
        regime = vectors.history.regimes[0]
        return regression_film(
            vectors.places, self.ratios(vectors), regime=regime,
            generations=vectors.history.settings["generations"], theory=self.expected(vectors),
            **self.said,
        )  # fmt: skip

    @staticmethod
    def ratios(vectors: Vectors) -> NDArray[np.float64]:
        """Return the test errors divided by the expected one of generation 1, shape (generations, chains)."""
        settings = vectors.history.settings
        return vectors.history["test_error"] / theory.regression.replace_error(1, settings["n_real"], settings["d"])

    @staticmethod
    def expected(vectors: Vectors) -> NDArray[np.float64] | None:
        """Return the closed form of the mean ratio, one value for each generation; None where none is known.

        It speaks of ensembles; a single chain gets none.
        """
        settings, regime = vectors.history.settings, vectors.history.regimes[0]
        n, d, design = (settings[name] for name in ("n_real", "d", "design"))
        t = np.arange(1, settings["generations"] + 1)
        if settings["chains"] == 1:
            return None
        if regime == "replace":
            return np.asarray(theory.pathways.replace_error(t))
        if regime == "accumulate":
            errors = theory.regression.accumulate_error(t, n, d, design=design)
            return np.asarray(errors / theory.regression.replace_error(1, n, d))
        return np.asarray(theory.pathways.anchor_error(t)) if design == "same" else None

    @classmethod
    def describe(cls, vectors: Vectors, t: int) -> str:
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0 is the real vector: its test error is 0."
        settings, regime = vectors.history.settings, vectors.history.regimes[0]
        found = cls.ratios(vectors)[t - 1]
        start = f"Generation {t} of {settings['generations']} under {regime}, {settings['design']} design: "
        low, high, mean = map(two_digits, (*np.quantile(found, [0.05, 0.95]), found.mean()))
        if len(found) == 1:
            return start + f"the test error of the one chain is {mean} times the expected one of generation 1."
        return start + (
            f"the mean test error of {len(found):,} chains is {mean} times that of generation 1; 90 % of "
            f"the chains lie between {low} and {high} times."
        )

    def table(self, vectors: Vectors) -> pd.DataFrame:
        """Return the mean ratio in a few generations, with its standard error, and theory beside it."""
        found, expected = self.ratios(vectors), self.expected(vectors)
        rows = milestones(1, len(found))
        shown = found[rows - 1]
        table = pd.DataFrame({"generation": rows}, index=rows)
        if found.shape[1] == 1:
            return table.assign(**{"times generation 1": written(shown[:, 0], ".3g")})
        table["mean"] = written(shown.mean(axis=1), ".3g")
        table["standard error"] = written(shown.std(axis=1, ddof=1) / np.sqrt(shown.shape[1]), ".1g")
        if expected is not None:
            table["theory"] = written(expected[rows - 1], ".3g")
        return table

    @staticmethod
    def code(regime: str, **settings: float | str) -> str:
        """Return Python that gives the same numbers."""
        arguments = ", ".join(f"{key}={value!r}" for key, value in settings.items())
        first = f"theory.regression.replace_error(1, {settings['n']}, {settings['d']})"
        return (
            f"from collapse_edu import ensemble, {regime}, theory\n\n"
            f"history = ensemble.regression({regime}, {arguments})\n"
            f'history["test_error"].mean(axis=1) / {first}'
        )
