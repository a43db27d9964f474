"""A plan on one page, for a board: costs, margin, savings and their bill, the premium, and what to do next."""

import base64
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from math import isnan
from pathlib import Path

import numpy as np

from collapse_edu.checks import integer
from collapse_edu.checks import seed as checked_seed
from collapse_edu.files import write_atomically
from collapse_edu.pages import templates
from collapse_edu.plots.economics import levels
from collapse_edu.plots.picture import milestones
from collapse_edu.plots.premium import amount, plot_premium
from collapse_edu.production import benchmarks, decision
from collapse_edu.production.economics import (
    Plan,
    exposed_share,
    feedback_share,
    human_rows_per_model,
    monthly_costs,
    sensitivities,
    unit_costs,
    viable_volumes,
    warnings,
    waterfall,
)
from collapse_edu.production.feedback import Feedback, feedback
from collapse_edu.production.maturity import Assessment
from collapse_edu.production.premium import average_in_chains, premium, premium_curve

__all__ = ["report_html", "write_report"]

_CHAINS = 50  # of the bill, and pairs of the premium's interval
_SHARPEST = 3  # assumptions that move the margin most


def write_report(
    plan: Plan,
    path: str | Path,
    *,
    models: int = 24,
    seed: int = 0,
    assessment: Assessment | None = None,
    weights: Mapping[str, float] | None = None,
    scores: decision.Changes | None = None,
    dollar_rate: float | None = None,
) -> Path:
    """Write a plan as a page for a board; it prints on one sheet of A4 or Letter.

    Parameters
    ----------
    plan : Plan
    path : str or Path
        It ends in .html. One file, which loads nothing.
    models : int
        New models over which the bill and the premium are counted, at least 2.
    seed : int
        0 or larger. One seed, one page.
    assessment : Assessment, optional
        Where the team stands: the page then has its next milestones.
    weights : mapping, optional
        Criterion → weight, for the decision table; all criteria weigh the same, if not given.
    scores : mapping, optional
        Option → criterion → score, where yours differ from the assumed ones.
    dollar_rate : float, optional
        Dollars for one unit of the plan's currency, for a benchmark in dollars.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> plan = Plan("USD", ["caching", "routing"], users=3000)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = write_report(plan, f"{folder}/report.html", models=6).read_text(encoding="utf-8")
    >>> "Highest price of a verified human row" in text, "<script" in text
    (True, False)
    """
    path = Path(path)
    if path.suffix.lower() != ".html":
        raise ValueError(f"path must end in .html; got {path.name!r}")
    page = report_html(
        plan, models=models, seed=seed, assessment=assessment, weights=weights, scores=scores, dollar_rate=dollar_rate
    )
    write_atomically(path, page.encode("utf-8"))
    return path


def report_html(
    plan: Plan,
    *,
    models: int = 24,
    seed: int = 0,
    assessment: Assessment | None = None,
    weights: Mapping[str, float] | None = None,
    scores: decision.Changes | None = None,
    dollar_rate: float | None = None,
) -> str:
    """Return the page of :func:`write_report`; arguments as there."""
    models, seed = integer("models", models, 2), checked_seed(seed)
    if assessment is not None and not isinstance(assessment, Assessment):
        raise TypeError(f"assessment must be an Assessment; got {type(assessment).__name__}")
    forgetting = _forgetting(plan, models, seed)
    content = {
        "plan": plan,
        "models": models,
        "units": _units(plan),
        "costs": [(name, amount(cost)) for name, cost in monthly_costs(plan)["cost"].items()],
        "bars": _bars(plan),
        "volumes": [str(found) for found in viable_volumes(plan)],
        "sharpest": _sharpest(plan),
        "places": benchmarks.positions(plan, dollar_rate),
        "no_place": benchmarks.unknown(plan, dollar_rate),
        "team": assessment and _team(assessment),
        "options": _options(weights, scores),
        "criteria": list(decision.CRITERIA),
        "own_scores": bool(scores),
        "weights": weights,
        "warnings": warnings(plan),
        "own": _own(plan),
    }
    return _page().render(**content, **forgetting)


@cache
def _page():
    return templates(__package__, {"amount": amount, "share": _share}).get_template("board.html")


def _share(value):
    return "–" if isnan(value) else f"{100 * value:.0f} %".replace("-", "−")


def _units(plan):
    """Return what a board asks first, as texts."""
    found = unit_costs(plan)
    of_one = [(name.removeprefix("cost per "), found[name]) for name in found.index if name.startswith("cost per")]
    return {
        "cost": amount(found["cost"]),
        "revenue": amount(found["revenue"]),
        "margin": _share(found["gross margin"]),
        "each": [(name, "–" if isnan(cost) else amount(cost)) for name, cost in of_one],
    }


