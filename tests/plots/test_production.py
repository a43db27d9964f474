"""Pictures of costs, maturity and worth: described, legible, and right where they can be counted."""

import matplotlib.text
import numpy as np
import pandas as pd
import pytest

from collapse_edu.plots import (
    plot_premium,
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
PREMIUM = pd.Series([0.05, 0.1, 0.5, 2.5], index=[0, 0.5, 0.9, 1])
CURVE = ValueCurve("numbers", np.array([10, 20, 40]), np.array([[0.8, 0.9], [0.4, 0.5], [0.2, 0.3]]))


def pictures():
    return {
        "waterfall": plot_waterfall(waterfall(PLAN), start=8900, currency="EUR", title="Saved"),
        "nothing saved": plot_waterfall([], start=0, currency="EUR", title="Nothing"),
        "costs more": plot_waterfall(STEPS, start=1000, currency="JPY", title="One costs more"),
        "tornado": plot_tornado(sensitivities(PLAN), now=gross_margin(PLAN), title="The price"),
        "scales": plot_scales(positions(PLAN)),
        "beyond": plot_scales(positions(Plan(price_per_user=0.01, tokens_in=10**6))),
        "premium": plot_premium(PREMIUM, price=2, currency="EUR", title="A row", own=(0.9, 0.5)),
        "small premium": plot_premium(PREMIUM * 1e5, price=2, currency="JPY", title="A row", width=3.5, height=1.9),
        "no premium": plot_premium(0 * PREMIUM, price=0, currency="EUR", title="Nothing", own=(0, 0)),
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
    with pytest.raises(ValueError, match="curves must contain 1 to 3; got 4"):
        plot_worth([CURVE] * 4, title="Too many")


@pytest.mark.parametrize(
    ("price", "words"), [(1.5, "from 95 % on"), (0.01, "from 0 % on"), (3, "does not pay anywhere")]
)
def test_where_a_verified_row_begins_to_pay(price, words):
    """By hand: from 0.5 at 90 % to 2.5 at 100 %, so 1.5 at 95 %."""
    assert words in plot_premium(PREMIUM, price=price, currency="EUR", title="A row").description


@pytest.mark.parametrize("own", [(0.0, 0.05), (0.5, 0.1), (0.9, 0.5), (1.0, 2.5)], ids=str)
@pytest.mark.parametrize("price", [0.05, 1.4, 2.5, 5])
def test_words_on_the_premium_do_not_cover_each_other(price, own):
    picture = plot_premium(PREMIUM, price=price, currency="EUR", title="A row", own=own, width=3.55, height=1.9)
    picture.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in picture.axes[0].texts}
    apart = [(one, two) for one in boxes for two in boxes if one < two and boxes[one].overlaps(boxes[two])]
    assert apart == []
