"""Gaussian chains that keep the original real set: regimes *anchor* and *preserve*.

Anchor trains on the whole real set and the last synthetic set: n_kept = n_real. Preserve replaces a part of the
synthetic set by n_kept rows of the real set, drawn anew in each generation: n_kept is
``collapse_edu.loop.regimes.real_rows(share, n_samples)``, and n_synthetic is the rest.
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import integer
from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step, whole
from collapse_edu.theory._reals import reals

__all__ = ["expected_moments", "stationary_moments"]


@closed_form
def expected_moments(
    t: ArrayLike,
    n_real: ArrayLike,
    n_kept: ArrayLike,
    n_synthetic: ArrayLike,
    ddof: int = 1,
    sampling_bias: ArrayLike = 1.0,
) -> tuple[Values, Values]:
    """Return expected variance and expected squared mean under anchor and preserve.

    With N = n_kept + n_synthetic rows in each training set, w = n_synthetic/N, f = 1 - n_kept/n_real, V = E v, D the
    expected squared distance of the fitted mean to the real set's, and K = 1 (maximum likelihood) or N/(N - 1):
    V' = K [(n_kept - 1 + w f)/N + w (1 - 1/N) λ V + w (1 - w) D] and D' = n_kept f/N² + w² D + w λ V/N.
    The first fit is to all n_real real rows and has D = 0; E μ² = 1/n_real + D.

    Parameters
    ----------
    t : int or array, at least 1
    n_real : int or array, at least 2
        Rows of the real set.
    n_kept : int or array, from 1 to n_real
        Original real rows in each training set; n_real under anchor.
    n_synthetic : int or array, at least 0
        Synthetic rows in each training set, which has at least 2 rows.
    ddof : {1, 0}
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    tuple of float or ndarray
        (E v_t, E μ_t²). For maximum likelihood and λ = 1 they sum to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Settings: Alemohammad et al. (2024), synthetic augmentation loop (anchor); Shumailov et al. (2024), 10 % of the
    original data (preserve). The recursion follows from the moments of pooled samples and of samples without return.

    Examples
    --------
    Anchor, and preserve(0.1), with a sampler that plays safe:

    >>> anchored = expected_moments(t=50, n_real=30, n_kept=30, n_synthetic=30, ddof=0, sampling_bias=0.8)
    >>> preserved = expected_moments(t=50, n_real=30, n_kept=3, n_synthetic=27, ddof=0, sampling_bias=0.8)
    >>> np.round([anchored, preserved], 4)
    array([[0.7996, 0.0404],
           [0.3249, 0.0902]])
    """
    t = fits(t, low=1)
    recursion = _Recursion(n_real, n_kept, n_synthetic, ddof, sampling_bias)
    shape = recursion.shape
    course = np.empty((max(last_step(t, *shape), 1), 2, *shape))
    variance, square = np.ones(shape) * recursion.first, np.zeros(shape)
    for row in course:
        row[:] = variance, square
        variance, square = recursion.after(variance, square)
    return at(t - 1, course[:, 0]), at(t - 1, course[:, 1] + 1 / recursion.n_real)


@closed_form
def stationary_moments(
    n_real: ArrayLike, n_kept: ArrayLike, n_synthetic: ArrayLike, ddof: int = 1, sampling_bias: ArrayLike = 1.0
) -> tuple[Values, Values]:
    """Return the limits, for t → ∞, of the expected variance and the expected squared mean under anchor and preserve.

    They solve the two linear equations of :func:`expected_moments`.

    Parameters
    ----------
    n_real : int or array, at least 2
        Rows of the real set.
    n_kept : int or array, from 1 to n_real
        Original real rows in each training set; n_real under anchor.
    n_synthetic : int or array, at least 0
        Synthetic rows in each training set, which has at least 2 rows.
    ddof : {1, 0}
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    tuple of float or ndarray
        (V, M)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`expected_moments`.

    Examples
    --------
    >>> np.round(stationary_moments(n_real=30, n_kept=30, n_synthetic=30, ddof=0, sampling_bias=0.8), 4)
    array([0.7996, 0.0404])
    """
    recursion = _Recursion(n_real, n_kept, n_synthetic, ddof, sampling_bias)
    zero, one = np.zeros(recursion.shape), np.ones(recursion.shape)
    added = recursion.after(zero, zero)
    of_variance = [value - rest for value, rest in zip(recursion.after(one, zero), added, strict=True)]
    of_square = [value - rest for value, rest in zip(recursion.after(zero, one), added, strict=True)]
    determinant = (1 - of_variance[0]) * (1 - of_square[1]) - of_square[0] * of_variance[1]
    variance = (added[0] * (1 - of_square[1]) + of_square[0] * added[1]) / determinant
    square = (added[1] * (1 - of_variance[0]) + of_variance[1] * added[0]) / determinant
    return variance[()], (1 / recursion.n_real + square)[()]


class _Recursion:
    """One generation: how the expected variance, and the squared distance of the mean to the real one, go on."""

    def __init__(
        self, n_real: ArrayLike, n_kept: ArrayLike, n_synthetic: ArrayLike, ddof: int, sampling_bias: ArrayLike
    ) -> None:
        integer("ddof", ddof, 0, 1)
        self.n_real, self.kept = whole("n_real", n_real, 2), whole("n_kept", n_kept, 1)
        synthetic = whole("n_synthetic", n_synthetic, 0)
        self.bias = reals("sampling_bias", sampling_bias, 0, 1, open_low=True)
        if np.any(self.kept > self.n_real):
            raise ValueError(
                f"n_kept must not be larger than n_real; got {np.max(self.kept):g} of {np.min(self.n_real):g}"
            )
        self.rows: Array = self.kept + synthetic
        if np.any(self.rows < 2):
            raise ValueError("n_kept and n_synthetic must sum to at least 2; got 1")
        self.share = synthetic / self.rows
        self.shape = np.broadcast_shapes(self.n_real.shape, self.rows.shape, self.bias.shape)
        self.unbiased: Array | float = 1.0 if ddof == 0 else self.rows / (self.rows - 1)
        self.first: Array | float = 1 - 1 / self.n_real if ddof == 0 else 1.0

    def after(self, variance: Array, square: Array) -> tuple[Array, Array]:
        """Return both after the next fit."""
        w, rows, left_out = self.share, self.rows, 1 - self.kept / self.n_real
        drawn = w * self.bias * variance
        real = (self.kept - 1 + w * left_out) / rows
        return (
            self.unbiased * (real + (1 - 1 / rows) * drawn + w * (1 - w) * square),
            self.kept * left_out / rows**2 + w**2 * square + drawn / rows,
        )
