"""Exact categorical chains have the laws of brute force that draws every row, and the moments of theory."""

from itertools import count, islice

import numpy as np
import pandas as pd
import pytest
from evidence import LEVEL, assert_same_law, assert_within
from scipy.stats import binomtest, chi2_contingency, chisquare, multivariate_hypergeom

from collapse_edu import Categorical, ensemble, run, theory
from collapse_edu.ensemble.counts import _with_return, _without_return
from collapse_edu.loop.regimes import (
    accumulate,
    anchor,
    contaminated,
    mix,
    name,
    preserve,
    real_rows,
    replace,
    subsample,
    weighted,
)
from collapse_edu.loop.source import FiniteData, KnownDistribution

CHAINS = 10_000
REGIMES = [
    replace, accumulate, subsample, anchor, preserve(0.1), preserve(0.6), preserve(1), mix(0.3), mix(0), mix(1),
    contaminated(0.5), contaminated(0, 0.4), contaminated(1),
]  # fmt: skip


def bags(rng, real, regime, n, chains, law):
    """Yield the synthetic rows of all chains: every row is drawn from the rows that are there. n is a function of t."""
    real = pool = training = np.tile(real, (chains, 1))
    turn = 0
    sizes = map(n, count(1))

    def part(rows, size):
        return np.take_along_axis(rows, rng.random(rows.shape).argsort(axis=1)[:, :size], axis=1)

    for n in sizes:
        synthetic = np.take_along_axis(training, rng.integers(0, training.shape[1], (chains, n)), axis=1)
        yield synthetic
        if regime in (accumulate, subsample):
            pool = np.concatenate([pool, synthetic], axis=1)
            training = pool if regime is accumulate else part(pool, real.shape[1])
        elif regime is anchor:
            training = np.concatenate([real, synthetic], axis=1)
        elif regime is replace:
            training = synthetic
        else:
            if isinstance(regime, contaminated):
                n_real = n - int(min(1, regime.start + turn * regime.growth) * n + 0.5)
                turn += 1
            else:
                n_real = real_rows(regime.share, n)
            fresh = rng.choice(len(law), size=(chains, n_real), p=np.array(law) / sum(law))
            kept = part(real, n_real) if isinstance(regime, preserve) else fresh
            training = np.concatenate([kept, part(synthetic, n - n_real)], axis=1)


def counted(rows, n_types):
    """Return the counts of each row's types."""
    return (rows[:, :, None] == np.arange(n_types)).sum(axis=1)


def all_types(step):
    """Return the counts of all types, also of those that are left out."""
    counts = np.zeros((len(step.synthetic), step.n_types), dtype=int)
    np.put_along_axis(counts, np.broadcast_to(step.types, step.synthetic.shape), step.synthetic, axis=1)
    return counts


def assert_same_counts(one, other, what):
    """Assert that two samples of rows of counts may come from one law, whole rows compared: rare ones together."""
    _, place = np.unique(np.concatenate([one, other]), axis=0, return_inverse=True)
    table = np.stack([np.bincount(half, minlength=place.max() + 1) for half in np.split(place.ravel(), [len(one)])])
    rare = table.sum(axis=0) < 20
    table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    table = table[:, table.any(axis=0)]
    p = chi2_contingency(table).pvalue if table.shape[1] > 1 else 1.0
    assert p > LEVEL, f"{what}: p = {p:.2g}"


