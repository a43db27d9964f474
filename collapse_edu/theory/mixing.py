"""Gaussian chains that get fresh real data in each generation (regime *mix*)."""

import numpy as np

from collapse_edu.checks import number
from collapse_edu.theory._domain import fits, sizes

__all__ = ["expected_moments"]


def expected_moments(t, n, share, ddof=1, sampling_bias=1.0):
    """Return expected variance and expected squared mean under mix, where p n rows are fresh and real.

    With p = share, q = 1 - p, V = E v, M = E μ² and K = 1 (maximum likelihood) or n/(n - 1):
    M' = q² M + (p + q λ V)/n and V' = K [(1 - 1/n)(p + q λ V) + p q M]. The first fit is to n real rows.

    Parameters
    ----------
    t : int or array, at least 1
    n : int, at least 2
        Rows of each training set.
    share : float
        p, between 0 and 1.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

    Returns
    -------
    tuple of float or ndarray
        (E v_t, E μ_t²).

    References
    ----------
    Setting: Alemohammad et al. (2024), fresh data loop. The recursion follows from the moments of pooled samples.

    Examples
    --------
    After many generations the loss stays bounded:

    >>> np.round(expected_moments(t=2000, n=20, share=0.1, ddof=0), 4)
    array([0.7872, 0.2128])
    """
    t, n = fits(t, low=1).astype(int), sizes(n, ddof)
    p, bias = number("share", share, 0, 1), number("sampling_bias", sampling_bias, 0, 1, open_low=True)
    q, k = 1 - p, (1.0 if ddof == 0 else n / (n - 1))
    moments = np.empty((2, int(t.max())))
    variance, square = k * (1 - 1 / n), 1 / n
    for row in moments.T:
        row[:] = variance, square
        spread = p + q * bias * variance
        variance, square = k * ((1 - 1 / n) * spread + p * q * square), q**2 * square + spread / n
    return moments[0, t - 1], moments[1, t - 1]
