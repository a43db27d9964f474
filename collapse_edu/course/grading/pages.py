"""What people read: a page for each paper, and one for the class.

All texts of learners are shown as text, whatever they hold; the same grades give the same bytes. No page loads
anything, and none runs a script.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

from collapse_edu.course.grading import class_page, learner_page
from collapse_edu.course.grading.grades import Grade
from collapse_edu.course.grading.items import Share
from collapse_edu.course.grading.page_names import page_names
from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.table import csv_bytes
from collapse_edu.course.quiz.bank.misconceptions import MISCONCEPTIONS
from collapse_edu.files import PRIVATE, write_atomically
from collapse_edu.pages import MARK, templates

__all__ = ["SIGNS", "class_html", "learner_html", "write_pages"]

SIGNS = {"right": "✓ right", "wrong": "✗ not right", "no answer": "– no answer", "not marked": "! could not be marked"}


def write_pages(
    grades: Sequence[Grade], results: Sequence[Result], bank: ModuleType, out: str | Path
) -> dict[str, str]:
    """Write ``class.html``, ``misconceptions.csv``, and ``reports/`` with a page and a file for each submission.

    A page of an earlier time that is called otherwise now is taken away; other files in the folder stay.

    Parameters
    ----------
    grades : sequence of Grade
    results : sequence of Result
        All submissions, those that do not count included.
    bank : module
        With the questions.
    out : path
        A folder that exists.

    Returns
    -------
    dict
        Submission → its page, as a path in `out` with slashes; the last one's, where several files lay there in turn.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    reports = Path(out) / "reports"
    reports.mkdir(exist_ok=True)
    of = _grades_of(grades, results)
    names = page_names({each.key: (of[each.key].name, _lesson(each, of[each.key])) for each in results})
    for each in results:
        _write(reports / f"{names[each.key]}.json", json.dumps(each.as_json(), indent=1) + "\n")
        _write(reports / f"{names[each.key]}.html", learner_html(each, of[each.key], bank))
    _take_older_away(reports, set(names.values()))
    pages = {key: f"reports/{name}.html" for key, name in names.items()}
    room = class_page.classroom(grades, pages, bank)
    _write(Path(out) / "class.html", class_html(room))
    write_atomically(Path(out) / "misconceptions.csv", csv_bytes(_table(room.misconceptions)), mode=PRIVATE)
    return {each.submission: pages[each.key] for each in sorted(results, key=lambda each: each.turn)}


def _write(path, text):
    """Write a file, but not one that holds this text already: most do when one late paper is added to a class."""
    content = text.encode("utf-8")
    if not path.exists() or path.read_bytes() != content:
        write_atomically(path, content, mode=PRIVATE)


def _grades_of(grades, results):
    """Return for each submission the grade that it counts for, or might; one of its own, where there is none."""
    of = {each.key: grade for grade in grades for each in grade.others}
    of |= {grade.result.key: grade for grade in grades if grade.result}
    return {each.key: of.get(each.key) or _alone(each) for each in results}


def _alone(result):
    name = result.name or result.learner or result.submission.rpartition("/")[2]
    return Grade(name, result.status, result.lesson, result=result)


def _lesson(result, grade):
    """Return what a page's name says of the lesson, so that the paper that counts has the plain one."""
    return (result.lesson or "unread") + ("" if learner_page.counts(result, grade) else " not counted")


def _take_older_away(reports, names):
    for page in reports.glob("*.html"):
        if page.stem not in names and MARK.encode() in page.read_bytes()[:1000]:
            page.unlink()
            page.with_suffix(".json").unlink(missing_ok=True)


def learner_html(result: Result, grade: Grade, bank: ModuleType) -> str:
    """Return the page of one submission: what was right, why, and what to read next.

    Parameters
    ----------
    result : Result
    grade : Grade
        Of this learner and lesson, with the points and the instructor's comment.
    bank : module
    """
    counts = learner_page.counts(result, grade)
    told = learner_page.told(result, grade, bank)
    about = learner_page.about(result, grade)
    return _shown("learner.html", result=result, grade=grade, counts=counts, told=told, about=about)


def class_html(room: class_page.Classroom) -> str:
    """Return the page of a class."""
    return _shown("class.html", room=room, rule=class_page.RULE)


def _shown(template, **content):
    return _templates().get_template(template).render(**content)


@cache
def _templates():
    filters = {
        "number": lambda points: f"{points:g}",
        "address": quote,
        "sign": SIGNS.__getitem__,
        "words": lambda tag: MISCONCEPTIONS.get(tag, tag),
        "apart": class_page.apart,
        "share_right": class_page.share_right,
        "lesson": learner_page.lesson_title,
        "anchor": lambda name: name.replace(".", "-"),
    }
    return templates(__package__, filters)


def _table(shares: Sequence[Share]) -> list[list[object]]:
    """Return the table of misconceptions, a row for each."""
    head: list[object] = ["misconception", "learners", "could show it", "share", "in words", "questions"]
    rows: list[list[object]] = [
        [each.tag, each.learners, each.could, each.share and round(each.share, 3), each.words, " ".join(each.questions)]
        for each in shares
    ]
    return [head, *rows]
