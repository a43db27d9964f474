"""The decision helper: no option wins everywhere, weights decide, and bad ones are refused."""

import pytest

from collapse_edu.production.decision import CRITERIA, SCORES, decide, share_of_weights


def test_no_option_wins_on_every_criterion():
    best = [max(scores[place] for scores in SCORES.values()) for place in range(len(CRITERIA))]
    for scores in SCORES.values():
        assert any(score < top for score, top in zip(scores, best, strict=True))
        assert len(scores) == len(CRITERIA)
        assert set(scores) <= {1, 2, 3, 4, 5}


def test_no_option_is_worse_than_another_on_every_criterion():
    for name, mine in SCORES.items():
        for other, its in SCORES.items():
            assert name == other or any(a >= b for a, b in zip(mine, its, strict=True)), (name, other)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_one_criterion_alone_is_won_by_its_best_score(criterion):
    table = decide({criterion: 1})
    place = list(CRITERIA).index(criterion)
    assert SCORES[table.index[0]][place] == max(scores[place] for scores in SCORES.values())


def test_the_weighted_mean_by_hand():
    table = decide({"edge cases": 3, "time to ship": 1})
    assert table.loc["human processing", "weighted mean"] == pytest.approx((3 * 5 + 1 * 3) / 4)
    assert table["weighted mean"].is_monotonic_decreasing


def test_a_score_of_ones_own_changes_the_choice():
    assert decide({"edge cases": 1}).index[0] == "human processing"
    assert decide({"edge cases": 1}, {"human processing": {"edge cases": 2}}).index[0] != "human processing"


def test_an_option_of_ones_own():
    own = {"a form on paper": dict.fromkeys(CRITERIA, 5)}
    assert decide({"scale": 1, "edge cases": 1}, own).index[0] == "a form on paper"
    assert share_of_weights(own, draws=200)["a form on paper"] > 0.9
    assert "a form on paper" not in SCORES


def test_the_shares_of_all_weightings():
    shares = share_of_weights(draws=2000)
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).sum() >= 4
    assert shares.max() < 0.6


@pytest.mark.parametrize(
    ("weights", "changes", "message"),
    [
        ({"beauty": 1}, None, "criterion must be one of edge cases, .*; got 'beauty'"),
        ({"scale": -1}, None, r"scale must be a number in \[0, 1e\+09\]; got -1"),
        ({"scale": 0}, None, "weights must contain one above 0; got"),
        ({}, None, "weights must contain one above 0; got"),
        ({"scale": "much"}, None, "scale must be a number"),
        (
            {"scale": 1},
            {"magic": {"scale": 5}},
            "option must be one of bought generative model, .*, or a new one with .*; got 'magic'",
        ),
        (["scale"], None, r"weights must map criterion → weight, such as \{'scale': 2\}; got \['scale'\]"),
        ({"scale": 1}, {"rules": 5}, r"changes must map option → criterion → score, .*; got \{'rules': 5\}"),
        ({"scale": 1}, ["rules"], r"changes must map option → criterion → score, .*; got \['rules'\]"),
        ({"scale": 1}, {"rules": {"scale": 9}}, r"score of rules, scale must be a number in \[1, 5\]; got 9"),
    ],
)
def test_bad_input_gets_one_line(weights, changes, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        decide(weights, changes)
