"""The board of verdicts: words say it, colour repeats it."""

import matplotlib.text
import numpy as np
import pandas as pd
import pytest

from collapse_edu.ensemble import gaussian
from collapse_edu.measures.definitions import DEFINITIONS, all_definitions
from collapse_edu.plots import plot_verdicts
from collapse_edu.plots.verdicts import _HEADS


def board(*rows):
    return pd.DataFrame(rows, [f"run {i}" for i in range(len(rows))], list(DEFINITIONS), dtype=object)


def test_it_knows_all_definitions_in_the_order_of_the_paper():
    assert list(_HEADS) == list(DEFINITIONS)
    assert [head[0] for head in _HEADS.values()] == list("12345678")


def test_each_cell_has_a_word_of_at_least_ten_points():
    picture = plot_verdicts(board([True] * 4 + [False] * 3 + [None], [False] * 8), title="Two answers")
    picture.canvas.draw()
    shown = [text for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
    words = [text.get_text() for text in shown]
    assert (words.count("yes"), words.count("not shown"), words.count("–")) == (4, 11, 1)
    assert {"Two answers", "run 0", "– not measured"} <= set(words)
    assert min(text.get_fontsize() for text in shown) >= 10
    assert all(text.get_window_extent().x0 >= 0 and text.get_window_extent().x1 <= 921 for text in shown)
    assert (
        picture.description
        == "Run 0: yes 1, 2, 3, 4; not shown 5, 6, 7; not measured 8. Run 1: not shown 1, 2, 3, 4, 5, 6, 7, 8."
    )


def test_rows_of_one_name_stand_together():
    table = board(*[[True] * 8] * 4).set_axis(["M2, replace", "M2, anchor", "M3, replace", "M3, anchor"])
    picture = plot_verdicts(table, title="Two by two")
    (ax,) = picture.axes
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts if text.get_text().startswith("M")}
    within, between = np.diff(list(heights.values()))[:2]
    assert within == 1
    assert between > 1.2


def test_it_takes_what_the_definitions_return():
    table = all_definitions(gaussian(n=20, generations=30, chains=200)).set_index("definition")["holds"]
    verdicts = pd.DataFrame({"Gaussian, replace": table}, dtype=object).T
    said = plot_verdicts(verdicts, title="One run").description
    assert said == "Gaussian, replace: yes 2, 3, 5; not shown 1; not measured 4, 6, 7, 8."
    numpy_words = verdicts.map(lambda holds: None if holds is None else np.bool_(holds))
    assert plot_verdicts(numpy_words, title="One run").description == said


@pytest.mark.parametrize(
    ("table", "came"),
    [(pd.DataFrame({"collapse": [True]}), "collapse"), (pd.DataFrame({"any_increase": []}), "no rows")],
)
def test_what_is_refused(table, came):
    with pytest.raises(ValueError, match=rf"^verdicts must have rows, and columns of .*; got {came}$"):
        plot_verdicts(table, title="Nothing")
