"""Special functions that keep their digits for large arguments."""

import numpy as np
from scipy.special import poch, psi

from collapse_edu.theory._domain import Array

__all__ = ["log_root_gamma", "psi_less_log"]

_LARGE = 50.0  # from here on, what the series leave out is below rounding


def psi_less_log(x: Array) -> Array:
    """Return ψ(x) - log x, which is near -1/(2x): as a difference it would lose all digits for large x.

    Examples
    --------
    >>> psi_less_log(np.array([1.0, 1e20]))
    array([-5.77215665e-01, -5.00000000e-21])
    """
    square = (1 / x) ** 2
    series = -1 / (2 * x) - (1 / 12 - (1 / 120 - square / 252) * square) * square
    return np.where(x < _LARGE, psi(x) - np.log(x), series)[()]


def log_root_gamma(x: Array) -> Array:
    """Return log(Γ(x + 1/2) / (Γ(x) √x)), which is near -1/(8x).

    Examples
    --------
    >>> log_root_gamma(np.array([0.5, 1e20])).round(24)
    array([-2.25791353e-01, -1.25000000e-21])
    """
    square = (1 / x) ** 2
    series = (-1 / 8 + (1 / 192 - (1 / 640 - 17 / 14336 * square) * square) * square) / x
    small = np.minimum(x, _LARGE)
    return np.where(x < _LARGE, np.log(poch(small, 0.5) / np.sqrt(small)), series)[()]
