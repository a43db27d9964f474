"""What all films promise: legible words, a frame for each generation, and peace with other films on their stage."""

import matplotlib.text
import numpy as np
import pytest

from collapse_edu import History
from collapse_edu.course.films import (
    Panel,
    Trace,
    bag_film,
    gaussian_film,
    mixing_film,
    monitor_film,
    panel_film,
    regression_film,
    savings_film,
    survival_film,
    weight_film,
)
from collapse_edu.course.films.film import Stage
from collapse_edu.plots import Picture
from collapse_edu.production.economics import Saving

RNG = np.random.default_rng(0)
VALUES = np.exp(RNG.normal(size=(4, 5)))
HISTORY = History({("replace", name): VALUES for name in ("mean", "variance")})
BAGS = np.array([[5, 5], [7, 3], [9, 1], [10, 0]])
SHARES = np.array([[[1, 1], [1, 1]], [[0.5, 0.9], [0.94, 0.97]], [[0.2, 0.8], [0.93, 0.96]]])
STEPS = [Saving("caching", 300, False), Saving("routing", 200, True)]
DEVIATIONS = {
    name: [0.5, -4.5, -500.0] for name in ("distinct_2", "once", "vocabulary", "tail_recall", "log_probability")
}


def bag(prediction):
    trace = Trace(VALUES / 20, "The share moves", "share of heads", 1)
    return bag_film(["heads", "tails"], BAGS, trace, regime="replace", theory=[0.5] * 3, prediction=prediction)


def panels(prediction):
    panel = Panel(
        "The variance falls", (("variance", "variance"), ("mean", "mean")), "variance", 0.1, 9, log=True, real=1
    )
    pictures = [RNG.uniform(size=(9, 6)) for _ in range(5)]
    return panel_film(HISTORY, (panel,), generations=5, pictures=pictures, shape=(2, 3), prediction=prediction)


def mixing(prediction):
    settings = {"sizes": [50, 100], "fresh": [0, 10], "level": 0.9}
    return mixing_film(SHARES, SHARES, SHARES[1], prediction=prediction and (10, 100, prediction), **settings)


def regression(prediction):
    places = np.concatenate([np.zeros((1, 5, 2)), RNG.normal(size=(4, 5, 2))])
    return regression_film(places, VALUES, regime="replace", generations=5, prediction=prediction)


def savings(prediction):
    settings = {"start": 1000, "models": 5, "currency": "EUR", "regime": "replace", "highest": 300}
    return savings_film(STEPS, 90 * VALUES, theory=np.arange(5) * 40, prediction=prediction, **settings)


def survival(prediction):
    shares, alive = np.array([[1, 1], [0.6, 1], [0.4, 0.9]]), [[500, 500], [430, 440], [380, 390]]
    settings = {"regime": "replace", "generations": 5, "exact": shares, "theory": np.full(5, 400.0)}
    return survival_film([1, 9], shares, alive, prediction=prediction, **settings)


FILMS = {
    "bag": bag,
    "gaussian": lambda prediction: gaussian_film(HISTORY, theory={"theory": np.ones(4)}, prediction=prediction),
    "mixing": mixing,
    "monitor": lambda prediction: monitor_film(
        DEVIATIONS, [False, True, True], [0, 0.5, 1], 4.0, windows=10, prediction=prediction
    ),
    "panels": panels,
    "regression": regression,
    "savings": savings,
    "survival": survival,
    "weights": lambda prediction: weight_film(
        [0, 0.5, 1], VALUES[:, :3], 1, generations=4, theory=np.ones(4), tried=[0, 1], prediction=prediction
    ),
}


def frames(film):
    return [film.frame(t) for t in range(film.generations + 1)]


@pytest.mark.parametrize("kind", FILMS)
def test_text_is_at_least_ten_points(kind):
    figure = FILMS[kind](0.4)._screen._canvas.figure
    texts = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text().strip()]
    assert min(text.get_fontsize() for text in texts) >= 10


@pytest.mark.parametrize("kind", FILMS)
def test_frames_differ_and_come_back_beside_another_film_of_the_stage(kind):
    first = FILMS[kind](None)
    alone = frames(first)
    assert len(set(alone)) == first.generations + 1
    second = FILMS[kind](0.4)
    assert second._screen is first._screen
    for t, frame in enumerate(alone):
        assert second.frame(t) != frame
        assert first.frame(t) == frame


class Bare(Stage):
    def __init__(self, width):
        picture = Picture(width=width, height=1)
        (ax,) = picture.axes_row()
        self.title = ax.set_title(" ", animated=True)
        super().__init__(picture, [self.title])


def test_a_stage_is_made_once_for_each_shape_and_what_a_film_brings_leaves_it():
    stage = Bare.of(3)
    assert Bare.of(3) is stage
    assert Bare.of(4) is not stage
    own = stage.title.axes.text(0, 0, "mine", animated=True)
    with_it = stage.film(lambda t: None, 1, own=[own])
    assert own not in stage.title.axes.texts
    assert with_it.frame(0) != stage.film(lambda t: None, 1).frame(0)
