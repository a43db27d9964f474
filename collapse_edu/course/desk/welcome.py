"""The first cell of a lesson: it says what is kept of a learner, and makes a missing name say where it comes from."""

from typing import Any

from collapse_edu.course.desk.record import Record

__all__ = ["welcome"]


def welcome(lesson: str) -> None:
    """Say what is kept of a lesson; from now on an unknown name in a cell says which cells to run.

    Parameters
    ----------
    lesson : str
        Its id, such as ``"M2"``.

    Examples
    --------
    >>> welcome("M2")
    M2 is ready. What you choose and answer is kept, on this machine.
    """
    kept = _kept(lesson)
    said = f"You have {kept} here already: run a cell, and it is there again." if kept else _NOTHING_YET
    print(f"{lesson} is ready. {said}")
    shell = _shell()
    if shell is not None:
        shell.set_custom_exc((NameError,), _explain_name)


_NOTHING_YET = "What you choose and answer is kept, on this machine."


def _kept(lesson):
    """Return in words how many predictions and exercises of a lesson the record holds, or ''."""
    events = Record().events()
    numbers = {
        "prediction": {event["question"] for event in events if event["what"] == "prediction"},
        "solved exercise": {event["question"] for event in events if event.get("right") is True},
    }
    found = []
    for (thing, names), letter in zip(numbers.items(), "pe", strict=True):
        n = sum(name.startswith(f"{lesson}.{letter}") for name in names)
        found += [f"{n} {thing}{'s' * (n > 1)}"] * (n > 0)
    return " and ".join(found)


def _shell() -> Any:
    """Return the shell of a notebook, or None."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _explain_name(shell, kind, error, traceback, tb_offset=None):
    """Show a NameError, and after it what to do if another cell makes the name."""
    lines = shell.InteractiveTB.structured_traceback(kind, error, traceback, tb_offset=tb_offset)
    name = getattr(error, "name", None) or "it"
    advice = (
        f"If a cell above makes {name}, that cell has not run since the notebook was opened or the kernel restarted: "
        "choose Run > Run All Above Selected Cell in the menu, then run this cell again."
    )
    shell._showtraceback(kind, error, [*lines, advice])
    return [*lines, advice]
