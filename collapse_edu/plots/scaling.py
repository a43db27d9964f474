"""Scaling laws: test error against the number of training rows."""

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import LogLocator
from numpy.typing import ArrayLike

from collapse_edu.plots.lines import LOOKS, MARKERS
from collapse_edu.plots.picture import PREDICTION, Picture, in_style, label_ends, milestones

__all__ = ["plot_scaling"]


@in_style
def plot_scaling(
    n: ArrayLike, curves: Mapping[str, ArrayLike | None], *, title: str,
    simulated: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None, floors: Mapping[str, float] | None = None,
    prediction: tuple[float, float, str] | None = None,
) -> Picture:  # fmt: skip
    """Draw test errors against the number of training rows, both on logarithmic axes: a power law is a straight line.

    Parameters
    ----------
    n : array of int, shape (k,)
        Training rows, growing.
    curves : dict
        Name → expected test errors, shape (k,), or None where only a simulation is known. At most five.
    simulated : dict, optional
        Name → (training rows, test errors of shape (rows, chains)); dots with bars that contain all chains.
    floors : dict, optional
        Name → test error that no number of rows removes.
    title : str
        The message of the picture.
    prediction : tuple, optional
        The largest number of rows, the learner's prediction of the test error there, and a word for the curve meant.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no curves or more than five, or one does not fit to n.

    Examples
    --------
    >>> plot_scaling([10, 1000], {"real data": [0.5, 0.05]}, title="More data help").description
    'Real data: test error 0.5 with 10 rows, 0.05 with 1,000.'
    """
    n, simulated, floors = np.asarray(n), simulated or {}, floors or {}
    _require_fitting(n, curves)
    picture = Picture(width=8.4, height=4.6)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.1, "right": 0.72, "top": 0.91, "bottom": 0.13})
    ax.set(xscale="log", yscale="log", xlim=(n[0], n[-1]))
    ends, said = [], []
    for (name, errors), look, marker in zip(curves.items(), LOOKS, MARKERS, strict=False):
        if errors is not None:
            ax.plot(n, errors, **look)
        if name in floors:
            ax.axhline(floors[name], color=look["color"], lw=1, linestyle=(0, (1, 2)))
        if name in simulated:
            _draw_simulated(ax, *simulated[name], marker, look["color"])
        x, y = (n, np.asarray(errors)) if errors is not None else _means(*simulated[name])
        ends.append((n[-1], y[-1], name, look["color"]))
        said.append(_said(name, x, y, floors.get(name)))
    if prediction is not None:
        most, error, curve = prediction
        ax.plot(most, error, marker="D", ms=9, color=PREDICTION, clip_on=False, zorder=3)
        ends.append((most, error, f"you said, {curve}", PREDICTION))
    ax.set_title(title)
    _furnish(ax)
    label_ends(ax, ends)
    picture.description = " ".join(said)
    return picture


def _require_fitting(n, curves):
    """Say in one line why curves cannot be drawn."""
    if not 1 <= len(curves) <= len(LOOKS):
        raise ValueError(f"curves must contain 1 to {len(LOOKS)} names; got {len(curves)}")
    for name, errors in curves.items():
        if errors is not None and np.shape(errors) != n.shape:
            raise ValueError(f"curves must have shape ({len(n)},) each; got {np.shape(errors)} for {name!r}")


def _draw_simulated(ax, rows, errors, marker, colour):
    """Draw the means of test errors as dots, with bars that contain all chains."""
    errors = np.asarray(errors, dtype=float)
    ax.vlines(rows, errors.min(axis=1), errors.max(axis=1), color=colour, lw=1.2)
    ax.plot(*_means(rows, errors), marker, ms=6, color=colour)


def _means(rows, errors):
    """Return the training rows of a simulation, and the means of its test errors over chains."""
    return np.asarray(rows), np.asarray(errors, dtype=float).mean(axis=1)


def _furnish(ax):
    """Name the axes, give them numbers that are easy to read, and settle the limits: names find their places then."""
    ax.set(xlabel="training rows n", ylabel="test error (share of wrong answers)")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, position: f"{value:,.10g}")
    ax.minorticks_off()
    ax.set_ylim(ax.get_ylim())


def _said(name, n, errors, floor):
    """Return one sentence: the test error at up to four sizes, and the floor."""
    shown = milestones(0, len(n) - 1, 4)
    parts = ", ".join(f"{errors[i]:.3g} with {n[i]:,}" + (" rows" if i == 0 else "") for i in shown)
    end = "" if floor is None else f"; on average no number of rows brings it below {floor:.3g}"
    return f"{name[:1].upper()}{name[1:]}: test error {parts}{end}."
