"""Numbers as people write them: read from an answer, and written for a learner."""

import ast
import operator
import re
import unicodedata
from collections.abc import Callable
from math import exp, floor, isfinite, log, log10, sqrt

__all__ = ["UnreadableError", "in_digits", "is_plain", "read_number", "short", "text_of", "told_apart"]


class UnreadableError(ValueError):
    """An answer that is no answer of this kind; says in one line what would be."""


def read_number(answer: object, unit: str = "") -> float:
    """Return the number that a learner wrote.

    Decimals, fractions, per cent, powers of ten, and what a pocket calculator would take: ``+ - * / ^``, parentheses,
    ``exp``, ``ln``, ``sqrt``. A comma before exactly three digits separates thousands, unless the number would begin
    with 0; any other single comma is a decimal comma.

    Parameters
    ----------
    answer : object
        A number, or a text of at most 100 characters.
    unit : str
        May stand behind the number. Where there is none, "times", "generations" and the like may.

    Returns
    -------
    float

    Raises
    ------
    UnreadableError
        If it is no finite number.

    Examples
    --------
    >>> [read_number(text) for text in ("0.25", "1/4", "2.5e-1", "25 %", "0,25", "2.5×10⁻¹", "¼", "1 - 3/4", "(1/2)^2")]
    [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]
    >>> read_number("1,000"), read_number("0,125"), read_number("1'234"), read_number("−3"), read_number("24x")
    (1000.0, 0.125, 1234.0, -3.0, 24.0)
    >>> read_number("69 generations", unit="generations")
    69.0
    """
    number = _number_in(answer, unit) if isinstance(answer, str) and len(answer) <= 100 else _number_of(answer)
    if number is None or not isfinite(number):
        raise UnreadableError(f"The answer must be a number, such as 0.25, 1/4, 2.5e-1 or 25 %; got {short(answer)}.")
    return number


def is_plain(answer: object) -> bool:
    """Return whether nobody could read an answer as another number.

    It is no text, or has digits in one place only; and no dot in it could separate thousands.

    Examples
    --------
    >>> is_plain(0.25), is_plain("25 %"), is_plain("1,125"), is_plain("1/4")
    (True, True, False, False)
    >>> is_plain("1.000"), is_plain("0.125")
    (False, True)
    """
    return not isinstance(answer, str) or (len(_WRITTEN.findall(answer)) == 1 and not _THOUSANDS.search(answer))


_THOUSANDS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9])")  # a dot that separates them, in some places
_WRITTEN = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[½¼¾⅐-⅞]")


def in_digits(number: float, digits: int = 3) -> str:
    """Return a number with so many digits, and never with an exponent where people write none.

    Examples
    --------
    >>> in_digits(0.36423), in_digits(1254.3), in_digits(9.0), in_digits(1.5e-7)
    ('0.364', '1254', '9', '1.5e-07')
    """
    text = f"{number:.{digits}g}"
    return f"{number:.0f}" if "e" in text and 1 <= abs(number) < 1e15 else text


def short(value: object, longest: int = 80) -> str:
    """Return a value as a learner may read it: rounded to four digits, and cut where it is long."""
    text = text_of(repr, rounded(value, 4))
    return text if len(text) <= longest else text[: longest - 3] + "..."


def told_apart(mine: object, right: object, longest: int = 300) -> tuple[str, str]:
    """Return two values as texts, with as many digits as tell them apart.

    Examples
    --------
    >>> told_apart(0.54338, 0.54341), told_apart(0.25, 0.5), told_apart([1.0, 1234.5], [1.0, 1235])
    (('0.54338', '0.54341'), ('0.25', '0.5'), ('[1.0, 1234.5]', '[1.0, 1235]'))
    """
    for digits in (4, 6, 8, 10, 12, 17):
        texts = [text_of(repr, rounded(value, digits)) for value in (mine, right)]
        if texts[0] != texts[1]:
            break
    mine_text, right_text = (text if len(text) <= longest else text[: longest - 3] + "..." for text in texts)
    return mine_text, right_text


def rounded(value: object, digits: int, depth: int = 20) -> object:
    """Return a value with its numbers, in lists too, rounded to so many digits, and to two decimals at least."""
    if isinstance(value, list) and depth:
        return [rounded(part, digits, depth - 1) for part in value]
    if not isinstance(value, float) or not isfinite(value) or value == 0:
        return value
    return round(value, max(2, digits - 1 - floor(log10(abs(value)))))


