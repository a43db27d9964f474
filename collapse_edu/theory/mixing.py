"""Gaussian chains that get fresh real data in each generation (regime *mix*)."""

import numpy as np

from collapse_edu.checks import number
from collapse_edu.theory._domain import at, fits, sizes, whole

__all__ = ["expected_moments"]


def expected_moments(t, n, n_fresh, ddof=1, sampling_bias=1.0):
    """Return expected variance and expected squared mean under mix, where n_fresh of n rows are fresh and real.

    With p = n_fresh/n, q = 1 - p, V = E v, M = E μ² and K = 1 (maximum likelihood) or n/(n - 1):
    M' = q² M + (p + q λ V)/n and V' = K [(1 - 1/n)(p + q λ V) + p q M]. The first fit is to n real rows.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 2
        Rows of each training set.
    n_fresh : int or array, from 0 to n
        Fresh real rows among them. For ``mix(share)`` that is ``collapse_edu.regimes.real_rows(share, n)``.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

    Returns
    -------
    tuple of float or ndarray
        (E v_t, E μ_t²).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), fresh data loop. The recursion follows from the moments of pooled samples.

    Examples
    --------
    After many generations the loss stays bounded:

    >>> np.round(expected_moments(t=2000, n=20, n_fresh=2, ddof=0), 4)
    array([0.7872, 0.2128])
    """
    t, n, n_fresh = fits(t, low=1), sizes(n, ddof), whole("n_fresh", n_fresh, 0)
    bias = number("sampling_bias", sampling_bias, 0, 1, open_low=True)
    if np.any(n_fresh > n):
        raise ValueError(f"n_fresh must not be larger than n; got {np.max(n_fresh):g} of {np.min(n):g}")
    p, k = n_fresh / n, (1.0 if ddof == 0 else n / (n - 1))
    q = 1 - p
    course = np.empty((int(np.max(t, initial=1)), 2, *p.shape))
    variance, square = k * (1 - 1 / n), 1 / n
    for row in course:
        row[:] = np.broadcast_to(variance, p.shape), np.broadcast_to(square, p.shape)
        spread = p + q * bias * variance
        variance, square = k * ((1 - 1 / n) * spread + p * q * square), q**2 * square + spread / n
    return at(t - 1, course[:, 0]), at(t - 1, course[:, 1])
