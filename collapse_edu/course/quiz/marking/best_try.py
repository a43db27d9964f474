"""Mark scripts; where the best try counts, mark all tries that may, and let a right one count."""

from collections.abc import Sequence
from types import ModuleType

from collapse_edu.course.quiz.marking import nbval_run
from collapse_edu.course.quiz.marking.script import Script

__all__ = ["mark"]


def mark(scripts: Sequence[Script], bank: ModuleType) -> list[dict[str, dict[str, str | None]]]:
    """Mark the answers of many learners in one kernel, as :func:`.nbval_run.mark` does.

    Of scripts that have ``earlier`` ones, the first try at a question that is right counts, else the last one. It goes
    into the script, so that the script and its marks speak of the same answers.

    Parameters
    ----------
    scripts : list of Script
        Their answers may change.
    bank : module

    Returns
    -------
    list of dict
        For each script: question → what :func:`.nbval_run.mark` says.
    """
    everything = [each for script in scripts for each in (script, *script.earlier)]
    marks = iter(nbval_run.mark(everything, bank))
    found = []
    for script in scripts:
        found.append(next(marks))
        for earlier in reversed([(each, next(marks)) for each in script.earlier]):
            _prefer(*earlier, script, found[-1])
    return found


def _prefer(earlier, verdicts, script, counted):
    """Let the right answers of an earlier script count."""
    for name, verdict in verdicts.items():
        if verdict["status"] == "right":
            script.answers[name], counted[name] = earlier.answers[name], verdict
