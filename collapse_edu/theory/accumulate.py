"""Gaussian chains under accumulate: the real set and every synthetic set so far are kept."""

import numpy as np

from collapse_edu.checks import integer
from collapse_edu.theory._domain import fits, sizes

__all__ = ["expected_mean_square", "expected_variance", "variance_limit"]


def expected_variance(t, n, ddof=0):
    """Return the expected fitted variance under accumulate.

    Maximum likelihood: Π_(j=1…t) (1 - 1/(n j²)). Unbiased: Π_(j=2…t) (1 - 1/(j(jn - 1))).
    With maximum likelihood it also holds for each coordinate of a Gaussian of any dimension.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int, at least 2
        Samples that each generation adds.
    ddof : {0, 1}

    Returns
    -------
    float or ndarray

    References
    ----------
    The setting is that of Kazdan et al. (2025); the pooled second moment is conserved, and the batch of
    generation t moves the pooled mean by a step of variance v/(n t²).

    Examples
    --------
    >>> round(float(expected_variance(t=100, n=10)), 3)
    0.844
    """
    sizes(n, ddof)
    t, n = fits(t).astype(int), integer("n", n, 2)
    j = np.arange(1, int(t.max(initial=0)) + 1)
    factors = 1 - 1 / (n * j**2) if ddof == 0 else 1 - np.where(j > 1, 1 / (j * (j * n - 1)), 0.0)
    return np.concatenate([[1.0], np.cumprod(factors)])[t]


def variance_limit(n):
    """Return the limit of the expected variance of maximum likelihood: sin(π/√n) / (π/√n).

    Parameters
    ----------
    n : int or array, at least 2

    Returns
    -------
    float or ndarray
        Close to 1 already for small n: accumulation bounds collapse.

    References
    ----------
    Kazdan et al. (2025), Gaussian accumulate.

    Examples
    --------
    >>> variance_limit([4, 10, 100]).round(4)
    array([0.6366, 0.8434, 0.9836])
    """
    return np.sinc(1 / np.sqrt(sizes(n, 0)))


def expected_mean_square(t, n):
    """Return the expected square of the fitted mean of maximum likelihood: 1 - E v_t.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int, at least 2

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> round(float(expected_mean_square(t=1, n=10)), 3)
    0.1
    """
    return 1 - expected_variance(t, n, ddof=0)
