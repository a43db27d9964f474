"""Questions as data: what an answer may look like, and how each kind judges it."""

from dataclasses import replace
from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import (
    Function,
    Headline,
    Misreading,
    MultipleChoice,
    Numeric,
    Option,
    Ordering,
    SingleChoice,
    UnreadableError,
    read_number,
)

COMMON = {
    "objective": "test",
    "prompt": "With n = {n}?",
    "solution": "Right is {key}.",
    "hints": ("one", "two"),
    "lesson": "M2_gaussian_collapse.ipynb#The-loop",
    "parameters": {"n": range(10, 20)},
}
OPTIONS = (
    Option("one of {n}", "not {n}", misconception="one_cause"),
    Option("two of {n}", "yes, {n}", right=True),
    Option("three", "no", misconception="inevitable"),
    Option("four", "yes", right=True),
)
ONE = SingleChoice(id="X.01", options=OPTIONS[:3], **COMMON)
MANY = MultipleChoice(id="X.02", options=OPTIONS, **COMMON)
NUMBER = Numeric(
    id="X.03",
    key=lambda n: n / 4,
    tolerance=0.02,
    unit="generations",
    allowed=(0, inf),
    misreadings=[Misreading(lambda n: n / 8, "half of it, {n}", "wrong_half")],
    **COMMON,
)
ORDER = Ordering(
    id="X.04",
    items=["first", "second", "third"],
    because=["a", "b"],
    misconceptions=["one_cause", "inevitable"],
    **COMMON,
)


def area(a, b):
    return [a * b, a + b]


RECTANGLE = Function(
    id="X.05",
    name="area",
    starter="def area(a, b):\n    return ...",
    reference=area,
    inputs=lambda rng: [(rng.randint(2, 9), rng.randint(2, 9)) for _ in range(5)],
    misreadings=[Misreading(lambda a, b: [a + b, a * b], "You swapped them.", "wrong_half")],
    **COMMON,
)
TOYS = [ONE, MANY, NUMBER, ORDER, RECTANGLE]

# ---------------------------------------------------------------- reading a number

NUMBERS = [
    ("1/3", 1 / 3),
    ("5e-2", 0.05),
    ("5E-2", 0.05),
    ("5 %", 0.05),
    ("5%", 0.05),
    ("1/4 %", 0.0025),
    ("0,25", 0.25),
    ("0,125", 0.125),
    ("1,000", 1000),
    ("1,234,567.5", 1234567.5),
    ("1 000", 1000),
    ("12,5", 12.5),
    ("−3", -3),
    ("–3", -3),
    ("+3", 3),
    (" .5 ", 0.5),
    ("3.", 3),
    ("69 generations", 69),
    ("69generations", 69),
    ("1 generation", 1),
    ("69\u00a0Generations", 69),
    (3, 3),
    (2.5, 2.5),
    (np.float64(2.5), 2.5),
    (np.int64(7), 7),
    (np.array(7.0), 7),
    ("-0", 0),
]
NO_NUMBERS = [
    "junk", "", "inf", "-inf", "nan", "NaN", "Infinity", "1e999", "1/0", "1,2,3", "0x10", "1_000", "69 days",
    "1e", "e5", "1 2", "%", "/", "1/", "9" * 10_000, "1e" + "9" * 90, "٣x",
    True, False, None, ..., inf, -inf, float("nan"), 10**400, 10**5000, [1], {"a": 1}, {1}, (), b"1", 1j, object(),
    Fraction(10**400), np.array([1.0, 2.0]), np.nan,
]  # fmt: skip


@pytest.mark.parametrize(("answer", "number"), NUMBERS, ids=[repr(each[0]) for each in NUMBERS])
def test_a_number_is_read(answer, number):
    assert read_number(answer, unit="generations") == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("answer", NO_NUMBERS, ids=[str(type(each).__name__) for each in NO_NUMBERS])
def test_what_is_no_number_gets_one_line(answer):
    with pytest.raises(UnreadableError, match=r"^The answer must be a number, such as .*; got [^\n]*$") as caught:
        read_number(answer, unit="generations")
    assert len(str(caught.value)) < 200


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_what_python_writes_is_read_back(number):
    assert read_number(repr(number)) == number
    assert read_number(f"{number:.3f} generations", "generations") == round(number, 3)


# ---------------------------------------------------------------- judging


def verdicts(question, answers):
    return [question.judge(answer, "Ada").right for answer in answers]


