"""One metric along the generations."""

from collapse_edu.plots.picture import BAND, Picture, in_style, label_ends, regime_look

__all__ = ["plot_history"]


@in_style
def plot_history(history, metric, *, title=None, log=False, unit=""):
    """Draw the median of a metric over chains, with the band that holds 90 % of them.

    More than two regimes get a panel each.

    Parameters
    ----------
    history : History
        All its regimes that hold the metric are drawn.
    metric : str
    title : str, optional
        The message of the picture. Without it, the name of the metric.
    log : bool
        Logarithmic vertical axis.
    unit : str
        Written behind the name of the metric.

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
    summary = history.summary(metric)
    by_regime = list(summary.groupby("regime", sort=False))
    # Up to two regimes share a panel; more bands than that hide each other.
    panels = [by_regime] if len(by_regime) <= 2 else [[one] for one in by_regime]
    picture = Picture(width=min(7.5 if len(panels) == 1 else 2.6 * len(panels), 10.5), layout="constrained")
    axes = picture.axes_row(len(panels), sharey=True)
    for ax, regimes in zip(axes, panels, strict=True):
        for regime, rows in regimes:
            look = regime_look(regime)
            ax.plot(rows["generation"], rows["median"], marker="o" if len(rows) < 30 else None, markersize=4, **look)
            if (rows["low"] < rows["high"]).any():
                ax.fill_between(rows["generation"], rows["low"], rows["high"], alpha=BAND, color=look["color"], lw=0)
        ax.set_xlabel("generation")
        ax.xaxis.get_major_locator().set_params(integer=True)
        if log:
            ax.set_yscale("log")
        ax.yaxis.set_major_formatter(lambda value, position: f"{value:,.10g}")
    if not log and summary["low"].min() >= 0:
        axes[0].set_ylim(bottom=0)  # last: it stops the axes from growing, and all panels share them
    name = metric.replace("_", " ")
    band = ": median, and 90 % of chains" if (summary["low"] < summary["high"]).any() else ""
    axes[0].set_ylabel(f"{name} {unit}".strip() + band)
    title = title or name.capitalize()
    if len(panels) == 1:
        axes[0].set_title(title)
        label_ends(
            axes[0],
            [
                (rows["generation"].iloc[-1], rows["median"].iloc[-1], regime, regime_look(regime)["color"])
                for regime, rows in by_regime
            ],
        )
    else:
        picture.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        for ax, (regime, _) in zip(axes, by_regime, strict=True):
            ax.set_title(regime, color=regime_look(regime)["color"])
    picture.description = history.describe(metric)
    return picture
