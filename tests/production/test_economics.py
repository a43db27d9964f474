"""The calculator: one example by hand, every assumption declared, and what happens to bad input."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse_edu.production.economics import (
    ASSUMPTIONS,
    CURRENCIES,
    OPTIMISATIONS,
    Plan,
    at_volume,
    features,
    feedback_share,
    gross_margin,
    human_rows_per_model,
    inference_cost,
    monthly_costs,
    requests,
    revenue,
    sensitivities,
    unit_costs,
    viable_volumes,
    volumes,
    waterfall,
)


def test_the_example_of_the_docs_by_hand():
    """The same numbers, step by step, as in docs/questions.md."""
    plan = Plan()
    request = (2000 * 2 + 500 * 10) / 10**6
    assert request == 0.009
    assert inference_cost(plan) == pytest.approx(request)
    n = 20_000 * 20
    inference, verification = n * 0.009, n * 0.01 * 0.4
    training, human, platform = 1 * (800 + 20_000 * 0.05), 200 * 2, 1500
    parts = [inference, verification, training, human, platform]
    assert parts == pytest.approx([3600, 1600, 1800, 400, 1500])
    assert monthly_costs(plan)["cost"].tolist() == pytest.approx(parts)
    total, income = 8900, 20_000 * 1.5
    units = unit_costs(plan)
    assert units["cost"] == pytest.approx(total)
    assert units["cost per user"] == pytest.approx(total / 20_000) == pytest.approx(0.445)
    assert units["cost per request"] == pytest.approx(0.02225)
    assert units["cost per feature"] == pytest.approx(1112.5)
    assert units["gross margin"] == pytest.approx((income - total) / income) == pytest.approx(0.7033, abs=5e-5)
    assert units["cost / revenue"] == pytest.approx(89 / 300)
    assert units["inference per request"] == pytest.approx(0.009)


def test_the_docs_give_the_same_numbers():
    page = (Path(__file__).resolve().parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| ([\w ]+) \|.*\| ([\d,]+) \|$", page, re.MULTILINE))
    costs = monthly_costs(Plan())["cost"]
    assert {part: float(number.replace(",", "")) for part, number in said.items()} == pytest.approx(
        costs.to_dict() | {"all": costs.sum()}
    )


def test_all_four_optimisations_by_hand():
    plan = Plan(optimisations=OPTIMISATIONS)
    small = 0.4 + 0.08
    routed = 0.02 + 0.6 * 0.1 + 0.4 * small
    waiting = routed * (1 - 0.3 * 0.5)
    cached = 0.75 * waiting + 0.25 * 0.02
    assert inference_cost(plan) == pytest.approx(0.009 * cached)
    assert feedback_share(plan) == pytest.approx(0.75)
    rows = 200 * 0 + 19_800 * 0.002  # 200 rows are human, and paid for as such
    assert monthly_costs(plan).loc["training data", "cost"] == pytest.approx(800 + rows)


def test_more_human_rows_than_a_model_learns_from_leave_none_to_a_model():
    """By hand: 500 human rows of a month, 100 rows of a model: nothing to write, and nothing saved on it."""
    plan = Plan(optimisations=["routing"], human_rows=500, training_rows=100)
    assert monthly_costs(plan)["cost"][["training data", "human data"]].tolist() == [800, 1000]


def test_human_rows_of_a_month_are_shared_by_its_models():
    assert [human_rows_per_model(Plan(retrainings=models)) for models in (0, 0.5, 1, 3)] == [0, 400, 200, 67]


def test_a_step_feeds_back_for_what_it_does_alone():
    """The smaller model learns from answers here, the routed one does not."""
    steps = waterfall(Plan(optimisations=OPTIMISATIONS, route_feeds_back=0))
    assert [step.feeds_back for step in steps] == [False, False, True, False]


def test_a_hundred_times_the_volume_has_each_factor_twice():
    plan = Plan(human_at_ten=3.0, fixed_at_ten=2.0, tokens_at_ten=0.5, price_at_ten=0.5)
    grown = at_volume(plan, 100)
    assert (grown["human_rows"], grown["platform_cost"], grown["price_out"]) == (1800, 6000, 2.5)
    assert grown["price_per_user"] == 0.375


def test_a_margin_just_as_large_as_the_least_one_is_viable():
    plan = Plan(least_margin=gross_margin(Plan()))  # it grows up to and beyond this volume
    assert volumes(plan, [1])["viable"].tolist() == [True]
    assert viable_volumes(plan, 1, 10) == [(1.0, 10.0)]
    assert viable_volumes(plan, 0.5, 1) == [(1.0, 1.0)]


def test_ten_times_the_volume_by_hand():
    ten = at_volume(Plan(), 10)
    assert (ten["users"], ten["human_rows"]) == (200_000, 200)
    income = 200_000 * 1.5 * 0.7
    cost = 4_000_000 * (0.009 * 0.9 + 0.004) + 1.5 * (1500 + 800 + 1000) + 400
    assert gross_margin(ten) == pytest.approx(1 - cost / income)


def test_every_assumption_has_a_name_a_unit_a_range_and_a_source():
    for name, assumption in ASSUMPTIONS.items():
        assert name == assumption.name
        assert assumption.description
        assert assumption.unit
        assert assumption.source
        assert assumption.low <= assumption.default <= assumption.high
    table = Plan(users=7).assumptions()
    assert list(table["assumption"]) == list(ASSUMPTIONS)
    assert table.set_index("assumption")["source"]["users"] == "yours"
    assert set(table["source"]) == {"assumed", "yours"}
    assert not table["unit"].str.contains("money").any()
    assert table.set_index("assumption").loc["price_in", "unit"] == "EUR per million tokens"
    assert str(table["value"][0]) == "7"


def test_no_assumption_is_negative_and_a_share_is_at_most_all():
    above = {name: assumption.low for name, assumption in ASSUMPTIONS.items() if assumption.low}
    assert above == {"features": 1, "training_rows": 1, "request_types": 1}
    shares = [assumption for assumption in ASSUMPTIONS.values() if assumption.unit in ("share", "0 or 1")]
    assert {assumption.high for assumption in shares} == {1}


def test_a_source_says_who_set_the_value():
    plan = Plan(users=20_000)  # set, although it equals the default
    sources = at_volume(plan.but(price_in=3), 10).but(request_types=7).assumptions().set_index("assumption")["source"]
    assert plan.assumptions()["source"][0] == "yours"
    assert sources["users"] == sources["price_in"] == "computed for 10 times the users"
    assert sources["human_rows"] == "assumed"  # they do not grow
    assert sources["request_types"] == "yours"
    assert set(at_volume(Plan(), 1).assumptions()["source"]) == {"assumed"}


def test_whole_floats_and_small_letters_pass():
    plan = Plan("eur", users=1000.0)
    assert (plan.currency, plan["users"], type(plan["users"])) == ("EUR", 1000, int)


@pytest.mark.parametrize(
    "call",
    [requests, revenue, inference_cost, feedback_share, monthly_costs, human_rows_per_model, unit_costs, gross_margin,
     features, waterfall, volumes, viable_volumes, sensitivities],
)  # fmt: skip
def test_what_is_no_plan_gets_one_line(call):
    with pytest.raises(TypeError, match=r"^plan must be a Plan, such as Plan\(users=1000\); got dict$"):
        call({"users": 5})


def test_an_unknown_name_says_what_was_meant():
    with pytest.raises(KeyError, match="assumption must be a name in ASSUMPTIONS; got 'user': did you mean 'users'"):
        Plan()["user"]


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ({"low": "a"}, r"low must be a number in \(0, 10000\]; got 'a'"),
        ({"low": 0}, r"low must be a number in \(0, 10000\]; got 0"),
        ({"low": 5, "high": 1}, r"high must be a number in \(5, 10000\]; got 1"),
        ({"high": 1e6}, r"high must be a number in \(0.01, 10000\]; got 1000000.0"),
    ],
)
def test_bad_ends_of_the_search_get_one_line(ends, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}$"):
        viable_volumes(Plan(), **ends)


def test_a_multiple_alone_is_no_list():
    with pytest.raises(TypeError, match=r"^times must be a list of numbers, such as \(1, 10, 100\); got 10$"):
        volumes(Plan(), 10)


def test_a_volume_out_of_range_is_refused_not_cut():
    with pytest.raises(ValueError, match=r"^users must be an integer from 0 to 1000000000000; got 10000000000000$"):
        at_volume(Plan(users=10**11), 100)


def test_every_assumption_changes_something():
    """None is shown and not used."""
    from collapse_edu.production.feedback import feedback

    def seen(plan):
        lost = feedback(plan, models=3, chains=2).bill
        units = unit_costs(at_volume(plan, 10)), features(plan)["margin"].tolist(), volumes(plan)["viable"].tolist()
        alone = plan.but(optimisations=())  # collected rows, and no small model
        costs, bill = monthly_costs(alone)["cost"].tolist(), feedback(alone, models=3, chains=2).bill
        return units[0].tolist(), *units[1:], costs, lost.tolist(), bill.tolist()

    plan = Plan(
        optimisations=OPTIMISATIONS, least_margin=0.86, request_types=200, training_rows=500, cached_share=0.2,
        retries=0.05, contamination=0.2,
    )  # fmt: skip
    before = seen(plan)
    for name, assumption in ASSUMPTIONS.items():
        value = plan[name]
        if assumption.unit == "0 or 1":
            other = 0
        elif assumption.whole:
            other = value + 5
        else:
            other = min(value * 1.2, assumption.high) if value < assumption.high else value / 2
        assert seen(plan.but(**{name: other})) != before, name


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"users": -5}, ValueError, "users must be an integer from 0 to 1000000000000; got -5"),
        ({"users": "many"}, TypeError, "users must be an integer from 0 to 1000000000000; got 'many'"),
        ({"price_in": "cheap"}, TypeError, r"price_in must be a number in \[0, 1e\+09\]; got 'cheap'"),
        ({"requests_per_user": -1.0}, ValueError, r"requests_per_user must be a number in \[0, 100000\]; got -1.0"),
        ({"checked_share": float("nan")}, ValueError, r"checked_share must be a number in \[0, 1\]; got nan"),
        ({"currency": "XYZ"}, ValueError, r"currency must be one of AED, .*, ZAR; got 'XYZ'"),
        (
            {"optimisations": "caching"},
            ValueError,
            r"optimisations must be a list of any of caching, .*; got 'caching'",
        ),
        ({"optimisations": ["magic"]}, ValueError, r"optimisations must be a list of any of .*; got \['magic'\]"),
        ({"user": 5}, ValueError, r"assumption must be a name in ASSUMPTIONS; got 'user': did you mean 'users'\?"),
        ({"zzz": 5}, ValueError, "assumption must be a name in ASSUMPTIONS; got 'zzz'"),
        ({"optimisations": None}, ValueError, "optimisations must be a list of any of .*; got None"),
        ({"optimisations": 3}, ValueError, "optimisations must be a list of any of .*; got 3"),
        ({"currency": 3}, ValueError, "currency must be one of AED, .*; got 3"),
        ({"users": 1000.5}, TypeError, "users must be an integer from 0 to 1000000000000; got 1000.5"),
    ],
    ids=str,
)
def test_bad_input_gets_one_line(wrong, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        Plan(**wrong)


@pytest.mark.parametrize("times", [0, -1, 10_001, "ten"])
def test_a_bad_volume_gets_one_line(times):
    with pytest.raises((TypeError, ValueError), match=r"^times must be a number in \(0, 10000\]; got"):
        at_volume(Plan(), times)


def plans(**fixed):
    values = {
        "users": st.integers(1, 10**6),
        "requests_per_user": st.floats(0.1, 1000),
        "price_per_user": st.floats(0.01, 1000),
        "cache_share": st.floats(0, 1),
        "route_share": st.floats(0, 1),
        "smaller_price": st.floats(0, 1),
        "human_rows": st.integers(0, 30_000),
        "currency": st.sampled_from(CURRENCIES),
        "optimisations": st.sets(st.sampled_from(OPTIMISATIONS)).map(tuple),
    }
    return st.builds(Plan, **values | fixed)


@given(plans())
def test_the_steps_of_the_waterfall_add_up(plan):
    saved = sum(step.saves for step in waterfall(plan))
    none = plan.but(optimisations=())
    total = monthly_costs(none)["cost"].sum()
    room = max(1e-6, 1e-14 * total)  # sums of doubles; a month costs thousands of millions in some currencies
    assert saved == pytest.approx(total - monthly_costs(plan)["cost"].sum(), abs=room)


@given(plans())
def test_features_add_up_to_the_month(plan):
    table, units = features(plan), unit_costs(plan)
    assert table["cost"].sum() == pytest.approx(units["cost"])
    assert table["revenue"].sum() == pytest.approx(units["revenue"])
    assert table["share"].sum() == pytest.approx(1)


@given(plans())
def test_a_share_of_the_requests_is_a_share(plan):
    assert 0 <= feedback_share(plan) <= 1
    assert math.isfinite(gross_margin(plan))
    assert gross_margin(plan) <= 1


def test_once_the_volume_is_the_plan_itself():
    plan = Plan(optimisations=["routing"])
    once = at_volume(plan, 1)
    assert all(once[name] == pytest.approx(plan[name]) for name in ASSUMPTIONS)


def test_the_margin_is_viable_inside_the_volumes_and_not_outside():
    plan = Plan()
    ((low, high),) = viable_volumes(plan)
    for inside in (low * 1.02, 10, high * 0.98):
        assert gross_margin(at_volume(plan, inside)) >= plan["least_margin"]
    for outside in (low * 0.98, high * 1.02):
        assert gross_margin(at_volume(plan, outside)) < plan["least_margin"]


def test_never_and_always_viable():
    assert viable_volumes(Plan(price_per_user=0.01)) == []
    assert viable_volumes(Plan(price_per_user=0)) == []
    assert viable_volumes(Plan(price_per_user=10_000.0)) == [(0.01, 1000.0)]


def test_sensitivities_are_those_of_the_plan():
    table = sensitivities(Plan(), 0.1)
    assert table.loc["price_per_user", "higher"] == pytest.approx(gross_margin(Plan(price_per_user=1.65)))
    assert (table["swing"].diff().dropna() <= 1e-12).all()
    assert "failure_cost" not in table.index  # it costs later, not in the margin of this month


def test_sensitivities_stay_in_range_and_whole():
    everything_checked = sensitivities(Plan(checked_share=1.0)).loc["checked_share"]
    assert everything_checked["higher"] == gross_margin(Plan(checked_share=1.0))
    assert sensitivities(Plan(), 1.0).loc["training_rows", "lower"] == gross_margin(Plan(training_rows=1))
    rows = sensitivities(Plan(human_rows=201)).loc["human_rows"]  # 150.75 and 251.25
    assert (rows["lower"], rows["higher"]) == (gross_margin(Plan(human_rows=151)), gross_margin(Plan(human_rows=251)))


def test_a_small_swing_is_one_and_none_is_none():
    swings = sensitivities(Plan(check_cost=0.0004))["swing"]  # 1.60 EUR of checks, a quarter of 30,000 EUR
    assert swings["check_cost"] == pytest.approx(0.4 / 30_000)
    assert "feature_skew" not in swings.index


def test_costs_of_ten_times_the_users_by_hand():
    row = volumes(Plan(), [10]).loc[10]
    with_use, fixed = 4_000_000 * (0.009 * 0.9 + 0.004), 1.5 * (1500 + 1800) + 400
    assert [row["with use"], row["fixed"]] == pytest.approx([with_use, fixed])
    assert row["cost per user"] == pytest.approx((with_use + fixed) / 200_000)


def test_nothing_sold_and_nothing_asked_divides_by_nothing():
    units = unit_costs(Plan(users=0))
    assert math.isnan(units["cost per user"])
    assert math.isnan(units["gross margin"])
    assert unit_costs(Plan(retrainings=0))["cost"] == pytest.approx(7100)


def test_names_of_older_versions_go_on():
    """Until 1.0.0."""
    from collapse_edu.production import economics, feedback

    assert economics.Step is economics.Saving
    assert economics.feeding_back is feedback_share
    assert economics.human_rows_each is human_rows_per_model
    assert feedback.law_of_kinds is feedback.distribution_of_requests
    old = Plan(kinds=30).but(kinds_exponent=2.0)
    assert (old["request_types"], old["request_exponent"]) == (old["kinds"], old["kinds_exponent"]) == (30, 2.0)
    with pytest.raises(AttributeError, match=r"^module 'collapse_edu.production.economics' has no attribute 'step'$"):
        _ = economics.step


def test_a_multiple_of_few_bits_is_the_same_multiple():
    assert repr(at_volume(Plan(), np.int8(7))) == repr(at_volume(Plan(), 7))
