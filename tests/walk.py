"""A walk over public functions with hostile arguments: calls of their own examples, with an argument or two spoilt."""

import contextlib
import copy
import doctest
import importlib
import inspect
import io
import itertools
import re
import signal
import sys
import warnings
from collections.abc import Iterator
from functools import wraps
from typing import NamedTuple

import numpy as np

from collapse_edu import theory

PACKAGES = [
    *(f"collapse_edu.theory.{name}" for name in theory.__all__),
    "collapse_edu.metrics",
    "collapse_edu.models",
    "collapse_edu.ensemble",
]
SMALL = {"chains": 3, "generations": 4, "t": 20}  # enough to see what an ensemble answers
SECONDS = 3  # for one call; what passes takes milliseconds


class Plain:
    """An object that is nothing in particular."""

    def __repr__(self):
        return "<a plain object>"


def deep(n):
    """Return a list in a list in a list …"""
    inside = []
    for _ in range(n):
        inside = [inside]
    return inside


HOSTILE = [
    1e100, 1e308, -1e308, 5e-324, 1e-300, float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 0.5, 1.5, -1, 0, 1, 2,
    10**400,
    -(10**400), 2**31, 2**63, 2**64, True, None, 1j, "abc", "12", "", b"12", [], [[]], [0], [-1], [1e308, 1e308],
    [2**63, 2**63], [10**400, 1], [1, [2, 3]], [[1, 2], [3]], [[1.0, 2.0], [3.0]], [None, 1], ["1", "2"], [True, False],
    [[float("nan")]], [[1e308], [-1e308]], [[5e-324], [0.0]], deep(5), deep(40), deep(200), {}, {"a": 1}, {1, 2},
    np.float32(0.1), np.float32(3), np.int8(7), np.uint64(2**63), np.array(3), np.array([]), np.zeros((0, 3)),
    np.array([1, "a", None], dtype=object), np.array([10**400, 1], dtype=object), np.array([[1, 2]], dtype=object),
    np.array([1 + 2j]), np.array(["2020-01-01"], dtype="datetime64[D]"), np.ones((2, 2, 2)), np.ones((3, 1)),
    np.ones((2, 3)), np.array([1, 2, 3], dtype=np.uint8), np.ma.masked, np.float16(6), range(3), lambda *a: "abc",
    lambda *a: None, Plain(),
]  # fmt: skip


class Call(NamedTuple):
    """A call that works: a function, perhaps a method of an object, and arguments by name."""

    name: str
    function: object
    arguments: dict
    documentation: str

    def __str__(self):
        return self.name

    @property
    def parameters(self):
        """Names of the parameters that can be spoilt."""
        parameters = inspect.signature(self.function).parameters.values()
        starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        return [each.name for each in parameters if each.name != "self" and each.kind not in starred]


def hostile(call):
    """Return hostile values, and floats in arrays that fit the rows X of a call: what no look at the type refuses."""
    shape = np.shape(call.arguments.get("X", ()))
    numbers = (1e308, -1.0, 0.0, 5e-324, np.nan, np.inf) if shape else ()
    return [*HOSTILE, *(np.full(some, number) for number in numbers for some in (shape[:1], shape))]


def public():
    """Yield (name, function or class) of everything that the packages offer, functions that are new included."""
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            yield f"{package.removeprefix('collapse_edu.')}.{name}", getattr(module, name)


def methods(kind):
    """Yield the names of the public methods of a class, its own and those of its bases in the library."""
    for base in kind.__mro__:
        if base.__module__.startswith("collapse_edu"):
            yield from (name for name, value in vars(base).items() if name[0] != "_" and inspect.isfunction(value))


def calls():
    """Return a call of each function, method and constructor: the first one in its docstring's example."""
    found = {}
    for name, value in public():
        recorded = Recorded(name, value)
        found |= {call.name: call for call in recorded.calls()}
    return list(found.values())


