"""The explorer of M9: what a product costs, what optimisations save, and what feeding model text back costs later."""

from html import escape

import numpy as np
import pandas as pd
from ipywidgets import Widget

from collapse_edu.course.explorers.controls import dropdown, generations_slider, number_box, seed_box, slider_with_box
from collapse_edu.course.explorers.explorer import Explorer, Steps, written
from collapse_edu.course.films import Film, savings_film
from collapse_edu.plots.picture import milestones
from collapse_edu.production.benchmarks import positions
from collapse_edu.production.economics import (
    ASSUMPTIONS,
    CURRENCIES,
    OPTIMISATIONS,
    Plan,
    at_volume,
    monthly_costs,
    requests,
    revenue,
    unit_costs,
    volumes,
    waterfall,
)
from collapse_edu.production.feedback import Feedback, expected_bill, feedback_steps

__all__ = ["CostExplorer"]

_CHAINS = 30
_SWITCHES = {
    "none": (),
    "caching": ("caching",),
    "caching, batching": ("caching", "batching"),
    "smaller model": ("smaller model",),
    "routing": ("routing",),
    "all four": OPTIMISATIONS,
}
_OWN = ("users", "requests_per_user", "price_per_user", "human_rows", "failure_cost")


class CostExplorer(Explorer[Feedback]):
    """Explore costs, savings and the bill of forgotten kinds: users, requests, price, optimisations, human rows, …

    A generation is a new model.

    Parameters
    ----------
    prediction : str, float or Prediction, optional
        The new model at which the learner expects the bill to be above the saving less the human rows; it is drawn.
    **settings
        Values that the controls start from: users, requests_per_user, price_per_user, human_rows (in a month),
        failure_cost, switches ("none", "caching", "caching, batching", "smaller model", "routing", "all four"),
        times (1, 10 or 100 times the users), currency, models (5-60), seed.

    Examples
    --------
    >>> explorer = CostExplorer(switches="all four", human_rows=0, models=12)
    >>> explorer.table(explorer.result)[["new model", "saving", "human rows", "bill", "left"]].tail(1)
        new model saving human rows   bill  left
    12         12  2,631          0  3,365  −734
    """

    step = "new model"
    main = ("human_rows", "failure_cost", "switches")

    def controls(self) -> dict[str, Widget]:
        """Return the controls of all parameters, by name."""
        default = {name: ASSUMPTIONS[name].default for name in _OWN}
        return {
            "users": number_box("users", value=default["users"], low=0, high=10_000_000, step=1000),
            "requests_per_user": number_box(
                "requests", value=float(default["requests_per_user"]), low=0.0, high=1000.0, step=1.0
            ),
            "price_per_user": number_box("price", value=default["price_per_user"], low=0.0, high=1000.0, step=0.1),
            "failure_cost": number_box("cost of a miss", value=default["failure_cost"], low=0.0, high=100.0, step=0.01),
            "switches": dropdown("switched on", list(_SWITCHES), value="all four"),
            "times": dropdown("volume", {"1 ×": 1, "10 ×": 10, "100 ×": 100}, value=1),
            "currency": dropdown("currency", list(CURRENCIES), value="EUR"),
            "human_rows": slider_with_box("human rows", value=default["human_rows"], low=0, high=5000),
            "models": generations_slider(24, high=60, label="new models"),
            "seed": seed_box(),
        }

    @staticmethod
    def compute(models: int, seed: int, **own: float | str) -> Steps[Feedback]:
        """Yield (share done, :class:`~collapse_edu.production.feedback.Feedback` so far), and return the whole."""
        for share, result in feedback_steps(_plan(**own), models=models, chains=_CHAINS, seed=seed):
            if share < 1 and len(result.lost) % 4 == 1:
                yield share, result
        return result

    def film(self, result: Feedback) -> Film:
        """Return the film, with theory and prediction."""
        plan, models = result.plan, self.settings["models"]
        steps, none = waterfall(plan), plan.but(optimisations=())
        most = expected_bill(plan.but(human_rows=0), models)
        alone = plan["human_rows"] == 0
        return savings_film(
            steps, result.bill, start=float(monthly_costs(none)["cost"].sum()), models=models, currency=plan.currency,
            regime="replace" if alone else "mix", highest=1.1 * most[-1], human=result.human_cost,
            months=1 / plan["retrainings"], theory=most if alone and most[-1] else None, **self.said,
        )  # fmt: skip

    @staticmethod
    def describe(result: Feedback, t: int) -> str:
        """Return a sentence about new model t."""
        plan, all_four = result.plan, sum(step.saves for step in waterfall(result.plan))
        start = (
            f"{plan['users']:,} users, {', '.join(plan.optimisations) or 'no optimisation'}: {all_four:,.0f} "
            f"{plan.currency} saved in a month, {result.saving:,.0f} of it by steps that feed model text back."
        )
        if t == 0:
            return f"{start} No new model has been trained yet."
        bill, lost, net = (np.median(values[t - 1]) for values in (result.bill, result.lost, result.net))
        margin = np.median(result.margin[t - 1])
        left = "" if np.isnan(margin) else f" With this bill the gross margin is {_percent(margin)}."
        return (
            f"{start} New model {t} does not know the kinds of {100 * lost:.1f} % of the requests. Compared with "
            f"model 1 this costs {bill:,.0f} {plan.currency} more in a month (median of {_CHAINS} chains). Human rows "
            f"cost {result.human_cost:,.0f}. Of the saving, {_signed(net)} are left.{left}"
        )

    def numbers(self, result: Feedback) -> str:
        """Return the numbers of a few new models, and units, volumes and scales, as tables."""
        return super().numbers(result) + self._tables(result.plan)

    @staticmethod
    def _tables(plan):
        if not (revenue(plan) and requests(plan)):
            return "<p>Without users who pay and ask there is no cost of a user and no margin.</p>"
        units = unit_costs(plan)
        names = ["cost per user", "cost per request", "cost per feature"]
        one = pd.DataFrame([[_money(units[name]) for name in names] + [_percent(units["gross margin"])]])
        one.columns = [f"{name}, {plan.currency}" for name in names] + ["gross margin before any bill"]
        grown = volumes(plan)
        many = pd.DataFrame(
            {
                "times these users": [f"{times} ×" for times in grown.index],
                f"cost of a month, {plan.currency}": [f"{cost:,.0f}" for cost in grown["with use"] + grown["fixed"]],
                "gross margin before any bill": [_percent(margin) for margin in grown["gross margin"]],
            }
        )
        scales = pd.DataFrame(
            [(own.benchmark.metric, own.benchmark.with_unit(own.value), own.place) for own in positions(plan)],
            columns=["scale of an industry glossary", "you", "place"],
        )
        return "".join(table.to_html(index=False, border=0) for table in (one, many, scales))

    @staticmethod
    def table(result: Feedback) -> pd.DataFrame:
        """Return the numbers of a few new models."""
        rows = milestones(1, len(result.bill))
        bill, lost, net, margin = (
            np.median(values[rows - 1], axis=1) for values in (result.bill, result.lost, result.net, result.margin)
        )
        return pd.DataFrame(
            {
                "new model": rows,
                "requests of unknown kinds": [f"{100 * share:.1f} %" for share in lost],
                "saving": f"{result.saving:,.0f}",
                "human rows": f"{result.human_cost:,.0f}",
                "bill": written(bill, ",.0f"),
                "left": [*map(_signed, net)],
                "gross margin with the bill": [*map(_percent, margin)],
            },
            index=rows,
        )

    @staticmethod
    def code(models: int, seed: int, switches: str, times: int, currency: str, **own: float) -> str:
        """Return Python that gives the same numbers."""
        values = ", ".join(f"{name}={own[name]!r}" for name in _OWN)
        return (
            "from collapse_edu.production.economics import Plan, at_volume\n"
            "from collapse_edu.production.feedback import feedback\n\n"
            f'plan = Plan("{escape(currency)}", {list(_SWITCHES[switches])!r}, {values})\n'
            f"plan = at_volume(plan, {times})\n"
            f"result = feedback(plan, models={models}, chains={_CHAINS}, seed={seed})\n"
            "result.saving, result.human_cost, result.bill[-1], result.eaten_by"
        )


def _plan(switches, times, currency, **own):
    return at_volume(Plan(currency, _SWITCHES[switches], **own), times)


def _money(amount):
    return f"{amount:,.4f}" if abs(amount) < 0.1 else f"{amount:,.2f}"


def _percent(share):
    return "–" if np.isnan(share) else f"{100 * share:.0f} %".replace("-", "−")


def _signed(amount):
    said = f"{amount:,.0f}".replace("-", "−")
    return "0" if said == "−0" else said
