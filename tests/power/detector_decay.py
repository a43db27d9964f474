"""How a detector decays: taught on generation 1, it judges later generations, and another writer.

``PYTHONPATH=.:tests python -m power.detector_decay`` prints a table: means over seeds, with standard errors.
"""

from itertools import islice

import numpy as np

from collapse_edu import replace
from collapse_edu.datasets import moby_dick
from collapse_edu.loop.chain import generations
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import NGram
from collapse_edu.production import Detector

LENGTH, EACH, SEEDS, GENERATIONS = 45, 1000, 6, 8


def texts(rows, vocabulary):
    return [" ".join(vocabulary[token] for token in row) for row in rows]


def measured(seed):
    """Return AUC and true-positive rate at 1 % false positives for each generation, and for the other writer."""
    book, rng = moby_dick(), np.random.default_rng(seed)
    rows = book.tokens[: len(book.tokens) // LENGTH * LENGTH].reshape(-1, LENGTH)
    rows = rows[rng.permutation(len(rows))]
    learned, real, held, judged = (rows[i * EACH : (i + 1) * EACH] for i in range(4))
    model = NGram(3, n_types=len(book.vocabulary))
    source = FiniteData(learned).open(rng)
    written = [g.synthetic for g in islice(generations(model, source, replace, rng, EACH), GENERATIONS)]
    other = NGram(2, n_types=len(book.vocabulary), temperature=0.5).fit(learned).sample(EACH, rng)
    first, *later = (texts(part, book.vocabulary) for part in (*written, other))
    detector = Detector().fit(texts(real, book.vocabulary), first[: EACH // 2])
    threshold = detector.threshold_at(texts(held, book.vocabulary), 0.01)
    real = texts(judged, book.vocabulary)
    parts = [first[EACH // 2 :], *later]
    return [(detector.auc(real, part), detector.flags(part, threshold).mean()) for part in parts]


def table(seeds=SEEDS):
    """Return lines: writer, AUC, true-positive rate."""
    found = np.array([measured(seed) for seed in range(seeds)])
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(seeds)
    names = [*(f"trigram, generation {t}" for t in range(1, GENERATIONS + 1)), "bigram, temperature 0.5"]
    return [
        f"{name:<26} AUC {mean[i, 0]:.2f} ± {error[i, 0]:.2f}   flagged {mean[i, 1]:.2f} ± {error[i, 1]:.2f}"
        for i, name in enumerate(names)
    ]


if __name__ == "__main__":
    print("\n".join(table()))
