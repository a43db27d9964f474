"""Each experiment shows what it says, and its numbers are those of theory or of brute force."""

import numpy as np
import pytest

from collapse_edu import datasets, ensemble, theory
from collapse_edu.course.experiments import mistakes
from collapse_edu.loop import regimes
from tests.evidence import assert_within

ALL = [getattr(mistakes, name) for name in mistakes.__all__ if name != "Experiment"]


@pytest.mark.parametrize("experiment", ALL, ids=lambda experiment: experiment.__name__)
def test_it_says_what_was_done_and_what_to_do(experiment):
    finding = experiment()
    text = repr(finding)
    assert finding.mistake in text
    assert finding.instead in text
    assert "nan" not in text.lower()
    assert "<table" in finding._repr_html_()


def test_a_synthetic_test_gets_better_while_the_model_gets_worse():
    table = mistakes.evaluated_on_synthetic().table
    assert table["real test"].is_monotonic_increasing
    assert table["synthetic test"].is_monotonic_decreasing


def test_the_real_test_is_that_of_theory():
    tokens = datasets.moby_dick().tokens
    law = np.bincount(tokens) / len(tokens)
    table = mistakes.evaluated_on_synthetic(generations=10, chains=40).table
    exact = theory.tails.expected_lost_mass([1, 5, 10], 20_000, law)
    assert table.loc[[1, 5, 10], "real test"].tolist() == pytest.approx(exact.tolist(), rel=0.01)


def test_the_synthetic_test_by_brute_force():
    """Draw the text of model 3, split it, learn from one part and test on the other."""
    rng, n = np.random.default_rng(0), 2000
    tokens = datasets.moby_dick().tokens
    law, unknown = np.bincount(tokens) / len(tokens), []
    for _ in range(60):
        before = rng.multinomial(n, law)
        for _ in range(2):
            before = rng.multinomial(n, before / n)
        training, test = (rng.multinomial(n, before / n) for _ in range(2))
        unknown.append(test[training == 0].sum() / n)
    found = mistakes.evaluated_on_synthetic(n=n, generations=4, chains=60).table.loc[4, "synthetic test"]
    assert_within(unknown, found, n_se=5)


def test_deduplication_keeps_words_and_loses_what_they_weigh_or_loses_both():
    table = mistakes.deduplicated().table
    none, same, short = (table.loc[way] for way in table.index)
    assert same["different words"] > 2 * none["different words"]
    assert same["50 commonest"] < 0.05 < 0.4 < none["50 commonest"]
    assert short["rare words left"] < none["rare words left"] / 5


def test_a_deduplicated_text_loses_37_per_cent_in_each_generation():
    """k different words, k draws: each is missed with probability (1 - 1/k)^k, about 1/e."""
    counts = np.unique(datasets.moby_dick().tokens[:20_000], return_counts=True)[1]
    table = mistakes.deduplicated(generations=1, chains=40).table
    assert table.loc["as long as the rest", "different words"] == pytest.approx(
        len(counts) * (1 - np.exp(-1)), rel=0.01
    )


def test_one_seed_is_often_wrong():
    wrong = mistakes.one_seed().table["wrong"]
    assert wrong.is_monotonic_decreasing
    chains = [
        ensemble.gaussian(regimes.mix(share), n=100, generations=20, chains=20_000, seed=9)["squared_w2"][-1]
        for share in (0.05, 0.1)
    ]
    assert np.median(chains[0]) > 1.3 * np.median(chains[1])  # the worse one is worse
    rng = np.random.default_rng(1)
    pairs = chains[0] < rng.permutation(chains[1])
    assert abs(pairs.mean() - wrong[1]) < 4 * 0.5 / np.sqrt(20_000)


def test_the_average_user_by_simulation():
    rng, spread = np.random.default_rng(2), 1.5
    cost = 0.0125 * rng.lognormal(np.log(20) - spread**2 / 2, spread, size=1_000_000)
    row = mistakes.average_user().table.loc[0]
    assert_within(cost, row["mean cost"])
    assert_within(cost > 1.5, row["users at a loss"])
    assert cost[cost > 1.5].sum() / cost.sum() == pytest.approx(row["their share of costs"], rel=0.02)
    assert row["mean cost"] < 1.5 / 5


def test_the_tail_is_worth_more_and_the_deepest_tail_nothing():
    everywhere, near, deep = mistakes.more_of_the_same().table["worth"]
    assert near > 5 * everywhere > 50 * deep


def test_bad_input_gets_one_line():
    with pytest.raises(ValueError, match=r"price must be a number in \(0, inf\]; got -1"):
        mistakes.average_user(price=-1)
