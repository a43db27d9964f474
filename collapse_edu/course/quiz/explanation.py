"""What comes after a prediction: "You said … It was …, because …", and "What surprised you?"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.course.quiz.prediction_form import SURE

if TYPE_CHECKING:
    from collapse_edu.course.quiz.prediction import Prediction
    from collapse_edu.course.quiz.question import Option

__all__ = ["Explanation"]

_JOY = ("Well seen!", "That is it!", "You saw it coming.", "Spot on.", "Good eye!")
_ALL = "What happens, and why"
_REST = "The other answers and reasons"


class Explanation:
    """The explanation of a prediction: closed until it is locked in and its answer can be seen, or the learner asks.

    Parameters
    ----------
    prediction : Prediction

    Attributes
    ----------
    widget : ipywidgets.VBox

    Examples
    --------
    >>> from collapse_edu.course.quiz import Option, Prediction
    >>> coin = Prediction(
    ...     "What comes next?",
    ...     outcomes=[Option("heads", "Half of the time."), Option("either", "Nobody knows.", right=True)],
    ...     causes=[Option("chance", "It decides anew each time.", right=True)],
    ... )
    >>> coin.choose(outcome=1).explain()
    You said: “heads”. Half of the time.
    It was: “either”. Nobody knows.
    The reason: “chance”. It decides anew each time.
    """

    def __init__(self, prediction: "Prediction"):
        self._prediction = prediction
        self._text, self._kept = widgets.HTML(), widgets.HTML()
        self._text.add_class("ce-explained")
        self._ask = widgets.Button(layout={"width": "auto"})
        self._ask.add_class("ce-show-answer")
        self._ask.on_click(lambda _: self._open())
        self._field = widgets.Text(
            value=prediction.surprise, placeholder="one line, for yourself", description="What surprised you?",
            continuous_update=False, layout={"width": "auto", "flex": "1 1 22em"}, style={"description_width": "auto"},
        )  # fmt: skip
        self._field.add_class("ce-surprise")
        self._field.observe(lambda _: self._keep(), "value")
        keep = widgets.Button(description="keep", layout={"width": "auto"})
        keep.on_click(lambda _: self._keep())
        self._surprise = widgets.HBox([self._field, keep, self._kept], layout={"flex_flow": "row wrap"})
        self.widget = widgets.VBox([widgets.HTML(STYLE, layout={"display": "none"}), self._text, self._ask,
                                    self._surprise])  # fmt: skip
        self.widget.add_class("ce-explanation")
        self._asked = False
        self._stop_watching = prediction.watch(self._show)
        self._show()
        live.take_place(self, ("explanation", prediction.name))

    @property
    def is_open(self) -> bool:
        """Whether the learner sees the answer."""
        return self._asked or (self._prediction.locked and self._prediction.revealed)

    def close(self) -> None:
        """Give all widgets back."""
        self._stop_watching()
        live.close_family(self.widget)

    def _open(self):
        self._asked = not self._prediction.locked
        self._prediction.reveal()
        self._show()

    def _show(self):
        prediction = self._prediction
        if prediction.locked and not prediction.waits and not prediction.revealed:
            prediction.reveal()  # nothing else shows the answer; this comes back here
            return
        if self.is_open:
            own, others = _html(prediction)
            body = own + _folded(_REST, others)
        elif prediction.locked:
            body = "<p>Play the film above to its end, or skip: then you read here what became of your prediction.</p>"
        else:
            body = "<p>Choose above first: then you read here what became of your prediction.</p>"
        self._text.value = live_region(body)
        self._ask.description = "skip to the answer" if prediction.locked else "show it anyway"
        self._ask.layout.display = "none" if self.is_open else None
        self._surprise.layout.display = None if self.is_open and prediction.locked else "none"

    def _keep(self):
        self._prediction.keep_surprise(self._field.value)
        self._kept.value = live_region("Kept ✓" if self._prediction.surprise else "")

    # --- outside a live notebook -----------------------------------------------------------------------------

    def __repr__(self):
        own, others = _lines(self._prediction), _others(self._prediction)
        lines = [str(line) for line in own]
        for title, options in others:
            lines += [f"{title}:", *(f"  {_said(option)}" for option in options)]
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = dict(self.widget._repr_mimebundle_() or {})
        own, others = _html(self._prediction)
        is_seen = self._prediction.locked and self.is_open
        html = own + _folded(_REST, others) if is_seen else _folded(_ALL, own + others)
        return as_kept(bundle | {"text/plain": repr(self), "text/html": html})


# ---------------------------------------------------------------- what is said


@dataclass(frozen=True)
class _Line:
    """What is said about one option."""

    lead: str
    option: "Option"
    sign: str = ""

    def __str__(self):
        return f"{self.sign} {self.lead}: {_said(self.option)}".strip()

    def html(self):
        sign = f'<span class="ce-right" aria-hidden="true">{self.sign}</span> ' if self.sign else ""
        return f"<p>{sign}<b>{escape(self.lead)}:</b> {escape(_said(self.option))}</p>"


def _lines(prediction: "Prediction") -> list[_Line]:
    """Return what is said about the learner's own outcome and cause, and about the right ones."""
    return [*_about_outcome(prediction), *_about_cause(prediction)]


