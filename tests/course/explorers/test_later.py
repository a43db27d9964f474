"""Which story is later?"""

import re
from collections import Counter

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from collapse_edu.course.explorers import WhichIsLater, how_hard
from collapse_edu.course.explorers.later import against_chance, pairs_of, wilson
from tests.course.explorers.recording import recording

RECORD = recording()
COOL, PLAIN = "replace, T = 0.7", "replace, T = 1"


@pytest.fixture
def later():
    return WhichIsLater(record=RECORD)


def seen(widget):
    """Return all text that a learner can read now, and what a screen reader reads of buttons."""
    if widget.layout is not None and widget.layout.display == "none":
        return ""
    own = str(getattr(widget, "value", "")) + str(getattr(widget, "description", ""))
    return own + "".join(seen(child) for child in getattr(widget, "children", ()))


def test_both_passages_of_a_pair_continue_one_prompt_in_one_chain():
    for pair in pairs_of(RECORD, COOL, (2, 4), n=40, seed=3):
        there = [
            chain
            for chain in range(3)
            if {p.text for p in RECORD.passages(COOL, 2, chain) if p.prompt == pair.prompt} & set(pair.texts)
            and {p.text for p in RECORD.passages(COOL, 4, chain) if p.prompt == pair.prompt}
            & {pair.texts["AB".index(pair.later)]}
        ]
        assert len(there) == 1


def test_prompts_do_not_come_twice_and_order_is_a_fair_coin():
    places = Counter()
    for seed in range(40):
        pairs = pairs_of(RECORD, COOL, (1, 4), n=10, seed=seed)
        assert len({pair.prompt for pair in pairs}) == 10
        places.update(pair.later for pair in pairs)
    assert binomtest(places["A"], 400).pvalue > 0.001


def test_the_same_seed_gives_the_same_pairs():
    assert WhichIsLater(record=RECORD, seed=5).pairs == WhichIsLater(record=RECORD, seed=5).pairs
    assert WhichIsLater(record=RECORD, seed=5).pairs != WhichIsLater(record=RECORD, seed=6).pairs


def test_nothing_gives_the_answer_away_before_the_last_pair(later):
    for _ in range(10):
        assert not re.search(r"generation \d|✓|✗|ight|rong|coin|program", seen(later.widget))
        later.choose("A")
    assert re.search(r"generation 4.*generation 1", seen(later.widget))
    assert seen(later.widget).count("✓ Right") == later.score


def test_what_is_shown_is_the_same_whichever_is_later():
    """But for the prompt and the two texts, pages with A and with B as the answer are the same."""
    pages = {"A": set(), "B": set()}
    for seed in range(8):
        later = WhichIsLater(record=RECORD, pairs=1, seed=seed)
        [pair] = later.pairs
        page = seen(later.widget)
        for text in (pair.prompt, *pair.texts):
            page = page.replace(text, "")
        pages[pair.later].add(page)
    assert len(pages["A"] | pages["B"]) == 1
    assert pages["A"] == pages["B"]


def test_right_answers_score_ten_and_wrong_ones_none(later):
    for pair in later.pairs:
        later.choose(pair.later)
    assert later.score == 10
    assert "<b>10 of 10." in later._head.value
    later.again()
    assert later.score is None
    for pair in later.pairs:
        later.choose("AB".replace(pair.later, ""))
    assert later.score == 0


def test_buttons_choose_go_back_and_begin_anew(later):
    first = later.pairs
    later._choices[1].click()
    assert later.answers == "B"
    later._back.click()
    assert later.answers == ""
    for _ in range(11):
        later._choices[0].click()
    assert later.answers == "A" * 10
    later.back()
    assert later.answers == "A" * 10
    later._again.click()
    assert later.answers == ""
    assert later.pairs != first


def test_without_a_choice_pairs_are_text_and_answers_are_folded(later):
    bundle = later._repr_mimebundle_()
    assert bundle["text/plain"].count("Pair ") == 10
    assert "generation 4" not in bundle["text/plain"]
    open_part, folded = bundle["text/html"].split("<details>", 1)
    assert not re.search(r"generation \d", open_part)
    assert folded.count("is of generation 4") == 10
    assert all(pair.texts[0] in open_part for pair in later.pairs)


def test_texts_are_escaped():
    record = recording(passages=12)
    record._read._bytes = dict.fromkeys(record._read._bytes, b" <b>&") | {0: b" x"}
    later = WhichIsLater(record=record, pairs=1, arm=PLAIN)
    assert "<b>&" not in later._cards[0].value
    assert "&lt;b&gt;&amp;" in later._cards[0].value


@pytest.mark.parametrize("right", range(11))
def test_a_score_is_told_as_it_is(right):
    said = against_chance(right, 10)
    low, high = binomtest(right, 10).proportion_ci(method="wilson")
    assert wilson(right, 10) == pytest.approx((low, high))
    assert f"in {round(100 * low)} to {round(100 * high)} of 100" in said
    found, tries = re.search(r"in (\d+) of ([\d,]+) tries", said).groups()
    assert int(found) / int(tries.replace(",", "")) == pytest.approx(binom.sf(right - 1, 10, 0.5), abs=0.005)


def test_a_coin_that_gets_all_right_is_one_of_a_thousand():
    assert against_chance(10, 10).startswith("10 of 10. Somebody who tosses a coin gets 10 in 1 of 1,000 tries.")


def test_simple_rules_find_narrowing_where_there_is_some_and_none_where_there_is_none():
    narrow, flat = how_hard(COOL, record=RECORD), how_hard(PLAIN, record=RECORD)
    assert narrow["pairs"].tolist() == [180] * 3
    assert narrow["low"][0] > 0.9
    assert (flat["low"] < 0.5).all()
    assert (flat["high"] > 0.5).all()


def test_two_equal_generations_are_all_ties():
    record = recording()
    record._rows[COOL][1] = record._rows[COOL][0]
    found = how_hard(COOL, 1, 2, record=record)
    assert found["ties"].tolist() == [180] * 3
    assert np.allclose(found["right"], 0.5)
    with pytest.raises(ValueError, match="pairs must be at most 0"):
        WhichIsLater(COOL, later=2, record=record)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"arm": "anchor"}, re.escape('arm must be "replace, T = 0.7" or "preserve(0.5), T = 0.7" or ')),
        ({"earlier": 4}, "earlier must be an integer from 1 to 3; got 4"),
        ({"earlier": 2, "later": 2}, "later must be an integer from 3 to 4; got 2"),
        ({"pairs": 0}, "pairs must be an integer from 1 to 40; got 0"),
    ],
)
def test_bad_settings_get_one_line(settings, line):
    with pytest.raises(ValueError, match=line):
        WhichIsLater(record=RECORD, **settings)
    if "pairs" not in settings:
        with pytest.raises(ValueError, match=line):
            how_hard(record=RECORD, **settings)


def test_a_choice_is_a_or_b(later):
    with pytest.raises(ValueError, match='place must be "A" or "B"; got \'C\''):
        later.choose("C")
