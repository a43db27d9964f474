"""What the closed forms accept."""

import numpy as np

__all__ = ["fits", "sizes"]


def fits(t, low=0):
    """Return ``t`` as an array of whole numbers of at least ``low``."""
    return _whole("t", t, low)


def sizes(n, ddof, low=2):
    """Return ``n`` as an array of whole numbers of at least ``low``, after a look at ``ddof``."""
    if ddof not in (0, 1):
        raise ValueError(f"ddof must be 0 or 1; got {ddof!r}")
    return _whole("n", n, low)


def _whole(name, values, low):
    array = np.asarray(values)
    if not np.issubdtype(array.dtype, np.number) or not np.all(array == np.floor(array)):
        raise TypeError(f"{name} must hold whole numbers of at least {low}; got {values!r}")
    if np.any(array < low):
        raise ValueError(f"{name} must hold whole numbers of at least {low}; got {array.min()}")
    return array.astype(float)
