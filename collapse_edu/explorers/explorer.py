"""What all explorers share: parameters, a film, a stop button, words, numbers and code."""

import asyncio
import inspect
from html import escape

import ipywidgets as widgets

from collapse_edu.plots.picture import img

__all__ = ["Explorer", "slider_with_box"]

_LONGEST = 100  # generations; a film has no more, so that it stays small


class Explorer:
    """Base class: a widget that turns parameters into a film with one frame for each generation.

    Frame 0 is the real law, or the real data.

    A subclass gives the science and the words:

    * ``controls()``: name → widget, one for each parameter;
    * ``compute(**parameters)``: the result; pure. Where it takes time, a generator that yields the share done
      (0 … 1) and returns the result;
    * ``film(result)``: a :class:`collapse_edu.plots.Film` of at most 100 generations;
    * ``describe(result, t)``: one plain sentence for generation t;
    * ``table(result)``: a pandas.DataFrame of rounded numbers;
    * ``code(**parameters)``: Python that gives the same result.

    Moving through the film happens in the browser: it answers while the kernel works, and even without one.
    A change of a parameter starts a task that gives way between steps, so that the stop button works and a newer
    change takes over.

    Attributes
    ----------
    result
        What ``compute`` returned last.
    """

    def __init__(self):
        self.parameters = self.controls()
        self.result = None
        self._film = None
        self._task = None
        self._quiet = False  # set() changes several parameters and starts once
        self._build()
        for name, widget in self.parameters.items():
            widget.add_class(f"ce-param-{name}")
            widget.observe(self._changed, "value")
        self._start(at_once=True)

    def set(self, **values):
        """Set parameters, as the sliders do; the first picture is there when this returns.

        Raises
        ------
        ValueError
            For a parameter that is not there, or a value that its control does not allow.
        """
        unknown = values.keys() - self.parameters.keys()
        if unknown:
            raise ValueError(f"parameter must be one of {', '.join(self.parameters)}; got {sorted(unknown)[0]!r}")
        self._quiet = True
        try:
            for name, value in values.items():
                self.parameters[name].value = value
        finally:
            self._quiet = False
        self._start(at_once=True)

    @property
    def settings(self):
        """Values of all parameters."""
        return {name: widget.value for name, widget in self.parameters.items()}

    # --- what the learner sees -------------------------------------------------------------------------------

    def _build(self):
        self._frames = [widgets.HTML() for _ in range(_LONGEST + 1)]
        self._stack = widgets.Stack(self._frames, selected_index=0)
        self._stack.add_class("ce-film")
        self._stack.layout.min_height = "450px"
        # The box beside the slider says its name to screen readers.
        self._play = widgets.Play(min=0, interval=120, description="play the film")
        self._play.add_class("ce-play")
        self._slider = widgets.IntSlider(min=0, readout=False, layout={"width": "340px"})
        self._slider.add_class("ce-generation")
        self._box = widgets.BoundedIntText(min=0, description="generation", layout={"width": "170px"})
        self._stop = widgets.Button(description="stop", icon="stop", disabled=True, layout={"width": "90px"})
        self._stop.add_class("ce-stop")
        self._stop.on_click(lambda _: self.stop())
        self._status = widgets.HTML()
        self._status.add_class("ce-status")
        for other in (self._slider, self._box, self._play):
            widgets.jslink((self._stack, "selected_index"), (other, "value"))
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
            ]
        )
        self.widget.add_class("ce-explorer")

    def _rows(self):
        return self.parameters.values()

    def _say(self, text):
        self._status.value = f'<div role="status" aria-live="polite">{escape(text)}</div>'

    # --- from parameters to a film ---------------------------------------------------------------------------

    def stop(self):
        """Stop the work that is under way; frames that are drawn stay."""
        if self._task is not None:
            self._task.cancel()

    def _changed(self, _change):
        if not self._quiet:
            self._start(at_once=False)

    def _start(self, at_once):
        """Make a new film: at least its first picture now if ``at_once``, the rest while the kernel is idle."""
        self.stop()
        steps = self._steps()
        live = _in_kernel()
        if at_once or not live:
            for first_picture in steps:
                if first_picture:
                    break
        if live:
            self._task = asyncio.get_running_loop().create_task(self._work(steps))

    async def _work(self, steps):
        self._stop.disabled = False
        try:
            for _ in steps:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            steps.close()
            if self._task is asyncio.current_task():
                self._say("Stopped. What was drawn stays; change a parameter to start again.")
        except Exception as error:
            self._say(f"That did not work: {error}")
            raise
        finally:
            if self._task is asyncio.current_task():
                self._stop.disabled = True

    def _steps(self):
        """Do the work in small steps; yield True once the first new picture can be seen."""
        settings = self.settings
        self._say("Computing …")
        self.result = yield from self._computed(settings)
        self._film = self.film(self.result)
        last = self._film.generations
        seen = min(self._stack.selected_index, last) if self._frames[last].value else last
        self._draw(seen)
        for widget in (self._slider, self._box, self._play):
            widget.max = last
        self._stack.selected_index = seen
        self._numbers.value = self.table(self.result).to_html(index=False, border=0)
        self._code.value = f"<pre>{escape(self.code(**settings))}</pre>"
        yield True
        rest = [index for index in range(last + 1) if index != seen]
        for index in rest:
            self._frames[index].value = "<p>This picture is not drawn yet.</p>"
        for done, index in enumerate(rest):
            if done % 10 == 0:
                self._say(f"Drawing the film: {done + 1} of {last + 1} pictures.")
            yield False
            self._draw(index)
        self._say(f"Ready: generations 0 to {last}. Play the film, or move the slider.")

    def _computed(self, settings):
        made = self.compute(**settings)
        if not inspect.isgenerator(made):
            return made
        while True:
            try:
                share = next(made)
            except StopIteration as end:
                return end.value
            self._say(f"Computing … {share:.0%}")
            yield False

    def _draw(self, index):
        self._frames[index].value = img(self._film.frame(index), self.describe(self.result, index))

    # --- outside a live notebook -----------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        last = self._film.generations
        table = self.table(self.result)
        words = self.describe(self.result, last)
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = f"{words}\n\n{table.to_string(index=False)}"
        bundle["text/html"] = img(self._film.frame(last), words) + table.to_html(index=False, border=0)
        return bundle


def slider_with_box(label, *, value, low, high, width="210px"):
    """Return a slider and a number box with the label, linked in the browser: a screen reader names the box.

    Returns
    -------
    tuple of ipywidgets.IntSlider and ipywidgets.HBox
        The slider holds the value; the row holds both.
    """
    slider = widgets.IntSlider(value=value, min=low, max=high, readout=False, continuous_update=False)
    slider.layout.width = width
    box = widgets.BoundedIntText(value=value, min=low, max=high, description=label, layout={"width": "170px"})
    widgets.jslink((slider, "value"), (box, "value"))
    return slider, widgets.HBox([box, slider])


def _in_kernel():
    """Is there a Jupyter kernel whose event loop is running?"""
    try:
        from IPython import get_ipython

        asyncio.get_running_loop()
        return getattr(get_ipython(), "kernel", None) is not None
    except (ImportError, RuntimeError):
        return False
