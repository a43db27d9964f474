"""What the next generation is trained on: sizes, members, shares, labels."""

from itertools import islice, pairwise

import numpy as np
import pytest

from collapse_edu import Gaussian, generations, regimes, run
from collapse_edu.regimes import accumulate, anchor, mix, preserve, replace, subsample
from collapse_edu.source import FiniteData, KnownLaw, normal


class Numbered:
    """A model whose rows carry a number that no other row has: 1 000 000 t + i."""

    def fit(self, X, sample_weight=None):
        self.t = int(X.max()) // 1_000_000 + 1
        return self

    def sample(self, n, rng):
        return (1_000_000 * self.t + np.arange(n))[:, None]


class RealNumbers:
    """Real rows are negative, and every draw continues where the last one stopped."""

    def __init__(self):
        self.used = 0

    def __call__(self, n, rng):
        self.used += n
        return -np.arange(self.used - n, self.used)[:, None] - 1


def history(regime, length, n=10, n_samples=10):
    rng = np.random.default_rng(3)
    source = KnownLaw(RealNumbers(), n).open(rng)
    found = list(islice(generations(Numbered(), source, regime, rng, n_samples), length))
    return source, found


@pytest.mark.parametrize("regime", [replace, accumulate, subsample, preserve(0.3), anchor, mix(0.3)])
def test_first_training_set_is_the_real_set(regime):
    source, (first, *_) = history(regime, 2)
    np.testing.assert_array_equal(first.training, source.real)
    assert first.t == 1


def test_replace():
    _, found = history(replace, 4)
    for before, after in pairwise(found):
        np.testing.assert_array_equal(after.training, before.synthetic)


@pytest.mark.parametrize("n_samples", [10, 4])
def test_accumulate(n_samples):
    source, found = history(accumulate, 5, n_samples=n_samples)
    for t, generation in enumerate(found, start=1):
        parts = [source.real, *(earlier.synthetic for earlier in found[: t - 1])]
        np.testing.assert_array_equal(generation.training, np.concatenate(parts))
        assert len(generation.training) == 10 + n_samples * (t - 1)


def test_subsample():
    source, found = history(subsample, 6)
    pool = list(source.real[:, 0])
    for before, after in pairwise(found):
        pool += list(before.synthetic[:, 0])
        rows = after.training[:, 0]
        assert len(rows) == 10
        assert len(set(rows)) == 10  # without replacement
        assert set(rows) <= set(pool)


def test_subsample_is_uniform_over_the_pool(rng):
    source, synthetic = FiniteData(np.arange(5)[:, None]).open(rng), np.arange(5, 15)[:, None]
    kept = [subsample(source, source.real, synthetic, rng)[1][:, 0] for _ in range(6000)]
    counts = np.bincount(np.concatenate(kept), minlength=15)
    spread = np.sqrt(6000 * (1 / 3) * (2 / 3))
    assert np.abs(counts - 2000).max() < 5 * spread  # 15 types


@pytest.mark.parametrize(("share", "n_real"), [(0, 0), (0.1, 1), (0.25, 3), (0.5, 5), (1, 10)])
def test_preserve(share, n_real):
    source, found = history(preserve(share), 6)
    choices = set()
    for before, after in pairwise(found):
        kept = after.training[after.training < 0]
        assert len(after.training) == 10
        assert len(kept) == len(set(kept)) == n_real
        assert set(kept) <= set(source.real[:, 0])
        assert set(after.training[after.training > 0]) <= set(before.synthetic[:, 0])
        choices.add(tuple(sorted(kept)))
    if 0 < n_real < 10:
        assert len(choices) > 1  # drawn anew in each generation


def test_preserve_cannot_keep_more_real_rows_than_there_are():
    assert (history(preserve(0.3), 2, n=3, n_samples=10)[1][1].training < 0).sum() == 3
    with pytest.raises(
        ValueError, match=r"^share of 0.5 asks for 50 real rows of 100; the real set has 10: take a smaller share or"
    ):
        history(preserve(0.5), 2, n=10, n_samples=100)


