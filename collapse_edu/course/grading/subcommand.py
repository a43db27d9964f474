"""The subcommand ``collapse-edu grade``. What is heavy is imported when used, so that ``--help`` answers at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

__all__ = ["add"]

_HELP = """\
Mark quizzes with nbval; write a page for each learner, and tables for the class.

examples:
  collapse-edu grade handin_M2_ada.json
  collapse-edu grade submissions.zip late/ --roster participants.csv --out marks

PATH is a hand-in (.json, from hand_in()), a quiz notebook, a zip, or a folder of them: every file is marked or named.
Answers that are code run isolated (Linux with bubblewrap); elsewhere they are not marked, unless you say --unsafe.
What was marked stays: say the same command again, or name late papers only, and the rest is added to DIR.

exit status: 0 all was marked, 2 a mistake in the command, 3 a person must look at something, 130 stopped (say the same
command again, and it goes on).
"""


def add(commands: Any, mistake: type[Exception]) -> None:
    """Add the subcommand to the parsers of ``collapse-edu``; a user's mistake is raised as the exception `mistake`."""
    parser = commands.add_parser("grade", help="mark hand-ins and quiz notebooks", epilog=_HELP)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="hand-in, notebook, folder or zip")
    parser.add_argument("--out", type=Path, default=Path("marks"), metavar="DIR", help="folder of the class (marks)")
    parser.add_argument(
        "--roster", type=Path, metavar="CSV", help="who is in the class: of Moodle, Canvas, or your own"
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="mark this learner's papers only")
    parser.add_argument("--again", action="append", default=[], metavar="NAME", help="mark this learner's papers anew")
    which = parser.add_mutually_exclusive_group()
    for choice, words in (("newest", "the newest paper counts (this is so)"), ("best", "the best"), ("all", "each")):
        which.add_argument(f"--{choice}", dest="choose", action="store_const", const=choice, help=words)
    parser.add_argument(
        "--attempt", choices=("first", "last", "best"), default="last", help="which try at a question counts (last)"
    )
    parser.add_argument("--unsafe", action="store_true", help="run code without isolation, where there is none")
    parser.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="marked at the same time (2)")
    parser.set_defaults(do=partial(_grade, mistake), choose="newest")


def _jobs(text):
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ValueError
    return int(text)


def _grade(mistake, args):
    from collapse_edu.course.grading.class_marking import GradeError
    from collapse_edu.course.grading.roster import RosterError

    try:
        return _done(args)
    except (GradeError, RosterError) as error:
        raise mistake(error) from None


def _done(args):
    """Do what the command asks, and return the exit status."""
    from collapse_edu.course.grading.class_marking import DiskError, GradeError, grade, kept_results
    from collapse_edu.course.grading.progress import Progress
    from collapse_edu.course.grading.roster import read_roster

    progress = Progress()
    people = read_roster(args.roster, progress.line) if args.roster else []
    with _stopped_once():
        try:
            results = grade(
                args.paths, args.out, attempt=args.attempt, unsafe=args.unsafe, jobs=args.jobs, only=args.only,
                again=args.again, people=people, say=progress.line, progress=progress,
            )  # fmt: skip
        except KeyboardInterrupt:
            progress.line("stopped; what is marked so far is kept: say the same command again, and it goes on")
            if results := kept_results(args.out):
                _written(results, people, args)
            return 130
        except DiskError:
            with suppress(GradeError):  # there may be room for the tables
                _written(kept_results(args.out), people, args)
            raise
        finally:
            progress.end()
        return 3 if _written(results, people, args) else 0


def _written(results, people, args):
    """Write tables and pages, say what is in them, and return whether a person has to look at anything."""
    from collapse_edu.course.grading import class_marking
    from collapse_edu.course.grading.roster import matched
    from collapse_edu.course.grading.summary import summary, to_look_at

    pairs = matched(results, people)
    results = [result for result, _ in pairs]
    there = {id(person) for _, person in pairs if person}
    class_marking.write(results, args.out)
    print(summary(results, sum(id(person) not in there for person in people)))
    print(f"\nTable: {args.out / 'class.csv'}. Pages: {args.out / 'reports'}.")
    return bool(to_look_at(results))


@contextmanager
def _stopped_once() -> Iterator[None]:
    """Take the first Ctrl-C, or word to end, for a stop; what comes while it is stopping changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    said = []

    def stop(number, frame):
        if not said:
            said.append(number)
            raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
