"""From results to all that is written: what the instructor wishes, read first, and carried out at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType

from collapse_edu.course.grading import lms, roster
from collapse_edu.course.grading.anonymous import write_anonymous
from collapse_edu.course.grading.changes import Change, begin, read_changes
from collapse_edu.course.grading.due import due_times
from collapse_edu.course.grading.gradebook import write_tables
from collapse_edu.course.grading.grades import Grade, grades
from collapse_edu.course.grading.pages import write_pages
from collapse_edu.course.grading.points import read_points
from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.returned import write_returned
from collapse_edu.course.grading.table import TableError

__all__ = ["Wishes", "counted", "papers", "still_open", "wishes", "write"]


@dataclass(frozen=True)
class Wishes:
    """What the instructor wishes.

    Attributes
    ----------
    choose : str
        Which of several papers counts, as in :func:`.grades.grades`.
    people : list of Person
    points, due, changes
        As in :func:`.grades.grades`.
    moodle, canvas, anonymous : bool
        What is written besides the tables and the pages.
    possible : dict
        The points possible, as the roster says them.
    """

    choose: str = "newest"
    people: Sequence[roster.Person] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    due: Mapping[str | None, datetime] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    moodle: bool = False
    canvas: bool = False
    anonymous: bool = False
    possible: Mapping[str, str] = field(default_factory=dict)


def wishes(
    out: Path,
    bank: ModuleType,
    *,
    roster_file: Path | None = None,
    points_file: Path | None = None,
    due: Sequence[str] = (),
    choose: str = "newest",
    moodle: bool = False,
    canvas: bool = False,
    anonymous: bool = False,
    say: Callable[[str], object] = print,
) -> Wishes:
    """Read all that the instructor gives, the table of changes in `out` too, before any paper is marked.

    Parameters
    ----------
    out : Path
        Folder of the class; it may not exist yet.
    bank : module
        With the questions.
    roster_file, points_file : Path, optional
    due : sequence of str
        As the option ``--due`` says it.
    choose : str
    moodle, canvas, anonymous : bool
    say : callable
        Gets each line that the instructor should see.

    Raises
    ------
    TableError, RosterError
        A mistake, in one line.
    """
    if (moodle or canvas) and roster_file is None:
        raise TableError("--moodle and --canvas need --roster: without it nobody can be found again")
    if (moodle or canvas) and choose == "all":
        raise TableError("where all papers count, nothing is for Moodle or Canvas: take --newest or --best")
    return Wishes(
        choose,
        roster.read_roster(roster_file, say) if roster_file else [],
        read_points(points_file, bank) if points_file else {},
        due_times(due, bank),
        read_changes(out / "changes.csv", bank),
        moodle, canvas, anonymous,
        roster.points_possible(roster_file) if roster_file else {},
    )  # fmt: skip


def counted(results: Sequence[Result], wished: Wishes) -> list[Grade]:
    """Return what counts.

    Parameters
    ----------
    results : sequence of Result
        As they were marked, without the roster's word on whose they are.
    wished : Wishes

    Raises
    ------
    ChangesError
        If a change does not fit the class.
    """
    return grades(
        results, wished.people, choose=wished.choose, points=wished.points, changes=wished.changes, due=wished.due
    )


def papers(found: Sequence[Grade]) -> list[Result]:
    """Return all papers of a class, in order of their names."""
    together = (paper for grade in found for paper in (grade.result, *grade.others) if paper)
    return sorted(together, key=_by_name)


def _by_name(paper):
    return paper.submission, paper.turn, paper.sha256


def still_open(found: Sequence[Grade]) -> list[Result]:
    """Return all papers, with only that in them at which a person has to look: what is decided is taken out."""
    together = (grade.still_open(paper) for grade in found for paper in (grade.result, *grade.others) if paper)
    return sorted(together, key=_by_name)


def write(found: Sequence[Grade], wished: Wishes, bank: ModuleType, out: Path) -> list[str]:
    """Write pages, tables, and what else is wished; begin a table of changes, if there is none.

    Parameters
    ----------
    found : sequence of Grade
    wished : Wishes
    bank : module
    out : Path
        A folder that exists.

    Returns
    -------
    list of str
        What the instructor should know, each in one line.

    Raises
    ------
    TableError
        If the roster does not suit the learning-management system, or something cannot be written.
    """
    try:
        return _write(found, wished, bank, out)
    except OSError as error:  # on Windows nobody can write a table that Excel has open
        path, why = error.filename2 or error.filename or out, error.strerror or error
        raise TableError(f"cannot write {path} ({why}): close it, or make room, and say the command again") from None


def _write(found, wished, bank, out):
    systems = {"moodle": wished.moodle, "canvas": wished.canvas}
    lines = []
    if any(systems.values()):
        lines += lms.write_lms(found, wished.people, out, possible=wished.possible, **systems)
    write_tables(found, out)  # first: they are small, and say all, should there be no room for pages
    pages = write_pages(found, papers(found), bank, out)
    write_tables(found, out, pages)
    begin(out / "changes.csv")
    for system in (name for name, is_wished in systems.items() if is_wished):
        lines += write_returned(found, pages, out, system)
    if wished.anonymous:
        write_anonymous(found, bank, out)
    return lines
