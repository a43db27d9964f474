"""How far a fitted or synthetic distribution is from the real one."""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import array
from collapse_edu.metrics._rows import Array, finite_rows, same_width

__all__ = ["frechet_distance", "squared_w2_gaussians"]

_ROUNDING = 1e-9


def squared_w2_gaussians(
    mean_a: ArrayLike, covariance_a: ArrayLike, mean_b: ArrayLike, covariance_b: ArrayLike
) -> float:
    """Return the squared Wasserstein-2 distance of two normal distributions.

    ‖μ_a - μ_b‖² + tr(Σ_a + Σ_b - 2 (Σ_a^(1/2) Σ_b Σ_a^(1/2))^(1/2)).

    Parameters
    ----------
    mean_a, mean_b : array, shape (d,)
    covariance_a, covariance_b : array, shape (d, d)
        Positive semi-definite; singular ones are welcome.

    Returns
    -------
    float
        In squared units of the data; 0 or larger, infinite above the largest number.

    Raises
    ------
    TypeError, ValueError
        If a number is not finite, the dimensions differ, or a covariance is not symmetric or not positive
        semi-definite, beyond rounding.

    References
    ----------
    Dowson and Landau (1982).

    Examples
    --------
    >>> squared_w2_gaussians([0.0], [[1.0]], [3.0], [[4.0]])
    10.0
    """
    mean_a, mean_b = _vector("mean_a", mean_a), _vector("mean_b", mean_b)
    covariance_a, covariance_b = _covariance("covariance_a", covariance_a), _covariance("covariance_b", covariance_b)
    if not len(mean_a) == len(mean_b) == len(covariance_a) == len(covariance_b):
        raise ValueError(
            "mean_a, covariance_a, mean_b and covariance_b must have one dimension; got "
            f"{mean_a.shape}, {covariance_a.shape}, {mean_b.shape}, {covariance_b.shape}"
        )
    half = mean_a / 2 - mean_b / 2  # does not overflow
    unit = _power_of_two(half, *(np.sqrt(np.abs(each)) for each in (covariance_a, covariance_b)))
    one, other = covariance_a / unit / unit, covariance_b / unit / unit
    return _in_units(_squared_w2(2 * (half / unit), one, np.zeros_like(half), other), unit)


def frechet_distance(rows_a: ArrayLike, rows_b: ArrayLike) -> float:
    """Return the Fréchet distance of two samples: the squared W2 distance of the normals fitted to them.

    Its expectation is above 0 even for two samples of one distribution, and falls with their sizes. Compare only
    values computed from equal numbers of rows.

    Parameters
    ----------
    rows_a, rows_b : array, shape (n, d) and (m, d)
        Features; n and m at least 2.

    Returns
    -------
    float
        In squared units of the features; 0 or larger, infinite above the largest number.

    Raises
    ------
    TypeError, ValueError
        If a sample has fewer than two rows or no two dimensions, a number is not finite, or their features differ in
        number.

    References
    ----------
    Heusel et al. (2017), with the rows themselves as features.

    Examples
    --------
    >>> frechet_distance([[0.0], [2.0]], [[5.0], [7.0]])
    25.0
    """
    rows_a, rows_b = finite_rows("rows_a", rows_a, 2), finite_rows("rows_b", rows_b, 2)
    same_width("rows_b", rows_b, "rows_a", rows_a)
    scale = _power_of_two(rows_a, rows_b)
    moments = []
    for rows in (rows_a / scale, rows_b / scale):
        moments += [rows.mean(axis=0), np.atleast_2d(np.cov(rows, rowvar=False))]
    return _in_units(_squared_w2(*moments), scale)


def _squared_w2(mean_a: Array, covariance_a: Array, mean_b: Array, covariance_b: Array) -> float:
    root = _symmetric_root(covariance_a)
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ covariance_b @ root), 0, None)).sum()
    squared = ((mean_a - mean_b) ** 2).sum() + np.trace(covariance_a) + np.trace(covariance_b) - 2 * cross
    return max(float(squared), 0.0)


def _power_of_two(*arrays: Array) -> float:
    """Return the power of two next to the largest number: divided by it, no product overflows, and no digit is lost."""
    largest = max(np.abs(array).max() for array in arrays)
    return 2.0 ** min(int(np.frexp(largest)[1]), 1023) if largest else 1.0


def _in_units(squared: float, scale: float) -> float:
    return float(squared * scale * scale)  # plain floats: infinite where it is above the largest number


def _vector(name: str, values: ArrayLike) -> Array:
    """Return a mean as a finite array of one axis."""
    values = np.atleast_1d(array(name, values))
    if values.ndim != 1:
        raise ValueError(f"{name} must have shape (d,); got {values.shape}")
    return finite_rows(name, values[None])[0]


def _covariance(name: str, values: ArrayLike) -> Array:
    """Return a covariance, or say in one line why it is none. Singular ones are some, up to rounding."""
    values = finite_rows(name, np.atleast_2d(array(name, values)))
    if values.shape[0] != values.shape[1]:
        raise ValueError(f"{name} must have shape (d, d); got {values.shape}")
    largest = np.abs(values).max()
    skew = np.abs(values - values.T).max()
    if skew > _ROUNDING * largest:
        raise ValueError(f"{name} must be symmetric; got one that is off by {skew:.2g}")
    least = np.linalg.eigvalsh(values).min()
    if least < -_ROUNDING * largest * len(values):
        raise ValueError(f"{name} must be positive semi-definite; got a smallest eigenvalue of {least:.2g}")
    return values


def _symmetric_root(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
