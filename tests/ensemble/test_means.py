"""Chains that learn a mean with weights: they agree with theory, and with chains of drawn rows."""

from itertools import islice

import numpy as np
import pytest

from collapse_edu import Gaussian, ensemble, run, theory
from collapse_edu.loop import regimes
from collapse_edu.loop.source import normal
from tests.evidence import assert_within

CHAINS = 40_000


def errors_at(t, weights, ratio, chains=CHAINS, seed=1):
    steps = ensemble.weighted_means(weights, ratio=ratio, chains=chains, rng=np.random.default_rng(seed))
    return next(islice(steps, t - 1, None))


@pytest.mark.parametrize("ratio", [0.25, 1, 4])
@pytest.mark.parametrize("t", [1, 2, 12])
def test_squares_agree_with_theory(t, ratio):
    weights = [0, 0.3, 0.618, 1]
    for weight, errors in zip(weights, errors_at(t, weights, ratio), strict=True):
        assert_within(np.square(errors), theory.pathways.weighted_error(t, weight, ratio), resolves=0.04)


def test_rows_that_are_drawn_have_the_same_error():
    """Regime weighted and a model of mean and variance: the error of the mean, for large n, is the same."""
    n, t = 200, 6
    history = run(Gaussian(), normal(n), regimes.weighted(0.618), generations=t, chains=1500, seed=2)
    for generation in (2, t):
        squares = n * np.square(history["mean"][generation - 1])
        assert_within(squares, theory.pathways.weighted_error(generation, 0.618))


def test_all_weights_see_the_same_draws():
    both = errors_at(5, [0.4, 0.4], 1, chains=10)
    assert np.array_equal(*both)
    assert np.array_equal(errors_at(5, [0.4], 1, chains=10), both[:1])


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"weights": [1.2]}, r"weights must be a number in \[0, 1\]; got 1.2"),
        ({"ratio": 0}, "ratio must be a number in"),
        ({"ratio": np.inf}, "ratio must be a number in"),
        ({"chains": 0}, "chains must be an integer of at least 1; got 0"),
        ({"rng": 3}, "rng must be"),
    ],
)
def test_bad_input_gets_one_line(settings, line):
    settings = {"weights": [0.5], "chains": 5, "rng": np.random.default_rng(0)} | settings
    with pytest.raises((TypeError, ValueError), match=line):
        next(ensemble.weighted_means(**settings))
