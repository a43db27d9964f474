"""Selected samples: formulas against brute force, closed forms of small m, and the literature."""

import numpy as np
import pytest
from evidence import assert_within, squared_deviations
from scipy.integrate import quad
from scipy.special import log_ndtr
from scipy.stats import norm, truncnorm

from collapse_edu.theory import gaussian, selection

CHAINS = 50_000


def best(rng, m, shape):
    return rng.standard_normal((m, *shape)).max(axis=0)


def inside(rng, cut, shape):
    return norm.ppf(rng.uniform(norm.cdf(-cut), norm.cdf(cut), shape))


def chains(rng, select, t, n, ddof, count=CHAINS):
    """Return mean and variance of fit t: the first to real rows, the others to selected ones."""
    rows = rng.standard_normal((count, n))
    for _ in range(t - 1):
        mean, spread = rows.mean(axis=1, keepdims=True), rows.std(axis=1, ddof=ddof, keepdims=True)
        rows = mean + spread * select((count, n))
    return rows.mean(axis=1), rows.var(axis=1, ddof=ddof)


@pytest.mark.parametrize("m", [1, 2, 3, 7, 20])
def test_best_of_moments_agree_with_brute_force(rng, m):
    drawn = best(rng, m, (300_000,))
    mean, variance = selection.best_of_moments(m)
    assert_within(drawn, mean, resolves=0.02 if m > 1 else None, oracle="S1")
    assert_within(squared_deviations(drawn), variance, resolves=0.02, oracle="S1")


def test_best_of_moments_have_the_known_closed_forms():
    pi, root = np.pi, np.sqrt(np.pi)
    means = [0, 1 / root, 3 / (2 * root), 6 * np.arctan(np.sqrt(2)) / pi**1.5,
             5 / (4 * root) + 15 * np.arcsin(1 / 3) / (2 * pi**1.5)]  # fmt: skip
    squares = [1, 1, 1 + np.sqrt(3) / (2 * pi), 1 + np.sqrt(3) / pi,
               1 + 5 * np.sqrt(3) / (4 * pi) + 5 * np.sqrt(3) * np.arcsin(1 / 4) / (2 * pi**2)]  # fmt: skip
    mean, variance = selection.best_of_moments([1, 2, 3, 4, 5])
    np.testing.assert_allclose(mean, means, atol=1e-12)
    np.testing.assert_allclose(variance, np.array(squares) - np.square(means), atol=1e-12)


def test_best_of_many_tends_to_the_extreme_value_law():
    m = 10**9
    mean, variance = selection.best_of_moments(m)
    location = norm.isf(1 / m)
    scale = norm.isf(1 / (m * np.e)) - location
    assert mean == pytest.approx(location + np.euler_gamma * scale, rel=1e-3)
    assert variance == pytest.approx((np.pi * scale) ** 2 / 6, rel=0.05)


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("m", "t"), [(2, 2), (2, 4), (5, 3)])
def test_best_of_chains_agree_with_brute_force(rng, m, t, ddof):
    _, v = chains(rng, lambda shape: best(rng, m, shape), t, n=12, ddof=ddof)
    assert_within(v, selection.best_of_variance(t, 12, m, ddof), resolves=0.025, oracle="S1")


@pytest.mark.parametrize("m", [2, 4])
def test_best_of_mean_agrees_with_brute_force(rng, m):
    n, t = 2000, 5
    mean, _ = chains(rng, lambda shape: best(rng, m, shape), t, n=n, ddof=1, count=150)
    # A standard deviation is too small by a share of about t/(4n) on average.
    target = selection.best_of_mean(t, m)
    assert abs(mean.mean() - target) <= 4 * mean.std() / np.sqrt(len(mean)) + target * t / (4 * n)
    assert 4 * mean.std() / np.sqrt(len(mean)) < 0.01 * target


def test_best_of_two_is_the_published_factor():  # S1
    assert selection.best_of_moments(2) == pytest.approx((1 / np.sqrt(np.pi), 1 - 1 / np.pi))
    steps = selection.best_of_variance([3, 4], 50)
    assert steps[1] / steps[0] == pytest.approx(1 - 1 / np.pi)
    assert selection.best_of_mean(2) == pytest.approx(1 / np.sqrt(np.pi))
    assert selection.best_of_mean(300) == pytest.approx(selection.best_of_mean_limit())


def test_no_selection_is_replace():
    t = np.arange(9)
    for ddof in (0, 1):
        plain = gaussian.expected_variance(t, 12, ddof)
        np.testing.assert_allclose(selection.best_of_variance(t, 12, 1, ddof), plain)
        np.testing.assert_allclose(selection.truncated_variance(t, 12, 50, ddof), plain)
    np.testing.assert_array_equal(selection.best_of_mean(t, 1), 0)
    assert selection.best_of_mean_limit(1) == 0


@pytest.mark.parametrize(("cut", "factor"), [(1, 0.2911), (1.5, 0.5515), (2, 0.7737), (2.5, 0.9113), (3, 0.9733)])  # S2
def test_truncation_factor_is_the_published_one(cut, factor):
    assert selection.truncation_factor(cut) == pytest.approx(factor, abs=5e-5)
    closed = 1 - 2 * cut * norm.pdf(cut) / (2 * norm.cdf(cut) - 1)
    assert selection.truncation_factor(cut) == pytest.approx(closed)
    assert selection.truncation_factor(cut) == pytest.approx(truncnorm(-cut, cut).var())


@pytest.mark.parametrize("cut", [1e-300, 1e-162, 1e-100, 1e-9, 1.4e-8, 1.5e-8])
def test_the_narrowest_cuts_keep_a_third_of_their_square(cut):
    assert selection.truncation_factor(cut) == pytest.approx(cut * cut / 3, rel=1e-12, abs=0)


