"""What tells a right option apart before anything is known: its place, its length, its form.

Each property of an option is tested against chance, over all questions of a kind: if options were right at random, how
often would the right one have this property? The chance of each question is the share of its options that have it, so
ties and numbers of options are allowed for; the sum over questions is exact. All tests together raise a false alarm
with a chance of at most ``LEVEL``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.order import learners_order
from collapse_edu.course.quiz.question import MultipleChoice, Option, SingleChoice
from collapse_edu.loop import regimes

__all__ = ["PROPERTIES", "Choice", "Tell", "choices_of_the_course", "problems", "shares_at_places", "tells"]

LEVEL = 0.05  # chance that the course raises a false alarm, over all properties and kinds
REASON = re.compile(r"[:;] |, (?:because|since|so)\b|\bbecause\b")
HEDGE = re.compile(
    r"\b(?:about|almost|hardly|may|might|mostly|near|nearly|often|some|somewhat|usually)\b", re.IGNORECASE
)
SWEEPING = re.compile(r"\b(?:all|always|any|each|every|never|no|none|only|whatever)\b", re.IGNORECASE)
REGIME = re.compile(rf"\b(?:{'|'.join(regimes.name(each) for each in regimes.REGISTER)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Choice:
    """Options of which one is right.

    Attributes
    ----------
    asked : str
        What decides the order in which a learner sees them.
    options : sequence of Option
    ordered : bool
        Whether all learners see them in the order of the bank.
    """

    asked: str
    options: Sequence[Option]
    ordered: bool = False

    @property
    def right(self) -> int:
        """The place of the right option in the bank, from 0."""
        return [option.right for option in self.options].index(True)


@dataclass(frozen=True)
class Tell:
    """How often right options have a property, against chance.

    Attributes
    ----------
    kind, name : str
        Of what: ``"causes"``, ``"are the longest"``.
    n, found : int
        Choices in which some options have it and some have not; those in which the right one has it.
    expected : float
        `found`, if options were right at random.
    p : float
        Chance of a number as unlikely as `found`, or less likely.
    """

    kind: str
    name: str
    n: int
    found: int
    expected: float
    p: float

    def __str__(self):
        count = f"{self.found} of {self.n} right options {self.name}"
        return f"{self.kind}: {count}, by chance {self.expected:.1f} (p = {self.p:.2g})"


def _longest(choice):
    lengths = [len(option.text) for option in choice.options]
    return [length == max(lengths) for length in lengths]


def _shortest(choice):
    lengths = [len(option.text) for option in choice.options]
    return [length == min(lengths) for length in lengths]


def _at(place):
    """Return what asks for a place that all learners see alike; options that are shuffled have none."""
    return lambda choice: [choice.ordered and i == place % len(choice.options) for i in range(len(choice.options))]


def _inside(choice):
    """Return which options have others on either side, where all learners see the same order."""
    return [choice.ordered and 0 < i < len(choice.options) - 1 for i in range(len(choice.options))]


def _matches(pattern):
    return lambda choice: [bool(pattern.search(option.text)) for option in choice.options]


PROPERTIES: Mapping[str, Callable[[Choice], list[bool]]] = {
    "stand first": _at(0),
    "stand last": _at(-1),
    "stand inside": _inside,
    "are the longest": _longest,
    "are the shortest": _shortest,
    "give a reason": _matches(REASON),
    "hold a number": _matches(re.compile(r"\d")),
    "name a regime": _matches(REGIME),
    "hedge": _matches(HEDGE),
    "are sweeping": _matches(SWEEPING),
}


def choices_of_the_course() -> dict[str, list[Choice]]:
    """Return all choices of the course by kind: questions, outcomes and causes of predictions."""
    kinds: dict[str, list[Choice]] = {"questions": [], "outcomes": [], "causes": []}
    for lesson in bank.LESSONS:
        for question in bank.questions(lesson):
            if isinstance(question, SingleChoice) and not isinstance(question, MultipleChoice):
                ordered = getattr(question, "ordered", False)
                kinds["questions"].append(Choice(question.id, question.options, ordered))
        for name in bank.predictions(lesson):
            content = bank.prediction(name)
            kinds["outcomes"].append(Choice(f"{name} outcomes", content["outcomes"], content.get("ordered", False)))
            if content["causes"]:
                kinds["causes"].append(Choice(f"{name} causes", content["causes"]))
    return kinds


def tells(choices: Mapping[str, Sequence[Choice]]) -> list[Tell]:
    """Return for each kind and each property how often right options have it, the least likely first.

    Parameters
    ----------
    choices : mapping of str to sequence of Choice

    Returns
    -------
    list of Tell
        Without properties that no options of a kind differ in.

    Examples
    --------
    >>> coin = [Choice("coin", [Option("heads", "half", right=True), Option("tails, not heads", "half")])]
    >>> [tell.found for tell in tells({"coins": 10 * coin}) if tell.name == "are the shortest"]
    [10]
    """
    found = [_tell(kind, name, asked) for kind, asked in choices.items() for name in PROPERTIES]
    return sorted((tell for tell in found if tell.n), key=lambda tell: tell.p)


def _tell(kind, name, choices):
    """Return how often the right options of `choices` have the property called `name`."""
    having = [(PROPERTIES[name](choice), choice.right) for choice in choices]
    differ = [(has, right) for has, right in having if any(has) and not all(has)]
    chances = [sum(has) / len(has) for has, _ in differ]
    found = sum(has[right] for has, right in differ)
    return Tell(kind, name, len(differ), found, sum(chances), _p_value(chances, found))


def _p_value(chances, found):
    """Return the chance that a sum of coins with these chances is as unlikely as `found`, or less likely."""
    law = np.ones(1)
    for chance in chances:
        law = np.convolve(law, [1 - chance, chance])
    return float(law[law <= law[found] * (1 + 1e-9)].sum())


def problems(choices: Mapping[str, Sequence[Choice]]) -> list[str]:
    """Return one line for each property that tells more than chance; [] if none does.

    Examples
    --------
    >>> asked = choices_of_the_course()
    >>> problems({kind: asked[kind] for kind in ("outcomes", "causes")})
    []
    """
    found = tells(choices)
    return [str(tell) for tell in found if tell.p * len(found) < LEVEL]


def shares_at_places(choices: Sequence[Choice], learners: Sequence[str]) -> dict[int, dict[int, float]]:
    """Return which share of right options stands at each place, in the order that learners see.

    Parameters
    ----------
    choices : sequence of Choice
    learners : sequence of str
        Ids of records.

    Returns
    -------
    dict of int to dict of int to float
        Number of options → place, from 1 → share.

    Examples
    --------
    >>> coin = Choice("coin", [Option("heads", "half", right=True), Option("tails", "half")], ordered=True)
    >>> shares_at_places([coin], ["a", "b"])
    {2: {1: 1.0, 2: 0.0}}
    """
    places: dict[int, list[int]] = {}
    for choice in choices:
        n = len(choice.options)
        for learner in learners:
            order = list(range(n)) if choice.ordered else learners_order(choice.asked, learner, n)
            places.setdefault(n, []).append(order.index(choice.right) + 1)
    return {
        n: {place: seen.count(place) / len(seen) for place in range(1, n + 1)} for n, seen in sorted(places.items())
    }
