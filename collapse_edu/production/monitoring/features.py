"""What a monitor measures on one document, on scales without an end.

``within`` a document it looks at length, words, how well a scorer knows it, and at what models of a few words' memory
cannot do: come back to a subject. `synthetic` weighs all this, and the letters, as a classifier learned it: it was
taught to tell real documents from those that n-gram models of *other* real ones wrote, scored by a third part that
knew neither. So nothing in it rests on having seen a text. `repeated` and `copied` look back at the stream: how much of
a document came in earlier ones, in all of them or in the one that is most alike.

References
----------
Deerwester et al. (1990), the latent semantic space in which the halves of a document are compared. Lopez-Paz and Oquab
(2017), "Revisiting classifier two-sample tests". Broder (1997), "On the resemblance and containment of documents",
shingles.
"""

import zlib
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from copy import copy
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray

from collapse_edu import checks
from collapse_edu.models import NGram
from collapse_edu.production.monitoring.statistics import EMPTY, Document, Reference

__all__ = ["EMPTY", "Features", "written"]

_WITHIN = (
    "length", "log_probability", "log_probability_spread", "new_words", "rare_words", "repetition", "function_words",
    "known_pairs", "known_triples", "returns", "both_halves", "coherence",
)  # fmt: skip
_OF_LETTERS = "word_length", "compression"
_OF_STREAM = "repeated", "copied"
_COMMON = 50  # words that count as function words
_FAR = 3  # content words between a word and its return
_DIMENSIONS = 50  # of the latent space
_FEWEST = 120  # documents of a memory that a classifier can be taught from
_WRITERS = ((3, 1.0, None), (3, 0.5, None), (2, 1.0, None), (2, 1.0, 0.7))  # order, temperature, top_p
_HISTORY = 1000  # documents, or as many as the memory has
_LETTERS = 3.0  # weight of the letters beside the other features
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Features:
    """Measure documents one by one, against a memory of real ones.

    Parameters
    ----------
    memory : list of list
        Words of real documents, strings or the numbers of types. The features of letters are left out for numbers, and
        `synthetic` for fewer than 120 documents.
    words : int
        Documents are cut after so many words; only their length is told.
    seed : int
        Of the documents that the classifier learns from.

    Attributes
    ----------
    names : tuple of str
    reference : Reference
        The memory: words, and the scorer.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> features = Features(rng.zipf(1.5, size=(40, 30)).tolist())
    >>> rows = features.measure(rng.zipf(1.5, size=(5, 30)).tolist())
    >>> rows.shape == (5, len(features.names))
    True
    """

    def __init__(self, memory: Sequence[Document], *, words: int = 120, seed: int = 0) -> None:
        from threadpoolctl import threadpool_limits

        rng = np.random.default_rng(checks.seed(seed))
        memory = [document[:words] for document in memory]
        self._words = words
        self._has_letters = all(isinstance(word, str) for word in chain.from_iterable(memory))
        with threadpool_limits(1):  # a second thread gains nothing here, and adds in another order
            self._within = _Within(memory, self._has_letters)
            self.reference = self._within.reference
            self._classifier = _taught(memory, self._has_letters, rng) if len(memory) >= _FEWEST else None
        self.names = (*self._within.names, *(("synthetic",) if self._classifier else ()), *_OF_STREAM)
        self._earlier = _Earlier(min(_HISTORY, len(memory)))
        self._earlier.read(memory)

    def measure(self, documents: Sequence[Document]) -> NDArray[np.float64]:
        """Return the features of some documents, and remember them: later ones are compared with them.

        Parameters
        ----------
        documents : list of list
            Words of each document, none of them empty.

        Returns
        -------
        ndarray, shape (n, K)
            In the order of :attr:`names`.
        """
        if not len(documents):
            return np.empty((0, len(self.names)))
        cut = [document[: self._words] for document in documents]
        rows = self._within.measure(cut, np.fromiter(map(len, documents), dtype=float, count=len(documents)))
        columns = [rows, self._earlier.read(cut)]
        if self._classifier:
            columns.insert(1, self._classifier.score(rows, cut)[:, None])
        return np.hstack(columns)

    def fresh(self) -> Self:
        """Return features that remember what these do, and whose memory of the stream is their own from now on."""
        other = copy(self)
        other._earlier = self._earlier.copy()
        return other


