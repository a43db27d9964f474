"""How diverse a sample of types is, and what it lost of another sample."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import array, integer

__all__ = [
    "effective_types",
    "entropy",
    "heterozygosity",
    "lost_mass",
    "tail_survival",
    "types_alive",
    "unseen_mass",
]


def types_alive(types: ArrayLike) -> int:
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


def heterozygosity(types: ArrayLike) -> float:
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


def entropy(types: ArrayLike) -> float:
    """Return the entropy of a sample: -Σ p ln p, in nats.

    Parameters
    ----------
    types : array of int, any shape, at least one

    Returns
    -------
    float
        0 when one type is left; ln K for K equal types. Divided by ln 2 it is in bits.

    Raises
    ------
    ValueError
        If there are none, or one is no integer of at least 0.

    References
    ----------
    Shannon (1948), of the shares of the sample: below the entropy of its distribution, on average by about
    (K - 1) / (2 n) for n draws of K types (Miller 1955). Exactly: :func:`~collapse_edu.theory.expected_entropy`.

    Examples
    --------
    >>> round(entropy([0, 1, 2, 3]), 4)
    1.3863
    """
    counts = _counts(types)
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum() + 0.0)  # not -0.0


def effective_types(types: ArrayLike) -> float:
    """Return how many equal types have the entropy of a sample: its exponential.

    Parameters
    ----------
    types : array of int, any shape, at least one

    Returns
    -------
    float
        From 1 to the number of types.

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
    return float(np.exp(entropy(types)))


def lost_mass(real: ArrayLike, synthetic: ArrayLike) -> float:
    """Return the share of the real tokens whose type is gone from a synthetic sample.

    1 - :func:`~collapse_edu.metrics.vocabulary_survival` counts each type once; this counts each as often as it occurs
    in the real sample.

    Parameters
    ----------
    real, synthetic : array of int, any shape, at least one

    Returns
    -------
    float
        From 0 to 1. For n synthetic tokens drawn with the real shares p its expectation is Σ p (1 - p)^n.

    Raises
    ------
    ValueError
        If a sample is empty, or contains anything but integers of at least 0.

    References
    ----------
    Good (1953), the probability of what a sample does not contain.

    Examples
    --------
    >>> lost_mass([0, 0, 0, 1], [0, 0, 5])
    0.25
    """
    real, synthetic = _types("real", real), _types("synthetic", synthetic)
    return float(1 - np.isin(real, synthetic).mean())


def unseen_mass(real: ArrayLike, synthetic: ArrayLike) -> float:
    """Return the share of the synthetic tokens whose type the real sample does not contain.

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
    >>> unseen_mass([0, 0, 0, 1], [0, 0, 5, 6])
    0.5
    """
    return lost_mass(real=_types("synthetic", synthetic), synthetic=_types("real", real))


def tail_survival(real: ArrayLike, synthetic: ArrayLike, head: int) -> float:
    """Return the share of the types of the real tail that a synthetic sample still contains.

    The head are the ``head`` most frequent types of the real sample, and all that are as frequent as the last of them;
    the tail are its other types. Under neutral resampling the expected *share of tokens* that are of the tail stays
    what it was, while its types go extinct.

    Parameters
    ----------
    real, synthetic : array of int, any shape, at least one
    head : int
        At least 1, and so small that a tail is left.

    Returns
    -------
    float
        From 0 to 1. Types that the real sample does not contain are no tail: :func:`unseen_mass` counts them.

    Raises
    ------
    TypeError, ValueError
        If a sample is empty or contains anything but integers of at least 0, or head leaves no tail.

    Examples
    --------
    >>> tail_survival([0, 0, 0, 1, 1, 2, 3], [0, 2, 2, 9], head=2)
    0.5
    """
    tail = _tail(real, head)
    return float(np.isin(tail, _types("synthetic", synthetic)).mean())


def _counts(types: ArrayLike) -> NDArray[np.integer]:
    types = _types("types", types)
    if types.max() > 16 * len(types) + 1000:  # a table of all names would be larger than the sample
        return np.unique(types, return_counts=True)[1]
    return np.bincount(types)


def _types(name: str, types: ArrayLike) -> NDArray[np.integer]:
    types = array(name, types).ravel()
    if not len(types) or not np.issubdtype(types.dtype, np.integer) or types.min() < 0:
        raise ValueError(f"{name} must be integers of at least 0, and at least one of them")
    return types


def _tail(real: ArrayLike, head: int) -> NDArray[np.integer]:
    types, counts = np.unique(_types("real", real), return_counts=True)
    head = integer("head", head, 1)
    least = np.sort(counts)[-min(head, len(counts))]
    tail = types[counts < least]
    if not len(tail):
        raise ValueError(f"head must leave a tail: of {len(types)} types none is rarer than the {head} most frequent")
    return tail
