"""The plain-Python face: it judges, records and explains, and never raises."""

import io
import subprocess
import sys

import numpy as np
import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import bank, check, hint, identify, solution
from collapse_edu.course.quiz.question import Function, Verdict, is_blank

from . import toy


@pytest.fixture
def tiny(monkeypatch):
    """The tiny bank in the place of the real one."""
    toy.install(monkeypatch)


def double(x):
    return 2 * x


def dots(x): ...


def shouts(x):
    raise ValueError("no")


def leaves(x):
    sys.exit()


# ---- check


@pytest.mark.parametrize("answer", ["b", "B ", ["b"], {"b"}, ("b",)])
def test_a_right_answer(tiny, answer):
    verdict = check("M2.01", answer)
    assert (verdict.right, verdict.reason, verdict.next_step) == (True, "You chose: yes. It is so.", "")
    assert str(verdict) == repr(verdict) == "M2.01: right. You chose: yes. It is so."
    (event,) = Record().events()
    assert {"what": "attempt", "question": "M2.01", "right": True}.items() <= event.items()
    assert event["answer"] == "o2"
    assert "source" not in event


def test_a_wrong_answer_has_a_reason_a_next_step_and_a_misconception(tiny):
    verdict = check("M2.01", "a")
    assert (verdict.right, verdict.misconception) == (False, "one_cause")
    assert str(verdict).count("right") == 1
    assert "Look again at “The loop” in M2_gaussian_collapse.ipynb" in str(verdict)
    assert Record().latest("M2.01")["misconception"] == "one_cause"


def test_a_verdict_in_a_notebook(tiny):
    assert "no verdict yet" in check("M2.01")._repr_html_()
    html = check("M2.01", "a")._repr_html_()
    assert html.startswith('<div role="status" aria-live="polite"')
    assert "It is not &lt;b&gt;so&lt;/b&gt;." in html
    assert "✗" in html
    assert "M2.01: not right." in html
    link = '<a href="../notebooks/M2_gaussian_collapse.ipynb#The-loop" target="_blank">“The loop” in M2_gaussian'
    assert f"Look again at {link}" in html
    assert "✓" in check("M2.01", "b")._repr_html_()


@pytest.mark.parametrize("blank", [None, ..., "", "..."])
def test_a_blank_cell_says_what_was_answered_above(tiny, blank):
    assert str(check("M2.01", blank)).startswith("M2.01: no verdict yet. There is no answer yet.")
    check("M2.01", "a")
    assert str(check("M2.01", blank)) == "M2.01: answered above: not right yet."
    check("M2.01", "b")
    assert str(check("M2.01", blank)) == "M2.01: answered above: right."
    assert len(Record().attempts("M2.01")) == 2
    assert "no verdict yet" in str(check("M2.05", blank))


@pytest.mark.parametrize(
    "answer", [None, ..., "", "  ", "...", "z", "a, b", 7, b"b", object(), [], [[["b"]]], {"b": 1}]
)
@pytest.mark.parametrize("name", ["M2.01", "M2.02", "M2.03", "M2.04", "M2.05"])
def test_what_is_no_answer_is_not_recorded(tiny, name, answer):
    verdict = check(name, answer)
    if verdict.right is None:
        again = "Answer it, and check it again." if is_blank(answer) else "Answer again; this one does not count."
        assert verdict.next_step == again
        assert Record().attempts() == []
    else:  # 7 is a number, and "a, b" are letters
        assert Record().latest(name)["right"] is False


@pytest.mark.parametrize("name", ["M2.99", "M9.01", "", None, 7, ["M2.01"], object(), "x" * 10_000, "M2.O1"])
@pytest.mark.parametrize("call", [check, hint, solution])
def test_an_unknown_question_gets_one_line(tiny, call, name):
    said = repr(call(name))
    assert " must " in said
    assert "\n" not in said
    assert Record().events() == []


def test_each_learner_has_numbers_of_their_own(tiny, monkeypatch):
    for name in ("Ada", "Grace", "Emmy"):
        Record().delete()
        monkeypatch.setenv("COLLAPSE_EDU_LEARNER", name)
        assert check("M2.02", 2 * toy.NUMBER.values(name)["n"]).right
    assert len({toy.NUMBER.values(name)["n"] for name in ("Ada", "Grace", "Emmy")}) > 1


def test_a_number_in_any_type(tiny):
    right = 2 * toy.NUMBER.values(Record().learner)["n"]
    for answer in (right, float(right), np.int64(right), np.float32(right), np.array(right), str(right), f"{right}/1"):
        assert check("M2.02", answer).right, answer


def test_a_key_that_fails_costs_no_answer(tiny):
    verdict = check("M2.06", "5")
    assert verdict.right is None
    assert (
        verdict.reason
        == "Your answer is kept, but it could not be judged here (RuntimeError: the key fails on two lines)."
    )
    assert Record().latest("M2.06")["answer"] == "5"
    assert "could not be computed here (RuntimeError" in solution("M2.06", show=True).text


# ---- functions


def test_a_function_is_recorded_as_data_and_source(tiny):
    assert check("M2.04", double).right
    event = Record().latest("M2.04")
    assert event["answer"] == toy.FUNCTION.right_answer(Record().learner)
    assert event["source"] == "def double(x):\n    return 2 * x\n"
    assert toy.FUNCTION.judge(event["answer"], event["learner"]).right


def test_a_function_without_a_source(tiny):
    assert check("M2.04", eval("lambda x: x + x")).right
    assert Record().latest("M2.04")["source"] is None


def test_a_function_defined_in_a_function_is_shown_from_its_margin(tiny):
    def inner(x):
        return 2 * x

    check("M2.04", inner)
    assert Record().latest("M2.04")["source"].startswith("def inner")


