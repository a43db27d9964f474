"""What the next generation is trained on: sizes, members, shares, labels."""

import copy
import pickle
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise

import numpy as np
import pytest
from columns import Columns, standard_normal_columns
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from collapse_edu import Categorical, Gaussian, History, Verified, generations, run
from collapse_edu.ensemble import gaussian
from collapse_edu.loop import regimes
from collapse_edu.loop.composition import ALL, Composed, Composition
from collapse_edu.loop.regimes import (
    REGISTER,
    accumulate,
    anchor,
    contaminated,
    mix,
    preserve,
    replace,
    subsample,
    weighted,
)
from collapse_edu.loop.source import FiniteData, KnownDistribution, normal
from collapse_edu.theory import mixing, pathways, selection


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
    source = KnownDistribution(RealNumbers(), n).open(rng)
    found = list(islice(generations(Numbered(), source, regime, rng, n_samples), length))
    return source, found


@pytest.mark.parametrize(
    "regime",
    REGISTER,
    ids=regimes.name,
)
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


@pytest.mark.parametrize(
    ("start", "growth", "n_synthetic"),
    [(0, 0, [0, 0, 0, 0]), (0.1, 0.3, [1, 4, 7, 10]), (0.5, 0.5, [5, 10, 10, 10]), (0.25, 0.01, [3, 3, 3, 3])],
)
def test_contaminated(start, growth, n_synthetic):
    source, found = history(contaminated(start, growth), 5)
    seen = set(source.real[:, 0])
    for (before, after), expected in zip(pairwise(found), n_synthetic, strict=True):
        fresh, synthetic = after.training[after.training < 0], after.training[after.training >= 0]
        assert len(synthetic) == len(set(synthetic)) == expected
        assert len(fresh) == len(set(fresh)) == 10 - expected
        assert set(synthetic) <= set(before.synthetic[:, 0])
        assert not seen & set(fresh)
        seen |= set(fresh)


def test_a_composition_is_that_of_the_first_set_if_no_turn_is_given():
    rule = contaminated(0.25, growth=0.5)
    assert rule.composition(4, 4) == rule.composition(4, 4, turn=0) == Composition(1, fresh=3)
    assert rule.composition(4, 4, turn=1) == Composition(3, fresh=1)


def test_contaminated_starts_anew_in_each_chain():
    shares = []

    def share(generation, source):
        return (generation.training >= 0).mean()

    for _ in range(2):
        data = KnownDistribution(RealNumbers(), 10)
        shares.append(
            run(Numbered(), data, contaminated(0.2, 0.2), generations=4, chains=2, measures={"s": share})["s"]
        )
    np.testing.assert_allclose(shares[0], shares[1])
    np.testing.assert_allclose(shares[0][:, 0], [0, 0.2, 0.4, 0.6])
    np.testing.assert_allclose(shares[0][:, 1], [0, 0.2, 0.4, 0.6])


def columns(rng, regime, *, n, t, n_samples=None, ddof=1, chains=20_000):
    """Return fitted mean and variance of many chains after t fits."""
    source = standard_normal_columns(n, chains).open(rng)
    found = generations(Columns(ddof), source, regime, rng, n_samples or n)
    model = next(islice(found, t - 1, None)).model
    return model.mean_, model.variance_


@pytest.mark.parametrize("ddof", [0, 1])
def test_a_column_is_a_gaussian_chain(rng, ddof):
    X, weights = rng.normal(size=(7, 3)), rng.random(7)
    many = Columns(ddof).fit(X, weights)
    for column, mean, variance in zip(X.T, many.mean_, many.variance_, strict=True):
        one = Gaussian(ddof).fit(column[:, None], sample_weight=weights)
        np.testing.assert_allclose([one.mean_[0], one.covariance_[0, 0]], [mean, variance])


def test_contaminated_without_growth_is_mix(rng):
    mean, variance = columns(rng, contaminated(0.7), n=10, t=4, ddof=0)
    target_variance, target_square = mixing.expected_moments(4, 10, 3, ddof=0)
    assert_within(variance, target_variance, resolves=0.02)
    assert_within(mean**2, target_square, resolves=0.05)


