"""What a saving costs later: models that learn from model text forget types of requests, and forgotten requests cost.

The link from the calculator to the physics of collapse. A model knows the types of requests that occur in its training
rows. Where an optimisation feeds model text back, the rows of the next model come from the last one, and only the
verified human rows are fresh: the regime is *mix*, or *replace* if no human rows are bought. Each model writes as many
rows as it learned from (``n_samples`` of the loop), and the next one learns from those of them that no human row
replaces. What a model knows is counted in its training rows. Types follow Zipf's law. A row that was collected may be a
model's text; a verified one is not. Collected rows are taken as real, unless the plan says which share of them is model
text (``contamination``): then that share comes from the last model. All chains are drawn exactly
(:func:`collapse_edu.ensemble.categorical_counts`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from collapse_edu import checks, ensemble, theory
from collapse_edu.checks import integer, number
from collapse_edu.loop import regimes
from collapse_edu.production.economics import (
    Plan,
    exposed_share,
    feedback_share,
    gross_margin,
    human_rows_per_model,
    monthly_costs,
    requests,
    revenue,
    waterfall,
)

__all__ = [
    "Feedback",
    "distribution_of_requests",
    "expected_bill",
    "feedback",
    "feedback_steps",
    "fresh_rows",
    "human_row_table",
]


@dataclass(frozen=True, eq=False)
class Feedback:
    """How a saving and its risk go on, from the first model to the last one computed.

    Attributes
    ----------
    plan : Plan
    lost : ndarray, shape (models, chains)
        Share of the requests whose type the model does not know. Row 0 is model 1, which learned from real rows.

    Examples
    --------
    >>> result = feedback(Plan(optimisations=["routing", "caching"], human_rows=0), models=20, chains=50)
    >>> round(result.saving), np.median(result.bill, axis=1)[[0, 19]].round(-2), result.eaten_by
    (2364, array([   0., 2700.]), 16)

    With human rows the bill grows more slowly. But the rows are paid for, too:

    >>> result = feedback(result.plan.but(human_rows=1000), models=20, chains=50)
    >>> round(result.human_cost), np.median(result.bill, axis=1)[[0, 19]].round(-2), result.eaten_by
    (2000, array([   0., 1200.]), 3)
    """

    plan: Plan
    lost: NDArray[np.float64]

    @property
    def saving(self) -> float:
        """What the optimisations that feed model text back save in a month, in the plan's currency."""
        return sum(step.saves for step in waterfall(self.plan) if step.feeds_back)

    @property
    def human_cost(self) -> float:
        """What the human rows of a month cost, in the plan's currency."""
        return float(monthly_costs(self.plan)["cost"]["human data"])

    @property
    def bill(self) -> NDArray[np.float64]:
        """What a month costs more than with model 1, because of forgotten types, shape (models, chains).

        What model 1 misses is in no bill: it costs the same whichever way later models learn.
        """
        more = self.lost - self.lost[0]
        return requests(self.plan) * exposed_share(self.plan) * self.plan["failure_cost"] * more

    @property
    def net(self) -> NDArray[np.float64]:
        """What is left of the saving in a month: saving - human rows - bill, shape (models, chains)."""
        return self.saving - self.human_cost - self.bill

    @property
    def margin(self) -> NDArray[np.float64]:
        """Gross margin of a month if the bill is paid, too, shape (models, chains); NaN without revenue."""
        income = revenue(self.plan)
        return gross_margin(self.plan) - (self.bill / income if income else np.nan * self.bill)

    @property
    def eaten_by(self) -> int | None:
        """The first model whose bill and human rows cost more than the saving, in the median.

        None if there is none so far, or if no optimisation feeds model text back.
        """
        if not feedback_share(self.plan):
            return None
        over = np.flatnonzero(np.median(self.net, axis=1) < 0)
        return int(over[0]) + 1 if len(over) else None


def distribution_of_requests(plan: Plan) -> NDArray[np.float64]:
    """Return the distribution of the requests over their types: a Zipf distribution, the most frequent type first.

    Examples
    --------
    >>> distribution_of_requests(Plan(request_types=3, request_exponent=1)).round(4)
    array([0.5455, 0.2727, 0.1818])
    """
    return theory.tails.zipf_law(int(plan["request_types"]), plan["request_exponent"])


def fresh_rows(plan: Plan) -> float:
    """Return how many rows of each new model a person wrote and no model has seen, on average.

    Verified rows are among them, and what is collected, less its contamination; where model text is fed back, nothing
    is collected.

    Examples
    --------
    >>> fresh_rows(Plan(contamination=0.5, human_rows=1000)), fresh_rows(Plan(optimisations=["routing"]))
    (10500.0, 200.0)
    """
    n = plan["training_rows"]
    verified = min(human_rows_per_model(plan), n)
    return n - (1.0 if feedback_share(plan) else plan["contamination"]) * (n - verified)


def feedback(plan: Plan, *, models: int = 24, chains: int = 50, seed: int = 0) -> Feedback:
    """Return how saving and bill go on over some models, in many chains.

    Parameters
    ----------
    plan : Plan
    models : int
        New models to follow, at least 1; the first one learns from real rows.
    chains : int
        At least 1.
    seed : int
        0 or larger.

    Returns
    -------
    Feedback

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, if no new model is trained (``retrainings`` is 0), or if more human rows are
        bought than a new model learns from.

    Examples
    --------
    Without human rows, the mean agrees with the closed form for replace:

    >>> plan = Plan(optimisations=["routing"], human_rows=0)
    >>> result = feedback(plan, models=12, chains=200)
    >>> result.lost[[0, 11]].mean(axis=1).round(3)
    array([0.024, 0.136])
    >>> theory.tails.expected_lost_mass([1, 12], plan["training_rows"], distribution_of_requests(plan)).round(3)
    array([0.024, 0.136])
    """
    for _, result in feedback_steps(plan, models=models, chains=chains, seed=seed):
        last = result
    return last


