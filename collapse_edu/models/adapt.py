"""Models of others, made to fit the loop."""

import inspect

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

__all__ = ["Adapted", "adapt"]


def adapt(estimator):
    """Turn a density estimator, a mixture or a class of your own into a model of this course.

    Parameters
    ----------
    estimator : object
        Has ``fit(X)`` and ``sample``: ``sample(n)``, ``sample(n, rng)`` or ``sample(n, random_state=…)``.
        scikit-learn's ``KernelDensity``, ``GaussianMixture`` and ``BayesianGaussianMixture`` qualify.

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


class Adapted(BaseEstimator):
    """An estimator that samples with the generator of its chain.

    scikit-learn's ``sample`` takes a ``RandomState``, and an integer seed makes it return the same rows at each
    call. Here the estimator always draws from the generator that ``sample`` is given, whatever its own seed.

    Parameters
    ----------
    estimator : object
        See :func:`adapt`. It is copied before it is fitted.
    random_state : None, int or numpy.random.RandomState
        What the *fit* uses for its random starts. In a chain, it is the chain's own generator.

    Attributes
    ----------
    estimator_ : object
        The fitted copy.
    """

    def __init__(self, estimator, random_state=None):
        self.estimator = estimator
        self.random_state = random_state

    def fit(self, X, y=None, sample_weight=None):
        """Fit a copy of the estimator to the rows of X, shape (n, d)."""
        if sample_weight is not None and not has_fit_parameter(self.estimator, "sample_weight"):
            raise TypeError(f"{type(self.estimator).__name__} takes no sample_weight; choose a regime without weights")
        self.estimator_ = clone(self.estimator, safe=False)
        self._follow(check_random_state(self.random_state))
        self.estimator_.fit(X) if sample_weight is None else self.estimator_.fit(X, sample_weight=sample_weight)
        return self

    def sample(self, n, rng):
        """Return ``n`` rows drawn with ``rng``, shape (n, d)."""
        check_is_fitted(self, "estimator_")
        state = np.random.RandomState(rng.bit_generator)
        self._follow(state)
        parameters = inspect.signature(self.estimator_.sample).parameters
        if "random_state" in parameters:
            rows = self.estimator_.sample(n, random_state=state)
        elif "rng" in parameters:
            rows = self.estimator_.sample(n, rng=rng)
        else:
            rows = self.estimator_.sample(n)
        # A mixture returns its rows and their components, sorted by component.
        return rng.permutation(rows[0]) if isinstance(rows, tuple) else np.asarray(rows)

    def score_samples(self, X):
        """Return the log density of each row, shape (n,)."""
        return self.estimator_.score_samples(X)

    def _follow(self, state):
        if "random_state" in getattr(self.estimator_, "get_params", dict)():
            self.estimator_.set_params(random_state=state)
            return
        # A class of the learner's own may keep a seed or a generator; a copy of it would replay its noise.
        for name, value in getattr(self.estimator_, "__dict__", {}).items():
            if isinstance(value, np.random.Generator):
                setattr(self.estimator_, name, np.random.default_rng(state.randint(2**32, size=4, dtype=np.uint32)))
            elif isinstance(value, np.random.RandomState) or name == "random_state":
                setattr(self.estimator_, name, state)
