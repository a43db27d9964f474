"""Numbers on the command line: what an option reads, and its complaint in one line."""

import argparse
from math import inf

__all__ = ["above_zero", "at_least"]


def at_least(low):
    """Return a function that reads an integer of at least ``low``.

    Examples
    --------
    >>> at_least(1)("20")
    20
    """

    def read(text):
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or value < low:
            raise argparse.ArgumentTypeError(f"must be an integer of at least {low}; got {text!r}")
        return value

    return read


def above_zero(high):
    """Return a function that reads a number above 0, and at most ``high``.

    Examples
    --------
    >>> above_zero(1)("0.5")
    0.5
    """

    def read(text):
        try:
            value = float(text)
        except ValueError:
            value = None
        if value is None or not 0 < value <= high or value == inf:
            limit = "" if high == inf else f" and at most {high}"
            raise argparse.ArgumentTypeError(f"must be a number above 0{limit}; got {text!r}")
        return value

    return read