def test_contaminated_chains_have_the_moments_of_their_growing_share(rng):
    n, variance, square = 10, 1.0, 0.1
    for n_synthetic in range(5):  # mixing.expected_moments has one share; here it changes
        q = n_synthetic / n
        spread = 1 - q + q * variance
        variance, square = spread + n / (n - 1) * q * (1 - q) * square, q**2 * square + spread / n
    mean, fitted = columns(rng, contaminated(0, 0.1), n=n, t=6)
    assert_within(fitted, variance, resolves=0.02)
    assert_within(mean**2, square, resolves=0.05)


@pytest.mark.parametrize("real", ["fresh", "original"])
@pytest.mark.parametrize("n_samples", [10, 4])
def test_weighted(real, n_samples):
    source, found = history(weighted(0.3, real), 4, n_samples=n_samples)
    seen = set(source.real[:, 0])
    for before, after in pairwise(found):
        rows = after.training[:10]
        np.testing.assert_array_equal(after.training[10:], before.synthetic)
        if real == "original":
            np.testing.assert_array_equal(rows, source.real)
        else:
            assert not seen & set(rows[:, 0])
            seen |= set(rows[:, 0])


@pytest.mark.parametrize("weight", [0, 0.2, 0.618, 1])
def test_weights_are_shares_of_an_effective_sample_size(rng, weight):
    source, synthetic = normal(8).open(rng), rng.normal(size=(20, 1))
    _, training, weights = weighted(weight)(source, None, synthetic, rng)
    assert len(training) == len(weights) == 28
    assert weights[:8].sum() / weights.sum() == pytest.approx(weight)
    assert np.unique(weights[:8]).size == np.unique(weights[8:]).size == 1
    # Kish's effective sample size: the weights' own sum.
    assert weights.sum() == pytest.approx(weights.sum() ** 2 / np.square(weights).sum())
    assert weights.sum() == pytest.approx(1 / (weight**2 / 8 + (1 - weight) ** 2 / 20))


@pytest.mark.parametrize("weight", [0.2, 0.618])
def test_unbiased_variance_of_weighted_rows_is_unbiased(rng, weight):
    # Rows of one law: any other sum of the weights, for instance the number of rows, would be off.
    source = standard_normal_columns(3, 20_000).open(rng)
    _, training, weights = weighted(weight)(source, None, rng.standard_normal((5, 20_000)), rng)
    assert_within(Columns().fit(training, weights).variance_, 1, resolves=0.03)


def weighted_moments(t, weight, n_real, n_synthetic, ddof):
    """Return E v and E μ² of weighted(weight): exact, from the moments of the two sets."""
    k = 1.0
    variance, square = 1 - (1 - ddof) / n_real, 1 / n_real
    if ddof:
        n = 1 / (weight**2 / n_real + (1 - weight) ** 2 / n_synthetic)
        k = n / (n - 1)
    for _ in range(t - 1):
        spread = weight**2 / n_real + (1 - weight) ** 2 * variance / n_synthetic  # of the mean, given the last fit
        variance, square = (
            k * (weight + (1 - weight) * variance - spread + weight * (1 - weight) * square),
            (1 - weight) ** 2 * square + spread,
        )
    return variance, square


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize(("weight", "n_samples"), [(0.618, 12), (0.3904, 48)])  # the best weights for c = 1 and 0.25
def test_weighted_chains_have_the_moments_of_weighted_sets(rng, weight, n_samples, ddof):
    mean, variance = columns(rng, weighted(weight), n=12, n_samples=n_samples, t=5, ddof=ddof)
    expected_variance, expected_square = weighted_moments(5, weight, 12, n_samples, ddof)
    assert_within(variance, expected_variance, resolves=0.02)
    assert_within(mean**2, expected_square, resolves=0.05)


def test_weighted_mean_has_the_error_of_the_theory():
    for weight, c in ((0.618, 1), (0.3904, 0.25), (0.5, 4)):
        for t in (1, 2, 6, 40):
            _, square = weighted_moments(t, weight, 10**6, 10**6 / c, 1)
            assert 10**6 * square == pytest.approx(pathways.weighted_error(t, weight, c), rel=1e-4)
        assert pathways.weighted_error(40, weight, c) == pytest.approx(pathways.weighted_error_limit(weight, c))


