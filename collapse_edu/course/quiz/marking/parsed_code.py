"""What a cell's code names, calls and does, found in one pass over its syntax. Nothing is run here."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property

from collapse_edu.course.quiz.marking.script import HUGE, Answer, checked
from collapse_edu.course.quiz.question import is_blank

__all__ = ["LONGEST_CODE", "ParsedCode", "is_dots", "plain_answer", "text_of"]

LONGEST_CODE = 20_000  # characters that are parsed; longer code is known by its lines alone
_COURSE = ("ask", "check", "hint", "solution", "identify", "progress", "welcome", "hand_in", "who_are_you")
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_BINDS = re.compile(
    r"^[ \t]*(?:%\w+ +)?(?:(?:async +)?(?:def|class) +)?([^\W\d]\w*)[ \t]*(=(?!=)[^\n]*|[(:])", re.MULTILINE
)
_CALLS = re.compile(r"\b(ask|check)\([ \t]*[\"']([\w.]{1,20})[\"'][ \t]*(?:,[ \t]*([^\s,)]+))?")
_WRITTEN_BLANK = re.compile(r"=[ \t]*(\.\.\.|None)[ \t\r]*(#.*)?")
_MAGIC = re.compile(r"^([ \t]*)(?:%%?(?:time|timeit|capture)\b[ \t]*|[%!?].*)", re.MULTILINE)
_ANSWER_BEHIND_BLANK = re.compile(  # a number, a text in quotes, letters; unlike what the course writes there
    r"=[ \t]*(?:\.\.\.|None)[ \t]*#[ \t]*([-+.\d'\"].*|[A-Ha-h](?:[ \t]*,[ \t]*[A-Ha-h])*)[ \t]*$", re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*#(.*)$", re.MULTILINE)


class ParsedCode:
    """The code of one cell.

    Parameters
    ----------
    source : str
    parse : bool
        Whether it may be parsed at all; else its lines are all that is looked at.

    Attributes
    ----------
    is_python : bool
    has_magics : bool
        Whether lines that only IPython knows were left out.
    filled : Counter
        Name → how many times it is given anything but dots or None.
    calls : dict
        Plain name → its calls.
    """

    def __init__(self, source: str, parse: bool = True):
        self.source = source
        self.has_magics = False
        self.filled: Counter[str] = Counter()
        self.calls: dict[str, list[ast.Call]] = {}
        self._calls_in_lines: list[tuple[str, str, str]] = []  # (ask or check, id, answer), of code that is no Python
        self._body = self._parsed() if parse and len(source) <= LONGEST_CODE else None
        self.is_python = self._body is not None
        if self.is_python:
            self._index()
        else:
            self._index_lines()

    def first_texts(self, name: str) -> list[str]:
        """Return the texts that calls of a name have for their first argument: ids of questions, if they are any."""
        found = [text_of(call.args[0]) for call in self.calls.get(name, ()) if call.args]
        return [text for text in found if text] + [text for called, text, _ in self._calls_in_lines if called == name]

    @cached_property
    def is_plain(self) -> bool:
        """Whether it does no more than give names to plain values and call the course's own functions."""
        return self.is_python and not self.has_magics and all(map(_is_plain, self._body or ()))

    def given_in_lines(self, question: str) -> list[str]:
        """Return the words of what calls of ``check`` give for a question, in code that is no Python."""
        return [given for called, name, given in self._calls_in_lines if (called, name) == ("check", question)]

    def defines_only(self, name: str) -> str | None:
        """Return the syntax of what defines a name, where all else is plain; None where there is more."""
        definitions = [line for line in self._body or () if isinstance(line, _DEFINITIONS)]
        if not self.is_python or [line.name for line in definitions] not in ([], [name]):
            return None
        rest = [line for line in self._body or () if line not in definitions]
        try:
            return "".join(map(ast.dump, definitions)) if all(map(_is_plain, rest)) else None
        except RecursionError:  # so deep that it is no starter
            return None

    def value(self, name: str) -> ast.expr | None:
        """Return what a name is given at the top; None where it is given nothing, or more than one thing."""
        found = [line.value for line in self._body or () if _assigns(line, name) and not is_dots(line.value)]
        return found[0] if len(found) == 1 == self.filled[name] else None

    def remains(self, names: Collection[str], starter: str) -> str:
        """Return the first line of what may be meant as an answer; "" where there is none.

        It is neither idle, nor gives something to one of the names; and no comment that stands in the starter.
        """
        lines = self.source.splitlines()
        if not self.is_python:
            return next((line.strip() for line in lines if line.strip()), "")
        for statement in self._body or ():
            if (not _is_idle(statement) and not _is_about(statement, names)) or _gives_to_check(statement):
                return lines[statement.lineno - 1].strip() if statement.lineno <= len(lines) else "?"
        comments = [*_COMMENT.findall(self.source), *_ANSWER_BEHIND_BLANK.findall(self.source)]
        comments = [text.strip() for text in comments]
        return next((text for text in comments if "hand_in(" not in text and text not in starter), "")

    def _parsed(self):
        body = _body(self.source)
        if body is None and (without := _MAGIC.sub(_without_magic, self.source)) != self.source:
            self.has_magics = True
            body = _body(without)
        return body

    def _index(self):
        for node in ast.walk(ast.Module(self._body, [])):
            if name := _bound(node):
                self.filled[name] += 1
            if isinstance(node, ast.Assign) and is_dots(node.value):
                self.filled.subtract(target.id for target in node.targets if isinstance(target, ast.Name))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                self.calls.setdefault(node.func.id, []).append(node)

    def _index_lines(self):
        lines = self.source[: 10 * LONGEST_CODE]
        self.filled.update(name for name, rest in _BINDS.findall(lines) if not _is_written_blank(rest))
        self._calls_in_lines = _CALLS.findall(lines)


