"""MAUVE: the trade-off of two kinds of error between real and synthetic rows, in one number.

One kind puts synthetic mass where there is little real mass; the other misses real mass. Both are Kullback-Leibler
divergences to mixtures of the two distributions, after rows were put into buckets.
"""

import numpy as np

from collapse_edu.checks import integer, number
from collapse_edu.metrics._rows import finite_rows, same_width

__all__ = ["divergence_curve", "mauve", "mauve_of_shares"]

_EDGE = 1e-6  # the authors' code: mixtures go from this share of p to 1 less this


def mauve(real, synthetic, buckets=None, *, scaling=5.0, points=25, random_state=0):
    """Return the MAUVE of synthetic rows: near 1 if they look real, near 0 if they are all elsewhere.

    k-means puts all rows together into buckets. Features are taken as they are: the authors' code scales text
    features to length 1 and keeps 90 % of their variance by principal components first; do so yourself to compare with
    published numbers. Two samples of one law score below 1, the lower the more buckets for n rows: compare only values
    of equal n, m, buckets and features.

    Parameters
    ----------
    real : array, shape (n, d)
        At least two rows.
    synthetic : array, shape (m, d)
        At least two rows.
    buckets : int, optional
        From 2 to n + m. Without it a tenth of the smaller set. There are never more than different rows.
    scaling : float
        c > 0 in exp(-c · divergence).
    points : int
        Mixtures on the curve, at least 2.
    random_state : int
        Start of k-means, 0 or larger. One start, one result.

    Returns
    -------
    float
        From near 0 to 1. Sets without a common bucket score near 1/252, for c = 5.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the widths differ.

    References
    ----------
    Pillutla et al. (2021), section 3; c = 5, 25 points and n / 10 buckets as in their code.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real, narrow = rng.normal(size=(500, 2)), 0.3 * rng.normal(size=(500, 2))
    >>> round(mauve(real, real[::-1]), 3), mauve(real, narrow) < 0.3, round(mauve(real, real + 100), 3)
    (1.0, True, 0.004)
    """
    real, synthetic = finite_rows("real", real, 2), finite_rows("synthetic", synthetic, 2)
    same_width("synthetic", synthetic, "real", real)
    n, m = len(real), len(synthetic)
    buckets = max(2, round(min(n, m) / 10)) if buckets is None else integer("buckets", buckets, 2, n + m)
    together = np.concatenate([real, synthetic])
    labels = _labels(together, buckets, integer("random_state", random_state, 0))
    p, q = (np.bincount(part, minlength=labels.max() + 1) / len(part) for part in (labels[:n], labels[n:]))
    return mauve_of_shares(p, q, scaling=scaling, points=points)


def mauve_of_shares(p, q, *, scaling=5.0, points=25):
    """Return the MAUVE of two distributions over buckets: the area under their divergence curve.

    Parameters
    ----------
    p, q, scaling, points
        As in :func:`divergence_curve`.

    Returns
    -------
    float
        From near 0 to 1, which it is for p = q alone. Swapping p and q changes nothing.

    Raises
    ------
    TypeError, ValueError
        As :func:`divergence_curve`.

    References
    ----------
    Pillutla et al. (2021), section 3.

    Examples
    --------
    >>> mauve_of_shares([0.5, 0.5], [0.5, 0.5])
    1.0
    """
    x, y = divergence_curve(p, q, scaling=scaling, points=points).T
    return min(float(np.trapezoid(y[::-1], x[::-1])), 1.0)


def divergence_curve(p, q, *, scaling=5.0, points=25):
    """Return the curve of both errors: exp(-c KL(q | r)) and exp(-c KL(p | r)) for mixtures r of p and q.

    r = w p + (1 - w) q, w from 0 to 1. The first coordinate is low where synthetic mass q lies in places of little
    real mass; the second is low where real mass p is missed.

    Parameters
    ----------
    p, q : array, shape (k,)
        Shares of real and of synthetic rows in each bucket: 0 or larger, with sum 1.
    scaling : float
        c > 0.
    points : int
        Number of mixtures, at least 2.

    Returns
    -------
    ndarray, shape (points + 2, 2)
        From (1, 0) to (0, 1). The first coordinate falls, the second rises.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    References
    ----------
    Pillutla et al. (2021), equation 1.

    Examples
    --------
    >>> divergence_curve([1.0, 0.0], [0.0, 1.0], scaling=1.0, points=3)[2]
    array([0.5, 0.5])
    """
    p, q = _shares("p", p), _shares("q", q)
    if len(p) != len(q):
        raise ValueError(f"q must have as many shares as p, {len(p)}; got {len(q)}")
    scaling = number("scaling", scaling, 0, np.inf, open_low=True, open_high=True)
    weights = np.linspace(_EDGE, 1 - _EDGE, integer("points", points, 2))[:, None]
    mixtures = weights * p + (1 - weights) * q
    inner = np.exp(-scaling * np.column_stack([_divergences(q, mixtures), _divergences(p, mixtures)]))
    return np.concatenate([[[1.0, 0.0]], inner, [[0.0, 1.0]]])


def _divergences(p, mixtures):
    """Return KL(p | r) in nats for each row r of mixtures; r is above 0 wherever p is."""
    alive = p > 0
    return np.maximum((p[alive] * np.log(p[alive] / mixtures[:, alive])).sum(axis=1), 0)


def _shares(name, shares):
    try:
        shares = np.asarray(shares, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers") from None
    if shares.ndim != 1 or not (shares >= 0).all() or not abs(shares.sum() - 1) <= 1e-9:
        raise ValueError(f"{name} must be shares, 0 or larger, with sum 1, in one dimension")
    return shares


def _labels(rows, buckets, random_state):
    """Return the bucket of each row, by k-means."""
    from sklearn.cluster import KMeans  # here: no other metric clusters
    from threadpoolctl import threadpool_limits

    buckets = min(buckets, len(np.unique(rows, axis=0)))
    spread = np.abs(rows - rows.mean(axis=0)).max()
    rows = (rows - rows.mean(axis=0)) / (spread or 1.0)
    with threadpool_limits(1):  # sums in another order could move a row to another bucket
        return KMeans(buckets, n_init=5, max_iter=500, random_state=random_state).fit(rows).labels_
