"""The order test: ten pairs of passages of a real language model. Which of the two comes from the later generation?"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import comb, sqrt
from statistics import NormalDist
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from collapse_edu.checks import choice, integer
from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region, section
from collapse_edu.datasets import RecordedWriter, recorded_writer, words_of

__all__ = ["Pair", "Score", "WhichIsLater", "how_hard", "pairs_of"]

_ARM = "replace, T = 0.7"
_PLACES = "AB"  # where a passage is shown; on a narrow screen B stands below A
_QUESTION = "Both go on from the same words of a real speech, in grey. Which one is from the later generation?"
_VERDICTS = {True: "✓ Right", False: "✗ Wrong"}
_Z = NormalDist().inv_cdf(0.975)


class Pair(NamedTuple):
    """Two passages that go on from the same prompt.

    Attributes
    ----------
    prompt : str
    texts : tuple of str
        What is shown at A and at B.
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
    right : float
        Right answers; a tie of a rule is one half.
    n : int
        Pairs.

    Examples
    --------
    >>> print(Score(8, 10).words().replace(". ", ".\\n"))
    8 of 10.
    Somebody who tosses a coin gets 8 or more in 5 of 100 tries.
    In many more pairs you would be right in 49 to 94 of 100 (95 % interval).
    """

    right: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the chance to be right; with ties, it is wider than need be."""
        share, of_z = self.right / self.n, _Z**2 / self.n
        half = _Z * sqrt(share * (1 - share) / self.n + of_z / (4 * self.n))
        low, high = ((share + of_z / 2 + sign * half) / (1 + of_z) for sign in (-1, 1))
        return max(low, 0.0), min(high, 1.0)

    @property
    def of_a_coin(self) -> float:
        """Probability that a coin gets as many or more."""
        least = int(np.ceil(self.right))
        return sum(comb(self.n, k) for k in range(least, self.n + 1)) / 2**self.n

    def words(self) -> str:
        """Return the score, what a coin would get, and the interval."""
        low, high = (f"{100 * bound:.0f}" for bound in self.interval)
        or_more = "" if self.right == self.n else " or more"
        return (
            f"{self.right:g} of {self.n}. Somebody who tosses a coin gets {self.right:g}{or_more} in "
            f"{_in_tries(self.of_a_coin)}. In many more pairs you would be right in {low} to {high} of 100 "
            "(95 % interval)."
        )


def _in_tries(probability):
    """Return a probability as a number of tries, as many as it takes to see one."""
    tries = 100
    while probability * tries < 0.95 and tries < 10**9:
        tries *= 10
    return f"{probability * tries:.0f} of {tries:,} tries"


def pairs_of(
    arm: str = _ARM,
    n: int = 10,
    *,
    generations: tuple[int, int] | None = None,
    seed: int = 0,
    recorded: RecordedWriter | None = None,
) -> tuple[Pair, ...]:
    """Return pairs of passages, one of an earlier and one of a later generation of the same chain, in random order.

    A fair coin orders each pair, whatever the others are like.

    Parameters
    ----------
    arm : str
        A regime and a sampler: one of ``recorded_writer().arms``.
    n : int
        Pairs, from 1 to 96: each with another prompt.
    generations : tuple of int, optional
        The earlier and the later one; if not given, 1 and the last.
    seed : int
        Of the choice of prompts and chains, and of the order.
    recorded : RecordedWriter, optional
        Other recorded chains.

    Returns
    -------
    tuple of Pair

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range. A prompt from which both generations wrote the same is left out; too few may
        be left then.

    Examples
    --------
    >>> pairs = pairs_of(n=3)
    >>> len(pairs), {len(pair.texts) for pair in pairs}
    (3, {2})
    """
    recorded = recorded_writer() if recorded is None else recorded
    n = integer("n", n, 1, len(recorded.real))
    rng = np.random.default_rng(integer("seed", seed, 0))
    chains = _written(recorded, arm, _two_generations(recorded, arm, generations))
    pairs = []
    for place in rng.permutation(len(recorded.real)):
        earlier, later = (passages[place] for passages in chains[rng.integers(len(chains))])
        where = int(rng.integers(2))
        if earlier.text != later.text:
            texts = (earlier.text, later.text) if where else (later.text, earlier.text)
            pairs.append(Pair(earlier.prompt, texts, where))
    if len(pairs) < n:
        raise ValueError(f"n must be at most {len(pairs)}: the other pairs are twice the same text; got {n}")
    return tuple(pairs[:n])


