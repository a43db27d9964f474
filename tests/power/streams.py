"""Streams of documents: quiet ones, and ones in which a writer that learned other real documents takes a share.

A *case* is a corpus and a number: its documents in an order by lot are cut into a reference, what the writers learn
from, and a pool of fresh real documents. A batch of a stream is 500 documents: fresh ones, and in the places of a share
of them, by lot, those of a writer. All tests see the same cases and batches, for they are drawn from seeds.
"""

import json
from bisect import bisect
from collections import Counter, defaultdict
from functools import cached_property
from itertools import accumulate, chain

import numpy as np

from power import corpora

BATCH = 500
MOST = 2000  # documents of the reference, of what writers learn from, of the pool
_SHARES = 0.4, 0.3  # of the corpus: reference, writers; the rest is the pool
WRITTEN = 600  # documents of a writer
TUNED = {
    "quiet": (None, 0),
    "trigram T=1, 5 %": ("trigram T=1", 0.05),
    "trigram T=1, 10 %": ("trigram T=1", 0.1),
    "trigram T=1, 20 %": ("trigram T=1", 0.2),
    "trigram T=1, 50 %": ("trigram T=1", 0.5),
    "trigram T=.5, 50 %": ("trigram T=.5", 0.5),
    "bigram top-p .7, 50 %": ("bigram top-p .7", 0.5),
    "shuffled, 50 %": ("shuffled", 0.5),
    "template, 20 %": ("template", 0.2),
    "template, 50 %": ("template", 0.5),
    "repeated, 20 %": ("repeated", 0.2),
}
HELD_OUT = {
    "5-gram Kneser-Ney, 20 %": ("5-gram Kneser-Ney", 0.2),
    "5-gram Kneser-Ney, 50 %": ("5-gram Kneser-Ney", 0.5),
    "markovify, 50 %": ("markovify", 0.5),
    "SmolLM2, 20 %": ("SmolLM2", 0.2),
    "SmolLM2, 50 %": ("SmolLM2", 0.5),
}


class Case:
    """A corpus cut by lot, and the texts of all writers.

    Attributes
    ----------
    texts : list of str
        All documents that a batch can have: the pool, then those of each writer.
    reference : list of str
    """

    def __init__(self, name: str, number: int, texts: list[str], streams: dict) -> None:
        self.name, self.number = name, number
        self._seed = [*map(ord, name), number]
        order = np.random.default_rng(self._seed).permutation(len(texts))
        mixed = [texts[i] for i in order]
        ends = np.cumsum([min(MOST, int(share * len(texts))) for share in _SHARES])
        self.reference, self.learned = mixed[: ends[0]], mixed[ends[0] : ends[1]]
        pool = mixed[ends[1] :][:MOST]
        self._streams = {stream: given for stream, given in streams.items() if given[0] != "SmolLM2" or self._smollm}
        self.texts, self._places = list(pool), {None: np.arange(len(pool))}
        for writer in dict.fromkeys(writer for writer, _ in self._streams.values() if writer):
            written = self._written(writer)
            self._places[writer] = len(self.texts) + np.arange(len(written))
            self.texts += written

    @property
    def streams(self) -> tuple[str, ...]:
        """Names of the streams of this case."""
        return tuple(self._streams)

    def batch(self, stream: str, replicate: int, size: int = BATCH) -> np.ndarray:
        """Return the places in ``texts`` of the documents of a batch."""
        rng = np.random.default_rng([*self._seed, *map(ord, stream), replicate])
        writer, share = self._streams[stream]
        n = round(share * size)
        places = rng.permutation(self._places[None])[:size]
        if writer == "repeated":
            few = rng.choice(self._places[writer], 20, replace=False)
            places[rng.permutation(size)[:n]] = np.resize(few, n)
        elif writer:
            places[rng.permutation(size)[:n]] = rng.choice(self._places[writer], n, replace=False)
        return places

    def _written(self, writer):
        rng = np.random.default_rng([*self._seed, *map(ord, writer)])
        if writer == "SmolLM2":
            return list(self._smollm)
        real = [text.split() for text in self.learned]
        return [" ".join(words) for words in WRITERS[writer](real, WRITTEN, rng)]

    @cached_property
    def _smollm(self):
        path = corpora.FOLDER / "smollm2" / f"{self.name}.json"
        return json.loads(path.read_text("utf-8")) if path.is_file() else []


