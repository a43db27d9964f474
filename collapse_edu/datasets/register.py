"""The data sets that come with the course, one line for each: what it contains, what reads it, what it is in words.

Whoever offers data by name (the command, an explorer, a page) reads this table.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from collapse_edu.datasets.images import Images, digits, mnist
from collapse_edu.datasets.text import Text, moby_dick, state_of_the_union

__all__ = ["DATA_SETS", "DataSet"]


class DataSet(NamedTuple):
    """A set of real data that has a name.

    Attributes
    ----------
    kind : {"text", "images"}
    read : callable
        Returns the :class:`~collapse_edu.datasets.Text` (and takes ``marks``) or the
        :class:`~collapse_edu.datasets.Images`.
    about : str
        A few words for a list.

    Examples
    --------
    >>> DATA_SETS["digits"].read().rows.shape
    (1797, 64)
    """

    kind: Literal["text", "images"]
    read: Callable[..., Text | Images]
    about: str


# Name, as the command takes it → data set.
DATA_SETS: Final = {
    "moby-dick": DataSet("text", moby_dick, "a novel (Herman Melville, 1851)"),
    "presidents": DataSet("text", state_of_the_union, "early addresses of US presidents (1790-1808)"),
    "digits": DataSet("images", digits, "1,797 handwritten digits of 8 x 8 pixels"),
    "mnist": DataSet("images", mnist, "10,000 handwritten digits of 28 x 28 pixels (seconds for each generation)"),
}