def _two_generations(recorded, arm, generations):
    last = recorded.generations[choice("arm", arm, *recorded.arms)]
    early, late = (1, last) if generations is None else generations
    if not 1 <= integer("generations", early, 1) < integer("generations", late, 1) <= last:
        raise ValueError(f"generations must be two of 1 to {last}, the earlier one first; got {early} and {late}")
    return early, late


def _written(recorded, arm, generations):
    """Return the passages of each chain: of the earlier and of the later generation."""
    chains = recorded.history[arm, recorded.history.measures[0]].shape[1]
    return [[recorded.passages(arm, t, chain) for t in generations] for chain in range(chains)]


def _by_words(text):
    return len(set(words_of(text)))


def _by_phrases(text):
    words = words_of(text)
    phrases = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    return len(set(phrases)) - len(phrases)


def _by_length(text):
    return len(zlib.compress(text.encode(), 9))


# What a simple rule looks at: the text with less of it is called the later one.
RULES: Mapping[str, Callable[[str], float]] = {
    "fewer different words": _by_words,
    "more repeated phrases of four words": _by_phrases,
    "shorter when compressed": _by_length,
}


def how_hard(
    arm: str = _ARM,
    *,
    generations: tuple[int, int] | None = None,
    recorded: RecordedWriter | None = None,
) -> dict[str, Score]:
    """Return how often simple rules name the later passage, over all pairs of all chains.

    Parameters
    ----------
    arm, generations, recorded
        As for :func:`pairs_of`.

    Returns
    -------
    dict
        Rule → Score. Where both passages have as much of what the rule looks at, it counts as half a right answer. The
        intervals are over passages of these chains, and not over other chains.

    Raises
    ------
    ValueError
        If there is no such arm or generation.

    Examples
    --------
    >>> {score.n for score in how_hard().values()}
    {288}
    """
    recorded = recorded_writer() if recorded is None else recorded
    chains = _written(recorded, arm, _two_generations(recorded, arm, generations))
    both = [(a.text, b.text) for earlier, later in chains for a, b in zip(earlier, later, strict=True)]
    found = {}
    for name, rule in RULES.items():
        signs = np.array([np.sign(rule(earlier) - rule(later)) for earlier, later in both])
        found[name] = Score(float((signs + 1).sum() / 2), len(both))
    return found


