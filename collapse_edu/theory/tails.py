"""Tails of many types: scaling laws of a memoriser, and what is left of them on synthetic data.

The memoriser ("Hutter LLM") knows a type if it was in its training set. Its test error is the probability, under the
real distribution, of a type that it does not know. Types are ordered from the most to the least frequent; a
distribution is an array of their probabilities.
"""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import MOST_STEPS, integer, number
from collapse_edu.theory._domain import Array, Values, closed_form_of, fits, last_step, whole
from collapse_edu.theory._reals import distribution, reals
from collapse_edu.theory.drift import survival_rate

__all__ = [
    "cut_error_exponent",
    "cut_law",
    "error_exponent",
    "expected_error",
    "expected_lost_mass",
    "tempered_law",
    "zipf_law",
]


def zipf_law(n_types: int, exponent: float) -> Array:
    """Return the probabilities of Zipf's law: p_i ∝ i^-β, i = 1 … n_types.

    Parameters
    ----------
    n_types : int, at least 1
    exponent : float, at least 0
        β; 0 makes all types equal.

    Returns
    -------
    ndarray, shape (n_types,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Dohmatob et al. (2024a).

    Examples
    --------
    >>> zipf_law(3, exponent=1).round(4)
    array([0.5455, 0.2727, 0.1818])
    """
    rank = np.arange(1.0, integer("n_types", n_types, 1, most=MOST_STEPS) + 1)
    weights = rank ** -number("exponent", exponent, 0, np.inf)
    return weights / weights.sum()


def cut_law(p: ArrayLike, k: int) -> Array:
    """Return the distribution without the types after the k-th, its probabilities summing to 1 again.

    Parameters
    ----------
    p : array, shape (n_types,)
        A distribution.
    k : int, from 1 to n_types

    Returns
    -------
    ndarray, shape (n_types,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the first k types have no probability.

    References
    ----------
    Dohmatob et al. (2024a), "tail cutting".

    Examples
    --------
    >>> cut_law([0.5, 0.3, 0.2], k=2)
    array([0.625, 0.375, 0.   ])
    """
    p = distribution("p", p)
    kept = np.where(np.arange(len(p)) < integer("k", k, 1, len(p)), p, 0.0)
    if not kept.sum() > 0:
        raise ValueError(f"k must keep types that have probability; got {k}")
    return kept / kept.sum()


@closed_form_of("p", "train")
def expected_error(n: ArrayLike, p: ArrayLike, train: ArrayLike | None = None) -> Values:
    """Return the expected test error of a memoriser with n training rows: Σ p_i (1 - q_i)^n.

    Parameters
    ----------
    n : int or array, at least 0
        Training rows, the paper's T.
    p : array, shape (n_types,)
        The real distribution.
    train : array, shape (n_types,), optional
        q, the distribution of the training rows. Without it they are real.

    Returns
    -------
    float or ndarray, shape of n
        Exact.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Dohmatob et al. (2024a).

    Examples
    --------
    >>> p = zipf_law(10_000, exponent=1.5)
    >>> expected_error([100, 10_000, 1_000_000], p).round(4)
    array([0.1957, 0.0362, 0.0024])
    >>> expected_error([100, 10_000, 1_000_000], p, train=cut_law(p, 100)).round(4)
    array([0.1917, 0.0693, 0.0692])
    """
    n, p = whole("n", n, 0), distribution("p", p)
    q = p if train is None else distribution("train", train)
    if len(q) != len(p):
        raise ValueError(f"train must contain one probability for each type of p; got {len(q)} and {len(p)}")
    with np.errstate(divide="ignore"):
        log_absent = np.log1p(-q)
    # One size after the other: there may be millions of types. At n = 0, even a type that is certain is absent.
    found = [p @ np.exp(size * log_absent) if size else 1.0 for size in n.flat]
    return np.array(found, dtype=float).reshape(n.shape)[()]


def error_exponent(exponent: ArrayLike) -> Values:
    """Return the exponent c of the clean scaling law, test error ∝ n^-c: 1 - 1/β.

    A training set that is itself synthetic, from n₀ rows, leaves a floor ∝ n₀^-c.

    Parameters
    ----------
    exponent : float or array, larger than 1
        β.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Dohmatob et al. (2024a), equation 6 (floor).

    Examples
    --------
    >>> error_exponent([1.5, 2, 3]).round(4)
    array([0.3333, 0.5   , 0.6667])
    """
    return 1 - 1 / _exponent(exponent)


def cut_error_exponent(exponent: ArrayLike) -> Values:
    """Return the exponent of the floor that a tail cut at rank k leaves, floor ∝ k^-(β - 1): β - 1.

    Parameters
    ----------
    exponent : float or array, larger than 1
        β.

    Returns
    -------
    float or ndarray

    Raises
    ------
    TypeError, ValueError
        If the argument is not as above.

    References
    ----------
    Dohmatob et al. (2024a), Theorem 2.1.

    Examples
    --------
    >>> cut_error_exponent([1.5, 2, 3])
    array([0.5, 1. , 2. ])
    """
    return _exponent(exponent) - 1


