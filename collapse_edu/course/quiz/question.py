"""Questions as data: what is asked, what each answer means, and how an answer is judged.

Nothing here needs NumPy: keys are functions that import what they compute with when they are called.
"""

import hashlib
import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from inspect import signature
from math import inf, isclose
from typing import Protocol

from collapse_edu.course.desk.style import live_region
from collapse_edu.course.quiz.content_hash import FIRST, content_hash, prompt_hash
from collapse_edu.course.quiz.reading import (
    UnreadableError,
    in_digits,
    is_plain,
    read_number,
    short,
    told_apart,
)
from collapse_edu.course.quiz.reasons import Attempt, what_went_wrong
from collapse_edu.course.quiz.trying import STALLED, close, outcomes, same

__all__ = [
    "Function", "Headline", "Misreading", "MultipleChoice", "Numeric", "Option", "Ordering", "Question",
    "SingleChoice", "UnreadableError", "Verdict", "read_number", "way_back",
]  # fmt: skip

Parameter = int | float | str


class Picture(Protocol):
    """A picture that a notebook can show, with what it shows in words."""

    description: str


@dataclass(frozen=True)
class Option:
    """One thing a learner may believe.

    Attributes
    ----------
    text : str
        What the learner reads.
    why : str
        What speaks for or against it; shown afterwards.
    right : bool
    misconception : str, optional
        What a learner who chooses it may have misunderstood; every wrong option of a question names one.
    value : float, optional
        The number that an outcome of a prediction stands for; an explorer draws it.
    """

    text: str
    why: str
    right: bool = False
    misconception: str | None = None
    value: float | None = None

    @property
    def decides(self) -> tuple:
        """What a question's hash covers of it: not the reason, nor the misconception."""
        return self.text, self.right, self.value


@dataclass(frozen=True)
class Misreading:
    """A typical wrong answer to a numeric or a function question.

    Attributes
    ----------
    answer : callable
        For a number: parameters → the wrong number. For a function: the wrong function.
    why : str
        What went wrong, in a sentence that speaks to the learner.
    misconception : str
    """

    answer: Callable
    why: str
    misconception: str


@dataclass(frozen=True)
class Verdict:
    """What a learner gets back: right or not, the reason, and what to do next.

    Attributes
    ----------
    question : str
        Id of the question.
    right : bool or None
        None where the answer could not be read.
    reason, next_step : str
    misconception : str or None
    """

    question: str
    right: bool | None
    reason: str
    next_step: str = ""
    misconception: str | None = None

    def __repr__(self):
        return f"{self.question}: {self._shown()[1]}. {self.reason} {self.next_step}".strip()

    __str__ = __repr__

    def _repr_html_(self):
        sign, word, colour = self._shown()
        head = f'<b><span aria-hidden="true">{sign}</span> {escape(self.question)}: {word}.</b>'
        lines = [f"{head} {escape(self.reason)}", *([escape(self.next_step)] if self.next_step else ())]
        body = "".join(f'<p style="margin: 0.3em 0">{line}</p>' for line in lines)
        style = f"border-left: 5px solid {colour}; padding: 0.1em 0.8em; font-size: 11pt"
        return live_region(body, style)

    def _shown(self):
        """Return sign, word and colour: colour never says it alone."""
        return {
            True: ("✓", "right", "#0072b2"),
            False: ("✗", "not right", "#d55e00"),
            None: ("?", "no verdict yet", "#767676"),
        }[self.right]


