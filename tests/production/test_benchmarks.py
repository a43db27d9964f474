"""The scales of the field, row by row, and where a plan stands."""

import itertools

import pytest

from collapse_edu.production.benchmarks import BENCHMARKS, positions, unknown
from collapse_edu.production.economics import Plan, features


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


def test_a_plan_has_a_place_where_it_says_enough():
    found = positions(Plan(), dollar_rate=1)
    assert [round(each.value, 3) for each in found] == [29.667, 0.009, 0]
    assert [each.place for each in found] == ["between low and median", "between median and elite", "low"]
    assert [each.value for each in positions(Plan("USD"))] == [each.value for each in found]
    assert unknown(Plan(), 1) == {"AI features that are profitable": "the plan does not say what each feature earns"}


def test_features_that_are_profitable_by_hand():
    """Three features; each carries a third of what is fixed, and the inference of its own requests."""
    plan = Plan("USD")
    for name, use, value, cost in (("search", 50, 60, 1), ("drafts", 30, 38, 2), ("voice", 20, 2, 4)):
        plan = plan.with_feature(name, use=use, value=value, cost=cost)
    tokens = 400_000 * 0.009
    weights = [50 * 1, 30 * 2, 20 * 4]
    margins = []
    for weight, use, value in zip(weights, (0.5, 0.3, 0.2), (0.6, 0.38, 0.02), strict=True):
        cost = tokens * weight / 190 + 400_000 * use * 0.01 * 0.4 + (1800 + 400 + 1500) / 3
        margins.append(30_000 * value - cost)
    assert [margin > 0 for margin in margins] == [True, True, False]
    assert features(plan)["margin"].tolist() == pytest.approx(margins)
    last = positions(plan)[-1]
    assert (last.benchmark.metric, last.value) == ("AI features that are profitable", pytest.approx(200 / 3))
    assert last.place == "between median and elite"


def test_who_asks_nothing_has_no_place():
    for plan in (Plan("USD", users=0), Plan("USD", requests_per_user=0)):
        assert positions(plan) == []
        assert unknown(plan) == {scale.metric: "nobody asks anything" for scale in BENCHMARKS}


def test_without_revenue_only_the_request_and_the_router_have_a_place():
    plan = Plan("USD", ["routing"], price_per_user=0).with_feature("search", use=1, value=1)
    assert [each.benchmark.metric for each in positions(plan)] == [scale.metric for scale in BENCHMARKS[1:3]]
    assert set(unknown(plan).values()) == {"nobody pays"}


def test_shares_of_models_are_no_router():
    plan = Plan("USD").with_model("mini", share=0.9, price_in=0.4, price_out=1.6)
    assert "router" in unknown(plan)["model-routing coverage"]
    assert positions(plan.but(optimisations=["routing"]))[-1].value == 60


def test_yen_are_no_dollars():
    without = positions(Plan("JPY", price_in=300, price_out=1500))
    assert [each.benchmark.unit for each in without] == ["%", "%"]
    inference = positions(Plan("JPY", price_in=300, price_out=1500), dollar_rate=0.0065)[1]
    assert inference.value == pytest.approx(0.0065 * (2000 * 300 + 500 * 1500) / 10**6)
    for wrong in (0, -1, "par"):
        with pytest.raises((TypeError, ValueError), match=r"^dollar_rate must be a number in \(0, 1e\+09\]; got"):
            positions(Plan("JPY"), wrong)
    with pytest.raises(ValueError, match=r"^dollar_rate must be 1 for a plan in dollars; got 2$"):
        positions(Plan("USD"), 2)
