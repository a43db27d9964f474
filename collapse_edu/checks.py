"""Bad input gets one line: which parameter, what is allowed, what came, and what to do where that is known.

A value of the wrong kind is a ``TypeError``, one out of range a ``ValueError``. What passes is returned.
"""

from inspect import signature
from numbers import Integral, Real

__all__ = ["data", "generator", "integer", "metrics", "model", "number", "outcome", "regime", "source"]


def integer(name, value, low, high=None):
    """Return ``value`` as an int, or say in one line why it is not one between ``low`` and ``high``.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : object
        What came; NumPy integers pass, booleans and floats do not.
    low, high : int
        Least and largest value; without ``high`` there is no largest.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> integer("n", 30, 2)
    30
    >>> integer("n", 1, 2)
    Traceback (most recent call last):
    ...
    ValueError: n must be an integer of at least 2; got 1
    """
    allowed = f"an integer of at least {low}" if high is None else f"an integer from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be {allowed}; got {value!r}")
    if value < low or (high is not None and value > high):
        raise ValueError(f"{name} must be {allowed}; got {value}")
    return int(value)


def number(name, value, low, high, *, open_low=False):
    """Return ``value`` as a float, or say in one line why it is not one between ``low`` and ``high``.

    Parameters
    ----------
    name : str
        How the parameter is called.
    value : object
        What came; any real number passes, a boolean does not.
    low, high : float
        Least and largest value.
    open_low : bool
        Whether ``low`` itself is excluded.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> number("share", 0.1, 0, 1)
    0.1
    >>> number("share", 10, 0, 1)
    Traceback (most recent call last):
    ...
    ValueError: share must be a number in [0, 1]; got 10
    """
    allowed = f"a number in {'(' if open_low else '['}{low:g}, {high:g}]"
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be {allowed}; got {value!r}")
    if not low <= value <= high or (open_low and value == low):
        raise ValueError(f"{name} must be {allowed}; got {value}")
    return float(value)


def model(value):
    """Return ``value`` if it can learn and sample in the loop.

    Parameters
    ----------
    value : object
        Needs ``fit(X)`` and ``sample(n, rng)``.

    Returns
    -------
    object
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> from sklearn.mixture import GaussianMixture
    >>> model(GaussianMixture())
    Traceback (most recent call last):
    ...
    TypeError: model must have fit(X) and sample(n, rng); got GaussianMixture: try adapt(...) around it
    """
    allowed = "model must have fit(X) and sample(n, rng)"
    if isinstance(value, type):
        raise TypeError(f"{allowed}; got the class {value.__name__}: write {value.__name__}(...)")
    methods = [getattr(value, name, None) for name in ("fit", "sample")]
    if not all(map(callable, methods)):
        raise TypeError(f"{allowed}; got {_kind(value)}")
    if not _takes(methods[1], 2) or _takes(methods[1], 1, random_state=None):
        raise TypeError(f"{allowed}; got {_kind(value)}: try adapt(...) around it")
    return value


def regime(value):
    """Return ``value`` if it can be called as a regime.

    Parameters
    ----------
    value : callable
        ``(source, pool, synthetic, rng) -> (pool, training, weights)``.

    Returns
    -------
    callable
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> regime(0.1)
    Traceback (most recent call last):
    ...
    TypeError: regime must be a function of (source, pool, synthetic, rng), such as replace or mix(0.1); got 0.1
    """
    allowed = "regime must be a function of (source, pool, synthetic, rng), such as replace or mix(0.1)"
    if isinstance(value, type):
        raise TypeError(f"{allowed}; got the class {value.__name__}: write {value.__name__}(...)")
    if isinstance(value, str):
        raise TypeError(f"{allowed}; got {value!r}: write it without quotation marks")
    if not callable(value):
        raise TypeError(f"{allowed}; got {value!r}")
    if not _takes(value, 4):
        raise TypeError(f"{allowed}; got {_kind(value)}, which does not take these four")
    return value


