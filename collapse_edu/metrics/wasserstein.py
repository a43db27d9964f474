"""The Wasserstein-2 distance of two samples in one dimension, exact."""

import numpy as np

__all__ = ["wasserstein_2"]


def wasserstein_2(a, b):
    """Return the Wasserstein-2 distance of two samples of numbers: not squared, in units of the data.

    In one dimension the best plan moves quantile to quantile: (∫ (A⁻¹(u) - B⁻¹(u))² du)^(1/2), u from 0 to 1. Samples
    of different sizes are welcome; the integral is a finite sum. For samples of the normal distributions of
    :func:`~collapse_edu.metrics.squared_w2_gaussians`, compare that with the *square* of this distance. Two samples of
    one law have a distance above 0, which falls with their sizes.

    Parameters
    ----------
    a, b : array, shape (n,) or (n, 1), and (m,) or (m, 1)
        Finite; at least one number each.

    Returns
    -------
    float
        0 or larger.

    Raises
    ------
    TypeError, ValueError
        If a sample is empty, has more than one column, or holds anything but finite numbers.

    References
    ----------
    Villani (2003), Topics in Optimal Transportation, theorem 2.18.

    Examples
    --------
    >>> wasserstein_2([0.0, 2.0], [1.0])
    1.0
    """
    a, b = np.sort(_numbers("a", a)), np.sort(_numbers("b", b))
    n, m = len(a), len(b)
    # Both quantile functions are constant between these points, counted in steps of 1 / (n m): whole numbers do not
    # round.
    ends = np.union1d(np.arange(1, n + 1) * m, np.arange(1, m + 1) * n)
    starts = np.concatenate([[0], ends[:-1]])
    # Halves, and a largest gap of 1: neither the gaps nor their squares overflow.
    gaps = np.abs(a[starts // m] / 2 - b[starts // n] / 2)
    largest = gaps.max()
    if largest == 0:
        return 0.0
    return float(2 * largest * np.sqrt(np.square(gaps / largest) @ ((ends - starts) / (n * m))))


def _numbers(name, values):
    try:
        values = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers") from None
    if not values.size or values.shape not in ((values.size,), (values.size, 1)):
        raise ValueError(f"{name} must have shape (n,) or (n, 1) with n of at least 1; got {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must hold finite numbers")
    return values.ravel()
