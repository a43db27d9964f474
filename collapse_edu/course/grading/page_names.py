"""What the pages of learners are called: names that any disk takes, no two alike, the same in each run."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from collapse_edu.course.quiz.marking.script import tidy

__all__ = ["page_names"]

_LONGEST, _MOST_BYTES = 60, 120  # of a learner's name: many disks take 255 bytes, encrypted ones 143
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³")}


def page_names(wanted: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return what to call the page of each submission.

    Parameters
    ----------
    wanted : dict
        What tells a submission from all others → its learner and lesson, whatever signs they hold.

    Returns
    -------
    dict
        Submission → name without an ending: no path, no name that Windows keeps for itself. Where two would be one on a
        disk that sees no difference between large and small letters, each ends with a mark of its submission.

    Examples
    --------
    >>> page_names({"1.json": ("Ada Lovelace", "M2"), "2.json": ("../b: c", "M2")})
    {'1.json': 'Ada Lovelace_M2', '2.json': 'b c_M2'}
    >>> page_names({"1.json": ("Ada", "M2"), "2.json": ("ADA", "M2")})
    {'1.json': 'Ada_M2 (c71a54)', '2.json': 'ADA_M2 (962e64)'}
    """
    plain = {submission: _safe(*about) for submission, about in wanted.items()}
    many = Counter(map(_as_disks_see, plain.values()))
    names, taken = {}, {name for name, count in many.items() if count == 1}
    for submission, name in plain.items():
        names[submission] = name if many[_as_disks_see(name)] == 1 else _marked(name, submission, taken)
    return names


def _marked(name, submission, taken):
    """Return a name with a mark of the submission, as short as it is free."""
    digest = hashlib.sha256(submission.encode()).hexdigest()
    marked = (f"{name} ({digest[:length]})" for length in range(6, len(digest)))
    free = next(each for each in marked if _as_disks_see(each) not in taken)
    taken.add(_as_disks_see(free))
    return free


def _safe(learner, lesson):
    whole = f"{_spelled(learner) or 'nobody'}_{_spelled(lesson)}"
    return f"_{whole}" if whole.split(".")[0].strip().upper() in _RESERVED else whole


def _spelled(text):
    """Return a text without what means something to a disk, a shell or an address, and not too long."""
    text = unicodedata.normalize("NFC", tidy(text, 1000))
    text = " ".join(re.sub(r'[<>:"/\\|?*%#~]', " ", text).split()).strip(" .-")
    return text[:_LONGEST].encode()[:_MOST_BYTES].decode(errors="ignore").strip(" .-")


def _as_disks_see(name):
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
