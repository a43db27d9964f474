"""One metric along the generations."""

from collapse_edu.plots.picture import BAND, Picture, in_style, label_ends, regime_look

__all__ = ["plot_history"]


@in_style
def plot_history(history, metric, *, title=None, log=False, unit=""):
    """Draw the median of a metric over chains, with the band that holds 90 % of them.

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
    picture = Picture(width=7.5, layout="constrained")
    (ax,) = picture.axes_row()
    name = metric.replace("_", " ")
    summary = history.summary(metric)
    ends = []
    for regime, rows in summary.groupby("regime", sort=False):
        look = regime_look(regime)
        ax.plot(rows["generation"], rows["median"], marker="o" if len(rows) < 30 else None, markersize=4, **look)
        if (rows["low"] < rows["high"]).any():
            ax.fill_between(rows["generation"], rows["low"], rows["high"], alpha=BAND, color=look["color"], lw=0)
        ends.append((rows["generation"].iloc[-1], rows["median"].iloc[-1], regime, look["color"]))
    ax.set(xlabel="generation", ylabel=f"{name} {unit}".strip(), title=title or name.capitalize())
    if log:
        ax.set_yscale("log")
    elif summary["low"].min() >= 0:
        ax.set_ylim(bottom=0)
    label_ends(ax, ends)
    picture.description = history.describe(metric)
    return picture
