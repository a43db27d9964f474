"""Which story is later? Ten pairs of passages of a real language model, and the learner's score against chance."""

import zlib
from collections.abc import Callable
from html import escape
from math import comb, sqrt
from statistics import NormalDist
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np
import pandas as pd

from collapse_edu.checks import choice, integer
from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region, section
from collapse_edu.datasets import RecordedWriter, recorded_writer
from collapse_edu.datasets.words import words_of

__all__ = ["Pair", "WhichIsLater", "against_chance", "how_hard", "pairs_of", "wilson"]

_PLACES = "AB"
_ARM = "replace, T = 0.7"


class Pair(NamedTuple):
    """Two continuations of one prompt, by two generations of one chain.

    Attributes
    ----------
    prompt : str
    texts : tuple of str
        What is shown at A and at B.
    later : str
        "A" or "B": where the text of the later generation is shown.

    Examples
    --------
    >>> Pair("The state of", (" the Union", " the state of"), "B").later
    'B'
    """

    prompt: str
    texts: tuple[str, str]
    later: str


def pairs_of(record: RecordedWriter, arm: str, generations: tuple[int, int], n: int, seed: int) -> list[Pair]:
    """Draw pairs of passages: each of another prompt, from any of the chains, its order tossed with a fair coin.

    Parameters
    ----------
    record : RecordedWriter
    arm : str
        One of ``record.arms``.
    generations : tuple of int
        The earlier and the later one.
    n : int
        How many pairs; where two generations wrote the same, there is nothing to tell, and the prompt is left out.
    seed : int

    Returns
    -------
    list of Pair

    Raises
    ------
    ValueError
        If there are not so many pairs.

    Examples
    --------
    >>> pairs = pairs_of(recorded_writer(), "replace, T = 0.7", (1, 3), n=10, seed=1)
    >>> len(pairs), len({pair.prompt for pair in pairs})
    (10, 10)
    """
    rng = np.random.default_rng(seed)
    written = [[record.passages(arm, t, chain) for t in generations] for chain in range(_chains(record))]
    pairs: list[Pair] = []
    for i in rng.permutation(len(record.real)):
        earlier, later = (passages[i] for passages in written[rng.integers(len(written))])
        place = int(rng.integers(2))
        if earlier.text != later.text and len(pairs) < n:
            texts = (later.text, earlier.text) if place == 0 else (earlier.text, later.text)
            pairs.append(Pair(later.prompt, texts, _PLACES[place]))
    if len(pairs) < n:
        raise ValueError(f"pairs must be at most {len(pairs)}, which differ; got {n}")
    return pairs


def _chains(record):
    return record.history[record.arms[0], record.history.measures[0]].shape[1]


