"""Numbers in the sentences of explorers."""

import numpy as np

__all__ = ["two_digits"]


def two_digits(value: float) -> str:
    """Return a number rounded to two digits, written out as people write it.

    Parameters
    ----------
    value : float

    Returns
    -------
    str

    Examples
    --------
    >>> two_digits(19.3), two_digits(231.6), two_digits(0.000123), two_digits(1.0), two_digits(12_345.0)
    ('19', '230', '0.00012', '1', '12,000')
    """
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 else np.format_float_positional(rounded, trim="-")
