"""Pictures of costs, maturity and worth: described, legible, and right where they can be counted."""

import matplotlib.text
import numpy as np
import pytest

from collapse_edu.plots import (
    plot_radar,
    plot_scales,
    plot_tornado,
    plot_waterfall,
    plot_worth,
    plot_worth_by_rank,
)
from collapse_edu.production.benchmarks import positions
from collapse_edu.production.economics import OPTIMISATIONS, Plan, Saving, gross_margin, sensitivities, waterfall
from collapse_edu.production.maturity import DIMENSIONS, LEVELS
from collapse_edu.production.value import ValueCurve

PLAN = Plan(optimisations=OPTIMISATIONS)
STEPS = [Saving("caching", 300, False), Saving("routing", 200, True), Saving("smaller model", -50, True)]
CURVE = ValueCurve("numbers", np.array([10, 20, 40]), np.array([[0.8, 0.9], [0.4, 0.5], [0.2, 0.3]]))


def pictures():
    return {
        "waterfall": plot_waterfall(waterfall(PLAN), start=8900, currency="EUR", title="Saved"),
        "nothing saved": plot_waterfall([], start=0, currency="EUR", title="Nothing"),
        "costs more": plot_waterfall(STEPS, start=1000, currency="JPY", title="One costs more"),
        "tornado": plot_tornado(sensitivities(PLAN), now=gross_margin(PLAN), title="The price"),
        "scales": plot_scales(positions(PLAN)),
        "beyond": plot_scales(positions(Plan(price_per_user=0.01, tokens_in=10**6))),
        "radar": plot_radar(dict(zip(DIMENSIONS, LEVELS, strict=True)), levels=LEVELS),
        "worth": plot_worth([CURVE], title="Less and less"),
        "by rank": plot_worth_by_rank({"model 1": np.array([0.0, 0.2, 0.1])}, title="The middle", prediction=2),
    }


@pytest.mark.parametrize("name", pictures())
def test_text_is_at_least_ten_points_and_described(name):
    picture = pictures()[name]
    picture.canvas.draw()
    sizes = [text.get_fontsize() for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
    assert min(sizes) >= 10
    assert len(picture._repr_mimebundle_()["text/plain"].split()) >= 8


def test_the_bars_of_a_waterfall_lead_from_one_cost_to_the_next():
    (ax,) = plot_waterfall(STEPS, start=1000, currency="EUR", title="Steps").axes
    ends = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches]
    assert ends == [(0, 1000), (700, 1000), (500, 700), (500, 550), (0, 550)]
    hatched = [bool(bar.get_hatch()) for bar in ax.patches]
    assert hatched == [False, False, True, True, False]
    words = plot_waterfall(STEPS, start=1000, currency="EUR", title="Steps").description
    assert "smaller model costs 50 more and feeds model text back" in words


def test_a_radar_has_one_point_for_each_dimension():
    (ax,) = plot_radar(dict.fromkeys(DIMENSIONS, "managed"), levels=LEVELS).axes
    assert ax.lines[0].get_ydata().tolist() == [4] * 6  # closed


def test_more_than_three_curves_are_refused():
    with pytest.raises(ValueError, match="curves must hold 1 to 3; got 4"):
        plot_worth([CURVE] * 4, title="Too many")
