"""Gaussian chains that keep the original real set: regimes *anchor* and *preserve*; and when such a loop is stable.

Anchor trains on all n real rows and the last synthetic set: n_kept = n. Preserve replaces a part of the synthetic set
by n_kept of the n real rows, drawn anew in each generation: n_kept is ``collapse_edu.loop.regimes.real_rows(share,
n_samples)``, and n_synthetic is the rest.
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import number
from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step, sizes, whole
from collapse_edu.theory._reals import reals

__all__ = [
    "contraction",
    "contraction_bound",
    "expected_moments",
    "stationary_moments",
    "variance_limit",
]


@closed_form
def expected_moments(
    t: ArrayLike, n: ArrayLike, n_kept: ArrayLike, n_synthetic: ArrayLike, ddof: int = 1, sampling_bias: float = 1.0
) -> tuple[Values, Values]:
    """Return expected variance and expected squared mean under anchor and preserve.

    With N = n_kept + n_synthetic rows in each training set, w = n_synthetic/N, f = 1 - n_kept/n, V = E v, D the
    expected squared distance of the fitted mean to the real set's, and K = 1 (maximum likelihood) or N/(N - 1):
    V' = K [(n_kept - 1 + w f)/N + w (1 - 1/N) λ V + w (1 - w) D] and D' = n_kept f/N² + w² D + w λ V/N.
    The first fit is to all n real rows and has D = 0; E μ² = 1/n + D.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 2
        Rows of the real set.
    n_kept : int or array, from 1 to n
        Original real rows in each training set; n under anchor.
    n_synthetic : int or array, at least 0
        Synthetic rows in each training set, which has at least 2 rows.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

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

    >>> anchored = expected_moments(t=50, n=30, n_kept=30, n_synthetic=30, ddof=0, sampling_bias=0.8)
    >>> preserved = expected_moments(t=50, n=30, n_kept=3, n_synthetic=27, ddof=0, sampling_bias=0.8)
    >>> np.round([anchored, preserved], 4)
    array([[0.7996, 0.0404],
           [0.3249, 0.0902]])
    """
    t = fits(t, low=1)
    rule = _Rule(n, n_kept, n_synthetic, ddof, sampling_bias)
    shape = rule.shape
    course = np.empty((max(last_step(t, *shape), 1), 2, *shape))
    variance, square = np.ones(shape) * rule.first, np.zeros(shape)
    for row in course:
        row[:] = variance, square
        variance, square = rule.after(variance, square)
    return at(t - 1, course[:, 0]), at(t - 1, course[:, 1] + 1 / rule.n)


@closed_form
def stationary_moments(
    n: ArrayLike, n_kept: ArrayLike, n_synthetic: ArrayLike, ddof: int = 1, sampling_bias: float = 1.0
) -> tuple[Values, Values]:
    """Return the limits, for t → ∞, of the expected variance and the expected squared mean under anchor and preserve.

    They solve the two linear equations of :func:`expected_moments`.

    Parameters
    ----------
    n : int or array, at least 2
        Rows of the real set.
    n_kept : int or array, from 1 to n
        Original real rows in each training set; n under anchor.
    n_synthetic : int or array, at least 0
        Synthetic rows in each training set, which has at least 2 rows.
    ddof : {1, 0}
    sampling_bias : float
        λ in (0, 1].

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
    >>> np.round(stationary_moments(n=30, n_kept=30, n_synthetic=30, ddof=0, sampling_bias=0.8), 4)
    array([0.7996, 0.0404])
    """
    rule = _Rule(n, n_kept, n_synthetic, ddof, sampling_bias)
    zero, one = np.zeros(rule.shape), np.ones(rule.shape)
    added = rule.after(zero, zero)
    of_variance = [value - rest for value, rest in zip(rule.after(one, zero), added, strict=True)]
    of_square = [value - rest for value, rest in zip(rule.after(zero, one), added, strict=True)]
    determinant = (1 - of_variance[0]) * (1 - of_square[1]) - of_square[0] * of_variance[1]
    variance = (added[0] * (1 - of_square[1]) + of_square[0] * added[1]) / determinant
    square = (added[1] * (1 - of_variance[0]) + of_variance[1] * added[0]) / determinant
    return variance[()], (1 / rule.n + square)[()]


class _Rule:
    """One generation: how the expected variance, and the squared distance of the mean to the real one, go on."""

    def __init__(
        self, n: ArrayLike, n_kept: ArrayLike, n_synthetic: ArrayLike, ddof: int, sampling_bias: float
    ) -> None:
        self.n, self.kept, synthetic = sizes(n, ddof), whole("n_kept", n_kept, 1), whole("n_synthetic", n_synthetic, 0)
        self.bias = number("sampling_bias", sampling_bias, 0, 1, open_low=True)
        if np.any(self.kept > self.n):
            raise ValueError(f"n_kept must not be larger than n; got {np.max(self.kept):g} of {np.min(self.n):g}")
        self.rows: Array = self.kept + synthetic
        if np.any(self.rows < 2):
            raise ValueError("n_kept and n_synthetic must sum to at least 2; got 1")
        self.share = synthetic / self.rows
        self.shape = np.broadcast_shapes(self.n.shape, self.rows.shape)
        self.unbiased: Array | float = 1.0 if ddof == 0 else self.rows / (self.rows - 1)
        self.first: Array | float = 1 - 1 / self.n if ddof == 0 else 1.0

    def after(self, variance: Array, square: Array) -> tuple[Array, Array]:
        """Return both after the next fit."""
        w, rows, left_out = self.share, self.rows, 1 - self.kept / self.n
        drawn = w * self.bias * variance
        real = (self.kept - 1 + w * left_out) / rows
        return (
            self.unbiased * (real + (1 - 1 / rows) * drawn + w * (1 - w) * square),
            self.kept * left_out / rows**2 + w**2 * square + drawn / rows,
        )


@closed_form
def variance_limit(share: ArrayLike, sampling_bias: ArrayLike = 1.0) -> Values:
    """Return the limit of the variance for t → ∞ and large sets, part of which is real: p/(1 - (1 - p) λ).

    Parameters
    ----------
    share : float or array, in (0, 1]
        p: real rows divided by all rows of a training set. They may be original or fresh: with large sets anchor,
        preserve and mix have the same limit.
    sampling_bias : float or array, in (0, 1]
        λ.

    Returns
    -------
    float or ndarray
        1 for λ = 1. For λ < 1 it falls short of 1, however many rows there are: real data bound this loss and do not
        undo it.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Alemohammad et al. (2024), sampling bias. The large-n limit of :func:`stationary_moments`.

    Examples
    --------
    Half of the rows real, and a tenth:

    >>> variance_limit([0.5, 0.1], sampling_bias=0.8).round(3)
    array([0.833, 0.357])
    """
    share = reals("share", share, 0, 1, open_low=True)
    return share / (1 - (1 - share) * reals("sampling_bias", sampling_bias, 0, 1, open_low=True))


@closed_form
def contraction(ratio: ArrayLike, information_ratio: ArrayLike = 1.0) -> Values:
    """Return by which factor one generation of anchor shrinks a small error of the fit: λκ/(1 + λκ), for large sets.

    For a parameter θ let A = -E_real ∂²log p_θ and B = -E_model ∂²log p_θ at the fit θ* of infinite real data; B is the
    Fisher information. The next fit moves by λB/(A + λB) times the shift of the last one. So κ = B/A. It is 1 if the
    model can be right, and for every exponential family in its natural parameters (a Gaussian's mean and second moment
    are an example), whatever the real data.

    Parameters
    ----------
    ratio : float or array, at least 0
        λ: synthetic rows of each generation, divided by real rows.
    information_ratio : float or array, at least 0
        κ.

    Returns
    -------
    float or ndarray
        Below 1 for every ratio: a loop of large sets that keeps its real data forgets a small error, though slowly if
        most rows are synthetic. For several parameters the same holds of each eigenvalue κ of A⁻¹B.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Bertrand et al. (2024), iterative retraining. The derivative is that of their large-sample map.

    Examples
    --------
    >>> contraction([0.25, 1, 9])
    array([0.2, 0.5, 0.9])
    """
    steps = reals("ratio", ratio, 0) * reals("information_ratio", information_ratio, 0)
    return steps / (1 + steps)


@closed_form
def contraction_bound(ratio: ArrayLike, misfit: ArrayLike = 0.0) -> Values:
    """Return the upper bound of :func:`contraction` that makes Bertrand's condition: r/(1 - r), r = λ (1 + Lε/α).

    Below 1, the loop is stable near θ*: that is their condition λ (1 + Lε/α) < 1/2. It is sufficient and no threshold:
    the factor itself, :func:`contraction`, is below 1 for every λ.

    Parameters
    ----------
    ratio : float or array, at least 0
        λ: synthetic rows of each generation, divided by real rows.
    misfit : float or array, at least 0
        Lε/α: L, how fast the curvature ∂²log p_θ(x) changes with x (its Lipschitz constant); ε, the Wasserstein
        distance of the best model to the real distribution; α, the least curvature A of the expected log likelihood. 0
        if the model can be right.

    Returns
    -------
    float or ndarray
        Infinite where r is 1 or more.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Bertrand et al. (2024), Theorem 1 (large samples); with finite samples their error stays bounded under the same
    condition.

    Examples
    --------
    >>> contraction_bound([0.25, 0.5, 1]).round(3), contraction([0.25, 0.5, 1]).round(3)
    (array([0.333, 1.   ,   inf]), array([0.2  , 0.333, 0.5  ]))
    """
    steps = reals("ratio", ratio, 0) * (1 + reals("misfit", misfit, 0))
    with np.errstate(divide="ignore"):
        return np.where(steps < 1, steps / (1 - steps), np.inf)[()]