def test_one_letter_is_read_in_any_form():
    assert verdicts(ONE, ["b", "B", " b ", "(b)", ["b"], ("b",), {"b"}]) == [True] * 7
    assert verdicts(ONE, ["a", "c"]) == [False] * 2
    assert verdicts(ONE, ["d", "ab", "bb", 1, ["a", 1], {"a": 1}, "b" * 5000]) == [None] * 7


def test_letters_are_read_in_any_form():
    assert verdicts(MANY, ["bd", "d, b", "b d", ["d", "b"], {"b", "d"}, ["b, d"]]) == [True] * 6
    assert verdicts(MANY, ["b", "abd", "ac"]) == [False] * 3
    assert verdicts(MANY, [[], "", "bbd", "e"]) == [None] * 4


def test_several_wrong_options_are_counted_and_one_is_explained():
    verdict = MANY.judge("ac", "Ada")
    n = MANY.values("Ada")["n"]
    assert verdict.reason == f"4 options are off, such as “one of {n}”. not {n}"
    assert verdict.misconception == "one_cause"


def test_a_number_is_judged_within_its_tolerance():
    key = NUMBER.right_answer("Ada")
    assert verdicts(NUMBER, [key, key * 1.019, key / 1.019, f"{key} generations"]) == [True] * 4
    assert verdicts(NUMBER, [key * 1.05, key / 1.05, key / 2, 0]) == [False] * 4
    assert NUMBER.judge(key / 2, "Ada").misconception == "wrong_half"
    assert NUMBER.judge(key * 1.05, "Ada").reason.endswith("too large.")
    assert NUMBER.judge(key / 1.05, "Ada").reason.endswith("too small.")


def test_a_number_out_of_bounds_does_not_count():
    verdict = NUMBER.judge(-1, "Ada")
    assert (verdict.right, verdict.reason) == (None, "The answer must be a number of at least 0; got -1.0.")


def test_an_order_is_judged_by_its_first_wrong_pair():
    right = ORDER.right_answer("Ada")
    letters = {name: letter for letter, name in ORDER.letters("Ada").items()}
    mine = [letters[name] for name in right]
    assert verdicts(ORDER, [right, " ".join(right), mine, "".join(mine), " > ".join(mine)]) == [True] * 5
    assert ORDER.judge(right[::-1], "Ada").reason == "a"
    assert ORDER.judge([right[0], right[2], right[1]], "Ada").reason == "b"
    assert verdicts(ORDER, [right[:2], "aab", "abcd"]) == [None] * 3
    first, second, third = right
    assert ORDER.wrong_answers("Ada") == [([second, first, third], "a"), ([first, third, second], "b")]


def test_a_learner_never_sees_the_right_order():
    for learner in range(200):
        assert list(ORDER.choices(learner).values()) != ORDER.items
        assert sorted(ORDER.choices(learner).values()) == sorted(ORDER.items)


def test_a_function_is_judged_by_calling_it_or_by_its_outputs():
    assert RECTANGLE.judge(area, "Ada").right is True
    assert RECTANGLE.judge(lambda a, b: np.array([a * b, a + b]), "Ada").right is True
    assert RECTANGLE.judge(RECTANGLE.outputs(area, "Ada"), "Ada").right is True
    assert RECTANGLE.judge(RECTANGLE.outputs(area, "Bob"), "Ada").right is False
    assert verdicts(RECTANGLE, [area(2, 3), [], "area", 7, [1] * 5, [{}] * 5]) == [None] * 6


def test_a_wrong_function_gets_a_counter_example():
    first, (a, b) = RECTANGLE.judge(lambda a, b: [a * b, a - b], "Ada"), RECTANGLE.cases("Ada")[0]
    assert first.reason.endswith(f"area({a}, {b}) gives [{a * b}, {a - b}]; right is [{a * b}, {a + b}].")
    swapped = RECTANGLE.judge(lambda a, b: [a + b, a * b], "Ada")
    assert swapped.reason.startswith("You swapped them. area(")
    assert swapped.misconception == "wrong_half"


def test_an_answer_may_be_a_class_that_a_probe_tries():
    class Rectangle:
        def __init__(self, a):
            self.a = a

        def area(self, b):
            return [self.a * b, self.a + b]

    asked = replace(RECTANGLE, reference=Rectangle, probe=lambda kind, a, b: kind(a).area(b), misreadings=())
    assert asked.judge(Rectangle, "Ada").right is True
    assert asked.judge(type("Other", (Rectangle,), {"area": lambda self, b: [self.a, b]}), "Ada").right is False


class Hostile:
    """Everything that Python may ask of it fails."""

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __repr__

    @property
    def tolist(self):
        raise RuntimeError("no")


def raising(error):
    def function(*arguments):
        raise error

    return function


