"""One code cell of a learner's notebook: parsed once, never run here."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from collapse_edu.course.quiz.marking.script import HUGE, Answer, checked
from collapse_edu.course.quiz.notebook import answer_name
from collapse_edu.course.quiz.question import Function, Question

__all__ = ["Cell"]

_ASK = ("check", "hint", "solution")  # calls that an answer cell may hold, and still be a plain value
_SIMPLE = (ast.Constant, ast.Name)  # expressions that do nothing


@dataclass(frozen=True)
class Cell:
    """A code cell, and what its notebook says about it.

    Attributes
    ----------
    source : str
    question : str or None
        The question that its metadata name.
    prompt : str
        The markdown since the last code cell.
    made_for : mapping
        The hash of that question when the notebook was made: ``hash``, or ``prompt`` in an older one.
    asked_above : sequence of str
        Ids that the last call of ``ask`` in the cell above names.
    outputs : sequence of dict
        The metadata that the course wrote into the outputs.
    """

    source: str
    question: str | None = None
    prompt: str = ""
    made_for: Mapping[str, str] = field(default_factory=dict)
    asked_above: Sequence[str] = ()
    outputs: Sequence[Mapping] = ()

    @property
    def called(self) -> Sequence[str]:
        """Ids of questions that calls of ``check`` in it name, or of ``ask`` above it."""
        return self.first_texts("check") or (() if self.first_texts("ask") else self.asked_above)

    def calls(self, name: str) -> list[ast.Call]:
        """Return the calls of a plain name."""
        return [call for call in self._calls if call.func.id == name]

    def first_texts(self, name: str) -> list[str]:
        """Return the texts that calls of a name have for their first argument: ids of questions, if they are any."""
        first = [getattr(call.args[0], "value", None) for call in self.calls(name) if call.args]
        return [value for value in first if isinstance(value, str)]

    def answer(self, question: Question) -> Answer | None:
        """Return the answer to a question that can be read off the cell; None if it must be run to know."""
        if self._tree is None:
            return None  # a magic, or an error; running it will tell
        if self._is_review(question):
            return Answer()
        given = self.only_checked(question)
        if isinstance(question, Function):
            return Answer() if given is None and self._is_starter(question) else None
        name = answer_name(question)
        rest = [statement for statement in self._tree.body if not _is_idle(statement)]
        if given is None:
            return _assigned_answer(rest, name)
        return None if self._does_more(rest, name) else _plain_answer(given)

    def holds_answer(self, question: Question) -> bool:
        """Return whether the cell gives the question's answer a name, and is not left as it was."""
        answer = self.answer(question)
        if answer:
            return answer.data is not None or bool(answer.fault)
        return self.binds(answer_name(question)) or self.only_checked(question) is not None

    def binds(self, name: str) -> bool:
        """Return whether the cell gives something a name."""
        if self._tree is None:
            return bool(re.search(rf"^\s*(def\s+)?{re.escape(name)}\b\s*[=(:]", self.source, re.MULTILINE))
        return any(_bound(node) == name for node in self._nodes)

    def only_checked(self, question: Question) -> ast.expr | None:
        """Return the expression that the cell gives to ``check`` alone, under no name of the answer's own."""
        given, name = self._given_to_check(question), answer_name(question)
        if given is None or _is_blank(given) or getattr(given, "id", None) == name:
            return None
        return None if self._fills(name) else given

    @cached_property
    def _tree(self):
        """The parsed cell, or None where it is no Python."""
        try:
            return ast.parse(self.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def _nodes(self):
        return [] if self._tree is None else list(ast.walk(self._tree))

    @cached_property
    def _calls(self):
        return [node for node in self._nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]

    def _does_more(self, statements, name):
        """Return whether statements do more than give something a name and call ``check``."""
        checks = set(_dumps(self.calls("check")))
        rest = [line for line in statements if not _assigns(line, name)]
        return not all(isinstance(line, ast.Expr) and ast.dump(line.value) in checks for line in rest)

    def _given_to_check(self, question):
        """Return what the one call of ``check`` for a question gives as the answer; None where that is not clear."""
        calls = [call for call in self._checks(question) if not _asks_again(call)]
        if len(calls) != 1:
            return None
        given = [*calls[0].args[1:2], *(word.value for word in calls[0].keywords if word.arg == "answer")]
        return given[0] if len(given) == 1 else None

    def _checks(self, question):
        """Return the calls of ``check`` for a question."""
        calls = [call for call in self.calls("check") if call.args]
        return [call for call in calls if getattr(call.args[0], "value", None) == question.id]

    def _is_review(self, question):
        """Return whether the cell only checks a question that came back: its answer is none to the quiz."""
        checks = self._checks(question)
        return bool(checks) and all(map(_asks_again, checks))

    def _fills(self, name):
        """Return whether the cell gives a name anything but dots."""
        blank = [node for node in self._nodes if _assigns(node, name) and _is_blank(node.value)]
        bound = [node for node in self._nodes if _bound(node) == name]
        return len(bound) > len(blank)

    def _is_starter(self, question):
        """Return whether nothing was written yet into the function."""
        body, starters = self._tree.body, _functions(ast.parse(question.starter).body)
        written = [function for function in _functions(body) if function.name == question.name]
        others = [line for line in body if line not in written and not _is_idle(line)]
        return not others and _dumps(written) in ([], _dumps(starters))


def _asks_again(check):
    """Return whether a call of ``check`` is for a question that came back."""
    again = [*check.args[2:3], *(word.value for word in check.keywords if word.arg == "again")]
    return bool(again) and getattr(again[0], "value", again[0]) != 0


def _functions(body):
    return [line for line in body if isinstance(line, ast.FunctionDef)]


def _dumps(nodes):
    return [ast.dump(node) for node in nodes]


def _bound(node):
    """Return the name that a node gives to something, or None."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    return (node.asname or node.name) if isinstance(node, ast.alias) else None


def _is_blank(node):
    return isinstance(node, ast.Constant) and node.value in (None, ...)


def _is_idle(statement):
    """Return whether a statement has nothing to do with the answer: an import, a text, a call of ``check``."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return all(alias.name != "*" and not str(_bound(alias)).startswith("answer_") for alias in statement.names)
    if not isinstance(statement, ast.Expr):
        return False
    return isinstance(statement.value, _SIMPLE) or _only_asks(statement.value)


def _only_asks(node):
    """Return whether an expression is a call of ``check``, ``hint`` or ``solution``, of nothing but names and texts."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _ASK
        and all(isinstance(argument, _SIMPLE) for argument in node.args)
        and not node.keywords
    )


def _assigns(statement, name):
    return (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == name
    )


# ---------------------------------------------------------------- plain values


def _assigned_answer(statements, name):
    """Return the answer where all that is done is to give it its name; none where nothing is done."""
    if not statements:
        return Answer()
    return _plain_answer(statements[0].value) if len(statements) == 1 and _assigns(statements[0], name) else None


def _plain_answer(node):
    """Return the answer that an expression is; None if it must be run to know."""
    try:
        return checked(_value(node))
    except (ValueError, ArithmeticError, RecursionError):
        return None


_OPERATIONS = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b,
}  # fmt: skip


def _value(node):
    """Return the value of a literal, or of a little arithmetic on numbers."""
    if isinstance(node, ast.Constant):
        return None if node.value is ... else node.value
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        parts = [_value(part) for part in node.elts]
        return sorted(parts, key=repr) if isinstance(node, ast.Set) else parts
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_number(node.left), _number(node.right))
    raise ValueError("not a plain value")


def _number(node):
    value = _value(node)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -HUGE < value < HUGE:
        raise ValueError("not a plain number")
    return value
