"""The film of test errors."""

import numpy as np
import pytest

from collapse_edu.course.films import regression_film
from tests.course.films.frames import pixels

PLACES = np.concatenate([np.zeros((1, 4, 2)), np.random.default_rng(0).standard_normal((3, 4, 2))])
RATIOS = np.array([[0.9, 1.1, 0.8], [1.3, 2.0, 1.6], [2.5, 3.0, 4.0]])


@pytest.mark.parametrize("regime", ["replace", "accumulate", "anchor"])
def test_frames_differ_and_come_back(regime):
    film = regression_film(PLACES, RATIOS, regime=regime, generations=5, theory=np.arange(1.0, 6), prediction=3.0)
    first = pixels(film, 0)
    assert film.generations == 3
    assert not np.array_equal(first, pixels(film, 3))
    assert np.array_equal(first, pixels(film, 0))


def test_a_frame_does_not_change_when_more_generations_arrive():
    settings = {"regime": "replace", "generations": 5, "theory": np.arange(1.0, 6)}
    short, whole = regression_film(PLACES[:3], RATIOS[:2], **settings), regression_film(PLACES, RATIOS, **settings)
    assert np.abs(pixels(short, 2).astype(int) - pixels(whole, 2)).mean() < 1  # palettes may differ a little


def test_theory_is_drawn_only_as_far_as_the_film_has_come():
    settings = {"regime": "accumulate", "generations": 3}
    films = [regression_film(PLACES, RATIOS, theory=theory, **settings) for theory in ([1, 2, 3], [1, 9, 0.3])]
    first, last = (np.abs(np.subtract(*(pixels(film, t).astype(int) for film in films))).max() for t in (0, 3))
    assert first < 30  # palettes may differ a little
    assert last > 200


def test_one_chain_has_no_band():
    film = regression_film(PLACES[:, :1], RATIOS[:, :1], regime="replace", generations=5)
    assert pixels(film, 3).std() > 0


@pytest.mark.parametrize("value", [0.0, 1e9])
def test_what_is_out_of_range_is_drawn_at_the_edge(value):
    ratios = np.full((3, 2), value)
    assert regression_film(PLACES, ratios, regime="replace", generations=3, prediction=value).frame(3)[1:4] == b"PNG"


@pytest.mark.parametrize("places", [PLACES[:3], PLACES[:, :, :1], PLACES[0]])
def test_places_must_fit(places):
    with pytest.raises(ValueError, match=r"^places must have shape \(4, shown, 2\); got "):
        regression_film(places, RATIOS, regime="replace", generations=3)
