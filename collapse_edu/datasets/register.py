"""The data sets that come with the course, one line for each: what loads it, what it contains, what it is in words.

Whoever offers data by name (the command, an explorer, a page) reads this table.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from collapse_edu.datasets.images import digits, mnist
from collapse_edu.datasets.text import moby_dick, state_of_the_union

__all__ = ["DATA_SETS", "DataSet"]

Kind = Literal["words", "images"]


class DataSet(NamedTuple):
    """A data set that comes with the course.

    Attributes
    ----------
    kind : {"words", "images"}
    load : callable
        Without arguments it returns a :class:`~collapse_edu.datasets.Text` or
        :class:`~collapse_edu.datasets.Images`.
    title : str
        How a figure or a menu calls it: the ``name`` of what ``load`` returns.
    words : str
        What it is, for a help text.

    Examples
    --------
    >>> DATA_SETS["digits"].load().rows.shape
    (1797, 64)
    """

    kind: Kind
    load: Callable[..., Any]
    title: str
    words: str


# Name (as the command takes it) → data set.
DATA_SETS: Final = {
    "moby-dick": DataSet("words", moby_dick, "Moby-Dick", "a novel of 1851"),
    "presidents": DataSet("words", state_of_the_union, "early presidents", "the early addresses of US presidents"),
    "digits": DataSet("images", digits, "digits 8 × 8", "1,797 handwritten digits of 8 x 8 pixels"),
    "mnist": DataSet(
        "images", mnist, "MNIST", "10,000 handwritten digits of 28 x 28 pixels (takes seconds for each generation)"
    ),
}
