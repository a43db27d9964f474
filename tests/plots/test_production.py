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
    saving_film,
)
from collapse_edu.plots.saving import _Stage, _stage, _title
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


def film(regime="replace", **more):
    bill = [[0.0, 0.0], [60.0, 80.0], [100.0, 140.0]]
    settings = {"start": 1000, "models": 5, "currency": "EUR", "highest": 300}
    return saving_film(STEPS, bill, regime=regime, **settings | more)


def test_frames_differ_and_come_back_beside_another_film():
    first = film(theory=np.arange(5) * 40, prediction=3)
    alone = [first.frame(t) for t in range(4)]
    assert first.generations == 3
    assert len(set(alone)) == 4
    other = film(regime="mix", start=900, prediction=99)
    assert [other.frame(t) for t in range(4)] != alone
    assert [first.frame(t) for t in range(4)] == alone


def test_human_rows_lower_the_line_and_what_is_left():
    paid = film(human=400.0)
    free = film()
    assert [paid.frame(t) for t in range(1, 4)] != [free.frame(t) for t in range(1, 4)]
    assert _title(2, 150 - 400 - 70, "EUR") == "Model 2: −320 EUR left"
    assert _title(2, -0.2, "EUR") == "Model 2: 0 EUR left"
    assert _title(0, 0, "EUR") == "Before the first new model"
    ax = _Stage(("routing",), 1000.0, -400.0, 300.0, 24, 2.0, "EUR", "#0072B2").right
    assert ax.get_ylim()[0] < -400
    assert ax.get_xticks()[0] == 1
    assert ax.get_xticks().max() == 24
    assert ax.get_xlabel() == "new model (one every 2 months)"


def test_film_text_is_at_least_ten_points():
    film()
    stage = _stage(("caching", "routing", "smaller model"), 1000.0, -100.0, 300.0, 5, 0.5, "EUR", "#0072B2")
    found = stage.left.figure.findobj(matplotlib.text.Text)
    assert min(text.get_fontsize() for text in found if text.get_text().strip()) >= 10
