"""The n-gram model: its law by brute force, what temperature and truncation do, and what it can never write."""

import tracemalloc
from collections import Counter, defaultdict

import numpy as np
import pytest
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chisquare
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from collapse_edu import Categorical, datasets, replace, run
from collapse_edu.loop.source import FiniteData
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram
from collapse_edu.models.ngram import _cells, _in_order

START = -1


def padded(row, order):
    return [START] * (order - 1) + list(row)


def by_hand(X, order, weights=None):
    """Return {context: {token: weight}}, counted token by token."""
    counts = defaultdict(Counter)
    for row, weight in zip(X, np.ones(len(X)) if weights is None else weights, strict=True):
        row = padded(row, order)
        for i in range(order - 1, len(row)):
            counts[tuple(row[i - order + 1 : i])][row[i]] += weight
    return {context: +tokens for context, tokens in counts.items() if +tokens}


def conditional(law, context, order):
    """Return {token: probability} after a context; one that was never continued begins anew."""
    start = (START,) * (order - 1)
    tokens = law.get(context, law[start])
    return {token: weight / sum(tokens.values()) for token, weight in tokens.items()}


def probability_of(row, law, order):
    """Return the probability of a row, token by token."""
    context, p = (START,) * (order - 1), 1.0
    for token in row:
        if context not in law:
            context = (START,) * (order - 1)
        p *= conditional(law, context, order).get(token, 0.0)
        context = (*context, token)[1:] if order > 1 else ()
    return p


def all_rows(n_types, length):
    return np.indices((n_types,) * length).reshape(length, -1).T


# ---------------------------------------------------------------- the law


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_probabilities_of_all_rows_by_hand(order, rng):
    X = rng.integers(0, 3, (4, 4))
    model, law = NGram(order, 3).fit(X), by_hand(X, order)
    rows = all_rows(3, 4)
    found = np.exp(model.score_samples(rows))
    np.testing.assert_allclose(found, [probability_of(row, law, order) for row in rows.tolist()], atol=1e-14)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("settings", [{}, {"temperature": 0.7}, {"top_k": 2}, {"top_p": 0.6}, {"weights": True}])
def test_samples_follow_the_law(order, settings, rng):
    X = rng.integers(0, 3, (6, 4))
    weights = rng.random(6) if settings.pop("weights", False) else None
    model = NGram(order, **settings).fit(X, sample_weight=weights)
    rows = all_rows(3, 4)
    expected = np.exp(model.score_samples(rows)) * 40_000
    drawn = Counter(map(bytes, model.sample(40_000, rng).astype(np.int8)))
    observed = np.array([drawn[bytes(row)] for row in rows.astype(np.int8)])
    assert observed.sum() == 40_000
    assert not observed[expected == 0].any()
    rare = expected < 5
    observed = np.append(observed[~rare], observed[rare].sum())
    expected = np.append(expected[~rare], expected[rare].sum())
    assert len(expected) < 3 or chisquare(observed[expected > 0], expected[expected > 0]).pvalue > 1e-4


def test_what_follows_the_first_two_words_on_a_real_text(rng):
    X = datasets.moby_dick(marks=True).passages(held_out=0).real
    firsts = NGram().fit(X).sample(80_000, rng)[:, :3]  # further on, a passage may have begun anew
    pairs, counts = np.unique(firsts[:, :2], axis=0, return_counts=True)
    for one, two in pairs[np.argsort(-counts)[:5]]:
        expected = np.bincount(X[:, 2:][(X[:, :-2] == one) & (X[:, 1:-1] == two)])
        drawn = firsts[(firsts[:, 0] == one) & (firsts[:, 1] == two), 2]
        observed = np.bincount(drawn, minlength=len(expected))
        assert not observed[expected == 0].any()
        expected = expected / expected.sum() * len(drawn)
        often = expected >= 5
        observed = np.append(observed[often], observed[~often].sum())
        expected = np.append(expected[often], expected[~often].sum())
        assert len(expected) > 2
        assert chisquare(observed, expected).pvalue > 1e-4


