"""Exact Gaussian chains have the laws of brute force that draws every sample, and the moments of theory."""

import tracemalloc
from functools import partial
from itertools import count, islice
from math import comb

import numpy as np
import pandas as pd
import pytest
from evidence import LEVEL, assert_same_law, assert_within, gaussian_chains, p_same_law, squared_deviations
from scipy.special import polygamma
from scipy.stats import chisquare
from threadpoolctl import threadpool_limits

from collapse_edu import Gaussian, ensemble, run, theory
from collapse_edu.ensemble.batches import Batch, Rows
from collapse_edu.ensemble.fits import gaussian_fits
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
from collapse_edu.loop.source import normal

CHAINS = 10_000
# Regime, and the rule of the brute force for n = 5 and n = 10. mix(0.1): one real row; mix(0.4) at n = 5: two, fewer
# than d; mix(0.8) at n = 5: one synthetic row.
REGIMES = {
    "replace": (replace, {5: "replace", 10: "replace"}),
    "accumulate": (accumulate, {5: "accumulate", 10: "accumulate"}),
    "anchor": (anchor, {5: "anchor", 10: "anchor"}),
    "mix0": (mix(0), {5: 0, 10: 0}),
    "mix0.1": (mix(0.1), {5: 1, 10: 1}),
    "mix0.4": (mix(0.4), {5: 2, 10: 4}),
    "mix0.8": (mix(0.8), {5: 4, 10: 8}),
    "mix1": (mix(1), {5: 5, 10: 10}),
}


def statistics(mean, covariance):
    """Return one-number statistics of each chain that pin down its whole fit, together and apart."""
    d = mean.shape[1]
    found = {
        "mean": mean[:, 0],
        "variance": np.trace(covariance, axis1=1, axis2=2) / d,
        "joint": np.square(mean[:, -1]) / covariance[:, -1, -1],
    }
    if d > 1:
        found["log determinant"] = np.linalg.slogdet(covariance)[1]
        found["covariance"] = covariance[:, 1, 0]
        found["last variance"] = covariance[:, -1, -1]
    return found


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize(
    ("n", "d", "ddof", "sampling_bias"), [(5, 1, 1, 1.0), (10, 1, 0, 0.8), (10, 2, 0, 0.8), (5, 3, 1, 1.0)]
)
def test_exact_draws_have_the_law_of_brute_force(rng, regime, n, d, ddof, sampling_bias):
    rule, brute_rule = REGIMES[regime]
    settings = {"n": n, "d": d, "ddof": ddof, "sampling_bias": sampling_bias, "chains": CHAINS}
    exact = ensemble.gaussian_fits(rule, rng=rng, **settings)
    brute = gaussian_chains(rng, brute_rule[n], **settings)
    for t, (fit, (mean, covariance)) in enumerate(islice(zip(exact, brute, strict=True), 5), start=1):
        if t in (1, 2, 5):
            ours, theirs = statistics(fit.mean, fit.covariance), statistics(mean, covariance)
            for name, values in theirs.items():
                assert_same_law(ours[name], values, f"{name} at t = {t}")


