"""Errors of a parameter along each pathway: against brute force, exact finite-n theory and the literature."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.theory import accumulate, gaussian, mixing, pathways, regression

CHAINS, ROWS = 80_000, 4


def mean_of(rng, centre, rows=ROWS):
    """Return means of rows drawn about each chain's centre, with variance 1."""
    return centre + rng.standard_normal((CHAINS, rows)).mean(axis=1)


# ---------------------------------------------------------------- brute force: the mean of a normal law, any n


@pytest.mark.parametrize("t", [1, 2, 4])
@pytest.mark.parametrize("growth", [0, 1, 2])
def test_growing_replace_agrees_with_brute_force(rng, t, growth):
    mean = np.zeros(CHAINS)
    for j in range(1, t + 1):
        mean = mean_of(rng, mean, rows=ROWS * j**growth)
    assert_within(ROWS * mean**2, pathways.growing_replace_error(t, growth), resolves=0.021, oracle="F5")


@pytest.mark.parametrize("t", [1, 2, 5])
def test_accumulate_agrees_with_brute_force(rng, t):
    mean = np.zeros(CHAINS)
    for j in range(1, t + 1):
        mean += (mean_of(rng, mean) - mean) / j  # the mean of j sets of one size
    assert_within(ROWS * mean**2, pathways.accumulate_error(t), resolves=0.021, oracle="E1")


@pytest.mark.parametrize("t", [1, 2, 6])
@pytest.mark.parametrize("ratio", [0.5, 1, 3])
def test_anchor_agrees_with_brute_force(rng, t, ratio):
    real = mean = mean_of(rng, 0.0)
    for _ in range(t - 1):
        mean = (real + ratio * mean_of(rng, mean, rows=int(ratio * ROWS))) / (1 + ratio)
    assert_within(ROWS * mean**2, pathways.anchor_error(t, ratio), resolves=0.021, oracle="F4")


@pytest.mark.parametrize("t", [1, 2, 6])
@pytest.mark.parametrize(("weight", "ratio"), [(0.5, 1), (0.618, 1), (0.2, 4), (0.7, 0.5), (0, 2), (1, 1)])
def test_weighted_agrees_with_brute_force(rng, t, weight, ratio):
    mean = mean_of(rng, 0.0)
    for _ in range(t - 1):
        mean = weight * mean_of(rng, 0.0) + (1 - weight) * mean_of(rng, mean, rows=int(ROWS / ratio))
    assert_within(ROWS * mean**2, pathways.weighted_error(t, weight, ratio), resolves=0.021, oracle="F3")


@pytest.mark.parametrize("law", ["Poisson", "Bernoulli"])
def test_pathways_are_universal(rng, law):  # R6: other laws, rows summed before they are drawn
    n, t = 200, 10
    draw, start, information = {
        "Poisson": (lambda share: rng.poisson(n * share) / n, 2.0, 1 / 2.0),
        "Bernoulli": (lambda share: rng.binomial(n, share) / n, 0.3, 1 / 0.21),
    }[law]
    replaced, pooled = np.full(CHAINS, start), np.full(CHAINS, start)
    for j in range(1, t + 1):
        replaced = draw(replaced)
        pooled += (draw(pooled) - pooled) / j
    # A Bernoulli share loses variance with its heterozygosity, 1/n in each generation: here replace has 9.78, not 10.
    assert n * information * np.mean((replaced - start) ** 2) == pytest.approx(pathways.replace_error(t), rel=0.04)
    assert n * information * np.mean((pooled - start) ** 2) == pytest.approx(pathways.accumulate_error(t), rel=0.04)


# ---------------------------------------------------------------- large n of the exact theory


def test_large_n_of_the_exact_theory():
    t, n = np.array([1, 2, 7, 30]), 10**7
    for ddof in (0, 1):
        for error, exact in (
            (pathways.replace_error, gaussian.expected_mean_square),
            (pathways.accumulate_error, accumulate.expected_mean_square),
        ):
            np.testing.assert_allclose(error(t), n * exact(t, n, ddof), rtol=1e-4)
    for c in (0.25, 1, 4):
        share = c / (1 + c)
        _, square = mixing.stationary_moments(n, int(share * n), ddof=0)
        # The error's unit is that of the fresh rows alone.
        assert pathways.pooled_error_limit(c) == pytest.approx(share * n * square, rel=1e-5)


