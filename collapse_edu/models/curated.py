"""Models whose samples are selected: by a reward, or by a verifier."""

from collections.abc import Callable
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu import checks
from collapse_edu.checks import Model, integer, number, sample_size
from collapse_edu.estimator import copied, require_fitted
from collapse_edu.models.wrapper import Wrapper

__all__ = ["Curated", "Verified"]

_OfRows: TypeAlias = Callable[[np.ndarray, Model], ArrayLike]
_BATCH = 64  # rows that are drawn at once, at least
_PATIENCE = 10_000  # rows that a verifier may refuse in a row


class _Selected(Wrapper):
    """A model that learns as the one inside, and selects what that one samples."""

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
        previous: Any = None,
    ) -> Self:
        """Fit a copy of the model inside.

        Parameters
        ----------
        X : array, shape (n, n_features)
        y : ignored
        sample_weight : array, shape (n,), optional
            Handed on, if given.
        previous : model, optional
            A fitted one of the same kind; the model inside starts from the one inside of it.

        Returns
        -------
        model
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is out of range; or what the model inside raises.
        """
        self._check()
        given: dict[str, Any] = {} if sample_weight is None else {"sample_weight": sample_weight}
        if previous is not None:
            checks.previous(previous, self, "model_")
            given["previous"] = vars(previous)["model_"]
        self.model_ = copied(self.model)
        self.model_.fit(X, **given)
        return self


class Curated(_Selected):
    """Sample what is chosen among m rows by a reward.

    Each row is one of m rows that the model inside draws: the one with the largest reward, or one that a noisy choice
    prefers. The first fit is to real data, which nobody selects.

    Parameters
    ----------
    model : model
        It is copied before it is fitted.
    reward : callable
        ``reward(rows, model)`` returns one number for each row; ``model`` is the fitted copy.
    m : int, default=2
        Rows to choose from, at least 1; 1 is no selection.
    choice : {"best", "bradley_terry"}, default="best"
        "best": the largest reward wins. "bradley_terry": a row with the reward r wins with a probability ∝ e^r; of two
        rows, with σ(r - r′). With many rows to choose from, samples have the density of the model times e^r.

    Attributes
    ----------
    model_ : model
        The fitted copy. What it learned is also found here: ``curated.mean_`` is ``curated.model_.mean_``.

    References
    ----------
    Ferbach et al. (2024): curation as a Bradley-Terry choice among several samples, of which "best" is the limit of
    large rewards. Expected moments: :func:`collapse_edu.theory.selection.best_of_variance`,
    :func:`collapse_edu.theory.selection.bradley_terry_course`.

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> curated = Curated(Gaussian(), reward=lambda rows, model: rows[:, 0], m=5).fit([[-1.0], [1.0]])
    >>> bool(curated.sample(1000, np.random.default_rng(0)).mean() > 1 > curated.mean_[0])
    True
    """

    def __init__(
        self, model: Model, reward: _OfRows, m: int = 2, choice: Literal["best", "bradley_terry"] = "best"
    ) -> None:
        self.model = model
        self.reward = reward
        self.m = m
        self.choice = choice

    def _check(self):
        _callable("reward", self.reward, "numbers")
        self._choices()
        checks.choice("choice", self.choice, "best", "bradley_terry")

    def _choices(self):
        return integer("m", self.m, 1)

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw rows, each chosen among m.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (n, n_features)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator; if the reward does not return one number for each
            row, or returns NaN.
        """
        require_fitted(self, "model_")
        n = sample_size(n, rng)
        m = self._choices()
        rows = self.model_.sample(n * m, rng)
        rewards = _one_each("reward", self.reward(rows, self.model_), rows)
        if np.isnan(rewards).any():
            raise ValueError("reward must return numbers; got nan")
        if self.choice == "bradley_terry":  # the largest of rewards with Gumbel noise has probabilities ∝ e^reward
            rewards = rewards + rng.gumbel(size=len(rewards))
        best = rewards.reshape(n, m).argmax(axis=1)
        return rows[np.arange(n) * m + best]


class Verified(_Selected):
    """Sample only rows that a verifier accepts.

    Rows are drawn until n are accepted. The first fit is to real data, which nobody verifies.

    Parameters
    ----------
    model : model
        It is copied before it is fitted.
    accept : callable
        ``accept(rows, model)`` returns True for each row that is good; ``model`` is the fitted copy.
    true_positive : float, default=1.0
        Share of the good rows that the verifier accepts.
    false_positive : float, default=0.0
        Share of the other rows that it accepts all the same. Equal rates are no selection.

    Attributes
    ----------
    model_ : model
        The fitted copy. What it learned is also found here: ``verified.mean_`` is ``verified.model_.mean_``.

    References
    ----------
    Feng et al. (2025): what a verifier is worth depends on its two rates. Cut tails:
    :func:`collapse_edu.theory.selection.truncated_variance`.

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> verified = Verified(Gaussian(), accept=lambda rows, model: rows[:, 0] > 0).fit([[-1.0], [1.0]])
    >>> bool(verified.sample(1000, np.random.default_rng(0)).min() > 0)
    True
    """

    def __init__(self, model: Model, accept: _OfRows, true_positive: float = 1.0, false_positive: float = 0.0) -> None:
        self.model = model
        self.accept = accept
        self.true_positive = true_positive
        self.false_positive = false_positive

    def _check(self):
        _callable("accept", self.accept, "True or False")
        number("true_positive", self.true_positive, 0, 1)
        number("false_positive", self.false_positive, 0, 1)

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw rows until n are accepted.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (n, n_features)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator; if 10,000 rows in a row are refused, or ``accept``
            does not return True or False for each row.
        """
        require_fitted(self, "model_")
        n = sample_size(n, rng)
        kept: list[np.ndarray] = []
        missing, refused = n, 0
        while missing > 0 or not kept:
            rows = self.model_.sample(max(n, _BATCH), rng)
            passed = self._accepted(rows, rng)
            kept.append(rows[passed][:missing])
            missing -= len(kept[-1])
            refused = 0 if passed.any() else refused + len(rows)
            if missing and refused >= _PATIENCE:
                raise ValueError(f"accept must let some rows pass; got {refused:,} refusals in a row")
        return np.concatenate(kept)

    def _accepted(self, rows, rng):
        """Return which rows pass the verifier with its errors."""
        good = _one_each("accept", self.accept(rows, self.model_), rows)
        if good.dtype != bool:
            raise ValueError(f"accept must return True or False for each row; got {good.dtype}")
        if self.true_positive == 1 and self.false_positive == 0:
            return good
        return rng.random(len(rows)) < np.where(good, self.true_positive, self.false_positive)


def _callable(name, value, returns):
    if not callable(value):
        raise TypeError(
            f"{name} must be a function of (rows, model) that returns {returns}; got {type(value).__name__}"
        )


def _one_each(name, values, rows):
    """Return values as an array, or say that there is not one for each row."""
    values = np.asarray(values)
    if values.shape != (len(rows),):
        raise ValueError(f"{name} must return shape ({len(rows)},), one for each row; got {values.shape}")
    return values
