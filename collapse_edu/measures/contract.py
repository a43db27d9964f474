"""What a measure is, and one line for what is none.

A *metric* takes arrays and returns a number: :mod:`collapse_edu.metrics`. A *measure* takes a generation and the source
of its chain: a run calls it once for each generation. Where both ask the same, both have one name.
"""

from collections.abc import Callable
from functools import wraps
from numbers import Real
from typing import ParamSpec

import numpy as np

from collapse_edu import metrics
from collapse_edu.checks import Measure, takes

__all__ = ["checked", "one_number", "takes_generation"]

# Measures that a metric of another name is part of.
_MEASURES = {
    "distinct_n": "Distinct()",
    "perplexity": "HeldOutPerplexity(...)",
    "repetition": "Repetition()",
    "squared_w2_gaussians": "SquaredW2()",
}
_ALLOWED = "measures must be a dict, name → function (generation, source) -> number"
_Arguments = ParamSpec("_Arguments")


def checked(measures: dict[str, Measure]) -> dict[str, Measure]:
    """Return ``measures`` if they say what to measure.

    Parameters
    ----------
    measures : dict
        Name → function ``(generation, source) -> number``.

    Returns
    -------
    dict
        The same.

    Raises
    ------
    TypeError
        Also for a metric, with the measure to take instead.

    Examples
    --------
    >>> checked({"distance": metrics.frechet_distance})
    Traceback (most recent call last):
    ...
    TypeError: measures: metrics.frechet_distance is a metric, it takes arrays: use measures.frechet_distance
    """
    if not isinstance(measures, dict):
        _refuse_metric(measures)
        name = getattr(measures, "__name__", "")
        advice = f": write {{{name!r}: {name}}}" if callable(measures) and name.isidentifier() else ""
        raise TypeError(f"{_ALLOWED}; got {name or type(measures).__name__}{advice}")
    for name, measure in measures.items():
        _require_measure(name, measure)
    return measures


def _require_measure(name: object, measure: object) -> None:
    """Say in one line why a name or what stands beside it is none of a measure."""
    _refuse_metric(measure)
    if isinstance(measure, type):
        raise TypeError(f"{_ALLOWED}; got {name!r} → the class {measure.__name__}: write {measure.__name__}(...)")
    if not (isinstance(name, str) and callable(measure) and takes(measure, 2)):
        came = getattr(measure, "__name__", None) or type(measure).__name__
        raise TypeError(f"{_ALLOWED}; got {name!r} → {came}")


def _refuse_metric(function: object) -> None:
    """Say in one line what to take instead of a metric."""
    function = getattr(function, "func", function)  # of a partial
    if not str(getattr(function, "__module__", "")).startswith(f"{metrics.__name__}."):
        return
    from collapse_edu import measures

    name = getattr(function, "__name__", type(function).__name__)
    twin = name if name in measures.__all__ else _MEASURES.get(name)
    instead = (
        f"use measures.{twin}"
        if twin
        else "write a function (generation, source) -> number that calls it, with generation.synthetic, source.real"
    )
    raise TypeError(f"measures: metrics.{name} is a metric, it takes arrays: {instead}")


def one_number(name: str, value: object) -> float:
    """Return what a measure returned as a float, if it is one number.

    Parameters
    ----------
    name : str
        The measure.
    value : object

    Returns
    -------
    float
        NaN says that there is nothing to measure.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> one_number("loss", None)
    Traceback (most recent call last):
    ...
    TypeError: measure 'loss' must return one number; got None
    """
    if isinstance(value, Real):
        return float(value)
    array = value if isinstance(value, np.ndarray | np.generic) else None
    if array is None or array.size != 1 or array.dtype.kind not in "biuf":
        came = repr(value) if array is None or not array.ndim else f"shape {array.shape}"
        raise TypeError(f"measure {name!r} must return one number; got {' '.join(came.split())[:60]}")
    return float(array.item())


def takes_generation(measure: Callable[_Arguments, float]) -> Callable[_Arguments, float]:
    """Let a measure say in one line that it takes a generation, where it is given arrays: a decorator.

    Parameters
    ----------
    measure : callable
        A function ``(generation, source) -> number``.

    Returns
    -------
    callable
        The same; it raises a TypeError for arrays.

    Examples
    --------
    >>> from collapse_edu import measures
    >>> measures.types_alive([0, 0, 1], None)
    Traceback (most recent call last):
    ...
    TypeError: measures.types_alive takes (generation, source), no arrays; got list: use metrics.types_alive
    """

    @wraps(measure)
    def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> float:
        first = args[0] if args else kwargs.get("generation")
        if hasattr(first, "__array__") or isinstance(first, list | tuple):
            name = measure.__name__
            instead = f": use metrics.{name}" if name in metrics.__all__ else ""
            raise TypeError(
                f"measures.{name} takes (generation, source), no arrays; got {type(first).__name__}{instead}"
            )
        return measure(*args, **kwargs)

    return call