class WhichIsLater:
    """Ask of ten pairs of passages which one is from the later generation, and then count against chance.

    Both passages of a pair go on from the same words of a real speech, and come from the same chain. Verdicts come
    after the last pair.

    Parameters
    ----------
    arm : str
        What was recorded: a regime and a sampler, one of ``recorded_writer().arms``.
    earlier, later : int, optional
        The two generations; without them the first and the last one that was recorded.
    pairs : int
        How many, from 1 to 40.
    seed : int
        Draws pairs and order.
    record : RecordedWriter, optional
        Another recording than that of the course.

    Attributes
    ----------
    pairs : list of Pair
    answers : str
        What was chosen so far, such as ``"ABBA"``.
    widget : ipywidgets.VBox

    Examples
    --------
    >>> later = WhichIsLater("replace, T = 0.7", pairs=2)
    >>> later.score is None
    True
    >>> for pair in later.pairs:
    ...     later.choose(pair.later)
    >>> later.score
    2
    """

    def __init__(
        self,
        arm: str = _ARM,
        *,
        earlier: int = 1,
        later: int | None = None,
        pairs: int = 10,
        seed: int = 1,
        record: RecordedWriter | None = None,
    ) -> None:
        self.record = recorded_writer() if record is None else record
        self.arm = choice("arm", arm, *self.record.arms)
        self.generations = _two_generations(self.record, arm, earlier, later)
        self._n, self._seed = integer("pairs", pairs, 1, 40), integer("seed", seed, 0)
        self.answers = ""
        self.pairs = self._draw()
        self._build()
        self._show()
        live.take_place(self, (type(self), arm, self.generations))

    def _draw(self):
        return pairs_of(self.record, self.arm, self.generations, self._n, self._seed)

    @property
    def score(self) -> int | None:
        """How many answers are right; None before the last one."""
        if len(self.answers) < len(self.pairs):
            return None
        return sum(said == pair.later for said, pair in zip(self.answers, self.pairs, strict=True))

    def choose(self, place: str) -> None:
        """Say of the pair that is shown where the later passage is, as the buttons do.

        Parameters
        ----------
        place : {"A", "B"}

        Raises
        ------
        ValueError
            If it is no place. After the last pair nothing happens.
        """
        if self.score is None:
            self.answers += choice("place", place, *_PLACES)
            self._show()

    def back(self) -> None:
        """Take the last answer back; after the verdict nothing happens."""
        if self.score is None:
            self.answers = self.answers[:-1]
            self._show()

    def again(self) -> None:
        """Begin anew with other pairs."""
        self._seed += 1
        self.answers, self.pairs = "", self._draw()
        self._show()
        self._choices[0].focus()

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    # --- what the learner sees -------------------------------------------------------------------------------

    def _build(self):
        self._head, self._result = widgets.HTML(), widgets.HTML()
        self._cards = [widgets.HTML() for _ in _PLACES]
        self._choices = [_button(f"{place} is later", "ce-choose", self.choose, place) for place in _PLACES]
        sides = [widgets.VBox([*side]) for side in zip(self._cards, self._choices, strict=True)]
        self._sides = widgets.HBox(sides)
        self._sides.add_class("ce-pair")
        self._back = _button("back to the pair before", "ce-to-end", self.back)
        self._again = _button(f"{_count(self._n)} other pairs", "ce-to-end", self.again)
        style = widgets.HTML(STYLE, layout={"display": "none"})
        self.widget = widgets.VBox([self._head, self._sides, self._back, self._result, self._again, style])
        self.widget.add_class("ce-explorer")
        self.widget.add_class("ce-later")

    def _show(self):
        """Show the pair that is due, or how it went."""
        ended, at = self.score is not None, len(self.answers)
        for part, seen in ((self._sides, not ended), (self._back, at > 0 and not ended), (self._again, ended)):
            part.layout.display = None if seen else "none"
        if ended:
            self._head.value = self._result_head()
            self._result.value = f"<p>{escape(self._program())}</p>{self._answers_html(self.answers)}"
            self._again.focus()
            return
        self._head.value = (
            f"{live_region(f'<b>Pair {at + 1} of {len(self.pairs)}.</b> {_QUESTION}')}"
            f'<progress max="{len(self.pairs)}" value="{at}" aria-label="pairs done"></progress>'
        )
        self._result.value = ""
        pair = self.pairs[at]
        for card, place in zip(self._cards, _PLACES, strict=True):
            card.value = _card(pair, place)

    def _result_head(self):
        return live_region(f"<b>{escape(against_chance(self.score, len(self.pairs)))}</b>")

    def _program(self):
        """Return a sentence that says how hard it is."""
        row = how_hard(self.arm, *self.generations, record=self.record).iloc[0]
        share, low, high = (round(100 * row[name]) for name in ("right", "low", "high"))
        return (
            f"A program that only counts words, and takes the passage with fewer distinct ones for the later, is right "
            f"in {share} of 100 of all such pairs ({low} to {high}, with 95 % confidence)."
        )

    def _answers_html(self, answers):
        earlier, later = self.generations
        items = []
        for i, pair in enumerate(self.pairs):
            said = answers[i] if i < len(answers) else None
            verdict = "" if said is None else f"{_VERDICTS[said == pair.later]}: you said {said}. "
            other = _PLACES[1 - _PLACES.index(pair.later)]
            line = f"{verdict}{pair.later} is of generation {later}, {other} of generation {earlier}."
            both = "".join(f"<div>{_card(pair, place)}</div>" for place in _PLACES)
            items.append(
                f"<li><details><summary>{line}</summary><div class='ce-pair'>{both}</div></details></li>"
                if answers
                else f"<li>{line}</li>"
            )
        return f"<ol>{''.join(items)}</ol>"

    # --- outside a live notebook -----------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n\n".join([_QUESTION, *(_plain(i, pair) for i, pair in enumerate(self.pairs, 1))])
        both = "".join(
            f"<li><div class='ce-pair'>{''.join(f'<div>{_card(pair, place)}</div>' for place in _PLACES)}</div></li>"
            for pair in self.pairs
        )
        bundle["text/html"] = (
            f"{section('which story is later')}<div class='ce-later'><p>{_QUESTION}</p><ol>{both}</ol>"
            f"<details><summary>Which ones are later</summary>{self._answers_html('')}"
            f"<p>{escape(self._program())}</p></details></div>"
        )
        return as_kept(bundle)


