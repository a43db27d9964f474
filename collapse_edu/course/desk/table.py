"""Tables of a lesson, as they are read: without row numbers."""

from collections.abc import Mapping, Sequence

import pandas as pd

__all__ = ["Table", "table_of"]


class Table:
    """A table without row numbers, as text and as HTML.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index is not shown.
    """

    def __init__(self, frame: pd.DataFrame):
        self.frame = frame

    def __repr__(self):
        return self.frame.to_string(index=False)

    def _repr_html_(self):
        return self.frame.to_html(index=False, border=0)


def table_of(
    rows: pd.DataFrame | Sequence[Mapping | Sequence], digits: int | None = None, columns: Sequence[str] | None = None
) -> Table:
    """Return rows as a table without row numbers.

    Parameters
    ----------
    rows : pandas.DataFrame or sequence of mappings or sequences
        Name of the column → value, for each row; or the values alone, with `columns`.
    digits : int, optional
        Decimal places to which numbers are rounded.
    columns : sequence of str, optional
        Names of the columns.

    Returns
    -------
    Table

    Examples
    --------
    >>> table_of([{"n": 10, "median": 0.5312}, {"n": 100, "median": 0.6}], digits=2)
      n  median
     10    0.53
    100    0.60
    """
    frame = pd.DataFrame(rows, columns=columns)
    return Table(frame if digits is None else frame.round(digits))
