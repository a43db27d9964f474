"""Drift: against the whole Wright-Fisher matrix, simulated chains, and published numbers."""

import numpy as np
import pytest
from evidence import assert_within
from scipy.stats import binom

from collapse_edu.datasets import moby_dick
from collapse_edu.theory import drift


def chains(rng, counts, t, n, repeats):
    """Return the counts of all chains after t resamplings, drawn type by type."""
    counts = np.tile(counts, (repeats, 1))
    for _ in range(t):
        counts = rng.multinomial(n, counts / counts.sum(axis=1, keepdims=True))
    return counts


def whole_matrix(n, t):
    """Return P(alive) after t resamplings for counts 0 … n, by powers of the whole transition matrix."""
    states = np.arange(n + 1)
    step = binom.pmf(states, n, states[:, None] / n)
    return 1 - np.linalg.matrix_power(step, t)[:, 0]


@pytest.mark.parametrize("n", [1, 2, 7, 100, 500])
@pytest.mark.parametrize("t", [0, 1, 2, 20, 300])
def test_it_is_what_the_whole_matrix_gives(n, t):
    np.testing.assert_allclose(drift.probability_alive(np.arange(n + 1), t, n), whole_matrix(n, t), atol=2e-9)


@pytest.mark.parametrize(("n", "t"), [(1000, 3), (1200, 20)])
def test_counts_that_are_taken_to_live_on_do(n, t):
    # Far fewer counts are followed than there are, and it makes no difference.
    assert drift._followed(t, n) < n / 4
    np.testing.assert_allclose(drift.probability_alive(np.arange(n + 1), t, n), whole_matrix(n, t), atol=2e-9)


def test_more_counts_followed_change_nothing_in_a_novel(monkeypatch):
    counts, t = moby_dick().counts, np.arange(21)
    few = drift.expected_types(counts, t)
    monkeypatch.setattr(drift, "_ERROR", 1e-30)
    np.testing.assert_allclose(few, drift.expected_types(counts, t), rtol=0, atol=1e-6)


def test_chains_agree(rng):
    counts, n = np.array([1, 1, 2, 3, 5, 8, 30]), 50
    for t in (1, 2, 6, 20):
        found = chains(rng, counts, t, n, 20_000)
        assert_within((found > 0).sum(axis=1), drift.expected_types(counts, t), resolves=0.02, oracle="W6")
        assert_within(found[:, 0] > 0, drift.probability_alive(1, t, n), resolves=0.2, oracle="W6")
        assert_within(found[:, 4] > 0, drift.probability_alive(5, t, n), resolves=0.1, oracle="W6")
        differ = 1 - np.square(found / n).sum(axis=1)
        assert_within(
            differ, drift.expected_heterozygosity(1 - np.square(counts / n).sum(), t, n), resolves=0.03, oracle="W2"
        )


@pytest.mark.parametrize("n", [10, 200])
def test_chains_of_another_size_agree(rng, n):
    counts = np.array([1, 2, 4, 20, 33])
    for t in (1, 4):
        found = chains(rng, counts, t, n, 20_000)
        assert_within((found > 0).sum(axis=1), drift.expected_types(counts, t, n), resolves=0.02, oracle="W6")
        assert_within(found[:, 1] > 0, drift.probability_alive(2, t, n, total=60), resolves=0.2, oracle="W6")


def test_a_novel_agrees_with_simulated_bags_of_words(rng):
    counts = moby_dick().counts
    n = counts.sum()
    alive = []
    for _ in range(12):
        bag = counts
        for _ in range(10):
            bag = rng.multinomial(n, bag / n)
        alive.append(np.count_nonzero(bag))
    assert_within(alive, drift.expected_types(counts, 10), resolves=0.02, oracle="W6")