@closed_form_of("p")
def expected_lost_mass(t: ArrayLike, n: ArrayLike, p: ArrayLike, n_fresh: ArrayLike = 0.0) -> Values:
    """Return the expected real probability of all types that are extinct by generation t of replace, or of mix.

    Under replace Σ p_i e^(-n p_i g_t), with g_t of :func:`~collapse_edu.theory.drift.survival_rate`: each copy of a
    type founds its own line of descent. Under mix, with f fresh rows in each later set, lines are thinned by
    1 - f/n, and each generation founds new ones: Σ p_i e^(-p_i (n v_t + f (v_1 + … + v_(t-1)))), with v_1 = 1 and
    v_(k+1) = 1 - e^(-(1 - f/n) v_k). Exact if the numbers of copies are Poisson; close where n is large against t.

    Parameters
    ----------
    t : int or array, at least 0
        t = 0 is the real distribution: nothing is extinct. The set of generation 1 is all real.
    n : int or array, at least 1
    p : array, shape (n_types,)
        The real distribution.
    n_fresh : float or array, from 0 to n
        f: fresh real rows, or their expected number, in the sets of generations 2, 3, …; the set has n rows with them.

    Returns
    -------
    float or ndarray, the shape to which t, n and n_fresh broadcast

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Suresh et al. (2025), from the branching process of a Poisson model; the fresh rows are our addition. The test error
    of a memoriser that gets endless rows of generation t; the one-generation floor is that of Dohmatob et al. (2024a),
    equation 6.

    Examples
    --------
    >>> expected_lost_mass(t=[1, 2, 10], n=2000, p=zipf_law(2000, 1.5)).round(4)
    array([0.0582, 0.0707, 0.1185])
    >>> expected_lost_mass(t=[1, 2, 10], n=2000, p=zipf_law(2000, 1.5), n_fresh=200).round(4)
    array([0.0582, 0.068 , 0.0839])
    """
    t, n, p = fits(t), whole("n", n, 1), distribution("p", p)
    n_fresh = reals("n_fresh", n_fresh, 0)
    if np.any(n_fresh > n):
        raise ValueError(f"n_fresh must contain numbers of at most n; got {n_fresh.max():g}")
    lines = _lines(t, n, n_fresh)
    present = p[p > 0]
    found = [present @ np.exp(-present * each) for each in lines.flat]
    return np.array(found, dtype=float).reshape(lines.shape)[()]


def _lines(t, n, n_fresh):
    """Return -log of the chance that a type is extinct, for a probability of 1: infinite at t = 0, where none is."""
    t, n, n_fresh = np.broadcast_arrays(t, n, n_fresh)
    if not np.any(n_fresh):
        return n * np.where(t > 0, survival_rate(np.maximum(t, 1)), np.inf)
    alive, founded = np.ones(t.shape), np.zeros(t.shape)
    for k in range(1, last_step(t, *t.shape)):
        going = t > k
        founded = np.where(going, founded + alive, founded)
        alive = np.where(going, -np.expm1(-(1 - n_fresh / n) * alive), alive)
    return np.where(t > 0, n * alive + n_fresh * founded, np.inf)


def tempered_law(t: int, p: ArrayLike, temperature: float) -> Array:
    """Return the law of the model of generation t, when each samples at temperature τ: p^(1/τ^(t - 1))/Z.

    It is the limit of endless rows under replace. Below τ = 1 the likeliest types alone are left, above it all types
    that p contains become equal: only τ = 1 keeps a law.

    Parameters
    ----------
    t : int, from 1 to 10¹²
        t = 1 is the model fitted to real data, from which nothing was sampled yet.
    p : array, shape (n_types,)
        The real distribution; any law.
    temperature : float, larger than 0
        τ: a model with probabilities q samples from q^(1/τ)/Z.

    Returns
    -------
    ndarray, shape (n_types,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Setting: Marchi et al. (2024), without external data: any temperature but 1 ends in a few outputs, or in equal ones.
    The power is ours, and holds for large n. For Zipf's law the exponent becomes β/τ^(t - 1): "tail narrowing" of
    Dohmatob et al. (2024a).

    Examples
    --------
    >>> p = [0.5, 0.3, 0.2]
    >>> tempered_law(5, p, temperature=0.8).round(3), tempered_law(50, p, temperature=1.25).round(3)
    (array([0.717, 0.206, 0.077]), array([0.333, 0.333, 0.333]))
    """
    t, p = integer("t", t, 1, 10**12), distribution("p", p)
    tau = number("temperature", temperature, 0, np.inf, open_low=True, open_high=True)
    # Powers of the ratios to the likeliest type, in logarithms: they neither overflow nor all vanish.
    power = np.exp(np.clip(-(t - 1) * np.log(tau), -700, 700))
    weights = np.zeros_like(p)
    weights[p > 0] = np.exp(power * np.log(p[p > 0] / p.max()))
    return weights / weights.sum()


def _exponent(value: ArrayLike) -> Array:
    return reals("exponent", value, 1, open_low=True)
