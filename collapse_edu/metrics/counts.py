"""How diverse a sample of types is."""

import numpy as np

__all__ = ["heterozygosity", "types_alive"]


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


def _counts(types):
    types = np.asarray(types).ravel()
    if not len(types) or not np.issubdtype(types.dtype, np.integer) or types.min() < 0:
        raise ValueError("types must be integers of at least 0, and at least one of them")
    return np.bincount(types)
