"""Words of a text as types, and passages of it. What a word is, :mod:`collapse_edu.datasets.words` says.

A *passage* is a window of consecutive tokens, and one row of a model's training set.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu.checks import integer, number
from collapse_edu.datasets._files import read
from collapse_edu.datasets.words import MARKS, caution, line_of, words_of
from collapse_edu.loop.source import FiniteData

__all__ = [
    "Passages",
    "RecordedText",
    "Text",
    "masked",
    "mingle",
    "moby_dick",
    "read_text",
    "recorded_text",
    "state_of_the_union",
]

_FEWEST_WORDS = 100

# Not shown to a class: names for peoples and for women that demean, and words that read as such today. It contains what
# the texts of the course have, and what a learner's own novel of that century is likely to have. Words with a common
# innocent meaning there ("savage", "queer", "gay", "pagan", "prick") are not masked.
_UNFIT = re.compile(
    r"(?<![^\W_])(bitch|chinam[ae]n|coolie|coon|darky|darkie|fagg?ot|half-breed|harlot|hottentot|injun|kaffir|mulatto|"
    r"nigger|negro|negress|papoose|redskin|savages|slut|squaw|strumpet|whore)(e?s)?(?![^\W_])",
    re.IGNORECASE,
)
_MASK = "▇▇▇"


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
    remarks : tuple of str
        What a reader of a text of their own should know of it: what was skipped, what counts as a word.

    Examples
    --------
    >>> text = Text.from_string("toy", "The whale, the WHALE, the sea!")
    >>> text.vocabulary, text.tokens
    (('the', 'whale', 'sea'), array([0, 1, 0, 1, 0, 2]))
    >>> Text.from_string("toy", "'Tis Mädchen--don't हिन्दी 42").vocabulary
    ("don't", 'mädchen', 'tis', 'हिन्दी')
    """

    name: str
    tokens: NDArray[np.int64]
    vocabulary: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @classmethod
    def from_string(cls, name: str, text: str, marks: bool = False) -> "Text":
        """Cut a string into words; types are ordered by count, then by the alphabet.

        Parameters
        ----------
        name : str
        text : str
        marks : bool
            Whether the marks . , ; : ! ? are tokens too.

        Returns
        -------
        Text
        """
        words = words_of(text, marks)
        counts = Counter(words)
        vocabulary = sorted(counts, key=lambda word: (-counts[word], word))
        number_of = {word: i for i, word in enumerate(vocabulary)}
        return cls(name, np.array([number_of[word] for word in words], dtype=np.int64), tuple(vocabulary))

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often each type occurs, shape (n_types,)."""
        return np.bincount(self.tokens, minlength=len(self.vocabulary))

    @cached_property
    def display(self) -> tuple[str, ...]:
        """How each type is shown to a class: words unfit for it are masked."""
        return _shown(self.vocabulary)

    @property
    def source(self) -> FiniteData:
        """The words as real data, one word in each row, order forgotten."""
        return FiniteData(self.tokens[:, None])

    def passages(self, length: int = 64, held_out: float = 0.1, reserve: float = 0.0) -> "Passages":
        """Cut the text into passages of equal length, and put some aside.

        Passages do not overlap; an incomplete last one is dropped. Which are put aside is one fixed random choice.

        Parameters
        ----------
        length : int
            Tokens of a passage, at least 1.
        held_out : float
            Share of the passages for scoring, in [0, 1); no model sees them.
        reserve : float
            Share of the passages that a chain may draw as fresh real data, in [0, 1).

        Returns
        -------
        Passages

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range, or the text is too short for a passage in each part asked for.

        Examples
        --------
        >>> passages = moby_dick(marks=True).passages(held_out=0.1, reserve=0.2)
        >>> passages.real.shape, passages.held_out.shape, passages.reserve.shape
        ((2650, 64), (379, 64), (757, 64))
        >>> passages.read(passages.real[0])[:50]
        'i find myself growing grim about the mouth; whenev'
        """
        windows = _windows(self.tokens, integer("length", length, 1))
        order, parts = np.random.default_rng(0).permutation(len(windows)), []
        for size in _sizes(len(windows), held_out, reserve):
            parts.append(windows[np.sort(order[:size])])
            order = order[size:]
        origins = (np.zeros(len(part), dtype=int) for part in parts[:2])
        return Passages(self.name, (self.name,), self.vocabulary, *parts, *origins)


@dataclass(frozen=True, eq=False)
class Passages:
    """Passages of a text: rows of token ids, and what turns them back into words.

    Attributes
    ----------
    name : str
    names : tuple of str
        The texts: one, or two.
    vocabulary : tuple of str
        ``vocabulary[i]`` is the word of type i.
    real, held_out, reserve : ndarray of int32, shape (n, length)
        For training, for scoring, and fresh real data for later, each in the order of the text.
    origin, held_out_origin : ndarray of int, shape (n,)
        From which of ``names`` each passage of ``real`` and of ``held_out`` is.

    Examples
    --------
    >>> passages = Text.from_string("toy", "The whale! The sea, the whale.", marks=True).passages(4, held_out=0)
    >>> passages.real, passages.n_types
    (array([[0, 1, 2, 0], [5, 3, 0, 1]], dtype=int32), 6)
    """

    name: str
    names: tuple[str, ...]
    vocabulary: tuple[str, ...]
    real: NDArray[np.int32]
    held_out: NDArray[np.int32]
    reserve: NDArray[np.int32]
    origin: NDArray[np.int64]
    held_out_origin: NDArray[np.int64]

    @property
    def n_types(self) -> int:
        """How many types the vocabulary has."""
        return len(self.vocabulary)

    @property
    def source(self) -> FiniteData:
        """The passages as real data; the reserve gives fresh ones until it is used up."""
        return FiniteData(self.real, self.reserve)

    @cached_property
    def display(self) -> tuple[str, ...]:
        """How each type is shown to a class: words unfit for it are masked."""
        return _shown(self.vocabulary)

    def read(self, row: ArrayLike) -> str:
        """Return a passage as a line of text, with words unfit for a class masked.

        Parameters
        ----------
        row : array of int, shape (length,)

        Returns
        -------
        str

        Examples
        --------
        >>> passages = Text.from_string("toy", "The squaw, the sea.", marks=True).passages(6, held_out=0)
        >>> passages.read(passages.real[0]), passages.n_masked(passages.real)
        ('the ▇▇▇, the sea.', 1)
        """
        return line_of(self.display[token] for token in np.asarray(row))

    def n_masked(self, rows: ArrayLike) -> int:
        """Return how many words of some passages are masked when they are read.

        Parameters
        ----------
        rows : array of int, any shape

        Returns
        -------
        int
        """
        masked = np.array([shown == _MASK for shown in self.display])
        return int(masked[np.asarray(rows, dtype=int)].sum())


def moby_dick(marks: bool = False) -> Text:
    """Return the words of *Moby-Dick* (Herman Melville, 1851).

    It is a novel of its time and contains words that a classroom should be told of.

    Parameters
    ----------
    marks : bool
        Whether the marks . , ; : ! ? are tokens too.

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
    >>> moby_dick(marks=True).vocabulary[:3]
    (',', 'the', '.')
    """
    return Text.from_string("Moby-Dick", read("moby_dick.txt.gz").decode(), marks)


def state_of_the_union(marks: bool = False) -> Text:
    """Return the words of the first nineteen annual addresses of US presidents (1790-1808).

    Parameters
    ----------
    marks : bool
        Whether the marks . , ; : ! ? are tokens too.

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
    return Text.from_string("early presidents", read("state_of_the_union_1790_1808.txt.gz").decode(), marks)


