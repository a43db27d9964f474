"""How a text reads, in numbers: perplexity, variety, repetition, the shape of its word counts.

Passages are rows of types: integers of at least 0, the same number of tokens in each. Runs of tokens (n-grams) do not
cross the end of a row.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import array, floats, integer

__all__ = ["distinct_n", "perplexity", "repetition", "vocabulary_survival", "zipf_exponent"]


def perplexity(log_probabilities: ArrayLike) -> float:
    """Return the perplexity of tokens: exp of minus their mean log probability.

    Parameters
    ----------
    log_probabilities : array, any shape, at least one
        In nats (natural logarithm), 0 or less.

    Returns
    -------
    float
        1 or larger; infinite if one token has probability 0.

    Raises
    ------
    ValueError
        If there are none, or one is above 0 or not a number.

    References
    ----------
    Jelinek et al. (1977).

    Examples
    --------
    >>> perplexity(np.log([1 / 8, 1 / 2]))
    4.0
    """
    values = floats("log_probabilities", log_probabilities)
    if not values.size or not (values <= 1e-9).all():  # sums of probabilities round
        raise ValueError("log_probabilities must be numbers of at most 0, and at least one of them")
    with np.errstate(over="ignore"):
        return float(np.exp(-values.mean()))


def distinct_n(rows: ArrayLike, n: int = 2) -> float:
    """Return the number of different n-grams divided by the number of n-grams.

    It falls with the number of tokens: compare only values of equal shapes.

    Parameters
    ----------
    rows : array of int, shape (m, length)
        Passages.
    n : int
        From 1 to length.

    Returns
    -------
    float
        Above 0, at most 1.

    Raises
    ------
    TypeError, ValueError
        If rows are no rows of types, or n is no integer from 1 to their length.

    References
    ----------
    Li et al. (2016), distinct-1 and distinct-2.

    Examples
    --------
    >>> distinct_n([[0, 1, 0, 1], [0, 1, 2, 3]])  # 0 1, 1 0, 1 2 and 2 3, of six
    0.6666666666666666
    """
    grams = np.sort(_grams(rows, n), axis=None)
    return float((1 + np.count_nonzero(np.diff(grams))) / len(grams))


def repetition(rows: ArrayLike, n: int = 4) -> float:
    """Return the mean share of n-grams that repeat an earlier one of the same passage.

    Parameters
    ----------
    rows : array of int, shape (m, length)
        Passages.
    n : int
        From 1 to length.

    Returns
    -------
    float
        0 or larger, less than 1.

    Raises
    ------
    TypeError, ValueError
        If rows are no rows of types, or n is no integer from 1 to their length.

    References
    ----------
    Welleck et al. (2020), section 6, seq-rep-n: 1 - different n-grams / n-grams, averaged over passages.

    Examples
    --------
    >>> repetition([[0, 1, 0, 1, 0], [0, 1, 2, 3, 4]], n=2)
    0.25
    """
    grams = np.sort(_grams(rows, n), axis=1)
    return float(np.mean(np.diff(grams, axis=1) == 0) * (1 - 1 / grams.shape[1])) if grams.shape[1] > 1 else 0.0


def vocabulary_survival(real: ArrayLike, synthetic: ArrayLike) -> float:
    """Return the share of the real types that a synthetic sample still contains.

    Parameters
    ----------
    real, synthetic : array of int, any shape, at least one

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If a sample is empty, or contains anything but integers of at least 0.

    Examples
    --------
    >>> vocabulary_survival([0, 0, 1, 2, 3], [3, 3, 0, 9])
    0.5
    """
    real, synthetic = _types("real", real), _types("synthetic", synthetic)
    return float(np.isin(np.unique(real), synthetic).mean())


def zipf_exponent(counts: ArrayLike) -> float:
    """Return the exponent s of the power law p_r ∝ r^(-s), r = 1 … K, that fits counts best.

    K is the number of types that occur, and r the rank of a type by its count. The estimate is the most likely one: the
    expected log rank is that of the sample. For known ranks and n tokens its variance is near 1 / (n Var_p(log r));
    ranks that come from the counts themselves add a small bias upwards.

    Parameters
    ----------
    counts : array of int, shape (K,)
        How often each type occurs, in any order. Zeros are left out. At least two types.

    Returns
    -------
    float
        0 (equal counts) or larger.

    Raises
    ------
    ValueError
        If a count is negative or not a whole number, or fewer than two types occur.

    References
    ----------
    Clauset, Shalizi and Newman (2009), with a support that ends at K.

    Examples
    --------
    >>> ranks = np.arange(1, 1001)
    >>> round(zipf_exponent(10**9 // ranks), 3)
    1.0
    """
    counts = array("counts", counts)
    whole = counts.dtype.kind in "iuf" and np.all(np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts)))
    if counts.ndim != 1 or not whole:
        raise ValueError("counts must be whole numbers of at least 0, one for each type")
    if np.any(counts > 2**53):
        raise ValueError(f"counts must be at most 2⁵³; got {counts.max():g}")
    counts = np.sort(counts[counts > 0].astype(float))[::-1]
    if len(counts) < 2:
        raise ValueError(f"counts must contain at least two types that occur; got {len(counts)}")
    log_ranks = np.log(np.arange(1, len(counts) + 1))
    observed = counts @ log_ranks / counts.sum()

    from scipy.optimize import brentq

    def excess(s: float) -> float:
        weights = np.exp(-s * log_ranks)
        return weights @ log_ranks / weights.sum() - observed

    if excess(0.0) <= 0:
        return 0.0
    high = 1.0
    while excess(high) > 0:
        high *= 2
    return float(brentq(excess, 0.0, high, xtol=1e-12))


def _types(name: str, types: ArrayLike) -> NDArray[np.integer]:
    types = array(name, types)
    if not types.size or types.dtype.kind not in "iu" or types.min() < 0:
        raise ValueError(f"{name} must contain integers of at least 0, and at least one of them")
    return types


def _grams(rows: ArrayLike, n: int) -> NDArray[np.int64]:
    """Return one number for each n-gram of each row, equal for equal n-grams; shape (m, length - n + 1)."""
    rows = _types("rows", rows)
    if rows.ndim != 2:
        raise ValueError(f"rows must have shape (passages, tokens); got {rows.shape}")
    length = rows.shape[1]
    n = integer("n", n, 1, length)
    tokens: NDArray[np.int64] = rows.astype(np.int64, copy=False)
    base = int(tokens.max()) + 1
    grams, largest = tokens, base
    for end in range(n - 1):
        if largest > 2**62 // base:
            known, places = np.unique(grams, return_inverse=True)
            grams, largest = places.reshape(len(tokens), -1).astype(np.int64, copy=False), len(known)
        grams = grams[:, :-1] * base + tokens[:, end + 1 :]
        largest *= base
    return grams
