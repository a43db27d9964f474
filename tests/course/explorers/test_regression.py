"""The explorer of M6."""

import itertools

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.course.explorers import RegressionExplorer
from tests.course.explorers.promises import parts_and_whole, shows, what_its_code_makes

REGIMES = ["replace", "accumulate", "anchor"]
LOWEST = {"n": 20, "d": 2, "generations": 5, "chains": 1, "design": "same"}
HIGHEST = {"n": 500, "d": 10, "generations": 100, "chains": 1000, "design": "fresh"}
CORNERS = [
    dict(zip(LOWEST, corner, strict=True))
    for corner in itertools.product(*([LOWEST[name], HIGHEST[name]] for name in LOWEST))
]


@pytest.fixture(scope="module")
def explorer():
    return RegressionExplorer(prediction=4.5, generations=5)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: "-".join(map(str, corner.values())))
def test_every_corner_gives_a_picture_words_and_numbers(explorer, corner, regime):
    explorer.set(**corner, regime=regime, seed=99_999)
    last = corner["generations"]
    shows(explorer, 0, 1, last)
    table = explorer.table(explorer.result)
    assert table["generation"].iloc[-1] == last


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("design", ["same", "fresh"])
def test_the_code_that_it_shows_gives_the_same_numbers(regime, design):
    explorer = RegressionExplorer(n=30, d=2, generations=8, chains=100, regime=regime, design=design, seed=4)
    names = what_its_code_makes(explorer)
    assert np.array_equal(names["history"]["test_error"], explorer.result.history["test_error"])


def test_what_it_yields_is_the_beginning_of_what_it_returns():
    settings = {"n": 30, "d": 2, "chains": 100, "regime": "accumulate", "design": "fresh", "seed": 1}
    parts, whole = parts_and_whole(RegressionExplorer.compute(generations=25, **settings))
    assert [round(25 * share) for share, _ in parts] == [1, 11, 21]
    for _, part in parts:
        done = len(part.places)
        assert np.array_equal(part.places, whole.places[:done])
        assert np.array_equal(part.history["test_error"], whole.history["test_error"][: done - 1])


@pytest.mark.parametrize(
    ("regime", "design"),
    [*itertools.product(["replace", "accumulate"], ["same", "fresh"]), ("anchor", "same")],
)
def test_theory_lies_on_the_simulation(regime, design):
    explorer = RegressionExplorer(n=20, d=5, generations=20, chains=4000, regime=regime, design=design, seed=5)
    ratios, expected = explorer.ratios(explorer.result), explorer.expected(explorer.result)
    for t in (1, 2, 20):
        assert_within(ratios[t - 1], expected[t - 1])


def test_a_prediction_is_drawn_only_for_the_regime_that_it_is_about():
    settings = {"regime": "accumulate", "generations": 5, "chains": 100}
    asked, plain = RegressionExplorer(prediction=4.5, **settings), RegressionExplorer(**settings)
    for regime, same in (("accumulate", False), ("replace", True), ("anchor", True), ("accumulate", False)):
        frames = []
        for explorer in (asked, plain):
            explorer.set(regime=regime)
            frames.append(explorer._film.frame(5))
        assert (frames[0] == frames[1]) is same


def test_no_theory_where_none_is_known_and_none_for_one_chain():
    unknown = RegressionExplorer(generations=5, chains=100, regime="anchor", design="fresh")
    assert unknown.expected(unknown.result) is None
    assert "theory" not in unknown.table(unknown.result)
    single = RegressionExplorer(generations=5, chains=1)
    assert single.expected(single.result) is None


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"prediction": -1}, r"prediction must be a number in \[0, inf\]; got -1"),
        ({"d": 3}, "d must be one of 2, 5, 10; got 3"),
        ({"design": "old"}, "design must be one of 'same', 'fresh'; got 'old'"),
        ({"n": 12}, "n must be a number from 20 to 500; got 12"),
    ],
)
def test_bad_settings_get_one_line(settings, line):
    with pytest.raises(ValueError, match=line):
        RegressionExplorer(**settings)
