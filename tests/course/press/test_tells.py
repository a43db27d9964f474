"""Place, length and form tell no right option of a prediction, and a bank in which they do is found."""

import pytest

from collapse_edu.course.press.tells import Choice, choices_of_the_course, problems, shares_at_places, tells
from collapse_edu.course.quiz.question import Option

COURSE = choices_of_the_course()
PLAIN = ["it falls", "it stays put", "it rises a bit"]


def bank(right, n=28, ordered=False, texts=PLAIN):
    """Return n choices between `texts`; `right(i)` is the place of the right one in choice i."""
    return [
        Choice(f"x{i}", [Option(text, "", right=place == right(i) % 3) for place, text in enumerate(texts)], ordered)
        for i in range(n)
    ]


# ---------------------------------------------------------------- the course


def test_each_prediction_has_one_right_outcome_and_one_right_cause():
    for choice in COURSE["outcomes"] + COURSE["causes"]:
        assert sum(option.right for option in choice.options) == 1, choice.asked


def test_no_form_of_a_prediction_tells():
    assert problems({kind: COURSE[kind] for kind in ("outcomes", "causes")}) == []


def test_what_tells_in_the_questions_is_known():
    """Wrong options of questions give reasons more often than right ones. Their texts are in the answers' hashes."""
    (known,) = problems({"questions": COURSE["questions"]})
    assert "right options give a reason" in known


def test_the_right_option_of_an_ordered_question_stands_inside_which_is_known():
    """They are too few for a test against chance. Another one of this kind needs its right option at an end."""
    (known,) = (t for t in tells({"questions": COURSE["questions"]}) if t.name == "stand inside")
    assert (known.n, known.found) == (4, 4)


def test_the_ordered_predictions_are_right_at_the_ends_as_often_as_by_chance():
    found = {t.name: t for t in tells({"outcomes": COURSE["outcomes"]}) if t.name.startswith("stand")}
    assert set(found) == {"stand first", "stand inside", "stand last"}
    assert min(t.p for t in found.values()) > 0.2


def test_outcomes_give_no_reasons_since_causes_do():
    assert [
        choice.asked for choice in COURSE["outcomes"] if any(": " in option.text for option in choice.options)
    ] == []


@pytest.mark.parametrize("kind", COURSE)
def test_shuffled_options_are_right_at_each_place_alike(kind):
    shuffled = [choice for choice in COURSE[kind] if not choice.ordered]
    learners = [str(learner) for learner in range(300)]
    for n, shares in shares_at_places(shuffled, learners).items():
        drawn = 300 * sum(len(choice.options) == n for choice in shuffled)
        error = (1 / n * (1 - 1 / n) / drawn) ** 0.5
        assert list(shares.values()) == pytest.approx([1 / n] * n, abs=4 * error)


# ---------------------------------------------------------------- banks that tell


def test_a_sound_bank_has_no_problems():
    assert problems({"sound": bank(lambda i: i), "ordered": bank(lambda i: i, ordered=True)}) == []


@pytest.mark.parametrize(
    ("right", "texts", "ordered", "told"),
    [
        (lambda i: 0, ["one", "two", "six"], True, "stand first"),
        (lambda i: 2, ["one", "two", "six"], True, "stand last"),
        (lambda i: 1, ["one", "two", "six"], True, "stand inside"),
        (lambda i: 2, PLAIN, False, "are the longest"),
        (lambda i: 0, PLAIN, False, "are the shortest"),
        (lambda i: i % 2, ["yes", "yon", "why: so"], False, "give a reason"),
        (lambda i: 1, ["yes", "n 1", "yon"], False, "hold a number"),
        (lambda i: 1, ["chains", "anchor", "repeat"], False, "name a regime"),
        (lambda i: 1, ["a bit", "about", "a lot"], False, "hedge"),
        (lambda i: i % 2, ["seven", "eight", "never"], False, "are sweeping"),
    ],
)
def test_a_bank_that_tells_is_found(right, texts, ordered, told):
    found = problems({"sound": bank(lambda i: i), "planted": bank(right, ordered=ordered, texts=texts)})
    assert any(line.startswith("planted: ") and told in line for line in found)
    assert not any(line.startswith("sound") for line in found)


def test_a_shuffled_bank_may_hold_the_right_one_first():
    assert not any("stand" in line for line in problems({"shuffled": bank(lambda i: 0, texts=["one", "two", "six"])}))


def test_the_probability_is_that_of_a_coin():
    (tell,) = (tell for tell in tells({"x": bank(lambda i: 0, n=4, ordered=True)}) if tell.name == "stand first")
    assert (tell.n, tell.found, tell.expected) == (4, 4, pytest.approx(4 / 3))
    assert tell.p == pytest.approx((1 / 3) ** 4)