def feedback_steps(
    plan: Plan, *, models: int = 24, chains: int = 50, seed: int = 0
) -> Iterator[tuple[float, Feedback]]:
    """Yield (share done, :class:`Feedback` so far) after each model; arguments as for :func:`feedback`."""
    models, chains, seed = integer("models", models, 1), integer("chains", chains, 1), checks.seed(seed)
    verified, n = human_rows_per_model(plan), int(plan["training_rows"])
    distribution = distribution_of_requests(plan)
    number("retrainings", plan["retrainings"], 0, 100, open_low=True)  # without a new model there is no model 2
    if exposed_share(plan) and verified > n:
        raise ValueError(f"human_rows must be at most training_rows for each new model, {n}; got {verified}")
    rng = np.random.default_rng(seed)
    real = rng.multinomial(n, distribution, size=chains)
    lost = []
    for step in islice(_generations(plan, real, distribution, rng), models):
        known = np.where(step.training > 0, distribution[step.types], 0.0).sum(axis=1)
        lost.append(1 - known)
        yield len(lost) / models, Feedback(plan, np.array(lost))


def _generations(plan, real, distribution, rng):
    """Yield the counts of all chains, model after model."""
    n, fresh = plan["training_rows"], round(fresh_rows(plan))
    regime = regimes.mix(fresh / n) if fresh else regimes.replace
    fresh_from = distribution if fresh else None
    steps = ensemble.categorical_counts(real, regime, chains=len(real), rng=rng, distribution=fresh_from)
    if exposed_share(plan):
        yield from steps
    first = next(steps)  # where no model text comes in, each new model learns from the same real rows
    while True:
        yield first


def expected_bill(plan: Plan, models: int) -> NDArray[np.float64]:
    """Return the mean of :attr:`Feedback.bill` for models 1 … ``models``, without drawing a chain.

    Parameters
    ----------
    plan : Plan
    models : int
        At least 1.

    Returns
    -------
    ndarray, shape (models,)
        In the plan's currency for a month; close where a model learns from many more rows than there are models.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> expected_bill(Plan(optimisations=["routing", "caching"], human_rows=0), 20)[[0, 19]].round(-2)
    array([   0., 2700.])
    """
    t = np.arange(1, integer("models", models, 1) + 1)
    n, law = plan["training_rows"], distribution_of_requests(plan)
    lost = np.asarray(theory.tails.expected_lost_mass(t, n, law, fresh_rows(plan)))
    return requests(plan) * exposed_share(plan) * plan["failure_cost"] * (lost - lost[0])


def human_row_table(
    plan: Plan, human_rows: Sequence[int], *, model: int = 12, chains: int = 50, seed: int = 0
) -> pd.DataFrame:
    """Return what human rows cost, and what they save, in the month of a later model and up to it.

    Parameters
    ----------
    plan : Plan
        With an optimisation that feeds model text back, or with contamination.
    human_rows : sequence of int
        Verified human rows bought in a month, growing; at least one number.
    model : int
        Which model, at least 1.
    chains, seed : int
        As in :func:`feedback`.

    Returns
    -------
    pandas.DataFrame
        Index: human rows. Columns in the plan's currency for the month of this model: ``cost`` of the rows, ``bill``
        (mean of the chains) and its standard ``error``, ``total`` of cost and bill, and ``worth`` of one more row (what
        the bill falls for each row since the last line; NaN in the first). ``cumulative``: cost and bill of all months
        from model 1 to this one, because rows must be bought from the start.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> plan = Plan(optimisations=["routing"])
    >>> human_row_table(plan, [0, 500, 5000], chains=20)[["cost", "bill", "worth", "cumulative"]].round(1)
             cost    bill  worth  cumulative
    0         0.0  2713.3    NaN     19246.1
    500    1000.0  1950.9    1.5     27254.6
    5000  10000.0   410.1    0.3    124202.5
    """
    several = not isinstance(human_rows, str) and hasattr(human_rows, "__len__")
    numbers = [integer("human_rows", n, 0) for n in human_rows] if several else []
    if not numbers or any(a >= b for a, b in pairwise(numbers)):
        raise ValueError(f"human_rows must contain at least one number, growing; got {human_rows!r}")
    rows = []
    for n in numbers:
        result = feedback(plan.but(human_rows=n), models=model, chains=chains, seed=seed)
        bill, cost = result.bill[-1], result.human_cost
        error = bill.std(ddof=1) / np.sqrt(chains) if chains > 1 else np.nan
        months = 1 / plan["retrainings"]  # of each model
        paid = months * (model * cost + result.bill.mean(axis=1).sum())
        rows.append(
            {"cost": cost, "bill": bill.mean(), "error": error, "total": cost + bill.mean(), "cumulative": paid}
        )
    table = pd.DataFrame(rows, index=numbers)
    table["worth"] = -table["bill"].diff() / table.index.to_series().diff()
    return table
