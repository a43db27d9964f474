"""Pictures of words that are forgotten."""

import numpy as np

from collapse_edu.plots import plot_forgetting


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