def text_of(node: ast.expr) -> str | None:
    """Return the text that an expression is, or None."""
    value = getattr(node, "value", None)
    return value if isinstance(value, str) else None


def is_dots(node: ast.expr) -> bool:
    """Return whether an expression is a blank: dots, None, or a text of nothing."""
    return isinstance(node, ast.Constant) and is_blank(node.value)


def plain_answer(node: ast.expr) -> Answer | None:
    """Return the answer that an expression is; None if it must be run to know."""
    try:
        return checked(_value(node))
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _body(source) -> Sequence[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_magic(found):
    """Return what stands in for a magic: nothing for one that runs the rest of its line, else a line of nothing."""
    return found[1] if found[0].lstrip().startswith(("%time", "%%time", "%%capture", "%capture")) else f"{found[1]}pass"


def _is_written_blank(rest):
    return bool(_WRITTEN_BLANK.fullmatch(rest))


def _bound(node):
    """Return the name that a node gives to something, or None."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, _DEFINITIONS):
        return node.name
    return (node.asname or node.name) if isinstance(node, ast.alias) else None


def _is_idle(statement):
    """Return whether a statement has nothing to do with an answer: an import, or a call of the course's own."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return all(alias.name != "*" and not str(_bound(alias)).startswith("answer_") for alias in statement.names)
    if isinstance(statement, ast.Pass):
        return True
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _COURSE):
        return False
    return all(map(_is_harmless, [*call.args, *(word.value for word in call.keywords)]))


def _is_plain(statement):
    if isinstance(statement, ast.Assign):
        return _assigns(statement) and _is_literal(statement.value)
    return _is_quiet(statement) or _only_defines(statement)


def _only_defines(statement):
    """Return whether a statement defines a function, and nothing in it is done before that is called."""
    if not isinstance(statement, ast.FunctionDef) or statement.decorator_list:
        return False
    done = [*statement.args.defaults, *filter(None, statement.args.kw_defaults)]
    return all(map(_is_harmless, done)) and not any(isinstance(node, ast.Call) for node in _annotations(statement))


def _annotations(function):
    arguments = [node for node in ast.walk(function.args) if isinstance(node, ast.arg)]
    noted = [*filter(None, [function.returns, *(argument.annotation for argument in arguments)])]
    return [node for each in noted for node in ast.walk(each)]


def _is_quiet(statement):
    return _is_idle(statement) or (isinstance(statement, ast.Expr) and _is_harmless(statement.value))


def _is_harmless(node):
    return isinstance(node, ast.Name) or _is_literal(node)


def _gives_to_check(statement):
    """Return whether a statement gives a plain value to ``check``, and for no question that came back."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or getattr(call.func, "id", None) != "check" or len(call.args) != 2:
        return False
    return not call.keywords and not is_dots(call.args[1]) and _is_literal(call.args[1])


def _is_about(statement, names):
    """Return whether a statement gives something to one of the names, gives dots to any, or shows one."""
    if isinstance(statement, _DEFINITIONS):
        return statement.name in names
    if isinstance(statement, ast.Expr):
        return getattr(statement.value, "id", None) in names or is_dots(statement.value)
    if isinstance(statement, ast.Assign) and is_dots(statement.value):
        return True
    return any(_bound(node) in names for node in ast.walk(statement))


def _assigns(statement, name=None):
    """Return whether a statement gives something to one plain name, or to this one."""
    if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
        return False
    target = statement.targets[0]
    return isinstance(target, ast.Name) and name in (None, target.id)


# ---------------------------------------------------------------- plain values

_OPERATIONS = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b,
}  # fmt: skip


def _is_literal(node):
    try:
        _value(node)
    except (ValueError, ArithmeticError, RecursionError):
        return False
    return True


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
