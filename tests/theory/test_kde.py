"""Kernel densities fitted to their own samples: moments against brute force, their limits and the literature."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.theory import accumulate, gaussian, kde

N, CHAINS = 12, 40_000

REAL = {  # real laws of variance 1: only moments enter
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "two points": lambda rng, shape: rng.choice([-1.0, 1.0], shape),
}
KERNEL = {
    "gaussian": lambda rng, shape: rng.standard_normal(shape),
    "tophat": lambda rng, shape: np.sqrt(3) * rng.uniform(-1, 1, shape),
}


def training_sets(rng, rule, t, bandwidth, *, real="normal", kernel="gaussian"):
    """Return the training sets of fit t, shape (chains, rows)."""
    training = REAL[real](rng, (CHAINS, N))
    for _ in range(t - 1):
        picked = np.take_along_axis(training, rng.integers(training.shape[1], size=(CHAINS, N)), axis=1)
        drawn = picked + bandwidth * KERNEL[kernel](rng, (CHAINS, N))
        training = np.concatenate([training, drawn], axis=1) if rule == "accumulate" else drawn
    return training


@pytest.mark.parametrize("real", REAL)
@pytest.mark.parametrize("kernel", KERNEL)
@pytest.mark.parametrize("bandwidth", [0, 0.5])
def test_replace_agrees_with_brute_force(rng, bandwidth, kernel, real):  # K1, K2, R13
    t = 4
    rows = training_sets(rng, "replace", t, bandwidth, real=real, kernel=kernel)
    assert_within(rows.var(axis=1), kde.expected_variance(t, N, bandwidth), resolves=0.02, oracle="K1")
    assert_within(rows.mean(axis=1) ** 2, kde.expected_mean_square(t, N, bandwidth), resolves=0.04, oracle="K1")


@pytest.mark.parametrize("bandwidth", [0, 0.6])
@pytest.mark.parametrize("t", [1, 2, 6])
def test_accumulate_agrees_with_brute_force(rng, t, bandwidth):  # K5
    rows = training_sets(rng, "accumulate", t, bandwidth)
    assert_within(rows.var(axis=1), kde.expected_accumulate_variance(t, N, bandwidth), resolves=0.02, oracle="K5")


def test_replace_is_the_recursion_of_the_literature():
    variance = [1 - 1 / N]
    for _ in range(9):
        variance.append((1 - 1 / N) * (variance[-1] + 0.3**2))
    np.testing.assert_allclose(kde.expected_variance(np.arange(1, 11), N, 0.3), variance)


def test_without_kernel_it_is_the_bootstrap():
    t = np.arange(20)
    bootstrap = gaussian.expected_variance(t, N, ddof=0)
    np.testing.assert_allclose(kde.expected_variance(t, N, 0), bootstrap)
    np.testing.assert_allclose(kde.expected_mean_square(t, N, 0), gaussian.expected_mean_square(t, N, ddof=0))
    np.testing.assert_allclose(kde.expected_accumulate_variance(t, N, 0), accumulate.expected_variance(t, N, ddof=0))


@pytest.mark.parametrize("bandwidth", [0.2, 0.4])
def test_replace_ends_at_the_bandwidth_and_so_collapses_or_diffuses(bandwidth):
    limit = (N - 1) * bandwidth**2
    assert kde.expected_variance(5000, N, bandwidth) == pytest.approx(limit)
    steps = np.diff(kde.expected_variance(np.arange(1, 400), N, bandwidth))
    assert np.all(steps < 1e-15) if limit < 1 else np.all(steps > -1e-15)


def test_accumulate_grows_like_the_logarithm():
    variance = kde.expected_accumulate_variance([1000, 10_000], 100, 0.5)
    # The rate is h², less what the mean takes.
    assert np.diff(variance) == pytest.approx(0.25 * np.log(10), rel=1e-2)


def test_replace_accounts_for_the_second_moment():
    t, h = np.arange(1, 30), 0.4
    replaced = kde.expected_variance(t, N, h) + kde.expected_mean_square(t, N, h)
    np.testing.assert_allclose(replaced, 1 + (t - 1) * h**2)


def test_arrays_broadcast():
    t, n, h = np.array([[0], [1], [5]]), np.array([5, 6, 9]), np.array([0, 0.5, 1])
    for call in (kde.expected_variance, kde.expected_mean_square, kde.expected_accumulate_variance):
        found = call(t, n, h)
        assert found.shape == (3, 3)
        for i, j in np.ndindex(3, 3):
            assert found[i, j] == pytest.approx(call(int(t[i, 0]), int(n[j]), float(h[j])))
        assert call([], 5, 0.5).shape == (0,)
        assert np.ndim(call(3, 5, 0.5)) == 0
        assert call(0, 5, 0.5) == (0 if "mean" in call.__name__ else 1)


def test_bad_input_gets_one_line():
    for call in (kde.expected_variance, kde.expected_accumulate_variance):
        with pytest.raises(ValueError, match=r"^bandwidth must contain numbers in \[0, inf\); got -1$"):
            call(1, 10, -1)
        with pytest.raises(ValueError, match=r"^t must contain whole numbers of at least 0; got -1$"):
            call(-1, 10, 1)
        with pytest.raises(ValueError, match=r"^n must contain whole numbers of at least 2; got 1$"):
            call(1, 1, 1)
