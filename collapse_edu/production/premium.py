"""The highest price at which a verified human row pays, and how it grows with the model text in what is collected.

A new model learns from verified human rows and from others. Of the others a share x is text of the last model: all of
them where an optimisation feeds model text back, the plan's ``contamination`` where rows are collected. One more
verified row for each new model takes the place of one of the others, so it does two things. It saves what that row
costs. And it brings x fresh rows more, on average, so that fewer types of requests are forgotten; the bill of forgotten
types falls (:mod:`collapse_edu.production.feedback`). The highest price is what both save over some models, divided by
the rows that are bought for them, those for model 1 among them.

Prices are expectations: of Poisson counts, by :func:`collapse_edu.theory.tails.expected_lost_mass`, close where a model
learns from many more rows than there are models. What one company would see is :func:`average_in_chains`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from collapse_edu import theory
from collapse_edu.checks import integer, number
from collapse_edu.production.economics import Plan, exposed_share, feedback_share, human_rows_per_model, requests
from collapse_edu.production.feedback import distribution_of_requests, feedback

__all__ = ["Premium", "average_in_chains", "premium", "premium_curve"]

_SHARES = 1 - np.linspace(1, 0, 41) ** 2  # 0, 0.05, …, 0.999, 1


@dataclass(frozen=True)
class Premium:
    """What a verified human row is worth, in the plan's currency for each row.

    Attributes
    ----------
    plan : Plan
    models : int
        New models, the first one among them, over which savings are counted.
    next_row : float
        The highest price at which one more row for each new model pays, beside those that the plan buys.
    first_row : float
        The same, if the plan bought none.
    average : float
        The highest price at which all rows that the plan buys pay together; NaN if it buys none.
    best_rows : int
        How many rows for each new model save most at the plan's price.
    pays_from : float or None
        The share of model text in what is collected from which the next row pays at the plan's price; None if it does
        not even at 100 %.
    """

    plan: Plan
    models: int
    next_row: float
    first_row: float
    average: float
    best_rows: int
    pays_from: float | None

    @property
    def pays(self) -> bool:
        """Whether the next row pays at the plan's price."""
        return self.next_row >= self.plan["human_row_cost"]


def premium(plan: Plan, *, models: int = 24) -> Premium:
    """Return the highest price at which a verified human row pays.

    Parameters
    ----------
    plan : Plan
        With new models (``retrainings`` above 0).
    models : int
        New models over which savings are counted, at least 1; 24 are two years with one in a month.

    Returns
    -------
    Premium

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> worth = premium(Plan(optimisations=["smaller model", "routing"]))
    >>> [round(price, 2) for price in (worth.first_row, worth.next_row, worth.average)]
    [3.96, 2.64, 3.22]
    >>> worth.pays, worth.best_rows
    (True, 384)

    Where all that is collected is real, a verified row is worth a collected one. Where half of it is model text:

    >>> [round(premium(Plan(contamination=share)).next_row, 3) for share in (0, 0.5)]
    [0.05, 0.074]
    """
    verified, n, price = _checked(plan, models), plan["training_rows"], plan["human_row_cost"]
    share = 1.0 if feedback_share(plan) else plan["contamination"]
    instead = plan["synthetic_row_cost" if feedback_share(plan) else "row_cost"]

    def next_row(rows):
        return float(_next_row(plan, models, rows, share, instead))

    bought = min(verified, n)
    none, all_of_them = _bill(plan, models, np.array([0, bought]), share)
    return Premium(
        plan=plan, models=models, next_row=next_row(bought), first_row=next_row(0),
        average=float((none - all_of_them) / models / bought + instead) if bought else np.nan,
        best_rows=_first_below(next_row, price, n),
        pays_from=_pays_from(plan, models, bought),
    )  # fmt: skip