def test_one_resampling_is_the_law_of_heaps():
    counts = moby_dick().counts
    n = counts.sum()
    assert drift.expected_types(counts, 1) == pytest.approx((1 - (1 - counts / n) ** n).sum(), rel=1e-9)
    assert drift.expected_types(counts, 1, n=1000) == pytest.approx((1 - (1 - counts / n) ** 1000).sum(), rel=1e-9)
    assert drift.expected_types(counts, 0) == len(counts)


def test_the_last_generation_that_is_allowed_is_the_one_that_is_named():
    assert drift._followed(383, 10**6) <= drift._LARGEST
    assert drift._followed(5000, 1000) == 1001  # small sets have no such limit


def test_only_how_often_counts_before_resampling():
    assert drift.probability_alive([0, 1, 60], 0, 60).tolist() == [0, 1, 1]
    assert drift.probability_alive([0, 1, 60], 0, 7, total=60).tolist() == [0, 1, 1]
    assert drift.probability_alive(60, [0, 5, 1000], 60).tolist() == [1, 1, 1]
    assert drift.probability_alive([0, 0], 5, 60).tolist() == [0, 0]


def test_in_the_end_a_type_lives_with_the_chance_of_its_share():
    np.testing.assert_allclose(drift.probability_alive(np.arange(21), 2000, 20), np.arange(21) / 20, atol=1e-6)


# ---------------------------------------------------------------- the branching approximation


def test_poisson_survival_is_exact_for_poisson_counts(rng):
    for count, t in ((1, 1), (3, 4), (10, 12)):
        counts = np.full(40_000, count)
        for _ in range(t):
            counts = rng.poisson(counts)
        assert_within(counts > 0, drift.poisson_survival(count, t), resolves=0.06, oracle="W5")


@pytest.mark.parametrize("n", [20, 1000])
def test_poisson_survival_is_a_lower_bound(n):
    count, t = np.arange(n + 1), np.arange(1, 40)[:, None]
    exact, bound = drift.probability_alive(count, t, n), drift.poisson_survival(count, t)
    assert (bound <= exact + 2e-9).all()
    if n == 1000:
        np.testing.assert_allclose(bound, exact, atol=0.01)


def test_survival_rate():
    rates = drift.survival_rate(np.arange(1, 5000))
    assert rates[:3] == pytest.approx([1, 1 - np.exp(-1), 1 - np.exp(-(1 - np.exp(-1)))])
    k = np.arange(1, 5000)
    assert ((rates >= 1 / k) & (rates <= 3 / k)).all()
    assert rates[-1] * 4999 == pytest.approx(2, rel=0.005)


def test_forgetting_times_are_the_published_ones():
    np.testing.assert_array_equal(drift.forgetting_time([1, 2, 5, 10, 20, 50]), [2, 5, 13, 27, 56, 142])
    assert drift.forgetting_time(5, 0.05) == 3
    assert drift.forgetting_time(5, 0.95) == 193
    assert drift.forgetting_time(5000) == pytest.approx(2 * 5000 / np.log(2), rel=0.001)


def test_forgetting_time_is_the_first_time_at_which_it_is_likely(rng):
    for count, quantile in ((1, 0.5), (7, 0.5), (7, 0.9), (30, 0.1)):
        t = int(drift.forgetting_time(count, quantile))
        assert 1 - drift.poisson_survival(count, t) >= quantile
        assert t == 1 or 1 - drift.poisson_survival(count, t - 1) < quantile
    assert drift.forgetting_time(1, 0.3) == 1


def test_exact_times_in_a_novel_are_those_of_the_approximation():
    # n is so large against these counts that a fixed size of the sets plays no part.
    n = len(moby_dick().tokens)
    for count in (1, 5, 20):
        t = int(drift.forgetting_time(count))
        assert drift.probability_alive(count, t, n) <= 0.5 < drift.probability_alive(count, t - 1, n)


# ---------------------------------------------------------------- shapes and bad input


