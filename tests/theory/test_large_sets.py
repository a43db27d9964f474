"""Loops of large sets: one limit of all regimes, and how an error shrinks, against simulation and a root."""

import numpy as np
import pytest
from evidence import assert_within
from scipy.optimize import brentq
from scipy.stats import logistic, norm, wasserstein_distance

from collapse_edu.theory import large_sets, mixing, original


def test_with_large_sets_all_regimes_have_one_limit():
    n, share, bias = 10**7, 0.2, 0.6
    limit = large_sets.variance_limit(share, bias)
    assert original.stationary_moments(n, n, 4 * n, 0, bias)[0] == pytest.approx(limit, rel=1e-5)  # anchor
    assert original.stationary_moments(n, n // 5, 4 * n // 5, 1, bias)[0] == pytest.approx(limit, rel=1e-5)  # preserve
    assert mixing.stationary_moments(n, n // 5, 0, bias)[0] == pytest.approx(limit, rel=1e-5)  # mix


def test_published_value():
    assert large_sets.variance_limit(0.5, 0.8) == pytest.approx(0.8333, abs=5e-5)


@pytest.mark.parametrize("ratio", [0.25, 4])
def test_an_error_shrinks_by_the_contraction_also_where_the_condition_fails(rng, ratio):
    """Anchor with 20,000 real rows whose first model is off by a known shift, in mean and second moment."""
    n, chains, shift = 20_000, 40_000, np.array([0.5, 1.0])
    mean, second = shift[0], 1 + shift[1]
    moments = np.tile([[mean], [second]], chains)
    for t in (1, 2):
        variance, rows = moments[1] - moments[0] ** 2, int(ratio * n)
        drawn = moments[0] + np.sqrt(variance / rows) * rng.standard_normal(chains)
        square = variance * rng.chisquare(rows - 1, chains) / rows + drawn**2
        real = rng.standard_normal(chains) / np.sqrt(n)
        real_square = rng.chisquare(n - 1, chains) / n + real**2
        moments = np.array([real + ratio * drawn, real_square + ratio * square]) / (1 + ratio)
        left = large_sets.contraction(ratio) ** t
        assert_within(moments[0], shift[0] * left, resolves=0.02, oracle="F8")
        assert_within(moments[1] - 1, shift[1] * left, resolves=0.02, oracle="F8")
    assert (large_sets.contraction_bound(ratio) < 1) == (ratio < 0.5)


@pytest.mark.parametrize("scale", [0.7, 1.5, 2.5])
def test_the_bound_holds_for_a_wrong_model(scale):
    """A logistic location model, of scale 1, for normal data: curvature, L and ε by quadrature; the map by a root."""
    x = scale * norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    model = logistic.ppf((np.arange(20_000) + 0.5) / 20_000)
    curvature, information = (np.mean(0.5 / np.cosh(rows / 2) ** 2) for rows in (x, model))
    assert information == pytest.approx(1 / 3, rel=1e-3)
    lipschitz = 1 / (3 * np.sqrt(3))  # the largest slope of 1/(2 cosh²(x/2))
    misfit = lipschitz * wasserstein_distance(x, model) / curvature
    for ratio in (0.1, 0.4, 3, 30):

        def score(place, shift, ratio=ratio):
            return np.tanh((x - place) / 2).mean() + ratio * np.tanh((model + shift - place) / 2).mean()

        moved = brentq(score, -1, 1, args=(0.01,)) / 0.01
        factor = large_sets.contraction(ratio, information / curvature)
        assert factor == pytest.approx(moved, rel=1e-3)
        assert factor <= large_sets.contraction_bound(ratio, misfit)
        assert factor < 1
    assert large_sets.contraction_bound(30, misfit) == np.inf


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: large_sets.variance_limit(0), r"share must contain numbers in \(0, 1\]; got 0"),
        (lambda: large_sets.contraction(-1), r"synthetic_ratio must contain numbers in \[0, inf\); got -1"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        call()
