"""The film of a weight."""

from itertools import pairwise

import numpy as np
import pytest

from collapse_edu.course.films import weight_film
from collapse_edu.course.films.weights import _Stage
from tests.course.films.frames import pixels

WEIGHTS = np.array([0, 0.5, 1])
ERRORS = np.array([[1, 1, 1], [2, 0.75, 1], [3, 0.69, 1]])


def film(chosen=1, **settings):
    return weight_film(WEIGHTS, ERRORS, chosen, generations=3, theory=np.array([1, 0.75, 0.69]), **settings)


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_frames_differ_and_come_back(chosen):
    shown = film(chosen, prediction=1.0)
    frames = [pixels(shown, t) for t in range(4)]
    assert shown.generations == 3
    assert all(not np.array_equal(a, b) for a, b in pairwise(frames))
    assert np.array_equal(frames[0], pixels(shown, 0))


def test_only_weights_that_were_tried_are_shown():
    film(1).frame(3)
    assert len(_Stage.of(3).valley.get_xdata()) == 0
    film(1, tried=[1, 2]).frame(3)
    assert np.array_equal(_Stage.of(3).valley.get_data(), [[0.5, 1], [0.69, 1]])


def test_errors_must_fit():
    with pytest.raises(ValueError, match=r"errors must have shape \(done, 3\); got \(3, 2\)"):
        weight_film(WEIGHTS, ERRORS[:, :2], 1, generations=3, theory=np.ones(3))
