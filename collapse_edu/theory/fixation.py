"""Counts of types under replace (Wright-Fisher, n haploid copies), and with fresh data: fixation and its time.

A type is an allele, n the population, resampling is drift, fresh data are migration or mutation. Times count
resamplings from given counts or a given law. A count of n·p stands for a probability p of the real law: the first
resampling is then the draw of the real set, and the time is t.

Where a function solves a linear system, n is a single integer; its cost grows like n³.
"""

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from collapse_edu.checks import integer
from collapse_edu.theory import accumulate
from collapse_edu.theory._domain import fits, whole
from collapse_edu.theory._reals import law, reals

__all__ = [
    "diffusion_absorption_time",
    "diffusion_fixation_time",
    "diffusion_loss_time",
    "diffusion_single_type_time",
    "expected_absorption_time",
    "expected_accumulate_heterozygosity",
    "expected_entropy",
    "expected_fixation_time",
    "expected_loss_time",
    "expected_mix_heterozygosity",
    "expected_single_type_time",
    "first_order_entropy",
    "fixation_probability",
    "migration_heterozygosity_limit",
    "mix_heterozygosity_limit",
    "mutation_identity_limit",
    "transition_eigenvalues",
    "transition_matrix",
]


def transition_matrix(n):
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
    n = integer("n", n, 1)
    counts = np.arange(n + 1)
    return _binomial(n, counts[:, None] / n)


def _binomial(n, p):
    """Return the binomial law of n and p; p has a last axis of length 1, along which the counts go."""
    j = np.arange(n + 1)
    return np.exp(gammaln(n + 1) - gammaln(j + 1) - gammaln(n - j + 1) + xlogy(j, p) + xlog1py(n - j, -p))


def transition_eigenvalues(n):
    """Return the eigenvalues of :func:`transition_matrix`: 1, 1, 1 - 1/n, (1 - 1/n)(1 - 2/n), …

    Parameters
    ----------
    n : int, at least 1

    Returns
    -------
    ndarray, shape (n + 1,)
        Largest first. The third is the rate at which heterozygosity dies.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Feller (1951).

    Examples
    --------
    >>> transition_eigenvalues(4)
    array([1.     , 1.     , 0.75   , 0.375  , 0.09375])
    """
    n = integer("n", n, 1)
    return np.concatenate([[1.0], np.cumprod(1 - np.arange(n) / n)])


def fixation_probability(p):
    """Return the probability that a type ends as the only one under replace: p itself.

    Parameters
    ----------
    p : float or array, from 0 to 1
        Its probability under the real law, or its share of the copies.

    Returns
    -------
    float or ndarray
        A share is a martingale, and at the end it is 0 or 1.

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Shumailov et al. (2024), discrete distributions with exact approximation.

    Examples
    --------
    >>> fixation_probability([0.01, 0.5])
    array([0.01, 0.5 ])
    """
    return reals("p", p, 0, 1)[()]


def expected_absorption_time(count, n):
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
    return _absorption_time(count, n, np.ones_like)


def expected_loss_time(count, n):
    """Return the expected number of resamplings until a type is lost, among the chains in which it will be.

    Parameters
    ----------
    count : int or array, from 0 to n - 1
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
    The absorbing chain of :func:`expected_absorption_time`, conditioned on its end.

    Examples
    --------
    >>> expected_loss_time([1, 10, 50], n=100).round(2)
    array([  8.66,  49.68, 136.6 ])
    """
    count, n = _counts(count, n)
    if np.any(count == n):
        raise ValueError(f"count must be smaller than n, or the type cannot be lost; got {n} of {n}")
    return _absorption_time(count, n, lambda share: 1 - share)


def expected_fixation_time(count, n):
    """Return the expected number of resamplings until a type is the only one, among the chains in which it will be.

    Parameters
    ----------
    count : int or array, from 1 to n
    n : int, at least 2

    Returns
    -------
    float or ndarray
        Exact. Near 2n for a rare type.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    As :func:`expected_loss_time`.

    Examples
    --------
    >>> expected_fixation_time([1, 50], n=100).round(1)
    array([196.7, 136.6])
    """
    count, n = _counts(count, n)
    if np.any(count == 0):
        raise ValueError("count must be at least 1, or the type cannot become the only one; got 0")
    return _absorption_time(count, n, lambda share: share)


