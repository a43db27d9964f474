"""The hash of a question: it changes with all that decides what is right, and with nothing else."""

import json
from dataclasses import dataclass, fields, replace
from types import SimpleNamespace

import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import Option, Prediction, bank, check, hand_in, predict
from collapse_edu.course.quiz.bank.inventory_items import ITEMS
from collapse_edu.course.quiz.content_hash import FIRST, is_kept_for, prompt_hash
from collapse_edu.course.quiz.learning_gain import given
from collapse_edu.course.quiz.marking.finding_answers import find_answers
from collapse_edu.course.quiz.marking.script import Answer
from collapse_edu.course.quiz.marking.whose_numbers import CHANGED
from collapse_edu.course.quiz.question import (
    Function,
    Headline,
    MultipleChoice,
    Numeric,
    Ordering,
    SingleChoice,
)
from collapse_edu.course.quiz.widget import ask

from . import toy

KINDS = (SingleChoice, Headline, MultipleChoice, Numeric, Ordering, Function)
QUESTIONS = [asked for lesson in bank.LESSONS for asked in (*bank.questions(lesson), *bank.exercises(lesson))]
every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)

WORDS = {"id", "prompt", "headline", "unit", "name", "starter"}
NUMBERS = {"tolerance", "version"}
FUNCTIONS = {"figure", "key", "reference", "inputs", "probe"}  # known by the version
EXPLAINS = {
    "objective", "solution", "hints", "lesson", "title", "misreadings", "because", "misconceptions", "call",
    "ordered", "calls_twice",
}  # fmt: skip


def changed_options(options):
    first, second, *rest = options
    yield [second, first, *rest]
    yield [first, *rest]
    yield [replace(first, text=first.text + "!"), second, *rest]
    yield [replace(first, right=not first.right), second, *rest]


def changed_parameters(parameters):
    yield {**parameters, "more": [1]}
    for name, choices in parameters.items():
        yield parameters | {name: list(choices)[1:]}
        yield parameters | {name: [*choices[1:], choices[0]]}
    if len(parameters) > 1:
        yield dict(reversed(parameters.items()))  # the numbers are drawn in this order


def changes(question):
    """Yield (field, value): each way to ask something else."""
    for field in fields(question):
        value = getattr(question, field.name)
        if field.name in WORDS:
            yield field.name, value + "."
        elif field.name in NUMBERS:
            yield field.name, value * 2
        elif field.name == "allowed":
            yield from (("allowed", pair) for pair in (None, (0, 1e9), (-1, 1)) if pair != value)
        elif field.name == "parameters":
            yield from (("parameters", other) for other in changed_parameters(value))
        elif field.name == "options":
            yield from (("options", other) for other in changed_options(value))
        elif field.name == "items":
            yield "items", [value[1], value[0], *value[2:]]
            yield "items", [value[0] + ".", *value[1:]]


def test_each_field_decides_or_explains_or_is_a_function():
    """A new field is covered unless it is said to explain."""
    known = WORDS | NUMBERS | FUNCTIONS | EXPLAINS | {"allowed", "parameters", "options", "items"}
    assert {field.name for kind in KINDS for field in fields(kind)} == known


@every_question
def test_what_decides_changes_the_hash(question):
    hashes = [question.content_hash]
    hashes += [replace(question, **{name: value}).content_hash for name, value in changes(question)]
    assert len(set(hashes)) == len(hashes) > 5


@every_question
def test_what_explains_does_not(question):
    other = {name: "other" for name in EXPLAINS & {field.name for field in fields(question)}}
    if hasattr(question, "options"):
        other["options"] = tuple(replace(option, why="other", misconception="another") for option in question.options)
    if question.parameters:
        other["parameters"] = {name: tuple(choices) for name, choices in question.parameters.items()}
    assert replace(question, **other).content_hash == question.content_hash


def test_no_two_questions_share_a_hash():
    hashes = {question.content_hash for question in QUESTIONS}
    assert len(hashes) == len(QUESTIONS)
    assert all(len(digits) == 16 for digits in hashes)


def test_the_kind_decides():
    assert MultipleChoice(**vars(toy.SINGLE)).content_hash != toy.SINGLE.content_hash


def test_a_new_field_that_is_empty_by_default_leaves_all_hashes_as_they_are():
    @dataclass(frozen=True, kw_only=True)
    class Longer(Numeric):
        note: str | None = None

    assert Longer(**vars(toy.NUMBER)).content_hash == toy.NUMBER.content_hash
    assert Longer(**vars(toy.NUMBER), note="x").content_hash != toy.NUMBER.content_hash


# ---------------------------------------------------------------- to which question an answer belongs


def test_an_answer_belongs_to_the_question_whose_hash_it_has():
    question = bank.question("M2.03")
    assert question.is_asked_in({"hash": question.content_hash})
    assert not question.is_asked_in({"hash": "0" * 16})
    assert question.is_asked_in({})


def test_an_answer_of_the_first_version_belongs_to_the_question_that_was_asked_then():
    question = next(asked for asked in QUESTIONS if asked.content_hash in FIRST and asked.parameters)
    kept = {"prompt": prompt_hash(question.prompt)}
    assert question.is_asked_in(kept)
    assert not any(replace(question, **{name: value}).is_asked_in(kept) for name, value in changes(question))
    assert not question.is_asked_in({"prompt": "0" * 16})