def returning(value):
    return lambda *arguments: value


def deep(depth=100_000):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(("off", "right"), [(0, True), (0.9e-6, True), (1.1e-6, False), (-1.1e-6, False)])
def test_a_function_may_be_off_by_its_tolerance_and_by_no_more(off, right):
    assert RECTANGLE.tolerance == 1e-6
    verdict = RECTANGLE.judge(lambda a, b: [a * b * (1 + off), a + b], "Ada")
    assert verdict.right is right


@pytest.mark.parametrize(("value", "right"), [(0.9e-9, True), (1.1e-9, False), (1e-6, False)])
def test_near_zero_a_function_may_be_off_by_a_thousandth_of_its_tolerance(value, right):
    zero = replace(RECTANGLE, reference=lambda a, b: 0.0, misreadings=())
    assert zero.judge(lambda a, b: value, "Ada").right is right


CALLS = [
    raising(ValueError("bad")), raising(SystemExit(3)), raising(RecursionError()), raising(RuntimeError(Hostile())),
    returning(Hostile()), returning(deep()), returning({"a": 1}), returning(10**5000), returning([10**5000, 1]),
    returning(float("nan")), returning(np.array(["a", None], dtype=object)), returning(True), lambda: 1, returning("x"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_function_may_do_what_it_likes(number):
    verdict = RECTANGLE.judge(CALLS[number], "Ada")
    assert verdict.right is False
    assert len(str(verdict)) < 1000


def test_a_function_with_dots_is_not_an_answer():
    for value in (..., [1, ...], None, "..."):
        assert RECTANGLE.judge(returning(value), "Ada").right is None
    assert RECTANGLE.judge(lambda a, b: None if a > b else [a * b, a + b], "Ada").right is not None


# ---------------------------------------------------------------- for all questions

ALL = TOYS + bank.questions("M2")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from("abcde"),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OUTPUTS = st.lists(st.dictionaries(st.sampled_from(["value", "error"]), JSON, max_size=2), min_size=5, max_size=7)


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.id)
@settings(max_examples=60, deadline=None)
@given(answer=JSON | OUTPUTS | st.text(alphabet="0123456789,.-/%eE abcde", max_size=12))
def test_judge_never_raises(question, answer):
    verdict = question.judge(answer, "Ada")
    assert verdict.right in (True, False, None)
    assert verdict.reason
    assert verdict.next_step or verdict.right


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.id)
@pytest.mark.parametrize(
    "answer", [Hostile(), deep(), 10**5000, b"a", object(), {Fraction(1, 3)}, [Hostile()]], ids=type
)
def test_judge_never_raises_on_things_of_python_either(question, answer):
    assert question.judge(answer, "Ada").right in (None, False)


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.id)
@pytest.mark.parametrize("blank", [None, ..., "", "  ", "...", []], ids=repr)
def test_a_blank_is_not_an_answer(question, blank):
    verdict = question.judge(blank, "Ada")
    assert verdict.right is None
    assert verdict.next_step


@pytest.mark.parametrize("question", TOYS, ids=lambda question: question.kind)
def test_words_carry_the_numbers_of_the_learner(question):
    n = str(question.values("Ada")["n"])
    assert question.ask("Ada") == f"With n = {n}?"
    assert question.solve("Ada") == f"Right is {question.shown_key('Ada')}."
    texts = [*question.choices("Ada").values(), *(reason for _, reason in question.wrong_answers("Ada"))]
    assert not any("{" in text for text in texts)


def test_numbers_depend_on_learner_and_question_alone():
    assert ONE.values("Ada") == ONE.values("Ada")
    assert len({ONE.values(learner)["n"] for learner in range(100)}) == 10
    assert [ONE.values(i) for i in range(20)] != [MANY.values(i) for i in range(20)]
    # Fixed for ever: a learner's numbers must not change with an update.
    assert bank.question("M2.06").values("course") == {"n": 76}


def test_a_verdict_without_a_next_step_has_no_empty_paragraph():
    assert [ONE.judge(letter, "Ada")._repr_html_().count("<p") for letter in "ba"] == [1, 2]


def test_a_headline_stands_in_front_of_what_is_asked():
    asked = Headline(id="X.06", headline="AI eats itself", options=OPTIONS[:3], **COMMON)
    assert asked.ask("Ada") == f"“AI eats itself” With n = {asked.values('Ada')['n']}?"


def test_the_next_step_is_a_place_in_the_lesson():
    assert ONE.judge("a", "Ada").next_step == (
        "Look again at “The loop” in M2_gaussian_collapse.ipynb, or ask for a hint."
    )
