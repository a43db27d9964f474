"""One-dimensional formulas under replace: against brute force, hand calculation and the literature."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains, squared_deviations
from scipy.special import polygamma
from scipy.stats import binomtest, norm

from collapse_edu.theory import gaussian

EULER = np.euler_gamma
CHAINS = 100_000


def last(rng, t, **settings):
    """Return means and variances of brute-force chains at generation t, each of shape (chains,)."""
    mean, covariance = next(islice(gaussian_chains(rng, **settings), t - 1, None))
    return mean[:, 0], covariance[:, 0, 0]


# ---------------------------------------------------------------- brute force (t small against n / 4 for moments of v)


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("n", "t"), [(10, 1), (10, 2), (20, 5)])
def test_moments_agree_with_brute_force(rng, n, t, ddof):
    mean, v = last(rng, t, n=n, chains=CHAINS, ddof=ddof)
    assert_within(v, gaussian.expected_variance(t, n, ddof), resolves=0.015, oracle="G1")
    assert_within(np.sqrt(v), gaussian.expected_standard_deviation(t, n, ddof), resolves=0.01, oracle="G5")
    assert_within(mean**2, gaussian.expected_mean_square(t, n, ddof), resolves=0.025, oracle="G6")
    assert_within(
        mean**2 + (np.sqrt(v) - 1) ** 2, gaussian.expected_squared_w2(t, n, ddof), resolves=0.025, oracle="G7"
    )


@pytest.mark.parametrize("ddof", [0, 1])
def test_log_variance_agrees_with_brute_force(rng, ddof):
    log_v = np.log(last(rng, 6, n=10, chains=CHAINS, ddof=ddof)[1])
    assert_within(log_v, gaussian.expected_log_variance(6, 10, ddof), resolves=0.025, oracle="G3")
    assert_within(squared_deviations(log_v), gaussian.variance_of_log_variance(6, 10), resolves=0.025, oracle="G4")


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("t", [1, 2, 5])
def test_sampling_bias_agrees_with_brute_force(rng, t, ddof):
    mean, v = last(rng, t, n=20, chains=CHAINS, ddof=ddof, sampling_bias=0.8)
    assert_within(v, gaussian.expected_variance(t, 20, ddof, 0.8), resolves=0.02, oracle="G9")
    assert_within(mean**2, gaussian.expected_mean_square(t, 20, ddof, 0.8), resolves=0.025, oracle="G9")


# ---------------------------------------------------------------- hand calculation


def test_two_samples_by_hand():
    # v_1 is a χ² with one degree of freedom.
    assert gaussian.log_variance_drift(2) == pytest.approx(-EULER - np.log(2))
    assert gaussian.variance_of_log_variance(1, 2) == pytest.approx(np.pi**2 / 2)
    assert gaussian.expected_standard_deviation(1, 2) == pytest.approx(np.sqrt(2 / np.pi))
    assert gaussian.expected_squared_w2(1, 2) == pytest.approx(2.5 - 2 * np.sqrt(2 / np.pi))


def test_three_samples_by_hand():
    # v_1 is exponential with mean 1 (unbiased) or 2/3 (maximum likelihood).
    assert gaussian.log_variance_drift(3) == pytest.approx(-EULER)
    assert gaussian.log_variance_drift(3, ddof=0) == pytest.approx(-EULER + np.log(2 / 3))
    assert gaussian.variance_of_log_variance(4, 3) == pytest.approx(4 * np.pi**2 / 6)
    assert gaussian.expected_standard_deviation(2, 3) == pytest.approx(np.pi / 4)


def test_the_law_itself_is_generation_0():
    for ddof in (0, 1):
        assert gaussian.expected_variance(0, 5, ddof, 0.5) == 1
        assert gaussian.expected_mean_square(0, 5, ddof, 0.5) == 0
        assert gaussian.expected_squared_w2(0, 5, ddof) == 0
    assert gaussian.variance_quantile(0.05, 0, 5) == 1


def test_first_fit_has_no_sampling_bias():
    assert gaussian.expected_variance(1, 10, sampling_bias=0.5) == 1
    assert gaussian.expected_mean_square(1, 10, sampling_bias=0.5) == pytest.approx(0.1)
    assert gaussian.expected_mean_square(2, 10, sampling_bias=0.5) == pytest.approx(0.15)


# ---------------------------------------------------------------- identities


@pytest.mark.parametrize("n", [2, 3, 10, 1000])
def test_maximum_likelihood_conserves_the_second_moment(n):
    t = np.arange(200)
    np.testing.assert_allclose(gaussian.expected_mean_square(t, n, 0) + gaussian.expected_variance(t, n, 0), 1)
    np.testing.assert_allclose(
        gaussian.expected_mean_square(t, n, 1) + gaussian.expected_variance(t, n, 1), 1 + t / n, rtol=1e-12
    )


@pytest.mark.parametrize("ddof", [0, 1])
def test_no_sampling_bias_is_the_limit_of_a_small_one(ddof):
    t = np.arange(50)
    np.testing.assert_allclose(
        gaussian.expected_mean_square(t, 10, ddof, 1 - 1e-9), gaussian.expected_mean_square(t, 10, ddof), rtol=1e-6
    )


def test_moments_and_logs_tell_one_story():
    n = np.array([2, 3, 10, 100, 1000])
    # Jensen: E log v < log E σ² < log E v, and the exact variance of σ closes the gap.
    for ddof in (0, 1):
        log_mean = np.log(gaussian.expected_variance(1, n, ddof))
        log_sd = 2 * np.log(gaussian.expected_standard_deviation(1, n, ddof))
        assert np.all(gaussian.log_variance_drift(n, ddof) < log_sd)
        assert np.all(log_sd < log_mean)
    np.testing.assert_allclose(gaussian.log_variance_drift(n, 0), gaussian.log_variance_drift(n) + np.log(1 - 1 / n))


@pytest.mark.parametrize("t", [1, 5, 40])
def test_exact_risk_approaches_its_first_order(t):
    # The rest is (8 - t)/(24 n) and smaller terms; rounding must not hide it.
    n = np.array([1e3, 1e4, 1e5, 1e6]) * t
    error = gaussian.expected_squared_w2(t, n) / gaussian.first_order_squared_w2(t, n) - 1
    assert np.all(np.abs(error) < t / n), error


def test_large_n_rates():
    n = np.array([1e3, 1e4, 1e5])
    np.testing.assert_allclose(gaussian.log_variance_drift(n) * (n - 1), -1, rtol=1e-3)
    np.testing.assert_allclose(gaussian.log_variance_drift(n, 0) * n, -2, rtol=2e-3)
    np.testing.assert_allclose(gaussian.variance_of_log_variance(1, n) * (n - 1) / 2, 1, rtol=2e-3)


# ---------------------------------------------------------------- literature values


@pytest.mark.parametrize(  # G3 and G4; half a unit of the last printed digit
    ("n", "unbiased", "likelihood", "spread", "tolerance"),
    [
        (10, -0.115206, -0.220567, 0.248725, 5e-7),
        (30, -0.034879, -0.06878, 0.071398, 1e-6),
        (100, -0.010135, -0.020185, 0.020407, 5e-7),
        (1000, -0.0010013, -0.0020018, 0.0020040, 5e-8),
    ],
)
def test_drift_and_spread_are_the_published_ones(n, unbiased, likelihood, spread, tolerance):
    assert gaussian.log_variance_drift(n) == pytest.approx(unbiased, abs=tolerance)
    assert gaussian.log_variance_drift(n, 0) == pytest.approx(likelihood, abs=tolerance)
    assert gaussian.variance_of_log_variance(1, n) == pytest.approx(spread, abs=tolerance)


def test_shumailov_worked_example():
    # G6, G7: σ = 1, M = 100: variance of a sample after ten steps 1.10; risk after eleven fits 0.165.
    assert gaussian.expected_mean_square(10, 100) + gaussian.expected_variance(10, 100) == pytest.approx(1.10)
    assert gaussian.first_order_squared_w2(11, 100) == pytest.approx(0.165)


def test_half_life_is_about_0_693_nu():
    n = np.array([30, 100, 1000])  # G8
    np.testing.assert_allclose(gaussian.half_life(n), 0.693 * (n - 1), rtol=0.02)


def test_half_life_is_that_of_the_published_drifts():
    # G3 has six digits of the drift.
    for n, unbiased, likelihood in (
        (10, 0.115206, 0.220567), (30, 0.034879, 0.0687805), (100, 0.010135, 0.020185), (1000, 0.0010013, 0.0020018)
    ):  # fmt: skip
        assert gaussian.half_life(n) == pytest.approx(np.log(2) / unbiased, rel=1e-4)
        assert gaussian.half_life(n, ddof=0) == pytest.approx(np.log(2) / likelihood, rel=1e-4)


@pytest.mark.parametrize("n", [900, 1001, 1002, 1e6, 1e12, 1e16, 1e150])
def test_large_n_keeps_its_digits(n):
    nu = n - 1
    for ddof, log_k in ((1, 0.0), (0, np.log1p(-1 / n))):
        drift = -1 / nu - 1 / (3 * nu) / nu + 2 / (15 * nu) / nu / nu / nu + log_k  # first orders in 1/ν
        assert gaussian.log_variance_drift(n, ddof) == pytest.approx(drift, rel=1e-10, abs=0)
        assert gaussian.half_life(n, ddof) == pytest.approx(np.log(2) / -drift, rel=1e-10)
        log_sd = -1 / (4 * nu) + 1 / (24 * nu) / nu / nu + log_k / 2
        assert np.log(gaussian.expected_standard_deviation(n, n, ddof)) == pytest.approx(n * log_sd, rel=1e-10)
    risk = gaussian.expected_squared_w2(1, n)
    assert risk == pytest.approx(1 / n + 1 / (2 * nu) - 1 / (16 * nu) / nu, rel=1e-7, abs=0)


# ---------------------------------------------------------------- approximations, and how good they are


@pytest.mark.parametrize("n", [3, 10, 100])
@pytest.mark.parametrize("t", [1, 10, 50])
def test_normal_law_of_log_variance_is_as_good_as_its_docstring_says(rng, n, t):
    log_v = np.sort(np.log(rng.chisquare(n - 1, (t, CHAINS)) / (n - 1)).sum(axis=0))
    share_above = gaussian.probability_above(np.exp(log_v), t, n)
    distance = np.abs(1 - share_above - (np.arange(CHAINS) + 0.5) / CHAINS).max()
    promised = 0.07 * np.sqrt(2 / (n - 2) / t)
    noise = 2.2 / np.sqrt(CHAINS)  # Kolmogorov's quantile at 1e-4
    assert distance <= promised + noise
    assert distance >= 0.5 * promised - noise  # the bound is no empty one


@pytest.mark.parametrize(("n", "median", "tails", "tolerance"), [(10, 0.96, 1.07, 0.012), (100, 0.997, 1.006, 0.004)])
@pytest.mark.parametrize("t", [2, 20])
def test_quantiles_are_off_by_the_factors_of_the_docstring(rng, n, median, tails, tolerance, t):
    # Tolerance: rounding of the docstring, and 4 standard errors of an empirical 5 % quantile.
    log_v = np.log(rng.chisquare(n - 1, (t, 8 * CHAINS)) / (n - 1)).sum(axis=0)
    probabilities = [0.05, 0.5, 0.95]
    spread = np.sqrt(gaussian.variance_of_log_variance(t, n))
    density = norm.pdf([1.645, 0, 1.645]) / spread
    error = np.sqrt([0.0475, 0.25, 0.0475]) / density / np.sqrt(8 * CHAINS)
    ratio = gaussian.variance_quantile(probabilities, t, n) / np.exp(np.quantile(log_v, probabilities))
    assert np.all(np.abs(ratio - [tails, median, tails]) <= tolerance + 4 * error), ratio


def test_quantile_and_probability_are_inverse():
    q = np.array([0.01, 0.3, 0.5, 0.9])
    for ddof in (0, 1):
        level = gaussian.variance_quantile(q, 7, 12, ddof)
        np.testing.assert_allclose(gaussian.probability_above(level, 7, 12, ddof), 1 - q)


def test_half_of_the_chains_are_below_one_half_at_the_half_life(rng):
    n = 101
    t = round(float(gaussian.half_life(n)))
    v = np.exp(np.log(rng.chisquare(n - 1, (t, 20_000)) / (n - 1)).sum(axis=0))
    level = np.exp(t * gaussian.log_variance_drift(n)) * 1.0034  # the docstring's factor of the median, 1 / (3ν)
    assert binomtest(int((v < level).sum()), 20_000).pvalue > 1e-4


def first_passage_times(rng, epsilon, n, ddof, chains):
    """Return the generation in which σ first falls below ε, by the chain's own recursion, shape (chains,)."""
    log_v, times, alive = np.zeros(chains), np.zeros(chains), np.arange(chains)
    t = 0
    while len(alive):
        t += 1
        log_v[alive] += np.log(rng.chisquare(n - 1, len(alive)) / (n - 1 if ddof else n))
        below = log_v[alive] < 2 * np.log(epsilon)
        times[alive[below]] = t
        alive = alive[~below]
    return times


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("n", "epsilon"), [(5, 0.1), (10, 0.1), (10, 0.01), (30, 0.5), (30, 0.1)])
def test_collapse_time_is_early_by_the_half_generation_of_its_docstring(rng, n, epsilon, ddof):
    """The formula's overshoot is that of a driftless normal step.

    Two corrections of the mean overshoot are known to first order, and each is a constant number of generations:
    the skewness κ3 of the step adds κ3 / (6 σ²) and the drift δ adds δ / 4. With them the formula must agree with
    simulated first-passage times within 4 standard errors and the 0.1 generations of the next order.
    """
    times = first_passage_times(rng, epsilon, n, ddof, 40_000)
    drift = -gaussian.log_variance_drift(n, ddof)
    half = (n - 1) / 2
    correction = 0.25 - polygamma(2, half) / (6 * polygamma(1, half) * drift)
    error = times.std(ddof=1) / np.sqrt(len(times))
    formula = gaussian.collapse_time(epsilon, n, ddof)
    assert abs(times.mean() - formula - correction) <= 0.1 + 4 * error
    assert correction == pytest.approx(0.6 if ddof else 0.4, abs=0.07)  # what the docstring says