# Fields of a question that explain: they may be put into better words, and all answers stay what they are.
_EXPLAINS = {"objective", "solution", "hints", "lesson", "title", "misreadings", "because", "misconceptions", "call"}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all kinds share.

    Attributes
    ----------
    id : str
        Lesson and number, such as ``"M2.03"``.
    objective : str
        What the learner can do who answers it; one of the lesson's objectives.
    prompt, solution : str
        With fields in braces for parameters; ``{key}`` in a solution is the computed key.
    hints : sequence of str
        A ladder: each one gives a little more away. With fields in braces for parameters, too.
    lesson : str
        The way back: notebook and heading, such as ``"M2_gaussian_collapse.ipynb#Idea-1:-One-chain-lies"``.
    title : str
        A few words for a heading; they do not give the answer away.
    parameters : mapping
        Name → values of which each learner gets one.
    figure : callable, optional
        Parameters → a picture that belongs to the question. Its description says in words what can be read off it.
    version : int
        Raised when what a function computes changes what is right or what is shown: key, reference, inputs, figure.
    """

    id: str
    objective: str
    prompt: str
    solution: str
    hints: Sequence[str]
    lesson: str
    title: str = ""
    parameters: Mapping[str, Sequence[Parameter]] = field(default_factory=dict)
    figure: Callable[..., Picture] | None = None
    version: int = 1

    kind = "question"
    written_as = ""  # how an answer is written in Python; a function says it by its starter

    def values(self, learner: str | None) -> dict[str, Parameter]:
        """Return the parameters of a learner: the same ones on every machine, others for a neighbour."""
        rng = self._random(learner)
        return {name: rng.choice(list(choices)) for name, choices in self.parameters.items()}

    @property
    def content_hash(self) -> str:
        """What an answer is kept with: 16 hexadecimal digits of all that decides what is right, for all learners."""
        content = {name: value for name, value in vars(self).items() if name not in _EXPLAINS}
        parameters = [(name, list(choices)) for name, choices in self.parameters.items()]
        return content_hash(content | {"kind": self.kind, "parameters": parameters})

    def is_asked_in(self, kept: Mapping[str, object]) -> bool:
        """Return whether an answer was given to this question as it is now.

        Parameters
        ----------
        kept : mapping
            What was kept with the answer: ``hash``; or ``prompt``, the prompt's hash, in what older versions wrote.
            Without either, nothing speaks against it.
        """
        if kept.get("hash") is not None:
            return kept["hash"] == self.content_hash
        if kept.get("prompt") is None:
            return True
        return kept["prompt"] == prompt_hash(self.prompt) and self.content_hash in FIRST

    def ask(self, learner: str | None) -> str:
        """Return the prompt with the learner's numbers."""
        return self.prompt.format(**self.values(learner))

    def choices(self, learner: str | None) -> dict[str, str]:
        """Return letter → text, with the learner's numbers and in the learner's order; empty where none are given."""
        return {}

    def picture(self, learner: str | None) -> Picture | None:
        """Return the picture that belongs to the question, or None."""
        return None if self.figure is None else self.figure(**self.values(learner))

    def solve(self, learner: str | None) -> str:
        """Return the solution with the learner's numbers."""
        return self.solution.format(**self.values(learner), key=self.shown_key(learner))

    def ladder(self, learner: str | None) -> list[str]:
        """Return the hints with the learner's numbers, the weakest first."""
        return [hint.format(**self.values(learner)) for hint in self.hints]

    def shown_key(self, learner: str | None) -> str:
        """Return the right answer as text."""
        raise NotImplementedError

    def right_answer(self, learner: str | None) -> object:
        """Return an answer, as data, that is right."""
        raise NotImplementedError

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        """Return every wrong answer that the question knows, as ``(answer, reason)``."""
        raise NotImplementedError

    def judge(self, answer: object, learner: str | None) -> Verdict:
        """Return the verdict on an answer. It never raises: what cannot be read is not an answer yet."""
        if answer is None or answer is ... or (isinstance(answer, str) and answer.strip() in ("", "...")):
            return self._unread("There is no answer yet.")
        try:
            return self._judge(answer, learner)
        except UnreadableError as error:
            return self._unread(str(error))

    def _judge(self, answer, learner):
        raise NotImplementedError

    def _unread(self, reason):
        return Verdict(self.id, None, reason, "Answer again; this one does not count.")

    def _right(self, reason):
        return Verdict(self.id, True, reason)

    def _wrong(self, reason, misconception=None):
        next_step = f"Look again at {way_back(self.lesson)}, or ask for a hint."
        return Verdict(self.id, False, reason, next_step, misconception)

    def _random(self, learner):
        lesson = self.id.partition(".")[0]
        text = f"model collapse|{lesson}|{learner}|{self.id}"
        return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()))


def way_back(lesson: str) -> str:
    """Return a place in a lesson as people say it.

    Parameters
    ----------
    lesson : str
        Notebook and anchor, as in :attr:`Question.lesson`.

    Examples
    --------
    >>> way_back("M2_gaussian_collapse.ipynb#The-loop")
    '“The loop” in M2_gaussian_collapse.ipynb'
    """
    notebook, _, anchor = lesson.partition("#")
    return f"“{anchor.replace('-', ' ')}” in {notebook}" if anchor else notebook


