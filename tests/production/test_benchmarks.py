"""The scales of the field, row by row, and where a plan stands."""

import itertools

import pytest

from collapse_edu.production.benchmarks import BENCHMARKS, positions
from collapse_edu.production.economics import Plan


def test_the_four_rows():
    rows = [(each.sector, each.metric, each.low, each.median, each.elite, each.unit) for each in BENCHMARKS]
    assert rows == [
        ("AI-first SaaS", "AI cost of goods sold / revenue", 40, (15, 25), 10, "%"),
        ("enterprise AI", "inference cost per request", 0.10, (0.01, 0.05), 0.005, "$"),
        ("consumer AI", "model-routing coverage", 30, (50, 70), 85, "%"),
        ("all sectors", "AI features that are profitable", 30, (50, 60), 80, "%"),
    ]


@pytest.mark.parametrize("scale", BENCHMARKS, ids=lambda scale: scale.metric)
def test_all_places_in_order(scale):
    low, high = scale.ends
    step = (high - low) / 2000
    seen = [scale.place(low + step * k) for k in range(2001)]
    order = ["low", "between low and median", "median", "between median and elite", "elite"]
    changes = [seen[0]] + [b for a, b in itertools.pairwise(seen) if a != b]
    assert changes == (order[::-1] if scale.less_is_better else order)
    assert {scale.place(end) for end in scale.median} == {"median"}


def test_a_place_needs_a_number():
    with pytest.raises(TypeError, match="model-routing coverage must be a number"):
        BENCHMARKS[2].place("much")


def test_a_plan_has_a_place_on_each():
    found = positions(Plan(), dollar_rate=1)
    assert [round(each.value, 3) for each in found] == [29.667, 0.009, 0, 100]
    assert [each.place for each in found] == ["between low and median", "between median and elite", "low", "elite"]
    assert [each.value for each in positions(Plan("USD"))] == [each.value for each in found]
    with pytest.raises(ValueError, match="got no revenue"):
        positions(Plan(users=0))


def test_yen_are_no_dollars():
    without = positions(Plan("JPY", price_in=300, price_out=1500))
    assert [each.benchmark.unit for each in without] == ["%", "%", "%"]
    inference = positions(Plan("JPY", price_in=300, price_out=1500), dollar_rate=0.0065)[1]
    assert inference.value == pytest.approx(0.0065 * (2000 * 300 + 500 * 1500) / 10**6)
    for wrong in (0, -1, "par"):
        with pytest.raises((TypeError, ValueError), match=r"^dollar_rate must be a number in \(0, 1e\+09\]; got"):
            positions(Plan("JPY"), wrong)
    with pytest.raises(ValueError, match=r"^dollar_rate must be 1 for a plan in dollars; got 2$"):
        positions(Plan("USD"), 2)