@pytest.mark.parametrize(
    ("function", "right", "says"),
    [
        (dots, None, "not"),
        (shouts, False, "raises ValueError: no"),
        (leaves, False, "raises SystemExit"),
        (lambda: 1, False, "raises TypeError"),
        (lambda x: 3 * x, False, "right is"),
        (lambda x: np.array(2 * x), True, "right value"),
        (lambda x: np.zeros(10**6 // 5), False, "It returned 200,000 values"),
        (print, None, ""),
        (Verdict, False, "raises TypeError"),
        (double(2), None, "must be the function double"),
    ],
)
def test_whatever_a_function_does_there_is_a_verdict(tiny, function, right, says):
    verdict = check("M2.04", function)
    assert verdict.right is right
    assert says in verdict.reason
    assert "\n" not in str(verdict)


def test_stopping_a_function_that_hangs_is_no_answer(tiny):
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):  # the stop button stops
        check("M2.04", interrupted)
    assert Record().attempts() == []


# ---- hint, solution, identify


def test_hints_are_a_ladder(tiny):
    first, second, third = hint("M2.01"), hint("M2.01"), hint("M2.01")
    assert repr(first) == "M2.01, hint 1 of 2:\n  First."
    assert second.items == ("First.", "Second & last.")
    assert second.after == third.after == 'That was the last hint. solution("M2.01") shows the solution.'
    assert third.items == second.items
    assert "<li>Second &amp; last.</li>" in second._repr_html_()
    assert "<p>First.</p>" in first._repr_html_()
    assert [event["number"] for event in Record().events()] == [1, 2]


def test_no_hints_is_said(tiny):
    assert repr(hint("M2.03")) == "M2.03 has no hints."


def test_the_solution_comes_after_an_attempt_or_on_request(tiny):
    asked = solution("M2.02")
    key = toy.NUMBER.shown_key(Record().learner)
    assert 'solution("M2.02", show=True)' in repr(asked)
    assert key not in repr(asked)
    assert key in repr(solution("M2.02", show=True))
    check("M2.02", "")  # no attempt
    assert key not in repr(solution("M2.02"))
    check("M2.02", 1)
    assert key in repr(solution("M2.02"))
    assert [event["what"] for event in Record().events()] == ["solution", "attempt", "solution"]


def test_identify_gives_a_name_and_nothing_else(tiny):
    before = toy.NUMBER.ask(Record().learner)
    assert identify("Ada").text == "You are Ada. What you hand in says so; nothing else changes."
    check("M2.01", "b")
    assert identify(" Grace ").text.startswith("You are Grace. ")
    assert (Record().name, toy.NUMBER.ask(Record().learner)) == ("Grace", before)
    assert identify(None).text.startswith("name must be")
    assert identify(12345).text.startswith("You are 12345. ")
    assert (Record().name, toy.NUMBER.ask(Record().learner)) == ("12345", before)
    for number in (-1, True, 2.5, 10**100):
        assert identify(number).text.startswith("name must be")


@pytest.mark.parametrize(
    "again", ["1", 2.5, None, True, -1, 10**7, 10**9999, [1]], ids=lambda again: type(again).__name__
)
def test_a_number_of_a_review_that_is_none_gets_one_line(tiny, again):
    line = "again must be a whole number from 0 to 1000; got "
    said = [str(check("M2.02", 1, again=again)), str(hint("M2.02", again=again)), str(solution("M2.02", True, again))]
    assert all(line in each and len(each.splitlines()) == 1 for each in said)
    assert Record().events() == []
    assert check("M2.02", 1, again=1000).right is not None


def test_where_nothing_is_kept_the_first_verdict_says_so(tiny, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / "file" / "home"))
    assert "Your answers are not kept" in check("M2.01", "b").next_step
    assert check("M2.01", "b").next_step == ""
    assert repr(solution("M2.01")).startswith("M2.01, solution:")  # the attempt is known while Python runs


# ---- the real bank, and speed


@pytest.mark.parametrize("asked", bank.questions("M2"), ids=lambda asked: asked.id)
def test_each_question_of_the_course(asked):
    learner = Record().learner
    answer = asked.reference if isinstance(asked, Function) else asked.right_answer(learner)
    assert check(asked.id, answer).right
    for wrong, reason in asked.wrong_answers(learner):
        verdict = check(asked.id, wrong)
        assert verdict.right is False
        assert reason in verdict.reason
    for event in Record().attempts():  # what is recorded is judged alike
        assert asked.judge(event["answer"], learner).right is event["right"]
    for _ in asked.hints:
        said = hint(asked.id)
    assert said.items == tuple(asked.hints)
    assert asked.solve(learner) in repr(solution(asked.id))


def test_the_core_loads_no_numpy_and_no_widgets():
    code = "import sys\nfrom collapse_edu.course.quiz import Record, check, hint, solution, identify, progress, due\n"
    code += "from collapse_edu.course.quiz import hand_in\n"
    code += "from collapse_edu.course.quiz import bank, question\ncheck('M2.01', 'b'); hint('M2.01'); progress()\n"
    code += "bank.questions('M2')\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()).isdisjoint({"numpy", "ipywidgets", "matplotlib", "pandas", "IPython"})


def test_progress_is_the_function_whatever_was_imported_before():
    code = "import collapse_edu.course.quiz.review, collapse_edu.course.quiz as quiz\n"
    code += "print(callable(quiz.progress), quiz.due())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True []\n"


def test_a_printing_function_is_heard(tiny, monkeypatch):
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stdout", heard)
    assert check("M2.04", lambda x: print("here") or 2 * x).right
    assert "here" in heard.getvalue()