@pytest.mark.parametrize("m", [10**6, 10**12])
def test_the_best_of_very_many(m):
    def density(x):
        return m * np.exp((m - 1) * log_ndtr(x) - x**2 / 2) / np.sqrt(2 * np.pi)

    moments = [quad(lambda x, power=power: x**power * density(x), 3, 13, epsabs=1e-13)[0] for power in range(3)]
    mean, variance = selection.best_of_moments(m)
    assert moments[0] == pytest.approx(1, abs=1e-10)
    assert mean == pytest.approx(moments[1], rel=1e-9)
    assert variance == pytest.approx(moments[2] - moments[1] ** 2, rel=1e-7)
    with pytest.raises(ValueError, match=r"^m must contain whole numbers from 1 to 1e\+12; got 1e\+45$"):
        selection.best_of_moments(1e45)


def test_narrow_cuts_lose_no_digits():
    cut = np.array([1e-2, 1e-6, 1e-9])
    np.testing.assert_allclose(selection.truncation_factor(cut) / cut**2, 1 / 3, rtol=1e-4)


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("cut", "t"), [(1, 2), (2, 4), (3, 3)])
def test_truncated_chains_agree_with_brute_force(rng, cut, t, ddof):
    mean, v = chains(rng, lambda shape: inside(rng, cut, shape), t, n=12, ddof=ddof, count=30_000)
    assert_within(v, selection.truncated_variance(t, 12, cut, ddof), resolves=0.025, oracle="S2")
    assert_within(mean, 0, oracle="S2")


def test_arrays_broadcast():
    t, n = np.array([[0], [1], [4]]), np.array([5, 9])
    for call, values in ((selection.best_of_variance, [2, 5]), (selection.truncated_variance, [1.0, 2.5])):
        for ddof in (0, 1):
            found = call(t, n, values, ddof)
            assert found.shape == (3, 2)
            for i, j in np.ndindex(3, 2):
                assert found[i, j] == pytest.approx(call(int(t[i, 0]), int(n[j]), values[j], ddof))
        assert call([], 5, values[0]).shape == (0,)
        assert call(3, n, values[0]).shape == (2,)
        assert np.ndim(call(3, 5, values[0])) == 0
    assert selection.best_of_mean(t, [1, 2, 3]).shape == (3, 3)


def test_bad_input_gets_one_line():
    with pytest.raises(ValueError, match=r"^m must contain whole numbers from 1 to 1e\+12; got 0$"):
        selection.best_of_moments(0)
    with pytest.raises(ValueError, match=r"^cut must contain numbers in \(0, inf\); got 0$"):
        selection.truncation_factor(0)
    with pytest.raises(ValueError, match=r"^t must contain whole numbers of at least 0; got -1$"):
        selection.best_of_mean(-1)
    with pytest.raises(ValueError, match=r"^ddof must be an integer from 0 to 1; got 2$"):
        selection.truncated_variance(1, 10, 2, ddof=2)


def chosen(rng, slope, shape):
    """Return the winners of two draws under a Bradley-Terry choice with reward slope · x, by its definition."""
    x, other = rng.standard_normal((2, *shape))
    wins = rng.random(shape) < 1 / (1 + np.exp(-slope * (x - other)))
    return np.where(wins, x, other)


@pytest.mark.parametrize("slope", [0.3, 1, 4])
def test_a_bradley_terry_choice_agrees_with_brute_force(rng, slope):
    rows, (mean, variance) = chosen(rng, slope, (400_000,)), selection.bradley_terry_moments(slope)
    assert_within(rows, mean, resolves=0.05, oracle="S3")
    assert_within((rows - mean) ** 2, variance, resolves=0.02, oracle="S3")


def test_a_bradley_terry_choice_has_the_best_of_two_as_its_limit():
    np.testing.assert_allclose(selection.bradley_terry_moments(1e6), selection.best_of_moments(2), atol=1e-10)
    np.testing.assert_allclose(selection.bradley_terry_moments(0), [0, 1])
    for slope in (0.01, 1, 30, 1000):

        def density(z, slope=slope):
            return np.sqrt(2 / np.pi) * np.exp(-(z**2) / 2) * z * np.tanh(slope * z / np.sqrt(2)) / np.sqrt(2)

        edge = min(40 / slope, 12)  # beyond, the choice is certain
        exact = quad(density, 0, edge)[0] + quad(density, edge, 12)[0]
        assert selection.bradley_terry_moments(slope)[0] == pytest.approx(exact, abs=1e-9)


def test_a_bradley_terry_course_agrees_with_chains_of_many_rows(rng):
    n, count, slope = 20_000, 60, 2.0
    mean, spread = np.zeros(count), np.ones(count)
    for t in range(2, 6):
        rows = mean[:, None] + spread[:, None] * chosen(rng, slope * spread[:, None], (count, n))
        mean, spread = rows.mean(axis=1), rows.std(axis=1, ddof=1)
        expected_mean, expected_variance = selection.bradley_terry_course(t, slope)
        assert_within(mean, expected_mean, resolves=0.02, oracle="S4")
        assert_within(spread**2, expected_variance, resolves=0.02, oracle="S4")


def test_bradley_terry_courses_broadcast():
    means, variances = selection.bradley_terry_course([[0], [1], [2]], [0, 1])
    assert means.shape == variances.shape == (3, 2)
    np.testing.assert_array_equal(means[:2], 0)
    assert means[2, 1] == pytest.approx(selection.bradley_terry_moments(1)[0])
    with pytest.raises(ValueError, match="slope must contain numbers in"):
        selection.bradley_terry_moments(-1)
