"""Several ensembles, or several measures of one, as lines in one panel."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import ArrayLike

from collapse_edu.plots.picture import (
    COLOURS,
    INK,
    REAL,
    End,
    Picture,
    draw_chains,
    in_style,
    label_ends,
    milestones,
    regime_look,
    say_what_bands_are,
)

__all__ = ["LOOKS", "MARKERS", "plot_lines"]

# Colours of no regime; dash, marker and name say it again.
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": INK, "linestyle": "-"},
    {"color": "#1F3A93", "linestyle": (0, (6, 2))},
    {"color": "#B3123B", "linestyle": (0, (3, 1, 1, 1))},
    {"color": "#5B6B00", "linestyle": (0, (2, 1))},
    {"color": "#6B5B53", "linestyle": (0, (8, 2, 2, 2))},
)
MARKERS = "os^Dv"


@in_style
def plot_lines(
    t: ArrayLike, groups: Mapping[str, ArrayLike], *, label: str, title: str, log: bool = False,
    real: float | None = None, step: str = "generation",
) -> Picture:  # fmt: skip
    """Draw the median of each group over chains, with the band that contains all its chains.

    Parameters
    ----------
    t : sequence of int
        Generations that were measured.
    groups : dict
        Name → array, shape (len(t), chains). At most five. A regime has its own colour.
    label : str
        Vertical axis, with its unit.
    title : str
        The message of the picture.
    log : bool
        Logarithmic vertical axis.
    real : float, optional
        What real data give: a grey line.
    step : str
        What t counts.

    Returns
    -------
    Picture
        A matplotlib Figure that describes itself.

    Raises
    ------
    ValueError
        If there are no groups, or more than five, or one does not fit to t.

    Examples
    --------
    >>> plot_lines([1, 2], {"words": [[4.0, 4.0], [2.0, 3.0]]}, label="types", title="Words die").description
    'Words, median of 2 chains: 4 in generation 1, 2.5 in generation 2.'
    """
    t = np.asarray(t)
    arrays = _arrays(t, groups)
    picture = Picture(width=8.0, height=4.2)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.11, "right": 0.76, "top": 0.91, "bottom": 0.14})
    if real is not None:
        ax.axhline(real, color=REAL, lw=2)
        ax.annotate("real data", (0, real), xytext=(4, -12), textcoords="offset points", color="#5f5f5f")
    ends = [_draw_group(ax, t, name, values, place) for place, (name, values) in enumerate(arrays.items())]
    ax.set(title=title, xlabel=step, ylabel=label, xlim=(0, t[-1]))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _set_scale(ax, log)
    label_ends(ax, ends)
    say_what_bands_are(picture, [values.shape[1] for values in arrays.values()])
    picture.description = " ".join(_said(t, name, values, step) for name, values in arrays.items())
    return picture


def _arrays(t, groups):
    """Return the groups as arrays, or say in one line why they cannot be drawn."""
    arrays = {name: np.asarray(values, dtype=float) for name, values in groups.items()}
    if not 1 <= len(groups) <= len(LOOKS):
        raise ValueError(f"groups must contain 1 to {len(LOOKS)} names; got {len(groups)}")
    for name, values in arrays.items():
        if values.ndim != 2 or len(values) != len(t):
            raise ValueError(f"groups must have shape ({len(t)}, chains) each; got {values.shape} for {name!r}")
    return arrays


def _draw_group(ax, t, name, values, place) -> End:
    """Draw the chains of one group; return the end of its line."""
    look = regime_look(name) if name.partition("(")[0].strip() in COLOURS else LOOKS[place]
    draw_chains(ax, t, values, marker=MARKERS[place], markersize=6, markeredgewidth=0, **look)
    return t[-1], np.median(values[-1]), name, look["color"]


def _set_scale(ax, log):
    """Give the vertical axis its scale, from 0 unless it is logarithmic, and numbers that are easy to read."""
    if log:
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        ax.yaxis.set_major_locator(LogLocator(subs=_ticks(high / low)))
        ax.minorticks_off()
    else:
        ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(lambda value, position: f"{value:,.10g}")


def _ticks(ratio):
    """Return which multiples of a power of ten have a tick, on an axis that spans this ratio."""
    return (1, 2, 3, 5) if ratio < 20 else (1, 2, 5) if ratio < 100 else (1,)


def _said(t, name, values, step):
    """Return one sentence: the median at up to four steps."""
    shown = milestones(0, len(t) - 1, 4)
    chains = values.shape[1]
    who = f"median of {chains:,} chains" if chains > 1 else "one chain"
    parts = ", ".join(f"{_rounded(np.median(values[i]))} in {step} {t[i]}" for i in shown)
    return f"{name[:1].upper()}{name[1:]}, {who}: {parts}."


def _rounded(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
