"""How far a computation is: words, a bar with the time left, and a button that stops it."""

import time
from collections.abc import Callable
from html import escape

import ipywidgets as widgets

from collapse_edu.course.desk.bar import PATIENCE, time_left
from collapse_edu.course.desk.style import live_region

__all__ = ["Status"]


class Status:
    """A line that tells how far a computation is.

    Parameters
    ----------
    stop, start : callable
        Called without arguments when the button that says so is pressed.

    Attributes
    ----------
    widget : ipywidgets.HBox
    words, bar : ipywidgets.HTML
    button : ipywidgets.Button
        Seen only while there is something to stop, or to start again.

    Examples
    --------
    >>> status = Status(stop=lambda: None, start=lambda: None)
    >>> status.work("Computing", 0.25)
    >>> "25 %" in status.bar.value
    True
    """

    def __init__(self, stop: Callable[[], object], start: Callable[[], object]) -> None:
        self.words, self.bar = widgets.HTML(), widgets.HTML()
        self.words.add_class("ce-status")
        self.button = widgets.Button(description="stop", icon="stop", layout={"visibility": "hidden"})
        self.button.add_class("ce-stop")
        self.button.on_click(lambda button: start() if button.description == "start" else stop())
        self.widget = widgets.HBox([self.words, self.bar, self.button])
        self.widget.add_class("ce-working")
        self._began = time.monotonic()

    def begin(self) -> None:
        """Begin to count the time."""
        self._began = time.monotonic()
        self.say("Computing …")
        self.offer("stop")

    def say(self, words: str) -> None:
        """Say something that is read out."""
        self.words.value = live_region(escape(words))

    def work(self, what: str, share: float) -> None:
        """Say what is done, and which share of it; only the words are read out, and once."""
        self.say(f"{what} …")
        per_cent, passed = f"{100 * share:.0f} %", time.monotonic() - self._began
        self.bar.value = (
            f'<progress max="100" value="{100 * share:.0f}" aria-label="done">{per_cent}</progress> '
            f"{per_cent}{time_left(passed, share) if passed > PATIENCE else ''}"
        )

    def end(self, words: str) -> None:
        """Say that all is done."""
        self.say(words)
        self.bar.value = ""
        self.offer(None)

    def offer(self, what: str | None) -> None:
        """Show the button as *stop* or as *start*, or hide it."""
        self.button.layout.visibility = "visible" if what else "hidden"
        if what:
            self.button.description, self.button.icon = what, {"start": "refresh", "stop": "stop"}[what]
