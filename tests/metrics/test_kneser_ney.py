"""Interpolated Kneser-Ney against the formula, written out with dictionaries, and as a law of probability."""

from itertools import islice

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from collapse_edu import datasets, generations, replace
from collapse_edu.metrics import KneserNey
from collapse_edu.metrics.kneser_ney import _different
from collapse_edu.models import NGram

START = -1


def n_grams(X, length):
    """Return all n-grams of one length with their counts; the start of a row is a run of START."""
    counts = {}
    for row in X:
        row = [START] * (length - 1) + list(row)
        for i in range(length - 1, len(row)):
            gram = tuple(row[i - length + 1 : i + 1])
            counts[gram] = counts.get(gram, 0) + 1
    return counts


def by_hand(X, order, n_types, discount, unseen=None):
    """Return p(context, token) as Chen and Goodman (1999) write it, from the highest order down."""
    grams = {length: n_grams(X, length) for length in range(1, order + 1)}

    def count(gram):
        if len(gram) == order:
            return grams[order].get(gram, 0)
        return sum(longer[1:] == gram for longer in grams[len(gram) + 1])  # types before it

    def p(context, token):
        followers = [gram[-1] for gram in grams[len(context) + 1] if gram[:-1] == context]
        total = sum(count((*context, follower)) for follower in followers)
        shorter = p(context[1:], token) if context else 1 / n_types
        if not followers:
            return shorter
        if not context and unseen is not None:
            return (1 - unseen) * count((token,)) / total + unseen * shorter
        kept = max(count((*context, token)) - discount, 0) / total
        return kept + discount * len(followers) / total * shorter

    return p


