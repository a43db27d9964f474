"""What became of one submission: the only form in which marks are kept, counted and shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["MarkedAnswer", "Result"]

_LINES = ("notes", "asides", "doubts")


@dataclass(frozen=True)
class MarkedAnswer:
    """One answer and its mark.

    Attributes
    ----------
    status : str
        ``"right"``, ``"wrong"``, ``"no answer"`` or ``"not marked"``.
    reason, next_step : str
        What the learner reads.
    misconception : str or None
        Its tag, where a wrong answer shows one.
    answer : object
        Data, as they are kept: ids of options, numbers, the outcomes of a function.
    source : str or None
        The code, of an answer that is code.
    learner : str or None
        Whose numbers the question had.
    time : str or None
        When it was given (UTC, ISO 8601), where the paper says so; so with the next four.
    number, tries : int or None
        Which of the learner's tries this is, from 1; how many there were.
    hints : int or None
        How many hints were shown before this answer.
    solution : bool or None
        Whether the solution was shown before this answer.
    """

    status: str
    reason: str = ""
    next_step: str = ""
    misconception: str | None = None
    answer: Any = None
    source: str | None = None
    learner: str | None = None
    time: str | None = None
    number: int | None = None
    tries: int | None = None
    hints: int | None = None
    solution: bool | None = None


@dataclass(frozen=True)
class Result:
    """What became of one submission.

    Attributes
    ----------
    submission : str
        Where it was found, as a person would say it.
    sha256 : str
        Of its bytes; empty where they were not read.
    status : str
        ``"marked"``, ``"could not be marked"`` or ``"left out"``.
    fault : str or None
        Why it was not marked, in one line.
    kind : str or None
        ``"hand-in"`` or ``"notebook"``.
    learner : str or None
        The id of the record.
    name : str or None
        What the learner is called in it.
    lesson : str or None
    written : str or None
        When it was written (UTC, ISO 8601), where it says so.
    answers : dict
        Id of each question of the lesson → :class:`MarkedAnswer`.
    notes : tuple of str
        What the teacher, and the learner, should know.
    asides : tuple of str
        What the teacher alone should know, since it is about other learners, too.
    doubts : tuple of str
        What a person has to decide, such as whose it is.
    turn, turns : int
        Which of the files it is that lay at this place one after another, from 1, and how many there were.
    """

    submission: str
    sha256: str = ""
    status: str = "marked"
    fault: str | None = None
    kind: str | None = None
    learner: str | None = None
    name: str | None = None
    lesson: str | None = None
    written: str | None = None
    answers: Mapping[str, MarkedAnswer] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    turn: int = 1
    turns: int = 1

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Result":
        """Return a result as :meth:`as_json` wrote it."""
        answers = {name: MarkedAnswer(**answer) for name, answer in kept["answers"].items()}
        return cls(**{**kept, "answers": answers, **{each: tuple(kept.get(each, ())) for each in _LINES}})

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON holds it.

        Examples
        --------
        >>> result = Result("ada.json", answers={"M2.01": MarkedAnswer("right")})
        >>> Result.from_json(result.as_json()) == result
        True
        """
        return {**asdict(self), **{each: list(getattr(self, each)) for each in _LINES}}

    @property
    def key(self) -> str:
        """What tells it from all others, also from files of this name in one archive, or at one place in turn."""
        return f"{self.submission}\n{self.sha256}\n{self.turn}"

    @property
    def to_look_at(self) -> list[str]:
        """Return what a person has to look at, each in one line: what could not be marked, and what is in doubt.

        A file that could not be marked, and was replaced by another one, needs no look.
        """
        if self.status != "marked" and self.turn < self.turns:
            return []
        unread = [self.fault] if self.status == "could not be marked" and self.fault else []
        answers = [f"{name}: {each.reason}" for name, each in self.answers.items() if each.status == "not marked"]
        return [*unread, *answers, *self.doubts]

    def count(self, status: str) -> int:
        """Return how many answers have a status."""
        return sum(answer.status == status for answer in self.answers.values())
