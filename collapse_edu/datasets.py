"""Real data of the course, and your own: words of a text, images of digits.

A text becomes tokens like this: it is lower-cased; a token is a run of letters and their accents, in any script, with
single apostrophes or hyphens inside it ("don't", "sperm-whale"); everything else (spaces, digits, punctuation) only
separates tokens.

The texts and MNIST come with the course (data/PROVENANCE.md says from where); the 8 × 8 digits come with scikit-learn.
"""

import gzip
import hashlib
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np

from collapse_edu.source import FiniteData

__all__ = ["Images", "Text", "digits", "mnist", "moby_dick", "read_text", "state_of_the_union", "verify"]

_INSIDE = "'’-"
_FEWEST_WORDS = 100
# SHA-256 of the content; data/PROVENANCE.md says where each file comes from.
_HASHES = {
    "moby_dick.txt.gz": "df023a844ba1cde6ddeb24d466e9791d03a379a1e900425d4aaa22792564b824",
    "state_of_the_union_1790_1808.txt.gz": "dd8ab784b3a7ae9139a81ef278781b99b0d149abea5503516061b65a11ffcdbe",
    "mnist_10k.npz": "01a649acf97bc53c9bbc1a378d3087f5a8f67ccf25746dab384bcbe11feed658",
}


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


@dataclass(frozen=True, eq=False)
class Images:
    """Grey images as flat rows.

    Attributes
    ----------
    name : str
    rows : ndarray of float, shape (n, height · width)
        Pixels from 0 (background) to 1 (ink).
    labels : ndarray of int, shape (n,)
    shape : tuple of int
        (height, width).

    Examples
    --------
    >>> images = digits()
    >>> images.source.n, len(images.source.reserve)
    (898, 899)
    """

    name: str
    rows: np.ndarray
    labels: np.ndarray
    shape: tuple

    @property
    def source(self):
        """The first half of the images as real data, the rest as reserve."""
        half = len(self.rows) // 2
        return FiniteData(self.rows[:half], self.rows[half:])


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
    return Text.from_string("Moby-Dick", _read("moby_dick.txt.gz").decode())


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
    return Text.from_string("early presidents", _read("state_of_the_union_1790_1808.txt.gz").decode())


def digits():
    """Return 1,797 handwritten digits of 8 × 8 pixels, which come with scikit-learn.

    Returns
    -------
    Images
        In one fixed random order: the file is ordered by writer.

    Examples
    --------
    >>> digits().rows.shape, digits().shape
    ((1797, 64), (8, 8))
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.data))  # the file is ordered by writer
    return Images("digits 8 × 8", bunch.data[order] / 16, bunch.target[order], (8, 8))


def mnist():
    """Return 10,000 handwritten digits of 28 × 28 pixels (LeCun, Cortes and Burges; CC BY-SA 3.0).

    Returns
    -------
    Images

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> mnist().rows.shape
    (10000, 784)
    """
    with np.load(_checked("mnist_10k.npz")) as file:
        images, labels = file["images"], file["labels"]
    return Images("MNIST", images.reshape(len(images), -1) / np.float32(255), labels.astype(int), images.shape[1:])


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


def verify():
    """Say for each data file that comes with the course whether it is unharmed.

    Yields
    ------
    tuple
        (name, True or False).

    Examples
    --------
    >>> all(ok for _, ok in verify())
    True
    """
    for name in _HASHES:
        try:
            _checked(name)
        except (OSError, ValueError):
            yield name, False
        else:
            yield name, True


def _words(text):
    text = unicodedata.normalize("NFC", text).lower()
    between = [c for c in set(text) if not (c.isalpha() or c in _INSIDE or unicodedata.category(c).startswith("M"))]
    text = re.sub(f"[{_INSIDE}]{{2,}}", " ", text.translate(dict.fromkeys(map(ord, between), " ")))
    return [word for word in (word.strip(_INSIDE) for word in text.split()) if word]


def _checked(name):
    """Return the path of a data file whose content is what it should be."""
    path = Path(str(files("collapse_edu").joinpath("data", name)))
    try:
        intact = hashlib.sha256(_content(path)).hexdigest() == _HASHES[name]
    except (gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, EOFError, KeyError, ValueError):
        intact = False
    if not intact:
        raise ValueError(f"{path.name} is damaged: its content has changed. Install the course again.")
    return path


def _content(path):
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            return file.read()
    with np.load(path) as file:
        return file["images"].tobytes()


def _read(name):
    return _content(_checked(name))
