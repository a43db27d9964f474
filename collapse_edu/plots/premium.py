"""The highest price of a verified human row, by the share of model text in what is collected."""

import numpy as np
import pandas as pd

from collapse_edu.plots.economics import large
from collapse_edu.plots.picture import BAND, COLOURS, INK, PREDICTION, Picture, in_style

__all__ = ["plot_premium"]

_WORTH, _DEAR = COLOURS["accumulate"][0], COLOURS["replace"][0]


@in_style
def plot_premium(
    curve: pd.Series,
    *,
    price: float,
    currency: str,
    title: str,
    own: tuple[float, float] | None = None,
    width: float = 8.0,
    height: float = 4.2,
) -> Picture:
    """Draw at which price one more verified human row pays: below the curve it does, above it does not.

    Parameters
    ----------
    curve : pandas.Series
        Share of model text in what is collected, from 0 to 1, growing → highest price, as
        :func:`collapse_edu.production.premium.premium_curve` returns it.
    price : float
        What a row costs.
    currency : str
    title : str
        The message of the picture.
    own : tuple of float, optional
        Share and highest price where the plan stands.
    width, height : float
        In inches.

    Returns
    -------
    Picture

    Examples
    --------
    >>> curve = pd.Series([0.05, 0.5, 2.5], index=[0, 0.5, 1])
    >>> plot_premium(curve, price=1.5, currency="EUR", title="Clean rows").description
    'Highest price of a verified human row: 0.05 EUR with 0 % model text in what is collected, 0.50 with 50 %, 2.50 \
with 100 %. A row costs 1.50: it pays from 75 % on.'
    """
    picture = Picture(width=width, height=height)
    room = {"left": 0.62 / width, "right": 1 - 0.2 / width, "top": 1 - 0.38 / height, "bottom": 0.55 / height}
    (ax,) = picture.axes_row(1, gridspec_kw=room)
    x, y = 100 * curve.index.to_numpy(dtype=float), curve.to_numpy(dtype=float)
    top = 1.2 * max(y.max(), price, own[1] if own else 0, 1e-9)
    word, unit = large(top)
    ax.set(xlim=(0, 100), ylim=(0, top), xlabel="model text in what is collected, %", ylabel=f"{word}{currency} a row")
    ax.yaxis.set_major_formatter(lambda value, position: f"{value / unit:,.10g}")
    ax.fill_between(x, y, top, color=_DEAR, alpha=BAND, lw=0, hatch="//", edgecolor="white")
    ax.fill_between(x, 0, y, color=_WORTH, alpha=2 * BAND, lw=0)
    ax.plot(x, y, color=_WORTH)
    ax.axhline(price, color=INK, lw=1.2, linestyle=(0, (4, 2)))
    from_ = _crossing(curve, price)
    if from_:
        ax.plot([100 * from_], [price], "o", color=INK, ms=6, clip_on=False)
    if own:
        ax.plot([100 * own[0]], [own[1]], "D", color=PREDICTION, ms=8, clip_on=False, zorder=5)
    _say(ax, curve, price, own, top)
    ax.set_title(title)
    picture.description = _words(curve, price, currency, from_)
    return picture


def _say(ax, curve, price, own, top):
    """Name the line, the two sides of the curve and the plan's place, where there is room."""
    bold = {"fontweight": "bold"}
    if np.interp(0.95, curve.index, curve) > 0.12 * top:
        box = {"facecolor": "white", "alpha": 0.8, "lw": 0, "pad": 1.5}
        _write(ax, "it pays", (99, 0), [(0, 3)], color=_WORTH, fontsize=11, bbox=box, **bold)
    _write(ax, f"a row costs {amount(price)}", (2, price), [(0, 2), (0, -14)], color=INK, fontsize=10)
    heights = [(0, -factor * ax.get_window_extent().height * 0.72) for factor in (0.15, 0.4, 0.6, 0.8)]  # in points
    _write(ax, "too dear", (3, top), heights, color=_DEAR, fontsize=11, **bold)
    if own:
        side = -10 if own[0] > 0.5 else 10
        places = [(side, up) for up in (3, -14, 16, 28, 40)]
        _write(
            ax, f"this plan: {amount(own[1])}", (100 * own[0], own[1]), places, color=PREDICTION, fontsize=10, **bold
        )


def _write(ax, words, point, places, **look):
    """Write words beside a point, at the first place (in points) where they cover no others and stay inside."""
    for place in places:
        end = "right" if place[0] < 0 or point[0] > 50 else "left"
        drawn = ax.annotate(words, point, xytext=place, textcoords="offset points", ha=end, va="bottom", **look)
        box = drawn.get_window_extent()
        others = [text.get_window_extent() for text in ax.texts if text is not drawn]
        if box.y0 >= ax.bbox.y0 and box.y1 <= ax.bbox.y1 + 1 and not any(box.overlaps(other) for other in others):
            return
        drawn.remove()
    ax.annotate(words, point, xytext=places[0], textcoords="offset points", ha=end, va="bottom", **look)


def _crossing(curve, price):
    """Return the share from which the price lies below the curve, None if it never does."""
    shares, worth = curve.index.to_numpy(dtype=float), curve.to_numpy(dtype=float)
    over = np.flatnonzero(worth >= price)
    if not len(over):
        return None
    first = over[0]
    if first == 0:
        return 0.0
    return float(np.interp(price, worth[first - 1 : first + 1], shares[first - 1 : first + 1]))


def _words(curve, price, currency, from_):
    some = [curve.index[round(place * (len(curve) - 1))] for place in (0, 0.5, 1)]
    first, *rest = [(100 * share, amount(curve[share])) for share in some]
    others = ", ".join(f"{worth} with {share:.0f} %" for share, worth in rest)
    pays = "does not pay anywhere" if from_ is None else f"pays from {100 * from_:.3g} % on"
    return (
        f"Highest price of a verified human row: {first[1]} {currency} with {first[0]:.0f} % model text in what is "
        f"collected, {others}. A row costs {amount(price)}: it {pays}."
    )


def amount(money: float) -> str:
    """Return an amount of money as people write it: with cents where they matter.

    Examples
    --------
    >>> amount(1234.5), amount(2), amount(0.0022), amount(0), amount(-3.456)
    ('1,234', '2.00', '0.0022', '0.00', '−3.46')
    """
    size = abs(money)
    text = f"{size:,.0f}" if size >= 100 else f"{size:.2f}" if size >= 0.095 or not size else f"{size:.2g}"
    return f"−{text}" if money < 0 else text
