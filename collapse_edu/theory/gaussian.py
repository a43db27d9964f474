"""One-dimensional Gaussian chains under replace.

Generation t fits mean and variance to n samples of generation t - 1. The fitted variance obeys
v_t = v_(t-1) · k · χ²_ν / ν with ν = n - 1, where k = 1 for the unbiased fit and k = ν/n for maximum likelihood.
Every result below follows from this line, and from the distribution of the mean: μ_t is normal about μ_(t-1) with
variance v_(t-1)/n (times the sampling bias λ from the second fit on).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, polygamma

from collapse_edu.theory._domain import Values, closed_form, fits, sizes
from collapse_edu.theory._fit import factor, log_factor, log_root_factor
from collapse_edu.theory._reals import reals
from collapse_edu.theory._special import psi_less_log

__all__ = [
    "collapse_time",
    "expected_log_variance",
    "expected_mean_square",
    "expected_squared_w2",
    "expected_standard_deviation",
    "expected_variance",
    "first_order_squared_w2",
    "half_life",
    "log_variance_drift",
    "probability_above",
    "variance_of_log_variance",
    "variance_quantile",
]


def log_variance_drift(n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected change of the log variance in one generation: ψ(ν/2) + log(2/ν) + log k.

    Parameters
    ----------
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        Negative; about -1/(n - 1) for the unbiased fit and -2/n for maximum likelihood.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the distribution of the sample variance. Shumailov et al. (2024), Theorem 3.1, states the limit.

    Examples
    --------
    >>> log_variance_drift([30, 100]).round(6)
    array([-0.034879, -0.010135])
    """
    n = sizes(n, ddof)
    return psi_less_log((n - 1) / 2) + log_factor(n, ddof)


@closed_form
def expected_variance(t: ArrayLike, n: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0) -> Values:
    """Return the expected fitted variance: k^t λ^(t-1).

    Parameters
    ----------
    t : int or array, at least 0
        Fits done; t = 0 is the real distribution.
    n : int or array, at least 2
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1]. The first fit is to real data, which have none.

    Returns
    -------
    float or ndarray
        With ddof = 1 and λ = 1 it is 1 for ever, although almost every chain collapses.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Alemohammad et al. (2024), section 2: E[Σ_t | Σ_(t-1)] = λ Σ_(t-1).

    Examples
    --------
    >>> expected_variance(t=[1, 2], n=10, ddof=0)
    array([0.9 , 0.81])
    """
    t, n = fits(t), sizes(n, ddof)
    bias = reals("sampling_bias", sampling_bias, 0, 1, open_low=True)
    return factor(n, ddof) ** t * bias ** np.maximum(t - 1, 0)


