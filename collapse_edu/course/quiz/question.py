"""Questions as data: what is asked, what each answer means, and how an answer is judged.

Nothing here needs NumPy: keys are functions that import what they compute with when they are called.
"""

import hashlib
import random
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from inspect import signature
from math import inf, isclose
from typing import Any, Protocol

from collapse_edu.course.desk.style import live_region
from collapse_edu.course.quiz.content_hash import FIRST, content_hash, prompt_hash
from collapse_edu.course.quiz.order import OWN_HASH, OWN_ORDER, learners_order
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
    "Function", "Headline", "Lettered", "Misreading", "MultipleChoice", "Numeric", "Option", "Ordering", "Question",
    "SingleChoice", "UnreadableError", "Verdict", "is_blank", "link_back", "read_number", "way_back",
]  # fmt: skip

Parameter = int | float | str


class Picture(Protocol):
    """A picture that a notebook can show, with what it shows in words."""

    description: str

    def to_read(self, name: str) -> str:
        """Return HTML that shows it, with the description behind a closed summary."""

    def png(self) -> bytes:
        """Return it as a PNG file holds it."""


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
    lesson : str or None
        Where to look again, as in :attr:`Question.lesson`; the next step says it, and is a link where links work.
    above : bool
        Whether it is the verdict on an earlier answer, in a cell that holds none.
    """

    question: str
    right: bool | None
    reason: str
    next_step: str = ""
    misconception: str | None = None
    lesson: str | None = None
    above: bool = False

    def __repr__(self):
        return f"{self.question}: {self._shown()[1]}. {self.reason} {self.next_step}".strip()

    __str__ = __repr__

    def _repr_html_(self):
        sign, word, colour = self._shown()
        head = f'<b><span aria-hidden="true">{sign}</span> {escape(self.question)}: {word}.</b>'
        lines = [f"{head} {escape(self.reason)}", *([self._linked()] if self.next_step else ())]
        body = "".join(f'<p style="margin: 0.3em 0">{line}</p>' for line in lines)
        style = f"border-left: 5px solid {colour}; padding: 0.1em 0.8em; font-size: 11pt"
        return live_region(body, style)

    def _linked(self):
        """Return the next step as HTML, with the way back as a link."""
        step = escape(self.next_step)
        return step.replace(escape(way_back(self.lesson)), link_back(self.lesson)) if self.lesson else step

    def _shown(self):
        """Return sign, word and colour: colour never says it alone."""
        sign, word, colour = {
            True: ("✓", "right", "#0072b2"),
            False: ("✗", "not right yet" if self.above else "not right", "#d55e00"),
            None: ("?", "no verdict yet", "#767676"),
        }[self.right]
        return sign, f"answered above: {word}" if self.above else word, colour


# Fields of a question that explain: they may be put into better words, and all answers stay what they are.
_EXPLAINS = {
    "objective",
    "solution",
    "hints",
    "lesson",
    "title",
    "misreadings",
    "because",
    "misconceptions",
    "call",
    "ordered",
    "calls_twice",
}


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
        The way back: notebook and heading, such as ``"M2_gaussian_collapse.ipynb#Idea-1:-What-does-one-chain-show?"``.
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

    @property
    def shuffled(self) -> bool:
        """Whether its options have another order for each learner, and had that of the bank in older versions."""
        return False

    @property
    def in_notebook(self) -> dict[str, str]:
        """What the metadata of a notebook say of it, for marking: its id, its hash, whose order its letters mean."""
        ending = OWN_HASH if self.shuffled else ""
        return {"question": self.id, "hash": f"{self.content_hash}{ending}", **OWN_ORDER}

    def is_asked_in(self, kept: Mapping[str, object]) -> bool:
        """Return whether an answer was given to this question as it is now.

        Parameters
        ----------
        kept : mapping
            What was kept with the answer: ``hash``, as in a record or in a notebook; or ``prompt``, the prompt's hash,
            in what older versions wrote. Without either, nothing speaks against it.
        """
        if kept.get("hash") is not None:
            now = self.content_hash
            return kept["hash"] in (now, now + OWN_HASH)
        if kept.get("prompt") is None:
            return True
        return kept["prompt"] == prompt_hash(self.prompt) and self.content_hash in FIRST

    def given_now(self, answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return those of some answers that were given to this question as it is now: each hash is looked at once."""
        known: dict[str, bool] = {}
        found = []
        for answer in answers:
            kept = repr((answer.get("hash"), answer.get("prompt")))
            if kept not in known:
                known[kept] = self.is_asked_in(answer)
            found += [answer] * known[kept]
        return found

    def ask(self, learner: str | None) -> str:
        """Return the prompt with the learner's numbers."""
        return self.prompt.format(**self.values(learner))

    def choices(self, learner: str | None) -> dict[str, str]:
        """Return letter → text, with the learner's numbers and in the learner's order; empty where none are given."""
        return {}

    def as_kept(self, answer: object, learner: str | None, last: object = None) -> object:
        """Return an answer as a record keeps it: letters that the learner sees become ids of what stands there.

        The same letters as in `last`, which was kept before, mean what they meant then: it is a cell of an older
        notebook that runs again.
        """
        return answer

    def in_words(self, answer: object, learner: str | None) -> str | None:
        """Return what a kept answer chose, as text; None where it is no choice."""
        return None

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
        if is_blank(answer):
            return Verdict(self.id, None, "There is no answer yet.", "Answer it, and check it again.")
        try:
            return self._judge(answer, learner)
        except UnreadableError as error:
            return self._unread(str(error))

    def _judge(self, answer, learner):
        raise NotImplementedError

    def _unread(self, reason):
        return Verdict(self.id, None, reason, "Answer again; this one does not count.")

    def _right(self, *reasons):
        """Return the verdict; that it is right says its first word already."""
        return Verdict(self.id, True, " ".join(reason.removeprefix("Yes. ") for reason in reasons))

    def _wrong(self, reason, misconception=None):
        next_step = f"Look again at {way_back(self.lesson)}, or ask for a hint."
        return Verdict(self.id, False, reason, next_step, misconception, self.lesson)

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


