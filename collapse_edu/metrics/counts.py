"""How diverse a sample of types is."""

import numpy as np

__all__ = ["effective_types", "entropy", "heterozygosity", "types_alive"]


def types_alive(types):
    """Return the number of different types in a sample.

    Parameters
    ----------
    types : array of int, any shape, at least one

    Returns
    -------
    int
        1 or larger.

    Raises
    ------
    ValueError
        If there are none, or one is no integer of at least 0.

    Examples
    --------
    >>> types_alive([[3], [3], [7]])
    2
    """
    return int(np.count_nonzero(_counts(types)))


def heterozygosity(types):
    """Return the chance that two draws (with return) from a sample differ: 1 - Σ p².

    Parameters
    ----------
    types : array of int, any shape, at least one

    Returns
    -------
    float
        0 when one type is left; 1 - 1/K for K equal types.

    Raises
    ------
    ValueError
        If there are none, or one is no integer of at least 0.

    References
    ----------
    Nei (1973), gene diversity; Gini-Simpson index in ecology.

    Examples
    --------
    >>> heterozygosity([0, 0, 1, 1])
    0.5
    """
    counts = _counts(types)
    return float(1 - ((counts / counts.sum()) ** 2).sum())


def entropy(types):
    """Return the entropy of a sample: -Σ p log₂ p, in bits.

    Parameters
    ----------
    types : array of int, any shape, at least one

    Returns
    -------
    float
        0 when one type is left; log₂ K for K equal types. One bit is one toss of a fair coin.

    Raises
    ------
    ValueError
        If there are none, or one is no integer of at least 0.

    References
    ----------
    Shannon (1948), of the shares of the sample: below the entropy of its law, on average by about
    (K - 1) / (2 n ln 2) for n draws of K types (Miller 1955).

    Examples
    --------
    >>> entropy([0, 1, 2, 3])
    2.0
    """
    counts = _counts(types)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum() + 0.0)  # not -0.0


def effective_types(types):
    """Return how many equal types have the entropy of a sample: 2^entropy.

    Parameters
    ----------
    types : array of int, any shape, at least one

    Returns
    -------
    float
        From 1 to the number of types alive.

    Raises
    ------
    ValueError
        If there are none, or one is no integer of at least 0.

    References
    ----------
    Hill (1973), the diversity number of order 1.

    Examples
    --------
    >>> effective_types([0, 0, 5, 5])
    2.0
    """
    return 2 ** entropy(types)


def _counts(types):
    types = np.asarray(types).ravel()
    if not len(types) or not np.issubdtype(types.dtype, np.integer) or types.min() < 0:
        raise ValueError("types must be integers of at least 0, and at least one of them")
    return np.bincount(types)
