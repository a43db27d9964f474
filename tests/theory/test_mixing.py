"""Fresh real data in each generation: the moment recursion against brute force and the literature."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains

from collapse_edu import ensemble
from collapse_edu.loop import regimes
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


def test_limits_refuse_bad_input_in_one_line():
    with pytest.raises(ValueError, match=r"^n_fresh must contain whole numbers of at least 1; got 0$"):
        mixing.stationary_moments(10, 0)
    with pytest.raises(ValueError, match=r"^n_fresh must not be larger than n; got 11 of 10$"):
        mixing.stationary_moments(10, 11)
