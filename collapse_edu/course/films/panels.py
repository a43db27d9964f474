"""Films of any chains: what they drew, and what was measured so far."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import THEORY, Film, Names, Stage, chains_under, moving_line, place_beside
from collapse_edu.loop.history import History
from collapse_edu.plots.picture import (
    BAND,
    INK,
    REAL,
    Picture,
    in_style,
    regime_look,
    tiles,
)

__all__ = ["Panel", "panel_film"]

_DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)))


@dataclass(frozen=True)
class Panel:
    """What one panel of a film shows.

    Attributes
    ----------
    title : str
        Its message.
    measures : tuple of (str, str)
        Measures of the history, at most three, and the name that each is given in the picture.
    label : str
        Vertical axis, with its unit.
    low, high : float
        Range of the vertical axis; the same in all films of one explorer.
    log : bool
        Logarithmic vertical axis.
    real : float, optional
        What real data give: a grey line.

    Examples
    --------
    >>> Panel("Recall falls", (("recall", "recall"),), "share", 0, 1).log
    False
    """

    title: str
    measures: tuple[tuple[str, str], ...]
    label: str
    low: float
    high: float
    log: bool = False
    real: float | None = None


@in_style
def panel_film(
    history: History, panels: Sequence[Panel], *, generations: int, pictures: Sequence[ArrayLike] | None = None,
    shape: tuple[int, int] = (1, 1), theory: ArrayLike | None = None, prediction: float | None = None,
    curve: ArrayLike | None = None, height: float = 4.2,
) -> Film:  # fmt: skip
    """Make the film of chains of any model; frame 0 shows the real data.

    Parameters
    ----------
    history : History
        One regime and all measures of the panels, for the generations done so far.
    panels : tuple of Panel
    generations : int
        The last generation that the axes have room for.
    pictures : list of array, shape (n, height · width), optional
        Images to show on the left, for t = 0 (real) and each generation done. Their values are clipped to [0, 1] for
        display only.
    shape : tuple of int
        (height, width) of an image.
    theory : array, optional
        A curve for the first panel, one value for each generation from 1 on; dotted.
    prediction : float, optional
        The learner's prediction of the first panel's first measure in the last generation.
    curve : array, shape (k, 2), optional
        Points (generation, first measure) that the learner drew.
    height : float
        Of the picture, in inches.

    Returns
    -------
    Film

    Examples
    --------
    >>> from collapse_edu import ensemble
    >>> panel = Panel("The median falls", (("variance", "variance"),), "fitted variance", 0, 2, real=1)
    >>> film = panel_film(ensemble.gaussian(n=20, generations=10, chains=100), (panel,), generations=40)
    >>> film.generations, film.frame(10)[1:4]
    (10, b'PNG')
    """
    regime = history.regimes[0]
    done, chains = history[panels[0].measures[0][0]].shape
    grid = None if pictures is None else tiles(pictures[0], shape).shape
    stage = _Stage.of(generations, tuple(panels), grid, chains > 1, height)
    stage.title.set_text(chains_under(chains, regime))
    expected = np.asarray([] if theory is None else theory)
    still, labels = stage.draw_said(prediction, curve, generations, panels[0].low, panels[0].high)

    fixed = [label.get_position()[1] for label in labels]
    first, *others = stage.curves
    drawn = [_Curves(first, history, regime, fixed), *(_Curves(lines, history, regime) for lines in others)]

    def update(t):
        so_far = expected[:t]
        stage.theory.set_data(np.arange(1, len(so_far) + 1), so_far)
        if pictures is not None:
            stage.mosaic.set_data(tiles(pictures[t], shape))
        if stage.seen is not None:
            stage.seen.set_text("Generation 0: real data" if t == 0 else f"Generation {t}: what the model drew")
        first_names = [(stage.names.artists[0], (t, so_far[-1]))] if len(so_far) else []
        stage.names.artists[0].set_text("theory" if first_names else "")
        for curves, others in zip(drawn, [first_names] + [[]] * len(panels), strict=False):
            curves.move_to(t, others)

    # Theory lies on top of the chains, so that both are seen where they agree.
    return stage.film(update, done, still=[stage.title, *still], own=labels, on_top=[stage.theory], room=generations)


class _Stage(Stage):
    """For films of the same panels."""

    def __init__(self, generations, panels, grid, many, height):
        picture = Picture(width=9.2, height=height)
        widths = ([1.15] if grid else []) + [1] * len(panels)
        room = {
            "left": 0.01 if grid else 0.09,
            "right": 0.9,
            "top": 1 - 0.38 / height,
            "bottom": 0.8 / height,
            "wspace": 0.5,
        }
        axes = picture.axes_row(len(widths), width_ratios=widths, gridspec_kw=room)
        self.axes = axes[-len(panels) :]
        self.mosaic = self.seen = None
        if grid:
            axes[0].set(xticks=[], yticks=[], frame_on=False)
            self.mosaic = axes[0].imshow(np.zeros(grid), cmap="gray_r", vmin=0, vmax=1, animated=True)
            self.seen = axes[0].set_title(" ", animated=True)
        self.title = self.axes[0].text(
            0.01, 0.126 / height, "", transform=picture.transFigure, va="center", fontsize=10, animated=True
        )
        for ax, panel in zip(self.axes, panels, strict=True):
            _furnish(ax, panel, generations)
        self.theory = moving_line(self.axes[0], **THEORY)
        self.names = Names(self.axes[0], 1)
        self.marks(self.axes[0])
        self.curves = [_Lines(ax, panel, many) for ax, panel in zip(self.axes, panels, strict=True)]
        if many:
            handles = [
                Line2D([], [], color="#777777", lw=3, label="median"),
                Line2D([], [], color=INK, lw=1.2, label="chain 0"),
                Patch(facecolor="#777777", alpha=0.3, label="all chains"),
            ]
            picture.legend(handles=handles, loc="lower right", ncols=3, borderaxespad=0.1)
        moving = [self.mosaic, self.seen] if grid else []
        moving += self.names.artists
        super().__init__(picture, moving + [artist for lines in self.curves for artist in lines.artists])


def _furnish(ax, panel, generations):
    ax.set(xlim=(0, generations), ylim=(panel.low, panel.high), xlabel="generation", ylabel=panel.label)
    ax.set_title(panel.title)
    if panel.log:
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
        ax.minorticks_off()
    ax.yaxis.set_major_formatter(lambda value, position: f"{value:,.10g}")
    if panel.real is not None:
        ax.axhline(panel.real, color=REAL, lw=2)
        # Curves come from below: the name stands above its line, if there is room.
        below = ax.transAxes.inverted().transform(ax.transData.transform((0, panel.real)))[1] > 0.92
        ax.annotate(
            "real data", (0, panel.real), xytext=(4, -12 if below else 4), textcoords="offset points", color="#5f5f5f"
        )


class _Lines:
    """The moving artists of one panel."""

    def __init__(self, ax, panel, many):
        self.ax, self.panel, self.many = ax, panel, many
        moves = {"animated": True}
        self.bands, self.medians, self.own, self.names = [], [], [], []
        for (_, name), dash in zip(panel.measures, _DASHES, strict=False):
            self.bands.append(ax.fill_between([0], [1], [1], alpha=BAND, lw=0, **moves))
            self.own.append(moving_line(ax, color=INK, lw=1.2, linestyle=dash))
            now = {"marker": "o", "markersize": 6, "markevery": slice(-1, None)}  # a dot at the generation shown
            self.medians.append(moving_line(ax, lw=3, linestyle=dash, **now))
            self.names.append(ax.text(0, 0, name, fontsize=10, va="center", **moves))
        self.artists = [*self.bands, *self.own, *self.medians, *self.names]


class _Curves:
    """The numbers of one panel, as curves up to a generation."""

    def __init__(self, lines, history, regime, fixed=()):
        self._lines = lines
        self._fixed = fixed  # heights of names that stand at the right edge
        self._colour = regime_look(regime)["color"]
        self._values = [history[measure] for measure, _ in lines.panel.measures]

    def move_to(self, t, others=()):
        """Draw the curves up to a generation; ``others`` are ends of more curves with their names."""
        lines = self._lines
        ends = [*others]
        for values, band, own, median, name in zip(
            self._values, lines.bands, lines.own, lines.medians, lines.names, strict=True
        ):
            so_far = np.clip(values[:t], lines.panel.low, lines.panel.high)
            x = np.arange(1, t + 1)
            middle = np.median(so_far, axis=1)
            median.set_data(x, middle)
            median.set_color(self._colour)
            band.set_data(*((x, so_far.min(axis=1), so_far.max(axis=1)) if t else ([0], [1], [1])))
            band.set_color(self._colour)
            own.set_data(x if lines.many else [], so_far[:, 0] if lines.many else [])
            name.set_color(self._colour)
            if t:
                ends.append((name, (t, middle[-1])))
            name.set_visible(t > 0)
        place_beside(lines.ax, ends, self._fixed if t > 0.8 * lines.ax.get_xlim()[1] else [])
