"""The film of words that are forgotten: who is left, by count, and how many."""

from functools import lru_cache

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from collapse_edu.course.films.film import Film, Screen
from collapse_edu.plots.picture import INK, PREDICTION, REAL, Picture, in_style, label_ends, regime_look

__all__ = ["survival_film"]

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
            Line2D([], [], color=REAL, lw=3, marker="o", label="simulated"),
            Line2D([], [], color=INK, lw=1.8, linestyle=_DOTS, label="theory, for replace"),
        ]
        picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
        self.moving = [self.seen, self.points, self.exact, self.course]
        self.screen = Screen(picture)
