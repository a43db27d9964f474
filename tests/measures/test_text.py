"""Measures of generated text: what metrics give, the right training set, and a minority that is not made up."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu import measures, metrics, run
from collapse_edu.datasets import mingle, moby_dick, state_of_the_union
from collapse_edu.loop.source import FiniteData
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram


def generation(synthetic=None, training=None):
    return SimpleNamespace(synthetic=synthetic, training=training)


def test_they_are_what_the_metrics_give(rng):
    rows, real = rng.integers(0, 5, (2, 8, 10))
    assert measures.Distinct(3)(generation(rows), None) == metrics.distinct_n(rows, 3)
    assert measures.Repetition(2)(generation(rows), None) == metrics.repetition(rows, 2)
    source = SimpleNamespace(real=real)
    assert measures.vocabulary_survival(generation(rows), source) == metrics.vocabulary_survival(real, rows)


def test_the_numbers_by_hand():
    rows = generation(np.array([[0, 1, 2, 3, 0, 1, 2, 3]]))
    assert measures.Repetition()(rows, None) == 1 / 5  # of five 4-grams the last repeats the first
    assert measures.Distinct()(rows, None) == 4 / 7  # seven pairs: 01, 12, 23, 30, and three of them again


def test_held_out_perplexity_is_that_of_a_smoothed_model_of_the_training_set(rng):
    training, synthetic, held_out = rng.integers(0, 6, (3, 20, 12))
    measure = measures.HeldOutPerplexity(held_out, n_types=6, order=2)
    expected = metrics.perplexity(KneserNey(order=2, n_types=6).fit(training).log_probabilities(held_out))
    assert measure(generation(synthetic, training), None) == expected


def test_perplexity_of_synthetic_text_under_the_first_model(rng):
    real, synthetic = rng.integers(0, 6, (2, 20, 12))
    measure = measures.SelfPerplexity(real, n_types=6, order=2)
    expected = metrics.perplexity(KneserNey(order=2, n_types=6).fit(real).log_probabilities(synthetic))
    assert measure(generation(synthetic, synthetic), None) == expected


def test_measures_travel_to_other_processes(rng):
    real, synthetic = rng.integers(0, 6, (2, 20, 12))
    one, source = generation(synthetic, real), SimpleNamespace(real=real)
    share = measures.MinorityShare(real, np.arange(20) < 5)
    each = (
        measures.Distinct(2),
        measures.Repetition(2),
        measures.vocabulary_survival,
        measures.HeldOutPerplexity(real, 6),
        measures.SelfPerplexity(real, 6),
        share.passages,
        share.tokens,
    )
    for measure in each:
        assert pickle.loads(pickle.dumps(measure))(one, source) == measure(one, source)


# ---------------------------------------------------------------- a minority source


@pytest.fixture(scope="module")
def both():
    return mingle(moby_dick(), state_of_the_union(), share=0.1)


@pytest.fixture(scope="module")
def share(both):
    return measures.MinorityShare(both.real, both.origin == 1, both.n_types)


def test_the_classifier_tells_the_sources_apart(share, both):
    assert share.accuracy_ > 0.97
    assert share.real_share_ == pytest.approx(0.1, abs=0.001)
    assert share.of_passages(both.held_out) == pytest.approx(both.held_out_origin.mean(), abs=0.02)
    assert share.of_tokens(both.real) == pytest.approx(share.real_share_, abs=1e-12)


def test_accuracy_is_that_on_passages_which_the_classifier_did_not_learn():
    # In every other passage the two sources have exchanged their words: what is learned there is wrong here.
    rows, minority = [[0, 0], [1, 1], [1, 1], [0, 0]] * 5, np.array([True, True, False, False] * 5)
    assert measures.MinorityShare(rows, minority).accuracy_ == 0.0
    same = [[0, 0], [0, 0], [1, 1], [1, 1]] * 5
    assert measures.MinorityShare(same, minority).accuracy_ == 1.0


def test_the_share_of_tokens_has_no_direction_and_passages_lose_their_origin_at_once(share, both):
    shares = {"tokens": share.tokens, "passages": share.passages}
    history = run(NGram(3, both.n_types), FiniteData(both.real), generations=2, chains=6, measures=shares)
    assert abs(history["tokens"][0].mean() - share.real_share_) < 0.01
    assert history["passages"][0].max() < share.real_share_ / 2


def test_under_drift_the_expected_share_of_tokens_stands_still(rng):
    rows = rng.integers(0, 5, (20, 6))
    share, tokens = measures.MinorityShare(rows, np.arange(20) < 4), rows.ravel()
    found = []
    for _ in range(2000):
        sample = rng.choice(rng.choice(tokens, 120), (1, 120))  # two resamplings
        found.append(share.of_tokens(sample))
    assert_within(found, 0.2, resolves=0.05)


def test_types_that_no_real_passage_holds_are_left_out():
    share = measures.MinorityShare([[0, 1], [0, 2]], np.array([False, True]), n_types=9)
    assert share.of_tokens([[0, 8], [2, 2]]) == pytest.approx((0.5 + 1 + 1) / 3)
    with pytest.raises(
        ValueError, match=r"^rows must contain types of the real passages; got 2 tokens, none of such a ty"
    ):
        share.of_tokens([[8, 7]])


@pytest.mark.parametrize("minority", [[True, True], [False, False], [True], [0, 1]])
def test_a_minority_must_be_one(minority):
    with pytest.raises(ValueError, match=r"^minority must be 2 times True or False, and both of them must occur$"):
        measures.MinorityShare([[0, 1], [0, 2]], minority)


def test_usual_measures_of_a_text_model():
    history = run(NGram(2), FiniteData([[0, 1, 2, 3], [3, 1, 0, 0]]), generations=2)
    assert set(history.measures) == {"types_alive", "distinct_2"}