class WhichIsLater:
    """Ask for ten pairs of passages which one is from the later generation; the score comes after the last pair.

    Until then nothing on the page tells which generations wrote them.

    Parameters
    ----------
    arm, n, generations, seed, recorded
        As for :func:`pairs_of`.

    Attributes
    ----------
    pairs : tuple of Pair
    answers : list of int
        0 for A, 1 for B, so far.
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
        arm: str = _ARM,
        n: int = 10,
        *,
        generations: tuple[int, int] | None = None,
        seed: int = 0,
        recorded: RecordedWriter | None = None,
    ) -> None:
        self._recorded = recorded_writer() if recorded is None else recorded
        self._arm, self._n, self._seed = arm, n, seed
        self._generations = _two_generations(self._recorded, arm, generations)
        self.pairs = self._drawn()
        self.answers: list[int] = []
        self._build()
        self._show()
        live.take_place(self, (type(self), arm, self._generations))

    def _drawn(self):
        settings = {"generations": self._generations, "seed": self._seed, "recorded": self._recorded}
        return pairs_of(self._arm, self._n, **settings)

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
            0 for A, 1 for B.
        """
        if self.score is None:
            self.answers.append(integer("side", side, 0, 1))
            self._show()

    def back(self) -> None:
        """Take the last answer back; after the last pair nothing happens."""
        if self.answers and self.score is None:
            self.answers.pop()
            self._show()

    def again(self) -> None:
        """Begin anew, with other pairs."""
        self._seed += 1
        self.pairs, self.answers = self._drawn(), []
        self._show()
        self._buttons[0].focus()

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    # --- what the learner sees -------------------------------------------------------------------------------

    def _build(self):
        self._place, self._end = widgets.HTML(), widgets.HTML()
        self._texts = [widgets.HTML() for _ in _PLACES]
        self._buttons = [_button(f"{place} is later", self.answer, side) for side, place in enumerate(_PLACES)]
        self._back, self._again = _button("back", self.back), _button("other pairs", self.again)
        cards = [widgets.VBox(parts) for parts in zip(self._texts, self._buttons, strict=True)]
        for card, button in zip(cards, self._buttons, strict=True):
            card.add_class("ce-side")
            button.add_class("ce-choose")
        self._cards = widgets.HBox(cards)
        self._cards.add_class("ce-cards")
        style = widgets.HTML(STYLE, layout={"display": "none"})
        self.widget = widgets.VBox([style, self._place, self._cards, self._back, self._end, self._again])
        self.widget.add_class("ce-later")

    def _show(self):
        """Show the pair that is due, or how it went."""
        ended, at = self.score is not None, len(self.answers)
        for part, seen in ((self._cards, not ended), (self._back, at and not ended), (self._again, ended)):
            part.layout.display = None if seen else "none"
        if ended:
            self._place.value = live_region(f"<b>{escape(self.score.words())}</b>")
            self._end.value = self._how_hard() + self._answers()
            return
        self._place.value = live_region(f"<b>Pair {at + 1} of {len(self.pairs)}.</b> {_QUESTION}")
        self._end.value = ""
        for html, place, text in zip(self._texts, _PLACES, self.pairs[at].texts, strict=True):
            html.value = _passage(place, self.pairs[at].prompt, text)

    def _how_hard(self):
        """Return what the simplest rule does with all such pairs, as HTML."""
        score = how_hard(self._arm, generations=self._generations, recorded=self._recorded)["fewer different words"]
        low, high = (f"{100 * bound:.0f}" for bound in score.interval)
        return (
            f"<p>How hard is it? A program that calls the text with fewer different words the later one is right in "
            f"{100 * score.right / score.n:.0f} of 100 such pairs ({low} to {high}; all {score.n} pairs of "
            f"“{escape(self._arm)}”).</p>"
        )

    def _answers(self):
        """Return a list that says of each pair which one was the later, and what was answered; the texts are folded."""
        items = []
        for i, pair in enumerate(self.pairs):
            answered = i < len(self.answers)
            verdict = f"{_VERDICTS[self.answers[i] == pair.later]}: " if answered else ""
            line = f"{verdict}{_PLACES[pair.later]} is later."
            items.append(f"<details><summary>{line}</summary>{_both(pair)}</details>" if answered else line)
        early, late = self._generations
        which = f"<p>The later one is always of generation {late}, the other of generation {early}.</p>"
        return f"{which}<ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>"

    # --- outside a live notebook -----------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n\n".join([_QUESTION, *(_plain(i, pair) for i, pair in enumerate(self.pairs, 1))])
        pairs = "".join(f"<li>{_both(pair)}</li>" for pair in self.pairs)
        told = "" if self.score is None else f"<p>{escape(self.score.words())}</p>"
        bundle["text/html"] = (
            f'{section("passages side by side")}<div class="ce-later"><p>{_QUESTION}</p><ol>{pairs}</ol>'
            f"<details><summary>Which ones are later</summary>{told}{self._how_hard()}{self._answers()}</details></div>"
        )
        return as_kept(bundle)


def _button(description, act, *arguments):
    button = widgets.Button(description=description)
    button.on_click(live.at_home(lambda _button: act(*arguments)))
    return button


def _passage(place, prompt, text):
    """Return a passage as HTML: the words of the speech are set apart from what a model wrote."""
    words = f"<i>… {escape(prompt.strip())}</i>{escape(text)} …"
    return f'<p class="ce-passage" role="group" aria-label="text {place}"><b>{place}</b> {words}</p>'


def _both(pair):
    sides = (
        f"<div>{_passage(place, pair.prompt, text)}</div>" for place, text in zip(_PLACES, pair.texts, strict=True)
    )
    return f'<div class="ce-cards">{"".join(sides)}</div>'


def _plain(number: int, pair: Pair) -> str:
    lines: Sequence[str] = [
        f"{place}: … {pair.prompt}{text} …" for place, text in zip(_PLACES, pair.texts, strict=True)
    ]
    return "\n".join([f"Pair {number}", *(" ".join(line.split()) for line in lines)])
