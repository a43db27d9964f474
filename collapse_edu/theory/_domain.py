"""What the closed forms accept."""

import numpy as np

__all__ = ["at", "fits", "sizes", "whole"]


def fits(t, low=0):
    """Return ``t`` as an array of whole numbers of at least ``low``."""
    return whole("t", t, low)


def sizes(n, ddof, low=2):
    """Return ``n`` as an array of whole numbers of at least ``low``, after a look at ``ddof``."""
    if ddof not in (0, 1):
        raise ValueError(f"ddof must be 0 or 1; got {ddof!r}")
    return whole("n", n, low)


def whole(name, values, low):
    """Return values as an array of floats that are whole numbers of at least ``low``."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf" or not np.all(np.isfinite(array) & (array == np.floor(array))):
        raise TypeError(f"{name} must hold whole numbers of at least {low}; got {values!r}")
    if np.any(array < low):
        raise ValueError(f"{name} must hold whole numbers of at least {low}; got {array.min():g}")
    return array.astype(float)


def at(t, course):
    """Return ``course[t]``, where the other axes of ``course`` broadcast with t.

    Examples
    --------
    >>> course = np.array([[1.0, 1.0], [0.9, 0.5]])  # t = 0 and 1, for two values of n
    >>> at(np.array([1.0, 0.0]), course)
    array([0.9, 1. ])
    """
    return course[(t.astype(int), *np.indices(course.shape[1:]))]
