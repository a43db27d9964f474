"""How many real rows alone a loop with fresh real data (regime *mix*) is worth, and when synthetic rows help it."""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import integer
from collapse_edu.theory._domain import Array, Values, closed_form, whole
from collapse_edu.theory._fit import log_factor, log_root_factor
from collapse_edu.theory._reals import reals

__all__ = [
    "effective_sample_ratio",
    "equivalent_sample_size",
    "synthetic_rows_threshold",
]


@closed_form
def effective_sample_ratio(share: ArrayLike, sampling_bias: ArrayLike = 1.0) -> Values:
    """Return how many real rows each fresh real row is worth under mix, for the mean and t → ∞: (1 + q)(1 - qλ)/p.

    p is the share of fresh rows and q = 1 - p. For λ = 1 it is 2 - p: the synthetic rows carry what earlier fresh rows
    said. It is the effective sample size n_e of Alemohammad et al., divided by the fresh rows n_r, for the mean alone.
    With λ < 1 it is larger, and misleads: synthetic rows that are too close together say nothing wrong about the mean,
    but the variance is too small. :func:`equivalent_sample_size` judges both.

    Parameters
    ----------
    share : float or array, in (0, 1]
        p: fresh real rows divided by all rows of a training set.
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    float or ndarray
        For λ = 1 from 1 (all rows are real) to almost 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad et al. (2024) define n_e/n_r. The value follows from the recursion of the mean, for large n.

    Examples
    --------
    >>> effective_sample_ratio([0.1, 1]), effective_sample_ratio(0.1, sampling_bias=0.8).round(2)
    (array([1.9, 1. ]), np.float64(5.32))
    """
    share = reals("share", share, 0, 1, open_low=True)
    bias = reals("sampling_bias", sampling_bias, 0, 1, open_low=True)
    return (2 - share) * (1 - (1 - share) * bias) / share


def equivalent_sample_size(squared_w2: ArrayLike, ddof: int = 1) -> Values:
    """Return how many real rows alone have this expected squared Wasserstein-2 distance, in one dimension: n_e.

    It solves E W2²(n_e) = squared_w2, where E W2²(n) is that of one fit to n real rows
    (:func:`collapse_edu.theory.gaussian.expected_squared_w2` at t = 1), for n_e that need not be whole.

    Parameters
    ----------
    squared_w2 : float or array, larger than 0
        Expected squared distance of a loop to the real distribution, from :func:`collapse_edu.ensemble.gaussian`.
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        About 1.5/squared_w2. At least 2: what is further off than a fit to two rows is worth 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad et al. (2024), fresh data loop: E dist(G(n_e), P_r) = WD(n_r, n_s, λ) is their definition; its value
    for a Gaussian in one dimension is ours. Their figures have other distances and dimensions.

    Examples
    --------
    A fit to 100 real rows, and the limit of V = 0.5 that 1,000 real rows reach with a strong bias:

    >>> from collapse_edu.theory.gaussian import expected_squared_w2
    >>> equivalent_sample_size([expected_squared_w2(1, 100), (1 - 0.5**0.5) ** 2]).round(1)
    array([100. ,  17.8])
    """
    distance = reals("squared_w2", squared_w2, 0, open_low=True)
    integer("ddof", ddof, 0, 1)
    low, high = np.full_like(distance, np.log(2)), np.log(2 + 3 / distance)
    for _ in range(100):  # the distance falls with n: halve what log n can be
        middle = (low + high) / 2
        too_far = _one_fit(np.exp(middle), ddof) > distance
        low, high = np.where(too_far, middle, low), np.where(too_far, high, middle)
    return np.exp(low)[()]


def _one_fit(n: Array, ddof: int) -> Array:
    """Return the expected squared W2 of a fit to n real rows, for n that need not be whole."""
    return 1 / n + np.expm1(log_factor(n, ddof)) - 2 * np.expm1(log_root_factor(n, ddof))


@closed_form
def synthetic_rows_threshold(sampling_bias: ArrayLike, d: ArrayLike = 1) -> Values:
    """Return how many synthetic rows help under mix: with more of them, n_e is smaller than n_r.

    4 [2 - λ + (d + 1)(1 + 3λ - 2λ²)/8]/(1 - λ)²: synthetic rows lower the noise, and a sampling bias λ < 1 lowers the
    variance. For many fresh real rows n_r, both count in the squared Wasserstein-2 distance by terms of the size
    1/n_r², the gain times n_s, the loss times n_s². So the threshold in n_s does not depend on n_r.

    Parameters
    ----------
    sampling_bias : float or array, in (0, 1]
        λ; for 1 any number helps.
    d : int or array, at least 1
        Dimension; n_r is much larger than d and the threshold.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad et al. (2024) find by simulation that there is a threshold for λ < 1, that it tends to a constant for
    large n_r, and that it is lower for smaller λ. The formula follows from the stationary moments, to second order.

    Examples
    --------
    >>> synthetic_rows_threshold([0.5, 0.8, 0.9, 1]).round()
    array([ 32., 173., 648.,  inf])
    """
    bias, d = reals("sampling_bias", sampling_bias, 0, 1, open_low=True), whole("d", d, 1)
    with np.errstate(divide="ignore"):
        return 4 * (2 - bias + (d + 1) * (1 + 3 * bias - 2 * bias**2) / 8) / (1 - bias) ** 2
