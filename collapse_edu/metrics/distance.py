"""How far a fitted or synthetic distribution is from the real one."""

import numpy as np

__all__ = ["frechet_distance", "squared_w2_gaussians"]


def squared_w2_gaussians(mean_a, covariance_a, mean_b, covariance_b):
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
        In squared units of the data; 0 or larger.

    Raises
    ------
    ValueError
        If the dimensions differ.

    References
    ----------
    Dowson and Landau (1982).

    Examples
    --------
    >>> squared_w2_gaussians([0.0], [[1.0]], [3.0], [[4.0]])
    10.0
    """
    mean_a, mean_b = np.atleast_1d(mean_a).astype(float), np.atleast_1d(mean_b).astype(float)
    covariance_a, covariance_b = np.atleast_2d(covariance_a), np.atleast_2d(covariance_b)
    if not len(mean_a) == len(mean_b) == len(covariance_a) == len(covariance_b):
        raise ValueError(
            "means and covariances must have one dimension; got "
            f"{mean_a.shape}, {covariance_a.shape}, {mean_b.shape}, {covariance_b.shape}"
        )
    root = _symmetric_root(covariance_a)
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ covariance_b @ root), 0, None)).sum()
    squared = ((mean_a - mean_b) ** 2).sum() + np.trace(covariance_a) + np.trace(covariance_b) - 2 * cross
    return max(float(squared), 0.0)


def frechet_distance(rows_a, rows_b):
    """Return the Fréchet distance of two samples: the squared W2 distance of the normals fitted to them.

    Its expectation is above 0 even for two samples of one law, and falls with their sizes. Compare only values
    computed from equal numbers of rows.

    Parameters
    ----------
    rows_a, rows_b : array, shape (n, d) and (m, d)
        Features; n and m at least 2.

    Returns
    -------
    float
        In squared units of the features; 0 or larger.

    Raises
    ------
    ValueError
        If a sample has fewer than two rows or no two dimensions, or their features differ in number.

    References
    ----------
    Heusel et al. (2017), with the rows themselves as features.

    Examples
    --------
    >>> frechet_distance([[0.0], [2.0]], [[5.0], [7.0]])
    25.0
    """
    moments = []
    for name, rows in (("rows_a", rows_a), ("rows_b", rows_b)):
        rows = np.asarray(rows, dtype=float)
        if rows.ndim != 2 or len(rows) < 2:
            raise ValueError(f"{name} must have shape (n, d) with n of at least 2; got {rows.shape}")
        moments += [rows.mean(axis=0), np.atleast_2d(np.cov(rows, rowvar=False))]
    return squared_w2_gaussians(*moments)


def _symmetric_root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
