"""When solutions are shown: an instructor may hold those of a quiz back until a date.

A small file says so. It lies beside the notebooks or in a folder above them, or an environment variable names it (or
names a date, for all quizzes). Without it, nothing is held back.

This is a courtesy, not a lock: whoever wants to can read the keys in the library, take the file away, or set the clock.
Hints and the reasons for each answer are never held back, and neither are the solutions of exercises.
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from collapse_edu.course.quiz import bank
from collapse_edu.files import write_atomically

__all__ = ["FILE", "VARIABLE", "dates", "is_date", "place", "said", "why_held_back", "write_dates"]

FILE = "solutions_from.toml"
VARIABLE = "COLLAPSE_EDU_SOLUTIONS"

_HEAD = """\
# From when on the course shows the solutions of each quiz; a quiz without a line shows them at once.
# This file works in the folder of the notebooks and in each folder above it, or where COLLAPSE_EDU_SOLUTIONS names it.
"""


def why_held_back(question: str, now: datetime | None = None) -> str:
    """Return why the solution of a question is not shown yet.

    Parameters
    ----------
    question : str
        Its id.
    now : datetime, optional
        With its zone; else this machine's clock counts.

    Returns
    -------
    str
        A sentence; empty where the solution may be shown. What cannot be read holds solutions back, and says so: the
        instructor can put that right, while a solution once shown is known.

    Examples
    --------
    >>> why_held_back("M2.01")
    ''
    """
    lesson = question.partition(".")[0]
    if question not in [each.id for each in bank.questions(lesson)]:
        return ""
    try:
        until = dates(place()).get(lesson)
    except (OSError, ValueError) as error:
        return f"solutions are held back, but it cannot be read until when; tell your instructor: {error}."
    now = now or datetime.now(UTC)
    if until is None or until <= now:
        return ""
    here = now.astimezone(until.tzinfo)
    return f"solutions of {lesson} are shown from {said(until)} on. By this machine's clock it is {said(here)}."


def place(folder: str | Path = ".") -> str | None:
    """Return what says when solutions are shown: the path of a file, or a date; None where nothing does.

    Parameters
    ----------
    folder : path
        Where the notebooks are.
    """
    if named := os.environ.get(VARIABLE, "").strip():
        return named
    here = Path(folder).resolve()
    return next((str(folder / FILE) for folder in (here, *here.parents) if (folder / FILE).exists()), None)


def dates(place: str | Path | None) -> dict[str, datetime]:
    """Return from when on the solutions of each quiz are shown.

    Parameters
    ----------
    place : str or path, optional
        See :func:`place`.

    Returns
    -------
    dict
        Lesson → time, with its zone. A lesson that is missing shows them at once.

    Raises
    ------
    ValueError
        If the file holds something else; one line.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> dates(None)
    {}
    >>> said(dates("2026-12-05T18:00+01:00")["M2"])
    '2026-12-05 18:00 (UTC+01:00)'
    """
    if place is None:
        return {}
    if for_all := _as_date(place):
        return {lesson: _with_zone(for_all, VARIABLE) for lesson in bank.QUIZZES}
    try:
        kept = tomllib.loads(Path(place).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise OSError(f"{place} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{place} is not TOML ({' '.join(str(error).split())})") from None
    return {_known(lesson, place): _with_zone(time, f"{lesson} in {place}") for lesson, time in kept.items()}


def write_dates(path: Path, times: Mapping[str, datetime]) -> None:
    """Write the file anew.

    Parameters
    ----------
    path : Path
    times : mapping
        Lesson → time, with its zone. Where there are none, nothing is held back any more, and the file goes; it stays
        without a line where something else would then count.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    lines = [f"{lesson} = {times[lesson].isoformat(timespec='seconds')}\n" for lesson in sorted(times)]
    try:
        if lines or place(path.absolute().parent.parent):
            write_atomically(path, (_HEAD + "".join(lines)).encode())
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(f"{path} cannot be written ({error.strerror})") from None


def said(time: datetime) -> str:
    """Return a time as people read it, with its zone."""
    text = time.isoformat(sep=" ", timespec="minutes")
    zone = text[16:]
    return f"{text[:16]} (UTC{'' if zone == '+00:00' else zone})"


def is_date(place: str | Path | None) -> bool:
    """Return whether what says when solutions are shown is a date for all quizzes, and no file.

    Examples
    --------
    >>> is_date("2026-12-05T18:00+01:00"), is_date("solutions_from.toml"), is_date(None)
    (True, False, False)
    """
    return _as_date(place) is not None


def _as_date(place):
    try:
        return datetime.fromisoformat(str(place))
    except ValueError:
        return None


def _known(lesson, place):
    if lesson not in bank.QUIZZES:
        raise ValueError(f"{place} must name quizzes of {', '.join(bank.QUIZZES)}; got {lesson!r:.60}")
    return lesson


def _with_zone(time, what):
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise ValueError(
            f"{what} must be a date and time with its zone, as in 2026-12-05T18:00+01:00; got {time!s:.60}"
        )
    return time