@dataclass(frozen=True, eq=False)
class RecordedText:
    """Recorded chains of a careful writer: trigram models of *Moby-Dick* at temperature 0.8.

    Attributes
    ----------
    passages : tuple of str
        The first passage of the novel, and the first that each generation wrote under replace.
    words : dict
        Name → tuple of int: how many different words the whole text of generation 0, 1, 2, … has; generation 0 is the
        novel. "replace", and "preserved": under preserve(0.5), which keeps half of each training set real.

    Examples
    --------
    >>> recorded_text().passages[0][:16]
    'call me ishmael.'
    """

    passages: tuple[str, ...]
    words: dict[str, tuple[int, ...]]


def recorded_text() -> RecordedText:
    """Return recorded chains of a writer that prefers likely words, so that they can be read at once.

    They come with the course; ``lessons/record/text.py`` made them.

    Returns
    -------
    RecordedText

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> recorded_text().words["replace"][-1]
    3
    """
    found = json.loads(read("recorded_text.json.gz"))
    return RecordedText(tuple(found["passages"]), {name: tuple(counts) for name, counts in found["words"].items()})


def read_text(path: str | Path, marks: bool = False) -> Text:
    """Return the words of a file of your own, or of all files of a folder, one document after the other.

    Parameters
    ----------
    path : str or Path
        Plain text in UTF-8, or another kind of :mod:`collapse_edu.datasets.documents`, or a folder of such files; with
        at least 100 words. Tags and keys are no words.
    marks : bool
        Whether the marks . , ; : ! ? are tokens too.

    Returns
    -------
    Text
        Named as the file; its ``remarks`` say what was skipped.

    Raises
    ------
    OSError
        If the file is not there or may not be read.
    ValueError
        If it cannot be read as text, or has fewer than 100 words.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "diary.txt")
    ...     _ = path.write_text("the whale and the sea " * 20, encoding="utf-8")
    ...     read_text(path).vocabulary
    ('the', 'and', 'sea', 'whale')
    """
    # Here, because the readers of archives, HTML and XML take a fifth of the time that the package takes to load.
    from collapse_edu.datasets.documents import UnreadableError, kind_by_name, read_documents, told
    from collapse_edu.datasets.markup import TAGGED, is_tagged

    path = Path(path)
    try:
        kind, texts, skipped = read_documents(path)
    except UnreadableError as error:
        raise ValueError(f"{path} {error}") from None
    if not texts:
        raise ValueError(f"{path} holds no documents{told(skipped)}")
    whole = "\n".join(texts)
    text = Text.from_string(path.name, whole, marks)
    n_words = len(text.tokens) - sum(text.counts[i] for i, word in enumerate(text.vocabulary) if word in MARKS)
    if n_words < _FEWEST_WORDS:
        raise ValueError(f"{path} must have at least {_FEWEST_WORDS} words; got {n_words}")
    unusual = caution(dict(zip(text.vocabulary, text.counts.tolist(), strict=True)))
    named = kind_by_name(path.name)
    misnamed = f"read as {kind}, and not as {named}" if kind and named not in (None, kind) else ""
    remarks = [misnamed, f"{len(texts):,} documents{told(skipped)}" if skipped else "", unusual or ""]
    remarks.append(TAGGED if is_tagged(whole) else "")
    return replace(text, remarks=tuple(filter(None, remarks)))


