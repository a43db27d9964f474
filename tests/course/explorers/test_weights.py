"""The second explorer of M7: the weight of fresh real data."""

import itertools

import numpy as np
import pytest

from collapse_edu import theory
from collapse_edu.course.explorers import WeightExplorer
from collapse_edu.course.films.weights import _Stage
from tests.course.explorers.promises import parts_and_whole, what_its_code_makes

CORNERS = [
    dict(zip(("weight", "ratio", "generations", "chains"), corner, strict=True))
    for corner in itertools.product((0, 100), (0.25, 1.0, 4.0), (5, 60), (1000, 20_000))
]


@pytest.fixture(scope="module")
def explorer():
    return WeightExplorer(prediction=0, generations=5, chains=1000)


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: "-".join(map(str, corner.values())))
def test_every_corner_gives_a_picture_words_and_numbers(explorer, corner):
    explorer.set(**corner, seed=99_999)
    last = corner["generations"]
    for t in (0, 1, last):
        assert explorer._film.frame(t).startswith(b"\x89PNG")
        assert "nan" not in explorer.describe(explorer.result, t)
    table = explorer.table(explorer.result)
    assert not table.isin(["nan", "inf"]).any(axis=None)
    assert table["generation"].iloc[-1] == last


@pytest.mark.parametrize(("ratio", "best"), [(0.25, 0.390), (1.0, 0.618), (4.0, 0.828)])
def test_the_best_weight_can_be_found_by_hand(ratio, best):
    result = WeightExplorer(ratio=ratio, generations=30, chains=20_000, seed=5).result
    found = result.errors[-1].argmin() / 100
    assert abs(found - best) < 0.08  # the valley is flat
    assert result.errors[-1].min() == pytest.approx(theory.pathways.optimal_weight(ratio), rel=0.04)


def test_the_picture_keeps_the_weights_of_one_ratio_that_were_tried():
    explorer, shown = WeightExplorer(weight=50, generations=5, chains=1000), []
    for settings in ({"weight": 70}, {"weight": 20}, {"weight": 30, "ratio": 4.0}, {"ratio": 1.0, "weight": 20}):
        explorer.set(**settings)
        explorer._film.frame(5)
        shown.append([round(100 * w) for w in _Stage.of(5).valley.get_xdata()])
    assert shown == [[50, 70], [20, 50, 70], [30], [20, 50, 70]]


def test_theory_lies_on_the_simulation():
    explorer = WeightExplorer(weight=40, generations=20, chains=20_000, seed=6)
    expected, mine = explorer.expected(explorer.result), explorer.result.errors[:, 40]
    assert np.all(np.abs(mine / expected - 1) < 4 * np.sqrt(2 / 20_000))  # squares of normal numbers


def test_the_code_that_it_shows_gives_the_same_errors():
    explorer = WeightExplorer(weight=70, ratio=0.25, generations=8, chains=1000, seed=4)
    names = what_its_code_makes(explorer)
    assert np.allclose(names["errors"], explorer.result.errors[:, 70], rtol=1e-12)


def test_what_it_yields_is_the_beginning_of_what_it_returns():
    settings = {"weight": 30, "ratio": 1.0, "generations": 23, "chains": 1000, "seed": 78}
    parts, whole = parts_and_whole(WeightExplorer.compute(**settings))
    assert [round(23 * share) for share, _ in parts] == [1, 11, 21]
    for _, part in parts:
        assert np.array_equal(part.errors, whole.errors[: len(part.errors)])
    with pytest.raises(StopIteration) as end:
        next(WeightExplorer.compute(**settings | {"weight": 31}))  # another weight needs no new chains
    assert end.value.value.errors is whole.errors


def test_bad_settings_get_one_line():
    with pytest.raises(ValueError, match="weight must be a number from 0 to 100; got 101"):
        WeightExplorer(weight=101)
    with pytest.raises(ValueError, match=r"ratio must be one of 0\.25, 1\.0, 4\.0; got 2"):
        WeightExplorer(ratio=2)
    with pytest.raises(ValueError, match=r"prediction must be a number in \[0, 1\]; got 62"):
        WeightExplorer(prediction=62)
