"""Parse JSON that somebody else wrote, at little cost: what is too large or too rich is refused before it is parsed."""

import json

from collapse_edu.course.quiz.marking.script import UnreadableSubmissionError, tidy

__all__ = ["LARGEST", "read_json"]

LARGEST = 8_000_000  # bytes; a quiz with all its outputs has 0.3 million. One emoji makes four bytes of each in memory
_MOST_PARTS = 300_000  # values; each costs up to 150 bytes of memory
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_json(data: bytes) -> object:
    """Return what a file of JSON holds.

    Parameters
    ----------
    data : bytes
        UTF-8, with or without a byte order mark; at most ``LARGEST`` bytes.

    Returns
    -------
    object
        ``NaN`` and ``Infinity``, which are no JSON, are None in it.

    Raises
    ------
    UnreadableSubmissionError
        One line that says what is wrong, and what helps.

    Examples
    --------
    >>> read_json(b'{"cells": []}')
    {'cells': []}
    """
    if len(data) > LARGEST:
        raise UnreadableSubmissionError(
            f"it has {len(data) / 1e6:.1f} MB, and {LARGEST / 1e6:.0f} MB are read: clear all outputs and save it"
        )
    if data[:2] in _UTF_16 or b"\0" in data[:4]:
        raise UnreadableSubmissionError("it is UTF-16, not UTF-8: open the notebook in JupyterLab and save it again")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MOST_PARTS:
        raise UnreadableSubmissionError(
            f"it holds more than {_MOST_PARTS:,} values: clear all outputs, cut out long lists, save it"
        )
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=lambda word: None, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmissionError(f"it is not JSON: {tidy(error, 120)}") from None


def _unique(pairs):
    """Return a dict; refuse what names a part twice: the last would hide the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("one part of it is there twice, as after a merge; save the notebook again")
    return found
