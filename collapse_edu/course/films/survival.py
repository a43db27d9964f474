"""The film of words that are forgotten: who is left, by count, and how many."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import THEORY, Film, Names, Stage, chains_under, moving_line
from collapse_edu.plots.picture import INK, REAL, Picture, in_style, regime_look

__all__ = ["survival_film"]

_WHOLE = FuncFormatter(lambda value, position: f"{value:,.10g}")


@in_style
def survival_film(
    counts: ArrayLike, shares: ArrayLike, alive: ArrayLike, *, regime: str, generations: int,
    exact: ArrayLike | None = None, theory: ArrayLike | None = None, prediction: float | None = None,
    curve: ArrayLike | None = None,
) -> Film:  # fmt: skip
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
    curve : array, shape (k, 2), optional
        Points (generation, words) that the learner drew.

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
    exact = None if exact is None else np.asarray(exact)
    expected = np.asarray([] if theory is None else theory)
    # Where the real text comes back, a word that is missing is missed, and no more.
    there = "left" if regime == "replace" else "written"
    stage = _Stage.of(int(counts[-1]), generations, int(alive[0].max()), there)
    colour = regime_look(regime)["color"]
    stage.title.set_text(chains_under(alive.shape[1], regime))
    still, labels = stage.draw_said(prediction, curve, generations, 0, stage.right.get_ylim()[1])
    t_axis, mean = np.arange(len(alive)), alive.mean(axis=1)

    def update(t):
        stage.seen.set_text("Generation 0: the real text" if t == 0 else f"Generation {t}: which are {there}")
        stage.points.set_data(counts, shares[t])
        stage.points.set_color(colour)
        stage.exact.set_data(*((counts, exact[t]) if exact is not None else ([], [])))
        stage.course.set_data(t_axis[: t + 1], mean[: t + 1])
        stage.course.set_color(colour)
        so_far = expected[:t]
        stage.theory.set_data(np.arange(1, len(so_far) + 1), so_far)
        stage.names.place([(t, so_far[-1], "theory", INK)] if len(so_far) else [], labels)

    return stage.film(update, len(alive) - 1, still=[stage.title, *still], own=labels, room=generations)


class _Stage(Stage):
    """For films of one text."""

    def __init__(self, largest, generations, n_types, there):
        picture = Picture(width=9.2, height=4.2)
        left, self.right = picture.axes_row(
            2, gridspec_kw={"left": 0.08, "right": 0.9, "top": 0.91, "bottom": 0.2, "wspace": 0.32}
        )
        left.set(xlim=(0.8, 1.3 * largest), ylim=(-0.03, 1.05), xscale="log")
        left.set(xlabel="count of a word in the real text", ylabel=f"share of these words that is {there}")
        left.xaxis.set_major_formatter(_WHOLE)
        left.minorticks_off()
        self.points = moving_line(left, "o", ms=5)
        self.exact = moving_line(left, **THEORY)
        self.seen = left.set_title(" ", animated=True)
        ax = self.right
        ax.set(xlim=(0, generations), ylim=(0, 1.05 * n_types), xlabel="generation", ylabel=f"different words {there}")
        ax.yaxis.set_major_formatter(_WHOLE)
        ax.set_title(f"How many words are {there}")
        self.course = moving_line(ax, lw=3)
        self.theory = moving_line(ax, **THEORY)
        self.names = Names(ax, 1)
        self.marks(ax)
        self.title = left.text(0.01, 0.035, "", transform=picture.transFigure, va="center", fontsize=10, animated=True)
        handles = [
            Line2D([], [], color=REAL, lw=3, marker="o", label="simulated"),
            Line2D([], [], **THEORY, label="theory, for replace"),
        ]
        picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
        moving = [self.seen, self.points, self.exact, self.course, self.theory]
        super().__init__(picture, [*moving, *self.names.artists])
