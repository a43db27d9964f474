"""The film of a monitored stream."""

import numpy as np

from collapse_edu.course.films import monitor_film
from collapse_edu.plots.monitor import STATISTIC_NAMES
from collapse_edu.production.monitoring.statistics import STATISTICS
from tests.course.films.frames import pixels

NAMES = ("distinct_2", "once", "vocabulary", "tail_recall", "log_probability")


def film(prediction=None, shares=(0, 0.5, 1)):
    deviations = {name: [0.5, -4.5, -500.0] for name in NAMES}
    return monitor_film(deviations, [False, True, True], shares, 4.0, windows=10, prediction=prediction)


def test_new_words_are_drawn_where_they_are_given():
    deviations = {name: [0.5, -4.5] for name in NAMES}
    without = monitor_film(deviations, [False, True], None, 4.0, windows=10)
    with_them = monitor_film(deviations | {"new_words": [1.0, 9.0]}, [False, True], None, 4.0, windows=10)
    assert not np.array_equal(pixels(without, 2), pixels(with_them, 2))
    assert list(STATISTIC_NAMES) == list(STATISTICS)


def test_a_prediction_is_seen():
    assert not np.array_equal(pixels(film(prediction=5), 1), pixels(film(), 1))
    assert pixels(film(shares=None), 2).shape == pixels(film(), 2).shape
