"""Saving and bill: exact chains against the closed form, and what human rows change."""

import itertools

import numpy as np
import pytest

from collapse_edu import theory
from collapse_edu.production.economics import OPTIMISATIONS, Plan, feedback_share, monthly_costs, requests, waterfall
from collapse_edu.production.feedback import (
    Feedback,
    distribution_of_requests,
    expected_bill,
    feedback,
    feedback_steps,
    human_row_table,
)
from tests.evidence import assert_within

PLAN = Plan(optimisations=OPTIMISATIONS, human_rows=0)


@pytest.mark.parametrize("model", [1, 2, 6, 24])
def test_without_human_rows_the_lost_share_is_that_of_theory(model):
    """The closed form is that of Poisson counts; n = 20,000 is large, and its own error far below the chains'."""
    lost = feedback(PLAN, models=model, chains=200, seed=model).lost[-1]
    exact = theory.tails.expected_lost_mass(model, PLAN["training_rows"], distribution_of_requests(PLAN))
    assert_within(lost, exact, resolves=0.05)


def test_one_draw_by_brute_force():
    """Rows are drawn one by one, counted and drawn again."""
    plan = Plan(optimisations=["routing"], request_types=30, training_rows=100, human_rows=10)
    law, rng, lost = distribution_of_requests(plan), np.random.default_rng(4), []
    for _ in range(2000):
        rows = rng.choice(30, size=100, p=law)
        for _ in range(3):
            rows = np.concatenate([rng.choice(rows, size=90), rng.choice(30, size=10, p=law)])
        lost.append(1 - law[np.unique(rows)].sum())
    exact = feedback(plan, models=4, chains=2000, seed=5).lost[-1]
    error = np.hypot(np.std(lost) / np.sqrt(2000), exact.std() / np.sqrt(2000))
    assert abs(np.mean(lost) - exact.mean()) < 4 * error


def test_the_bill_by_hand():
    result = feedback(PLAN, models=3, chains=5)
    more = result.lost[2] - result.lost[0]
    assert result.bill[2] == pytest.approx(400_000 * 0.75 * 0.1 * more)
    assert requests(PLAN) * feedback_share(PLAN) == 300_000
    assert (result.bill[0] == 0).all()
    saved = {step.name: step.saves for step in waterfall(PLAN)}
    assert result.saving == pytest.approx(saved["smaller model"] + saved["routing"])


def test_where_nothing_is_fed_back_nothing_is_forgotten():
    result = feedback(Plan(optimisations=["caching", "batching"], human_rows=0), models=6, chains=5)
    assert (result.lost == result.lost[0]).all()
    assert result.saving == 0
    assert (result.bill == 0).all()
    assert result.eaten_by is None
    unused = Plan(human_rows=30_000)  # more than a model learns from, and nobody needs them
    assert (feedback(unused, models=2, chains=2).bill == 0).all()
    assert feedback(unused, models=2, chains=2).eaten_by is None
    unfed = Plan(optimisations=["routing"], route_feeds_back=0)
    assert (feedback(unfed, models=4, chains=3).bill == 0).all()


@pytest.mark.parametrize("plan", [PLAN, PLAN.but(human_rows=1000), Plan(contamination=0.9, human_rows=500)], ids=repr)
def test_the_expected_bill_is_the_mean_of_the_chains(plan):
    bill = feedback(plan, models=12, chains=100, seed=7).bill
    assert_within(bill[-1], expected_bill(plan, 12)[-1], resolves=0.1)
    assert expected_bill(Plan(), 3).tolist() == [0, 0, 0]


def test_human_rows_hold_the_bill_down():
    bills = [
        np.median(feedback(PLAN.but(human_rows=rows), models=24, chains=20).bill[-1]) for rows in (0, 200, 1000, 5000)
    ]
    assert all(low < high for high, low in itertools.pairwise(bills))


def test_who_buys_all_rows_gets_models_of_real_rows():
    result = feedback(PLAN.but(human_rows=20_000), models=8, chains=100)
    assert abs(result.lost[-1].mean() - result.lost[0].mean()) < 4 * result.lost.std() / np.sqrt(50)


def test_the_first_eaten_model():
    result = feedback(PLAN, models=24, chains=50)
    medians = np.median(result.bill, axis=1)
    assert medians[result.eaten_by - 2] <= result.saving < medians[result.eaten_by - 1]


