"""Counts of types: the model that only remembers how often each type occurred."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import Measure, integer, number, sample_size
from collapse_edu.estimator import Estimator, require_fitted
from collapse_edu.measures import heterozygosity, types_alive

__all__ = ["Categorical"]

_MOST_TYPES = 10**8  # a count for each must fit into the memory of a laptop


class Categorical(Estimator):
    """Fit the share of each type, and sample types by their shares.

    Under replace, this is the Wright-Fisher model of population genetics: a type with no copies left never
    comes back.

    Parameters
    ----------
    n_types : int, optional
        Types are the integers 0 … n_types - 1; at most a hundred million. Without it, the largest type of the training
        set is the last.
    learning_rate : float, default=1.0
        η in (0, 1], for a fit that starts from a ``previous`` one: the shares are η of the data's and 1 - η of the
        previous ones. So n rows stand beside n(1 - η)/η pseudo-counts. 1 forgets the previous model.

    Attributes
    ----------
    counts_ : ndarray, shape (n_types,)
        How often each type occurred in the training set; after a previous model with its pseudo-counts.

    References
    ----------
    Shumailov et al. (2024), "discrete distributions with exact approximation". What comes of a learning rate in a
    chain: :mod:`collapse_edu.theory.continuing`.

    Examples
    --------
    >>> model = Categorical(n_types=4).fit([[0], [1], [1], [3]])
    >>> model.probabilities_
    array([0.25, 0.5 , 0.  , 0.25])
    >>> 2 in model.sample(1000, np.random.default_rng(0))
    False
    """

    estimator_type = "density_estimator"

    def __init__(self, n_types: int | None = None, learning_rate: float = 1.0) -> None:
        self.n_types = n_types
        self.learning_rate = learning_rate

    @property
    def can_continue(self) -> bool:
        """Whether a fit that starts from a previous one keeps any of it."""
        return self.learning_rate != 1

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
        previous: "Categorical | None" = None,
    ) -> Self:
        """Count the types.

        Parameters
        ----------
        X : array of int, shape (n, 1)
            Types, 0 or larger.
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts.
        previous : Categorical, optional
            A fitted one, to start from. Its types stay, also those that are not among the rows.

        Returns
        -------
        Categorical
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If X is no column of integers from 0 to n_types - 1, or a weight is negative, or all are 0; if the
            learning rate is out of range, or the previous model is none to start from.
        """
        rate = number("learning_rate", self.learning_rate, 0, 1, open_low=True)
        X = _types(X)
        most = min(int(X.max()) + 1, _MOST_TYPES)
        n_types = most if self.n_types is None else integer("n_types", self.n_types, 1, _MOST_TYPES)
        if X.min() < 0 or X.max() >= n_types:
            raise ValueError(f"X must contain types from 0 to {n_types - 1}; got {X.min()} to {X.max()}")
        weights = None if sample_weight is None else checks.weights(sample_weight, len(X))
        counts = np.bincount(X[:, 0], weights=weights, minlength=n_types)
        if previous is not None:
            checks.previous(previous, self, "counts_")
            _check_types(previous.probabilities_, self.n_types)
            counts = _with_pseudo_counts(counts, previous.probabilities_, rate)
        self.counts_ = counts
        return self

    @property
    def probabilities_(self) -> NDArray[np.float64]:
        """Share of each type, shape (n_types,)."""
        require_fitted(self)
        return self.counts_ / self.counts_.sum()

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw independent types.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of int, shape (n, 1)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        require_fitted(self)
        n = sample_size(n, rng)
        # Only living types are drawn: the search gets faster as the vocabulary dies.
        living = np.flatnonzero(self.counts_)
        cumulative = np.cumsum(self.counts_[living])
        drawn = np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right")
        return living[np.minimum(drawn, len(living) - 1)][:, None]

    def usual_measures(self, d: int) -> dict[str, Measure]:
        """Return what a run writes down of this model.

        Parameters
        ----------
        d : int
            Features of a row.

        Returns
        -------
        dict
            Name → measure: types alive and heterozygosity.
        """
        return {"types_alive": types_alive, "heterozygosity": heterozygosity}

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log probability of each row.

        Parameters
        ----------
        X : array of int, shape (m, 1), m at least 1
            Types; any integer is welcome.

        Returns
        -------
        ndarray, shape (m,)
            In nats; minus infinity for a type that was never seen.

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If X is no column of integers.
        """
        require_fitted(self)
        X = _types(X)
        known = (X[:, 0] >= 0) & (X[:, 0] < len(self.counts_))
        shares = np.where(known, self.probabilities_[np.where(known, X[:, 0], 0)], 0.0)
        with np.errstate(divide="ignore"):
            return np.log(shares)


def _check_types(shares, n_types):
    """Say in one line that a previous model knows types beyond the last one, if it does."""
    last = int(np.flatnonzero(shares)[-1])
    if n_types is not None and last >= n_types:
        raise ValueError(f"previous must have types from 0 to {n_types - 1}; got one that has {last}")


def _with_pseudo_counts(counts, shares, rate):
    """Return counts beside which the previous shares stand with a weight of 1 - rate of all."""
    if rate == 1:
        return counts
    pseudo = np.zeros(max(len(counts), len(shares)))
    pseudo[: len(shares)] = shares * (counts.sum() * (1 - rate) / rate)
    pseudo[: len(counts)] += counts
    return pseudo


def _types(X):
    """Return X as a column of integers, or say in one line why it is none."""
    X = checks.array("X", X)
    if X.ndim != 2 or X.shape[1] != 1 or not len(X):
        raise ValueError(f"X must have shape (n, 1) with n of at least 1; got {X.shape}")
    if not np.issubdtype(X.dtype, np.integer):
        raise TypeError(f"X must contain integers, one for each type; got {X.dtype}")
    return X
