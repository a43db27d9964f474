"""The exact ensemble draws the same laws as brute force that draws every sample."""

from itertools import islice

import numpy as np
import pytest
from evidence import LEVEL, assert_same_law, gaussian_chains, p_same_law

from collapse_edu import Gaussian, ensemble, run
from collapse_edu.regimes import accumulate, anchor, mix, preserve, replace, subsample
from collapse_edu.source import normal

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


@pytest.mark.parametrize(
    "regime", [replace, accumulate, anchor, mix(0.5)], ids=["replace", "accumulate", "anchor", "mix"]
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
    assert history.metrics == ["variance", "squared_w2"]
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
    for metric in history.metrics:
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
    assert all(np.isfinite(history[metric]).all() for metric in history.metrics)


def test_pooling_keeps_all_digits():
    # Two coordinates whose spreads are 1 and 1e-12: the square of the small one is lost beside that of the large one.
    batch = ensemble._Batch(5, np.zeros((1, 2)), np.array([[[1.0, 0.0], [1.0, 1e-12]]]))
    pooled = batch + batch
    assert abs(np.linalg.det(pooled.root[0])) == pytest.approx(2e-12, rel=1e-3)


def test_settings_of_numpy_integers_can_be_saved(tmp_path):
    history = ensemble.gaussian(n=np.int64(5), generations=np.int64(2), chains=2, d=np.int64(2), seed=np.int64(1))
    history.save(tmp_path / "history.csv")
    assert history == ensemble.gaussian(n=5, generations=2, chains=2, d=2, seed=1)


@pytest.mark.parametrize("regime", [preserve(0.1), subsample], ids=["preserve", "subsample"])
def test_regimes_that_use_points_again_are_refused(regime):
    with pytest.raises(ValueError, match=r"^regime must be replace, accumulate, anchor or mix\(share\) for exact"):
        ensemble.gaussian(regime, n=10, generations=1, chains=1)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"n": 2, "d": 2}, ValueError, "n must be an integer of at least 3; got 2"),
        ({"regime": "replace"}, TypeError, "regime must be a function of .*: write it without quotation marks"),
        ({"d": 0}, ValueError, "d must be an integer of at least 1; got 0"),
        ({"ddof": 2}, ValueError, "ddof must be an integer from 0 to 1; got 2"),
        ({"sampling_bias": 0}, ValueError, r"sampling_bias must be a number in \(0, 1\]; got 0"),
        ({"chains": 0}, ValueError, "chains must be an integer of at least 1; got 0"),
        ({"generations": 1.5}, TypeError, "generations must be an integer of at least 1; got 1.5"),
        ({"seed": None}, TypeError, "seed must be an integer of at least 0; got None"),
    ],
)
def test_bad_input_gets_one_line(changed, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        ensemble.gaussian(**{"n": 10, "generations": 1, "chains": 1} | changed)
