"""The explorer of M7: fresh real samples on a map."""

import itertools
import re

import numpy as np
import pytest

from collapse_edu import ensemble, mix
from collapse_edu.course.explorers import MixingExplorer
from tests.course.explorers.promises import parts_and_whole, what_its_code_makes

FRESH, SIZES = (0, 1, 2, 5, 10, 20, 50), (50, 100, 200, 500, 1000)

CORNERS = [
    dict(zip(("level", "generations", "chains"), corner, strict=True))
    for corner in itertools.product((50, 99), (5, 100), (100, 1600))
]


@pytest.fixture(scope="module")
def explorer():
    return MixingExplorer(prediction=1, generations=5, chains=100)


@pytest.mark.parametrize("against", ["number", "share"])
@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: "-".join(map(str, corner.values())))
def test_every_corner_gives_a_picture_words_and_numbers(explorer, corner, against):
    explorer.set(**corner, against=against, seed=99_999)
    last = corner["generations"]
    for t in (0, 1, last):
        assert explorer._film.frame(t).startswith(b"\x89PNG")
        assert "nan" not in explorer.describe(explorer.result, t)
    assert re.search(r"\d", explorer.describe(explorer.result, last))
    assert explorer._film.generations == last
    assert not explorer.table(explorer.result).isin(["nan", "inf"]).any(axis=None)


def test_theory_lies_on_the_simulation():
    """Each of the 35 cells within 4.5 standard errors, and all of them together within 4."""
    result, off = MixingExplorer(generations=30, chains=1600, seed=3).result, []
    for (row, fresh), (column, n) in itertools.product(enumerate(FRESH), enumerate(SIZES)):
        rng = np.random.default_rng([3, n, fresh])
        fits = ensemble.gaussian_fits(mix(fresh / n), n=n, chains=1600, ddof=0, rng=rng)
        variance = next(itertools.islice(fits, 29, None)).variance
        assert variance.mean() == pytest.approx(result.simulated[30, row, column], rel=1e-12)
        off.append((variance.mean() - result.exact[30, row, column]) / (variance.std(ddof=1) / 40))
    assert np.abs(off).max() < 4.5
    assert abs(np.sum(off)) < 4 * np.sqrt(len(off))


def test_the_limits_are_those_of_the_rule():
    limit = MixingExplorer(generations=5, chains=100).result.limit
    m = np.array([1, 2, 5, 10, 20, 50])
    assert np.all(limit[0] == 0)
    assert limit[1:, -1] == pytest.approx(2 * m / (2 * m + 1), abs=2e-3)
    assert np.ptp(limit[1:-1, 1:], axis=1).max() < 0.004  # the same for 100, 200, 500 and 1,000 samples


@pytest.mark.parametrize(("level", "small", "large"), [(90, 5, 5), (95, 11, 10), (98, 29, 25), (99, 99, 51)])
def test_it_says_how_many_keep_enough_in_the_long_run(explorer, level, small, large):
    explorer.set(level=level, generations=5, chains=100)
    words = f"To keep {level}% in the long run takes {small} for n = 100 and {large} for n = 1,000."
    assert explorer.describe(explorer.result, 5).endswith(words)


def test_the_code_that_it_shows_gives_the_same_numbers():
    explorer = MixingExplorer(generations=8, chains=100, seed=4)
    names = what_its_code_makes(explorer)
    assert names["simulated"] == explorer.result.simulated[-1, 4, 4]
    assert names["exact"] == explorer.result.exact[-1, 4, 4]
    assert names["limit"] == explorer.result.limit[4, 4]


def test_what_it_yields_is_the_beginning_of_what_it_returns():
    settings = {"level": 90, "against": "number", "generations": 23, "chains": 100, "seed": 77}
    parts, whole = parts_and_whole(MixingExplorer.compute(**settings))
    assert [round(23 * share) for share, _ in parts] == [1, 11, 21]
    for _, part in parts:
        assert np.array_equal(part.simulated, whole.simulated[: len(part.simulated)])
    again = MixingExplorer.compute(**settings | {"level": 80})
    with pytest.raises(StopIteration) as end:
        next(again)  # another level needs no new chains
    assert np.array_equal(end.value.value.simulated, whole.simulated)


def test_bad_settings_get_one_line():
    with pytest.raises(ValueError, match="level must be a number from 50 to 99; got 100"):
        MixingExplorer(level=100)
    with pytest.raises(ValueError, match=r"prediction must be a number in \[0, 1\]; got 95"):
        MixingExplorer(prediction=95)
