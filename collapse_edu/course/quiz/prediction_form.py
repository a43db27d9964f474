"""The controls of a prediction: what will happen, how sure, why, a curve to draw, and "lock in"."""

from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from collapse_edu.course.desk.style import STYLE, live_region
from collapse_edu.course.quiz.drawn_curve import DrawnCurve

if TYPE_CHECKING:
    from collapse_edu.course.quiz.prediction import Prediction

__all__ = ["SURE", "PredictionForm"]

SURE = ("a guess", "rather unsure", "rather sure", "sure")


class PredictionForm:
    """One question after the other; all of them are fixed once the prediction is locked in.

    Parameters
    ----------
    prediction : Prediction

    Attributes
    ----------
    widget : ipywidgets.VBox
    """

    def __init__(self, prediction: "Prediction"):
        self._prediction = prediction
        self._filling = False
        outcomes, causes = (
            [(option.text, number) for number, option in prediction.shown(part)] for part in ("outcomes", "causes")
        )
        self._outcome, self._cause = _radio(outcomes), _radio(causes)
        self._sure = _radio([(word, step) for step, word in enumerate(SURE, 1)], orientation="horizontal")
        self._steps = [
            ("an outcome", self._outcome, _section("", self._outcome)),
            ("how sure you are", self._sure, _section("How sure are you?", self._sure)),
            ("a cause", self._cause, _section("Why? Choose the cause that you believe in.", self._cause)),
        ]
        self._curve = None if prediction.axes is None else DrawnCurve(axes=prediction.axes)
        title = "Draw how you think it goes, if you like. Your curve stays."
        self._drawing = widgets.VBox() if self._curve is None else _section(title, self._curve)
        self._lock = _button("lock in", "ce-lock", self._lock_in, button_style="primary")
        self._change = _button("change my mind", "ce-change", prediction.unlock)
        self._status = widgets.HTML()
        self._status.add_class("ce-locked-in")
        self._end = widgets.HBox([self._lock, self._status, self._change])
        keys = '<span class="ce-keys">(On the keyboard: Tab and Space.)</span>'
        prompt = widgets.HTML(f"{STYLE}<p><b>Predict.</b> {escape(prediction.prompt)} {keys}</p>")
        sections = [section for _, _, section in self._steps]
        self.widget = widgets.VBox([prompt, *sections, self._drawing, self._end])
        self.widget.add_class("ce-prediction")
        for _, radio, _ in self._steps:
            radio.observe(self._changed, "value")
        if self._curve is not None:
            self._curve.observe(self._changed, "points")
        prediction.watch(self._show)
        self._show()

    def _lock_in(self):
        """Lock in what is chosen, or say what is missing."""
        missing = [what for what, radio, _ in self._steps if not _is_answered(radio)]
        if missing:
            self._say(f"Choose {missing[0]} first.")
            return
        points = self._curve.points if self._curve is not None else []
        try:
            self._prediction.choose(self._outcome.value, self._cause.value, self._sure.value, points or None)
        except ValueError as error:
            self._say(f"That did not work: {error}")
        else:
            self._change.focus()

    def _changed(self, change):
        """Go on to the next question. A change that was on its way when the button was pressed still counts."""
        if self._filling:
            return
        if self._prediction.locked and not self._prediction.revealed:
            self._lock_in()
        else:
            self._show()

    @contextmanager
    def _quietly(self):
        self._filling = True
        try:
            yield
        finally:
            self._filling = False

    def _fill(self, choice):
        with self._quietly():
            self._outcome.value, self._sure.value, self._cause.value = choice.outcome, choice.sure, choice.cause
            if self._curve is not None:
                self._curve.points = choice.curve or []

    def _show(self):
        """Show the questions that are due, and what is locked in."""
        prediction, locked = self._prediction, self._prediction.locked
        if prediction.choice is not None:
            self._fill(prediction.choice)
        due = True
        for _, radio, section in self._steps:
            radio.disabled = locked
            _let_see(section, radio.value is not None if locked else due and radio.options)
            due = due and _is_answered(radio)
        if self._curve is not None:
            self._curve.locked = locked
            self._curve.truth = prediction.truth
        _let_see(self._drawing, self._curve is not None and (self._curve.points if locked else due))
        _let_see(self._end, locked or due)
        _let_see(self._lock, not locked)
        _let_see(self._change, locked and not prediction.revealed)
        (self.widget.add_class if locked else self.widget.remove_class)("ce-locked")
        self._say(("Locked in ✓ Now play the film." if prediction.waits else "Locked in ✓") if locked else "")

    def _say(self, text):
        self._status.value = live_region(escape(text)) if text else ""


def _radio(options, **look):
    return widgets.RadioButtons(
        options=options, value=None, layout={"width": "auto"}, style={"description_width": "0"}, **look
    )


def _button(description, css_class, act, **look):
    button = widgets.Button(description=description, layout={"width": "auto"}, **look)
    button.add_class(css_class)
    button.on_click(lambda _: act())
    return button


def _section(title, *controls):
    return widgets.VBox([widgets.HTML(f"<p><b>{escape(title)}</b></p>")] * bool(title) + [*controls])


def _is_answered(radio):
    return radio.value is not None or not radio.options


def _let_see(widget, seen):
    widget.layout.display = None if seen else "none"
