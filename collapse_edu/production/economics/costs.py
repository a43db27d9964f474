"""What a month costs: its parts, one user, one request, one feature, and what each optimisation saves."""

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from collapse_edu.production.economics.plan import Plan, checked_plan

__all__ = [
    "Saving",
    "exposed_share",
    "feature_shares",
    "features",
    "feedback_share",
    "gross_margin",
    "human_rows_per_model",
    "inference_cost",
    "monthly_costs",
    "price_of_tokens",
    "ratio",
    "requests",
    "revenue",
    "unit_costs",
    "waterfall",
]


def requests(plan: Plan) -> float:
    """Return the requests of a month.

    Examples
    --------
    >>> requests(Plan())
    400000
    """
    return checked_plan(plan)["users"] * plan["requests_per_user"]


def revenue(plan: Plan) -> float:
    """Return what all users pay in a month, in the plan's currency.

    Examples
    --------
    >>> revenue(Plan())
    30000.0
    """
    return checked_plan(plan)["users"] * plan["price_per_user"]


def inference_cost(plan: Plan) -> float:
    """Return what the models' answer to one request costs, with the optimisations that are switched on.

    Stored answers come first, then waiting, then the choice of the model; each saves a share of what is left. What a
    model answers may be asked for again; a stored answer is not. A person checks a request once, however often it was
    asked.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    float
        In the plan's currency.

    Examples
    --------
    2,000 tokens at 2 a million and 500 tokens at 10 a million; then 30 % of the requests wait for half the price:

    >>> [round(inference_cost(Plan(optimisations=chosen)), 5) for chosen in ([], ["batching"])]
    [0.009, 0.00765]

    One answer in ten is asked for again, and stored for a quarter of the requests at a fiftieth of the price:

    >>> round(inference_cost(Plan(optimisations=["caching"], retries=0.1)), 6)  # 0.009 · (0.75 · 1.1 + 0.25 · 0.02)
    0.00747
    """
    on = checked_plan(plan).optimisations
    full = price_of_tokens(plan)
    model = plan["smaller_price"] + plan["smaller_redo"] if "smaller model" in on else 1.0
    if "routing" in on:
        easy = plan["route_share"]
        model = plan["route_overhead"] + easy * plan["route_price"] + (1 - easy) * model
    if "batching" in on:
        model *= 1 - plan["batch_share"] * plan["batch_discount"]
    model *= 1 + plan["retries"] * plan["retry_price"]
    if "caching" in on:
        model = (1 - plan["cache_share"]) * model + plan["cache_share"] * plan["cache_price"]
    return full * model


def price_of_tokens(plan: Plan) -> float:
    """Return what the tokens of one request cost, asked once, without any optimisation: the mean over the models.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    float
        In the plan's currency.

    Examples
    --------
    Half of 2,000 tokens come from the prompt cache; then a cheaper model takes 70 % of the requests:

    >>> plan = Plan(cached_share=0.5)  # (1000 · 2 + 1000 · 0.2 + 500 · 10) / 1,000,000
    >>> price_of_tokens(plan)
    0.0072
    >>> mixed = plan.with_model("mini", share=0.7, price_in=0.4, price_out=1.6, price_cached=0.1)
    >>> round(price_of_tokens(mixed), 6)  # 0.3 · 0.0072 + 0.7 · 0.0013
    0.00307
    """
    names = checked_plan(plan).names_of("model")
    own = 1 - sum(plan[f"model.{name}.share"] for name in names)
    cost = _tokens(plan, "") if not names else max(own, 0.0) * _tokens(plan, "")
    return cost + sum(plan[f"model.{name}.share"] * _tokens(plan, f"model.{name}.") for name in names)


def _tokens(plan, model):
    """Return what the tokens of one request cost at one model."""
    cached = plan["cached_share"]
    price_in = (1 - cached) * plan[f"{model}price_in"] + cached * plan[f"{model}price_cached"]
    return (plan["tokens_in"] * price_in + plan["tokens_out"] * plan[f"{model}price_out"]) / 10**6


