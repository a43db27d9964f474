"""The n-gram model of text: the next token depends on the last few."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import Measure, integer, number, sample_size, token_ids, vocabulary_size
from collapse_edu.estimator import Estimator, require_fitted
from collapse_edu.measures import Distinct, types_alive

__all__ = ["NGram"]

_ROWS_AT_ONCE = 8000  # a step stays in the processor's cache; powers of two would compete for a few of its lines
_COUNT = 2**32 - 1  # a block is (first << 32) | count, a cell is (other place << 32) | threshold
_ROUNDING = 1e-9


class NGram(Estimator):
    """Count which token follows each context, and write passages by these counts.

    The context of a token is the ``order - 1`` tokens before it. A passage begins as one of the training passages
    begins. Then each step picks, at random, one of the places where the context occurred in the training set, and
    writes what followed there. Nothing is smoothed. A context that only ends passages has no continuation: there the
    model begins anew, as at the start of a passage.

    Parameters
    ----------
    order : int
        1: a bag of words; 2: bigrams; 3: trigrams; and so on.
    n_types : int, optional
        Tokens are the integers 0 … n_types - 1; at most 2³¹ - 1 types. Without it, the largest token of the training
        set is the last.
    temperature : float
        Larger than 0. The probabilities p of what may follow a context become p^(1/temperature), made to sum to 1.
        Below 1, frequent continuations gain.
    top_k : int, optional
        Keep the k most probable continuations of each context. Of equals, those with smaller ids come first.
    top_p : float, optional
        In (0, 1]. Keep the fewest most probable continuations of each context that together have at least this
        probability. It is applied after temperature and ``top_k``.

    Attributes
    ----------
    n_contexts_ : int
        Number of different contexts in the training set.

    Notes
    -----
    With order 1, the expected count of each type in as many passages is its count in the training set: no type is
    favoured. With a longer context this holds nearly, and on average over types, but not for each: rows have an end
    that the model does not know, so what stood at the start of a row occurs somewhat too often.

    References
    ----------
    Shannon (1948), "A mathematical theory of communication", section 3. Holtzman et al. (2020), section 3 (top-p).
    Walker (1977), "An efficient method for generating discrete random variables with general distributions".

    Examples
    --------
    >>> model = NGram(order=2).fit([[0, 1, 2], [0, 1, 0]])
    >>> model.sample(2, np.random.default_rng(0)).shape
    (2, 3)
    >>> np.exp(model.log_probabilities([[0, 1, 0], [1, 0, 1]])).round(2)
    array([[1. , 1. , 0.5],
           [0. , 0. , 0. ]])
    """

    estimator_type = "density_estimator"

    def __init__(
        self,
        order: int = 3,
        n_types: int | None = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
    ) -> None:
        self.order = order
        self.n_types = n_types
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p

    def __setstate__(self, state: Any) -> None:
        """Take up what was pickled; what is kept to write faster is made where an older version did not keep it."""
        super().__setstate__(state)
        if "_token" in vars(self) and "_cells" not in vars(self):
            self._keep(self._context, self._token, self._next, vars(self).get("_probability"))

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Count what follows each context. Contexts do not cross rows.

        Parameters
        ----------
        X : array of int, shape (n, length)
            Token ids, 0 or larger; one passage in each row.
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts; any numbers of at least 0.

        Returns
        -------
        NGram
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is out of range, X contains no token ids from 0 to n_types - 1, or a weight is negative, or
            all are 0.
        """
        order = integer("order", self.order, 1)
        temperature = number("temperature", self.temperature, 0, np.inf, open_low=True)
        top_k = None if self.top_k is None else integer("top_k", self.top_k, 1)
        top_p = None if self.top_p is None else number("top_p", self.top_p, 0, 1, open_low=True)
        X = token_ids(X)
        self._n_types = vocabulary_size(X, self.n_types)
        X = X.astype(np.int32)
        weights = np.ones(len(X)) if sample_weight is None else checks.weights(sample_weight, len(X))
        self._length = X.shape[1]
        rows = self._learn(X if sample_weight is None else X[weights > 0], order)
        if sample_weight is not None or (temperature, top_k, top_p) != (1.0, None, None):
            self._shape(weights[weights > 0][rows], temperature, top_k, top_p)
        return self

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Write passages as long as those of the training set.

        Parameters
        ----------
        n : int
            Number of passages, 0 or larger.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of int32, shape (n, length)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        require_fitted(self)
        n = sample_size(n, rng)
        X = np.empty((n, self._length), dtype=np.int32)
        for start in range(0, n, _ROWS_AT_ONCE):
            rows = X[start : start + _ROWS_AT_ONCE]
            rows[:] = self._walk(len(rows), rng).T
        return X

    def _walk(self, n, rng):
        """Return the tokens of n passages, written at the same pace, shape (length, n).

        A block of places is one 64-bit number, so that a step is one random number and one gather for each passage.
        Random numbers have 32 bits: of c places, none is off by more than c / 2³² of its probability. Where places have
        weights, what the place leaves over of the random number says whether it is this place or its other one
        (Walker 1977): one more gather.
        """
        tokens = np.empty((self._length, n), dtype=np.int32)
        block = np.full(n, self._start_block)
        place, rest = np.empty((2, n), dtype=np.int64)
        for written, random in zip(tokens, _random_bits(tokens.shape, rng), strict=True):
            np.bitwise_and(block, _COUNT, out=place)
            place *= random
            if self._cells is not None:
                np.bitwise_and(place, _COUNT, out=rest)
            place >>= 32
            block >>= 32
            place += block
            if self._cells is not None:
                self._cells.take(place, out=block, mode="clip")
                other = rest >= (block & _COUNT)
                block >>= 32
                np.copyto(place, block, where=other)
            self._next_block.take(place, out=block, mode="clip")
            self._token.take(place, out=written, mode="clip")
        return tokens

    def log_probabilities(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log probability of each token, given those before it in its row.

        Parameters
        ----------
        X : array of int, shape (m, length)
            Token ids; any length, any integers.

        Returns
        -------
        ndarray, shape (m, length)
            In nats; minus infinity from the first token on that the model cannot write.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If X contains no integers, or does not have two dimensions.
        """
        require_fitted(self)
        X = token_ids(X)
        keys, probabilities, following = self._continuations()
        context, possible = np.zeros(len(X), dtype=np.int64), (X >= 0) & (self._n_types > X)
        logs = np.full(X.shape, -np.inf)
        alive = np.ones(len(X), dtype=bool)
        for i, tokens in enumerate(X.T):
            wanted = context * self._n_types + tokens
            found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            alive &= possible[:, i] & (keys[found] == wanted)
            logs[alive, i] = np.log(probabilities[found[alive]])
            context = self._state[following[found]]
        return logs

    def usual_measures(self, d: int) -> dict[str, Measure]:
        """Return what a run writes down of this model.

        Parameters
        ----------
        d : int
            Features of a row: tokens of a passage.

        Returns
        -------
        dict
            Name → measure: types alive, and different bigrams over bigrams if there are some.
        """
        bigrams: dict[str, Measure] = {"distinct_2": Distinct(2)} if d > 1 else {}
        return {"types_alive": types_alive, **bigrams}

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log probability of each row.

        Parameters
        ----------
        X : array of int, shape (m, length)
            Token ids; any length, any integers.

        Returns
        -------
        ndarray, shape (m,)
            In nats; minus infinity for a row that the model cannot write.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If X contains no integers, or does not have two dimensions.
        """
        return self.log_probabilities(X).sum(axis=1)

    def _learn(self, X, order):
        """Sort the places of the training set by context, and return the row of each: a context is one block."""
        length = X.shape[1]
        place, begins = _in_order(_contexts(X, order, self._n_types))
        context_at = np.empty(len(place), dtype=np.int32)
        context_at[place] = np.cumsum(begins, dtype=np.int32) - 1
        self.n_contexts_ = int(np.count_nonzero(begins))
        place = place[place % (length + 1) < length]
        context, following = context_at[place], context_at[1:][place]
        row = place // (length + 1)
        place -= row  # from now on among the tokens, which have no place after the last one of a row
        self._keep(context, X.ravel()[place], following)
        return row

    def _keep(self, context, token, following, probability=None):
        """Keep continuations, sorted by context. A context without any begins anew: it stands for context 0."""
        self._context, self._token, self._next, self._probability = context, token, following, probability
        self._table: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]] | None = None
        count = np.bincount(context, minlength=self.n_contexts_)
        self._state = np.where(count > 0, np.arange(self.n_contexts_), 0)
        block = ((np.cumsum(count) - count) << 32 | count)[self._state]
        self._start_block, self._next_block = block[0], block[following]
        self._cells = None if probability is None else _cells(probability, count[count > 0])

    def _shape(self, weights, temperature, top_k, top_p):
        """Merge the places where the same token followed the same context, and bend their probabilities."""
        _, where, inverse = np.unique(self._keys(), return_index=True, return_inverse=True)
        context, token, following = self._context[where], self._token[where], self._next[where]
        probability = _bent(np.bincount(inverse, weights=weights), context, temperature, top_k, top_p)
        kept = probability > 0
        self._keep(context[kept], token[kept], following[kept], probability[kept])

    def _keys(self):
        return self._context.astype(np.int64) * self._n_types + self._token

    def _continuations(self):
        """Return (context · n_types + token, probability, next context) of all continuations, sorted."""
        if self._table is None and self._probability is not None:
            self._table = self._keys(), self._probability, self._next
        elif self._table is None:
            keys, where, counts = np.unique(self._keys(), return_index=True, return_counts=True)
            context = self._context[where]
            self._table = keys, counts / np.bincount(self._context)[context], self._next[where]
        return self._table


