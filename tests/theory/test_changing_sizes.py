"""Sample sizes that change from fit to fit: against brute force, exact chains and the theory of equal sizes."""

import numpy as np
import pytest
from evidence import assert_within, squared_deviations

from collapse_edu import ensemble
from collapse_edu.theory import accumulate, changing_sizes, gaussian, pathways

SIZES = np.array([12, 30, 8, 60, 15])


def brute_force(rng, sizes, chains, ddof, bias=1.0):
    """Return mean and variance after each fit, with all samples drawn."""
    mean, variance, found = np.zeros((chains, 1)), np.ones((chains, 1)), []
    for size in sizes:
        rows = mean + np.sqrt(variance) * rng.standard_normal((chains, size))
        mean, variance = rows.mean(axis=1, keepdims=True), bias * rows.var(axis=1, ddof=ddof, keepdims=True)
        found.append((mean[:, 0], variance[:, 0] / bias))
    return found


@pytest.mark.parametrize(("ddof", "bias"), [(1, 1.0), (0, 1.0), (0, 0.8)])
def test_agrees_with_brute_force(rng, ddof, bias):
    found = brute_force(rng, SIZES, 400_000, ddof, bias)
    variance = changing_sizes.expected_variance(SIZES, ddof, bias)
    square = changing_sizes.expected_mean_square(SIZES, ddof, bias)
    for t in (1, 4):
        means, variances = found[t]
        assert_within(variances, variance[t], resolves=0.02, oracle="G11")
        assert_within(means**2, square[t], resolves=0.02, oracle="G11")
    if bias == 1:
        logs, distance = np.log(variances), means**2 + (np.sqrt(variances) - 1) ** 2
        assert_within(logs, changing_sizes.expected_log_variance(SIZES, ddof)[-1], resolves=0.02, oracle="G11")
        target = changing_sizes.variance_of_log_variance(SIZES)[-1]
        assert_within(squared_deviations(logs), target, resolves=0.02, oracle="G11")
        assert_within(distance, changing_sizes.expected_squared_w2(SIZES, ddof)[-1], resolves=0.02, oracle="G11")


@pytest.mark.parametrize("ddof", [0, 1])
def test_exact_chains_with_a_size_for_each_generation(ddof):
    history = ensemble.gaussian(
        n=SIZES[0], n_samples=lambda t: SIZES[t % 5], generations=5, chains=400_000, ddof=ddof, seed=2
    )
    target = changing_sizes.expected_squared_w2(SIZES, ddof)[-1]
    assert_within(history["squared_w2"][-1], target, resolves=0.02, oracle="G11")
    target = changing_sizes.expected_variance(SIZES, ddof)[-1]
    assert_within(history["variance"][-1], target, resolves=0.02, oracle="G11")


def test_sizes_that_grow_fast_enough_keep_the_variance():
    # n_j = 20 j²: E v = 0.92 at t = 30, and it stays positive; 20 j does not.
    history = ensemble.gaussian(n=20, n_samples=lambda t: 20 * (t + 1) ** 2, generations=30, chains=60_000, ddof=0)
    j = np.arange(1, 31)
    target = changing_sizes.expected_variance(20 * j**2, ddof=0)[-1]
    assert target == pytest.approx(0.92, abs=0.005)
    assert_within(history["variance"][-1], target, resolves=0.02, oracle="G11")
    j = np.arange(1, 200_001)
    # Euler's product: the same limit as accumulate's.
    square = changing_sizes.expected_variance(20.0 * j**2, ddof=0)
    assert square[-1] == pytest.approx(accumulate.variance_limit(20, ddof=0), rel=1e-6)
    linear = changing_sizes.expected_log_variance(20.0 * j)
    assert linear[-1] - linear[-1 - 100_000] == pytest.approx(-np.log(2) / 20, rel=1e-3)  # falls without end
    assert changing_sizes.first_order_squared_w2(20.0 * j**2)[-1] == pytest.approx(
        1.5 * pathways.growing_replace_error_limit(2) / 20, rel=1e-4
    )


@pytest.mark.parametrize("ddof", [0, 1])
def test_equal_sizes_are_the_theory_of_one_size(ddof):
    t = np.arange(1, 41)
    for n in (5, 10**6, 10**12):
        sizes = np.full(40, n)
        for name in ("expected_variance", "expected_log_variance", "expected_mean_square", "expected_squared_w2"):
            ours = getattr(changing_sizes, name)(sizes, ddof)
            np.testing.assert_allclose(ours, getattr(gaussian, name)(t, n, ddof), rtol=1e-10)
        np.testing.assert_allclose(
            changing_sizes.variance_of_log_variance(sizes), gaussian.variance_of_log_variance(t, n)
        )
        np.testing.assert_allclose(changing_sizes.first_order_squared_w2(sizes), gaussian.first_order_squared_w2(t, n))
    biased = (
        changing_sizes.expected_variance([9] * 6, ddof, 0.7),
        changing_sizes.expected_mean_square([9] * 6, ddof, 0.7),
    )
    np.testing.assert_allclose(biased[0], gaussian.expected_variance(t[:6], 9, ddof, 0.7))
    np.testing.assert_allclose(biased[1], gaussian.expected_mean_square(t[:6], 9, ddof, 0.7))


def test_several_courses_and_none():
    both = changing_sizes.expected_squared_w2([[10, 20, 30], [5, 5, 5]])
    np.testing.assert_array_equal(both[1], changing_sizes.expected_squared_w2([5, 5, 5]))
    assert changing_sizes.expected_mean_square(np.array([], dtype=int)).shape == (0,)


@pytest.mark.parametrize(
    ("sizes", "error", "words"),
    [
        ([10, 1], ValueError, "sizes must contain whole numbers of at least 2; got 1"),
        ([10, 2.5], TypeError, r"sizes must contain whole numbers of at least 2; got \[10, 2.5\]"),
        (10, ValueError, "sizes must contain one number of rows for each fit; got 10"),
        ("many", TypeError, "sizes must contain whole numbers of at least 2; got 'many'"),
    ],
)
def test_bad_input_gets_one_line(sizes, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        changing_sizes.expected_variance(sizes)
