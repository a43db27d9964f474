"""Selected samples: best of m, by a choice, without the tails; and by a detector.

All but the last are about Gaussian chains under replace.

From the second fit on, each of the n training rows is a draw of the last model that passed a selection. The first fit
is to real data, which are not selected. A row is drawn and selected independently of the others, so results for the
expected variance are exact for every n; results for the mean are those of large n.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc, log_ndtr

from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step, sizes, whole
from collapse_edu.theory._reals import reals

__all__ = [
    "best_of_mean",
    "best_of_mean_limit",
    "best_of_moments",
    "best_of_variance",
    "bradley_terry_course",
    "bradley_terry_moments",
    "resampled_share",
    "truncated_variance",
    "truncation_factor",
]

_MOST_DRAWS = 10**12
_MOST_CHOICES = 10**5  # generations, each with an integral: seconds


def best_of_moments(m: ArrayLike) -> tuple[Values, Values]:
    """Return mean and variance of the largest of m standard normal draws.

    For m = 2 they are 1/√π and 1 - 1/π. Beyond m = 5 the mean has no elementary form; the integrals of m φ Φ^(m-1) are
    computed to about 12 digits.

    Parameters
    ----------
    m : int or array, from 1 to 10¹²
        Largest draws of more lie beyond the grid of the integrals.

    Returns
    -------
    tuple of float or ndarray
        (mean, variance).

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Order statistics of the normal distribution. The setting is curation as in Ferbach et al. (2024), with the reward
    r(x) = x.

    Examples
    --------
    >>> np.round(best_of_moments([2, 3, 10]), 4)
    array([[0.5642, 0.8463, 1.5388],
           [0.6817, 0.5595, 0.3443]])
    """
    m = whole("m", m, 1, _MOST_DRAWS)
    # The trapezoidal rule is exact to rounding for such a smooth density that vanishes at both ends.
    x, step = np.linspace(-12, 14, 2601, retstep=True)
    m_last = m[..., None]
    density = step * m_last * np.exp((m_last - 1) * log_ndtr(x) - x**2 / 2) / np.sqrt(2 * np.pi)
    mean = density @ x
    return mean, np.sum(density * (x - mean[..., None]) ** 2, axis=-1)


@closed_form
def best_of_variance(t: ArrayLike, n: ArrayLike, m: ArrayLike = 2, ddof: int = 1) -> Values:
    """Return the expected fitted variance when each training row is the largest of m draws: k^t r^(t-1).

    r is the variance of :func:`best_of_moments`; k is 1 (unbiased) or 1 - 1/n (maximum likelihood).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
        Rows after the selection.
    m : int or array, at least 1
        m = 1 is no selection.
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        For m = 2 it falls by the factor 1 - 1/π = 0.682 in each generation, whatever n is.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`best_of_moments`.

    Examples
    --------
    >>> best_of_variance(t=[0, 1, 2, 3], n=100).round(4)
    array([1.    , 1.    , 0.6817, 0.4647])
    """
    return _selected_variance(t, n, best_of_moments(m)[1], ddof)


@closed_form
def best_of_mean(t: ArrayLike, m: ArrayLike = 2) -> Values:
    """Return the fitted mean, for large n, when each training row is the largest of m draws.

    Each selection moves it by a standard deviations: a (1 - r^((t-1)/2))/(1 - √r), with a and r from
    :func:`best_of_moments`.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    m : int or array, at least 1

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`best_of_moments`.

    Examples
    --------
    >>> best_of_mean(t=[1, 2, 3]).round(4)
    array([0.    , 0.5642, 1.03  ])
    """
    steps = np.maximum(fits(t) - 1, 0)
    shift, r = best_of_moments(m)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.equal(m, 1), 0.0, shift * (1 - r ** (steps / 2)) / (1 - np.sqrt(r)))[()]


def best_of_mean_limit(m: ArrayLike = 2) -> Values:
    """Return the limit, for t → ∞, of the mean under best-of-m and large n: a/(1 - √r).

    The spread vanishes, so the reward stops growing: selection from its own samples takes a model only so far.

    Parameters
    ----------
    m : int or array, at least 1

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    As :func:`best_of_mean`.

    Examples
    --------
    >>> best_of_mean_limit([2, 10]).round(3)
    array([3.236, 3.724])
    """
    shift, r = best_of_moments(m)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.equal(m, 1), 0.0, shift / (1 - np.sqrt(r)))[()]


def bradley_terry_moments(slope: ArrayLike) -> tuple[Values, Values]:
    """Return mean and variance of the one of two standard normal draws that a Bradley-Terry choice prefers.

    With the reward r(x) = s x, x wins against x′ with probability σ(s(x - x′)), σ the logistic function: a row has the
    weight 2 E σ(r(x) - r(x′)). The mean is a = E[(d/2) tanh(s d/2)] with d = x - x′, the variance 1 - a²: the winner's
    second moment is that of any draw.

    Parameters
    ----------
    slope : float or array, at least 0
        s: reward for each standard deviation. 0 is no selection.

    Returns
    -------
    tuple of float or ndarray
        (mean, variance). For s → ∞ the better one always wins: ``best_of_moments(2)``, 1/√π and 1 - 1/π.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Setting: Ferbach et al. (2024), curation by a choice among K samples; here K = 2, on a Gaussian.

    Examples
    --------
    >>> np.round(bradley_terry_moments([0, 1, 100]), 3)
    array([[0.   , 0.363, 0.564],
           [1.   , 0.868, 0.682]])
    """
    slope = reals("slope", slope, 0)
    u, weights = np.polynomial.legendre.leggauss(400)
    # z = |d|/√2 is half normal; beyond 12 nothing is left. As 3(1 + u)² it is dense at 0, where a steep choice turns.
    z, weights = 3 * (1 + u) ** 2, 6 * (1 + u) * weights
    density = np.sqrt(2 / np.pi) * np.exp(-(z**2) / 2) * weights
    with np.errstate(over="ignore"):
        sure = np.tanh(slope[..., None] * (z / np.sqrt(2)))
    mean = sure * z / np.sqrt(2) @ density
    return mean, 1 - mean**2


@closed_form
def bradley_terry_course(t: ArrayLike, slope: ArrayLike) -> tuple[Values, Values]:
    """Return fitted mean and variance, for large n, when each training row is the winner of a Bradley-Terry choice.

    The reward r(x) = s x stays, so the choice weakens as the spread falls: with a from :func:`bradley_terry_moments`,
    a generation moves the mean by σ a(sσ) and multiplies the variance by 1 - a(sσ)².

    Parameters
    ----------
    t : int or array, from 0 to 100,000
        t = 0 is the real distribution; t = 1 is fitted to real data, which nobody selected.
    slope : float or array, at least 0
        It broadcasts with t.

    Returns
    -------
    tuple of float or ndarray
        (mean, variance). The mean grows like s Σ σ²/2 where sσ is small, and the variance falls more and more slowly.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`bradley_terry_moments`.

    Examples
    --------
    >>> np.round(bradley_terry_course(t=[1, 2, 10], slope=1), 3)
    array([[0.   , 0.363, 2.287],
           [1.   , 0.868, 0.387]])
    """
    t, slope = whole("t", t, 0, _MOST_CHOICES), reals("slope", slope, 0)
    last = last_step(t, *slope.shape)
    means, variances = np.zeros((last + 1, *slope.shape)), np.ones((last + 1, *slope.shape))
    for step in range(2, last + 1):
        spread = np.sqrt(variances[step - 1])
        moved, kept = bradley_terry_moments(slope * spread)
        means[step], variances[step] = means[step - 1] + spread * moved, spread**2 * kept
    return at(t, means), at(t, variances)


@closed_form
def resampled_share(share: ArrayLike, real: ArrayLike, synthetic: ArrayLike) -> Values:
    """Return the share of real rows among those that are drawn again by a detector: αr/(αr + (1 - α)s).

    The odds of real to synthetic rows grow by r/s: for a detector that only says yes or no, by the quotient of its
    true-positive and its false-positive rate.

    Parameters
    ----------
    share : float or array, from 0 to 1
        α: the share before.
    real, synthetic : float or array, larger than 0
        r and s: mean weight of a real and of a synthetic row, such as the mean probability of being real that the
        detector gives.

    Returns
    -------
    float or ndarray
        Exact if each row of a kind has the same weight; else for large n.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Bayes' rule. The setting is the importance sampling of Drayson et al. (2025).

    Examples
    --------
    >>> resampled_share([0.01, 0.1, 0.5], real=0.9, synthetic=0.05).round(3)
    array([0.154, 0.667, 0.947])
    """
    share = reals("share", share, 0, 1)
    real = share * reals("real", real, 0, open_low=True)
    return real / (real + (1 - share) * reals("synthetic", synthetic, 0, open_low=True))


def truncation_factor(cut: ArrayLike) -> Values:
    """Return the variance of a standard normal draw that is kept only if |z| < c: 1 - 2cφ(c)/(2Φ(c) - 1).

    Parameters
    ----------
    cut : float or array, larger than 0
        c, in standard deviations of the model.

    Returns
    -------
    float or ndarray
        Between 0 and 1; about c²/3 for small c.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Variance of the truncated normal distribution.

    Examples
    --------
    >>> truncation_factor([1, 2, 3]).round(4)
    array([0.2911, 0.7737, 0.9733])
    """
    cut = reals("cut", cut, 0)  # nothing is divided by it: however small it is, it has a value
    if np.any(cut == 0):
        raise ValueError("cut must contain numbers in (0, inf); got 0")
    half_square = np.maximum(cut**2 / 2, 1e-17)  # below, both integrals end in nothing, and c²/3 has all digits
    ratio = gammainc(1.5, half_square) / gammainc(0.5, half_square)  # the same number; no digits are lost for small c
    return np.where(cut**2 / 2 < 1e-16, cut * (cut / 3), ratio)[()]


@closed_form
def truncated_variance(t: ArrayLike, n: ArrayLike, cut: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected fitted variance when samples beyond c standard deviations are drawn again: k^t f^(t-1).

    f is :func:`truncation_factor`; k is 1 (unbiased) or 1 - 1/n (maximum likelihood). The mean stays a martingale.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
        Rows after the selection.
    cut : float or array, larger than 0
        c, in standard deviations of the model, about its mean.
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        Falls exponentially even for c = 3: to a quarter in about 50 generations.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`truncation_factor`.

    Examples
    --------
    >>> truncated_variance(t=[1, 11, 51], n=100, cut=3).round(3)
    array([1.   , 0.763, 0.259])
    """
    return _selected_variance(t, n, truncation_factor(cut), ddof)


def _selected_variance(t: ArrayLike, n: ArrayLike, factor: Array | Values, ddof: int) -> Values:
    t, n = fits(t), sizes(n, ddof)
    return (1.0 if ddof == 1 else 1 - 1 / n) ** t * np.ones_like(n) * factor ** np.maximum(t - 1, 0)
