"""The order test: ten pairs of passages of a real language model. Which of the two comes from the later generation?"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from collapse_edu.checks import choice, integer
from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.datasets import RecordedWriter, recorded_writer, words_of

__all__ = ["Pair", "Score", "WhichIsLater", "how_hard", "pairs_of"]

_SIDES = ("the left one", "the right one")


class Pair(NamedTuple):
    """Two passages that go on from the same prompt.

    Attributes
    ----------
    prompt : str
    texts : tuple of str
        Left and right.
    later : int
        Which of them is from the later generation: 0 or 1.

    Examples
    --------
    >>> Pair("To the Senate", (" of peace", " of the the"), later=1).later
    1
    """

    prompt: str
    texts: tuple[str, str]
    later: int


class Score(NamedTuple):
    """How many of some pairs were told apart, against a coin.

    Attributes
    ----------
    right, n : int
        Right answers, and pairs.

    Examples
    --------
    >>> Score(8, 10).words()
    '8 of 10 right (95 % interval: 49 % to 94 %). A coin gets 8 or more in 5 of 100 tries.'
    """

    right: int
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the chance to be right, by Wilson."""
        from scipy.stats import binomtest

        found = binomtest(self.right, self.n).proportion_ci(method="wilson")
        return float(found.low), float(found.high)

    @property
    def of_a_coin(self) -> float:
        """Probability that a coin gets as many or more."""
        from scipy.stats import binom

        return float(binom.sf(self.right - 1, self.n, 0.5))

    def words(self) -> str:
        """Return the score in two sentences."""
        low, high = self.interval
        tries = 100 * self.of_a_coin
        how_often = f"{tries:.0f} of 100 tries" if tries >= 0.95 else "fewer than 1 of 100 tries"
        return (
            f"{self.right} of {self.n} right (95 % interval: {100 * low:.0f} % to {100 * high:.0f} %). "
            f"A coin gets {self.right} or more in {how_often}."
        )


def pairs_of(
    arm: str = "replace, T = 0.7",
    n: int = 10,
    *,
    generations: tuple[int, int] | None = None,
    seed: int = 0,
    recorded: RecordedWriter | None = None,
) -> tuple[Pair, ...]:
    """Return pairs of passages, one of an earlier and one of a later generation of the same chain, in random order.

    Parameters
    ----------
    arm : str
        A regime and a sampler: one of ``recorded_writer().arms``.
    n : int
        Pairs, from 1 to 96: each with another prompt.
    generations : tuple of int, optional
        The earlier and the later one; if not given, 1 and the last.
    seed : int
        Of the choice of prompts and chains, and of left and right.
    recorded : RecordedWriter, optional
        Other recorded chains.

    Returns
    -------
    tuple of Pair

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> pairs = pairs_of(n=3)
    >>> len(pairs), {len(pair.texts) for pair in pairs}
    (3, {2})
    """
    recorded = recorded_writer() if recorded is None else recorded
    last = recorded.generations[choice("arm", arm, *recorded.arms)]
    early, late = (1, last) if generations is None else generations
    if not 1 <= integer("generations", early, 1) < integer("generations", late, 1) <= last:
        raise ValueError(f"generations must be two of 1 to {last}, the earlier one first; got {early} and {late}")
    rng = np.random.default_rng(seed)
    prompts = rng.permutation(len(recorded.real))[: integer("n", n, 1, len(recorded.real))]
    texts = [[recorded.passages(arm, t, chain) for t in (early, late)] for chain in range(3)]
    pairs = []
    for place in prompts:
        older, younger = texts[rng.integers(3)]
        later = int(rng.integers(2))
        two = (older[place].text, younger[place].text)
        pairs.append(Pair(older[place].prompt, two if later else two[::-1], later))
    return tuple(pairs)


def _by_words(text):
    return len(set(words_of(text)))


def _by_phrases(text):
    words = words_of(text)
    phrases = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    return len(set(phrases)) - len(phrases)


def _by_length(text):
    return len(zlib.compress(text.encode(), 9)) / max(len(text.encode()), 1)


# What a simple rule looks at: the text with less of it is called the later one.
RULES: Mapping[str, Callable[[str], float]] = {
    "fewer different words": _by_words,
    "more repeated phrases of four words": _by_phrases,
    "easier to compress": _by_length,
}


