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
        self._curve = None if prediction.axes is None else DrawnCurve(axes=dict(prediction.axes))
        self._lock = _button("lock in", "ce-lock", self._lock_in, button_style="primary")
        self._change = _button("change my mind", "ce-change", self._prediction.unlock)
        self._status = widgets.HTML()
        self._status.add_class("ce-locked-in")
        self._how_sure = _section("How sure are you?", self._sure)
        self._why = _section("Why? Choose the cause that you believe in.", self._cause)
        self._end = widgets.VBox([*self._drawing(), widgets.HBox([self._lock, self._status, self._change])])
        self.widget = widgets.VBox(
            [
                widgets.HTML(f"{STYLE}<p><b>Predict.</b> {escape(prediction.prompt)}</p>"),
                self._outcome,
                self._how_sure,
                self._why,
                self._end,
            ]
        )
        self.widget.add_class("ce-prediction")
        for radio in (self._outcome, self._sure, self._cause):
            radio.observe(self._changed, "value")
        if self._curve is not None:
            self._curve.observe(self._changed, "points")
        prediction.watch(self._show, reveals=False)
        self._show()

    def _drawing(self):
        if self._curve is None:
            return []
        return [_section("Draw how you think it goes, if you like. Your curve stays on the picture.", self._curve)]

    def _lock_in(self):
        """Lock in what is chosen, or say what is missing."""
        chosen = {"an outcome": self._outcome, "how sure you are": self._sure, "a cause": self._cause}
        missing = [what for what, radio in chosen.items() if radio.value is None]
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
        if locked:
            self._fill(prediction.choice)
        for radio in (self._outcome, self._sure, self._cause):
            radio.disabled = locked
        if self._curve is not None:
            self._curve.locked = locked
        _let_see(self._how_sure, self._sure.value if locked else self._outcome.value)
        _let_see(self._why, self._cause.value if locked else self._sure.value)
        _let_see(self._end, locked or self._cause.value)
        _let_see(self._lock, not locked)
        _let_see(self._change, locked and not prediction.revealed)
        (self.widget.add_class if locked else self.widget.remove_class)("ce-locked")
        self._say("Locked in ✓" if locked else "")

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
    return widgets.VBox([widgets.HTML(f"<p><b>{escape(title)}</b></p>"), *controls])


def _let_see(widget, seen):
    widget.layout.display = None if seen else "none"