def test_regression_has_the_same_pathways():
    t, one = np.arange(1, 9), regression.replace_error(1, 30, 4)
    np.testing.assert_allclose(regression.replace_error(t, 30, 4) / one, pathways.replace_error(t))
    np.testing.assert_allclose(regression.accumulate_error(t, 30, 4) / one, pathways.accumulate_error(t))
    np.testing.assert_allclose(regression.growing_replace_error(t, 30, 4) / one, pathways.growing_replace_error(t))


# ---------------------------------------------------------------- the literature, limits, identities


def test_constants_of_the_literature():  # 7.4
    assert pathways.accumulate_error_limit() == pytest.approx(1.645, abs=5e-4)
    assert pathways.anchor_error(10**6, [1, 1000]) == pytest.approx([4 / 3, 3 / 2], rel=2e-4)
    assert pathways.pooled_error_limit() == pytest.approx(2 / 3)
    assert pathways.weighted_error_limit(1) == 1
    assert pathways.accumulate_error(10) == pytest.approx(1.5498, abs=5e-5)
    assert pathways.growing_replace_error_limit(1.5) == pytest.approx(2.612375, abs=5e-7)
    for c, weight in ((1, 0.618), (0.25, 0.3904), (4, 0.8284)):
        assert pathways.optimal_weight(c) == pytest.approx(weight, abs=5e-5)


def test_errors_reach_their_limits():
    late = 1_000_000
    assert pathways.accumulate_error(late) == pytest.approx(pathways.accumulate_error_limit(), abs=2e-6)
    assert pathways.growing_replace_error(late, 3) == pytest.approx(pathways.growing_replace_error_limit(3))
    assert pathways.weighted_error(200, 0.3, 2) == pytest.approx(pathways.weighted_error_limit(0.3, 2))
    assert pathways.growing_replace_error(late) == pytest.approx(np.log(late) + np.euler_gamma, abs=1e-5)


def test_without_growth_it_is_replace():
    t = np.arange(1, 20)
    np.testing.assert_allclose(pathways.growing_replace_error(t, 0), pathways.replace_error(t))
    np.testing.assert_allclose(pathways.growing_replace_error(t, 2), pathways.accumulate_error(t))
    np.testing.assert_allclose(pathways.weighted_error(t, 0, 1), pathways.replace_error(t))


@pytest.mark.parametrize("c", [1e-3, 0.25, 1, 4, 1e6])
def test_golden_ratio_is_the_best_weight(c):  # R7
    best = pathways.optimal_weight(c)
    assert best == pytest.approx((np.sqrt(c**2 + 4 * c) - c) / 2, rel=1e-6)
    assert pathways.weighted_error_limit(best, c) == pytest.approx(best)
    grid = np.linspace(0.001, 1, 5000)
    errors = pathways.weighted_error_limit(grid, c)
    assert errors.min() >= best * (1 - 1e-12)
    assert grid[errors.argmin()] == pytest.approx(best, abs=1e-3)
    # Equal weight of each row is never better.
    pooled = pathways.weighted_error_limit(c / (1 + c), c)
    assert pathways.pooled_error_limit(c) == pytest.approx(pooled)
    assert pooled >= best


def test_arrays_broadcast():
    t = np.array([[1], [5]])
    for call in (pathways.anchor_error, pathways.growing_replace_error):
        found = call(t, np.array([0.5, 1, 2]))
        assert found.shape == (2, 3)
        for i, j in np.ndindex(2, 3):
            assert found[i, j] == pytest.approx(call(int(t[i, 0]), [0.5, 1, 2][j]))
    assert pathways.weighted_error(t, 0.5, np.ones(3)).shape == (2, 3)
    for call in (pathways.replace_error, pathways.accumulate_error, pathways.anchor_error):
        assert np.ndim(call(3)) == 0
        assert call([]).shape == (0,)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: pathways.replace_error(0), ValueError, "t must contain whole numbers of at least 1; got 0"),
        (lambda: pathways.accumulate_error(1.5), TypeError, "t must contain whole numbers of at least 1; got 1.5"),
        (lambda: pathways.growing_replace_error(1, -1), ValueError, "growth must contain numbers in [0, inf); got -1"),
        (lambda: pathways.anchor_error(1, -1), ValueError, "ratio must contain numbers in [0, inf); got -1"),
        (lambda: pathways.weighted_error(1, 1.1), ValueError, "weight must contain numbers in [0, 1]; got 1.1"),
        (lambda: pathways.weighted_error_limit(0.5, 0), ValueError, "ratio must contain numbers in (0, inf); got 0"),
        (lambda: pathways.optimal_weight(np.nan), ValueError, "ratio must contain numbers in (0, inf); got nan"),
        (lambda: pathways.optimal_weight("1"), TypeError, "ratio must contain numbers in (0, inf); got '1'"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