def test_weighted_original_rows_of_equal_weight_are_anchor(rng):
    seed = rng.integers(2**32)
    mean, variance = columns(np.random.default_rng(seed), weighted(0.5, "original"), n=12, t=8)
    pooled_mean, pooled_variance = columns(np.random.default_rng(seed), anchor, n=12, t=8)
    np.testing.assert_allclose(mean, pooled_mean, atol=1e-12)
    np.testing.assert_allclose(variance, pooled_variance, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 20), st.integers(1, 20), st.sampled_from(["fresh", "original"]))
def test_any_numbers_give_a_training_set(start, growth, n_real, n_samples, real):
    rng = np.random.default_rng(0)
    source = KnownDistribution(RealNumbers(), n_real).open(rng)
    synthetic = np.arange(n_samples)[:, None]
    pool, share = source.real, -1
    for turn in range(1, 4):
        pool, training, weights = contaminated(start, growth)(source, pool, synthetic, rng)
        assert (pool, len(training), weights) == (turn, n_samples, None)
        assert (training >= 0).mean() >= share
        share = (training >= 0).mean()
        assert abs(share - min(1, start + (turn - 1) * growth)) <= 0.5 / n_samples + 1e-6
    _, training, weights = weighted(start, real)(source, None, synthetic, rng)
    assert len(training) == len(weights) == n_real + n_samples
    assert np.all(weights >= 0)
    assert 1 - 1e-9 <= weights.sum() <= n_real + n_samples + 1e-9
    np.testing.assert_allclose(weights[:n_real].sum() / weights.sum(), start, atol=1e-12)


