"""The table of keys: what is right in the questions of the other files, and why."""

import csv
import io
from collections.abc import Iterable

from collapse_edu.course.quiz.exchange.gift import number
from collapse_edu.course.quiz.exchange.plain import PlainQuestion

__all__ = ["key_table"]

_COLUMNS = ("question", "kind", "answer", "right", "from", "to", "reason", "misconception", "solution", "numbers")


def key_table(questions: Iterable[PlainQuestion], numbers: str) -> str:
    """Return the keys as CSV: a row for each answer that a question knows.

    ``right`` is 1, 0, or the place of an item in an ordering; for typical wrong functions it is 0 and the answer is
    empty. ``from`` and ``to`` are the smallest and the largest number that count as the answer.

    Examples
    --------
    >>> from collapse_edu.course.quiz.exchange.plain import plain_questions
    >>> key_table(plain_questions(["M2"], "course"), "course").splitlines()[0]
    'question,kind,answer,right,from,to,reason,misconception,solution,numbers'
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for question in questions:
        for place, answer in enumerate(question.answers, 1):
            span = map(number, answer.span) if answer.span else ("", "")
            right = place if question.kind == "ordering" else int(answer.right)
            told = (answer.why, answer.misconception or "", question.solution, numbers)
            writer.writerow((question.id, question.kind, answer.text, right, *span, *told))
    return table.getvalue()