@closed_form
def expected_log_variance(t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected log of the fitted variance: t (ψ(ν/2) + log(2/ν) + log k).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        Falls on a straight line, so with the same n in each generation the variance goes to 0 almost surely.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the chi-square distribution of the sample variance. Shumailov et al. (2024), Theorem 3.1, states that
    Σ_t → 0, for a fixed n.

    Examples
    --------
    >>> round(float(expected_log_variance(t=100, n=100)), 4)
    -1.0135
    """
    return fits(t) * log_variance_drift(n, ddof)


@closed_form
def variance_of_log_variance(t: ArrayLike, n: ArrayLike) -> Values:
    """Return the variance, over chains, of the log variance: t ψ'(ν/2), the same for both ddof.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2

    Returns
    -------
    float or ndarray
        About 2t/(n - 1).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The variance of the random walk of Shumailov et al. (2024), Theorem 3.1; it follows from the chi-square
    distribution of the sample variance.

    Examples
    --------
    >>> round(float(variance_of_log_variance(t=1, n=100)), 6)
    0.020407
    """
    return fits(t) * polygamma(1, (sizes(n, 1) - 1) / 2)


@closed_form
def variance_quantile(q: ArrayLike, t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the q-quantile of the fitted variance over chains, for many generations.

    The log variance is a sum of t independent terms, so it is nearly normal; this function takes it as normal.
    For n > 2 the share of chains below the returned value differs from q by at most 0.07 √(2/(n - 2)) / √t: at
    n = 10 by 0.03 for t = 1 and 0.01 for t = 10. The value itself is off by a factor that more generations do not
    mend: at n = 10 the median is 4 % too small and the 5 % and 95 % quantiles are 7 % too large; at n = 100, 0.3 %
    and 0.6 %.

    Parameters
    ----------
    q : float or array
        Between 0 and 1, both excluded; 0.5 is the median.
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the central limit theorem for the log variance; the errors were measured.

    Examples
    --------
    >>> round(float(variance_quantile(0.5, t=69, n=100)), 3)
    0.497
    """
    q = reals("q", q, 0, 1, open_low=True, open_high=True)
    spread = np.sqrt(variance_of_log_variance(t, n))
    # At t = 0 there is no spread: all chains have one value.
    return np.exp(expected_log_variance(t, n, ddof) + np.where(spread > 0, ndtri(q) * spread, 0.0))


@closed_form
def probability_above(level: ArrayLike, t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the share of chains whose fitted variance is above a level, for many generations.

    Takes the log variance as normal, as :func:`variance_quantile` does, with the same error.

    Parameters
    ----------
    level : float or array
        Larger than 0. The real distribution has variance 1.
    t : int or array, at least 1
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`variance_quantile`.

    Examples
    --------
    At t = n about a quarter of the chains is still above the start:

    >>> round(float(probability_above(1, t=100, n=100)), 2)
    0.24
    """
    t, level = fits(t, low=1), reals("level", level, 0, open_low=True)
    return ndtr((expected_log_variance(t, n, ddof) - np.log(level)) / np.sqrt(variance_of_log_variance(t, n)))


@closed_form
def expected_standard_deviation(t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected fitted standard deviation: (α√k)^t, α = √(2/ν) Γ(n/2)/Γ(ν/2).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Bertrand et al. (2024), fully synthetic Gaussian.

    Examples
    --------
    >>> expected_standard_deviation(t=[1, 10], n=10).round(3)
    array([0.973, 0.758])
    """
    t, n = fits(t), sizes(n, ddof)
    return np.exp(t * log_root_factor(n, ddof))


@closed_form
def expected_mean_square(t: ArrayLike, n: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0) -> Values:
    """Return the expected square of the fitted mean, which starts at 0.

    For λ = 1: t/n (unbiased) or 1 - k^t (maximum likelihood). Together with the expected variance, maximum
    likelihood conserves 1. With a sampling bias and an unbiased fit: [1 + λ(1 - λ^(t-1))/(1 - λ)]/n.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    ddof : {1, 0}
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Shumailov et al. (2024), supplementary information 3.1.1 (λ = 1). The setting with λ is that of Alemohammad et al.
    (2024); the sum is ours.

    Examples
    --------
    >>> expected_mean_square(t=10, n=100)
    np.float64(0.1)
    """
    t, n = fits(t), sizes(n, ddof)
    bias = reals("sampling_bias", sampling_bias, 0, 1, open_low=True)
    # The mean takes a step of variance v_0/n, then λ v_1/n, λ v_2/n, …: a geometric sum of ratio λk.
    ratio = bias * factor(n, ddof)
    steps = np.maximum(t - 1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        geometric = np.where(ratio == 1, steps, (1 - ratio**steps) / (1 - ratio))
    return np.where(t > 0, 1 + ratio * geometric, 0.0)[()] / n


@closed_form
def expected_squared_w2(t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected squared Wasserstein-2 distance to the real distribution: E μ² + 1 + k^t - 2(α√k)^t.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        Grows without end for ddof = 1, although the typical chain settles near its last mean.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Exact form of the risk whose first order Shumailov et al. (2024) give.

    Examples
    --------
    >>> round(float(expected_squared_w2(t=10, n=100)), 4), float(first_order_squared_w2(10, 100))
    (0.1499, 0.15)
    """
    square = expected_mean_square(t, n, ddof)
    t, n = fits(t), sizes(n, ddof)
    # What is left of 1 + k^t - 2(α√k)^t is small for large n: each term is taken less 1.
    return square + np.expm1(t * log_factor(n, ddof)) - 2 * np.expm1(t * log_root_factor(n, ddof))


@closed_form
def first_order_squared_w2(t: ArrayLike, n: ArrayLike) -> Values:
    """Return the first-order risk 1.5 t/n, good while t is much smaller than n.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Shumailov et al. (2024), supplementary information 3.1.1, with equal sample sizes and unbiased fits.

    Examples
    --------
    >>> first_order_squared_w2(t=10, n=100)
    np.float64(0.15)
    """
    return 1.5 * fits(t) / sizes(n, 1)


def half_life(n: ArrayLike, ddof: int = 1) -> Values:
    """Return the number of generations in which the median variance halves: log 2 / |drift|.

    Parameters
    ----------
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        About 0.69 (n - 1) for the unbiased fit: ten times the samples delay collapse ten times.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from :func:`log_variance_drift`.

    Examples
    --------
    >>> half_life([10, 100, 1000]).round(1)
    array([  6. ,  68.4, 692.2])
    """
    return np.log(2) / -log_variance_drift(n, ddof)


@closed_form
def collapse_time(epsilon: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected number of generations until the standard deviation falls below ε.

    Wald's identity with the mean overshoot of a nearly normal step: (2 log(1/ε) + 0.583 √ψ'(ν/2)) / |drift|. It is
    too early by about 0.6 generations (unbiased) or 0.4 (maximum likelihood), more for ε near 1: the step is skewed
    and drifts.

    Parameters
    ----------
    epsilon : float or array
        Between 0 and 1, both excluded.
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Siegmund (1985), *Sequential Analysis*, for the overshoot constant 0.583; its use on log σ is ours. Suresh et al.
    (2025) bound the same time.

    Examples
    --------
    >>> round(float(collapse_time(0.1, n=30)))
    136
    """
    epsilon = reals("epsilon", epsilon, 0, 1, open_low=True, open_high=True)
    step = np.sqrt(variance_of_log_variance(1, n))
    return (2 * np.log(1 / epsilon) + 0.583 * step) / -log_variance_drift(n, ddof)
