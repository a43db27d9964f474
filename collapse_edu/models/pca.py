"""Images as points on a few leading directions, with a distribution on these and noise around them."""

import warnings
from collections.abc import Callable
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from collapse_edu import checks
from collapse_edu.checks import flag, integer, number, sample_size
from collapse_edu.estimator import Estimator, require_fitted, rows_of

__all__ = ["PCAGaussian", "PCAMixture"]

_LARGEST = 1e150


class _PrincipalComponents(Estimator):
    """Leading directions of the data, and isotropic noise in all the others."""

    estimator_type = "density_estimator"
    score_samples: Callable[[ArrayLike], NDArray[np.float64]]

    def _fit_components(self, X, weights):
        """Learn mean, directions and variances; return the centred rows."""
        total = len(X) if weights is None else weights.sum()
        self.mean_ = np.average(X, axis=0, weights=weights)
        centred = X - self.mean_
        weighted = centred if weights is None else centred * weights[:, None]
        covariance = weighted.T @ centred / (total - 1)
        d = len(covariance)
        k = min(integer("n_components", self.n_components, 1), d, len(X) - 1)
        variances, directions = eigh(covariance, subset_by_index=(d - k, d - 1), overwrite_a=False)
        self.explained_variance_ = np.maximum(variances[::-1], 0)  # rounding may leave a zero just below zero
        self.components_ = directions.T[::-1]
        left_over = max(np.trace(covariance) - self.explained_variance_.sum(), 0.0)
        self.noise_variance_ = left_over / (d - k) if self.residual and d > k else 0.0
        return centred

    def _check(self, X):
        integer("n_components", self.n_components, 1)
        flag("residual", self.residual)
        number("sampling_bias", self.sampling_bias, 0, 1, open_low=True)
        X = rows_of(self, X, min_rows=2)
        if np.abs(X).max() > _LARGEST:
            raise ValueError(f"X must contain numbers of at most {_LARGEST:g}, so that their squares are finite")
        return X

    def _rows(self, scores, rng):
        """Return rows with these scores on the leading directions, and residual noise on all the others."""
        rows = self.mean_ + scores @ self.components_
        if self.noise_variance_ > 0:
            noise = rng.standard_normal(rows.shape)
            noise -= (noise @ self.components_.T) @ self.components_
            noise *= np.sqrt(self.sampling_bias * self.noise_variance_)
            rows += noise
        return rows

    def _split(self, X):
        """Return the scores of rows, and the log density of what the leading directions leave over."""
        centred = X - self.mean_
        scores = centred @ self.components_.T
        discarded = X.shape[1] - len(self.components_)
        if not discarded:
            return scores, 0.0
        if not self.noise_variance_ > 1e-14 * self.explained_variance_.sum():
            raise ValueError("the model has no noise in the directions that it discards, so it has no density")
        squares = np.square(centred).sum(axis=1) - np.square(scores).sum(axis=1)
        log_density = -0.5 * (squares / self.noise_variance_ + discarded * np.log(2 * np.pi * self.noise_variance_))
        return scores, log_density

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
            As ``score_samples``.
        """
        return self.score_samples(X).mean()


class PCAGaussian(_PrincipalComponents):
    """Fit a normal distribution on the leading principal components, and isotropic noise on all the others.

    With ``residual=True`` this is probabilistic principal component analysis. Variances are unbiased (divided by
    n - 1), as in :class:`~collapse_edu.Gaussian`; Tipping and Bishop divide by n. Nothing is clipped: pixels below 0
    and above 1 occur.

    Parameters
    ----------
    n_components : int, default=16
        Leading directions, at least 1. There are never more than the data have features, or than n - 1.
    residual : bool, default=True
        Whether rows get noise in the discarded directions, with the mean of their variances.
    sampling_bias : float, default=1.0
        λ in (0, 1]. It multiplies all variances when the model samples; 1 is faithful sampling.

    Attributes
    ----------
    mean_ : ndarray, shape (d,)
    components_ : ndarray, shape (k, d)
        Orthonormal directions, the one with the largest variance first.
    explained_variance_ : ndarray, shape (k,)
        Variance along each direction.
    noise_variance_ : float
        Variance along each of the d - k discarded directions; 0 without residual.

    References
    ----------
    Tipping and Bishop (1999), Probabilistic principal component analysis, equations 7 and 8. Alemohammad et al.
    (2024), section 2 (λ).

    Examples
    --------
    >>> from collapse_edu.datasets import digits
    >>> images = digits()
    >>> model = PCAGaussian(n_components=16).fit(images.source.real)
    >>> model.sample(5, np.random.default_rng(0)).shape
    (5, 64)
    >>> bool(model.explained_variance_.sum() > 0.8 * images.source.real.var(axis=0).sum())
    True
    """

    def __init__(self, n_components: int = 16, residual: bool = True, sampling_bias: float = 1.0) -> None:
        self.n_components = n_components
        self.residual = residual
        self.sampling_bias = sampling_bias

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn mean, directions and variances.

        Parameters
        ----------
        X : array, shape (n, d)
            At least two rows.
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts.

        Returns
        -------
        PCAGaussian
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is out of range, a number is not finite, there are too few rows, a weight is negative, or
            the weights sum to 1 or less.
        """
        X = self._check(X)
        weights = None if sample_weight is None else checks.weights(sample_weight, len(X))
        if weights is not None and weights.sum() <= 1:
            raise ValueError(f"sample_weight must sum to more than 1; got {weights.sum():g}")
        self._fit_components(X, weights)
        return self

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw independent rows.

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
        scores = rng.standard_normal((n, len(self.components_)))
        return self._rows(scores * np.sqrt(self.sampling_bias * self.explained_variance_), rng)

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
            If some direction has no variance, as without residual; or X is of another width.
        """
        require_fitted(self)
        scores, log_density = self._split(rows_of(self, X, learns=False))
        if not self.explained_variance_[-1] > 1e-14 * self.explained_variance_[0]:
            raise ValueError("the fitted covariance is singular, so the model has no density")
        log_scale = np.log(2 * np.pi * self.explained_variance_).sum()
        return log_density - 0.5 * ((scores**2 / self.explained_variance_).sum(axis=1) + log_scale)


class PCAMixture(_PrincipalComponents):
    """Fit a mixture of normal distributions on the leading principal components, isotropic noise on all the others.

    Nothing is clipped: pixels below 0 and above 1 occur.

    Parameters
    ----------
    n_components : int, default=16
        Leading directions, at least 1. There are never more than the data have features, or than n - 1.
    n_mixture : int, default=10
        Normal distributions in the mixture, at least 1.
    residual : bool, default=True
        Whether rows get noise in the discarded directions, with the mean of their (unbiased) variances.
    sampling_bias : float, default=1.0
        λ in (0, 1]. When the model samples, it multiplies the covariance of each normal distribution, and the
        variance of the residual noise; the means stay where they are. 1 is faithful sampling.
    reg_covar : float, default=1e-6
        Added to each variance of the mixture, in squared pixels: a floor under the collapse of single ones.
    random_state : None, int or numpy.random.RandomState
        Where the fit starts. In a chain, it comes from the chain's own generator.

    Attributes
    ----------
    mean_, components_, explained_variance_, noise_variance_
        As in :class:`PCAGaussian`.
    mixture_ : sklearn.mixture.GaussianMixture
        Fitted (by maximum likelihood) to the scores on the components.

    References
    ----------
    Tipping and Bishop (1999), Probabilistic principal component analysis. Alemohammad et al. (2024), section 2 (λ).

    Examples
    --------
    >>> from collapse_edu.datasets import digits
    >>> model = PCAMixture(n_mixture=10, random_state=0).fit(digits().source.real)
    >>> model.sample(5, np.random.default_rng(0)).shape
    (5, 64)
    """

    def __init__(
        self,
        n_components: int = 16,
        n_mixture: int = 10,
        residual: bool = True,
        sampling_bias: float = 1.0,
        reg_covar: float = 1e-6,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_mixture = n_mixture
        self.residual = residual
        self.sampling_bias = sampling_bias
        self.reg_covar = reg_covar
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn the directions, and the mixture of the scores on them.

        Parameters
        ----------
        X : array, shape (n, d)
            At least two rows, and at least ``n_mixture``.
        y : ignored
        sample_weight : None
            A mixture takes no weights.

        Returns
        -------
        PCAMixture
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is out of range, a number is not finite, there are too few rows, or there are weights.
        """
        if sample_weight is not None:
            raise TypeError("PCAMixture takes no sample_weight; choose a regime without weights")
        X = self._check(X)
        n_mixture = integer("n_mixture", self.n_mixture, 1)
        number("reg_covar", self.reg_covar, 0, np.inf)
        if len(X) < n_mixture:
            raise ValueError(f"X must have at least n_mixture = {n_mixture} rows; got {len(X)}")
        scores = self._fit_components(X, None) @ self.components_.T
        mixture = GaussianMixture(n_mixture, reg_covar=self.reg_covar, random_state=self.random_state)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a hundred steps are enough for a lesson
            self.mixture_ = mixture.fit(scores)
        return self

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw independent rows.

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
        part = rng.choice(len(self.mixture_.weights_), size=n, p=self.mixture_.weights_)
        noise = rng.standard_normal((n, len(self.components_)))
        for j, covariance in enumerate(self.mixture_.covariances_):
            noise[part == j] = noise[part == j] @ np.linalg.cholesky(covariance).T
        return self._rows(self.mixture_.means_[part] + np.sqrt(self.sampling_bias) * noise, rng)

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
            If some direction has no variance, as without residual; or X is of another width.
        """
        require_fitted(self)
        scores, log_density = self._split(rows_of(self, X, learns=False))
        return log_density + self.mixture_.score_samples(scores)
