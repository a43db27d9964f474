"""The subcommand ``collapse-edu course``: lay the course in a folder, from the installed package or a checkout."""

import importlib.util
import subprocess
from pathlib import Path
from typing import Any

from collapse_edu.cli import UsageError

__all__ = ["add"]

_HELP = """\
Lay the notebooks, quizzes and docs in a folder, or bring them up to date. Needs no network.

examples:
  collapse-edu course my_course --open
  collapse-edu course /srv/image/my_course --no-learner

A file that you changed is never written over: a newer one is laid beside it. One that you deleted comes back fresh.
Quizzes say whose numbers they have: those of the record of whoever runs this. In an image, or in a folder from which
others copy, say --no-learner: then no record is made, and each one gets numbers of their own.
"""


def add(commands: Any) -> None:
    """Add the subcommand to the parsers of ``collapse-edu``."""
    parser = commands.add_parser("course", help="lay the notebooks in a folder of yours", epilog=_HELP)
    parser.add_argument("folder", type=Path, metavar="DIR", help="your folder; it is made if it is not there")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--open", action="store_true", help="and open it in JupyterLab, until you press Ctrl-C")
    whose.add_argument("--no-learner", action="store_true", help="for an image or for others: the quizzes are nobody's")
    parser.set_defaults(do=_course)


def _course(args):
    if args.open:
        _require_lab()
        from collapse_edu.course.desk import lab

        return lab.main([str(args.folder)])
    from collapse_edu.course.desk.record import Record
    from collapse_edu.course.desk.working_copy import course_files, lay_course

    copy = args.folder.absolute()
    try:
        said = lay_course(course_files(), copy, None if args.no_learner else Record().learner)
    except OSError as error:
        raise UsageError(f"{error.strerror or error}: {error.filename or copy}") from None
    print(*said, _told(copy, args.no_learner), sep="\n")
    return 0


def _told(copy, no_learner):
    """Return what to do with a folder that was laid."""
    from collapse_edu.course.register import LESSONS

    command = subprocess.list2cmdline(["collapse-edu", "course", str(copy), "--open"])
    whose = " It is nobody's yet: it names no learner, and no record was made." if no_learner else ""
    return (
        f"The course lies in {copy}.{whose} To open it:\n\n    {command}\n\n"
        f"and begin with {LESSONS[0].notebook}. A JupyterLab, a hub or VS Code that uses this Python opens it, too; "
        "in a plain JupyterLab the widgets of yesterday show nothing until their cells are run again."
    )


def _require_lab():
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError('JupyterLab is not installed here: pip install "collapse-edu[course]"')
