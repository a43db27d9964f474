"""Pictures of words that are forgotten: when each was lost, against how often it occurred."""

import numpy as np
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from collapse_edu.plots.picture import BAND, INK, PREDICTION, REAL, Picture, in_style, regime_look

__all__ = ["plot_forgetting"]

_WHOLE = FuncFormatter(lambda value, position: f"{value:,.10g}")


@in_style
def plot_forgetting(
    counts: ArrayLike, dates: ArrayLike, last: int, *, theory: tuple[ArrayLike, ArrayLike],
    band: tuple[ArrayLike, ArrayLike], title: str, prediction: tuple[float, float] | None = None,
) -> Picture:  # fmt: skip
    """Draw when words were lost against how often they occurred; words still alive are drawn above the last generation.

    Parameters
    ----------
    counts : array of int, shape (n_words,)
        Counts in the real text, at least 1.
    dates : array, shape (n_words,)
        Generation in which each word was lost; infinity if it is still alive.
    last : int
        The last generation of the run.
    theory : tuple of arrays
        Counts, growing, and the median date for each.
    band : tuple of arrays
        Low and high dates for the same counts.
    title : str
        The message of the picture.
    prediction : tuple of float, optional
        A count, and the learner's prediction of its median date.

    Returns
    -------
    Picture

    Examples
    --------
    >>> picture = plot_forgetting(
    ...     [1, 9], [2, np.inf], 20, theory=([1, 9], [2, 25]), band=([1, 3], [9, 99]), title="Rare words go first"
    ... )
    >>> picture.description
    '1 of 2 words are lost in 20 generations. Median date by theory: generation 2 for count 1, 25 for count 9.'
    """
    counts, dates = np.asarray(counts), np.asarray(dates, dtype=float)
    gone = np.isfinite(dates)
    spread = np.exp(0.16 * (np.arange(len(counts)) * 0.618 % 1 - 0.5))  # equal points side by side
    picture = Picture(width=8.0, height=4.6)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.1, "right": 0.8, "top": 0.91, "bottom": 0.13})
    colour = regime_look("replace")["color"]
    top = 20 * last
    ax.set(xscale="log", yscale="log", xlim=(0.8, 1.3 * counts.max()), ylim=(0.8, top))
    ax.axhline(last, color=INK, lw=1)
    ax.annotate(f"end of the run, t = {last}", (0.85, last), xytext=(2, 4), textcoords="offset points", fontsize=10)
    ax.plot(counts[gone] * spread[gone], dates[gone], ".", ms=3, alpha=0.35, color=colour)
    ax.plot(counts[~gone] * spread[~gone], np.full((~gone).sum(), 1.6 * last), "^", ms=4, alpha=0.35, color=REAL)
    x, middle = map(np.asarray, theory)
    ax.fill_between(x, *(np.clip(edge, 0.8, top) for edge in band), color=INK, alpha=BAND, lw=0)
    inside = middle <= top
    ax.plot(x[inside], middle[inside], color=INK, lw=2)
    if prediction is not None:
        ax.plot(*prediction, marker="D", ms=9, color=PREDICTION)
        ax.annotate("you said", prediction, xytext=(8, 0), textcoords="offset points", color=PREDICTION, va="center")
    for text, offset, side in (("median\nby theory", 14, "left"), ("90 % of\nthe dates", -18, "right")):
        ax.annotate(
            text,
            (np.interp(np.log(0.35 * top), np.log(middle), x), 0.35 * top),
            xytext=(offset, 0),
            textcoords="offset points",
            fontsize=10,
            ha=side,
            va="center",
        )
    for text, height, shade in (("still alive", 1.6 * last, "#5f5f5f"), ("lost words", 0.12 * last, colour)):
        ax.annotate(text, (1.02, height), xycoords=("axes fraction", "data"), color=shade, fontsize=10, va="center")
    ax.set(xlabel="count of the word in the real text", ylabel="lost in generation")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(_WHOLE)
    ax.minorticks_off()
    ax.set_title(title)
    shown = [0, int(np.flatnonzero(inside)[-1])]
    said = ", ".join(f"{'generation ' * (i == 0)}{middle[i]:.0f} for count {x[i]}" for i in shown)
    picture.description = (
        f"{gone.sum():,} of {len(counts):,} words are lost in {last} generations. Median date by theory: {said}."
    )
    return picture
