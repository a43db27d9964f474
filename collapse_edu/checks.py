"""Bad input gets one line: which parameter, what is allowed, what came."""

from numbers import Integral, Real

__all__ = ["integer", "number"]


def integer(name, value, low, high=None):
    """Return ``value`` as an int, or say in one line why it is not one between ``low`` and ``high``.

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