def feedback_share(plan: Plan) -> float:
    """Return the share of the requests that is answered by a model which learned from model text.

    A stored answer and a batch change no training set. The smaller model and the small model behind a router learn
    from the answers of larger ones, unless the plan says otherwise.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> feedback_share(Plan(optimisations=["caching", "batching"])), feedback_share(Plan(optimisations=["routing"]))
    (0.0, 0.6)
    """
    on = checked_plan(plan).optimisations
    easy = plan["route_share"] if "routing" in on else 0.0
    share = easy * plan["route_feeds_back"]
    if "smaller model" in on:
        share += (1 - easy) * plan["smaller_feeds_back"]
    return share * (1 - plan["cache_share"] if "caching" in on else 1.0)


def exposed_share(plan: Plan) -> float:
    """Return the share of the requests that is answered by a model whose training rows are partly model text.

    Where an optimisation feeds model text back, it is :func:`feedback_share`. Where none does and part of what is
    collected is model text, each answer of a model counts, all but the stored ones.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> exposed_share(Plan()), exposed_share(Plan(optimisations=["caching"], contamination=0.3))
    (0.0, 0.75)
    """
    fed = feedback_share(plan)
    if fed or not plan["contamination"]:
        return fed
    return 1 - plan["cache_share"] if "caching" in plan.optimisations else 1.0


def monthly_costs(plan: Plan) -> pd.DataFrame:
    """Return what each part costs in a month, and whether it grows with the requests.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pandas.DataFrame
        Index: inference, verification, training data, human data, platform. Columns: cost, grows ("with use" or
        "fixed").

    Examples
    --------
    >>> monthly_costs(Plan())
                     cost     grows
    inference      3600.0  with use
    verification   1600.0  with use
    training data  1800.0     fixed
    human data      400.0     fixed
    platform       1500.0     fixed
    """
    parts = _parts(plan)
    return pd.DataFrame(
        {"cost": [float(cost) for cost, _ in parts.values()], "grows": [grows for _, grows in parts.values()]},
        index=list(parts),
    )


def _parts(plan):
    n = checked_plan(plan)["training_rows"]
    real = min(human_rows_per_model(plan), n)
    if feedback_share(plan):  # whatever no person wrote, a model wrote
        rows = (n - real) * plan["synthetic_row_cost"]
    else:  # where all that is collected is real, verified rows take no row's place
        rows = (n - (real if plan["contamination"] else 0)) * plan["row_cost"]
    return {
        "inference": (requests(plan) * inference_cost(plan), "with use"),
        "verification": (requests(plan) * plan["checked_share"] * plan["check_cost"], "with use"),
        "training data": (plan["retrainings"] * (plan["training_cost"] + rows), "fixed"),
        "human data": (plan["human_rows"] * plan["human_row_cost"], "fixed"),
        "platform": (plan["platform_cost"], "fixed"),
    }


def human_rows_per_model(plan: Plan) -> int:
    """Return how many fresh human rows each new model gets: those of a month, shared by the new models of a month.

    Examples
    --------
    >>> human_rows_per_model(Plan(retrainings=0.5))
    400
    """
    models = checked_plan(plan)["retrainings"]
    return round(plan["human_rows"] / models) if models else 0


def unit_costs(plan: Plan) -> pd.Series:
    """Return what one user, one request and one feature cost in a month, and the gross margin.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pandas.Series
        In the plan's currency: revenue and cost of a month; cost of a user, a request (of which inference), a feature
        on average. As shares of the revenue: gross margin and cost. What needs a division by zero is NaN.

    Examples
    --------
    >>> unit_costs(Plan())[["cost per user", "cost per request", "cost per feature", "gross margin"]].round(4)
    cost per user          0.4450
    cost per request       0.0222
    cost per feature    1112.5000
    gross margin           0.7033
    dtype: float64
    """
    cost, income = monthly_costs(plan)["cost"].sum(), revenue(plan)
    return pd.Series(
        {
            "revenue": float(income),
            "cost": cost,
            "cost per user": ratio(cost, plan["users"]),
            "cost per request": ratio(cost, requests(plan)),
            "inference per request": inference_cost(plan),
            "cost per feature": cost / plan["features"],
            "gross margin": gross_margin(plan),
            "cost / revenue": ratio(cost, income),
        }
    )


def gross_margin(plan: Plan) -> float:
    """Return (revenue - cost) / revenue; NaN without revenue.

    The costs are those of :func:`monthly_costs`. Salaries, sales and rent are not among them, nor what misses cost.

    Examples
    --------
    >>> round(gross_margin(Plan()), 4)
    0.7033
    """
    return 1 - ratio(sum(float(cost) for cost, _ in _parts(plan).values()), revenue(plan))


