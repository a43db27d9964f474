"""One measure along the generations."""

import numpy as np

from collapse_edu.checks import renamed
from collapse_edu.loop.history import History
from collapse_edu.plots.picture import Picture, draw_chains, in_style, label_ends, regime_look

__all__ = ["plot_history"]


@renamed(metric="measure")
@in_style
def plot_history(
    history: History, measure: str, *, title: str | None = None, log: bool = False, unit: str = ""
) -> Picture:
    """Draw the median of a measure over chains, with the band that contains 90 % of them.

    More than two regimes get a panel each.

    Parameters
    ----------
    history : History
        All its regimes that contain the measure are drawn.
    measure : str
    title : str, optional
        The message of the picture. Without it, the name of the measure.
    log : bool
        Logarithmic vertical axis.
    unit : str
        Written behind the name of the measure.

    Returns
    -------
    Picture
        A matplotlib Figure that describes itself.

    Examples
    --------
    >>> from collapse_edu.ensemble import gaussian
    >>> plot_history(gaussian(n=20, generations=40, chains=500), "variance", log=True).description
    'Under replace, the median variance of 500 chains goes from 0.956 in generation 1 to 0.126 in generation 40.'
    """
    summary = history.summary(measure)
    by_regime = list(summary.groupby("regime", sort=False))
    # Up to two regimes share a panel; more bands than that hide each other.
    panels = [by_regime] if len(by_regime) <= 2 else [[one] for one in by_regime]
    picture = Picture(width=min(7.5 if len(panels) == 1 else 2.6 * len(panels), 10.5), layout="constrained")
    axes = picture.axes_row(len(panels), sharey=True)
    for ax, regimes in zip(axes, panels, strict=True):
        for regime, _ in regimes:
            _draw_regime(ax, regime, history.values[regime, measure])
        _furnish(ax, log)
    if not log and summary["low"].min() >= 0:
        axes[0].set_ylim(bottom=0)  # last: it stops the axes from growing, and all panels share them
    name = measure.replace("_", " ")
    band = ": median, and 90 % of chains" if (summary["low"] < summary["high"]).any() else ""
    axes[0].set_ylabel(f"{name} {unit}".strip() + band)
    _name_regimes(picture, axes, by_regime, title or name.capitalize())
    picture.description = history.describe(measure)
    return picture


def _draw_regime(ax, regime, values):
    """Draw the chains of one regime; a dot marks each generation where there are few."""
    few = {"marker": "o", "markersize": 5, "markeredgewidth": 0} if len(values) < 30 else {}
    draw_chains(ax, np.arange(1, len(values) + 1), values, share=0.9, **few, **regime_look(regime))


def _furnish(ax, log):
    ax.set_xlabel("generation")
    ax.xaxis.get_major_locator().set_params(integer=True)
    if log:
        ax.set_yscale("log")
    ax.yaxis.set_major_formatter(lambda value, position: f"{value:,.10g}")


def _name_regimes(picture, axes, by_regime, title):
    """Write the title, and each regime's name beside its line or above its panel."""
    if len(axes) > 1:
        picture.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        for ax, (regime, _) in zip(axes, by_regime, strict=True):
            ax.set_title(regime, color=regime_look(regime)["color"])
        return
    axes[0].set_title(title)
    ends = [(rows.iloc[-1], regime) for regime, rows in by_regime]
    label_ends(axes[0], [(end["generation"], end["median"], name, regime_look(name)["color"]) for end, name in ends])
