"""Numbers on the command line: what an option reads, and its complaint in one line."""

import argparse
from collections.abc import Callable
from math import inf

__all__ = ["above_zero", "at_least"]


def at_least(low: int, most: float = inf) -> Callable[[str], int]:
    """Return a function that reads an integer of at least ``low``, and at most ``most``.

    Examples
    --------
    >>> at_least(1)("20")
    20
    """

    def read(text: str) -> int:
        try:
            if low <= (value := int(text)) <= most:
                return value
        except ValueError:
            pass
        limit = f"of at least {low}" if most == inf else f"from {low} to {most:,}"
        raise argparse.ArgumentTypeError(f"must be an integer {limit}; got {text!r}")

    return read


def above_zero(high: float) -> Callable[[str], float]:
    """Return a function that reads a number above 0, and at most ``high``.

    Examples
    --------
    >>> above_zero(1)("0.5")
    0.5
    """

    def read(text: str) -> float:
        try:
            if 0 < (value := float(text)) <= high and value != inf:
                return value
        except ValueError:
            pass
        limit = "" if high == inf else f" and at most {high}"
        raise argparse.ArgumentTypeError(f"must be a number above 0{limit}; got {text!r}")

    return read
