"""Record one careful writer of Moby-Dick, so that M0 answers at once: collapse_edu/datasets/data/recorded_text.json.gz.

    python3 lessons/record/text.py

A trigram model at temperature 0.8 learns the novel and writes as many passages; the next one learns those; sixteen
models, seed 1. Of each generation the file has the first passage and the number of different words in the whole text,
under replace and under preserve(0.5). Then put the hash that is printed into datasets/data/PROVENANCE.md.
"""

import gzip
import hashlib
import json
from itertools import islice
from pathlib import Path

import numpy as np

import collapse_edu
from collapse_edu import generations, preserve, replace
from collapse_edu.datasets import moby_dick
from collapse_edu.models import NGram

GENERATIONS, SEED, ORDER, TEMPERATURE = 16, 1, 3, 0.8
FILE = Path(collapse_edu.__file__).parent / "datasets" / "data" / "recorded_text.json.gz"


def main():
    """Run both chains and write the file."""
    book = moby_dick(marks=True).passages()
    texts = {"replace": chain(book, replace), "preserved": chain(book, preserve(0.5))}
    content = {
        "passages": [book.read(rows[0]) for rows in texts["replace"]],
        "words": {
            name: [n_words(book, rows) for rows in found] for name, found in texts.items()
        },
    }
    data = json.dumps(content, ensure_ascii=False, indent=1).encode()
    FILE.write_bytes(gzip.compress(data, mtime=0))
    print(content["words"])
    print(hashlib.sha256(data).hexdigest())


def chain(book, regime):
    """Return the real passages, and what each generation wrote."""
    rng = np.random.default_rng(SEED)
    model = NGram(ORDER, book.n_types, TEMPERATURE)
    loop = generations(model, book.source.open(rng), regime, rng, len(book.real))
    return [book.real, *(generation.synthetic for generation in islice(loop, GENERATIONS))]


def n_words(book, rows):
    """Return how many different words there are in some passages; marks such as commas are none."""
    return sum(any(map(str.isalpha, book.vocabulary[token])) for token in np.unique(rows))


if __name__ == "__main__":
    main()
