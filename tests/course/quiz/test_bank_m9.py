"""M9's questions and predictions: keys agree with hand calculations, exact chains and brute force."""

from itertools import pairwise

import numpy as np
import pytest

from collapse_edu import theory
from collapse_edu.course.experiments import mistakes
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.question import Function, Headline, MultipleChoice, Numeric, Ordering, SingleChoice
from collapse_edu.production.decision import CRITERIA, SCORES, share_of_weights
from collapse_edu.production.economics import OPTIMISATIONS, Plan, gross_margin, monthly_costs, volumes
from collapse_edu.production.feedback import distribution_of_requests, feedback
from collapse_edu.production.maturity import DIMENSIONS
from collapse_edu.production.value import value_by_rank
from tests.course.quiz.right import right_outcome
from tests.evidence import assert_within

BY_ID = {question.id: question for question in bank.questions("M9")}
EXERCISES = {exercise.id: exercise for exercise in bank.exercises("M9")}
LEARNERS = range(200)
ALL_FOUR = Plan(optimisations=OPTIMISATIONS, human_rows=0)


def right_text(question):
    return question.by_id[question.right_answer(0)].text


def test_twelve_questions_of_all_kinds():
    kinds = {SingleChoice, MultipleChoice, Numeric, Ordering, Function, Headline}
    assert {type(question) for question in BY_ID.values()} == kinds
    assert len(BY_ID) == 12
    assert any(question.figure for question in BY_ID.values())


def test_p1_the_margin_rises_and_falls():
    margins = volumes(Plan())["gross margin"]
    assert (100 * margins).round().tolist() == [70, 74, 69]
    assert Plan()["fixed_at_ten"] == 1.5
    assert right_outcome("M9.p1").text == "it rises, then falls"


def test_p2_the_bill_is_above_the_saving_with_model_nine():
    models = np.arange(1, 25)
    lost = theory.tails.expected_lost_mass(models, ALL_FOUR["training_rows"], distribution_of_requests(ALL_FOUR))
    bill = 400_000 * 0.75 * 0.1 * (lost - lost[0])
    saving = feedback(ALL_FOUR, models=1, chains=2).saving
    assert saving == pytest.approx(2600, rel=0.02)
    assert bill[2] < saving / 2  # M9.10: three models have spent less than half of it
    assert bill[7] < saving < bill[8]
    result = feedback(ALL_FOUR, models=12, chains=200, seed=7)
    assert result.eaten_by == 9
    assert right_outcome("M9.p2").value == 9
    dear = ALL_FOUR.but(failure_cost=0.40)  # what the first outcome says
    assert feedback(dear, models=4, chains=100, seed=7).eaten_by == 3


def test_p2_the_twenty_commonest_kinds_live_on():
    expected = ALL_FOUR["training_rows"] * distribution_of_requests(ALL_FOUR)[:20]
    dead = np.exp(-expected * theory.drift.survival_rate(24))
    assert dead.sum() < 0.001


def test_p3_most_is_worth_a_kind_that_came_about_once():
    worth = value_by_rank(theory.tails.zipf_law(100_000, 1.5), 10_000)
    assert worth.argmax() + 1 == 245
    assert worth[0] < 1e-100
    assert worth[-1] < worth.max() / 1000
    assert right_outcome("M9.p3").value == 250
    assert pytest.approx(250, rel=0.02) == (10_000 / 250) ** 1.5  # how much less often rank 10,000 is asked


@pytest.mark.parametrize("learner", range(0, 200, 40))
def test_m9_01_the_margin_by_hand(learner):
    values = BY_ID["M9.01"].values(learner)
    income = values["users"] * values["price"]
    cost = values["users"] * values["asked"] * 0.013 + 3700
    assert BY_ID["M9.01"].right_answer(learner) == pytest.approx((income - cost) / income)
    fixed = monthly_costs(Plan()).groupby("grows")["cost"].sum()["fixed"]
    assert fixed == pytest.approx(3700)
    requests = Plan()["users"] * Plan()["requests_per_user"]
    assert (monthly_costs(Plan())["cost"].sum() - fixed) / requests == pytest.approx(0.013)


def test_m9_03_the_order_of_the_bills():
    plans = {
        "caching and batching, no human rows": Plan(optimisations=["caching", "batching"], human_rows=0),
        "routing, 10,000 human rows a month": Plan(optimisations=["routing"], human_rows=10_000),
        "routing, 1,000 human rows a month": Plan(optimisations=["routing"], human_rows=1000),
        "routing, no human rows": Plan(optimisations=["routing"], human_rows=0),
    }
    bills = [np.median(feedback(plans[item], models=12, chains=60, seed=3).bill[-1]) for item in BY_ID["M9.03"].items]
    assert all(2 * low + 50 < high or high > 1.5 * low for low, high in pairwise(bills))
    assert bills == pytest.approx([0, 120, 1500, 2700], abs=60)


