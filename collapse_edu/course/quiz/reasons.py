"""What went wrong in a function, read off what it gave: faults that may be in any exercise, each with its sentence.

A question knows its own typical faults (:class:`.question.Misreading`); those come first.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf, isclose, isfinite, log, sqrt

from collapse_edu.course.quiz.reading import text_of
from collapse_edu.course.quiz.trying import TOO_MANY, close

__all__ = ["Attempt", "what_went_wrong"]

_LOOSE = 1e-6  # how far numbers may be off that stand for one and the same fault


@dataclass(frozen=True)
class Attempt:
    """What a function was given, what it gave, and what is right.

    Attributes
    ----------
    names : sequence of str
        Of the arguments; none where a class is tried.
    cases : sequence of tuple
        Arguments of each call.
    given : sequence of dict
        Outcome of each call, as :func:`.trying.outcomes` returns it.
    right : sequence
        Right value of each call.
    failing : int
        Place of the call that is shown.
    name : str
        Of the function; any, if not given.
    """

    names: Sequence[str]
    cases: Sequence[tuple]
    given: Sequence[dict]
    right: Sequence[object]
    failing: int
    name: str = ""

    @property
    def mine(self) -> object:
        """What the call that is shown gave; None where it raised."""
        return self.given[self.failing].get("value")

    @property
    def wanted(self) -> object:
        """What the call that is shown should give."""
        return self.right[self.failing]


def what_went_wrong(attempt: Attempt) -> str:
    """Return in a sentence or two what went wrong; "" where nothing is known.

    Examples
    --------
    >>> what_went_wrong(Attempt(["a"], [([1, 2],)], [{"value": [2, 1]}], [[1, 2]], failing=0))
    'These are the right values, from the last to the first.'
    """
    finders = (_raised, _second_call) if "error" in attempt.given[attempt.failing] else _FINDERS
    return next((found for find in finders if (found := find(attempt))), "")


# ---------------------------------------------------------------- errors

_ERRORS = {
    "IndexError": "A list was asked for a place that it does not have. The first place is 0, the last one len - 1.",
    "KeyError": "A dictionary was asked for a key that it does not have.",
    "ZeroDivisionError": "Something was divided by 0: for which arguments is that so?",
    "NameError": "A name is used that has no value yet. Is it spelled as above?",
    "UnboundLocalError": "A name is used before it has a value: one way through the function does not set it.",
    "RecursionError": "The function calls itself without end, or what it returns is nested too deep.",
    "AttributeError": "A value is asked for something that its kind lacks: lists and arrays have other methods.",
    "ImportError": "A module is not there. Plain Python and NumPy are enough.",
    "ModuleNotFoundError": "A module is not there. Plain Python and NumPy are enough.",
    "OverflowError": "A number became too large.",
    "MemoryError": "There was not enough memory: something became far too large.",
    "StopIteration": "next found nothing. Give it a second value for this case: next(…, None).",
    "AssertionError": "An assert in the function does not hold.",
    "SystemExit": "The function ends Python. Take exit() or quit() away.",
    "NotImplementedError": "The function says itself that it is not written yet.",
    "StatisticsError": "A mean or median was taken of no numbers at all.",
}  # fmt: skip
_METHODS = {
    "__init__": "The class is called without any argument.",
    "fit": "fit is called with self and X, the rows.",
    "sample": "sample is called with self, n and rng.",
}  # fmt: skip
_MESSAGES = {
    "unexpected keyword": "Something is called with an argument that it does not have.",
    "not float": "A place in a list must be a whole number: // divides and cuts.",
    "list indices must be": "A list takes one place at a time. For several, go through them: [… for i in …].",
    "only integer scalar arrays": "A place in a list must be a whole number.",
    "NoneType": "None is among the values, and Python cannot compute with it: say first what to do where one is None.",
    "'ellipsis'": "Some dots are left: replace them.",
    "not subscriptable": "Something is taken for a list that is none.",
    "not callable": "Something is called with ( ) that is no function. Places stand in [ ], and times is *.",
    "not iterable": "A loop goes over a number. range(n) gives the numbers from 0 to n - 1.",
    "unsupported operand": "Two kinds are joined that do not go together, such as a list and a number.",
    "concatenate": "Only a list can be joined to a list with +, and a text to a text.",
    "can't multiply sequence": "A list cannot be multiplied by such a number. An array can: np.array(…).",
    "must be str": "Only a text can be joined to a text with +.",
    "not supported between": "Two values are compared that have no order.",
    "unhashable": "A set or a dictionary can hold numbers and texts, no lists.",
    "truth value of an array": "An array has many truth values. Say .any() or .all().",
    "could not be broadcast": "Two arrays of different lengths do not fit together.",
    "inhomogeneous shape": "These lists have different lengths, so they make no array.",
    "math domain error": "A logarithm or a root was taken of a number that has none.",
    "setting an array element": "An array holds numbers only: None or a list does not fit in.",
    "not in list": "index was asked for something that the list does not hold.",
    "is not in": "index was asked for something that the list does not hold.",
    "too many values to unpack": "More values come than names stand on the left.",
    "not enough values to unpack": "Fewer values come than names stand on the left.",
    "not a valid": "A text is taken for a number.",
    "invalid literal": "A text is taken for a number.",
    "no arguments": "max or min was asked of nothing at all.",
    "empty": "max, min or a mean was asked of nothing at all.",
}  # fmt: skip


def _raised(attempt):
    error = attempt.given[attempt.failing].get("error")
    if not isinstance(error, str):
        return ""
    called = re.match(r"TypeError: (?:.*\.)?([\w<>]+)\(\) .*positional argument", error)
    if called:
        return _called(attempt, called[1])
    said = next((said for message, said in _MESSAGES.items() if message in error), "")
    return said or _ERRORS.get(error.partition(":")[0], "Python stopped: read the last words of its message.")


def _called(attempt, name):
    """Say with what a function is called that takes another number of arguments."""
    if not attempt.names and name in _METHODS:
        return _METHODS[name]
    if attempt.names and name in (attempt.name, "<lambda>"):
        return f"It is called with {', '.join(attempt.names)}, in this order."
    return f"{name} is called with another number of arguments than it takes."


def _second_call(attempt):
    outcome = attempt.given[attempt.failing]
    if "again" not in outcome or not close(outcome.get("value"), attempt.wanted, _LOOSE):
        return _draws(attempt)
    changed = outcome.get("changed")
    names = [attempt.names[i] for i in changed if i in range(len(attempt.names))] if isinstance(changed, list) else []
    if not names:
        return (
            "A second call with the same arguments gives something else. Do not draw at random, and keep nothing from "
            "one call to the next: it must depend on the arguments alone."
        )
    return (
        f"It changes {' and '.join(names)}, so a second call with the same list goes wrong. +=, append, extend, sort "
        "and pop change the list itself; make a new one, such as with +, list(…), sorted(…) or [… for …]."
    )


def _draws(attempt):
    """Say so where calls differ though nothing was changed."""
    if any("again" in outcome and not outcome.get("changed") for outcome in attempt.given):
        return "It gives something else each time. Do not draw at random here: use what is given."
    return ""


# ---------------------------------------------------------------- kinds

_LAZY = ("<generator", "<map", "<filter", "<zip", "<reversed", "<enumerate", "<itertools", "<list_iterator", "range(")
_CALLABLE = ("<function", "<built-in", "<bound method", "<class", "functools.partial")


def _kind(attempt):
    """Say so where another kind of thing came than was wanted."""
    mine, wanted = attempt.mine, attempt.wanted
    if mine is None:
        return "" if wanted is None else (
            "It returns nothing here. Does each way through it end with return? (append, extend and sort give None.)"
        )  # fmt: skip
    if isinstance(mine, str):
        return _text(mine, wanted)
    if isinstance(mine, list) != isinstance(wanted, list):
        return _list_or_one(mine, wanted)
    return _truth(mine, wanted)


def _text(mine, wanted):
    if mine.startswith(TOO_MANY):
        return f"It returned {mine.removeprefix(TOO_MANY).removesuffix('>')}: far more than are wanted."
    if mine.startswith(_LAZY):
        return "It returns something that makes its values later (a generator, map, filter): put list(…) around it."
    if mine.startswith(_CALLABLE):
        return "It returns a function, not what the function gives: call it, with ( )."
    if (mine.startswith("{") and mine.endswith("}")) or mine.startswith(("set(", "frozenset(", "dict")):
        return _braces(mine, wanted)
    if isinstance(wanted, str):
        return ""
    if wanted is None:
        return "It returns a text. None is wanted here, without quotes."
    return "It returns a text. " + ("A list is wanted." if isinstance(wanted, list) else "A number is wanted.")


def _braces(mine, wanted):
    if ":" in mine:
        return "It returns a dictionary. " + (
            "A list is wanted." if isinstance(wanted, list) else "One value is wanted."
        )
    if isinstance(wanted, list):
        return "It returns a set. A set holds each thing once, and in no order: return a list."
    return "It returns a set. One value is wanted, without { }."


def _list_or_one(mine, wanted):
    if isinstance(wanted, list):
        return "It returns one value. A list is wanted, with one for each: collect them, such as with [… for …]."
    if len(mine) == 1 and close(mine[0], wanted, _LOOSE):
        return "It returns a list with the right value in it. Return the value itself."
    if wanted is None:
        return "None is wanted here, and no list."
    if mine and close(mine[-1], wanted, _LOOSE):
        return "It returns a list, whose last value is right. Return this one alone."
    return "It returns a list. One value is wanted."


def _truth(mine, wanted):
    if isinstance(mine, bool) and not isinstance(wanted, bool):
        return "It returns True or False. " + ("None is wanted here." if wanted is None else "A number is wanted.")
    if isinstance(wanted, str) and not isinstance(mine, str):
        return "It returns a number. A text, such as a name, is wanted."
    return ""


def _no_number(attempt):
    flat = list(_flat(attempt.mine))
    if any(isinstance(part, float) and part != part for part in flat):
        return "nan is no number: 0 was divided by 0, or a missing value was computed with."
    if any(part in (inf, -inf, "inf", "-inf") for part in flat) and inf not in _flat(attempt.wanted):
        return "inf came out: something was divided by 0, or the logarithm of 0 was taken, or a missing one stayed so."
    return ""


def _none_wanted(attempt):
    """Say so where all else is right."""
    calls = zip(attempt.given, attempt.right, strict=True)
    if attempt.wanted is None and all(right is None or close(out.get("value"), right, _LOOSE) for out, right in calls):
        return "None is wanted where there is no such value; here a value comes back all the same."
    return ""


def _in_the_list(attempt):
    """Say so where the things in a list are of another kind."""
    mine, wanted = attempt.mine, attempt.wanted
    if not (isinstance(mine, list) and mine and isinstance(wanted, list) and wanted):
        return ""
    if not any(isinstance(part, str | bool) for part in wanted):
        if all(isinstance(part, str) for part in mine):
            return "There are texts in the list. Numbers are wanted, without quotes."
        if any(isinstance(part, bool) for part in mine):
            return "There are True and False in the list. Numbers are wanted."
    if all(isinstance(part, str) for part in wanted) and any(_is_number(part) for part in mine):
        return "There are numbers in the list. These are places; what stands there is wanted, such as bag[i]."
    return ""


# ---------------------------------------------------------------- lists


def _shape(attempt):
    mine, wanted = attempt.mine, attempt.wanted
    if not (isinstance(mine, list) and isinstance(wanted, list)):
        return ""
    if list(_flat(mine)) == list(_flat(wanted)) and mine != wanted:
        return (
            "The values are right, but nested otherwise: lists inside of the list. Join lists with +, not with commas."
        )
    if any(isinstance(part, list) for part in mine) and not any(isinstance(part, list) for part in wanted):
        return "There are lists inside of the list. append adds one thing, a list too; + and extend join lists."
    if len(mine) != len(wanted):
        return _length(mine, wanted)
    return _order(mine, wanted) or _places(attempt)


def _length(mine, wanted):
    off = len(mine) - len(wanted)
    number = "is 1 value" if abs(off) == 1 else f"are {abs(off)} values"
    many = f"There {number} too {'many' if off > 0 else 'few'}"
    if not mine:
        return ""  # another call may say more
    if off > 0:
        front, end, where = mine[off:], mine[: len(wanted)], wanted
    else:
        front, end, where = wanted[-off:], wanted[: len(mine)], mine
    if close(front, where, _LOOSE):
        return f"{many}, at the beginning; the others are right."
    if close(end, where, _LOOSE):
        return f"{many}, at the end; the others are right."
    return f"{many}. How many should there be, and what does your loop go over?"


def _order(mine, wanted):
    if close(mine, wanted[::-1], _LOOSE):
        return "These are the right values, from the last to the first."
    if _sorted(mine) == _sorted(wanted):
        return "These are the right values in another order."
    return ""


def _places(attempt):
    """Say which places of the lists are wrong, where they are the same in all calls that fail."""
    lists = [(outcome.get("value"), wanted) for outcome, wanted in zip(attempt.given, attempt.right, strict=True)]
    lists = [pair for pair in lists if not close(*pair, _LOOSE)]
    if not all(isinstance(part, list) for pair in lists for part in pair):
        return ""
    if any(len(mine) != len(wanted) for mine, wanted in lists):
        return ""
    if all(pair[1][place] is None for pair in lists for place in _misses(*pair)):
        return "All is right but where None is wanted: there is no such value."
    if max(len(wanted) for _, wanted in lists) < 3:
        return ""
    if all(_misses(*pair) == [0] for pair in lists):
        return "Only the first value is wrong: what does the list begin with?"
    if all(_misses(*pair) == [len(pair[1]) - 1] for pair in lists):
        return "Only the last value is wrong: does the loop go to the end?"
    return ""


def _misses(mine, wanted):
    return [place for place, pair in enumerate(zip(mine, wanted, strict=True)) if not close(*pair, _LOOSE)]


def _sorted(values):
    return sorted(values, key=lambda value: text_of(repr, value))


def _echo(attempt):
    """Say so where an argument comes back, or always the same."""
    for place, name in enumerate(attempt.names):
        if all(
            place < len(case) and outcome.get("value") == case[place]
            for case, outcome in zip(attempt.cases, attempt.given, strict=True)
        ):
            return f"It returns {name} as it was given."
    values = [outcome.get("value") for outcome in attempt.given]
    if all(value == values[0] for value in values) and any(value != attempt.right[0] for value in attempt.right):
        always = "It gives the same for all arguments."
        cut = values[0] == 0 and any(isinstance(value, float) and 0 < value < 1 for value in attempt.right)
        return f"{always} Where one number is divided by a larger one, // gives 0; / does not." if cut else always
    return ""


# ---------------------------------------------------------------- numbers

_MADE_OF = {
    "The sign is the other way round.": lambda r: -r,
    "This is one minus the right value: the other part.": lambda r: 1 - r,
    "This is one over the right value: the ratio is upside down.": lambda r: 1 / r,
    "This is the square of the right value.": lambda r: r * r,
    "This is the square root of the right value.": sqrt,
    "This is the exponential of the right value: leave exp out.": exp,
    "This is the logarithm of the right value: leave log out.": log,
    "This is minus the logarithm of the right value.": lambda r: -log(r),
    "This is a hundred times the right value: it is asked for as a share, not in per cent.": lambda r: 100 * r,
    "This is rounded to a whole number: return what comes out.": round,
    "This is cut to a whole number: // and int cut; / does not.": lambda r: float(int(r)),
    "This is rounded: return what comes out, with all its digits.": lambda r: round(r, 2),
    "This is rounded to one digit: return what comes out.": lambda r: round(r, 1),
    "This is rounded to three digits: return what comes out.": lambda r: round(r, 3),
    "This is rounded to four digits: return what comes out.": lambda r: round(r, 4),
}  # fmt: skip
_FACTORS = {log(2): "ln 2", 1 / log(2): "1/ln 2", log(10): "ln 10", 1 / log(10): "1/ln 10", 2.0: "2", 0.5: "1/2"}


def _numbers(attempt):
    """Say how numbers come from the right ones, where it is the same way in all calls."""
    pairs = list(_pairs(attempt))
    if min(len(set(numbers)) for numbers in zip(*pairs, strict=True)) < 2 if pairs else True:
        return ""
    made = next((said for said, make in _MADE_OF.items() if all(_makes(make, *pair) for pair in pairs)), "")
    return made or _shifted(pairs) or _scaled(pairs)


def _makes(make, mine, right):
    try:
        return isclose(mine, make(right), rel_tol=_LOOSE, abs_tol=1e-12)
    except (ArithmeticError, ValueError):
        return False


def _shifted(pairs):
    offs = [mine - right for mine, right in pairs]
    if not all(isclose(off, offs[0], rel_tol=_LOOSE, abs_tol=1e-9) for off in offs) or abs(offs[0]) < 1e-9:
        return ""
    return f"Each number is {abs(offs[0]):.4g} too {'large' if offs[0] > 0 else 'small'}, in all calls alike."


def _scaled(pairs):
    ratios = [mine / right for mine, right in pairs if right]
    if not all(isclose(ratio, ratios[0], rel_tol=_LOOSE) for ratio in ratios) or ratios[0] == 0:
        return ""
    if f"{ratios[0]:.4g}" == "1":  # nobody forgot such a factor
        return ""
    word = next((name for factor, name in _FACTORS.items() if isclose(factor, ratios[0], rel_tol=_LOOSE)), "")
    return f"Each number is {word or f'{ratios[0]:.4g}'} times the right one: a factor is missing, or one too many."


def _pairs(attempt):
    """Yield each number with the right one; nothing where the two are not built alike."""
    mine = [part for outcome in attempt.given for part in _flat(outcome.get("value"))]
    right = [part for value in attempt.right for part in _flat(value)]
    if len(mine) != len(right):
        return
    pairs = [pair for pair in zip(mine, right, strict=True) if pair != (None, None)]
    if all(_is_number(part) for pair in pairs for part in pair):
        yield from pairs


def _flat(value, depth=20) -> Iterator[object]:
    """Yield all values of lists inside of lists, but of the deepest ones."""
    if isinstance(value, list) and depth:
        for part in value:
            yield from _flat(part, depth - 1)
    else:
        yield value


def _is_number(value):
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    except OverflowError:
        return False


_FINDERS: tuple[Callable[[Attempt], str], ...] = (
    _second_call, _kind, _echo, _none_wanted, _no_number, _in_the_list, _shape, _numbers,
)  # fmt: skip
