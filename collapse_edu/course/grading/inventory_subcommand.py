"""The subcommand ``collapse-edu inventory``. What is heavy is imported when used: ``--help`` answers at once."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

__all__ = ["add"]

_HELP = """\
Compare what a class believed before and after the course.

examples:
  collapse-edu inventory before/ after/
  collapse-edu inventory before.zip after.zip --out inventory.html
  collapse-edu inventory records/            (where each record holds both times)

BEFORE and AFTER are records that learners exported with Record().export("NAME.jsonl"): a file, a zip or a folder. They
are paired by the name that learners gave, and by the record. Two learners of one name are kept apart, and named. The
gain is that of learners who answered all items both times; for fewer than ten of them there is none.

exit status: 0 done, 2 a mistake in the command, 3 a person must look at something (it says what).
"""


def add(commands: Any, mistake: type[Exception]) -> None:
    """Add the subcommand to the parsers of ``collapse-edu``; a user's mistake is raised as the exception `mistake`."""
    parser = commands.add_parser("inventory", help="compare a class before and after the course", epilog=_HELP)
    parser.add_argument("before", type=Path, metavar="BEFORE", help="records of the first time")
    parser.add_argument("after", type=Path, nargs="?", metavar="AFTER", help="records of the second time")
    parser.add_argument("--short", action="store_true", help="compare the five items of the short form")
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="also write a page")
    parser.set_defaults(do=partial(_compare, mistake))


def _compare(mistake, args):
    from collapse_edu.course.grading.inventory import InventoryError, read_inventory

    try:
        found = read_inventory(args.before, args.after, short=args.short)
    except InventoryError as error:
        raise mistake(error) from None
    print(found.gain)
    print(*_unmatched(found.gain), sep="\n")
    for line in found.doubts:
        print(line, file=sys.stderr)
    if args.out:
        _write(args.out, found, mistake)
    return 3 if found.doubts else 0


def _unmatched(gain):
    """Return lines about the learners who are not compared."""
    lines = [
        f"  {name}: {before} of {gain.asked} items before, {after} after"
        for name, (before, after) in sorted(gain.unmatched.items())
    ]
    return ["", f"Not compared ({len(lines)}):", *lines] if lines else []


def _write(path, found, mistake):
    from html import escape

    from collapse_edu.files import PRIVATE, write_atomically

    lists = {"Not compared": _unmatched(found.gain)[2:], "To look at": found.doubts}
    parts = [
        f"<h2>{head}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for head, lines in lists.items()
        if lines
    ]
    page = _PAGE.format(gain=found.gain._repr_html_(), lists="".join(parts))
    try:
        write_atomically(path, page.encode(), mode=PRIVATE)
    except OSError as error:
        raise mistake(f"--out must be a file that can be written; {path}: {error.strerror or error}") from None


_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Concept inventory of the class</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em }}
table {{ border-collapse: collapse; margin: 1em 0 }} caption {{ text-align: left; font-weight: bold }}
th, td {{ padding: 0.2em 0.6em; text-align: left; border-bottom: 1px solid #ccc }}
</style></head>
<body><main><h1>Concept inventory of the class</h1>{gain}{lists}</main></body></html>
"""