@pytest.mark.parametrize("learner", range(0, 200, 40))
def test_m9_04_the_bill_by_hand(learner):
    values = BY_ID["M9.04"].values(learner)
    more = (values["late"] - values["first"]) / 100
    expected = values["asked"] * values["fed"] / 100 * more * 0.1
    assert BY_ID["M9.04"].right_answer(learner) == pytest.approx(expected)


@pytest.mark.parametrize("learner", range(0, 200, 20))
def test_m9_05_the_picture_is_enough(learner):
    """Somebody who only has the words below the picture gets it right."""
    import re

    words = BY_ID["M9.05"].picture(learner).description
    before = float(re.search(r"([\d,]+) at first", words)[1].replace(",", ""))
    hatched = re.findall(r"saves ([\d,]+) and feeds", words)
    share = sum(float(number.replace(",", "")) for number in hatched) / before
    assert len(hatched) == 2
    assert BY_ID["M9.05"].judge(share, learner).right


@pytest.mark.parametrize("learner", range(0, 200, 50))
def test_m9_07_a_row_that_is_really_added(learner):
    values = BY_ID["M9.07"].values(learner)
    p, rng = 1 / values["one_in"], np.random.default_rng(learner)
    gained = p * (rng.binomial(values["n"], p, size=400_000) == 0)
    assert_within(gained, BY_ID["M9.07"].right_answer(learner))


def test_m9_06_where_the_product_is_largest():
    law = theory.tails.zipf_law(1_000_000, 1.4)
    best = law[value_by_rank(law, 50_000).argmax()]
    assert best * 50_000 == pytest.approx(1, abs=0.01)


def test_m9_08_the_solution_is_right_and_the_starter_is_no_answer():
    question, names = BY_ID["M9.08"], {}
    exec(question.starter, names)
    assert question.judge(names["unknown_share"], "Ada").right is None
    exec(question.starter.replace("return ...", question.solution.partition(". ")[0]), names)
    assert all(question.judge(names["unknown_share"], learner).right for learner in LEARNERS)


def test_m9_09_the_two_tests():
    table = mistakes.evaluated_on_synthetic().table.loc[[1, 10]]
    assert (100 * table["synthetic test"]).round().tolist() == [15, 1]
    assert (100 * table["real test"]).round().tolist() == [15, 29]


def test_m9_10_when_the_saving_stays_ahead():
    ways = {
        "cheap misses": {"failure_cost": 0.02},
        "few requests": {"requests_per_user": 2},
        "cheap human rows": {"human_rows": 2000, "human_row_cost": 0.25},
        "many rows at 2 EUR": {"human_rows": 1000},
        "no change": {},
    }
    eaten = {
        way: feedback(ALL_FOUR.but(**changes), models=48, chains=30, seed=4).eaten_by for way, changes in ways.items()
    }
    assert [way for way, model in eaten.items() if model is None] == list(ways)[:3]


def test_m9_11_the_milestone_is_that_of_the_scale():
    milestone = DIMENSIONS["evaluation"][2]  # from measured to managed
    assert milestone.partition(": ")[2].rstrip(".").replace(" of the real set", "") in right_text(BY_ID["M9.11"])


def test_m9_12_what_the_scores_say():
    shares = share_of_weights()
    assert (shares > 0).sum() == 6
    assert shares["bought generative model"] == pytest.approx(0.1, abs=0.02)
    for criterion in ("predictability", "auditability"):
        place = list(CRITERIA).index(criterion)
        lowest = min(scores[place] for scores in SCORES.values())
        assert [name for name, scores in SCORES.items() if scores[place] == lowest] == ["bought generative model"]


@pytest.mark.parametrize("name", ["M9.e1", "M9.e2"])
def test_the_printed_solutions_of_the_exercises_are_right(name):
    exercise, names = EXERCISES[name], {}
    written = {
        "M9.e1": (
            "def written(price, variable, fixed):\n    if price <= variable:\n        return None\n    return "
            + exercise.solution.partition(", and ")[2].partition(" otherwise")[0]
        ),
        "M9.e2": "def written(counts):\n    " + exercise.solution.partition(", as ")[0],
    }[name]
    exec(written, names)
    assert all(exercise.judge(names["written"], learner).right for learner in LEARNERS)


def test_e2_the_estimate_is_right_on_average():
    """Good and Turing: the mean over samples agrees with the mean share of what was not seen, up to 1/n."""
    rng, law = np.random.default_rng(8), theory.tails.zipf_law(500, 1.2)
    estimate = EXERCISES["M9.e2"].reference
    off = []
    for _ in range(4000):
        counts = rng.multinomial(300, law)
        off.append(estimate(counts[counts > 0].tolist()) - law[counts == 0].sum())
    assert abs(np.mean(off)) < 4 * np.std(off) / np.sqrt(len(off)) + 1 / 300


def test_the_example_of_the_margin_in_the_words():
    assert gross_margin(Plan()) == pytest.approx(0.70, abs=0.005)
