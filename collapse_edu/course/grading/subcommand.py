"""The subcommand ``collapse-edu grade``. What is heavy is imported when used, so that ``--help`` answers at once."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

__all__ = ["add"]

_HELP = """\
Mark quizzes with nbval; write a report for each learner, and a table for the class.

examples:
  collapse-edu grade handin_M2_ada.json
  collapse-edu grade submissions.zip late/ --out marks --jobs 4

PATH is a hand-in (.json, from hand_in()), a quiz notebook (.ipynb), a zip, or a folder of them. Answers that are code
run isolated (Linux with bubblewrap); elsewhere they are not marked, unless you trust them and say --unsafe.

the folder gets:
  class.csv               a row for each submission: 1 right, 0 not right, ? could not be marked, empty: no answer
  misconceptions.csv      how many learners hold which
  reports/                a page (HTML) and a file (JSON) for each submission
  state/                  what is marked already: say the same command again, and only the rest is done

exit status: 0 all was marked, 2 a mistake in the command, 3 something could not be marked (it says what).
"""


def add(commands: Any, mistake: type[Exception]) -> None:
    """Add the subcommand to the parsers of ``collapse-edu``; a user's mistake is raised as the exception `mistake`."""
    parser = commands.add_parser("grade", help="mark hand-ins and quiz notebooks", epilog=_HELP)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="hand-in, notebook, folder or zip")
    parser.add_argument("--out", type=Path, default=Path("marks"), metavar="DIR", help="folder for the reports (marks)")
    parser.add_argument(
        "--attempt", choices=("first", "last", "best"), default="last", help="which try at a question counts (last)"
    )
    parser.add_argument("--unsafe", action="store_true", help="run code without isolation, where there is none")
    parser.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="marked at the same time (2)")
    parser.set_defaults(do=partial(_grade, mistake))


def _jobs(text):
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ValueError
    return int(text)


def _grade(mistake, args):
    from collapse_edu.course.grading import report
    from collapse_edu.course.grading.class_marking import GradeError, grade

    try:
        results = grade(args.paths, args.out, attempt=args.attempt, unsafe=args.unsafe, jobs=args.jobs, say=_say)
    except GradeError as error:
        raise mistake(error) from None
    print(report.told(results))
    unread = [line for result in results for line in report.unmarked(result)]
    for line in unread:
        _say(line)
    print(f"\nReports: {args.out / 'reports'}. Table: {args.out / 'class.csv'}.")
    return 3 if unread else 0


def _say(line):
    print(line, file=sys.stderr, flush=True)