ANOTHER = {
    "M2.01": replace(toy.SINGLE, options=[toy.SINGLE.options[1], toy.SINGLE.options[0], toy.SINGLE.options[2]]),
    "M2.02": replace(toy.NUMBER, parameters={"n": list(range(100, 200))}),
    "M2.03": replace(toy.ORDER, items=["one", "three", "two"]),
}


def ask_another(monkeypatch):
    """Put other questions into the place of the tiny ones: other options, ranges and items, the same prompts."""
    questions = [ANOTHER.get(asked.id, asked) for asked in toy.QUESTIONS]
    monkeypatch.setattr(
        bank, "_file", lambda lesson: SimpleNamespace(QUESTIONS=questions, EXERCISES=[], PREDICTIONS={})
    )


def test_right_answers_to_older_questions_are_never_marked_by_the_new_ones(tmp_path, monkeypatch):
    toy.install(monkeypatch)
    records = {}
    for learner in map(str, range(200)):
        monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / learner))
        monkeypatch.setenv("COLLAPSE_EDU_LEARNER", learner)
        for question in toy.QUESTIONS[:3]:
            assert check(question.id, question.right_answer(learner)).right
        records[learner] = hand_in("M2", tmp_path / f"{learner}.json").path.read_bytes()
    ask_another(monkeypatch)
    wrong = 0
    for learner, data in records.items():
        script = find_answers(data, "hand-in", bank)
        assert all(script.answers[name] == Answer(fault=CHANGED) for name in ANOTHER)
        given_then = json.loads(data)["answers"]
        wrong += any(asked.judge(given_then[name]["answer"], learner).right is False for name, asked in ANOTHER.items())
    assert wrong == 200  # what the new ones would have said


def test_the_record_tells_an_older_question_apart(tmp_path, monkeypatch):
    toy.install(monkeypatch)
    check("M2.01", "b")
    check("M2.05", "b")
    ask_another(monkeypatch)
    shown = ask("M2.01")
    assert shown.answer is None
    assert "has changed since you answered it" in shown._verdict.value
    receipt = hand_in("M2", tmp_path)
    assert receipt.changed == ["M2.01"]
    assert "M2.01" not in receipt.missing
    assert repr(receipt).endswith(" Changed since; answer again: M2.01.")
    check("M2.01", "a")
    assert ask("M2.01").answer == "o1"
    again = hand_in("M2", tmp_path)
    assert again.changed == []
    assert find_answers(again.path.read_bytes(), "hand-in", bank).answers["M2.01"].data == "o1"


# ---------------------------------------------------------------- predictions and the concept inventory


def coin(**other):
    outcomes = [Option("heads", "half", value=1.0), Option("tails", "half", value=0.0)]
    content = {"prompt": "What comes next?", "outcomes": outcomes, "causes": [Option("chance", "yes")]}
    return Prediction(**content | other, name="X.p1")


def test_a_prediction_comes_back_to_the_same_outcomes_only():
    coin().choose(outcome=2, cause=1)
    assert coin().value == 0.0
    assert coin(causes=[Option("chance", "another reason")]).value == 0.0
    heads, tails = coin().outcomes
    for other in (
        {"prompt": "And now?"},
        {"outcomes": [tails, heads]},
        {"outcomes": [heads, replace(tails, value=0.5)]},
        {"causes": [Option("it is due", "no")]},
    ):
        found = coin(**other)
        assert found.value is None  # what an explorer draws
        assert not found.explain().is_open


def test_a_prediction_of_the_first_version_comes_back_where_it_asks_the_same(monkeypatch):
    Record().add("prediction", "M2.p1", answer={"outcome": 2, "cause": 1})
    Record().add("prediction", "X.p1", answer={"outcome": 2, "cause": 1})
    guess = predict("M2.p1")
    assert guess.value == (guess.outcomes[1].value if guess._hash in FIRST else None)
    assert coin().value is None


def test_an_answer_to_an_item_that_has_changed_does_not_count():
    item = ITEMS[0]
    event = {"what": "inventory", "question": item.id, "when": "before", "answer": "a", "reason": "a", "confidence": 2}
    assert item.id in given([event | {"hash": item.content_hash}], "before")
    assert item.id not in given([event | {"hash": "0" * 16}], "before")
    assert (item.id in given([event], "before")) is (item.content_hash in FIRST)
    changed = {
        replace(item, prompt=item.prompt + "!").content_hash,
        replace(item, answers=item.answers[::-1]).content_hash,
        replace(item, reasons=item.reasons[::-1]).content_hash,
    }
    assert len(changed | {item.content_hash}) == 4
    assert replace(item, instead="!", settles="!", lesson="!").content_hash == item.content_hash


def test_what_has_no_hash_belongs_to_the_first_version():
    assert is_kept_for(min(FIRST), {"answer": 1})
    assert not is_kept_for("0" * 16, {"answer": 1})
    assert len(FIRST) == 173
