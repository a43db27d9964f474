"""Models of others, made to fit the loop."""

from copy import deepcopy
from inspect import signature
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from collapse_edu import checks
from collapse_edu.checks import sample_size
from collapse_edu.loop.seeding import follow_stream, random_state
from collapse_edu.models.wrapper import Wrapper

__all__ = ["Adapted", "adapt"]


def adapt(estimator: object) -> "Adapted":
    """Turn a density estimator, a mixture or a class of your own into a model of this course.

    Parameters
    ----------
    estimator : object
        Has ``fit(X)`` and ``sample``: ``sample(n)``, ``sample(n, rng)`` or ``sample(n, random_state=…)``.
        scikit-learn's ``KernelDensity``, ``GaussianMixture`` and ``BayesianGaussianMixture`` qualify. Noise that it
        keeps must be a generator of NumPy, or a seed named ``random_state``: see
        :func:`collapse_edu.loop.seeding.follow_stream`.

    Returns
    -------
    Adapted

    Raises
    ------
    TypeError
        If the estimator cannot learn or cannot sample.

    Examples
    --------
    >>> from sklearn.mixture import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> model = adapt(GaussianMixture(2)).fit(rng.normal(size=(50, 3)))
    >>> model.sample(5, rng).shape
    (5, 3)
    """
    for method in ("fit", "sample"):
        if isinstance(estimator, type) or not callable(getattr(estimator, method, None)):
            raise TypeError(f"estimator must be an object with fit and sample; got {estimator!r} without {method}")
    return Adapted(estimator)


class Adapted(Wrapper):
    """An estimator that samples with the generator of its chain.

    scikit-learn's ``sample`` takes a ``RandomState``, and an integer seed makes it return the same rows at each
    call. Here the estimator always draws from the generator that ``sample`` is given, whatever its own seed.

    Parameters
    ----------
    estimator : object
        See :func:`adapt`. It is copied before it is fitted.
    random_state : None, int or numpy.random.RandomState
        What the *fit* uses for its random starts. In a chain, it comes from the chain's own generator.

    Attributes
    ----------
    estimator_ : object
        The fitted copy. What it learned is also found here: ``adapted.means_`` is ``adapted.estimator_.means_``.

    Examples
    --------
    >>> from sklearn.neighbors import KernelDensity
    >>> model = Adapted(KernelDensity(bandwidth=0.5)).fit([[0.0], [1.0]])
    >>> model.sample(3, np.random.default_rng(0)).shape
    (3, 1)
    """

    _inside = "estimator"

    def __init__(self, estimator: object, random_state: int | np.random.RandomState | None = None) -> None:
        self.estimator = estimator
        self.random_state = random_state

    @property
    def can_continue(self) -> bool:
        """Whether a fit can start from a previous one: whether the estimator has a warm start."""
        return hasattr(self.estimator, "warm_start")

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        sample_weight: ArrayLike | None = None,
        previous: "Adapted | None" = None,
    ) -> Self:
        """Fit a copy of the estimator.

        Parameters
        ----------
        X : array, shape (n, d)
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts.
        previous : Adapted, optional
            A fitted one; the fit goes on from what it learned, by the estimator's own warm start.

        Returns
        -------
        Adapted
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If there are weights, and the estimator takes none; or a previous model, and the estimator has no warm
            start, or that is none to start from.
        """
        if sample_weight is not None and not has_fit_parameter(self.estimator, "sample_weight"):
            raise TypeError(f"{type(self.estimator).__name__} takes no sample_weight; choose a regime without weights")
        rng = np.random.default_rng(check_random_state(self.random_state))
        estimator = clone(self.estimator, safe=False) if previous is None else self._continued(previous)
        self.estimator_ = follow_stream(estimator, rng)
        self.estimator_.fit(X) if sample_weight is None else self.estimator_.fit(X, sample_weight=sample_weight)
        return self

    def _continued(self, previous):
        """Return a copy of the previous estimator that goes on from what it learned."""
        checks.previous(previous, self, "estimator_")
        kind = type(self.estimator).__name__
        if not self.can_continue:
            raise TypeError(f"previous must be None for {kind}: it has no warm start")
        if type(previous.estimator_) is not type(self.estimator):
            raise TypeError(f"previous must hold a {kind}; got {type(previous.estimator_).__name__}")
        estimator = deepcopy(previous.estimator_).set_params(**self.estimator.get_params(deep=False))
        estimator.warm_start = True
        if hasattr(estimator, "lower_bound_"):
            estimator.lower_bound_ = -np.inf  # of other rows: a step beyond it would not mean that EM has converged
        return estimator

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw rows.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator
            All noise comes from it.

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        check_is_fitted(self, "estimator_")
        n = sample_size(n, rng)
        follow_stream(self.estimator_, rng)
        parameters = signature(self.estimator_.sample).parameters
        if "random_state" in parameters:
            rows = self.estimator_.sample(n, random_state=random_state(rng))
        elif "rng" in parameters:
            rows = self.estimator_.sample(n, rng=rng)
        else:
            rows = self.estimator_.sample(n)
        # A mixture returns its rows and their components, sorted by component.
        return rng.permutation(rows[0]) if isinstance(rows, tuple) else np.asarray(rows)

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log density of each row.

        Parameters
        ----------
        X : array, shape (m, d)

        Returns
        -------
        ndarray, shape (m,)
            In nats.

        Raises
        ------
        NotFittedError
        AttributeError
            If the estimator has no ``score_samples``.
        """
        check_is_fitted(self, "estimator_")
        return self.estimator_.score_samples(X)
