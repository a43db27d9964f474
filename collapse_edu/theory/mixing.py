"""Gaussian chains that get fresh real data in each generation: regime *mix*."""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step, sizes, whole
from collapse_edu.theory._reals import reals

__all__ = ["expected_moments", "stationary_moments"]


@closed_form
def expected_moments(
    t: ArrayLike, n: ArrayLike, n_fresh: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0
) -> tuple[Values, Values]:
    """Return expected variance and expected squared mean under mix, where n_fresh of n rows are fresh and real.

    With p = n_fresh/n, q = 1 - p, V = E v, M = E μ² and K = 1 (maximum likelihood) or n/(n - 1):
    M' = q² M + (p + q λ V)/n and V' = K [(1 - 1/n)(p + q λ V) + p q M]. The first fit is to n real rows.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 2
        Rows of each training set.
    n_fresh : int or array, from 0 to n
        Fresh real rows among them. For ``mix(share)`` that is ``collapse_edu.loop.regimes.real_rows(share, n)``.
    ddof : {1, 0}
    sampling_bias : float or array, in (0, 1]
        λ.

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
    t = fits(t, low=1)
    n, p, k, bias = _rule(n, n_fresh, 0, ddof, sampling_bias)
    q = 1 - p
    course = np.empty((max(last_step(t, *p.shape), 1), 2, *p.shape))
    variance, square = k * (1 - 1 / n), 1 / n
    for row in course:
        row[:] = np.broadcast_to(variance, p.shape), np.broadcast_to(square, p.shape)
        spread = p + q * bias * variance
        variance, square = k * ((1 - 1 / n) * spread + p * q * square), q**2 * square + spread / n
    return at(t - 1, course[:, 0]), at(t - 1, course[:, 1])


@closed_form
def stationary_moments(
    n: ArrayLike, n_fresh: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0
) -> tuple[Values, Values]:
    """Return the limits, for t → ∞, of the expected variance and the expected squared mean under mix.

    They solve M = q² M + (p + q λ V)/n and V = K [(1 - 1/n)(p + q λ V) + p q M], in the letters of
    :func:`expected_moments`.

    Parameters
    ----------
    n : int or array, at least 2
        Rows of each training set.
    n_fresh : int or array, from 1 to n
        Fresh real rows among them. With none there is no limit but collapse.
    ddof : {1, 0}
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    tuple of float or ndarray
        (V, M). For ddof = 1 and λ = 1 the expected variance is larger than 1, although the typical one is not.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), fresh data loop: the limit does not depend on the first generation.

    Examples
    --------
    >>> np.round(stationary_moments(n=100, n_fresh=[2, 10], ddof=0)[0], 4)
    array([0.7976, 0.9497])
    """
    n, p, k, bias = _rule(n, n_fresh, 1, ddof, sampling_bias)
    q, lost = 1 - p, (0.0 if ddof == 1 else 1 / n)
    # Cramer's rule on the two linear equations, all divided by p; no difference of nearly equal numbers.
    own = 1 - bias + bias * (p + q * lost)  # 1 - (1 - lost) q λ
    determinant = (2 - p) * own - k * q**2 * bias / n
    variance = p * ((2 - p) * (1 - lost) + k * q / n) / determinant
    return variance, (own + (1 - lost) * q * bias) / n / determinant


def _rule(
    n: ArrayLike, n_fresh: ArrayLike, low: int, ddof: int, sampling_bias: ArrayLike
) -> tuple[Array, Array, Array | float, Array]:
    """Return n, the share of fresh rows, K and λ, after a look at them; share and λ have the shape of the result."""
    n, n_fresh = sizes(n, ddof), whole("n_fresh", n_fresh, low)
    bias = reals("sampling_bias", sampling_bias, 0, 1, open_low=True)
    if np.any(n_fresh > n):
        raise ValueError(f"n_fresh must not be larger than n; got {np.max(n_fresh):g} of {np.min(n):g}")
    share, bias = np.broadcast_arrays(n_fresh / n, bias)
    return n, share, (1.0 if ddof == 0 else n / (n - 1)), bias
