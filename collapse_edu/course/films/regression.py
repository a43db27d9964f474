"""The film of test errors: fitted vectors around the real one, and how large their errors are."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import THEORY, Film, Stage, chains_under, moving_line
from collapse_edu.plots.picture import BAND, INK, Picture, in_style, regime_look

__all__ = ["regression_film"]

_LOW, _TOP = 0.2, 300.0  # of the error, in units of that of generation 1
_UNIT = "#5f5f5f"  # the error of generation 1, and the circle of its vectors
_MOST = 2.4477  # standard deviations: 95 % of a normal distribution in two dimensions lie nearer


@in_style
def regression_film(
    places: ArrayLike, ratios: ArrayLike, *, regime: str, generations: int, theory: ArrayLike | None = None,
    prediction: float | None = None, curve: ArrayLike | None = None,
) -> Film:  # fmt: skip
    """Make the film of fitted vectors that wander; frame 0 is the real vector.

    On the left, where the vectors of some chains lie, seen from the real one. On the right, the test error so far.

    Parameters
    ----------
    places : array, shape (done + 1, shown, 2)
        Two coordinates of fitted vector less real one, in standard deviations of generation 1, for each generation
        done; the first row is the real vector.
    ratios : array, shape (done, chains)
        Test error divided by the expected one of generation 1, from generation 1 on.
    regime : str
        Its label; it gives the colour.
    generations : int
        The last generation that the axes have room for.
    theory : array, shape (generations,), optional
        Expected ratios; dotted.
    prediction : float, optional
        The learner's prediction of the mean ratio in the last generation.
    curve : array, shape (k, 2), optional
        Points (generation, ratio) that the learner drew.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If places do not fit to ratios.

    Examples
    --------
    >>> film = regression_film([[[0, 0]], [[1, -1]]], [[0.9, 1.2]], regime="replace", generations=5)
    >>> film.generations, film.frame(1)[1:4]
    (1, b'PNG')
    """
    places, ratios = np.asarray(places, dtype=float), np.asarray(ratios, dtype=float)
    done, chains = ratios.shape
    if places.ndim != 3 or len(places) != done + 1 or places.shape[2] != 2:
        raise ValueError(f"places must have shape ({done + 1}, shown, 2); got {places.shape}")
    # The same axis under all regimes: it would tell what happens. Under replace the mean grows like t.
    high = min(max(3.0 * max(generations, 10), 2.0 * (prediction or 0)), _TOP)
    stage = _Stage.of(generations, regime, chains == 1, theory is not None, high)
    stage.title.set_text(chains_under(chains, regime))
    first = [(generations, 1.0, "generation 1", _UNIT)]
    still, labels = stage.draw_said(prediction, curve, generations, _LOW, high, first)
    inside = np.clip(ratios, _LOW, high)
    mean = np.clip(ratios.mean(axis=1), _LOW, high)
    band_low, band_high = np.quantile(inside, [0.05, 0.95], axis=1)
    t_axis, expected = np.arange(1, done + 1), np.asarray([] if theory is None else theory)

    def update(t):
        stage.seen.set_text("Generation 0: the real vector" if t == 0 else f"Generation {t}: the fitted vectors")
        stage.points.set_data(*places[t, 1:].T)
        stage.own_point.set_data(*places[t, : min(t, 1)].T)
        many = slice(0, t if chains > 1 else 0)
        stage.course.set_data(t_axis[many], mean[many])
        stage.own.set_data(t_axis[:t], inside[:t, 0])
        band = (t_axis[many], band_low[many], band_high[many]) if many.stop else ([0], [1], [1])
        stage.band.set_data(*band)
        stage.theory.set_data(t_axis[: len(expected[:t])], expected[:t])

    return stage.film(update, done, still=[stage.title, *still], own=labels, room=generations)


class _Stage(Stage):
    """For films of one length and range."""

    def __init__(self, generations, regime, single, theory, high):
        colour = regime_look(regime)["color"]
        picture = Picture(width=9.2, height=4.4)
        left, self.right = picture.axes_row(
            2,
            width_ratios=[1, 1.25],
            gridspec_kw={"left": 0.08, "right": 0.885, "top": 0.915, "bottom": 0.235, "wspace": 0.28},
        )
        # Under replace the cloud grows like the root of t; elsewhere it stays within a few standard deviations.
        reach = 3.3 * max(np.sqrt(generations), 1.4) if regime == "replace" else 4.6
        left.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", anchor="W")
        left.set(xlabel="first coordinate, off by\n(1 = typical in generation 1)", ylabel="second coordinate, off by")
        for axis in (left.xaxis, left.yaxis):
            axis.set_major_locator(MaxNLocator(6, integer=True))
        left.add_patch(Circle((0, 0), _MOST, fill=False, color=_UNIT, lw=1.5))
        left.plot([0], [0], marker="+", ms=16, mew=2.5, color=INK)
        move = {"animated": True}
        self.points = moving_line(left, "o", color=colour, ms=3.5, alpha=0.6, mew=0)
        self.own_point = moving_line(left, "o", ms=5.5, color=INK)
        self.seen = left.set_title(" ", **move)
        ax = self.right
        ax.set(xlim=(0, generations), ylim=(_LOW, high), yscale="log", xlabel="generation")
        ax.set_ylabel("times the error of generation 1")
        ticks = [tick for tick in (0.3, 1, 2, 3, 10, 30, 100, 300) if tick <= high]
        ax.set_yticks(ticks, labels=[f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
        ax.axhline(1, color=_UNIT, lw=1.5, linestyle=(0, (4, 2)))
        self.title = ax.set_title(" ", **move)
        self.band = ax.fill_between([0], [1], [1], color=colour, alpha=BAND, lw=0, **move)
        self.own = moving_line(ax, color=INK, lw=1.2)
        self.course = moving_line(ax, color=colour, lw=3.4)
        self.theory = moving_line(ax, **THEORY)
        self.marks(ax)
        around = [
            Line2D([], [], color=INK, marker="+", ms=11, mew=2, linestyle="none", label="real vector"),
            Line2D(
                [], [], color=_UNIT, marker="o", mfc="none", ms=10, linestyle="none", label="contains 95 % at t = 1"
            ),
        ]
        many = [
            Line2D([], [], color=colour, lw=3.4, label="mean"),
            Patch(facecolor=colour, alpha=BAND, label="90 % of chains"),
        ]
        own = Line2D([], [], color=INK, lw=1.2, marker="o", ms=5, label="chain 0")
        tight = {"borderaxespad": 0.1, "columnspacing": 1.2, "handletextpad": 0.5}
        picture.legend(handles=around, loc="lower left", ncols=2, **tight)
        shown = [own] if single else [*many, own]
        if theory:
            shown.append(Line2D([], [], **THEORY, label="theory"))
        picture.legend(handles=shown, loc="lower right", ncols=4, **tight)
        moving = [self.seen, self.points, self.own_point, self.band, self.own, self.course, self.theory]
        super().__init__(picture, moving)
