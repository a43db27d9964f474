"""The word wall: forty passages of one generation at once, from afar or to read; what they share is marked."""

import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import ipywidgets as widgets

from collapse_edu.checks import choice, integer
from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, section
from collapse_edu.course.explorers.controls import dropdown
from collapse_edu.course.explorers.player import Namer, Player
from collapse_edu.datasets import Passage, RecordedWriter, recorded_writer, words_of

__all__ = ["WallNumbers", "WordWall", "most_shared", "wall_html", "wall_numbers"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}")  # a capital that begins no sentence
_SHARED = 3  # cards that have a phrase, from which on it is marked
_PHRASE = 4  # words of a phrase
_SPEEDS = {"slow": 4000, "normal": 1500, "fast": 600}  # milliseconds a wall
_VIEWS = {"all at once": True, "to read": False}
_SHOWN = ("replace, T = 0.7", "preserve(0.5), T = 0.7", "replace, T = 1")


class WallNumbers(NamedTuple):
    """What the passages of a wall have.

    Attributes
    ----------
    distinct_words : int
    repeated : float
        Share of the phrases of four words that have occurred before on the wall.
    names : int
        Different names: capitals that begin no sentence.
    kept : int
        Names of generation 1 that occur. Even another sample of generation 1 has few of them, because most names are
        rare; so compare it with such a sample before you call a name lost.

    Examples
    --------
    >>> WallNumbers(900, 0.1, names=30, kept=20).names
    30
    """

    distinct_words: int
    repeated: float
    names: int
    kept: int


def wall_numbers(passages: Sequence[Passage], first: Sequence[Passage]) -> WallNumbers:
    """Return the numbers of a wall.

    Parameters
    ----------
    passages : sequence of Passage
    first : sequence of Passage
        Those of generation 1: which of its names are kept.

    Returns
    -------
    WallNumbers

    Examples
    --------
    >>> one = [Passage("", "we met Adams in the city of Boston"), Passage("", "we met Adams in the city")]
    >>> wall_numbers(one[1:], one)
    WallNumbers(distinct_words=6, repeated=0.0, names=1, kept=1)
    """
    texts = [words_of(passage.text) for passage in passages]
    phrases = [tuple(words[i : i + _PHRASE]) for words in texts for i in range(len(words) - _PHRASE + 1)]
    repeated = 1 - len(set(phrases)) / max(len(phrases), 1)
    names = _names(passages)
    return WallNumbers(
        len({word for words in texts for word in words}), repeated, len(names), len(names & _names(first))
    )


def _names(passages):
    return {name for passage in passages for name in _NAME.findall(passage.text)}


def wall_html(passages: Sequence[Passage]) -> str:
    """Return passages as small cards; phrases of four words that at least three cards have are marked.

    Parameters
    ----------
    passages : sequence of Passage
        The words of the speech that a passage begins with are set apart, and are never marked.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "<mark>of the United States</mark>" in wall_html([Passage("", " of the United States")] * 3)
    True
    """
    found = [_words_and_places(passage) for passage in passages]
    cards_with = _cards_with(found)
    cards = []
    for passage, words in zip(passages, found, strict=True):
        marked: set[int] = set()
        for i in range(len(words) - _PHRASE + 1):
            if cards_with[_phrase(words, i)] >= _SHARED:
                marked.update(range(i, i + _PHRASE))
        begins = f"<i>… {escape(passage.prompt.lstrip())}</i>" if passage.prompt else ""
        cards.append(f'<li tabindex="-1">{begins}{_marked(passage.text.rstrip(), words, marked)}</li>')
    return f'<ul class="ce-wall">{"".join(cards)}</ul>'


def most_shared(passages: Sequence[Passage]) -> tuple[str, int]:
    """Return the phrase of four words that most cards have, and how many have it.

    Parameters
    ----------
    passages : sequence of Passage
        One of them at least has four words.

    Returns
    -------
    phrase : str
        As the first card writes it; of several, the first one in the alphabet.
    cards : int

    Examples
    --------
    >>> most_shared([Passage("", "Peace of the United States"), Passage("", "of the United States.")])
    ('of the United States', 2)
    """
    found = [_words_and_places(passage) for passage in passages]
    cards_with = _cards_with(found)
    phrase = min(cards_with, key=lambda phrase: (-cards_with[phrase], phrase))
    for passage, words in zip(passages, found, strict=True):
        for i in range(len(words) - _PHRASE + 1):
            if _phrase(words, i) == phrase:
                written = passage.text[words[i][1] : words[i + _PHRASE - 1][2]]
                return " ".join(written.split()), cards_with[phrase]
    raise AssertionError("a phrase comes from a card")


def _words_and_places(passage):
    return [(match.group().lower(), *match.span()) for match in _WORD.finditer(passage.text)]


def _cards_with(found):
    """Return phrase → how many cards have it."""
    return Counter(phrase for words in found for phrase in {_phrase(words, i) for i in range(len(words) - _PHRASE + 1)})


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
    return "".join([*parts, escape(text[at:])])


