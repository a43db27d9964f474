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

from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.course.explorers.challenges import Challenge, challenge_of
from collapse_edu.course.explorers.player import Namer, Player
from collapse_edu.course.explorers.said import Predicts, what_was_said
from collapse_edu.course.explorers.status import Status
from collapse_edu.course.films import Film
from collapse_edu.plots.picture import img

__all__ = ["Explorer", "Steps", "remember", "written"]

Result = TypeVar("Result")
Steps = Generator[tuple[float, Result | None], None, Result]  # (share done, result so far or None); the result

_LONGEST = 100  # generations; a film has no more, so that it stays small
_WORKING, _SEEN, _COMPUTED = range(3)  # a step is done; a new picture can be seen; the whole result is there
_NOT_YET = "<p>This picture is not drawn yet.</p>"
_AT_THE_END = "<p>The numbers come with the end of the film that you predict.</p>"
_END = "How it ends, in a picture and in numbers"


class Explorer(Generic[Result]):
    """Base class: a widget that turns parameters into a film with one frame for each generation.

    Frame 0 is the real distribution, or the real data; the film opens there.

    A subclass gives the science and the words:

    * ``controls()``: name → widget, one for each parameter;
    * ``main``: names of the controls in sight, at most three; the others are behind *more settings*;
    * ``compute(**parameters)``: the result; pure. Where it takes time, a generator that yields ``(share, so far)``,
      the share done (0 … 1) and the result so far or None, and returns the result;
    * ``film(result)``: a :class:`collapse_edu.course.films.Film` of at most 100 generations. A result so far has fewer
      generations, and a frame of it must not change when more arrive;
    * ``describe(result, t)``: one plain sentence for generation t;
    * ``beside(result, t)``: HTML below the picture, if there is more to see than a picture;
    * ``table(result)``: a pandas.DataFrame of rounded numbers; ``numbers(result)``: HTML, if there is more than that;
    * ``code(**parameters)``: Python that gives the same result;
    * ``predictable``: least and largest prediction, if not any number from 0 on;
    * ``free``: parameters that a prediction does not speak of;
    * ``slow``: whether one generation takes seconds, so that each is drawn as soon as it is there.

    Moving through the film happens in the browser: it answers while the kernel works, and even without one.
    A change of a parameter starts a task that gives way between steps, so that the stop button works and a newer
    change takes over.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        What the learner expects; films draw it as long as the settings are those that the explorer starts from. A
        name such as ``"M2.p1"`` is a prediction of the course: a choice that is made later is drawn, too, and the
        numbers stay hidden until the film has been at its end.
    challenge : str or Challenge, optional
        A goal, such as ``"M2.c1"``: the explorer says when it is reached, and keeps the learner's best.
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
    main: ClassVar[tuple[str, ...]] = ()
    free: ClassVar[tuple[str, ...]] = ("seed",)
    predictable: ClassVar[tuple[float, float]] = (0, np.inf)
    slow: ClassVar[bool] = False
    _old_values: ClassVar[Mapping[str, str]] = {}  # values that had another name in an older version, until 1.0.0

    controls: Callable[[], dict[str, widgets.Widget]]
    compute: Callable[..., Result | Steps[Result]]
    film: Callable[[Result], Film]
    describe: Callable[[Result, int], str]
    table: Callable[[Result], pd.DataFrame]
    code: Callable[..., str]

    def __init__(
        self,
        prediction: str | float | Predicts | None = None,
        *,
        challenge: str | Challenge | None = None,
        **settings: object,
    ) -> None:
        self._challenge = challenge_of(challenge)
        self._prediction = what_was_said(prediction, *self.predictable)
        self.parameters = self.controls()
        self.result: Result
        self._film: Film
        self._task: asyncio.Task | None = None
        self._shown: set[int] = set()
        self._whole = False  # whether the result is that of a computation that has ended
        self._build()
        self._quiet = True  # no new film while several parameters change
        self._assign(settings)
        for name, widget in self.parameters.items():
            widget.add_class(f"ce-param-{name}")
            widget.observe(live.at_home(self._changed), "value")
        self._quiet = False
        self._asked, self._opened_with = self._asked_in(self.settings), self.settings
        self._drawn: tuple = ()
        self._listen_no_longer: Callable[[], None] = lambda: None  # who is interrupted before it listens is closed, too
        self._answers = False  # whether the film is the one that the prediction asks about
        live.take_place(self, (type(self), prediction) if isinstance(prediction, str) else None)
        self._start(at_once=True)
        self._listen_no_longer = self._prediction.watch(live.at_home(self._said_anew))

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

    def numbers(self, result: Result) -> str:
        """Return the numbers as HTML: the table, unless a subclass has more to show."""
        return self.table(result).to_html(index=False, border=0)

    # --- what the learner said -------------------------------------------------------------------------------

    def _asked_in(self, settings):
        return {name: value for name, value in settings.items() if name not in self.free}

    @property
    def said(self) -> dict[str, Any]:
        """What films draw of the learner's prediction: nothing where it speaks of other settings."""
        fits = self._asked_in(self.settings) == self._asked
        return {
            "prediction": self._prediction.value if fits else None,
            "curve": self._prediction.curve if fits else None,
        }

    def _said_anew(self):
        """Draw a prediction that was made or changed while the film is there."""
        self._tell_numbers()
        self._show_goal()
        if self._drawn != self._marks():
            self._start(at_once=False, again=self._whole)

    def _marks(self):
        return tuple(map(str, self.said.values()))

    def _moved(self, _change):
        """Take note that the learner has come to the end of the film that the prediction asks about."""
        at_the_end = self._player.at == self._film.room and self._player.at in self._shown
        if at_the_end and self._answers and not self._prediction.revealed:
            self._prediction.reveal()  # and it tells, so that the numbers come

    def _skip(self):
        self._player.at = self._player.last

    # --- what the learner sees -------------------------------------------------------------------------------

    def _build(self):
        self._player = Player(_LONGEST, self.step, self._skip)
        self._player.screen.observe(live.at_home(self._moved), "selected_index")
        self._status = Status(stop=live.at_home(self.stop), start=live.at_home(lambda: self._start(at_once=False)))
        self._numbers, self._code = widgets.HTML(), widgets.HTML()
        main = [name for name in self.main if name in self.parameters] or [*self.parameters][:3]
        rest = [name for name in self.parameters if name not in main]
        quiet = {"more settings": self._settings(rest)} if rest else {}
        quiet |= {"numbers": self._numbers, "code": self._code}
        more = widgets.Accordion([*quiet.values()], titles=[*quiet])
        more.add_class("ce-more")
        self._goal = widgets.HTML()
        self._goal.add_class("ce-challenge")
        self._tell_goal("")
        style, names = widgets.HTML(STYLE, layout={"display": "none"}), Namer(layout={"display": "none"})
        self.widget = widgets.VBox(
            [
                self._player.screen,
                self._player.bar,
                self._settings(main),
                self._goal,
                self._status.widget,
                more,
                style,
                names,
            ]
        )
        self.widget.add_class("ce-explorer")

    def _settings(self, names):
        box = widgets.HBox([getattr(self.parameters[name], "row", self.parameters[name]) for name in names])
        box.add_class("ce-settings")
        return box

    def _tell_numbers(self):
        self._numbers.value = self.numbers(self.result) if self._prediction.revealed else _AT_THE_END

    def _tell_goal(self, verdict):
        if self._challenge is not None:
            self._goal.value = f"<b>Challenge.</b> {escape(self._challenge.goal)}{live_region(escape(verdict))}"
        self._show_goal()

    def _show_goal(self):
        """Show the challenge once the prediction is over: it may say what happens."""
        self._goal.layout.display = "" if self._challenge is not None and self._prediction.revealed else "none"

    def _judge(self, settings):
        """Say whether a change of the settings reaches the goal."""
        if self._challenge is not None and settings != self._opened_with:
            self._tell_goal(self._challenge.verdict(self.result, settings))

    # --- from parameters to a film ---------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop the work that is under way; pictures that are drawn stay."""
        if self._task is not None and self._is_working():
            self._task.cancel()
            what = "What was drawn stays." if self._shown else "The picture still shows the settings before."
            self._status.end(f"Stopped. {what} Press start to begin anew.")
            self._status.offer("start")
            self._player.wait(on=False)

    def _is_working(self):
        return self._task is not None and not (self._task.done() or self._task.cancelling())

    def close(self) -> None:
        """Stop, and give all widgets back."""
        self.stop()
        self._listen_no_longer()
        live.close_family(self.widget)

    def _changed(self, _change):
        if not self._quiet:
            self._start(at_once=False)

    def _start(self, at_once, again=False):
        """Make a new film: at least its first picture now if ``at_once``, the rest while the kernel is idle.

        With ``again``, of the same result. Where nobody watches (a notebook that is built or tested, plain Python),
        all is computed now.
        """
        self.stop()
        steps = self._steps(again)
        watched = live.kernel() is not None
        if at_once or not watched:
            enough = (_SEEN, _COMPUTED) if watched and live.cell() is not None else (_COMPUTED,)
            for step in steps:
                if step in enough:
                    break
        if watched:
            self._status.offer("stop")
            self._task = asyncio.get_running_loop().create_task(self._work(steps))

    async def _work(self, steps):
        try:
            for _ in steps:
                await asyncio.sleep(0)
        except Exception:  # the status line tells it
            self._status.offer("start")
        finally:
            steps.close()

    def _steps(self, again):
        """Do the work in small steps; yield how far it is."""
        self._status.begin()
        try:
            yield from self._new_film(self.settings, again)
        except Exception as error:
            self._player.wait(on=False)
            self._status.end(f"That did not work: {error}")
            raise

    def _new_film(self, settings, again):
        self._shown = set()  # frames of this film that are drawn
        for share, result, ended in [(1.0, self.result, True)] if again else self._results(settings):
            self._player.wait(on=not ended)
            if result is not None:
                self._show(result, settings, ended)
                for index in range(self._film.generations + 1 if self.slow and not ended else 0):
                    self._draw(index)
            if not ended:
                self._status.work("Computing", share)
            else:
                self._judge(settings)
            yield _COMPUTED if ended else _SEEN if self._shown else _WORKING
        last = self._film.room
        for done, index in enumerate(index for index in range(last + 1) if index not in self._shown):
            if done % 10 == 0:
                self._status.work("Drawing the film", (done + 1) / (last + 1))
            yield _WORKING
            self._draw(index)
        self._status.end(f"Ready: {self.step}s 0 to {last}. Play the film, or move the slider.")
        self._moved(None)

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
        """Let a result take the place of the last one, and draw the picture that is looked at.

        The film stays where it is, as far as the new one is as long. What is not computed yet shows, where the learner
        looks, the newest picture.
        """
        self._drawn = self._marks()
        film = self.film(result)
        self.result, self._film, self._whole = result, film, ended
        self._answers = self._asked_in(settings) == self._asked
        self._tell_numbers()
        self._code.value = f"<pre>{escape(self.code(**settings))}</pre>"
        self._player.last = film.room
        seen, frames = self._player.at, self._player.frames
        if seen <= film.generations:
            self._draw(seen)
        for index in set(range(film.room + 1)) - self._shown:
            frames[index].value = _NOT_YET
        if seen > film.generations:
            frames[seen].value = self._picture(film.generations)
        for frame in frames[film.room + 1 :]:
            frame.value = ""

    def _draw(self, index):
        if index not in self._shown:
            self._player.frames[index].value = self._picture(index)
            self._shown.add(index)

    def _picture(self, index):
        picture = img(self._film.frame(index), self.describe(self.result, index))
        beside = self.beside(self.result, index)
        return picture + (f'<div class="ce-beside">{beside}</div>' if beside else "")

    # --- outside a live notebook -----------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        last = self._film.generations
        words, table = self.describe(self.result, last), self.table(self.result)
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = f"{words}\n\n{table.to_string(index=False)}"
        bundle["text/html"] = (
            f"{self._picture(0)}<details><summary>{_END}</summary>"
            f"{self._picture(last)}{self.numbers(self.result)}</details>"
        )
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
