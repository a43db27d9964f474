"""The normal distribution, fitted by its mean and covariance."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import Measure, integer, number, sample_size
from collapse_edu.estimator import Estimator, require_fitted, rows_of
from collapse_edu.measures import fitted_mean, fitted_variance

__all__ = ["Gaussian"]


class Gaussian(Estimator):
    """Fit a normal distribution of any dimension, and sample from it.

    Parameters
    ----------
    ddof : {1, 0}, default=1
        1: unbiased covariance, divided by n - 1. 0: maximum likelihood, divided by n.
    sampling_bias : float, default=1.0
        λ in (0, 1]. Samples come from N(mean, λ · covariance); 1 is faithful sampling.
    learning_rate : float, default=1.0
        η in (0, 1], for a fit that starts from a ``previous`` one: the new model is the one fitted to a mixture, η of
        the data and 1 - η of the previous distribution. 1 forgets it.

    Attributes
    ----------
    mean_ : ndarray, shape (d,)
    factor_ : ndarray, shape (min(n, d), d)
        Upper triangular, with non-negative diagonal: ``factor_.T @ factor_`` is the covariance. It also exists
        where the covariance is singular. After a previous model, of shape (d, d).

    References
    ----------
    Shumailov et al. (2024), Theorem 3.1 (ddof = 1). Alemohammad et al. (2024), section 2 (λ). Cappé and Moulines
    (2009), online EM: a step of size η in the expected statistics. What comes of it in a chain:
    :mod:`collapse_edu.theory.continuing`, for ddof = 0.

    Examples
    --------
    >>> model = Gaussian().fit([[0.0], [2.0]])
    >>> model.mean_, model.covariance_
    (array([1.]), array([[2.]]))
    >>> model.sample(3, np.random.default_rng(0)).shape
    (3, 1)
    """

    estimator_type = "density_estimator"

    def __init__(self, ddof: int = 1, sampling_bias: float = 1.0, learning_rate: float = 1.0) -> None:
        self.ddof = ddof
        self.sampling_bias = sampling_bias
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
        previous: "Gaussian | None" = None,
    ) -> Self:
        """Learn mean and covariance.

        Parameters
        ----------
        X : array, shape (n, d)
            n must be larger than ddof.
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts.
        previous : Gaussian, optional
            A fitted one of the same d, to start from.

        Returns
        -------
        Gaussian
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is out of range, a number is not finite, there are too few rows, a weight is negative, or
            the weights sum to ddof or less; if the previous model is none to start from.
        """
        ddof = integer("ddof", self.ddof, 0, 1)
        number("sampling_bias", self.sampling_bias, 0, 1, open_low=True)
        rate = number("learning_rate", self.learning_rate, 0, 1, open_low=True)
        X = rows_of(self, X, min_rows=ddof + 1)
        weights = None if sample_weight is None else checks.weights(sample_weight, len(X))
        total = len(X) if weights is None else weights.sum()
        if total <= ddof:
            raise ValueError(f"sample_weight must sum to more than ddof = {ddof}; got {total:g}")
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            mean = np.average(X, axis=0, weights=weights)
            scaled = (X - mean) / np.sqrt(total - ddof)
            if weights is not None:
                scaled *= np.sqrt(weights)[:, None]
        if previous is not None:
            checks.previous(previous, self, "mean_", X.shape[1])
            mean, scaled = _mixed(rate, mean, scaled, previous, ddof / total)
        # The triangular factor of the centred data is the Cholesky factor of the covariance, and it is there
        # even when the covariance has lost a dimension.
        factor = np.asarray(np.linalg.qr(scaled, mode="r"))
        if not np.isfinite(factor).all():
            raise ValueError(f"X must contain numbers of which sums are finite; got {np.abs(X).max():g} as the largest")
        self.mean_, self.factor_ = mean, factor * np.where(np.diagonal(factor) < 0, -1.0, 1.0)[:, None]
        return self

    @property
    def covariance_(self) -> NDArray[np.float64]:
        """Fitted covariance, shape (d, d)."""
        require_fitted(self)
        return self.factor_.T @ self.factor_

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw independent rows from N(mean, λ · covariance).

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (n, d)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        require_fitted(self)
        n = sample_size(n, rng)
        noise = rng.standard_normal((n, len(self.factor_)))
        return self.mean_ + np.sqrt(self.sampling_bias) * (noise @ self.factor_)

    def usual_measures(self, d: int) -> dict[str, Measure]:
        """Return what a run writes down of this model.

        Parameters
        ----------
        d : int
            Features of a row; a single mean is measured in one dimension only.

        Returns
        -------
        dict
            Name → measure: the fitted mean and variance.
        """
        mean: dict[str, Measure] = {"mean": fitted_mean} if d == 1 else {}
        return {**mean, "variance": fitted_variance}

    def score_samples(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the log density of each row under the fit; λ plays no part.

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
        ValueError
            If the fitted covariance is singular (to rounding), as with no more rows than dimensions; or X is of
            another width.
        """
        require_fitted(self)
        X = rows_of(self, X, learns=False)
        if np.linalg.matrix_rank(self.factor_) < X.shape[1]:
            raise ValueError("the fitted covariance is singular, so the model has no density")
        diagonal = np.diagonal(self.factor_)
        z = np.linalg.solve(self.factor_.T, (X - self.mean_).T)
        return -0.5 * ((z**2).sum(axis=0) + X.shape[1] * np.log(2 * np.pi)) - np.log(diagonal).sum()

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Return the mean log density of the rows.

        Parameters
        ----------
        X : array, shape (m, d)
        y : ignored

        Returns
        -------
        float
            In nats.

        Raises
        ------
        NotFittedError, ValueError
            As :meth:`score_samples`.
        """
        return self.score_samples(X).mean()


def _mixed(rate, mean, scaled, previous, bias):
    """Return mean and a root of the covariance of a mixture: ``rate`` of the data, the rest of the previous model.

    The squared step between both means is too large by the error of the data's mean; where the covariance of the data
    has been made unbiased (``bias`` 1/n), that is taken off.
    """
    if rate == 1:
        return mean, scaled
    step = mean - previous.mean_
    parts = [
        np.sqrt(rate * (1 - (1 - rate) * bias)) * scaled,
        np.sqrt(1 - rate) * previous.factor_,
        np.sqrt(rate * (1 - rate)) * step[None],
    ]
    return previous.mean_ + rate * step, np.concatenate(parts)
