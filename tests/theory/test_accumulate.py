"""Accumulate: formulas against brute force, their limits and the literature."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains

from collapse_edu.theory import accumulate, drift, kde, mixing, pathways, regression


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize(("n", "t"), [(5, 1), (5, 2), (5, 6), (10, 10)])
def test_maximum_likelihood_agrees_with_brute_force(rng, n, t, d):
    chains = gaussian_chains(rng, "accumulate", n=n, chains=30_000, d=d, ddof=0)
    mean, covariance = next(islice(chains, t - 1, None))
    for i in range(d):
        assert_within(covariance[:, i, i], accumulate.expected_variance(t, n, ddof=0), resolves=0.025, oracle="A1")
        assert_within(mean[:, i] ** 2, accumulate.expected_mean_square(t, n, ddof=0), resolves=0.05, oracle="A1")


@pytest.mark.parametrize(("n", "t"), [(5, 1), (5, 2), (5, 6), (10, 10)])
def test_unbiased_agrees_with_brute_force(rng, n, t):
    chains = gaussian_chains(rng, "accumulate", n=n, chains=60_000, ddof=1)
    mean, covariance = next(islice(chains, t - 1, None))
    assert_within(covariance[:, 0, 0], accumulate.expected_variance(t, n), resolves=0.02, oracle="A2")
    assert_within(mean[:, 0] ** 2, accumulate.expected_mean_square(t, n), resolves=0.035, oracle="A2")


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
    with pytest.raises(ValueError, match=r"^t must contain whole numbers of at least 0; got -1$"):
        call(-1, 10)
    with pytest.raises(ValueError, match=r"^n must contain whole numbers of at least 2; got 1$"):
        call(1, 1)


def test_what_does_not_broadcast_gets_one_line():
    with pytest.raises(ValueError, match=r"^t and n must broadcast; got shapes \(2,\), \(3,\)$"):
        accumulate.expected_variance([1, 2], [10, 11, 12])


@pytest.mark.parametrize(
    "call",
    [
        accumulate.expected_variance, accumulate.expected_mean_square, accumulate.expected_subsample_variance,
        lambda t, n: pathways.accumulate_error(t), lambda t, n: kde.expected_accumulate_variance(t, n, 0.1),
        lambda t, n: regression.accumulate_error(t, n, 1), lambda t, n: mixing.expected_moments(t, n, 1),
        lambda t, n: drift.survival_rate(t),
    ],
)  # fmt: skip
def test_more_steps_than_fit_into_memory_get_one_line(call):
    with pytest.raises(
        ValueError, match=r"^t must contain numbers of at most 10,000,000: each step is kept; got 1,000,000,"
    ):
        call(10**9, 10)


def test_many_values_of_n_share_the_memory():
    with pytest.raises(
        ValueError, match=r"^t must contain numbers of at most 10,000 for 1,000 values of the others: each"
    ):
        accumulate.expected_variance(10_001, np.arange(2, 1002))
    assert accumulate.expected_variance(10_000, np.arange(2, 1002)).shape == (1000,)


# ---------------------------------------------------------------- subsample


def subsample_chains(rng, *, n, generations, chains, ddof):
    """Return the variance of the last fit, shape (chains,): draw every row."""
    pool = rng.standard_normal((chains, n))
    mean, v = pool.mean(axis=1), pool.var(axis=1, ddof=ddof)
    for _ in range(generations - 1):
        synthetic = mean[:, None] + rng.standard_normal((chains, n)) * np.sqrt(v)[:, None]
        pool = np.concatenate([pool, synthetic], axis=1)
        kept = rng.random(pool.shape).argpartition(n - 1, axis=1)[:, :n]
        training = np.take_along_axis(pool, kept, axis=1)
        mean, v = training.mean(axis=1), training.var(axis=1, ddof=ddof)
    return v


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("n", "t"), [(5, 1), (10, 2), (5, 3), (8, 6)])
def test_subsample_agrees_with_brute_force(rng, n, t, ddof):
    v = subsample_chains(rng, n=n, generations=t, chains=40_000, ddof=ddof)
    assert_within(v, accumulate.expected_subsample_variance(t, n, ddof), resolves=0.025, oracle="A3")


def test_subsample_reuses_rows_and_independent_draws_would_be_wrong(rng):
    # A3's warning: .75 where independent statistics would give .85.
    assert accumulate.expected_subsample_variance(15, 10, ddof=0) == pytest.approx(0.75, abs=0.005)
    v = subsample_chains(rng, n=10, generations=15, chains=8000, ddof=0)
    assert_within(v, 0.753, resolves=0.04, oracle="A3")


def test_subsample_pool_is_the_recursion_of_the_literature():  # A3
    n, pool = 7, [1 - 1 / 7]
    for t in range(1, 20):
        rows = t * n
        pool.append(pool[-1] * (1 - (2 * n * rows - n**2 - rows) / ((t + 1) ** 2 * n**2 * (rows - 1))))
    t = np.arange(1, 21)
    np.testing.assert_allclose(
        accumulate.expected_subsample_variance(t, n, ddof=0), (1 - 1 / n) * t * n / (t * n - 1) * pool
    )


@pytest.mark.parametrize(("n", "pool"), [(10, 0.8211), (30, 0.9372), (100, 0.9808), (316, 0.9939)])  # A3
def test_subsample_limit_is_the_published_one_and_the_product_reaches_it(n, pool):
    assert accumulate.subsample_variance_limit(n) == pytest.approx((1 - 1 / n) * pool, abs=5e-5)
    late = accumulate.expected_subsample_variance(100_000, n, ddof=0)
    assert accumulate.subsample_variance_limit(n) == pytest.approx(late, rel=1e-5)


def test_unbiased_subsample_has_no_limit(rng):
    # Its variance is Π (n j² - 3)/(j(jn - 1)): the factors are 1 + 1/(n j) for large j.
    n, t = 10, np.arange(1, 50)
    factors = np.where(t > 1, (n * t**2 - 3) / (t * (t * n - 1)), 1.0)
    np.testing.assert_allclose(accumulate.expected_subsample_variance(t, n), np.cumprod(factors))
    late, later = accumulate.expected_subsample_variance([10_000, 100_000], n)
    assert later / late == pytest.approx(10 ** (1 / n), rel=1e-4)
    # Brute force shows the rise too: at n = 10 the lowest value is that of t = 2.
    lowest = accumulate.expected_subsample_variance(2, n)
    v = subsample_chains(rng, n=n, generations=20, chains=8000, ddof=1)
    assert_within(v, accumulate.expected_subsample_variance(20, n), oracle="A3")
    assert v.mean() - 4 * v.std() / np.sqrt(len(v)) > lowest


@pytest.mark.parametrize("ddof", [0, 1])
def test_subsample_arrays_broadcast(ddof):
    call, n = accumulate.expected_subsample_variance, np.array([10, 20, 30])
    np.testing.assert_allclose(call([1, 2, 5], n, ddof), [call(1, 10, ddof), call(2, 20, ddof), call(5, 30, ddof)])
    assert call(np.arange(1, 7)[:, None], n, ddof).shape == (6, 3)
    assert call([], 10, ddof).shape == (0,)
    assert np.ndim(call(3, 10, ddof)) == 0
    assert call(5, 4) == call(5, 4, ddof=1) != call(5, 4, ddof=0)


def test_subsample_starts_at_the_law():
    assert accumulate.expected_subsample_variance([0, 1], 4) == pytest.approx([1, 1])
    with pytest.raises(ValueError, match=r"^n must contain whole numbers of at least 2; got 1$"):
        accumulate.subsample_variance_limit(1)
