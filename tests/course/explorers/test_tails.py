"""The explorer of M3."""

import itertools

import numpy as np
import pytest

from collapse_edu.course.explorers import TailsExplorer, opening_counts
from tests.course.explorers.promises import parts_and_whole, shows, what_its_code_makes

REGIMES = ["replace", "accumulate", "anchor", "preserve(0.1)"]
CORNERS = [
    dict(zip(("n", "generations", "chains"), corner, strict=True))
    for corner in itertools.product((5_000, 209_259), (5, 100), (1, 16))
]


@pytest.fixture(scope="module")
def explorer():
    return TailsExplorer(prediction=300, n=5_000, generations=5)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: "-".join(map(str, corner.values())))
def test_every_corner_gives_a_picture_words_and_numbers(explorer, corner, regime):
    explorer.set(**corner, regime=regime, seed=99_999)
    last = corner["generations"]
    shows(explorer, 0, 1, last)
    table = explorer.table(explorer.result)
    assert table["generation"].iloc[-1] == last


@pytest.mark.parametrize("regime", REGIMES)
def test_the_code_that_it_shows_gives_the_same_history(regime):
    explorer = TailsExplorer(n=5_000, generations=8, chains=4, regime=regime, seed=4)
    names = what_its_code_makes(explorer)
    assert np.array_equal(names["history"]["types_alive"], explorer.result.history["types_alive"])


def test_what_it_yields_is_the_beginning_of_what_it_returns():
    parts, whole = parts_and_whole(TailsExplorer.compute(n=5_000, generations=12, chains=2, regime="replace", seed=1))
    assert [round(12 * share) for share, _ in parts] == [1, 6, 11]
    for _, part in parts:
        done = len(part.shares)
        assert np.array_equal(part.shares, whole.shares[:done])
        assert np.array_equal(part.history["types_alive"], whole.history["types_alive"][: done - 1])


def test_theory_lies_on_the_simulation():
    explorer = TailsExplorer(n=20_000, generations=30, chains=16, seed=5)
    result = explorer.result
    alive = result.history["types_alive"]
    table = explorer.table(result)
    error = alive.std(axis=1, ddof=1) / 4
    for t in (1, 13, 30):
        expected = float(table.loc[t, "theory"].replace(",", ""))
        assert abs(alive[t - 1].mean() - expected) < 4 * error[t - 1] + 0.5


def test_the_groups_hold_all_words():
    explorer = TailsExplorer(n=5_000, generations=5, chains=1)
    result = explorer.result
    place = np.searchsorted(result.groups, result.counts, side="right") - 1
    sizes = np.bincount(place)
    assert sizes.sum() == len(opening_counts(5_000))
    assert (result.shares[1:] @ sizes).round().tolist() == result.history["types_alive"][:, 0].tolist()


def test_bad_settings_get_one_line():
    with pytest.raises(ValueError, match="n must be one of 5000, 20000, 80000, 209259; got 7"):
        TailsExplorer(n=7)
    with pytest.raises(ValueError, match="prediction must be a number"):
        TailsExplorer(prediction=-1)
