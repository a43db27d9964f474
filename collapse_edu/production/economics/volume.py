"""Other volumes, other assumptions: how costs and margin grow, where they are viable, and what moves them."""

from collections.abc import Sequence
from math import isfinite, log10

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from collapse_edu.checks import number
from collapse_edu.production.economics.costs import gross_margin, monthly_costs, ratio, revenue
from collapse_edu.production.economics.plan import Plan, checked_plan

__all__ = ["VolumeRange", "at_volume", "possible_volumes", "sensitivities", "viable_volumes", "volumes"]


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
    plan, times = checked_plan(plan), number("times", times, 0, 10_000, open_low=True)
    tens = log10(times)
    grown = {"users": 1, "price_per_user": plan["price_at_ten"] ** tens}
    grown |= dict.fromkeys(_prices_of_tokens(plan), plan["tokens_at_ten"] ** tens)
    grown |= dict.fromkeys(("platform_cost", "training_cost", "row_cost"), plan["fixed_at_ten"] ** tens)
    values = {name: plan[name] * factor for name, factor in grown.items()}
    values["users"] = round(plan["users"] * times)
    values["human_rows"] = round(plan["human_rows"] * plan["human_at_ten"] ** tens)
    moved = {name: value for name, value in values.items() if value != plan[name]}
    return plan.but_from(f"computed for {times:g} times the users", moved)


def _prices_of_tokens(plan):
    """Return the names of all prices of tokens, of all models."""
    return [name for name, assumption in plan.declared.items() if assumption.unit.endswith("million tokens")]


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
                "cost per user": ratio(parts.sum(), grown["users"]),
                "gross margin": margin,
                "viable": bool(margin >= plan["least_margin"]),
            }
        )
    return pd.DataFrame(rows, index=list(times))


def possible_volumes(plan: Plan, times: Sequence[float]) -> list[float]:
    """Return the multiples of the users at which no assumption leaves its range.

    Parameters
    ----------
    plan : Plan
    times : sequence of float
        Each larger than 0, up to 10,000.

    Returns
    -------
    list of float

    Raises
    ------
    TypeError, ValueError
        If a multiple is not as above.

    Examples
    --------
    >>> possible_volumes(Plan(users=10**11), [0.1, 1, 10, 100])
    [0.1, 1, 10]
    """
    possible = []
    for multiple in times:
        number("times", multiple, 0, 10_000, open_low=True)
        try:
            at_volume(plan, float(multiple))
        except ValueError:
            continue
        possible.append(multiple)
    return possible


class VolumeRange(tuple[float, float]):
    """Multiples of the users, from and to; it prints as words that tell an open end from one that was found.

    Attributes
    ----------
    opens_below, opens_above : bool
        Whether the end is where the search ended.

    Examples
    --------
    >>> found = VolumeRange(0.5, 1000.0, opens_above=True)
    >>> start, end = found
    >>> end, str(found)
    (1000.0, 'from 0.5 to beyond 1000 times the users')
    """

    opens_below: bool
    opens_above: bool

    def __new__(
        cls, start: float, end: float, *, opens_below: bool = False, opens_above: bool = False
    ) -> "VolumeRange":
        """Return the pair."""
        self = super().__new__(cls, (start, end))
        self.opens_below, self.opens_above = opens_below, opens_above
        return self

    def __str__(self) -> str:
        start, end = (f"{multiple:.3g}" if multiple < 1000 else f"{multiple:.0f}" for multiple in self)
        return f"from {'below ' * self.opens_below}{start} to {'beyond ' * self.opens_above}{end} times the users"


def viable_volumes(plan: Plan, low: float = 0.01, high: float = 1000.0) -> "list[VolumeRange]":
    """Return the multiples of the users between which the gross margin is viable.

    Parameters
    ----------
    plan : Plan
    low, high : float
        The range that is searched, in (0, 10,000]; ``high`` is above ``low``. Multiples at which an assumption would
        leave its range are left out.

    Returns
    -------
    list of VolumeRange
        Each is (from, to); an end that is ``low`` or ``high`` only says that the search ended there, and each says so
        in words. [] if never.

    Raises
    ------
    TypeError, ValueError
        If an end is not as above.

    Examples
    --------
    >>> [(round(start, 1), round(end)) for start, end in viable_volumes(Plan())]
    [(1.0, 69)]
    >>> print(viable_volumes(Plan())[0], viable_volumes(Plan(price_per_user=100))[0], sep="; ")
    from 0.95 to 68.8 times the users; from below 0.01 to beyond 1000 times the users
    """
    low = number("low", low, 0, 10_000, open_low=True)
    high = number("high", high, low, 10_000, open_low=True)
    grid = possible_volumes(plan, np.geomspace(low, high, 121).tolist())
    if not grid:
        return []
    low, high = grid[0], grid[-1]
    over = [_above(plan, times) for times in grid]
    edges = [low] if over[0] >= 0 else []
    for left, right, here, there in zip(grid, grid[1:], over, over[1:], strict=False):
        if (here >= 0) != (there >= 0):
            edges.append(brentq(lambda times: _above(plan, times), left, right, rtol=1e-4))
    if over[-1] >= 0:
        edges.append(high)
    pairs = [(float(start), float(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return [VolumeRange(*pair, opens_below=pair[0] <= low, opens_above=pair[1] >= high) for pair in pairs]


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
    now, rows = gross_margin(checked_plan(plan)), []
    for name, assumption in checked_plan(plan).declared.items():
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
