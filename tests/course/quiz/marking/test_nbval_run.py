"""What nbval says is the mark; where it says nothing, nobody is wrong."""

import types

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.marking import nbval_run as module
from collapse_edu.course.quiz.marking.script import Answer, Script
from course import handed_in as paper

RIGHT = paper.CHOICE.right_answer(None)


def script(**answers):
    given = {name.replace("_", "."): Answer(answer) for name, answer in answers.items()}
    return Script("ada", paper.LESSON, {paper.CHOICE.id: Answer(RIGHT)} | given)


def statuses(scripts, bank=bank):
    return [{name: each["status"] for name, each in found.items()} for found in module.mark(scripts, bank)]


def test_a_cell_that_passes_is_a_mark():
    """What was given, and cannot be read as an answer, is looked at by a person: it is no blank."""
    name = paper.CHOICE.id
    wrong = next(own for own in paper.CHOICE.by_id if own != RIGHT)
    answers = [RIGHT, wrong, None, "...", [], "?", f"'{RIGHT}')\nprint('{name}: right", {"x": 1}, [[]]]
    scripts = [Script("ada", paper.LESSON, {name: Answer(answer)}) for answer in answers]
    scripts.append(Script("ada", paper.LESSON, {name: Answer(fault="it stalled")}))
    assert [each[name] for each in statuses(scripts)] == ["right", "wrong", *["no answer"] * 3, *["not marked"] * 5]


def test_nbval_that_does_not_run_is_nobodys_fault(monkeypatch):
    monkeypatch.setattr(module, "_run_nbval", lambda folder, seconds: None)
    assert statuses([script()]) == [{paper.CHOICE.id: "not marked"}]


def test_a_verdict_that_nbval_does_not_confirm_is_none(monkeypatch):
    monkeypatch.setattr(module, "_passed", lambda report: {1: False})
    assert statuses([script()]) == [{paper.CHOICE.id: "not marked"}]


def test_an_answer_that_kills_the_kernel_costs_nobody_else(tmp_path, monkeypatch):
    text = (
        "import os\n"
        "from collapse_edu.course.quiz import bank\n"
        "class Deadly:\n"
        "    def judge(self, answer, learner):\n"
        "        os._exit(1)\n"
        "def question(name):\n"
        "    return Deadly() if name == 'M2.99' else bank.question(name)\n"
    )
    (tmp_path / "deadly_bank.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    deadly = types.SimpleNamespace(__name__="deadly_bank")
    found = statuses([script(M2_99="boom"), script(), Script("bob", "M2", {"M2.99": Answer("boom")})], deadly)
    name = paper.CHOICE.id
    assert found == [{name: "right", "M2.99": "not marked"}, {name: "right"}, {"M2.99": "not marked"}]


def test_a_question_is_judged_on_the_numbers_of_whose_it_is():
    name = paper.NUMERIC.id
    found = Script("ada", paper.LESSON, {name: Answer(paper.NUMERIC.right_answer("eve"))}, learners={name: "eve"})
    assert paper.NUMERIC.right_answer("eve") != paper.NUMERIC.right_answer("ada")
    assert statuses([found]) == [{name: "right"}]