@pytest.mark.parametrize("regime", REGIMES, ids=name)
@pytest.mark.parametrize(("counts", "n"), [([1, 2, 0, 3], None), ([4, 1], 5), ([3, 1, 1, 1, 2], 4)])
def test_exact_draws_have_the_law_of_brute_force(rng, regime, counts, n):
    if isinstance(regime, preserve | mix) and n == 4 and regime == preserve(0.1):
        regime = preserve(0.25)
    law = [2, 1, 1, 5, 1][: len(counts)] if isinstance(regime, mix | contaminated) else None
    exact = ensemble.categorical_counts(counts, regime, chains=CHAINS, rng=rng, n_samples=n, distribution=law)
    real = np.repeat(np.arange(len(counts)), counts)
    brute = bags(rng, real, regime, lambda t: n or len(real), CHAINS, law or [1])
    before = None
    for t, (step, rows) in enumerate(islice(zip(exact, brute, strict=True), 4), start=1):
        now = all_types(step), counted(rows, len(counts))
        assert_same_counts(*now, f"counts at t = {t}")
        if t > 1:  # with the largest count of the last generation: who was common stays so
            both = [
                np.column_stack([last.argmax(axis=1), new.argmax(axis=1)])
                for last, new in zip(before, now, strict=True)
            ]
            assert_same_counts(*both, f"counts at t = {t - 1} and {t}")
        before = now


@pytest.mark.parametrize("regime", [replace, accumulate, anchor, preserve(0.5), mix(0.4)], ids=name)
def test_sizes_that_change_have_the_law_of_brute_force(rng, regime):
    counts, law = [1, 2, 0, 3], [2, 1, 1, 5] if isinstance(regime, mix) else None

    def size(t):
        return (5, 3, 8)[t - 1]

    exact = ensemble.categorical_counts(counts, regime, chains=CHAINS, rng=rng, n_samples=size, distribution=law)
    brute = bags(rng, np.repeat(np.arange(4), counts), regime, size, CHAINS, law or [1])
    for step, rows in islice(zip(exact, brute, strict=True), 3):
        assert step.synthetic.sum(axis=1).tolist() == [size(step.t)] * CHAINS
        assert_same_counts(all_types(step), counted(rows, 4), f"counts at t = {step.t}")


@pytest.mark.parametrize(
    "regime", [replace, accumulate, subsample, anchor, preserve(0.2), mix(0.2), contaminated(0.2, 0.3)], ids=name
)
def test_exact_draws_have_the_law_of_run(rng, regime):
    real, law = np.repeat(np.arange(5), [1, 1, 2, 6, 10])[:, None], np.array([1, 1, 2, 6, 10]) / 20
    if isinstance(regime, mix | contaminated):  # of a known law each chain draws a real set of its own
        data = KnownDistribution(lambda n, rng: rng.choice(5, size=(n, 1), p=law), n=20)
        counts = rng.multinomial(20, law, size=CHAINS)
    else:
        data, counts, law = FiniteData(real), [1, 1, 2, 6, 10], None
    loop = run(Categorical(5), data, regime, generations=5, chains=300, n_samples=15, seed=int(rng.integers(2**32)))
    exact = ensemble.categorical(
        counts, regime, n_samples=15, distribution=law, generations=5, chains=CHAINS, seed=int(rng.integers(2**32))
    )
    assert loop.regimes == exact.regimes
    assert loop.measures == exact.measures
    for metric in loop.measures:
        for t in (1, 2, 5):
            assert_same_law(loop[metric][t - 1], exact[metric][t - 1], f"{metric} at t = {t}")


def test_the_comparison_notices_kept_rows_in_place_of_fresh_ones(rng):
    real = np.repeat([0, 1], [3, 3])
    brute = next(islice(bags(rng, real, mix(0.5), lambda t: 6, CHAINS, [1, 1]), 3, None))
    exact = next(islice(ensemble.categorical_counts([3, 3], preserve(0.5), chains=CHAINS, rng=rng), 3, None))
    with pytest.raises(AssertionError, match="p = "):
        assert_same_counts(exact.synthetic, counted(brute, 2), "counts")


# ---------------------------------------------------------------- draws


