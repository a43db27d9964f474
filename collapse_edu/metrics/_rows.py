"""Rows of numbers, or one line that says why they are none."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import floats, shown

Array: TypeAlias = NDArray[np.float64]


def finite_rows(name: str, rows: ArrayLike, least: int = 1) -> Array:
    """Return rows as a finite float array of shape (n, d) with n of at least ``least``."""
    try:
        rows = floats(name, rows)
    except TypeError:
        raise TypeError(f"{name} must contain numbers, one row for each sample") from None
    except ValueError:
        raise ValueError(f"{name} must have shape (n, d), with rows of one length; got {shown(rows)}") from None
    if rows.ndim != 2 or len(rows) < least or not rows.shape[1]:
        raise ValueError(f"{name} must have shape (n, d) with n of at least {least}; got {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError(f"{name} must contain finite numbers")
    return rows


def same_width(name: str, rows: Array, other_name: str, other: Array) -> None:
    """Say in one line that two sets of rows have different numbers of features, if they have."""
    if rows.shape[1] != other.shape[1]:
        raise ValueError(f"{name} must have as many features as {other_name}, {other.shape[1]}; got {rows.shape[1]}")
