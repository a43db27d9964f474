"""The film of Gaussian chains: what some of the models believe, and the variance so far."""

from collections.abc import Mapping

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import THEORY, Film, Names, Stage, chains_under, moving_line
from collapse_edu.loop.history import History
from collapse_edu.plots.picture import BAND, INK, REAL, Picture, in_style, regime_look

__all__ = ["gaussian_film"]

_X = np.linspace(-6, 6, 241)
_TOP = 1.6  # of the density axis
_SHOWN = 25  # more thin lines than this are a smear
_MEAN = (0, (4, 2))
_FLOORS, _HIGH = (1e-4, 1e-8, 1e-12, 1e-16), 30.0


@in_style
def gaussian_film(
    history: History, *, theory: Mapping[str, ArrayLike] | None = None, prediction: float | None = None,
    curve: ArrayLike | None = None, lowest: float | None = None,
) -> Film:  # fmt: skip
    """Make the film of an ensemble of one-dimensional Gaussian chains; frame 0 is the real distribution.

    On the left, what some of the models believe; on the right, the fitted variance so far. Chain 0 is drawn in
    black in both.

    Parameters
    ----------
    history : History
        One regime, measures ``mean`` and ``variance``, shape (generations, chains).
    theory : dict, optional
        Name → curve, one value for each generation; dotted, at most three.
    prediction : float, optional
        The learner's prediction of the typical variance in the last generation.
    curve : array, shape (k, 2), optional
        Points (generation, variance) that the learner drew.
    lowest : float, optional
        The least variance that the axis must have room for. Where the film must not tell how it ends, it comes from
        the settings; without it, it is the least median.

    Returns
    -------
    Film

    Examples
    --------
    >>> from collapse_edu import ensemble
    >>> film = gaussian_film(ensemble.gaussian(n=20, generations=10, chains=100))
    >>> film.generations, film.frame(10)[1:4]
    (10, b'PNG')
    """
    regime = history.regimes[0]
    means, variances = history["mean"], history["variance"]
    generations, chains = variances.shape
    paths = np.clip(np.vstack([np.ones(chains), variances]), 1e-30, None)  # generation 0 is the real distribution
    low, median, high = np.quantile(paths, [0.05, 0.5, 0.95], axis=1)
    average = paths.mean(axis=1)
    t_axis = np.arange(generations + 1)
    shown = slice(0, _SHOWN)

    lowest = median.min() if lowest is None else lowest
    floor = next((floor for floor in _FLOORS if floor < lowest), _FLOORS[-1])
    stage = _Stage.of(generations, floor, chains == 1)
    stage.title.set_text(chains_under(chains, regime))
    stage.colour(regime_look(regime)["color"])
    curves = {name: np.clip(values, floor, _HIGH) for name, values in (theory or {}).items()}
    still, labels = stage.draw_said(prediction, curve, generations, floor, _HIGH)

    centres, spreads = np.vstack([np.zeros(chains), means]), np.sqrt(paths)

    def update(t):
        centre, spread = centres[t, shown, None], spreads[t, shown, None]
        densities = np.exp(-(((_X - centre) / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
        upto = slice(0, t + 1)
        stage.colour(regime_look(regime)["color"])
        stage.belief.set_text(f"Generation {t}: the {'model' if chains == 1 else 'models'}")
        stage.curves.set_segments([np.column_stack([_X, density]) for density in densities[1:]])
        stage.own_curve.set_data(_X, densities[0])
        stage.threads.set_segments([np.column_stack([t_axis[upto], path]) for path in paths[upto, shown].T[1:]])
        stage.own_path.set_data(t_axis[upto], paths[upto, 0])
        many = upto if chains > 1 else slice(0, 0)
        stage.median.set_data(t_axis[many], median[many])
        stage.mean.set_data(t_axis[many], average[many])
        stage.band.set_data(t_axis[many], low[many], high[many])
        stage.theory.set_segments([np.column_stack([t_axis[1 : t + 1], values[:t]]) for values in curves.values()])
        stage.names.place([(t, values[t - 1], name, INK) for name, values in curves.items()] if t else [], labels)
        stage.say_peak(densities[0].max(), chains)

    return stage.film(update, generations, still=[stage.title, *still], own=labels)


class _Stage(Stage):
    """For films of one length, range and number of chains."""

    def __init__(self, generations, floor, single):
        picture = Picture(width=9.2, height=4.0)
        beliefs, self.course = picture.axes_row(
            2,
            width_ratios=[1, 1.2],
            gridspec_kw={"left": 0.065, "right": 0.87, "top": 0.91, "bottom": 0.14, "wspace": 0.32},
        )
        _furnish_beliefs(beliefs)
        _furnish_course(self.course, generations, floor, single)
        moves = {"animated": True}
        self.title = self.course.set_title(" ", **moves)
        self.belief = beliefs.set_title(" ", **moves)
        self.peak = beliefs.text(5.9, 0.97 * _TOP, "", ha="right", va="top", color=INK, fontsize=10, **moves)
        self.marks(self.course)
        self.curves = beliefs.add_collection(LineCollection([], linewidths=0.8, alpha=0.5, **moves), autolim=False)
        self.threads = self.course.add_collection(LineCollection([], linewidths=0.7, alpha=0.4, **moves), autolim=False)
        self.band = self.course.fill_between([0], [1], [1], alpha=BAND, lw=0, **moves)
        self.own_curve = moving_line(beliefs, color=INK, lw=2.2)
        self.own_path = moving_line(self.course, color=INK, lw=1.3)
        self.median = moving_line(self.course, lw=3.6)
        self.mean = moving_line(self.course, lw=2.2, linestyle=_MEAN)
        dots = {"colors": THEORY["color"], "linewidths": THEORY["lw"], "linestyles": [THEORY["linestyle"]]}
        self.theory = self.course.add_collection(LineCollection([], **dots, **moves), autolim=False)
        moving = [self.curves, self.own_curve, self.band, self.threads, self.own_path, self.median, self.mean]
        self.names = Names(self.course, 3)
        super().__init__(picture, [*moving, self.theory, self.belief, self.peak, *self.names.artists])

    def say_peak(self, peak, chains):
        """Write the height of chain 0's density where it does not fit in."""
        whose = "" if chains == 1 else "chain 0 "
        self.peak.set_text(f"↑ {whose}goes up to {peak:.3g}" if peak > _TOP else "")

    def colour(self, colour):
        """Give all that belongs to the chains the colour of their regime."""
        for artist in (self.curves, self.threads, self.band, self.median, self.mean):
            artist.set_color(colour)


def _furnish_beliefs(ax):
    ax.fill_between(_X, np.exp(-(_X**2) / 2) / np.sqrt(2 * np.pi), color=REAL, alpha=0.5, lw=0)
    ax.text(0.02, 0.97, "grey: real distribution", transform=ax.transAxes, va="top", color=INK, fontsize=10)
    ax.set(xlim=(-6, 6), ylim=(0, _TOP), xlabel="value", ylabel="density")


def _furnish_course(ax, generations, floor, single):
    ax.set(xlim=(0, generations), ylim=(floor, _HIGH), yscale="log", xlabel="generation", ylabel="fitted variance")
    decades = int(np.log10(floor))
    ticks = 10.0 ** np.arange(decades, 2, max(1, -decades // 4))
    ax.set_yticks(ticks, labels=[f"{tick:.10g}" if tick > 1e-5 else f"{tick:.0e}" for tick in ticks])
    ax.minorticks_off()
    ax.axhline(1, color=REAL, lw=1.5)
    if not single:
        # The legend stands still, so it is grey where the colour is that of a regime.
        handles = [
            Line2D([], [], color="#777777", lw=3.6, label="median"),
            Line2D([], [], color="#777777", lw=2.2, linestyle=_MEAN, label="mean"),
            Line2D([], [], color=INK, lw=1.3, label="chain 0"),
            Line2D([], [], **THEORY, label="theory"),
            Patch(facecolor="#777777", alpha=0.3, label="90 % of chains"),
        ]
        ax.legend(handles=handles, loc="lower left", ncols=2, borderaxespad=0.2)
