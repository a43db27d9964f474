"""Predict first: the learner chooses an outcome and a cause, and locks them in, before the answer can be seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from itertools import pairwise
from math import isfinite
from typing import Any, Literal

import ipywidgets as widgets

from collapse_edu.course.desk.record import Record, choice_in
from collapse_edu.course.desk.style import as_kept
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.content_hash import content_hash, is_kept_for
from collapse_edu.course.quiz.explanation import Explanation
from collapse_edu.course.quiz.order import learners_order
from collapse_edu.course.quiz.prediction_form import SURE, PredictionForm
from collapse_edu.course.quiz.question import Option

__all__ = ["Choice", "Prediction", "explain", "predict", "said"]

Curve = list[list[float]]
_LIVE: dict[tuple[str, str, str], "Prediction"] = {}  # record, learner, name → what stands in this kernel


@dataclass(frozen=True)
class Choice:
    """What a learner locks in; outcome, cause and sureness are numbers from 1, as the bank has them.

    Attributes
    ----------
    outcome : int
    cause : int or None
    sure : int or None
        1 (a guess) to 4 (sure); older records do not say.
    curve : list of [x, y], or None
        What the learner drew.
    """

    outcome: int
    cause: int | None = None
    sure: int | None = None
    curve: Curve | None = None


class Prediction:
    """Ask for an outcome, how sure the learner is, and a cause. A prediction has no mark.

    It counts once it is locked in: with the button, or in Python by ``prediction.choose(2, 1)``. It can be changed
    until the answer is revealed.

    Parameters
    ----------
    prompt : str
    outcomes : list of Option
        Rival outcomes.
    causes : list of Option
        Rival causes.
    name : str, optional
        Its id in the record, such as ``"M2.p1"``: what is locked in is recorded, and is there again when the notebook
        is opened anew; options are shown in an order of the learner's own. Without it, nothing is recorded.
    ordered : bool
        Whether the outcomes have an order, such as less, same, more: then it stays.
    draw : mapping, optional
        Axes to draw a curve on, as :class:`collapse_edu.course.quiz.drawn_curve.DrawnCurve` takes them. Where no film
        shows the true curve, also ``truth``: x → y.
    film : bool
        Whether a film shows the answer: the explorer that is given the prediction reveals it at the end. Without one,
        the explanation does so as soon as something is locked in.

    Attributes
    ----------
    choice : Choice or None
    revealed : bool
        Whether the learner has seen the answer, or has asked for it.
    late : bool
        Whether the choice was made after that.

    Examples
    --------
    >>> from collapse_edu.course.quiz import Option
    >>> coin = Prediction(
    ...     "What comes next?",
    ...     outcomes=[Option("heads", "half of the time", value=1.0), Option("tails", "half of the time", value=0.0)],
    ...     causes=[Option("chance", "yes"), Option("it is due", "a coin remembers nothing")],
    ... )
    >>> coin.value is None
    True
    >>> coin.choose(outcome=2, cause=1).value
    0.0
    """

    def __init__(
        self,
        prompt: str,
        outcomes: Sequence[Option],
        causes: Sequence[Option],
        name: str | None = None,
        *,
        ordered: bool = False,
        draw: Mapping[str, Any] | None = None,
        film: bool = False,
    ):
        self.prompt = prompt
        self.name = name
        self.outcomes = list(outcomes)
        self.causes = list(causes)
        self.ordered = ordered
        self.axes = None if draw is None else {key: value for key, value in draw.items() if key != "truth"}
        self._truth = (draw or {}).get("truth")
        self.film = film
        self.choice: Choice | None = None
        self.revealed = self.late = False
        self.surprise = ""
        self._is_kept = False  # whether the record held anything of it
        self._watchers: list[Callable[[], None]] = []
        if name is not None:
            self._restore()

    # --- what is chosen --------------------------------------------------------------------------------------

    @property
    def locked(self) -> bool:
        """Whether something is locked in."""
        return self.choice is not None

    @property
    def value(self) -> float | None:
        """The number behind the outcome that is locked in; None before, and for an outcome without a number."""
        return None if self.choice is None else self.outcomes[self.choice.outcome - 1].value

    @property
    def curve(self) -> Curve | None:
        """The curve that is locked in, as a list of [x, y]; None where nothing was drawn."""
        return None if self.choice is None else self.choice.curve

    @property
    def truth(self) -> Curve:
        """The true curve, once the answer is revealed; empty before, or where a film shows it."""
        if self._truth is None or not (self.locked and self.revealed) or self.axes is None:
            return []
        low, high = self.axes["x"]["range"]
        places = [low + (high - low) * step / 50 for step in range(51)]
        return [[x, float(self._truth(x))] for x in places]

    def choose(
        self,
        outcome: int,
        cause: int | None = None,
        sure: int | None = None,
        curve: Sequence[Sequence[float]] | None = None,
    ) -> "Prediction":
        """Lock in a choice, and return the prediction itself.

        Parameters
        ----------
        outcome, cause : int
            Their places in ``outcomes`` and ``causes``, from 1.
        sure : int, optional
            From 1 (a guess) to 4 (sure).
        curve : sequence of (x, y), optional
            At least two points on the axes, x rising.

        Raises
        ------
        ValueError
            If there is no such option or no such point, or the answer was shown before and the choice differs.
        """
        for part, number, n in (
            ("outcome", outcome, len(self.outcomes)),
            ("cause", cause, len(self.causes)),
            ("sure", sure, len(SURE)),
        ):
            if number not in (range(1, n + 1) if part == "outcome" else (None, *range(1, n + 1))):
                raise ValueError(f"{part} must be a number from 1 to {n}; got {number!r}")
        self.lock(Choice(outcome, cause, sure, None if curve is None else self._checked(curve)))
        return self

    def lock(self, choice: Choice) -> None:
        """Lock in a choice, record it, and tell those who watch."""
        if choice == self.choice:
            return
        if self.locked and self.revealed:
            raise ValueError(f"choice must stay as it is once the answer has been shown; got {choice}")
        self.choice, self.late = choice, self.revealed
        answer = {"outcome": choice.outcome} | ({} if choice.cause is None else {"cause": choice.cause})
        more = {"sure": choice.sure, "curve": choice.curve, "late": self.late or None}
        self._record("prediction", answer=answer, **{key: value for key, value in more.items() if value is not None})
        if self.revealed:
            self._record("revealed")
        self._tell()

    def unlock(self) -> None:
        """Let the learner choose again, as long as the answer has not been shown."""
        if self.locked and not self.revealed:
            self.choice = None
            self._record("prediction", answer=None)
            self._tell()

    # --- what others need to know ----------------------------------------------------------------------------

    def watch(self, act: Callable[[], None]) -> Callable[[], None]:
        """Call ``act()`` whenever the prediction is locked, changed or revealed.

        Returns
        -------
        callable
            Call it to watch no longer.
        """
        self._watchers.append(act)

        def stop():
            if act in self._watchers:
                self._watchers.remove(act)

        return stop

    @property
    def waits(self) -> bool:
        """Whether a film will show the answer, and has not done so."""
        return self.film and not self.revealed

    @property
    def is_forgotten(self) -> bool:
        """Whether the record was deleted since."""
        return self._is_kept and not Record().events(self.name)

    def reveal(self) -> None:
        """Say that the learner has seen the answer, or has asked for it."""
        if not self.revealed:
            self.revealed = True
            if self.locked:
                self._record("revealed")
            self._tell()

    def keep_surprise(self, text: str) -> None:
        """Keep what surprised the learner, in one line; what is kept already is not recorded twice."""
        line = " ".join(text.split())
        if line != self.surprise:
            self.surprise = line
            self._record("surprise", answer=line)

    def _tell(self):
        for act in list(self._watchers):
            act()

    # --- the record ------------------------------------------------------------------------------------------

    def _record(self, what, **data):
        if self.name is not None:
            Record().add(what, self.name, hash=self._hash, **data)
            self._is_kept = True

    def _restore(self):
        """Take up what the record holds, if it belongs to the same prompt, outcomes and causes."""
        events = Record().events(self.name)
        kept = [event for event in events if is_kept_for(self._hash, event)]
        self._is_kept = bool(events)
        last = choice_in(events)
        if last is not None and is_kept_for(self._hash, last):
            self.choice, self.late = self._read(last), last.get("late") is True
        if self.choice is not None:
            self.revealed = any(event["what"] == "revealed" for event in kept)
        texts = [event.get("answer") for event in kept if event["what"] == "surprise"]
        self.surprise = texts[-1] if texts and isinstance(texts[-1], str) else ""

    def _read(self, event):
        """Return the choice of a recorded event, or None: it is the learner's file, so it may hold anything."""
        answer = event["answer"]
        if answer.get("outcome") not in range(1, len(self.outcomes) + 1):
            return None
        cause, sure = answer.get("cause"), event.get("sure")
        try:
            curve = self._checked(event["curve"])
        except (KeyError, ValueError):
            curve = None
        return Choice(
            answer["outcome"],
            cause if cause in range(1, len(self.causes) + 1) else None,
            sure if sure in range(1, len(SURE) + 1) else None,
            curve,
        )

    def _checked(self, points):
        """Return a curve as lists of numbers, or say in one line what is wrong with it."""
        if self.axes is None:
            raise ValueError("curve must be None: this prediction has no axes to draw on")
        (x_low, x_high), (y_low, y_high) = (self.axes[axis]["range"] for axis in "xy")
        try:
            curve = [[float(x), float(y)] for x, y in points]
        except (TypeError, ValueError):
            curve = []
        inside = all(isfinite(x) and isfinite(y) and x_low <= x <= x_high and y_low <= y <= y_high for x, y in curve)
        rising = all(before[0] < after[0] for before, after in pairwise(curve))
        if len(curve) < 2 or not inside or not rising:
            raise ValueError(
                f"curve must be two or more points (x, y), x rising from {x_low:g} to {x_high:g}, "
                f"y between {y_low:g} and {y_high:g}; got {str(points)[:80]}"
            )
        return curve

    @cached_property
    def _hash(self):
        """What a choice is kept with: of all that is offered, but not of which is right."""
        offered = {part: [replace(option, right=False) for option in getattr(self, part)] for part in _PARTS}
        return content_hash({"prompt": self.prompt, **offered})

    # --- what the learner sees -------------------------------------------------------------------------------

    def shown(self, part: Literal["outcomes", "causes"]) -> list[tuple[int, Option]]:
        """Return the outcomes or the causes in the learner's order, each with its number in the bank."""
        options = getattr(self, part)
        if self.name is None or (part == "outcomes" and self.ordered):
            return list(enumerate(options, 1))
        order = learners_order(f"{self.name} {part}", Record().learner, len(options))
        return [(place + 1, options[place]) for place in order]

    def explain(self) -> Explanation:
        """Return the explanation: it opens once the prediction is locked in and the answer can be seen."""
        return Explanation(self)

    @cached_property
    def widget(self) -> widgets.VBox:
        """Controls to choose and to lock in."""
        return PredictionForm(self).widget

    def _repr_mimebundle_(self, include=None, exclude=None):
        groups = [("", self.shown("outcomes")), *([("Why?", self.shown("causes"))] if self.causes else [])]
        lines, html = [f"Predict. {self.prompt}"], f"<p><b>Predict.</b> {escape(self.prompt)}</p>"
        for title, options in groups:
            lines += [title] * bool(title) + [f"  - {option.text}" for _, option in options]
            html += f"<p><b>{title}</b></p>" if title else ""
            html += "<ul>" + "".join(f"<li>{escape(option.text)}</li>" for _, option in options) + "</ul>"
        bundle = dict(self.widget._repr_mimebundle_() or {})
        return as_kept(bundle | {"text/plain": "\n".join(lines), "text/html": html})