def ngram(order: int, temperature: float = 1.0, top_p: float = 1.0):
    """Return a writer: counts of what follows each context. Where nothing follows, it begins anew."""

    def write(real, n, rng):
        counts = defaultdict(Counter)
        for words in real:
            padded = [""] * (order - 1) + words
            for i, word in enumerate(words):
                counts[tuple(padded[i : i + order - 1])][word] += 1
        choices = {context: _choices(counter, temperature, top_p) for context, counter in counts.items()}
        start = ("",) * (order - 1)
        written = []
        for length in _lengths(real, n, rng):
            context, words = start, []
            for u in rng.random(length):
                words_of_context, sums = choices.get(context) or choices[start]
                words.append(words_of_context[bisect(sums, u * sums[-1])])
                context = (*context, words[-1])[1:]
            written.append(words)
        return written

    return write


def _choices(counter, temperature, top_p):
    """Return what may follow, and the sums of the weights."""
    common = counter.most_common()
    weights = np.array([count for _, count in common], dtype=float) ** (1 / temperature)
    keep = 1 + np.searchsorted(weights.cumsum(), top_p * weights.sum() * (1 - 1e-12))
    return [word for word, _ in common[:keep]], list(accumulate(weights[:keep].tolist()))


def _lengths(real, n, rng):
    return rng.choice([len(words) for words in real], n)


def kneser_ney(order: int, discount: float = 0.75):
    """Return a writer: samples of interpolated Kneser-Ney. With some chance it goes over to the shorter context."""

    def write(real, n, rng):
        tables = _kneser_ney_counts(real, order, discount)
        types = sorted(set(chain.from_iterable(real)))
        written = []
        for length in _lengths(real, n, rng):
            words = [""] * (order - 1)
            while len(words) < length + order - 1:
                words.append(_next(tables, words[len(words) - order + 1 :], types, rng))
            written.append(words[order - 1 :])
        return written

    return write


def _kneser_ney_counts(real, order, discount):
    """Return context → words and sums for each length of context; below the highest, of continuations."""
    grams = Counter()
    for words in real:
        padded = [""] * (order - 1) + words
        grams.update(tuple(padded[i : i + order]) for i in range(len(words)))
    tables = []
    while True:
        table = defaultdict(dict)
        for (*context, word), count in grams.items():
            table[tuple(context)][word] = count
        tables.append({context: _discounted(found, discount) for context, found in table.items()})
        if len(next(iter(grams))) == 1:
            return tables[::-1]
        grams = Counter(gram[1:] for gram in grams)


def _discounted(found, discount):
    """Return words, the sum of their counts, and the sums of what the discount leaves of them."""
    return list(found), sum(found.values()), list(accumulate(count - discount for count in found.values()))


def _next(tables, context, types, rng):
    for length in range(len(tables) - 1, -1, -1):
        found = tables[length].get(tuple(context[len(context) - length :]))
        if not found:
            continue
        words, total, sums = found
        u = rng.random() * total
        if u < sums[-1]:
            return words[bisect(sums, u)]
    return types[rng.integers(len(types))]


def markovify(real, n, rng):
    """Markovify's chain of pairs of words; its test of overlap is on, and off where nothing passes it."""
    import random

    from markovify import NewlineText

    random.seed(int(rng.integers(2**31)))
    model = NewlineText("\n".join(" ".join(words) for words in real), well_formed=False)
    written = []
    for length in _lengths(real, n, rng):
        words = []
        while len(words) < length:
            words += (model.make_sentence(tries=5) or model.make_sentence(test_output=False)).split()
        written.append(words[:length])
    return written


def shuffled(real, n, rng):
    """Real documents, each five words of them in another order: the words of a paraphrase without its grammar."""
    chosen = [real[i] for i in rng.permutation(len(real))[:n]]
    return [
        [word for i in range(0, len(words), 5) for word in rng.permutation(words[i : i + 5]).tolist()]
        for words in chosen
    ]


def template(real, n, rng):
    """Five real documents; a third of the places of each, always the same ones, is filled anew by lot."""
    words = list(chain.from_iterable(real))
    forms = [list(real[i]) for i in rng.permutation(len(real))[:5]]
    slots = [rng.permutation(len(form))[: len(form) // 3] for form in forms]
    written = []
    for which in rng.integers(5, size=n):
        form = list(forms[which])
        for slot in slots[which]:
            form[slot] = words[rng.integers(len(words))]
        written.append(form)
    return written


def repeated(real, n, rng):
    """Real documents; a batch takes twenty of them, again and again."""
    return [real[i] for i in rng.permutation(len(real))[:n]]


WRITERS = {
    "trigram T=1": ngram(3),
    "trigram T=.5": ngram(3, temperature=0.5),
    "bigram top-p .7": ngram(2, top_p=0.7),
    "shuffled": shuffled,
    "template": template,
    "repeated": repeated,
    "5-gram Kneser-Ney": kneser_ney(5),
    "markovify": markovify,
}
