"""The order test: nothing gives an answer away, and the score is that of a coin or better."""

import numpy as np
import pytest
from scipy.stats import binom

from collapse_edu.course.explorers.later import Score, WhichIsLater, how_hard, pairs_of

from .recorded import stand_in

RECORDED = stand_in()


def test_pairs_are_of_one_prompt_and_of_both_generations():
    pairs = pairs_of(n=12, recorded=RECORDED)
    early = {p.text for chain in range(3) for p in RECORDED.passages("replace, T = 0.7", 1, chain)}
    late = {p.text for chain in range(3) for p in RECORDED.passages("replace, T = 0.7", 4, chain)}
    for pair in pairs:
        assert pair.texts[pair.later] in late
        assert pair.texts[1 - pair.later] in early


def test_the_later_one_stands_on_either_side_as_often():
    sides = [pair.later for seed in range(40) for pair in pairs_of(n=10, seed=seed, recorded=RECORDED)]
    assert abs(np.mean(sides) - 0.5) < 4 * 0.5 / np.sqrt(len(sides))


def test_one_seed_gives_the_same_pairs():
    assert pairs_of(seed=3, recorded=RECORDED) == pairs_of(seed=3, recorded=RECORDED)
    assert pairs_of(seed=3, recorded=RECORDED) != pairs_of(seed=4, recorded=RECORDED)


@pytest.mark.parametrize("right", range(11))
def test_the_score_against_a_coin(right):
    score = Score(right, 10)
    low, high = score.interval
    assert low <= right / 10 <= high
    assert score.of_a_coin == pytest.approx(binom.pmf(np.arange(right, 11), 10, 0.5).sum())


def test_all_right_is_said_without_a_zero():
    assert Score(10, 10).words().endswith("A coin gets 10 or more in fewer than 1 of 100 tries.")


def test_nothing_is_told_before_the_last_answer():
    test = WhichIsLater(n=3, recorded=RECORDED)
    for pair in test.pairs[:2]:
        test.answer(pair.later)
        assert test.score is None
        assert not test._end.value
        assert "right" not in test._place.value
    test.answer(1 - test.pairs[2].later)
    assert test.score == Score(2, 3)
    assert "2 of 3 right" in test._place.value
    assert test._end.value.count("✓") == 2
    test.answer(0)
    assert len(test.answers) == 3
    test.close()


def test_the_page_without_widgets_folds_the_answers():
    page = WhichIsLater(n=3, recorded=RECORDED)._repr_mimebundle_()["text/html"]
    before, folded = page.split("<details>")
    assert before.count("<li>") == 3
    assert "the left one" not in before
    assert "the right one" not in before
    assert "the left one" in folded or "the right one" in folded


def test_a_simple_rule_beats_a_coin_where_words_are_lost():
    scores = how_hard(recorded=RECORDED)
    assert {score.n for score in scores.values()} == {36}
    assert scores["fewer different words"].interval[0] > 0.5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"arm": "replace"}, "arm must be"),
        ({"n": 0}, "n must be"),
        ({"n": 13}, "n must be"),
        ({"generations": (2, 2)}, "generations must be two of 1 to 4"),
        ({"generations": (1, 9)}, "generations must be two of 1 to 4"),
    ],
)
def test_bad_input_gets_one_line(settings, message):
    with pytest.raises(ValueError, match=message):
        pairs_of(**{"n": 3, "recorded": RECORDED} | settings)
