"""Maps of what is kept: one cell for each setting, and a frame around the cells that keep enough."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import number
from collapse_edu.plots.picture import INK, PREDICTION, Picture, in_style

__all__ = ["SHADES", "bare", "keeps", "outline", "percent", "plot_map", "shown"]

SHADES = LinearSegmentedColormap.from_list("kept", ["#ffffff", "#a9b8c6"])  # ink can be read on all of them


@in_style
def plot_map(kept: pd.DataFrame, enough: float, *, title: str) -> Picture:
    """Draw which share is kept in each cell of a table, with a frame around the cells that keep enough.

    Parameters
    ----------
    kept : DataFrame
        Share that is kept, 0 or more; one row and one column of the map for each of its own. Column names break after a
        colon.
    enough : float
        Between 0 and 1: cells that keep at least this share are framed and bold.
    title : str
        The message of the picture.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        If a share is missing or below 0, or ``enough`` is no number between 0 and 1.

    Examples
    --------
    >>> import pandas as pd
    >>> kept = pd.DataFrame({"numbers": [0.7, 0.98], "words": [0.3, 0.9]}, index=["replace", "anchor"])
    >>> plot_map(kept, 0.8, title="Anchor keeps both").description
    'Kept, numbers and words: replace 70 % and 30 %; anchor 98 % and 90 %. At least 80 % in all columns: anchor.'
    """
    import seaborn  # takes a second to import: only for those who draw

    shares = kept.to_numpy(dtype=float)
    if not np.all(shares >= 0):
        raise ValueError(f"kept must contain shares of 0 or more; got {np.nanmin(shares) if shares.size else 'none'}")
    enough = number("enough", enough, 0, 1)
    n_rows, n_columns = shares.shape
    picture = Picture(width=2.6 + 1.75 * n_columns, height=1.7 + 0.46 * n_rows)
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.2, "right": 0.98, "top": 0.77, "bottom": 0.11})
    words = [[shown(share, enough) for share in row] for row in shares]
    columns = [str(name).replace(": ", ":\n") for name in kept.columns]
    seaborn.heatmap(
        np.clip(shares, 0, 1), vmin=0, vmax=1, cmap=SHADES, cbar=False, annot=np.array(words, dtype=object), fmt="",
        annot_kws={"color": INK}, linewidths=2, linecolor="white", xticklabels=columns, yticklabels=kept.index, ax=ax,
    )  # fmt: skip
    for text, share in zip(ax.texts, shares.flat, strict=True):
        text.set_weight("bold" if keeps(share, enough) else "normal")
    x, y = outline(keeps(shares, enough)) + 0.5  # the map's cells begin at 0
    for colour, width in (("white", 6), (PREDICTION, 3)):
        ax.plot(x, y, color=colour, lw=width, solid_capstyle="projecting", clip_on=False)
    ax.xaxis.tick_top()
    ax.tick_params(length=0, labelsize=11, labelrotation=0)
    picture.text(0.02, 0.95, title, weight="bold", fontsize=12, va="center")
    picture.text(0.2, 0.045, f"framed and bold: at least {percent(enough)} is kept", color=PREDICTION, fontsize=10)
    picture.description = _said(kept, enough)
    return picture


def _said(kept, enough):
    rows = [f"{name} {_listed([shown(share, enough) for share in shares])}" for name, *shares in kept.itertuples()]
    whole = [str(name) for name, *shares in kept.itertuples() if keeps(min(shares), enough)]
    return (
        f"Kept, {_listed(list(map(str, kept.columns)))}: {'; '.join(rows)}. "
        f"At least {percent(enough)} in all columns: {', '.join(whole) or 'none'}."
    )


def keeps(share: ArrayLike, enough: float) -> NDArray[np.bool_]:
    """Return whether a share is enough.

    Parameters
    ----------
    share : float or array
    enough : float

    Returns
    -------
    bool or ndarray of bool

    Examples
    --------
    >>> keeps([0.9497, 0.952], 0.95)
    array([False,  True])
    """
    return np.asarray(share) >= enough


def shown(share: float, enough: float) -> str:
    """Return a share in words: in whole per cent, or with as many digits as tell it from what is enough.

    Parameters
    ----------
    share, enough : float

    Returns
    -------
    str

    Examples
    --------
    >>> [shown(share, 0.95) for share in (0.9497, 0.947, 0.943)]
    ['94.97 %', '94.7 %', '94 %']
    """
    digits = next((d for d in range(4) if keeps(round(share, d + 2), enough) == keeps(share, enough)), 4)
    return f"{100 * share:.{digits}f} %"


def _listed(words):
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def percent(share: float) -> str:
    """Return a share in whole per cent."""
    return f"{100 * share:.0f} %"


def bare(ax: Axes, n_rows: int, n_columns: int) -> None:
    """Take the axes' own lines away, and draw thin ones between cells."""
    ax.grid(False)
    ax.spines[:].set_visible(False)
    for at in np.arange(1, n_columns) - 0.5:
        ax.axvline(at, color="white", lw=2)
    for at in np.arange(1, n_rows) - 0.5:
        ax.axhline(at, color="white", lw=2)


def outline(inside: ArrayLike) -> NDArray[np.float64]:
    """Return the outline of the cells of a grid that are inside, as one broken line.

    Parameters
    ----------
    inside : array of bool, shape (rows, columns)
        The centre of a cell is at (column, row); each is 1 wide and high.

    Returns
    -------
    x, y : ndarray
        Two ends of each edge, then NaN.

    Examples
    --------
    >>> x, y = outline(np.array([[True, False]]))
    >>> x[:3], y[:3], len(x)
    (array([-0.5,  0.5,  nan]), array([-0.5, -0.5,  nan]), 12)
    """
    padded = np.pad(np.asarray(inside, dtype=bool), 1)
    edges = []
    for row, column in np.argwhere(padded):
        x, y = column - 1, row - 1
        for down, right, ends in (
            (-1, 0, ((x - 0.5, y - 0.5), (x + 0.5, y - 0.5))),
            (1, 0, ((x - 0.5, y + 0.5), (x + 0.5, y + 0.5))),
            (0, -1, ((x - 0.5, y - 0.5), (x - 0.5, y + 0.5))),
            (0, 1, ((x + 0.5, y - 0.5), (x + 0.5, y + 0.5))),
        ):
            if not padded[row + down, column + right]:
                edges += [*ends, (np.nan, np.nan)]
    return np.array(edges, dtype=float).reshape(-1, 2).T
