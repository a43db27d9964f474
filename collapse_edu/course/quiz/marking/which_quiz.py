"""Which quiz a notebook is; what is none is refused, with what to ask for in its place."""

import re
from collections import Counter
from types import ModuleType

from collapse_edu.course.quiz.marking.paper import Paper, lesson_of
from collapse_edu.course.quiz.marking.script import UnreadableSubmissionError, tidy
from collapse_edu.course.quiz.notebook import NAMES
from collapse_edu.course.quiz.question import Question
from collapse_edu.course.register import lesson_id

__all__ = ["known_questions", "which_quiz"]

_PART_OF_LESSON = re.compile(r"(M\d+)\.[pec]\d+")  # a prediction, an exercise, a challenge
_QUESTION = re.compile(r"M\d+\.\d+")


def known_questions(lesson: object, bank: ModuleType) -> list[Question]:
    """Return the questions of the lesson that a submission names."""
    if lesson not in bank.LESSONS:
        known = ", ".join(bank.LESSONS)
        raise UnreadableSubmissionError(f"its lesson must be one of {known}; got {tidy(repr(lesson), 60)}")
    return bank.questions(lesson)


def which_quiz(paper: Paper, bank: ModuleType) -> tuple[str, list[str]]:
    """Return the lesson whose quiz a notebook is, and the other quizzes that it answers, too.

    It is the one that the notebook's metadata name, or else the one of which it answers, and then shows, most; but
    never one that it does not answer, where it answers another.

    Parameters
    ----------
    paper : Paper
    bank : module

    Returns
    -------
    (str, list of str)

    Raises
    ------
    UnreadableSubmissionError
        If it is no quiz.
    """
    laid_for = _lesson_named(paper.about.get("lesson"), bank)
    shown = Counter(lesson_of(name) for name in paper.ids if _QUESTION.fullmatch(name))
    candidates = [lesson for lesson in bank.QUIZZES if lesson in shown or lesson == laid_for]
    answered = {
        lesson: sum(paper.find(question) is not None for question in bank.questions(lesson)) for lesson in candidates
    }
    if laid_for is None:
        _refuse_lesson(paper, shown, bank)
    if not candidates:
        raise UnreadableSubmissionError(_what_else(paper))
    chosen = max(
        candidates, key=lambda lesson: (answered[lesson] > 0, lesson == laid_for, answered[lesson], shown[lesson])
    )
    return chosen, [lesson for lesson in candidates if lesson != chosen and answered[lesson]]


def _lesson_named(name, bank):
    """Return the lesson that a notebook's metadata name in any way; None where they name none."""
    try:
        lesson = lesson_id(name)
    except ValueError:
        return None
    return lesson if lesson in bank.LESSONS else None


def _refuse_lesson(paper, shown, bank):
    """Refuse a notebook that names more parts of a lesson than questions of a quiz."""
    named = {text for cell in paper.cells for calls in cell.code.calls for text in cell.code.first_texts(calls)}
    parts = Counter(found[1] for name in named if (found := _PART_OF_LESSON.fullmatch(name)))
    without_quiz = {lesson: count for lesson, count in shown.items() if lesson not in bank.QUIZZES}
    most = Counter(parts + Counter(without_quiz)).most_common(1)
    if most and most[0][1] >= max((shown[lesson] for lesson in bank.QUIZZES), default=0):
        lesson = most[0][0]
        fault = f"it is the lesson {lesson}, and no quiz: {_ask_for(lesson)}"
        raise UnreadableSubmissionError(fault, lesson if lesson in bank.QUIZZES else None)


def _ask_for(lesson):
    quiz = next((name for name, (of, _) in NAMES.items() if of == lesson), None)
    if quiz is None:
        return "nothing in it is marked"
    return f'ask for {quiz}.ipynb, or for the file that hand_in("{lesson}") writes'


def _what_else(paper):
    calls = {name for cell in paper.cells for name in cell.code.calls}
    if "inventory" in calls or "gain" in calls:
        return "it is the concept inventory, which is not marked: collapse-edu inventory compares the files of it"
    return "it is no quiz notebook: it asks no question of this course"
