"""Pictures of detectors and of a monitored stream."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from collapse_edu.plots import plot_precision, plot_readings, plot_roc
from collapse_edu.production import Reading
from collapse_edu.production.monitoring.statistics import STATISTICS


def readings(*offs):
    return [
        Reading(window, 10 * window, (0.0,) * len(STATISTICS), (off,) + (0.1,) * (len(STATISTICS) - 1), 4.0)
        for window, off in enumerate(offs, 1)
    ]


def test_a_picture_of_readings_says_what_it_shows():
    monitor = SimpleNamespace(limit=4.0, limits=lambda: pd.DataFrame(index=list(STATISTICS)))
    picture = plot_readings(monitor, readings(0.0, 5.0, -9.0), title="Two alerts")
    assert picture.description.startswith("2 alerts in 3 windows, the first in window 2 (length).")
    assert "0 alerts in 1 windows." in plot_readings(monitor, readings(1.0), title="Quiet").description
    with pytest.raises(ValueError, match="readings must contain at least one window; got none"):
        plot_readings(monitor, [], title="Nothing")


@pytest.mark.parametrize("plot", ["roc", "precision"])
def test_text_is_large_enough(plot):
    x = np.linspace(0.01, 0.99, 50)
    picture = (
        plot_roc({f"D{i}": (x, x ** (1 / (i + 1))) for i in range(5)}, title="Detectors")
        if plot == "roc"
        else plot_precision(x, {f"D{i}": x ** (1 / (i + 1)) for i in range(5)}, title="Flags", prediction=(0.1, 0.4))
    )
    texts = picture.findobj(lambda artist: hasattr(artist, "get_fontsize") and artist.get_text())
    assert all(text.get_fontsize() >= 10 for text in texts)
    assert {f"D{i}" for i in range(5)} <= {text.get_text() for text in texts}
    assert "D4" in picture.description
