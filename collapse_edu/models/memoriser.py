"""A model that knows what it saw, and nothing else."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import array, floats, sample_size
from collapse_edu.estimator import Estimator, require_fitted

__all__ = ["Memoriser"]


class Memoriser(Estimator):
    """Remember the label of each input that was seen.

    A row is ``[input, label]``, both integers of at least 0. The simplest model with a scaling law: it errs on the
    inputs that it has not seen, and the tail of a Zipf law is always long enough to contain some.

    Attributes
    ----------
    inputs_ : ndarray of int, shape (n_seen,)
        The inputs seen, in ascending order.
    labels_ : ndarray of int, shape (n_seen,)
        What is remembered of each: its most frequent label, the smaller one of two equals.
    counts_ : ndarray, shape (n_seen,)
        How often each input occurred.

    References
    ----------
    Dohmatob et al. (2024a), the "Hutter LLM". Expected errors: :mod:`collapse_edu.theory.tails`.

    Examples
    --------
    >>> model = Memoriser().fit([[4, 1], [4, 1], [7, 0]])
    >>> model.predict([4, 5, 7])
    array([ 1, -1,  0])
    >>> model.sample(2, np.random.default_rng(0)).shape
    (2, 2)
    """

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Remember the labels.

        Parameters
        ----------
        X : array of int, shape (n, 2)
            Inputs and labels, 0 or larger.
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts; a row of weight 0 is not seen.

        Returns
        -------
        Memoriser
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If X is no table of two columns of such integers, or a weight is negative, or all are 0.
        """
        X = _pairs(X)
        weights = np.ones(len(X)) if sample_weight is None else checks.weights(sample_weight, len(X))
        pairs, counts = _counted(X[weights > 0], weights[weights > 0])
        # The most frequent label of each input comes first, the smaller one of two equals.
        order = np.lexsort((pairs[:, 1], -counts, pairs[:, 0]))
        self.inputs_, first = np.unique(pairs[order, 0], return_index=True)
        self.labels_ = pairs[order, 1][first]
        self.counts_ = np.add.reduceat(counts[order], first)
        return self

    def predict(self, inputs: ArrayLike) -> NDArray[np.int64]:
        """Return what is remembered of inputs.

        Parameters
        ----------
        inputs : array of int, any shape

        Returns
        -------
        ndarray of int, shape of inputs
            Their labels; -1 for an input that was not seen.

        Raises
        ------
        NotFittedError
        """
        require_fitted(self)
        inputs = floats("inputs", inputs)
        place = np.minimum(np.searchsorted(self.inputs_, inputs), len(self.inputs_) - 1)
        return np.where(self.inputs_[place] == inputs, self.labels_[place], -1)

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw inputs by the shares of the training set, with the labels that are remembered.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of int, shape (n, 2)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        require_fitted(self)
        n = sample_size(n, rng)
        cumulative = np.cumsum(self.counts_)
        drawn = np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right")
        drawn = np.minimum(drawn, len(cumulative) - 1)
        return np.column_stack([self.inputs_[drawn], self.labels_[drawn]])


def _pairs(X):
    """Return X as two columns of integers, or say in one line why it is none."""
    X = array("X", X)
    if X.ndim != 2 or X.shape[1] != 2 or not len(X):
        raise ValueError(f"X must have shape (n, 2), rows [input, label], n at least 1; got {X.shape}")
    if not np.issubdtype(X.dtype, np.integer):
        raise TypeError(f"X must contain integers, rows [input, label]; got {X.dtype}")
    if X.min() < 0:
        raise ValueError(f"X must contain integers of at least 0; got {X.min()}")
    return X


def _counted(pairs, weights):
    """Return the different pairs, sorted, and the sum of the weights of each."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs = pairs[order]
    first = np.flatnonzero(np.r_[True, (pairs[1:] != pairs[:-1]).any(axis=1)])
    return pairs[first], np.add.reduceat(weights[order], first)