def test_order_one_is_a_bag_of_words(rng):
    X = rng.integers(0, 8, (50, 6)) ** 2
    model, bag = NGram(order=1).fit(X), Categorical().fit(X.reshape(-1, 1))
    tokens = np.arange(50)[:, None]
    np.testing.assert_allclose(model.score_samples(tokens), bag.score_samples(tokens))
    rows = model.sample(20_000, rng)
    assert rows.shape == (20_000, 6)
    alive = bag.probabilities_ > 0
    for position in (0, 5):
        observed = np.bincount(rows[:, position], minlength=50)
        assert chisquare(observed[alive], 20_000 * bag.probabilities_[alive]).pvalue > 1e-4
    both = np.bincount(rows[:, 2] * 50 + rows[:, 3], minlength=2500)
    expected = np.outer(bag.probabilities_, bag.probabilities_).ravel()
    assert chisquare(both[expected > 0], 20_000 * expected[expected > 0]).pvalue > 1e-4


def test_weights_are_repetitions(rng):
    X, weights = rng.integers(0, 4, (12, 5)), rng.integers(0, 4, 12)
    rows = rng.integers(0, 4, (500, 5))
    weighted = NGram(3, 4).fit(X, sample_weight=weights).score_samples(rows)
    np.testing.assert_allclose(weighted, NGram(3, 4).fit(np.repeat(X, weights, axis=0)).score_samples(rows))
    halved = NGram(3, 4).fit(X, sample_weight=weights / 2).score_samples(rows)
    np.testing.assert_allclose(halved, weighted)
    alone = NGram(2).fit([[0, 1], [2, 3]], sample_weight=[0, 0.5])
    np.testing.assert_array_equal(alone.sample(20, rng), np.tile([2, 3], (20, 1)))


@settings(max_examples=60, deadline=None)
@given(
    X=arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=st.integers(0, 4)),
    order=st.integers(1, 5),
    seed=st.integers(0, 2**32),
)
def test_only_what_was_seen_is_written(X, order, seed):
    law = by_hand(X, order)
    rows = NGram(order).fit(X).sample(30, np.random.default_rng(seed))
    assert rows.shape == (30, X.shape[1])
    for row in rows.tolist():
        assert probability_of(row, law, order) > 0
        context = (START,) * (order - 1)
        for token in row:  # each n-gram is one of the training set, unless its context only ended rows
            assert context not in law or token in law[context]
            context = (*(context if context in law else (START,) * (order - 1)), token)[1:] if order > 1 else ()


@pytest.mark.parametrize("order", [1, 2, 3])
def test_long_rows_are_scored_too(order, rng):
    X = rng.integers(0, 3, (6, 4))
    law, row = by_hand(X, order), NGram(order).fit(np.tile(X, 1)).sample(1, rng)[0]
    longer = [*row.tolist(), 0, 1, 2, 0]
    expected = probability_of(longer, law, order)
    assert np.exp(NGram(order).fit(X).score_samples([longer]))[0] == pytest.approx(expected)


def test_after_the_first_impossible_token_nothing_is_possible():
    logs = NGram(2).fit([[0, 1, 0, 1]]).log_probabilities([[0, 1, 1, 0], [0, 7, 0, 1], [-1, 0, 1, 0]])
    np.testing.assert_array_equal(logs, [[0, 0, -np.inf, -np.inf], [0, *[-np.inf] * 3], [-np.inf] * 4])


def test_a_high_order_and_a_large_vocabulary_do_not_overflow(rng):
    X = rng.integers(0, 2, (5, 9)) * 999_999
    small, large = NGram(7).fit(X // 999_999), NGram(7).fit(X)
    rows = rng.integers(0, 2, (200, 9))
    np.testing.assert_array_equal(small.score_samples(rows), large.score_samples(rows * 999_999))
    assert small.n_contexts_ == large.n_contexts_


# ---------------------------------------------------------------- temperature, top-k, top-p

# After 0 come: 1 five times, 2 three times, 3 twice.
X = np.array([[0, 1]] * 5 + [[0, 2]] * 3 + [[0, 3]] * 2)


def after_zero(**settings):
    return np.exp(NGram(2, **settings).fit(X).log_probabilities([[0, token] for token in range(4)]))[:, 1]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [0, 0.5, 0.3, 0.2]),
        ({"temperature": 0.5}, [0, 25 / 38, 9 / 38, 4 / 38]),
        ({"temperature": 1e-9}, [0, 1, 0, 0]),
        ({"temperature": 1e9}, [0, 1 / 3, 1 / 3, 1 / 3]),
        ({"top_k": 1}, [0, 1, 0, 0]),
        ({"top_k": 2}, [0, 5 / 8, 3 / 8, 0]),
        ({"top_k": 9}, [0, 0.5, 0.3, 0.2]),
        ({"top_p": 0.5}, [0, 1, 0, 0]),
        ({"top_p": 0.51}, [0, 5 / 8, 3 / 8, 0]),
        ({"top_p": 0.8}, [0, 5 / 8, 3 / 8, 0]),
        ({"top_p": 0.81}, [0, 0.5, 0.3, 0.2]),
        ({"top_p": 1e-9}, [0, 1, 0, 0]),
        ({"top_p": 1}, [0, 0.5, 0.3, 0.2]),
        ({"top_k": 2, "top_p": 0.6}, [0, 1, 0, 0]),  # 5/8 of what top_k left
        ({"temperature": 0.5, "top_p": 0.65}, [0, 1, 0, 0]),
    ],
)
def test_what_may_follow_is_bent_and_cut_by_hand(settings, expected):
    np.testing.assert_allclose(after_zero(**settings), expected, atol=1e-8)


