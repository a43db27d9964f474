"""Questions as data: what is asked, what each answer means, and how an answer is judged.

Nothing here needs NumPy: keys are functions that import what they compute with when they are called.
"""

import hashlib
import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isclose, isfinite

__all__ = [
    "Function", "Headline", "Misreading", "MultipleChoice", "Numeric", "Option", "Ordering", "Question",
    "SingleChoice", "Verdict", "read_number",
]  # fmt: skip


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

    def __str__(self):
        word = {True: "right", False: "not right", None: "not an answer yet"}[self.right]
        return f"{self.question}: {word}. {self.reason} {self.next_step}".strip()


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
        A ladder: each one gives a little more away.
    lesson : str
        The way back: notebook and heading, such as ``"M2_gaussian_collapse.ipynb#Idea-1:-One-chain-lies"``.
    parameters : mapping
        Name → values of which each learner gets one.
    figure : callable, optional
        Parameters → a picture that belongs to the question.
    """

    id: str
    objective: str
    prompt: str
    solution: str
    hints: Sequence[str]
    lesson: str
    parameters: Mapping[str, Sequence] = field(default_factory=dict)
    figure: Callable | None = None

    kind = "question"

    def values(self, learner):
        """Return the parameters of a learner: the same ones on every machine, others for a neighbour."""
        rng = self._random(learner)
        return {name: rng.choice(list(choices)) for name, choices in self.parameters.items()}

    def ask(self, learner):
        """Return the prompt with the learner's numbers."""
        return self.prompt.format(**self.values(learner))

    def solve(self, learner):
        """Return the solution with the learner's numbers."""
        return self.solution.format(**self.values(learner), key=self.shown_key(learner))

    def shown_key(self, learner):
        """Return the right answer as text."""
        raise NotImplementedError

    def right_answer(self, learner):
        """Return an answer, as data, that is right."""
        raise NotImplementedError

    def wrong_answers(self, learner):
        """Return every wrong answer that the question knows, as ``(answer, reason)``."""
        raise NotImplementedError

    def judge(self, answer, learner):
        """Return the verdict on an answer. It never raises: what cannot be read is not an answer yet."""
        if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
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
        return Verdict(self.id, False, reason, f"Look again at {self.lesson}, or ask for a hint.", misconception)

    def _random(self, learner):
        lesson = self.id.partition(".")[0]
        text = f"model collapse|{lesson}|{learner}|{self.id}"
        return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()))


class UnreadableError(ValueError):
    """An answer that is no answer of this kind; says in one line what would be."""


@dataclass(frozen=True, kw_only=True)
class SingleChoice(Question):
    """Choose one option: an answer is its letter."""

    options: Sequence[Option]
    kind = "single choice"

    def letters(self):
        """Return letter → option."""
        return dict(zip(string.ascii_lowercase, self.options, strict=False))

    def right_answer(self, learner):
        return next(letter for letter, option in self.letters().items() if option.right)

    def shown_key(self, learner):
        letter = self.right_answer(learner)
        return f"{letter}: {self.letters()[letter].text.format(**self.values(learner))}"

    def wrong_answers(self, learner):
        values = self.values(learner)
        return [(letter, option.why.format(**values)) for letter, option in self.letters().items() if not option.right]

    def _judge(self, answer, learner):
        (letter,) = _letters(answer, self.letters(), least=1, most=1)
        option = self.letters()[letter]
        why = option.why.format(**self.values(learner))
        return self._right(why) if option.right else self._wrong(why, option.misconception)


@dataclass(frozen=True, kw_only=True)
class Headline(SingleChoice):
    """Judge a headline: under which regime, by which definition of collapse, does it hold?"""

    headline: str
    kind = "judge a headline"

    def ask(self, learner):
        return f"“{self.headline}” {super().ask(learner)}"


