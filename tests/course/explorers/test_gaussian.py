"""The explorer of M2."""

import itertools

import numpy as np
import pytest

from collapse_edu.course.explorers import GaussianExplorer
from collapse_edu.course.films.film import Stage
from tests.course.explorers.promises import shows, what_its_code_makes

LOWEST = {"n": 10, "generations": 5, "chains": 1, "seed": 0, "sampling_bias": 0.5, "ddof": 0}
HIGHEST = {"n": 500, "generations": 100, "chains": 10_000, "seed": 99_999, "sampling_bias": 1.0, "ddof": 1}
REGIMES = ["replace", "accumulate", "anchor", "mix(0.1)"]


@pytest.fixture(scope="module")
def explorer():
    return GaussianExplorer(prediction=0.3, deeper=True, generations=5)


CORNERS = [
    dict(zip(("n", "generations", "chains", "sampling_bias"), corner, strict=True))
    for corner in itertools.product(
        *([LOWEST[name], HIGHEST[name]] for name in ("n", "generations", "chains", "sampling_bias"))
    )
]


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: "-".join(map(str, corner.values())))
def test_every_corner_gives_a_picture_words_and_numbers(explorer, corner, regime):
    explorer.set(**corner, regime=regime, ddof=corner["generations"] == 5, seed=99_999)
    last = corner["generations"]
    shows(explorer, 0, 1, last)
    table = explorer.table(explorer.result)
    assert table["generation"].iloc[-1] == last


@pytest.mark.parametrize("regime", REGIMES)
def test_the_code_that_it_shows_gives_the_same_history(regime):
    explorer = GaussianExplorer(n=20, generations=8, chains=10, regime=regime, seed=4, deeper=True, sampling_bias=0.9)
    names = what_its_code_makes(explorer)
    assert names["history"] == explorer.result


@pytest.mark.parametrize(("regime", "curves"), [("replace", {"median", "mean"}), ("accumulate", {"mean"}),
                                                ("mix(0.1)", {"mean"}), ("anchor", set())])  # fmt: skip
@pytest.mark.parametrize(("bias", "ddof"), [(1.0, 1), (1.0, 0), (0.9, 1), (0.9, 0)])
def test_theory_lies_on_the_simulation(regime, curves, bias, ddof):
    explorer = GaussianExplorer(
        n=50, generations=12, chains=10_000, regime=regime, deeper=True, sampling_bias=bias, ddof=ddof
    )
    expected = explorer.expected(explorer.result)
    assert set(expected) == (set() if regime == "accumulate" and bias < 1 else curves)
    variance = explorer.result["variance"]
    error = variance.std(axis=1, ddof=1) / np.sqrt(variance.shape[1])
    if "mean" in expected:
        assert np.all(np.abs(variance.mean(axis=1) - expected["mean"]) < 4 * error)
    if "median" in expected:
        # a median has 1.2533 times the error of a mean where the law is normal; the log variance nearly is, and its
        # median deviates from the normal one by less than 0.01 at n = 50
        log_error = 1.2533 * np.log(variance).std(axis=1, ddof=1) / np.sqrt(variance.shape[1])
        off = np.log(np.median(variance, axis=1) / expected["median"])
        assert np.all(np.abs(off) < 4 * log_error + 0.01)


def test_a_single_chain_does_not_give_the_law_of_the_ensemble_away():
    explorer = GaussianExplorer(chains=1, generations=5)
    assert explorer.expected(explorer.result) == {}


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"prediction": -1}, r"prediction must be a number in \[0, inf\]; got -1"),
        ({"prediction": "low"}, "got .low.$"),
        ({"n": 5}, "n must be a number from 10 to 500; got 5"),
        ({"n": True}, "n must be a whole number from 10 to 500; got True"),
        ({"chains": 5}, "chains must be one of 1, 10, 100, 1000, 10000; got 5"),
        ({"regime": "mix(0.2)"}, r"regime must be one of 'replace', .*; got 'mix\(0\.2\)'"),
        ({"size": 3}, "parameter must be one of n, generations, chains, regime, seed; got 'size'"),
    ],
)
def test_bad_settings_get_one_line(settings, line):
    with pytest.raises((ValueError, TypeError), match=line):
        GaussianExplorer(**settings)


@pytest.mark.parametrize("settings", [{"n": 30, "chains": 1000}, {"n": 10, "chains": 1}, {"n": 10, "chains": 1000}])
def test_the_axis_does_not_tell_how_far_it_falls(settings, monkeypatch):
    """It hangs on the settings alone: the same under all regimes, and for all seeds."""
    floors = set()
    drawn = Stage.draw_said
    monkeypatch.setattr(Stage, "draw_said", lambda *args: floors.add(args[0].course.get_ylim()) or drawn(*args))
    for regime in REGIMES:
        for seed in (1, 2, 3):
            GaussianExplorer(generations=60, regime=regime, seed=seed, **settings)
    assert len(floors) == 1


def test_the_axis_has_room_for_what_replace_does():
    explorer = GaussianExplorer(n=10, generations=100, chains=1000)
    assert np.median(explorer.result["variance"], axis=1).min() < 1e-4
    low, _ = explorer._film._moving[-1].axes.get_ylim()
    assert low == 1e-8
