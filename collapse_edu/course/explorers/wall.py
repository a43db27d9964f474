"""The word wall: forty passages of one generation at once. Each reads well; what they share is marked."""

import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import ipywidgets as widgets

from collapse_edu.checks import choice, integer
from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept
from collapse_edu.course.explorers.player import Namer, Player
from collapse_edu.datasets import Passage, RecordedWriter, recorded_writer, words_of

__all__ = ["WallNumbers", "WordWall", "wall_html", "wall_numbers"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}")  # a capital that begins no sentence
_SHARED = 3  # cards that have a phrase, from which on it is marked
_PHRASE = 4  # words of a phrase
_SHOWN = ("replace, T = 0.7", "preserve(0.5), T = 0.7", "replace, T = 1")


class WallNumbers(NamedTuple):
    """What the passages of a wall have.

    Attributes
    ----------
    distinct_words : int
    repeated : float
        Share of the phrases of four words that have occurred before on the wall.
    names : int
        Names (capitals that begin no sentence) of generation 1 that still occur.

    Examples
    --------
    >>> WallNumbers(900, 0.1, 20).names
    20
    """

    distinct_words: int
    repeated: float
    names: int


def wall_numbers(passages: Sequence[Passage], first: Sequence[Passage]) -> WallNumbers:
    """Return the numbers of a wall.

    Parameters
    ----------
    passages : sequence of Passage
    first : sequence of Passage
        Those of generation 1: names are counted from there.

    Returns
    -------
    WallNumbers

    Examples
    --------
    >>> one = [Passage("", "we met Adams in the city of Boston"), Passage("", "we met Adams in the city")]
    >>> wall_numbers(one[1:], one)
    WallNumbers(distinct_words=6, repeated=0.0, names=1)
    """
    texts = [words_of(passage.text) for passage in passages]
    phrases = [tuple(words[i : i + _PHRASE]) for words in texts for i in range(len(words) - _PHRASE + 1)]
    repeated = 1 - len(set(phrases)) / max(len(phrases), 1)
    return WallNumbers(
        len({word for words in texts for word in words}), repeated, len(_names(passages) & _names(first))
    )


def _names(passages):
    return {name for passage in passages for name in _NAME.findall(passage.text)}


def wall_html(passages: Sequence[Passage]) -> str:
    """Return passages as small cards; phrases of four words that at least three cards have are marked.

    Parameters
    ----------
    passages : sequence of Passage

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "<mark>of the United States</mark>" in wall_html([Passage("", " of the United States")] * 3)
    True
    """
    found = [[(match.group().lower(), *match.span()) for match in _WORD.finditer(p.text)] for p in passages]
    shared = Counter(
        phrase for words in found for phrase in {_phrase(words, i) for i in range(len(words) - _PHRASE + 1)}
    )
    cards = []
    for passage, words in zip(passages, found, strict=True):
        marked = set()
        for i in range(len(words) - _PHRASE + 1):
            if shared[_phrase(words, i)] >= _SHARED:
                marked.update(range(i, i + _PHRASE))
        cards.append(f"<p>{_marked(passage.text, words, marked)}</p>")
    return f'<div class="ce-wall">{"".join(cards)}</div>'


def _phrase(words, i):
    return tuple(word for word, _, _ in words[i : i + _PHRASE])


def _marked(text, words, marked):
    """Return a text as HTML, runs of marked words inside <mark>."""
    parts, at = [], 0
    for i in sorted(marked):
        if i - 1 in marked:
            continue
        end = i
        while end + 1 in marked:
            end += 1
        low, high = words[i][1], words[end][2]
        parts += [escape(text[at:low]), f"<mark>{escape(text[low:high])}</mark>"]
        at = high
    return "".join([*parts, escape(text[at:])]).strip()


class WordWall:
    """Show forty passages of a real language model at once, generation by generation.

    Parameters
    ----------
    arm : str
        A regime and a sampler to begin with: one of ``recorded_writer().arms``.
    n : int
        Passages, from 1 to 96.
    recorded : RecordedWriter, optional
        Other recorded chains.

    Examples
    --------
    >>> wall = WordWall(n=6)
    >>> wall.words(1)[:14]
    'Generation 1: '
    """

    def __init__(self, arm: str = _SHOWN[0], n: int = 40, *, recorded: RecordedWriter | None = None) -> None:
        self._recorded = recorded_writer() if recorded is None else recorded
        self.n = integer("n", n, 1, len(self._recorded.real))
        offered = dict.fromkeys(
            [*(name for name in _SHOWN if name in self._recorded.arms), choice("arm", arm, *self._recorded.arms)]
        )
        self._arm = widgets.ToggleButtons(options=list(offered), value=arm, style={"button_width": "auto"})
        self._arm.add_class("ce-switch")
        self._player = Player(max(self._recorded.generations.values()), "generation", self._skip)
        self._arm.observe(live.at_home(lambda _: self._draw()), "value")
        style = widgets.HTML(STYLE, layout={"display": "none"})
        self.widget = widgets.VBox([style, self._arm, self._player.bar, self._player.screen, Namer()])
        self.widget.add_class("ce-explorer")
        self._draw()
        live.take_place(self)

    @property
    def arm(self) -> str:
        """What is shown: a regime and a sampler."""
        return self._arm.value

    def passages(self, t: int) -> tuple[Passage, ...]:
        """Return the passages on the wall in generation t; 0 are the real ones."""
        found = self._recorded.real if t == 0 else self._recorded.passages(self.arm, t)
        return found[: self.n]

    def words(self, t: int) -> str:
        """Return the numbers of generation t in a sentence."""
        numbers = wall_numbers(self.passages(t), self.passages(1))
        names = len(_names(self.passages(1)))
        kept = "" if t == 0 else f"; {numbers.names} of the {names} names of generation 1"
        who = "Real speeches" if t == 0 else f"Generation {t}"
        return (
            f"{who}: {numbers.distinct_words:,} different words on the wall{kept}; "
            f"{100 * numbers.repeated:.0f} % of the phrases of four words have occurred before."
        )

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    def _skip(self):
        self._player.at = self._player.last

    def _draw(self):
        last = self._recorded.generations[self.arm]
        for t, frame in enumerate(self._player.frames[: last + 1]):
            frame.value = self._frame(t)
        self._player.last = last

    def _frame(self, t):
        return f"<p>{escape(self.words(t))}</p>{wall_html(self.passages(t))}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        last = self._recorded.generations[self.arm]
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n".join(self.words(t) for t in (0, 1, last))
        bundle["text/html"] = (
            f"{self._frame(1)}<details><summary>Generation {last}</summary>{self._frame(last)}</details>"
        )
        return as_kept(bundle)