def test_of_equals_the_smaller_id_is_kept():
    rows = [[0, 3], [0, 1], [0, 2]]
    assert set(NGram(2, top_k=2).fit(rows).sample(100, np.random.default_rng(0))[:, 1]) == {1, 2}
    assert set(NGram(2, top_p=0.5).fit(rows).sample(100, np.random.default_rng(0))[:, 1]) == {1, 2}
    assert set(NGram(2, temperature=1e-12).fit(rows).sample(100, np.random.default_rng(0))[:, 1]) == {1, 2, 3}


def blocks_of(rng, most):
    """Return the lengths of some blocks, and probabilities that sum to 1 in each: rare ones, equal ones, one alone."""
    count = rng.integers(1, most, rng.integers(1, 8))
    mass = [rng.choice([rng.random(c) ** rng.integers(9) + 1e-300, rng.integers(1, 4, c) / 1.0]) for c in count]
    return count, np.concatenate([m / m.sum() for m in mass])


@pytest.mark.parametrize("most", [4, 30, 3000])
def test_cells_have_the_probabilities_that_they_are_made_of(most, rng):
    for _ in range(100):
        count, probability = blocks_of(rng, most)
        cells = _cells(probability, count)
        other, places = cells >> 32, np.arange(len(cells))
        itself = np.where(other == places, 2**32, cells & (2**32 - 1))
        first = np.repeat(np.cumsum(count) - count, count)
        assert ((other >= first) & (other < first + np.repeat(count, count))).all()
        found = np.bincount(places, itself, len(cells)) + np.bincount(other, 2**32 - itself, len(cells))
        expected = probability * np.repeat(count, count) * 2**32
        np.testing.assert_allclose(found, expected, atol=most)


def test_a_bag_of_words_with_weights_is_drawn_by_them(rng):
    weights = rng.random(40) ** 4
    drawn = NGram(1).fit(np.arange(40)[:, None], sample_weight=weights).sample(400_000, rng)
    expected = weights / weights.sum() * 400_000
    often = expected >= 5
    assert chisquare(np.bincount(drawn[:, 0], minlength=40)[often], expected[often], sum_check=False).pvalue > 1e-4
    for token in np.argsort(weights)[-5:]:
        assert_within(drawn[:, 0] == token, expected[token] / 400_000, resolves=0.05)


def test_scores_follow_a_new_fit():
    model = NGram(2, 3).fit([[0, 1]])
    assert model.score_samples([[0, 1], [0, 2]]).tolist() == [0, -np.inf]
    assert model.fit([[0, 2]]).score_samples([[0, 1], [0, 2]]).tolist() == [-np.inf, 0]


def test_temperature_one_is_the_law_of_the_counts(rng):
    rows = rng.integers(0, 4, (60, 5))
    bent = NGram(3)
    bent.set_params(temperature=1.0, top_k=4, top_p=1.0)
    np.testing.assert_allclose(bent.fit(rows).score_samples(rows), NGram(3).fit(rows).score_samples(rows))


# ---------------------------------------------------------------- what a generation keeps


def expected_counts(X, order, n_types):
    """Return the expected count of each type in as many rows as X has, by carrying the law of the context along."""
    law = by_hand(X, order)
    start = (START,) * (order - 1)
    now, counts = {start: 1.0}, np.zeros(n_types)
    for _ in range(X.shape[1]):
        then = Counter()
        for context, weight in now.items():
            context = context if context in law else start
            for token, p in conditional(law, context, order).items():
                counts[token] += weight * p
                then[(*context, token)[1:] if order > 1 else ()] += weight * p
        now = then
    return counts * len(X)


