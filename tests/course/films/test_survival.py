"""The film of words that are forgotten."""

import numpy as np
import pytest

from collapse_edu.course.films import survival_film

SHARES = np.array([[1, 1], [0.6, 1], [0.4, 0.9]])
ALIVE = np.array([[500, 500], [430, 440], [380, 390]])


def test_shares_must_fit():
    with pytest.raises(ValueError, match=r"shares must have shape \(3, 1\); got \(3, 2\)"):
        survival_film([1], SHARES, ALIVE, regime="replace", generations=5)
