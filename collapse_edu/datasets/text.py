"""Words of a text as types.

A text becomes tokens like this: it is lower-cased; a token is a run of letters and their accents, in any script, with
single apostrophes or hyphens inside it ("don't", "sperm-whale"); everything else (spaces, digits, punctuation) only
separates tokens.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from collapse_edu.datasets._files import read
from collapse_edu.source import FiniteData

__all__ = ["Text", "moby_dick", "read_text", "state_of_the_union"]

_INSIDE = "'’-"
_FEWEST_WORDS = 100


@dataclass(frozen=True, eq=False)
class Text:
    """A text as a sequence of word types.

    Attributes
    ----------
    name : str
    tokens : ndarray of int, shape (n,)
        The text, each word as the number of its type. Type 0 is the commonest word.
    vocabulary : tuple of str
        ``vocabulary[i]`` is the word of type i.

    Examples
    --------
    >>> text = Text.from_string("toy", "The whale, the WHALE, the sea!")
    >>> text.vocabulary, text.tokens
    (('the', 'whale', 'sea'), array([0, 1, 0, 1, 0, 2]))
    >>> Text.from_string("toy", "'Tis Mädchen--don't हिन्दी 42").vocabulary
    ("don't", 'mädchen', 'tis', 'हिन्दी')
    """

    name: str
    tokens: np.ndarray
    vocabulary: tuple

    @classmethod
    def from_string(cls, name, text):
        """Cut a string into words; types are ordered by count, then by the alphabet.

        Parameters
        ----------
        name : str
        text : str

        Returns
        -------
        Text
        """
        words, types, counts = np.unique(_words(text), return_inverse=True, return_counts=True)
        order = np.lexsort((words, -counts))
        rank = np.empty(len(order), dtype=int)
        rank[order] = np.arange(len(order))
        return cls(name, rank[types], tuple(str(word) for word in words[order]))

    @cached_property
    def counts(self):
        """How often each type occurs, shape (n_types,)."""
        return np.bincount(self.tokens, minlength=len(self.vocabulary))

    @property
    def source(self):
        """The words as real data, one word in each row, order forgotten."""
        return FiniteData(self.tokens[:, None])


def moby_dick():
    """Return the words of *Moby-Dick* (Herman Melville, 1851).

    It is a novel of its time and holds words that a classroom should be told of.

    Returns
    -------
    Text

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> text = moby_dick()
    >>> text.vocabulary[:3], len(text.tokens) > 200_000
    (('the', 'of', 'and'), True)
    """
    return Text.from_string("Moby-Dick", read("moby_dick.txt.gz").decode())


def state_of_the_union():
    """Return the words of the first nineteen annual addresses of US presidents (1790-1808).

    Returns
    -------
    Text

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> text = state_of_the_union()
    >>> len(text.tokens), "congress" in text.vocabulary
    (43265, True)
    """
    return Text.from_string("early presidents", read("state_of_the_union_1790_1808.txt.gz").decode())


def read_text(path):
    """Return the words of a text file of your own.

    Parameters
    ----------
    path : str or Path
        A UTF-8 text file with at least 100 words.

    Returns
    -------
    Text
        Named as the file.

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    ValueError
        If it is not UTF-8 text, is empty, or has fewer than 100 words.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "diary.txt")
    ...     _ = path.write_text("the whale and the sea " * 20, encoding="utf-8")
    ...     read_text(path).vocabulary
    ('the', 'and', 'sea', 'whale')
    """
    path = Path(path)
    raw = path.read_bytes()
    try:
        text = Text.from_string(path.name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} must be UTF-8 text; byte {error.start} is not (save it as UTF-8 in your editor, and try again)"
        ) from None
    if len(text.tokens) < _FEWEST_WORDS:
        raise ValueError(f"{path} must have at least {_FEWEST_WORDS} words; got {len(text.tokens)}")
    return text


def _words(text):
    text = unicodedata.normalize("NFC", text).lower()
    between = [c for c in set(text) if not (c.isalpha() or c in _INSIDE or unicodedata.category(c).startswith("M"))]
    text = re.sub(f"[{_INSIDE}]{{2,}}", " ", text.translate(dict.fromkeys(map(ord, between), " ")))
    return [word for word in (word.strip(_INSIDE) for word in text.split()) if word]