def test_arrays_broadcast():
    count, t = np.array([1, 5, 5, 20]), np.array([[0], [3], [20]])
    table = drift.probability_alive(count, t, 100)
    assert table.shape == (3, 4)
    assert table[1, 2] == drift.probability_alive(5, 3, 100)
    assert drift.expected_types(count, t).shape == (3, 1)
    assert np.ndim(drift.probability_alive(5, 3, 100)) == np.ndim(drift.expected_types(count, 3)) == 0
    assert drift.probability_alive([], 3, 100).shape == drift.expected_types(count, []).shape == (0,)
    assert drift.poisson_survival(count, t[1:]).shape == (2, 4)
    assert drift.forgetting_time(5).shape == ()
    assert drift.expected_heterozygosity(0.5, t[:, 0], [10, 20, 30]).shape == (3,)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: drift.probability_alive(-1, 1, 10),
            ValueError,
            "count must contain whole numbers of at least 0; got -1",
        ),
        (
            lambda: drift.probability_alive(0.5, 1, 10),
            TypeError,
            "count must contain whole numbers of at least 0; got 0.5",
        ),
        (lambda: drift.probability_alive(11, 1, 10), ValueError, "count must be at most the total, 10; got 11"),
        (lambda: drift.probability_alive(1, -1, 10), ValueError, "t must contain whole numbers of at least 0; got -1"),
        (lambda: drift.probability_alive(1, 1, 0), ValueError, "n must be an integer of at least 1; got 0"),
        (lambda: drift.probability_alive(1, 1, 9, 0), ValueError, "total must be an integer of at least 1; got 0"),
        (
            lambda: drift.probability_alive(1, 1000, 10**6),
            ValueError,
            "t must be at most 383 for n = 1000000; got 1000",
        ),
        (
            lambda: drift.expected_types([0, 0], 1),
            ValueError,
            "counts must be one row of counts, at least one of them above 0",
        ),
        (
            lambda: drift.expected_types([[1]], 1),
            ValueError,
            "counts must be one row of counts, at least one of them above 0",
        ),
        (lambda: drift.expected_types([1, 2], 1, n=0), ValueError, "n must be an integer of at least 1; got 0"),
        (lambda: drift.expected_heterozygosity(1.5, 1, 10), ValueError, "h0 must contain numbers in [0, 1]; got 1.5"),
        (lambda: drift.expected_heterozygosity("a", 1, 10), TypeError, "h0 must contain numbers in [0, 1]; got 'a'"),
        (lambda: drift.survival_rate(0), ValueError, "t must contain whole numbers of at least 1; got 0"),
        (lambda: drift.poisson_survival(1, 0), ValueError, "t must contain whole numbers of at least 1; got 0"),
        (lambda: drift.forgetting_time(0), ValueError, "count must contain whole numbers of at least 1; got 0"),
        (lambda: drift.forgetting_time(1, 0.0), ValueError, "quantile must be a number in (0, 1]; got 0.0"),
        (
            lambda: drift.forgetting_time(1, 1),
            ValueError,
            "quantile must be below 1: no type is forgotten for certain; got 1",
        ),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words


@pytest.mark.parametrize(("t", "n"), [(1, 20), (5, 20), (60, 20), (10, 100)])
def test_chi_square_of_a_categorical_chain(rng, t, n):
    p = np.array([0.4, 0.3, 0.2, 0.05, 0.05])
    found = chains(rng, p * n * 10, t, n, 120_000) / n
    ours = np.sum((found - p) ** 2 / p, axis=1)
    assert_within(ours, drift.expected_chi_square(t, n, 5), resolves=0.02, oracle="W10")


def test_chi_square_does_not_depend_on_the_law_and_ends_with_one_type(rng):
    p = np.full(4, 0.25)
    found = chains(rng, p * 100, 3, 10, 60_000) / 10
    assert_within(
        np.sum((found - p) ** 2 / p, axis=1), drift.expected_chi_square(3, 10, 4), resolves=0.02, oracle="W10"
    )
    assert drift.expected_chi_square(10**6, 10, 4) == 3  # Σ p_i (1/p_i - 1)
    assert drift.expected_chi_square([0, 1], 1, 4).tolist() == [0, 3]
