"""Find a learner's answers in what was handed in, and get them as data. Nothing of a learner's runs in this process.

An answer that stands in its cell as a plain value (``answer_03 = 0.25``) is read, not run. Everything else (a function,
a computed number) is run by the isolated process, whose word is checked for size and shape.
"""

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

from collapse_edu.course.quiz.marking import sandbox
from collapse_edu.course.quiz.marking.in_hand_in import papers_in_hand_in
from collapse_edu.course.quiz.marking.in_notebook import answers_in_notebook
from collapse_edu.course.quiz.marking.isolated_run import Asked, run_cells
from collapse_edu.course.quiz.marking.script import Script
from collapse_edu.course.quiz.marking.which_quiz import known_questions
from collapse_edu.course.quiz.question import is_blank

__all__ = ["ATTEMPTS", "find_answers"]

ATTEMPTS = ("last", "first", "best")


def find_answers(
    data: bytes,
    kind: str,
    bank: ModuleType,
    *,
    attempt: str = "last",
    unsafe: bool = False,
    limits: sandbox.Limits | None = None,
) -> Script:
    """Return the answers of one submission.

    Parameters
    ----------
    data : bytes
    kind : str
        ``"hand-in"`` or ``"notebook"``.
    bank : module
        With ``LESSONS``, ``questions(lesson)``.
    attempt : str
        Which try at each question counts: one of ``ATTEMPTS``. With ``"best"``, the script holds the last tries, and
        its ``earlier`` those that may count instead. A notebook knows only the last ones.
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
    scripts = []
    for script, cells in _papers(data, kind, bank, attempt):
        run_cells(script, cells, unsafe=unsafe, limits=limits or sandbox.Limits())
        _name_what_gave_nothing(script, cells)
        _keep_ids(script, bank)
        scripts.append(script)
    whole, *whole.earlier = scripts
    whole.final = all(script.final for script in scripts)
    return whole


def _papers(data, kind, bank, attempt) -> Iterator[tuple[Script, list[Asked]]]:
    if attempt not in ATTEMPTS:
        raise ValueError(f"attempt must be one of {', '.join(ATTEMPTS)}; got {attempt!r}")
    if kind == "hand-in":
        yield from papers_in_hand_in(data, bank, attempt)
        return
    script, cells = answers_in_notebook(data, bank)
    if attempt != "last":
        script.notes.append("a notebook holds only the last answers")
    yield script, cells


def _keep_ids(script, bank):
    """Turn letters that mean a learner's own order into ids."""
    for question in known_questions(script.lesson, bank):
        if question.id in script.own_order:
            answer, learner = script.answers[question.id], script.whose(question.id)
            script.answers[question.id] = replace(answer, data=question.as_kept(answer.data, learner))


def _name_what_gave_nothing(script, cells):
    """Turn the answer of a cell that was run, and gave nothing, into a fault: something stands in it."""
    for question in (question.id for cell in cells for question, _ in cell.questions):
        answer = script.answers[question]
        if not answer.fault and is_blank(answer.data):
            script.answers[question] = replace(answer, data=None, fault="its cell was run, and gives no answer")
