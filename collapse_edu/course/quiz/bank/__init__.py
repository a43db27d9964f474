"""The bank: each question of the course once, one file for each lesson. They live here, not in the notebooks, so that a
notebook does not give its answers away."""

from importlib import import_module
from typing import Any

from collapse_edu.course import register
from collapse_edu.course.quiz.question import Function, Question

__all__ = ["LESSONS", "QUIZZES", "exercises", "prediction", "predictions", "question", "questions"]

LESSONS = tuple(lesson.id for lesson in register.LESSONS)
QUIZZES = tuple(lesson.id for lesson in register.LESSONS if lesson.quiz)  # those with a quiz that can be handed in


def question(name: str) -> Question:
    """Return the question with an id such as ``"M2.03"``, or the exercise with an id such as ``"M2.e1"``.

    Raises
    ------
    ValueError
        If the course has no such question.
    """
    lesson = _lesson(name)
    found = {asked.id: asked for asked in questions(lesson) + exercises(lesson)}
    if name not in found:
        raise ValueError(f"question must be one of {', '.join(found)}; got {name!r}")
    return found[name]


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


def predictions(lesson: str) -> list[str]:
    """Return the ids of a lesson's predictions, in order.

    Examples
    --------
    >>> predictions("M4")
    ['M4.p1', 'M4.p2', 'M4.p3']
    """
    return list(_file(lesson).PREDICTIONS)


def prediction(name: str) -> dict[str, Any]:
    """Return the content of a prediction with an id such as ``"M2.p1"``."""
    found = _file(_lesson(name)).PREDICTIONS
    if name not in found:
        raise ValueError(f"prediction must be one of {', '.join(found)}; got {name!r}")
    return found[name]


def _lesson(name):
    lesson = str(name).partition(".")[0]
    if lesson not in LESSONS:
        raise ValueError(f"id must start with one of {', '.join(LESSONS)}; got {name!r}")
    return lesson


def _file(lesson):
    return import_module(f"{__name__}.{lesson.lower()}")