def link_back(lesson: str) -> str:
    """Return a place in a lesson as a link that works from ``notebooks/`` and from ``quizzes/``.

    Parameters
    ----------
    lesson : str
        Notebook and anchor, as in :attr:`Question.lesson`.

    Examples
    --------
    >>> link_back("M2_gaussian_collapse.ipynb")
    '<a href="../notebooks/M2_gaussian_collapse.ipynb" target="_blank">M2_gaussian_collapse.ipynb</a>'
    """
    return f'<a href="../notebooks/{escape(lesson)}" target="_blank">{escape(way_back(lesson))}</a>'


def is_blank(answer: object) -> bool:
    """Return whether an answer is one that nobody gave: None, dots, or a text without any.

    Examples
    --------
    >>> is_blank(...), is_blank(" "), is_blank(0)
    (True, True, False)
    """
    return answer is None or answer is ... or (isinstance(answer, str) and answer.strip() in ("", "..."))


@dataclass(frozen=True, kw_only=True)
class Lettered(Question):
    """A question that is answered with letters, such as ``"b"``, ``"a, c"``, ``"ac"`` or ``["a", "c"]``.

    A letter is a place on the learner's screen. What is kept is the id of what stands there, such as ``"o2"``: the
    second option of the bank. Letters in what older versions kept mean the order that they showed.
    """

    @property
    def ids(self) -> list[str]:
        """The ids of what is shown, in the order of the bank."""
        raise NotImplementedError

    def texts(self, learner: str | None) -> dict[str, str]:
        """Return id → text, with the learner's numbers."""
        raise NotImplementedError

    def order(self, learner: str | None) -> list[str]:
        """Return the ids in the order in which the learner sees them."""
        raise NotImplementedError

    def older_order(self, learner: str | None) -> list[str]:
        """Return the ids in the order in which versions that kept letters showed them."""
        raise NotImplementedError

    @property
    def how_many(self) -> tuple[int, int]:
        """How many of them an answer names, at least and at most."""
        raise NotImplementedError

    def letters(self, learner: str | None) -> dict[str, str]:
        """Return letter → id, as the learner sees them."""
        return dict(zip(string.ascii_lowercase, self.order(learner), strict=False))

    def choices(self, learner: str | None) -> dict[str, str]:
        texts = self.texts(learner)
        return {letter: texts[name] for letter, name in self.letters(learner).items()}

    def as_kept(self, answer: object, learner: str | None, last: object = None) -> object:
        try:
            if answer == last:
                return self._tidy(self.read(answer, learner))
            return self._tidy(_picked(answer, self.letters(learner), self.how_many))
        except UnreadableError:
            return answer  # judged as it is, it gets a line that says what would be an answer

    def read(self, answer: object, learner: str | None) -> list[str]:
        """Return the ids that a kept answer names; raise ``UnreadableError`` where it is none."""
        letters = dict(zip(string.ascii_lowercase, self.older_order(learner), strict=False))
        return _picked(answer, letters, self.how_many)

    def in_words(self, answer: object, learner: str | None) -> str | None:
        texts = self.texts(learner)
        try:
            return "; ".join(texts[name] for name in self.read(answer, learner))
        except UnreadableError:
            return None

    def _tidy(self, names):
        """Return the ids of an answer as they are kept."""
        return names


