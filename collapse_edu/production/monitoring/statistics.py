"""What a monitor measures on a window of documents, against a frozen set of real ones."""

from collections.abc import Hashable, Sequence
from itertools import chain, islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from collapse_edu.checks import integer
from collapse_edu.metrics import KneserNey

__all__ = ["EMPTY", "SHARES", "STATISTICS", "Reference", "natural", "on_scale"]

Document: TypeAlias = Sequence[Hashable]  # words, or the numbers of types
EMPTY = "\N{EMPTY SET}"  # the one word of a document that is empty or cannot be read: no text has it as a word

# Name → what it says. The order is that of all arrays of values.
STATISTICS = {
    "length": "words of a document, geometric mean",
    "distinct_2": "different pairs of neighbouring words / pairs",
    "vocabulary": "different words",
    "once": "share of the words that occur once in the window: its own tail",
    "tail_recall": "share of the reference's rare words that the window contains",
    "tail_mass": "share of the window's words that are rare in the reference",
    "new_words": "share of the window's words that the reference does not contain",
    "log_probability": "mean log probability of a word under the scorer, a model of the reference, in nats",
}


_LOGS = "length", "vocabulary"
SHARES = "distinct_2", "once", "tail_recall", "tail_mass", "new_words"
_ARE_LOGS, _ARE_SHARES = (np.array([name in names for name in STATISTICS]) for names in (_LOGS, SHARES))


