"""The film of what a normal distribution's variance keeps with fresh real samples: a map, and the same as lines."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import Affine2D
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import SAID, THEORY, Film, Stage, moving_line
from collapse_edu.plots.maps import SHADES, bare, keeps, outline, percent, shown
from collapse_edu.plots.picture import INK, PREDICTION, Picture, in_style

__all__ = ["mixing_film"]

_LONG_RUN = THEORY | {"lw": 1.5}
_SIZES = ("#8FA9C4", "#6E8FB3", "#4C719B", "#2E547F", "#14335A")  # sizes: the larger, the darker
_MARKERS = "osD^v"
_PAPER = {"facecolor": "white", "alpha": 0.8, "lw": 0, "pad": 1}  # behind words that may meet a curve
_PERCENT = FuncFormatter(lambda value, position: f"{100 * value:.3g} %")


@in_style
def mixing_film(
    exact: ArrayLike, simulated: ArrayLike, limit: ArrayLike, *, sizes: Sequence[int], fresh: Sequence[int],
    level: float, against: str = "number", prediction: tuple[int, int, float] | None = None,
) -> Film:  # fmt: skip
    """Make the film of what the variance of a normal keeps with fresh real samples; frame 0 is the real distribution.

    On the left a map: the share that is kept by theory, for each size of the training set and each number of fresh real
    samples. The frame is around what keeps enough in the long run. On the right the same as lines, with the
    simulation as points.

    Parameters
    ----------
    exact : array, shape (generations + 1, k, s)
        Share of the variance that is kept by theory; the first of each is the real distribution. k numbers of fresh
        samples, s sizes.
    simulated : array, shape (done + 1, k, s)
        Mean over chains.
    limit : array, shape (k, s)
        Share that is kept in the long run.
    sizes, fresh : sequence of int
        Both growing; at most five sizes. ``fresh`` begins with 0.
    level : float
        The share that the learner wants to keep, between 0 and 1.
    against : {"number", "share"}
        Horizontal axis on the right: fresh samples, or their share of the training set.
    prediction : tuple of float, optional
        (number of fresh samples, size, share kept) that the learner expects in the long run.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If arrays do not fit to sizes and fresh, or ``against`` is neither.

    Examples
    --------
    >>> shares = np.array([[[1.0], [1.0]], [[0.9], [0.99]]])
    >>> film = mixing_film(shares, shares, np.array([[0.0], [0.9]]), sizes=[50], fresh=[0, 5], level=0.95)
    >>> film.generations, film.frame(1)[1:4]
    (1, b'PNG')
    """
    exact, simulated = np.asarray(exact, dtype=float), np.asarray(simulated, dtype=float)
    sizes, fresh = tuple(sizes), tuple(fresh)
    for name, shape in (("exact", exact.shape[1:]), ("simulated", simulated.shape[1:]), ("limit", np.shape(limit))):
        if shape != (len(fresh), len(sizes)):
            raise ValueError(f"{name} must have shape (…, {len(fresh)}, {len(sizes)}); got {shape}")
    if against not in ("number", "share"):
        raise ValueError(f'against must be "number" or "share"; got {against!r}')
    stage = _Stage.of(sizes, fresh, against)
    places = stage.places
    lasting, last = keeps(limit, level), len(exact) - 1
    around = outline(lasting)
    learners = [*stage.frame, stage.level, stage.wanted]  # on top of the cells and curves
    if prediction is not None:
        rows, size, share = prediction
        expected = places[sizes.index(size)][fresh.index(rows) - stage.skipped], share
        learners += [stage.prediction, stage.said]

    def update(t):
        ended = t == last  # the long run is told when the film has got there
        for line, x, column in zip(stage.limits, places, np.transpose(limit), strict=True):
            line.set_data(*((x, column[-len(x) :]) if ended else ([], [])))
        for line in stage.frame:
            line.set_data(*(around if ended else ([], [])))
        stage.seen.set_text(f"Generation {t}" + (": the real distribution" if t == 0 else ", by theory"))
        stage.cells.set_data(exact[t])
        cells = zip(exact[t].flat, lasting.flat, strict=True)
        stage.numbers.set_paths([_glyphs(shown(share, level), bool(bold) and ended) for share, bold in cells])
        for curve, dots, x, theirs, ours in zip(
            stage.curves, stage.dots, places, exact[t].T, simulated[t].T, strict=True
        ):
            curve.set_data(x, theirs[-len(x) :])
            dots.set_data(x, ours[-len(x) :])
        stage.level.set_data([0, 1], [level, level])
        stage.wanted.set_text(f"you want {percent(level)}")
        stage.wanted.set_position((0.99, level - 0.012))
        if prediction is not None:
            stage.prediction.set_data([expected[0]], [expected[1]])
            stage.said.xy = expected

    return stage.film(update, len(simulated) - 1, on_top=learners, room=last)


@lru_cache(maxsize=256)
def _glyphs(text, bold):
    """Return the outlines of a number of 10 points, with its middle at (0, 0)."""
    path = TextPath((0, 0), text, size=10, prop=FontProperties(weight="bold" if bold else "normal"))
    box = path.get_extents()
    return path.transformed(Affine2D().translate(-box.x0 - box.width / 2, -box.y0 - box.height / 2))


class _Stage(Stage):
    """For films of one grid."""

    def __init__(self, sizes, fresh, against):
        picture = Picture(width=9.6, height=4.4)
        left, right = picture.axes_row(
            2,
            width_ratios=[1.05, 1],
            gridspec_kw={"left": 0.075, "right": 0.985, "top": 0.91, "bottom": 0.2, "wspace": 0.24},
        )
        self.skipped = 0 if against == "number" else 1  # no share has a place for 0 on a logarithmic axis
        self._furnish_map(left, sizes, fresh)
        self._furnish_lines(right, sizes, fresh, against)
        picture.text(0.075, 0.035, "framed and bold: enough is kept in the long run", color=PREDICTION, fontsize=10)
        handles = [
            Line2D([], [], color=_SIZES[2], lw=2, label="theory"),
            Line2D([], [], color=_SIZES[2], lw=0, marker="o", ms=5, label="simulated, mean"),
            Line2D([], [], **_LONG_RUN, label="theory, long run"),
        ]
        picture.legend(handles=handles, loc="lower right", ncols=3, borderaxespad=0.1, columnspacing=1.2)
        super().__init__(picture, [self.seen, self.cells, self.numbers, *self.limits, *self.curves, *self.dots])

    def _furnish_map(self, ax, sizes, fresh):
        moves = {"animated": True}
        self.seen = ax.set_title(" ", **moves)
        self.cells = ax.imshow(
            np.ones((len(fresh), len(sizes))), cmap=SHADES, vmin=0, vmax=1, aspect="auto", origin="lower", **moves
        )
        # As outlines of glyphs, made once for each number: 35 texts would take most of the time of a frame.
        self.numbers = PathCollection(
            [], color=INK, lw=0, offset_transform=ax.transData, transform=Affine2D().scale(ax.figure.dpi / 72),
            offsets=[(column, row) for row in range(len(fresh)) for column in range(len(sizes))], **moves,
        )  # fmt: skip
        ax.add_collection(self.numbers)
        self.frame = [
            moving_line(ax, color=colour, lw=width, solid_capstyle="projecting", clip_on=False)
            for colour, width in (("white", 5), (PREDICTION, 2.5))
        ]
        ax.set_xticks(range(len(sizes)), [f"{n:,}" for n in sizes])
        ax.set_yticks(range(len(fresh)), fresh)
        ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-0.5, len(fresh) - 0.5))
        ax.set(xlabel="samples n of each training set", ylabel="fresh real ones among them")
        ax.tick_params(length=0)
        bare(ax, len(fresh), len(sizes))

    def _furnish_lines(self, ax, sizes, fresh, against):
        moves = {"animated": True}
        if against == "number":
            self.places = [np.arange(len(fresh))] * len(sizes)
            ax.set_xticks(range(len(fresh)), fresh)
            ax.set(xlim=(-0.3, len(fresh) - 0.7), xlabel="fresh real samples in each generation")
        else:
            self.places = [np.array(fresh[1:]) / n for n in sizes]
            ax.set(xscale="log", xlim=(0.7 / sizes[-1], 1.4), xlabel="share of fresh real samples")
            ax.xaxis.set_major_formatter(_PERCENT)
            ax.minorticks_off()
        ax.set(ylim=(0, 1.06))
        ax.yaxis.set_major_formatter(_PERCENT)
        ax.set_title(f"Variance kept against the {against}")
        self.limits = [moving_line(ax, **_LONG_RUN) for _ in sizes]
        looks = list(zip(sizes, _SIZES[-len(sizes) :], _MARKERS, strict=False))
        self.curves = [moving_line(ax, color=colour, lw=2) for _, colour, _ in looks]
        self.dots = [moving_line(ax, marker, color=colour, ms=6) for _, colour, marker in looks]
        self.level = moving_line(ax, color=PREDICTION, lw=1.5, transform=ax.get_yaxis_transform())
        self.wanted = ax.text(
            0, 0, "", transform=ax.get_yaxis_transform(), color=PREDICTION, ha="right", va="top", fontsize=10,
            bbox=_PAPER, **moves,
        )  # fmt: skip
        self.prediction = moving_line(ax, **SAID)
        self.said = ax.annotate(
            "you said", (0, 0), (0, -17), textcoords="offset points", color=PREDICTION, ha="center", va="center",
            fontsize=10, bbox=_PAPER, **moves,
        )  # fmt: skip
        handles = [
            Line2D([], [], color=colour, marker=marker, ms=6, lw=2, label=f"n = {n:,}") for n, colour, marker in looks
        ]
        ax.legend(handles=handles, loc="lower right")
