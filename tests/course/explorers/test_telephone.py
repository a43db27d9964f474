"""The explorer of M1."""

import itertools

import numpy as np
import pytest

from collapse_edu.course.explorers import TelephoneExplorer, bag_of
from tests.course.explorers.promises import shows, what_its_code_makes
from tests.evidence import assert_within

LOWEST = {"n": 10, "generations": 5, "chains": 1}
HIGHEST = {"n": 100, "generations": 100, "chains": 1000}
REGIMES = ["replace", "accumulate", "anchor", "preserve(0.1)"]
CORNERS = [
    dict(zip(LOWEST, corner, strict=True))
    for corner in itertools.product(*([LOWEST[name], HIGHEST[name]] for name in LOWEST))
]


@pytest.fixture(scope="module")
def explorer():
    return TelephoneExplorer(prediction=0.3, generations=5)


@pytest.mark.parametrize("bag", ["coin", "moby-dick"])
@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: "-".join(map(str, corner.values())))
def test_every_corner_gives_a_picture_words_and_numbers(explorer, corner, regime, bag):
    explorer.set(**corner, regime=regime, bag=bag, seed=99_999)
    last = corner["generations"]
    shows(explorer, 0, 1, last)
    table = explorer.table(explorer.result)
    assert table["generation"].iloc[-1] == last
    assert (explorer.result.bags.sum(axis=1) == corner["n"]).all()


@pytest.mark.parametrize("regime", REGIMES)
def test_the_code_that_it_shows_gives_the_same_history(regime):
    explorer = TelephoneExplorer(bag="moby-dick", n=30, generations=8, chains=10, regime=regime, seed=4)
    names = what_its_code_makes(explorer)
    assert np.array_equal(names["history"]["types_alive"], explorer.result.history["types_alive"])


@pytest.mark.parametrize("regime", REGIMES)
def test_the_code_of_a_coin_gives_the_share_that_the_picture_shows(regime):
    explorer = TelephoneExplorer(bag="coin", n=30, generations=8, chains=10, regime=regime, seed=4)
    assert np.array_equal(what_its_code_makes(explorer)["heads"], explorer.result.values)


@pytest.mark.parametrize("bag", ["coin", "moby-dick"])
def test_theory_lies_on_the_simulation(bag):
    explorer = TelephoneExplorer(bag=bag, n=40, generations=20, chains=1000, seed=3)
    metric = "first_share" if bag == "coin" else "types_alive"
    for simulated, exact in zip(explorer.result.history[metric], explorer.expected(explorer.result), strict=True):
        assert_within(simulated, exact)


def test_a_single_chain_does_not_give_the_law_of_the_ensemble_away():
    explorer = TelephoneExplorer(chains=1, generations=5)
    assert explorer.expected(explorer.result) is None


def test_the_bag_is_the_beginning_of_the_book():
    words, counts = bag_of("moby-dick", 3)
    assert words == ["call", "me", "ishmael"]
    assert counts.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("name", "n", "line"),
    [("hamlet", 10, 'name must be "coin" or "moby-dick"; got \'hamlet\''), ("coin", 1, r"n must be .*2.*100.*; got 1")],
)
def test_bad_bags_get_one_line(name, n, line):
    with pytest.raises(ValueError, match=line):
        bag_of(name, n)


def test_a_bad_prediction_gets_one_line():
    with pytest.raises(ValueError, match="prediction must be a number"):
        TelephoneExplorer(prediction=-1)
