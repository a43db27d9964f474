"""Pictures of what one more real row is worth: by how many there are, and by how rare it is."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from collapse_edu.plots.given import Curve
from collapse_edu.plots.picture import BAND, INK, PREDICTION, Picture, in_style, label_ends

__all__ = ["plot_worth", "plot_worth_by_rank"]

# No regimes here: dash, marker and name say it again.
_LOOKS = ((INK, "-", "o"), ("#1F3A93", (0, (6, 2)), "s"), ("#B3123B", (0, (3, 1, 1, 1)), "^"))


@in_style
def plot_worth(curves: Sequence[Curve], *, title: str) -> Picture:
    """Draw what one more real row is worth, by the number of real rows, as a share of its worth at the start.

    Parameters
    ----------
    curves : list of ValueCurve
        One to three, as :func:`collapse_edu.production.value.value_curve` returns them.
    title : str
        The message of the picture.

    Returns
    -------
    Picture
        Points stand at the geometric mean of two sizes; bars are four standard errors.

    Raises
    ------
    ValueError
        If there are no curves, or more than three.

    Examples
    --------
    >>> from collapse_edu.production.value import ValueCurve
    >>> curve = ValueCurve("numbers", np.array([10, 20, 40]), np.array([[0.8, 0.9], [0.4, 0.5], [0.2, 0.3]]))
    >>> plot_worth([curve], title="Less and less").description
    'Numbers: with 14 real rows one more is worth 1 (the start), with 28 rows 0.25.'
    """
    if not 1 <= len(curves) <= len(_LOOKS):
        raise ValueError(f"curves must contain 1 to {len(_LOOKS)}; got {len(curves)}")
    picture = Picture(width=8.0, height=4.2)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.13, "right": 0.86, "top": 0.91, "bottom": 0.14})
    ends, said = [], []
    for curve, (colour, dash, marker) in zip(curves, _LOOKS, strict=False):
        at, first = np.sqrt(curve.sizes[1:] * curve.sizes[:-1]), curve.worth[0]
        worth, error = curve.worth / first, 4 * curve.standard_error / first
        ax.errorbar(at, worth, error, color=colour, linestyle=dash, marker=marker, ms=6, capsize=3)
        ends.append((at[-1], worth[-1], curve.modality, colour))
        others = ", ".join(f"with {_rows(x)} rows {_short(y)}" for x, y in zip(at[1:], worth[1:], strict=True))
        name = curve.modality.capitalize()
        said.append(f"{name}: with {_rows(at[0])} real rows one more is worth 1 (the start), {others}.")
    ax.set(xscale="log", yscale="log", xlabel="real rows", ylabel="worth of one more row (at the start: 1)")
    ax.xaxis.set_major_formatter(lambda value, position: f"{value:,.10g}")
    ax.yaxis.set_major_formatter(lambda value, position: f"{value:.6f}".rstrip("0").rstrip("."))
    ax.minorticks_off()
    ax.set_title(title)
    ax.text(0.02, 0.04, "bars: four standard errors", transform=ax.transAxes, fontsize=10)
    label_ends(ax, ends)
    picture.description = " ".join(said)
    return picture


@in_style
def plot_worth_by_rank(
    worth: Mapping[str, NDArray[np.float64]], *, title: str, prediction: float | None = None
) -> Picture:
    """Draw what one more row of each kind is worth, by the rank of the kind.

    Parameters
    ----------
    worth : dict
        Name of a model → array with the worth for rank 1, 2, …; at most three models.
    title : str
        The message of the picture.
    prediction : float, optional
        The rank that the learner expects to be worth most.

    Returns
    -------
    Picture

    Examples
    --------
    >>> plot_worth_by_rank({"model 1": np.array([0.0, 0.2, 0.1])}, title="The middle").description
    'Worth by rank of the kind, model 1: most at rank 2; a tenth of that or less before rank 2 and after rank 3.'
    """
    picture = Picture(width=8.0, height=4.2)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.1, "right": 0.96, "top": 0.91, "bottom": 0.14})
    said = []
    for (name, values), (colour, dash, marker) in zip(worth.items(), _LOOKS, strict=False):
        rank, relative = np.arange(1, len(values) + 1), values / max(v.max() for v in worth.values())
        ax.fill_between(rank, relative, color=colour, alpha=BAND / 2, lw=0)
        ax.plot(rank, relative, color=colour, linestyle=dash)
        best = int(values.argmax())
        ax.plot(rank[best], relative[best], marker=marker, ms=8, color=colour)
        leader = {"arrowstyle": "-", "color": colour, "linewidth": 0.8}
        ax.annotate(
            f"{name}: most at rank {best + 1:,}", (rank[best], relative[best]), xytext=(95, 28),
            textcoords="offset points", color=colour, fontsize=10, arrowprops=leader,
        )  # fmt: skip
        much = np.flatnonzero(values > values.max() / 10)
        said.append(
            f"{name}: most at rank {best + 1:,}; a tenth of that or less before rank {much[0] + 1:,} and after rank "
            f"{much[-1] + 1:,}"
        )
    if prediction is not None:
        ax.axvline(prediction, color=PREDICTION, lw=1.5)
        ax.annotate("you said", (prediction, 0.6), xytext=(5, 0), textcoords="offset points", color=PREDICTION)
    ax.set(
        xscale="log",
        ylim=(0, 1.22),
        xlabel="rank of the kind (1: the commonest)",
        ylabel="worth of one more row (largest: 1)",
    )
    ax.xaxis.set_major_formatter(lambda value, position: f"{value:,.10g}")
    ax.minorticks_off()
    ax.set_title(title)
    picture.description = f"Worth by rank of the kind, {'. '.join(said)}."
    return picture


def _rows(value):
    return f"{value:,.0f}"


def _short(value):
    return f"{value:.2g}"