def on_scale(values: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return statistics on scales that have no end where they have none: log of lengths and counts, logit of shares.

    Parameters
    ----------
    values : ndarray, shape (..., 8)
        As :meth:`Reference.measure` returns them.
    steps : ndarray, shape (8,)
        As :meth:`Reference.resolution` returns them. Half a step is added to a share and to its rest, so that shares
        of 0 and 1 have a place, too.

    Returns
    -------
    ndarray, shape (..., 8)

    Examples
    --------
    >>> steps = np.full(8, 0.5)
    >>> on_scale(np.array([1.0, 0.5, 1.0, 0.0, 0.5, 0.5, 1.0, -7.0]), steps).round(2)
    array([ 0.  ,  0.  ,  0.  , -1.61,  0.  ,  0.  ,  1.61, -7.  ])
    """
    scaled = np.array(values, dtype=float)
    half = steps[_ARE_SHARES] / 2
    scaled[..., _ARE_LOGS] = np.log(scaled[..., _ARE_LOGS])
    scaled[..., _ARE_SHARES] = np.log((scaled[..., _ARE_SHARES] + half) / (1 - scaled[..., _ARE_SHARES] + half))
    return scaled


def natural(scaled: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values of statistics on scales: the inverse of :func:`on_scale`.

    Parameters
    ----------
    scaled : ndarray, shape (..., 8)
    steps : ndarray, shape (8,)

    Returns
    -------
    ndarray, shape (..., 8)
        A share can come out up to half a step below 0 or above 1: what no window can have.
    """
    values = np.array(scaled, dtype=float)
    half = steps[_ARE_SHARES] / 2
    odds = expit(values[..., _ARE_SHARES])
    values[..., _ARE_LOGS] = np.exp(values[..., _ARE_LOGS])
    values[..., _ARE_SHARES] = odds * (1 + 2 * half) - half
    return values


class Reference:
    """Frozen real documents: their words, which of them are rare, and the scorer, a smoothed trigram of them.

    What the mean score under the scorer shows depends on what the models learned that write the text under watch, and
    on how they write. If they learned these documents, it rises at once. If they learned other real text and sample it
    faithfully (at temperature 1, with as long a memory as the scorer's), they keep the share of each word triple on
    average, and it hardly moves, whatever is lost. A low temperature, or no regard to the order of words, does move it.

    Parameters
    ----------
    documents : list of list
        Words of each document: strings, or the numbers of types. None is empty.
    words : int
        Documents are cut after so many words, so that long ones do not outweigh the others. At least 2.
    rare : int
        A word is rare that occurs at most so often here.

    Raises
    ------
    TypeError, ValueError
        If there are no documents, one has no words, or a number is out of range.

    References
    ----------
    Li et al. (2016), distinct-2. Shumailov et al. (2024), figure 1: the score of generated text under the first model
    of the chain, which is a generator; the scorer is none.

    Examples
    --------
    >>> reference = Reference([["the", "whale"], ["the", "sea"]], rare=1)
    >>> values = reference.measure([[["the", "whale", "the", "squid"]]])[0]
    >>> dict(zip(STATISTICS, values.round(2).tolist()))  # doctest: +ELLIPSIS
    {'length': 4.0, 'distinct_2': 1.0, 'vocabulary': 3.0, 'once': 0.5, 'tail_recall': 0.5, 'tail_mass': 0.25, ...}
    """

    def __init__(self, documents: Sequence[Document], words: int = 120, rare: int = 2) -> None:
        self.words, rare = integer("words", words, 2), integer("rare", rare, 1)
        cut = self._cut(documents)
        self._number = {word: i for i, word in enumerate(dict.fromkeys(chain.from_iterable(cut)))}
        n_types = len(self._number)
        self._unknown, self._end = n_types, n_types + 1
        ids = np.fromiter((self._number[word] for word in chain.from_iterable(cut)), dtype=np.int64)
        self._rare = np.bincount(ids, minlength=n_types) <= rare
        lengths = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut))
        self._model = KneserNey(order=3, n_types=n_types + 2).fit(self._rows(ids, lengths))

    @property
    def n_types(self) -> int:
        """How many different words the reference contains."""
        return len(self._number)

    def resolution(self, window: Sequence[Document]) -> NDArray[np.float64]:
        """Return the least change that each statistic can show on a window such as this one.

        Parameters
        ----------
        window : list of list

        Returns
        -------
        ndarray, shape (8,)
            One word more or less; a thousandth of a length or a log probability.
        """
        one = 1 / sum(map(len, self._cut(window)))
        steps = {"vocabulary": 1.0, "tail_recall": 1 / max(1, self._rare.sum())}
        steps |= {name: one for name in ("distinct_2", "once", "tail_mass", "new_words")}
        values = zip(STATISTICS, self.measure([window])[0], strict=True)
        return np.array([steps.get(name, abs(value) / 1000) for name, value in values])

    def measure(self, windows: Sequence[Sequence[Document]]) -> NDArray[np.float64]:
        """Return all statistics of some windows. Many at once are cheaper than one by one.

        Parameters
        ----------
        windows : list of list of list
            Windows of documents of words, none of them empty.

        Returns
        -------
        ndarray, shape (windows, 8)
            In the order of ``STATISTICS``.

        Raises
        ------
        ValueError
            If a window has no documents, or a document no words.
        """
        cut = [self._cut(window) for window in windows]
        ids = [self._ids(list(chain.from_iterable(documents))) for documents in cut]
        scores = iter(self._scores(ids, [len(document) for documents in cut for document in documents]))
        values = []
        for window, documents, own in zip(windows, cut, ids, strict=True):
            lengths = np.fromiter(map(len, documents), dtype=np.int64, count=len(documents))
            of_length = np.exp(np.mean([np.log(len(document)) for document in window]))
            score = sum(islice(scores, len(documents))) / len(own)
            values.append([of_length, *self._variety(own, lengths), score])
        return np.array(values)

    def numbers(self, documents: Sequence[Document]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the numbers of the words of all documents, one behind the other, and the documents' lengths.

        Parameters
        ----------
        documents : list of list
            They are not cut here.

        Returns
        -------
        ids : ndarray of int
            Words that the reference does not contain have numbers of their own, from ``n_types`` on.
        lengths : ndarray of int
        """
        lengths = np.fromiter(map(len, documents), dtype=np.int64, count=len(documents))
        return self._ids(list(chain.from_iterable(documents))), lengths

    def scores(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and standard deviation of the log probabilities of each document's words, in nats."""
        logs = self._model.log_probabilities(self._rows(np.minimum(ids, self._unknown), lengths))
        inside = np.arange(logs.shape[1]) < lengths[:, None]
        logs = np.where(inside, logs, 0.0)
        means = logs.sum(axis=1) / lengths
        squares = np.where(inside, (logs - means[:, None]) ** 2, 0.0).sum(axis=1)
        return means, np.sqrt(squares / lengths)

    def _variety(self, ids, lengths):
        """Return distinct_2, vocabulary, once, tail_recall, tail_mass and new_words of one window."""
        counts, n = np.bincount(ids, minlength=self.n_types), len(ids)
        known = counts[: self.n_types]
        tail = known[self._rare]
        return (
            _distinct_pairs(ids, lengths),
            np.count_nonzero(counts),
            np.count_nonzero(counts == 1) / n,
            np.count_nonzero(tail) / max(1, len(tail)),
            tail.sum() / n,
            1 - known.sum() / n,
        )

    def _scores(self, ids, lengths):
        """Return the log probability of each document under the scorer, its end left out."""
        lengths = np.array(lengths)
        logs = self._model.log_probabilities(self._rows(np.minimum(np.concatenate(ids), self._unknown), lengths))
        return np.where(np.arange(logs.shape[1]) < lengths[:, None], logs, 0.0).sum(axis=1).tolist()

    def _cut(self, documents):
        cut = [document[: self.words] for document in documents]
        if not cut or not all(cut):
            raise ValueError("documents must be lists of words, at least one of them and none empty")
        return cut

    def _ids(self, words):
        """Return the number of each word; those that the reference does not contain get numbers of their own."""
        number = self._number.get
        ids = np.fromiter((number(word, -1) for word in words), dtype=np.int64, count=len(words))
        unknown = {}
        for place in np.flatnonzero(ids < 0):
            ids[place] = self._unknown + unknown.setdefault(words[place], len(unknown))
        return ids

    def _rows(self, ids, lengths):
        """Return documents as rows of one length; the places behind the last word are filled with the end."""
        rows = np.full((len(lengths), lengths.max()), self._end)
        rows[np.arange(rows.shape[1]) < lengths[:, None]] = ids
        return rows


def _distinct_pairs(ids, lengths):
    """Return different pairs of neighbours within documents / such pairs; 1 if there are none."""
    inside = np.ones(len(ids), dtype=bool)
    inside[np.cumsum(lengths) - 1] = False
    first = np.flatnonzero(inside)
    pairs = np.sort(ids[first] * (ids.max() + 1) + ids[first + 1])
    return (1 + np.count_nonzero(np.diff(pairs))) / len(pairs) if len(pairs) else 1.0
