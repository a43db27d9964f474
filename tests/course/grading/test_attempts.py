"""Which try counts, from the command to the table."""

import json

import pytest

from collapse_edu.cli import main
from collapse_edu.course.grading import class_marking
from collapse_edu.course.quiz import bank, handin
from collapse_edu.course.quiz.marking import nbval_run
from course import handed_in as paper

NAME = paper.CHOICE.id


@pytest.fixture
def quick(monkeypatch, no_isolation):
    """Judge here instead of in nbval."""

    def verdict(name, answer, learner):
        right = bank.question(name).judge(answer.data, learner).right
        status = {True: "right", False: "wrong", None: "no answer"}[right]
        return {"status": status, "reason": "", "next_step": "", "misconception": None}

    def mark(scripts, bank):
        return [{name: verdict(name, answer, None) for name, answer in each.answers.items()} for each in scripts]

    monkeypatch.setattr(nbval_run, "mark", mark)


def learners_paper():
    """Return a hand-in of one who was wrong, then right, then saw the solution and was wrong again."""
    content = json.loads(paper.hand_in("ada", {}))
    right = paper.CHOICE.right_answer("ada")
    wrong = next(name for name in paper.CHOICE.by_id if name != right)
    first, second, last = (
        {
            "answer": answer, "source": None, "hash": paper.CHOICE.content_hash, "number": number,
            "time": f"2026-01-01T0{number}:00:00+00:00", "hints": number - 1, "solution": number == 3,
        }
        for number, answer in enumerate((wrong, right, wrong), 1)
    )  # fmt: skip
    content["answers"] = {NAME: last | {"attempts": 3, "earlier": [first, second]}}
    return json.dumps(content | {"checksum": handin._checksum(content)}).encode()


def test_each_choice_marks_the_same_paper_anew(marked, quick):
    found = {}
    for attempt in ("last", "best", "first", "last"):
        answer = marked({"a.json": learners_paper()}, attempt=attempt)["a.json"].answers[NAME]
        found[attempt] = (answer.status, answer.number, answer.tries, answer.hints, answer.solution)
    assert found == {
        "last": ("wrong", 3, 3, 2, True),
        "best": ("right", 2, 3, 1, False),
        "first": ("wrong", 1, 3, 0, False),
    }


@pytest.mark.parametrize("attempt", ["first", "last", "best"])
def test_the_command_says_which(monkeypatch, tmp_path, attempt):
    asked = {}

    def grade(*arguments, **named):
        asked.update(named)
        raise class_marking.GradeError("stop")

    monkeypatch.setattr(class_marking, "grade", grade)
    assert main(["grade", str(tmp_path), "--attempt", attempt]) == 2
    assert asked["attempt"] == attempt
    assert main(["grade", str(tmp_path), "--attempt", "worst"]) == 2
