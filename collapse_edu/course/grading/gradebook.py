"""The tables that an instructor reads: one of all submissions, one of all learners."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from collapse_edu.course.grading.grades import NOT_KNOWN, Grade, shown
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.grading.table import csv_bytes
from collapse_edu.course.register import course_order
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["class_table", "gradebook_table", "write_tables"]

_MARKS = {"right": "1", "wrong": "0", "no answer": "", "not marked": "?"}


def class_table(grades: Sequence[Grade], pages: Mapping[str, str] | None = None) -> list[list[object]]:
    """Return the table of the class: a head, a row for each submission, a row for each who handed in nothing.

    Parameters
    ----------
    grades : sequence of Grade
    pages : dict, optional
        Submission → its page.
    """
    handed_in = [(paper, grade) for grade in grades for paper in (grade.result, *grade.others) if paper]
    missing = [grade for grade in grades if grade.result is None]
    questions = sorted({name for paper, _ in handed_in for name in paper.answers}, key=course_order)
    head = ["submission", "learner", "name", "lesson", "status", "counts", "right", "of", "could not be marked",
            "points", "out of", "written", "late", "tries", "hints", "solutions", "page", *questions,
            "misconceptions", "remarks"]  # fmt: skip
    rows = [_row(paper, grade, questions, pages or {}) for paper, grade in sorted(handed_in, key=_by_submission)]
    return [head, *rows, *(_missing(grade, questions) for grade in missing)]


def _by_submission(pair):
    return pair[0].submission, pair[0].sha256


def _row(paper, grade, questions, pages):
    counts = grade.result is paper
    marked = paper.status == "marked"
    right = [paper.count("right"), len(paper.answers), paper.count("not marked")] if marked else ["", "", "all"]
    points = [grade.total, grade.of, paper.written or "", _late(grade)] if counts else ["", "", paper.written or "", ""]
    help_ = [_sum(paper, "tries"), _sum(paper, "hints"), _sum(paper, "solution")]
    marks = [_mark(name, paper.answers.get(name), grade if counts else None) for name in questions]
    beliefs = {answer.misconception for answer in paper.answers.values() if answer.misconception}
    return [
        paper.submission, paper.learner or "", grade.name, paper.lesson or grade.lesson or "", paper.status,
        "yes" if counts else "no", *(right if paper.status != "left out" else ["", "", ""]), *points, *help_,
        pages.get(paper.submission, ""), *marks, " ".join(sorted(beliefs)), "; ".join(_remarks(paper, grade)),
    ]  # fmt: skip


def _missing(grade, questions):
    person = grade.person
    about = ["", "", grade.name, grade.lesson or "", grade.status, "", "", "", "", grade.total, grade.of]
    marks = [_mark(name, None, grade) for name in questions]
    who = [] if person is None else [word for word in (person.id, person.email, person.login) if word][:1]
    return [*about, "", "", "", "", "", "", *marks, "", "; ".join([*grade.remarks, *who])]


def _mark(name, answer: MarkedAnswer | None, grade):
    if grade is not None and name in grade.changed:
        return f"{grade.points[name]:g} (by hand)"
    return _MARKS[answer.status] if answer else ""


def _sum(paper, what):
    """Return a number over all answers, or nothing where the paper does not say."""
    known = [getattr(answer, what) for answer in paper.answers.values() if getattr(answer, what) is not None]
    return sum(known) if known else ""


def _late(grade):
    if grade.late:
        return shown(grade.late)
    return "not known" if NOT_KNOWN in grade.remarks else ""


def _remarks(paper: Result, grade: Grade) -> Iterable[str]:
    """Return what to know about a submission, each once; of one that counts, also what was decided about it."""
    own = [*paper.to_look_at, *([paper.fault] if paper.fault else []), *paper.notes, *paper.asides]
    decided = [*grade.remarks, *([f"comment: {grade.comment}"] if grade.comment else [])]
    return dict.fromkeys([*own, *decided] if grade.result is paper else own)


def gradebook_table(grades: Sequence[Grade]) -> list[list[object]]:
    """Return the gradebook: a head, and a row for each learner (one for each paper, where all of them count).

    A cell holds the points that are certain. What a person must look at is said among the remarks. A file that is no
    paper, and nobody's, has no row; it stands in the table of the class.
    """
    lessons = sorted({grade.lesson for grade in grades if grade.lesson}, key=course_order)
    head = ["name", "id", "email", *lessons, "total", "of", "remarks"]
    return [head, *(row for many in _by_learner(grades) for row in _learner_rows(many, lessons))]


def _by_learner(grades):
    learners = defaultdict(list)
    for grade in grades:
        nobodys = grade.status == "left out" and grade.person is None and not (grade.result and grade.result.learner)
        if not nobodys:
            learners[grade.learner].append(grade)
    return learners.values()


def _learner_rows(grades, lessons):
    papers = [[grade for grade in grades if grade.lesson == lesson] for lesson in [*lessons, None]]
    for together in zip_longest(*papers):
        first = next(grade for grade in together if grade)
        about = ["", ""] if first.person is None else [first.person.id, first.person.email]
        totals = [grade and grade.total for grade in together[:-1]]
        of = sum(grade.of or 0 for grade in together if grade)
        total = sum(filter(None, totals)) if any(total is not None for total in totals) else None
        yield [first.name, *about, *totals, total, of, "; ".join(filter(None, map(_in_short, filter(None, together))))]


def _in_short(grade):
    """Return what a person should know about one grade, in one cell of a gradebook."""
    unmarked = [name for name, points in grade.points.items() if points is None]
    open_ = f"a person must look: {', '.join(unmarked)} could not be marked" if unmarked and not grade.decided else ""
    status = "" if grade.status == "marked" else grade.status
    words = dict.fromkeys(filter(None, (status, open_, *grade.remarks, grade.comment)))
    return f"{grade.lesson or 'lesson unknown'}: {'; '.join(words)}" if words else ""


def write_tables(grades: Sequence[Grade], out: Path, pages: Mapping[str, str] | None = None) -> None:
    """Write ``class.csv`` and ``gradebook.csv``.

    Raises
    ------
    OSError
    """
    write_atomically(out / "class.csv", csv_bytes(class_table(grades, pages)), mode=PRIVATE)
    write_atomically(out / "gradebook.csv", csv_bytes(gradebook_table(grades)), mode=PRIVATE)
