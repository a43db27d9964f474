"""Kernel density estimates that are fitted to their own samples: the variance of the data, for every kernel.

Generation t fits a kernel density with bandwidth h (the kernel's standard deviation) to its training set; a sample of
it is a row of that set, drawn with return, plus kernel noise. Results are moments of the training set of fit t: its
variance B_t, divided by the number of rows, and its squared mean. The variance of the *model* is B_t + h².

Only moments enter, so the results hold for every real distribution of mean 0 and variance 1, every kernel, and each
coordinate of data of more dimensions. Bandwidths are in units of the real standard deviation.
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.theory._domain import Values, at, closed_form, fits, last_step, sizes
from collapse_edu.theory._reals import reals

__all__ = [
    "expected_accumulate_variance",
    "expected_mean_square",
    "expected_variance",
]


@closed_form
def expected_variance(t: ArrayLike, n: ArrayLike, bandwidth: ArrayLike) -> Values:
    """Return the expected variance of the training set under replace, with a fixed bandwidth.

    B_1 = 1 - 1/n and B_(t+1) = (1 - 1/n)(B_t + h²), so B_t = (n - 1)h² + (B_1 - (n - 1)h²)(1 - 1/n)^(t-1). Without
    kernel (h = 0) it is the bootstrap's (1 - 1/n)^t.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    bandwidth : float or array, at least 0
        h.

    Returns
    -------
    float or ndarray
        Tends to (n - 1)h²: diffuses where that is larger than 1, collapses where it is smaller.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Kazdan et al. (2025), kernel density estimates; Borji (2024). Follows from the moments of a sample.

    Examples
    --------
    >>> expected_variance(t=[1, 10, 1000], n=100, bandwidth=0.5).round(4)
    array([ 0.99  ,  3.0448, 24.749 ])
    """
    t, n, h = fits(t), sizes(n, 0), reals("bandwidth", bandwidth, 0)
    keep, limit = 1 - 1 / n, (n - 1) * h**2
    return np.where(t > 0, limit + (keep - limit) * keep ** np.maximum(t - 1, 0), 1.0)[()]


@closed_form
def expected_mean_square(t: ArrayLike, n: ArrayLike, bandwidth: ArrayLike) -> Values:
    """Return the expected squared mean of the training set under replace: 1 + (t - 1)h² - E B_t.

    Each of the t - 1 samplings adds h² to the second moment.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    bandwidth : float or array, at least 0
        h.

    Returns
    -------
    float or ndarray
        Grows without end where h is larger than 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`expected_variance`.

    Examples
    --------
    >>> expected_mean_square(t=[1, 10, 1000], n=100, bandwidth=0.5).round(4)
    array([1.00000e-02, 2.05200e-01, 2.26001e+02])
    """
    second_moment = 1 + np.maximum(fits(t) - 1, 0) * reals("bandwidth", bandwidth, 0) ** 2
    return second_moment - expected_variance(t, n, bandwidth)


@closed_form
def expected_accumulate_variance(t: ArrayLike, n: ArrayLike, bandwidth: ArrayLike) -> Values:
    """Return the expected variance of the pool under accumulate, with a fixed bandwidth.

    B_1 = 1 - 1/n; with N = tn, B_(t+1) = [N B_t + n(B_t + h²)]/(N + n) - (n/(N + n))² (B_t + h²)/n.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
        Rows that each generation adds.
    bandwidth : float or array, at least 0
        h.

    Returns
    -------
    float or ndarray
        Grows about like h² log t.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`expected_variance`.

    Examples
    --------
    >>> expected_accumulate_variance(t=[1, 10, 1000], n=100, bandwidth=0.5).round(4)
    array([0.99  , 1.4647, 2.602 ])
    """
    t, n, h = fits(t), sizes(n, 0), reals("bandwidth", bandwidth, 0)
    shape = np.broadcast_shapes(n.shape, h.shape)
    course = np.ones((last_step(t, *shape) + 1, *shape))
    spread = 1.0  # of one row of the next batch, about the pool's mean
    for j in range(1, len(course)):
        # The batch is a share 1/j of the pool, and its mean moves the pool's.
        course[j] = course[j - 1] * (1 - 1 / j) + spread / j - spread / (n * j**2)
        spread = course[j] + h**2
    return at(t, course)
