"""Types under replace: which words survive when each set of n is drawn from the counts of the last one.

This is the Wright-Fisher model of genetic drift with n haploid individuals (n, not 2n): a type is an allele. Each
function here starts from *given counts*: t counts resamplings of them. For a chain on real data, t = 0 is the real
data set with its counts, all of which the model of generation 1 knows; t = 1 is the synthetic set of generation 1; and
the model of generation t knows the survivors of t - 1 resamplings. If the counts themselves come from a distribution,
one sampling step is behind them already.

A type's own count is a Markov chain: its fate does not depend on how the rest is shared among other types. So results
hold for bags of words exactly. In a text model with context (a trigram) they are close, not exact: its tokens are not
drawn independently of each other.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import integer, number
from collapse_edu.theory._domain import Array, Values, closed_form, closed_form_of, fits, last_step, whole
from collapse_edu.theory._reals import reals

__all__ = [
    "expected_chi_square",
    "expected_heterozygosity",
    "expected_types",
    "forgetting_time",
    "poisson_survival",
    "probability_alive",
    "survival_rate",
]

_ERROR = 1e-9  # of a probability, for counts so large that they are taken to survive
_LARGEST = 4000  # counts followed one by one: a matrix of 128 MB
_STEPS = 10**7  # of a branching process, one by one: seconds
_PRODUCTS = 10**11  # of numbers, in all steps of a matrix: a minute


@closed_form
def probability_alive(count: ArrayLike, t: ArrayLike, n: int, total: int | None = None) -> Values:
    """Return the exact probability that a type survives t resamplings.

    Counts above C are taken to survive: C is so large that this is wrong by less than 1e-9.

    Parameters
    ----------
    count : int or array, at least 0
        Copies of the type in the given set.
    t : int or array, at least 0
        t = 0 is the given set. It broadcasts with ``count``.
    n : int
        Size of each set that is drawn, at least 1.
    total : int, optional
        Size of the given set; n, if not given.

    Returns
    -------
    float or ndarray
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, a count is larger than the total, or t and n are so large that C is above
        4,000.

    References
    ----------
    Wright (1931), Fisher (1930): the count is a chain of binomials. P(lost) ≤ e^(-c g_t) with g of
    :func:`survival_rate` (Suresh et al. 2025) gives C.

    Examples
    --------
    >>> probability_alive(count=[1, 5, 20], t=[[1], [20]], n=1000).round(3)
    array([[0.632, 0.993, 1.   ],
           [0.088, 0.369, 0.843]])
    """
    t, count, n, total = fits(t), whole("count", count, 0), integer("n", n, 1), _total(total, n)
    _at_most_total(count, total)
    different, place = np.unique(count, return_inverse=True)
    lost = _lost(different / total, int(t.max(initial=0)), n)
    place, t = np.broadcast_arrays(place.reshape(count.shape), t.astype(int))
    return 1 - lost[t, place]


@closed_form_of("counts")
def expected_types(counts: ArrayLike, t: ArrayLike, n: int | None = None) -> Values:
    """Return the expected number of types that survive t resamplings.

    Parameters
    ----------
    counts : array of int, shape (K,)
        Copies of each type in the given set.
    t : int or array, at least 0
        t = 0 is the given set.
    n : int, optional
        Size of each set that is drawn, at least 1; the sum of the counts, if not given.

    Returns
    -------
    float or ndarray
        One number for each t.

    Raises
    ------
    TypeError, ValueError
        As :func:`probability_alive`; or if all types are extinct at t = 0.

    References
    ----------
    Sum of :func:`probability_alive` over types. For t = 1 this is Heaps' law, Σ 1 - (1 - p_i)^n.

    Examples
    --------
    >>> expected_types([1, 1, 1, 1, 4], t=[0, 1, 2, 10]).round(2)
    array([5.  , 3.62, 2.97, 1.49])
    """
    counts = whole("counts", counts, 0)
    if counts.ndim != 1 or not counts.sum() > 0:
        raise ValueError("counts must be one row of counts, at least one of them above 0")
    total, t = int(counts.sum()), whole("t", t, 0).astype(int)
    n = total if n is None else integer("n", n, 1)
    different, types = np.unique(counts, return_counts=True)
    return ((1 - _lost(different / total, int(t.max(initial=0)), n)) @ types)[t]


@closed_form
def expected_heterozygosity(h0: ArrayLike, t: ArrayLike, n: ArrayLike) -> Values:
    """Return the expected heterozygosity after t resamplings: h0 (1 - 1/n)^t.

    Parameters
    ----------
    h0 : float or array, from 0 to 1
        Heterozygosity 1 - Σ p² of the shares of the given set.
    t : int or array, at least 0
        t = 0 is the given set.
    n : int or array, at least 1
        Size of each set that is drawn.

    Returns
    -------
    float or ndarray
        From 0 to h0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Wright (1931).

    Examples
    --------
    >>> expected_heterozygosity(0.5, t=[0, 1, 100], n=100).round(3)
    array([0.5  , 0.495, 0.183])
    """
    h0, t, n = reals("h0", h0, 0, 1), fits(t), whole("n", n, 1)
    return h0 * (1 - 1 / n) ** t


@closed_form
def expected_chi_square(t: ArrayLike, n: ArrayLike, n_types: ArrayLike) -> Values:
    """Return the expected χ² distance of the shares from those at t = 0: (K - 1) [1 - (1 - 1/n)^t].

    χ² is Σ (q_i - p_i)²/p_i over the types that the given p contains. It is the risk of a categorical model, in units
    of its Fisher information; whatever the distribution is, only the number of types counts.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the given set, or a distribution; then t counts fits.
    n : int or array, at least 1
        Size of each set that is drawn.
    n_types : int or array, at least 1
        K: types that are there at t = 0.

    Returns
    -------
    float or ndarray
        From 0 to K - 1, where one type is left.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Follows from Wright (1931): the variance of a share after t resamplings is p_i (1 - p_i) [1 - (1 - 1/n)^t].

    Examples
    --------
    >>> expected_chi_square(t=[0, 1, 100, 1000], n=100, n_types=10).round(3)
    array([0.   , 0.09 , 5.706, 9.   ])
    """
    t, n, n_types = fits(t), whole("n", n, 1), whole("n_types", n_types, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        drifted = np.where(t > 0, -np.expm1(t * np.log1p(-1 / n)), 0.0)
    return (n_types - 1) * drifted


def survival_rate(t: ArrayLike) -> Values:
    """Return g_t of the branching approximation: g_1 = 1, g_(t+1) = 1 - e^(-g_t). It nears 2/t, from below.

    2/t is 16 % too large at t = 10, and 5 % at t = 40.

    Parameters
    ----------
    t : int or array, at least 1
        Resamplings of a given count.

    Returns
    -------
    float or ndarray
        Above 0, at most 1.

    Raises
    ------
    TypeError, ValueError
        If t is not as above.

    References
    ----------
    Suresh et al. (2025).

    Examples
    --------
    >>> survival_rate([1, 2, 100]).round(4)
    array([1.    , 0.6321, 0.0195])
    """
    t = whole("t", t, 1).astype(int)
    rates = np.ones(last_step(t) + 1)
    for k in range(2, len(rates)):
        rates[k] = -math.expm1(-rates[k - 1])
    return rates[t]


@closed_form
def poisson_survival(count: ArrayLike, t: ArrayLike) -> Values:
    """Return the probability 1 - e^(-count g_t) that a type survives, in the branching approximation.

    It is exact if each count of the next set is Poisson, with the last count as its mean. With sets of fixed size n
    it is a lower bound, and close to :func:`probability_alive` where n is large against count and t.

    Parameters
    ----------
    count : int or array, at least 0
        Copies in the given set.
    t : int or array, at least 1
        Resamplings of the given set.

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
    Suresh et al. (2025).

    Examples
    --------
    >>> poisson_survival(count=[1, 5, 20], t=20).round(3)
    array([0.088, 0.368, 0.84 ])
    """
    return -np.expm1(-whole("count", count, 0) * survival_rate(t))


def forgetting_time(count: ArrayLike, quantile: float = 0.5) -> np.intp | NDArray[np.intp]:
    """Return after how many resamplings a type is forgotten with a given probability, in the branching approximation.

    The least t with e^(-count g_t) ≥ quantile. For the median, it nears 2 count / ln 2, about 2.9 count.

    Parameters
    ----------
    count : int or array, at least 1
        Copies in the given set. From real data: the model of generation t + 1 has forgotten the type.
    quantile : float
        Above 0 and below 1; 0.5 is the median.

    Returns
    -------
    int or ndarray of int
        1 or larger.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Suresh et al. (2025): the time to forget a word is about linear in its count. This time follows from
    :func:`poisson_survival`.

    Examples
    --------
    >>> forgetting_time([1, 2, 5, 10, 20, 50])
    array([  2,   5,  13,  27,  56, 142])
    """
    count, quantile = whole("count", count, 1), number("quantile", quantile, 0, 1, open_low=True)
    if quantile == 1:
        raise ValueError("quantile must be below 1: no type is forgotten for certain; got 1")
    enough = -math.log(quantile) / count  # forgotten as soon as g_t is not above it
    most = int(-_STEPS * math.log(quantile) / 2)  # g_t nears 2 / t
    if np.any(count > most):
        raise ValueError(f"count must be at most {most:,} for quantile = {quantile:g}; got {count.max():g}")
    rates = [1.0]
    while rates[-1] > np.min(enough, initial=np.inf):
        rates.append(-math.expm1(-rates[-1]))
    return 1 + np.searchsorted(-np.array(rates), -enough)


def _total(total: int | None, n: int) -> int:
    return n if total is None else integer("total", total, 1)


def _at_most_total(count: Array, total: int) -> None:
    if np.any(count > total):
        raise ValueError(f"count must be at most the total, {total}; got {count.max():g}")


def _lost(shares: Array, last: int, n: int) -> Array:
    """Return P(lost) after 0 … last resamplings (first axis) of types with given shares (second axis)."""
    states = _followed(last, n) if last else 0
    lost = np.zeros((last + 1, len(shares)))
    lost[0] = shares == 0
    if not last:
        return lost
    of_counts = np.zeros(states)
    of_counts[0] = 1.0
    # A share whose expected count is not followed is taken to survive, as a count that is not followed.
    low = shares * n < states
    first, step = _binomials(n, shares[low], states), _binomials(n, np.arange(states) / n, states)
    for t in range(1, last + 1):
        lost[t, low] = first @ of_counts
        of_counts = step @ of_counts
    return lost


def _followed(last: int, n: int) -> int:
    """Return how many counts 0, 1, … must be followed, so that larger ones are lost with a probability below 1e-9."""
    if last > _STEPS:
        raise ValueError(f"t must be at most {_STEPS:,}; got {last:,}")
    states = np.minimum(n + 1, 2 + (-math.log(_ERROR) / survival_rate(np.arange(1, last + 1))).astype(int))
    if states[-1] > _LARGEST:
        raise ValueError(f"t must be at most {np.count_nonzero(states <= _LARGEST)} for n = {n}; got {last}")
    if last * int(states[-1]) ** 2 > _PRODUCTS:
        raise ValueError(f"t must be at most {_PRODUCTS // int(states[-1]) ** 2:,} for n = {n}; got {last:,}")
    return int(states[-1])


def _binomials(n: int, shares: Array, states: int) -> Array:
    """Return P(count = j) for j = 0 … states - 1 of a binomial with n draws, for each share; shape (shares, states)."""
    j = np.arange(states)
    ways = np.concatenate([[0.0], np.cumsum(np.log((n - j[1:] + 1) / j[1:]))])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = ways + j * np.log(shares)[:, None] + (n - j) * np.log1p(-shares)[:, None]
    certain = (shares == 0) | (shares == 1)
    probabilities = np.exp(np.where(certain[:, None], 0.0, logs))
    probabilities[certain] = j == (n * shares[certain])[:, None]
    return probabilities
