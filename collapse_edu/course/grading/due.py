"""When lessons are due."""

import re
from collections.abc import Iterable
from datetime import datetime, time
from types import ModuleType

from collapse_edu.course.grading.table import TableError

__all__ = ["due_times", "said"]


def due_times(texts: Iterable[str], bank: ModuleType) -> dict[str | None, datetime]:
    """Return when lessons are due, as the option ``--due`` says it.

    Parameters
    ----------
    texts : iterable of str
        ``"M2=2026-05-04T12:00+02:00"``, or a time alone, for all lessons that are not named. Without a time zone it is
        the local time of this computer; a day alone means its end.
    bank : module
        With the lessons.

    Returns
    -------
    dict
        Lesson, or None for all others → time, with a time zone.

    Raises
    ------
    TableError

    Examples
    --------
    >>> from collapse_edu.course.quiz import bank
    >>> due_times(["q2=2026-05-04T12:00+02:00"], bank)["M2"].isoformat()
    '2026-05-04T12:00:00+02:00'
    """
    found: dict[str | None, datetime] = {}
    for text in texts:
        name, _, when = text.rpartition("=")
        lesson = name.strip().upper().replace("Q", "M", 1) or None
        if lesson is not None and lesson not in bank.QUIZZES:
            raise TableError(f"--due: lesson must be one of {', '.join(bank.QUIZZES)}; got {name[:40]!r}")
        if lesson in found:
            raise TableError(f"--due says twice when {lesson or 'all'} is due")
        found[lesson] = _moment(when.strip())
    return found


def _moment(text):
    try:
        found = datetime.fromisoformat(text)
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text):
            found = datetime.combine(found, time(23, 59, 59))
        return found if found.tzinfo else found.astimezone()
    except (ValueError, OverflowError, OSError):
        raise TableError(f"--due must be a time such as 2026-05-04T12:00+02:00; got {text[:40]!r}") from None


def said(due: dict[str | None, datetime]) -> list[str]:
    """Return when lessons are due, plainly: one line for each, with the time zone that was taken.

    Examples
    --------
    >>> said({"M2": datetime.fromisoformat("2026-05-04T12:00:00+02:00")})
    ['M2 is due on 2026-05-04 at 12:00:00, UTC+02:00']
    """
    return [f"{lesson or 'each other lesson'} is due on {when:%Y-%m-%d at %H:%M:%S}, {_zone(when)}"
            for lesson, when in due.items()]  # fmt: skip


def _zone(when):
    offset = f"{when:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"
