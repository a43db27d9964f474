"""The highest price of a verified row: by hand, against chains, and in the order that theory says."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.production.economics import OPTIMISATIONS, Plan, monthly_costs
from collapse_edu.production.feedback import feedback, fresh_rows, human_row_table
from collapse_edu.production.premium import average_in_chains, premium, premium_curve

PLAN = Plan(optimisations=OPTIMISATIONS, human_rows=200)
SHARES = np.linspace(0, 1, 11)

# A company by hand: 1,000 users ask 10 times; a small model answers half of it, learns from 100 rows, and is made anew
# every second month. Two types of requests, two of three for the first; one human row in a month, two for each model.
SMALL = Plan(
    users=1000, requests_per_user=10, optimisations=["routing"], route_share=0.5, retrainings=0.5, training_rows=100,
    request_types=2, request_exponent=1, failure_cost=3, human_rows=1, synthetic_row_cost=0.25,
)  # fmt: skip
MONEY = 2 * 10_000 * 0.5 * 3  # two months of a model, if no request were of a known type


def unknown(fresh):
    """Return the share of requests of unknown types with models 1 and 2, from first principles.

    Model 1 has 100 p copies of a type, on average. Each begets 1 - fresh/100 copies among the rows that stay model
    text, so it leaves none with a chance of e^-(1 - fresh/100); and there are p copies for each fresh row.
    """
    shares = np.array([2 / 3, 1 / 3])
    first = np.exp(-100 * shares)
    second = np.exp(-100 * shares * (1 - np.exp(-(1 - fresh / 100)))) * np.exp(-fresh * shares)
    return (shares * first).sum() + (shares * second).sum()


def test_a_company_by_hand():
    found = premium(SMALL, models=2)
    assert found.next_row == pytest.approx(MONEY * (unknown(2) - unknown(3)) / 2 + 0.25, rel=1e-9)
    assert found.first_row == pytest.approx(MONEY * (unknown(0) - unknown(1)) / 2 + 0.25, rel=1e-9)
    assert found.average == pytest.approx(MONEY * (unknown(0) - unknown(2)) / 4 + 0.25, rel=1e-9)


def test_a_curve_by_hand():
    """A half of 98 collected rows is model text: 51 rows are fresh with 2 verified ones, 51.5 with 3."""
    curve = premium_curve(SMALL, [0, 0.5], models=2)
    assert curve[0.5] == pytest.approx(MONEY * (unknown(51) - unknown(51.5)) / 2 + SMALL["row_cost"], rel=1e-9)
    assert curve[0] == SMALL["row_cost"]


def test_a_company_row_by_row(rng):
    """Rows drawn one by one: what 40 more rows for each model save, against the closed form's 40 next rows."""
    plan = Plan(
        users=500, requests_per_user=4, optimisations=["smaller model"], training_rows=400, request_types=60,
        failure_cost=2, human_rows=40, synthetic_row_cost=0,
    )  # fmt: skip
    p = 1 / np.arange(1, 61) ** 1.1
    p /= p.sum()
    bills = {}
    for fresh in (0, 40):
        costs = []
        for _ in range(1500):
            rows, cost = rng.choice(60, 400, p=p), 0.0
            for _ in range(5):
                cost += 2000 * 2 * (1 - p[np.unique(rows)].sum())
                kept = rng.choice(rows, 400 - fresh)
                rows = np.concatenate([kept, rng.choice(60, fresh, p=p)])
            costs.append(cost)
        bills[fresh] = np.array(costs)
    assert_within((bills[0] - bills[40]) / (5 * 40), premium(plan, models=5).average, resolves=0.1)


@pytest.mark.parametrize(
    "plan",
    [PLAN.but(human_rows=4000), Plan(contamination=0.9, human_rows=3000, training_rows=5000, retrainings=2)],
    ids=["fed back", "collected"],
)
def test_chains_agree_with_the_closed_form(plan):
    prices = average_in_chains(plan, models=6, chains=200, seed=2)
    assert_within(prices, premium(plan, models=6).average, resolves=0.1)


def test_it_is_where_the_totals_of_the_calculator_meet():
    """At the highest average price, rows and bills of all months cost as much as the bills without rows."""
    found = premium(PLAN, models=4)
    instead = PLAN["synthetic_row_cost"]
    priced = PLAN.but(human_row_cost=found.average - instead)
    table = human_row_table(priced, [0, 200], model=4, chains=200, seed=4)
    bills = [feedback(PLAN.but(human_rows=rows), models=4, chains=200, seed=4).bill.sum(axis=0) for rows in (0, 200)]
    error = np.sqrt(sum(bill.var(ddof=1) for bill in bills) / 200)
    assert abs(table["cumulative"][200] - table["cumulative"][0]) < 4 * error