@pytest.mark.parametrize("chains", [3, 20_000], ids=["a call for each chain", "a call for each type"])
def test_parts_are_drawn_without_return(rng, chains):
    counts, size = np.tile([2, 0, 3, 1], (chains, 1)), 3
    found = np.concatenate([_without_return(counts, size, rng) for _ in range(6000 if chains == 3 else 1)])
    assert (found.sum(axis=1) == size).all()
    assert (found <= counts[0]).all()
    outcomes, observed = np.unique(found, axis=0, return_counts=True)
    chances = multivariate_hypergeom.pmf(outcomes, counts[0], size)
    assert chances.sum() == pytest.approx(1)
    assert chisquare(observed, chances * len(found)).pvalue > LEVEL


@pytest.mark.parametrize("size", [0, 12])
def test_parts_may_be_empty_or_all(rng, size):
    for chains in (2, 5):
        counts = np.tile([2, 6, 4], (chains, 1))
        np.testing.assert_array_equal(_without_return(counts, size, rng), counts if size else 0 * counts)


def test_no_row_goes_to_a_dead_type(rng):
    for n_types in (1, 2, 50, 2000):
        weights = rng.integers(0, 3, (20, n_types)) * rng.integers(1, 10**6, (20, n_types))
        weights[:, 0] += 1
        weights[::2, -1] = 0 if n_types > 1 else 1
        drawn = _with_return(weights, 10**8, rng)
        assert (drawn.sum(axis=1) == 10**8).all()
        assert not drawn[weights == 0].any()


def test_each_chain_draws_from_its_own_shares(rng):
    weights = np.array([[1, 0, 9], [5, 5, 0], [0, 0, 1]])
    drawn = _with_return(np.tile(weights, (5000, 1)), 10, rng).reshape(5000, 3, 3)
    for chain, type_ in np.argwhere((weights > 0) & (weights < weights.sum(axis=1, keepdims=True))):
        assert_within(drawn[:, chain, type_], 10 * weights[chain, type_] / weights[chain].sum(), resolves=0.06)


# ---------------------------------------------------------------- against theory


def test_types_die_as_theory_says(rng):
    counts = np.array([1, 1, 2, 3, 5, 8, 30])
    steps = ensemble.categorical_counts(counts, chains=20_000, rng=rng)
    for step in islice(steps, 20):
        if step.t in (1, 2, 6, 20):
            assert_within(step.types_alive, theory.drift.expected_types(counts, step.t), resolves=0.02)
            for type_, chance in enumerate(theory.drift.probability_alive(counts, step.t, 50)):
                alive = round(step.survival[type_] * 20_000)
                assert binomtest(alive, 20_000, min(chance, 1)).pvalue > LEVEL


def test_a_vocabulary_dies_as_theory_says(rng):
    # Many types, few chains: dead ones are left out, of each chain its own.
    counts = rng.integers(0, 4, 3000)
    alive = ensemble.categorical(counts, generations=30, chains=40)["types_alive"]
    for t in (1, 5, 30):
        assert_within(alive[t - 1], theory.drift.expected_types(counts, t), resolves=0.03)
    last = next(islice(ensemble.categorical_counts(counts, chains=40, rng=rng), 29, None))
    assert last.synthetic.shape[1] < 1.2 * last.types_alive.max()
    np.testing.assert_array_equal((all_types(last) > 0).mean(axis=0), last.survival)
    assert not last.survival[counts == 0].any()


def test_heterozygosity_decays_as_theory_says():
    h0 = 1 - (16 + 9 + 1) / 64
    found = ensemble.categorical([4, 3, 1], generations=6, chains=20_000)["heterozygosity"]
    for t in (1, 3, 6):
        assert_within(found[t - 1], theory.drift.expected_heterozygosity(h0, t, 8), resolves=0.04)


def descended_from_one_fresh_row(t, n, n_fresh):
    """Return the probability that two rows of the training set of fit t do (Wright 1931, migration)."""
    synthetic = n - n_fresh
    both = synthetic * (synthetic - 1) / (n * (n - 1))  # two rows are synthetic
    found = [0.0]
    for _ in range(max(t) - 1):
        found.append(both * (1 / n + (1 - 1 / n) * found[-1]))
    return np.array(found)[t - 1]