@dataclass(frozen=True, kw_only=True)
class SingleChoice(Lettered):
    """Choose one option.

    Attributes
    ----------
    options : sequence of Option
    ordered : bool
        Whether the options have an order of their own (numbers, less to more, "none" at the end), so that all learners
        see them in it.
    """

    options: Sequence[Option]
    ordered: bool = False
    kind = "single choice"
    written_as = "one letter in quotes"

    @property
    def shuffled(self) -> bool:
        return not self.ordered

    @property
    def by_id(self) -> dict[str, Option]:
        """Id → option."""
        return {f"o{place}": option for place, option in enumerate(self.options, 1)}

    @property
    def ids(self) -> list[str]:
        return list(self.by_id)

    @property
    def how_many(self) -> tuple[int, int]:
        return 1, 1

    def texts(self, learner: str | None) -> dict[str, str]:
        values = self.values(learner)
        return {name: option.text.format(**values) for name, option in self.by_id.items()}

    def order(self, learner: str | None) -> list[str]:
        places = range(len(self.options)) if self.ordered else learners_order(self.id, learner, len(self.options))
        return [self.ids[place] for place in places]

    def older_order(self, learner: str | None) -> list[str]:
        return self.ids

    def right_answer(self, learner: str | None) -> str | list[str]:
        return self._tidy(self._right_ids())

    def shown_key(self, learner: str | None) -> str:
        texts, right = self.texts(learner), self._right_ids()
        shown = [f"{letter}: {texts[name]}" for letter, name in self.letters(learner).items() if name in right]
        return shown[0] if len(shown) == 1 else "; ".join(text.rstrip(".") for text in shown)

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        values = self.values(learner)
        return [(name, option.why.format(**values)) for name, option in self.by_id.items() if not option.right]

    def _judge(self, answer, learner):
        (name,) = self.read(answer, learner)
        option = self.by_id[name]
        why = option.why.format(**self.values(learner))
        return self._right(why) if option.right else self._wrong(why, option.misconception)

    def _right_ids(self):
        return [name for name, option in self.by_id.items() if option.right]

    def _tidy(self, names):
        return names[0]


@dataclass(frozen=True, kw_only=True)
class Headline(SingleChoice):
    """Judge a headline: under which regime, by which definition of collapse, does it hold?"""

    headline: str
    kind = "judge a headline"

    def ask(self, learner: str | None) -> str:
        return f"“{self.headline}” {super().ask(learner)}"


@dataclass(frozen=True, kw_only=True)
class MultipleChoice(SingleChoice):
    """Choose all options that hold; all or nothing.

    At least two options are right. A right option may name the misconception of a learner who leaves it out.
    """

    kind = "multiple choice"
    written_as = "all letters that hold, in quotes"

    @property
    def how_many(self) -> tuple[int, int]:
        return 1, len(self.options)

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        """Return each right answer with one option too many, or one too few."""
        values, right = self.values(learner), set(self._right_ids())
        return [(self._tidy(right ^ {name}), option.why.format(**values)) for name, option in self.by_id.items()]

    def _judge(self, answer, learner):
        values, right = self.values(learner), self._right_ids()
        off = [self.by_id[name] for name in self._tidy(set(self.read(answer, learner)) ^ set(right))]
        if not off:
            return self._right(*(self.by_id[name].why.format(**values) for name in right))
        first = off[0].text.format(**values)
        count = f"“{first}” is off" if len(off) == 1 else f"{len(off)} options are off, such as “{first}”"
        return self._wrong(f"{count}. {off[0].why.format(**values)}", off[0].misconception)

    def _tidy(self, names):
        return [name for name in self.ids if name in names]


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
            return f"The library computes {in_digits(number, 4)}, too."
        mine, exact = told_apart(number, key)
        return f"The library computes {exact}, and {mine} is within {100 * self.tolerance:g} % of it."

    def _refuse_beyond(self, number):
        """Refuse a number that no answer can be; a share that was meant in per cent is asked for."""
        if self.allowed is None or self.allowed[0] <= number <= self.allowed[1]:
            return
        low, high = self.allowed
        bounds = f"of at least {low:g}" if high == inf else f"from {low:g} to {high:g}"
        meant = f" Did you mean {number:.6g} %?" if high == 1 and 1 < number <= 100 else ""
        raise UnreadableError(f"The answer must be a number {bounds}; got {short(number)}.{meant}")


