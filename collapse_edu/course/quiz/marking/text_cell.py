"""A text cell, raw or Markdown: which of its lines are code, and which are words of the learner's own."""

import re

from collapse_edu.course.quiz.marking.parsed_code import LONGEST_CODE, ParsedCode

__all__ = ["code_and_prose", "course_heading", "is_course_text", "listed_numbers", "own_words"]

_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_MARKS = "*`> \t-•"  # what Markdown writes around a line
_LINE = re.compile(r"[^\W\d]\w*[ \t]*=(?!=)|check\(")
_PICTURE = re.compile(r"data:image/[\w.+;-]*,[\w+/=]*")  # Colab keeps a pasted picture in the text
_HEADING = re.compile(r"\s*#{1,6}[ \t]+(.*)")
_COURSE_CALL = re.compile(r"\b(?:ask|hint|solution|hand_in)\([^)\n]{0,40}\)")
_COURSE_HEADING = re.compile(r"(?:M\d+\.\d+|Q\d+ ·|Question \d|Where you stand|Hand in)")
# The number of a question, at the start of a line or of a part of it, with a sign or a letter behind it. What may
# repeat is bounded: a long row of blanks must not be gone through again from each of them.
_LISTED = re.compile(
    r"""(?:^|[|{,(\[:;*]|(?<=\s))["']?(?:M\d\.|Q)?(\d\d?)["']?"""
    r"""[ \t*]{0,4}(?:[:)|=]|\.(?!\d)|-?[ \t]{0,2}[a-hA-H](?!\w))""",
    re.MULTILINE,
)
_COURSE_WORDS = ("Run the next cell first", "The next cell shows", "Do you take part")


def code_and_prose(source: str, was_code: bool) -> tuple[str, str]:
    """Return the code in a text cell, and the rest.

    Parameters
    ----------
    source : str
    was_code : bool
        Whether its metadata say that it was an answer cell.

    Returns
    -------
    (str, str)
        The code: all of it, what stands between fences, or single lines that give a name to something.

    Examples
    --------
    >>> code_and_prose("I take\\n\\n**answer_03 = 'b'**", False)
    ("answer_03 = 'b'", 'I take\\n')
    """
    source = _PICTURE.sub("", source)
    parts = _FENCE.split(source)
    fenced, outside = ("\n".join(parts[1::2]), "\n".join(parts[::2])) if len(parts) > 1 else (source, "")
    if was_code or _gives_something(fenced):
        return fenced, outside
    return _single_lines(source)


def course_heading(source: str) -> str | None:
    """Return the heading that a text cell begins with, where it is one of the course's; None where it is not."""
    found = _HEADING.match(source)
    return found[1] if found and _COURSE_HEADING.match(found[1]) else None


def is_course_text(prose: str) -> bool:
    """Return whether a text cell is one of the course's, and not just a question's heading."""
    heading = course_heading(prose)
    return prose.lstrip().startswith(_COURSE_WORDS) if heading is None else not heading.startswith("M")


def own_words(prose: str) -> str:
    """Return the words of a text cell without the course's headings and calls, on one line."""
    lines = [line for line in prose.splitlines() if course_heading(line) is None]
    return " ".join(_COURSE_CALL.sub("", "\n".join(lines)).split())


def listed_numbers(text: str) -> set[int]:
    """Return the numbers of questions that a text lists with something behind them.

    Examples
    --------
    >>> sorted(listed_numbers("1: b, 2 c; M2.03 = 0.25")), listed_numbers("1,234 and 0.5")
    ([1, 2, 3], set())
    """
    return {int(found) for found in _LISTED.findall(text)}


def _gives_something(code):
    parsed = ParsedCode(code)
    return parsed.is_python and bool(parsed.filled or "check" in parsed.calls)


def _single_lines(source):
    code, prose = [], []
    for line in source[:LONGEST_CODE].splitlines():
        bare = line.strip(_MARKS).replace("\\_", "_")
        (code if _LINE.match(bare) and _gives_something(bare) else prose).append((bare, line))
    return "\n".join(bare for bare, _ in code), "\n".join(line for _, line in prose)
