"""Gaussian chains under replace whose samples are selected: best of m, and without the tails.

From the second fit on, each of the n training rows is a draw of the last model that passed a selection. The first fit
is to real data, which are not selected. A row is drawn and selected independently of the others, so results for the
expected variance are exact for every n; results for the mean are those of large n.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc, log_ndtr

from collapse_edu.theory._domain import Array, Values, fits, sizes, whole
from collapse_edu.theory._reals import reals

__all__ = [
    "best_of_mean",
    "best_of_mean_limit",
    "best_of_moments",
    "best_of_variance",
    "truncated_variance",
    "truncation_factor",
]

_MOST_DRAWS = 10**12


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
    cut = reals("cut", cut, 0, open_low=True)
    half_square = np.maximum(cut**2 / 2, 1e-17)  # below, both integrals end in nothing, and c²/3 has all digits
    ratio = gammainc(1.5, half_square) / gammainc(0.5, half_square)  # the same number; no digits are lost for small c
    return np.where(cut**2 / 2 < 1e-16, cut * (cut / 3), ratio)[()]


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