@pytest.mark.parametrize("regime", [accumulate, subsample, mix(0.2)], ids=name)
def test_heterozygosity_of_training_sets_is_that_of_theory(rng, regime):
    n, law = 10, np.array([0.5, 0.3, 0.2])
    h0, t = 1 - np.square(law).sum(), np.arange(1, 16)
    expected = {
        accumulate: h0 * theory.accumulate.expected_variance(t, n, ddof=0),  # W3, of each type's indicator
        subsample: h0 * theory.accumulate.expected_subsample_variance(t, n, ddof=0),  # A3, likewise
        mix(0.2): h0 * (1 - 1 / n) * (1 - descended_from_one_fresh_row(t, n, n_fresh=2)),
    }[regime]
    real = rng.multinomial(n, law, size=20_000)
    steps = ensemble.categorical_counts(
        real, regime, chains=20_000, rng=rng, distribution=law if isinstance(regime, mix) else None
    )
    for step in islice(steps, 15):
        shares = step.training / step.training.sum(axis=1, keepdims=True)
        assert_within(1 - np.square(shares).sum(axis=1), expected[step.t - 1], resolves=0.02)


def test_a_type_takes_over_with_the_chance_of_its_first_share(rng):
    n, chains = 10, 5000
    taken = np.zeros(chains)
    for step in islice(ensemble.categorical_counts([2, 3, 5], n_samples=n, chains=chains, rng=rng), 200):
        taken += step.types_alive > 1
    assert (step.types_alive == 1).all()
    for type_, p in enumerate((0.2, 0.3, 0.5)):
        assert binomtest(round(step.survival[type_] * chains), chains, p).pvalue > LEVEL
    two = ensemble.categorical([2, 8], generations=200, chains=20_000)["types_alive"]
    time = (two > 1).sum(axis=0) + 1
    assert_within(time, theory.fixation.expected_absorption_time(2, n), resolves=0.04)


# ---------------------------------------------------------------- a history, and bad input


def test_history_says_what_was_done():
    settings = {"n": 30, "generations": 3, "chains": 4, "seed": 5}
    history = ensemble.categorical(np.array([5, 0, 20], dtype=np.uint8), mix(0.5), **settings)
    assert history.regimes == ["mix(0.5)"]
    assert history.settings == {
        "model": "Categorical",
        "n_types": 3,
        "n_real": 25,
        "n_samples": 30,
        "generations": 3,
        "chains": 4,
        "seed": 5,
        "exact": True,
    }
    assert history == ensemble.categorical([5, 0, 20], mix(0.5), **settings)
    assert history != ensemble.categorical([5, 0, 20], mix(0.5), **settings | {"seed": 6})


def test_measures_are_those_of_the_metrics(rng):
    from collapse_edu import metrics

    step = next(islice(ensemble.categorical_counts([1, 2, 3, 4], chains=5, rng=rng), 2, None))
    for chain, counts in enumerate(all_types(step)):
        rows = np.repeat(np.arange(4), counts)
        assert step.types_alive[chain] == metrics.types_alive(rows)
        assert step.heterozygosity[chain] == pytest.approx(metrics.heterozygosity(rows), abs=1e-15)


def test_a_summary_is_that_of_the_paths():
    settings = {"generations": 6, "chains": 501, "seed": 3}
    paths = ensemble.categorical([1, 2, 30], **settings).summary()
    summary = ensemble.categorical([1, 2, 30], keep="summary", **settings)
    pd.testing.assert_frame_equal(summary, paths, check_exact=True)