def against_chance(right: int, n: int) -> str:
    """Return how many answers of two choices are right, with an interval, and how often a coin does as well.

    Parameters
    ----------
    right : int
        From 0 to n.
    n : int

    Returns
    -------
    str

    Examples
    --------
    >>> for sentence in against_chance(8, 10).split(". "):
    ...     print(sentence)
    8 of 10
    Somebody who tosses a coin gets 8 or more in 5 of 100 tries
    In many more pairs you would be right in 49 to 94 of 100, with 95 % confidence.
    """
    n = integer("n", n, 1)
    right = integer("right", right, 0, n)
    low, high = (round(100 * bound) for bound in wilson(right, n))
    return (
        f"{right} of {n}. Somebody who tosses a coin gets {right}{' or more' * (right < n)} in "
        f"{_in_tries(_coin(right, n))}. In many more pairs you would be right in {low} to {high} of 100, with 95 % "
        "confidence."
    )


def _coin(right, n):
    """Return the probability that at least so many of n tosses are heads."""
    return sum(comb(n, k) for k in range(right, n + 1)) / 2**n


def _in_tries(probability):
    tries = 100
    while probability * tries < 0.95 and tries < 10**6:
        tries *= 10
    return f"{probability * tries:.0f} of {tries:,} tries"


def wilson(right: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share.

    Parameters
    ----------
    right : float
        How many of n; a tie may count one half, and the interval is then wider than need be.
    n : int

    Returns
    -------
    low, high : float

    References
    ----------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference".

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    z, share = NormalDist().inv_cdf(0.975), right / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def how_hard(
    arm: str = _ARM, earlier: int = 1, later: int | None = None, *, record: RecordedWriter | None = None
) -> pd.DataFrame:
    """Return how often simple rules name the later passage, over all pairs of all chains.

    Parameters
    ----------
    arm, earlier, later, record
        As for :class:`WhichIsLater`.

    Returns
    -------
    pandas.DataFrame
        A row for each rule: ``rule``; ``right``, the share of pairs in which it names the later one, a tie as one half;
        ``low`` and ``high``, Wilson's 95 % interval over pairs; ``ties`` and ``pairs``, their numbers.

    Raises
    ------
    TypeError, ValueError
        If there is no such arm or generation.

    Examples
    --------
    >>> how_hard("replace, T = 0.7")["rule"].tolist()
    ['fewer distinct words', 'more repeated 4-word phrases', 'shorter when compressed']
    """
    record = recorded_writer() if record is None else record
    generations = _two_generations(record, choice("arm", arm, *record.arms), earlier, later)
    before, after = (
        [passage.text for chain in range(_chains(record)) for passage in record.passages(arm, t, chain)]
        for t in generations
    )
    rows = []
    for rule, lateness in _RULES.items():
        difference = np.array([lateness(b) - lateness(a) for a, b in zip(before, after, strict=True)])
        n, ties = len(difference), int((difference == 0).sum())
        right = (difference > 0).sum() + ties / 2
        low, high = wilson(right, n)
        rows.append({"rule": rule, "right": right / n, "low": low, "high": high, "ties": ties, "pairs": n})
    return pd.DataFrame(rows)


def _repeated(text):
    words = words_of(text)
    phrases = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    return len(phrases) - len(set(phrases))


# Each gives a number that is larger for the passage that it takes for the later one.
_RULES: dict[str, Callable[[str], float]] = {
    "fewer distinct words": lambda text: -len(set(words_of(text))),
    "more repeated 4-word phrases": _repeated,
    "shorter when compressed": lambda text: -len(zlib.compress(text.encode(), 9)),
}
_QUESTION = "Two models went on from the same words of a real speech. Which text is from the later generation?"
_VERDICTS = {True: "✓ Right", False: "✗ Wrong"}
_NUMBERS = {10: "ten"}


def _two_generations(record, arm, earlier, later):
    last = record.generations[arm]
    earlier = integer("earlier", earlier, 1, last - 1)
    return earlier, integer("later", last if later is None else later, earlier + 1, last)


def _count(n):
    return _NUMBERS.get(n, str(n))


def _button(description, css_class, act, *arguments):
    button = widgets.Button(description=description)
    button.add_class(css_class)
    button.on_click(live.at_home(lambda _button: act(*arguments)))
    return button


def _card(pair, place):
    """Return a passage as HTML: the words of the speech are set apart from what a model wrote."""
    text = pair.texts[_PLACES.index(place)]
    return (
        f'<div class="ce-text" role="group" aria-label="passage {place}"><b>{place}</b> '
        f"<i>…{escape(pair.prompt)}</i>{escape(text)} …</div>"
    )


def _plain(number, pair):
    lines = [f"{place}: …{pair.prompt}{text} …" for place, text in zip(_PLACES, pair.texts, strict=True)]
    return "\n".join([f"Pair {number}", *(" ".join(line.split()) for line in lines)])
