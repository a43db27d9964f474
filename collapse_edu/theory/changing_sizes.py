"""One-dimensional Gaussian chains under replace whose sample sizes change from fit to fit.

The j-th fit has n_j rows: n_1 real ones, then n_2 that the first model drew, and so on. Each function takes these
``sizes`` and returns a value for each fit t = 1 … len(sizes). With equal sizes they are those of
:mod:`collapse_edu.theory.gaussian`.

What counts is Σ 1/n_j. Where it is finite (n_j = n j^g with g > 1), the log variance settles at a random level that is
not -∞, and the distance to the real distribution stays bounded. Where it is infinite (equal sizes, or n, 2n, 3n, …),
the variance goes to 0 almost surely. The sum for powers:
:func:`collapse_edu.theory.pathways.growing_replace_error_limit`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import polygamma

from collapse_edu.checks import integer
from collapse_edu.theory._domain import Array, shown, whole
from collapse_edu.theory._fit import log_factor, log_root_factor
from collapse_edu.theory._reals import reals
from collapse_edu.theory.gaussian import log_variance_drift

__all__ = [
    "expected_log_variance",
    "expected_mean_square",
    "expected_squared_w2",
    "expected_variance",
    "first_order_squared_w2",
    "variance_of_log_variance",
]


def _sizes(sizes: ArrayLike, ddof: int) -> Array:
    """Return sizes as an array with the fits along its last axis."""
    integer("ddof", ddof, 0, 1)
    array = whole("sizes", sizes, 2)
    if array.ndim == 0:
        raise ValueError(f"sizes must contain one number of rows for each fit; got {shown(sizes)}")
    return array


def expected_variance(sizes: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0) -> Array:
    """Return the expected fitted variance: λ^(t-1) Π_(j≤t) k_j, k_j = 1 - 1/n_j (maximum likelihood) or 1.

    Parameters
    ----------
    sizes : int array, at least 2
        n_1, n_2, …, along the last axis.
    ddof : {1, 0}
    sampling_bias : float or array, in (0, 1]
        λ; it broadcasts with sizes less their last axis.

    Returns
    -------
    ndarray, shape of sizes
        After fit t = 1, 2, …

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Shumailov et al. (2024), supplementary information 3.1.1, has a size for each generation.

    Examples
    --------
    Sizes that grow like j² keep most of the variance, sizes that grow like j lose all of it, slowly:

    >>> j = np.arange(1, 31)
    >>> expected_variance([20 * j**2, 20 * j, 20 + 0 * j], ddof=0)[:, -1].round(2)
    array([0.92, 0.82, 0.21])
    """
    return np.exp(_log_variance(sizes, ddof, sampling_bias))


def _log_variance(sizes: ArrayLike, ddof: int, sampling_bias: ArrayLike) -> Array:
    array = _sizes(sizes, ddof)
    log_bias = np.log(_bias(sampling_bias, array))
    return np.cumsum(log_factor(array, ddof), axis=-1) + log_bias * np.arange(array.shape[-1])


def _bias(sampling_bias: ArrayLike, rows: Array) -> Array:
    """Return λ with an axis for the fits, after a look whether it broadcasts with the other axes of the sizes."""
    bias, others = reals("sampling_bias", sampling_bias, 0, 1, open_low=True), rows.shape[:-1]
    try:
        np.broadcast_shapes(bias.shape, others)
    except ValueError:
        raise ValueError(
            f"sampling_bias must broadcast with sizes less their last axis, {others}; got shape {bias.shape}"
        ) from None
    return bias[..., None]


def expected_log_variance(sizes: ArrayLike, ddof: int = 1) -> Array:
    """Return the expected log of the fitted variance: Σ_(j≤t) (ψ(ν_j/2) + log(2/ν_j) + log k_j), ν_j = n_j - 1.

    Parameters
    ----------
    sizes : int array, at least 2
        n_1, n_2, …, along the last axis.
    ddof : {1, 0}

    Returns
    -------
    ndarray, shape of sizes
        After fit t = 1, 2, … Each term is about -1/n_j (unbiased) or -2/n_j (maximum likelihood), so it has a limit
        exactly where Σ 1/n_j is finite.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the distribution of the sample variance. Xu, He and Cheng (2025) need the same growth of the sizes.

    Examples
    --------
    >>> j = np.arange(1, 1001)
    >>> expected_log_variance([20 * j**2, 20 * j])[:, [9, 99, 999]].round(2)
    array([[-0.08, -0.09, -0.09],
           [-0.15, -0.27, -0.38]])
    """
    return np.cumsum(log_variance_drift(_sizes(sizes, ddof), ddof), axis=-1)


def variance_of_log_variance(sizes: ArrayLike) -> Array:
    """Return the variance, over chains, of the log variance: Σ_(j≤t) ψ'(ν_j/2), the same for both ddof.

    Parameters
    ----------
    sizes : int array, at least 2
        n_1, n_2, …, along the last axis.

    Returns
    -------
    ndarray, shape of sizes
        After fit t = 1, 2, … About Σ 2/(n_j - 1).

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Follows from the distribution of the sample variance.

    Examples
    --------
    >>> variance_of_log_variance([10, 20, 40]).round(3)
    array([0.249, 0.36 , 0.412])
    """
    return np.cumsum(polygamma(1, (_sizes(sizes, 1) - 1) / 2), axis=-1)


def expected_mean_square(sizes: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0) -> Array:
    """Return the expected square of the fitted mean: 1/n_1 + λ Σ_(1<j≤t) E v_(j-1) / n_j.

    Parameters
    ----------
    sizes : int array, at least 2
        n_1, n_2, …, along the last axis.
    ddof : {1, 0}
    sampling_bias : float or array, in (0, 1]
        λ; it broadcasts with sizes less their last axis.

    Returns
    -------
    ndarray, shape of sizes
        After fit t = 1, 2, … For λ = 1: Σ 1/n_j (unbiased), or 1 - E v_t (maximum likelihood).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Shumailov et al. (2024), supplementary information 3.1.1 (λ = 1); Alemohammad et al. (2024) (λ).

    Examples
    --------
    >>> expected_mean_square([10, 20, 40])
    array([0.1  , 0.15 , 0.175])
    """
    rows, variance = _sizes(sizes, ddof), expected_variance(sizes, ddof, sampling_bias)
    spread = np.concatenate([np.ones_like(variance[..., :1]), _bias(sampling_bias, rows) * variance[..., :-1]], axis=-1)
    return np.cumsum(spread[..., : variance.shape[-1]] / rows, axis=-1)


def expected_squared_w2(sizes: ArrayLike, ddof: int = 1) -> Array:
    """Return the expected squared Wasserstein-2 distance to the real distribution: E μ² + 1 + E v - 2 Π_(j≤t) α_j √k_j.

    α_j = √(2/ν_j) Γ(n_j/2)/Γ(ν_j/2) is what the fit expects of the standard deviation.

    Parameters
    ----------
    sizes : int array, at least 2
        n_1, n_2, …, along the last axis.
    ddof : {1, 0}

    Returns
    -------
    ndarray, shape of sizes
        After fit t = 1, 2, … Bounded exactly where Σ 1/n_j is finite, for the unbiased fit; that of maximum likelihood
        is always below 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Exact form of the risk whose first order Shumailov et al. (2024) give.

    Examples
    --------
    >>> expected_squared_w2([10, 20, 40]).round(4), first_order_squared_w2([10, 20, 40]).round(4)
    (array([0.1547, 0.2301, 0.2674]), array([0.15  , 0.225 , 0.2625]))
    """
    root = np.cumsum(log_root_factor(_sizes(sizes, ddof), ddof), axis=-1)
    change = np.expm1(_log_variance(sizes, ddof, 1.0)) - 2 * np.expm1(root)  # small for large n: each less 1
    return expected_mean_square(sizes, ddof) + change


def first_order_squared_w2(sizes: ArrayLike) -> Array:
    """Return the first-order risk 1.5 Σ_(j≤t) 1/n_j, good while it is small.

    Parameters
    ----------
    sizes : int array, at least 2
        n_1, n_2, …, along the last axis.

    Returns
    -------
    ndarray, shape of sizes
        After fit t = 1, 2, …

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Shumailov et al. (2024), supplementary information 3.1.1, unbiased fits: the risk stays finite only if the sizes
    grow faster than linearly.

    Examples
    --------
    >>> first_order_squared_w2([100] * 10)[-1].round(4)
    np.float64(0.15)
    """
    return 1.5 * np.cumsum(1 / _sizes(sizes, 1), axis=-1)
