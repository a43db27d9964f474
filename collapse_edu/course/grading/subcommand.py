"""The subcommand ``collapse-edu grade``. What is heavy is imported when used, so that ``--help`` answers at once."""

import signal
import threading
from argparse import ArgumentTypeError
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
What was marked stays: say the same command again, or name late papers only, and the rest is added to DIR, by the same
options.

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
    for choice, words in (
        ("newest", "of several papers the newest counts (so it is)"),
        ("best", "the best"),
        ("all", "each"),
    ):
        which.add_argument(f"--{choice}", dest="choose", action="store_const", const=choice, help=words)
    parser.add_argument("--attempt", choices=("first", "last", "best"), help="which try at a question counts (last)")
    parser.add_argument("--points", type=Path, metavar="CSV", help="what questions are worth: question,points (1 each)")
    parser.add_argument(
        "--due", action="append", default=[], metavar="[LESSON=]TIME", help="such as M2=2026-05-04T12:00+02:00"
    )
    parser.add_argument(
        "--moodle", action="store_const", const=True, help="write what Moodle imports, and pages to upload there"
    )
    parser.add_argument(
        "--canvas", action="store_const", const=True, help="write what Canvas imports, and pages to upload there"
    )
    parser.add_argument(
        "--anonymous", action="store_const", const=True, help="write tables and pages under pseudonyms, too"
    )
    parser.add_argument("--forget", action="store_true", help="take over no option of the command before")
    parser.add_argument("--unsafe", action="store_true", help="run code without isolation, where there is none")
    parser.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="marked at the same time (2)")
    parser.set_defaults(do=partial(_grade, mistake))


def _jobs(text):
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ArgumentTypeError(f"must be a number from 1 to 64; got {text!r}")
    return int(text)


def _grade(mistake, args):
    from collapse_edu.course.grading.class_marking import GradeError
    from collapse_edu.course.grading.roster import RosterError
    from collapse_edu.course.grading.table import TableError

    try:
        return _done(args)
    except (GradeError, RosterError, TableError) as error:
        raise mistake(error) from None


def _done(args):
    """Do what the command asks, and return the exit status."""
    from collapse_edu.course.grading import remembered
    from collapse_edu.course.grading.class_marking import DiskError, grade
    from collapse_edu.course.grading.due import said
    from collapse_edu.course.grading.outcome import wishes
    from collapse_edu.course.grading.progress import Progress
    from collapse_edu.course.quiz import bank

    progress = Progress()
    now, as_before = remembered.options(args.out, vars(args), forget=args.forget)
    if as_before:
        progress.line(remembered.said(as_before))
    wished = wishes(
        args.out, bank, roster_file=now["roster"], points_file=now["points"], due=now["due"], choose=now["choose"],
        moodle=now["moodle"], canvas=now["canvas"], anonymous=now["anonymous"], say=progress.line,
    )  # fmt: skip
    for line in said(wished.due):
        progress.line(line)
    with _stopped_once():
        try:
            results = grade(
                args.paths, args.out, attempt=now["attempt"], unsafe=args.unsafe, jobs=args.jobs, only=args.only,
                again=args.again, people=wished.people, say=progress.line, progress=progress,
            )  # fmt: skip
        except KeyboardInterrupt:
            progress.line(_tables_so_far(wished, args.out))
            return 130
        except DiskError:
            _tables_so_far(wished, args.out)
            raise
        finally:
            progress.end()
        remembered.keep(args.out, now)
        return 3 if _written(results, wished, args.out) else 0


def _tables_so_far(wished, out):
    """Write the tables of what is marked, as far as there is room; return a line about it. Pages wait for the end."""
    from collapse_edu.course.grading import outcome
    from collapse_edu.course.grading.class_marking import kept_results
    from collapse_edu.course.grading.gradebook import write_tables

    results = kept_results(out)
    if results:
        with suppress(OSError):
            write_tables(outcome.counted(results, wished), out)
    done = sum(result.status == "marked" for result in results)
    return f"stopped: {done} papers are marked, and kept in {out}; say the same command again, and it goes on"


def _written(results, wished, out):
    """Write tables and pages, say what is in them, and return whether a person has to look at anything."""
    from collapse_edu.course.grading import outcome
    from collapse_edu.course.grading.summary import summary, to_look_at
    from collapse_edu.course.quiz import bank

    found = outcome.counted(results, wished)
    lines = outcome.write(found, wished, bank, out)
    there = {id(grade.person) for grade in found if grade.result}
    papers = outcome.still_open(found)
    print(summary(papers, sum(id(person) not in there for person in wished.people)))
    for line in lines:
        print(line)
    tables = f"{out / 'class.csv'}, {out / 'gradebook.csv'}"
    print(f"\nRead first: {out / 'class.html'}. Tables: {tables}. Pages: {out / 'reports'}.")
    return bool(to_look_at(papers))


@contextmanager
def _stopped_once() -> Iterator[None]:
    """Take the first Ctrl-C, or word to end, for a stop; what comes while it is stopping changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    said: list[int] = []

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
