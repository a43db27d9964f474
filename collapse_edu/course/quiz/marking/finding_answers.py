"""Find a learner's answers in what was handed in, and get them as data. Nothing of a learner's runs in this process.

An answer that stands in its cell as a plain value (``answer_03 = 0.25``) is read, not run. Everything else (a function,
a computed number) is run by the isolated process, whose word is checked for size and shape.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from collapse_edu.course.quiz.handin import HandIn, read_hand_in
from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.marking.cell import Cell
from collapse_edu.course.quiz.marking.in_notebook import CHANGED, answers_in_notebook, known_learner, known_questions
from collapse_edu.course.quiz.marking.isolated_run import Asked, run_cells
from collapse_edu.course.quiz.marking.script import Answer, Script, UnreadableSubmissionError, checked, tidy
from collapse_edu.course.quiz.marking.submission import Submission
from collapse_edu.course.quiz.question import Function

__all__ = ["find_answers"]


def find_answers(
    submission: Submission, bank: ModuleType, *, unsafe: bool = False, limits: sandbox.Limits | None = None
) -> Script:
    """Return the answers of one submission.

    Parameters
    ----------
    submission : Submission
    bank : module
        With ``LESSONS``, ``questions(lesson)``.
    unsafe : bool
        Run code without isolation, where there is none.
    limits : sandbox.Limits, optional

    Returns
    -------
    Script

    Raises
    ------
    UnreadableSubmissionError
    """
    if submission.fault:
        raise UnreadableSubmissionError(submission.fault)
    reader = answers_in_notebook if submission.is_notebook else _answers_in_hand_in
    script, cells = reader(submission.data, bank)
    run_cells(script, cells, unsafe=unsafe, limits=limits or sandbox.Limits())
    for question in known_questions(script.lesson, bank):
        if question.id in script.own_order:
            answer, learner = script.answers[question.id], script.whose(question.id)
            script.answers[question.id] = replace(answer, data=question.as_kept(answer.data, learner))
    return script


def _answers_in_hand_in(data, bank):
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
