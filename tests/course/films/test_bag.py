"""The film of a bag."""

import numpy as np
import pytest

from collapse_edu.course.films import Trace, bag_film
from tests.course.films.frames import pixels

COURSE = Trace(np.array([[0.5, 0.5], [0.7, 0.2], [1.0, 0.0]]), "The share moves", "share of heads", 1)
BAGS = np.array([[5, 5], [7, 3], [10, 0]])


def test_a_lost_word_is_struck_through():
    film = bag_film(["heads", "tails"], BAGS, COURSE, regime="replace")
    beside = pixels(film, 2)[:, :280].astype(int)
    before = pixels(film, 1)[:, :280].astype(int)
    dark = [(image.max(axis=-1) < 140).sum() for image in (before, beside)]
    assert dark[1] > dark[0]


@pytest.mark.parametrize(
    ("words", "bags", "line"),
    [
        ([], BAGS, "words must contain 1 to 100 words; got 0"),
        (["heads", "tails"], BAGS[:2], r"bags must have shape \(3, 2\); got \(2, 2\)"),
    ],
)
def test_what_does_not_fit_gets_one_line(words, bags, line):
    with pytest.raises(ValueError, match=line):
        bag_film(words, bags, COURSE, regime="replace")