def root_of(covariance):
    """Return the symmetric root, also of a singular covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0))[:, None]) @ vectors.transpose(0, 2, 1)


def kept_or_sized_chains(rng, regime, *, n, n_samples, chains, d, ddof, sampling_bias):
    """Yield (mean, covariance) of all chains, with all rows: real sets of n, and synthetic ones of n_samples."""
    real = pool = training = rng.standard_normal((chains, n, d))
    turn = 0
    for t in count(1):
        size = n_samples(t) if callable(n_samples) else n_samples
        mean = training.mean(axis=1, keepdims=True)
        covariance = (training - mean).transpose(0, 2, 1) @ (training - mean) / (training.shape[1] - ddof)
        yield mean[:, 0], covariance
        noise = np.sqrt(sampling_bias) * rng.standard_normal((chains, size, d))
        synthetic = mean + noise @ root_of(covariance)
        if regime is replace:
            training = synthetic
        elif regime is accumulate:
            training = pool = np.concatenate([pool, synthetic], axis=1)
        elif regime is anchor:
            training = np.concatenate([real, synthetic], axis=1)
        else:
            if isinstance(regime, contaminated):
                n_real = size - int(min(1, regime.start + turn * regime.growth) * size + 0.5)
                turn += 1
            else:
                n_real = real_rows(regime.share, size)
            if isinstance(regime, preserve):
                kept = rng.random((chains, n)).argsort(axis=1)[:, :n_real, None]
                part = np.take_along_axis(real, kept, axis=1)
            else:
                part = rng.standard_normal((chains, n_real, d))
            training = np.concatenate([part, synthetic[:, n_real:]], axis=1)


SIZED = [
    (preserve(0.1), 6, 10, 1, 1, 1.0),  # one real row
    (preserve(0.5), 8, 8, 1, 0, 0.8),
    (preserve(0.5), 5, 10, 1, 1, 1.0),  # the whole real set
    (preserve(0.8), 9, 10, 2, 1, 1.0),  # more are kept than left out
    (preserve(0.2), 12, 10, 3, 0, 0.8),  # fewer real rows than dimensions
    (preserve(0.9), 30, 10, 2, 1, 1.0),  # one synthetic row
    (preserve(1), 7, 5, 2, 1, 1.0),
    (preserve(0), 5, 7, 1, 1, 1.0),
    (replace, 5, 9, 2, 1, 0.9),
    (accumulate, 9, 5, 1, 0, 1.0),
    (accumulate, 5, 1, 2, 0, 1.0),  # one row at a time
    (anchor, 4, 2, 3, 1, 0.8),
    (mix(0.3), 6, 10, 2, 0, 0.8),
    (contaminated(0.3), 8, 8, 1, 1, 1.0),
    (contaminated(0, 0.4), 6, 10, 2, 0, 0.8),  # no synthetic rows, then four, then eight
    (contaminated(0.9, 0.1), 9, 10, 3, 1, 1.0),  # one real row, fewer than dimensions, then none
]


@pytest.mark.parametrize(
    ("regime", "n", "n_samples", "d", "ddof", "sampling_bias"),
    SIZED,
    ids=[f"{name(row[0])}-{row[1:]}" for row in SIZED],
)
def test_kept_rows_and_sizes_of_their_own_have_the_law_of_brute_force(
    rng, regime, n, n_samples, d, ddof, sampling_bias
):
    settings = {"n": n, "n_samples": n_samples, "d": d, "ddof": ddof, "sampling_bias": sampling_bias, "chains": CHAINS}
    exact = ensemble.gaussian_fits(regime, rng=rng, **settings)
    brute = kept_or_sized_chains(rng, regime, **settings)
    first = None
    for t, (fit, (mean, covariance)) in enumerate(islice(zip(exact, brute, strict=True), 4), start=1):
        ours, theirs = statistics(fit.mean, fit.covariance), statistics(mean, covariance)
        if t == 1:
            first = ours["mean"], theirs["mean"], ours["variance"], theirs["variance"]
        # Real rows that are kept tie a generation to the first one.
        for found, begun, began in ((ours, first[0], first[2]), (theirs, first[1], first[3])):
            found["mean now and then"] = found["mean"] * begun
            found["variance now and then"] = found["variance"] - began
        if t in (2, 4):
            for name, values in theirs.items():
                assert_same_law(ours[name], values, f"{name} at t = {t}")


FEW = [
    (replace, 4, 4, 6),
    (replace, 9, lambda t: (3, 5, 12)[t % 3], 4),  # singular from the second fit on
    (accumulate, 4, lambda t: 2 * t, 6),
    (anchor, 3, 2, 4),  # all rows in a plane
    (preserve(0.5), 4, 6, 5),
    (mix(0.4), 5, 5, 5),  # fresh rows add dimensions
    (mix(0.25), 3, 12, 4),
]


@pytest.mark.parametrize(
    ("regime", "n", "n_samples", "d"), FEW, ids=[f"{name(row[0])}-{row[1]}-{row[3]}" for row in FEW]
)
def test_fewer_rows_than_dimensions_have_the_law_of_brute_force(rng, regime, n, n_samples, d):
    settings = {"n": n, "n_samples": n_samples, "d": d, "ddof": 1, "sampling_bias": 0.9, "chains": 2000}
    exact = ensemble.gaussian_fits(regime, rng=rng, **settings)
    brute = kept_or_sized_chains(rng, regime, **settings)
    for t, (fit, (mean, covariance)) in enumerate(islice(zip(exact, brute, strict=True), 4), start=1):
        roots = np.sqrt(np.maximum(np.linalg.eigvalsh(covariance), 0))
        distance = np.square(mean).sum(axis=1) + np.square(roots - 1).sum(axis=1)
        ours, theirs = statistics(fit.mean, fit.covariance), statistics(mean, covariance)
        for values in (ours, theirs):
            del values["log determinant"]
        for what, values in (theirs | {"squared W2": distance}).items():
            assert_same_law((ours | {"squared W2": fit.squared_w2})[what], values, f"{what} at t = {t}")


def test_as_many_real_rows_as_dimensions_reach_the_limit_of_more():
    # Alemohammad et al. (2024): d = 100, 100 fresh rows of 1,000. The limit does not depend on the first real set.
    ends = [
        ensemble.gaussian(mix(0.1), n=n, d=100, n_samples=1000, generations=25, chains=4)["squared_w2"]
        for n in (100, 1000)
    ]
    assert ends[0][0].mean() > 4 * ends[1][0].mean()
    assert ends[0][-1].mean() == pytest.approx(ends[1][-1].mean(), abs=0.5)


def test_a_singular_covariance_has_no_log_determinant():
    settings = {"chains": 3, "rng": np.random.default_rng(0)}
    for regime, n in ((replace, 4), (replace, 5), (anchor, 5)):
        late = list(islice(ensemble.gaussian_fits(regime, n=n, d=5, n_samples=lambda t: 9 * t, **settings), 3))[-1]
        with pytest.raises(ValueError, match=rf"^log_determinant must have covariances of rank 5; got {n - 1}: take "):
            _ = late.log_determinant
    fit = next(ensemble.gaussian_fits(n=6, d=5, **settings))
    np.testing.assert_allclose(fit.log_determinant, np.linalg.slogdet(fit.covariance)[1])


def test_settings_say_which_sizes():
    history = ensemble.gaussian(n=5, n_samples=twice, generations=2, chains=2)
    assert history.settings["n_samples"] == [2, 4]
    assert ensemble.categorical([2, 3], n_samples=twice, generations=2, chains=2).settings["n_samples"] == [2, 4]
    assert ensemble.regression(n=9, d=2, generations=2, chains=2).settings["n_samples"] == 9


@pytest.mark.parametrize(
    "ensemble_of",
    [
        partial(ensemble.gaussian, n=5),
        partial(ensemble.gaussian, accumulate, n=5),
        partial(ensemble.categorical, [2, 3]),
        partial(ensemble.regression, n=9, d=2, design="fresh"),
        partial(run, Gaussian(), normal(5)),
    ],
    ids=lambda made: made.func.__name__,
)
def test_a_function_of_sizes_is_asked_once_for_each_generation(ensemble_of):
    """It may count its calls, or draw: what the settings say is what was drawn."""
    asked = []

    def size(t):
        asked.append(t)
        return 10 * len(asked)

    history = ensemble_of(generations=4, chains=2, n_samples=size)
    assert sorted(asked) == sorted(set(asked))
    assert history.settings["n_samples"] == [10, 20, 30, 40]


def test_fits_ask_for_each_size_once():
    left = iter([2, 10**6, 2])
    fits = ensemble.gaussian_fits(n=5, n_samples=lambda t: next(left), chains=2, rng=np.random.default_rng(0))
    assert [fit.t for fit in islice(fits, 3)] == [1, 2, 3]
    assert next(left) == 2


def twice(t):
    return 2 * t


@pytest.mark.parametrize(
    "regime",
    [replace, accumulate, anchor, mix(0.5), preserve(0.4), contaminated(0.2, 0.4)],
    ids=name,
)
def test_exact_draws_have_the_law_of_run(rng, regime):
    model, n = Gaussian(ddof=0, sampling_bias=0.8), 5
    loop = run(model, normal(n), regime, generations=3, chains=400, seed=int(rng.integers(2**32)))
    exact = ensemble.gaussian(
        regime, n=n, generations=3, chains=CHAINS, ddof=0, sampling_bias=0.8, seed=int(rng.integers(2**32))
    )
    for metric in ("mean", "variance"):
        for t in (1, 2, 3):
            assert_same_law(loop[metric][t - 1], exact[metric][t - 1], f"{metric} at t = {t}")
    assert loop.regimes == exact.regimes


def test_the_comparison_notices_a_wrong_degree_of_freedom(rng):
    right = next(ensemble.gaussian_fits(n=5, chains=CHAINS, rng=rng)).variance
    assert p_same_law(rng.chisquare(4, CHAINS) / 4, right) > LEVEL
    assert p_same_law(rng.chisquare(5, CHAINS) / 5, right) < LEVEL
    assert p_same_law(rng.chisquare(5, CHAINS) / 4, right) < LEVEL


def test_the_comparison_notices_a_bias_on_the_standard_deviation(rng):
    wrong, right = (
        list(islice(ensemble.gaussian_fits(n=10, chains=CHAINS, rng=rng, sampling_bias=bias), 2))[1].variance
        for bias in (0.8**2, 0.8)
    )
    assert p_same_law(wrong, right) < LEVEL


def test_the_comparison_notices_one_real_row_too_few(rng):
    brute = next(islice(gaussian_chains(rng, 2, n=10, chains=CHAINS), 4, None))[1][:, 0, 0]
    exact = next(islice(ensemble.gaussian_fits(mix(0.1), n=10, chains=CHAINS, rng=rng), 4, None)).variance
    assert p_same_law(brute, exact) < LEVEL


def test_the_comparison_notices_kept_rows_in_place_of_fresh_ones(rng):
    settings = {"n": 10, "chains": CHAINS}
    brute = next(islice(gaussian_chains(rng, 5, **settings), 4, None))[1][:, 0, 0]
    exact = next(islice(ensemble.gaussian_fits(preserve(0.5), rng=rng, **settings), 4, None)).variance
    assert p_same_law(brute, exact) < LEVEL


@pytest.mark.parametrize("d", [1, 3])
def test_coordinates_are_treated_alike(rng, d):
    fit = next(islice(ensemble.gaussian_fits(accumulate, n=5, d=d, chains=CHAINS, rng=rng), 3, None))
    for i in range(1, d):
        assert_same_law(fit.covariance[:, 0, 0], fit.covariance[:, i, i], f"variance of coordinate {i}")
        assert_same_law(fit.mean[:, 0], fit.mean[:, i], f"mean of coordinate {i}")
    if d > 1:
        assert abs(np.corrcoef(fit.mean[:, 0], fit.mean[:, 1])[0, 1]) < 4 / np.sqrt(CHAINS)


def test_squared_w2_is_that_of_the_fitted_normal():
    from collapse_edu.metrics import squared_w2_gaussians

    fit = next(islice(ensemble.gaussian_fits(n=6, d=3, chains=5, rng=np.random.default_rng(0)), 2, None))
    for mean, covariance, value in zip(fit.mean, fit.covariance, fit.squared_w2, strict=True):
        assert squared_w2_gaussians(mean, covariance, np.zeros(3), np.eye(3)) == pytest.approx(value)


def test_history_says_what_was_done():
    history = ensemble.gaussian(mix(0.5), n=10, generations=3, chains=4, d=2, ddof=0, sampling_bias=0.8, seed=5)
    assert history.measures == ["variance", "squared_w2"]
    assert history.regimes == ["mix(0.5)"]
    assert history["variance"].shape == (3, 4)
    assert history.settings["exact"] is True
    assert history.settings["seed"] == 5
    assert history.settings["ddof"] == 0
    assert history.settings["sampling_bias"] == 0.8
    assert history == ensemble.gaussian(mix(0.5), n=10, generations=3, chains=4, d=2, ddof=0, sampling_bias=0.8, seed=5)
    assert history != ensemble.gaussian(mix(0.5), n=10, generations=3, chains=4, d=2, ddof=0, sampling_bias=0.8, seed=6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("d", [1, 2])
def test_deep_collapse_gives_neither_warning_nor_nan(d):
    history = ensemble.gaussian(n=5, d=d, generations=2000, chains=20)
    for metric in history.measures:
        assert np.isfinite(history[metric]).all()
    assert history["variance"][-1].max() < 1e-50


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("regime", [accumulate, anchor, mix(0.1)], ids=["accumulate", "anchor", "mix"])
def test_regimes_with_real_data_do_not_collapse(regime):
    history = ensemble.gaussian(regime, n=10, d=2, generations=500, chains=50)
    assert np.median(history["variance"][-1]) > 0.1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("share", "n", "d", "generations", "bias"),
    [(0.02, 60, 50, 60, 1.0), (0.01, 110, 100, 20, 1.0), (0.02, 50, 10, 60, 1e-3)],
)
def test_a_nearly_singular_covariance_is_pooled_all_the_same(share, n, d, generations, bias):
    history = ensemble.gaussian(mix(share), n=n, d=d, generations=generations, chains=5, sampling_bias=bias)
    assert all(np.isfinite(history[metric]).all() for metric in history.measures)


def test_pooling_keeps_all_digits():
    # Two coordinates whose spreads are 1 and 1e-12: the square of the small one is lost beside that of the large one.
    batch = Batch(5, np.zeros((1, 2)), np.array([[[1.0, 0.0], [1.0, 1e-12]]]))
    pooled = batch + batch
    assert abs(np.linalg.det(pooled.root[0])) == pytest.approx(2e-12, rel=1e-3)


@pytest.mark.parametrize("regime", [replace, accumulate, preserve(0.5)])
def test_bits_do_not_depend_on_threads(regime):
    settings = {"n": 300, "d": 200, "generations": 3, "chains": 2}
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            fits = gaussian_fits(regime, n=300, d=200, chains=2, rng=np.random.default_rng(0))
            last = next(islice(fits, 2, None))
            found.append((ensemble.gaussian(regime, **settings), last.covariance, last.squared_w2))
    assert found[0][0] == found[1][0]
    for one, other in zip(found[0][1:], found[1][1:], strict=True):
        np.testing.assert_array_equal(one, other)


def test_settings_of_numpy_integers_can_be_saved(tmp_path):
    history = ensemble.gaussian(n=np.int64(5), generations=np.int64(2), chains=2, d=np.int64(2), seed=np.int64(1))
    history.save(tmp_path / "history.csv")
    assert history == ensemble.gaussian(n=5, generations=2, chains=2, d=2, seed=1)


# ---------------------------------------------------------------- kept rows


@pytest.mark.parametrize(("n", "kept"), [(5, 2), (5, 3), (6, 1)])
def test_each_part_of_the_real_set_is_equally_likely(rng, n, kept):
    chains = 20_000
    rows = Rows(
        n, np.zeros((chains, 1)), np.zeros((chains, 1, 1)), np.tile(2.0 ** np.arange(n)[:, None, None], (chains, 1))
    )
    for _ in range(3):  # the order that a draw leaves behind does not matter
        sums = np.rint(rows.part(kept, rng).mean[:, 0] * kept).astype(int)  # in binary, the sum names the part
        parts, found = np.unique(sums, return_counts=True)
        assert len(parts) == comb(n, kept)
        assert {int(part).bit_count() for part in parts} == {kept}
        assert chisquare(found).pvalue > LEVEL


@pytest.mark.parametrize("d", [1, 2])
def test_a_set_that_is_kept_whole_changes_nothing(d):
    history = ensemble.gaussian(preserve(1), n=8, d=d, generations=5, chains=20)
    for metric in history.measures:
        np.testing.assert_allclose(history[metric][1:], np.tile(history[metric][0], (4, 1)))


@pytest.mark.parametrize(("n", "d"), [(7, 1), (7, 3), (3, 3), (2, 3)])
def test_statistics_of_rows(rng, n, d):
    rows = rng.standard_normal((n, 4, d))
    batch = Batch.of(rows)
    for chain in range(4):
        np.testing.assert_allclose(batch.mean[chain], rows[:, chain].mean(axis=0))
        scatter = np.atleast_2d(np.cov(rows[:, chain].T, ddof=0)) * n
        np.testing.assert_allclose(batch.root[chain] @ batch.root[chain].T, scatter, atol=1e-12)


# ---------------------------------------------------------------- against theory


@pytest.mark.parametrize(("n", "ddof"), [(10, 1), (30, 0), (100, 1)])
def test_replace_has_the_moments_of_theory(n, ddof):
    t = 20
    history = ensemble.gaussian(n=n, generations=t, chains=40_000, ddof=ddof, seed=n)
    logs = np.log(history["variance"][-1])
    assert_within(logs, theory.gaussian.expected_log_variance(t, n, ddof), resolves=0.15)
    assert_within(squared_deviations(logs), theory.gaussian.variance_of_log_variance(t, n), resolves=0.03)
    assert_within(np.square(history["mean"][4]), theory.gaussian.expected_mean_square(5, n, ddof), resolves=0.06)
    assert_within(history["squared_w2"][4], theory.gaussian.expected_squared_w2(5, n, ddof), resolves=0.06)


@pytest.mark.parametrize(("n", "d", "ddof"), [(5, 3, 1), (20, 10, 0)])
def test_determinants_have_the_moments_of_theory(rng, n, d, ddof):
    fits = islice(ensemble.gaussian_fits(n=n, d=d, ddof=ddof, chains=5000, rng=rng), 6)
    *_, last = fits
    logs = np.linalg.slogdet(last.covariance)[1]
    assert_within(logs, 6 * theory.wishart.lyapunov_spectrum(n, d, ddof).sum(), resolves=0.03)
    degrees = n - 1 - np.arange(d)  # of the independent χ² in Bartlett's decomposition
    assert_within(squared_deviations(logs), 6 * polygamma(1, degrees / 2).sum(), resolves=0.1)


@pytest.mark.parametrize("ddof", [0, 1])
@pytest.mark.parametrize("d", [1, 3])
def test_accumulate_has_the_variance_of_theory(d, ddof):
    n, t, chains = 6, 12, 60_000 if d == 1 else 15_000
    history = ensemble.gaussian(accumulate, n=n, d=d, generations=t, chains=chains, ddof=ddof, seed=d)
    assert_within(history["variance"][-1], theory.accumulate.expected_variance(t, n, ddof), resolves=0.02)


@pytest.mark.parametrize(("ddof", "sampling_bias"), [(0, 1.0), (1, 0.8)])
def test_mix_forgets_the_size_of_its_first_set(ddof, sampling_bias):
    # Alemohammad et al. (2024): the limit of the fresh data loop does not depend on n_ini.
    variance, square = theory.mixing.stationary_moments(20, 4, ddof, sampling_bias)
    for n in (5, 500):
        history = ensemble.gaussian(
            mix(0.2), n=n, n_samples=20, generations=60, chains=20_000, ddof=ddof, sampling_bias=sampling_bias, seed=n
        )
        assert_within(history["variance"][-1], variance, resolves=0.03)
        assert_within(np.square(history["mean"][-1]), square, resolves=0.06)


# ---------------------------------------------------------------- a summary in place of paths


@pytest.mark.parametrize(("regime", "d"), [(replace, 1), (preserve(0.5), 2)])
def test_a_summary_is_that_of_the_paths(regime, d):
    settings = {"n": 10, "d": d, "generations": 6, "chains": 501, "seed": 3}
    paths = ensemble.gaussian(regime, **settings).summary()
    pd.testing.assert_frame_equal(ensemble.gaussian(regime, keep="summary", **settings), paths, check_exact=True)


def test_memory_of_a_summary_does_not_grow_with_generations():
    peaks = []
    for generations in (3, 15):
        tracemalloc.start()
        ensemble.gaussian(n=10, generations=generations, chains=100_000, keep="summary")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
    assert peaks[1] < 15 * 3 * 100_000 * 8 / 2  # half of what all paths would need


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("regime", "came"),
    [
        (subsample, "subsample, which uses synthetic rows again"),
        (weighted(0.5), "weighted(0.5), which weighs its rows"),
        (
            lambda source, pool, synthetic, rng: (None, synthetic, None),
            "<lambda>, which does not say what its training sets are made of",
        ),
    ],
    ids=["subsample", "weighted", "own"],
)
def test_regimes_without_exact_draws_are_refused(regime, came):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        ensemble.gaussian(regime, n=10, generations=1, chains=1)
    assert str(caught.value) == (
        "regime must be replace, accumulate, anchor, preserve(share), mix(share) or contaminated(start, growth) for "
        f"exact draws; got {came} (collapse_edu.run takes any regime)"
    )


def test_preserve_refuses_as_in_the_loop():
    words, expected = [], r"^share of 0\.5 asks for 5 real rows of 10; the real set has 4"
    for call in (
        lambda: ensemble.gaussian(preserve(0.5), n=4, n_samples=10, generations=1, chains=1),
        lambda: ensemble.categorical([2, 2], preserve(0.5), n_samples=10, generations=2, chains=1),
        lambda: run(Gaussian(), normal(4), preserve(0.5), n_samples=10, generations=2),
    ):
        with pytest.raises(ValueError, match=expected) as caught:
            call()
        words.append(str(caught.value))
    assert len(set(words)) == 1


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"n": 1, "d": 2}, ValueError, "n must be an integer of at least 2; got 1"),
        (
            {"generations": 3, "n_samples": lambda t: 3 - t},
            ValueError,
            r"n_samples\(2\) must be an integer of at least 2; got 1",
        ),
        ({"regime": "replace"}, TypeError, "regime must be a function of .*: write it without quotation marks"),
        ({"d": 0}, ValueError, "d must be an integer of at least 1; got 0"),
        ({"ddof": 2}, ValueError, "ddof must be an integer from 0 to 1; got 2"),
        ({"sampling_bias": 0}, ValueError, r"sampling_bias must be a number in \(0, 1\]; got 0"),
        ({"chains": 0}, ValueError, "chains must be an integer of at least 1; got 0"),
        ({"generations": 1.5}, TypeError, "generations must be an integer of at least 1; got 1.5"),
        ({"seed": None}, TypeError, "seed must be an integer of at least 0; got None"),
        ({"n_samples": 1}, ValueError, "n_samples must be an integer of at least 2; got 1"),
        ({"n_samples": 0, "regime": anchor}, ValueError, "n_samples must be an integer of at least 1; got 0"),
        ({"keep": "all"}, ValueError, 'keep must be "paths" or "summary"; got \'all\''),
    ],
)
def test_bad_input_gets_one_line(changed, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        ensemble.gaussian(**{"n": 10, "generations": 1, "chains": 1} | changed)


@pytest.mark.parametrize("ddof", [0, 1])
def test_contaminated_has_the_moments_of_its_growing_share(ddof):
    n, variance, square = 10, 1 - (1 - ddof) / 10, 0.1
    for turn in range(5):
        q = min(1, 0.1 + 0.2 * turn)
        spread = 1 - q + q * variance
        unbiased = spread + n / (n - 1) * q * (1 - q) * square
        variance, square = unbiased * (1 if ddof else (n - 1) / n), q**2 * square + spread / n
    history = ensemble.gaussian(contaminated(0.1, 0.2), n=n, generations=6, chains=60_000, ddof=ddof, seed=4)
    assert_within(history["variance"][-1], variance, resolves=0.02)
    assert_within(np.square(history["mean"][-1]), square, resolves=0.05)
