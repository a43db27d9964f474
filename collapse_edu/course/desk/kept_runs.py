"""Runs that a learner keeps from one lesson for another, in the folder of the learner's record."""

import sys
from collections.abc import Callable
from pathlib import Path

from collapse_edu.course.desk.machine import record_home
from collapse_edu.files import set_aside
from collapse_edu.loop.history import History

__all__ = ["keep_run", "kept_run"]


def keep_run(name: str, history: History) -> str:
    """Keep a run for another lesson; a run of this name that was kept before is replaced.

    Where the folder cannot be written to, the course goes on: the other lesson then makes a run of its own.

    Parameters
    ----------
    name : str
        Letters and digits, such as the id of the lesson.
    history : History

    Returns
    -------
    str
        One line that says what is kept, or why nothing is.

    Raises
    ------
    TypeError, ValueError
        If name is no such name, or history is no History.

    Examples
    --------
    >>> keep_run("M2", History({("replace", "variance"): [[1.0], [0.5]]}))
    'Kept as M2: 2 generations x 1 chains; regimes: replace; measures: variance'
    """
    if not isinstance(history, History):
        raise TypeError(f"history must be a History; got {type(history).__name__}")
    path = _path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        history.save(path)
    except OSError as error:
        return f"This run is not kept: {path.parent} cannot be written to ({error.strerror})."
    return f"Kept as {name}: {repr(history).removeprefix('History: ')}"


def kept_run(name: str, make: Callable[[], History]) -> History:
    """Return the run that was kept under a name; where there is none, the one that a function makes.

    One line says whose run it is. A file that cannot be read is set aside, never deleted, and one line on standard
    error says so.

    Parameters
    ----------
    name : str
        As given to :func:`keep_run`.
    make : callable
        Without arguments; returns a History. It is called only if no run was kept.

    Returns
    -------
    History

    Raises
    ------
    TypeError, ValueError
        If name is no such name.

    Examples
    --------
    >>> history = kept_run("M2", lambda: History({("replace", "variance"): [[1.0]]}))
    M2: no run of yours is kept; one is made now.
    >>> history["variance"]
    array([[1.]])
    """
    path = _path(name)
    try:
        history = History.load(path)
    except FileNotFoundError:
        print(f"{name}: no run of yours is kept; one is made now.")
        return make()
    except (OSError, ValueError):
        print(f"The run kept as {name} cannot be read. {_set_aside(path)} A new run is made.", file=sys.stderr)
        return make()
    print(f"{name}: your own run.")
    return history


def _path(name):
    if not isinstance(name, str) or not (name.isascii() and name.isalnum()):
        raise ValueError(f"name must be letters and digits, such as M2; got {name!r}")
    return Path(record_home(), "runs", f"{name}.csv")


def _set_aside(path):
    """Set a damaged file aside; return a sentence about it."""
    try:
        return f"Its file is now called {set_aside(path).name}."
    except OSError:
        return "Its file stays as it is."