class Recorded:
    """What the example of a function or class calls."""

    def __init__(self, name, value):
        self.name, self.value, self.found = name, value, {}

    def calls(self):
        module = inspect.getmodule(self.value)
        names = dict(vars(module))
        undo = []
        if inspect.isclass(self.value):
            for method in {*methods(self.value), "__init__"}:
                own = method in vars(self.value)
                undo.append((method, vars(self.value)[method] if own else None))
                setattr(self.value, method, self.recorder(method, getattr(self.value, method)))
            examples = [self.value.__doc__, *(getattr(self.value, method).__doc__ for method in methods(self.value))]
        else:
            names[self.value.__name__] = self.recorder("", self.value)
            examples = [self.value.__doc__]
        try:
            for text in examples:
                for example in doctest.DocTestParser().get_examples(text or ""):
                    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
                        exec(compile(example.source, self.name, "single"), names)
        finally:
            for method, old in undo:
                if old is None:
                    delattr(self.value, method)
                else:
                    setattr(self.value, method, old)
        return list(self.found.values())

    def recorder(self, method, function):
        @wraps(function)
        def call(*args, **kwargs):
            bound = inspect.signature(function).bind(*args, **kwargs)
            name = f"{self.name}.{method}" if method else self.name
            if name not in self.found:
                given = copy.deepcopy(bound.arguments)
                before = given | {name: min(given[name], SMALL[name]) for name in SMALL if type(given.get(name)) is int}
                result = function(*args, **kwargs)
                self.found[name] = Call(name, function, before, self.value.__doc__ + (function.__doc__ or ""))
                return result
            return function(*args, **kwargs)

        return call


class TooLongError(Exception):
    """A call took longer than allowed."""


@contextlib.contextmanager
def at_most(seconds):
    def stop(*_):
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)  # processor time: other programs play no part
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def fault(call, spoilt):
    """Return what is wrong with a call's answer to hostile arguments, in one word and the answer; or None."""
    arguments = copy.deepcopy(call.arguments) | spoilt
    positional, named = in_order(call.function, arguments)
    try:
        with at_most(SECONDS), warnings.catch_warnings():
            warnings.simplefilter("error")
            value = call.function(*positional, **named)
            if isinstance(value, Iterator):
                value = list(itertools.islice(value, 2))
    except (TypeError, ValueError) as error:
        return not_a_line(error, call)
    except TooLongError:
        return "hangs", ""
    except MemoryError as error:
        return "memory", str(error)
    except RecursionError:
        return "recursion", ""
    except Exception as error:
        return type(error).__name__, str(error)
    return not_a_value(value, call.documentation)


def in_order(function, arguments):
    """Return arguments by position, and those that have none by name."""
    parameters = inspect.signature(function).parameters.values()
    by_place = (each for each in parameters if each.kind <= each.POSITIONAL_OR_KEYWORD)
    placed = list(itertools.takewhile(lambda each: each.name in arguments, by_place))
    named = {name: value for name, value in arguments.items() if name not in {each.name for each in placed}}
    return [arguments[each.name] for each in placed], named


def not_a_line(error, call):
    text = str(error)
    if "\n" in text:
        return "many lines", text
    if len(text) > 400:
        return "long line", text
    words = set(re.findall(r"\w+", text))
    if not words & ({*call.arguments, *inspect.signature(call.function).parameters} - {"self"}):
        return "names no parameter", f"{type(error).__name__}: {text}"
    return None


def not_a_value(value, documentation):
    for part in parts(value):
        if isinstance(part, complex | np.complexfloating):
            return "complex", repr(part)
        if isinstance(part, np.ndarray) and part.dtype.kind not in "biuf":
            return "object array", repr(part)[:80]
        if isinstance(part, float | int | np.ndarray | np.number) and not isinstance(part, bool):
            number = np.asarray(part, dtype=float) if not isinstance(part, int) else np.float64(0)
            if np.isnan(number).any() and not re.search(r"\bnan\b|not a number", documentation, re.I):
                return "nan", repr(part)[:80]
            if np.isinf(number).any() and not re.search(r"\binf\b|infinit", documentation, re.I):
                return "inf", repr(part)[:80]
    return None


def parts(value):
    if isinstance(value, list | tuple):
        for part in value:
            yield from parts(part)
    elif isinstance(value, dict):
        yield from parts(list(value.values()))
    else:
        yield value


def main(part=""):
    """Spoil each parameter of each call whose name has this part with each hostile value."""
    found = 0
    for call in (call for call in calls() if part in call.name):
        for name, value in itertools.product(call.parameters, hostile(call)):
            if wrong := fault(call, {name: value}):
                found += 1
                print(f"{call}({name}={' '.join(repr(value).split())[:60]}): {': '.join(wrong)[:150]}")
    print(f"{found} faults")


if __name__ == "__main__":
    main(*sys.argv[1:])