def mingle(
    major: Text, minor: Text, share: float = 0.1, *, length: int = 64, held_out: float = 0.1, reserve: float = 0.0
) -> Passages:
    """Return passages of two texts on one vocabulary: most of the one, some of the other.

    Of each part (real, held out, reserve) the minor text has its share, rounded to a whole passage. As many passages
    are used as both texts allow; which, is one fixed random choice.

    Parameters
    ----------
    major, minor : Text
    share : float
        Share of the minor text among the passages, in (0, 1).
    length, held_out, reserve
        As in :meth:`Text.passages`.

    Returns
    -------
    Passages
        ``origin`` says from which text each passage is: 0 for the major, 1 for the minor one. Types are those of the
        major text in its order, then those that only the minor text has.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or the share leaves one of the texts, or one of the parts, without a passage.

    Examples
    --------
    >>> both = mingle(moby_dick(), state_of_the_union(), share=0.1)
    >>> both.names, float(both.origin.mean().round(3))
    (('Moby-Dick', 'early presidents'), 0.1)
    """
    length = integer("length", length, 1)
    share = number("share", share, 0, 1, open_low=True)
    names = (major.name, minor.name)
    vocabulary = major.vocabulary + tuple(sorted(set(minor.vocabulary) - set(major.vocabulary)))
    number_of = {word: i for i, word in enumerate(vocabulary)}
    in_both = np.array([number_of[word] for word in minor.vocabulary], dtype=np.int32)
    windows = [_windows(major.tokens, length), _windows(in_both[minor.tokens], length)]
    sizes, n_minor = _largest(share, [len(rows) for rows in windows], held_out, reserve)
    rng = np.random.default_rng(0)
    queues, parts = [rng.permutation(len(rows)) for rows in windows], []
    for counts in zip(sizes - n_minor, n_minor, strict=True):
        taken = [np.sort(queue[:k]) for queue, k in zip(queues, counts, strict=True)]
        queues = [queue[k:] for queue, k in zip(queues, counts, strict=True)]
        rows = np.concatenate([rows[used] for rows, used in zip(windows, taken, strict=True)])
        parts.append((rows, np.repeat([0, 1], counts)))
    (real, origin), (held_out, held_out_origin), (reserve, _) = parts
    return Passages(" and ".join(names), names, vocabulary, real, held_out, reserve, origin, held_out_origin)


def _windows(tokens, length):
    """Return windows of consecutive tokens that do not overlap."""
    n = len(tokens) // length
    return tokens[: n * length].reshape(n, length).astype(np.int32)


def _sizes(n, held_out, reserve):
    """Return how many of n passages are real, held out, and reserve."""
    shares = {name: number(name, value, 0, 1) for name, value in (("held_out", held_out), ("reserve", reserve))}
    aside = {name: round(share * n) for name, share in shares.items()}
    empty = [name for name, share in shares.items() if share and not aside[name]]
    if empty or sum(aside.values()) >= n:
        raise ValueError(
            f"{' and '.join(empty or aside)} must leave a passage in each part; "
            f"got {held_out:g} held out and {reserve:g} reserve of {n} passages"
        )
    return n - sum(aside.values()), *aside.values()


def _largest(share, available, held_out, reserve):
    """Return the sizes of the three parts, and how much of each is the minor text's, as large as both texts allow."""
    n = int(min(available[0] / (1 - share) if share < 1 else 0, available[1] / share))
    if not 0 < round(share * n) < n:
        raise ValueError(
            f"share must leave passages of both texts, which have {available[0]} and {available[1]}; got {share:g}"
        )
    while True:  # rounding in each part may ask for a passage more than there is
        sizes = np.array(_sizes(n, held_out, reserve))
        n_minor = np.array([round(share * size) for size in sizes])
        if n_minor.sum() <= available[1] and (sizes - n_minor).sum() <= available[0]:
            return sizes, n_minor
        n -= 1


def masked(text: str) -> str:
    """Return a text with words unfit for a class masked.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> masked("The Squaw and the sea.")
    'The ▇▇▇ and the sea.'
    """
    return _UNFIT.sub(_MASK, text)


def _shown(vocabulary):
    """Return the words as a class sees them: a word is masked if it, or a part of it, is unfit."""
    return tuple(_MASK if _UNFIT.search(word) else word for word in vocabulary)
