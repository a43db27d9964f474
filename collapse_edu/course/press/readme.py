"""The table of lessons in the README, written from the register."""

import re
from pathlib import Path

from collapse_edu.course.register import LESSONS, Lesson
from collapse_edu.files import write_atomically

__all__ = ["row", "table", "write_table"]

_ROWS = re.compile(r"(?:^\| M\d+ .*\n)+", re.MULTILINE)


def row(lesson: Lesson) -> str:
    """Return the line of the table for one lesson.

    Examples
    --------
    >>> row(LESSONS[0])
    '| M0 Watch it happen | eight digits become one blob, a novel becomes three words; one switch changes it | 5 |'
    """
    minutes = f"{lesson.core} + {lesson.deeper}" if lesson.deeper else str(lesson.core)
    return f"| {lesson.id} {lesson.title} | {lesson.sees} | {minutes} |"


def table() -> str:
    """Return the lines of all lessons, in the order of the register."""
    return "".join(f"{row(lesson)}\n" for lesson in LESSONS)


def write_table(path: Path) -> None:
    """Bring the lines of the lessons in a README up to date; the file is written only if they differ.

    Parameters
    ----------
    path : Path
        A file that has at least one such line.
    """
    before = path.read_text(encoding="utf-8")
    after = _ROWS.sub(lambda _: table(), before, count=1)
    if after != before:
        write_atomically(path, after.encode("utf-8"))
