"""What learning-management systems import.

The columns are those that Moodle and Canvas document (docs.moodle.org, "Grade import"; Canvas's guide, "How do I import
grades in the Gradebook?"), and that their published code reads: Moodle's assignfeedback_offline, Canvas's
gradebook_importer.rb.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from collapse_edu.course.grading.grades import Grade
from collapse_edu.course.grading.roster import Person
from collapse_edu.course.grading.table import Handle, TableError, csv_bytes
from collapse_edu.course.register import LESSONS, course_order
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["canvas_table", "moodle_table", "moodle_worksheet", "write_lms"]

_PAPERS = ("marked", "could not be marked")
_WORKSHEET = "moodle_worksheet.csv"
_WHO_CANVAS = (
    "Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account",
    "Section",
)  # fmt: skip
_HANDLES = (
    "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Identifier", "ID number", "Email address", "Username",
)  # fmt: skip
# Canvas computes these and takes no other value for them; "Unposted" or the name of a group may stand before them.
_COMPUTED = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")


def write_lms(
    grades: Sequence[Grade],
    people: Sequence[Person],
    out: Path,
    *,
    moodle: bool = False,
    canvas: bool = False,
    possible: Mapping[str, str] | None = None,
) -> list[str]:
    """Write what Moodle (``moodle.csv``, ``moodle_worksheet.csv``) and Canvas (``canvas.csv``) import.

    Parameters
    ----------
    grades : sequence of Grade
        At most one for each learner and lesson.
    people : sequence of Person
        The roster; each has a row, nobody else has.
    out : Path
        A folder that exists.
    moodle, canvas : bool
        For which system.
    possible : dict, optional
        The row "Points Possible" of Canvas's gradebook.

    Returns
    -------
    list of str
        What the instructor should know, each in one line.

    Raises
    ------
    TableError
        If the roster, or the choice of papers, does not suit the system. Then nothing is written.
    OSError
    """
    if not people:
        raise TableError("--moodle and --canvas need --roster: without it nobody can be found again")
    tables = {"canvas.csv": canvas_table(grades, people, possible)} if canvas else {}
    if moodle:
        tables["moodle.csv"] = moodle_table(grades, people)
        if _is_worksheet(people) and len(_lessons(grades)) == 1:
            tables[_WORKSHEET] = moodle_worksheet(grades, people)
        else:
            (out / _WORKSHEET).unlink(missing_ok=True)  # of an earlier time
    for name, table in tables.items():
        write_atomically(out / name, csv_bytes(table, mark=False), mode=PRIVATE)
    return list(_to_know(grades, people, tables))


def _to_know(grades, people, tables):
    names = ", ".join(tables)
    strangers = {grade.learner: grade.name for grade in grades if grade.person is None and grade.status in _PAPERS}
    if strangers:
        yield f"not in the roster, so not in {names}: {', '.join(strangers.values())}"
    undecided = sum(not grade.decided for grade in grades if grade.person and grade.status != "nothing handed in")
    if undecided:
        yield f"{undecided} cells of {names} have no new points until a person has looked: say them in changes.csv"
    if "canvas.csv" in tables:
        columns = [repr(column) for column in tables["canvas.csv"][0] if column not in _WHO_CANVAS]
        yield f"canvas.csv has points for {', '.join(columns)}"
    if "moodle.csv" in tables and _is_worksheet(people) and _WORKSHEET not in tables:
        yield "a grading worksheet is one assignment's: for it, mark the papers of one lesson alone"


def _is_worksheet(people):
    return "Identifier" in people[0].row


def _lessons(grades):
    """Return the lessons that are worth points, in the order of the course, with what there is to get."""
    most: dict[str, float] = {}
    for grade in grades:
        if grade.lesson and grade.of:
            most[grade.lesson] = max(most.get(grade.lesson, 0), grade.of)
    return dict(sorted(most.items(), key=lambda pair: course_order(pair[0])))


def _of_people(grades):
    """Return (id of the person, lesson) → their grade."""
    found = {}
    for grade in grades:
        if grade.person is not None and grade.lesson:
            if (id(grade.person), grade.lesson) in found:
                raise TableError("where all papers count, nothing is for Moodle or Canvas: take --newest or --best")
            found[id(grade.person), grade.lesson] = grade
    return found


def _points(grade, most=None):
    """Return the points to hand on, out of `most` where that is another number; None before a person has decided."""
    if grade is None or not grade.decided or grade.total is None:
        return None
    return grade.total if most is None or not grade.of else round(grade.total * most / grade.of, 5)


def _given_back(column, text):
    return Handle(text) if column in _HANDLES else text


def moodle_table(grades: Sequence[Grade], people: Sequence[Person]) -> list[list[object]]:
    """Return what Moodle's "Grade import" takes: who it is, then points and feedback for each lesson.

    Raises
    ------
    TableError

    Examples
    --------
    >>> ada = Person("Ada Lovelace", email="ada@example.org")
    >>> for row in moodle_table([Grade("Ada Lovelace", lesson="M2", person=ada, total=9.0, of=12.0)], [ada]):
    ...     print(row)
    ['Full name', 'Email address', 'M2 (of 12)', 'M2 feedback']
    ['Ada Lovelace', 'ada@example.org', 9.0, '']
    """
    found, lessons = _of_people(grades), _lessons(grades)
    who = {"Full name": "name", "ID number": "id", "Email address": "email", "Username": "login"}
    who = {column: what for column, what in who.items() if any(getattr(person, what) for person in people)}
    if who.keys() <= {"Full name"}:
        raise TableError("for --moodle the roster needs an id number, an e-mail address or a user name of each learner")
    head = [*who, *(name for lesson, of in lessons.items() for name in (f"{lesson} (of {of:g})", f"{lesson} feedback"))]
    rows = [[_given_back(column, getattr(person, what)) for column, what in who.items()] for person in people]
    for row, person in zip(rows, people, strict=True):
        for lesson in lessons:
            grade = found.get((id(person), lesson))
            points = _points(grade)
            row += ["-" if points is None else points, grade.comment if grade else ""]  # no grade, as Moodle writes it
    return [head, *rows]


def moodle_worksheet(grades: Sequence[Grade], people: Sequence[Person]) -> list[list[object]]:
    """Return Moodle's grading worksheet of one assignment, which is the roster, with grades of one lesson filled in.

    Points are out of its "Maximum Grade". A row without a decision is given back as it came.

    Raises
    ------
    TableError
        If a column is missing that Moodle needs, or its grades are no numbers.
    """
    found, lessons = _of_people(grades), _lessons(grades)
    head = list(people[0].row)
    if missing := [column for column in ("Grade", "Last modified (grade)") if column not in head]:
        raise TableError(f"the grading worksheet of Moodle has no column {' and no '.join(missing)}: download it again")
    rows = [_worksheet_row(person, [found.get((id(person), lesson)) for lesson in lessons]) for person in people]
    return [head, *([_given_back(column, row.get(column, "")) for column in head] for row in rows)]


def _worksheet_row(person, grades):
    row = dict(person.row)
    for grade in filter(None, grades):
        points = _points(grade, _number(row["Maximum Grade"]) if row.get("Maximum Grade") else None)
        if points is not None:
            row["Grade"] = f"{points:.10g}"
        if "Feedback comments" in row and grade.comment:
            row["Feedback comments"] = grade.comment
    return row


def _number(text):
    """Return a number as people of any country write it."""
    try:
        return float(text.replace(" ", "").replace(",", "."))
    except ValueError:
        raise TableError(f"Moodle marks this assignment on a scale, not by points: {text[:60]!r}") from None


def canvas_table(
    grades: Sequence[Grade], people: Sequence[Person], possible: Mapping[str, str] | None = None
) -> list[list[object]]:
    """Return what Canvas's gradebook imports: the roster's own columns of who it is, then one for each lesson.

    A lesson goes into the roster's column whose name holds it, as ``Q2`` or ``M2``, with the points possible there;
    else into a new one. A cell without a decision is given back as it came. All other columns are left out, and so left
    alone.

    Parameters
    ----------
    grades : sequence of Grade
    people : sequence of Person
        From Canvas's own export.
    possible : dict, optional
        Its row "Points Possible".

    Raises
    ------
    TableError
        If it is not Canvas's export, or several columns may be a lesson's.
    """
    found, lessons = _of_people(grades), _lessons(grades)
    columns = list(people[0].row)
    who = [column for column in columns if column in _WHO_CANVAS]
    if not {"ID", "Section"} <= set(who) or who[0] not in ("Student", "LastName"):
        raise TableError("for --canvas the roster must be Canvas's own export: Student, ID, …, Section")
    names = {lesson: _column_of(lesson, columns) for lesson in lessons}
    most = {lesson: _possible((possible or {}).get(names[lesson], "")) for lesson in lessons}
    rows = [["    Points Possible", *[""] * (len(who) - 1), *(most[lesson] or lessons[lesson] for lesson in lessons)]]
    for person in people:
        cells = [_given_back(column, person.row.get(column, "")) for column in who]
        for lesson, column in names.items():
            points = _points(found.get((id(person), lesson)), most[lesson])
            cells.append(person.row.get(column, "") if points is None else points)
        rows.append(cells)
    return [[*who, *names.values()], *rows]


def _column_of(lesson, columns):
    """Return the name of the column that a lesson goes into."""
    word = re.compile(rf"\b[{lesson[0]}Q]0?{lesson[1:]}(?!\w)", re.IGNORECASE)
    own = [column for column in columns if word.search(column) and not _COMPUTED.search(column)]
    if len(own) > 1:
        raise TableError(
            f"{lesson} may go into several columns of the roster: {', '.join(own)}; leave one of them in it"
        )
    return own[0] if own else next((f"{each.id} {each.title}" for each in LESSONS if each.id == lesson), lesson)


def _possible(text):
    """Return the points possible that Canvas says, a decimal comma allowed; None where it says none."""
    found = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*", text)
    return float(found[1].replace(",", ".")) if found else None
