"""Answers as data: whatever a learner gives becomes what JSON can hold."""

import json

__all__ = ["DEEPEST_ANSWER", "LARGEST_ANSWER", "LONGEST_TEXT", "as_data"]

LONGEST_TEXT = 20_000  # characters of one text in an answer
LARGEST_ANSWER = 100_000  # characters of an answer as JSON
DEEPEST_ANSWER = 10  # lists in lists


def as_data(value: object) -> object:
    """Return a value as JSON can hold it; what JSON cannot hold becomes text. It never raises.

    NumPy's numbers and arrays become numbers and lists, sets sorted lists, fractions text, ``...`` None. Very long or
    deep values become a short text.

    Examples
    --------
    >>> as_data({"b", "a"}), as_data((1, 2.5)), as_data(...)
    (['a', 'b'], [1, 2.5], None)
    """
    try:
        data = _plain(value, DEEPEST_ANSWER)
        if len(json.dumps(data)) <= LARGEST_ANSWER:
            return data
    except Exception:  # whatever a learner's own type does: the answer is kept as text
        return _text(value)[:200]
    return _text(value)[:200]


def _plain(value, depth):
    """Return a value as JSON knows it; what lies deeper than ``depth`` collections becomes text."""
    if _size(value) > LARGEST_ANSWER:
        return f"<{type(value).__name__}, too large to keep>"
    value = _without_numpy(value)
    for kind, convert in _COLLECTIONS.items():
        if depth and isinstance(value, kind):
            return convert(value, lambda part: _plain(part, depth - 1))
    return _simple(value)


def _without_numpy(value):
    """Return the numbers and lists of an array or of a number of NumPy; any other value as it is."""
    if isinstance(value, str | list | tuple | dict) or not callable(getattr(value, "tolist", None)):
        return value
    return value.tolist()


# Kind of collection → what becomes of one, and of its parts.
_COLLECTIONS = {
    (list, tuple): lambda parts, plain: [plain(part) for part in parts],
    (set, frozenset): lambda parts, plain: sorted(map(plain, parts), key=repr),
    (dict,): lambda parts, plain: {_text(key): plain(part) for key, part in parts.items()},
}


def _simple(value):
    """Return a value that is no collection as JSON knows it."""
    if value is ... or value is None:
        return None
    if isinstance(value, bool | int):
        return value
    return float(value) if isinstance(value, float) else _text(value)


def _size(value):
    """Return how many things an array or a collection holds."""
    size = getattr(value, "size", None)
    return size if isinstance(size, int) else len(value) if isinstance(value, list | tuple | set | dict) else 0


def _text(value):
    """Return a value as text that can be written anywhere, whatever its type does."""
    try:
        text = str(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
