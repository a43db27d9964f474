"""Tries: both faces of a question leave the same record of what was tried, and of what was seen before."""

import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import ask, check, hint, solution
from collapse_edu.course.quiz.tries import that_count, tries

from . import toy


@pytest.fixture
def tiny(monkeypatch):
    """The tiny bank in the place of the real one."""
    toy.install(monkeypatch)


def made(name="M2.01"):
    record = Record()
    return tries(record.events(name), record.learner)


def told(found):
    return [(each.number, each.attempt["answer"], each.hints, each.solution) for each in found]


def in_widget(actions):
    asked = ask("M2.01")
    for action in actions:
        if action in ("hint", "solution"):
            getattr(asked, action)()
        else:
            asked.answer = action
            asked.check()


def in_python(actions):
    for action in actions:
        if action in ("hint", "solution"):
            {"hint": hint, "solution": solution}[action]("M2.01")
        else:
            check("M2.01", action)


@pytest.mark.parametrize("face", [in_widget, in_python])
def test_both_faces_tell_what_came_before_each_try(tiny, face):
    face(["a", "hint", "c", "hint", "hint", "b", "solution", "a"])
    assert told(made()) == [(1, "o1", 0, False), (2, "o3", 1, False), (3, "o2", 2, False), (4, "o1", 2, True)]


def test_a_solution_that_was_asked_for_before_any_try_is_told(tiny):
    asked = ask("M2.01")
    asked.solution()
    check("M2.01", "a")
    asked.solution()
    check("M2.01", "b")
    assert told(made()) == [(1, "o1", 0, False), (2, "o2", 0, True)]  # the first press only asked whether to show it


def test_a_solution_with_other_numbers_counts_as_seen(tiny):
    solution("M2.02", show=True, again=1)
    check("M2.02", 7)
    assert [each.solution for each in made("M2.02")] == [True]


def test_the_same_answer_twice_in_a_row_is_one_try(tiny):
    for answer in ("b", "b", "a", "a", "b"):
        check("M2.01", answer)
    solution("M2.01")
    check("M2.01", "b")  # a cell that runs again
    assert told(made()) == [(1, "o2", 0, False), (2, "o1", 0, False), (3, "o2", 0, False)]


def test_what_is_no_try_of_this_learner_is_left_out(tiny):
    record = Record()
    check("M2.01", "a")
    record.add("attempt", "M2.01", answer="o2", right=True, learner="grace")
    record.add("recall", "M2.01", answer="o2", right=True, again=1)
    record.add("hint", "M2.01", number=1)
    record.add("hint", "M2.01", number=1)  # the same one, of a record that was merged
    check("M2.01", "b")
    assert told(made()) == [(1, "o1", 0, False), (2, "o2", 1, False)]


@pytest.mark.parametrize(
    ("answers", "numbers"),
    [
        ("", []),
        ("a", [1]),
        ("b", [1]),
        ("ab", [1, 2]),
        ("ac", [1, 2]),
        ("acba", [1, 3, 4]),
        ("bab", [1, 3]),
        ("acbcb", [1, 3, 5]),
    ],
)
def test_the_first_the_first_right_one_and_the_last_can_count(tiny, answers, numbers):
    for answer in answers:
        check("M2.01", answer)
    assert [each.number for each in that_count(made(), toy.SINGLE)] == numbers


def attempt(answer, **more):
    Record().add("attempt", "M2.01", answer=answer, right=answer == "o2", **more)


def test_tries_at_what_the_question_was_before_can_count_only_where_there_are_no_others(tiny):
    now, before = toy.SINGLE.content_hash, "0" * 16
    attempt("o2", hash=before)
    attempt("o1", hash=before)
    assert [each.number for each in that_count(made(), toy.SINGLE)] == [2]
    attempt("o1", hash=now)
    attempt("o2", hash=now)
    attempt("o3", hash=before)  # an older notebook that was opened again
    assert [each.number for each in that_count(made(), toy.SINGLE)] == [3, 4]