def test_weights_of_types_are_counts():
    data = FiniteData(np.array([[0], [1]]), np.zeros((50, 1), dtype=int))
    source = data.open(np.random.default_rng(0))
    _, training, weights = weighted(0.75)(source, None, np.array([[1], [1], [1]]), np.random.default_rng(0))
    model = Categorical(2).fit(training, sample_weight=weights)
    np.testing.assert_allclose(model.probabilities_, [0.75, 0.25])


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


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: contaminated(2), ValueError, "start must be a number in [0, 1]; got 2"),
        (lambda: contaminated("all"), TypeError, "start must be a number in [0, 1]; got 'all'"),
        (lambda: contaminated(0, -0.1), ValueError, "growth must be a number in [0, 1]; got -0.1"),
        (lambda: weighted(1.5), ValueError, "weight must be a number in [0, 1]; got 1.5"),
        (lambda: weighted(0.5, "old"), ValueError, 'real must be "fresh" or "original"; got \'old\''),
    ],
)
def test_other_numbers_out_of_range_get_one_line(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == words


@pytest.mark.parametrize("regime", [contaminated(0.5), weighted(0.5)])
def test_a_stream_that_runs_dry_stops_the_chain(regime):
    data = FiniteData(np.arange(4.0)[:, None], np.arange(6.0)[:, None])
    with pytest.raises(ValueError, match=r"^no fresh human data left"):
        run(Gaussian(), data, regime, generations=5)


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


@pytest.mark.parametrize(
    ("share", "n", "error", "words"),
    [
        (2, 10, ValueError, "share must be a number in [0, 1]; got 2"),
        (np.nan, 10, ValueError, "share must be a number in [0, 1]; got nan"),
        (-0.1, 10, ValueError, "share must be a number in [0, 1]; got -0.1"),
        ("a", 10, TypeError, "share must be a number in [0, 1]; got 'a'"),
        (0.5, 0, ValueError, "n must be an integer of at least 1; got 0"),
        (0.5, 9.5, TypeError, "n must be an integer of at least 1; got 9.5"),
    ],
)
def test_a_share_of_rows_that_is_none_gets_one_line(share, n, error, words):
    with pytest.raises(error) as caught:
        regimes.real_rows(share, n)
    assert str(caught.value) == words


EIGHT = {regime.family: regime for regime in REGISTER}


def with_share(name, share):
    """Return the regime of this name with a share, if it has one."""
    if name == "contaminated":
        return contaminated(share, growth=0.1)
    return type(EIGHT[name])(share) if EIGHT[name].parameters else EIGHT[name]


@pytest.mark.parametrize("name", EIGHT)
@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 3), st.sampled_from([0, 0.25, 0.5, 0.75, 1]))
def test_sizes_members_and_shares_of_every_regime(name, n, n_samples, d, share):
    # Real rows are negative, synthetic ones are not; no two rows are alike, and no row is made up.
    rng, drawn = np.random.default_rng(0), []

    def fresh(m, rng):
        first = sum(map(len, drawn))
        drawn.append(-1.0 - np.arange(first, first + m))
        return np.repeat(drawn[-1][:, None], d, axis=1)

    source, regime = KnownDistribution(fresh, n).open(rng), with_share(name, share)
    n_real = int(share * n_samples + 0.5)
    if name in ("preserve", "mix") and share > 0 and (n_real == 0 or (name == "preserve" and n_real > n)):
        with pytest.raises(ValueError, match=r"^share of "):
            regime(source, source.real, np.zeros((n_samples, d)), rng)
        return
    pool, made = source.real, []
    for t in (1, 2, 3):
        made.append(np.repeat(1_000.0 * t + np.arange(n_samples)[:, None], d, axis=1))
        pool, training, weights = regime(source, pool, made[-1], rng)
        values, real = training[:, 0], training[training[:, 0] < 0, 0]
        assert (training == values[:, None]).all()  # rows stay whole
        assert len(np.unique(values)) == len(values)
        synthetic = values[values >= 0]
        known = np.concatenate(made if name in ("accumulate", "subsample") else made[-1:])[:, 0]
        assert np.isin(synthetic, known).all()
        assert np.isin(real, np.concatenate(drawn)).all()
        if name in ("accumulate", "subsample", "anchor", "preserve"):
            assert np.isin(real, source.real[:, 0]).all()
        else:
            assert not np.isin(real, source.real[:, 0]).any()
            assert np.isin(real, drawn[-1]).all()  # fresh in each generation
        started = min(1, share + 0.1 * (t - 1))
        sizes = {  # (real rows, synthetic rows)
            "replace": (0, n_samples), "accumulate": (n, t * n_samples), "anchor": (n, n_samples),
            "preserve": (n_real, n_samples - n_real), "mix": (n_real, n_samples - n_real),
            "contaminated": (n_samples - int(started * n_samples + 0.5 + 1e-9), int(started * n_samples + 0.5 + 1e-9)),
            "weighted": (n, n_samples), "subsample": (len(real), n - len(real)),
        }  # fmt: skip
        assert (len(real), len(synthetic)) == sizes[name]
        assert (weights is None) == (name != "weighted")
        said = regime.composition(n, n_samples, t - 1)  # what exact ensembles make their sets of
        if name != "subsample":
            assert len(synthetic) == (n_samples if said.synthetic == "all" else said.synthetic) * (
                t if said.pooled else 1
            )
            original = (n if said.has_real_set else said.original) or 0
            assert np.isin(real, source.real[:, 0]).sum() == original
            assert len(real) - original == (said.fresh or 0)
        assert len(values) == (said.part or len(values))
        if weights is not None:
            assert weights[values < 0].sum() == pytest.approx(share * weights.sum())
            assert (weights >= 0).all()


@pytest.mark.parametrize("name", [name for name in EIGHT if name != "replace"])
def test_rows_of_another_width_get_one_line(rng, name):
    source = normal(4).open(rng)
    with pytest.raises(ValueError, match=r"^synthetic must have shape \(n, 1\), as real rows have; got \(\d, 2\)$"):
        with_share(name, 0.5)(source, source.real, np.zeros((4, 2)), rng)