@pytest.mark.parametrize("rows", [0, 200, 2000])
@pytest.mark.parametrize("models", [1, 2, 24])
def test_the_curve_never_falls_and_begins_at_the_price_of_a_collected_row(rows, models):
    curve = premium_curve(PLAN.but(human_rows=rows), SHARES, models=models)
    assert curve.iloc[0] == pytest.approx(PLAN["row_cost"])
    assert (np.diff(curve) >= -1e-9).all()
    if models == 1:  # which learns from real rows
        assert curve.to_numpy() == pytest.approx(PLAN["row_cost"])


def test_worth_falls_with_rows_and_grows_with_months_and_the_cost_of_a_miss():
    by_rows = [premium(PLAN.but(human_rows=rows)).next_row for rows in (0, 1, 10, 100, 1000, 10_000, 19_999, 20_000)]
    assert (np.diff(by_rows) < 0).all()
    assert by_rows[-1] == 0  # there is no row left that it could take the place of
    by_months = [premium(PLAN, models=models).next_row for models in (1, 2, 6, 24, 60)]
    assert (np.diff(by_months) > 0).all()
    assert by_months[0] == pytest.approx(PLAN["synthetic_row_cost"])
    cheap, dear = (premium(PLAN.but(failure_cost=cost)).next_row - PLAN["synthetic_row_cost"] for cost in (0.1, 0.3))
    assert dear == pytest.approx(3 * cheap)


def test_the_best_number_of_rows_is_the_cheapest():
    plan = Plan(optimisations=["routing"], training_rows=60, request_types=20, failure_cost=0.005)
    found = premium(plan, models=6)
    totals = [0.0]
    for rows in range(1, 61):
        average = premium(plan.but(human_rows=rows), models=6).average
        totals.append(rows * (average - plan["human_row_cost"]))
    assert found.best_rows == np.argmax(totals) > 0
    assert premium(plan.but(human_rows=found.best_rows - 1), models=6).pays
    assert not premium(plan.but(human_rows=found.best_rows), models=6).pays


def test_the_share_from_which_it_pays():
    plan = Plan(human_rows=0, human_row_cost=2.0)
    share = premium(plan).pays_from
    assert premium_curve(plan, [share])[share] == pytest.approx(2, abs=0.02)
    assert premium(plan.but(human_row_cost=0.05)).pays_from == 0
    assert premium(plan.but(human_row_cost=1000)).pays_from is None


def test_a_contaminated_plan_forgets_and_a_clean_one_does_not():
    dirty = Plan(contamination=0.8, human_rows=1000)
    assert fresh_rows(dirty) == 20_000 - 0.8 * 19_000
    lost = feedback(dirty, models=12, chains=100).lost
    fed = Plan(optimisations=["smaller model"], human_rows=round(fresh_rows(dirty)))
    same = feedback(fed, models=12, chains=100, seed=1).lost  # as many fresh rows
    assert lost[-1].mean() == pytest.approx(same[-1].mean(), rel=0.02)
    clean = dirty.but(contamination=0)
    assert (feedback(clean, models=3, chains=5).bill == 0).all()
    saved = monthly_costs(clean)["cost"]["training data"] - monthly_costs(dirty)["cost"]["training data"]
    assert saved == pytest.approx(1000 * 0.05)  # verified rows come in the place of doubtful ones


def test_one_seed_one_result():
    first, again, other = (average_in_chains(PLAN, models=3, chains=3, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: premium({"users": 5}), "plan must be a Plan"),
        (lambda: premium(PLAN, models=0), "models must be an integer of at least 1; got 0"),
        (lambda: premium(PLAN.but(retrainings=0)), r"retrainings must be a number in \(0, 100\]; got 0"),
        (lambda: premium_curve(PLAN, [0.5, 1.5]), r"shares must be a number in \[0, 1\]; got 1.5"),
        (lambda: average_in_chains(PLAN.but(human_rows=0)), "human_rows must be above 0 to have an average; got 0"),
        (lambda: average_in_chains(PLAN, seed=-1), "seed must be an integer of at least 0; got -1"),
    ],
)
def test_bad_input_gets_one_line(call, words):
    with pytest.raises((TypeError, ValueError), match=f"^{words}"):
        call()
