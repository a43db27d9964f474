"""Pathways: by how much a regime inflates the error of an estimated parameter.

Every result is the mean squared error of the fitted parameter times n·I, where I is the Fisher information of one real
row: what one fit to n real rows has is 1. They hold for the mean of any distribution, and for large n for every smooth
parameter: the errors of the generations are then uncorrelated steps of variance 1/(n·I).

* ``t`` counts the fits done so far: t = 1 is the fit to real data and has 1. There is no t = 0.
* ``ratio`` is one number of rows divided by another; each function says which.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import zeta

from collapse_edu.theory._domain import Array, Values, at, closed_form, fits, last_step
from collapse_edu.theory._reals import reals

__all__ = [
    "accumulate_error",
    "accumulate_error_limit",
    "anchor_error",
    "growing_replace_error",
    "growing_replace_error_limit",
    "optimal_weight",
    "pooled_error_limit",
    "replace_error",
    "weighted_error",
    "weighted_error_limit",
]


def replace_error(t: ArrayLike) -> Values:
    """Return the error under replace: t.

    Parameters
    ----------
    t : int or array, at least 1

    Returns
    -------
    float or ndarray
        Grows without end.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Dey and Donoho (2024), "discard".

    Examples
    --------
    >>> replace_error([1, 10])
    array([ 1., 10.])
    """
    return fits(t, low=1)[()]


@closed_form
def growing_replace_error(t: ArrayLike, growth: ArrayLike = 1.0) -> Values:
    """Return the error under replace when generation j has n j^growth rows: Σ_(j=1…t) j^-growth.

    Parameters
    ----------
    t : int or array, at least 1
    growth : float or array, at least 0
        0 is replace with equal sizes; 1 are sizes n, 2n, 3n, … as accumulate has, but without old rows.

    Returns
    -------
    float or ndarray
        For growth = 1 the harmonic number of t, about log t + 0.577.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Xu, He and Cheng (2025): only sizes that grow faster than linearly keep the error bounded. Shumailov et al. (2024)
    have the same sum.

    Examples
    --------
    >>> growing_replace_error([1, 2, 10]).round(4)
    array([1.   , 1.5  , 2.929])
    """
    t, growth = fits(t, low=1), reals("growth", growth, 0)
    return _sum_to(t, lambda j: j**-growth, growth.ndim)


def growing_replace_error_limit(growth: ArrayLike) -> Values:
    """Return the limit of :func:`growing_replace_error` for t → ∞: ζ(growth), and infinity if growth is 1 or less.

    Parameters
    ----------
    growth : float or array, at least 0

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    As :func:`growing_replace_error`; the limit follows from the series of ζ.

    Examples
    --------
    >>> growing_replace_error_limit([1, 1.5, 2]).round(4)
    array([   inf, 2.6124, 1.6449])
    """
    growth = reals("growth", growth, 0)
    return np.where(growth > 1, zeta(np.maximum(growth, 1)), np.inf)[()]


def accumulate_error(t: ArrayLike) -> Values:
    """Return the error under accumulate: Σ_(j=1…t) 1/j².

    Parameters
    ----------
    t : int or array, at least 1

    Returns
    -------
    float or ndarray
        Below π²/6.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Dey and Donoho (2024), "augment"; Gerstgrasser et al. (2024), Theorem 2, for linear regression.

    Examples
    --------
    >>> accumulate_error([1, 2, 10]).round(4)
    array([1.    , 1.25  , 1.5498])
    """
    return _sum_to(fits(t, low=1), lambda j: j**-2.0)


def accumulate_error_limit() -> float:
    """Return the limit of the error under accumulate for t → ∞: π²/6.

    Returns
    -------
    float

    References
    ----------
    Dey and Donoho (2024): the relative efficiency stays above 6/π².

    Examples
    --------
    >>> round(accumulate_error_limit(), 4)
    1.6449
    """
    return np.pi**2 / 6


@closed_form
def anchor_error(t: ArrayLike, ratio: ArrayLike = 1.0) -> Values:
    """Return the error under anchor: 1 + ρ/(1 + 2ρ) · (1 - (ρ/(1 + ρ))^(2(t - 1))).

    The first term is the error of the fixed real set, which never goes away.

    Parameters
    ----------
    t : int or array, at least 1
    ratio : float or array, at least 0
        ρ: synthetic rows of each generation, divided by real rows n.

    Returns
    -------
    float or ndarray
        Below 1.5 for every ratio.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Bertrand et al. (2024), and the synthetic augmentation loop of Alemohammad et al. (2024). The formula
    follows from the recursion of the mean.

    Examples
    --------
    >>> anchor_error([1, 2, 100]).round(4)
    array([1.    , 1.25  , 1.3333])
    """
    t, ratio = fits(t, low=1), reals("ratio", ratio, 0)
    return 1 + ratio / (1 + 2 * ratio) * (1 - (ratio / (1 + ratio)) ** (2 * (t - 1)))


@closed_form
def weighted_error(t: ArrayLike, weight: ArrayLike, ratio: ArrayLike = 1.0) -> Values:
    """Return the error when fresh real rows with a weight and the last synthetic set make each fit.

    With r = 1 - weight, each fit has the step s = weight² + c r², and the error is s (1 + r² + … + r^(2(t - 2))) +
    r^(2(t - 1)). Here n counts the fresh real rows of one generation; the first fit has these alone.

    Parameters
    ----------
    t : int or array, at least 1
    weight : float or array, from 0 to 1
        Weight of the mean of the fresh real rows; the synthetic rows' has the rest.
    ratio : float or array, larger than 0
        c: fresh real rows divided by synthetic rows.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: He, Xu and Cheng (2025). The formula follows from the recursion of the mean.

    Examples
    --------
    Synthetic rows alone are replace, real rows alone stand still:

    >>> weighted_error(t=10, weight=[0, 0.5, 1]).round(4)
    array([10.    ,  0.6667,  1.    ])
    """
    t, (weight, ratio) = fits(t, low=1), _weights(weight, ratio)
    left = (1 - weight) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        geometric = np.where(left == 1, t - 1, (1 - left ** (t - 1)) / (1 - left))
    return (weight**2 + ratio * left) * geometric + left ** (t - 1)


@closed_form
def weighted_error_limit(weight: ArrayLike, ratio: ArrayLike = 1.0) -> Values:
    """Return the limit of :func:`weighted_error` for t → ∞: [w² + c(1 - w)²]/[1 - (1 - w)²].

    Parameters
    ----------
    weight : float or array, from 0 to 1
        w; for w = 0 the limit is infinite.
    ratio : float or array, larger than 0
        c: fresh real rows divided by synthetic rows.

    Returns
    -------
    float or ndarray
        Below 1 where the synthetic rows help: they carry earlier real rows. Infinite for a weight of 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`weighted_error`.

    Examples
    --------
    >>> weighted_error_limit([0, 0.5, 0.618, 1]).round(4)
    array([   inf, 0.6667, 0.618 , 1.    ])
    """
    weight, ratio = _weights(weight, ratio)
    with np.errstate(divide="ignore", over="ignore"):
        return (weight**2 + ratio * (1 - weight) ** 2) / (weight * (2 - weight))


def pooled_error_limit(ratio: ArrayLike = 1.0) -> Values:
    """Return the limit of the error when fresh real and last synthetic rows are pooled: 1/(2 - p), p = c/(1 + c).

    It is :func:`weighted_error_limit` with each row weighing the same, as regime *mix* has it.

    Parameters
    ----------
    ratio : float or array, larger than 0
        c: fresh real rows divided by synthetic rows.

    Returns
    -------
    float or ndarray
        Between 1/2 and 1.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Setting: fresh data loop of Alemohammad et al. (2024). The formula follows from the recursion of the mean.

    Examples
    --------
    >>> round(float(pooled_error_limit()), 4)
    0.6667
    """
    ratio = reals("ratio", ratio, 0, open_low=True)
    return (1 + ratio) / (2 + ratio)


def optimal_weight(ratio: ArrayLike = 1.0) -> Values:
    """Return the weight of the fresh real rows that makes the limit error smallest: (√(c² + 4c) - c)/2.

    The smallest error has the same value as the weight.

    Parameters
    ----------
    ratio : float or array, larger than 0
        c: fresh real rows divided by synthetic rows.

    Returns
    -------
    float or ndarray
        For c = 1 the golden ratio's 0.618.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    He, Xu and Cheng (2025).

    Examples
    --------
    >>> optimal_weight([0.25, 1, 4]).round(4)
    array([0.3904, 0.618 , 0.8284])
    """
    ratio = reals("ratio", ratio, 0, open_low=True)
    return 2 / (1 + np.sqrt(1 + 4 / ratio))  # the same number; the difference of roots loses digits for large c


def _weights(weight: ArrayLike, ratio: ArrayLike) -> tuple[Array, Array]:
    return reals("weight", weight, 0, 1), reals("ratio", ratio, 0, open_low=True)


def _sum_to(t: Array, term: Callable[[Array], Array], n_axes: int = 0) -> Values:
    """Return the sum of term(j) for j = 1 … t, where term(j) has n_axes axes after that of j."""
    j = np.arange(1.0, max(last_step(t), 1) + 1).reshape(-1, *[1] * n_axes)
    return at(t - 1, np.cumsum(term(j), axis=0))