def round_numbers(**changes):
    """Return a plan in which 1,024 requests cost 1 EUR each, and routing half of them at half the price saves 256."""
    plan = Plan(
        users=1024, requests_per_user=1, tokens_in=10**6, tokens_out=0, price_in=1.0, check_cost=0, row_cost=0,
        synthetic_row_cost=0, route_share=0.5, route_price=0.5, route_overhead=0, optimisations=["routing"],
    )  # fmt: skip
    return plan.but(**changes)


def test_a_saving_that_pays_just_for_its_rows_is_not_eaten():
    nothing_lost = np.zeros((3, 2))
    assert Feedback(round_numbers(human_rows=0), nothing_lost).saving == 256
    assert Feedback(round_numbers(human_rows=128, human_row_cost=2.0), nothing_lost).eaten_by is None
    assert Feedback(round_numbers(human_rows=128, human_row_cost=2.5), nothing_lost).eaten_by == 1


def test_one_chain_with_a_huge_bill_does_not_eat_the_saving():
    """Of three: 512 requests of the small model, 10 EUR a miss. The mean of what is left is far below 0."""
    result = Feedback(round_numbers(human_rows=0, failure_cost=10), np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    assert result.bill.tolist() == [[0, 0, 0], [0, 0, 5120]]
    assert result.net.tolist() == [[256, 256, 256], [256, 256, 256 - 5120]]
    assert result.eaten_by is None


@pytest.mark.parametrize(("rows", "eaten"), [(0, 9), (200, 8), (500, 6), (1000, 3), (2000, 1)])
def test_human_rows_are_paid_for_before_the_saving_is_ahead(rows, eaten):
    """By hand: the saving less 2 EUR a row, less the bill. At 2 EUR none of these numbers keeps it above 0."""
    result = feedback(PLAN.but(human_rows=rows), models=24, chains=50, seed=1)
    assert result.human_cost == 2 * rows
    assert result.net == pytest.approx(result.saving - 2 * rows - result.bill)
    assert result.eaten_by == eaten
    by_hand = result.saving - 2 * rows - np.median(result.bill, axis=1)
    assert np.flatnonzero(by_hand < 0)[0] + 1 == eaten


def test_the_margin_with_the_bill():
    result = feedback(PLAN.but(human_rows=200), models=12, chains=20)
    cost = monthly_costs(result.plan)["cost"].sum()
    assert result.margin == pytest.approx((30_000 - cost - result.bill) / 30_000)
    assert np.isnan(feedback(Plan(users=0, optimisations=["routing"]), models=2, chains=2).margin).all()


@pytest.mark.parametrize(("cost", "eaten"), [(0.02, None), (0.05, 28), (0.1, 9), (0.2, 4), (0.4, 3)])
def test_what_a_miss_costs_decides_when_it_is_eaten(cost, eaten):
    """Against the closed form of the mean bill; a model beside it at most, because medians are no means."""
    found = feedback(PLAN.but(failure_cost=cost), models=60, chains=50, seed=1).eaten_by
    lost = theory.tails.expected_lost_mass(np.arange(1, 61), PLAN["training_rows"], distribution_of_requests(PLAN))
    over = np.flatnonzero(300_000 * cost * (lost - lost[0]) > 2631)
    assert (found is None) == (eaten is None) == (len(over) == 0)
    if eaten:
        assert abs(found - eaten) <= 1
        assert abs(over[0] + 1 - found) <= 1


def test_small_models_on_collected_rows_have_no_bill_and_cost_960_more():
    real = PLAN.but(smaller_feeds_back=0, route_feeds_back=0)
    more = monthly_costs(real)["cost"].sum() - monthly_costs(PLAN)["cost"].sum()
    assert more == pytest.approx(20_000 * (0.05 - 0.002))
    assert (feedback(real, models=3, chains=3).bill == 0).all()


def test_a_fixed_teacher_gives_one_generation():
    """Whoever asks model 1 each month has the bill of model 2: one draw of the law, and one of its rows."""
    rng, law, n = np.random.default_rng(3), distribution_of_requests(PLAN), PLAN["training_rows"]
    real = rng.multinomial(n, law, size=200)
    taught = np.array([1 - law[rng.multinomial(n, counts / n) > 0].sum() for counts in real])
    assert_within(taught, feedback(PLAN, models=2, chains=4000, seed=3).lost[1].mean(), resolves=0.05)


def test_what_is_paid_up_to_a_model():
    plan = PLAN.but(human_rows=200, retrainings=0.5)
    table = human_row_table(PLAN, [0, 200], model=4, chains=10)
    bills = feedback(PLAN.but(human_rows=200), models=4, chains=10).bill.mean(axis=1)
    assert table["cumulative"][200] == pytest.approx(4 * 400 + bills.sum())
    assert table["cumulative"][0] < table["cumulative"][200]
    slow = human_row_table(plan, [200], model=4, chains=10)
    bills = feedback(plan, models=4, chains=10).bill.mean(axis=1)
    assert slow["cumulative"][200] == pytest.approx(2 * (4 * 400 + bills.sum()))  # two months for each model


def test_the_standard_error_of_a_bill_by_hand():
    bill = feedback(PLAN.but(human_rows=200), models=3, chains=5, seed=8).bill[-1]
    row = human_row_table(PLAN, [200], model=3, chains=5, seed=8).loc[200]
    assert row["bill"] == pytest.approx(bill.mean())
    assert row["error"] == pytest.approx(np.sqrt(((bill - bill.mean()) ** 2).sum() / 4 / 5))
    assert row["total"] == pytest.approx(400 + bill.mean())


@pytest.mark.filterwarnings("error")
def test_one_chain_has_no_standard_error():
    assert np.isnan(human_row_table(PLAN, [0], model=2, chains=1)["error"][0])


def test_one_seed_one_result():
    first, again, other = (feedback(PLAN, models=2, chains=3, seed=seed).lost for seed in (6, 6, 7))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("wrong", [[], [500, 100], [100, 100], "abc", 5], ids=str)
def test_bad_human_rows_get_one_line(wrong):
    with pytest.raises(ValueError, match=r"^human_rows must contain at least one number, growing; got"):
        human_row_table(PLAN, wrong)


def test_more_human_rows_than_rows_and_no_new_model_are_refused():
    with pytest.raises(
        ValueError, match=r"^human_rows must be at most training_rows for each new model, 1000; got 5000$"
    ):
        feedback(PLAN.but(human_rows=5000, training_rows=1000))
    with pytest.raises(ValueError, match=r"^retrainings must be a number in \(0, 100\]; got 0"):
        feedback(PLAN.but(retrainings=0))
    with pytest.raises(TypeError, match=r"^plan must be a Plan"):
        feedback({"users": 5})


def test_what_it_yields_is_the_beginning_of_what_it_returns():
    parts = list(feedback_steps(PLAN, models=5, chains=3, seed=2))
    whole = feedback(PLAN, models=5, chains=3, seed=2)
    assert [share for share, _ in parts] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert all(np.array_equal(part.lost, whole.lost[: len(part.lost)]) for _, part in parts)


def test_worth_falls_with_the_number_of_rows_and_grows_with_time():
    early, late = (human_row_table(PLAN, [0, 500, 2000, 5000], model=model, chains=40) for model in (6, 24))
    assert early["worth"].dropna().is_monotonic_decreasing
    assert late["worth"].iloc[1] > 1.5 * early["worth"].iloc[1]
    assert early["cost"].tolist() == [0, 1000, 4000, 10000]
    assert early["worth"].iloc[1] == pytest.approx((early["bill"].iloc[0] - early["bill"].iloc[1]) / 500)


@pytest.mark.parametrize("wrong", [{"models": 0}, {"chains": 0}, {"seed": -1}, {"models": "five"}], ids=str)
def test_bad_input_gets_one_line(wrong):
    with pytest.raises((TypeError, ValueError), match=f"^{next(iter(wrong))} must be an integer of at least"):
        feedback(PLAN, **wrong)


def test_what_the_lesson_says_of_human_rows():
    table = {model: human_row_table(PLAN, [0, 200, 500, 1000, 2000], model=model, seed=2) for model in (12, 24)}
    assert table[12]["total"].idxmin() == 200
    assert table[24]["total"].idxmin() == 500
    assert table[12]["cumulative"].idxmin() == 0  # after a year they have not paid for themselves
    assert table[24]["cumulative"].idxmin() == 200  # after two years these have
    for rows, price in ((2000, 0.5), (1000, 0.25)):
        cheap = PLAN.but(human_rows=rows, human_row_cost=price)
        assert feedback(cheap, models=60, chains=20, seed=1).eaten_by is None
    collected = monthly_costs(PLAN.but(smaller_feeds_back=0, route_feeds_back=0))["cost"].sum()
    answers = monthly_costs(PLAN)["cost"].sum() + np.median(feedback(PLAN, models=3, chains=50, seed=1).bill, axis=1)
    assert answers[1] < collected < answers[2]  # collected rows win from model 3 on
