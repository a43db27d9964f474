"""Maps of what is kept: cells, frames, films."""

from io import BytesIO

import matplotlib.text
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from collapse_edu.plots import mixing_film, plot_map
from collapse_edu.plots.maps import _stage, keeps, outline, shown

MAP = pd.DataFrame({"numbers": [0.7, 0.98], "words": [0.3, 0.896]}, index=["replace", "anchor"])
SHARES = np.array([[[1, 1], [1, 1]], [[0.5, 0.9], [0.94, 0.97]], [[0.2, 0.8], [0.93, 0.96]]])
LIMIT = np.array([[0, 0], [0.9, 0.95]])


def film(**settings):
    return mixing_film(SHARES, SHARES, LIMIT, **({"sizes": [50, 100], "fresh": [0, 10], "level": 0.9} | settings))


def pixels(film, t):
    return np.asarray(Image.open(BytesIO(film.frame(t))).convert("RGB")).astype(int)


def test_the_map_says_every_cell_and_who_keeps_enough():
    picture = plot_map(MAP, 0.9, title="Two regimes")
    texts = [text.get_text() for text in picture.axes[0].texts]
    assert texts == ["70 %", "30 %", "98 %", "89.6 %"]
    assert [text.get_weight() for text in picture.axes[0].texts] == ["normal", "normal", "bold", "normal"]
    assert picture.description.endswith("At least 90 % in all columns: none.")
    assert plot_map(MAP, 0.85, title="One").description.endswith("At least 85 % in all columns: anchor.")
    assert plot_map(MAP, 0.99, title="None").description.endswith("in all columns: none.")


def test_text_is_at_least_ten_points():
    stage = _stage((50, 100), (0, 10), "number")
    for picture in (plot_map(MAP, 0.9, title="Two regimes"), stage.seen.figure):
        sizes = [text.get_fontsize() for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
        assert min(sizes) >= 10


@pytest.mark.parametrize("enough", [0.5, 0.57, 0.9, 0.95, 0.99])
def test_what_is_shown_as_enough_is_enough(enough):
    for share in enough + np.array([-0.04, -0.0049, -0.0003, -0.00004, 0, 0.00004, 0.004, 0.02]):
        assert (float(shown(share, enough).removesuffix(" %")) >= 100 * round(enough, 2)) == keeps(share, enough)


def test_a_column_breaks_after_its_colon():
    picture = plot_map(MAP.rename(columns={"words": "book: words"}), 0.9, title="Two regimes")
    assert [label.get_text() for label in picture.axes[0].get_xticklabels()] == ["numbers", "book:\nwords"]
    assert "numbers and book: words" in picture.description


def test_the_frame_is_that_of_the_long_run():
    """Both cells without fresh samples show enough in generation 0, and do not last."""
    shown_film, stage = film(level=0.92), _stage((50, 100), (0, 10), "number")
    outlines = []
    for t in range(3):
        shown_film.frame(t)
        outlines.append(np.array(stage.frame[0].get_data()))
        assert np.array_equal(outlines[t], outline(np.array([[False, False], [False, True]])), equal_nan=True)


@pytest.mark.parametrize(
    ("inside", "edges"),
    [([[0, 0]], 0), ([[1, 0]], 4), ([[1, 1]], 6), ([[1, 1], [1, 1]], 8), ([[1, 0], [0, 1]], 8), ([[1, 1], [1, 0]], 8)],
)
def test_an_outline_has_the_edges_between_in_and_out(inside, edges):
    x, y = outline(np.array(inside, dtype=bool))
    assert len(x) == len(y) == 3 * edges
    assert np.isnan(x[2::3]).all()


@pytest.mark.parametrize("against", ["number", "share"])
def test_frames_differ_and_come_back(against):
    shown = film(against=against, prediction=(10, 100, 0.6))
    frames = [pixels(shown, t) for t in range(3)]
    assert shown.generations == 2
    assert not np.array_equal(frames[0], frames[1])
    assert np.array_equal(frames[0], pixels(shown, 0))


def test_films_of_one_grid_do_not_disturb_each_other():
    first = film(level=0.9)
    alone = [first.frame(t) for t in range(3)]
    second = film(level=0.5, prediction=(10, 50, 0.1))
    for t in range(3):
        second.frame(t)
        assert first.frame(t) == alone[t]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"sizes": [50]}, r"exact must have shape \(…, 2, 1\); got \(2, 2\)"),
        ({"against": "n"}, 'against must be "number" or "share"'),
    ],
)
def test_bad_input_gets_one_line(settings, line):
    with pytest.raises(ValueError, match=line):
        film(**settings)


def test_a_bad_map_gets_one_line():
    with pytest.raises(ValueError, match="kept must hold shares of 0 or more; got -1"):
        plot_map(-MAP / 0.98, 0.9, title="No")
    with pytest.raises(ValueError, match=r"enough must be a number in \[0, 1\]; got 90"):
        plot_map(MAP, 90, title="No")
