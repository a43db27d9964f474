"""Does diversity fall before perplexity rises? The same evidence, at the same rate of false alarms, on either.

    PYTHONPATH=.:tests python -m power.diversity_first --replicates 40

A stream of passages of *Moby-Dick* turns to text of successive trigram models: each learns from passages of the one
before. One watch sees the diversity of passages only (different words, different pairs, rare words, and the different
words of ten passages), the other their mean log probability under the scorer only. Each raises a false alarm on 1 % of
quiet streams at most, for ever. The scorer is a Kneser-Ney trigram that learned the text that the first model learned
(seen), or other passages (unseen).
"""

import argparse

import numpy as np
from scipy.special import logit

from collapse_edu.datasets import moby_dick
from collapse_edu.metrics import KneserNey
from collapse_edu.models import NGram
from collapse_edu.production.monitoring.evidence import Evidence

LENGTH, LEARN, CALIBRATION, WINDOW = 64, 800, 700, 10
GENERATIONS, EACH = 6, 240
RARE = 2  # times in other real passages, at most: those of the calibration would count their own words


def passages() -> tuple[np.ndarray, int]:
    """Return all passages, shape (n, 64), and the number of types."""
    text = moby_dick(marks=True)
    parts = text.passages(LENGTH, held_out=0.1, reserve=0.1)
    return np.concatenate([parts.real, parts.held_out, parts.reserve]), len(text.vocabulary)


def chain(first: np.ndarray, n_types: int, rng: np.random.Generator) -> np.ndarray:
    """Return what the stream takes of each generation, one after the other."""
    rows, stream = first, []
    for _ in range(GENERATIONS):
        rows = NGram(order=3, n_types=n_types).fit(rows).sample(LEARN, rng)
        stream.append(rows[:EACH])
    return np.concatenate(stream)


def diversity(rows: np.ndarray, rare: np.ndarray) -> np.ndarray:
    """Return three logits of shares for each passage: different words, different pairs, rare words."""
    pairs = rows[:, 1:].astype(np.int64) * len(rare) + rows[:, :-1]
    counts = [[len(np.unique(row)) for row in values] for values in (rows, pairs)]
    many = [np.array(counts[0]), np.array(counts[1]), rare[rows].sum(axis=1)]
    return np.stack([logit((count + 0.5) / (LENGTH + 1)) for count in many], axis=1)


def vocabulary(rows: np.ndarray) -> np.ndarray:
    """Return the logarithm of the different words of each window."""
    parts = rows[: len(rows) // WINDOW * WINDOW].reshape(-1, WINDOW * LENGTH)
    return np.log([[len(np.unique(part))] for part in parts])


def delay(calibration, stream, windows=None, in_windows=None, seed=0) -> float:
    """Return after how many documents the alarm comes; as many as there are and one window more, if it does not."""
    names = [str(k) for k in range(calibration.shape[1])]
    several = {} if windows is None else {"windows": windows, "window_names": ["vocabulary"]}
    evidence = Evidence(calibration, names=names, per="ever", false_alarms=0.01, seed=seed, **several)
    for w in range(len(stream) // WINDOW):
        row = None if in_windows is None else in_windows[w]
        if evidence.update(stream[w * WINDOW : (w + 1) * WINDOW], row).alarm:
            return (w + 1) * WINDOW
    return len(stream) + WINDOW


def replicate(rows, n_types, share, seed) -> dict[str, float]:
    """Return the delays of one stream, of which a share is text of models."""
    rng = np.random.default_rng([2026, seed])
    learned, other, calibration, fresh = np.split(rng.permutation(rows), np.cumsum([LEARN, LEARN, CALIBRATION]))
    stream = chain(learned, n_types, rng)
    real = rng.random(len(stream)) >= share
    stream[real] = fresh[: real.sum()]
    rare = np.bincount(other.ravel(), minlength=n_types) <= RARE
    found = {
        "diversity": delay(
            diversity(calibration, rare), diversity(stream, rare), vocabulary(calibration), vocabulary(stream), seed
        )
    }
    for name, known in (("seen", learned), ("unseen", other)):
        scorer = KneserNey(order=3, n_types=n_types).fit(known)
        scores = [scorer.log_probabilities(part).mean(axis=1)[:, None] for part in (calibration, stream)]
        found[name] = delay(*scores, seed=seed)
    return found


def main() -> None:
    """Print a row for each share and scorer."""
    parser = argparse.ArgumentParser(prog="python -m power.diversity_first")
    parser.add_argument("--replicates", type=int, default=40)
    n = parser.parse_args().replicates
    rows, n_types = passages()
    print("share scorer: median delay of diversity, of the score; diversity first; mean difference (95 %)")
    for share in (1.0, 0.3, 0.0):
        found = [replicate(rows, n_types, share, seed) for seed in range(n)]
        for scorer in ("seen", "unseen"):
            ours, theirs = (np.array([each[name] for each in found]) for name in ("diversity", scorer))
            lead = theirs - ours
            drawn = np.random.default_rng(0).choice(lead, (10_000, n)).mean(axis=1)
            low, high = np.quantile(drawn, [0.025, 0.975])
            told = f"{share:.1f} {scorer}: {np.median(ours):.0f}, {np.median(theirs):.0f}; "
            told += f"first in {np.mean(lead > 0):.2f}, equal in {np.mean(lead == 0):.2f}; "
            told += f"{lead.mean():.0f} ({low:.0f} to {high:.0f}) documents"
            print(told, flush=True)


if __name__ == "__main__":
    main()
