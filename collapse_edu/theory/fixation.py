"""Counts of types under replace (Wright-Fisher, n haploid copies), and with fresh data: fixation and its time.

A type is an allele, n the population, resampling is drift, fresh data are migration or mutation. Times count
resamplings from given counts or a given distribution. A count of n·p stands for a probability p of the real one: the
first resampling is then the draw of the real set, and the time is t.

Where a function solves a linear system, n is a single integer; its cost grows like n³.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlog1py, xlogy

from collapse_edu.checks import integer
from collapse_edu.theory._domain import Array, Values, closed_form, whole
from collapse_edu.theory._reals import distribution, reals

__all__ = [
    "diffusion_absorption_time",
    "diffusion_single_type_time",
    "expected_absorption_time",
    "expected_entropy",
    "expected_single_type_time",
    "mix_heterozygosity_limit",
    "mutation_identity_limit",
    "transition_matrix",
]

_LARGEST = 10_000  # a matrix of 800 MB
_LONGEST = 10**7  # counts that are looked at one by one


def transition_matrix(n: int) -> Array:
    """Return the probabilities P_ij that a type with i of n copies has j after one resampling: Binomial(n, i/n).

    Parameters
    ----------
    n : int, at least 1

    Returns
    -------
    ndarray, shape (n + 1, n + 1)
        Rows sum to 1. Counts 0 and n are absorbing.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Fisher (1930), Wright (1931). Shumailov et al. (2024): a Markov chain with absorbing states.

    Examples
    --------
    >>> transition_matrix(2)
    array([[1.  , 0.  , 0.  ],
           [0.25, 0.5 , 0.25],
           [0.  , 0.  , 1.  ]])
    """
    n = integer("n", n, 1, most=_LARGEST)
    counts = np.arange(n + 1)
    return _binomial(n, counts[:, None] / n)


def _binomial(n: int, p: Array) -> Array:
    """Return the binomial distribution of n and p; p has a last axis of length 1, along which the counts go."""
    j = np.arange(n + 1)
    return np.exp(gammaln(n + 1) - gammaln(j + 1) - gammaln(n - j + 1) + xlogy(j, p) + xlog1py(n - j, -p))


def expected_absorption_time(count: ArrayLike, n: int) -> Values:
    """Return the expected number of resamplings until a type is either lost or the only one: (I - Q)⁻¹ 1.

    Q is the part of :func:`transition_matrix` between 0 and n.

    Parameters
    ----------
    count : int or array, from 0 to n
        Copies at the start.
    n : int, at least 2

    Returns
    -------
    float or ndarray
        Exact.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kemeny and Snell (1960), absorbing Markov chains.

    Examples
    --------
    >>> expected_absorption_time([1, 10, 50], n=100).round(2)
    array([ 10.54,  63.45, 136.6 ])
    """
    n, count = integer("n", n, 2, most=_LARGEST), whole("count", count, 0).astype(int)
    if np.any(count > n):
        raise ValueError(f"count must not be larger than n; got {np.max(count)} of {n}")
    times = np.zeros(n + 1)
    times[1:-1] = np.linalg.solve(np.eye(n - 1) - transition_matrix(n)[1:-1, 1:-1], np.ones(n - 1))
    return times[count]


@closed_form
def diffusion_absorption_time(p: ArrayLike, n: ArrayLike) -> Values:
    """Return the time until a type is lost or the only one, by diffusion: -2n [p log p + (1 - p) log(1 - p)].

    Parameters
    ----------
    p : float or array, from 0 to 1
        Share at the start.
    n : int or array, at least 2

    Returns
    -------
    float or ndarray
        Too large by (log n)/3 resamplings and a constant: at n = 100 by 0.7 (one copy) to 2.0 (half of them).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kimura and Ohta (1969), with n haploid copies.

    Examples
    --------
    >>> diffusion_absorption_time([0.01, 0.1, 0.5], n=100).round(2)
    array([ 11.2 ,  65.02, 138.63])
    """
    p, n = reals("p", p, 0, 1), whole("n", n, 2)
    return -2 * n * (xlogy(p, p) + xlog1py(1 - p, -p))


def expected_single_type_time(p: ArrayLike, n: int) -> float:
    """Return the expected generation in which one type is the only one left: 1 + Σ_(j=2…n) V_j (1 - Σ_i p_i^j).

    V_j is the expected number of generations in which the n copies, followed back, have j ancestors. These ancestors
    are draws of the real distribution, all of one type with probability Σ p_i^j.

    Parameters
    ----------
    p : array, shape (n_types,)
        The real distribution.
    n : int, at least 2

    Returns
    -------
    float
        Exact; at most about 2n.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kingman (1982) for the ancestors; the number of ancestors of j copies is the number of occupied boxes.

    Examples
    --------
    >>> round(expected_single_type_time([0.5, 0.5], n=100), 2), round(expected_single_type_time([0.1] * 10, n=100), 2)
    (136.6, 187.43)
    """
    p, n = distribution("p", p), integer("n", n, 2, most=_LARGEST)
    # Row j: the distribution of the number of ancestors, one generation back, of j copies.
    ancestors = np.zeros((n + 1, n + 1))
    ancestors[0, 0] = 1
    occupied = np.arange(n + 1) / n
    for j in range(n):
        ancestors[j + 1] = ancestors[j] * occupied
        ancestors[j + 1, 1:] += ancestors[j, :-1] * (1 - occupied[:-1])
    arrivals, time, powers = np.zeros(n + 1), 1.0, p[p > 0]
    arrivals[n] = 1
    for j in range(n, 1, -1):
        visits = arrivals[j] / (1 - ancestors[j, j])
        arrivals[:j] += visits * ancestors[j, :j]
        time += visits * (1 - np.sum(powers**j))
    return float(time)


@closed_form
def diffusion_single_type_time(n_types: ArrayLike, n: ArrayLike) -> Values:
    """Return the time until one of K equally frequent types is the only one, by diffusion.

    1 + 2n Σ_(j≥2) (1 - K^(1-j))/(j(j - 1)) = 1 + 2n (K - 1) log(K/(K - 1)), which tends to 1 + 2n for K → ∞.

    Parameters
    ----------
    n_types : int or array, at least 2
        K.
    n : int or array, at least 2

    Returns
    -------
    float or ndarray
        Too large by 3 generations at n = 100 and 4 at n = 1000: :func:`expected_single_type_time` is exact.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kingman (1982), times of the coalescent.

    Examples
    --------
    >>> diffusion_single_type_time([2, 10], n=100).round(2)
    array([139.63, 190.65])
    """
    n_types, n = whole("n_types", n_types, 2), whole("n", n, 2)
    return 1 - 2 * n * (n_types - 1) * np.log1p(-1 / n_types)


@closed_form
def mix_heterozygosity_limit(h0: ArrayLike, n: ArrayLike, n_fresh: ArrayLike) -> Values:
    """Return the limit, for t → ∞, of the expected heterozygosity under mix: h0 (n - 1)(1 - c)/(n - (n - 1)c).

    c = m(m - 1)/(n(n - 1)) with m = n - n_fresh is the probability that two rows of a training set are both synthetic.
    Two rows descend from one fresh row with probability F_t, where F_(t+1) = c [1/n + (1 - 1/n) F_t] from F_1 = 0, and
    the heterozygosity of fit t is h0 (1 - 1/n)(1 - F_t).

    Parameters
    ----------
    h0 : float or array, from 0 to 1
        Heterozygosity 1 - Σ p² of the real distribution.
    n : int or array, at least 2
    n_fresh : int or array, from 0 to n
        Fresh real rows of each training set.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Wright (1931), migration, for a fixed number of migrants.

    Examples
    --------
    >>> mix_heterozygosity_limit(1, n=100, n_fresh=[0, 1, 10]).round(4)
    array([0.    , 0.6644, 0.9497])
    """
    n, n_fresh = whole("n", n, 2), whole("n_fresh", n_fresh, 0)
    if np.any(n_fresh > n):
        raise ValueError(f"n_fresh must not be larger than n; got {np.max(n_fresh):g} of {np.min(n):g}")
    synthetic = n - n_fresh
    both = synthetic * (synthetic - 1) / (n * (n - 1))
    return reals("h0", h0, 0, 1) * (n - 1) * (1 - both) / (n - (n - 1) * both)


@closed_form
def mutation_identity_limit(n: ArrayLike, rate: ArrayLike) -> Values:
    """Return the limit probability that two rows are of one type, when each row is a new type with probability u.

    (1 - u)²/(n - (n - 1)(1 - u)²), about 1/(1 + 2nu) for small u. The two rows are distinct.

    Parameters
    ----------
    n : int or array, at least 2
    rate : float or array, from 0 to 1
        u.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kimura and Crow (1964), infinitely many alleles, with n haploid copies.

    Examples
    --------
    >>> mutation_identity_limit(n=100, rate=[0, 0.005, 0.1]).round(4)
    array([1.    , 0.4981, 0.0409])
    """
    n, same = whole("n", n, 2), (1 - reals("rate", rate, 0, 1)) ** 2
    return same / (n - (n - 1) * same)


def expected_entropy(p: ArrayLike, n: int) -> float:
    """Return the expected entropy of the shares of types among n draws of a distribution, in nats.

    Σ_i E[-(X_i/n) log(X_i/n)] with X_i binomial of n and p_i. To first order it is H - (K - 1)/(2n), with H the entropy
    of the K types: good where n p_i is well above 1 for every type (Miller (1955)).

    Parameters
    ----------
    p : array, shape (n_types,)
        The distribution.
    n : int, at least 1

    Returns
    -------
    float
        In nats; exact.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from the definition of the entropy and the binomial distribution of a count.

    Examples
    --------
    >>> round(expected_entropy([0.5, 0.5], n=2), 4)  # one draw in two ends with both types
    0.3466
    """
    p, n = distribution("p", p), integer("n", n, 1, most=_LONGEST)
    shares = np.arange(n + 1) / n
    values, times = np.unique(p, return_counts=True)
    # One probability after the other: there may be many types.
    means = [_binomial(n, value[None]) @ -xlogy(shares, shares) for value in values]
    return float(times @ means)
