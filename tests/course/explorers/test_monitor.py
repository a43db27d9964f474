"""The dashboard of M8."""

import itertools
import re

import numpy as np
import pytest

from collapse_edu.course.explorers import MonitorExplorer, monitored_stream
from collapse_edu.course.explorers.monitor import _book

CORNERS = list(itertools.product((0, 50), (1.0, 0.8), (5, 10), (0.01, 0.1)))


@pytest.fixture(scope="module")
def explorer():
    return MonitorExplorer(prediction=12, false_alarms=0.1)


@pytest.mark.parametrize(("growth", "temperature", "window", "rate"), CORNERS)
def test_every_corner_gives_a_picture_words_and_numbers(explorer, growth, temperature, window, rate):
    explorer.set(growth=growth, temperature=temperature, window=window, false_alarms=rate, seed=99_999)
    last = 500 // window
    assert len(explorer.result.readings) == last
    for t in (0, 1, last):
        assert explorer._film.frame(t).startswith(b"\x89PNG")
        words = explorer.describe(explorer.result, t) + explorer.beside(explorer.result, t)
        assert re.search(r"\d", words)
        assert "nan" not in words
    table = explorer.table(explorer.result)
    assert not table.isin(["nan", "inf", "-0 %"]).any(axis=None)
    assert table["window"].iloc[-1] == last


def test_the_code_that_it_shows_gives_the_same_readings(capsys):
    explorer = MonitorExplorer(growth=35, temperature=0.8, window=5, false_alarms=0.05, seed=4)
    exec(explorer.code(**explorer.settings), {})
    assert capsys.readouterr().out.splitlines() == [str(reading) for reading in explorer.result.readings]


def test_shares_are_those_of_the_stream():
    """A generation of 50 documents holds as many real ones as the share says."""
    explorer = MonitorExplorer(growth=20, window=10, false_alarms=0.05, seed=2)
    stream = monitored_stream(0.2, 2)[1]
    real = {tuple(row) for row in _book()[0].tolist()}
    for generation in range(10):
        part = stream[50 * generation : 50 * generation + 50]
        share = explorer.result.shares[5 * generation : 5 * generation + 5]
        assert np.ptp(share) == 0
        assert sum(tuple(document) not in real for document in part) / 50 == pytest.approx(share[0], abs=1e-9)


def test_the_log_names_the_last_alerts_first(explorer):
    explorer.set(growth=20, temperature=0.8, window=10, false_alarms=0.1, seed=1)
    log = explorer.beside(explorer.result, 50)
    windows = [int(number) for number in re.findall(r"window (\d+)", log)]
    assert windows == sorted(windows, reverse=True)
    assert len(windows) == 5
    assert "earlier ones" in log


def test_the_log_speaks_as_the_film_does(explorer):
    """In control limits, with the names of the legend; what is outside lies beyond one."""
    explorer.set(growth=20, temperature=1.0, window=10, false_alarms=0.01, seed=1)
    log = explorer.beside(explorer.result, 50)
    assert "different pairs -" in log
    assert "distinct_2" not in log + explorer.describe(explorer.result, 50)
    told = [float(number) for number in re.findall(r"[+-]\d+\.\d", log)]
    assert min(map(abs, told)) >= 1
    farthest = explorer.result.readings[-1]
    assert told[0] == pytest.approx(max(farthest.deviations, key=abs) / farthest.limit, abs=0.051)


def test_a_stream_of_ones_own():
    reference, stream = monitored_stream(0.5, 3)
    words = [[f"w{number}" for number in document] for document in reference]
    explorer = MonitorExplorer(own=(words, [[f"w{n}" for n in document] for document in stream]), false_alarms=0.05)
    assert list(explorer.settings) == ["window", "false_alarms", "seed"]
    assert "monitored_stream(" not in explorer.code(**explorer.settings)
    assert explorer.result.shares is None
    assert "synthetic" not in explorer.describe(explorer.result, 50)
    assert explorer.result.readings[-1].alert
    with pytest.raises(ValueError, match="stream must have at least one window of 10 documents; got 3"):
        MonitorExplorer(own=(words, words[:3]), false_alarms=0.05)


def test_two_dashboards_do_not_disturb_each_other():
    one, other = (MonitorExplorer(false_alarms=0.05, seed=6) for _ in range(2))
    assert one.result.monitor is not other.result.monitor
    assert one.result.readings == other.result.readings


def test_the_base_says_window_and_not_generation(explorer):
    assert explorer.step == explorer._player._box.description == "window"


def test_bad_settings_get_one_line():
    with pytest.raises(ValueError, match="window must be one of 10, 5; got 7"):
        MonitorExplorer(window=7)
    with pytest.raises(ValueError, match="prediction must be an integer of at least 1; got 0"):
        MonitorExplorer(prediction=0)
    with pytest.raises(ValueError, match="growth must be a number from 0 to 50; got 60"):
        MonitorExplorer(growth=60)
    with pytest.raises(ValueError, match=r"growth must be a number in \[0, 1\]; got 20"):
        monitored_stream(20, 1)
