"""A small stand-in for the recorded writer: chains of random words, fewer of them in each generation."""

import numpy as np

from collapse_edu.datasets.recorded_writer import Passage, RecordedWriter, _Reader
from collapse_edu.loop.history import History

WORDS = [f" {a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "lmnrst"]
NAMES = [f" {word[1:].capitalize()}" for word in WORDS[:40]]
ARMS = {"replace, T = 0.7": 0.6, "preserve(0.5), T = 0.7": 0.9, "replace, T = 1": 1.0}  # what is left of the words


def recording(generations=4, chains=3, passages=60, length=40):
    """Return a recording in which the share of words that a generation uses is known."""
    rng = np.random.default_rng(0)
    pieces = [*WORDS, *NAMES]
    read = _Reader(np.arange(len(pieces)), pieces)

    def draw(share, shape):
        return rng.integers(len(pieces) * (1 - share), len(pieces), size=shape).astype(np.uint16)

    rows = {
        arm: np.array([draw(left**t, (chains, passages, length)) for t in range(generations)])
        for arm, left in ARMS.items()
    }
    real = tuple(Passage(read(row[:6]), read(row[6:])) for row in draw(1, (passages, length + 6)))
    values = {(arm, "entropy"): np.zeros((generations, chains)) for arm in ARMS}
    return RecordedWriter(History(values, {}), real, {}, {}, {}, {}, {}, rows, read)
