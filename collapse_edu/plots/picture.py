"""A figure that says what it shows, in the look of the course."""

import base64
from collections.abc import Sequence
from html import escape
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.typing import ArrayLike, NDArray

from collapse_edu.loop.composition import Dash
from collapse_edu.loop.regimes import REGISTER

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType  # newer than the oldest matplotlib that the package runs with

__all__ = [
    "BAND",
    "COLOURS",
    "INK",
    "PREDICTION",
    "REAL",
    "STYLE",
    "End",
    "Picture",
    "draw_chains",
    "img",
    "in_style",
    "label_ends",
    "milestones",
    "pushed_apart",
    "regime_look",
    "say_what_bands_are",
    "tiles",
]

INK = "#222222"
REAL = "#9a9a9a"
PREDICTION = "#AA3377"
# One colour and one dash for each regime, everywhere: the register has them. The hues follow Okabe and Ito, safe for
# colour-blind readers, darkened until text in them has a contrast of 4.5 on white.
COLOURS: Final[dict[str, tuple[str, Dash]]] = {regime.family: (regime.colour, regime.dash) for regime in REGISTER}
BAND = 0.18
STYLE: "dict[RcKeyType, str | float | bool]" = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "lines.linewidth": 2,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "legend.frameon": False,
    "legend.fontsize": 10,
}

End = tuple[float, float, str, str]  # of a line: x, y, its name, its colour
# Heights that touch: place of the lowest, weight (what is fixed has all of it), members from the lowest to the highest.
_Group = tuple[float, float, list[int]]

in_style = rc_context(STYLE)  # decorates every function that draws


