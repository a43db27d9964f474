"""What one learner answered, as checked data: the only form in which anything of a learner's goes on to be judged."""

import re
from dataclasses import dataclass, field
from math import isfinite

__all__ = ["Answer", "Script", "UnreadableSubmissionError", "checked", "tidy"]

LONGEST = 10_000  # characters of a text
HUGE = 10**300  # numbers are smaller
_DEEPEST, _MOST = 12, 100_000
_TALL_POWER = re.compile(r"[eE][+-]?0*[1-9]\d{3,}")  # 1e99999999 would be written out as a whole number somewhere


@dataclass(frozen=True)
class Answer:
    """The answer to one question: data, or the reason why there is none.

    Attributes
    ----------
    data : object
    fault : str or None
    source : str or None
        The text of the code, where the answer is code.
    time, number, tries, hints, solution
        As in a marked answer; None where the paper does not say.
    """

    data: object = None
    fault: str | None = None
    source: str | None = None
    time: str | None = None
    number: int | None = None
    tries: int | None = None
    hints: int | None = None
    solution: bool | None = None


@dataclass
class Script:
    """All that one learner answered.

    Attributes
    ----------
    learner : str or None
        Whose numbers the questions have.
    lesson : str
    learners : dict
        Id of a question → whose numbers it has, where that is somebody else.
    own_order : set of str
        Ids of the questions whose letters mean the order of their learner. Else they mean the order of the bank.
    name : str or None
        What the learner is called.
    answers : dict
        Id of each question of the lesson → :class:`Answer`.
    notes : list of str
        What the teacher should know about how the answers were found.
    written : str or None
        When it was handed in (UTC, ISO 8601).
    earlier : list of Script
        Where the best try counts: other tries, which may count instead. Such a script has only the questions that were
        tried so often.
    final : bool
        Whether a second try would find the same; not so where isolation was missing, or code was cut off.
    """

    learner: str | None
    lesson: str
    answers: dict[str, Answer]
    name: str | None = None
    notes: list[str] = field(default_factory=list)
    written: str | None = None
    final: bool = True
    learners: dict[str, str | None] = field(default_factory=dict)
    own_order: set[str] = field(default_factory=set)
    earlier: list["Script"] = field(default_factory=list)

    def whose(self, question: str) -> str | None:
        """Return whose numbers a question has."""
        return self.learners.get(question, self.learner)


class UnreadableSubmissionError(ValueError):
    """It is neither a hand-in nor a quiz notebook; says in one line why.

    Parameters
    ----------
    fault : str
    lesson, learner, name : str, optional
        As in a :class:`Script`, where the paper says it all the same.
    """

    def __init__(self, fault: str, lesson: str | None = None, learner: str | None = None, name: str | None = None):
        super().__init__(fault)
        self.lesson, self.learner, self.name = lesson, learner, name


def tidy(text: object, longest: int = 300) -> str:
    """Return one line of a text that somebody else wrote: no control characters, nothing that UTF-8 cannot hold."""
    text = str(text)[: 4 * longest].encode("utf-8", "replace").decode()
    text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())[:longest]


def checked(data: object) -> Answer:
    """Return an answer of plain, finite, small data; a fault where it is anything else."""
    try:
        return Answer(_accepted(data, _DEEPEST, [_MOST]))
    except ValueError as error:
        return Answer(fault=str(error))


def _accepted(value, deepest, left):
    """Return data as they may go on; unlike what turns values into data, this refuses what it does not know."""
    left[0] -= 1
    if deepest < 0 or left[0] < 0:
        raise ValueError("the answer is too large or too deep")
    if isinstance(value, list | tuple):
        return [_accepted(part, deepest - 1, left) for part in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {tidy(key): _accepted(part, deepest - 1, left) for key, part in value.items()}
    return _single(value)


def _single(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _small_number(value)
    if isinstance(value, str):
        return _short_text(value)
    raise ValueError(f"the answer is of a kind that cannot be read: {tidy(type(value).__name__, 40)}")


def _small_number(number):
    if not -HUGE < number < HUGE or not isfinite(number):
        raise ValueError("the answer holds a number that is not finite")
    return number


def _short_text(text):
    if len(text) > LONGEST or _TALL_POWER.search(text):
        raise ValueError("the answer holds a text that is too long, or a number that is too large")
    return tidy(text, LONGEST)