@dataclass(frozen=True, kw_only=True)
class MultipleChoice(SingleChoice):
    """Choose all options that hold: an answer is a set of letters; all or nothing."""

    kind = "multiple choice"

    def right_answer(self, learner):
        return [letter for letter, option in self.letters().items() if option.right]

    def shown_key(self, learner):
        return ", ".join(self.right_answer(learner))

    def wrong_answers(self, learner):
        """Return each right answer with one letter too many, or one too few."""
        values, right, wrong = self.values(learner), set(self.right_answer(learner)), []
        for letter, option in self.letters().items():
            wrong.append((sorted(right ^ {letter}), option.why.format(**values)))
        return wrong

    def _judge(self, answer, learner):
        chosen = set(_letters(answer, self.letters(), least=0, most=len(self.options)))
        values, right = self.values(learner), set(self.right_answer(learner))
        off = sorted(chosen ^ right)
        if not off:
            return self._right(" ".join(self.letters()[letter].why.format(**values) for letter in sorted(right)))
        first = self.letters()[off[0]]
        count = "One option is" if len(off) == 1 else f"{len(off)} options are"
        return self._wrong(f"{count} off, such as {off[0]}: {first.why.format(**values)}", first.misconception)


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
    misreadings : sequence of Misreading
        Typical wrong numbers.
    """

    key: Callable
    tolerance: float = 0.02
    unit: str = ""
    misreadings: Sequence[Misreading] = ()
    kind = "numeric"

    def right_answer(self, learner):
        return float(self.key(**self.values(learner)))

    def shown_key(self, learner):
        return f"{self.right_answer(learner):.3g} {self.unit}".strip()

    def wrong_answers(self, learner):
        values = self.values(learner)
        return [(float(each.answer(**values)), each.why.format(**values)) for each in self.misreadings]

    def _judge(self, answer, learner):
        number, key, values = read_number(answer, self.unit), self.right_answer(learner), self.values(learner)
        if isclose(number, key, rel_tol=self.tolerance):
            return self._right(f"{number:.4g} is within {100 * self.tolerance:g} % of what the library computes.")
        for each in self.misreadings:
            if isclose(number, each.answer(**values), rel_tol=min(self.tolerance, 0.01)):
                return self._wrong(each.why.format(**values), each.misconception)
        direction = "too large" if number > key else "too small"
        return self._wrong(f"{number:.4g} is {direction}.")


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

    def letters(self, learner):
        """Return letter → item, in the learner's order, which is never the right one."""
        shown, rng = list(self.items), self._random(learner)
        while shown == list(self.items):
            rng.shuffle(shown)
        return dict(zip(string.ascii_lowercase, shown, strict=False))

    def right_answer(self, learner):
        letter_of = {item: letter for letter, item in self.letters(learner).items()}
        return [letter_of[item] for item in self.items]

    def shown_key(self, learner):
        return " ".join(self.right_answer(learner))

    def wrong_answers(self, learner):
        """Return the right order with each pair of neighbours swapped."""
        wrong = []
        for place, reason in enumerate(self.because):
            order = self.right_answer(learner)
            order[place : place + 2] = reversed(order[place : place + 2])
            wrong.append((order, reason))
        return wrong

    def _judge(self, answer, learner):
        letters = self.letters(learner)
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
    """

    name: str
    starter: str
    reference: Callable
    inputs: Callable
    tolerance: float = 1e-6
    misreadings: Sequence[Misreading] = ()
    kind = "function"

    def cases(self, learner):
        """Return the arguments that a learner's function is tried on."""
        return self.inputs(self._random(learner))

    def outputs(self, function, learner):
        """Return what a function gives on all cases, as data; what it raises is an error in words."""
        return [_outcome(function, arguments) for arguments in self.cases(learner)]

    def right_answer(self, learner):
        return self.outputs(self.reference, learner)

    def shown_key(self, learner):
        return "a function that agrees with the reference on all inputs"

    def wrong_answers(self, learner):
        return [(self.outputs(each.answer, learner), each.why) for each in self.misreadings]

    def _judge(self, answer, learner):
        given = self.outputs(answer, learner) if callable(answer) else answer
        expected, cases = self.right_answer(learner), self.cases(learner)
        if not isinstance(given, list) or len(given) != len(expected):
            raise UnreadableError(f"The answer must be a function {self.name}; got {answer!r:.60}.")
        if all(isinstance(each, dict) and each.get("value", 0) in (None, "...") for each in given):
            raise UnreadableError(f"{self.name} returns nothing yet: replace the dots.")
        for arguments, mine, right in zip(cases, given, expected, strict=True):
            if not _same(mine, right, self.tolerance):
                return self._counter_example(given, arguments, mine, right, learner)
        return self._right(f"{self.name} gives the right value on all {len(cases)} inputs.")

    def _counter_example(self, given, arguments, mine, right, learner):
        call = f"{self.name}({', '.join(_short(each) for each in arguments)})"
        what = f"raises {mine['error']}" if "error" in mine else f"gives {_short(mine.get('value'))}"
        seen = f"{call} {what}; {_short(right['value'])} is right."
        for each in self.misreadings:
            typical = self.outputs(each.answer, learner)
            if all(_same(a, b, self.tolerance) for a, b in zip(given, typical, strict=True)):
                return self._wrong(f"{each.why} {seen}", each.misconception)
        return self._wrong(seen)


