"""The recorded run of three classes of models: its shapes, and what it is for."""

import numpy as np
import pytest

from collapse_edu.datasets import digits, recorded_model_classes
from collapse_edu.measures import Quality

REGIMES = ("replace", "preserve(0.5)")


@pytest.fixture(scope="module")
def recorded():
    return recorded_model_classes()


def test_it_has_its_shapes(recorded):
    assert recorded.models == ("mixture", "VAE", "flow")
    assert len(recorded.arms) == 10
    for arm in recorded.arms:
        assert recorded.pictures[arm].shape == (8, 36, 64)
        for measure in recorded.history.measures:
            values = recorded.history[arm, measure]
            assert values.shape[0] == 8
            assert values.shape[1] >= 5  # seeds
            assert ((values >= 0) & (values <= 1)).all()
    np.testing.assert_array_equal(recorded.real, digits().rows[:36])
    assert recorded.shape == digits().shape


@pytest.mark.parametrize("regime", REGIMES)
def test_arms_are_found_by_class_regime_and_bias(recorded, regime):
    assert list(recorded.under(regime)) == ["mixture", "VAE", "flow"]
    assert list(recorded.under(regime, sampling_bias=0.8)) == ["mixture", "flow"]  # the autoencoder has none
    history = recorded.of("flow", regime, 0.8)
    assert history.regimes == [regime]
    np.testing.assert_array_equal(history["recall"], recorded.history[f"flow, {regime}, λ = 0.8", "recall"])


def test_what_was_not_recorded_gets_one_line(recorded):
    with pytest.raises(ValueError, match=r"the recorded arm must be .*; got 'flow, anchor'"):
        recorded.of("flow", "anchor")


def test_symmetric_recall_is_the_smaller_one_in_each_chain(recorded):
    for arm in recorded.arms:
        smaller = np.minimum(recorded.history[arm, "recall"], recorded.history[arm, "coverage"])
        np.testing.assert_allclose(recorded.history[arm, "symmetric_recall"], smaller, atol=1e-6)


def test_noise_that_is_no_digit_has_recall(recorded):
    noise, real = recorded.controls["mean image + noise of 0.3"], recorded.controls["real images"]
    assert noise["recall"] > 0.9
    assert noise["precision"] == noise["coverage"] == 0
    assert min(real.values()) > 0.94
    quality = Quality(reference=digits().source.reserve)

    class Real:
        synthetic = digits().source.real

    assert quality.coverage(Real, None) == pytest.approx(real["coverage"], abs=1e-3)
