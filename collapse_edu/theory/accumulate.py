"""Gaussian chains under accumulate and subsample: the real set and every synthetic set so far are kept.

Accumulate fits all of them; subsample fits n rows, drawn from them without return. The first set is n real samples, and
each generation adds n of its own. Results hold for one dimension, and for each coordinate of a Gaussian of any
dimension: a coordinate of it is a chain of one dimension. Each step up to t is computed and kept: t may be at most ten
million, divided by the number of values of n.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gamma

from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step, sizes

__all__ = [
    "expected_mean_square",
    "expected_subsample_variance",
    "expected_variance",
    "subsample_variance_limit",
    "variance_limit",
]


@closed_form
def expected_variance(t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected fitted variance under accumulate.

    Maximum likelihood: Π_(j=1…t) (1 - 1/(n j²)). Unbiased: Π_(j=2…t) (1 - 1/(j(jn - 1))).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
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


def _course(t: ArrayLike, n: ArrayLike, ddof: int) -> Array:
    """Return the expected variance at 0, 1, … max(t) along the first axis, and for each n along the others."""
    n = sizes(n, ddof)
    j = np.arange(1, last_step(fits(t), *n.shape) + 1).reshape(-1, *[1] * n.ndim)
    factors = 1 - 1 / (n * j**2) if ddof == 0 else 1 - np.where(j > 1, 1 / (j * (j * n - 1)), 0.0)
    return np.concatenate([np.ones((1, *n.shape)), np.cumprod(factors, axis=0)])


def variance_limit(n: ArrayLike, ddof: int = 1) -> Values:
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


@closed_form
def expected_mean_square(t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected square of the fitted mean: Σ_(j=1…t) E v_(j-1) / (n j²).

    For maximum likelihood this is 1 - E v_t.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
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
    Follows from the distribution of a sample's mean: the batch of generation j moves the pooled mean by 1/j of the
    error of its own mean. Kazdan et al. (2025) give the limit for maximum likelihood.

    Examples
    --------
    >>> expected_mean_square(t=[1, 100], n=10).round(3)
    array([0.1  , 0.162])
    """
    course, n = _course(t, n, ddof), sizes(n, ddof)
    j = np.arange(1, len(course)).reshape(-1, *[1] * n.ndim)
    steps = np.cumsum(course[:-1] / (n * j**2), axis=0)
    return at(fits(t), np.concatenate([np.zeros((1, *n.shape)), steps]))


@closed_form
def expected_subsample_variance(t: ArrayLike, n: ArrayLike, ddof: int = 1) -> Values:
    """Return the expected fitted variance under subsample.

    With B_t the variance of the pool and N = tn its rows: maximum likelihood (1 - 1/n) B_t N/(N - 1), where B_1 =
    1 - 1/n and B_(t+1) = B_t [1 - (2nN - n² - N)/((t + 1)² n² (N - 1))]; unbiased B_t N/(N - 1) = Π_(j=2…t)
    (n j² - 3)/(j(jn - 1)).

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
        Samples that each generation adds, and rows that each fit gets.
    ddof : {1, 0}

    Returns
    -------
    float or ndarray
        Maximum likelihood: between 0 and 1, with a limit. Unbiased: falls at first, and grows like t^(1/n) without
        end.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The setting is "accumulate-subsample" of Kazdan et al. (2025), whose code fits by maximum likelihood. The
    recursion follows from the moments of samples without return.

    Examples
    --------
    >>> expected_subsample_variance([1, 2, 1000], n=10, ddof=0).round(4)
    array([0.9   , 0.8313, 0.7392])
    """
    n = sizes(n, ddof)
    last = last_step(fits(t), *n.shape)
    j = np.arange(1, last + 1).reshape(-1, *[1] * n.ndim)
    rows = j * n
    # In units of the pool's variance: that of the fit, and of the next batch's mean about the pool's.
    fitted = (1 if ddof == 1 else 1 - 1 / n) * rows / (rows - 1)
    step = (rows - n) / (n * (rows - 1)) + fitted / n
    growth = (j + (1 - 1 / n) * fitted + j / (j + 1) * step) / (j + 1)
    pool = np.cumprod(_after(1 - 1 / n, growth[:-1]), axis=0)[:last]
    return at(fits(t), _after(1.0, pool * fitted))


def _after(first: Array | float, course: Array) -> Array:
    """Return the course with a first value before it."""
    return np.concatenate([np.broadcast_to(first, (1, *course.shape[1:])), course])


def subsample_variance_limit(n: ArrayLike) -> Values:
    """Return the limit, for t → ∞, of the expected fitted variance under subsample and maximum likelihood.

    (1 - 1/n) Γ(2 - 1/n) / (Γ(2 - r) Γ(2 - s)), where r and s are the roots of n x² - x - 3 + 1/n. Without the first
    factor it is the variance of the pool. The unbiased fit has no limit.

    Parameters
    ----------
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
    Setting: Kazdan et al. (2025), whose variance "plateaus". Follows from :func:`expected_subsample_variance`: the
    factors of the pool split into linear terms.

    Examples
    --------
    >>> subsample_variance_limit([10, 100]).round(4)
    array([0.739, 0.971])
    """
    n = sizes(n, 0)
    root = np.sqrt(12 * n - 3)
    pool = gamma(2 - 1 / n) / gamma(2 - (1 + root) / (2 * n)) / gamma(2 - (1 - root) / (2 * n))
    return (1 - 1 / n) * pool
