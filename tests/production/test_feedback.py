"""Saving and bill: exact chains against the closed form, and what human rows change."""

import itertools

import numpy as np
import pytest

from collapse_edu import theory
from collapse_edu.production.economics import OPTIMISATIONS, Plan, feeding_back, requests, waterfall
from collapse_edu.production.feedback import feedback, feedback_steps, human_row_table, law_of_kinds
from tests.evidence import assert_within

PLAN = Plan(optimisations=OPTIMISATIONS, human_rows=0)


@pytest.mark.parametrize("model", [1, 2, 6, 24])
def test_without_human_rows_the_lost_share_is_that_of_theory(model):
    """The closed form is that of Poisson counts; n = 20,000 is large, and its own error far below the chains'."""
    lost = feedback(PLAN, models=model, chains=200, seed=model).lost[-1]
    exact = theory.tails.expected_lost_mass(model, PLAN["training_rows"], law_of_kinds(PLAN))
    assert_within(lost, exact, resolves=0.05)


def test_one_draw_by_brute_force():
    """Rows are drawn one by one, counted and drawn again."""
    plan = Plan(optimisations=["routing"], kinds=30, training_rows=100, human_rows=10)
    law, rng, lost = law_of_kinds(plan), np.random.default_rng(4), []
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
    assert requests(PLAN) * feeding_back(PLAN) == 300_000
    assert (result.bill[0] == 0).all()
    saved = {step.name: step.saves for step in waterfall(PLAN)}
    assert result.saving == pytest.approx(saved["smaller model"] + saved["routing"])


def test_where_nothing_is_fed_back_nothing_is_forgotten():
    result = feedback(Plan(optimisations=["caching", "batching"], human_rows=0), models=6, chains=5)
    assert (result.lost == result.lost[0]).all()
    assert result.saving == 0
    assert (result.bill == 0).all()
    assert result.eaten_by is None
    unfed = Plan(optimisations=["routing"], route_feeds_back=0)
    assert (feedback(unfed, models=4, chains=3).bill == 0).all()


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
