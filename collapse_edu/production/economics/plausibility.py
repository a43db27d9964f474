"""What cannot be, or is not meant, in a plan: said in words, nothing is refused."""

from collections.abc import Iterator

from collapse_edu.production.economics.assumptions import ASSUMPTIONS
from collapse_edu.production.economics.costs import (
    exposed_share,
    gross_margin,
    human_rows_per_model,
    inference_cost,
    monthly_costs,
    requests,
    revenue,
    waterfall,
)
from collapse_edu.production.economics.currencies import magnitude
from collapse_edu.production.economics.plan import Plan, checked_plan
from collapse_edu.production.economics.prices import currency_of_source
from collapse_edu.production.economics.volume import viable_volumes

__all__ = ["warnings"]

_PEOPLE = 8 * 10**9
_PLATFORM = 1.0  # euros for a million requests: about what a bare gateway in front of a server costs
_CHECKS = 10_000  # that one person makes in a month: one a minute
_CHECKERS = 10_000


def warnings(plan: Plan) -> list[str]:
    """Return what is doubtful in a plan, one sentence each.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    list of str
        [] if nothing is.

    Raises
    ------
    TypeError
        If it is no plan.

    Examples
    --------
    >>> warnings(Plan())
    []
    >>> print(warnings(Plan(users=10**9))[0])
    platform_cost is 0.075 EUR for a million requests: no platform of this size serves 20,000,000,000 requests a month
    """
    checked_plan(plan)
    rules = (_people, _nothing_sold, _platform, _answers, _cached, _mix, _currency, _savings, _human, _search)
    return [line for rule in rules for line in rule(plan)]


def _people(plan) -> Iterator[str]:
    if plan["users"] > _PEOPLE:
        yield f"users is {plan['users']:,}: there are about {_PEOPLE:,} people"


def _nothing_sold(plan) -> Iterator[str]:
    if not requests(plan):
        yield "nobody asks anything: users or requests_per_user is 0, so a request has no cost"
    elif not inference_cost(plan):
        yield "the models' answers cost nothing: tokens or their prices are 0"
    if not revenue(plan):
        yield "nobody pays: users or price_per_user is 0, so there is no margin"
    elif gross_margin(plan) > 0.98:
        yield f"costs are {1 - gross_margin(plan):.1%} of the revenue: check units and prices"


def _platform(plan) -> Iterator[str]:
    millions = requests(plan) / 10**6
    if millions > 1 and plan["platform_cost"] / millions < _PLATFORM * magnitude(plan.currency):
        yield (
            f"platform_cost is {plan['platform_cost'] / millions:.2g} {plan.currency} for a million requests: no "
            f"platform of this size serves {requests(plan):,.0f} requests a month"
        )


def _answers(plan) -> Iterator[str]:
    people = requests(plan) * plan["checked_share"] / _CHECKS
    if people > _CHECKERS:
        yield f"checked_share of {plan['checked_share']:g} needs {people:,.0f} people who check, at one check a minute"
    if plan["retries"] >= 1:
        yield f"retries is {plan['retries']:g}: each answer is asked for {1 + plan['retries']:g} times"


def _cached(plan) -> Iterator[str]:
    for model in ("", *(f"model.{name}." for name in plan.names_of("model"))):
        if plan["cached_share"] and plan[f"{model}price_cached"] > plan[f"{model}price_in"]:
            yield f"{model}price_cached is above {model}price_in: tokens from the prompt cache cost more than others"


def _mix(plan) -> Iterator[str]:
    models = plan.names_of("model")
    left = 1 - sum(plan[f"model.{name}.share"] for name in models)
    assumed = [name for name in ("price_in", "price_out") if name not in plan.sources]
    if models and left > 1e-9 and assumed:
        yield (
            f"the shares of the models add to {1 - left:.0%}: the other {left:.0%} of the requests cost "
            f"{' and '.join(assumed)}, which {'are' if len(assumed) > 1 else 'is'} assumed"
        )
    twice = [name for name in ("smaller model", "routing") if models and name in plan.optimisations]
    if twice:
        yield (
            f"{' and '.join(twice)} {'come' if len(twice) > 1 else 'comes'} on top of several models: it takes a share "
            "of what they cost together; leave it out if their shares say it already"
        )


def _currency(plan) -> Iterator[str]:
    foreign = {
        name: currency
        for name, source in plan.sources.items()
        if (currency := currency_of_source(source)) not in (None, plan.currency)
    }
    if foreign:
        lists = ", ".join(sorted(set(foreign.values())))
        yield f"{', '.join(foreign)}: from a price list in {lists}; the plan is in {plan.currency}"
    times = magnitude(plan.currency)
    if times < 10:
        return
    money = [name for name, assumption in plan.declared.items() if assumption.is_money]
    if assumed := [name for name in money if name not in plan.sources]:
        yield (
            f"{len(assumed)} amounts in {plan.currency} are assumed, {times:,} times the euros, right to an order of "
            "magnitude: replace those that matter"
        )
    small = [name for name in money if name in plan.sources and name in ASSUMPTIONS and _looks_like_euros(plan, name)]
    if small and times >= 100:
        yield f"{', '.join(small)}: as small as amounts in euros, and the plan is in {plan.currency}"


def _looks_like_euros(plan, name):
    default = ASSUMPTIONS[name].default
    return default / 5 <= plan[name] <= 5 * default


def _savings(plan) -> Iterator[str]:
    for step in waterfall(plan):
        if step.saves < 0:
            yield f"{step.name} costs {-step.saves:,.0f} {plan.currency} a month more than it saves"


def _human(plan) -> Iterator[str]:
    if exposed_share(plan) and human_rows_per_model(plan) > plan["training_rows"]:
        yield (
            f"human_rows is {human_rows_per_model(plan):,} for each new model, which learns from "
            f"{plan['training_rows']:,} rows: the rest is paid for and not used"
        )


def _search(plan) -> Iterator[str]:
    """Say where the search for viable volumes ended before the margin did."""
    if not revenue(plan) or not monthly_costs(plan)["cost"].sum():
        return
    for found in viable_volumes(plan):
        if found.opens_above or found.opens_below:
            yield f"the margin is viable {found}: the search ended there, not the margin"
