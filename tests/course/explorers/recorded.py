"""A small stand-in for the recorded chains of a real language model: random words, fewer of them in each generation."""

import numpy as np

from collapse_edu.datasets import Passage, RecordedWriter
from collapse_edu.loop.history import History

WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "lmnrst"]
VOCABULARY = [*WORDS, *(word.capitalize() for word in WORDS[:40])]
LEFT = {"replace, T = 0.7": 0.6, "preserve(0.5), T = 0.7": 0.9, "replace, T = 1": 1.0}  # of the words, each generation


class Letters:
    """Reads a row: each number is a word."""

    def __call__(self, row):
        return "".join(f" {VOCABULARY[i]}" for i in row)


def stand_in(generations=4, passages=60, length=40):
    """Return three chains in which the share of words that a generation uses is known."""
    rng = np.random.default_rng(0)

    def draw(share, *shape):
        return rng.integers(len(VOCABULARY) * (1 - share), len(VOCABULARY), size=shape)

    rows = {
        arm: np.array([draw(left**t, 3, passages, length) for t in range(generations)]) for arm, left in LEFT.items()
    }
    read = Letters()
    real = tuple(Passage(read(row[:6]), read(row[6:])) for row in draw(1, passages, length + 6))
    values = {(arm, "distinct_words"): np.ones((generations, 3)) for arm in LEFT}
    return RecordedWriter(History(values, {}), real, {}, {}, {}, {}, rows, read)
