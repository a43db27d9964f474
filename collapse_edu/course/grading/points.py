"""What each question is worth."""

from pathlib import Path
from types import ModuleType

from collapse_edu.course.grading.table import TableError, as_number, read

__all__ = ["question_id", "read_points"]


def read_points(path: str | Path, bank: ModuleType) -> dict[str, float]:
    """Return what the questions in a table are worth; those that are not in it are worth 1.

    Parameters
    ----------
    path : path
        CSV with the columns ``question`` and ``points``, 0 or more.
    bank : module
        The questions.

    Returns
    -------
    dict
        Id of a question → points.

    Raises
    ------
    TableError
        In one line, with the file and the line in it.
    """
    found: dict[str, float] = {}
    for row in read(Path(path), ("question", "points")):
        name = question_id(row.cells["question"], row.where, bank)
        points = as_number(row, "points")
        if points is None:
            raise TableError(f"{row.where}: {name} has no points")
        if name in found:
            raise TableError(f"{row.where}: {name} stands there twice")
        found[name] = points
    return found


def question_id(text: str, where: str, bank: ModuleType) -> str:
    """Return the id of the question of a quiz that is meant, as people write it: ``"q2.3"`` is ``"M2.03"``.

    Raises
    ------
    TableError
    """
    try:
        question = bank.question(text)
    except ValueError as error:
        raise TableError(f"{where}: {error}") from None
    if all(asked.id != question.id for asked in bank.questions(question.id.partition(".")[0])):
        raise TableError(f"{where}: {question.id} is an exercise of the lesson, not a question of its quiz")
    return str(question.id)