@dataclass(frozen=True, kw_only=True)
class SingleChoice(Question):
    """Choose one option: an answer is its letter."""

    options: Sequence[Option]
    kind = "single choice"
    written_as = "one letter in quotes"

    def letters(self, learner: str | None = None) -> dict[str, Option]:
        """Return letter → option, the same for all learners."""
        return dict(zip(string.ascii_lowercase, self.options, strict=False))

    def choices(self, learner: str | None) -> dict[str, str]:
        return {letter: option.text.format(**self.values(learner)) for letter, option in self.letters().items()}

    def right_answer(self, learner: str | None) -> str | list[str]:
        return self._right_letters()[0]

    def shown_key(self, learner: str | None) -> str:
        letter = self._right_letters()[0]
        return f"{letter}: {self.choices(learner)[letter]}"

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        values = self.values(learner)
        return [(letter, option.why.format(**values)) for letter, option in self.letters().items() if not option.right]

    def _judge(self, answer, learner):
        (letter,) = _letters(answer, self.letters(), least=1, most=1)
        option = self.letters()[letter]
        why = option.why.format(**self.values(learner))
        return self._right(why) if option.right else self._wrong(why, option.misconception)

    def _right_letters(self):
        return [letter for letter, option in self.letters().items() if option.right]


@dataclass(frozen=True, kw_only=True)
class Headline(SingleChoice):
    """Judge a headline: under which regime, by which definition of collapse, does it hold?"""

    headline: str
    kind = "judge a headline"

    def ask(self, learner: str | None) -> str:
        return f"“{self.headline}” {super().ask(learner)}"


@dataclass(frozen=True, kw_only=True)
class MultipleChoice(SingleChoice):
    """Choose all options that hold: an answer is a set of letters; all or nothing.

    At least two options are right. A right option may name the misconception of a learner who leaves it out.
    """

    kind = "multiple choice"
    written_as = "all letters that hold, in quotes"

    def right_answer(self, learner: str | None) -> list[str]:
        return self._right_letters()

    def shown_key(self, learner: str | None) -> str:
        return ", ".join(self.right_answer(learner))

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        """Return each right answer with one letter too many, or one too few."""
        values, right, wrong = self.values(learner), set(self.right_answer(learner)), []
        for letter, option in self.letters().items():
            wrong.append((sorted(right ^ {letter}), option.why.format(**values)))
        return wrong

    def _judge(self, answer, learner):
        chosen = set(_letters(answer, self.letters(), least=1, most=len(self.options)))
        values, right = self.values(learner), set(self.right_answer(learner))
        off = sorted(chosen ^ right)
        if not off:
            return self._right(" ".join(self.letters()[letter].why.format(**values) for letter in sorted(right)))
        first = self.letters()[off[0]]
        count = f"Option {off[0]} is off" if len(off) == 1 else f"{len(off)} options are off, such as {off[0]}"
        return self._wrong(f"{count}. {first.why.format(**values)}", first.misconception)


@dataclass(frozen=True, kw_only=True)
class Numeric(Question):
    """Give a number: ``0.25``, ``1/4``, ``2.5e-1`` and ``25 %`` are the same answer.

    Attributes
    ----------
    key : callable
        Parameters → the right number, computed by the library.
    tolerance : float
        Share of the key by which an answer may be off.
    unit : str
        Written behind the field; may be left out of an answer.
    allowed : pair of numbers, optional
        Smallest and largest number that an answer can be; what lies outside is not judged.
    misreadings : sequence of Misreading
        Typical wrong numbers, recognised within the same tolerance.
    """

    key: Callable
    tolerance: float = 0.02
    unit: str = ""
    allowed: tuple[float, float] | None = None
    misreadings: Sequence[Misreading] = ()
    kind = "numeric"
    written_as = 'a number, such as 0.25, "1/4" or "25 %"'

    def right_answer(self, learner: str | None) -> float:
        return float(self.key(**self.values(learner)))

    def shown_key(self, learner: str | None) -> str:
        return f"{in_digits(self.right_answer(learner))} {self.unit}".strip()

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        values = self.values(learner)
        return [
            (float(misreading.answer(**values)), misreading.why.format(**values)) for misreading in self.misreadings
        ]

    def _judge(self, answer, learner):
        number, key, values = read_number(answer, self.unit), self.right_answer(learner), self.values(learner)
        self._refuse_beyond(number)
        read = "" if is_plain(answer) else f" (Your answer was read as {number:.10g}.)"
        if isclose(number, key, rel_tol=self.tolerance):
            return self._right(self._praise(number, key) + read)
        for misreading in self.misreadings:
            if isclose(number, misreading.answer(**values), rel_tol=self.tolerance):
                return self._wrong(misreading.why.format(**values) + read, misreading.misconception)
        direction = "too large" if number > key else "too small"
        return self._wrong(f"{in_digits(number, 4)} is {direction}.{read}")

    def _praise(self, number, key):
        if isclose(number, key, rel_tol=1e-9):
            return f"Yes: {in_digits(number, 4)}."
        mine, exact = told_apart(number, key)
        return f"Yes: the library computes {exact}, and {mine} is within {100 * self.tolerance:g} % of it."

    def _refuse_beyond(self, number):
        """Refuse a number that no answer can be; a share that was meant in per cent is asked for."""
        if self.allowed is None or self.allowed[0] <= number <= self.allowed[1]:
            return
        low, high = self.allowed
        bounds = f"of at least {low:g}" if high == inf else f"from {low:g} to {high:g}"
        meant = f" Did you mean {number:.6g} %?" if high == 1 and 1 < number <= 100 else ""
        raise UnreadableError(f"The answer must be a number {bounds}; got {short(number)}.{meant}")


