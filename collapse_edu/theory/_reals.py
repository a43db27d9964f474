"""Real numbers that the closed forms accept."""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import shown
from collapse_edu.theory._domain import Array, numbers

__all__ = ["distribution", "reals"]

_LARGEST = 1e150  # its square, and that of its inverse, are floats
_SMALLEST = 1 / _LARGEST  # where 0 is none, as an inverse is taken


def reals(
    name: str, values: ArrayLike, low: float, high: float = np.inf, *, open_low: bool = False, open_high: bool = False
) -> Array:
    """Return values as an array of floats between ``low`` and ``high``, in size at most 10¹⁵⁰.

    Where they must be larger than 0, as something is divided by them, they are also at least 10⁻¹⁵⁰.

    Examples
    --------
    >>> reals("share", [0.1, 1], 0, 1, open_low=True)
    array([0.1, 1. ])
    """
    high_bracket = ")" if open_high or high == np.inf else "]"
    allowed = f"{name} must contain numbers in {'(' if open_low else '['}{low:g}, {high:g}{high_bracket}"
    found = numbers(values)
    if found is None:
        raise TypeError(f"{allowed}; got {shown(values)}")
    array = found.astype(float)
    inside = (array >= low) & (array <= high) & np.isfinite(array)
    inside &= ~(open_low & (array == low)) & ~(open_high & (array == high))
    if not np.all(inside):
        raise ValueError(f"{allowed}; got {array[~inside].flat[0]:g}")
    smallest = _SMALLEST if open_low and low == 0 else 0
    extreme = (np.abs(array) > _LARGEST) | (array < smallest) & bool(smallest)
    if np.any(extreme):
        span = f"from {smallest:g} to {_LARGEST:g}" if smallest else f"of a size up to {_LARGEST:g}"
        raise ValueError(f"{name} must contain numbers {span}; got {array[extreme].flat[0]:g}")
    return array


def distribution(name: str, values: ArrayLike) -> Array:
    """Return values as the probabilities of types: one axis, none negative, their sum 1.

    Examples
    --------
    >>> distribution("p", [0.25, 0.75])
    array([0.25, 0.75])
    """
    array = reals(name, values, 0, 1)
    if array.ndim != 1:
        raise ValueError(f"{name} must contain one probability for each type; got shape {array.shape}")
    if abs(array.sum() - 1) > 1e-9:
        raise ValueError(f"{name} must sum to 1; got {array.sum():g}")
    return array
