"""Frame 0 tells nothing of what comes: films of other futures begin alike, but for the learner's own mark."""

import numpy as np
import pytest

from collapse_edu import History
from collapse_edu.course.films import (
    Panel,
    Trace,
    bag_film,
    gaussian_film,
    mixing_film,
    panel_film,
    regression_film,
    savings_film,
    survival_film,
    weight_film,
)
from collapse_edu.production.economics import Saving
from tests.course.films.frames import pixels

STEPS = [Saving("caching", 300, False), Saving("routing", 200, True)]


def history(end):
    values = np.geomspace(1, end, 4)[:, None] * np.ones(5)
    return History({("replace", name): values for name in ("mean", "variance")})


def bag(end):
    trace = Trace(np.linspace(0.5, end, 4)[:, None] * np.ones(3), "The share of heads", "share of heads", 1)
    return bag_film(["heads", "tails"], [[5, 5], [6, 4], [7, 3], [8, 2]], trace, regime="replace", theory=[end] * 3)


def mixing(end):
    shares = np.array([np.full((2, 2), share) for share in (1, 0.9, end)])
    return mixing_film(shares, shares, shares[-1], sizes=[50, 100], fresh=[0, 10], level=0.5)


def survival(end):
    shares, alive = np.array([[1, 1], [0.6, 1], [end, 0.9]]), [[500], [430], [500 * end]]
    theory = np.full(5, 500 * end)
    return survival_film([1, 9], shares, alive, regime="replace", generations=5, exact=shares, theory=theory)


def savings(end):
    bill, theory = np.linspace(0, 300 * end, 3)[:, None] * np.ones(4), np.arange(5) * end
    settings = {"start": 1000, "models": 5, "currency": "EUR", "regime": "replace", "highest": 300}
    return savings_film(STEPS, bill, theory=theory, **settings)


FILMS = {
    "bag": bag,
    "gaussian": lambda end: gaussian_film(history(end), theory={"theory: mean": np.full(4, end)}),
    "mixing": mixing,
    "panels": lambda end: panel_film(
        history(end), (Panel("The variance", (("variance", "variance"),), "variance", 0, 2, real=1),),
        generations=4, theory=np.full(4, end),
    ),
    "regression": lambda end: regression_film(
        np.zeros((5, 5, 2)), history(end)["variance"], regime="replace", generations=4, theory=np.full(4, end)
    ),
    "savings": savings,
    "survival": survival,
    "weights": lambda end: weight_film(
        [0, 0.5, 1], history(end)["variance"][:, :3], 1, generations=4, theory=np.full(4, end), tried=[0, 1]
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILMS)
def test_films_of_other_futures_begin_alike(kind):
    low, high = FILMS[kind](0.2), FILMS[kind](0.9)
    first = [pixels(film, 0) for film in (low, high)]
    last = [pixels(film, film.generations) for film in (low, high)]
    assert np.abs(first[0] - first[1]).max() < 40  # palettes may differ a little
    assert np.abs(last[0] - last[1]).max() > 100


@pytest.mark.parametrize("kind", ["bag", "gaussian", "panels", "regression", "survival"])
def test_what_the_learner_drew_is_there_from_the_beginning(kind):
    curve = [[0, 0.9], [0.5, 0.6], [1, 0.4]]
    settings = {"regime": "replace"}
    makers = {
        "bag": lambda curve: bag_film(
            ["heads", "tails"], [[5, 5], [6, 4]], Trace(np.array([[0.5], [0.6]]), "Heads", "share", 1), curve=curve,
            **settings,
        ),
        "gaussian": lambda curve: gaussian_film(history(0.5), curve=curve),
        "panels": lambda curve: panel_film(
            history(0.5), (Panel("The variance", (("variance", "variance"),), "variance", 0, 2),), generations=4,
            curve=curve,
        ),
        "regression": lambda curve: regression_film(
            np.zeros((5, 5, 2)), history(0.5)["variance"], generations=4, curve=curve, **settings
        ),
        "survival": lambda curve: survival_film([1], [[1], [0.6]], [[2], [1]], generations=3, curve=curve, **settings),
    }  # fmt: skip
    purple = [pixels(makers[kind](given), 0) for given in (None, curve)]
    assert np.abs(purple[0] - purple[1]).max() > 80
