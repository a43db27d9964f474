"""Sizes that change with the generation."""

import re

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu import Gaussian, History, measures, run, watch
from collapse_edu.loop.regimes import (
    accumulate,
    anchor,
    contaminated,
    mix,
    preserve,
    replace,
    subsample,
    weighted,
)
from collapse_edu.loop.source import KnownDistribution, normal
from collapse_edu.theory import changing_sizes


class Marked:
    """A model whose rows are negative: real ones are not."""

    def fit(self, X, sample_weight=None):
        return self

    def sample(self, n, rng):
        return -np.ones((n, 1))


REAL = KnownDistribution(lambda n, rng: np.ones((n, 1)), n=40)
COUNTS = {
    "real": lambda generation, source: (generation.training > 0).sum(),
    "synthetic": lambda generation, source: (generation.training < 0).sum(),
}


@pytest.mark.parametrize(
    ("regime", "real", "synthetic"),
    [
        (replace, [40, 0, 0, 0], [0, 20, 40, 60]),
        (accumulate, [40, 40, 40, 40], [0, 20, 60, 120]),
        (anchor, [40, 40, 40, 40], [0, 20, 40, 60]),
        (preserve(0.1), [40, 2, 4, 6], [0, 18, 36, 54]),
        (mix(0.1), [40, 2, 4, 6], [0, 18, 36, 54]),
        (contaminated(0.5), [40, 10, 20, 30], [0, 10, 20, 30]),
        (weighted(0.5), [40, 40, 40, 40], [0, 20, 40, 60]),
    ],
)
def test_parts_follow_the_size_of_the_last_synthetic_set(regime, real, synthetic):
    history = run(Marked(), REAL, regime, generations=4, n_samples=lambda t: 20 * t, measures=COUNTS)
    assert history["real"].ravel().tolist() == real
    assert history["synthetic"].ravel().tolist() == synthetic


def test_a_subsample_stays_as_large_as_the_real_set():
    size = {"size": lambda generation, source: len(generation.training)}
    history = run(Marked(), REAL, subsample, generations=4, n_samples=lambda t: 20 * t, measures=size)
    assert history["size"].ravel().tolist() == [40] * 4


def test_a_function_of_one_value_is_that_number_to_the_bit():
    settings = {"generations": 4, "chains": 2}
    for regime in (replace, mix(0.1)):
        number, function = (run(Gaussian(), normal(30), regime, n_samples=n, **settings) for n in (20, lambda t: 20))
        assert np.array_equal(number["variance"], function["variance"])


def test_variance_is_a_product_over_the_sizes():
    d, t = 20, 4
    history = run(
        Gaussian(ddof=0),
        normal(20, covariance=np.eye(d)),
        generations=t,
        chains=600,
        n_samples=lambda t: 20 * (t + 1) ** 2,
        measures={"variance": measures.fitted_variance},
    )
    # Each coordinate is a chain of one dimension. The fit of generation j sees 20 j² rows.
    expected = changing_sizes.expected_variance(20 * np.arange(1, 31) ** 2, ddof=0)
    assert_within(history["variance"][-1], expected[t - 1], resolves=0.02, oracle="G10")
    assert expected[t - 1] == pytest.approx(np.prod(1 - 1 / (20 * np.arange(1, t + 1) ** 2)))
    assert round(expected[29], 2) == 0.92


def test_what_is_watched_is_the_run():
    settings = {"generations": 3, "chains": 2, "n_samples": lambda t: 10 * t, "measures": COUNTS}
    *_, last = watch(Marked(), REAL, **settings)
    assert last.history == run(Marked(), REAL, **settings)


def test_a_history_keeps_the_sizes_and_tells_them(tmp_path):
    history = run(Gaussian(), normal(9), generations=3, n_samples=lambda t: 1000 * t)
    assert history.settings["n_samples"] == [1000, 2000, 3000]
    assert history.describe("mean").startswith("Under replace, with 1,000 to 3,000 rows drawn, the mean goes from ")
    assert History.load(history.save(tmp_path / "history.csv")) == history


@pytest.mark.parametrize(
    ("n_samples", "error", "words"),
    [
        (lambda t: 3 - t, ValueError, "n_samples(3) must be an integer of at least 1; got 0"),
        (lambda t: 1.5 * t, TypeError, "n_samples(1) must be an integer of at least 1; got 1.5"),
        ([10, 20], TypeError, "n_samples must be an integer of at least 1; got [10, 20]"),
    ],
)
def test_a_size_that_is_none_is_refused_before_the_first_generation(n_samples, error, words):
    with pytest.raises(error, match=f"^{re.escape(words)}$"):
        run(Gaussian(), normal(20), generations=4, n_samples=n_samples, measures={"never": lambda *_: 1 / 0})


def test_a_set_that_cannot_be_made_later_is_refused_before_the_first_generation():
    with pytest.raises(ValueError, match=r"^share of 0.5 asks for 30 real rows of 60; the real set has 20: take a "):
        run(
            Gaussian(),
            normal(20),
            preserve(0.5),
            generations=4,
            n_samples=lambda t: 20 * t,
            measures={"never": lambda *_: 1 / 0},
        )
