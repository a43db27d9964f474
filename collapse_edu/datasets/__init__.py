"""Real data of the course, and your own: words of a text, images of digits.

The texts and MNIST come with the course (data/PROVENANCE.md says from where); the 8 × 8 digits come with scikit-learn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from collapse_edu.datasets._files import verify
from collapse_edu.datasets.images import Images, RecordedVAE, digits, load_images, mnist, recorded_vae
from collapse_edu.datasets.text import Passages, Text, mingle, moby_dick, read_text, state_of_the_union, words_of

__all__ = [
    "DATA_SETS",
    "DataSet",
    "Images",
    "Passages",
    "RecordedVAE",
    "Text",
    "digits",
    "load_images",
    "mingle",
    "mnist",
    "moby_dick",
    "read_text",
    "recorded_vae",
    "state_of_the_union",
    "verify",
    "words_of",
]


@dataclass(frozen=True)
class DataSet:
    """A set of real data that has a name.

    Attributes
    ----------
    kind : {"text", "images"}
    read : callable
        Returns the :class:`Text` (and takes ``marks``) or the :class:`Images`.
    about : str
        A few words for a list.
    """

    kind: Literal["text", "images"]
    read: Callable[..., Text | Images]
    about: str


# Every data set of the course by its name, once: the command and its help go through these.
DATA_SETS: Final = {
    "moby-dick": DataSet("text", moby_dick, "a novel (Herman Melville, 1851)"),
    "presidents": DataSet("text", state_of_the_union, "early addresses of US presidents (1790-1808)"),
    "digits": DataSet("images", digits, "1,797 handwritten digits of 8 x 8 pixels"),
    "mnist": DataSet("images", mnist, "10,000 handwritten digits of 28 x 28 pixels (seconds for each generation)"),
}
