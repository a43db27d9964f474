"""The distance of two samples of numbers: against linear programming, known laws, and properties of any distance."""

import numpy as np
import pytest
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog
from scipy.stats import norm

from collapse_edu.metrics import squared_w2_gaussians, wasserstein_2

steady = settings(derandomize=True, database=None, deadline=None, max_examples=60)
numbers = st.floats(-100, 100, allow_subnormal=False).map(lambda x: round(x, 3))
samples = st.lists(numbers, min_size=1, max_size=12)


def by_linear_programming(a, b):
    """The cheapest plan that moves masses 1/n at a to masses 1/m at b."""
    a, b = np.array(a), np.array(b)
    n, m = len(a), len(b)
    rows = np.kron(np.eye(n), np.ones(m))
    columns = np.kron(np.ones(n), np.eye(m))
    cost = np.square(a[:, None] - b).ravel()
    masses = np.concatenate([np.full(n, 1 / n), np.full(m, 1 / m)])
    return np.sqrt(max(linprog(cost, A_eq=np.concatenate([rows, columns]), b_eq=masses).fun, 0))


@settings(steady, max_examples=25)
@given(samples, samples)
def test_it_is_what_linear_programming_finds(a, b):
    assert wasserstein_2(a, b) == pytest.approx(by_linear_programming(a, b), rel=1e-6, abs=1e-5)


def test_equal_sizes_are_an_assignment(rng):
    a, b = rng.normal(size=60), rng.exponential(size=60)
    cost = np.square(a[:, None] - b)
    assert wasserstein_2(a, b) ** 2 == pytest.approx(cost[linear_sum_assignment(cost)].mean())


@pytest.mark.parametrize(("mean", "sd"), [(1.0, 2.0), (-0.5, 0.1)])
def test_its_square_is_near_that_of_the_normal_distributions(mean, sd):
    # Their quantiles, at numbers of points that share no factor.
    a, b = (norm.ppf((np.arange(n) + 0.5) / n) for n in (100_000, 99_991))
    target = squared_w2_gaussians(mean, sd**2, 0.0, 0.25)
    assert wasserstein_2(mean + sd * a, 0.5 * b) ** 2 == pytest.approx(target, rel=1e-4)


def test_a_sample_and_its_law_have_a_known_distance(rng):
    # Uniform on [0, 1]: the expected squared distance of n draws is 1 / (6 n), the integral of u (1 - u) / n.
    n, fine = 50, (np.arange(2000) + 0.5) / 2000
    assert_within([wasserstein_2(rng.random(n), fine) ** 2 for _ in range(1500)], 1 / (6 * n), resolves=0.1)


def test_by_hand():
    assert wasserstein_2([0, 0, 0], [1, 2, 2]) == pytest.approx(np.sqrt(3))
    assert wasserstein_2([0, 3], [0, 0, 3]) == pytest.approx(np.sqrt(9 / 6))  # a sixth of the mass goes 3 far
    assert wasserstein_2([[5.0]], [2.0]) == 3


@steady
@given(samples, samples, samples)
def test_it_is_a_distance(a, b, c):
    assert wasserstein_2(a, a) == 0
    assert wasserstein_2(a, b) == wasserstein_2(b, a) >= 0
    assert wasserstein_2(a, b) <= wasserstein_2(a, c) + wasserstein_2(c, b) + 1e-9


@steady
@given(samples, samples, numbers, st.floats(-50, 50), st.randoms(use_true_random=False), st.integers(1, 4))
def test_order_shift_scale_and_repetition(a, b, shift, factor, random, times):
    distance = wasserstein_2(a, b)
    shuffled = random.sample(a, len(a)) * times
    assert wasserstein_2(shuffled, b) == pytest.approx(distance, abs=1e-9)
    assert wasserstein_2(np.add(a, shift), np.add(b, shift)) == pytest.approx(distance, abs=1e-9)
    assert wasserstein_2(np.multiply(a, factor), np.multiply(b, factor)) == pytest.approx(
        abs(factor) * distance, abs=1e-6
    )


@steady
@given(samples, samples)
def test_means_alone_are_never_farther_apart(a, b):
    assert abs(np.mean(a) - np.mean(b)) <= wasserstein_2(a, b) + 1e-9


@pytest.mark.parametrize("unit", [1e-300, 1e308])
def test_very_small_and_very_large_numbers(unit):
    assert wasserstein_2([unit, -unit / 2], [-unit / 4]) / unit == pytest.approx(np.sqrt((1.25**2 + 0.25**2) / 2))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: wasserstein_2([], [1]), ValueError, "a must have shape (n,) or (n, 1) with n of at least 1; got (0,)"),
        (
            lambda: wasserstein_2([1], [[1, 2]]),
            ValueError,
            "b must have shape (n,) or (n, 1) with n of at least 1; got (1, 2)",
        ),
        (lambda: wasserstein_2(1.0, [1]), ValueError, "a must have shape (n,) or (n, 1) with n of at least 1; got ()"),
        (lambda: wasserstein_2([np.nan], [1]), ValueError, "a must hold finite numbers"),
        (lambda: wasserstein_2([1], [np.inf]), ValueError, "b must hold finite numbers"),
        (lambda: wasserstein_2(["x"], [1]), TypeError, "a must hold numbers"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
