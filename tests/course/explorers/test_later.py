"""The order test: nothing gives an answer away, and the score is that of a coin or better."""

import re

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from collapse_edu.course.explorers.later import Score, WhichIsLater, how_hard, pairs_of

from .recorded import stand_in

RECORDED = stand_in()
COOL, PLAIN = "replace, T = 0.7", "replace, T = 1"


@pytest.fixture
def test():
    shown = WhichIsLater(recorded=RECORDED)
    yield shown
    shown.close()


def seen(widget):
    """Return all that a learner can read now."""
    if widget.layout.display == "none":
        return ""
    own = f"{getattr(widget, 'value', '')}{getattr(widget, 'description', '')}"
    return own + "".join(seen(child) for child in getattr(widget, "children", ()))


# ---------------------------------------------------------------- pairs


def test_both_passages_of_a_pair_are_of_one_prompt_and_one_chain():
    chains = [[{p.prompt: p.text for p in RECORDED.passages(COOL, t, chain)} for t in (2, 4)] for chain in range(3)]
    for pair in pairs_of(n=40, generations=(2, 4), recorded=RECORDED):
        ordered = [pair.texts[1 - pair.later], pair.texts[pair.later]]
        assert [[texts[pair.prompt] for texts in chain] for chain in chains].count(ordered) == 1


def test_each_pair_has_another_prompt():
    assert len({pair.prompt for pair in pairs_of(n=50, recorded=RECORDED)}) == 50


def test_a_fair_coin_orders_each_pair():
    sides = [pair.later for seed in range(40) for pair in pairs_of(n=10, seed=seed, recorded=RECORDED)]
    assert abs(np.mean(sides) - 0.5) < 4 * 0.5 / np.sqrt(len(sides))


def test_one_seed_gives_the_same_pairs():
    assert pairs_of(seed=3, recorded=RECORDED) == pairs_of(seed=3, recorded=RECORDED)
    assert pairs_of(seed=3, recorded=RECORDED) != pairs_of(seed=4, recorded=RECORDED)


def test_twice_the_same_text_is_no_pair():
    recorded = stand_in()
    recorded._rows[COOL][1, :, :40] = recorded._rows[COOL][0, :, :40]
    assert {pair.texts[0] == pair.texts[1] for pair in pairs_of(n=20, generations=(1, 2), recorded=recorded)} == {False}
    with pytest.raises(ValueError, match=r"n must be at most 20: .*; got 21"):
        pairs_of(n=21, generations=(1, 2), recorded=recorded)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"arm": "replace"}, "arm must be"),
        ({"n": 0}, "n must be"),
        ({"n": 61}, "n must be"),
        ({"seed": -1}, "seed must be"),
        ({"generations": (2, 2)}, "generations must be two of 1 to 4"),
        ({"generations": (1, 9)}, "generations must be two of 1 to 4"),
    ],
)
def test_bad_input_gets_one_line(settings, message):
    for function in (pairs_of, WhichIsLater):
        with pytest.raises(ValueError, match=message):
            function(**{"n": 3, "recorded": RECORDED} | settings)


# ---------------------------------------------------------------- the score


@pytest.mark.parametrize("right", range(11))
def test_the_score_is_told_as_it_is(right):
    score = Score(right, 10)
    low, high = binomtest(right, 10).proportion_ci(method="wilson")
    assert score.interval == pytest.approx((low, high))
    assert score.of_a_coin == pytest.approx(binom.sf(right - 1, 10, 0.5))
    found, tries = re.search(r" in (\d+) of ([\d,]+) tries", score.words()).groups()
    assert int(found) / int(tries.replace(",", "")) == pytest.approx(score.of_a_coin, abs=0.005)


def test_all_right_is_said_without_a_zero():
    said = "10 of 10. Somebody who tosses a coin gets 10 in 1 of 1,000 tries."
    assert Score(10, 10).words().startswith(said)


def test_simple_rules_find_narrowing_where_there_is_some_and_none_where_there_is_none():
    narrow, flat = how_hard(COOL, recorded=RECORDED), how_hard(PLAIN, recorded=RECORDED)
    assert {score.n for score in [*narrow.values(), *flat.values()]} == {180}
    assert narrow["fewer different words"].interval[0] > 0.9
    for score in flat.values():
        assert score.interval[0] < 0.5 < score.interval[1]


def test_ties_are_half_right():
    recorded = stand_in()
    recorded._rows[COOL][1] = recorded._rows[COOL][0]
    assert set(how_hard(COOL, generations=(1, 2), recorded=recorded).values()) == {Score(90, 180)}


# ---------------------------------------------------------------- the page


def test_nothing_gives_the_answer_away_before_the_last_pair(test):
    for pair in test.pairs:
        page = seen(test.widget)
        assert not re.search(r"generation \d|✓|✗|[Rr]ight|[Ww]rong|coin|program", page)
        assert all(text in page for text in pair.texts)
        assert test.score is None
        test.answer(0)
    page = seen(test.widget)
    assert page.count("✓ Right") == test.score.right
    assert "always of generation 4, the other of generation 1" in page


def test_pages_are_the_same_whichever_is_later():
    """But for the prompt and the texts."""
    pages = ({}, {})
    for seed in range(8):
        test = WhichIsLater(n=1, seed=seed, recorded=RECORDED)
        [pair] = test.pairs
        page = seen(test.widget)
        for text in (*pair.texts, pair.prompt.strip()):
            page = page.replace(text, "")
        pages[pair.later][page] = True
        test.close()
    assert len(pages[0]) == 1
    assert pages[0] == pages[1]


def test_all_right_and_all_wrong(test):
    for pair in test.pairs:
        test.answer(pair.later)
    assert test.score == Score(10, 10)
    assert "<b>10 of 10." in seen(test.widget)
    test.again()
    assert test.score is None
    for pair in test.pairs:
        test.answer(1 - pair.later)
    assert test.score == Score(0, 10)


def test_buttons_answer_go_back_and_begin_anew(test):
    first = test.pairs
    test._buttons[1].click()
    assert test.answers == [1]
    test._back.click()
    assert test.answers == []
    for _ in range(11):
        test._buttons[0].click()
    assert test.answers == [0] * 10
    test.back()
    assert test.answers == [0] * 10
    test._again.click()
    assert test.answers == []
    assert test.pairs != first


def test_without_a_choice_the_pairs_are_text_and_the_answers_are_folded(test):
    bundle = test._repr_mimebundle_()
    before, folded = bundle["text/html"].split("<details>", 1)
    for where in (bundle["text/plain"], before):
        assert not re.search(r"generation \d|is later", where)
        assert all(pair.texts[0].strip() in where for pair in test.pairs)
    assert folded.count("is later.") == 10


def test_what_a_model_writes_is_text_and_no_html():
    recorded = stand_in()
    object.__setattr__(recorded, "_read", lambda row: f"<script>{row[0]}")
    test = WhichIsLater(n=1, recorded=recorded)
    assert "<script>" not in seen(test.widget)
    assert "<script>" not in test._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("side", [-1, 2, "A"])
def test_an_answer_is_0_or_1(test, side):
    with pytest.raises((TypeError, ValueError), match="side must be an integer from 0 to 1"):
        test.answer(side)
