"""The film of Gaussian chains."""

import numpy as np

from collapse_edu import History, ensemble
from collapse_edu.course.films import gaussian_film
from collapse_edu.plots.picture import COLOURS
from tests.course.films.frames import pixels


def test_every_frame_differs_from_the_next_and_colours_survive_the_palette():
    film = gaussian_film(ensemble.gaussian(n=20, generations=10, chains=30))
    frames = [film.frame(t) for t in range(11)]
    assert len(set(frames)) == 11
    vermilion = np.array([int(COLOURS["replace"][0][i : i + 2], 16) for i in (1, 3, 5)])
    nearest = np.abs(pixels(film, 10) - vermilion).sum(axis=2).min()
    assert nearest < 24


def test_collapsed_and_exploded_chains_can_be_drawn():
    values = np.array([[1.0, 0.0], [1e-300, 1e12]])
    history = History({("replace", "mean"): [[0.0, 1e6], [0.0, -1e6]], ("replace", "variance"): values})
    film = gaussian_film(history, prediction=1e9)
    assert all(film.frame(t).startswith(b"\x89PNG") for t in range(3))
