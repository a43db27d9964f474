"""What learners get wrong in exercises and code questions is found, and told in a sentence of its own."""

from functools import partial

import pytest

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function
from collapse_edu.course.quiz.trying import outcomes

from .attempts import ATTEMPTS

FUNCTIONS = [
    asked
    for lesson in bank.LESSONS
    for asked in bank.questions(lesson) + bank.exercises(lesson)
    if isinstance(asked, Function)
]
each_function = pytest.mark.parametrize("question", FUNCTIONS, ids=lambda question: question.id)


def judged(question, attempt, learner="Ada"):
    tried = partial(question.probe, attempt) if question.probe else attempt
    return question.judge(outcomes(tried, question.cases(learner), seconds=60), learner)


def test_each_function_has_its_attempts():
    assert ATTEMPTS.keys() == {question.id for question in FUNCTIONS}
    assert min(map(len, ATTEMPTS.values())) >= 12


@each_function
@pytest.mark.filterwarnings("ignore")
def test_each_typical_attempt_is_told_apart(question, capsys):
    for place, (attempt, told) in enumerate(ATTEMPTS[question.id]):
        verdict = judged(question, attempt)
        if told in (True, None):
            assert verdict.right is told, (place, verdict)
        else:
            assert verdict.right is False, (place, verdict)
            assert told in verdict.reason, (place, verdict)


def test_nine_of_ten_typical_wrong_attempts_get_a_reason():
    told = [words for attempts in ATTEMPTS.values() for _, words in attempts if words is not True]
    assert len(told) > 300
    assert sum(words != "" for words in told) >= 0.95 * len(told)


def test_what_is_wrong_with_a_class_is_said_with_its_case():
    no_self = next(attempt for attempt, told in ATTEMPTS["M2.e2"] if told == "fit must return self")
    reason = judged(bank.question("M2.e2"), no_self).reason
    assert reason.startswith("Exponential, fitted to ")
    assert reason.endswith(": fit must return self.")


# Attempts that miss the point of their exercise, whoever's numbers it has.
POINTS = {
    "M1.e2": ["changes originals", "comes twice", "not in both lists"],
    "M5.e1": ["may come back"],
    "M6.e2": ["with the first one", "fits all months"],
    "M7.e2": ["just enough"],
    "M8.e1": ["not above 1", "not below 0"],
    "M8.e2": ["Rounding", "too few days"],
}


@pytest.mark.parametrize(("name", "points"), POINTS.items(), ids=str)
def test_no_learner_passes_who_misses_the_point(name, points):
    question = bank.question(name)
    missing = [attempt for attempt, told in ATTEMPTS[name] if told in points]
    assert len(missing) >= len(points)
    for learner in range(12):
        assert not any(judged(question, attempt, learner).right for attempt in missing)


@each_function
def test_a_counter_example_is_a_call_that_one_can_run_again(question):
    if question.call or question.probe:
        return
    for learner in range(3):
        wrong = [{"value": "wrong"} for _ in question.cases(learner)]
        reason = question.judge(wrong, learner).reason
        call = reason[reason.index(f"{question.name}(") : reason.rindex(" gives ")]
        arguments = eval(call, {question.name: lambda *arguments: arguments})
        assert arguments == min(question.cases(learner), key=lambda case: len(repr(case)))
        assert len(reason) < 700


@each_function
def test_shown_numbers_never_contradict_the_verdict(question):
    for factor in (1 + 3e-6, 1 - 1e-4):

        def off(value, factor=factor):
            if isinstance(value, list):
                return [off(part) for part in value]
            return value * factor if isinstance(value, float) else value

        near = [{"value": off(outcome["value"])} for outcome in question.right_answer("Ada")]
        verdict = question.judge(near, "Ada")
        if verdict.right is False:
            mine, _, right = verdict.reason.rpartition(" gives ")[2].partition("; right is ")
            assert mine != right.removesuffix(".")