@dataclass(frozen=True, kw_only=True)
class Ordering(Lettered):
    """Put items into order: an answer names all of them, first to last.

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

    @property
    def ids(self) -> list[str]:
        return [f"i{place}" for place in range(1, len(self.items) + 1)]

    @property
    def how_many(self) -> tuple[int, int]:
        return len(self.items), len(self.items)

    def texts(self, learner: str | None) -> dict[str, str]:
        return dict(zip(self.ids, self.items, strict=True))

    def order(self, learner: str | None) -> list[str]:
        """Return the ids in the learner's order, which is never the right one."""
        shown, rng = self.ids, self._random(learner)
        while shown == self.ids:
            rng.shuffle(shown)
        return shown

    older_order = order

    def right_answer(self, learner: str | None) -> list[str]:
        return self.ids

    def shown_key(self, learner: str | None) -> str:
        return "; ".join(self.items)

    def wrong_answers(self, learner: str | None) -> Sequence[tuple[object, str]]:
        """Return the right order with each pair of neighbours swapped."""
        wrong = []
        for place, reason in enumerate(self.because):
            order = self.ids
            order[place : place + 2] = reversed(order[place : place + 2])
            wrong.append((order, reason))
        return wrong

    def judge(self, answer: object, learner: str | None) -> Verdict:
        verdict = super().judge(answer, learner)
        if not is_blank(answer):
            return verdict
        letters = "; ".join(f"{letter}) {item}" for letter, item in self.choices(learner).items())
        return replace(verdict, reason=f"{verdict.reason} In Python the items have letters: {letters}.")

    def _judge(self, answer, learner):
        order = self.read(answer, learner)
        for place, (first, second) in enumerate(zip(self.ids, self.ids[1:], strict=False)):
            if order.index(first) > order.index(second):
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
    calls_twice : bool
        Whether a second call with the same lists must give the same, so that an answer may not change them. It is so
        where answers were always marked like that.
    """

    name: str
    starter: str
    reference: Callable
    inputs: Callable
    tolerance: float = 1e-6
    misreadings: Sequence[Misreading] = ()
    probe: Callable | None = None
    call: str | None = None
    calls_twice: bool = False
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
        failing = [place for place, (mine, right) in pairs if not self._agree(mine, right)]
        if not failing:
            return self._right(f"{self.name} gives the right value on all {len(cases)} inputs.")
        failing.sort(key=lambda place: len(repr(cases[place])))
        right = [outcome["value"] for outcome in expected]
        for misreading in self.misreadings:
            typical = self.outputs(misreading.answer, learner)
            if all(self._agree(a, b) for a, b in zip(given, typical, strict=True)):
                seen = self._counter_example(cases, given, right, failing[0])
                return self._wrong(f"{misreading.why} {seen}", misreading.misconception)
        names = [] if self._tells(right[0]) else self._arguments()
        told = [(what_went_wrong(Attempt(names, cases, given, right, place, self.name)), place) for place in failing]
        why, shown = next((each for each in told if each[0]), told[0])
        return self._wrong(f"{why} {self._counter_example(cases, given, right, shown)}".strip())

    def _agree(self, mine, right):
        return same(mine, right, self.tolerance, twice=self.calls_twice)

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
            wanted = "" if self._tells(right) else f"; right is {told_apart(right, right)[0]}"
            return f"{call} raises {mine['error']!s:.210}{wanted}."
        if self._tells(right) and isinstance(mine["value"], str):
            return f"{call.rstrip(',')}: {mine['value']}"
        what, key = told_apart(mine["value"], right)
        if "again" in mine and close(mine["value"], right, self.tolerance):
            return f"{call} gives {what}, and then {told_apart(mine['again'], right)[0]}; right is {key} both times."
        return f"{call} gives {what}; right is {key}."

    def _tells(self, right):
        """Return whether the probe says in a sentence what is wrong, in the place of a value."""
        return self.probe is not None and isinstance(right, str)


def _picked(answer, letters, how_many):
    """Return the ids that an answer names: by themselves, or by letters of `letters`, letter → id."""
    words, known = _words(answer), ", ".join(letters)
    by_id = bool(words) and set(words) <= set(letters.values())
    names = words if by_id else [letters.get(character) for character in "".join(words or [""])]
    if words is None or None in names or len(set(names)) != len(names):
        raise UnreadableError(f"The answer must use letters of {known}, each once; got {short(answer)}.")
    least, most = how_many
    if not least <= len(names) <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise UnreadableError(f"The answer must have {count} of the letters {known}; got {short(answer)}.")
    return names


def _words(answer):
    """Return the small words of an answer, between what may separate letters; None if it is neither text nor texts."""
    parts = list(answer) if isinstance(answer, list | tuple | set | frozenset) else [answer]
    if not all(isinstance(part, str) for part in parts):
        return None
    return re.sub(r"[ ,;>()\n\t]", " ", " ".join(parts).lower()[:1000]).split()


def _are_outcomes(given, many):
    """Return whether data are what so many calls gave."""
    return (
        isinstance(given, list)
        and len(given) == many
        and all(isinstance(outcome, dict) and {"value", "error"} & outcome.keys() for outcome in given)
    )


def _has_dots(value):
    return value == "..." or (isinstance(value, list) and any(map(_has_dots, value[:1000])))
