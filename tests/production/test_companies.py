"""Three companies, each by hand: every number comes from the sentence above it, none from the library."""

import math

import pytest

from collapse_edu.production.benchmarks import positions, unknown
from collapse_edu.production.economics import (
    Plan,
    features,
    gross_margin,
    inference_cost,
    monthly_costs,
    unit_costs,
    warnings,
    waterfall,
)
from collapse_edu.production.premium import premium, premium_curve


def test_an_ai_first_service_in_dollars_with_two_models_and_a_prompt_cache():
    """5,000 customers pay $49 and ask 400 requests of 6,000 tokens, 60 % of them cached, answered in 800 tokens.

    A quarter of the requests go to a model of $3, $15, cached $0.30; the others to one of $0.40, $1.60, cached $0.10.
    One answer in 20 is asked for again. 0.2 % of the requests are checked at $1.50. No training; platform $18,000.
    """
    plan = Plan(
        "USD", users=5000, price_per_user=49, requests_per_user=400, tokens_in=6000, tokens_out=800, cached_share=0.6,
        price_in=3, price_out=15, price_cached=0.3, retries=0.05, checked_share=0.002, check_cost=1.5, retrainings=0,
        human_rows=0, platform_cost=18_000,
    ).with_model("small", share=0.75, price_in=0.4, price_out=1.6, price_cached=0.1)  # fmt: skip
    large = (2400 * 3 + 3600 * 0.30 + 800 * 15) / 1e6  # 2,400 tokens are new, 3,600 cached
    small = (2400 * 0.40 + 3600 * 0.10 + 800 * 1.6) / 1e6
    assert (large, small) == (pytest.approx(0.02028), pytest.approx(0.0026))
    once = 0.25 * 0.02028 + 0.75 * 0.0026
    request = once * 1.05
    assert request == pytest.approx(0.007371)
    assert inference_cost(plan) == pytest.approx(0.007371)
    inference, checks = 2_000_000 * 0.007371, 2_000_000 * 0.002 * 1.5
    assert (inference, checks) == (pytest.approx(14_742), pytest.approx(6000))
    assert monthly_costs(plan)["cost"].tolist() == pytest.approx([14_742, 6000, 0, 0, 18_000])
    total, income = 38_742, 245_000
    assert unit_costs(plan)["cost per user"] == pytest.approx(7.7484)
    assert unit_costs(plan)["cost per request"] == pytest.approx(0.019371)
    assert gross_margin(plan) == pytest.approx(1 - total / income) == pytest.approx(0.84187, abs=1e-5)
    first, second = positions(plan)
    assert (first.value, first.place) == (pytest.approx(15.813, abs=1e-3), "median")
    assert (second.value, second.place) == (pytest.approx(0.007371), "between median and elite")
    assert list(unknown(plan)) == ["model-routing coverage", "AI features that are profitable"]
    # A stored answer fits 20 % of the requests at a fiftieth of an answer asked once, and is not asked for again.
    stored = plan.but(optimisations=["caching"], cache_share=0.2)
    assert inference_cost(stored) == pytest.approx(0.8 * 0.007371 + 0.2 * 0.02 * 0.00702) == pytest.approx(0.00592488)
    assert [step.saves for step in waterfall(stored)] == [pytest.approx(2_000_000 * (0.007371 - 0.00592488))]


def test_a_consumer_app_in_yen_with_features_of_its_own():
    """200,000 users pay ¥300 and ask 30 requests of 1,000 tokens at ¥60, answered in 300 at ¥250.

    40 % can wait, at half the price. Nothing is checked. Two new models a month, of ¥150,000 and 10,000 rows of ¥4; 500
    human rows of ¥250; platform ¥4,000,000. Chat has 80 % of the requests and 30 % of the value; travel 20 % and 70 %,
    and a request there costs three times as much.
    """
    plan = Plan(
        "JPY", ["batching"], users=200_000, price_per_user=300, requests_per_user=30, tokens_in=1000, tokens_out=300,
        price_in=60, price_out=250, batch_share=0.4, batch_discount=0.5, checked_share=0, retrainings=2,
        training_cost=150_000, training_rows=10_000, row_cost=4, human_rows=500, human_row_cost=250,
        platform_cost=4_000_000,
    ).with_feature("chat", use=80, value=30).with_feature("travel", use=20, value=70, cost=3)  # fmt: skip
    request = (1000 * 60 + 300 * 250) / 1e6 * (1 - 0.4 * 0.5)
    assert request == pytest.approx(0.108)
    assert inference_cost(plan) == pytest.approx(0.108)
    inference = 6_000_000 * 0.108
    training = 2 * (150_000 + 10_000 * 4)
    assert (inference, training) == (pytest.approx(648_000), 380_000)
    assert monthly_costs(plan)["cost"].tolist() == pytest.approx([648_000, 0, 380_000, 125_000, 4_000_000])
    assert gross_margin(plan) == pytest.approx(1 - 5_153_000 / 60_000_000)
    assert unit_costs(plan)["cost per user"] == pytest.approx(25.765)
    assert unit_costs(plan)["cost per feature"] == pytest.approx(2_576_500)
    fixed = (380_000 + 125_000 + 4_000_000) / 2
    chat, travel = 648_000 * 80 / (80 + 60) + fixed, 648_000 * 60 / (80 + 60) + fixed
    assert features(plan)["cost"].tolist() == pytest.approx([chat, travel])
    assert features(plan)["revenue"].tolist() == pytest.approx([18_000_000, 42_000_000])
    assert positions(plan, dollar_rate=0.0065)[1].value == pytest.approx(0.000702)
    assert positions(plan)[-1].value == 100
    assert not any("euros, and the plan" in line for line in warnings(plan))