def test_names():
    regimes_and_names = {
        replace: "replace", accumulate: "accumulate", subsample: "subsample", anchor: "anchor",
        preserve(0.1): "preserve(0.1)", mix(1): "mix(1)", mix(1 / 3): "mix(0.333333)",
        contaminated(0.1): "contaminated(0.1)", contaminated(0.1, 0.05): "contaminated(0.1, 0.05)",
        weighted(0.618): "weighted(0.618)", weighted(0.5, "original"): "weighted(0.5, original)",
    }  # fmt: skip
    for regime, name in regimes_and_names.items():
        assert regimes.name(regime) == name
        assert run(Gaussian(), normal(20), regime, generations=2).regimes == [name]


def test_the_register_tells_regimes_apart():
    for what in ("family", "label", "answer", "meaning", "colour", "dash"):
        assert len({str(getattr(regime, what)) for regime in REGISTER}) == len(REGISTER), what
    assert all(regime.label.startswith(regime.family) for regime in REGISTER)
    assert replace.answer == "no"


@pytest.mark.parametrize(
    ("regime", "answer"),
    [
        (preserve(0.1), "yes, 10 % of each training set"),
        (mix(0.25), "25 % fresh real data"),
        (contaminated(0.25), "fresh real data, with 25 % synthetic"),
        (contaminated(0.25, growth=0.5), "fresh real data, with 25 % synthetic, and 50 % more each time"),
        (weighted(0.618, "original"), "yes, original rows with a weight of 61.8 %"),
    ],
)
def test_an_answer_says_the_numbers_of_its_regime(regime, answer):
    assert regime.answer == answer


@pytest.mark.parametrize("regime", REGISTER, ids=regimes.name)
def test_a_regime_survives_a_copy_and_another_process(regime):
    assert pickle.loads(pickle.dumps(regime)) == copy.deepcopy(regime) == regime
    if not regime.parameters:
        assert pickle.loads(pickle.dumps(regime)) is regime
        assert regime.__name__ == repr(regime) == regime.family


def test_a_random_part_has_no_weights():
    with pytest.raises(ValueError, match=r"^a random part of the rows has no weights"):
        Composition("all", part=3, weight=0.5)


# What learners write themselves: two of one name.


def halved(share):
    def rule(source, pool, synthetic, rng):
        return None, synthetic[: int(share * len(synthetic))], None

    return rule


@dataclass(frozen=True)
class Halved:
    share: float
    accept: object = None

    def __call__(self, source, pool, synthetic, rng):
        return None, synthetic[: int(self.share * len(synthetic))], None


def halved_by(share, source, pool, synthetic, rng):
    return Halved(share)(source, pool, synthetic, rng)


class Unsaid:
    def __call__(self, source, pool, synthetic, rng):
        return None, synthetic, None


def labelled(regime, label):
    regime.label = label
    return regime


@pytest.mark.parametrize(
    ("regime", "label"),
    [
        (halved(0.1), "rule(0.1)"),
        (halved(0.5), "rule(0.5)"),
        (Halved(0.5), "Halved(0.5)"),
        (Halved(0.5, accept=np.mean), "Halved(0.5, numpy.mean)"),
        (Halved(0.5, accept=[1]), "Halved(0.5)"),
        (partial(halved_by, 0.5), "halved_by(0.5)"),
        (lambda source, pool, synthetic, rng: (None, synthetic, None), "<lambda>"),
        (labelled(halved(0.5), "half of it"), "half of it"),
        (Unsaid(), "Unsaid"),
    ],
)
def test_labels_of_the_learners_own(regime, label):
    assert regimes.name(regime) == label
    assert run(Gaussian(), normal(20), regime, generations=2).regimes == [label]


def test_what_a_function_uses_may_be_set_later():
    def rule(source, pool, synthetic, rng):
        return None, synthetic[first:last], None

    assert regimes.name(rule) == "rule"
    last = 5
    assert regimes.name(rule) == "rule(5)"
    first = 2
    assert regimes.name(rule) == "rule(2, 5)"


def test_a_class_has_a_name():
    assert [regimes.name(kind) for kind in (mix, Halved, Unsaid)] == ["mix", "Halved", "Unsaid"]


def test_two_of_one_name_are_put_together():
    one, two = (lambda *loop: (None, loop[2], None), lambda *loop: (None, loop[2][1:], None))
    both = History.together(*(run(Gaussian(), normal(10), regime, generations=3) for regime in (one, two)))
    assert both.regimes == ["<lambda>", "<lambda> (2)"]