def _absorption_time(count, n, ending):
    """Return the time to absorption, given an end that has the probability ending(share)."""
    count, n = _counts(count, n)
    within = np.arange(1, n)
    weight = ending(within / n)
    times = np.zeros(n + 1)
    times[1:-1] = np.linalg.solve(np.eye(n - 1) - transition_matrix(n)[1:-1, 1:-1], weight) / weight
    return times[count]


def _counts(count, n):
    n, count = integer("n", n, 2), whole("count", count, 0).astype(int)
    if np.any(count > n):
        raise ValueError(f"count must not be larger than n; got {np.max(count)} of {n}")
    return count, n


def diffusion_absorption_time(p, n):
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


def diffusion_loss_time(p, n):
    """Return the time until a type is lost, given that it will be, by diffusion: -2n p log p/(1 - p).

    Parameters
    ----------
    p : float or array, from 0 to 1, 1 excluded
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
    Kimura and Ohta (1969), with n haploid copies.

    Examples
    --------
    >>> diffusion_loss_time([0.01, 0.1, 0.5], n=100).round(2)
    array([  9.3 ,  51.17, 138.63])
    """
    p, n = reals("p", p, 0, 1, open_high=True), whole("n", n, 2)
    return -2 * n * xlogy(p, p) / (1 - p)


def diffusion_fixation_time(p, n):
    """Return the time until a type is the only one, given that it will be: -2n (1 - p) log(1 - p)/p by diffusion.

    Parameters
    ----------
    p : float or array, from 0 to 1, 0 excluded
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
    Kimura and Ohta (1969), with n haploid copies.

    Examples
    --------
    >>> diffusion_fixation_time([0.01, 0.5, 1], n=100).round(1)
    array([199. , 138.6,   0. ])
    """
    p, n = reals("p", p, 0, 1, open_low=True), whole("n", n, 2)
    return 2 * n * xlog1py(p - 1, -p) / p