def _others(prediction: "Prediction") -> list[tuple[str, list["Option"]]]:
    """Return the outcomes and the causes that are left, with a title for each group."""
    told = [line.option for line in _lines(prediction)]
    more = "Other" if told else "The"
    groups = ((f"{more} outcomes", prediction.outcomes), (f"{more} causes", prediction.causes))
    left = [(title, [option for option in options if option not in told]) for title, options in groups]
    return [(title, options) for title, options in left if options]


def _about_outcome(prediction: "Prediction") -> Iterator[_Line]:
    choice, right = prediction.choice, _right(prediction.outcomes)
    own = None if choice is None else prediction.outcomes[choice.outcome - 1]
    if choice is not None and own is not None:
        sure = f" ({SURE[choice.sure - 1]})" if choice.sure else ""
        lead = f"{_joy(prediction)} You said" if own.right and not prediction.late else "You said"
        lead += ", after the answer was shown" if prediction.late else ""
        yield _Line(lead + sure, own, "✓" if own.right else "")
    if right is not None and right is not own:
        yield _Line("It was", right)


def _about_cause(prediction: "Prediction") -> Iterator[_Line]:
    choice, right = prediction.choice, _right(prediction.causes)
    own = None if choice is None or choice.cause is None else prediction.causes[choice.cause - 1]
    if own is not None:
        yield _Line("And for this reason" if own.right else "Your reason", own, "✓" if own.right else "")
    if right is not None and right is not own:
        yield _Line("The reason", right)


def _right(options):
    return next((option for option in options if option.right), None)


def _joy(prediction):
    """Return a word of joy: the same one each time, another one elsewhere."""
    return _JOY[sum(map(ord, prediction.name or prediction.prompt)) % len(_JOY)]


def _said(option):
    """Return an option with what speaks for or against it; a "Yes" that answers the learner is said in other words."""
    text = re.sub(r"^Yes[.,:] ", "", option.why)
    end = "" if option.text.endswith((".", "?", "!")) else "."
    return f"“{option.text}”{end} {text[:1].upper()}{text[1:]}"


def _html(prediction):
    """Return what is said first, and what is said about the other outcomes and causes."""
    others = "".join(
        f"<p><b>{title}</b></p><ul>" + "".join(f"<li>{escape(_said(option))}</li>" for option in options) + "</ul>"
        for title, options in _others(prediction)
    )
    return "".join(line.html() for line in _lines(prediction)), others


def _folded(title, html):
    return f"<details><summary>{escape(title)}</summary>{html}</details>" if html else ""
