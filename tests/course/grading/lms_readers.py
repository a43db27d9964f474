"""Readers shaped as those of Moodle and Canvas: what they document, and what their published code refuses.

Each returns learner → {grade item: grade}, and raises where the system would refuse, or silently drop, a row.
"""

import csv
import io
import re


class RefusedError(ValueError):
    """The system would not take it."""


def _rows(data, columns=None):
    if data.startswith(b"\xef\xbb\xbf"):
        raise RefusedError("a mark at the start is taken for a part of the first column's name")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    head = rows[0]
    if len(set(head)) < len(head) or any(len(row) != len(head) for row in rows):
        raise RefusedError("columns")
    return head, [dict(zip(head, row, strict=True)) for row in rows[1:]]


def _grade(text, most):
    """Return a grade; None for an empty cell, which changes nothing."""
    if text in ("", "-"):
        return None
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or not 0 <= float(text) <= most:
        raise RefusedError(f"grade {text!r} of {most}")
    return float(text)


def moodle_worksheet(data, participants, most):
    """Read an offline grading worksheet: participants are the numbers behind "Participant"."""
    head, rows = _rows(data)
    known = {
        "Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum Grade",
        "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments",
    }  # fmt: skip
    if not {"Identifier", "Grade", "Last modified (grade)"} <= set(head) <= known:
        raise RefusedError(f"columns {head}")
    found = {}
    for row in rows:
        number = row["Identifier"][len("Participant ") :]
        if number not in participants or number in found:
            raise RefusedError(f"participant {row['Identifier']}")
        found[number] = (_grade(row["Grade"], most), row.get("Feedback comments", ""))
    return found


def moodle_import(data, column, users, items):
    """Read a grade import whose `column` is mapped to users, and whose grade items have a maximum."""
    head, rows = _rows(data)
    unknown = set(head) - {"Full name", "ID number", "Email address", "Username", *items}
    unknown -= {name for name in head if name.endswith(" feedback")}
    if column not in head or unknown:
        raise RefusedError(f"columns {head}")
    found = {}
    for row in rows:
        if row[column] not in users or row[column] in found:
            raise RefusedError(f"user {row[column]!r}")
        if "" in (row[item] for item in items):
            raise RefusedError("an empty cell, which a new grade item takes for a grade; none is a dash")
        found[row[column]] = {item: _grade(row[item], most) for item, most in items.items()}
    return found


def canvas(data, students, assignments):
    """Read a gradebook: students by ID; assignments as "Title (id)" → points possible. New ones are made."""
    head, rows = _rows(data)
    fixed = ["Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section"]
    who = [column for column in fixed if column in head]
    if head[: len(who)] != who or not {"Student", "ID", "Section"} <= set(who):
        raise RefusedError(f"columns {head}")
    items = head[len(who) :]
    if any(re.search("Current|Final|Override", item) for item in items):
        raise RefusedError("read-only columns")
    if any(re.search(r"\(\d+\)$", item) and item not in assignments for item in items):
        raise RefusedError("an assignment that there is not")
    points, *rows = rows
    if "Points Possible" not in points["Student"] or any(points[column] for column in who[1:]):
        raise RefusedError("second row")
    most = {item: assignments.get(item, float(points[item])) for item in items}
    if any(float(points[item]) != most[item] for item in items):
        raise RefusedError("points possible of an assignment change")
    found = {}
    for row in rows:
        if row["ID"] not in students or row["ID"] in found:
            raise RefusedError(f"student {row['ID']!r}")
        found[row["ID"]] = {item: _grade(row[item].strip(), most[item]) for item in items}
    return found
