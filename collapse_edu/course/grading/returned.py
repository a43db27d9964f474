"""Pages for learners, in a zip that Moodle or Canvas takes back.

Moodle finds a learner by the folder ``Full name_12345_assignsubmission_file``, Canvas by the numbers in
``lovelaceada_77_901_Q2.ipynb``, as each named them when the papers were downloaded (Moodle: "Upload multiple feedback
files in a zip"; Canvas: "Upload Submissions"); so a page lies where the paper lay.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from collapse_edu.course.grading.grades import Grade
from collapse_edu.course.grading.lms_names import canvas_name, moodle_name
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["write_returned", "zipped"]

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of all times that a zip can hold: the same pages give the same bytes


def write_returned(grades: Sequence[Grade], pages: Mapping[str, str], out: Path, system: str) -> list[str]:
    """Write a zip for each lesson, such as ``moodle_M2.zip``, with the page of each paper that counts.

    Parameters
    ----------
    grades : sequence of Grade
    pages : dict
        Submission → its page, as a path in `out`.
    out : Path
    system : str
        ``"moodle"`` or ``"canvas"``.

    Returns
    -------
    list of str
        One line about the papers that did not come from this system, so that it takes nothing back for them.

    Raises
    ------
    OSError
    """
    place = {"moodle": _moodle_place, "canvas": _canvas_place}[system]
    packed: dict[str, dict[str, bytes]] = defaultdict(dict)
    homeless = []
    for submission, lesson in _counted(grades):
        inside = place(submission, lesson)
        if inside is None:
            homeless.append(submission)
        elif submission in pages:
            packed[lesson][_free(inside, packed[lesson])] = (out / pages[submission]).read_bytes()
    for lesson, entries in packed.items():
        write_atomically(out / f"{system}_{lesson}.zip", zipped(entries.items()), mode=PRIVATE)
    if not homeless:
        return []
    shown = ", ".join(homeless[:5]) + (", …" if len(homeless) > 5 else "")
    return [f"{len(homeless)} papers did not come from {system.title()}, so their pages are in no zip for it: {shown}"]


def _counted(grades):
    """Yield the papers that count, with their lessons; files that are no papers go nowhere."""
    for grade in grades:
        if grade.result and grade.status != "left out":
            yield grade.result.submission, grade.lesson or "unread"


def _moodle_place(submission: str, lesson: str) -> str | None:
    """Return where the page of a paper goes in a zip for Moodle; None where the paper did not come from it.

    Examples
    --------
    >>> _moodle_place("all.zip/Ada Lovelace_12345_assignsubmission_file/Q2.ipynb", "M2")
    'Ada Lovelace_12345_assignsubmission_file/M2.html'
    """
    found = next(filter(None, map(moodle_name, submission.split("/"))), None)
    return found and f"{found['folder']}/{lesson}.html"


def _canvas_place(submission: str, lesson: str) -> str | None:
    """Return where the page of a paper goes in a zip for Canvas; None where the paper did not come from it.

    Examples
    --------
    >>> _canvas_place("all.zip/lovelaceada_LATE_77_901_Q2.ipynb", "M2")
    'lovelaceada_LATE_77_901_Q2.html'
    """
    found = next(filter(None, map(canvas_name, submission.split("/"))), None)
    return found and f"{PurePosixPath(found[0]).stem}.html"


def _free(name, taken):
    """Return a name of which there is no other: two papers can have come from one folder."""
    path, number = PurePosixPath(name), 2
    while name in taken:
        name = str(path.with_stem(f"{path.stem}-{number}"))
        number += 1
    return name


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of some files: name inside of it → content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
