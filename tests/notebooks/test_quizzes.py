"""The quiz notebooks: made from the bank, blank, and they give nothing away. (The guard reads them, too.)"""

import ast
import json
from pathlib import Path

import pytest
from nbformat import read

from collapse_edu.course.desk.working_copy import as_laid
from collapse_edu.course.press import build
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.notebook import NAMES, NOTEBOOKS, answer_name, quiz_notebook
from collapse_edu.course.quiz.question import Function

ROOT = Path(__file__).resolve().parents[2]
each_quiz = pytest.mark.parametrize("name", NAMES)


def committed(name):
    return read(ROOT / "quizzes" / f"{name}.ipynb", as_version=4)


def answer_cells(notebook):
    """Return question → its cell, by the metadata."""
    ours = [(cell, cell.metadata.get("collapse_edu", {})) for cell in notebook.cells]
    return {meta["question"]: cell for cell, meta in ours if "question" in meta}


def test_there_is_one_quiz_for_each_lesson_of_the_bank():
    assert sorted(lesson for lesson, _ in NAMES.values()) == sorted(bank.QUIZZES)
    assert {path.stem for path in (ROOT / "quizzes").glob("*.ipynb")} == set(build.quiz_names()) == set(NOTEBOOKS)


@each_quiz
def test_quiz_is_in_step_with_the_bank(name):
    assert build.in_step(name) == []


@each_quiz
def test_title_and_metadata(name):
    notebook, (lesson, title) = committed(name), NAMES[name]
    assert notebook.cells[0].source.startswith(f"# {title}\n")
    assert title.startswith(f"Q{lesson[1:]} · ")
    assert notebook.metadata.collapse_edu == {"lesson": lesson, "learner": None, "order": "own"}
    assert all("core" in cell.metadata.tags for cell in notebook.cells[1:])


@each_quiz
def test_each_question_has_a_heading_a_view_and_an_answer_cell_in_this_order(name):
    lesson, _ = NAMES[name]
    cells = committed(name).cells
    place = 0
    for question in bank.questions(lesson):
        heading, view, answer = (
            next(i for i, cell in enumerate(cells) if i >= place and wanted(cell))
            for wanted in (
                lambda cell, q=question: cell.source == f"## {q.id} · {q.title}",
                lambda cell, q=question: cell.source == f'ask("{q.id}")',
                lambda cell, q=question: cell.metadata.get("collapse_edu", {}).get("question") == q.id,
            )
        )
        assert (view, answer) == (heading + 1, heading + 2)
        place = answer + 1


@each_quiz
def test_an_answer_cell_names_its_question_and_holds_no_answer(name):
    lesson, _ = NAMES[name]
    cells = answer_cells(committed(name))
    questions = bank.questions(lesson)
    assert list(cells) == [question.id for question in questions]
    for question in questions:
        cell, variable = cells[question.id], answer_name(question)
        assert cell.metadata.collapse_edu == question.in_notebook
        tree = ast.parse(cell.source)
        assert ast.unparse(tree.body[-1]) == f"check('{question.id}', {variable})"
        if isinstance(question, Function):
            assert any(isinstance(node, ast.FunctionDef) and node.name == variable for node in tree.body)
        else:
            assert ast.unparse(tree.body[0]) == f"{variable} = ..."
        assert "no verdict yet" in cell.outputs[0].data["text/plain"]


@each_quiz
def test_the_view_shows_the_numbers_of_the_fixed_learner(name):
    lesson, _ = NAMES[name]
    shown = {cell.source: cell.outputs[0].data for cell in committed(name).cells if cell.source.startswith("ask(")}
    for question in bank.questions(lesson):
        data = shown[f'ask("{question.id}")']
        assert question.ask("course") in data["text/plain"]
        assert all(text in data["text/plain"] for text in question.choices("course").values())
        if question.figure:
            assert question.picture("course").description in data["text/plain"]
            assert "<img alt=" in data["text/html"]
            assert "<details><summary>picture in words</summary>" in data["text/html"]


@each_quiz
def test_nothing_is_given_away(name):
    lesson, _ = NAMES[name]
    text = json.dumps(committed(name), ensure_ascii=False)
    for question in bank.questions(lesson):
        secrets = [question.solution[8:60], *question.hints, *getattr(question, "because", ())]
        for option in getattr(question, "options", ()):
            secrets += [option.why, option.misconception]
        for misreading in getattr(question, "misreadings", ()):
            secrets += [misreading.why, misreading.misconception]
        assert not [secret for secret in secrets if secret and secret in text]


@each_quiz
def test_the_working_copy_keeps_what_marking_needs(name):
    content = (ROOT / "quizzes" / f"{name}.ipynb").read_bytes()
    laid = json.loads(as_laid(f"quizzes/{name}.ipynb", content, learner="ada"))
    assert laid["metadata"]["collapse_edu"] == {"lesson": NAMES[name][0], "learner": "ada", "order": "own"}
    kept = [cell["metadata"].get("collapse_edu", {}).get("question") for cell in laid["cells"]]
    assert [each for each in kept if each] == [question.id for question in bank.questions(NAMES[name][0])]
    assert not any(cell.get("outputs") for cell in laid["cells"])


@each_quiz
def test_the_last_cell_writes_no_file(name):
    last = committed(name).cells[-1]
    assert ast.parse(last.source).body == []
    assert last.source == f'# hand_in("{NAMES[name][0]}")'


def test_the_same_notebook_every_time():
    assert quiz_notebook("Q2_gaussian_collapse") == quiz_notebook("Q2_gaussian_collapse")
