"""What the instructor decides: points and comments in a table of their own, which is read and never written again."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from unicodedata import normalize

from collapse_edu.course.grading.points import question_id
from collapse_edu.course.grading.table import TableError, as_number, as_text, read

__all__ = ["Change", "ChangesError", "as_said", "begin", "read_changes"]

_COLUMNS = ("learner", "lesson", "question", "points", "comment")
_BLANK = """\
learner,lesson,question,points,comment
# Ada or ada@example.org,M2,M2.03,0.5,"an example: without a question, the points are the total; no line with # counts"
"""


class ChangesError(TableError):
    """A change names a learner, lesson or question that there is not."""


@dataclass(frozen=True)
class Change:
    """One decision of the instructor.

    Attributes
    ----------
    where : str
        The file and the line.
    learner : str
        A name, id or e-mail, as people write it.
    lesson : str
    question : str or None
        None: the points are the total of the lesson.
    points : float or None
        None: only a comment.
    comment : str
    """

    where: str
    learner: str
    lesson: str
    question: str | None = None
    points: float | None = None
    comment: str = ""


def begin(path: Path) -> None:
    """Make an empty table of changes, if there is none. One that exists is left as it is, to the byte.

    Raises
    ------
    OSError
    """
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            file.write(_BLANK)
    except FileExistsError:
        pass


def read_changes(path: str | Path, bank: ModuleType) -> list[Change]:
    """Return the changes in a table, none if there is no such file.

    Parameters
    ----------
    path : path
        CSV with the columns ``learner``, ``lesson``, ``question``, ``points``, ``comment``.
    bank : module
        The questions.

    Raises
    ------
    TableError
        In one line, with the file and the line in it.
    """
    path = Path(path)
    return [_change(row, bank) for row in read(path, _COLUMNS[:1], _COLUMNS[1:])] if path.exists() else []


def _change(row, bank):
    learner, lesson, question, comment = (
        row.cells.get(name, "") for name in ("learner", "lesson", "question", "comment")
    )
    if not learner:
        raise TableError(f"{row.where}: it names no learner")
    name = question_id(question, row.where, bank) if question else None
    lesson = _lesson(lesson, name, row.where, bank)
    points = as_number(row, "points")
    if points is None and not comment:
        raise TableError(f"{row.where}: it has neither points nor a comment")
    return Change(row.where, learner, lesson, name, points, comment)


def _lesson(text, question, where, bank):
    """Return the id of the lesson that is meant: ``"q2"`` is ``"M2"``; the question's where none is named."""
    lesson = question.partition(".")[0] if question else None
    said = text.upper().replace("Q", "M", 1) or lesson
    if said not in bank.QUIZZES:
        raise TableError(f"{where}: lesson must be one of {', '.join(bank.QUIZZES)}; got {text[:40]!r}")
    if lesson not in (None, said):
        raise TableError(f"{where}: {question} is no question of {said}")
    return said


def as_said(word: str) -> str:
    """Return a name, id or e-mail so that two ways to write it are one: case, accents and blanks as Unicode has them.

    Examples
    --------
    >>> as_said(" Zoë  LOVELACE ") == as_said("Zoe\\u0308 Lovelace")
    True
    """
    return " ".join(normalize("NFKC", as_text(word)).casefold().split())