def premium_curve(plan: Plan, shares: Sequence[float] | None = None, *, models: int = 24) -> pd.Series:
    """Return the highest price of the next verified row, by the share of model text in what is collected.

    Rows that no verified person wrote are collected here, at ``row_cost``, also where the plan feeds model text back:
    so its own place is at 100 %, less what collecting costs more than letting a model write.

    Parameters
    ----------
    plan : Plan
    shares : sequence of float, optional
        From 0 to 1; if not given, 41 of them, closer where the price grows fast.
    models : int
        As in :func:`premium`.

    Returns
    -------
    pandas.Series
        Index: the shares. Values: in the plan's currency for each row. They never fall.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> premium_curve(Plan(), [0, 0.5, 0.9, 1]).round(2).to_dict()
    {0.0: 0.05, 0.5: 0.07, 0.9: 0.48, 1.0: 2.69}
    """
    verified = min(_checked(plan, models), plan["training_rows"])
    given = [number("shares", share, 0, 1) for share in (_SHARES.tolist() if shares is None else shares)]
    prices = _next_row(plan, models, verified, np.array(given), plan["row_cost"])
    return pd.Series(prices, index=pd.Index(given, dtype=float, name="model text in what is collected"), name="price")


def average_in_chains(plan: Plan, *, models: int = 24, chains: int = 100, seed: int = 0) -> NDArray[np.float64]:
    """Return what the rows that a plan buys are worth on average, in each of many companies with its own luck.

    Two exact ensembles, one with the rows and one without, in pairs. The mean is ``Premium.average``; its spread is
    that of what a single company would see, if it could see both.

    Parameters
    ----------
    plan : Plan
        With human rows.
    models : int
        As in :func:`premium`.
    chains : int
        Pairs, at least 1.
    seed : int
        0 or larger.

    Returns
    -------
    ndarray, shape (chains,)
        In the plan's currency for each row.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the plan buys no rows.

    Examples
    --------
    >>> plan = Plan(optimisations=["routing"], training_rows=2000, human_rows=100)
    >>> prices = average_in_chains(plan, models=6)
    >>> prices.mean().round(1), round(premium(plan, models=6).average, 1)
    (np.float64(3.2), 3.3)
    """
    bought = min(_checked(plan, models), plan["training_rows"])
    if not bought:
        raise ValueError("human_rows must be above 0 to have an average; got 0")
    without = plan.but(human_rows=0)
    instead = plan["synthetic_row_cost" if feedback_share(plan) else "row_cost"]
    bills = [
        feedback(each, models=models, chains=chains, seed=own).bill.sum(axis=0) / each["retrainings"]
        for own, each in zip(_two(seed), (without, plan), strict=True)
    ]
    return (bills[0] - bills[1]) / (models * bought) + instead


def _two(seed):
    return (int(part) for part in np.random.SeedSequence(integer("seed", seed, 0)).generate_state(2))


def _checked(plan, models):
    """Return the verified rows of each new model, after a look at what was given."""
    verified = human_rows_per_model(plan)
    integer("models", models, 1)
    number("retrainings", plan["retrainings"], 0, 100, open_low=True)
    return verified


def _next_row(plan, models, verified, share, instead):
    """Return the highest price of one more row; where all rows are verified there is no place for it."""
    if verified >= plan["training_rows"]:
        return np.multiply(share, 0.0)
    here, there = (_bill(plan, models, rows, share) for rows in (verified, verified + 1))
    return (here - there) / models + instead


def _bill(plan: Plan, models: int, verified: ArrayLike, share: ArrayLike) -> NDArray[np.float64]:
    """Return what requests of unknown types are expected to cost over all models, with so many verified rows."""
    n = plan["training_rows"]
    fresh = np.asarray(n - np.multiply(share, np.subtract(n, verified)), dtype=float)
    t = np.arange(1, models + 1)
    lost = theory.tails.expected_lost_mass(t, n, distribution_of_requests(plan), fresh[..., np.newaxis])
    exposed = exposed_share(plan.but(contamination=1.0))
    return requests(plan) * exposed * plan["failure_cost"] / plan["retrainings"] * lost.sum(axis=-1)


def _first_below(next_row, price, n):
    """Return the first number of rows, up to all, beside which one more is worth less than its price: worth falls."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if next_row(middle) >= price else (low, middle)
    return low


def _pays_from(plan, models, bought):
    def above(share):
        return float(_next_row(plan, models, bought, share, plan["row_cost"])) - plan["human_row_cost"]

    if above(0.0) >= 0:
        return 0.0
    return float(brentq(above, 0, 1, xtol=1e-4)) if above(1.0) >= 0 else None
