"""What one fit to n normal rows does to the variance: it becomes k · χ²_ν / ν times as large, with ν = n - 1."""

import numpy as np

from collapse_edu.theory._domain import Array, Values
from collapse_edu.theory._special import log_root_gamma

__all__ = ["factor", "log_factor", "log_root_factor"]


def factor(n: Array, ddof: int) -> Array:
    """Return k, the expected factor of the variance: 1 for the unbiased fit, 1 - 1/n for maximum likelihood.

    Examples
    --------
    >>> factor(np.array([10.0]), 0)
    array([0.9])
    """
    return np.ones_like(n) if ddof == 1 else (n - 1) / n


def log_factor(n: Array, ddof: int) -> Array:
    """Return log k, with all digits for large n.

    Examples
    --------
    >>> log_factor(np.array([1e20]), 0)
    array([-1.e-20])
    """
    return np.zeros_like(n) if ddof == 1 else np.log1p(-1 / n)


def log_root_factor(n: Array, ddof: int) -> Values:
    """Return the log of α√k, the expected factor of the standard deviation, α = √(2/ν) Γ(n/2)/Γ(ν/2).

    Examples
    --------
    >>> np.exp(log_root_factor(np.array([10.0]), 1)).round(4)
    array([0.9727])
    """
    return log_root_gamma((n - 1) / 2) + 0.5 * log_factor(n, ddof)
