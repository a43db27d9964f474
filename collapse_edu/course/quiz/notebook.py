"""The notebooks in quizzes/, made from the bank: blank, not executed, as data (nbformat 4.5 without cell ids)."""

from typing import Any

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.order import OWN_ORDER
from collapse_edu.course.quiz.question import Function, Question
from collapse_edu.course.register import LESSONS

__all__ = ["NAMES", "NOTEBOOKS", "answer_name", "blank_notebook", "quiz_notebook"]

# Name of each quiz notebook → the lesson that it belongs to, and its title.
NAMES = {lesson.quiz: (lesson.id, lesson.quiz_title) for lesson in LESSONS if lesson.quiz}
NOTEBOOKS = (*NAMES, "concept_inventory")
_MINUTES = {lesson.id: lesson.quiz_minutes for lesson in LESSONS}

_WELCOME = """\
Run the next cell first. Then run a cell `ask(…)` to see its question, with numbers of your own, and answer there. \
Where code is asked for, write it in the cell below the question and run that one.

You can answer all others in Python, too: unfold the cell below the question, write the answer there and run it.

Each answer gets a reason. You may try again as often as you like: the last answer counts, unless your instructor says \
otherwise. `hint("{first}")` gives a hint, `solution("{first}")` the solution. Nothing leaves your machine. If you \
hand in a file, it also holds your first answers, and says which hints and solutions you had seen before.

The way back: [the lesson](../notebooks/{lesson})."""

_STANDING = """\
## Where you stand

The next cell shows what you know, and what is due for another look."""

_END = """\
## Hand in

Do you take part in a class? Take away the `#` and run the cell. It writes one file, and says what is in it. Hand in \
this file, not the notebook: what you answered in the widgets is only in the file."""


def blank_notebook(name: str) -> dict[str, Any]:
    """Return a blank notebook of the folder quizzes/, by its name in ``NOTEBOOKS``."""
    if name in NAMES:
        return quiz_notebook(name)
    from collapse_edu.course.quiz.concept_inventory import inventory_notebook

    return inventory_notebook()


def quiz_notebook(name: str) -> dict[str, Any]:
    """Return a blank quiz notebook.

    Parameters
    ----------
    name : str
        One of ``NAMES``, such as ``"Q2_gaussian_collapse"``.

    Returns
    -------
    dict
        As nbformat stores it. An answer cell names its question, and the hash of what is asked, in its metadata.

    Examples
    --------
    >>> cells = quiz_notebook("Q2_gaussian_collapse")["cells"]
    >>> print(cells[-5]["source"])
    answer_12 = ...  # one letter in quotes
    check("M2.12", answer_12)
    """
    lesson, title = NAMES[name]
    questions = bank.questions(lesson)
    notebook = questions[0].lesson.partition("#")[0]
    cells = [
        _cell("markdown", f"# {title}\n\n{len(questions)} questions, about {_MINUTES[lesson]} minutes.", tags=[]),
        _cell("markdown", _WELCOME.format(first=questions[0].id, lesson=notebook)),
        _cell(
            "code",
            "# Run this cell first: click on it, then press Shift + Enter.\n"
            "from collapse_edu.course.quiz import ask, check, hand_in, hint, progress, solution, welcome\n\n"
            f'welcome("{lesson}")',
            ["core", "setup"],
        ),
    ]
    for question in questions:
        cells += [
            _cell("markdown", f"## {question.id} · {question.title}"),
            _cell("code", f'ask("{question.id}")'),
            _cell("code", _answer(question), _tags(question), question=question),
        ]
    cells += [_cell("markdown", _STANDING), _cell("code", "progress()")]
    cells += [_cell("markdown", _END), _cell("code", f'# hand_in("{lesson}")', ["core", "open"])]
    return {
        "cells": cells,
        "metadata": {"collapse_edu": {"lesson": lesson, "learner": None, **OWN_ORDER}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def answer_name(question: Question) -> str:
    """Return the name that an answer cell gives to the answer: a variable, or the function.

    Examples
    --------
    >>> answer_name(bank.question("M2.03")), answer_name(bank.question("M2.02"))
    ('answer_03', 'variances_of_chain')
    """
    return question.name if isinstance(question, Function) else f"answer_{question.id.partition('.')[2]}"


def _answer(question):
    """Return the source of a blank answer cell."""
    name = answer_name(question)
    check = f'check("{question.id}", {name})'
    if isinstance(question, Function):
        return f"{question.starter}\n\n\n{check}"
    unit = getattr(question, "unit", "")
    how = f"a number of {unit}" if unit else question.written_as
    return f"{name} = ...  # {how}\n{check}"


def _tags(question):
    """Only code that is written here is open; any other answer is given in the widget above."""
    return ("core", "open") if isinstance(question, Function) else ("core",)


def _cell(kind, source, tags=("core",), question=None):
    metadata = {"tags": list(tags)} if tags else {}
    if question is not None:
        metadata["collapse_edu"] = question.in_notebook
    cell = {"cell_type": kind, "metadata": metadata, "source": source}
    return cell | {"outputs": [], "execution_count": None} if kind == "code" else cell
