"""Published bounds under replace, beside the exact values of :mod:`~collapse_edu.theory.drift` and others.

t counts resamplings of a *distribution*, as t counts fits elsewhere: t = 1 is the first set of n draws. A bound on a
probability that would be above 1 is 1, and one that would be below 0 is 0.
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.theory._domain import Array, Values, closed_form, closed_form_of, fits, whole
from collapse_edu.theory._reals import distribution, reals
from collapse_edu.theory.drift import survival_rate

__all__ = ["coexistence_bounds", "spread_bound", "survival_bounds", "types_bounds"]


@closed_form
def survival_bounds(t: ArrayLike, n: ArrayLike, p: ArrayLike) -> tuple[Values, Values]:
    """Return bounds on the probability that a type lives: 1 - e^(-npg_t) and 1 - (1 - 3np² - 3tp) e^(-npg_t).

    g_t is :func:`~collapse_edu.theory.drift.survival_rate`. The exact probability is
    :func:`~collapse_edu.theory.drift.probability_alive`.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 1
        Draws in each generation.
    p : float or array, from 0 to 1
        Probability of the type.

    Returns
    -------
    tuple of float or ndarray
        (lower, upper). They are close where n p² and t p are small: for rare types, and not too late.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Suresh et al. (2025), Theorem 1.

    Examples
    --------
    >>> low, high = survival_bounds(t=[1, 10, 50], n=10_000, p=0.001)
    >>> low.round(3), high.round(3)
    (array([1.   , 0.821, 0.319]), array([1.   , 0.832, 0.441]))
    """
    t, n, p = fits(t, low=1), whole("n", n, 1), reals("p", p, 0, 1)
    lost = np.exp(-n * p * survival_rate(t))
    with np.errstate(over="ignore"):
        common = 3 * n * p**2 + 3 * t * p
    return 1 - lost, 1 - np.maximum(1 - common, 0) * lost


@closed_form_of("p")
def types_bounds(t: ArrayLike, n: ArrayLike, p: ArrayLike) -> tuple[Values, Values]:
    """Return bounds on the expected number of types that live: the sums of :func:`survival_bounds`.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 1
        Draws in each generation.
    p : array, shape (n_types,)
        A distribution.

    Returns
    -------
    tuple of float or ndarray
        (lower, upper), each of the shape to which t and n broadcast.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Suresh et al. (2025), Corollary 1.

    Examples
    --------
    >>> low, high = types_bounds(t=[1, 10], n=1000, p=1000 * [0.001])
    >>> low.round(1), high.round(1)
    (array([632.1, 158.2]), array([634.3, 186. ]))
    """
    t, n, p = fits(t, low=1), whole("n", n, 1), distribution("p", p)
    low, high = survival_bounds(t[..., None], n[..., None], p)
    return np.sum(low, axis=-1), np.sum(high, axis=-1)


@closed_form
def coexistence_bounds(t: ArrayLike, n: ArrayLike, p: ArrayLike) -> tuple[Values, Values]:
    """Return bounds on the probability that two types are both there: 4p(1-p)(1-1/n)^t and 2np(1-p)(1-1/n)^t.

    The exact probability is a power of :func:`~collapse_edu.theory.fixation.transition_matrix`. The bounds differ by
    the factor n/2: the rate (1 - 1/n)^t is right, the time is open.

    Parameters
    ----------
    t : int or array, at least 1
    n : int or array, at least 2
        Draws in each generation.
    p : float or array, from 0 to 1
        Probability of one of the two types.

    Returns
    -------
    tuple of float or ndarray
        (lower, upper).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Seddik et al. (2024), for two types as Suresh et al. (2025) state it.

    Examples
    --------
    >>> low, high = coexistence_bounds(t=[1, 100, 500], n=100, p=0.1)
    >>> low.round(4), high.round(4)
    (array([0.3564, 0.1318, 0.0024]), array([1.    , 1.    , 0.1183]))
    """
    t, n, p = fits(t, low=1), whole("n", n, 2), reals("p", p, 0, 1)
    shrunk: Array = p * (1 - p) * (1 - 1 / n) ** t
    return 4 * shrunk, np.minimum(2 * shrunk * n, 1)


@closed_form
def spread_bound(t: ArrayLike, n: ArrayLike, epsilon: ArrayLike) -> Values:
    """Return a bound on the probability that a Gaussian keeps a standard deviation above ε: e^(-t/(4n - 1))/ε.

    The fit is unbiased, and σ = 1 at t = 0. Markov's inequality with the exact mean,
    :func:`~collapse_edu.theory.gaussian.expected_standard_deviation` over ε, is a little sharper.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution.
    n : int or array, at least 2
    epsilon : float or array, larger than 0

    Returns
    -------
    float or ndarray
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Suresh et al. (2025), Theorem 3; Bertrand et al. (2024) for the exact mean.

    Examples
    --------
    >>> spread_bound(t=[10, 100, 1000], n=30, epsilon=0.1).round(4)
    array([1.    , 1.    , 0.0022])
    """
    t, n, epsilon = fits(t), whole("n", n, 2), reals("epsilon", epsilon, 0, open_low=True)
    with np.errstate(over="ignore"):
        return np.minimum(np.exp(-t / (4 * n - 1) - np.log(epsilon)), 1)
