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
        assert_within(covariance[:, i, i], accumulate.expected_variance(t, n), resolves=0.025)
        assert_within(mean[:, i] ** 2, accumulate.expected_mean_square(t, n), resolves=0.05)


@pytest.mark.parametrize(("n", "t"), [(5, 1), (5, 2), (5, 6), (10, 10)])
def test_unbiased_agrees_with_brute_force(rng, n, t):
    chains = gaussian_chains(rng, "accumulate", n=n, chains=60_000, ddof=1)
    covariance = next(islice(chains, t - 1, None))[1]
    assert_within(covariance[:, 0, 0], accumulate.expected_variance(t, n, ddof=1), resolves=0.02)


def test_first_generations_by_hand():
    assert accumulate.expected_variance(0, 4) == 1
    assert accumulate.expected_variance(1, 4) == pytest.approx(3 / 4)
    assert accumulate.expected_variance(2, 4) == pytest.approx(3 / 4 * 15 / 16)
    assert accumulate.expected_variance([0, 1], 4, ddof=1) == pytest.approx([1, 1])
    assert accumulate.expected_variance(2, 4, ddof=1) == pytest.approx(13 / 14)
    assert accumulate.expected_mean_square([0, 1], 4) == pytest.approx([0, 1 / 4])


@pytest.mark.parametrize(("n", "limit"), [(4, 0.6366), (10, 0.8434), (30, 0.9461), (100, 0.98363)])  # A1
def test_limit_is_the_published_one_and_the_product_reaches_it(n, limit):
    assert accumulate.variance_limit(n) == pytest.approx(limit, abs=5e-5)
    # What is left of the product after t factors is 1 - 1/(n t) to first order.
    t = 100_000
    rest = accumulate.variance_limit(n) / accumulate.expected_variance(t, n)
    assert rest == pytest.approx(1 - 1 / (n * t), abs=1e-9)


def test_halfway_share_of_the_limit_is_kept_for_ever():
    # Euler's product at n = 4: sin(π/2) / (π/2).
    assert accumulate.variance_limit(4) == pytest.approx(2 / np.pi)
    assert np.all(np.diff(accumulate.expected_variance(np.arange(1000), 2)) < 0)
    assert np.all(accumulate.expected_variance(np.arange(1000), 2) > accumulate.variance_limit(2))


def test_one_n_at_a_time():
    # An array of sizes as long as the product would broadcast into a wrong answer.
    with pytest.raises(TypeError, match="n must be an integer"):
        accumulate.expected_variance(3, [10, 20, 30])
    np.testing.assert_allclose(accumulate.variance_limit([4, 10]), [0.6366, 0.8434], atol=5e-5)


@pytest.mark.parametrize("call", [accumulate.expected_variance, accumulate.expected_mean_square])
def test_bad_input_gets_one_line(call):
    with pytest.raises(ValueError, match=r"^t must hold whole numbers of at least 0; got -1$"):
        call(-1, 10)
    with pytest.raises(ValueError, match=r"^n must hold whole numbers of at least 2; got 1$"):
        call(1, 1)
