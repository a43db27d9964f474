"""Papers to mark: notebooks and hand-ins, as learners send them."""

import json

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from collapse_edu.course.quiz import bank, handin
from collapse_edu.course.quiz.question import Function

LESSON = "M2"
FUNCTION = next(each for each in bank.questions(LESSON) if isinstance(each, Function))
CHOICE = next(each for each in bank.questions(LESSON) if each.kind == "single choice")
NUMERIC = next(each for each in bank.questions(LESSON) if each.kind == "numeric")
HONEST = """\
import numpy as np

def variances_of_chain(real, noise):
    data = np.array(real)
    variances = [data.var(ddof=1)]
    for z in noise:
        data = data.mean() + data.std(ddof=1) * np.array(z)
        variances.append(data.var(ddof=1))
    return variances
"""


def variable(question):
    return question.name if isinstance(question, Function) else f"answer_{question.id[3:]}"


def written(question, answer, learner):
    """Return the text of a cell that gives an answer, which is data; a function's outcomes become a function."""
    if not isinstance(question, Function):
        return (
            f"from collapse_edu.course.quiz import check\n{variable(question)} = {answer!r}\ncheck({question.id!r}, 0)"
        )
    pairs = zip(question.cases(learner), answer, strict=True)
    table = {json.dumps(arguments): outcome["value"] for arguments, outcome in pairs}
    return (
        f"import json\nTABLE = {table!r}\ndef {question.name}(*arguments):\n    return TABLE[json.dumps(arguments)]\n"
    )


def right(learner):
    """Return question id → right answer, as data."""
    return {each.id: each.right_answer(learner) for each in bank.questions(LESSON)}


def notebook(learner, sources, *, metadata=True, own_order=False, before=(), after=()):
    """Return a quiz notebook, as bytes.

    Parameters
    ----------
    sources : dict
        Question id → text of its answer cell; without one, the cell is as it was handed out.
    own_order : bool
        Laid since options are shuffled.
    before, after : sequence of str
        Code cells of the learner's own.
    """
    cells = [new_code_cell(source) for source in before]
    for question in bank.questions(LESSON):
        number = question.id[3:]
        cells.append(new_markdown_cell(f"### Question {number}\n\n{question.ask(learner)}"))
        blank = question.starter if isinstance(question, Function) else f"answer_{number} = ..."
        cells.append(new_code_cell(sources.get(question.id, blank)))
        if metadata:
            older = {"question": question.id, "hash": question.content_hash}
            cells[-1].metadata["collapse_edu"] = question.in_notebook if own_order else older
    cells += [new_code_cell(source) for source in after]
    found = new_notebook(cells=cells)
    if metadata is True:
        found.metadata["collapse_edu"] = {"lesson": LESSON, "learner": learner}
    return json.dumps(found).encode()


def data_notebook(learner, answers, **kwargs):
    """Return a quiz notebook whose answers are given as data."""
    questions = {each.id: each for each in bank.questions(LESSON)}
    sources = {name: written(questions[name], answer, learner) for name, answer in answers.items()}
    return notebook(learner, sources, **kwargs)


def hand_in(learner, answers, sources=None, name=None):
    """Return a hand-in with answers as data, and with texts of functions, as bytes."""
    given = {
        question: {
            "answer": answer,
            "source": (sources or {}).get(question),
            "time": "2026-01-01T00:00:00+00:00",
            "attempts": 1,
        }
        for question, answer in answers.items()
    }
    content = {
        "format": handin.FORMAT, "version": handin.VERSION, "course": "0", "learner": learner,
        "name": name or learner,
        "lesson": LESSON, "written": "2026-01-01T00:00:00+00:00", "answers": given,
    }  # fmt: skip
    return json.dumps(content | {"checksum": handin._checksum(content)}).encode()


def full_hand_in(learner, answers):
    """Return a hand-in whose functions have texts, made of their outcomes."""
    questions = {each.id: each for each in bank.questions(LESSON)}
    sources = {
        name: written(questions[name], answer, learner)
        for name, answer in answers.items()
        if isinstance(questions[name], Function)
    }
    return hand_in(learner, answers, sources)
