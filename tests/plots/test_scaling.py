"""Scaling laws: words, lines, and what is refused."""

import matplotlib.text
import numpy as np
import pytest

from collapse_edu.plots import plot_scaling

N = np.array([10, 100, 1000])
CURVES = {"real data": 1 / N, "cut": np.array([0.1, 0.06, 0.05]), "written": None}
SIMULATED = {"written": (N, np.array([[0.1, 0.12], [0.08, 0.09], [0.07, 0.08]]))}


def test_text_is_at_least_ten_points_and_described():
    picture = plot_scaling(
        N, CURVES, simulated=SIMULATED, floors={"cut": 0.05}, title="A floor", prediction=(1000, 0.01, "cut")
    )
    picture.canvas.draw()
    shown = [text for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
    assert min(text.get_fontsize() for text in shown) >= 10
    assert {*CURVES, "A floor", "you said, cut"} <= {text.get_text() for text in shown}
    assert picture.description == (
        "Real data: test error 0.1 with 10 rows, 0.01 with 100, 0.001 with 1,000. "
        "Cut: test error 0.1 with 10 rows, 0.06 with 100, 0.05 with 1,000; "
        "on average no number of rows brings it below 0.05. "
        "Written: test error 0.11 with 10 rows, 0.085 with 100, 0.075 with 1,000."
    )


def test_all_text_lies_inside_the_picture():
    curves = {"by a model of 1,000 rows": CURVES["cut"]}
    picture = plot_scaling(N, curves, title="With a cut tail, the law ends at a floor", prediction=(1000, 0.01, "cut"))
    picture.canvas.draw()
    (ax,) = picture.axes
    for text in [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= picture.bbox.x1


def test_a_name_stands_at_the_end_of_its_curve():
    picture = plot_scaling(N, {"A": 1 / N, "B": np.array([0.1, 0.06, 0.05])}, title="Two sources")
    picture.canvas.draw()
    (ax,) = picture.axes
    for name, end in (("A", 1e-3), ("B", 0.05)):
        (text,) = [text for text in ax.texts if text.get_text() == name]
        box, (_, height) = text.get_window_extent(), ax.transData.transform((1000, end))
        assert box.y0 - 3 <= height <= box.y1 + 10  # it is pushed up a little where it would hang over the edge


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ({}, "curves must contain 1 to 5 names; got 0"),
        ({"a": [1.0, 2.0]}, r"curves must have shape \(3,\) each; got \(2,\) for 'a'"),
    ],
)
def test_what_is_refused(curves, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        plot_scaling(N, curves, title="A floor")
