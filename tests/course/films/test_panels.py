"""Films of any chains: a frame shows its generation, and stays as it is when more generations come."""

import numpy as np
import pytest

from collapse_edu import History
from collapse_edu.course.films import Panel, panel_film
from tests.course.films.frames import pixels

SHARES = Panel("Recall falls", (("recall", "recall"), ("precision", "precision")), "share", 0, 1, real=0.96)
TYPES = Panel("Words die", (("types", "words"),), "words alive", 1, 1000, log=True, real=900)


def history(rng, generations, chains):
    names = ("recall", "precision", "types")
    return History({("replace", name): rng.uniform(0, 1, (generations, chains)) for name in names}, {})


def cut(whole, t):
    return History({key: values[:t] for key, values in whole.values.items()}, {})


@pytest.mark.parametrize("chains", [1, 5])
def test_each_generation_has_its_frame(rng, chains):
    pictures = [rng.uniform(0, 1, (36, 64)) for _ in range(5)]
    film = panel_film(history(rng, 4, chains), (SHARES,), generations=10, pictures=pictures, shape=(8, 8))
    assert film.generations == 4
    frames = [film.frame(t) for t in range(5)]
    assert len(set(frames)) == 5


def test_a_frame_stays_as_it_is_when_more_generations_come(rng):
    whole = history(rng, 6, 3)
    pictures = [rng.uniform(0, 1, (9, 64)) for _ in range(7)]
    settings = {"generations": 6, "shape": (8, 8), "prediction": 0.4}
    early = panel_film(cut(whole, 3), (SHARES, TYPES), pictures=pictures[:4], **settings)
    first = pixels(early, 2).astype(int)
    late = panel_film(whole, (SHARES, TYPES), pictures=pictures, **settings)
    assert np.abs(pixels(late, 2).astype(int) - first).mean() < 2  # another palette, the same picture


def test_values_outside_the_axes_stay_at_their_edge(rng):
    low = History({("replace", "types"): np.array([[0.0], [5000.0]])}, {})
    panel_film(low, (TYPES,), generations=2, theory=np.array([10.0, 1.0]), prediction=0).frame(2)


def test_images_that_leave_the_range_of_greys_are_drawn(rng):
    pictures = [rng.normal(size=(4, 6)) for _ in range(2)]
    panel_film(history(rng, 1, 1), (SHARES,), generations=1, pictures=pictures, shape=(2, 3)).frame(1)
