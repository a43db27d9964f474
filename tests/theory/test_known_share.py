"""Rows of which only the share of real ones is known, against scores and best fits of simulated rows."""

import tracemalloc

import numpy as np
import pytest
from evidence import assert_within, squared_deviations
from scipy.stats import norm

from collapse_edu.theory import known_share


@pytest.mark.parametrize("share", [1, 0.5])
def test_a_batch_of_known_share_agrees_with_brute_force(rng, share):  # F6: the means agree at 0, and the other is known
    n = 20
    estimate = rng.standard_normal((100_000, n)).mean(axis=1) / share
    target = 1 / known_share.known_share_sample_size(n, share)
    assert_within(squared_deviations(estimate), target, resolves=0.02, oracle="F6")


def test_information_is_the_table_of_the_distance():
    found = known_share.known_share_information(0.5, [0, 1, 2, 4, 8])
    assert found == pytest.approx([0.250, 0.286, 0.321, 0.426, 0.500], abs=5e-4)
    assert known_share.known_share_information([0.2, 0.7], np.inf) == pytest.approx([0.2, 0.7])
    assert known_share.known_share_information([0, 1], 3) == pytest.approx([0, 1])


@pytest.mark.parametrize(("share", "distance"), [(0.5, 2), (0.9, 1.7), (0.2, 3)])
def test_information_is_the_mean_square_of_the_score(rng, share, distance):
    n = 800_000
    real = rng.random(n) < share
    x = rng.standard_normal(n) + np.where(real, 0.0, distance)
    density, other = share * norm.pdf(x), (1 - share) * norm.pdf(x - distance)
    score = x * density / (density + other)
    assert_within(score**2, known_share.known_share_information(share, distance), resolves=0.02, oracle="F6")


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
    worth = known_share.known_share_sample_size(n, share, distance)
    assert worth == pytest.approx(426, abs=0.5)
    assert_within(best**2, 1 / worth, resolves=0.04, oracle="F6")
    assert_within(corrected**2, (1 + share * (1 - share) * distance**2) / (n * share**2), resolves=0.02, oracle="F6")
    assert best.var() < 0.7 / (n * share**2) < 2 * corrected.var()


def test_worth_has_bounds(rng):
    """Up to a share of 2/3 never below α²; above it by a few per cent; never above α, nor below 2 α²/π."""
    distance = np.linspace(0, 12, 400)
    for share in (0.01, 0.3, 0.66):
        information = known_share.known_share_information(share, distance)
        assert (np.diff(information) > -1e-12).all()
    for share in (0.7, 0.9, 0.99):
        information = known_share.known_share_information(share, distance)
        assert 0.93 * share**2 < information.min() < share**2
        assert information.max() <= share


def test_a_wider_synthetic_distribution_is_worse_than_the_same_one(rng):
    """As the docstring says; the library computes the same one alone, and bounds for any."""
    share, n = 0.5, 800_000
    same = known_share.known_share_information(share, 0)
    for spread, worth in ((1.0, same), (1.5, 0.2045)):
        x = rng.standard_normal(n) * np.where(rng.random(n) < share, 1, spread)
        density = share * norm.pdf(x)
        score = x * density / (density + (1 - share) * norm.pdf(x, scale=spread))
        assert_within(score**2, worth, resolves=0.02, oracle="F6")
    assert 2 / np.pi * same < worth < same


def test_known_shares_add_up():
    n, share = np.array([100, 300]), np.array([1.0, 0.2])
    assert known_share.known_share_sample_size(n, share) == pytest.approx(112)
    assert known_share.known_share_sample_size(100, 0.5) == pytest.approx(25)
    assert known_share.known_share_sample_size(np.ones((2, 3)), np.ones(3)) == pytest.approx([3, 3])
    assert known_share.known_share_sample_size(n, share, np.inf) == pytest.approx(160)


def test_bad_input_gets_one_line():
    with pytest.raises(ValueError, match=r"^share must contain numbers in \[0, 1\]; got -1$"):
        known_share.known_share_sample_size(10, -1)
    for distance, told in ((-1, "got -1"), (np.nan, "got nan"), ("far", "got 'far'")):
        with pytest.raises((TypeError, ValueError), match=rf"^distance must contain numbers in \[0, inf\); {told}$"):
            known_share.known_share_sample_size(10, 0.5, distance)


def test_many_values_are_those_of_one_by_one_and_take_little_memory():
    distance = np.linspace(0, 5, 2000)
    tracemalloc.start()
    many = known_share.known_share_information(0.5, distance)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6  # 83 kB for each value would be 166 MB
    one_by_one = [known_share.known_share_information(0.5, d) for d in distance[::511]]
    np.testing.assert_allclose(many[::511], one_by_one, rtol=1e-12)
    grid = known_share.known_share_information([[0.2], [0.9]], distance[:3])
    assert grid.shape == (2, 3)
    assert grid[1, 2] == pytest.approx(known_share.known_share_information(0.9, distance[2]), rel=1e-12)
