"""Linear regression that labels the rows of the next generation."""

from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import choice, number, sample_size
from collapse_edu.estimator import Estimator, require_fitted, rows_of

__all__ = ["Regression"]


class Regression(Estimator):
    """Fit y = x·w by least squares or ridge, without intercept, and label rows with the fit.

    A row is ``[x_1 … x_d, y]``.

    Parameters
    ----------
    alpha : float, default=0.0
        Ridge penalty, 0 or larger: the fit minimises ‖y - Xw‖² + α‖w‖². 0 is least squares; with fewer rows than
        dimensions, the solution of smallest norm. (Where a paper divides ‖y - Xw‖² by n, its penalty is α/n.)
    noise : float, default=1.0
        Standard deviation of the noise on the labels that the model makes, 0 or larger.
    design : {"fresh", "same"}, default="fresh"
        Which x a sample has. "fresh": new draws from N(0, I). "same": those of the first n rows that the model was
        fitted to, in their order (again from the first, if there are fewer). In a chain whose sets have one size,
        that labels the first x again in each generation.

    Attributes
    ----------
    coef_ : ndarray, shape (d,)
        The fitted w.
    design_ : ndarray, shape (n, d)
        The x of the training set; only for the same design.

    References
    ----------
    Gerstgrasser et al. (2024), Theorems 1 and 2 (same design). Dohmatob, Feng and Kempe (2024) (fresh design, ridge,
    minimum norm). Expected errors: :mod:`collapse_edu.theory.regression`.

    Examples
    --------
    >>> model = Regression(noise=0).fit([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    >>> model.coef_
    array([ 2., -1.])
    >>> model.sample(3, np.random.default_rng(0)).shape
    (3, 3)
    """

    def __init__(self, alpha: float = 0.0, noise: float = 1.0, design: Literal["fresh", "same"] = "fresh") -> None:
        self.alpha = alpha
        self.noise = noise
        self.design = design

    def fit(self, X: ArrayLike, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn the vector.

        Parameters
        ----------
        X : array, shape (n, d + 1)
            The labels are the last column.
        y : ignored
        sample_weight : array, shape (n,), optional
            How often each row counts.

        Returns
        -------
        Regression
            The model itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is out of range, a number is not finite, X has fewer than two columns, or a weight is
            negative, or all are 0.
        """
        alpha = number("alpha", self.alpha, 0, np.inf)
        number("noise", self.noise, 0, 1e100)
        choice("design", self.design, "fresh", "same")
        X = rows_of(self, X, min_features=2)
        scaled = X
        if sample_weight is not None:
            weights = checks.weights(sample_weight, len(X))
            scaled = X * np.sqrt(weights)[:, None]
        self.coef_ = _ridge(scaled[:, :-1], scaled[:, -1], alpha)
        if self.design == "same":
            self.design_ = X[:, :-1]
        return self

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw rows with labels x·w + noise.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray, shape (n, d + 1)

        Raises
        ------
        NotFittedError
        TypeError, ValueError
            If n is no integer of at least 0, or rng no generator.
        """
        require_fitted(self)
        n = sample_size(n, rng)
        if self.design == "same":
            x = self.design_[np.arange(n) % len(self.design_)]
        else:
            x = rng.standard_normal((n, len(self.coef_)))
        return np.column_stack([x, x @ self.coef_ + self.noise * rng.standard_normal(n)])


def _ridge(x, y, alpha):
    """Return the ridge solution; without penalty, the least-squares solution of smallest norm."""
    unit = np.ldexp(
        1.0, np.frexp(np.abs(x).max() or 1.0)[1] - 1
    )  # a power of two, so that no square over- or underflows
    left, singular_values, right = np.linalg.svd(x / unit, full_matrices=False)
    # Directions that the rows do not span get no share of the solution, whatever rounding says.
    spanned = singular_values > singular_values[0] * max(x.shape) * np.finfo(float).eps
    singular_values = singular_values[spanned]
    with np.errstate(over="ignore", invalid="ignore"):
        shares = singular_values / (singular_values**2 + alpha / unit / unit) * (y @ left[:, spanned])
        found = shares @ right[spanned] / unit
    if not np.isfinite(found).all():
        raise ValueError("X must contain features and labels whose quotients are finite")
    return found
