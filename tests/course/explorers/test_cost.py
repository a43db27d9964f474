"""The explorer of M9."""

import itertools
import re

import numpy as np
import pytest

from collapse_edu.course.explorers import CostExplorer
from collapse_edu.production.feedback import expected_bill
from tests.course.explorers.promises import parts_and_whole, what_its_code_makes

SWITCHES = ["none", "caching", "caching, batching", "smaller model", "routing", "all four"]
LOW = {"users": 0, "requests_per_user": 0.0, "price_per_user": 0.0, "human_rows": 0, "failure_cost": 0.0}
HIGH = dict(zip(LOW, (10_000_000, 1000.0, 1000.0, 5000, 100.0), strict=True))
CORNERS = [
    {name: (HIGH if high else LOW)[name] for name, high in zip(LOW, corner, strict=True)}
    for corner in itertools.product((False, True), repeat=len(LOW))
]


@pytest.fixture(scope="module")
def explorer():
    return CostExplorer(prediction=9, models=5)


def check_all(explorer, models):
    for t in (0, 1, models):
        assert explorer._film.frame(t).startswith(b"\x89PNG")
        words = explorer.describe(explorer.result, t) + explorer.numbers(explorer.result)
        assert re.search(r"\d", words)
        assert not re.search(r"\bnan\b|\binf\b", words.lower())
    table = explorer.table(explorer.result)
    assert not table.isin(["nan", "inf"]).any(axis=None)
    assert table["new model"].iloc[-1] == models


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: "-".join(f"{value:g}" for value in corner.values()))
def test_every_corner_of_the_numbers(explorer, corner):
    explorer.set(**corner, switches="all four", times=100, models=5, seed=99_999)
    check_all(explorer, 5)


@pytest.mark.parametrize("switches", SWITCHES)
@pytest.mark.parametrize(("models", "times", "currency"), [(5, 1, "BRL"), (60, 100, "ZAR")])
def test_every_switch(explorer, switches, models, times, currency):
    explorer.set(switches=switches, models=models, times=times, currency=currency, **{**HIGH, "human_rows": 200})
    check_all(explorer, models)
    assert currency in explorer.describe(explorer.result, 1)


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("switches", ["none", "all four"])
def test_the_code_that_it_shows_gives_the_same_numbers(switches, times):
    explorer = CostExplorer(models=6, switches=switches, times=times, currency="CHF", human_rows=50, seed=4)
    names = what_its_code_makes(explorer)
    assert np.array_equal(names["result"].bill, explorer.result.bill)
    assert names["result"].saving == pytest.approx(explorer.result.saving)
    assert names["plan"].currency == "CHF"


def test_what_is_left_is_the_saving_less_rows_less_bill():
    """1,000 rows at 2 EUR eat a saving of 2,633 EUR with model 3, although the bill alone never does."""
    explorer = CostExplorer(models=24, human_rows=1000)
    table = explorer.table(explorer.result)
    number = lambda said: float(said.replace(",", "").replace("−", "-"))  # noqa: E731
    last = table.iloc[-1]
    assert number(last["saving"]) - number(last["human rows"]) - number(last["bill"]) == pytest.approx(
        number(last["left"]), abs=2
    )
    assert number(last["bill"]) < number(last["saving"])
    assert number(last["left"]) < 0
    assert explorer.result.eaten_by == 3
    assert last["gross margin with the bill"] == f"{100 * np.median(explorer.result.margin[-1]):.0f} %"
    assert "left" in explorer.describe(explorer.result, 24)


def test_what_it_yields_is_the_beginning_of_what_it_returns():
    settings = CostExplorer(models=10).settings
    parts, whole = parts_and_whole(CostExplorer.compute(**settings))
    assert [len(part.lost) for _, part in parts] == [1, 5, 9]
    assert all(np.array_equal(part.lost, whole.lost[: len(part.lost)]) for _, part in parts)
    assert len(whole.lost) == 10


def test_frames_of_a_result_so_far_do_not_change_when_more_arrive():
    explorer = CostExplorer(models=9, human_rows=0)
    frames = [explorer._film.frame(t) for t in range(5)]
    part = type(explorer.result)(explorer.result.plan, explorer.result.lost[:5])
    film = explorer.film(part)
    film._palette = explorer._film._palette  # the last frame gives the colours of all
    assert [film.frame(t) for t in range(5)] == frames


def test_theory_is_drawn_where_no_human_rows_are_bought():
    explorer = CostExplorer(models=12, human_rows=0, switches="all four", seed=3)
    bill = explorer.result.bill
    error = bill[-1].std(ddof=1) / np.sqrt(bill.shape[1])
    assert abs(bill[-1].mean() - expected_bill(explorer.result.plan, 12)[-1]) < 4 * error


def test_bad_settings_get_one_line():
    with pytest.raises(ValueError, match=r"currency must be one of 'AED', .*; got 'XYZ'"):
        CostExplorer(currency="XYZ")
    with pytest.raises(ValueError, match="users must be a number from 0 to 10000000; got -1"):
        CostExplorer(users=-1)
    with pytest.raises(ValueError, match="users must be a whole number from 0 to 10000000; got 'many'"):
        CostExplorer(users="many")
    with pytest.raises(ValueError, match="prediction must be a number"):
        CostExplorer(prediction=-1)
