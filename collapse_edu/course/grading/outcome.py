"""From results to all that is written: what the instructor wishes, read first, and carried out at the end."""

from collections.abc import Mapping, Sequence
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

__all__ = ["Wishes", "counted", "wishes", "write"]


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
) -> Wishes:
    """Read all that the instructor gives, the table of changes in `out` too; begin that one if there is none.

    Raises
    ------
    TableError, RosterError
        A mistake, in one line, before any paper is marked.
    OSError
    """
    if (moodle or canvas) and roster_file is None:
        raise TableError("--moodle and --canvas need --roster: without it nobody can be found again")
    if (moodle or canvas) and choose == "all":
        raise TableError("where all papers count, nothing is for Moodle or Canvas: take --newest or --best")
    found = Wishes(
        choose,
        roster.read_roster(roster_file) if roster_file else [],
        read_points(points_file, bank) if points_file else {},
        due_times(due, bank),
        read_changes(out / "changes.csv", bank),
        moodle, canvas, anonymous,
        roster.points_possible(roster_file) if roster_file else {},
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    begin(out / "changes.csv")
    return found


def counted(results: Sequence[Result], wished: Wishes) -> list[Grade]:
    """Return what counts.

    Raises
    ------
    ChangesError
        If a change does not fit the class.
    """
    return grades(
        results, wished.people, choose=wished.choose, points=wished.points, changes=wished.changes, due=wished.due
    )


def write(found: Sequence[Grade], wished: Wishes, bank: ModuleType, out: Path) -> list[str]:
    """Write pages, tables, and what else is wished; return what the instructor should know, each in one line.

    Raises
    ------
    TableError
        If the roster does not suit the learning-management system.
    OSError
    """
    papers = [paper for grade in found for paper in (grade.result, *grade.others) if paper]
    pages = write_pages(found, sorted(papers, key=lambda paper: (paper.submission, paper.sha256)), bank, out)
    write_tables(found, out, pages)
    lines: list[str] = []
    if wished.moodle or wished.canvas:
        systems = {"moodle": wished.moodle, "canvas": wished.canvas}
        lines += lms.write_lms(found, wished.people, out, possible=wished.possible, **systems)
        for system in (name for name, is_wished in systems.items() if is_wished):
            lines += write_returned(found, pages, out, system)
    if wished.anonymous:
        write_anonymous(found, bank, out)
    return lines
