"""One cell of a learner's notebook: its code is parsed once, and never run here."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from collapse_edu.course.quiz.marking.parsed_code import ParsedCode, is_dots, plain_answer, text_of
from collapse_edu.course.quiz.marking.script import Answer
from collapse_edu.course.quiz.notebook import answer_name
from collapse_edu.course.quiz.question import Function, Question

__all__ = ["Cell", "Output"]


@dataclass(frozen=True)
class Output:
    """What a cell showed: what the course wrote into the metadata, and the text."""

    about: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell, and what its notebook says about it.

    Attributes
    ----------
    source : str
        The code; of a text cell, the lines in it that are code.
    is_code : bool
        Whether it is a code cell.
    prose : str
        What else a text cell holds.
    about : mapping
        The course's own metadata: the question, and its ``hash`` when the notebook was made, or ``prompt`` in an older
        one.
    outputs : sequence of Output
    parse : bool
        Whether there is still room to parse it.
    """

    source: str
    is_code: bool = True
    prose: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[Output] = ()
    parse: bool = True

    @cached_property
    def code(self) -> ParsedCode:
        """The code, parsed once."""
        return ParsedCode(self.source, self.parse)

    @cached_property
    def ids(self) -> set[str]:
        """The questions that it names: in its metadata, or in a call of ``check``."""
        return {*filter(None, [self.about.get("question")]), *self.code.first_texts("check")}

    @cached_property
    def asked(self) -> list[str]:
        """The questions that its calls of ``ask`` show, but for those that come back."""
        again = [text_of(call.args[0]) for call in self.code.calls.get("ask", ()) if call.args and _comes_back(call, 1)]
        return [name for name in self.code.first_texts("ask") if name not in again]

    def holds_answer(self, question: Question) -> bool:
        """Return whether it answers a question: gives something to its name, or to ``check`` for it."""
        if self._is_review(question) or (isinstance(question, Function) and self._is_starter(question)):
            return False
        if self.code.filled[answer_name(question)] > 0 or self.only_checked(question) is not None:
            return True
        blank = ("", "...", "None", answer_name(question))
        return any(given not in blank for given in self.code.given_in_lines(question.id))

    def may_answer(self, question: Question) -> bool:
        """Return whether the cell, laid for a question, does something that only a run of it tells from an answer."""
        if self.about.get("question") != question.id or self._is_review(question) or self.code.is_plain:
            return False
        if isinstance(question, Function) and self._is_starter(question):
            return False
        return answer_name(question) not in self.code.filled  # else it was left blank, beside something else

    def answer(self, question: Question) -> Answer | None:
        """Return the answer that it holds to a question, where it can be read; None if it must be run to know."""
        if isinstance(question, Function) or not self.code.is_plain:
            return None
        given = self.only_checked(question)
        value = self.code.value(answer_name(question)) if given is None else given
        return None if value is None else plain_answer(value)

    def only_checked(self, question: Question) -> ast.expr | None:
        """Return the expression that the cell gives to ``check`` alone, under no name of the answer's own."""
        given = [_given(call) for call in self._checks(question) if not _comes_back(call, 2)]
        name = answer_name(question)
        if not given or given[-1] is None or is_dots(given[-1]) or getattr(given[-1], "id", None) == name:
            return None
        return None if self.code.filled[name] > 0 else given[-1]

    def _checks(self, question):
        """Return the calls of ``check`` for a question."""
        return [call for call in self.code.calls.get("check", ()) if call.args and text_of(call.args[0]) == question.id]

    def _is_review(self, question):
        """Return whether the cell only checks a question that came back: its answer is none to the quiz."""
        checks = self._checks(question)
        return bool(checks) and all(_comes_back(call, 2) for call in checks)

    def _is_starter(self, question):
        """Return whether nothing was written yet into the function."""
        if self.only_checked(question) is not None:
            return False
        name = question.name
        return self.code.defines_only(name) in ("", _parsed(question.starter).defines_only(name))


@lru_cache
def _parsed(starter):
    return ParsedCode(starter)


def _given(check):
    """Return what a call of ``check`` gives as the answer; None where it gives none."""
    given = [*check.args[1:2], *(word.value for word in check.keywords if word.arg == "answer")]
    return given[0] if len(given) == 1 else None


def _comes_back(call, place):
    """Return whether a call is for a question that comes back: ``again``, in its place among the arguments."""
    again = [*call.args[place : place + 1], *(word.value for word in call.keywords if word.arg == "again")]
    return bool(again) and getattr(again[0], "value", again[0]) not in (0, False)
