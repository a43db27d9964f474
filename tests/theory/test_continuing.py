"""Chains whose models continue: closed forms against brute force, and against hand calculation."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.theory import continuing, gaussian

N, RATE, T, CHAINS = 10, 0.8, 4, 50_000


def brute_force(rng, start):
    """Yield (mean, variance) of all chains: the moments of a mixture, η of the rows and 1 - η of where a fit starts."""
    mean, variance = np.zeros(CHAINS), np.ones(CHAINS)
    base, last = (mean, variance) if start == "base" else None, None
    while True:
        rows = mean + np.sqrt(variance) * rng.standard_normal((N, CHAINS))
        mean, variance = rows.mean(axis=0), rows.var(axis=0)
        if begun := base or last:
            second = RATE * (variance + mean**2) + (1 - RATE) * (begun[1] + begun[0] ** 2)
            mean = RATE * mean + (1 - RATE) * begun[0]
            variance = second - mean**2
        yield mean, variance
        last = mean, variance


@pytest.mark.parametrize("start", ["predecessor", "base"])
def test_diversity_agrees_with_brute_force(rng, start):
    chains = brute_force(rng, start)
    for t in range(1, T + 1):
        mean, variance = next(chains)
        expected = continuing.expected_diversity(t, N, RATE, start)
        assert_within(variance, expected, resolves=0.025, oracle="C1")
        assert_within(mean**2, 1 - expected, resolves=0.05, oracle="C2")


@pytest.mark.parametrize("start", ["predecessor", "base"])
def test_a_rate_of_1_does_not_continue(start):
    t = np.arange(40)
    np.testing.assert_allclose(
        continuing.expected_diversity(t, 20, 1, start), gaussian.expected_variance(t, 20, ddof=0), rtol=1e-12
    )


def test_by_hand():
    # n = 2, η = ½, from the predecessor: ½, then times 1 - ¼/2 = ⅞.
    assert continuing.expected_diversity([0, 1, 2], 2, 0.5).tolist() == [1, 0.5, 0.4375]
    # From the real distribution: the mean's square grows from 0 by ¼ of (itself + ½ of the last diversity).
    assert continuing.expected_diversity([0, 1, 2], 2, 0.5, start="base").tolist() == [1, 0.875, 0.859375]


def test_with_a_base_the_loss_has_a_bound():
    limit = continuing.diversity_limit([5, 100], [0.9, 0.3])
    np.testing.assert_allclose(
        continuing.expected_diversity(10**6, [5, 100], [0.9, 0.3], start="base"), limit, rtol=1e-12
    )
    assert continuing.diversity_limit(5, 1) == 0
    assert continuing.expected_diversity(10**6, 100, 0.3) < 1e-300


@pytest.mark.parametrize(
    ("rate", "error", "words"),
    [
        (0, ValueError, r"^learning_rate must contain numbers in \(0, 1\]; got 0$"),
        (1.1, ValueError, r"^learning_rate must contain numbers in \(0, 1\]; got 1.1$"),
        (float("nan"), ValueError, r"^learning_rate must contain numbers in \(0, 1\]; got nan$"),
        ("half", TypeError, r"^learning_rate must contain numbers in \(0, 1\]; got 'half'$"),
    ],
)
def test_a_rate_out_of_range_is_refused(rate, error, words):
    for call in (lambda: continuing.expected_diversity(3, 10, rate), lambda: continuing.diversity_limit(10, rate)):
        with pytest.raises(error, match=words):
            call()
