"""Models of others, made to fit the loop."""

import sys
from copy import deepcopy
from inspect import Parameter, signature
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import sample_size, takes
from collapse_edu.estimator import copied, random_state_of, require_fitted, rows_of
from collapse_edu.loop.seeding import follow_stream, random_state
from collapse_edu.models.causal import CausalLM
from collapse_edu.models.diffusion import Diffusion
from collapse_edu.models.wrapper import Wrapper

__all__ = ["Adapted", "adapt"]

_SHAPES = ("n_components", "covariance_type", "weight_concentration_prior_type")  # which arrays a mixture learns


def adapt(estimator: object, **settings: Any) -> "Adapted | CausalLM | Diffusion":
    """Turn a density estimator, a pretrained network or a class of your own into a model of this course.

    Parameters
    ----------
    estimator : object
        A causal language model of transformers becomes a :class:`~collapse_edu.models.CausalLM`, an unconditional
        pipeline of diffusers a :class:`~collapse_edu.models.Diffusion`. Anything else:

        Has ``fit(X)`` and ``sample``: ``sample(n)``, ``sample(n, rng)`` or ``sample(n, random_state=…)``.
        scikit-learn's ``GaussianMixture`` and ``BayesianGaussianMixture`` qualify, and ``KernelDensity`` with the
        kernels that it samples from: gaussian and tophat, with Euclidean distances. Classifiers and pipelines do not:
        they do not sample. Of rows that are no 64-bit floats, scikit-learn's get a copy that is. Noise that it
        keeps must be a generator of NumPy, or a seed named ``random_state``: see
        :func:`collapse_edu.loop.seeding.follow_stream`.
    **settings
        For a network: what the class takes, such as ``prompts`` and ``temperature``.

    Returns
    -------
    Adapted, CausalLM or Diffusion

    Raises
    ------
    TypeError
        If the estimator cannot learn or cannot sample, or takes no such settings.
    ValueError
        If its parameters say that it cannot sample.

    Examples
    --------
    >>> from sklearn.mixture import GaussianMixture
    >>> rng = np.random.default_rng(0)
    >>> model = adapt(GaussianMixture(2)).fit(rng.normal(size=(50, 3)))
    >>> model.sample(5, rng).shape
    (5, 3)
    """
    kind = _network_kind(estimator)
    if kind is not None:
        _require_settings(kind, settings)
        return kind(estimator, **settings)
    _require_samples(estimator)
    _require_settings(Adapted, settings)
    return Adapted(estimator, **settings)


def _network_kind(estimator: Any) -> Any:
    """Return what wraps a network, by what the network can do; None for what is none."""
    if isinstance(estimator, type):
        return None
    if all(callable(getattr(estimator, method, None)) for method in ("forward", "generate")):
        return CausalLM
    return Diffusion if hasattr(estimator, "unet") and hasattr(estimator, "scheduler") else None


def _require_settings(kind: Any, settings: dict[str, Any]) -> None:
    """Say in one line which settings there are, and which are missing."""
    taken = list(signature(kind).parameters.values())[1:]
    for name in settings:
        if name not in {parameter.name for parameter in taken}:
            known = ", ".join(parameter.name for parameter in taken)
            raise TypeError(f"settings of {kind.__name__} must be among {known}; got {name}")
    for parameter in taken:
        if parameter.default is Parameter.empty and parameter.name not in settings:
            raise TypeError(f"settings of {kind.__name__} must have {parameter.name}; got none")


def _require_samples(estimator: Any) -> None:
    """Say in one line why an estimator cannot learn or cannot sample."""
    allowed = "estimator must be an object with fit and sample"
    if isinstance(estimator, type):
        raise TypeError(f"{allowed}; got the class {estimator.__name__}: write {estimator.__name__}(...)")
    for method in ("fit", "sample"):
        if not callable(getattr(estimator, method, None)):
            raise TypeError(f"{allowed}; got {type(estimator).__name__} without {method}{_advice(estimator)}")
    if not any(takes(estimator.sample, 1, **also) for also in ({}, {"rng": None}, {"random_state": None})):
        raise TypeError(f"{allowed}; got {type(estimator).__name__}, whose sample does not take a number of rows alone")
    if isinstance(estimator, _of_neighbors("KernelDensity")):
        for name, served in (("kernel", ("gaussian", "tophat")), ("metric", ("euclidean", "l2"))):
            if (value := getattr(estimator, name)) not in served:
                raise ValueError(f"KernelDensity samples only with {name} {' or '.join(served)}; got {value}")


def _advice(estimator: Any) -> str:
    """Return what to do about an estimator that only stands around others."""
    return (
        ": adapt the density estimator in it, of rows that are transformed before"
        if hasattr(estimator, "steps")
        else ""
    )


def _of_neighbors(name: str) -> Any:
    """Return a class, if somebody loaded scikit-learn's neighbors; else one that nothing is of."""
    return getattr(sys.modules.get("sklearn.neighbors"), name, ())


def _rows(adapted: "Adapted", X: ArrayLike, learns: bool) -> Any:
    """Return rows as 64-bit floats, so that results do not depend on the type that came.

    An estimator that is no one of scikit-learn's may want integers.
    """
    known = str(getattr(adapted.estimator.sample, "__module__", "")).startswith("sklearn.")
    if known or getattr(getattr(X, "dtype", None), "kind", "") == "f":
        return rows_of(adapted, X, learns=learns)
    return X


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
        self.estimator: Any = estimator
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
            start, or that is none to start from; if the estimator cannot sample; if scikit-learn's is given what is no
            table of finite numbers, such as sparse rows.
        """
        _require_samples(self.estimator)
        if sample_weight is not None and "sample_weight" not in signature(self.estimator.fit).parameters:
            raise TypeError(f"{type(self.estimator).__name__} takes no sample_weight; choose a regime without weights")
        rng = np.random.default_rng(random_state_of(self.random_state))
        X = _rows(self, X, learns=True)
        estimator = copied(self.estimator) if previous is None else self._continued(previous, X)
        self.estimator_ = follow_stream(estimator, rng)
        given = {} if sample_weight is None else {"sample_weight": checks.weights(sample_weight, len(np.asarray(X)))}
        self.estimator_.fit(X, **given)
        return self

    def _continued(self, previous, X):
        """Return a copy of the previous estimator that goes on from what it learned, if that fits."""
        checks.previous(previous, self, "estimator_", np.shape(X)[-1])
        kind = type(self.estimator).__name__
        if not self.can_continue:
            raise TypeError(f"previous must be None for {kind}: it has no warm start")
        if type(previous.estimator_) is not type(self.estimator):
            raise TypeError(f"previous must hold a {kind}; got {type(previous.estimator_).__name__}")
        for name in _SHAPES:
            here, there = (getattr(one, name, None) for one in (self.estimator, previous.estimator_))
            if here != there:
                raise ValueError(f"previous must have {name} {here!r}, as this {kind} has; got {there!r}")
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
        require_fitted(self, "estimator_")
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
        require_fitted(self, "estimator_")
        return self.estimator_.score_samples(_rows(self, X, learns=False))