def test_real_sets_are_neither_changed_nor_kept():
    real = np.array([[3, 1], [1, 3]])
    before = real.copy()
    ensemble.categorical(real, anchor, generations=3, chains=2)
    np.testing.assert_array_equal(real, before)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        (
            {"counts": [[1, 2]], "chains": 2},
            ValueError,
            "counts must have shape (n_types,) or (chains, n_types) = (2, …); got (1, 2)",
        ),
        (
            {"counts": []},
            ValueError,
            "counts must have shape (n_types,) or (chains, n_types) = (1, …); got (0,)",
        ),
        ({"counts": [0.5, 0.5]}, TypeError, "counts must hold integers, one for each type; got float64"),
        ({"counts": [0, 0]}, ValueError, "counts must be 0 or larger, and not 0 for every type; got 0 to 0"),
        ({"counts": [-1, 3]}, ValueError, "counts must be 0 or larger, and not 0 for every type; got -1 to 3"),
        (
            {"counts": [[1, 2], [2, 2]], "chains": 2},
            ValueError,
            "counts must have one sum for all chains; got 3 to 4",
        ),
        ({"counts": [10**9, 1]}, ValueError, "counts must sum to at most 1,000,000,000; got 1,000,000,001"),
        (  # their sum is 2 for 64 bits
            {"counts": [2**62, 2**62, 2**62, 2**62, 2]},
            ValueError,
            f"counts must sum to at most 1,000,000,000; got {2**62:,} of one type",
        ),
        (
            {"counts": np.array([2**63 + 5, 1], dtype=np.uint64)},
            ValueError,
            f"counts must sum to at most 1,000,000,000; got {2**63 + 5:,} of one type",
        ),
        ({"n_samples": 0}, ValueError, "n_samples must be an integer from 1 to 1000000000; got 0"),
        ({"n": 0}, ValueError, "n_samples must be an integer from 1 to 1000000000; got 0"),  # its older name
        (
            {"distribution": [1, 1]},
            ValueError,
            "distribution is for fresh real rows, which mix(share) or contaminated(start, growth) draws; got replace",
        ),
        (
            {"distribution": [1], "regime": mix(0.5)},
            ValueError,
            "distribution must have one chance for each of 2 types; got shape (1,)",
        ),
        (
            {"distribution": [1, -1], "regime": mix(0.5)},
            ValueError,
            "distribution must contain finite chances of at least 0, and not 0 for every type",
        ),
        (
            {"counts": [[1, 1], [2, 0]], "chains": 2, "regime": mix(0.5)},
            ValueError,
            "distribution must say where fresh real rows come from, if chains have real sets of their own",
        ),
        (
            {"regime": lambda source, pool, synthetic, rng: (None, synthetic, None)},
            ValueError,
            "regime must be replace, accumulate, subsample, anchor, preserve(share), mix(share) or "
            "contaminated(start, growth) for exact draws; got <lambda>, which does not say what its training sets are "
            "made of (collapse_edu.run takes any regime)",
        ),
        (
            {"regime": weighted(0.5)},
            ValueError,
            "regime must be replace, accumulate, subsample, anchor, preserve(share), mix(share) or "
            "contaminated(start, growth) for exact draws; got weighted(0.5), which weighs its rows "
            "(collapse_edu.run takes any regime)",
        ),
        (
            {"counts": [6 * 10**8], "regime": subsample, "generations": 2},
            ValueError,
            "counts must sum to less than 1,000,000,000 to draw some without return; got 1,200,000,000: "
            "take fewer rows or generations",
        ),
        ({"generations": 0}, ValueError, "generations must be an integer of at least 1; got 0"),
        ({"chains": 0}, ValueError, "chains must be an integer of at least 1; got 0"),
        ({"seed": -1}, ValueError, "seed must be an integer of at least 0; got -1"),
        ({"keep": None}, ValueError, 'keep must be "paths" or "summary"; got None'),
    ],
)
def test_bad_input_gets_one_line(changed, error, words):
    with pytest.raises(error) as caught:
        ensemble.categorical(**{"counts": [1, 2], "generations": 1, "chains": 1} | changed)
    assert str(caught.value) == words


def test_an_older_name_of_the_distribution_is_understood():
    one, other = (
        ensemble.categorical([2, 2], mix(0.5), generations=3, chains=4, **{word: [3, 1]})
        for word in ("law", "distribution")
    )
    assert one == other