def _random_bits(shape, rng):
    """Return random integers of 32 bits: half the price of real numbers."""
    size = np.prod(shape)
    bits = rng.integers(2**64 - 1, size=(size + 1) // 2, dtype=np.uint64, endpoint=True)
    return bits.view(np.uint32)[:size].reshape(shape)


def _contexts(X, order, n_types):
    """Return a number for the context of each place, and of the place after the last; 0 at the start of a row."""
    n, length = X.shape
    contexts = np.zeros((n, length + 1), dtype=np.int64)
    largest = 1  # as a Python integer, which cannot overflow
    for back in range(1, order):
        largest *= n_types + 1
        if largest >= 2**62:
            contexts = np.unique(contexts, return_inverse=True)[1].reshape(contexts.shape)
            largest = contexts.size * (n_types + 1)
        contexts *= n_types + 1
        contexts[:, back:] += X[:, : max(length + 1 - back, 0)] + 1
    return contexts


def _in_order(contexts):
    """Return the places sorted by context, and as in the text within one; and at which of them a context begins.

    NumPy's fastest argsort leaves equals in an order that depends on the processor, and so would every text that a
    model writes. Numbers without equals have one order. The contexts are used up: what is counted can be large.
    """
    keys, size = contexts.ravel(), contexts.size
    if keys.max() >= 2**62 // size:
        keys = np.unique(keys, return_inverse=True)[1]
    keys *= size
    keys += np.arange(size, dtype=np.int32)
    keys.sort()
    place = (keys % size).astype(np.int32)
    keys //= size
    begins = np.ones(size, dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    return place, begins


def _cells(probability, count):
    """Return (other place << 32) | threshold for each place, from probabilities that sum to 1 in blocks of ``count``.

    All c places of a block are equally likely, and then a place below its threshold, of 2³², stays itself. Light
    places, with p · c below 1, are filled up in turn by heavy ones, and a heavy one that fell below 1 by the next: sums
    of what is missing and of what is over say by which. Sums of whole numbers are the same on every machine.
    """
    one, first = 2**32, np.cumsum(count) - count
    mass = np.rint(probability * np.repeat(count, count) * one).astype(np.int64)
    largest = np.flatnonzero(mass == np.repeat(np.maximum.reduceat(mass, first), count))
    mass[largest[np.searchsorted(largest, first)]] += count * one - np.add.reduceat(mass, first)
    light, heavy = np.flatnonzero(mass < one), np.flatnonzero(mass >= one)
    missing, over = np.cumsum(one - mass[light]), np.cumsum(mass[heavy] - one)
    before = missing - (one - mass[light])
    threshold, other = np.minimum(mass, one - 1), np.arange(len(mass))
    other[light] = heavy[np.searchsorted(over, before, side="right")]
    # A heavy place gives until one light place takes more than it has left: then the next heavy place fills it up.
    taker = np.searchsorted(missing, over, side="right")
    gives = np.flatnonzero(taker < np.searchsorted(light, np.repeat(first + count, count)[heavy]))
    gives = gives[over[gives] > before[taker[gives]]]
    threshold[heavy[gives]] = one + over[gives] - missing[taker[gives]]
    other[heavy[gives]] = heavy[gives + 1]
    return other << 32 | threshold


def _bent(mass, context, temperature, top_k, top_p):
    """Return probabilities within each context: by mass, then temperature, then the k most, then the top p."""
    begins = np.diff(context, prepend=-1) > 0
    starts, group = np.flatnonzero(begins), np.cumsum(begins) - 1
    order = np.lexsort((-mass, context))  # stable: of equals, the smaller id is first
    rank = np.arange(len(mass)) - starts[group]
    ranked = mass[order]
    ranked = np.exp(np.log(ranked / ranked[starts][group]) / temperature)
    ranked /= np.add.reduceat(ranked, starts)[group]
    if top_k is not None:
        ranked[rank >= top_k] = 0
        ranked /= np.add.reduceat(ranked, starts)[group]
    if top_p is not None:
        before = np.cumsum(ranked) - ranked
        before -= before[starts][group]
        ranked[(before >= top_p - _ROUNDING) & (rank > 0)] = 0
        ranked /= np.add.reduceat(ranked, starts)[group]
    probability = np.empty(len(mass))
    probability[order] = ranked
    return probability