def rows_by_hand(X, Y, order, n_types, discount, unseen=None):
    p = by_hand(X, order, n_types, discount, unseen)
    padded = [[START] * (order - 1) + list(row) for row in Y]
    return [
        [p(tuple(row[i : i + order - 1]), row[i + order - 1]) for i in range(len(row) - order + 1)] for row in padded
    ]


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("discount", "unseen"), [(0.75, None), (0.1, 0), (0.5, 0.2), (1, None), (0, 0.01)])
def test_against_the_formula(order, discount, unseen, rng):
    X, Y = rng.integers(0, 4, (5, 6)), rng.integers(0, 6, (8, 7))
    model = KneserNey(order, 6, discount, unseen).fit(X.tolist())
    expected = rows_by_hand(X.tolist(), Y.tolist(), order, 6, discount, unseen)
    np.testing.assert_allclose(np.exp(model.log_probabilities(Y)), expected, rtol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("unseen", [None, 0, 0.1, 1])
def test_probabilities_after_each_context_sum_to_one(order, unseen, rng):
    X, n_types = rng.integers(0, 5, (6, 8)), 9
    model = KneserNey(order, n_types, unseen=unseen).fit(X)
    contexts = np.concatenate([X[:, : order - 1], rng.integers(0, n_types, (60, order - 1))])
    after = [np.column_stack([contexts, np.full(len(contexts), token)]) for token in range(n_types)]
    total = sum(np.exp(model.log_probabilities(rows.astype(int))[:, -1]) for rows in after)
    np.testing.assert_allclose(total, 1)


def test_probabilities_sum_to_one_on_a_real_text(rng):
    passages = datasets.moby_dick(marks=True).passages()
    model = KneserNey(3, passages.n_types).fit(passages.real)
    contexts = np.concatenate([passages.held_out[:6, 30:32], rng.integers(0, passages.n_types, (4, 2))])
    for context in contexts:
        rows = np.column_stack([np.tile(context, (passages.n_types, 1)), np.arange(passages.n_types)])
        assert np.exp(model.log_probabilities(rows)[:, 2]).sum() == pytest.approx(1)


def test_a_type_that_never_came_has_a_probability_unless_forbidden():
    X, Y = [[0, 1, 0, 1]], [[2, 0, 1], [0, 2, 1]]
    assert np.isfinite(KneserNey(3, 3).fit(X).log_probabilities(Y)).all()
    without = KneserNey(3, 3, unseen=0).fit(X).log_probabilities(Y)
    np.testing.assert_array_equal(np.isneginf(without), np.array(Y) == 2)


def test_the_usual_weight_of_the_unseen_follows_from_the_discount():
    # Bigrams (start, 0), (0, 1), (1, 0), (1, 2): types before 0 are two, before 1 and 2 one each, four in all.
    model = KneserNey(2, 100, discount=0.75).fit([[0, 1, 0, 1, 2]])
    unseen = np.exp(model.log_probabilities([[50]]))[0, 0] / (0.75 * 1 / 1)  # the rest after the start of a row
    assert unseen == pytest.approx(0.75 * 3 / 4 / 100)


def test_more_context_helps_on_a_real_text_and_shuffling_hurts(rng):
    passages = datasets.moby_dick(marks=True).passages()
    nats = [
        -KneserNey(order, passages.n_types).fit(passages.real).log_probabilities(passages.held_out).mean()
        for order in (1, 2, 3)
    ]
    assert nats[0] > nats[1] > nats[2]
    shuffled = rng.permuted(passages.held_out, axis=1)
    model = KneserNey(3, passages.n_types).fit(passages.real)
    assert -model.log_probabilities(shuffled).mean() > nats[0]


def test_it_gives_a_chance_to_what_an_unsmoothed_model_cannot_write():
    passages = datasets.moby_dick(marks=True).passages()
    assert np.isneginf(NGram(3).fit(passages.real).score_samples(passages.held_out)).mean() > 0.99
    assert np.isfinite(KneserNey(3, passages.n_types).fit(passages.real).score_samples(passages.held_out)).all()


def test_held_out_perplexity_rises_and_in_the_end_faster_at_a_low_temperature(rng):
    passages = datasets.state_of_the_union(marks=True).passages(length=32)
    source, n = passages.source.open(rng), len(passages.real)
    nats = {}
    for temperature in (1.0, 0.8):
        chain = generations(NGram(3, temperature=temperature), source, replace, rng, n)
        fitted = [KneserNey(3, passages.n_types).fit(generation.training) for generation in islice(chain, 5)]
        nats[temperature] = np.array([-model.log_probabilities(passages.held_out).mean() for model in fitted])
        assert (np.diff(nats[temperature]) > 0).all()
    assert nats[0.8][-1] > nats[1.0][-1] + 0.1


def test_a_large_vocabulary_does_not_overflow(rng):
    X = rng.integers(0, 3, (5, 9))
    Y = rng.integers(0, 3, (4, 9))
    shift = 999_997
    small, large = (KneserNey(6, 10**6).fit(rows).log_probabilities for rows in (X, X + shift))
    np.testing.assert_allclose(small(Y), large(Y + shift), rtol=1e-12)


def test_contract():
    model = KneserNey(2, 9, discount=0.5, unseen=0.1)
    assert clone(model).get_params() == {"order": 2, "n_types": 9, "discount": 0.5, "unseen": 0.1}
    assert model.fit([[0, 1]]) is model
    rows = [[0, 1, 3], [1, 1, 1]]
    np.testing.assert_allclose(model.score_samples(rows), model.log_probabilities(rows).sum(axis=1))
    assert not hasattr(model, "sample")
    with pytest.raises(NotFittedError):
        KneserNey().score_samples([[0]])


@pytest.mark.parametrize(
    ("settings", "rows", "error", "words"),
    [
        ({"order": 0}, [[0]], ValueError, "order must be an integer of at least 1; got 0"),
        ({"discount": 1.5}, [[0]], ValueError, "discount must be a number in [0, 1]; got 1.5"),
        ({"unseen": -1}, [[0]], ValueError, "unseen must be a number in [0, 1]; got -1"),
        ({"n_types": 3}, [[3]], ValueError, "X must contain tokens from 0 to 2; got 3 to 3"),
        ({}, [[0.5]], TypeError, "X must contain integers, the ids of tokens; got float64"),
        ({}, [], ValueError, "X must have shape (n, length), both at least 1; got (0,)"),
    ],
)
def test_bad_input_gets_one_line(settings, rows, error, words):
    with pytest.raises(error) as caught:
        KneserNey(**settings).fit(rows)
    assert str(caught.value) == words


def test_scoring_what_is_outside_of_the_vocabulary_gets_one_line():
    with pytest.raises(ValueError, match="X must contain tokens from 0 to 2; got 1 to 5") as caught:
        KneserNey(n_types=3).fit([[0, 1]]).score_samples([[1, 5]])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("largest", [5, 2**40, 2**62])
def test_one_sort_finds_what_unique_finds(largest, rng):
    numbers = rng.integers(0, 6, (30, 7)) * (largest // 5)
    keys, where, ids, counts = np.unique(numbers, return_index=True, return_inverse=True, return_counts=True)
    for found, expected in zip(_different(numbers), (keys, where, ids.reshape(30, 7), counts), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_probabilities_are_those_of_nltk():
    """Recorded from nltk 3.10.4, KneserNeyInterpolated(3, discount=0.75), fitted to the same n-grams."""
    rng = np.random.default_rng(0)
    X, held_out = rng.integers(0, 5, size=(12, 8)), rng.integers(0, 5, size=(2, 6))
    model = KneserNey(3, 5, discount=0.75, unseen=0).fit(X)
    recorded = [
        [0.1666666667, 0.125, 0.0416666667, 0.2045454545, 0.244047619, 0.2125],
        [0.25, 0.1363636364, 0.4147727273, 0.2232142857, 0.2474489796, 0.1666666667],
    ]
    np.testing.assert_allclose(np.exp(model.log_probabilities(held_out)), recorded, rtol=1e-8)
