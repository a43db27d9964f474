"""A figure that says what it shows, in the look of the course."""

import base64
from html import escape
from io import BytesIO

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

__all__ = [
    "BAND",
    "COLOURS",
    "INK",
    "PREDICTION",
    "REAL",
    "STYLE",
    "Picture",
    "img",
    "in_style",
    "label_ends",
    "pushed_apart",
    "regime_look",
    "tiles",
]

INK = "#222222"
REAL = "#9a9a9a"
PREDICTION = "#AA3377"
# One colour and one dash for each regime, everywhere. The hues follow Okabe and Ito, safe for colour-blind readers,
# darkened until text in them has a contrast of 4.5 on white.
COLOURS = {
    "replace": ("#C04A00", "-"),
    "accumulate": ("#0072B2", (0, (6, 2))),
    "subsample": ("#2A7F9F", (0, (3, 1, 1, 1))),
    "anchor": ("#00795A", (0, (8, 2, 2, 2))),
    "preserve": ("#7B57A6", (0, (4, 2))),
    "mix": ("#8A6500", (0, (2, 1))),
    "contaminated": ("#7A3B2E", (0, (4, 1, 1, 1))),
    "weighted": ("#4F6D00", (0, (5, 1, 1, 1, 1, 1))),
}
BAND = 0.18
STYLE = {
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


in_style = rc_context(STYLE)  # decorates every function that draws


class Picture(Figure):
    """A matplotlib figure with a sentence that tells its content.

    A notebook shows the picture with the sentence below; a screen reader reads the sentence.

    Attributes
    ----------
    description : str
        One or two plain sentences, with rounded numbers.
    """

    def __init__(self, width=9.0, height=4.0, **kwargs):
        super().__init__(figsize=(width, height), **kwargs)
        FigureCanvasAgg(self)
        self.description = ""

    def axes_row(self, n=1, **kwargs):
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
    def _repr_mimebundle_(self, include=None, exclude=None):
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return {"text/plain": self.description, "text/html": img(buffer.getvalue(), self.description)}


def img(png, description):
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
        f'<img alt="{text}" src="data:image/png;base64,{data}" style="max-width:100%">'
        f'<p aria-hidden="true" style="margin:0.3em 0">{text}</p>'
    )


def regime_look(regime):
    """Return the look of a regime, the same in all pictures.

    Parameters
    ----------
    regime : str
        Its label; ``mix(0.1)`` and ``mix(0.5)`` look alike. A learner's own regime is drawn in ink.

    Returns
    -------
    dict
        ``color`` and ``linestyle``, for ``plot``.

    Examples
    --------
    >>> regime_look("replace")
    {'color': '#C04A00', 'linestyle': '-'}
    """
    colour, dash = COLOURS.get(regime.partition("(")[0], (INK, (0, (1, 1))))
    return {"color": colour, "linestyle": dash}


def label_ends(ax, labels, *, gap=0.07, **kwargs):
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


def pushed_apart(heights, gap=0.07):
    """Return heights, as shares of the axes, moved up where two would be closer than a gap.

    Parameters
    ----------
    heights : list of float
    gap : float

    Returns
    -------
    list of float
        In the order that they came in.

    Examples
    --------
    >>> pushed_apart([0.5, 0.1, 0.49], gap=0.1)
    [0.59, 0.1, 0.49]
    """
    low, moved = -1.0, list(heights)
    for index in sorted(range(len(heights)), key=heights.__getitem__):
        moved[index] = low = max(min(max(heights[index], 0.02), 0.98), low + gap)
    return moved


def tiles(images, shape, *, gap=1):
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
        Empty places hold 0.

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
    (height, width), n = shape, len(images)
    columns = int(np.ceil(np.sqrt(n)))
    board = np.zeros((-(-n // columns) * columns, height + gap, width + gap))
    board[:n, :height, :width] = np.reshape(images, (n, height, width))
    board = board.reshape(-1, columns, height + gap, width + gap)
    return board.transpose(0, 2, 1, 3).reshape(-1, columns * (width + gap))
