"""Pictures of what a product costs: savings step by step, what moves the margin, places on the field's scales."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import sub
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from collapse_edu.plots.given import Place, Saving
from collapse_edu.plots.picture import COLOURS, INK, PREDICTION, Picture, in_style

__all__ = ["frame_waterfall", "large", "levels", "plot_scales", "plot_tornado", "plot_waterfall", "waterfall_bars"]

_COST, _SAVED, _FED = "#6b6b6b", COLOURS["accumulate"][0], COLOURS["replace"][0]
_PALE, _MIDDLE, _DEEP = "#F1D9C9", "#E4E4E4", "#C6DDEC"  # low, median, elite


@in_style
def plot_waterfall(steps: Sequence[Saving], *, start: float, currency: str, title: str) -> Picture:
    """Draw what each optimisation saves in a month, from the cost without any to the cost with all.

    Parameters
    ----------
    steps : list of Saving
        As :func:`collapse_edu.production.economics.waterfall` returns them; at most six.
    start : float
        Cost of a month without them.
    currency : str
    title : str
        The message of the picture.

    Returns
    -------
    Picture

    Examples
    --------
    >>> from collapse_edu.production.economics import Saving
    >>> steps = [Saving("caching", 300, False), Saving("routing", 200, True)]
    >>> plot_waterfall(steps, start=1000, currency="EUR", title="Half is saved").description
    'Cost of a month in EUR: 1,000 at first; caching saves 300; routing saves 200 and feeds model text back; 500 after.'
    """
    picture = Picture(width=8.0, height=4.2)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.11, "right": 0.98, "top": 0.91, "bottom": 0.12})
    top = max([*levels(steps, start), 1e-9])
    handles = frame_waterfall(ax, [step.name for step in steps], top=top, currency=currency)
    waterfall_bars(ax, steps, start=start)
    ax.legend(handles=handles, loc="upper right", borderaxespad=0.1)
    ax.set_title(title)
    after = levels(steps, start)[-1]
    said = "".join(
        f"; {step.name} {_saves(step.saves)}{' and feeds model text back' * step.feeds_back}" for step in steps
    )
    picture.description = f"Cost of a month in {currency}: {start:,.0f} at first{said}; {after:,.0f} after."
    return picture


def frame_waterfall(ax: Axes, names: Sequence[str], *, top: float, currency: str) -> list[Patch]:
    """Give axes the names, height and label of a waterfall with bars up to ``top``; return what a legend needs."""
    ax.set_xticks(range(len(names) + 2), ["before", *(name.replace(" ", "\n") for name in names), "after"])
    ax.grid(axis="x", visible=False)
    word, unit = large(top)
    ax.set(xlim=(-0.6, len(names) + 1.6), ylim=(0, 1.22 * top), ylabel=f"cost of a month, {word}{currency}")
    ax.yaxis.set_major_formatter(lambda value, position: f"{value / unit:,.10g}")
    return [
        Patch(facecolor=_SAVED, label="saves"),
        Patch(facecolor=_FED, hatch="//", edgecolor="white", label="saves, and feeds model text back"),
    ]


def waterfall_bars(ax: Axes, steps: Sequence[Saving], *, start: float, **kwargs: Any) -> list[Artist]:
    """Draw the bars of a waterfall into such axes, and return the artists; ``kwargs`` are for each of them."""
    heights = levels(steps, start)
    room = 0.012 * ax.get_ylim()[1]
    _, unit = large(ax.get_ylim()[1] / 1.22)
    artists: list[Artist] = []

    def bar(place, ends, text, colour, **look):
        low, high = sorted(ends)
        artists.extend(ax.bar(place, high - low, bottom=low, width=0.62, color=colour, **look, **kwargs))
        where = {"ha": "center", "va": "bottom", "fontsize": 10}
        artists.append(ax.text(place, high + room, text, color=INK if colour == _COST else colour, **where, **kwargs))

    bar(0, (0, start), f"{start / unit:,.0f}", _COST)
    for place, (step, ends) in enumerate(zip(steps, pairwise(heights), strict=True), 1):
        artists += ax.plot([place - 0.69, place + 0.31], [ends[0]] * 2, color=INK, lw=0.8, **kwargs)
        sign = "−" if step.saves >= 0 else "+"
        hatch = {"hatch": "//", "edgecolor": "white"} if step.feeds_back else {}
        bar(place, ends, f"{sign}{abs(step.saves) / unit:,.0f}", _FED if step.feeds_back else _SAVED, **hatch)
    bar(len(steps) + 1, (0, heights[-1]), f"{heights[-1] / unit:,.0f}", _COST)
    return artists


def large(most: float) -> tuple[str, float]:
    """Return the unit in which amounts up to the largest have room beside each other: its name, and how much it is.

    Examples
    --------
    >>> large(26_000), large(2_600_000), large(260_000_000)
    (('', 1.0), ('thousand ', 1000.0), ('million ', 1000000.0))
    """
    return next((unit for unit in (("million ", 1e6), ("thousand ", 1e3)) if most >= 100 * unit[1]), ("", 1.0))


def levels(steps: Sequence[Saving], start: float) -> list[float]:
    """Return the cost of a month before the first step, and after each one.

    Examples
    --------
    >>> from collapse_edu.production.economics import Saving
    >>> levels([Saving("caching", 300, False), Saving("routing", 200, True)], 1000)
    [1000, 700, 500]
    """
    return list(accumulate((start, *(step.saves for step in steps)), sub))


def _saves(amount):
    return f"saves {amount:,.0f}" if amount >= 0 else f"costs {-amount:,.0f} more"


@in_style
def plot_tornado(table: pd.DataFrame, *, now: float, title: str, most: int = 10) -> Picture:
    """Draw how far the gross margin moves when one assumption at a time is lower or higher.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`collapse_edu.production.economics.sensitivities` returns it; not empty.
    now : float
        The margin of the plan.
    title : str
        The message of the picture.
    most : int
        How many assumptions are drawn.

    Returns
    -------
    Picture

    Examples
    --------
    >>> import pandas as pd
    >>> ends = {"lower": [0.6, 0.72], "higher": [0.76, 0.68], "swing": [0.1, 0.02]}
    >>> table = pd.DataFrame({"what it is": ["price", "tokens"], **ends})
    >>> plot_tornado(table, now=0.7, title="The price decides").description
    'Gross margin now 70 %. price: 60 % if lower, 76 % if higher; tokens: 72 % if lower, 68 % if higher.'
    """
    shown = table.head(most)
    height = 1.5 + 0.32 * len(shown)
    picture = Picture(width=8.0, height=height)
    room = {"left": 0.4, "right": 0.96, "top": 1 - 0.45 / height, "bottom": 0.85 / height}
    (ax,) = picture.axes_row(1, gridspec_kw=room)
    for place, (_, row) in enumerate(shown.iterrows()):
        ax.barh(place, 100 * (row["lower"] - now), left=100 * now, height=0.62, color=_FED, hatch="//", edgecolor="w")
        ax.barh(place, 100 * (row["higher"] - now), left=100 * now, height=0.62, color=_SAVED)
    ax.axvline(100 * now, color=INK, lw=1.2)
    ax.set_yticks(range(len(shown)), list(shown["what it is"]))
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set(xlabel="gross margin, %")
    ax.set_title(title)
    handles = [
        Patch(facecolor=_FED, hatch="//", edgecolor="white", label="assumption lower"),
        Patch(facecolor=_SAVED, label="assumption higher"),
    ]
    picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.2)
    said = "; ".join(
        f"{row['what it is']}: {row['lower']:.0%} if lower, {row['higher']:.0%} if higher".replace("%", " %")
        for _, row in shown.iterrows()
    )
    picture.description = f"Gross margin now {100 * now:.0f} %. {said}."
    return picture


@in_style
def plot_scales(
    positions: Sequence[Place], *, title: str = "Where you stand on the scales of an industry glossary"
) -> Picture:
    """Draw the field's scales, one below the other, with one's own place on each.

    Parameters
    ----------
    positions : list of Position
        As :func:`collapse_edu.production.benchmarks.positions` returns them.
    title : str

    Returns
    -------
    Picture

    Examples
    --------
    >>> from collapse_edu.production.benchmarks import BENCHMARKS, Position
    >>> plot_scales([Position(BENCHMARKS[0], 30.0)]).description
    'AI cost of goods sold / revenue (AI-first SaaS): you 30 %, between low and median.'
    """
    height = 0.6 + 1.25 * len(positions)
    picture = Picture(width=8.6, height=height)
    axes = picture.subplots(len(positions), 1, squeeze=False)[:, 0]
    picture.subplots_adjust(left=0.03, right=0.97, top=1 - 1.05 / height, bottom=0.3 / height, hspace=2.4)
    picture.text(0.03, 1 - 0.3 / height, title, fontsize=12, fontweight="bold")
    for ax, position in zip(axes, positions, strict=True):
        _draw_scale(ax, position)
    picture.description = " ".join(
        f"{own.benchmark.metric} ({own.benchmark.sector}): you {own.benchmark.with_unit(own.value)}, {own.place}."
        for own in positions
    )
    return picture


def _draw_scale(ax, position):
    scale = position.benchmark
    left, right = scale.ends
    low = (scale.low, right) if scale.less_is_better else (left, scale.low)
    elite = (left, scale.elite) if scale.less_is_better else (scale.elite, right)
    ax.set(xlim=(left, right), ylim=(0, 1), yticks=[], xscale="log" if scale.log else "linear")
    ax.minorticks_off()
    ax.axhspan(0, 1, color="#F8F8F8")
    to_axes = ax.transData + ax.transAxes.inverted()
    for name, ends, colour in (("low", low, _PALE), ("median", scale.median, _MIDDLE), ("elite", elite, _DEEP)):
        ax.axvspan(*ends, color=colour)
        middle = sum(to_axes.transform((end, 0))[0] for end in ends) / 2
        ax.text(middle, 0.5, name, transform=ax.transAxes, ha="center", va="center", fontsize=10)
    own = min(max(position.value, left), right)
    ax.plot([own], [1.22], "v", ms=10, color=PREDICTION, clip_on=False)
    beyond = "" if own == position.value else " (beyond the scale)"
    end = {"ha": "right", "xytext": (-10, 0)} if to_axes.transform((own, 0))[0] > 0.7 else {"xytext": (10, 0)}
    ax.annotate(
        f"you: {scale.with_unit(position.value)}{beyond}", (own, 1.25), textcoords="offset points", color=PREDICTION,
        fontsize=10, fontweight="bold", va="center", annotation_clip=False, **end,
    )  # fmt: skip
    ax.set_title(f"{scale.metric} ({scale.sector})", fontsize=11, fontweight="normal", pad=20)
    ticks = sorted({scale.low, *scale.median, scale.elite})
    ax.set_xticks(ticks, [scale.with_unit(tick) for tick in ticks])
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