def test_an_assistant_inside_a_company_in_euros_with_retries_and_human_checks():
    """3,000 employees, who pay nothing, ask 60 requests of 4,000 tokens at 2.50 EUR, answered in 700 at 10 EUR.

    Each third answer is asked for again, at 80 % of the price. A person checks 5 % of the requests for 2.20 EUR. A
    small model takes 50 % at a tenth, the router costs 2 %; it learns from collected rows. One new model in four
    months: 1,200 EUR and 8,000 rows of 0.30 EUR. 100 human rows of 6 EUR a month; platform 6,500 EUR.
    """
    plan = Plan(
        "EUR", ["routing"], users=3000, price_per_user=0, requests_per_user=60, tokens_in=4000, tokens_out=700,
        price_in="2,50", price_out=10, retries=1 / 3, retry_price=0.8, checked_share=0.05, check_cost="2.20",
        route_share=0.5, route_price=0.1, route_overhead=0.02, route_feeds_back=0, retrainings=0.25,
        training_cost=1200, training_rows=8000, row_cost=0.3, human_rows=100, human_row_cost=6, platform_cost=6500,
    )  # fmt: skip
    answer = (4000 * 2.5 + 700 * 10) / 1e6
    routed = answer * (0.02 + 0.5 * 0.1 + 0.5)
    assert (answer, routed) == (pytest.approx(0.017), pytest.approx(0.00969))
    request = routed * (1 + 0.8 / 3)
    assert request == pytest.approx(0.012274)
    assert inference_cost(plan) == pytest.approx(0.012274)
    inference, checks = 180_000 * 0.012274, 180_000 * 0.05 * 2.2  # a request is checked once, however often it is asked
    assert (inference, checks) == (pytest.approx(2209.32), pytest.approx(19_800))
    training = 0.25 * (1200 + 8000 * 0.3)
    assert monthly_costs(plan)["cost"].tolist() == pytest.approx([2209.32, 19_800, 900, 600, 6500])
    assert training == 900
    assert unit_costs(plan)["cost per user"] == pytest.approx(30_009.32 / 3000)
    assert unit_costs(plan)["cost per request"] == pytest.approx(30_009.32 / 180_000)
    assert math.isnan(gross_margin(plan))
    saved = 180_000 * 0.017 * (1 + 0.8 / 3) * (1 - 0.57)
    assert [step.saves for step in waterfall(plan)] == [pytest.approx(saved)]
    assert [each.benchmark.metric for each in positions(plan)] == ["model-routing coverage"]
    assert warnings(plan) == ["nobody pays: users or price_per_user is 0, so there is no margin"]


def forgotten(fresh, models):
    """Return the requests of unknown types with models 1, 2, …, as shares: 500 types, the k-th as often as 1/k.

    A model learns from 8,000 rows; of the later ones' rows `fresh` are fresh. A type with the chance p has 8,000 p
    copies in the first set. A copy leaves at least one in the next set with a chance of 1 - e^-(kept), where kept is
    the share of rows that are the last model's; one in the set after that with 1 - e^-(kept · that chance); and so on.
    Fresh copies, fresh · p in each later set, do the same from then on.
    """
    total = sum(1 / k for k in range(1, 501))
    kept, alive, shares = 1 - fresh / 8000, [1.0], []
    for model in range(1, models + 1):
        lines = 8000 * alive[model - 1] + fresh * sum(alive[: model - 1])
        shares.append(sum(math.exp(-lines / (k * total)) / (k * total) for k in range(1, 501)))
        alive.append(1 - math.exp(-kept * alive[-1]))
    return shares


def test_what_a_human_row_is_worth_to_the_assistant_inside_a_company():
    """180,000 requests a month; a model lives 4 months and learns from 8,000 rows, 400 of them bought for it.

    Of the requests a small model answers a half; one of an unknown type costs 3 EUR. It learns from answers, which
    cost nothing; or from rows of 0.30 EUR, and then so does the other model, and all requests count.
    """
    plan = Plan(
        "EUR", ["routing"], users=3000, requests_per_user=60, route_share=0.5, retrainings=0.25, training_rows=8000,
        row_cost=0.3, synthetic_row_cost=0, human_rows=100, human_row_cost=6, request_types=500, request_exponent=1,
        failure_cost=3,
    )  # fmt: skip
    life = 4 * 180_000 * 3  # what all requests would cost in a model's life if no type were known
    with_400, with_401 = sum(forgotten(400, 6)), sum(forgotten(401, 6))
    next_row = 0.5 * life * (with_400 - with_401) / 6  # bought for six models
    average = 0.5 * life * (sum(forgotten(0, 6)) - with_400) / (6 * 400)
    assert premium(plan, models=6).next_row == pytest.approx(next_row, rel=1e-9)
    assert premium(plan, models=6).average == pytest.approx(average, rel=1e-9)
    assert premium(plan, models=6).pays == (next_row >= 6)
    # Four of five collected rows are model text: 8,000 - 0.8 · 7,600 = 1,920 are fresh, with one more verified 1,920.8.
    collected = plan.but(route_feeds_back=0, contamination=0.8)
    dirty = life * (sum(forgotten(1920, 6)) - sum(forgotten(1920.8, 6))) / 6 + 0.3
    assert premium(collected, models=6).next_row == pytest.approx(dirty, rel=1e-9)
    assert premium_curve(collected, [0, 0.8], models=6).tolist() == pytest.approx([0.3, dirty], rel=1e-9)
    assert dirty < next_row
