"""What all explorers share: parameters, a film, a stop button, words, numbers and code."""

import asyncio
import inspect
from collections.abc import Callable, Generator, Iterable, Mapping, MutableMapping
from html import escape
from numbers import Integral, Real
from typing import Any, ClassVar, Generic, TypeVar

import ipywidgets as widgets
import numpy as np
import pandas as pd
from ipywidgets.widgets.widget_string import HTMLStyle

from collapse_edu.checks import number
from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.course.films import Film
from collapse_edu.plots.picture import img

__all__ = ["Explorer", "Steps", "remember", "written"]

Result = TypeVar("Result")
Steps = Generator[tuple[float, Result | None], None, Result]  # (share done, result so far or None); the result

_LONGEST = 100  # generations; a film has no more, so that it stays small
_WORKING, _SEEN, _COMPUTED = range(3)  # a step is done; a new picture can be seen; the whole result is there


class Explorer(Generic[Result]):
    """Base class: a widget that turns parameters into a film with one frame for each generation.

    Frame 0 is the real distribution, or the real data.

    A subclass gives the science and the words:

    * ``controls()``: name → widget, one for each parameter;
    * ``compute(**parameters)``: the result; pure. Where it takes time, a generator that yields ``(share, so far)``,
      the share done (0 … 1) and the result so far or None, and returns the result;
    * ``film(result)``: a :class:`collapse_edu.course.films.Film` of at most 100 generations. A result so far has fewer
      generations, and a frame of it must not change when more arrive;
    * ``describe(result, t)``: one plain sentence for generation t;
    * ``beside(result, t)``: HTML below the picture, if there is more to see than a picture;
    * ``table(result)``: a pandas.DataFrame of rounded numbers;
    * ``code(**parameters)``: Python that gives the same result;
    * ``predictable``: least and largest prediction, if not any number from 0 on.

    Moving through the film happens in the browser: it answers while the kernel works, and even without one.
    A change of a parameter starts a task that gives way between steps, so that the stop button works and a newer
    change takes over.

    Parameters
    ----------
    prediction : float, optional
        What the learner expects; films draw it.
    **settings
        Values that the controls start from.

    Attributes
    ----------
    result
        What ``compute`` returned last.
    step : str
        What a frame of the film stands for.
    """

    step = "generation"
    predictable: tuple[float, float] = (0, np.inf)
    _old_values: ClassVar[Mapping[str, str]] = {}  # values that had another name in an older version, until 1.0.0

    controls: Callable[[], dict[str, widgets.Widget]]
    compute: Callable[..., Result | Steps[Result]]
    film: Callable[[Result], Film]
    describe: Callable[[Result, int], str]
    table: Callable[[Result], pd.DataFrame]
    code: Callable[..., str]

    def __init__(self, prediction: float | None = None, **settings: object) -> None:
        self._prediction = None if prediction is None else number("prediction", prediction, *self.predictable)
        self.parameters = self.controls()
        self.result: Result
        self._film: Film
        self._task: asyncio.Task | None = None
        self._shown: set[int] = set()
        self._build()
        self._quiet = True  # no new film while several parameters change
        self._assign(settings)
        for name, widget in self.parameters.items():
            widget.add_class(f"ce-param-{name}")
            widget.observe(self._changed, "value")
        self._quiet = False
        live.take_place(self)
        self._start(at_once=True)

    def set(self, **values: object) -> None:
        """Set parameters, as the sliders do; the first picture is there when this returns.

        Raises
        ------
        ValueError
            For a parameter that is not there, or a value that its control does not allow; nothing is changed then.
        """
        self._quiet = True
        try:
            self._assign(values)
        finally:
            self._quiet = False
        self._start(at_once=True)

    def _assign(self, values):
        unknown = values.keys() - self.parameters.keys()
        if unknown:
            raise ValueError(f"parameter must be one of {', '.join(self.parameters)}; got {sorted(unknown)[0]!r}")
        for name, value in values.items():
            values[name] = value = self._old_values.get(value, value) if isinstance(value, str) else value
            _require_allowed(name, value, self.parameters[name])
        for name, value in values.items():
            self.parameters[name].value = value

    @property
    def settings(self) -> dict[str, Any]:
        """Values of all parameters."""
        return {name: widget.value for name, widget in self.parameters.items()}

    def beside(self, result: Result, t: int) -> str:
        """Return HTML to stand below the picture of generation t: nothing, unless a subclass has more to show."""
        return ""

    # --- what the learner sees -------------------------------------------------------------------------------

    def _build(self):
        look = {"layout": widgets.Layout(), "style": HTMLStyle()}  # one for all, or they are hundreds
        self._frames = [widgets.HTML(**look) for _ in range(_LONGEST + 1)]
        self._stack = widgets.Stack(self._frames, selected_index=0)
        self._stack.add_class("ce-film")
        self._stack.layout.min_height = "450px"
        # The box beside the slider says its name to screen readers.
        self._play = widgets.Play(min=0, interval=120, description="play the film")
        self._play.add_class("ce-play")
        self._slider = widgets.IntSlider(min=0, readout=False, layout={"width": "340px"})
        self._slider.add_class("ce-generation")
        self._box = widgets.BoundedIntText(min=0, description=self.step, layout={"width": "170px"})
        self._stop = widgets.Button(description="stop", icon="stop", disabled=True, layout={"width": "90px"})
        self._stop.add_class("ce-stop")
        self._stop.on_click(lambda _: self.stop() if self._is_working() else self._start(at_once=False))
        self._status = widgets.HTML()
        self._status.add_class("ce-status")
        movers = (self._slider, self._box, self._play)
        links = [widgets.jslink((self._stack, "selected_index"), (mover, "value")) for mover in movers]
        self._numbers, self._code = widgets.HTML(), widgets.HTML()
        more = widgets.Accordion([self._numbers, self._code], titles=["numbers as a table", "these settings as code"])
        more.add_class("ce-more")
        self.widget = widgets.VBox(
            [
                widgets.HBox(list(self._rows()), layout={"flex_flow": "row wrap"}),
                widgets.HBox([self._play, self._slider, self._box, self._stop], layout={"flex_flow": "row wrap"}),
                self._status,
                self._stack,
                more,
                widgets.HTML(STYLE, layout={"display": "none"}),
            ]
        )
        self.widget.add_class("ce-explorer")
        self.widget.link = links

    def _rows(self):
        return (getattr(widget, "row", widget) for widget in self.parameters.values())

    def _say(self, text):
        self._status.value = live_region(escape(text))

    # --- from parameters to a film ---------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop the work that is under way; pictures that are drawn stay."""
        if self._task is not None and self._is_working():
            self._task.cancel()
            what = "What was drawn stays." if self._shown else "The picture still shows the settings before."
            self._say(f"Stopped. {what} Press start to begin anew.")
            self._turn_button("start", disabled=False)

    def _is_working(self):
        return self._task is not None and not (self._task.done() or self._task.cancelling())

    def _turn_button(self, what, disabled):
        self._stop.description, self._stop.disabled = what, disabled
        self._stop.icon = {"start": "play", "stop": "stop"}[what]

    def close(self) -> None:
        """Stop, and give all widgets back."""
        self.stop()
        live.close_family(self.widget)

    def _changed(self, _change):
        if not self._quiet:
            self._start(at_once=False)

    def _start(self, at_once):
        """Make a new film: at least its first picture now if ``at_once``, the rest while the kernel is idle.

        Where nobody watches (a notebook that is built or tested, plain Python), all is computed now.
        """
        self.stop()
        steps = self._steps()
        watched = live.kernel() is not None
        if at_once or not watched:
            enough = (_SEEN, _COMPUTED) if watched and live.cell() is not None else (_COMPUTED,)
            for step in steps:
                if step in enough:
                    break
        if watched:
            self._turn_button("stop", disabled=False)
            self._task = asyncio.get_running_loop().create_task(self._work(steps))

    async def _work(self, steps):
        try:
            for _ in steps:
                await asyncio.sleep(0)
        except Exception:  # the status line tells it
            self._turn_button("start", disabled=False)
        else:
            self._turn_button("stop", disabled=True)
        finally:
            steps.close()

    def _steps(self):
        """Do the work in small steps; yield how far it is."""
        self._say("Computing …")
        try:
            yield from self._new_film(self.settings)
        except Exception as error:
            self._say(f"That did not work: {error}")
            raise

    def _new_film(self, settings):
        self._shown = set()  # frames of this film that are drawn
        for share, result, ended in self._results(settings):
            if result is not None:
                self._show(result, settings, ended)
            self._say(f"Computing … {share:.0%}")
            yield _COMPUTED if ended else _SEEN if self._shown else _WORKING
        last = self._film.generations
        for done, index in enumerate(index for index in range(last + 1) if index not in self._shown):
            if done % 10 == 0:
                self._say(f"Drawing the film: {done + 1} of {last + 1} pictures.")
            yield _WORKING
            self._draw(index)
        self._say(f"Ready: {self.step}s 0 to {last}. Play the film, or move the slider.")

    def _results(self, settings):
        """Yield (share, result so far or None, whether it is the whole)."""
        made = self.compute(**settings)
        if not inspect.isgenerator(made):
            yield 1.0, made, True
            return
        while True:
            try:
                share, so_far = next(made)
            except StopIteration as end:
                yield 1.0, end.value, True
                return
            yield share, so_far, False

    def _show(self, result, settings, ended):
        """Let a result take the place of the last one, and draw the picture that is looked at."""
        film = self.film(result)
        self.result, self._film = result, film
        self._numbers.value = self.table(result).to_html(index=False, border=0)
        self._code.value = f"<pre>{escape(self.code(**settings))}</pre>"
        last, seen = film.generations, self._stack.selected_index
        # Who looks at the newest generation sees the next one come.
        follow = seen == self._slider.max if self._shown else not ended or not self._frames[last].value
        seen = last if follow or seen > last else seen
        for index in {seen, last} - self._shown:
            self._draw(index)
        for index in set(range(last + 1)) - self._shown:
            self._frames[index].value = "<p>This picture is not drawn yet.</p>"
        for frame in self._frames[last + 1 :]:
            frame.value = ""
        for widget in (self._slider, self._box, self._play):
            widget.max = last
        self._stack.selected_index = seen

    def _draw(self, index):
        self._frames[index].value = self._picture(index)
        self._shown.add(index)

    def _picture(self, index):
        picture = img(self._film.frame(index), self.describe(self.result, index))
        return picture + self.beside(self.result, index)

    # --- outside a live notebook -----------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        last = self._film.generations
        table = self.table(self.result)
        words = self.describe(self.result, last)
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = f"{words}\n\n{table.to_string(index=False)}"
        bundle["text/html"] = self._picture(last) + table.to_html(index=False, border=0)
        return as_kept(bundle)


