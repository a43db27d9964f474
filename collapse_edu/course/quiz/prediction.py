"""Predict first: the learner chooses an outcome and a cause before the picture appears."""

from collections.abc import Sequence
from html import escape

import ipywidgets as widgets

from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.style import STYLE
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.content_hash import content_hash, is_kept_for
from collapse_edu.course.quiz.question import Option

__all__ = ["Prediction", "predict"]


class Prediction:
    """Ask for an outcome and a cause. A prediction has no mark.

    Choose with the mouse or the keyboard, or in Python: ``prediction.choose(2, 1)``.

    Parameters
    ----------
    prompt : str
    outcomes : list of Option
        Rival outcomes.
    causes : list of Option
        Rival causes.
    name : str, optional
        Its id in the record, such as ``"M2.p1"``: each choice is recorded, and the last one is there again when the
        notebook is opened anew. Without it, nothing is recorded.

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

    def __init__(self, prompt: str, outcomes: Sequence[Option], causes: Sequence[Option], name: str | None = None):
        self.prompt = prompt
        self.name = name
        self.outcomes = list(outcomes)
        self.causes = list(causes)
        self._outcome = _radio(self.outcomes)
        self._cause = _radio(self.causes)
        self.widget = widgets.VBox(
            [
                widgets.HTML(f"{STYLE}<p><b>Predict.</b> {escape(prompt)}</p>"),
                self._outcome,
                widgets.HTML(
                    "<p><b>Why?</b> Choose the cause that you believe in. (On the keyboard: Tab and Space.)</p>"
                ),
                self._cause,
            ]
        )
        self.widget.add_class("ce-prediction")
        if name is not None:
            self._restore()
            for radio in (self._outcome, self._cause):
                radio.observe(self._record, "index")

    def choose(self, outcome: int, cause: int | None = None) -> "Prediction":
        """Choose by number, from 1, and return the prediction itself."""
        for name, number, radio in (("outcome", outcome, self._outcome), ("cause", cause, self._cause)):
            if number is not None:
                if number not in range(1, len(radio.options) + 1):
                    raise ValueError(f"{name} must be a number from 1 to {len(radio.options)}; got {number!r}")
                radio.index = number - 1
        return self

    @property
    def value(self) -> float | None:
        """The number behind the chosen outcome; None before a choice."""
        return None if self._outcome.index is None else self.outcomes[self._outcome.index].value

    def explain(self) -> "Explanation":
        """Return what speaks for or against each outcome and cause, the learner's own first."""
        own, groups = [], []
        for title, choices, radio in (("outcome", self.outcomes, self._outcome), ("cause", self.causes, self._cause)):
            if radio.index is not None:
                own.append((title, choices[radio.index]))
            groups.append((title, [choice for i, choice in enumerate(choices) if i != radio.index]))
        return Explanation(own, groups)

    def _restore(self):
        """Show the last recorded choice, if it was made between the same outcomes and causes."""
        event = Record().latest(self.name) or {}
        last = event.get("answer") if is_kept_for(self._hash, event) else None
        for key, radio in (("outcome", self._outcome), ("cause", self._cause)):
            number = last.get(key) if isinstance(last, dict) else None
            if number in range(1, len(radio.options) + 1):
                radio.index = number - 1

    def _record(self, change):
        """Record what is chosen, as numbers from 1."""
        chosen = (("outcome", self._outcome.index), ("cause", self._cause.index))
        answer = {key: index + 1 for key, index in chosen if index is not None}
        Record().add("prediction", self.name, answer=answer, hash=self._hash)

    @property
    def _hash(self):
        return content_hash({"prompt": self.prompt, "outcomes": self.outcomes, "causes": self.causes})

    def _repr_mimebundle_(self, include=None, exclude=None):
        options = [
            f"{title} {number}: {choice.text}"
            for title, choices in (("outcome", self.outcomes), ("cause", self.causes))
            for number, choice in enumerate(choices, 1)
        ]
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n".join([f"Predict. {self.prompt}", *options])
        items = "".join(f"<li>{escape(option)}</li>" for option in options)
        bundle["text/html"] = f"<p><b>Predict.</b> {escape(self.prompt)}</p><ul>{items}</ul>"
        return bundle


def predict(name: str) -> Prediction:
    """Return a prediction of the course, with the choice that the learner made last time, if any.

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
    """
    return Prediction(**bank.prediction(name), name=bank.prediction_id(name))


class Explanation:
    """Choices with their reasons, as text and as HTML."""

    def __init__(self, own: Sequence[tuple[str, Option]], groups: Sequence[tuple[str, Sequence[Option]]]):
        self.parts: list[tuple[str, Sequence[Option]]] = [
            (f"You chose this {title}", [choice]) for title, choice in own
        ]
        self.parts += [(f"The other {title}s" if own else f"The {title}s", choices) for title, choices in groups]
        if not own:
            self.parts.insert(0, ("You chose nothing this time. Predict first, and you remember more.", []))

    def __repr__(self):
        lines = []
        for title, choices in self.parts:
            lines += [title, *(f"  {choice.text}: {choice.why}" for choice in choices)]
        return "\n".join(lines)

    def _repr_html_(self):
        html = ""
        for title, choices in self.parts:
            items = "".join(f"<li><i>{escape(choice.text)}</i>: {escape(choice.why)}</li>" for choice in choices)
            html += f"<p><b>{escape(title)}</b></p>" + (f"<ul>{items}</ul>" if items else "")
        return html


def _radio(choices):
    labels = [(f"{number}. {choice.text}", number) for number, choice in enumerate(choices, 1)]
    return widgets.RadioButtons(options=labels, value=None, layout={"width": "auto"}, style={"description_width": "0"})