def outcome(value):
    """Return what a regime returned, if it is its three values.

    Parameters
    ----------
    value : tuple
        ``(pool, training, weights)``.

    Returns
    -------
    tuple
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> outcome((None, [[1.0]]))
    Traceback (most recent call last):
    ...
    TypeError: regime must return three values, (pool, training, weights); got 2
    """
    several = isinstance(value, tuple | list)  # an array of three rows would pass for three values
    if not several or len(value) != 3:
        came = len(value) if several else _kind(value)
        raise TypeError(f"regime must return three values, (pool, training, weights); got {came}")
    return value


def data(value):
    """Return ``value`` if a chain can open it.

    Parameters
    ----------
    value : object
        Needs ``n`` and ``open(rng)``, as :class:`~collapse_edu.source.KnownLaw` and
        :class:`~collapse_edu.source.FiniteData` have.

    Returns
    -------
    object
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> data([[1.0], [2.0]])
    Traceback (most recent call last):
    ...
    TypeError: data must be a law or a set, such as normal(30) or FiniteData(rows); got list: write FiniteData(...)
    """
    if not (callable(getattr(value, "open", None)) and hasattr(value, "n")):
        allowed = "data must be a law or a set, such as normal(30) or FiniteData(rows)"
        if hasattr(value, "source"):
            advice = ": write .source behind it"
        elif hasattr(value, "__array__") or isinstance(value, list | tuple):
            advice = ": write FiniteData(...)"
        elif hasattr(value, "draw"):
            advice = ": give what it was opened from"
        else:
            advice = ""
        raise TypeError(f"{allowed}; got {_kind(value)}{advice}")
    return value


def source(value):
    """Return ``value`` if it is the real data of one chain.

    Parameters
    ----------
    value : Source
        Needs ``real`` and ``draw``.

    Returns
    -------
    Source
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> from collapse_edu.source import normal
    >>> source(normal(30))
    Traceback (most recent call last):
    ...
    TypeError: source must be the opened data of one chain; got KnownLaw: write .open(rng) behind it
    """
    if not (hasattr(value, "real") and callable(getattr(value, "draw", None))):
        advice = ": write .open(rng) behind it" if hasattr(value, "open") else ""
        raise TypeError(f"source must be the opened data of one chain; got {_kind(value)}{advice}")
    return value


def generator(value):
    """Return ``value`` if it is a random generator of NumPy.

    Parameters
    ----------
    value : numpy.random.Generator

    Returns
    -------
    numpy.random.Generator
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> generator(0)
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got 0
    """
    from numpy.random import Generator

    if not isinstance(value, Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0); got {value!r}")
    return value


def metrics(value):
    """Return ``value`` if it says what to measure.

    Parameters
    ----------
    value : dict
        Name → function ``(generation, source) -> number``.

    Returns
    -------
    dict
        The same.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> metrics(["variance"])
    Traceback (most recent call last):
    ...
    TypeError: metrics must be a dict, name → function (generation, source) -> number; got list
    """
    allowed = "metrics must be a dict, name → function (generation, source) -> number"
    if not isinstance(value, dict):
        raise TypeError(f"{allowed}; got {_kind(value)}")
    for name, measure in value.items():
        if not (isinstance(name, str) and callable(measure) and _takes(measure, 2)):
            raise TypeError(f"{allowed}; got {name!r} → {_kind(measure)}")
    return value


def _takes(function, n, **named):
    """Return whether a function says that it can be called with n positional and some named arguments."""
    try:
        signature(function).bind(*range(n), **named)
    except TypeError:
        return False
    except ValueError:  # a builtin does not say: the benefit of the doubt, for positional ones
        return not named
    return True


def _kind(value):
    """Return the short name of what came: a picture of an array would not fit on one line."""
    return getattr(value, "__name__", None) or type(value).__name__