def test_a_bag_of_words_keeps_the_expected_count_of_each_type(rng):
    X = rng.integers(0, 5, (20, 8)) ** 2
    np.testing.assert_allclose(expected_counts(X, 1, 17), np.bincount(X.ravel(), minlength=17))


@pytest.mark.parametrize("order", [2, 3])
def test_longer_contexts_keep_expected_counts_only_nearly(order, rng):
    # Rows have an end, and the model does not know where: what stands at the start of a row comes too often.
    X = datasets.state_of_the_union().passages(length=16, held_out=0).real[:120]
    n_types = int(X.max()) + 1
    counts, expected = np.bincount(X.ravel(), minlength=n_types), expected_counts(X, order, n_types)
    assert expected.sum() == pytest.approx(counts.sum())
    model = NGram(order).fit(X)
    drawn = np.array([np.bincount(model.sample(120, rng).ravel(), minlength=n_types) for _ in range(400)])
    common = np.argsort(-counts)[:20]
    for token in common:
        assert_within(drawn[:, token], expected[token])
    assert 1e-3 < np.abs(expected[common] / counts[common] - 1).max() < 0.3
    starts = np.setdiff1d(X[:, 0], X[:, 1:])
    assert len(starts) > 5
    assert (expected[starts] > counts[starts] * (1 - 1e-12)).all()
    assert expected[starts].sum() > 1.01 * counts[starts].sum()


def test_lost_types_never_come_back():
    X = datasets.state_of_the_union().passages(length=32, held_out=0).real[:200]
    fresh = {"fresh": lambda generation, source: np.setdiff1d(generation.synthetic, generation.training).size}
    assert run(NGram(3), FiniteData(X), replace, generations=10, chains=2, measures=fresh)["fresh"].max() == 0


# ---------------------------------------------------------------- the contract


def test_contract_of_a_model(rng):
    model = NGram(2, 9, temperature=0.5, top_k=3, top_p=0.9)
    assert clone(model).get_params() == {"order": 2, "n_types": 9, "temperature": 0.5, "top_k": 3, "top_p": 0.9}
    assert model.fit([[0, 1]]) is model
    assert not hasattr(clone(model), "n_contexts_")
    rows = model.sample(3, rng)
    assert rows.dtype == np.int32
    assert rows.flags.c_contiguous
    assert model.sample(0, rng).shape == (0, 2)
    assert NGram().fit([[5, 5, 5]]).n_contexts_ == 3


