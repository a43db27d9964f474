"""A small stand-in for the recorded chains of a real language model: three chains, four generations, few words."""

import numpy as np

from collapse_edu.datasets import Passage, RecordedWriter
from collapse_edu.loop.history import History

WORDS = ("peace", "Adams", "war", "debt", "the", "of", "and", "Boston", "trade", "union", "navy", "law")


class Letters:
    """Reads a row: each number is a word."""

    def __call__(self, row):
        return "".join(f" {WORDS[i]}" for i in row)


def stand_in(generations=4):
    """Return chains whose texts have fewer words in each generation."""
    rng = np.random.default_rng(0)
    arms = {"replace, T = 0.7": generations, "preserve(0.5), T = 0.7": generations, "replace, T = 1": generations}
    rows = {
        arm: np.array([[rng.integers(max(12 - 3 * t, 2), size=(12, 20)) for _ in range(3)] for t in range(last)])
        for arm, last in arms.items()
    }
    real = tuple(Passage("To the Senate", Letters()(rng.integers(12, size=20))) for _ in range(12))
    values = {(arm, "distinct_words"): np.ones((last, 3)) for arm, last in arms.items()}
    return RecordedWriter(History(values, {}), real, {}, {}, {}, {}, {}, rows, Letters())
