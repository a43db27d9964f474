"""Fresh real data in each generation: the moment recursion against brute force and the literature."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains, squared_deviations
from scipy.stats import norm

from collapse_edu import ensemble
from collapse_edu.loop import regimes
from collapse_edu.loop.regimes import mix
from collapse_edu.theory import gaussian, mixing


@pytest.mark.parametrize("sampling_bias", [1.0, 0.8])
@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("n", "n_real", "t"), [(10, 1, 3), (20, 10, 5), (10, 9, 2)])
def test_agrees_with_brute_force(rng, n, n_real, t, ddof, sampling_bias):
    chains = gaussian_chains(rng, n_real, n=n, chains=40_000, ddof=ddof, sampling_bias=sampling_bias)
    mean, covariance = next(islice(chains, t - 1, None))
    variance, square = mixing.expected_moments(t, n, n_real, ddof, sampling_bias)
    assert_within(covariance[:, 0, 0], variance, resolves=0.025, oracle="F1")
    assert_within(mean[:, 0] ** 2, square, resolves=0.04, oracle="F1")


@pytest.mark.parametrize(  # F1
    ("n", "n_fresh", "sampling_bias", "likelihood", "unbiased"),
    [
        (20, 2, 1, 0.7872, 1.3214),
        (20, 10, 1, 0.9355, 1.0357),
        (50, 5, 1, 0.9038, 1.1059),
        (50, 5, 0.8, 0.3441, 0.3698),
        (100, 2, 1, 0.7976, 1.3311),
    ],
)
def test_stationary_variance_is_the_published_one(n, n_fresh, sampling_bias, likelihood, unbiased):
    for ddof, value in ((0, likelihood), (1, unbiased)):
        assert mixing.expected_moments(5000, n, n_fresh, ddof, sampling_bias)[0] == pytest.approx(value, abs=5e-5)


def test_no_real_data_is_replace():
    t = np.arange(1, 30)
    for ddof in (0, 1):
        for bias in (0.7, 1.0):
            variance, square = mixing.expected_moments(t, 12, 0, ddof, bias)
            np.testing.assert_allclose(variance, gaussian.expected_variance(t, 12, ddof, bias))
            np.testing.assert_allclose(square, gaussian.expected_mean_square(t, 12, ddof, bias))


def test_real_data_alone_stand_still():
    variance, square = mixing.expected_moments(np.arange(1, 9), 12, 12, ddof=1, sampling_bias=0.5)
    np.testing.assert_allclose(variance, 1)
    np.testing.assert_allclose(square, 1 / 12)


@pytest.mark.parametrize("n_fresh", [1, 5])
def test_maximum_likelihood_conserves_the_second_moment(n_fresh):
    np.testing.assert_allclose(sum(mixing.expected_moments(np.arange(1, 100), 10, n_fresh, ddof=0)), 1)


def test_whole_rows_of_the_regime_are_what_the_theory_counts():
    # A tenth of 15 rows is two rows: the theory of 1.5 rows is off by 20 standard errors here.
    regime, n, t = regimes.mix(0.1), 15, 20
    history = ensemble.gaussian(regime, n=n, generations=t, chains=100_000, ddof=0)
    variance, square = mixing.expected_moments(t, n, regimes.real_rows(regime.share, n), ddof=0)
    assert_within(history["variance"][-1], variance, resolves=0.02, oracle="F1")
    assert_within(history["mean"][-1] ** 2, square, resolves=0.04, oracle="F1")


def test_arrays_broadcast():
    t, n, n_fresh = np.arange(1, 5)[:, None], np.array([10, 20, 30]), np.array([0, 1, 30])
    found = mixing.expected_moments(t, n, n_fresh, ddof=0, sampling_bias=0.9)
    for values, one in zip(found, (0, 1), strict=True):
        assert values.shape == (4, 3)
        for i, j in np.ndindex(4, 3):
            alone = mixing.expected_moments(int(t[i, 0]), int(n[j]), int(n_fresh[j]), 0, 0.9)[one]
            assert values[i, j] == pytest.approx(alone, rel=1e-14)
    assert mixing.expected_moments([], 10, 1)[0].shape == (0,)
    assert np.ndim(mixing.expected_moments(3, 10, 1)[0]) == 0


def test_bad_input_gets_one_line():
    with pytest.raises(ValueError, match=r"^t must contain whole numbers of at least 1; got 0$"):
        mixing.expected_moments(0, 10, 0.1)
    with pytest.raises(TypeError, match=r"^n_fresh must contain whole numbers of at least 0; got 0.1$"):
        mixing.expected_moments(1, 10, 0.1)
    with pytest.raises(ValueError, match=r"^n_fresh must not be larger than n; got 11 of 10$"):
        mixing.expected_moments(1, 10, 11)


# ---------------------------------------------------------------- limits, and what mixed rows are worth


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("sampling_bias", [0.8, 1.0])
def test_stationary_moments_are_where_the_recursion_ends(ddof, sampling_bias):
    n, n_fresh = np.array([2, 20, 50, 50]), np.array([1, 2, 5, 50])
    late = mixing.expected_moments(20_000, n, n_fresh, ddof, sampling_bias)
    np.testing.assert_allclose(mixing.stationary_moments(n, n_fresh, ddof, sampling_bias), late, rtol=1e-8)


def test_stationary_moments_are_the_published_ones():  # F1
    settings = [(20, 2, 1), (20, 10, 1), (50, 5, 1), (50, 5, 0.8), (100, 2, 1)]
    published = [(0.7872, 1.3214), (0.9355, 1.0357), (0.9038, 1.1059), (0.3441, 0.3698), (0.7976, 1.3311)]
    for (n, n_fresh, bias), values in zip(settings, published, strict=True):
        found = [mixing.stationary_moments(n, n_fresh, ddof, bias)[0] for ddof in (0, 1)]
        assert found == pytest.approx(values, abs=5e-5)


def test_effective_sample_ratio_is_that_of_the_stationary_mean(rng):  # F2
    n = 10**6
    for share in (0.1, 0.5, 1):
        _, square = mixing.stationary_moments(n, int(share * n), ddof=0)
        # As many real rows alone would have an error of 1 over their number.
        assert mixing.effective_sample_ratio(share) == pytest.approx(1 / square / (share * n), rel=1e-4)
    mean = np.zeros(100_000)
    for _ in range(12):  # what is left of the start is 0.6^24
        mean = 0.4 * rng.standard_normal((len(mean), 4)).mean(axis=1) + 0.6 * (
            mean + rng.standard_normal((len(mean), 6)).mean(axis=1)
        )
    assert_within(mean**2, 1 / (4 * mixing.effective_sample_ratio(0.4)), resolves=0.02, oracle="F2")


@pytest.mark.parametrize("share", [1, 0.5])
def test_a_batch_of_known_share_agrees_with_brute_force(rng, share):  # F6: the means agree at 0, and the other is known
    n = 20
    estimate = rng.standard_normal((100_000, n)).mean(axis=1) / share
    target = 1 / mixing.known_share_sample_size(n, share)
    assert_within(squared_deviations(estimate), target, resolves=0.02, oracle="F6")


def test_information_is_the_table_of_the_distance():
    found = mixing.known_share_information(0.5, [0, 1, 2, 4, 8])
    assert found == pytest.approx([0.250, 0.286, 0.321, 0.426, 0.500], abs=5e-4)
    assert mixing.known_share_information([0.2, 0.7], np.inf) == pytest.approx([0.2, 0.7])
    assert mixing.known_share_information([0, 1], 3) == pytest.approx([0, 1])


@pytest.mark.parametrize(("share", "distance"), [(0.5, 2), (0.9, 1.7), (0.2, 3)])
def test_information_is_the_mean_square_of_the_score(rng, share, distance):
    n = 800_000
    real = rng.random(n) < share
    x = rng.standard_normal(n) + np.where(real, 0.0, distance)
    density, other = share * norm.pdf(x), (1 - share) * norm.pdf(x - distance)
    score = x * density / (density + other)
    assert_within(score**2, mixing.known_share_information(share, distance), resolves=0.02)


def maximum_likelihood_mean(x, share, distance):
    """Return the mean of the real part of each sample, by expectation and maximisation; the other part is known."""
    mean, synthetic = np.zeros((len(x), 1)), (1 - share) * np.exp(-((x - distance) ** 2) / 2)
    for _ in range(5):  # it begins at the truth, and each step leaves 15 % of the way
        real = share * np.exp(-((x - mean) ** 2) / 2)
        real /= real + synthetic
        mean = np.sum(real * x, axis=1, keepdims=True) / np.sum(real, axis=1, keepdims=True)
    return mean[:, 0]


def test_the_best_fit_uses_the_information_and_the_corrected_mean_does_not(rng):
    """1,000 rows, half of them real, 4 standard deviations apart: worth 426 rows, or 50. Neither is n α² = 250."""
    share, distance, n = 0.5, 4, 1000
    best = []
    for _ in range(40):  # 20,000 samples resolve 4 %; twice as fine takes four times as long
        x = rng.standard_normal((500, n)) + distance * (rng.random((500, n)) >= share)
        best.append(maximum_likelihood_mean(x, share, distance))
    best = np.concatenate(best)
    rows = rng.standard_normal(100_000) / np.sqrt(n) + distance * rng.binomial(n, 1 - share, 100_000) / n  # their means
    corrected = (rows - (1 - share) * distance) / share
    worth = mixing.known_share_sample_size(n, share, distance)
    assert worth == pytest.approx(426, abs=0.5)
    assert_within(best**2, 1 / worth, resolves=0.04)
    assert_within(corrected**2, (1 + share * (1 - share) * distance**2) / (n * share**2), resolves=0.02)
    assert best.var() < 0.7 / (n * share**2) < 2 * corrected.var()


def test_worth_has_bounds(rng):
    """Up to a share of 2/3 never below α²; above it by a few per cent; never above α, nor below 2 α²/π."""
    distance = np.linspace(0, 12, 400)
    for share in (0.01, 0.3, 0.66):
        information = mixing.known_share_information(share, distance)
        assert (np.diff(information) > -1e-12).all()
    for share in (0.7, 0.9, 0.99):
        information = mixing.known_share_information(share, distance)
        assert 0.93 * share**2 < information.min() < share**2
        assert information.max() <= share


def test_a_wider_synthetic_distribution_is_worse_than_the_same_one(rng):
    """As the docstring says; the library computes the same one alone, and bounds for any."""
    share, n = 0.5, 800_000
    same = mixing.known_share_information(share, 0)
    for spread, worth in ((1.0, same), (1.5, 0.2045)):
        x = rng.standard_normal(n) * np.where(rng.random(n) < share, 1, spread)
        density = share * norm.pdf(x)
        score = x * density / (density + (1 - share) * norm.pdf(x, scale=spread))
        assert_within(score**2, worth, resolves=0.02)
    assert 2 / np.pi * same < worth < same


def test_known_shares_add_up():
    n, share = np.array([100, 300]), np.array([1.0, 0.2])
    assert mixing.known_share_sample_size(n, share) == pytest.approx(112)
    assert mixing.known_share_sample_size(100, 0.5) == pytest.approx(25)
    assert mixing.known_share_sample_size(np.ones((2, 3)), np.ones(3)) == pytest.approx([3, 3])
    assert mixing.known_share_sample_size(n, share, np.inf) == pytest.approx(160)


def test_new_functions_refuse_bad_input_in_one_line():
    with pytest.raises(ValueError, match=r"^n_fresh must contain whole numbers of at least 1; got 0$"):
        mixing.stationary_moments(10, 0)
    with pytest.raises(ValueError, match=r"^n_fresh must not be larger than n; got 11 of 10$"):
        mixing.stationary_moments(10, 11)
    with pytest.raises(ValueError, match=r"^share must contain numbers in \(0, 1\]; got 0$"):
        mixing.effective_sample_ratio(0)
    with pytest.raises(ValueError, match=r"^share must contain numbers in \[0, 1\]; got -1$"):
        mixing.known_share_sample_size(10, -1)
    for distance, told in ((-1, "got -1"), (np.nan, "got nan"), ("far", "got 'far'")):
        with pytest.raises((TypeError, ValueError), match=rf"^distance must contain numbers in \[0, inf\); {told}$"):
            mixing.known_share_sample_size(10, 0.5, distance)


@pytest.mark.parametrize(("share", "t"), [(0.5, 40), (0.1, 100), (0.02, 400)])
def test_a_type_is_kept_by_its_fresh_copies(rng, share, t):
    """Types that are at most half a per cent of 20,000 rows, against exact chains of counts."""
    n, counts = 20_000, np.array([1, 3, 10, 30, 100])
    chains = ensemble.categorical_counts([*counts, n - counts.sum()], regimes.mix(share), chains=20_000, rng=rng)
    alive = next(islice(chains, t - 1, None)).survival[:-1]
    expected = mixing.probability_kept(share * counts, share)
    error = np.sqrt(expected * (1 - expected) / 20_000)
    assert (np.abs(alive - expected) < 4 * error + 1e-3).all()


def test_without_synthetic_rows_a_type_is_there_as_often_as_its_fresh_copies_say():
    # The model of real rows with c copies draws Poisson(Poisson(c)) of them.
    assert mixing.probability_kept(2.0, 1.0) == pytest.approx(1 - np.exp(-2 * (1 - np.exp(-1))))
    assert mixing.probability_kept(0, 0.5) == 0
    with pytest.raises(ValueError, match=r"share must contain numbers in \[0.0001, 1\]; got 0"):
        mixing.probability_kept(1, 0)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_the_machines_part_of_a_crawl_holds_a_type_less_often(rng, share):
    """Chains of counts: what a model writes is the synthetic part of the next crawl, and no row more."""
    n, copies, chains = 20_000, 2.0, 20_000
    written = round(n * (1 - share))
    held = rng.poisson(copies, chains)
    for _ in range(round(8 / share)):
        of_model = rng.binomial(written, held / n)
        held = of_model + rng.poisson(copies, chains)
    expected = mixing.probability_kept(copies, share, n=n, n_samples=written)
    error = np.sqrt(expected * (1 - expected) / chains)
    assert abs((of_model > 0).mean() - expected) < 4 * error + 1e-3
    assert expected < mixing.probability_kept(copies, share)
    assert mixing.probability_kept(copies, 1, n_samples=0) == 0


# ---------------------------------------------------------------- n_e of the fresh data loop


@pytest.mark.parametrize("sampling_bias", [1.0, 0.8, 0.3])
def test_a_fresh_row_is_worth_that_many_for_the_mean_also_with_a_bias(sampling_bias):
    n = 10**6
    for share in (0.1, 0.5, 1):
        _, square = mixing.stationary_moments(n, int(share * n), 0, sampling_bias)
        ratio = mixing.effective_sample_ratio(share, sampling_bias)
        assert ratio == pytest.approx(1 / square / (share * n), rel=1e-4)


@pytest.mark.parametrize("ddof", [0, 1])
def test_as_many_real_rows_have_the_same_distance(ddof):
    n = np.array([2, 3, 10, 1000, 10**6])
    found = mixing.equivalent_sample_size(gaussian.expected_squared_w2(1, n, ddof), ddof)
    np.testing.assert_allclose(found, n, rtol=1e-9)
    history = ensemble.gaussian(n=17, generations=1, chains=200_000, ddof=ddof)
    distance = history["squared_w2"][0]
    assert_within(17 * distance / distance.mean(), mixing.equivalent_sample_size(distance.mean(), ddof), resolves=0.02)
    assert mixing.equivalent_sample_size(5.0) == pytest.approx(2)


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
    threshold = mixing.synthetic_rows_threshold(bias)
    assert threshold == pytest.approx(32)
    for n_synthetic in (16, 32, 64):
        # Twice the rows: what is left of 1/n_r, extrapolated to none.
        small, large = (paired_loss(rng, n, n_synthetic, bias, 250_000) for n in (500, 1000))
        values = 2 * large - small
        error = values.std() / np.sqrt(len(values))
        assert abs(values.mean() - (1 - bias) ** 2 / 4 * n_synthetic * (n_synthetic - threshold)) < 4 * error
        assert 4 * error < 0.05 * (1 - bias) ** 2 / 4 * 64 * (64 - threshold)


def test_more_synthetic_rows_than_the_threshold_hurt_in_three_dimensions():
    threshold = mixing.synthetic_rows_threshold(0.5, d=3)
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
