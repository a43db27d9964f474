"""A unit-economics calculator: what a user, a request and a feature of a product cost, and what is left.

Every number that it computes with is an :class:`Assumption`: it has a name, a unit, a range and a source; the
defaults are assumed. A :class:`Plan` has them all, and any of them can be changed. Costs are per month.

Nothing here knows about collapse. What it costs to feed synthetic text back is in
:mod:`collapse_edu.production.feedback`.
"""

from collapse_edu.production.economics.assumptions import ASSUMPTIONS, GROUPS, Assumption
from collapse_edu.production.economics.costs import (
    Saving,
    exposed_share,
    features,
    feedback_share,
    gross_margin,
    human_rows_per_model,
    inference_cost,
    monthly_costs,
    price_of_tokens,
    requests,
    revenue,
    unit_costs,
    waterfall,
)
from collapse_edu.production.economics.currencies import CURRENCIES
from collapse_edu.production.economics.plan import OPTIMISATIONS, Plan
from collapse_edu.production.economics.plausibility import warnings
from collapse_edu.production.economics.prices import Preset, price_presets, with_prices
from collapse_edu.production.economics.sheet import read_plan, write_plan
from collapse_edu.production.economics.volume import (
    VolumeRange,
    at_volume,
    possible_volumes,
    sensitivities,
    viable_volumes,
    volumes,
)

__all__ = [
    "ASSUMPTIONS",
    "CURRENCIES",
    "GROUPS",
    "OPTIMISATIONS",
    "Assumption",
    "Plan",
    "Preset",
    "Saving",
    "VolumeRange",
    "at_volume",
    "exposed_share",
    "features",
    "feedback_share",
    "gross_margin",
    "human_rows_per_model",
    "inference_cost",
    "monthly_costs",
    "possible_volumes",
    "price_of_tokens",
    "price_presets",
    "read_plan",
    "requests",
    "revenue",
    "sensitivities",
    "unit_costs",
    "viable_volumes",
    "volumes",
    "warnings",
    "waterfall",
    "with_prices",
    "write_plan",
]
