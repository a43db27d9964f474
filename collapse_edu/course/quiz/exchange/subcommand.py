"""The subcommand ``collapse-edu questions``. What is heavy is imported when used: ``--help`` answers at once."""

from functools import partial
from pathlib import Path
from typing import Any

from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["add"]

_HELP = """\
Write the questions of the quizzes for other systems.

examples:
  collapse-edu questions --out exchange
  collapse-edu questions --lesson M2 --lesson M3 --numbers "autumn 2026" --out exchange

the folder gets four files; only you may read them:
  gift_with_key.txt     for Moodle: Question bank, Import, GIFT format
  qti_with_key.zip      for Canvas: Settings, Import Course Content, QTI .zip file (a Classic Quiz for each lesson)
  qti_without_key.zip   the same without what is right and why; what is imported from it is marked by hand
  key.csv               what is right, with the range of each number, reasons, misconceptions, solutions

Everybody gets the same numbers there, those of NAME; in the course each learner has numbers of their own. Functions
become essays, which are marked by hand. Orderings become matching, and what has several right answers gives part marks,
where the course gives all or nothing.

exit status: 0 done, 2 a mistake in the command.
"""


def add(commands: Any, mistake: type[Exception]) -> None:
    """Add the subcommand to the parsers of ``collapse-edu``; a user's mistake is raised as the exception `mistake`."""
    parser = commands.add_parser("questions", help="write the questions for Moodle and Canvas", epilog=_HELP)
    parser.add_argument(
        "--lesson", action="append", metavar="ID", help="only this lesson's, such as M2; may be said again"
    )
    parser.add_argument("--numbers", default="course", metavar="NAME", help="whose numbers the questions have (course)")
    parser.add_argument(
        "--out", type=Path, default=Path("exchange"), metavar="DIR", help="folder for the files (exchange)"
    )
    parser.set_defaults(do=partial(_write, mistake))


def _write(mistake, args):
    from collapse_edu.course.desk.names import tidy_name

    try:
        numbers, lessons = tidy_name(args.numbers), _lessons(args.lesson)
    except ValueError as error:
        raise mistake(error) from None
    files = _files(lessons, numbers)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomically(args.out / name, content, mode=PRIVATE)
    except OSError as error:
        raise mistake(f"--out must be a folder that can be written to; {args.out}: {error.strerror or error}") from None
    print(f"{', '.join(lessons)}, with the numbers of {numbers}, in {args.out}: {', '.join(files)}.")
    return 0


def _lessons(asked):
    from collapse_edu.course.quiz import bank

    wrong = [lesson for lesson in asked or () if lesson.upper() not in bank.LESSONS]
    if wrong:
        raise ValueError(f"--lesson must be one of {', '.join(bank.LESSONS)}; got {wrong[0]!r:.40}")
    wanted = {lesson.upper() for lesson in asked or bank.LESSONS}
    return [lesson for lesson in bank.LESSONS if lesson in wanted]


def _files(lessons, numbers):
    """Return name → content of each file."""
    from collapse_edu.course.quiz.exchange.gift import gift
    from collapse_edu.course.quiz.exchange.key_table import key_table
    from collapse_edu.course.quiz.exchange.plain import plain_questions
    from collapse_edu.course.quiz.exchange.qti import qti

    questions = list(plain_questions(lessons, numbers))
    return {
        "gift_with_key.txt": gift(questions, numbers).encode(),
        "qti_with_key.zip": qti(questions, numbers),
        "qti_without_key.zip": qti(questions, numbers, key=False),
        "key.csv": key_table(questions, numbers).encode("utf-8-sig"),
    }