def text_of(how: Callable[[object], str], value: object) -> str:
    """Return ``repr`` or ``str`` of anything, also where Python refuses or the object's own method fails."""
    try:
        return how(value)
    except Exception:
        return f"a {type(value).__name__}"


def _number_of(answer):
    """Return a number of Python or NumPy as a float, None for anything else."""
    try:
        plain = answer.tolist() if hasattr(answer, "tolist") else answer
        return float(plain) if isinstance(plain, int | float) and not isinstance(plain, bool) else None
    except Exception:  # an int that is too large, or whatever a learner's own type does
        return None


# ---------------------------------------------------------------- texts

_SIGNS = str.maketrans(
    dict.fromkeys("−–—", "-") | dict.fromkeys("\u00a0\u2009\u202f", " ") | dict.fromkeys("×·⋅", "*")
    | {"÷": "/", "’": "'", "^": "**", "％": "%"}
)  # fmt: skip
_RAISED = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_ABOUT = re.compile(r"(?:[~≈=]|about|approximately|approx\.?|ca\.?|circa)\s*")
_PERCENT = re.compile(r"\s*(?:%|per ?cent|pct)")
_MONEY = re.compile(r"[$€£]|\b(?:eur|euros?|usd|dollars?)\b")
_TIMES = re.compile(r"\s*(?:x|\*|-?\s*fold|times)")
_COUNTED = re.compile(
    r"\s*(?:generation|round|sample|draw|type|word|token|row|document|user|model|month|day|table|chain|slip|cop)(?:y|ies|s)?"
)
_NUMBER = re.compile(
    r"[1-9][0-9]{0,2}(?:([ ,'])[0-9]{3})(?:\1[0-9]{3})*(?![0-9])(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?"  # with thousands
    r"|(?:[0-9]+(?:[.,][0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?"
)


def _number_in(text, unit):
    """Return the number in a short text, or None."""
    text = _ABOUT.sub("", text.translate(_SIGNS).strip().lower(), count=1) if text else text
    text, percent = _without(_PERCENT, text)
    number = _calculated(_without_unit(text, unit.lower()))
    return number / 100 if percent and number is not None else number


def _without_unit(text, unit):
    """Return a text without its unit; without money's signs and what counts where the question has no other unit."""
    if unit in ("", "eur"):
        text = _MONEY.sub("", text, count=1).strip()
    if unit in ("", "times"):
        text = _without(_TIMES, text)[0]
    for word in (unit, unit.removesuffix("s")):
        if word and text.endswith(word):
            return text.removesuffix(word).strip()
    return text if unit else _without(_COUNTED, text)[0]


def _without(ending, text):
    """Return a text without its ending, and whether it had it."""
    found = re.fullmatch(rf"(.*?[0-9)½¼¾.⅐-⅞])(?:{ending.pattern})", text)
    return (found[1], True) if found else (text, False)


def _calculated(text):
    """Return what a text with numbers, signs and parentheses comes to, or None."""
    text = re.sub(r"([0-9]*)\s*([½¼¾⅐-⅞])", _vulgar, text)
    text = re.sub(r"[⁺⁻⁰¹²³⁴-⁹]+", lambda raised: f"**({raised[0].translate(_RAISED)})", text)
    text = re.sub(r"\s+x\s+|(?<=[0-9])x(?=10\*\*)", "*", text)
    try:
        return _value(ast.parse(_NUMBER.sub(_decimal, text).strip(), mode="eval").body)
    except (ArithmeticError, KeyError, MemoryError, RecursionError, SyntaxError, TypeError, ValueError):
        return None


def _vulgar(found):
    return f"({found[1] or 0}+{unicodedata.numeric(found[2])})"


def _decimal(found):
    """Return a number as Python writes it, from one with commas or spaces."""
    text = found[0]
    if found[1]:
        text = text.replace(found[1], "")
    return repr(float(text.replace(",", ".")))


_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.UAdd: operator.pos, ast.USub: operator.neg,
}  # fmt: skip
_FUNCTIONS = {"exp": exp, "ln": log, "log": log, "sqrt": sqrt}


def _value(node):
    """Return the number that a parsed text stands for. All are floats, so that no power takes long."""
    match node:
        case ast.Constant(value=float(number)):
            return number
        case ast.UnaryOp(op=sign, operand=part):
            return _OPERATORS[type(sign)](_value(part))
        case ast.BinOp(left=left, op=sign, right=right):
            number = _OPERATORS[type(sign)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=[part], keywords=[]):
            number = _FUNCTIONS[name](_value(part))
        case _:
            raise ValueError("no number")
    return float(number)  # a root of a negative number is none
