"""Medians and bands that seaborn computes are the ones that the words tell, and it leaves no trace."""

import subprocess
import sys

import matplotlib
import numpy as np
import pandas as pd
import pytest

from collapse_edu import History
from collapse_edu.plots import plot_history, plot_lines, plot_map, plot_quality
from collapse_edu.plots.picture import Picture, draw_chains


def band(ax, place=0):
    """Return lower and upper edge of a band, each shape (generations,)."""
    corners = pd.DataFrame(ax.collections[place].get_paths()[0].vertices, columns=["t", "value"])
    edges = corners.groupby("t")["value"].agg(["min", "max"])
    return edges["min"].to_numpy(), edges["max"].to_numpy()


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("chains", [2, 37])
def test_a_history_is_drawn_with_the_quantiles_of_its_summary(rng, chains, log):
    values = rng.lognormal(size=(30, chains))
    values[20:, 1:] = np.nan  # one chain alone gets so far
    history = History({("replace", "variance"): values, ("anchor", "variance"): 2 * values[::-1]})
    summary = history.summary("variance")
    (ax,) = plot_history(history, "variance", log=log).axes
    for place, regime in enumerate(history.regimes):
        rows = summary[summary["regime"] == regime]
        np.testing.assert_allclose(ax.lines[place].get_ydata(), rows["median"], rtol=1e-12)
        rows = rows[rows["low"] < rows["high"]]  # one chain alone has no band
        np.testing.assert_allclose(band(ax, place), [rows["low"], rows["high"]], rtol=1e-12)


def test_lines_and_qualities_are_drawn_with_all_chains(rng):
    values = rng.uniform(size=(12, 8))
    history = History({("replace", name): values for name in ("recall", "precision")})
    for picture in (
        plot_lines(range(1, 13), {"mine": values}, label="share", title="Mine"),
        plot_quality({"mine": history}, title="Mine"),
    ):
        np.testing.assert_allclose(picture.axes[0].lines[0].get_ydata(), np.median(values, axis=1))
        np.testing.assert_allclose(band(picture.axes[0]), [values.min(axis=1), values.max(axis=1)])


def test_what_is_infinite_counts_for_the_median():
    (ax,) = Picture().axes_row()
    draw_chains(ax, [1, 2], [[1, 2, 3, 4, np.inf], [-np.inf, -np.inf, 5, np.nan, np.nan]])
    assert ax.lines[0].get_ydata().tolist() == [3, 1]
    assert band(ax)[0].tolist() == [1, 1]
    assert band(ax)[1].tolist() == [5, 5]


def test_nothing_global_changes(rng):
    code = (
        "import matplotlib as mpl, numpy as np, pandas as pd\nfrom collapse_edu import History\n"
        "from collapse_edu.plots import plot_history, plot_map\nbefore = dict(mpl.rcParams)\n"
        "plot_history(History({('replace', 'variance'): [[1.0, 2.0], [0.5, 3.0]]}), 'variance')\n"
        "plot_map(pd.DataFrame({'a': [0.5]}), 0.5, title='One')\n"
        "from matplotlib import pyplot\nassert dict(mpl.rcParams) == before\nassert pyplot.get_fignums() == []"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_seaborn_is_imported_by_those_who_draw_alone():
    code = "import sys, collapse_edu.plots, collapse_edu.course.films\nassert 'seaborn' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_map_has_its_shades_and_its_frame():
    kept = pd.DataFrame({"numbers": [0.7, 1.4], "words": [0.3, 0.9]}, index=["replace", "anchor"])
    (ax,) = plot_map(kept, 0.8, title="Anchor keeps both").axes
    np.testing.assert_array_equal(ax.collections[0].get_array().reshape(2, 2), [[0.7, 0.3], [1, 0.9]])
    x, y = (np.array(data) for data in ax.lines[0].get_data())
    assert (np.nanmin(x), np.nanmax(x), np.nanmin(y), np.nanmax(y)) == (0, 2, 1, 2)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["replace", "anchor"]
    assert matplotlib.colors.to_hex(ax.texts[0].get_color()) == "#222222"
