"""A board of verdicts: what many definitions say about many runs."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from collapse_edu.plots.picture import INK, Picture, in_style

__all__ = ["plot_verdicts"]

# Word, fill, colour of the word: the word says it, the fill only repeats it.
_CELLS = {True: ("yes", "#1F3A93", "white"), False: ("not shown", "#EDEDED", INK), None: ("–", "white", "#5f5f5f")}
_GAP = 0.3  # between rows of one name and of the next, in heights of a row
_SAID = {True: "yes", False: "not shown", None: "not measured"}
_HEADS = {
    "catastrophic_increase": "1 catas-\ntrophe",
    "any_increase": "2 any\nincrease",
    "diverging_risk": "3 still\ngrowing",
    "changed_scaling_law": "4 scaling\nlaw",
    "collapsing_variance": "5 variance\nto 0",
    "entangled_modes": "6 modes\nmerge",
    "vanishing_tail": "7 tail\nlost",
    "hallucinated_data": "8 things\ninvented",
}


@in_style
def plot_verdicts(verdicts: pd.DataFrame, *, title: str) -> Picture:
    """Draw a table of verdicts: a row for each run, a column for each definition of collapse.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        True, False (not shown) or None (not measured). The index says what was run, such as "M3, replace": rows that
        are alike up to the last comma stand together. Columns are names of
        :data:`collapse_edu.measures.definitions.DEFINITIONS`, numbered by the picture in the order of the paper.
    title : str
        The message of the picture.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a column is no such name, or there are no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"any_increase": [True], "diverging_risk": [None]}, ["words, replace"], dtype=object)
    >>> plot_verdicts(table, title="Two answers").description
    'Words, replace: yes 2; not measured 3.'
    """
    _require_verdicts(verdicts)
    tops = _tops(verdicts.index)
    height = tops[-1] + 1
    picture = Picture(width=9.2, height=1.15 + 0.36 * height)
    top = 1 - 0.95 / picture.get_figheight()
    (ax,) = picture.axes_row(1, gridspec_kw={"left": 0.245, "right": 0.995, "top": top, "bottom": 0.02})
    ax.set(xlim=(0, len(verdicts.columns)), ylim=(height, 0))
    ax.axis("off")
    for column, name in enumerate(verdicts.columns):
        ax.text(column + 0.5, -0.15, _HEADS[name], ha="center", va="bottom", fontsize=10.5)
        for row, verdict in zip(tops, verdicts[name], strict=True):
            _draw_cell(ax, column, row, verdict)
    for row, label in zip(tops, verdicts.index, strict=True):
        ax.text(-0.08, row + 0.5, label, ha="right", va="center", fontsize=11)
    picture.text(0.995, 0.985, "– not measured", ha="right", va="top", fontsize=10.5, color=_CELLS[None][2])
    picture.suptitle(title, x=0.01, y=0.99, va="top", ha="left", fontsize=12, fontweight="bold")
    picture.description = " ".join(_row(label, verdicts.loc[label]) for label in verdicts.index)
    return picture


def _require_verdicts(verdicts):
    """Say in one line why this is no table of verdicts."""
    unknown = [name for name in verdicts.columns if name not in _HEADS]
    if unknown or not len(verdicts):
        came = unknown[0] if unknown else "no rows"
        raise ValueError(f"verdicts must have rows, and columns of {', '.join(_HEADS)}; got {came}")


def _tops(labels):
    """Return where the rows begin, in heights of a row; rows of one name stand together."""
    names = [str(label).rpartition(", ")[0] or label for label in labels]
    return np.arange(len(names)) + _GAP * np.cumsum([False, *(a != b for a, b in pairwise(names))])


def _draw_cell(ax, column, row, verdict):
    """Draw one verdict; a yes is larger and bold."""
    word, fill, ink = _CELLS[verdict]
    ax.add_patch(Rectangle((column + 0.04, row + 0.06), 0.92, 0.88, facecolor=fill, edgecolor="#bdbdbd", lw=0.6))
    look = {"color": ink, "fontsize": 11 if verdict else 10, "fontweight": "bold" if verdict else "normal"}
    ax.text(column + 0.5, row + 0.5, word, ha="center", va="center", **look)


def _row(label, verdicts):
    """Return one sentence: the numbers of the definitions by what they say."""
    parts = []
    for verdict, said in _SAID.items():
        numbers = [_HEADS[name].partition(" ")[0] for name, value in verdicts.items() if value == verdict]
        if numbers:
            parts.append(f"{said} {', '.join(numbers)}")
    return f"{label[:1].upper()}{label[1:]}: {'; '.join(parts)}."
