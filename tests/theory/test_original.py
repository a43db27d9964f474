"""Real sets that are kept: the moments of anchor and preserve against exact chains and brute force."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_within, gaussian_chains

from collapse_edu import ensemble
from collapse_edu.loop import regimes
from collapse_edu.theory import gaussian, original

CHAINS = 150_000


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("sampling_bias", [1.0, 0.8])
@pytest.mark.parametrize(
    ("regime", "n", "n_samples"),
    [
        (regimes.anchor, 12, 12),
        (regimes.anchor, 10, 25),
        (regimes.preserve(0.5), 10, 10),
        (regimes.preserve(0.2), 20, 30),  # 6 of 20 rows are kept
        (regimes.preserve(0.9), 10, 11),  # all of them: as anchor with one synthetic row
    ],
    ids=lambda value: regimes.name(value) if callable(value) else str(value),
)
def test_agrees_with_exact_chains(regime, n, n_samples, ddof, sampling_bias):
    t, settings = 6, {"ddof": ddof, "sampling_bias": sampling_bias}
    if regime is regimes.anchor:
        kept, synthetic = n, n_samples
    else:
        kept = regimes.real_rows(regime.share, n_samples)
        synthetic = n_samples - kept
    history = ensemble.gaussian(regime, n=n, n_samples=n_samples, generations=t, chains=CHAINS, seed=n, **settings)
    variance, square = original.expected_moments(t, n, kept, synthetic, **settings)
    assert_within(history["variance"][-1], variance, resolves=0.02, oracle="F7")
    assert_within(np.square(history["mean"][-1]), square, resolves=0.02, oracle="F7")


@pytest.mark.parametrize(("ddof", "sampling_bias"), [(0, 0.8), (1, 1.0)])
def test_anchor_agrees_with_brute_force(rng, ddof, sampling_bias):
    chains = gaussian_chains(rng, "anchor", n=8, chains=60_000, ddof=ddof, sampling_bias=sampling_bias)
    mean, covariance = next(islice(chains, 3, None))
    variance, square = original.expected_moments(4, 8, 8, 8, ddof, sampling_bias)
    assert_within(covariance[:, 0, 0], variance, resolves=0.02, oracle="F7")
    assert_within(mean[:, 0] ** 2, square, resolves=0.03, oracle="F7")


def test_preserve_agrees_with_brute_force(rng):
    n, kept, chains = 6, 2, 110_000
    real = training = rng.standard_normal((chains, n))
    for _ in range(3):
        mean, spread = training.mean(axis=1, keepdims=True), training.std(axis=1, keepdims=True)
        part = rng.permuted(real, axis=1)[:, :kept]
        synthetic = mean + np.sqrt(0.8) * spread * rng.standard_normal((chains, n - kept))
        training = np.concatenate([part, synthetic], axis=1)
    variance, square = original.expected_moments(4, n, kept, n - kept, ddof=0, sampling_bias=0.8)
    assert_within(training.var(axis=1), variance, resolves=0.02, oracle="F7")
    assert_within(training.mean(axis=1) ** 2, square, resolves=0.02, oracle="F7")


@pytest.mark.parametrize(("kept", "synthetic"), [(10, 10), (3, 7), (1, 9), (10, 0)])
def test_limits_are_where_the_recursion_ends(kept, synthetic):
    for ddof, bias in ((0, 1.0), (0, 0.8), (1, 1.0), (1, 0.8)):
        late = original.expected_moments(20_000, 10, kept, synthetic, ddof, bias)
        np.testing.assert_allclose(original.stationary_moments(10, kept, synthetic, ddof, bias), late, rtol=1e-9)
        if bias == 1 and ddof == 0:  # maximum likelihood conserves the second moment
            assert sum(late) == pytest.approx(1)


def test_published_values():
    assert original.stationary_moments(30, 30, 30, 0, 0.8)[0] == pytest.approx(0.7996, abs=5e-5)


def test_special_cases():
    t = np.arange(1, 9)
    # Without synthetic rows, and with all real rows, nothing changes.
    variance, square = original.expected_moments(t, 12, 12, 0, ddof=0)
    np.testing.assert_allclose(variance, 11 / 12)
    np.testing.assert_allclose(square, 1 / 12)
    # One kept row of a million others is nearly replace.
    variance, _ = original.expected_moments(t, 10**6, 1, 10**6, ddof=0, sampling_bias=0.7)
    np.testing.assert_allclose(variance, gaussian.expected_variance(t, 10**6, 0, 0.7), rtol=1e-4)


def test_arrays_broadcast():
    t, n, kept = np.arange(1, 5)[:, None], np.array([10, 20, 30]), np.array([1, 20, 9])
    both = original.expected_moments(t, n, kept, 5, 1, 0.9), original.stationary_moments(n, kept, 5, 1, 0.9)
    for i, j in np.ndindex(4, 3):
        alone = original.expected_moments(int(t[i, 0]), int(n[j]), int(kept[j]), 5, 1, 0.9)
        assert [values[i, j] for values in both[0]] == pytest.approx(alone)
        assert [values[j] for values in both[1]] == pytest.approx(original.stationary_moments(n[j], kept[j], 5, 1, 0.9))
    assert np.ndim(original.expected_moments(3, 10, 1, 9)[0]) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: original.expected_moments(1, 10, 11, 5), "n_kept must not be larger than n_real; got 11 of 10"),
        (lambda: original.expected_moments(1, 10, 0, 5), "n_kept must contain whole numbers of at least 1; got 0"),
        (lambda: original.stationary_moments(10, 1, 0), "n_kept and n_synthetic must sum to at least 2; got 1"),
        (lambda: original.expected_moments(0, 10, 1, 5), "t must contain whole numbers of at least 1; got 0"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        call()
