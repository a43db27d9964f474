"""Widgets in a live notebook: is there a kernel, which cell runs, and what did an earlier run of it show?"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, Protocol

__all__ = ["at_home", "cell", "close_family", "kernel", "take_place"]


class Closes(Protocol):
    """What can be closed, as all that this course shows can."""

    def close(self) -> None:
        """Give all widgets back."""


_Shown = tuple[object, dict[Hashable, Closes]]  # the last execution of a cell, and what it shows, by name
_PLACES: dict[Hashable, _Shown] = {}  # by cell; where cells have no names, by the name of what is shown


def kernel() -> Any:
    """Return the Jupyter kernel that this runs in, or None; its event loop must be running.

    Examples
    --------
    >>> kernel() is None
    True
    """
    try:
        from IPython import get_ipython

        asyncio.get_running_loop()
        return getattr(get_ipython(), "kernel", None)
    except (ImportError, RuntimeError):
        return None


def cell() -> str | None:
    """Return the name of the cell that runs, or None: only a notebook on a screen gives its cells names.

    Examples
    --------
    >>> cell() is None
    True
    """
    running = kernel()
    return None if running is None else running.get_parent().get("metadata", {}).get("cellId")


def take_place(shown: Closes, name: Hashable = None) -> None:
    """Close what an earlier run of this cell showed, and what it shows under the same name: nobody sees it any more.

    Parameters
    ----------
    shown : object
        What the cell shows now, with ``close()``.
    name : hashable, optional
        Such as the id of a question. Without it, other things of the same run stay. Where cells have no names, the
        name alone is the place.
    """
    place = cell() or name
    if place is None or kernel() is None:
        return
    execution = kernel().get_parent().get("header", {}).get("msg_id")
    last, there = _PLACES.get(place, (execution, {}))
    name = object() if name is None else name
    gone = [*there] if last != execution else [name] if name in there else []
    for old in gone:
        there.pop(old).close()
    _PLACES[place] = execution, {**there, name: shown}


def at_home(act: Callable[..., object]) -> Callable[..., None]:
    """Return a handler that does this in the event loop that runs now, whichever thread calls it.

    JupyterLab may hand messages of widgets to another thread of the kernel (a "subshell"): then two threads would draw,
    speak and stop at once.

    Parameters
    ----------
    act : callable
        What to do with the event; its result is lost.

    Examples
    --------
    >>> at_home(print)("Ready")
    Ready
    """
    home = _loop()

    def handler(*event: object) -> None:
        if home is None or home is _loop() or not home.is_running():
            act(*event)
        else:
            home.call_soon_threadsafe(act, *event)

    return handler


def _loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def close_family(widget: Any) -> None:
    """Close a widget and all that belongs to it, the innermost first: children, links, layout and style.

    Parameters
    ----------
    widget : ipywidgets.Widget
        Links that belong to it are kept as its ``link``: one, or a list.

    Examples
    --------
    >>> import ipywidgets as widgets
    >>> inner = widgets.HTML("gone")
    >>> close_family(widgets.VBox([inner]))
    >>> inner.comm is None
    True
    """
    for child in getattr(widget, "children", ()):
        close_family(child)
    links = getattr(widget, "link", [])
    own = [getattr(widget, name) for name in ("layout", "style") if hasattr(widget, name)]
    for part in (*(links if isinstance(links, list) else [links]), widget, *own):
        part.close()
