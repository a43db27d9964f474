"""The second explorer of M7: the weight of fresh real data, found by hand."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

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
from collapse_edu.course.explorers.said import Predicts
from collapse_edu.course.films import Film, weight_film
from collapse_edu.plots.picture import milestones

__all__ = ["WeightExplorer", "Weighted"]

_WEIGHTS = np.arange(101) / 100
_DONE: dict[tuple, np.ndarray] = {}  # (ratio, generations, chains, seed) → errors: another weight needs no new chains


@dataclass(frozen=True, eq=False)
class Weighted:
    """What the explorer computes: the squared error of a mean, for each weight of the fresh real samples.

    Attributes
    ----------
    errors : ndarray, shape (generations done, 101)
        Mean over chains, for the weights 0, 0.01, … 1; what one fit to the real set has is 1.
    generations : int
        The last generation.
    weight : int
        The chosen weight, in per cent.
    ratio : float
        Fresh real samples divided by synthetic ones.
    """

    errors: NDArray[np.float64]
    generations: int
    weight: int
    ratio: float


class WeightExplorer(Explorer[Weighted]):
    """Look for the best weight of fresh real data: weight, ratio, generations, chains, seed.

    Each generation estimates the mean of a distribution: w times the mean of fresh real samples, and 1 - w times the
    mean of what the last generation drew. Everything older is thrown away. The picture keeps the weights that were
    tried.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        The weight, from 0 to 1, that the learner believes to be best; it is drawn.
    **settings
        Values that the controls start from: weight (0-100, in per cent), ratio (0.25, 1 or 4), generations (5-60),
        chains (1000, 5000 or 20000), seed.

    Examples
    --------
    >>> explorer = WeightExplorer(weight=50, generations=20, chains=5000)
    >>> explorer.table(explorer.result)[["generation", "theory"]].tail(1)
        generation theory
    20          20  0.667
    """

    predictable = (0, 1)
    main = ("weight", "ratio", "generations")
    free = ("seed", "weight", "chains")

    def __init__(self, prediction: str | float | Predicts | None = None, **settings: Any) -> None:
        self._tried: dict[float, set[int]] = {}  # ratio → weights, in per cent
        super().__init__(prediction, **settings)

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        ratios = {"1 real for 4 synthetic": 0.25, "1 real for 1 synthetic": 1.0, "4 real for 1 synthetic": 4.0}
        return {
            "weight": slider_with_box("weight, in %", value=50, low=0, high=100),
            "ratio": dropdown("samples", ratios, value=1.0),
            "generations": generations_slider(30, high=60),
            "chains": chains_dropdown(1000, 5000, 20_000, value=5000),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(weight: int, ratio: float, generations: int, chains: int, seed: int) -> Steps[Weighted]:
        """Yield (share done, :class:`Weighted` so far), and return the whole."""
        key = ratio, generations, chains, seed
        if key not in _DONE:
            steps = ensemble.weighted_means(_WEIGHTS, ratio=ratio, chains=chains, rng=np.random.default_rng(seed))
            errors = []
            for t, step in enumerate(islice(steps, generations), 1):
                errors.append(np.square(step).mean(axis=1))
                if t < generations and t % 10 == 1:
                    yield t / generations, Weighted(np.array(errors), generations, weight, ratio)
            remember(_DONE, key, np.array(errors))
        return Weighted(_DONE[key], generations, weight, ratio)

    def film(self, weighted: Weighted) -> Film:
        """Return the film, with theory, prediction and the weights tried before."""
        tried = self._tried.setdefault(weighted.ratio, set())
        tried.add(weighted.weight)
        return weight_film(
            _WEIGHTS, weighted.errors, weighted.weight,
            generations=weighted.generations, theory=self.expected(weighted),
            tried=sorted(tried), **self.said,
        )  # fmt: skip

    @staticmethod
    def expected(weighted: Weighted) -> NDArray[np.float64]:
        """Return the expected error with the chosen weight, one value for each generation from 1 on."""
        t = np.arange(1, weighted.generations + 1)
        return np.asarray(theory.pathways.weighted_error(t, weighted.weight / 100, weighted.ratio))

    @staticmethod
    def describe(weighted: Weighted, t: int) -> str:
        """Return a sentence about generation t."""
        if t == 0:
            return "Generation 0 is the real distribution: there is no fit, and no error."
        error = weighted.errors[t - 1, weighted.weight]
        return (
            f"Generation {t} of {weighted.generations}, weight {weighted.weight / 100:.2f} of the fresh real samples: "
            f"the mean squared error is {error:.3f} times that of one real set; fresh real samples alone have "
            f"{weighted.errors[t - 1, -1]:.2f}, synthetic ones alone {weighted.errors[t - 1, 0]:.1f}."
        )

    def table(self, weighted: Weighted) -> pd.DataFrame:
        """Return the error in a few generations, with theory beside it."""
        rows = milestones(1, len(weighted.errors))
        errors = weighted.errors[rows - 1]
        table = pd.DataFrame({"generation": rows}, index=rows)
        table[f"weight {weighted.weight / 100:.2f}"] = written(errors[:, weighted.weight], ".3f")
        table["theory"] = written(self.expected(weighted)[rows - 1], ".3f")
        table["fresh real alone"] = written(errors[:, -1], ".2f")
        table["all real kept, theory"] = written(1 / rows, ".3f")
        return table

    @staticmethod
    def code(weight: int, ratio: float, generations: int, chains: int, seed: int) -> str:
        """Return Python that gives the same errors."""
        return (
            "from itertools import islice\n\n"
            "import numpy as np\n"
            "from collapse_edu import ensemble\n\n"
            f"rng = np.random.default_rng({seed})\n"
            f"steps = ensemble.weighted_means([{weight / 100}], ratio={ratio}, chains={chains}, rng=rng)\n"
            f"errors = [np.square(step).mean() for step in islice(steps, {generations})]"
        )
