"""Find a learner's answers in a hand-in: a file of the course's own format. Nothing of a learner's runs here."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from collapse_edu.course.quiz.handin import HandIn, read_hand_in
from collapse_edu.course.quiz.marking.cell import Cell
from collapse_edu.course.quiz.marking.in_notebook import CHANGED, known_learner, known_questions
from collapse_edu.course.quiz.marking.isolated_run import Asked
from collapse_edu.course.quiz.marking.script import Answer, Script, UnreadableSubmissionError, checked, tidy
from collapse_edu.course.quiz.question import Function

__all__ = ["answers_in_hand_in"]


def answers_in_hand_in(data: bytes, bank: ModuleType) -> tuple[Script, list[Asked]]:
    """Return what can be read off a hand-in, and its functions with the questions that only a run of them answers.

    Parameters
    ----------
    data : bytes
    bank : module

    Returns
    -------
    (Script, list of Asked)

    Raises
    ------
    UnreadableSubmissionError
    """
    handed = _hand_in(data)
    questions = {question.id: question for question in known_questions(handed.lesson, bank)}
    script = Script(known_learner(handed.learner), handed.lesson, dict.fromkeys(questions, Answer()))
    script.name = tidy(handed.name or handed.learner, 100)
    cells = []
    for name, question in questions.items():
        given = handed.answers.get(name)
        if not isinstance(given, Mapping):
            continue
        if not question.is_asked_in(given):
            script.answers[name] = Answer(fault=CHANGED)
        elif not isinstance(question, Function):
            script.answers[name] = checked(given.get("answer"))
        elif isinstance(given.get("source"), str):
            cells.append(Asked(Cell(given["source"]), [(question, script.learner)], alone=True))
        elif given.get("answer") is not None:
            # Outcomes without the function that gave them prove nothing.
            script.answers[name] = Answer(fault="the hand-in does not hold the text of the function")
    if unknown := sorted(map(tidy, handed.answers.keys() - questions.keys())):
        script.notes.append(f"not questions of this lesson, left out: {', '.join(unknown)[:200]}")
    return script, cells


def _hand_in(data) -> HandIn:
    with tempfile.TemporaryDirectory(prefix="collapse-edu-") as folder:
        path = Path(folder, "hand_in.json")
        path.write_bytes(data)
        try:
            return read_hand_in(path)
        except Exception as error:  # whatever the file does to its reader is the file's own fault
            reason = tidy(str(error).replace(str(path), "it"), 200) or type(error).__name__
            raise UnreadableSubmissionError(f"it is not a hand-in: {reason}") from None
