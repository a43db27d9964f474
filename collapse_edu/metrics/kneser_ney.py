"""Interpolated Kneser-Ney: a smoothed n-gram model, for scoring text that was held out."""

from typing import Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import integer, number, token_ids, vocabulary_size
from collapse_edu.estimator import Estimator, require_fitted
from collapse_edu.metrics._rows import Array

__all__ = ["KneserNey"]

Ids: TypeAlias = NDArray[np.integer]


class KneserNey(Estimator):
    """Give every token a probability: also one that never followed its context, or never occurred at all.

    p(w | h) = max(c(hw) - D, 0) / c(h) + D N(h) / c(h) · p(w | h'), where N(h) is how many types followed the context
    h, and h' is h without its first token. At the highest order, c counts n-grams; below, c(hw) is how many types
    occurred before hw, and c(h) its sum over w. The recursion ends in the uniform distribution over all types. The
    start of a row is a context of its own, as in :class:`~collapse_edu.models.NGram`.

    It only scores: its samples would have another distribution than the counts.

    Parameters
    ----------
    order : int
        1 or larger.
    n_types : int, optional
        Tokens are the integers 0 … n_types - 1; at most 2³¹ - 1 types. Without it, the largest token of the training
        set is the last.
    discount : float
        D, in [0, 1].
    unseen : float, optional
        Weight of the uniform distribution in that of single tokens, in [0, 1]. Without it, the same discount D as in
        every other context gives it. 0: a type that never occurred has no probability.

    References
    ----------
    Kneser and Ney (1995). Chen and Goodman (1999), "An empirical study of smoothing techniques".

    Examples
    --------
    >>> model = KneserNey(order=2, n_types=4).fit([[0, 1, 0, 1, 2]])
    >>> np.exp(model.log_probabilities([[0, 1, 3]])).round(3)
    array([[0.59 , 0.701, 0.105]])
    """

    def __init__(
        self, order: int = 3, n_types: int | None = None, discount: float = 0.75, unseen: float | None = None
    ) -> None:
        self.order = order
        self.n_types = n_types
        self.discount = discount
        self.unseen = unseen

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Count n-grams of every length up to the order.

        Parameters
        ----------
        X : array of int, shape (n, length)
            Token ids, one passage in each row.
        y : ignored

        Returns
        -------
        KneserNey
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is out of range, or X contains no token ids from 0 to n_types - 1.
        """
        order = integer("order", self.order, 1)
        discount = number("discount", self.discount, 0, 1)
        unseen = None if self.unseen is None else number("unseen", self.unseen, 0, 1)
        X = token_ids(X)
        self._n_types = vocabulary_size(X, self.n_types)
        X = X.astype(np.int32)
        levels = _counted(X, order, self._n_types)
        self._levels = [_Level(keys, counts, self._n_types, discount) for keys, counts in levels]
        if unseen is not None:
            self._levels[0].give(unseen)
        return self

    def log_probabilities(self, X: ArrayLike) -> Array:
        """Return the log probability of each token, given those before it in its row.

        Parameters
        ----------
        X : array of int, shape (m, length)
            Token ids from 0 to n_types - 1; any length.

        Returns
        -------
        ndarray, shape (m, length)
            In nats. Minus the mean of all is the log of the perplexity.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If X contains no token ids from 0 to n_types - 1.
        """
        require_fitted(self, "_levels")
        X = token_ids(X)
        vocabulary_size(X, self._n_types)
        probability = np.full(X.shape, 1 / self._n_types)
        context = np.zeros(X.shape, dtype=np.int64)
        for level in self._levels:
            ids = level.find(context, X)
            probability = level.interpolate(context, ids, probability)
            context = np.zeros(X.shape, dtype=np.int64)
            context[:, 1:] = ids[:, :-1] + 1
            context[:, 1:][ids[:, :-1] < 0] = -1
        with np.errstate(divide="ignore"):
            return np.log(probability)

    def score_samples(self, X: ArrayLike) -> Array:
        """Return the log probability of each row.

        Parameters
        ----------
        X : array of int, shape (m, length)
            Token ids from 0 to n_types - 1; any length.

        Returns
        -------
        ndarray, shape (m,)
            In nats.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If X contains no token ids from 0 to n_types - 1.
        """
        return self.log_probabilities(X).sum(axis=1)


def _counted(X: Ids, order: int, n_types: int) -> list[tuple[Ids, Ids]]:
    """Return (key, count) of all n-grams of each length: at the highest order how often, below after how many types."""
    levels: list[tuple[Ids, Ids]] = []
    context, shorter = np.zeros(X.shape, dtype=np.int64), X  # 0: the start of a row
    for _ in range(order):
        keys, where, ids, counts = _different(context * n_types + X)
        if levels:  # how many types occurred before the n-gram that is shorter by one
            known = levels[-1][0]
            levels[-1] = known, np.bincount(shorter.ravel()[where], minlength=len(known))
        levels.append((keys, counts))
        shorter = ids
        context[:, 1:] = ids[:, :-1]
        context[:, 1:] += 1
    return levels


def _different(numbers: Ids) -> tuple[Ids, Ids, Ids, Ids]:
    """Return what np.unique does: (different ones, where each is first, which of them each is, how often).

    One sort of numbers that hold their place as well: no need to keep equals in order. The numbers are used up: what
    is counted can be large.
    """
    size, bits = numbers.size, numbers.size.bit_length()
    if numbers.max() >> (63 - bits):
        different, where, ids, counts = np.unique(numbers, return_index=True, return_inverse=True, return_counts=True)
        return different, where, ids.reshape(numbers.shape), counts
    held = numbers.ravel()
    held <<= bits
    held |= np.arange(size, dtype=np.int32)
    held.sort()
    place = (held & ((1 << bits) - 1)).astype(np.int32)
    held >>= bits
    begins = np.ones(size, dtype=bool)
    np.not_equal(held[1:], held[:-1], out=begins[1:])
    start = np.flatnonzero(begins)
    ids = np.empty(size, dtype=np.int32)
    ids[place] = np.cumsum(begins, dtype=np.int32) - 1
    return held[start], place[start], ids.reshape(numbers.shape), np.diff(start, append=size).astype(np.int32)


class _Level:
    """All n-grams of one length: a sorted key (context, token) for each, its discounted share, the rest for h'."""

    def __init__(self, keys: Ids, counts: Ids, n_types: int, discount: float) -> None:
        self.keys = keys
        self.n_types = n_types
        context = keys // n_types
        self.total = np.bincount(context, weights=counts)
        self.share = counts - discount
        np.maximum(self.share, 0, out=self.share)
        self.share /= self.total[context]
        with np.errstate(invalid="ignore"):
            self.rest = np.where(self.total > 0, discount * np.bincount(context) / self.total, 1.0)
        self.counts = counts

    def give(self, unseen: float) -> None:
        """Give the shorter context a weight of its own, and discount nothing."""
        self.share = (1 - unseen) * self.counts / self.total[0]
        self.rest = np.array([unseen])

    def find(self, context: Ids, tokens: Ids) -> Ids:
        """Return the number of each n-gram, -1 if it never occurred."""
        wanted = context * self.n_types + tokens
        found = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[found] == wanted, found, -1)

    def interpolate(self, context: Ids, ids: Ids, shorter: Array) -> Array:
        """Return p(w | h) of n-grams, given p(w | h')."""
        known = (context >= 0) & (context < len(self.rest))
        rest = np.where(known, self.rest[np.where(known, context, 0)], 1.0)
        return np.where(ids >= 0, self.share[ids], 0.0) + rest * shorter