_PARTS = ("outcomes", "causes")


def predict(name: str) -> Prediction:
    """Return a prediction of the course, with what the learner locked in last time, if anything.

    There is one of each name: what is chosen in one cell is known in all others.

    Parameters
    ----------
    name : str
        Such as ``"M2.p1"``: the first prediction of lesson M2.

    Returns
    -------
    Prediction

    Raises
    ------
    ValueError
        If the course has no such prediction.

    Examples
    --------
    >>> predict("M2.p1").value is None
    True
    >>> predict("M2.p1") is predict("M2.p1")
    True
    """
    name, content, record = bank.prediction_id(name), bank.prediction(name), Record()
    key = (str(record.path), record.learner, name)
    if key not in _LIVE or _LIVE[key].is_forgotten:
        _LIVE[key] = Prediction(**content, name=name)
    return _LIVE[key]


def explain(name: str) -> Explanation:
    """Return the explanation of a prediction of the course.

    It opens once the prediction is locked in and its film has been seen to the end; where no film shows the answer, at
    once.

    Parameters
    ----------
    name : str
        Such as ``"M2.p1"``.

    Returns
    -------
    Explanation

    Raises
    ------
    ValueError
        If the course has no such prediction.

    Examples
    --------
    >>> explain("M2.p1").is_open
    False
    >>> predict("M2.p1").choose(outcome=3, cause=2).reveal()
    >>> explain("M2.p1").is_open
    True
    """
    return predict(name).explain()


def said(name: str) -> float | None:
    """Return the number behind what the learner locked in, for a figure; None before, or where it has no number.

    Parameters
    ----------
    name : str
        Such as ``"M2.p1"``.

    Raises
    ------
    ValueError
        If the course has no such prediction.

    Examples
    --------
    >>> said("M2.p2") is None
    True
    >>> guess = predict("M2.p2").choose(outcome=2)
    >>> said("M2.p2") == guess.outcomes[1].value
    True
    """
    return predict(name).value
