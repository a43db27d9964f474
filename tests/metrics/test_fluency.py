"""Text in numbers: against dictionaries, hand calculation, known laws."""

import numpy as np
import pytest
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collapse_edu.metrics import distinct_n, perplexity, repetition, vocabulary_survival, zipf_exponent

steady = settings(derandomize=True, database=None, deadline=None, max_examples=80)
passages = st.tuples(st.integers(1, 6), st.integers(4, 12)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 3))
)


def grams(row, n):
    return [tuple(row[start : start + n]) for start in range(len(row) - n + 1)]


@steady
@given(passages, st.integers(1, 4))
def test_n_grams_are_what_a_dictionary_counts(rows, n):
    each = [grams(row, n) for row in rows]
    everything = [gram for row in each for gram in row]
    assert distinct_n(rows, n) == pytest.approx(len(set(everything)) / len(everything))
    assert repetition(rows, n) == pytest.approx(np.mean([1 - len(set(row)) / len(row) for row in each]), abs=1e-12)


@steady
@given(passages, st.integers(1, 4))
def test_large_numbers_of_types_do_not_run_over(rows, n):
    # Four types of up to 2^40: a plain product of them does not fit into 64 bits.
    names = np.array([0, 2**20 + 1, 2**40 - 1, 2**33 + 7])
    assert distinct_n(names[rows], n) == distinct_n(rows, n)
    assert repetition(names[rows], n) == repetition(rows, n)


def test_small_integers_do_not_run_over():
    rows = np.array([[200, 1, 200, 2, 255, 0]], dtype=np.uint8)
    assert distinct_n(rows, 2) == 1
    assert repetition(rows, 1) == pytest.approx(1 / 6)


def test_one_n_gram_in_a_passage_repeats_nothing():
    assert repetition([[1, 1, 1, 1]], 4) == 0
    assert distinct_n([[1, 1, 1], [1, 1, 1]], 3) == 1 / 2


def test_perplexity():
    assert perplexity(np.log(np.full((3, 4), 1 / 50))) == pytest.approx(50)
    assert perplexity([0.0, 0.0]) == 1
    assert perplexity([-1.0, -np.inf]) == np.inf
    assert perplexity(np.log([[0.5], [0.125]])) == pytest.approx(4)


def test_vocabulary_survival():
    assert vocabulary_survival([[0, 1], [1, 5]], [[5, 5]]) == pytest.approx(1 / 3)
    assert vocabulary_survival([3], [4]) == 0
    assert vocabulary_survival([10**15, 2, 10**15], [10**15, 10**18]) == 0.5  # large ids cost nothing


# ---------------------------------------------------------------- self-BLEU


# ---------------------------------------------------------------- invariance of the others


@steady
@given(passages, st.integers(1, 4), st.randoms(use_true_random=False))
def test_order_of_passages_and_names_of_types_play_no_part(rows, n, random):
    other = np.array(random.sample(range(10_000), 4))[rows][random.sample(range(len(rows)), len(rows))]
    assert distinct_n(other, n) == distinct_n(rows, n)
    assert repetition(other, n) == pytest.approx(repetition(rows, n), abs=1e-12)
    assert vocabulary_survival(other, other[::-1]) == 1
    assert distinct_n(np.concatenate([rows, rows]), n) == pytest.approx(distinct_n(rows, n) / 2)


@steady
@given(st.lists(st.floats(-20, 0), min_size=1, max_size=20), st.floats(-3, 0), st.integers(1, 4))
def test_perplexity_knows_no_order_and_scales_with_the_unit(values, shift, times):
    base = perplexity(values)
    assert base >= 1
    assert perplexity(values[::-1] * times) == pytest.approx(base)
    assert perplexity(np.add(values, shift)) == pytest.approx(base * np.exp(-shift))


# ---------------------------------------------------------------- Zipf


def test_the_exponent_is_the_most_likely_one(rng):
    counts = np.sort(rng.multinomial(5000, np.arange(1, 101) ** -1.3 / (np.arange(1, 101) ** -1.3).sum()))[::-1]
    counts = counts[counts > 0]
    log_ranks = np.log(np.arange(1, len(counts) + 1))

    def log_likelihood(s):
        return -s * counts @ log_ranks - counts.sum() * np.log(np.exp(-s * log_ranks).sum())

    best = zipf_exponent(counts)
    assert log_likelihood(best) > max(log_likelihood(best - 1e-3), log_likelihood(best + 1e-3))


def test_its_mean_and_variance_where_the_ranks_are_known(rng):
    # Ten types and so many tokens that each has its true rank: variance 1 / (n Var_p(log r)).
    ranks, s, n = np.arange(1, 11), 1.2, 200_000
    shares = ranks**-s / (ranks**-s).sum()
    variance = 1 / (n * (shares @ np.log(ranks) ** 2 - (shares @ np.log(ranks)) ** 2))
    estimates = np.array([zipf_exponent(counts) for counts in rng.multinomial(n, shares, size=4000)])
    assert_within(estimates, s, resolves=1e-3)
    assert_within((estimates - s) ** 2, variance, resolves=0.1)


@pytest.mark.parametrize("s", [0.3, 1.0, 2.5])
def test_counts_that_follow_the_law_give_it_back(s):
    assert zipf_exponent((1e12 * np.arange(1, 500) ** -s).astype(int)) == pytest.approx(s, abs=1e-6)


def test_order_and_dead_types_play_no_part(rng):
    counts = rng.integers(0, 50, 100)
    assert zipf_exponent(counts) == zipf_exponent(np.sort(counts[counts > 0]))
    assert zipf_exponent([7, 7, 7]) == 0
    assert zipf_exponent([10**6, 1]) == pytest.approx(np.log2(10**6))


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: perplexity([]),
            ValueError,
            "log_probabilities must be numbers of at most 0, and at least one of them",
        ),
        (
            lambda: perplexity([0.5]),
            ValueError,
            "log_probabilities must be numbers of at most 0, and at least one of them",
        ),
        (
            lambda: perplexity([np.nan]),
            ValueError,
            "log_probabilities must be numbers of at most 0, and at least one of them",
        ),
        (lambda: distinct_n([0, 1]), ValueError, "rows must have shape (passages, tokens); got (2,)"),
        (
            lambda: distinct_n([[0.5, 1]]),
            ValueError,
            "rows must contain integers of at least 0, and at least one of them",
        ),
        (lambda: distinct_n([[]]), ValueError, "rows must contain integers of at least 0, and at least one of them"),
        (
            lambda: repetition([[-1, 1]]),
            ValueError,
            "rows must contain integers of at least 0, and at least one of them",
        ),
        (lambda: repetition([[1, 1]], 3), ValueError, "n must be an integer from 1 to 2; got 3"),
        (lambda: distinct_n([[1, 1]], 1.0), TypeError, "n must be an integer from 1 to 2; got 1.0"),
        (
            lambda: vocabulary_survival([], [1]),
            ValueError,
            "real must contain integers of at least 0, and at least one of them",
        ),
        (lambda: zipf_exponent([5, 0]), ValueError, "counts must contain at least two types that occur; got 1"),
        (lambda: zipf_exponent([5, -1]), ValueError, "counts must be whole numbers of at least 0, one for each type"),
        (lambda: zipf_exponent([5.5, 1]), ValueError, "counts must be whole numbers of at least 0, one for each type"),
        (
            lambda: zipf_exponent([np.inf, 1]),
            ValueError,
            "counts must be whole numbers of at least 0, one for each type",
        ),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