@pytest.mark.parametrize("n_samples", [10, 4])
def test_anchor(n_samples):
    source, found = history(anchor, 5, n_samples=n_samples)
    for before, after in pairwise(found):
        np.testing.assert_array_equal(after.training, np.concatenate([source.real, before.synthetic]))


@pytest.mark.parametrize(("share", "n_real"), [(0, 0), (0.1, 1), (0.25, 3), (0.5, 5), (1, 10)])
def test_mix(share, n_real):
    source, found = history(mix(share), 6)
    seen = set(source.real[:, 0])
    for before, after in pairwise(found):
        fresh = after.training[after.training < 0]
        assert len(after.training) == 10
        assert len(fresh) == n_real
        assert not seen & set(fresh)  # neither the real set nor a row used before
        assert set(after.training[after.training > 0]) <= set(before.synthetic[:, 0])
        seen |= set(fresh)


def test_regimes_return_no_weights_and_change_nothing(rng):
    source, synthetic = normal(10).open(rng), rng.normal(size=(10, 1))
    real, rows = source.real.copy(), synthetic.copy()
    for regime in (replace, accumulate, subsample, preserve(0.5), anchor, mix(0.5)):
        pool, training, weights = regime(source, source.real, synthetic, rng)
        assert weights is None
        assert (pool is None) == (regime not in (accumulate, subsample))
        np.testing.assert_array_equal(source.real, real)
        np.testing.assert_array_equal(synthetic, rows)
        assert training.shape[1] == 1


@pytest.mark.parametrize("regime", [preserve, mix])
@pytest.mark.parametrize(
    ("share", "error"), [(-0.1, ValueError), (1.1, ValueError), (10, ValueError), ("0.1", TypeError), (True, TypeError)]
)
def test_a_share_outside_0_to_1_is_refused(regime, share, error):
    with pytest.raises(error, match=r"^share must be a number in \[0, 1\]; got "):
        regime(share)


@pytest.mark.parametrize("regime", [preserve(0.1), mix(0.1)])
def test_a_share_that_rounds_to_no_row_is_refused(regime):
    with pytest.raises(ValueError, match=r"^share of 0.1 is less than one of 4 rows"):
        history(regime, 2, n_samples=4)


@pytest.mark.parametrize(
    ("share", "n", "rows"),
    [(0.1, 5, 1), (0.1, 15, 2), (0.1, 25, 3), (0.1, 24, 2), (0.145, 100, 15), (0, 9, 0), (1, 9, 9)],
)
def test_halves_of_a_row_go_up(share, n, rows):
    assert regimes.real_rows(share, n) == rows


def test_names():
    regimes_and_names = {
        replace: "replace", accumulate: "accumulate", subsample: "subsample", anchor: "anchor",
        preserve(0.1): "preserve(0.1)", mix(1): "mix(1)", mix(1 / 3): "mix(0.333333)",
    }  # fmt: skip
    for regime, name in regimes_and_names.items():
        assert regimes.name(regime) == name
        assert run(Gaussian(), normal(20), regime, generations=2).regimes == [name]


def test_a_regime_of_the_learners_own(rng):
    def newest_half(source, pool, synthetic, rng):
        half = len(source.real) // 2
        return None, np.concatenate([source.real[:half], synthetic[half:]]), None

    found = run(Gaussian(), normal(10), newest_half, generations=5, chains=3)
    assert found.regimes == ["newest_half"]
    source, generations_ = history(newest_half, 3)
    np.testing.assert_array_equal(generations_[2].training[:5], source.real[:5])
    np.testing.assert_array_equal(generations_[2].training[5:], generations_[1].synthetic[5:])


def test_weights_of_a_regime_reach_the_model():
    def oldest_only(source, pool, synthetic, rng):
        training = np.concatenate([source.real, synthetic])
        return None, training, np.r_[np.ones(len(source.real)), np.zeros(len(synthetic))]

    found = run(Gaussian(), normal(10), oldest_only, generations=4)
    np.testing.assert_allclose(found["variance"], found["variance"][0, 0])
