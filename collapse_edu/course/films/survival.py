"""The film of words that are forgotten: who is left, by count, and how many."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import SAID, THEORY, Film, Stage, chains_under, moving_line
from collapse_edu.plots.picture import INK, REAL, End, Picture, in_style, label_ends, regime_look

__all__ = ["survival_film"]

_WHOLE = FuncFormatter(lambda value, position: f"{value:,.10g}")


@in_style
def survival_film(
    counts: ArrayLike, shares: ArrayLike, alive: ArrayLike, *, regime: str, generations: int,
    exact: ArrayLike | None = None, theory: ArrayLike | None = None, prediction: float | None = None,
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
    stage = _Stage.of(int(counts[-1]), generations, int(alive[0].max()))
    colour = regime_look(regime)["color"]
    stage.title.set_text(chains_under(alive.shape[1], regime))
    still: list[Artist] = [stage.title]
    ends: list[End] = []
    if theory is not None:
        theory = np.asarray(theory)
        ends.append((generations, theory[-1], "theory", INK))
    if prediction is not None:
        still.append(stage.prediction)
        ends.append(stage.say(prediction, generations, 0, stage.right.get_ylim()[1]))
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

    on_top = [stage.theory] if theory is not None else []
    return stage.film(update, len(alive) - 1, still=still, own=labels, on_top=on_top)


class _Stage(Stage):
    """For films of one text."""

    def __init__(self, largest, generations, n_types):
        picture = Picture(width=9.2, height=4.2)
        left, self.right = picture.axes_row(
            2, gridspec_kw={"left": 0.08, "right": 0.9, "top": 0.91, "bottom": 0.2, "wspace": 0.32}
        )
        left.set(xlim=(0.8, 1.3 * largest), ylim=(-0.03, 1.05), xscale="log")
        left.set(xlabel="count of a word in the real text", ylabel="share of these words that is left")
        left.xaxis.set_major_formatter(_WHOLE)
        left.minorticks_off()
        self.points = moving_line(left, "o", ms=5)
        self.exact = moving_line(left, **THEORY)
        self.seen = left.set_title(" ", animated=True)
        ax = self.right
        ax.set(xlim=(0, generations), ylim=(0, 1.05 * n_types), xlabel="generation", ylabel="different words left")
        ax.yaxis.set_major_formatter(_WHOLE)
        ax.set_title("How many words are left")
        self.course = moving_line(ax, lw=3)
        self.theory = moving_line(ax, **THEORY)
        self.prediction = moving_line(ax, **SAID)
        self.title = left.text(0.01, 0.035, "", transform=picture.transFigure, va="center", fontsize=10, animated=True)
        handles = [
            Line2D([], [], color=REAL, lw=3, marker="o", label="simulated"),
            Line2D([], [], **THEORY, label="theory, for replace"),
        ]
        picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
        super().__init__(picture, [self.seen, self.points, self.exact, self.course])
