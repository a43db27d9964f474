"""Exact chains of regressions have the law of the loop that draws every row, and the errors of theory."""

from itertools import islice

import numpy as np
import pytest
from evidence import assert_same_law, assert_within

from collapse_edu import Regression, ensemble, generations, theory
from collapse_edu.loop.regimes import accumulate, anchor, mix, name, replace
from collapse_edu.loop.source import linear

WEIGHTS = np.array([1.0, -2.0, 0.5])
REGIMES = [replace, accumulate, anchor]


def brute_force(rng, regime, design, *, n, chains, last, noise):
    """Return the errors of the fitted vectors, shape (last, chains, 3): the loop of the library, row by row."""
    errors = np.empty((last, chains, 3))
    for chain in range(chains):
        source = linear(n, WEIGHTS, noise).open(rng)
        loop = generations(Regression(noise=noise, design=design), source, regime, rng, n_samples=n)
        for generation in islice(loop, last):
            errors[generation.t - 1, chain] = generation.model.coef_ - WEIGHTS
    return errors


@pytest.mark.parametrize("design", ["same", "fresh"])
@pytest.mark.parametrize("regime", REGIMES, ids=name)
def test_exact_draws_have_the_law_of_the_loop(rng, regime, design):
    settings = {"n": 6, "noise": 0.5}  # few rows: the Gram matrix matters
    theirs = brute_force(rng, regime, design, chains=1500, last=4, **settings)
    fits = ensemble.regression_fits(regime, d=3, chains=1500, design=design, rng=rng, **settings)
    first = None
    for t, fit in enumerate(islice(fits, 4), start=1):
        ours, errors = fit.error, theirs[t - 1]
        first = ours if first is None else first
        assert_same_law(ours[:, 1], errors[:, 1], f"one coordinate at t = {t}")
        assert_same_law(fit.test_error, np.square(errors).sum(axis=1), f"test error at t = {t}")
        assert_same_law(ours[:, 0] * ours[:, 2], errors[:, 0] * errors[:, 2], f"two coordinates at t = {t}")
        dependence = np.sum(ours * first, axis=1), np.sum(errors * theirs[0], axis=1)
        assert_same_law(*dependence, f"with the first fit at t = {t}")


@pytest.mark.parametrize("design", ["same", "fresh"])
@pytest.mark.parametrize("regime", [replace, accumulate], ids=name)
def test_errors_are_those_of_theory(regime, design):
    n, d, noise = 14, 4, 0.5
    history = ensemble.regression(regime, n=n, d=d, generations=20, chains=100_000, noise=noise, design=design, seed=1)
    for t in (1, 2, 10, 20):
        if regime is replace:
            target = theory.regression.replace_error(t, n, d, noise**2)
        else:
            target = theory.regression.accumulate_error(t, n, d, noise**2, design)
        assert_within(history["test_error"][t - 1], target, resolves=0.02)


def test_sizes_that_change_add_their_errors():
    # Under replace each fit adds σ² d/(n_j - d - 1); with accumulate's old rows less.
    sizes, d = (12, 20, 9, 30), 4
    settings = {"n": sizes[0], "d": d, "design": "fresh", "n_samples": lambda t: sizes[t], "generations": 3}
    replaced = ensemble.regression(replace, chains=100_000, seed=1, **settings)["test_error"]
    for t in (1, 2, 3):
        assert_within(replaced[t - 1], sum(d / (size - d - 1) for size in sizes[:t]), resolves=0.025)
    assert ensemble.regression(accumulate, chains=1000, **settings)["test_error"][2].mean() < replaced[2].mean()


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            {"n_samples": 12},
            'n_samples is for design="fresh": with "same" each generation labels the n real rows again',
        ),
        ({"n_samples": 5, "design": "fresh"}, "n_samples must be an integer of at least 6; got 5"),
        ({"n_samples": lambda t: t, "design": "fresh"}, r"n_samples\(1\) must be an integer of at least 6; got 1"),
    ],
)
def test_sizes_that_cannot_be_get_one_line(settings, line):
    with pytest.raises(ValueError, match=f"^{line}$"):
        ensemble.regression(n=12, d=4, generations=2, chains=1, **settings)


@pytest.mark.parametrize("regime", REGIMES, ids=name)
def test_on_the_same_design_the_pathways_are_exact(regime):
    """Even at n = 12 and d = 4, far from the large n that the pathways' module speaks of."""
    pathway = getattr(theory.pathways, f"{name(regime)}_error")
    history = ensemble.regression(regime, n=12, d=4, generations=8, chains=200_000, seed=2)
    for t in (2, 8):
        target = pathway(t) * theory.regression.replace_error(1, 12, 4)
        assert_within(history["test_error"][t - 1], target, resolves=0.02)


def test_one_seed_one_result_and_the_settings_say_what_was_done():
    one, two = (ensemble.regression(n=20, d=2, generations=5, chains=10, seed=3) for _ in range(2))
    assert one == two
    assert one["test_error"].shape == (5, 10)
    assert one.settings["design"] == "same"
    summary = ensemble.regression(n=20, d=2, generations=5, chains=10, seed=3, keep="summary")
    assert summary["median"].tolist() == one.summary("test_error")["median"].tolist()


def test_without_noise_nothing_is_lost():
    assert ensemble.regression(n=9, d=2, generations=3, chains=5, noise=0)["test_error"].max() == 0


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"n": 6}, ValueError, "n must be an integer of at least 7; got 6"),
        ({"d": 0}, ValueError, "d must be an integer of at least 1; got 0"),
        ({"noise": -1}, ValueError, r"noise must be a number in \[0, 1e\+100\]; got -1"),
        ({"design": "old"}, ValueError, 'design must be "same" or "fresh"; got \'old\''),
        ({"keep": "all"}, ValueError, 'keep must be "paths" or "summary"; got \'all\''),
        ({"chains": 1.5}, TypeError, "chains must be an integer of at least 1; got 1.5"),
        (
            {"regime": mix(0.1)},
            ValueError,
            r"regime must be replace, accumulate or anchor for exact draws; got mix\(0.1\), which uses a part of a "
            r"set, or fresh rows .*",
        ),
    ],
)
def test_bad_input_gets_one_line(wrong, error, words):
    with pytest.raises(error, match=f"^{words}$"):
        ensemble.regression(**{"regime": replace, "n": 20, "d": 5, "generations": 2, "chains": 2} | wrong)
