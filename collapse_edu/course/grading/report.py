"""What people read: a page and a file for each submission, and one table for the class.

All texts of learners are shown as text, whatever they hold; the same results give the same bytes.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from collapse_edu.course.grading.grades import grades
from collapse_edu.course.grading.items import misconception_shares
from collapse_edu.course.grading.pages import write_pages
from collapse_edu.course.grading.result import Result
from collapse_edu.course.quiz import bank as questions_of_the_course
from collapse_edu.course.register import course_order
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["class_table", "told", "unmarked", "write"]

_MARKS = {"right": "1", "wrong": "0", "no answer": "", "not marked": "?"}


def write(results: Sequence[Result], bank: ModuleType, out: Path) -> None:
    """Write ``class.csv``, ``misconceptions.csv``, and ``reports/`` with a page and a file for each submission.

    Parameters
    ----------
    results : list of Result
    bank : module
    out : Path
    """
    write_pages(grades(results), results, bank, out)
    # The mark at the start tells spreadsheets that it is UTF-8.
    write_atomically(out / "class.csv", _csv(class_table(results)).encode("utf-8-sig"), mode=PRIVATE)


def class_table(results: Sequence[Result]) -> list[list[str | int]]:
    """Return the table of the class: a head, and a row for each submission."""
    questions = sorted({name for result in results for name in result.answers}, key=course_order)
    head = ["submission", "learner", "name", "lesson", "right", "of", "could not be marked", *questions]
    return [[*head, "misconceptions", "remarks"], *(_row(result, questions) for result in results)]


def _row(result, questions):
    """Return the row of one submission in the table of the class."""
    answers = result.answers
    about = [result.submission, result.learner or "", result.name or "", result.lesson or ""]
    counts = (
        ["", "", "all"] if result.fault else [result.count("right"), len(result.answers), result.count("not marked")]
    )
    marks = [_MARKS[answers[name].status] if name in answers else "" for name in questions]
    return [*about, *counts, *marks, " ".join(sorted(_beliefs(result))), "; ".join(remarks(result))]


def _beliefs(result):
    """Return the tags of the misconceptions that one submission shows."""
    return {answer.misconception for answer in result.answers.values() if answer.misconception}


def remarks(result: Result) -> list[str]:
    """Return what the teacher should know about one submission, each in one line."""
    lines = [result.fault] if result.fault else []
    answers = result.answers.items()
    lines += [f"{name}: {answer.reason}" for name, answer in answers if answer.status == "not marked"]
    return [*lines, *result.notes]


def unmarked(result: Result) -> list[str]:
    """Return a line for each thing in a submission that could not be marked."""
    return [f"{result.submission}: {line}" for line in remarks(replace(result, notes=()))]


def told(results: Sequence[Result]) -> str:
    """Return the table of the class as text, and what its learners got wrong together."""
    lines = _aligned([("learner", "lesson", "right", "not marked", "submission"), *map(_told_row, results)])
    shares = misconception_shares(
        ((result.learner or result.submission, result) for result in results), questions_of_the_course
    )
    believed = [f"  {each.learners:3} of {each.could:3}  {each.words}" for each in shares]
    if believed:
        lines += ["", "Misconceptions (learners, of those who could show it):", *believed]
    return "\n".join(lines)


def _told_row(result):
    right = "could not be read" if result.fault else f"{result.count('right')} of {len(result.answers)}"
    return result.name or "", result.lesson or "", right, str(result.count("not marked") or ""), result.submission


def _aligned(rows):
    """Return rows of texts as lines, each column as wide as its longest text."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value):
    """Return a value that a spreadsheet takes for text, even where a learner wrote a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