def is_positive(rows, model):
    return rows[:, 0] > 0


def test_settings_say_functions_by_name_and_not_by_address():
    model = Verified(Gaussian(), accept=is_positive)
    history = run(model, normal(10), generations=1, measures={"one": lambda generation, source: 1})
    assert f"accept={__name__}.is_positive" in history.settings["model"]
    assert "0x" not in str(history.settings)


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


class Mine(Composed):
    """Train on what a test wants."""

    colour, dash, answer = "#000000", "-", "no"

    def __init__(self, *compositions, changes=False):
        self.compositions, self.changes = compositions, changes

    def composition(self, n_real, n_samples, turn=0):
        return self.compositions[min(turn, len(self.compositions) - 1)]


@pytest.mark.parametrize(
    ("regime", "said"),
    [
        (Mine(Composition(50)), "^synthetic must be 'all' or from 0 to the 20 rows that are there; got 50$"),
        (
            Mine(Composition(ALL, original=21)),
            "^original must be 'all' or from 0 to the 20 rows that are there",
        ),
        (Mine(Composition(ALL), Composition(5, original=5)), "^mine must say changes = True: its composition depends"),
        (Mine(Composition(ALL, pooled=True), changes=True), "^mine must not both change from turn to turn and keep a "),
    ],
)
def test_loop_and_exact_ensemble_refuse_the_same_impossible_sets(regime, said):
    with pytest.raises(ValueError, match=said):
        run(Gaussian(), normal(20), regime, generations=3)
    with pytest.raises(ValueError, match=said):
        gaussian(regime, n=20, generations=3, chains=5)


def test_an_exact_ensemble_refuses_parts_that_come_and_go():
    regime = Mine(Composition(ALL), Composition(15, original=5), changes=True)
    assert len(run(Gaussian(), normal(20), regime, generations=3)["variance"]) == 3
    with pytest.raises(ValueError, match="which takes parts in some turns that it does not take in others"):
        gaussian(regime, n=20, generations=3, chains=5)


def test_synthetic_rows_alone_have_no_weight():
    with pytest.raises(ValueError, match=r"^weight must be None where all rows are synthetic; got 0\.5$"):
        Composition(ALL, weight=0.5)


def test_a_label_is_one_line_and_tells_what_is_inside():
    def rule(source, pool, synthetic, rng):
        return None, synthetic, None

    rule.label = "my\r\nrule"
    assert regimes.name(rule) == "my rule"
    inner, outer = partial(rule), [partial(lambda inside, *rest: None, regime) for regime in (mix(0.1), preserve(0.2))]
    assert regimes.name(inner) == "my rule"
    assert len({regimes.name(regime) for regime in outer}) == 2


def origin(rows):
    """Say of real rows, which are negative here, that they are real with .8, and of others with .1."""
    return np.where(rows[:, 0] < 0, 0.8, 0.1)


def test_resampled_rows_are_real_with_the_odds_of_the_detector(rng):
    source = KnownDistribution(RealNumbers(), 10).open(rng)
    synthetic, rule = 1_000_000 + np.arange(1000)[:, None], regimes.resampled(0.2, origin)
    shares = []
    for _ in range(60):
        _, training, weights = rule(source, None, synthetic, rng)
        assert len(training) == 1000
        assert weights is None
        shares.append((training < 0).mean())
    assert_within(shares, selection.resampled_share(0.2, 0.8, 0.1), resolves=0.02, oracle="S5")
    again = [(regimes.resampled(0.2, origin, 3)(source, None, synthetic, rng)[1] < 0).mean() for _ in range(60)]
    assert_within(again, selection.resampled_share(0.2, 0.8**3, 0.1**3), oracle="S5")
    none = [(regimes.resampled(0.2, origin, 0)(source, None, synthetic, rng)[1] < 0).mean() for _ in range(60)]
    assert_within(none, 0.2)


