"""Pictures of words that are forgotten."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from collapse_edu.plots import plot_forgetting, survival_film

SHARES = np.array([[1, 1], [0.6, 1], [0.4, 0.9]])
ALIVE = np.array([[500, 500], [430, 440], [380, 390]])


def pixels(film, t):
    return np.asarray(Image.open(BytesIO(film.frame(t))).convert("RGB"))


def test_frames_differ_and_come_back():
    film = survival_film(
        [1, 9], SHARES, ALIVE, regime="replace", generations=5, exact=SHARES, theory=np.full(5, 400.0), prediction=100
    )
    first = pixels(film, 0)
    assert film.generations == 2
    assert not np.array_equal(first, pixels(film, 2))
    assert np.array_equal(first, pixels(film, 0))


def test_shares_must_fit():
    with pytest.raises(ValueError, match=r"shares must have shape \(3, 1\); got \(3, 2\)"):
        survival_film([1], SHARES, ALIVE, regime="replace", generations=5)


def test_the_picture_of_dates_tells_the_living_and_the_lost():
    counts = np.array([1, 1, 5, 80])
    picture = plot_forgetting(
        counts,
        np.array([2, 4, np.inf, np.inf]),
        50,
        theory=([1, 5, 80], [2, 13, 229]),
        band=([1, 3, 50], [37, 193, 3000]),
        title="Rare words go first",
        prediction=(5, 20),
    )
    assert picture.description.startswith("2 of 4 words are lost in 50 generations.")
    texts = [text.get_text() for text in picture.axes[0].texts]
    assert {"still alive", "lost words", "you said"} <= set(texts)