def expected_single_type_time(p, n):
    """Return the expected generation in which one type is the only one left: 1 + Σ_(j=2…n) V_j (1 - Σ_i p_i^j).

    V_j is the expected number of generations in which the n copies, followed back, have j ancestors. These ancestors
    are draws of the real law, all of one type with probability Σ p_i^j.

    Parameters
    ----------
    p : array, shape (n_types,)
        The real law.
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
    p, n = law("p", p), integer("n", n, 2)
    # Row j: the law of the number of ancestors, one generation back, of j copies.
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


def diffusion_single_type_time(n_types, n):
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


def expected_accumulate_heterozygosity(h0, t, n):
    """Return the expected heterozygosity of the pool under accumulate: h0 Π_(j=1…t) (1 - 1/(n j²)).

    Parameters
    ----------
    h0 : float or array, from 0 to 1
        Heterozygosity 1 - Σ p² of the real law.
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, at least 2
        Rows that each generation adds.

    Returns
    -------
    float or ndarray
        Its limit is h0 times ``accumulate.variance_limit(n, ddof=0)``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    The recursion is that of a variance under maximum likelihood: see
    :func:`collapse_edu.theory.accumulate.expected_variance`.

    Examples
    --------
    >>> expected_accumulate_heterozygosity(1, t=[0, 1, 2], n=10)
    array([1.    , 0.9   , 0.8775])
    """
    return reals("h0", h0, 0, 1) * accumulate.expected_variance(t, n, ddof=0)


def expected_mix_heterozygosity(h0, t, n, n_fresh):
    """Return the expected heterozygosity of the training set under mix: h0 (1 - 1/n)(1 - F_t).

    F_t is the probability that two rows descend from one fresh row: F_1 = 0, F_(t+1) = c [1/n + (1 - 1/n) F_t], where
    c = m(m - 1)/(n(n - 1)) and m = n - n_fresh.

    Parameters
    ----------
    h0 : float or array, from 0 to 1
        Heterozygosity 1 - Σ p² of the real law.
    t : int or array, at least 0
        t = 0 is the real law.
    n : int or array, at least 2
    n_fresh : int or array, from 0 to n
        Fresh real rows of each training set after the first.

    Returns
    -------
    float or ndarray
        Without fresh rows h0 (1 - 1/n)^t.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Wright (1931), migration, for a fixed number of migrants.

    Examples
    --------
    >>> expected_mix_heterozygosity(1, t=[0, 1, 10, 1000], n=100, n_fresh=1).round(4)
    array([1.    , 0.99  , 0.9124, 0.6644])
    """
    t, n, both = fits(t), *_both_synthetic(n, n_fresh)
    ratio = both * (1 - 1 / n)
    limit = both / (n - (n - 1) * both)
    identity = limit * (1 - ratio ** np.maximum(t - 1, 0))
    left = np.where(t > 0, (1 - 1 / n) * (1 - identity), 1.0)
    return reals("h0", h0, 0, 1) * left


def mix_heterozygosity_limit(h0, n, n_fresh):
    """Return the limit, for t → ∞, of the expected heterozygosity under mix: h0 (n - 1)(1 - c)/(n - (n - 1)c).

    Parameters
    ----------
    h0 : float or array, from 0 to 1
        Heterozygosity 1 - Σ p² of the real law.
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
    As :func:`expected_mix_heterozygosity`.

    Examples
    --------
    >>> mix_heterozygosity_limit(1, n=100, n_fresh=[0, 1, 10]).round(4)
    array([0.    , 0.6644, 0.9497])
    """
    n, both = _both_synthetic(n, n_fresh)
    return reals("h0", h0, 0, 1) * (n - 1) * (1 - both) / (n - (n - 1) * both)


def _both_synthetic(n, n_fresh):
    """Return n, and the probability that two rows of a training set are both synthetic."""
    n, n_fresh = whole("n", n, 2), whole("n_fresh", n_fresh, 0)
    if np.any(n_fresh > n):
        raise ValueError(f"n_fresh must not be larger than n; got {np.max(n_fresh):g} of {np.min(n):g}")
    synthetic = n - n_fresh
    return n, synthetic * (synthetic - 1) / (n * (n - 1))


def migration_heterozygosity_limit(h0, n, share):
    """Return the limit of the expected heterozygosity when each row is fresh with probability α.

    h0 [1 - 1/(n - (n - 1)(1 - α)²)], about h0 [1 - 1/(1 + 2nα)] for small α.

    Parameters
    ----------
    h0 : float or array, from 0 to 1
        Heterozygosity 1 - Σ p² of the real law.
    n : int or array, at least 2
    share : float or array, from 0 to 1
        α. Regime *mix* has a fixed number of fresh rows: :func:`mix_heterozygosity_limit`.

    Returns
    -------
    float or ndarray
        It depends on n·α, the *number* of fresh rows, and hardly on their share.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Wright (1931): it is h0 (1 - F_ST) of the island model.

    Examples
    --------
    >>> migration_heterozygosity_limit(1, n=[100, 1000], share=[0.1, 0.01]).round(3)
    array([0.95 , 0.952])
    """
    n, share = whole("n", n, 2), reals("share", share, 0, 1)
    return reals("h0", h0, 0, 1) * (1 - 1 / (n - (n - 1) * (1 - share) ** 2))


def mutation_identity_limit(n, rate):
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


def expected_entropy(p, n):
    """Return the expected entropy of the shares of types among n draws of a law.

    Σ_i E[-(X_i/n) log(X_i/n)] with X_i binomial of n and p_i.

    Parameters
    ----------
    p : array, shape (n_types,)
        The law.
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
    Definition of the entropy and the binomial law of a count.

    Examples
    --------
    >>> round(expected_entropy([0.5, 0.5], n=2), 4)  # one draw in two ends with both types
    0.3466
    """
    p, n = law("p", p), integer("n", n, 1)
    shares = np.arange(n + 1) / n
    values, times = np.unique(p, return_counts=True)
    # One probability after the other: there may be many types.
    means = [_binomial(n, value[None]) @ -xlogy(shares, shares) for value in values]
    return float(times @ means)


def first_order_entropy(p, n):
    """Return the first-order expected entropy of the shares of types among n draws of a law: H - (K - 1)/(2n).

    Parameters
    ----------
    p : array, shape (n_types,)
        The law; K counts its types with probability above 0.
    n : int or array, at least 1

    Returns
    -------
    float or ndarray
        In nats. Good where n p_i is well above 1 for every type: :func:`expected_entropy` is exact.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Miller (1955), the bias of the plug-in entropy.

    Examples
    --------
    >>> float(first_order_entropy([0.25] * 4, n=100).round(4)), round(expected_entropy([0.25] * 4, n=100), 4)
    (1.3713, 1.3712)
    """
    p, n = law("p", p), whole("n", n, 1)
    return -np.sum(xlogy(p, p)) - (np.count_nonzero(p) - 1) / (2 * n)
