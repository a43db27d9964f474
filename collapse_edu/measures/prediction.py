"""How well a model predicts labels under the real distribution."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import Generation, Source

__all__ = ["ExcessError", "LabelError"]


@dataclass(frozen=True, eq=False)
class ExcessError:
    """Test error of a linear regression above the noise of the labels, ‖ŵ - w‖², as a measure.

    It is the expected squared error of a prediction for x from N(0, I), less the noise variance.

    Parameters
    ----------
    weights : array, shape (d,)
        The real vector w, as given to :func:`collapse_edu.loop.source.linear`.

    Raises
    ------
    ValueError
        When called, if the model has another number of dimensions.

    References
    ----------
    Gerstgrasser et al. (2024), Theorem 1. Expected values: :mod:`collapse_edu.theory.regression`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> float(ExcessError([1, 0])(SimpleNamespace(model=SimpleNamespace(coef_=np.array([1.0, 2.0]))), None))
    4.0
    """

    weights: ArrayLike

    def __call__(self, generation: Generation, source: Source) -> float:
        fitted, weights = generation.model.coef_, np.asarray(self.weights, dtype=float)
        if fitted.shape != weights.shape:
            raise ValueError(f"weights must have shape {fitted.shape}, as the fitted vector; got {weights.shape}")
        return np.square(fitted - weights).sum()


@dataclass(frozen=True, eq=False)
class LabelError:
    """Probability, under the real distribution, of an input whose label the model does not know, as a measure.

    Parameters
    ----------
    probabilities : array, shape (n_types,)
        Of the inputs 0 … n_types - 1.
    labels : array of int, shape (n_types,)
        Their real labels.

    References
    ----------
    Dohmatob et al. (2024a), test error. Expected values: :func:`collapse_edu.theory.tails.expected_error`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from collapse_edu.models import Memoriser
    >>> model = Memoriser().fit([[0, 5], [2, 7]])
    >>> LabelError([0.5, 0.3, 0.2], [5, 6, 7])(SimpleNamespace(model=model), None).round(3)
    np.float64(0.3)
    """

    probabilities: ArrayLike
    labels: ArrayLike

    def __call__(self, generation: Generation, source: Source) -> float:
        labels = np.asarray(self.labels)
        wrong = generation.model.predict(np.arange(len(labels))) != labels
        return np.asarray(self.probabilities, dtype=float) @ wrong