class Picture(Figure):
    """A matplotlib figure with a sentence that tells its content.

    A notebook shows the picture with the sentence below; a screen reader reads the sentence.

    Attributes
    ----------
    description : str
        One or two plain sentences, with rounded numbers.
    """

    canvas: FigureCanvasAgg

    def __init__(self, width: float = 9.0, height: float = 4.0, **kwargs: Any) -> None:
        super().__init__(figsize=(width, height), **kwargs)
        FigureCanvasAgg(self)
        self.description = ""

    def axes_row(self, n: int = 1, **kwargs: Any) -> NDArray:
        """Return n axes side by side.

        Parameters
        ----------
        n : int
        **kwargs
            For :meth:`matplotlib.figure.Figure.subplots`.

        Returns
        -------
        ndarray of matplotlib axes, shape (n,)
        """
        axes = self.subplots(1, n, squeeze=False, **kwargs)[0]
        for ax in axes:
            ax.set_axisbelow(True)
        return axes

    @in_style
    def png(self) -> bytes:
        """Return the picture as a PNG file holds it."""
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()

    @in_style
    def svg(self) -> bytes:
        """Return the picture as an SVG file holds it: sharp in print, the same bytes each time."""
        buffer = BytesIO()
        with rc_context({"svg.hashsalt": "collapse-edu"}):
            self.savefig(buffer, format="svg", metadata={"Date": None})
        return buffer.getvalue()

    def to_read(self, name: str) -> str:
        """Return HTML for a picture that is to be read: its content in words stands behind a closed summary.

        Parameters
        ----------
        name : str
            What the alternative text calls it.

        Returns
        -------
        str
        """
        data = base64.b64encode(self.png()).decode()
        return (
            f'<img alt="{escape(name)}; “picture in words” below says what it shows" '
            f'class="ce-picture" src="data:image/png;base64,{data}" style="max-width:100%">'
            f"<details><summary>picture in words</summary><p>{escape(self.description)}</p></details>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.description, "text/html": img(self.png(), self.description)}


def img(png: bytes, description: str) -> str:
    """Return HTML for a picture, with the sentence below it.

    Parameters
    ----------
    png : bytes
    description : str
        Also the alternative text; what is shown below is hidden from screen readers, which would read it twice.

    Returns
    -------
    str
    """
    data, text = base64.b64encode(png).decode(), escape(description)
    return (
        f'<img alt="{text}" class="ce-picture" src="data:image/png;base64,{data}" style="max-width:100%">'
        f'<p aria-hidden="true" style="margin:0.3em 0">{text}</p>'
    )


def regime_look(regime: str) -> dict[str, Any]:
    """Return the look of a regime, the same in all pictures.

    Parameters
    ----------
    regime : str
        Its label; ``mix(0.1)`` and ``mix(0.5)`` look alike. Your own regime is drawn in ink.

    Returns
    -------
    dict
        ``color`` and ``linestyle``, for ``plot``.

    Examples
    --------
    >>> regime_look("replace")
    {'color': '#C04A00', 'linestyle': '-'}
    """
    colour, dash = COLOURS.get(regime.partition("(")[0].strip(), (INK, (0, (1, 1))))
    return {"color": colour, "linestyle": dash}


def draw_chains(ax: Axes, t: ArrayLike, values: ArrayLike, *, share: float = 1.0, **look: Any) -> None:
    """Draw the median over chains, and the band that contains a share of them.

    Parameters
    ----------
    ax : matplotlib axes
    t : array, shape (generations,)
    values : array, shape (generations, chains)
        NaN where a chain did not get so far; what is infinite is drawn at the largest or least finite value.
    share : float
        From 0 to 1; as much is cut off below as above.
    **look
        As ``plot`` takes it.
    """
    import seaborn  # takes a second to import: only for those who draw

    numbers = np.asarray(values, dtype=float)
    if np.isinf(numbers).any() and (finite := numbers[np.isfinite(numbers)]).size:
        # Seaborn leaves infinite values out, and the median would be that of the others.
        numbers = np.nan_to_num(numbers, nan=np.nan, posinf=finite.max(), neginf=finite.min())
    seaborn.lineplot(
        x=np.repeat(t, numbers.shape[1]), y=numbers.ravel(), estimator="median", errorbar=("pi", 100 * share), ax=ax,
        err_kws={"alpha": BAND, "lw": 0}, **look,
    )  # fmt: skip


def label_ends(ax: Axes, labels: Sequence[End], *, gap: float = 0.07, **kwargs: Any) -> list[Annotation]:
    """Write names at the right ends of lines, pushed apart where they would overlap.

    Parameters
    ----------
    ax : matplotlib axes
        With its limits set.
    labels : list of (x, y, text, colour)
    gap : float
        Least distance of two labels, as a share of the height of the axes.
    **kwargs
        For each text.

    Returns
    -------
    list of matplotlib texts
    """
    to_axes = ax.transData + ax.transAxes.inverted()
    places = [to_axes.transform((x, y)) for x, y, _, _ in labels]
    texts = []
    for (ax_x, ax_y), height, (x, y, text, colour) in zip(
        places, pushed_apart([height for _, height in places], gap), labels, strict=True
    ):
        moved = abs(height - ax_y) > gap / 3  # then a thin line leads from the curve to its name
        leader = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
        texts.append(
            ax.annotate(
                text, (x, y), (ax_x + 0.03 + 0.02 * moved, height), textcoords="axes fraction", va="center",
                color=colour, fontsize=10, annotation_clip=False, arrowprops=leader if moved else None, **kwargs,
            )
        )  # fmt: skip
    return texts


def pushed_apart(heights: Sequence[float], gap: float = 0.07, fixed: Sequence[float] = ()) -> list[float]:
    """Return heights, as shares of the axes, moved as little as can be, so that all are a gap apart, in their order.

    Parameters
    ----------
    heights : list of float
    gap : float
    fixed : list of float
        Heights that are taken and cannot move.

    Returns
    -------
    list of float
        In the order that they came in.

    Examples
    --------
    >>> [round(height, 3) for height in pushed_apart([0.5, 0.1, 0.49], gap=0.1)]
    [0.545, 0.1, 0.445]
    >>> [round(height, 3) for height in pushed_apart([0.5, 0.1], gap=0.1, fixed=[0.49])]
    [0.59, 0.1]
    """
    free = [_out_of_the_way(height, fixed, 2 * gap) for height in heights]
    wanted = [min(max(height, 0.02), 0.98) for height in free] + list(fixed)
    order = sorted(range(len(wanted)), key=[*free, *fixed].__getitem__)
    groups: list[_Group] = []
    for index in order:
        groups.append((wanted[index], 1 if index < len(heights) else 1e9, [index]))
        while len(groups) > 1 and groups[-1][0] < groups[-2][0] + gap * len(groups[-2][2]):
            upper = groups.pop()
            groups[-1] = _joined(groups[-1], upper, gap)
    moved = {index: low + gap * rank for low, _, members in groups for rank, index in enumerate(members)}
    return [moved[index] for index in range(len(heights))]


def _joined(lower, upper, gap):
    """Return two groups that touch as one, moved as little as can be."""
    (low, weight, members), (above, more, others) = lower, upper
    mean = (weight * low + more * (above - gap * len(members))) / (weight + more)
    members = members + others
    if weight + more < 1e9:
        mean = max(min(mean, 0.98 - gap * (len(members) - 1)), 0.02)
    return mean, weight + more, members


def _out_of_the_way(height, fixed, room):
    """Return a height that does not lie between two fixed ones with too little room between them."""
    below = sorted((place for place in fixed if place <= height), reverse=True)
    above = sorted(place for place in fixed if place > height)
    if not below or not above or above[0] - below[0] >= room:
        return height
    low, high = _end_of_row(below, room), _end_of_row(above, room)
    return low - 1e-6 if height - low < high - height else high + 1e-6


def _end_of_row(places, room):
    """Return the first place that has room between it and the next one."""
    return next((place for place, following in pairwise(places) if abs(following - place) >= room), places[-1])


def milestones(first: int, last: int, most: int = 6) -> NDArray[np.int_]:
    """Return up to so many whole numbers from first to last, evenly apart, with both ends: what a few words tell.

    Parameters
    ----------
    first, last : int
    most : int
        At least 2.

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> milestones(1, 50), milestones(0, 2)
    (array([ 1, 11, 21, 30, 40, 50]), array([0, 1, 2]))
    """
    return np.unique(np.linspace(first, last, most).round().astype(int))


def say_what_bands_are(picture: Picture, chains: Sequence[int]) -> None:
    """Write below the right end what lines and bands show, if there is more than one chain.

    Parameters
    ----------
    picture : Picture
    chains : list of int
        How many chains each group has.
    """
    several = {many for many in chains if many > 1}
    if several:
        all_chains = f"all {several.pop():,} chains" if len(several) == 1 else "all chains"
        picture.supxlabel(f"line: median, band: {all_chains}", x=0.99, ha="right", fontsize=10, color="#5f5f5f")


def tiles(images: ArrayLike, shape: tuple[int, int], *, gap: int = 1) -> NDArray[np.float64]:
    """Return images side by side as one picture, as square as can be.

    Parameters
    ----------
    images : array, shape (n, height · width)
    shape : tuple of int
        (height, width).
    gap : int
        Empty pixels between two images.

    Returns
    -------
    ndarray, shape (rows · (height + gap), columns · (width + gap))
        Empty places contain 0.

    Examples
    --------
    >>> tiles(np.ones((3, 4)), (2, 2)).astype(int)
    array([[1, 1, 0, 1, 1, 0],
           [1, 1, 0, 1, 1, 0],
           [0, 0, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0]])
    """
    images = np.asarray(images)
    (height, width), n = shape, len(images)
    columns = int(np.ceil(np.sqrt(n)))
    board = np.zeros((-(-n // columns) * columns, height + gap, width + gap))
    board[:n, :height, :width] = np.reshape(images, (n, height, width))
    rows = board.reshape(-1, columns, height + gap, width + gap)
    return rows.transpose(0, 2, 1, 3).reshape(-1, columns * (width + gap))
