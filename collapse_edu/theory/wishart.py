"""Gaussian chains of any dimension under replace, from a standard normal law.

Generation t fits mean and covariance to n samples of generation t - 1. With ν = n - 1, the fitted covariance is
Σ_t = L W Lᵀ / ν (times ν/n for maximum likelihood), where Σ_(t-1) = L Lᵀ and W is a standard Wishart matrix.

d is one integer, at least 1; n and t may be arrays that broadcast.
"""

import numpy as np
from scipy.special import polygamma

from collapse_edu.checks import integer
from collapse_edu.theory._domain import fits, sizes
from collapse_edu.theory._special import psi_less_log

__all__ = [
    "expected_log_det",
    "expected_mean_square",
    "expected_trace_moments",
    "first_order_squared_w2",
    "lyapunov_spectrum",
    "variance_of_log_det",
]


def _halves(n, d, ddof=1):
    """Return (ν - i)/2 for i = 0 … d - 1, along a last axis."""
    d = integer("d", d, 1)
    return (sizes(n, ddof, low=max(2, d + 1))[..., None] - 1 - np.arange(d)) / 2


def lyapunov_spectrum(n, d, ddof=1):
    """Return the growth, for each generation, of the log eigenvalues of the covariance.

    The exponents ψ((ν - i)/2) + log(2/ν), i = 0 … d - 1, differ: the cloud does not only shrink, it flattens.

    Parameters
    ----------
    n : int or array, larger than d
    d : int, at least 1
    ddof : {1, 0}

    Returns
    -------
    ndarray, shape (d,), or (*shape of n, d)
        Largest first; all negative.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from Bartlett's decomposition (1933): the diagonal of the root of a Wishart matrix holds independent χ of
    ν, ν - 1, … degrees of freedom.

    Examples
    --------
    >>> lyapunov_spectrum(n=20, d=2).round(4)
    array([-0.0536, -0.1107])
    """
    halves = _halves(n, d, ddof)
    divisor = np.asarray(n, dtype=float)[..., None] - ddof
    return psi_less_log(halves) + np.log1p((ddof - 1 - np.arange(d)) / divisor)


def expected_log_det(t, n, d, ddof=1):
    """Return the expected log determinant of the covariance: t times the sum of the Lyapunov spectrum.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, larger than d
    d : int, at least 1
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
    Follows from Bartlett's decomposition (1933), as :func:`lyapunov_spectrum`.

    Examples
    --------
    >>> from collapse_edu.theory import gaussian
    >>> bool(np.isclose(expected_log_det(5, 30, 1), gaussian.expected_log_variance(5, 30)))
    True
    """
    return fits(t) * lyapunov_spectrum(n, d, ddof).sum(axis=-1)


def variance_of_log_det(t, n, d):
    """Return the variance, over chains, of the log determinant: t Σ ψ'((ν - i)/2).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, larger than d
    d : int, at least 1

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from Bartlett's decomposition (1933), as :func:`lyapunov_spectrum`.

    Examples
    --------
    >>> round(float(variance_of_log_det(1, 100, 1)), 6)
    0.020407
    """
    return fits(t) * polygamma(1, _halves(n, d)).sum(axis=-1)


def expected_trace_moments(t, n, d):
    """Return E tr Σ_t² and E (tr Σ_t)² of unbiased fits.

    They obey a' = (1 + 1/ν) a + b/ν and b' = b + 2a/ν, from a = d and b = d²; the growth rates of this recursion are
    1 + 2/ν and 1 - 1/ν. E tr Σ_t stays d.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, at least 2
    d : int, at least 1

    Returns
    -------
    tuple of float or ndarray
        (E tr Σ_t², E (tr Σ_t)²).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the second moments of a Wishart matrix.

    Examples
    --------
    In one dimension both are the second moment of the variance:

    >>> squares, square = expected_trace_moments(t=1, n=21, d=1)
    >>> round(float(squares), 6), round(float(square), 6)
    (1.1, 1.1)
    """
    t, nu, d = fits(t), sizes(n, 1) - 1, integer("d", d, 1)
    rising, falling = d * (d + 2) / 3 * (1 + 2 / nu) ** t, d * (1 - d) / 3 * (1 - 1 / nu) ** t
    return rising + falling, rising - 2 * falling


def expected_mean_square(t, n, d):
    """Return the expected squared length of the fitted mean of unbiased fits: d t/n.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, at least 2
    d : int, at least 1

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the law of a sample's mean; E tr Σ_t stays d.

    Examples
    --------
    >>> expected_mean_square(t=10, n=100, d=3)
    np.float64(0.3)
    """
    return integer("d", d, 1) * fits(t) / sizes(n, 1)


def first_order_squared_w2(t, n, d):
    """Return the first-order squared Wasserstein-2 distance to the real law: (d + d(d + 1)/4) t/n.

    Good while d t/n is well below 0.5; later it is too large.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, at least 2
    d : int, at least 1

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Generalises Shumailov et al. (2024), supplementary information 3.1.1.

    Examples
    --------
    >>> first_order_squared_w2(t=10, n=100, d=1)
    np.float64(0.15)
    """
    d = integer("d", d, 1)
    return (d + d * (d + 1) / 4) * fits(t) / sizes(n, 1)
