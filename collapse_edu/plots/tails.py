"""Pictures of words that are forgotten: who is left, by count, and when each was lost."""

from functools import lru_cache

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from collapse_edu.plots.film import Film, Screen
from collapse_edu.plots.picture import BAND, INK, PREDICTION, REAL, Picture, in_style, label_ends, regime_look

__all__ = ["plot_forgetting", "survival_film"]

_DOTS = (0, (1, 1.5))
_WHOLE = FuncFormatter(lambda value, position: f"{value:,.10g}")


@in_style
def survival_film(counts, shares, alive, *, regime, generations, exact=None, theory=None, prediction=None):
    """Make the film of words that are lost; frame 0 is the real text.

    On the left, which share of the words is left, by their count in the real text. On the right, how many words are
    left so far.

    Parameters
    ----------
    counts : array of int, shape (k,)
        Counts in the real text, each at least 1, growing.
    shares : array, shape (done + 1, k)
        Share of the words with each count that is left, for each generation done; the first row is the real text.
    alive : array, shape (done + 1, chains)
        Number of different words that are left.
    regime : str
        Its label; it gives the colour.
    generations : int
        The last generation that the axes have room for.
    exact : array, shape (done + 1, k), optional
        What theory says of the shares; dotted.
    theory : array, shape (generations,), optional
        What theory says of the number of words, from generation 1 on; dotted.
    prediction : float, optional
        The learner's prediction of the number of words in the last generation.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If shares or alive do not fit to each other or to the counts.

    Examples
    --------
    >>> film = survival_film([1, 9], [[1, 1], [0.6, 1]], [[500], [430]], regime="replace", generations=5)
    >>> film.generations, film.frame(1)[1:4]
    (1, b'PNG')
    """
    counts, shares, alive = np.asarray(counts), np.asarray(shares, dtype=float), np.asarray(alive)
    if shares.shape != (len(alive), len(counts)):
        raise ValueError(f"shares must have shape ({len(alive)}, {len(counts)}); got {shares.shape}")
    stage = _stage(int(counts[-1]), generations, int(alive[0].max()))
    colour = regime_look(regime)["color"]
    chains = alive.shape[1]
    stage.title.set_text(f"{'One chain' if chains == 1 else f'{chains:,} chains'} under {regime}")
    still, ends = [stage.title], []
    if theory is not None:
        stage.theory.set_data(np.arange(1, generations + 1), theory)
        ends.append((generations, theory[-1], "theory", INK))
    if prediction is not None:
        height = np.clip(prediction, 0, stage.right.get_ylim()[1])
        stage.prediction.set_data([generations], [height])
        still.append(stage.prediction)
        ends.append((generations, height, "you said", PREDICTION))
    labels = label_ends(stage.right, ends, animated=True)
    t_axis, mean = np.arange(len(alive)), alive.mean(axis=1)

    def update(t):
        stage.seen.set_text("Generation 0: the real text" if t == 0 else f"Generation {t}: who is left")
        stage.points.set_data(counts, shares[t])
        stage.points.set_color(colour)
        stage.exact.set_data(*((counts, exact[t]) if exact is not None else ([], [])))
        stage.course.set_data(t_axis[: t + 1], mean[: t + 1])
        stage.course.set_color(colour)
        if theory is not None:
            stage.theory.set_data(np.arange(1, generations + 1), theory)

    moving = stage.moving + ([stage.theory] if theory is not None else [])
    film = Film(stage.screen, still + labels, moving, update, len(alive) - 1)
    for label in labels:
        label.remove()
    return film


@lru_cache(maxsize=8)
def _stage(largest, generations, n_types):
    return _Stage(largest, generations, n_types)


class _Stage:
    """Axes and artists for films of one text; ticks and legends are slow to draw."""

    def __init__(self, largest, generations, n_types):
        picture = Picture(width=9.2, height=4.2)
        left, self.right = picture.axes_row(
            2, gridspec_kw={"left": 0.08, "right": 0.9, "top": 0.91, "bottom": 0.2, "wspace": 0.32}
        )
        left.set(xlim=(0.8, 1.3 * largest), ylim=(-0.03, 1.05), xscale="log")
        left.set(xlabel="count of a word in the real text", ylabel="share of these words that is left")
        left.xaxis.set_major_formatter(_WHOLE)
        left.minorticks_off()
        move = {"animated": True}
        (self.points,) = left.plot([], [], "o", ms=5, **move)
        (self.exact,) = left.plot([], [], color=INK, lw=1.8, linestyle=_DOTS, **move)
        self.seen = left.set_title(" ", **move)
        ax = self.right
        ax.set(xlim=(0, generations), ylim=(0, 1.05 * n_types), xlabel="generation", ylabel="different words left")
        ax.yaxis.set_major_formatter(_WHOLE)
        ax.set_title("How many words are left")
        (self.course,) = ax.plot([], [], lw=3, **move)
        (self.theory,) = ax.plot([], [], color=INK, lw=1.8, linestyle=_DOTS, **move)
        (self.prediction,) = ax.plot(
            [], [], marker="D", ms=9, color=PREDICTION, clip_on=False, linestyle="none", **move
        )
        self.title = left.text(0.01, 0.035, "", transform=picture.transFigure, va="center", fontsize=10, **move)
        handles = [
            Line2D([], [], color=REAL, lw=3, marker="o", label="simulated, mean over chains"),
            Line2D([], [], color=INK, lw=1.8, linestyle=_DOTS, label="theory"),
        ]
        picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
        self.moving = [self.seen, self.points, self.exact, self.course]
        self.screen = Screen(picture)


@in_style
def plot_forgetting(counts, dates, last, *, theory, band, title, prediction=None):
    """Draw when words were lost against how often they came; words still alive are drawn above the last generation.

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
    ax.fill_between(x, *np.clip(band, 0.8, top), color=INK, alpha=BAND, lw=0)
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
