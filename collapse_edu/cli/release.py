"""The subcommand ``collapse-edu release``: when the course shows the solutions of a quiz."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from collapse_edu.cli import Parser, UsageError

__all__ = ["add"]

_HELP = """\
Say from when on the course shows the solutions of a quiz. The answer is a small file, solutions_from.toml, to lay with
the course: in the folder of the notebooks, or in one above it.

examples:
  collapse-edu release M2 M3 --from "2026-12-05 18:00"   # in this machine's time zone
  collapse-edu release --from 2026-12-05T18:00+01:00     # all quizzes
  collapse-edu release M2 --now                          # hold them back no longer
  collapse-edu release --show

On a Hub, set COLLAPSE_EDU_SOLUTIONS for everybody: to the path of that file, or to a date for all quizzes.

This is a courtesy, not a lock: whoever wants to can read the keys in the library. Before the date, hints and the reason
for each answer are shown as always. The hand-in says which solutions a learner had seen before each answer.
"""


def add(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add the subcommand to the parsers of ``collapse-edu``.

    Parameters
    ----------
    commands : argparse action
        What ``add_subparsers`` returned.
    """
    parser = commands.add_parser("release", help="hold solutions back until a date, or show them", epilog=_HELP)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as M2 or Q2 (all that have a quiz)")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--from", dest="start", type=_time, metavar="WHEN", help="show them from this date and time on")
    what.add_argument("--now", action="store_true", help="show them from now on")
    what.add_argument("--show", action="store_true", help="only say what is held back here")
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where to lay the file (here)")
    parser.set_defaults(do=_release)


def _time(text):
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a date, or a date and a time; got {text!r}") from None
    return time if time.tzinfo is not None else time.astimezone()


def _release(args):
    from collapse_edu.course.quiz import release

    try:
        if args.show:
            place = release.place(args.course)
        else:
            place = args.course / release.FILE
            release.write_dates(place, _changed(release.dates(place if place.exists() else None), args))
        print("\n".join(_told(place, release.dates(place if args.show or place.exists() else None))))
    except (OSError, ValueError) as error:
        raise UsageError(error) from None
    return 0


def _changed(times, args):
    """Return lesson → time with what the command asks for."""
    from collapse_edu.course.quiz import bank
    from collapse_edu.course.register import lesson_id

    lessons = [lesson_id(name) for name in args.lessons] or bank.QUIZZES
    if without := [lesson for lesson in lessons if lesson not in bank.QUIZZES]:
        raise ValueError(f"LESSON must be one of {', '.join(bank.QUIZZES)}; {without[0]} has no quiz")
    rest = {lesson: time for lesson, time in times.items() if lesson not in lessons}
    return rest if args.now else rest | dict.fromkeys(lessons, args.start)


def _told(place, times):
    """Yield the lines that say what is held back."""
    from collapse_edu.course.quiz.release import said

    if not times:
        yield "No solutions are held back."
        return
    yield f"{place} says from when on solutions are shown:"
    for lesson, time in times.items():
        yield f"  {lesson}  {said(time)}{'' if time > datetime.now(UTC) else ', so now'}"
    yield "A quiz without a line shows them at once. It is a courtesy: who wants to can read the keys in the library."
