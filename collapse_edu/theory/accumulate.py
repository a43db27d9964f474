"""Gaussian chains under accumulate: the real set and every synthetic set so far are kept.

The first set is n real samples, and each generation adds n of its own. Results hold for one dimension, and for each
coordinate of a Gaussian of any dimension: a coordinate of it is a chain of one dimension.
"""

import numpy as np
from scipy.special import gamma

from collapse_edu.theory._domain import at, fits, sizes

__all__ = ["expected_mean_square", "expected_variance", "variance_limit"]


def expected_variance(t, n, ddof=1):
    """Return the expected fitted variance under accumulate.

    Maximum likelihood: Π_(j=1…t) (1 - 1/(n j²)). Unbiased: Π_(j=2…t) (1 - 1/(j(jn - 1))).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, at least 2
        Samples that each generation adds.
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        Between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The setting is that of Kazdan et al. (2025). The products follow from pooled moments: the pooled second moment is
    conserved, and the batch of generation t moves the pooled mean by a step of variance v/(n t²).

    Examples
    --------
    >>> expected_variance(t=100, n=[10, 100], ddof=0).round(3)
    array([0.844, 0.984])
    """
    return at(fits(t), _course(t, n, ddof))


def _course(t, n, ddof):
    """Return the expected variance at 0, 1, … max(t) along the first axis, and for each n along the others."""
    n, last = sizes(n, ddof), int(np.max(fits(t), initial=0))
    j = np.arange(1, last + 1).reshape(-1, *[1] * n.ndim)
    factors = 1 - 1 / (n * j**2) if ddof == 0 else 1 - np.where(j > 1, 1 / (j * (j * n - 1)), 0.0)
    return np.concatenate([np.ones((1, *n.shape)), np.cumprod(factors, axis=0)])


def variance_limit(n, ddof=1):
    """Return the limit of the expected variance for t → ∞.

    Maximum likelihood: sin(π/√n) / (π/√n). Unbiased: Γ(2 - 1/n) / (Γ(2 - r) Γ(2 - s)), where r and s are the roots of
    n x² - x - 1.

    Parameters
    ----------
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        Close to 1 already for small n: accumulation bounds collapse.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kazdan et al. (2025), Gaussian accumulate (maximum likelihood). Both follow from the products of
    :func:`expected_variance`: Euler's product of the sine, and its general form by Γ functions.

    Examples
    --------
    >>> variance_limit([4, 10, 100], ddof=0).round(4)
    array([0.6366, 0.8434, 0.9836])
    """
    n = sizes(n, ddof)
    if ddof == 0:
        return np.sinc(1 / np.sqrt(n))
    root = np.sqrt(1 + 4 * n)
    return gamma(2 - 1 / n) / gamma(2 - (1 + root) / (2 * n)) / gamma(2 - (1 - root) / (2 * n))


def expected_mean_square(t, n, ddof=1):
    """Return the expected square of the fitted mean: Σ_(j=1…t) E v_(j-1) / (n j²).

    For maximum likelihood this is 1 - E v_t.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, at least 2
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        0 or larger; bounded.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the law of a sample's mean: the batch of generation j moves the pooled mean by 1/j of the error of its
    own mean. Kazdan et al. (2025) give the limit for maximum likelihood.

    Examples
    --------
    >>> expected_mean_square(t=[1, 100], n=10).round(3)
    array([0.1  , 0.162])
    """
    course, n = _course(t, n, ddof), sizes(n, ddof)
    j = np.arange(1, len(course)).reshape(-1, *[1] * n.ndim)
    steps = np.cumsum(course[:-1] / (n * j**2), axis=0)
    return at(fits(t), np.concatenate([np.zeros((1, *n.shape)), steps]))