@dataclass(frozen=True, kw_only=True)
class Ordering(Question):
    """Put items into order: an answer is their letters, first to last.

    Attributes
    ----------
    items : sequence of str
        In the right order; a learner sees them in an order of their own.
    because : sequence of str
        Why each item comes before the next one.
    misconceptions : sequence of str
        What a learner may have misunderstood who swaps an item with the next one.
    """

    items: Sequence[str]
    because: Sequence[str]
    misconceptions: Sequence[str]
    kind = "ordering"
    written_as = "all letters in quotes, first to last"

    def choices(self, learner: str | None) -> dict[str, str]:
        """Return letter → item, in the learner's order, which is never the right one."""
        shown, rng = list(self.items), self._random(learner)
        while shown == list(self.items):
            rng.shuffle(shown)
        return dict(zip(string.ascii_lowercase, shown, strict=False))

    letters = choices

    def right_answer(self, learner: str | None) -> list[str]:
        letter_of = {item: letter for letter, item in self.choices(learner).items()}
        return [letter_of[item] for item in self.items]

    def shown_key(self, learner: str | None) -> str:
        return " ".join(self.right_answer(learner))

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        """Return the right order with each pair of neighbours swapped."""
        wrong = []
        for place, reason in enumerate(self.because):
            order = self.right_answer(learner)
            order[place : place + 2] = reversed(order[place : place + 2])
            wrong.append((order, reason))
        return wrong

    def _judge(self, answer, learner):
        letters = self.choices(learner)
        order = _letters(answer, letters, least=len(letters), most=len(letters))
        items = [letters[letter] for letter in order]
        for place, (first, second) in enumerate(zip(self.items, self.items[1:], strict=False)):
            if items.index(first) > items.index(second):
                return self._wrong(self.because[place], self.misconceptions[place])
        return self._right(" ".join(self.because))


