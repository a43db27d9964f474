"""Who are you? A field for the name that stands on what a learner hands in."""

import ipywidgets as widgets

from collapse_edu.course.desk import live
from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.style import STYLE, as_kept
from collapse_edu.course.quiz.commands import Message, identify

__all__ = ["WhoAreYou", "who_are_you"]

_PROMPT = (
    "A name or number for what you hand in, if your instructor asks for one. It changes no question, and stays in your "
    "record on this machine."
)


def who_are_you() -> "WhoAreYou":
    """Return a field for the learner's name, and a button that keeps it.

    Returns
    -------
    WhoAreYou

    Examples
    --------
    >>> print(repr(who_are_you()).splitlines()[-1])
    In Python: identify("your name")
    """
    return WhoAreYou()


class WhoAreYou:
    """A field and a button in front of :func:`identify`."""

    def __init__(self) -> None:
        names = [event["name"] for event in Record().events("") if event["what"] == "identity"]
        self._field = widgets.Text(
            names[-1] if names else "", description="name or number", style={"description_width": "auto"}
        )
        self._field.add_class("ce-name")
        self._button = widgets.Button(description="Keep it")
        self._button.on_click(lambda _: self.keep())
        self._said = widgets.HTML()
        row = widgets.HBox([self._field, self._button], layout={"flex_flow": "row wrap"})
        style = widgets.HTML(STYLE, layout={"display": "none"})
        self.widget = widgets.VBox([widgets.HTML(f"<p>{_PROMPT}</p>"), row, self._said, style])
        self.widget.add_class("ce-first")
        live.take_place(self)

    def keep(self) -> Message:
        """Keep the name in the field."""
        said = identify(self._field.value)
        self._said.value = said._repr_html_()
        return said

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    def __repr__(self):
        return f'{_PROMPT}\nIn Python: identify("your name")'

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        html = f'<p>{_PROMPT}</p><p>In Python: <code>identify("your name")</code></p>'
        return as_kept(bundle | {"text/plain": repr(self), "text/html": html})