def test_collapse_time_of_equal_steps_is_walds():
    # Twice as far, twice as long, but for the overshoot, which is paid once.
    one, two = gaussian.collapse_time([1e-6, 1e-12], n=50)
    overshoot = 0.583 * np.sqrt(gaussian.variance_of_log_variance(1, 50)) / -gaussian.log_variance_drift(50)
    assert two - one == pytest.approx(one - overshoot)


# ---------------------------------------------------------------- arrays


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(
    "call",
    [
        gaussian.expected_variance, gaussian.expected_log_variance,
        gaussian.expected_standard_deviation, gaussian.expected_mean_square, gaussian.expected_squared_w2,
        lambda t, n, ddof: gaussian.variance_quantile(0.3, t, n, ddof),
        lambda t, n, ddof: gaussian.probability_above(0.3, t, n, ddof),
        lambda t, n, ddof: gaussian.variance_of_log_variance(t, n),
        lambda t, n, ddof: gaussian.first_order_squared_w2(t, n),
    ],
)  # fmt: skip
def test_arrays_broadcast(call, ddof):
    t, n = np.array([[1], [2]]), np.array([5, 6, 9])
    found = call(t, n, ddof)
    assert found.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert found[i, j] == pytest.approx(call(int(t[i, 0]), int(n[j]), ddof), rel=1e-12)
    assert call(1, n, ddof).shape == (3,)
    assert call([], 5, ddof).shape == (0,)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gaussian.expected_variance(-1, 10), ValueError, "t must contain whole numbers of at least 0; got -1"),
        (lambda: gaussian.expected_variance(1.5, 10), TypeError, "t must contain whole numbers"),
        (lambda: gaussian.expected_variance(np.nan, 10), TypeError, "t must contain whole numbers"),
        (lambda: gaussian.expected_variance(True, 10), TypeError, "t must contain whole numbers"),
        (lambda: gaussian.expected_variance(np.inf, 10), TypeError, "t must contain whole numbers"),
        (lambda: gaussian.expected_variance(1j, 10), TypeError, "t must contain whole numbers"),
        (lambda: gaussian.expected_variance("3", 10), TypeError, "t must contain whole numbers"),
        (lambda: gaussian.half_life([10, 1]), ValueError, "n must contain whole numbers of at least 2; got 1"),
        (lambda: gaussian.half_life(10, ddof=2), ValueError, "ddof must be an integer from 0 to 1; got 2"),
        (lambda: gaussian.half_life(10, np.array([0, 1])), TypeError, "ddof must be an integer from 0 to 1; got a"),
        (lambda: gaussian.half_life([[10], [10, 20]]), TypeError, "n must contain whole numbers of at least 2; got [["),
        (lambda: gaussian.variance_quantile("a", 3, 10), TypeError, "q must contain numbers in (0, 1); got 'a'"),
        (lambda: gaussian.variance_quantile([[0.1], [0.1, 0.2]], 3, 10), TypeError, "q must contain numbers in (0, 1)"),
        (lambda: gaussian.collapse_time(["a"], 10), TypeError, "epsilon must contain numbers in (0, 1); got ['a']"),
        (lambda: gaussian.probability_above("a", 3, 10), TypeError, "level must contain numbers in (0, inf); got 'a'"),
        (lambda: gaussian.expected_variance(1, 9, 1, 0), ValueError, "sampling_bias must contain numbers in (0, 1]"),
        (lambda: gaussian.expected_mean_square(1, 10, 1, 1.1), ValueError, "numbers in (0, 1]; got 1.1"),
        (lambda: gaussian.variance_quantile(0, 3, 10), ValueError, "q must contain numbers in (0, 1); got 0"),
        (lambda: gaussian.variance_quantile(50, 3, 10), ValueError, "q must contain numbers in (0, 1); got 50"),
        (lambda: gaussian.probability_above(0, 3, 10), ValueError, "level must contain numbers in (0, inf); got 0"),
        (lambda: gaussian.probability_above(1, 0, 10), ValueError, "t must contain whole numbers of at least 1; got 0"),
        (lambda: gaussian.collapse_time(1, 10), ValueError, "epsilon must contain numbers in (0, 1); got 1"),
        (lambda: gaussian.collapse_time(np.nan, 10), ValueError, "epsilon must contain numbers in (0, 1); got nan"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
