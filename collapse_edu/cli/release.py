"""The subcommand ``collapse-edu release``: when the course shows the solutions of a quiz."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from collapse_edu.cli import Parser, UsageError

__all__ = ["add"]

_HELP = """\
Say from when on the course shows the solutions of a quiz. That stands in a small file, solutions_from.toml, in the
folder of the notebooks or in one above it. The nearest one counts alone, and is the one that this command changes.

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
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="folder of the notebooks (here)")
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
        if not args.show:
            _write(args)
        counts = release.place(args.course)
        lines = list(_told(counts, release.dates(counts), args.course))
    except (OSError, ValueError) as error:
        raise UsageError(error) from None
    print("\n".join(lines))
    return 0


def _write(args):
    """Change the file that counts in the folder of the course; lay one there where none does."""
    from collapse_edu.course.quiz import release

    counts = release.place(args.course)
    if release.is_date(counts):
        raise ValueError(f"{release.VARIABLE} is {counts}, which counts for all quizzes: change that, or unset it")
    path = Path(counts or args.course / release.FILE)
    release.write_dates(path, _changed(release.dates(path if path.exists() else None), args))


def _changed(times, args):
    """Return lesson → time with what the command asks for."""
    from collapse_edu.course.quiz import bank
    from collapse_edu.course.register import lesson_id

    lessons = [lesson_id(name) for name in args.lessons] or bank.QUIZZES
    if without := [lesson for lesson in lessons if lesson not in bank.QUIZZES]:
        raise ValueError(f"LESSON must be one of {', '.join(bank.QUIZZES)}; {without[0]} has no quiz")
    rest = {lesson: time for lesson, time in times.items() if lesson not in lessons}
    return rest if args.now else rest | dict.fromkeys(lessons, args.start)


def _told(counts, times, folder):
    """Yield the lines that say from when on the solutions of each quiz are shown, and what says so."""
    from collapse_edu.course.quiz import bank, release

    now = datetime.now(UTC)
    if times:
        by = release.VARIABLE if release.is_date(counts) else counts
        yield f"{by} says from when on solutions are shown:"
        for lesson in bank.QUIZZES:
            yield f"  {lesson}  {_when(times.get(lesson), now)}"
        yield "It is a courtesy: who wants to can read the keys in the library."
    else:
        yield "No solutions are held back."
    for nearer in sorted(folder.glob(f"*/{release.FILE}")):
        yield f"For the notebooks beside it, {nearer} counts instead."


def _when(time, now):
    from collapse_edu.course.quiz.release import said

    if time is None:
        return "at once"
    return said(time) if time > now else f"{said(time)}, so now"