def test_a_detector_with_two_rates_multiplies_the_odds_by_their_quotient(rng):
    source, true, false = KnownDistribution(RealNumbers(), 10).open(rng), 0.9, 0.05

    def flags(rows):
        return (rng.random(len(rows)) < np.where(rows[:, 0] < 0, true, false)).astype(float)

    rule, synthetic = regimes.resampled(0.1, flags), 1_000_000 + np.arange(20_000)[:, None]
    shares = [(rule(source, None, synthetic, rng)[1] < 0).mean() for _ in range(40)]
    assert_within(shares, selection.resampled_share(0.1, true, false), resolves=0.02, oracle="S5")


def test_a_calibrated_detector_gives_back_the_law_of_real_rows(rng):
    """Synthetic rows are N(1, .5²): half of them in the set, and nothing of them is left in the law."""

    def calibrated(rows):
        real, synthetic = norm.pdf(rows[:, 0]), norm.pdf(rows[:, 0], 1, 0.5)
        return real / (real + synthetic)

    source = normal(10).open(rng)
    sets = [
        regimes.resampled(0.5, calibrated)(source, None, rng.normal(1, 0.5, (20_000, 1)), rng)[1] for _ in range(40)
    ]
    means, squares = np.mean(sets, axis=1)[:, 0], np.mean(np.square(sets), axis=1)[:, 0]
    assert_within(means, 0)
    assert_within(squares, 1, resolves=0.02)


class Tagged(Gaussian):
    """A Gaussian of the first column; the second says that its rows are synthetic."""

    def fit(self, X, sample_weight=None):
        return super().fit(X[:, :1], sample_weight=sample_weight)

    def sample(self, n, rng):
        return np.column_stack([super().sample(n, rng), np.ones(n)])


def test_a_detector_in_the_loop_raises_the_variance_as_a_larger_share_would(rng):
    """For large n, fresh rows of a share α keep α/(1 - (1 - α)λ) of the variance of a biased Gaussian."""
    share, bias = 0.1, 0.8

    def honest(rows):
        return np.where(rows[:, 1] == 0, 0.9, 0.1)

    def real(n, rng):
        return np.column_stack([rng.standard_normal(n), np.zeros(n)])

    rule = regimes.resampled(share, honest)
    chain = generations(Tagged(sampling_bias=bias), KnownDistribution(real, 4000).open(rng), rule, rng, 4000)
    found = [generation.model.covariance_[0, 0] for generation in islice(chain, 20, 320)]
    after = selection.resampled_share(share, 0.9, 0.1)
    blocks = np.reshape(found, (15, 20)).mean(axis=1)  # 20 generations of one chain are nearly independent
    assert after == pytest.approx(0.5)
    assert_within(blocks, after / (1 - (1 - after) * bias), resolves=0.02, oracle="S6")


@pytest.mark.parametrize(
    ("detector", "power", "words"),
    [
        (3, 1, "detector must be a function of rows that returns probabilities; got int"),
        (origin, -1, "power must be"),
        (lambda rows: rows, 1, "detector must return 10 numbers from 0 to 1, one for each row"),
        (lambda rows: np.full(len(rows), 1.5), 1, "detector must return 10 numbers from 0 to 1"),
        (lambda rows: np.full((40, 3), 1.5), 1, "detector must return 10 numbers from 0 to 1"),
        (lambda rows: ["a"] * len(rows), 1, "what detector returns must contain numbers; got "),
        (lambda rows: np.full(len(rows), np.nan), 1, "detector must return 10 numbers from 0 to 1"),
        (lambda rows: np.zeros(len(rows)), 1, "detector must take some row for real; got 0 for all"),
    ],
)
def test_a_detector_that_is_none_gets_one_line(detector, power, words):
    with pytest.raises((TypeError, ValueError), match=words) as error:
        history(regimes.resampled(0.5, detector, power), 2)
    assert "\n" not in str(error.value)


def test_a_resampled_set_has_a_name_and_no_exact_draws():
    rule = regimes.resampled(0.1, origin)
    assert regimes.name(rule).startswith("resampled(0.1, ")
    with pytest.raises(ValueError, match="does not say what its training sets are made of"):
        gaussian(rule, n=100, generations=2, chains=2)
