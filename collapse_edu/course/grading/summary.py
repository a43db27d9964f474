"""What the terminal says in the end: how many, and what a person has to look at."""

from collections import Counter
from collections.abc import Sequence

from collapse_edu.course.grading.result import Result

__all__ = ["summary", "to_look_at"]

_MOST = 20  # lines about what to look at; the table has all of them


def to_look_at(results: Sequence[Result]) -> list[str]:
    """Return a line for each thing that a person has to look at.

    Parameters
    ----------
    results : list of Result

    Examples
    --------
    >>> to_look_at([Result("a.rar", status="could not be marked", fault="it is an archive that is not opened (.rar)")])
    ['a.rar: it is an archive that is not opened (.rar)']
    """
    return [f"{result.submission}: {line}" for result in results for line in result.to_look_at]


def summary(results: Sequence[Result], nothing_handed_in: int = 0) -> str:
    """Return how many are marked, and so on, and the first things to look at.

    Parameters
    ----------
    results : list of Result
    nothing_handed_in : int
        How many learners of the roster handed in nothing.

    Examples
    --------
    >>> print(summary([Result("a.json"), Result("b.pdf", status="left out", fault="it is a PDF")], 3))
    1 marked, 0 could not be marked, 1 left out, 3 handed in nothing
    """
    count = Counter(result.status for result in results)
    parts = [f"{count[status]} {status}" for status in ("marked", "could not be marked", "left out")]
    if nothing_handed_in:
        parts.append(f"{nothing_handed_in} handed in nothing")
    lines = to_look_at(results)
    many = len({line.partition(": ")[0] for line in lines})
    found = [", ".join(parts)]
    if lines:
        found += ["", f"To look at ({many}):", *(f"  {line:.300}" for line in lines[:_MOST])]
    if len(lines) > _MOST:
        found.append(f"  and {len(lines) - _MOST} more, which the table names")
    return "\n".join(found)
