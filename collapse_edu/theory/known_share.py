"""What rows are worth of which only the share of real ones is known."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from collapse_edu.theory._domain import Values, closed_form, numbers, whole
from collapse_edu.theory._reals import reals

__all__ = [
    "known_share_information",
    "known_share_sample_size",
]

_FAR = 100.0  # a distance at which each row tells what it is
_EDGE, _NODES = 13.0, 5201  # of the trapezoidal rule: exact to 10 digits up to that distance
_BATCH = 512  # so many values at once take about 40 MB


@closed_form
def known_share_sample_size(n: ArrayLike, share: ArrayLike, distance: ArrayLike = 0.0) -> Values:
    """Return how many labelled real rows batches with known shares of real rows are worth: Σ n_i I(α_i, δ_i).

    I is :func:`known_share_information`, with the conditions that stand there. Two cases need no quadrature. Distance
    0, where nothing tells synthetic rows from real ones: Σ n_i α_i². An infinite distance, where each row tells what it
    is, as with perfect labels: Σ n_i α_i; no rows are worth more. Estimates that use less than all that is known get
    less: the mean of a batch, less what the synthetic rows add to it, divided by α, has the variance (1 + α (1 - α)
    δ²)/(n α²).

    Parameters
    ----------
    n : int or array, at least 1
        Rows of each batch, along the last axis.
    share : float or array, from 0 to 1
        α of each batch, along the last axis.
    distance : float or array, 0 or larger, or infinite
        δ of each batch, along the last axis: from the mean of the real rows to that of the synthetic ones, in standard
        deviations.

    Returns
    -------
    float or ndarray
        The last axis is summed.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Kanabar and Gastpar (2026): in discrete estimation, the worst case over real distributions is that of Σ n_i α_i²
    labelled rows.

    Examples
    --------
    A thousand rows each, where nothing tells them apart, and where each tells what it is:

    >>> share = [1, 0.5, 0.1]
    >>> [round(known_share_sample_size(1000, share, distance)) for distance in (0, np.inf)]
    [1260, 1600]
    """
    worth = whole("n", n, 1) * known_share_information(share, distance)
    return np.sum(np.atleast_1d(worth), axis=-1)


@closed_form
def known_share_information(share: ArrayLike, distance: ArrayLike = 0.0) -> Values:
    """Return the Fisher information about the real mean in one row that is real with a known chance.

    A row is from N(μ, 1) with chance α, and otherwise from N(δ, 1). Only μ is unknown, and it is 0. With φ for the
    density of N(0, 1): I = ∫ α² x² φ(x)² / (α φ(x) + (1 - α) φ(x - δ)) dx, computed by quadrature. A real row with a
    label has 1. So I is the number of labelled rows that one such row is worth, for the best estimate in large samples
    (maximum likelihood) that knows the share, the synthetic distribution and the spread. If the synthetic distribution
    is not known, a row may be worth nothing.

    I is α² at δ = 0, where nothing tells synthetic rows from real ones, and tends to α, where each row tells what it
    is. Up to α = 2/3 it never falls below α². For a larger share it may, by a few per cent: 0.755 at α = 0.9 and δ =
    1.7. For *any* known synthetic distribution, 2 α²/π ≤ I ≤ α. A wider one around the same mean is worse than the same
    one: with a standard deviation of 1.5, I is 0.205 at α = 0.5.

    Parameters
    ----------
    share : float or array, from 0 to 1
        α.
    distance : float or array, 0 or larger, or infinite
        δ, in standard deviations.

    Returns
    -------
    float or ndarray
        From 0.93 α² to α.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Fisher information of a mixture of which one mean is unknown. Bounds: α φ is a part of the density below the line;
    and Cauchy-Schwarz, with ∫ |x| φ(x) dx = √(2/π).

    Examples
    --------
    >>> known_share_information(0.5, distance=[0, 1, 2, 4, 8]).round(3)
    array([0.25 , 0.286, 0.321, 0.426, 0.5  ])
    """
    share = reals("share", share, 0, 1)
    given = numbers(distance)  # of inf, too
    distance = reals("distance", distance if given is None else np.minimum(given, _FAR), 0)
    x = np.linspace(-_EDGE, _EDGE, _NODES)
    weights = x**2 * np.exp(-(x**2) / 2)
    weights /= weights.sum()
    # The integral is α E[x² p(x)] over real rows, where E[x²] = 1 and p(x) is the chance that a row at x is real.
    with np.errstate(divide="ignore"):
        log_odds = np.log(share) - np.log1p(-share) + distance**2 / 2
    log_odds, distance = np.broadcast_arrays(log_odds, distance)
    mean = np.empty(log_odds.shape)
    for start in range(0, mean.size, _BATCH):  # each value takes all nodes
        part = slice(start, start + _BATCH)
        mean.flat[part] = expit(log_odds.flat[part][:, None] - distance.flat[part][:, None] * x) @ weights
    return share * mean
