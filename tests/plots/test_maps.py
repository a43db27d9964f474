"""Maps of what is kept: cells and frames."""

import matplotlib.text
import numpy as np
import pandas as pd
import pytest

from collapse_edu.plots import plot_map
from collapse_edu.plots.maps import keeps, outline, shown

MAP = pd.DataFrame({"numbers": [0.7, 0.98], "words": [0.3, 0.896]}, index=["replace", "anchor"])


def test_the_map_says_every_cell_and_who_keeps_enough():
    picture = plot_map(MAP, 0.9, title="Two regimes")
    texts = [text.get_text() for text in picture.axes[0].texts]
    assert texts == ["70 %", "30 %", "98 %", "89.6 %"]
    assert [text.get_weight() for text in picture.axes[0].texts] == ["normal", "normal", "bold", "normal"]
    assert picture.description.endswith("At least 90 % in all columns: none.")
    assert plot_map(MAP, 0.85, title="One").description.endswith("At least 85 % in all columns: anchor.")
    assert plot_map(MAP, 0.99, title="None").description.endswith("in all columns: none.")


def test_text_is_at_least_ten_points():
    texts = plot_map(MAP, 0.9, title="Two regimes").findobj(matplotlib.text.Text)
    assert min(text.get_fontsize() for text in texts if text.get_text().strip()) >= 10


@pytest.mark.parametrize("enough", [0.5, 0.57, 0.9, 0.95, 0.99])
def test_what_is_shown_as_enough_is_enough(enough):
    for share in enough + np.array([-0.04, -0.0049, -0.0003, -0.00004, 0, 0.00004, 0.004, 0.02]):
        assert (float(shown(share, enough).removesuffix(" %")) >= 100 * round(enough, 2)) == keeps(share, enough)


def test_a_column_breaks_after_its_colon():
    picture = plot_map(MAP.rename(columns={"words": "book: words"}), 0.9, title="Two regimes")
    assert [label.get_text() for label in picture.axes[0].get_xticklabels()] == ["numbers", "book:\nwords"]
    assert "numbers and book: words" in picture.description


@pytest.mark.parametrize(
    ("inside", "edges"),
    [([[0, 0]], 0), ([[1, 0]], 4), ([[1, 1]], 6), ([[1, 1], [1, 1]], 8), ([[1, 0], [0, 1]], 8), ([[1, 1], [1, 0]], 8)],
)
def test_an_outline_has_the_edges_between_in_and_out(inside, edges):
    x, y = outline(np.array(inside, dtype=bool))
    assert len(x) == len(y) == 3 * edges
    assert np.isnan(x[2::3]).all()


def test_a_bad_map_gets_one_line():
    with pytest.raises(ValueError, match="kept must hold shares of 0 or more; got -1"):
        plot_map(-MAP / 0.98, 0.9, title="No")
    with pytest.raises(ValueError, match=r"enough must be a number in \[0, 1\]; got 90"):
        plot_map(MAP, 90, title="No")
