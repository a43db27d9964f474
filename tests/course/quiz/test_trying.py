"""A learner's function, tried: what it gives, whatever it does."""

import signal
import sys
import threading
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from collapse_edu.course.quiz.question import Function
from collapse_edu.course.quiz.trying import STALLED, outcomes, same

ASKED = Function(
    id="X.01", objective="", prompt="Double all.", solution="", hints=(), lesson="M1_telephone_game.ipynb",
    name="double", starter="", reference=lambda numbers: [2 * n for n in numbers],
    inputs=lambda rng: [([1, 2],), ([3],)], calls_twice=True,
)  # fmt: skip


def endless(numbers):
    while True:
        numbers = list(numbers)


def test_an_endless_loop_ends_and_is_told():
    given = outcomes(endless, [([1],), ([2],)], seconds=0.05)
    assert [outcome["error"].startswith(STALLED) for outcome in given] == [True, True]
    assert sys.gettrace() is None
    verdict = ASKED.judge(given, "Ada")
    assert (verdict.right, verdict.reason) == (None, "double was not done in time. Is there a loop that never ends?")


def test_a_loop_in_a_function_that_catches_all_exceptions_ends_too():
    def stubborn(numbers):
        while True:
            try:
                endless(numbers)
            except Exception:
                continue

    assert outcomes(stubborn, [([1],)], seconds=0.05)[0]["error"].startswith(STALLED)


def one_line(numbers):
    while True: pass  # noqa: E701  # fmt: skip


def constant(numbers):
    while 1: 1  # noqa: B018, E701  # fmt: skip


def bare(numbers):
    while True:
        try:
            1 / 0  # noqa: B018
        except:  # noqa: E722
            continue


def generated(numbers):
    return sum(1 for _ in iter(int, 1))


@pytest.mark.parametrize("loop", [endless, one_line, constant, bare, generated])
def test_each_endless_loop_ends(loop):
    assert outcomes(loop, [([1],)], seconds=0.05)[0]["error"].startswith(STALLED)


@pytest.mark.parametrize("loop", [endless, one_line, constant, generated])
def test_in_another_thread_a_loop_ends_too(loop):
    given = []
    thread = threading.Thread(target=lambda: given.extend(outcomes(loop, [([1],)], seconds=0.05)), daemon=True)
    thread.start()
    thread.join(30)
    assert given[0]["error"].startswith(STALLED)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no such alarm")
def test_an_alarm_of_somebody_else_stays():
    def handler(number, frame):
        raise AssertionError

    before = signal.signal(signal.SIGALRM, handler)
    timer = signal.setitimer(signal.ITIMER_REAL, 1000)
    try:
        outcomes(endless, [([1],)], seconds=0.05)
        assert signal.getsignal(signal.SIGALRM) is handler
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 900
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def test_too_many_values_are_counted_and_no_more():
    assert outcomes(list, [(range(10**6),)]) == [{"value": "<too many: 1,000,000 values>"}]
    assert len(outcomes(list, [(range(1000),)])[0]["value"]) == 1000


def test_another_watcher_stays():
    def watcher(frame, event, argument):
        return None

    sys.settrace(watcher)
    try:
        assert outcomes(len, [([1],)]) == [{"value": 1}]
        assert sys.gettrace() is watcher
    finally:
        sys.settrace(None)


def test_the_keyboard_still_stops_it():
    def stopped(numbers):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcomes(stopped, [([1],)])
    assert sys.gettrace() is None


def test_what_is_printed_is_seen_and_told(capsys):
    given = ASKED.outputs(lambda numbers: print(numbers), "Ada")
    assert given == [{"value": None, "printed": "[1, 2]\n"}, {"value": None, "printed": "[3]\n"}]
    assert capsys.readouterr().out == "[1, 2]\n[3]\n"
    assert ASKED.judge(given, "Ada").reason == (
        "double prints its result, and returns nothing. Write return in the place of print."
    )
    assert "printed" not in ASKED.outputs(lambda numbers: print(numbers) or [2], "Ada")[0]


def test_a_function_that_changes_its_list_is_wrong_and_one_that_sorts_it_is_not():
    def grows(numbers):
        numbers += numbers
        return [2 * n for n in numbers[: len(numbers) // 2]]

    verdict = ASKED.judge(grows, "Ada")
    assert verdict.right is False
    assert verdict.reason.startswith("It changes numbers, so a second call with the same list goes wrong.")
    assert verdict.reason.endswith("double([3]) gives [6], and then [6, 6]; right is [6] both times.")
    assert ASKED.judge(lambda numbers: numbers.sort() or [2 * n for n in numbers], "Ada").right


def test_a_question_that_never_asked_for_a_second_call_does_not():
    older = replace(ASKED, calls_twice=False)
    assert older.content_hash == ASKED.content_hash
    assert older.judge(lambda numbers: [2 * numbers.pop(0) for _ in numbers[:]], "Ada").right
    right = older.right_answer("Ada")
    assert older.judge([right[0] | {"again": [0], "changed": [0]}, right[1]], "Ada").right


def test_the_marker_sees_a_second_call_as_well():
    right = ASKED.right_answer("Ada")
    assert ASKED.judge(right, "Ada").right
    assert ASKED.judge([right[0] | {"again": [0]}, right[1]], "Ada").right is False
    assert ASKED.judge([right[0] | {"again": right[0]["value"]}, right[1]], "Ada").right


@pytest.mark.parametrize("kind", [Fraction, Decimal, np.float64, np.int64, float])
def test_numbers_of_all_kinds_are_numbers(kind):
    assert ASKED.judge(lambda numbers: [kind(2 * n) for n in numbers], "Ada").right


def test_errors_are_the_same_by_their_kind():
    assert same({"error": "IndexError: a"}, {"error": "IndexError: b"}, 1e-6)
    assert not same({"error": "IndexError: a"}, {"value": 1}, 1e-6)
    assert not same({"error": 5}, {"error": "IndexError: b"}, 1e-6)
