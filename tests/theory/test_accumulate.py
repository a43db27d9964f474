"""Accumulate: formulas against brute force, their limits and the literature."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains

from collapse_edu.theory import accumulate


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize(("n", "t"), [(5, 1), (5, 2), (5, 6), (10, 10)])
def test_maximum_likelihood_agrees_with_brute_force(rng, n, t, d):
    chains = gaussian_chains(rng, "accumulate", n=n, chains=30_000, d=d, ddof=0)
    mean, covariance = next(islice(chains, t - 1, None))
    for i in range(d):
        assert_within(covariance[:, i, i], accumulate.expected_variance(t, n, ddof=0), resolves=0.025)
        assert_within(mean[:, i] ** 2, accumulate.expected_mean_square(t, n, ddof=0), resolves=0.05)


@pytest.mark.parametrize(("n", "t"), [(5, 1), (5, 2), (5, 6), (10, 10)])
def test_unbiased_agrees_with_brute_force(rng, n, t):
    chains = gaussian_chains(rng, "accumulate", n=n, chains=60_000, ddof=1)
    mean, covariance = next(islice(chains, t - 1, None))
    assert_within(covariance[:, 0, 0], accumulate.expected_variance(t, n), resolves=0.02)
    assert_within(mean[:, 0] ** 2, accumulate.expected_mean_square(t, n), resolves=0.035)


def test_first_generations_by_hand():
    assert accumulate.expected_variance([0, 1, 2], 4, ddof=0) == pytest.approx([1, 3 / 4, 3 / 4 * 15 / 16])
    assert accumulate.expected_variance([0, 1, 2], 4) == pytest.approx([1, 1, 13 / 14])
    assert accumulate.expected_mean_square([0, 1, 2], 4) == pytest.approx([0, 1 / 4, 1 / 4 + 1 / 16])


def test_maximum_likelihood_conserves_the_second_moment():
    t = np.arange(100)
    total = accumulate.expected_mean_square(t, 5, ddof=0) + accumulate.expected_variance(t, 5, ddof=0)
    np.testing.assert_allclose(total, 1, rtol=1e-12)


def test_default_is_the_unbiased_fit_everywhere():
    for function in (accumulate.expected_variance, accumulate.expected_mean_square):
        assert function(5, 4) == function(5, 4, ddof=1) != function(5, 4, ddof=0)
    assert accumulate.variance_limit(4) == accumulate.variance_limit(4, ddof=1) != accumulate.variance_limit(4, ddof=0)


@pytest.mark.parametrize(("n", "limit"), [(4, 0.6366), (10, 0.8434), (30, 0.9461), (100, 0.98363)])  # A1
def test_limit_is_the_published_one_and_the_product_reaches_it(n, limit):
    assert accumulate.variance_limit(n, ddof=0) == pytest.approx(limit, abs=5e-5)
    # What is left of the product after t factors is 1 - 1/(n t) to first order.
    t = 100_000
    for ddof in (0, 1):
        rest = accumulate.variance_limit(n, ddof) / accumulate.expected_variance(t, n, ddof)
        assert rest == pytest.approx(1 - 1 / (n * t), abs=1e-9)


def test_halfway_share_of_the_limit_is_kept_for_ever():
    # Euler's product at n = 4: sin(π/2) / (π/2).
    assert accumulate.variance_limit(4, ddof=0) == pytest.approx(2 / np.pi)
    assert np.all(np.diff(accumulate.expected_variance(np.arange(1000), 2, ddof=0)) < 0)
    assert np.all(accumulate.expected_variance(np.arange(1000), 2, ddof=0) > accumulate.variance_limit(2, ddof=0))


@pytest.mark.parametrize("call", [accumulate.expected_variance, accumulate.expected_mean_square])
@pytest.mark.parametrize("ddof", [0, 1])
def test_arrays_broadcast(call, ddof):
    # As many sizes as factors of the product: each must still get a product of its own.
    n = np.array([10, 20, 30])
    np.testing.assert_array_equal(call(3, n, ddof), [call(3, int(one), ddof) for one in n])
    np.testing.assert_array_equal(call([1, 2, 5], n, ddof), [call(1, 10, ddof), call(2, 20, ddof), call(5, 30, ddof)])
    assert call(np.arange(7)[:, None], n, ddof).shape == (7, 3)
    assert call([], 10, ddof).shape == (0,)
    assert np.ndim(call(3, 10, ddof)) == 0


@pytest.mark.parametrize("call", [accumulate.expected_variance, accumulate.expected_mean_square])
def test_bad_input_gets_one_line(call):
    with pytest.raises(ValueError, match=r"^t must hold whole numbers of at least 0; got -1$"):
        call(-1, 10)
    with pytest.raises(ValueError, match=r"^n must hold whole numbers of at least 2; got 1$"):
        call(1, 1)