class _Within:
    """The features that a document has by itself."""

    def __init__(self, memory: Sequence[Document], has_letters: bool) -> None:
        self._has_letters = has_letters
        self.names = _WITHIN + (_OF_LETTERS if has_letters else ())
        self.reference = Reference(memory, words=max(map(len, memory)) + 1)
        ids, lengths = self.reference.numbers(memory)
        n_types = self.reference.n_types
        counts = np.bincount(ids, minlength=n_types + 1)
        self._counts = counts
        self._is_function = np.zeros(n_types + 1, dtype=bool)
        self._is_function[np.argsort(-counts[:n_types], kind="stable")[:_COMMON]] = True
        first, third = _neighbours(lengths)
        self._pairs = np.unique(ids[first] * n_types + ids[first + 1])
        place = np.searchsorted(self._pairs, ids[third] * n_types + ids[third + 1])
        self._triples = np.unique(place * n_types + ids[third + 2])
        self._space = _space(ids, lengths, n_types, ~self._is_function & (counts > 1))

    def measure(self, documents: Sequence[Document], whole: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the features of documents that are cut; ``whole`` is how long they were."""
        own, lengths = self.reference.numbers(documents)
        n_types = self.reference.n_types
        ids = np.minimum(own, n_types)
        document = np.repeat(np.arange(len(lengths)), lengths)
        ends = np.cumsum(lengths)
        inside = np.arange(len(ids)) - np.repeat(ends - lengths, lengths)
        late = inside >= np.repeat(lengths // 2, lengths)

        def share(is_one, of=None):
            where = document if of is None else document[of]
            return _logit(np.bincount(where, weights=is_one, minlength=len(lengths)), _many(where, lengths))

        means, spreads = self.reference.scores(own, lengths)
        function = self._is_function[ids]
        pairs, triples, has_pair, has_triple = self._known(ids, lengths)
        again, far, both = _returns(own, document, inside, late, function)
        columns = {
            "length": np.log(whole),
            "log_probability": means,
            "log_probability_spread": spreads,
            "new_words": share(ids == n_types),
            "rare_words": share((self._counts[ids] <= 2) & (ids < n_types)),
            "repetition": _logit(np.bincount(document, weights=again, minlength=len(lengths)), lengths),
            "function_words": share(function),
            "known_pairs": share(pairs, has_pair),
            "known_triples": share(triples, has_triple),
            "returns": _logit(far, np.bincount(document, weights=~function, minlength=len(lengths))),
            "both_halves": _logit(both, np.bincount(document, weights=~function, minlength=len(lengths))),
            "coherence": self._coherence(ids, document, late, len(lengths)),
        }
        if self._has_letters:
            texts = [" ".join(map(str, words)).encode("utf-8", "surrogatepass") for words in documents]
            n_bytes = np.array([len(text) for text in texts])
            columns["word_length"] = np.log((n_bytes + 1) / lengths)
            columns["compression"] = np.log([len(zlib.compress(text, 6)) for text in texts]) - np.log(n_bytes + 1)
        return np.column_stack([columns[name] for name in self.names])

    def _known(self, ids, lengths):
        """Return which pairs and triples of neighbours the memory contains, and where they begin."""
        n_types = self.reference.n_types
        pair, triple = _neighbours(lengths)
        place, known = _find(
            self._pairs, ids[pair] * n_types + ids[pair + 1], (ids[pair] < n_types) & (ids[pair + 1] < n_types)
        )
        of_pair = np.full(len(ids), -1)
        of_pair[pair[known]] = place[known]
        start, last = of_pair[triple], ids[triple + 2]
        _, known_triples = _find(self._triples, start * n_types + last, (start >= 0) & (last < n_types))
        return known, known_triples, pair, triple

    def _coherence(self, ids, document, late, n):
        """Return how alike the halves of each document are in the latent space: a cosine."""
        half = 2 * document + late
        order = np.argsort(half, kind="stable")
        from scipy.sparse import csr_matrix

        halves = (
            csr_matrix((np.ones(len(ids)), (half[order], ids[order])), shape=(2 * n, len(self._space))) @ self._space
        )
        first, second = halves[::2], halves[1::2]
        norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
        return (first * second).sum(axis=1) / (norms + 1e-9)


class _Classifier:
    """A logistic regression on features and hashed letters."""

    def __init__(self, rows, documents, is_written, has_letters):
        from sklearn.linear_model import LogisticRegression

        self._has_letters = has_letters
        self._centre, self._spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
        self._model = LogisticRegression(C=0.1, max_iter=200)
        self._model.fit(self._matrix(rows, documents), is_written)

    def score(self, rows, documents):
        return self._model.decision_function(self._matrix(rows, documents))

    def _matrix(self, rows, documents):
        from scipy.sparse import csr_matrix, hstack
        from sklearn.feature_extraction.text import HashingVectorizer

        scaled = np.clip((rows[:, 1:] - self._centre[1:]) / self._spread[1:], -5, 5)  # without the length
        if not self._has_letters:
            return scaled
        letters = HashingVectorizer(n_features=2**16, alternate_sign=False, analyzer="char", ngram_range=(3, 3))
        return hstack(
            [csr_matrix(scaled), _LETTERS * letters.transform(" ".join(words) for words in documents)]
        ).tocsr()


def _taught(memory, has_letters, rng):
    """Return a classifier: in turn, a third of the memory scores, one is real text, and models of one write."""
    thirds = [memory[i::3] for i in range(3)]
    rows, texts, is_written = [], [], []
    for i in range(3):
        scorer, real, learned = (thirds[(i + j) % 3] for j in range(3))
        theirs = [text for writer in _WRITERS for text in written(learned, len(real) // len(_WRITERS), writer, rng)]
        documents = [*real[: len(theirs)], *theirs]
        within = _Within(scorer, has_letters)
        rows.append(within.measure(documents, np.array(list(map(len, documents)), dtype=float)))
        texts += documents
        is_written += [0] * (len(documents) - len(theirs)) + [1] * len(theirs)
    return _Classifier(np.vstack(rows), texts, np.array(is_written), has_letters)


def written(
    documents: Sequence[Document], n: int, writer: tuple[int, float, float | None], rng: np.random.Generator
) -> list[Document]:
    """Return what an n-gram model of some documents writes, cut at lengths of real ones.

    Parameters
    ----------
    documents : list of list
        What the model learns.
    n : int
        Documents that it writes; fewer, if it writes many short ones.
    writer : tuple
        Order, temperature and top-p of :class:`collapse_edu.models.NGram`.
    rng : numpy.random.Generator

    Returns
    -------
    list of list
    """
    order, temperature, top_p = writer
    number = {word: i for i, word in enumerate(dict.fromkeys(chain.from_iterable(documents)))}
    words, end = [*number], len(number)
    rows = np.full((len(documents), max(map(len, documents)) + 1), end)
    for row, document in zip(rows, documents, strict=True):
        row[: len(document)] = [number[word] for word in document]
    tokens = NGram(order, n_types=end + 1, temperature=temperature, top_p=top_p).fit(rows).sample(2 * n, rng).ravel()
    tokens = tokens[tokens != end]
    lengths = rng.choice([len(document) for document in documents], n)
    ends = np.cumsum(lengths)
    ends = ends[ends <= len(tokens)]
    return [[words[i] for i in part] for part in np.split(tokens, ends)[:-1]]


class _Earlier:
    """The last documents of a stream, as hashes of their shingles: of triples of neighbouring words.

    There are always as many, from the first document of the stream on: the memory fills it. With a history that grew,
    later documents would have more to repeat than earlier ones, and look changed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._documents: deque[list[int]] = deque()
        self._last: dict[int, int] = {}
        self._n = 0

    def copy(self) -> "_Earlier":
        other = _Earlier(self._most)
        other._documents, other._last, other._n = self._documents.copy(), self._last.copy(), self._n
        return other

    def read(self, documents: Iterable[Document]) -> NDArray[np.float64]:
        """Return how much of each document came before: in any, and in the one that has most of it."""
        return np.array([self._next(list(dict.fromkeys(_shingles(document)))) for document in documents])

    def _next(self, shingles):
        seen = Counter(self._last[shingle] for shingle in shingles if shingle in self._last)
        n = len(shingles)
        row = _logit(seen.total(), n), _logit(max(seen.values(), default=0), n)
        self._last |= dict.fromkeys(shingles, self._n)
        self._documents.append(shingles)
        self._n += 1
        if len(self._documents) > self._most:
            first = self._n - 1 - self._most
            for shingle in self._documents.popleft():
                if self._last[shingle] == first:
                    del self._last[shingle]
        return row


def _shingles(document):
    """Return hashes of the triples of neighbouring words; of a shorter document, one of all its words."""
    hashes = np.array([zlib.crc32(str(word).encode("utf-8", "surrogatepass")) for word in document], dtype=np.uint64)
    width = min(3, len(hashes))
    many = len(hashes) - width + 1
    found = np.zeros(many, dtype=np.uint64)
    for i in range(width):
        found = (found ^ hashes[i : i + many]) * _MIX
        found ^= found >> np.uint64(29)
    return found.tolist()


def _logit(counts, of):
    """Return the logit of shares, with half a count more on each side, so that 0 and 1 have one."""
    return np.log((counts + 0.5) / (of - counts + 0.5))


def _many(where, lengths):
    return np.bincount(where, minlength=len(lengths))


def _neighbours(lengths):
    """Return the places where pairs and triples of neighbours begin, within documents."""
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(lengths.sum())
    return np.flatnonzero(left >= 2), np.flatnonzero(left >= 3)


def _find(keys, wanted, possible):
    """Return the places of numbers in a sorted array, and whether they are there."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, possible & (keys[place] == wanted)


def _returns(ids, document, inside, late, function):
    """Return repeated words, and for each document how many content words return later, and are in both halves."""
    n = document[-1] + 1
    order = np.lexsort((inside, ids, document))
    doc, word, where, is_late = document[order], ids[order], inside[order], late[order]
    same = np.zeros(len(ids), dtype=bool)
    same[1:] = (doc[1:] == doc[:-1]) & (word[1:] == word[:-1])
    again = np.zeros(len(ids), dtype=bool)
    again[order] = same
    content = ~function[order]
    gap = np.zeros(len(ids), dtype=np.int64)
    gap[1:] = where[1:] - where[:-1]
    far = np.bincount(doc, weights=same & content & (gap > 2 * _FAR), minlength=n)
    crosses = np.zeros(len(ids), dtype=bool)
    crosses[1:] = same[1:] & is_late[1:] & ~is_late[:-1]
    return again, far, np.bincount(doc, weights=crosses & content, minlength=n)


def _space(ids, lengths, n_types, useful):
    """Return a vector for each word by latent semantic analysis of the memory; 0 for words too common or too rare."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.utils.extmath import randomized_svd

    space = np.zeros((n_types + 1, _DIMENSIONS))
    places = np.flatnonzero(useful[:n_types])
    if len(places) <= 2 or len(lengths) <= 2:
        return space
    document = np.repeat(np.arange(len(lengths)), lengths)
    counts = csr_matrix((np.ones(len(ids)), (document, ids)), shape=(len(lengths), n_types))[:, places]
    transformer = TfidfTransformer(sublinear_tf=True)
    weighted = transformer.fit_transform(counts)
    _, _, vectors = randomized_svd(weighted, min(_DIMENSIONS, *weighted.shape), random_state=0)
    space[places, : len(vectors)] = (vectors * transformer.idf_).T
    return space
