"""The screen of a film, and what moves it: a button, a slider, the speed. All of it happens in the browser."""

from collections.abc import Callable, Mapping
from importlib import resources

import anywidget
import ipywidgets as widgets
from ipywidgets.widgets.widget_string import HTMLStyle

__all__ = ["Namer", "Player"]

_SPEEDS = {"slow": 400, "normal": 150, "fast": 60}  # milliseconds from a picture to the next


class Namer(anywidget.AnyWidget):
    """Tell screen readers the names of sliders and of the play button, of which ipywidgets gives none."""

    _esm = resources.files(__package__).joinpath("names.js").read_text(encoding="utf-8")


class Player:
    """Show one picture of a film, and move through it.

    Parameters
    ----------
    most : int
        The last picture of the longest film.
    step : str
        What a picture stands for.
    skip : callable
        Called without arguments when the learner does not want to wait for the end.
    speeds : dict, optional
        Name → milliseconds from a picture to the next; with "normal". What must be read needs longer.

    Attributes
    ----------
    frames : list of ipywidgets.HTML
        The pictures.
    screen : ipywidgets.Stack
    bar : ipywidgets.HBox
        What moves the film.
    """

    def __init__(self, most: int, step: str, skip: Callable[[], object], speeds: Mapping[str, int] = _SPEEDS) -> None:
        look = {"layout": widgets.Layout(), "style": HTMLStyle()}  # one for all, or they are hundreds
        self.frames = [widgets.HTML(**look) for _ in range(most + 1)]
        self.screen = widgets.Stack(self.frames, selected_index=0)
        self.screen.add_class("ce-film")
        self._play = widgets.Play(min=0, interval=speeds["normal"], show_repeat=False)
        self._play.add_class("ce-play")
        self._slider = widgets.IntSlider(min=0, readout=False)
        self._slider.add_class("ce-generation")
        self._box = widgets.BoundedIntText(min=0, description=step)
        place = widgets.HBox([self._box, self._slider])
        place.add_class("ce-slider")
        speed = widgets.Dropdown(options=speeds, value=speeds["normal"], description="speed")
        speed.add_class("ce-speed")
        speed.observe(lambda change: setattr(self._play, "interval", change["new"]), "value")
        end = widgets.Button(description="skip to the end")
        end.add_class("ce-to-end")
        end.on_click(lambda _: skip())
        self._movers = (self._slider, self._box, self._play)
        self.bar = widgets.HBox([self._play, place, speed, end])
        self.bar.add_class("ce-player")
        self.bar.link = [widgets.jslink((self.screen, "selected_index"), (mover, "value")) for mover in self._movers]

    @property
    def at(self) -> int:
        """Which picture is seen."""
        return self.screen.selected_index

    @at.setter
    def at(self, index: int) -> None:
        self.screen.selected_index = index

    @property
    def last(self) -> int:
        """The last picture that can be reached."""
        return self._slider.max

    @last.setter
    def last(self, index: int) -> None:
        self.at = min(self.at, index)
        for mover in self._movers:
            mover.max = index

    def wait(self, on: bool) -> None:
        """Do not play, or play again: a film that is not there yet would be over before it began."""
        self._play.disabled = on