class WordWall:
    """Show forty passages of a real language model at once, generation by generation; the first wall is real.

    From afar, forty passages fit on a screen; the one under the pointer is large enough to read. A switch makes all of
    them so.

    Parameters
    ----------
    arm : str
        A regime and a sampler to begin with: one of ``recorded_writer().arms``.
    n : int
        Passages, from 1 to 96.
    chain : int
        Which of the recorded chains.
    recorded : RecordedWriter, optional
        Other recorded chains.

    Attributes
    ----------
    widget : ipywidgets.VBox

    Examples
    --------
    >>> wall = WordWall(n=6)
    >>> wall.words(1)[:14]
    'Generation 1: '
    """

    def __init__(
        self, arm: str = _SHOWN[0], n: int = 40, *, chain: int = 0, recorded: RecordedWriter | None = None
    ) -> None:
        self._recorded = recorded_writer() if recorded is None else recorded
        self.n = integer("n", n, 1, len(self._recorded.real))
        self._recorded.passages(choice("arm", arm, *self._recorded.arms), 1, chain)
        self._chain = chain
        self._build(arm)
        self._draw()
        live.take_place(self)

    @property
    def arm(self) -> str:
        """What is shown: a regime and a sampler."""
        return self._arm.value

    def passages(self, t: int) -> tuple[Passage, ...]:
        """Return the passages on the wall in generation t; 0 are the real ones."""
        found = self._recorded.real if t == 0 else self._recorded.passages(self.arm, t, self._chain)
        return found[: self.n]

    def words(self, t: int) -> str:
        """Return the numbers of generation t in a sentence."""
        numbers = wall_numbers(self.passages(t), self.passages(1))
        return (
            f"{_who(t)}: {numbers.distinct_words:,} different words on the wall, {numbers.names} different names; "
            f"{100 * numbers.repeated:.0f} % of the phrases of four words have occurred before."
        )

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    # --- what the learner sees -------------------------------------------------------------------------------

    def _build(self, arm):
        offered = dict.fromkeys([*(name for name in _SHOWN if name in self._recorded.arms), arm])
        self._arm = dropdown("written under", list(offered), value=arm)
        self._afar = dropdown("look at it", _VIEWS)
        self._arm.observe(live.at_home(lambda _change: self._draw()), "value")
        self._afar.observe(live.at_home(lambda _change: self._look()), "value")
        self._player = Player(max(self._recorded.generations.values()), "generation", self._skip, _SPEEDS)
        settings = widgets.HBox([self._arm, self._afar])
        settings.add_class("ce-settings")
        style = widgets.HTML(STYLE, layout={"display": "none"})
        names = Namer(layout={"display": "none"})
        controls = widgets.HBox([self._player.bar, settings])
        controls.add_class("ce-controls")
        self.widget = widgets.VBox([controls, self._player.screen, style, names])
        self.widget.add_class("ce-explorer")
        self.widget.add_class("ce-wall-explorer")
        self._look()

    def _look(self):
        (self.widget.add_class if self._afar.value else self.widget.remove_class)("ce-afar")

    def _skip(self):
        self._player.at = self._player.last

    def _names_kept(self, t):
        """Say how many names of generation 1 are left, and how many another sample of generation 1 has of them."""
        first = self.passages(1)
        others = self._recorded.passages(self.arm, 1, self._chain)[self.n : 2 * self.n]
        if t < 2 or len(others) < self.n:
            return ""
        names, kept = len(_names(first)), wall_numbers(self.passages(t), first).kept
        return (
            f" Of the {names} names on the wall of generation 1, {kept} are here; "
            f"{self.n} other passages of generation 1 have {wall_numbers(others, first).kept} of them."
        )

    def _draw(self):
        last = self._recorded.generations[self.arm]
        for t, frame in enumerate(self._player.frames[: last + 1]):
            frame.value = self._frame(t)
        self._player.last = last

    def _frame(self, t):
        """Return a wall as HTML, its three numbers above it."""
        passages, first = self.passages(t), self.passages(1)
        now, then = wall_numbers(passages, first), wall_numbers(first, first)
        phrase, cards = most_shared(passages)
        tiles = [
            _tile(f"{now.distinct_words:,}", f"{then.distinct_words:,}", "different words", t),
            _tile(f"{100 * now.repeated:.0f} %", f"{100 * then.repeated:.0f} %", "of phrases occurred before", t),
            _tile(f"{now.names}", f"{then.names}", "different names", t),
        ]
        which = f"Generation <span>1 →</span> {t}" if t > 1 else _who(t)
        who = f"<div><b>{which}</b>{escape(self.arm) if t else 'no model yet'}</div>"
        return (
            f'<div class="ce-wall-frame"><div class="ce-wall-numbers">{who}{"".join(tiles)}</div>{wall_html(passages)}'
            f"<p>Marked: four words in a row that at least {_SHARED} of the {self.n} cards have. The most shared: "
            f"“{escape(phrase)}”, on {cards} cards.{self._names_kept(t)}</p></div>"
        )

    # --- outside a live notebook -----------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        last = self._recorded.generations[self.arm]
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n".join(self.words(t) for t in (0, 1, last))
        bundle["text/html"] = (
            f'{section("word wall")}<div class="ce-afar">{self._frame(0)}<details><summary>Generations 1 and {last}'
            f"</summary>{self._frame(1)}{self._frame(last)}</details></div>"
        )
        return as_kept(bundle)


def _who(t):
    return f"Generation {t}" if t else "Real speeches"


def _tile(now: str, first: str, what: str, t: int) -> str:
    """Return a number with what it counts; from generation 2 on, what it was in generation 1 stands before it."""
    before = f"<span>{first} →</span> " if t > 1 else ""
    return f"<div><b>{before}{escape(now)}</b>{escape(what)}</div>"
