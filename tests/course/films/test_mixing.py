"""The film of what fresh real samples keep."""

import numpy as np
import pytest

from collapse_edu.course.films import mixing_film
from collapse_edu.course.films.mixing import _Stage
from collapse_edu.plots.maps import outline
from tests.course.films.frames import pixels

SHARES = np.array([[[1, 1], [1, 1]], [[0.5, 0.9], [0.94, 0.97]], [[0.2, 0.8], [0.93, 0.96]]])
LIMIT = np.array([[0, 0], [0.9, 0.95]])


def film(**settings):
    return mixing_film(SHARES, SHARES, LIMIT, **({"sizes": [50, 100], "fresh": [0, 10], "level": 0.9} | settings))


def test_the_frame_is_that_of_the_long_run():
    """Both cells without fresh samples show enough in generation 0, and do not last; it is told at the end alone."""
    shown_film, stage = film(level=0.92), _Stage.of((50, 100), (0, 10), "number")
    shown_film.frame(2)  # its colours are those of all frames
    outlines = []
    for t in range(3):
        shown_film.frame(t)
        outlines.append(np.array(stage.frame[0].get_data()))
    assert [each.size for each in outlines[:2]] == [0, 0]
    assert np.array_equal(outlines[2], outline(np.array([[False, False], [False, True]])), equal_nan=True)


@pytest.mark.parametrize("against", ["number", "share"])
def test_frames_differ_and_come_back(against):
    shown = film(against=against, prediction=(10, 100, 0.6))
    frames = [pixels(shown, t) for t in range(3)]
    assert shown.generations == 2
    assert not np.array_equal(frames[0], frames[1])
    assert np.array_equal(frames[0], pixels(shown, 0))


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
