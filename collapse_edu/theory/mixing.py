"""Gaussian chains that get fresh real data in each generation (regime *mix*), what mixed rows are worth, and what
becomes of rare types."""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import integer, number
from collapse_edu.theory._domain import Array, Values, at, fits, last_step, sizes, whole
from collapse_edu.theory._fit import log_factor, log_root_factor
from collapse_edu.theory._reals import reals

__all__ = [
    "effective_sample_ratio",
    "equivalent_sample_size",
    "expected_moments",
    "known_share_sample_size",
    "probability_kept",
    "stationary_moments",
    "synthetic_rows_threshold",
]


def expected_moments(
    t: ArrayLike, n: ArrayLike, n_fresh: ArrayLike, ddof: int = 1, sampling_bias: float = 1.0
) -> tuple[Values, Values]:
    """Return expected variance and expected squared mean under mix, where n_fresh of n rows are fresh and real.

    With p = n_fresh/n, q = 1 - p, V = E v, M = E μ² and K = 1 (maximum likelihood) or n/(n - 1):
    M' = q² M + (p + q λ V)/n and V' = K [(1 - 1/n)(p + q λ V) + p q M]. The first fit is to n real rows.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 2
        Rows of each training set.
    n_fresh : int or array, from 0 to n
        Fresh real rows among them. For ``mix(share)`` that is ``collapse_edu.loop.regimes.real_rows(share, n)``.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

    Returns
    -------
    tuple of float or ndarray
        (E v_t, E μ_t²).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), fresh data loop. The recursion follows from the moments of pooled samples.

    Examples
    --------
    After many generations the loss stays bounded:

    >>> np.round(expected_moments(t=2000, n=20, n_fresh=2, ddof=0), 4)
    array([0.7872, 0.2128])
    """
    t = fits(t, low=1)
    n, p, k, bias = _rule(n, n_fresh, 0, ddof, sampling_bias)
    q = 1 - p
    course = np.empty((max(last_step(t, *p.shape), 1), 2, *p.shape))
    variance, square = k * (1 - 1 / n), 1 / n
    for row in course:
        row[:] = np.broadcast_to(variance, p.shape), np.broadcast_to(square, p.shape)
        spread = p + q * bias * variance
        variance, square = k * ((1 - 1 / n) * spread + p * q * square), q**2 * square + spread / n
    return at(t - 1, course[:, 0]), at(t - 1, course[:, 1])


def stationary_moments(
    n: ArrayLike, n_fresh: ArrayLike, ddof: int = 1, sampling_bias: float = 1.0
) -> tuple[Values, Values]:
    """Return the limits, for t → ∞, of the expected variance and the expected squared mean under mix.

    They solve M = q² M + (p + q λ V)/n and V = K [(1 - 1/n)(p + q λ V) + p q M], in the letters of
    :func:`expected_moments`.

    Parameters
    ----------
    n : int or array, at least 2
        Rows of each training set.
    n_fresh : int or array, from 1 to n
        Fresh real rows among them. With none there is no limit but collapse.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

    Returns
    -------
    tuple of float or ndarray
        (V, M). For ddof = 1 and λ = 1 the expected variance is larger than 1, although the typical one is not.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), fresh data loop: the limit does not depend on the first generation.

    Examples
    --------
    >>> np.round(stationary_moments(n=100, n_fresh=[2, 10], ddof=0)[0], 4)
    array([0.7976, 0.9497])
    """
    n, p, k, bias = _rule(n, n_fresh, 1, ddof, sampling_bias)
    q, kept = 1 - p, k * (1 - 1 / n)
    # Cramer's rule on the two linear equations.
    square_own, square_cross = 1 - q**2, -q * bias / n
    variance_own, variance_cross = 1 - kept * q * bias, -k * p * q
    determinant = square_own * variance_own - square_cross * variance_cross
    variance = (square_own * kept * p - variance_cross * p / n) / determinant
    return variance, (variance_own * p / n - square_cross * kept * p) / determinant


def _rule(
    n: ArrayLike, n_fresh: ArrayLike, low: int, ddof: int, sampling_bias: float
) -> tuple[Array, Array, Array | float, float]:
    """Return n, the share of fresh rows, K and λ, after a look at them."""
    n, n_fresh = sizes(n, ddof), whole("n_fresh", n_fresh, low)
    bias = number("sampling_bias", sampling_bias, 0, 1, open_low=True)
    if np.any(n_fresh > n):
        raise ValueError(f"n_fresh must not be larger than n; got {np.max(n_fresh):g} of {np.min(n):g}")
    return n, n_fresh / n, (1.0 if ddof == 0 else n / (n - 1)), bias


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
    Alemohammad et al. (2024), fresh data loop: E dist(G(n_e), P_r) = WD(n_r, n_s, λ). Their figures have other
    distances and dimensions.

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


def known_share_sample_size(n: ArrayLike, share: ArrayLike) -> Values:
    """Return how many labelled real rows batches with known shares of real rows are worth: Σ n_i α_i².

    With a label on each row they would be worth Σ n_i α_i.

    Parameters
    ----------
    n : int or array, at least 1
        Rows of each batch, along the last axis.
    share : float or array, from 0 to 1
        α of each batch, along the last axis.

    Returns
    -------
    float or ndarray
        The last axis is summed.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kanabar and Gastpar (2026), discrete estimation. It is the inverse variance of the best mean of the batches, where
    the means of real and synthetic rows agree: one batch alone has the variance 1/(n α²).

    Examples
    --------
    >>> known_share_sample_size(n=1000, share=[1, 0.5, 0.1])
    np.float64(1260.0)
    """
    n, share = whole("n", n, 1), reals("share", share, 0, 1)
    return np.sum(np.atleast_1d(n * share**2), axis=-1)


def probability_kept(fresh_copies: ArrayLike, share: ArrayLike) -> Values:
    """Return the chance that a rare type is in a synthetic set under mix, in the long run.

    It is 1 - exp(-c Σ (1 - e^(-u_k))) with u_0 = 1, u_(k+1) = (1 - p)(1 - e^(-u_k)), k = 0, 1, …: each fresh copy
    starts a family of copies, which grows like one under replace and is thinned by 1 - p in each generation.

    Parameters
    ----------
    fresh_copies : float or array, 0 or larger
        c: how many copies the fresh real rows of one generation contain, expected.
    share : float or array, in (0, 1]
        p: fresh real rows divided by all rows of a training set.

    Returns
    -------
    float or ndarray
        From 0 to 1. It is for types that are a small part of the set, and sets of many rows.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    A branching process with immigration; the families are those of Suresh et al. (2025), Poisson.

    Examples
    --------
    One fresh copy in each generation, in sets that are half, a tenth or a hundredth real:

    >>> probability_kept(1, share=[0.5, 0.1, 0.01]).round(3)
    array([0.684, 0.955, 0.999])
    """
    fresh_copies, share = reals("fresh_copies", fresh_copies, 0), reals("share", share, 0, 1, open_low=True)
    exponent, total, added = np.ones_like(share), np.zeros_like(share), np.full_like(share, np.inf)
    while np.max(added, initial=0) > 1e-12:
        added = -np.expm1(-exponent)
        total = total + added
        exponent = (1 - share) * added
    return -np.expm1(-fresh_copies * total)
