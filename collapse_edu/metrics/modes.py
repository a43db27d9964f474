"""How many known modes rows reach, and how many rows lie near one."""

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.checks import integer, number
from collapse_edu.metrics._rows import Array, finite_rows, same_width
from collapse_edu.metrics.neighbours import nearest_distance

__all__ = ["mode_coverage", "share_near_modes"]


def mode_coverage(rows: ArrayLike, modes: ArrayLike, radius: float, least: int = 1) -> float:
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


def share_near_modes(rows: ArrayLike, modes: ArrayLike, radius: float) -> float:
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


def _near(rows: ArrayLike, modes: ArrayLike, radius: float) -> tuple[Array, Array, float]:
    rows, modes = finite_rows("rows", rows), finite_rows("modes", modes)
    same_width("modes", modes, "rows", rows)
    return rows, modes, number("radius", radius, 0, np.inf, open_low=True)
