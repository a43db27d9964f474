"""Find a learner's answers in what was handed in, and get them as data. Nothing of a learner's runs in this process.

An answer that stands in its cell as a plain value (``answer_03 = 0.25``) is read, not run. Everything else (a function,
a computed number) is run by the isolated process, whose word is checked for size and shape.
"""

from dataclasses import replace
from types import ModuleType

from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.marking.in_hand_in import answers_in_hand_in
from collapse_edu.course.quiz.marking.in_notebook import answers_in_notebook, known_questions
from collapse_edu.course.quiz.marking.isolated_run import run_cells
from collapse_edu.course.quiz.marking.script import Script
from collapse_edu.course.quiz.question import is_blank

__all__ = ["find_answers"]

_READERS = {"hand-in": answers_in_hand_in, "notebook": answers_in_notebook}


def find_answers(
    data: bytes, kind: str, bank: ModuleType, *, unsafe: bool = False, limits: sandbox.Limits | None = None
) -> Script:
    """Return the answers of one submission.

    Parameters
    ----------
    data : bytes
    kind : str
        ``"hand-in"`` or ``"notebook"``.
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
    script, cells = _READERS[kind](data, bank)
    run_cells(script, cells, unsafe=unsafe, limits=limits or sandbox.Limits())
    for cell in cells:
        for question, _ in cell.questions:
            script.answers[question.id] = _as_run(script.answers[question.id], cell.cell.source)
    for question in known_questions(script.lesson, bank):
        if question.id in script.own_order:
            answer, learner = script.answers[question.id], script.whose(question.id)
            script.answers[question.id] = replace(answer, data=question.as_kept(answer.data, learner))
    return script


def _as_run(answer, source):
    """Return what a cell gave when it was run, with its text; a fault where it gave nothing."""
    nothing = is_blank(answer.data) and not answer.fault
    fault = "its cell was run, and gives no answer" if nothing else answer.fault
    return replace(
        answer, data=None if nothing else answer.data, fault=fault, source=source.encode("utf-8", "replace").decode()
    )