def how_hard(
    arm: str = "replace, T = 0.7",
    *,
    generations: tuple[int, int] | None = None,
    recorded: RecordedWriter | None = None,
) -> dict[str, Score]:
    """Return how often simple rules name the later passage, over all pairs of all three chains.

    Parameters
    ----------
    arm, generations, recorded
        As for :func:`pairs_of`.

    Returns
    -------
    dict
        Rule → Score. Where both passages have as much of what the rule looks at, it counts as half a right answer,
        rounded down in total.

    Examples
    --------
    >>> {score.n for score in how_hard().values()}
    {288}
    """
    recorded = recorded_writer() if recorded is None else recorded
    last = recorded.generations[choice("arm", arm, *recorded.arms)]
    early, late = (1, last) if generations is None else generations
    texts = [[recorded.passages(arm, t, chain) for t in (early, late)] for chain in range(3)]
    both = [(a.text, b.text) for older, younger in texts for a, b in zip(older, younger, strict=True)]
    found = {}
    for name, rule in RULES.items():
        signs = [np.sign(rule(older) - rule(younger)) for older, younger in both]
        found[name] = Score(int(sum((sign + 1) / 2 for sign in signs)), len(both))
    return found


class WhichIsLater:
    """Ask for ten pairs of passages which one is from the later generation; the score comes after the last pair.

    Parameters
    ----------
    arm, n, generations, seed, recorded
        As for :func:`pairs_of`.

    Attributes
    ----------
    answers : list of int
        0 for left, 1 for right, so far.
    widget : ipywidgets.VBox

    Examples
    --------
    >>> test = WhichIsLater(n=2)
    >>> test.answer(0), test.answer(1)
    (None, None)
    >>> test.score.n
    2
    """

    def __init__(
        self,
        arm: str = "replace, T = 0.7",
        n: int = 10,
        *,
        generations: tuple[int, int] | None = None,
        seed: int = 0,
        recorded: RecordedWriter | None = None,
    ) -> None:
        self.pairs = pairs_of(arm, n, generations=generations, seed=seed, recorded=recorded)
        self.answers: list[int] = []
        self._place, self._end = widgets.HTML(), widgets.HTML()
        self._texts = [widgets.HTML(), widgets.HTML()]
        self._buttons = [widgets.Button(description=f"{side} is later") for side in _SIDES]
        for side, button in enumerate(self._buttons):
            button.on_click(lambda _, side=side: self.answer(side))
        cards = [widgets.VBox(parts) for parts in zip(self._texts, self._buttons, strict=True)]
        for card in cards:
            card.add_class("ce-card")
        self._cards = widgets.HBox(cards)
        self._cards.add_class("ce-cards")
        self.widget = widgets.VBox(
            [widgets.HTML(STYLE, layout={"display": "none"}), self._place, self._cards, self._end]
        )
        self.widget.add_class("ce-later")
        self._show()
        live.take_place(self)

    @property
    def score(self) -> Score | None:
        """How many are right; None before the last answer."""
        if len(self.answers) < len(self.pairs):
            return None
        return Score(sum(a == pair.later for a, pair in zip(self.answers, self.pairs, strict=True)), len(self.pairs))

    def answer(self, side: int) -> None:
        """Say which passage of the next pair is the later one; after the last pair nothing happens.

        Parameters
        ----------
        side : int
            0 for left, 1 for right.
        """
        if len(self.answers) < len(self.pairs):
            self.answers.append(integer("side", side, 0, 1))
            self._show()

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    def _show(self):
        if self.score is not None:
            self._place.value = live_region(f"<b>{escape(self.score.words())}</b>")
            self._cards.layout.display = "none"
            self._end.value = _answers(self.pairs, self.answers)
            return
        i = len(self.answers)
        pair = self.pairs[i]
        ask = f"Pair {i + 1} of {len(self.pairs)}. Both go on from the same words. Which one is from the later model?"
        self._place.value = live_region(escape(ask))
        for html, text in zip(self._texts, pair.texts, strict=True):
            html.value = _passage(pair.prompt, text)

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        question = "Each pair goes on from the same words. Which one is from the later model?"
        bundle["text/plain"] = f"{question} {len(self.pairs)} pairs."
        pairs = "".join(
            f'<li><div class="ce-cards">{"".join(f"<div>{_passage(p.prompt, t)}</div>" for t in p.texts)}</div></li>'
            for p in self.pairs
        )
        bundle["text/html"] = (
            f"<p>{question}</p><ol>{pairs}</ol><details><summary>Answers</summary>{_answers(self.pairs)}</details>"
        )
        return as_kept(bundle)


def _passage(prompt, text):
    return f'<p class="ce-passage"><b>{escape(prompt)}</b>{escape(text)}</p>'


def _answers(pairs: Sequence[Pair], answers: Sequence[int] = ()) -> str:
    """Return a list that says of each pair which one was the later, and what was answered."""
    lines = []
    for i, pair in enumerate(pairs):
        said = "" if i >= len(answers) else " ✓" if answers[i] == pair.later else " ✗"
        later = pair.texts[pair.later]
        lines.append(f"<li>{_SIDES[pair.later]}{said}: {_passage(pair.prompt, later)}</li>")
    return f"<p>The later one of each pair:</p><ol>{''.join(lines)}</ol>"