def test_one_seed_one_sample():
    model = NGram().fit(np.arange(40).reshape(4, 10) % 7)
    one, two, other = (model.sample(9000, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()
    assert len(np.unique(one[:4000], axis=0)) == len(np.unique(one[8000:], axis=0))


@pytest.mark.parametrize("largest", [3, 2**61])
def test_equal_contexts_stay_in_the_order_of_the_text(largest, rng):
    """On every processor: the fastest argsort does not promise it, and texts would differ between machines."""
    contexts = rng.integers(0, 4, size=(300, 65)) * (largest // 3)
    expected = np.argsort(contexts, axis=None, kind="stable")
    changes = np.diff(contexts.ravel()[expected]) > 0
    place, begins = _in_order(contexts)
    assert np.array_equal(place, expected)
    assert np.array_equal(begins, [True, *changes])


def test_training_rows_are_left_as_they_are(rng):
    rows = rng.integers(0, 4, (5, 6))
    kept = rows.copy()
    for given_rows in (rows, np.asfortranarray(rows), rows.astype(np.uint8), rows.tolist()):
        model = NGram(3).fit(given_rows)
        np.testing.assert_array_equal(rows, kept)
        np.testing.assert_array_equal(
            model.sample(50, np.random.default_rng(0)), NGram(3).fit(kept).sample(50, np.random.default_rng(0))
        )


def test_nothing_before_the_fit(rng):
    for use in (lambda: NGram().sample(1, rng), lambda: NGram().score_samples([[0]])):
        with pytest.raises(NotFittedError):
            use()


@pytest.mark.parametrize(
    ("settings", "rows", "weights", "error", "words"),
    [
        ({"order": 0}, [[0]], None, ValueError, "order must be an integer of at least 1; got 0"),
        ({"order": 2.0}, [[0]], None, TypeError, "order must be an integer of at least 1; got 2.0"),
        ({"temperature": 0}, [[0]], None, ValueError, "temperature must be a number in (0, inf]; got 0"),
        ({"top_k": 0}, [[0]], None, ValueError, "top_k must be an integer of at least 1; got 0"),
        ({"top_p": 0}, [[0]], None, ValueError, "top_p must be a number in (0, 1]; got 0"),
        ({"top_p": 1.5}, [[0]], None, ValueError, "top_p must be a number in (0, 1]; got 1.5"),
        ({"n_types": 0}, [[0]], None, ValueError, "n_types must be an integer from 1 to 2147483647; got 0"),
        ({"n_types": 3}, [[3]], None, ValueError, "X must contain tokens from 0 to 2; got 3 to 3"),
        ({}, [[-1, 2]], None, ValueError, "X must contain tokens from 0 to 2; got -1 to 2"),
        ({}, [[0.0]], None, TypeError, "X must contain integers, the ids of tokens; got float64"),
        ({}, [0, 1], None, ValueError, "X must have shape (n, length), both at least 1; got (2,)"),
        ({}, np.empty((0, 3), int), None, ValueError, "X must have shape (n, length), both at least 1; got (0, 3)"),
        ({}, np.empty((3, 0), int), None, ValueError, "X must have shape (n, length), both at least 1; got (3, 0)"),
        ({}, [[0], [1]], [1], ValueError, "sample_weight must have shape (2,), one number for each row; got (1,)"),
        ({}, [[0], [1]], [0, 0], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
        ({}, [[0], [1]], [1, -1], ValueError, "sample_weight must be 0 or larger, with a finite sum that is not zero"),
        (
            {},
            [[0], [1]],
            [1, np.nan],
            ValueError,
            "sample_weight must be 0 or larger, with a finite sum that is not zero",
        ),
    ],
)
def test_bad_input_gets_one_line(settings, rows, weights, error, words):
    with pytest.raises(error) as caught:
        NGram(**settings).fit(rows, sample_weight=weights)
    assert str(caught.value) == words


@pytest.mark.parametrize("order", [1, 2, 6])
def test_the_largest_ids_are_written_as_they_are(rng, order):
    rows = np.array([[2**31 - 2, 1, 2**31 - 3], [0, 2**31 - 2, 5]])
    model = NGram(order).fit(rows)
    assert np.isin(model.sample(100, rng), rows).all()
    assert np.isfinite(model.score_samples(rows)).all()


@pytest.mark.parametrize("token", [2**31 - 1, 2**31, 2**62, 2**63 + 5])
@pytest.mark.parametrize("model", [NGram(2), KneserNey(2)])
def test_ids_that_do_not_fit_get_one_line(model, token):
    with pytest.raises(
        ValueError, match=rf"^X must contain tokens from 0 to 2147483646; got 1 to {min(token, 2**63 - 1)}$"
    ):
        model.fit(np.array([[token, 1]], dtype=np.uint64))
    with pytest.raises(ValueError, match=r"^n_types must be an integer from 1 to 2147483647; got 2147483648$"):
        clone(model).set_params(n_types=2**31).fit([[0]])


def test_more_places_than_can_be_counted_get_one_line():
    with pytest.raises(ValueError, match=r"^X must contain at most 2,147,483,647 tokens and ends of rows; got 2,147,5"):
        NGram().fit(np.broadcast_to(1, (2**16, 2**15)))


def test_bad_sizes_of_a_sample_get_one_line(rng):
    with pytest.raises(ValueError, match="n must be an integer of at least 0; got -1"):
        NGram().fit([[0]]).sample(-1, rng)


@pytest.mark.parametrize(("model", "most"), [(NGram, 60), (KneserNey, 90)])
def test_a_fit_takes_few_bytes_for_each_token(model, most, rng):
    """Of a text in which nearly every trigram is new: what ``collapse-edu run`` says of memory rests on it."""
    X = rng.zipf(1.3, (1500, 64)).clip(max=50_000).astype(np.int32) - 1
    tracemalloc.start()
    try:
        model(order=3).fit(X)
        assert tracemalloc.get_traced_memory()[1] < most * X.size
    finally:
        tracemalloc.stop()
