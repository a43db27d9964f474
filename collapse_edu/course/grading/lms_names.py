"""Folders and files that a learning-management system names: whose they are."""

import re

__all__ = ["canvas_name", "late_in_canvas", "moodle_name"]

# Moodle: "Ada Lovelace_12345_assignsubmission_file", as a folder, or before the name of each file.
_MOODLE = re.compile(r"(?P<folder>(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+)(?:_.*)?")
# Canvas: "lovelaceada_LATE_12345_67890_Q2.ipynb", always the name of a file, and never in a folder. Canvas writes the
# learner's name in small letters, without spaces: "CS_101_2026_Q2.ipynb" is somebody's own.
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>[1-9]\d*)_[1-9]\d{2,}_.+")


def moodle_name(part: str) -> re.Match[str] | None:
    """Return what Moodle says with one part of a path: ``name``, ``id`` and ``folder``; None where it is not Moodle's.

    Examples
    --------
    >>> moodle_name("Ada Lovelace_12345_assignsubmission_file_Q2.ipynb")["folder"]
    'Ada Lovelace_12345_assignsubmission_file'
    """
    return _MOODLE.fullmatch(part)


def canvas_name(part: str) -> re.Match[str] | None:
    """Return what Canvas says with the name of a file: ``name``, ``late`` and ``id``; None where it is not Canvas's.

    Examples
    --------
    >>> canvas_name("lovelaceada_LATE_77_901_Q2.ipynb").group("name", "late", "id")
    ('lovelaceada', 'LATE_', '77')
    >>> canvas_name("CS_101_2026_Q2.ipynb") is None
    True
    """
    found = _CANVAS.fullmatch(part)
    return found if found and found["name"] == found["name"].lower() else None


def late_in_canvas(path: str) -> bool:
    """Return whether Canvas marked a file, or what holds it, as late.

    Examples
    --------
    >>> late_in_canvas("all.zip/lovelaceada_LATE_77_901_Q2.ipynb"), late_in_canvas("my_LATE_12_34_notes/Q2.ipynb")
    (True, False)
    """
    return any(found["late"] for found in map(canvas_name, path.split("/")) if found)
