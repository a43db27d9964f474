"""Numbers that people write: "1,50", "1 500", "1.234,56", "40 %". What has two readings is refused, not guessed."""

import re
from collections.abc import Callable

__all__ = ["read_number", "readings", "written"]

_SPACES = "\u00a0\u2009\u202f '’_"  # between groups of three digits
_GROUPED = re.compile(rf"\d{{1,3}}(?P<mark>[{_SPACES}.,])\d{{3}}(?:(?P=mark)\d{{3}})*")
_PLAIN = re.compile(r"\d+|\d*[.,]\d+|\d+[.,]")


def readings(text: str) -> list[float]:
    """Return the numbers that a text may stand for, none, one or two.

    Points and commas are both taken for decimal marks and for marks between groups of three digits.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of float
        The reading with a decimal mark first.

    Examples
    --------
    >>> readings("1,50"), readings("1 500"), readings("1.234,56"), readings("1,500"), readings("much")
    ([1.5], [1500.0], [1234.56], [1.5, 1500.0], [])
    """
    text = text.strip().replace("\u2212", "-")
    sign = -1.0 if text.startswith("-") else 1.0
    digits = text[1:] if text[:1] in ("-", "+") else text
    found = [*_decimal(digits), *_in_groups(digits)]
    if not found and re.fullmatch(r"[\d.]+[eE][-+]?\d+", digits):
        found = [float(digits)]
    return [sign * value for value in dict.fromkeys(found)]


def _decimal(digits):
    """Return the reading without marks between groups."""
    return [float(digits.replace(",", "."))] if _PLAIN.fullmatch(digits) else []


def _in_groups(digits):
    """Return the reading with groups of three digits, and perhaps another mark before the decimals."""
    whole, decimals = digits, ""
    marks = [mark for mark in digits if not mark.isdigit()]
    if len(marks) > 1 and marks[-1] in ".," and marks[-1] not in marks[:-1]:
        whole, _, decimals = digits.rpartition(marks[-1])
        if not decimals.isdigit():
            return []
    match = _GROUPED.fullmatch(whole)
    if not match or (whole.startswith("0") and match["mark"] in ".,"):  # nobody writes 0,500 for five hundred
        return []
    return [float(f"{''.join(filter(str.isdigit, whole))}.{decimals or 0}")]


def read_number(name: str, text: str, allows: Callable[[float], bool], *, share: bool = False) -> float | str:
    """Return the one number that a text can stand for.

    Parameters
    ----------
    name : str
        What it is read for.
    text : str
    allows : callable
        Whether a number is allowed there: a reading that is not is none.
    share : bool
        Whether "40 %" is 0.4.

    Returns
    -------
    float or str
        The text itself, if it is no number.

    Raises
    ------
    ValueError
        If two readings are allowed: one line with both.

    Examples
    --------
    >>> read_number("users", "1,500", lambda value: value % 1 == 0)
    1500.0
    >>> read_number("price", "1,500", lambda value: True)
    Traceback (most recent call last):
    ...
    ValueError: price may be 1.5 or 1500; got '1,500': write 1.5 or 1500
    """
    per_cent = share and text.rstrip().endswith("%")
    found = readings(text.rstrip().rstrip("%") if per_cent else text)
    found = [value / 100 for value in found] if per_cent else found
    allowed = [value for value in found if allows(value)]
    if len(allowed) > 1:
        one, other = (written(value) for value in allowed)
        raise ValueError(f"{name} may be {one} or {other}; got {text!r}: write {one} or {other}")
    candidates = allowed or found
    return candidates[0] if candidates else text


def written(value: float) -> str:
    """Return a number as a text that has one reading.

    Examples
    --------
    >>> written(1.5), written(20000), written(2.125), written(1e-7)
    ('1.5', '20000', '2.1250', '1e-07')
    """
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return str(int(value))
    text = repr(float(value))
    return f"{text}0" if len(readings(text)) > 1 else text
