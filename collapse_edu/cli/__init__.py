"""The command ``collapse-edu``: the loop without a notebook.

Each subcommand is one function that adds itself to the parser; see :data:`_COMMANDS`. What a user got wrong is a
:class:`UsageError`: one line on standard error, exit status 2. Anything else that raises is a bug, and shows itself.
Heavy parts are imported where they are used, so that ``--help`` answers at once.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Never

__all__ = ["Parser", "UsageError", "main", "say"]

_EXAMPLE = """\
example: which words of Moby-Dick die, and when?
  collapse-edu run --data moby-dick --regime replace --regime accumulate --out whale
"""


class UsageError(Exception):
    """Something that the user can put right; its message is one line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : list of str, optional
        What follows the command's name; taken from the shell, if not given.

    Returns
    -------
    int
        Exit status: 0 done, 2 the user's mistake, 3 an alert of the monitor, or what a person must look at (grade,
        inventory), 130 stopped from the keyboard, 141 nobody reads on.

    Examples
    --------
    >>> main(["check", "--help-me"])
    2
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console without Greek must not end a run
    try:
        args = _parser().parse_args(argv)
        status = args.do(args)
        sys.stdout.flush()
        return status
    except UsageError as error:
        return say(error, 2)
    except MemoryError:
        return say("not enough memory for this: try a smaller --n-samples, fewer --generations or --chains", 2)
    except KeyboardInterrupt:
        return say("stopped", 130)
    except BrokenPipeError:  # `| head` has read enough; what is left in the buffer goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def say(message: object, status: int) -> int:
    """Print one line on standard error, and return the exit status.

    Parameters
    ----------
    message : str or Exception
    status : int

    Returns
    -------
    int
        The same status.

    Examples
    --------
    >>> say("stopped", 130)
    130
    """
    line = " ".join(str(message).splitlines())
    print(f"collapse-edu: {line}", file=sys.stderr)
    return status


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line.

    Attributes
    ----------
    more : callable or None
        Returns what stands below the options in the help: made when it is asked for, because its imports take a moment.
    """

    more: Callable[[], str] | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs)

    def format_help(self) -> str:
        """Return the whole help."""
        self.epilog = self.more() if self.more else self.epilog
        return super().format_help()

    def error(self, message: str) -> Never:
        """Raise the complaint as a :class:`UsageError`."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def _parser():
    parser = Parser(
        prog="collapse-edu",
        description="Watch generative models train on what models made.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--version", action="store_true", help="say the version and end")
    parser.set_defaults(do=partial(_about, parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in _COMMANDS:
        add(commands)
    return parser


def _about(parser, args):
    if args.version:
        from collapse_edu import __version__

        print(f"collapse-edu {__version__}")
    else:
        parser.print_help()
    return 0


def _add_check(commands):
    parser = commands.add_parser("check", help="check that this machine has what the course needs")
    parser.add_argument("--optional", action="store_true", help="also look for what the course can do without")
    parser.set_defaults(do=_check)


def _check(args):
    from collapse_edu.course.desk import machine as environment

    return environment.main(["--optional"] if args.optional else [])


def _add_course(commands):
    from collapse_edu.cli import course

    course.add(commands)


def _add_run(commands):
    from collapse_edu.cli import run

    run.add(commands)


def _add_monitor(commands):
    from collapse_edu.cli import monitor

    monitor.add(commands)


def _add_plan(commands):
    from collapse_edu.cli import plan

    plan.add(commands)


def _add_grade(commands):
    from collapse_edu.course.grading import subcommand as command

    command.add(commands, UsageError)


def _add_questions(commands):
    from collapse_edu.course.quiz.exchange import subcommand as command

    command.add(commands, UsageError)


def _add_inventory(commands):
    from collapse_edu.course.grading import inventory_subcommand as command

    command.add(commands, UsageError)


def _add_release(commands):
    from collapse_edu.cli import release

    release.add(commands)


def _add_ledger(commands):
    from collapse_edu.cli import ledger

    ledger.add(commands)


_COMMANDS = (
    _add_course, _add_run, _add_monitor, _add_ledger, _add_plan, _add_check, _add_grade, _add_release, _add_questions,
    _add_inventory,
)  # fmt: skip
