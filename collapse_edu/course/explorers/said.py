"""What a learner said before a film: a number, a prediction of the course, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Protocol, runtime_checkable

from collapse_edu.checks import number

__all__ = ["Number", "Predicts", "what_was_said"]


@runtime_checkable
class Predicts(Protocol):
    """A prediction that may still be made, or changed, while its film is there.

    Attributes
    ----------
    value : float or None
        The number behind the choice.
    curve : list of (x, y), or None
        What the learner drew.
    revealed : bool
        Whether the learner has seen what happens.
    """

    @property
    def value(self) -> float | None: ...

    @property
    def curve(self) -> Sequence | None: ...

    @property
    def revealed(self) -> bool: ...

    def watch(self, act: Callable[[], None]) -> Callable[[], None]:
        """Call ``act()`` whenever it is made, changed or revealed; return what ends this."""

    def reveal(self) -> object:
        """Take note that the learner has seen what happens."""


@dataclass(frozen=True)
class Number:
    """A number that is there from the beginning, or nothing. Nobody waits for it.

    Examples
    --------
    >>> Number(0.3).value, Number().value
    (0.3, None)
    """

    value: float | None = None
    curve: None = None
    revealed: bool = True

    def watch(self, act: Callable[[], None]) -> Callable[[], None]:
        """Return what does nothing: it does not change."""
        return lambda: None

    def reveal(self) -> None:
        """Do nothing."""


def what_was_said(prediction: str | float | Predicts | None, low: float, high: float) -> Predicts:
    """Return a prediction, whatever it was given as.

    Parameters
    ----------
    prediction : str, float, Predicts, optional
        A name such as ``"M2.p1"``, a number, or a prediction itself.
    low, high : float
        What a number must lie between.

    Returns
    -------
    Predicts

    Raises
    ------
    TypeError, ValueError
        If it is none of these, or a number out of range, or the course has no such prediction.

    Examples
    --------
    >>> what_was_said(0.3, 0, 1)
    Number(value=0.3, curve=None, revealed=True)
    """
    if prediction is None:
        return Number()
    if isinstance(prediction, str):
        from collapse_edu.course.quiz.prediction import predict  # an explorer without a prediction needs no quiz

        return predict(prediction)
    if isinstance(prediction, Predicts) and not isinstance(prediction, Real):
        return prediction
    return Number(number("prediction", prediction, low, high))
