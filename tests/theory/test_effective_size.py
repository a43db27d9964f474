"""What a loop with fresh real data is worth, against its stationary moments and simulation."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu import ensemble
from collapse_edu.loop.regimes import mix
from collapse_edu.theory import effective_size, gaussian, mixing


def test_effective_sample_ratio_is_that_of_the_stationary_mean(rng):  # F2
    n = 10**6
    for share in (0.1, 0.5, 1):
        _, square = mixing.stationary_moments(n, int(share * n), ddof=0)
        # As many real rows alone would have an error of 1 over their number.
        assert effective_size.effective_sample_ratio(share) == pytest.approx(1 / square / (share * n), rel=1e-4)
    mean = np.zeros(100_000)
    for _ in range(12):  # what is left of the start is 0.6^24
        mean = 0.4 * rng.standard_normal((len(mean), 4)).mean(axis=1) + 0.6 * (
            mean + rng.standard_normal((len(mean), 6)).mean(axis=1)
        )
    assert_within(mean**2, 1 / (4 * effective_size.effective_sample_ratio(0.4)), resolves=0.02, oracle="F2")


@pytest.mark.parametrize("sampling_bias", [1.0, 0.8, 0.3])
def test_a_fresh_row_is_worth_that_many_for_the_mean_also_with_a_bias(sampling_bias):
    n = 10**6
    for share in (0.1, 0.5, 1):
        _, square = mixing.stationary_moments(n, int(share * n), 0, sampling_bias)
        ratio = effective_size.effective_sample_ratio(share, sampling_bias)
        assert ratio == pytest.approx(1 / square / (share * n), rel=1e-4)


@pytest.mark.parametrize("ddof", [0, 1])
def test_as_many_real_rows_have_the_same_distance(ddof):
    n = np.array([2, 3, 10, 1000, 10**6])
    found = effective_size.equivalent_sample_size(gaussian.expected_squared_w2(1, n, ddof), ddof)
    np.testing.assert_allclose(found, n, rtol=1e-9)
    history = ensemble.gaussian(n=17, generations=1, chains=200_000, ddof=ddof)
    distance = history["squared_w2"][0]
    target = effective_size.equivalent_sample_size(distance.mean(), ddof)
    assert_within(17 * distance / distance.mean(), target, resolves=0.02, oracle="F9")
    assert effective_size.equivalent_sample_size(5.0) == pytest.approx(2)


def paired_loss(rng, n_real, n_synthetic, sampling_bias, chains, t=4):
    """Return n_r² times the squared W2 of the loop, less that of a fit to its last fresh rows alone.

    Means and variances are those of theory, which other tests hold. What is drawn is the standard deviation, with the
    variance as its control: so few chains show a difference of second order.
    """
    mean, variance = np.zeros(chains), np.ones(chains)
    rows = n_real + n_synthetic
    for _ in range(t):
        fresh, scatter = rng.standard_normal(chains) / np.sqrt(n_real), rng.chisquare(n_real - 1, chains)
        drawn = mean + np.sqrt(sampling_bias * variance / n_synthetic) * rng.standard_normal(chains)
        scattered = sampling_bias * variance * rng.chisquare(n_synthetic - 1, chains)
        mean = (n_real * fresh + n_synthetic * drawn) / rows
        between = n_real * n_synthetic / rows * (fresh - drawn) ** 2
        variance = (scatter + scattered + between) / (rows - 1)
    limit, square = mixing.stationary_moments(rows, n_real, 1, sampling_bias)
    alone = scatter / (n_real - 1)
    roots = np.sqrt(variance) - (variance - limit) / (2 * np.sqrt(limit)) - np.sqrt(alone) + (alone - 1) / 2
    return n_real**2 * (square - 1 / n_real + limit - 1 - 2 * roots)


def test_the_threshold_is_where_loss_and_gain_are_equal(rng):
    bias = 0.5
    threshold = effective_size.synthetic_rows_threshold(bias)
    assert threshold == pytest.approx(32)
    for n_synthetic in (16, 32, 64):
        # Twice the rows: what is left of 1/n_r, extrapolated to none.
        small, large = (paired_loss(rng, n, n_synthetic, bias, 250_000) for n in (500, 1000))
        values = 2 * large - small
        error = values.std() / np.sqrt(len(values))
        assert abs(values.mean() - (1 - bias) ** 2 / 4 * n_synthetic * (n_synthetic - threshold)) < 4 * error
        assert 4 * error < 0.05 * (1 - bias) ** 2 / 4 * 64 * (64 - threshold)


def test_more_synthetic_rows_than_the_threshold_hurt_in_three_dimensions():
    threshold = effective_size.synthetic_rows_threshold(0.5, d=3)
    assert threshold == pytest.approx(40)
    n_fresh, found = 400, {}
    alone = ensemble.gaussian(n=n_fresh, d=3, generations=1, chains=25_000, seed=8)["squared_w2"][0]
    for times in (0.4, 2):
        n_samples = n_fresh + int(times * threshold)
        history = ensemble.gaussian(
            mix(n_fresh / n_samples), n=n_fresh, n_samples=n_samples, d=3, generations=4, chains=25_000,
            sampling_bias=0.5, seed=9,
        )  # fmt: skip
        loop = history["squared_w2"][-1]
        error = np.hypot(loop.std(), alone.std()) / np.sqrt(25_000)
        found[times] = (loop.mean() - alone.mean()) / error
    assert found[0.4] < -4
    assert found[2] > 4


def test_bad_input_gets_one_line():
    with pytest.raises(ValueError, match=r"^share must contain numbers in \(0, 1\]; got 0$"):
        effective_size.effective_sample_ratio(0)