def read_number(answer, unit=""):
    """Return the number that a learner wrote.

    Examples
    --------
    >>> [read_number(text) for text in ("0.25", "1/4", "2.5e-1", "25 %", "0,25")]
    [0.25, 0.25, 0.25, 0.25, 0.25]
    >>> read_number("69 generations", unit="generations")
    69.0
    """
    refused = UnreadableError(f"The answer must be a number, such as 0.25, 1/4, 2.5e-1 or 25 %; got {answer!r:.60}.")
    if isinstance(answer, bool):
        raise refused
    text = str(answer).strip().replace("−", "-").replace("\u00a0", " ")
    if unit and text.endswith(unit):
        text = text.removesuffix(unit).strip()
    percent = text.endswith("%")
    text = text.removesuffix("%").strip()
    if "," in text and "." not in text and text.count(",") == 1 and len(text.rpartition(",")[2]) != 3:
        text = text.replace(",", ".")  # a decimal comma; "1,000" is a thousand
    parts = text.replace(",", "").split("/")
    try:
        number = float(parts[0]) if len(parts) == 1 else float(Fraction(parts[0].strip()) / Fraction(parts[1].strip()))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise refused from None
    if len(parts) > 2 or not isfinite(number):
        raise refused
    return number / 100 if percent else number


def _letters(answer, known, *, least, most):
    """Return the letters of an answer such as ``"b"``, ``"a, c"``, ``"ac"`` or ``["a", "c"]``."""
    text = answer if isinstance(answer, str) else " ".join(map(str, answer)) if _is_collection(answer) else None
    letters = [character for character in (text or "").lower() if character not in " ,;>"]
    if text is None or set(letters) - known.keys() or len(set(letters)) != len(letters):
        raise UnreadableError(f"The answer must use letters of {', '.join(known)}, each once; got {answer!r:.60}.")
    if not least <= len(letters) <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise UnreadableError(f"The answer must have {count} of the letters {', '.join(known)}; got {answer!r:.60}.")
    return letters


def _is_collection(answer):
    return isinstance(answer, list | tuple | set | frozenset)


def _outcome(function, arguments):
    try:
        return {"value": _plain(function(*arguments))}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def _plain(value):
    """Return a value as JSON could hold it: NumPy's numbers and arrays become numbers and lists."""
    if value is ...:
        return "..."
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)[:200]


def _same(mine, right, tolerance):
    if not isinstance(mine, dict) or "value" not in mine:
        return False
    return _close(mine["value"], right["value"], tolerance)


def _close(mine, right, tolerance):
    if isinstance(right, list):
        return (
            isinstance(mine, list)
            and len(mine) == len(right)
            and all(_close(a, b, tolerance) for a, b in zip(mine, right, strict=True))
        )
    if isinstance(right, bool | str) or right is None or not isinstance(mine, int | float):
        return mine == right
    return isclose(mine, right, rel_tol=tolerance, abs_tol=tolerance * 1e-3)


def _short(value):
    text = f"{value:.4g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
