"""Numbers as people type them."""

import pytest

from collapse_edu.course.quiz.question import Numeric
from collapse_edu.course.quiz.reading import UnreadableError, in_digits, is_plain, read_number, told_apart

TYPED = [
    ("36 percent", "", 0.36), ("36 per cent", "", 0.36), ("36pct", "", 0.36), ("36.3％", "", 0.363),
    ("139 generations", "", 139), ("1 generation", "", 1), ("24x", "", 24), ("24×", "times", 24), ("24 times", "", 24),
    ("24-fold", "", 24), ("½", "", 0.5), ("2½", "", 2.5), ("¼ %", "", 0.0025), ("1'234", "", 1234),
    ("1’234.5", "", 1234.5), ("2.5×10⁻¹", "", 0.25), ("2.5 x 10^-1", "", 0.25), ("2.5*10**-1", "", 0.25),
    ("10⁶", "", 1e6), ("$0.25", "", 0.25), ("0.25 €", "EUR", 0.25), ("EUR 1,250", "EUR", 1250),
    ("1250 euros", "EUR", 1250),
    ("(14/17)^17", "", (14 / 17) ** 17), ("1 - (13/14)**14", "", 1 - (13 / 14) ** 14),
    ("1-exp(-2)", "", 0.8646647167633873),
    ("ln(2)/2", "", 0.34657359027997264), ("1/2/3", "", 1 / 6), ("2 * 3", "", 6), ("~0.36", "", 0.36),
    ("about 0.36", "", 0.36),
    ("ca. 12", "", 12), ("1,000/3", "", 1000 / 3), ("69 generations", "generations", 69),
]  # fmt: skip
NONE = [
    "9**9**9", "10^400", "(-8)^(1/3)", "0^-1", "1 or 2", "__import__('os')", "exp", "exp(1, 2)", "sum([1])",
    "1 if 1 else 2", "a.b", "x", "()", "(" * 60, "69 days", "0.3 per generation", "1:2", "1 < 2", "[1]", "{1}",
    "'1'", "1j", "1.2.3",
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "number"), TYPED)
def test_what_people_type_is_read(text, unit, number):
    assert read_number(text, unit) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number_is_refused_and_nothing_is_run(text):
    with pytest.raises(UnreadableError, match="must be a number"):
        read_number(text, unit="generations")


def test_only_the_questions_own_unit_may_stand_there():
    for text in ("24 words", "$3", "24x"):
        with pytest.raises(UnreadableError):
            read_number(text, "generations")


@pytest.mark.parametrize(
    "text",
    [
        0.25, "0.25", ".25", "25 %", "2.5e-1", "69 generations", "½", "−3", "0.125", "-0.364", "1.0000", "12.34",
        "1234.567",
    ],
)  # fmt: skip
def test_one_number_is_plain(text):
    assert is_plain(text)


@pytest.mark.parametrize(
    "text", ["1,125", "1 000", "1'234", "1/4", "2.5×10^-1", "(1/2)^3", "1.000", "-12.345", "1.000 %"]
)
def test_what_could_be_read_otherwise_is_not(text):
    assert not is_plain(text)


def test_digits_tell_two_values_apart():
    assert told_apart(0.54338, 0.54341) == ("0.54338", "0.54341")
    assert told_apart(1234.5, 1235.0) == ("1234.5", "1235.0")
    assert told_apart("3", 3) == ("'3'", "3")
    assert told_apart([1.0, 0.123456789], [1.0, 0.123456788]) == ("[1.0, 0.123456789]", "[1.0, 0.123456788]")


def test_large_numbers_have_no_exponent():
    assert [in_digits(number) for number in (230.4, 1254.3, 0.0123456, 1e20)] == ["230", "1254", "0.0123", "1e+20"]


SHARE = Numeric(
    id="X.01", objective="", prompt="?", solution="{key}", hints=(), lesson="M1_telephone_game.ipynb", allowed=(0, 1),
    key=lambda: 0.363,
)  # fmt: skip


def test_a_share_in_per_cent_is_asked_back():
    verdict = SHARE.judge("36.3", "Ada")
    assert verdict.right is None
    assert verdict.reason == "The answer must be a number from 0 to 1; got 36.3. Did you mean 36.3 %?"
    assert SHARE.judge("36.3 %", "Ada").right
    assert "mean" not in SHARE.judge("363", "Ada").reason


def test_a_right_answer_is_greeted():
    assert SHARE.judge(0.363, "Ada").reason == "The library computes 0.363, too."
    assert SHARE.judge("36 %", "Ada").reason == "The library computes 0.363, and 0.36 is within 2 % of it."


def test_the_verdict_says_what_was_read():
    many = Numeric(
        id="X.02", objective="", prompt="?", solution="{key}", hints=(), lesson="M1", key=lambda: 1.125, unit="times"
    )
    assert many.judge("1,125", "Ada").reason == "1125 is too large. (Your answer was read as 1125.)"
    assert many.judge("9/8", "Ada").reason == "The library computes 1.125, too. (Your answer was read as 1.125.)"
    assert many.judge("1.000", "Ada").reason.endswith(" (Your answer was read as 1.)")
