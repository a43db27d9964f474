"""A unit-economics calculator: what a user, a request and a feature of a product cost, and what is left.

Every number that it computes with is an :class:`Assumption`: it has a name, a unit, a range and a source; the
defaults are assumed. A :class:`Plan` has them all, and any of them can be changed. Costs are per month.

Nothing here knows about collapse. What it costs to feed synthetic text back is in
:mod:`collapse_edu.production.feedback`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite, log10, nan
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from collapse_edu import checks
from collapse_edu.checks import number

__all__ = [
    "ASSUMPTIONS",
    "CURRENCIES",
    "OPTIMISATIONS",
    "Assumption",
    "Plan",
    "Saving",
    "at_volume",
    "features",
    "feedback_share",
    "gross_margin",
    "human_rows_per_model",
    "inference_cost",
    "monthly_costs",
    "requests",
    "revenue",
    "sensitivities",
    "unit_costs",
    "viable_volumes",
    "volumes",
    "waterfall",
]

CURRENCIES = (
    "AED", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD", "HUF", "IDR",
    "ILS", "INR", "JPY", "KES", "KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PHP", "PKR", "PLN", "RON", "SAR", "SEK",
    "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
)  # fmt: skip
OPTIMISATIONS = ("caching", "batching", "smaller model", "routing")


@dataclass(frozen=True)
class Assumption:
    """One number that the calculator computes with.

    Attributes
    ----------
    name : str
        As a :class:`Plan` takes it.
    description : str
        What it is, in words.
    default : float
    unit : str
        "money" stands for the currency of the plan, as in "money per row".
    low, high : float
        The range that is allowed.
    source : str
        Where the default is from; all of these are "assumed".
    whole : bool
        Whether it must be a whole number; 1000.0 is one.
    """

    name: str
    description: str
    default: float
    unit: str
    low: float
    high: float
    source: str = "assumed"
    whole: bool = False

    def checked(self, value: float) -> float:
        """Return the value if it is allowed.

        Raises
        ------
        TypeError, ValueError
            One line that says which assumption, what is allowed, and what came.
        """
        if self.whole:
            value = int(value) if isinstance(value, float) and value.is_integer() else value
            return checks.integer(self.name, value, int(self.low), int(self.high))
        return number(self.name, value, self.low, self.high)


_MOST = 10**9
_OLD_NAMES = {"kinds": "request_types", "kinds_exponent": "request_exponent"}  # until 1.0.0

ASSUMPTIONS = MappingProxyType(
    {
        assumption.name: assumption
        for assumption in (
            # what is sold
            Assumption("users", "paying users", 20_000, "users", 0, 10**12, whole=True),
            Assumption("requests_per_user", "requests of a user in a month", 20, "per user and month", 0, 10**5),
            Assumption("price_per_user", "what a user pays in a month", 1.5, "money per user and month", 0, _MOST),
            Assumption("features", "features that share the requests", 8, "features", 1, 1000, whole=True),
            Assumption("feature_skew", "use of feature k falls as 1/k to this power", 1.0, "exponent", 0, 5),
            # inference
            Assumption("tokens_in", "tokens that a request sends", 2000, "per request", 0, 10**7),
            Assumption("tokens_out", "tokens that an answer has", 500, "per request", 0, 10**7),
            Assumption("price_in", "price of tokens sent", 2.0, "money per million tokens", 0, _MOST),
            Assumption("price_out", "price of tokens answered", 10.0, "money per million tokens", 0, _MOST),
            # verification
            Assumption("checked_share", "answers that a person checks", 0.01, "share", 0, 1),
            Assumption("check_cost", "one check by a person", 0.4, "money per check", 0, _MOST),
            # training data, and human data
            Assumption("retrainings", "new models in a month", 1.0, "per month", 0, 100),
            Assumption("training_cost", "computing for one new model", 800.0, "money per model", 0, _MOST),
            Assumption("training_rows", "rows that a new model learns from", 20_000, "per model", 1, 10**6, whole=True),
            Assumption("row_cost", "collecting and cleaning a row, writer unknown", 0.05, "money per row", 0, _MOST),
            Assumption("synthetic_row_cost", "letting a model write a row", 0.002, "money per row", 0, _MOST),
            Assumption("human_rows", "verified human rows bought in a month", 200, "per month", 0, 10**6, whole=True),
            Assumption("human_row_cost", "a row that a person surely wrote", 2.0, "money per row", 0, _MOST),
            # the rest
            Assumption("platform_cost", "servers, monitoring, people on call", 1500.0, "money per month", 0, _MOST),
            # the four optimisations
            Assumption("cache_share", "requests that a stored answer fits", 0.25, "share", 0, 1),
            Assumption("cache_price", "a stored answer, against a model's", 0.02, "share", 0, 1),
            Assumption("batch_share", "requests that can wait", 0.3, "share", 0, 1),
            Assumption("batch_discount", "what waiting saves", 0.5, "share", 0, 1),
            Assumption("smaller_price", "smaller model, against the present one", 0.4, "share", 0, 1),
            Assumption("smaller_redo", "its answers that the present one must redo", 0.08, "share", 0, 1),
            Assumption("route_share", "easy requests, sent to a small model", 0.6, "share", 0, 1),
            Assumption("route_price", "that small model, against the present one", 0.1, "share", 0, 1),
            Assumption("route_overhead", "the router, against the present model", 0.02, "share", 0, 1),
            Assumption(
                "smaller_feeds_back", "smaller model learns from answers: 1 yes, 0 no", 1, "0 or 1", 0, 1, whole=True
            ),
            Assumption(
                "route_feeds_back",
                "routed model learns from answers: 1 yes, 0 no",
                1,
                "0 or 1",
                0,
                1,
                whole=True,
            ),
            # what ten times the volume changes
            Assumption("price_at_ten", "price of a user, at ten times the users", 0.7, "factor", 0, 10),
            Assumption("tokens_at_ten", "price of tokens, at ten times the users", 0.9, "factor", 0, 10),
            Assumption("fixed_at_ten", "platform and training, at ten times the users", 1.5, "factor", 0, 100),
            Assumption("human_at_ten", "human rows, at ten times the users", 1.0, "factor", 0, 100),
            Assumption("least_margin", "gross margin that you call viable", 0.7, "share", 0, 1),
            # what forgetting costs
            Assumption("request_types", "different types of requests", 2000, "types", 1, 10**5, whole=True),
            Assumption("request_exponent", "type k is asked as often as 1/k to this power", 1.1, "exponent", 0, 5),
            Assumption("failure_cost", "a request of an unknown type", 0.1, "money per request", 0, _MOST),
        )
    }
)


class Plan:
    """All assumptions of a product, and which optimisations are switched on.

    Parameters
    ----------
    currency : str
        A label, one of ``CURRENCIES``, in capitals or not; codes that are not listed are refused, so that a slip of
        the pen is no currency. Nothing is converted: who changes the label enters prices in the new currency, too.
    optimisations : sequence of str
        Any of ``OPTIMISATIONS``: caching, batching, smaller model, routing.
    **values
        Assumptions that differ from their default, by name.

    Raises
    ------
    TypeError, ValueError
        One line that names the parameter, what is allowed, and what came.

    Examples
    --------
    >>> plan = Plan(users=1000, price_per_user=3)
    >>> plan["users"], plan["price_in"], plan.but(users=2000)["users"]
    (1000, 2.0, 2000)
    >>> Plan(users=-5)
    Traceback (most recent call last):
    ...
    ValueError: users must be an integer from 0 to 1000000000000; got -5
    >>> Plan(user=5)
    Traceback (most recent call last):
    ...
    ValueError: assumption must be a name in ASSUMPTIONS; got 'user': did you mean 'users'?
    """

    @checks.renamed(**_OLD_NAMES)
    def __init__(self, currency: str = "EUR", optimisations: Collection[str] = (), **values: float) -> None:
        self.currency = _currency(currency)
        self.optimisations = _optimisations(optimisations)
        for name in values:
            if name not in ASSUMPTIONS:
                raise ValueError(_no_assumption(name))
        self._values = {
            name: assumption.checked(values[name]) if name in values else assumption.default
            for name, assumption in ASSUMPTIONS.items()
        }
        self._sources = dict.fromkeys(values, "yours")

    def __getitem__(self, name: str) -> float:
        name = _OLD_NAMES.get(name, name)
        if name not in self._values:
            raise KeyError(_no_assumption(name))
        return self._values[name]

    @checks.renamed(**_OLD_NAMES)
    def but(self, **changes: float | str | Collection[str]) -> "Plan":
        """Return a plan that differs in some assumptions, in ``currency`` or in ``optimisations``."""
        return self._but(changes, "yours")

    def _but(self, changes, source):
        plan = Plan(**{"currency": self.currency, "optimisations": self.optimisations} | self._values | changes)
        plan._sources = self._sources | {name: source for name in changes if name in ASSUMPTIONS}
        return plan

    def assumptions(self) -> pd.DataFrame:
        """Return all assumptions as a pandas.DataFrame: what, value, unit, low, high, source.

        The source is that of the default, "yours" for what was set, or "computed for … times the users".
        """
        columns = {
            "assumption": ASSUMPTIONS,
            "what it is": [assumption.description for assumption in ASSUMPTIONS.values()],
            "value": [self[name] for name in ASSUMPTIONS],
            "unit": [assumption.unit.replace("money", self.currency) for assumption in ASSUMPTIONS.values()],
            "low": [assumption.low for assumption in ASSUMPTIONS.values()],
            "high": [assumption.high for assumption in ASSUMPTIONS.values()],
            "source": [self._sources.get(name, assumption.source) for name, assumption in ASSUMPTIONS.items()],
        }
        # whole numbers stay whole
        return pd.DataFrame({name: pd.Series(list(column), dtype=object) for name, column in columns.items()})

    def __repr__(self) -> str:
        changed = [
            f"{name}={self[name]!r}" for name, assumption in ASSUMPTIONS.items() if self[name] != assumption.default
        ]
        return f"Plan({', '.join([repr(self.currency), repr(list(self.optimisations)), *changed])})"


def _currency(value: str) -> str:
    """Return the label of a currency."""
    label = value.upper() if isinstance(value, str) else value
    if label not in CURRENCIES:
        raise ValueError(f"currency must be one of {', '.join(CURRENCIES)}; got {value!r}")
    return label


def _optimisations(names: Collection[str]) -> tuple[str, ...]:
    """Return the names of optimisations in the order of ``OPTIMISATIONS``."""
    several = isinstance(names, tuple | list | set | frozenset)
    if not several or not all(name in OPTIMISATIONS for name in names):
        raise ValueError(f"optimisations must be a list of any of {', '.join(OPTIMISATIONS)}; got {names!r}")
    return tuple(name for name in OPTIMISATIONS if name in names)


def _no_assumption(name):
    near = get_close_matches(str(name), ASSUMPTIONS, n=1)
    return f"assumption must be a name in ASSUMPTIONS; got {name!r}" + (f": did you mean {near[0]!r}?" if near else "")


def _plan(value):
    """Return ``value`` if it is a plan."""
    if not isinstance(value, Plan):
        raise TypeError(f"plan must be a Plan, such as Plan(users=1000); got {type(value).__name__}")
    return value


def requests(plan: Plan) -> float:
    """Return the requests of a month.

    Examples
    --------
    >>> requests(Plan())
    400000
    """
    return _plan(plan)["users"] * plan["requests_per_user"]


def revenue(plan: Plan) -> float:
    """Return what all users pay in a month, in the plan's currency.

    Examples
    --------
    >>> revenue(Plan())
    30000.0
    """
    return _plan(plan)["users"] * plan["price_per_user"]


def inference_cost(plan: Plan) -> float:
    """Return what the models' answer to one request costs, with the optimisations that are switched on.

    Stored answers come first, then waiting, then the choice of the model; each saves a share of what is left.

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
    """
    on = _plan(plan).optimisations
    full = (plan["tokens_in"] * plan["price_in"] + plan["tokens_out"] * plan["price_out"]) / 10**6
    model = plan["smaller_price"] + plan["smaller_redo"] if "smaller model" in on else 1.0
    if "routing" in on:
        easy = plan["route_share"]
        model = plan["route_overhead"] + easy * plan["route_price"] + (1 - easy) * model
    if "batching" in on:
        model *= 1 - plan["batch_share"] * plan["batch_discount"]
    if "caching" in on:
        model = (1 - plan["cache_share"]) * model + plan["cache_share"] * plan["cache_price"]
    return full * model


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
    on = _plan(plan).optimisations
    easy = plan["route_share"] if "routing" in on else 0.0
    share = easy * plan["route_feeds_back"]
    if "smaller model" in on:
        share += (1 - easy) * plan["smaller_feeds_back"]
    return share * (1 - plan["cache_share"] if "caching" in on else 1.0)


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
    n = _plan(plan)["training_rows"]
    if feedback_share(plan):  # whatever no person wrote, a model wrote
        real = min(human_rows_per_model(plan), n)
        rows = (n - real) * plan["synthetic_row_cost"]
    else:
        rows = n * plan["row_cost"]
    parts = {
        "inference": (requests(plan) * inference_cost(plan), "with use"),
        "verification": (requests(plan) * plan["checked_share"] * plan["check_cost"], "with use"),
        "training data": (plan["retrainings"] * (plan["training_cost"] + rows), "fixed"),
        "human data": (plan["human_rows"] * plan["human_row_cost"], "fixed"),
        "platform": (plan["platform_cost"], "fixed"),
    }
    return pd.DataFrame(
        {"cost": [float(cost) for cost, _ in parts.values()], "grows": [grows for _, grows in parts.values()]},
        index=list(parts),
    )


def human_rows_per_model(plan: Plan) -> int:
    """Return how many fresh human rows each new model gets: those of a month, shared by the new models of a month.

    Examples
    --------
    >>> human_rows_per_model(Plan(retrainings=0.5))
    400
    """
    models = _plan(plan)["retrainings"]
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
            "cost per user": _ratio(cost, plan["users"]),
            "cost per request": _ratio(cost, requests(plan)),
            "inference per request": inference_cost(plan),
            "cost per feature": cost / plan["features"],
            "gross margin": gross_margin(plan),
            "cost / revenue": _ratio(cost, income),
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
    return 1 - _ratio(float(monthly_costs(plan)["cost"].sum()), revenue(plan))


def features(plan: Plan) -> pd.DataFrame:
    """Return revenue and cost of each feature, the most used one first.

    Revenue and the costs that grow with use follow the requests; fixed costs are shared equally. So where requests earn
    more than they cost, a feature is profitable as soon as its use carries its part of what is fixed.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pandas.DataFrame
        Columns: share of requests, revenue, cost, margin (revenue less cost).

    Examples
    --------
    >>> features(Plan(features=3, users=2500)).round(2)
       share  revenue     cost  margin
    1   0.55  2045.45  1587.88  457.58
    2   0.27  1022.73  1410.61 -387.88
    3   0.18   681.82  1351.52 -669.70
    """
    use = np.arange(1, _plan(plan)["features"] + 1.0) ** -plan["feature_skew"]
    share = use / use.sum()
    by_growth = monthly_costs(plan).groupby("grows")["cost"].sum()
    table = pd.DataFrame({"share": share, "revenue": share * revenue(plan)})
    table["cost"] = share * by_growth["with use"] + by_growth["fixed"] / plan["features"]
    table["margin"] = table["revenue"] - table["cost"]
    return table.set_axis(pd.RangeIndex(1, len(table) + 1))


# ---------------------------------------------------------------- optimisations


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
    for name in _plan(plan).optimisations:
        before, so_far = plan.but(optimisations=so_far), (*so_far, name)
        after = plan.but(optimisations=so_far)
        saves = monthly_costs(before)["cost"].sum() - monthly_costs(after)["cost"].sum()
        steps.append(Saving(name, float(saves), bool(feedback_share(plan.but(optimisations=[name])))))
    return steps


# ---------------------------------------------------------------- volume


def at_volume(plan: Plan, times: float) -> Plan:
    """Return the plan at a multiple of its users.

    Prices of users and tokens, fixed costs (platform, computing for training, collected rows) and the number of human
    rows change by their factor for each tenfold volume. What leaves its range is refused.

    Parameters
    ----------
    plan : Plan
    times : float
        Larger than 0, up to 10,000.

    Returns
    -------
    Plan

    Raises
    ------
    TypeError, ValueError
        If ``times`` is not as above, or an assumption would leave its range.

    Examples
    --------
    >>> ten = at_volume(Plan(), 10)
    >>> ten["users"], round(ten["price_per_user"], 9), round(gross_margin(ten), 3)
    (200000, 1.05, 0.744)
    """
    plan, times = _plan(plan), number("times", times, 0, 10_000, open_low=True)
    tens = log10(times)
    grown = {"users": 1, "price_per_user": plan["price_at_ten"] ** tens}
    grown |= dict.fromkeys(("price_in", "price_out"), plan["tokens_at_ten"] ** tens)
    grown |= dict.fromkeys(("platform_cost", "training_cost", "row_cost"), plan["fixed_at_ten"] ** tens)
    values = {name: plan[name] * factor for name, factor in grown.items()}
    values["users"] = round(plan["users"] * times)
    values["human_rows"] = round(plan["human_rows"] * plan["human_at_ten"] ** tens)
    moved = {name: value for name, value in values.items() if value != plan[name]}
    return plan._but(moved, f"computed for {times:g} times the users")


def volumes(plan: Plan, times: Sequence[float] = (1, 10, 100)) -> pd.DataFrame:
    """Return costs and margin at multiples of the users.

    Parameters
    ----------
    plan : Plan
    times : sequence of float
        Each larger than 0, up to 10,000.

    Returns
    -------
    pandas.DataFrame
        One row for each multiple: users, revenue, cost with use, fixed cost, cost per user, gross margin, viable.

    Raises
    ------
    TypeError, ValueError
        If ``times`` is no sequence, or a multiple is not as above.

    Examples
    --------
    >>> volumes(Plan())[["revenue", "with use", "fixed", "gross margin", "viable"]].round(3)
           revenue  with use   fixed  gross margin  viable
    1      30000.0    5200.0  3700.0         0.703    True
    10    210000.0   48400.0  5350.0         0.744    True
    100  1470000.0  451600.0  7825.0         0.687   False
    """
    if isinstance(times, str) or not hasattr(times, "__len__"):
        raise TypeError(f"times must be a list of numbers, such as (1, 10, 100); got {times!r}")
    rows = []
    for multiple in times:
        grown = at_volume(plan, multiple)
        parts = monthly_costs(grown).groupby("grows")["cost"].sum()
        margin = gross_margin(grown)
        rows.append(
            {
                "users": grown["users"],
                "revenue": float(revenue(grown)),
                "with use": parts["with use"],
                "fixed": parts["fixed"],
                "cost per user": _ratio(parts.sum(), grown["users"]),
                "gross margin": margin,
                "viable": bool(margin >= plan["least_margin"]),
            }
        )
    return pd.DataFrame(rows, index=list(times))


def viable_volumes(plan: Plan, low: float = 0.01, high: float = 1000.0) -> list[tuple[float, float]]:
    """Return the multiples of the users between which the gross margin is viable.

    Parameters
    ----------
    plan : Plan
    low, high : float
        The range that is searched, in (0, 10,000]; ``high`` is above ``low``.

    Returns
    -------
    list of tuple of float
        (from, to); an end that is ``low`` or ``high`` only says that the search ended there. [] if never.

    Raises
    ------
    TypeError, ValueError
        If an end is not as above.

    Examples
    --------
    >>> [(round(start, 1), round(end)) for start, end in viable_volumes(Plan())]
    [(1.0, 69)]
    """
    low = number("low", low, 0, 10_000, open_low=True)
    high = number("high", high, low, 10_000, open_low=True)
    grid = np.geomspace(low, high, 121)
    over = [_above(plan, times) for times in grid]
    edges = [low] if over[0] >= 0 else []
    for left, right, here, there in zip(grid, grid[1:], over, over[1:], strict=False):
        if (here >= 0) != (there >= 0):
            edges.append(brentq(lambda times: _above(plan, times), left, right, rtol=1e-4))
    if over[-1] >= 0:
        edges.append(high)
    return [(float(start), float(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _above(plan, times):
    """Return by how much the margin at a multiple is above the least one; without revenue it is not."""
    margin = gross_margin(at_volume(plan, float(times)))
    return margin - plan["least_margin"] if isfinite(margin) else -1.0


def sensitivities(plan: Plan, change: float = 0.25) -> pd.DataFrame:
    """Return how far the gross margin moves when one assumption at a time is lower or higher.

    Parameters
    ----------
    plan : Plan
    change : float
        In (0, 1]: 0.25 takes each assumption a quarter lower and a quarter higher, as far as its range allows.

    Returns
    -------
    pandas.DataFrame
        Index: names of assumptions. Columns: what it is, lower, higher (the margins), swing (the larger move). Largest
        swing first; assumptions that change nothing here are left out. What misses cost is in no margin: see
        :mod:`collapse_edu.production.feedback`.

    Raises
    ------
    TypeError, ValueError
        If ``change`` is not as above.

    Examples
    --------
    >>> sensitivities(Plan()).head(2)[["lower", "higher", "swing"]].round(3)
                       lower  higher  swing
    price_per_user     0.604   0.763  0.099
    requests_per_user  0.747   0.660  0.043
    """
    change = number("change", change, 0, 1, open_low=True)
    now, rows = gross_margin(plan), []
    for name, assumption in ASSUMPTIONS.items():
        ends = []
        for factor in (1 - change, 1 + change):
            value = min(max(plan[name] * factor, assumption.low), assumption.high)
            ends.append(gross_margin(plan.but(**{name: round(value) if assumption.whole else value})))
        swing = max(abs(end - now) for end in ends)
        if swing > 1e-9:
            rows.append((name, assumption.description, *ends, swing))
    table = (
        pd.DataFrame(rows, columns=["name", "what it is", "lower", "higher", "swing"])
        .set_index("name")
        .rename_axis(None)
    )
    return table.sort_values("swing", ascending=False, kind="stable")


def _ratio(above, below):
    return above / below if below else nan
