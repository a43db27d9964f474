"""What the closed forms accept."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.checks import integer, shown

__all__ = ["Array", "Values", "at", "closed_form", "closed_form_of", "fits", "last_step", "numbers", "sizes", "whole"]

Array: TypeAlias = NDArray[np.float64]
Values: TypeAlias = np.float64 | Array  # a number for numbers, an array for arrays

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

_EXACT = 2**53  # above it, not every whole number is a float
_LARGEST = 1e150  # its square is a float
_MOST_STEPS = 10**7  # numbers of a course that is kept step by step: tens of megabytes


def fits(t: ArrayLike, low: int = 0) -> Array:
    """Return ``t`` as an array of whole numbers of at least ``low``."""
    return whole("t", t, low, most=_LARGEST)


def sizes(n: ArrayLike, ddof: int, low: int = 2) -> Array:
    """Return ``n`` as an array of whole numbers of at least ``low``, after a look at ``ddof``."""
    integer("ddof", ddof, 0, 1)
    return whole("n", n, low, most=_LARGEST)


def whole(name: str, values: ArrayLike, low: float, high: float | None = None, most: float = _EXACT) -> Array:
    """Return values as an array of floats that are whole numbers of at least ``low``, and at most ``most``."""
    span = f"of at least {low}" if high is None else f"from {low} to {high:g}"
    allowed = f"{name} must contain whole numbers {span}"
    found = numbers(values)
    if found is None or not np.all(np.isfinite(found) & (found == np.floor(found))):
        raise TypeError(f"{allowed}; got {shown(values)}")
    array = found.astype(float)
    if np.any(array < low):
        raise ValueError(f"{allowed}; got {array.min():g}")
    if high is not None and np.any(array > high):
        raise ValueError(f"{allowed}; got {array.max():g}")
    if np.any(array > most):
        raise ValueError(f"{name} must contain whole numbers of at most {most:.3g}; got {array.max():g}")
    return array


def numbers(values: ArrayLike) -> NDArray[np.integer | np.floating] | None:
    """Return values as an array of real numbers, or None if they are none."""
    try:
        array = checks.array("values", values)
    except ValueError:
        return None
    return array if array.dtype.kind in "iuf" else None


def closed_form(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let a function say which of its arguments do not broadcast, where NumPy only says that some do not."""
    return _broadcasting(function, ())


def closed_form_of(*names: str) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, _Result]]:
    """Do so for a function of a distribution, or of other arguments with axes of their own: they do not broadcast."""
    return lambda function: _broadcasting(function, names)


def _broadcasting(
    function: Callable[_Arguments, _Result], with_own_axes: Collection[str]
) -> Callable[_Arguments, _Result]:
    @wraps(function)
    def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except (ValueError, IndexError):
            given = signature(function).bind(*args, **kwargs).arguments
            _check_broadcast({name: value for name, value in given.items() if name not in with_own_axes})
            raise

    return call


def _check_broadcast(given: Mapping[str, object]) -> None:
    """Say in one line which arguments do not broadcast, if they do not; what is no number has no shape."""
    arrays = {name: numbers(cast(ArrayLike, value)) for name, value in given.items()}
    shapes = {name: array.shape for name, array in arrays.items() if array is not None and array.ndim}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        raise ValueError(
            f"{' and '.join(shapes)} must broadcast; got shapes {', '.join(map(str, shapes.values()))}"
        ) from None


def last_step(t: Array, *shape: int) -> int:
    """Return the largest t, if a course of so many steps, each of an array of this shape, fits into the memory."""
    last, size = int(np.max(t, initial=0)), max(int(np.prod(shape)), 1)
    if last * size > _MOST_STEPS:
        got = f"{last:,}" if last < _EXACT else f"{last:.3g}"
        each = "" if size == 1 else f" for {size:,} values of the others"
        raise ValueError(
            f"t must contain numbers of at most {_MOST_STEPS // size:,}{each}: each step is kept; got {got}"
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
    return course[(t.astype(int), *np.indices(course.shape[1:]))]