def features(plan: Plan) -> pd.DataFrame:
    """Return revenue and cost of each feature, the most used one first.

    Fixed costs are shared equally. For features that are declared (:meth:`Plan.with_feature`), revenue follows their
    value, inference their use and cost, checks their use. Without them the plan does not know what a feature earns:
    then revenue and the costs that grow with use follow the requests. So where requests earn more than they cost, a
    feature is profitable as soon as its use carries its part of what is fixed.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pandas.DataFrame
        Index: names of the features, or 1, 2, … Columns: share of requests, revenue, cost, margin (revenue less cost).

    Examples
    --------
    >>> features(Plan(features=3, users=2500)).round(2)
       share  revenue     cost  margin
    1   0.55  2045.45  1587.88  457.58
    2   0.27  1022.73  1410.61 -387.88
    3   0.18   681.82  1351.52 -669.70
    >>> plan = Plan().with_feature("search", use=60, value=20).with_feature("drafts", use=40, value=80, cost=3)
    >>> features(plan).round(2)
            share  revenue    cost   margin
    search    0.6   6000.0  4010.0   1990.0
    drafts    0.4  24000.0  4890.0  19110.0
    """
    shares = feature_shares(plan)
    by_growth = monthly_costs(plan).groupby("grows")["cost"].sum()
    table = pd.DataFrame({"share": shares["use"], "revenue": shares["value"] * revenue(plan)})
    if plan.names_of("feature"):
        inference = requests(plan) * inference_cost(plan)
        with_use = shares["inference"] * inference + shares["use"] * (by_growth["with use"] - inference)
    else:
        with_use = shares["use"] * by_growth["with use"]
    table["cost"] = with_use + by_growth["fixed"] / plan["features"]
    table["margin"] = table["revenue"] - table["cost"]
    return table


def feature_shares(plan: Plan) -> pd.DataFrame:
    """Return the share of each feature in the requests (use), in the revenue (value) and in the inference.

    Examples
    --------
    >>> feature_shares(Plan(features=2, feature_skew=0).with_feature("search", use=1, value=3))
            use  value  inference
    search  1.0    1.0        1.0
    """
    names = checked_plan(plan).names_of("feature")
    if not names:
        use = np.arange(1, plan["features"] + 1.0) ** -plan["feature_skew"]
        share = use / use.sum()
        table = pd.DataFrame({"use": share, "value": share, "inference": share})
        return table.set_axis(pd.RangeIndex(1, len(table) + 1))
    use, value, cost = (
        np.array([plan[f"feature.{name}.{part}"] for name in names]) for part in ("use", "value", "cost")
    )
    inference = use * cost if (use * cost).any() else use
    weights = {"use": use, "value": value, "inference": inference}
    return pd.DataFrame({name: weight / weight.sum() for name, weight in weights.items()}, index=names)


@dataclass(frozen=True)
class Saving:
    """What one optimisation saves in a month: one step of a waterfall.

    Attributes
    ----------
    name : str
    saves : float
        In the plan's currency; below 0 where it costs more than it saves.
    feeds_back : bool
        Whether a model that learns from model text answers requests because of it.
    """

    name: str
    saves: float
    feeds_back: bool


def waterfall(plan: Plan) -> list[Saving]:
    """Return what each optimisation that is switched on saves, after those before it.

    The sum of the steps does not depend on the order; the steps do. Here they come as in ``OPTIMISATIONS``.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    list of Saving

    Examples
    --------
    >>> for step in waterfall(Plan(optimisations=["batching", "routing"])):
    ...     print(step.name, round(step.saves), step.feeds_back)
    batching 540 False
    routing 2552 True
    """
    steps: list[Saving] = []
    so_far: tuple[str, ...] = ()
    for name in checked_plan(plan).optimisations:
        before, so_far = plan.but(optimisations=so_far), (*so_far, name)
        after = plan.but(optimisations=so_far)
        saves = monthly_costs(before)["cost"].sum() - monthly_costs(after)["cost"].sum()
        steps.append(Saving(name, float(saves), bool(feedback_share(plan.but(optimisations=[name])))))
    return steps


def ratio(above: float, below: float) -> float:
    """Return a quotient, NaN where the divisor is 0.

    Examples
    --------
    >>> ratio(1, 4), ratio(1, 0)
    (0.25, nan)
    """
    return above / below if below else nan