@dataclass(frozen=True, kw_only=True)
class Function(Question):
    """Write a function; it is tried on seeded inputs.

    Attributes
    ----------
    name : str
        Name of the function.
    starter : str
        What stands in the answer cell: the function with ``...``.
    reference : callable
        A right one.
    inputs : callable
        ``random.Random`` → list of tuples of arguments (numbers, strings, lists of numbers).
    tolerance : float
        Relative, for each number that comes back.
    misreadings : sequence of Misreading
        Typical wrong functions.
    probe : callable, optional
        How an answer is tried: ``probe(answer, *arguments)`` returns what is compared. Without it, the answer is called
        with the arguments. With it, the answer may be a class.
    call : str, optional
        What a verdict says was tried, with {0}, {1} … for the arguments; the call of the function, if not given.
    """

    name: str
    starter: str
    reference: Callable
    inputs: Callable
    tolerance: float = 1e-6
    misreadings: Sequence[Misreading] = ()
    probe: Callable | None = None
    call: str | None = None
    kind = "function"

    def cases(self, learner: str | None) -> list[tuple]:
        """Return the arguments that a learner's function is tried on."""
        return self.inputs(self._random(learner))

    def outputs(self, function: Callable, learner: str | None) -> list[dict[str, object]]:
        """Return what a function gives on all cases, as :func:`.trying.outcomes` does."""
        return outcomes(partial(self.probe, function) if self.probe else function, self.cases(learner))

    def right_answer(self, learner: str | None) -> list[dict[str, object]]:
        return self.outputs(self.reference, learner)

    def shown_key(self, learner: str | None) -> str:
        return "a function that agrees with the reference on all inputs"

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        return [(self.outputs(misreading.answer, learner), misreading.why) for misreading in self.misreadings]

    def _judge(self, answer, learner):
        given = self.outputs(answer, learner) if callable(answer) else answer
        expected, cases = self.right_answer(learner), self.cases(learner)
        if not _are_outcomes(given, len(expected)):
            raise UnreadableError(f"The answer must be the function {self.name}; got {short(answer)}.")
        self._refuse_unwritten(given)
        pairs = enumerate(zip(given, expected, strict=True))
        failing = [place for place, (mine, right) in pairs if not same(mine, right, self.tolerance)]
        if not failing:
            return self._right(f"{self.name} gives the right value on all {len(cases)} inputs.")
        failing.sort(key=lambda place: len(repr(cases[place])))
        right = [outcome["value"] for outcome in expected]
        for misreading in self.misreadings:
            typical = self.outputs(misreading.answer, learner)
            if all(same(a, b, self.tolerance) for a, b in zip(given, typical, strict=True)):
                seen = self._counter_example(cases, given, right, failing[0])
                return self._wrong(f"{misreading.why} {seen}", misreading.misconception)
        told = [(what_went_wrong(Attempt(self._arguments(), cases, given, right, place)), place) for place in failing]
        why, shown = next((each for each in told if each[0]), told[0])
        return self._wrong(f"{why} {self._counter_example(cases, given, right, shown)}".strip())

    def _refuse_unwritten(self, given):
        if any(str(outcome.get("error")).startswith(STALLED) for outcome in given):
            raise UnreadableError(f"{self.name} was not done in time. Is there a loop that never ends?")
        if any(_has_dots(outcome.get("value")) for outcome in given):
            raise UnreadableError(f"{self.name} is not written yet: replace the dots.")
        if all(outcome.get("value", 0) is None for outcome in given):
            raise UnreadableError(self._silent(any("printed" in outcome for outcome in given)))

    def _silent(self, prints):
        if prints:
            return f"{self.name} prints its result, and returns nothing. Write return in the place of print."
        return f"{self.name} returns nothing yet. It must end with return (append, extend and sort give None)."

    def _arguments(self):
        """Return the names of the arguments that a call gets; of a probe's, without the function."""
        names = list(signature(self.probe or self.reference).parameters)[bool(self.probe) :]
        return names[: len(self.cases(None)[0])]

    def _counter_example(self, cases, given, rights, place):
        """Return the call as one can run it again, what it gives, and what is right: never the same digits."""
        arguments, mine, right = cases[place], given[place], rights[place]
        shown = [repr(argument) for argument in arguments]
        call = self.call.format(*shown) if self.call else f"{self.name}({', '.join(shown)})"
        if "value" not in mine:
            return f"{call} raises {short(str(mine['error']), 210)}; right is {told_apart(right, right)[0]}."
        what, key = told_apart(mine["value"], right)
        if "again" in mine and close(mine["value"], right, self.tolerance):
            return f"{call} gives {what}, and then {told_apart(mine['again'], right)[0]}; right is {key} both times."
        return f"{call} gives {what}; right is {key}."


def _letters(answer, known, *, least, most):
    """Return the letters of an answer such as ``"b"``, ``"a, c"``, ``"ac"`` or ``["a", "c"]``."""
    letters = _characters(answer)
    if letters is None or set(letters) - known.keys() or len(set(letters)) != len(letters):
        raise UnreadableError(f"The answer must use letters of {', '.join(known)}, each once; got {short(answer)}.")
    if not least <= len(letters) <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise UnreadableError(f"The answer must have {count} of the letters {', '.join(known)}; got {short(answer)}.")
    return letters


def _characters(answer):
    """Return all small characters of an answer but what may separate letters; None if it is neither text nor texts."""
    parts = list(answer) if isinstance(answer, list | tuple | set | frozenset) else [answer]
    if not all(isinstance(part, str) for part in parts):
        return None
    return [character for character in "".join(parts).lower()[:1000] if character not in " ,;>()\n\t"]


def _are_outcomes(given, many):
    """Return whether data are what so many calls gave."""
    return (
        isinstance(given, list)
        and len(given) == many
        and all(isinstance(outcome, dict) and {"value", "error"} & outcome.keys() for outcome in given)
    )


def _has_dots(value):
    return value == "..." or (isinstance(value, list) and any(map(_has_dots, value[:1000])))
