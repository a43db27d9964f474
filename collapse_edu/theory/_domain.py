"""What the closed forms accept."""

import reprlib
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import integer

__all__ = ["Array", "Values", "at", "fits", "last_step", "numbers", "shown", "sizes", "whole"]

Array: TypeAlias = NDArray[np.float64]
Values: TypeAlias = np.float64 | Array  # a number for numbers, an array for arrays

_MOST_STEPS = 10**7  # numbers of a course that is kept step by step: tens of megabytes


def fits(t: ArrayLike, low: int = 0) -> Array:
    """Return ``t`` as an array of whole numbers of at least ``low``."""
    return whole("t", t, low)


def sizes(n: ArrayLike, ddof: int, low: int = 2) -> Array:
    """Return ``n`` as an array of whole numbers of at least ``low``, after a look at ``ddof``."""
    integer("ddof", ddof, 0, 1)
    return whole("n", n, low)


def whole(name: str, values: ArrayLike, low: float, high: float | None = None) -> Array:
    """Return values as an array of floats that are whole numbers of at least ``low``."""
    span = f"of at least {low}" if high is None else f"from {low} to {high:g}"
    allowed = f"{name} must contain whole numbers {span}"
    array = numbers(values)
    if array is None or not np.all(np.isfinite(array) & (array == np.floor(array))):
        raise TypeError(f"{allowed}; got {shown(values)}")
    if np.any(array < low):
        raise ValueError(f"{allowed}; got {array.min():g}")
    if high is not None and np.any(array > high):
        raise ValueError(f"{allowed}; got {array.max():g}")
    return array.astype(float)


def numbers(values: ArrayLike) -> NDArray[np.integer | np.floating] | None:
    """Return values as an array of real numbers, or None if they are none."""
    try:
        array = np.asarray(values)
    except ValueError:  # lists of several lengths
        return None
    return array if array.dtype.kind in "iuf" else None


def shown(values: ArrayLike) -> str:
    """Return on one line what was given."""
    return " ".join(reprlib.repr(values).split())


def last_step(t: Array, *shape: int) -> int:
    """Return the largest t, if a course of so many steps, each of an array of this shape, fits into the memory."""
    last, size = int(np.max(t, initial=0)), max(int(np.prod(shape)), 1)
    if last * size > _MOST_STEPS:
        each = "" if size == 1 else f" for {size:,} values of the others"
        raise ValueError(
            f"t must contain numbers of at most {_MOST_STEPS // size:,}{each}: each step is kept; got {last:,}"
        )
    return last


def at(t: Array, course: Array) -> Values:
    """Return ``course[t]``, where the other axes of ``course`` broadcast with t.

    Examples
    --------
    >>> course = np.array([[1.0, 1.0], [0.9, 0.5]])  # t = 0 and 1, for two values of n
    >>> at(np.array([1.0, 0.0]), course)
    array([0.9, 1. ])
    """
    try:
        np.broadcast_shapes(t.shape, course.shape[1:])
    except ValueError:
        raise ValueError(f"t must broadcast with the other arguments, {course.shape[1:]}; got {t.shape}") from None
    return course[(t.astype(int), *np.indices(course.shape[1:]))]