def _bars(plan):
    """Return the bars of a waterfall: (name, kind, amount, left and width in per cent)."""
    steps, start = waterfall(plan), float(monthly_costs(plan.but(optimisations=()))["cost"].sum())
    heights = levels(steps, start)
    most = max(*heights, start, 1e-9)
    bars = [("without any", "cost", amount(start), 0.0, 100 * start / most)]
    for step, ends in zip(steps, pairwise(heights), strict=True):
        low, high = sorted(ends)
        kind = "fed" if step.feeds_back else "saved"
        bars.append((step.name, kind, amount(-step.saves), 100 * low / most, 100 * (high - low) / most))
    return [*bars, ("with all of them", "cost", amount(heights[-1]), 0.0, 100 * heights[-1] / most)] if steps else []


def _sharpest(plan):
    """Return the assumptions that move the margin most, a quarter lower and a quarter higher."""
    rows = sensitivities(plan).head(_SHARPEST).itertuples(index=False)
    return [(what, _share(lower), _share(higher)) for what, lower, higher, _ in rows]


# ---------------------------------------------------------------- what forgetting costs


def _forgetting(plan, models, seed):
    """Return the bill and the premium; where there is neither, the reason."""
    reason = _nothing_to_learn(plan)
    if reason:
        return {"reason": reason, "bill": None, "premium": None}
    result = feedback(plan, models=models, chains=_CHAINS, seed=seed)
    return {"reason": "", "bill": _bill(plan, result), "premium": _premium(plan, models, seed)}


def _nothing_to_learn(plan):
    rows = human_rows_per_model(plan)
    if not plan["retrainings"]:
        return "No new model is trained, so none forgets, and no row is worth anything."
    if exposed_share(plan) and rows > plan["training_rows"]:
        return (
            f"{rows:,} human rows for each new model are more than the {plan['training_rows']:,} that it learns from."
        )
    return ""


def _bill(plan, result: Feedback):
    bill, net = np.median(result.bill, axis=1), np.median(result.net, axis=1)
    margin = np.median(result.margin, axis=1)
    rows = milestones(1, len(bill), most=4)
    return {
        "rows": [(row, amount(bill[row - 1]), amount(net[row - 1]), _share(margin[row - 1])) for row in rows],
        "last": amount(bill[-1]),
        "lost": _share(float(np.median(result.lost[-1]))),
        "saving": amount(result.saving),
        "eaten_by": result.eaten_by,
        "exposed": exposed_share(plan),
        "fed": feedback_share(plan),
        "margin": _share(margin[-1]),
    }


def _premium(plan, models, seed):
    found, curve = premium(plan, models=models), premium_curve(plan, models=models)
    own = 1.0 if feedback_share(plan) else plan["contamination"]
    picture = plot_premium(
        curve, price=plan["human_row_cost"], currency=plan.currency, own=(own, found.next_row), width=3.55, height=1.9,
        title="What a verified row is worth",
    )  # fmt: skip
    interval = None
    if plan["human_rows"] and exposed_share(plan):
        chains = average_in_chains(plan, models=models, chains=_CHAINS, seed=seed)
        interval = [amount(end) for end in np.quantile(chains, [0.1, 0.9])]
    return {
        "found": found,
        "interval": interval,
        "picture": base64.b64encode(picture.svg()).decode(),
        "words": picture.description,
        "pays_from": None if found.pays_from is None else f"{100 * found.pays_from:.3g} %",
    }


# ---------------------------------------------------------------- the team and its choice


def _team(assessment):
    steps = assessment.next_milestones()
    return {
        "levels": list(steps["level"].items()),
        "next": [(name, steps["milestone"][name]) for name in assessment.weakest()],
    }


def _options(weights, scores):
    """Return the decision table: (option, [(score, whether it is an own one)], weighted mean)."""
    table = decision.decide(weights or dict.fromkeys(decision.CRITERIA, 1), scores)
    own = {option: set(changed) for option, changed in (scores or {}).items()}
    return [
        (
            option,
            [(f"{row[criterion]:g}", criterion in own.get(option, ())) for criterion in decision.CRITERIA],
            f"{row['weighted mean']:.1f}",
        )
        for option, row in table.iterrows()
    ]


def _own(plan) -> list[tuple[str, str]]:
    """Return what was set, with its unit, and with its source where that is not "yours"."""
    found = [(name, plan.sources[name]) for name in plan.declared if name in plan.sources]
    return [
        (name.replace("_", " "), _with_unit(plan, name) + ("" if source == "yours" else f" ({source})"))
        for name, source in found
    ]


def _with_unit(plan: Plan, name: str) -> str:
    value, unit = plan[name], plan.declared[name].unit
    if unit == "share":
        return f"{100 * value:g} %"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
    return f"{text} {plan.currency}" if plan.declared[name].is_money else text
