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
    """Return the training sets of fit t, shape (chains, rows); ``rule`` may also be "relative" and "shrunk"."""
    training = REAL[real](rng, (CHAINS, N))
    for _ in range(t - 1):
        picked = np.take_along_axis(training, rng.integers(training.shape[1], size=(CHAINS, N)), axis=1)
        noise = KERNEL[kernel](rng, (CHAINS, N))
        mean, variance = training.mean(axis=1, keepdims=True), training.var(axis=1, keepdims=True)
        if rule == "relative":
            drawn = picked + bandwidth * np.sqrt(variance) * noise
        elif rule == "shrunk":
            drawn = mean + (picked - mean + bandwidth * noise) / np.sqrt(1 + bandwidth**2 / variance)
        else:
            drawn = picked + bandwidth * noise
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


@pytest.mark.parametrize("t", [1, 2, 5])
def test_relative_bandwidth_agrees_with_brute_force(rng, t):  # K3
    variance = training_sets(rng, "relative", t, 0.4).var(axis=1)
    assert_within(variance, kde.expected_relative_variance(t, N, 0.4), resolves=0.03, oracle="K3")


@pytest.mark.parametrize("bandwidth", [0.2, 1.0])
def test_shrunk_kernel_agrees_with_brute_force(rng, bandwidth):  # K4
    variance = training_sets(rng, "shrunk", 4, bandwidth).var(axis=1)
    assert_within(variance, kde.expected_shrunk_variance(4, N), resolves=0.02, oracle="K4")


@pytest.mark.parametrize("bandwidth", [0, 0.6])
@pytest.mark.parametrize("t", [1, 2, 6])
def test_accumulate_agrees_with_brute_force(rng, t, bandwidth):  # K5
    rows = training_sets(rng, "accumulate", t, bandwidth)
    assert_within(rows.var(axis=1), kde.expected_accumulate_variance(t, N, bandwidth), resolves=0.02, oracle="K5")
    assert_within(
        rows.mean(axis=1) ** 2, kde.expected_accumulate_mean_square(t, N, bandwidth), resolves=0.04, oracle="K5"
    )


def test_replace_is_the_recursion_of_the_literature():
    variance = [1 - 1 / N]
    for _ in range(9):
        variance.append((1 - 1 / N) * (variance[-1] + 0.3**2))
    np.testing.assert_allclose(kde.expected_variance(np.arange(1, 11), N, 0.3), variance)


def test_without_kernel_it_is_the_bootstrap():
    t = np.arange(20)
    bootstrap = gaussian.expected_variance(t, N, ddof=0)
    np.testing.assert_allclose(kde.expected_variance(t, N, 0), bootstrap)
    np.testing.assert_allclose(kde.expected_relative_variance(t, N, 0), bootstrap)
    np.testing.assert_allclose(kde.expected_shrunk_variance(t, N), bootstrap)
    np.testing.assert_allclose(kde.expected_mean_square(t, N, 0), gaussian.expected_mean_square(t, N, ddof=0))
    np.testing.assert_allclose(kde.expected_accumulate_variance(t, N, 0), accumulate.expected_variance(t, N, ddof=0))
    np.testing.assert_allclose(
        kde.expected_accumulate_mean_square(t, N, 0), accumulate.expected_mean_square(t, N, ddof=0)
    )


def test_critical_bandwidth_parts_collapse_from_diffusion():
    h, t = kde.critical_bandwidth(N), np.arange(1, 400)
    assert kde.variance_limit(N, h) == pytest.approx(1)
    assert kde.variance_limit(N, 0.5) == pytest.approx(kde.expected_variance(5000, N, 0.5))
    assert np.all(np.diff(kde.expected_variance(t, N, 0.9 * h)) < 1e-15)
    assert np.all(np.diff(kde.expected_variance(t, N, 1.1 * h)) > -1e-15)


def test_relative_growth_is_that_of_the_variance():
    variance = kde.expected_relative_variance([3, 4], N, 0.3)
    assert variance[1] / variance[0] == pytest.approx(kde.relative_growth(N, 0.3))
    # With the normal-reference rule the variance explodes.
    n = np.array([5, 10, 1000, 10**6])
    assert np.all(kde.relative_growth(n, 1.06 * n**-0.2) > 1)


def test_accumulate_grows_like_the_logarithm():
    variance = kde.expected_accumulate_variance([1000, 10_000], 100, 0.5)
    # The rate is h², less what the mean takes.
    assert np.diff(variance) == pytest.approx(0.25 * np.log(10), rel=1e-2)


def test_both_regimes_account_for_the_second_moment():
    t, h = np.arange(1, 30), 0.4
    replaced = kde.expected_variance(t, N, h) + kde.expected_mean_square(t, N, h)
    np.testing.assert_allclose(replaced, 1 + (t - 1) * h**2)
    pooled = kde.expected_accumulate_variance(t, N, h) + kde.expected_accumulate_mean_square(t, N, h)
    harmonic = np.cumsum(1 / t) - 1  # each batch is a share 1/j of the pool, and adds h²
    np.testing.assert_allclose(pooled, 1 + h**2 * harmonic)


def test_arrays_broadcast():
    t, n, h = np.array([[0], [1], [5]]), np.array([5, 6, 9]), np.array([0, 0.5, 1])
    for call in (kde.expected_variance, kde.expected_mean_square, kde.expected_relative_variance,
                 kde.expected_accumulate_variance, kde.expected_accumulate_mean_square):  # fmt: skip
        found = call(t, n, h)
        assert found.shape == (3, 3)
        for i, j in np.ndindex(3, 3):
            assert found[i, j] == pytest.approx(call(int(t[i, 0]), int(n[j]), float(h[j])))
        assert call([], 5, 0.5).shape == (0,)
        assert np.ndim(call(3, 5, 0.5)) == 0
        assert call(0, 5, 0.5) == (0 if "mean" in call.__name__ else 1)


def test_bad_input_gets_one_line():
    for call in (kde.expected_variance, kde.expected_accumulate_variance):
        with pytest.raises(ValueError, match=r"^bandwidth must hold numbers in \[0, inf\); got -1$"):
            call(1, 10, -1)
        with pytest.raises(ValueError, match=r"^t must hold whole numbers of at least 0; got -1$"):
            call(-1, 10, 1)
        with pytest.raises(ValueError, match=r"^n must hold whole numbers of at least 2; got 1$"):
            call(1, 1, 1)
    with pytest.raises(ValueError, match=r"^factor must hold numbers in \[0, inf\); got -1$"):
        kde.relative_growth(10, -1)
