"""The explorer of M2: chains of fitted normal distributions."""

from typing import Any

import numpy as np
import pandas as pd
from ipywidgets import Widget
from numpy.typing import ArrayLike

from collapse_edu import ensemble, theory
from collapse_edu.course.explorers.controls import (
    REGIMES,
    chains_dropdown,
    dropdown,
    generations_slider,
    number_box,
    seed_box,
    slider_with_box,
    switch,
)
from collapse_edu.course.explorers.explorer import Explorer, written
from collapse_edu.course.explorers.numerals import two_digits
from collapse_edu.course.explorers.said import Predicts
from collapse_edu.course.films import Film, gaussian_film
from collapse_edu.loop.history import History
from collapse_edu.plots.picture import milestones

__all__ = ["GaussianExplorer"]


class GaussianExplorer(Explorer[History]):
    """Explore Gaussian collapse: n, generations, chains, regime, seed.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        What the learner expects of the typical variance in the last generation, 0 or larger; it is drawn.
    deeper : bool
        Also show the sampling bias λ and the choice of ddof.
    **settings
        Values that the controls start from: n (10-500), generations (5-100), chains (1, 10, 100, 1000 or 10000),
        regime ("replace", "accumulate", "anchor", "mix(0.1)"), seed; with ``deeper`` sampling_bias (0.5-1), ddof.

    Examples
    --------
    >>> explorer = GaussianExplorer(n=20, generations=50, chains=1000)
    >>> explorer.table(explorer.result)[["generation", "median", "theory: median"]].tail(1)
        generation  median theory: median
    49          50  0.0684         0.0687
    """

    main = ("n", "regime", "chains")

    def __init__(
        self, prediction: str | float | Predicts | None = None, *, deeper: bool = False, **settings: Any
    ) -> None:
        self._deeper = deeper
        super().__init__(prediction, **settings)

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        controls = {
            "n": slider_with_box("samples n", value=30, low=10, high=500),
            "generations": generations_slider(60),
            "chains": chains_dropdown(1, 10, 100, 1000, 10_000, value=1000),
            "regime": switch("replace", "accumulate", "anchor", "mix(0.1)"),
            "seed": seed_box(),
        }
        if self._deeper:
            controls["sampling_bias"] = number_box("λ", value=1.0, low=0.5, high=1.0, step=0.05)
            fits = {"1: unbiased": 1, "0: maximum likelihood": 0}
            controls["ddof"] = dropdown("ddof", fits)
        return controls

    @staticmethod
    def compute(
        n: int, generations: int, chains: int, regime: str, seed: int, sampling_bias: float = 1.0, ddof: int = 1
    ) -> History:
        """Return the history of the ensemble: :func:`collapse_edu.ensemble.gaussian`, by the values of the controls."""
        return ensemble.gaussian(
            REGIMES[regime], n=n, generations=generations, chains=chains, seed=seed,
            sampling_bias=sampling_bias, ddof=ddof,
        )  # fmt: skip

    def film(self, history: History) -> Film:
        """Return the film of a history, with theory and prediction."""
        labels = {"median": "theory: median", "mean": "theory: mean"}
        curves = {labels[name]: curve for name, curve in self.expected(history).items()}
        return gaussian_film(history, theory=curves, lowest=self._lowest(history.settings), **self.said)

    @staticmethod
    def _lowest(settings):
        """Return how low a film of these settings may go under replace, by theory: no axis tells of the regime."""
        t, share = settings["generations"], 0.05 if settings["chains"] == 1 else 0.5
        alone = theory.gaussian.variance_quantile(share, t, settings["n_real"], settings["ddof"])
        return float(alone * settings["sampling_bias"] ** (t - 1))

    @staticmethod
    def expected(history: History) -> dict[str, ArrayLike]:
        """Return the closed forms of the typical and the mean variance, where they are known.

        Parameters
        ----------
        history : History
            What :meth:`compute` returned.

        Returns
        -------
        dict
            Any of ``"median"`` and ``"mean"``; arrays with one value for each generation.

        They speak of ensembles; a single chain gets none.
        """
        if history.settings["chains"] == 1:
            return {}
        n, regime = history.settings["n_real"], history.regimes[0]
        bias, ddof = history.settings["sampling_bias"], history.settings["ddof"]
        t = np.arange(1, history.settings["generations"] + 1)
        if regime == "replace":
            typical = theory.gaussian.variance_quantile(0.5, t, n, ddof) * bias ** (t - 1)
            return {"median": typical, "mean": theory.gaussian.expected_variance(t, n, ddof, bias)}
        if regime.startswith("mix"):
            fresh = REGIMES[regime].made_of(n, n).fresh or 0
            mean, _ = theory.mixing.expected_moments(t, n, fresh, ddof, bias)
            return {"mean": mean}
        if regime == "accumulate" and bias == 1:
            return {"mean": theory.accumulate.expected_variance(t, n, ddof)}
        return {}

    @staticmethod
    def describe(history: History, t: int) -> str:
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0 is the real distribution: mean 0, variance 1."
        variance = history["variance"][t - 1]
        generations, chains = history["variance"].shape
        regime, n = history.regimes[0], history.settings["n_real"]
        start = f"Generation {t} of {generations} under {regime}, n = {n}: "
        if chains == 1:
            return start + f"the variance of the one chain is {two_digits(variance[0])}; the real distribution has 1."
        low, median, high, mean = map(two_digits, (*np.quantile(variance, [0.05, 0.5, 0.95]), variance.mean()))
        return start + (
            f"the median variance of {chains:,} chains is {median}, their mean {mean}; "
            f"90 % lie between {low} and {high}. The real distribution has 1."
        )

    def table(self, history: History) -> pd.DataFrame:
        """Return the variance in a few generations, with theory beside it."""
        summary = history.summary("variance").rename(columns={"low": "5 %", "high": "95 %"})
        for name, curve in self.expected(history).items():
            summary[f"theory: {name}"] = curve
        summary = summary.iloc[milestones(0, len(summary) - 1)].drop(columns=["regime", "measure"])
        if history.settings["chains"] == 1:
            summary = summary[["generation", "median"]].rename(columns={"median": "variance"})
        numbers = summary.columns.drop("generation")
        return summary.assign(**{name: written(summary[name], ".3g") for name in numbers})

    @staticmethod
    def code(regime: str, **settings: float) -> str:
        """Return Python that gives the same history."""
        name = REGIMES[regime].family
        arguments = ", ".join(f"{key}={value}" for key, value in settings.items())
        return (
            f"from collapse_edu import ensemble, {name}\n\n"
            f"history = ensemble.gaussian({regime}, {arguments})\n"
            'history.summary("variance")'
        )
