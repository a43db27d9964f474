"""The first cell of a lesson: it says what is kept of a learner, and makes a missing name say where it comes from."""

from dataclasses import dataclass
from html import escape
from typing import Any

from collapse_edu.course.desk.record import Record, choice_in
from collapse_edu.course.quiz import bank

__all__ = ["Welcome", "welcome"]


@dataclass(frozen=True, repr=False)
class Welcome:
    """A line at the top of a lesson; opened on the next day, it asks to be run (``course.css``)."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self):
        return f'<p class="ce-welcome">{escape(self.text)}</p>'


def welcome(lesson: str) -> Welcome:
    """Say what is kept of a lesson; from now on an unknown name in a cell says which cells to run.

    Parameters
    ----------
    lesson : str
        Its id, such as ``"M2"``.

    Returns
    -------
    Welcome

    Examples
    --------
    >>> welcome("M2")
    M2 is ready. What you choose and answer is kept, on this machine.
    """
    shell = _shell()
    if shell is not None:
        shell.set_custom_exc((NameError,), _explain_name)
    kept = _kept(lesson)
    said = f"You have {kept} here already." if kept else "What you choose and answer is kept, on this machine."
    return Welcome(f"{lesson} is ready. {said}")


def _kept(lesson):
    """Return in words how many predictions, exercises and questions of a lesson the record holds, or ''."""
    events = Record().events

    def count(names, holds):
        return sum(any(map(holds, events(name))) for name in names)

    questions = [asked.id for asked in bank.questions(lesson)]
    found = {
        "prediction": sum(choice_in(events(name)) is not None for name in bank.predictions(lesson)),
        "solved exercise": count(
            [each.id for each in bank.exercises(lesson)], lambda event: event.get("right") is True
        ),
        "answered question": count(questions, lambda event: event["what"] == "attempt"),
    }
    said = [f"{n} {thing}{'s' if n > 1 else ''}" for thing, n in found.items() if n]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


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
    lines.append(
        f"If a cell above makes {error.name or 'it'}, that cell has not run since the notebook was opened or its "
        "kernel restarted: choose Run > Run All Above Selected Cell in the menu, then run this cell again."
    )
    shell._showtraceback(kind, error, lines)
    return lines
