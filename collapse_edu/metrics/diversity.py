"""How diverse rows are: the Vendi score of their similarities, and how many known modes they reach."""

import numpy as np
from scipy.spatial.distance import cdist

from collapse_edu.checks import integer, number
from collapse_edu.metrics._rows import finite_rows, same_width
from collapse_edu.metrics.neighbours import nearest_distance

__all__ = ["cosine_similarity", "gaussian_similarity", "mode_coverage", "share_near_modes", "vendi_score"]

_TOLERANCE = 1e-6


def vendi_score(similarity):
    """Return the Vendi score: how many samples, all unlike each other, are as diverse as these.

    exp(-Σ λ log λ), λ the eigenvalues of K / n. It takes n² numbers of memory, and time that grows like n³.

    Parameters
    ----------
    similarity : array, shape (n, n)
        K: symmetric, positive semi-definite, ones on the diagonal. :func:`cosine_similarity` and
        :func:`gaussian_similarity` make one of rows. ``types[:, None] == types``, as numbers, gives exp of the entropy
        of types.

    Returns
    -------
    float
        From 1 (all alike) to n (all unlike). It depends on K: compare only values of one kernel, and of equal n.

    Raises
    ------
    TypeError, ValueError
        If similarity is no such matrix.

    References
    ----------
    Friedman and Dieng (2023), definition 3.1.

    Examples
    --------
    >>> round(vendi_score([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), 2)  # as many as shares 2/3 and 1/3
    1.89
    """
    similarity = finite_rows("similarity", similarity)
    n = len(similarity)
    if similarity.shape != (n, n):
        raise ValueError(f"similarity must have shape (n, n); got {similarity.shape}")
    if not np.allclose(similarity, similarity.T, rtol=0, atol=_TOLERANCE):
        raise ValueError("similarity must be symmetric")
    if not np.allclose(np.diagonal(similarity), 1, rtol=0, atol=_TOLERANCE):
        raise ValueError("similarity must have ones on its diagonal: each sample is like itself")
    values = np.linalg.eigvalsh(similarity / n)
    if values[0] < -_TOLERANCE:
        raise ValueError(f"similarity must be positive semi-definite; its least eigenvalue is {n * values[0]:.3g}")
    values = values[values > 0]
    values /= values.sum()  # rounding: a sum above 1 would give less than one sample
    return float(np.exp(-(values * np.log(values)).sum()))


def cosine_similarity(rows):
    """Return the cosine of the angle between each two rows.

    Parameters
    ----------
    rows : array, shape (n, d)
        Finite; no row is all zeros.

    Returns
    -------
    ndarray, shape (n, n)
        From -1 to 1.

    Raises
    ------
    TypeError, ValueError
        If rows are not as above.

    Examples
    --------
    >>> cosine_similarity([[1.0, 0.0], [0.0, 2.0]])
    array([[1., 0.],
           [0., 1.]])
    """
    rows = finite_rows("rows", rows)
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if (largest == 0).any():
        raise ValueError(f"rows must not be all zeros: row {int(np.argmin(largest))} has no direction")
    rows = rows / largest
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def gaussian_similarity(rows, width):
    """Return exp(-‖x - y‖² / (2 width²)) for each two rows.

    Parameters
    ----------
    rows : array, shape (n, d)
        Finite.
    width : float
        Above 0, in units of the rows.

    Returns
    -------
    ndarray, shape (n, n)
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> gaussian_similarity([[0.0], [2.0]], width=1.0).round(3)
    array([[1.   , 0.135],
           [0.135, 1.   ]])
    """
    rows = finite_rows("rows", rows)
    width = number("width", width, 0, np.inf, open_low=True)
    # In units in which no square overflows. Differences, not products: equal rows are equal, however far out they are.
    unit = max(width, 1e-150 * np.abs(rows).max())
    times = min(unit / width, 1e300)  # above 1 for rows that far apart that nothing but equality counts
    with np.errstate(over="ignore"):
        return np.exp(-cdist(rows / unit, rows / unit, "sqeuclidean") * times * times / 2)


def mode_coverage(rows, modes, radius, least=1):
    """Return the share of known modes that have samples near them.

    Parameters
    ----------
    rows : array, shape (n, d)
        Samples.
    modes : array, shape (k, d)
        Centres of the modes.
    radius : float
        Above 0, in units of the rows: a sample at most this far away is near. Three standard deviations of a mode are
        usual.
    least : int
        How many samples a mode needs; at least 1.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the widths differ.

    References
    ----------
    Lin et al. (2018), section 4.1, count a mode with one sample within three standard deviations; Alemohammad et al.
    (2024) follow the modes of a mixture of 25 Gaussians. For classes instead of centres, see
    :func:`~collapse_edu.metrics.vocabulary_survival`.

    Examples
    --------
    >>> mode_coverage([[0.1], [0.2], [5.0]], modes=[[0.0], [1.0], [5.1]], radius=0.5)
    0.6666666666666666
    """
    rows, modes, radius = _near(rows, modes, radius)
    least = integer("least", least, 1)
    if least == 1:
        return float((nearest_distance(modes, to=rows) <= radius).mean())
    near = [np.count_nonzero(np.linalg.norm(rows - mode, axis=1) <= radius) for mode in modes]
    return float(np.mean(np.array(near) >= least))


def share_near_modes(rows, modes, radius):
    """Return the share of samples near a known mode; the others lie between modes, or far from all.

    Parameters
    ----------
    rows, modes, radius
        As in :func:`mode_coverage`.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        As :func:`mode_coverage`.

    References
    ----------
    Srivastava et al. (2017), the share of high-quality samples.

    Examples
    --------
    >>> share_near_modes([[0.1], [0.2], [2.5], [5.0]], modes=[[0.0], [5.1]], radius=0.5)
    0.75
    """
    rows, modes, radius = _near(rows, modes, radius)
    return float((nearest_distance(rows, to=modes) <= radius).mean())


def _near(rows, modes, radius):
    rows, modes = finite_rows("rows", rows), finite_rows("modes", modes)
    same_width("modes", modes, "rows", rows)
    return rows, modes, number("radius", radius, 0, np.inf, open_low=True)
