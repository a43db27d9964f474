"""The bank: each question of the course once, one file for each lesson. They live here, not in the notebooks, so that a
notebook does not give its answers away."""

import re
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from collapse_edu.course import register
from collapse_edu.course.quiz.question import Function, Question

__all__ = [
    "LESSONS", "QUIZZES", "challenges", "exercises", "prediction", "prediction_id", "predictions", "question",
    "questions",
]  # fmt: skip

LESSONS = tuple(lesson.id for lesson in register.LESSONS)
QUIZZES = tuple(lesson.id for lesson in register.LESSONS if lesson.quiz)  # those with a quiz that can be handed in


def question(name: str) -> Question:
    """Return the question with an id such as ``"M2.03"``, or the exercise with an id such as ``"M2.e1"``.

    The id may be written as people do: ``"m2.3"``, ``"Q2.03"``.

    Raises
    ------
    ValueError
        If the course has no such question; names the one that may be meant.

    Examples
    --------
    >>> question("q2.3").id, question(" M2.E1 ").id
    ('M2.03', 'M2.e1')
    """
    lesson = _lesson(name)
    found = {asked.id: asked for asked in questions(lesson) + exercises(lesson)}
    return found[_named("question", name, found)]


def questions(lesson: str) -> list[Question]:
    """Return all questions of a lesson, in order.

    Examples
    --------
    >>> all(question.id.startswith("M2.") for question in questions("M2"))
    True
    """
    return list(_file(lesson).QUESTIONS)


def exercises(lesson: str) -> list[Function]:
    """Return the exercises of a lesson, in order: functions that a learner writes in the lesson's own notebook."""
    return list(_file(lesson).EXERCISES)


def challenges(lesson: str) -> list[str]:
    """Return the ids of a lesson's challenges, in order.

    Examples
    --------
    >>> challenges("M2"), challenges("M3")
    (['M2.c1'], [])
    """
    return next(list(each.challenges) for each in register.LESSONS if each.id == lesson)


def predictions(lesson: str) -> list[str]:
    """Return the ids of a lesson's predictions, in the order in which the notebook asks them.

    Examples
    --------
    >>> predictions("M4")
    ['M4.p1', 'M4.p2', 'M4.p3']
    """
    return list(_file(lesson).PREDICTIONS)


def prediction(name: str) -> dict[str, Any]:
    """Return the content of a prediction with an id such as ``"M2.p1"``."""
    return _file(_lesson(name)).PREDICTIONS[prediction_id(name)]


def prediction_id(name: str) -> str:
    """Return the id of a prediction that may be written as people do.

    Raises
    ------
    ValueError
        If the course has no such prediction; names the one that may be meant.

    Examples
    --------
    >>> prediction_id("m2.P1")
    'M2.p1'
    """
    return _named("prediction", name, _file(_lesson(name)).PREDICTIONS)


_ID = re.compile(r"[MQ]?\s*0*(?P<lesson>\d+)[\s._-]*(?P<kind>[ep]?)[\s._-]*0*(?P<number>\d+)", re.IGNORECASE)


def _named(what, name, known):
    """Return the one of the known ids that is meant."""
    meant = _usual(name)
    if meant in known:
        return meant
    near = get_close_matches(meant, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"{what} must be one of {', '.join(known)}; got {name!r:.60}{hint}")


def _usual(name):
    """Return an id as the course writes it: M2.03, M2.e1, M2.p1."""
    read = _ID.fullmatch(str(name).strip())
    if read is None:
        return str(name).strip()
    kind, number = read["kind"].lower(), int(read["number"])
    return f"M{read['lesson']}.{kind}{number}" if kind else f"M{read['lesson']}.{number:02}"


def _lesson(name):
    lesson = _usual(name).partition(".")[0]
    if lesson not in LESSONS:
        raise ValueError(f"id must start with one of {', '.join(LESSONS)}; got {name!r:.60}")
    return lesson


def _file(lesson):
    return import_module(f"{__name__}.{lesson.lower()}")
