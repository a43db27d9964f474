"""Published bounds: exact and simulated values lie within them, and they are those of the papers."""

import numpy as np
import pytest
from evidence import gaussian_chains
from scipy.stats import binom

from collapse_edu.theory import bounds, drift, fixation, gaussian, tails


@pytest.mark.parametrize(("count", "total"), [(1, 1000), (10, 1000), (1, 100), (5, 100), (20, 100)])
def test_exact_survival_lies_within_the_bounds(count, total):
    t, n, p = np.array([1, 2, 5, 10, 50]), total, count / total
    exact = drift.probability_alive(count, t, n, total)
    low, high = bounds.survival_bounds(t, n, p)
    assert np.all(low <= exact + 1e-12)
    assert np.all(exact <= high)


def test_the_bounds_of_a_rare_type_are_narrow():
    # A word in a thousand, ten thousand draws: the paper's own example.
    low, high = bounds.survival_bounds(10, 10_000, 0.001)
    assert high - low < 0.02
    exact = drift.probability_alive(10, 10, 10_000)
    assert low < exact < high


def test_simulated_types_lie_within_the_bounds(rng):
    p, n = tails.zipf_law(1000, 1), 1000
    counts, t = rng.multinomial(n, np.tile(p, (400, 1))), np.arange(1, 11)
    alive = []
    for _ in t:
        alive.append((counts > 0).sum(axis=1))
        counts = rng.multinomial(n, counts / n)
    low, high = bounds.types_bounds(t, n, p)
    mean, noise = np.mean(alive, axis=1), 4 * np.std(alive, axis=1) / 20
    assert np.all(low <= mean + noise)
    assert np.all(mean - noise <= high)
    assert np.all(low > 0.97 * mean)  # it is close
    np.testing.assert_allclose(low, (1 - np.exp(-n * np.outer(drift.survival_rate(t), p))).sum(axis=1))


@pytest.mark.parametrize(("n", "p"), [(2, 0.5), (10, 0.1), (10, 0.5), (100, 0.1), (100, 0.01)])
def test_exact_coexistence_lies_within_the_bounds(n, p):
    law, t = binom.pmf(np.arange(n + 1), n, p), np.array([1, 2, 10, 100, 400])
    step = fixation.transition_matrix(n)
    exact = [(law @ np.linalg.matrix_power(step, each - 1))[1:-1].sum() for each in t]
    low, high = bounds.coexistence_bounds(t, n, p)
    assert np.all(low <= np.array(exact) + 1e-12)
    assert np.all(np.array(exact) <= high + 1e-12)
    if n == 2:  # both are reached
        np.testing.assert_allclose(low, exact)
        np.testing.assert_allclose(high, exact)


@pytest.mark.parametrize("n", [5, 15])
def test_simulated_spread_lies_below_the_bound(rng, n):
    chains, last = gaussian_chains(rng, n=n, chains=1500), 10 * n
    for t, (_, variance) in zip(range(1, last + 1), chains, strict=False):
        if t in (1, n, 5 * n, last):
            for epsilon in (0.5, 0.1):
                share = np.mean(variance[:, 0] > epsilon**2)
                exact_mean = gaussian.expected_standard_deviation(t, n) / epsilon
                assert share <= min(exact_mean, 1) + 4 * 0.5 / np.sqrt(1500)
                assert min(exact_mean, 1) <= bounds.spread_bound(t, n, epsilon)


def test_values_by_hand():
    assert bounds.spread_bound(1000, 30, 0.1) == pytest.approx(10 * np.exp(-1000 / 119))
    assert bounds.coexistence_bounds(100, 100, 0.1) == pytest.approx((0.36 * 0.99**100, 1))
    # g_2 = 1 - 1/e
    low, high = bounds.survival_bounds(2, 1000, 0.001)
    lost = np.exp(-(1 - np.exp(-1)))
    assert (low, high) == pytest.approx((1 - lost, 1 - (1 - 0.003 - 0.006) * lost))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bounds.survival_bounds(1, 10, 1.5), "p must contain numbers in"),
        (lambda: bounds.survival_bounds(0, 10, 0.5), "t must contain whole numbers of at least 1"),
        (lambda: bounds.types_bounds(1, 10, [0.5, 0.6]), "p must sum to 1"),
        (lambda: bounds.coexistence_bounds(1, 1, 0.5), "n must contain whole numbers of at least 2"),
        (lambda: bounds.spread_bound(1, 10, 0), r"epsilon must contain numbers in \(0, inf\)"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=words):
        call()
