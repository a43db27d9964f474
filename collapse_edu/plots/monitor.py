"""Pictures of detectors and of a monitored stream: curves, control limits, alerts."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike, NDArray

from collapse_edu.plots.given import Monitor, Reading
from collapse_edu.plots.lines import LOOKS
from collapse_edu.plots.picture import BAND, INK, PREDICTION, REAL, Picture, in_style, pushed_apart

__all__ = [
    "ALERT",
    "DIVERSITY",
    "HIGHEST",
    "LOWEST",
    "SCORE",
    "STATISTIC_NAMES",
    "control_panels",
    "plot_precision",
    "plot_readings",
    "plot_roc",
]

# What learners call the statistics, in pictures and in words.
STATISTIC_NAMES = {
    "length": "length",
    "distinct_2": "different pairs",
    "vocabulary": "different words",
    "once": "words that occur once",
    "tail_recall": "rare words found",
    "tail_mass": "share of rare words",
    "new_words": "new words",
    "log_probability": "mean score",
}
# Statistic → its name in pictures, and its look; the mean score, in ink, has a panel of its own.
DIVERSITY = {
    "distinct_2": (STATISTIC_NAMES["distinct_2"], LOOKS[2]),
    "once": (STATISTIC_NAMES["once"], LOOKS[3]),
    "vocabulary": (STATISTIC_NAMES["vocabulary"], LOOKS[1]),
    "tail_recall": (STATISTIC_NAMES["tail_recall"], LOOKS[4]),
}
SCORE = {"log_probability": (STATISTIC_NAMES["log_probability"], LOOKS[0])}
LOWEST, HIGHEST = -30.0, 6.0  # in control limits; what lies beyond is drawn at the edge
ALERT = "#B00020"
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}  # a name over a line stays legible
_NAMED_AT = 0.15  # false-positive rate at which curves are named
_PLAIN = FuncFormatter(lambda value, position: f"{value:g}")


def control_panels(windows: int, room: float) -> tuple[Picture, NDArray]:
    """Return an empty picture and its two panels, with control limits; the left one has room for names."""
    picture = Picture(width=9.2, height=4.4)
    axes = picture.axes_row(
        2, sharey=True, width_ratios=[1.55, 1], gridspec_kw={"left": 0.075, "right": 0.985, "top": 0.91, "bottom": 0.2}
    )
    for ax, wide in zip(axes, (room, 1.02), strict=True):
        ax.set_yscale("symlog", linthresh=1, linscale=1)
        ax.set(xlim=(0, wide * windows), ylim=(LOWEST, HIGHEST), xlabel="window")
        ax.axhspan(-1, 1, color=REAL, alpha=BAND, lw=0)
        for edge in (-1, 1):
            ax.axhline(edge, color=INK, lw=1)
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= windows])
    axes[0].set_ylabel("deviation, in control limits")
    axes[0].set_yticks([-30, -10, -3, -1, 0, 1, 3])
    axes[0].yaxis.set_major_formatter(_PLAIN)
    axes[0].minorticks_off()
    handles = [
        Line2D([], [], marker="v", ls="", color=ALERT, label="alert"),
        Line2D([], [], color=REAL, lw=8, alpha=0.4, label="within control limits"),
    ]
    picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
    return picture, axes


@in_style
def plot_readings(monitor: Monitor, readings: Sequence[Reading], *, title: str) -> Picture:
    """Draw what a monitor read: statistics of diversity and the mean score, with control limits and alerts.

    Parameters
    ----------
    monitor : object
        With ``limits()`` and ``limit``, as :class:`collapse_edu.production.Monitor` has.
    readings : list of Reading
        At least one.
    title : str
        The message of the picture.

    Returns
    -------
    Picture
        A matplotlib Figure that describes itself.

    Raises
    ------
    ValueError
        If there are no readings.
    """
    if not readings:
        raise ValueError("readings must contain at least one window; got none")
    x = [reading.window for reading in readings]
    scaled = np.clip(np.array([reading.deviations for reading in readings]) / monitor.limit, LOWEST, HIGHEST)
    statistics = dict(zip(monitor.limits().index, scaled.T, strict=True))
    picture, axes = control_panels(max(x), room=1.42)
    for ax, shown in zip(axes, (DIVERSITY, SCORE), strict=True):
        for name, (_, look) in shown.items():
            ax.plot(x, statistics[name], lw=2, **look)
    axes[0].set_title(title)
    axes[1].set_title("Mean score under the scorer")
    ends = [(x[-1], statistics[name][-1], shown, look["color"]) for name, (shown, look) in DIVERSITY.items()]
    _label_beside(axes[0], ends)
    alerts = [reading for reading in readings if reading.alert]
    _mark_alerts(axes[0], alerts)
    score = statistics["log_probability"]
    picture.description = (
        f"{len(alerts)} alerts in {len(readings)} windows{_first(alerts)}. The mean score stays between "
        f"{score.min():.1f} and {score.max():.1f} control limits."
    )
    return picture


def _mark_alerts(ax, alerts):
    """Draw a mark for each alert at the top of the panel."""
    windows = [reading.window for reading in alerts]
    ax.plot(windows, [0.965] * len(alerts), "v", ms=6, color=ALERT, transform=ax.get_xaxis_transform())


def _first(alerts):
    return f", the first in window {alerts[0].window} ({alerts[0].causes[0]})" if alerts else ""


def _label_beside(ax, ends):
    """Write names beside the ends of curves, apart from each other."""
    to_axes = ax.transData + ax.transAxes.inverted()
    heights = pushed_apart([to_axes.transform((x, y))[1] for x, y, _, _ in ends], 0.06)
    for (x, _, text, colour), height in zip(ends, heights, strict=True):
        where = ax.get_xaxis_transform()
        ax.text(1.02 * x, height, text, color=colour, fontsize=10, va="center", bbox=_PAPER, transform=where)


@in_style
def plot_roc(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], *, title: str, marked: float = 0.05) -> Picture:
    """Draw the receiver operating characteristic of detectors.

    Parameters
    ----------
    curves : dict
        Name → (false-positive rates, true-positive rates), at most five.
    title : str
        The message of the picture.
    marked : float
        A false-positive rate whose true-positive rates the description says.

    Returns
    -------
    Picture

    Examples
    --------
    >>> plot_roc({"a coin": ([0, 1], [0, 1])}, title="Chance").description
    'At a false-positive rate of 5 %, flagged synthetic documents: a coin 5 %.'
    """
    picture = Picture(width=5.8, height=4.4)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.12, "right": 0.97, "top": 0.91, "bottom": 0.14})
    ax.set(xlim=(0, 1), ylim=(0, 1.01), xlabel="flagged share of real documents")
    ax.set_ylabel("flagged share of synthetic documents")
    ax.plot([0, 1], [0, 1], color=REAL, lw=1.5)
    ax.annotate("a coin", (0.86, 0.82), color="#5f5f5f", fontsize=10, va="top")
    ax.axvline(marked, color=REAL, lw=1, linestyle=(0, (2, 2)))
    said = []
    for (name, rates), look in zip(curves.items(), LOOKS, strict=False):
        false, true = map(np.asarray, rates)
        ax.plot(false, true, lw=2, **look)
        said.append(f"{name} {_percent(np.interp(marked, false, true))}")
        _name(ax, (_NAMED_AT, np.interp(_NAMED_AT, false, true)), name, look["color"], (6, -10), "left")
    ax.set_title(title)
    picture.description = (
        f"At a false-positive rate of {_percent(marked)}, flagged synthetic documents: {', '.join(said)}."
    )
    return picture


def _name(ax, place, name, colour, offset, side):
    """Write the name of a curve beside one of its points."""
    ax.annotate(
        name, place, xytext=offset, textcoords="offset points", ha=side, va="center", color=colour, fontsize=10,
        bbox=_PAPER,
    )  # fmt: skip


def _percent(share):
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.0f} %"


@in_style
def plot_precision(
    shares: ArrayLike, curves: Mapping[str, ArrayLike], *, title: str, prediction: tuple[float, float] | None = None
) -> Picture:
    """Draw which share of the flagged documents is synthetic, against the synthetic share of all.

    Parameters
    ----------
    shares : array
        Synthetic shares, above 0 and below 1, growing.
    curves : dict
        Name → precision at each share, at most five.
    title : str
        The message of the picture.
    prediction : tuple of float, optional
        A share, and the learner's prediction of the precision there.

    Returns
    -------
    Picture

    Examples
    --------
    >>> plot_precision([0.01, 0.5], {"A": [0.15, 0.95]}, title="The base rate").description
    'Synthetic share of what is flagged. A: 15 % at a share of 1 %, 95 % at 50 %.'
    """
    shares = np.asarray(shares, dtype=float)
    picture = Picture(width=6.6, height=4.2)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.11, "right": 0.96, "top": 0.91, "bottom": 0.15})
    ax.set(xscale="log", xlim=(shares[0], 1), ylim=(0, 1.02))
    ax.set(xlabel="synthetic share of all documents", ylabel="synthetic share of flagged documents")
    said = []
    for (name, curve), look in zip(curves.items(), LOOKS, strict=False):
        values = np.asarray(curve, dtype=float)
        ax.plot(shares, values, lw=2, **look)
        half = min(int(np.searchsorted(values, 0.5)), len(values) - 1)
        _name(ax, (shares[half], values[half]), name, look["color"], (-4, 3), "right")
        first, last = (f"{_percent(values[i])} at {_percent(shares[i])}" for i in (0, -1))
        said.append(f"{name}: {first}, {last}".replace(" at ", " at a share of ", 1))
    ax.plot(shares, shares, color=REAL, lw=1.5)
    ax.annotate("no detector", (0.4, 0.34), color="#5f5f5f", fontsize=10, va="top")
    if prediction is not None:
        ax.plot(*prediction, marker="D", ms=9, color=PREDICTION)
        ax.annotate("you said", prediction, xytext=(9, 0), textcoords="offset points", color=PREDICTION, va="center")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, position: f"{100 * value:g} %"))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, position: f"{100 * value:.0f} %"))
    ax.minorticks_off()
    ax.set_title(title)
    picture.description = f"Synthetic share of what is flagged. {'. '.join(said)}."
    return picture
