"""Pictures of fitted normals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from collapse_edu.plots.picture import REAL, Picture, in_style, regime_look

__all__ = ["plot_ellipses"]


@in_style
def plot_ellipses(fits: Sequence[tuple[int, NDArray[np.float64], NDArray[np.float64]]], *, title: str) -> Picture:
    """Draw the fitted two-dimensional normals of one chain, one panel for each generation shown.

    Parameters
    ----------
    fits : list of (int, array of shape (2,), array of shape (2, 2))
        Generation, mean, and covariance.
    title : str

    Returns
    -------
    Picture

    Examples
    --------
    >>> picture = plot_ellipses([(1, np.zeros(2), np.diag([1.0, 0.25]))], title="One fit")
    >>> picture.description.partition("are, ")[2]
    'generation 1: 1 by 0.5.'
    """
    picture = Picture(width=9.2, height=3.0, layout="constrained")
    picture.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    angle = np.linspace(0, 2 * np.pi, 181)
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) * np.sqrt(-2 * np.log(0.05))  # contains 95 %
    sentences = []
    for ax, (t, mean, covariance) in zip(picture.axes_row(len(fits), sharey=True), fits, strict=True):
        values, vectors = np.linalg.eigh(covariance)
        outline = mean + (circle * np.sqrt(np.clip(values, 0, None))) @ vectors.T
        ax.fill(*circle.T, color=REAL, alpha=0.35, lw=0)
        ax.plot(*outline.T, **regime_look("replace"))
        ax.set(xlim=(-4, 4), ylim=(-4, 4), aspect="equal", title=f"generation {t}", xlabel="first")
        long, short = np.sqrt(np.clip(values[::-1], 0, None))
        sentences.append(f"generation {t}: {long:.2g} by {short:.2g}")
    picture.axes[0].set_ylabel("second")
    picture.description = (
        "Grey: the real distribution, a disc of standard deviation 1 by 1. Outline: the fitted normal; "
        "its standard deviations along and across are, " + "; ".join(sentences) + "."
    )
    return picture
