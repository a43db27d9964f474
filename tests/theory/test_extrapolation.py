"""Extrapolation away from self-training: against brute force, and which settings it repairs."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.theory import extrapolation, gaussian


def models(rng, n_real, n_synthetic, bias, ddof, chains=60_000):
    """Return mean and standard deviation of both models, with all samples drawn."""
    rows = rng.standard_normal((chains, n_real))
    mean, deviation = rows.mean(axis=1), rows.std(axis=1, ddof=ddof)
    rows = mean[:, None] + np.sqrt(bias) * deviation[:, None] * rng.standard_normal((chains, n_synthetic))
    return mean, deviation, rows.mean(axis=1), rows.std(axis=1, ddof=ddof)


@pytest.mark.parametrize(
    ("n_real", "n_synthetic", "bias", "ddof"), [(20, 40, 0.6, 0), (30, 20, 0.8, 1), (25, 30, 1.3, 0), (20, 20, 1.0, 1)]
)
def test_agrees_with_brute_force(rng, n_real, n_synthetic, bias, ddof):
    mean, deviation, second_mean, second_deviation = models(rng, n_real, n_synthetic, bias, ddof)
    for sampled in (True, False):
        best = extrapolation.best_weight(n_real, n_synthetic, ddof, bias, sampled)
        for weight in (0, best, 1, -0.5):
            place = mean - weight * (second_mean - mean)
            spread = deviation - weight * (second_deviation - deviation)
            assert spread.min() > 0
            scale = np.sqrt(bias) if sampled else 1
            target = extrapolation.expected_squared_w2(weight, n_real, n_synthetic, ddof, bias, sampled)
            assert_within(place**2 + (scale * spread - 1) ** 2, target, resolves=0.02, oracle="S9")
            assert extrapolation.expected_squared_w2(best, n_real, n_synthetic, ddof, bias, sampled) <= target


@pytest.mark.parametrize("bias", [0.5, 0.8, 1.25])
def test_with_many_rows_it_undoes_the_bias_of_the_sampler(bias):
    many = {"n_real": 10**8, "n_synthetic": 10**8, "sampling_bias": bias}
    assert extrapolation.best_weight(**many) == pytest.approx(bias**-0.5, rel=1e-4)
    assert extrapolation.expected_squared_w2(0, **many) == pytest.approx((1 - bias**0.5) ** 2, rel=1e-5)
    assert extrapolation.expected_squared_w2(bias**-0.5, **many) < 1e-6
    # The model itself is right, and there is nothing to repair.
    assert extrapolation.best_weight(**many, sampled=False) == pytest.approx(0, abs=1e-4)


def test_it_repairs_no_sampling_error():
    for n in (30, 1000):
        without = {"n_real": n, "n_synthetic": 10**7, "sampling_bias": 1.0, "ddof": 0}
        gain = extrapolation.expected_squared_w2(0, **without) - extrapolation.expected_squared_w2(
            extrapolation.best_weight(**without), **without
        )
        assert gain < 1e-6
        # What is left under a bias is never less than a fit to the real rows.
        biased = without | {"sampling_bias": 0.8, "ddof": 1}
        left = extrapolation.expected_squared_w2(extrapolation.best_weight(**biased), **biased)
        assert 0.99 < left / gaussian.expected_squared_w2(1, n) < 1.01
    # Few synthetic rows: the direction is mostly noise, and the best step is short.
    few = extrapolation.best_weight(1000, [10, 100, 10_000], sampling_bias=0.8)
    assert np.all(np.diff(few) > 0)
    assert few[0] < 0.2


def test_the_first_and_the_second_model_are_at_0_and_minus_1():
    w2 = extrapolation.expected_squared_w2([0, -1], 40, 40)
    np.testing.assert_allclose(w2, gaussian.expected_squared_w2([1, 2], 40))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.nan, 10, 10), "weight must contain numbers in .*; got nan"),
        ((1, 1, 10), "n_real must contain whole numbers of at least 2; got 1"),
        ((1, 10, 1), "n_synthetic must contain whole numbers of at least 2; got 1"),
        ((1, 10, 10, 1, 0), r"sampling_bias must contain numbers in \(0, inf\); got 0"),
    ],
)
def test_bad_input_gets_one_line(arguments, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        extrapolation.expected_squared_w2(*arguments)