def _require_allowed(name, value, widget):
    """Say in one line why a control does not allow a value, if it does not.

    Raises
    ------
    ValueError
    """
    if hasattr(widget, "options"):
        allowed = _allowed(widget.options)
        if value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {value!r}")
    elif type(widget.value) is int and not _is_number(value, Integral):
        raise ValueError(f"{name} must be a whole number from {widget.min} to {widget.max}; got {value!r}")
    elif not _is_number(value, Real) or not widget.min <= value <= widget.max:
        raise ValueError(f"{name} must be a number from {widget.min} to {widget.max}; got {value!r}")


def _allowed(options):
    """Return the values that a control offers, as values, as pairs (label, value), or as a dict label → value."""
    pairs = options.items() if hasattr(options, "items") else options
    return [option[1] if isinstance(option, tuple) else option for option in pairs]


def _is_number(value, kind):
    return isinstance(value, kind) and not isinstance(value, bool)


def remember(results: MutableMapping[tuple, np.ndarray], settings: tuple, result: np.ndarray, most: int = 8) -> None:
    """Keep a simulation for other settings that need the same one; a full store is emptied first.

    Examples
    --------
    >>> store = {1: "a", 2: "b"}
    >>> remember(store, 3, "c", most=2)
    >>> store
    {3: 'c'}
    """
    if len(results) >= most:
        results.clear()
    results[settings] = result


def written(values: Iterable[float], how: str) -> list[str]:
    """Return numbers as text, for a column of a table.

    Parameters
    ----------
    values : sequence of float
    how : str
        As a format of Python.

    Returns
    -------
    list of str

    Examples
    --------
    >>> written([1000, 2.5], ",.1f")
    ['1,000.0', '2.5']
    """
    return [format(value, how) for value in values]
