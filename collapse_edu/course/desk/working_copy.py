"""The working copy: the folder in which a learner works, laid from the course and never written over.

    python -m collapse_edu.course.desk.working_copy my_course

This prints what the learner should read. Binder runs it, and ``desk/lab.py`` before it opens JupyterLab. Importing
this module loads the standard library alone.
"""

import errno
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from collapse_edu.course.desk.record import Record
from collapse_edu.files import write_atomically

__all__ = ["MIRRORED", "as_laid", "lay_course"]

ROOT = Path(__file__).resolve().parents[3]
MIRRORED = ("notebooks", "quizzes", "docs")


def lay_course(root: Path, copy: Path) -> list[str]:
    """Lay the working copy, or bring it up to date, and return the lines that a learner should read.

    A new file is added. A file that the learner did not change is replaced by a newer one. A file that the
    learner changed is never written to: a newer one is laid beside it, once. A file that the learner deleted
    comes back fresh: this is how to begin a lesson anew. Nothing is ever deleted, also not what the course
    no longer has.

    Parameters
    ----------
    root : Path
        The folder of the course.
    copy : Path
        The working copy.

    Returns
    -------
    list of str
        One line for each file that the learner changed and that the course has a newer version of.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    manifest = copy / ".laid.json"
    try:
        laid = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        laid = {}  # a lost or damaged manifest: every file that differs counts as the learner's
    before = json.dumps(laid)
    learner = Record().learner  # a new one at the first start
    said = [_lay_file(name, content, copy, laid, learner) for name, content in _course_files(root)]
    if json.dumps(laid) != before or not manifest.exists():
        _write(manifest, json.dumps(laid, indent=1).encode())
    return [line for line in said if line]


def as_laid(name: str, content: bytes, learner: str | None = None) -> bytes:
    """Return what a learner gets for a file of the course: notebooks come without outputs.

    A prediction comes before its picture, so no picture may be there yet. A quiz says whose numbers it has.

    Parameters
    ----------
    name : str
        Of the file; only ``.ipynb`` is changed.
    content : bytes
    learner : str, optional
        The id that the learner's answers are kept under.

    Returns
    -------
    bytes

    Examples
    --------
    >>> as_laid("docs/glossary.md", b"words")
    b'words'
    """
    if not name.endswith(".ipynb"):
        return content
    notebook = json.loads(content.decode("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    if "collapse_edu" in notebook["metadata"]:
        notebook["metadata"]["collapse_edu"]["learner"] = learner
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _lay_file(name: str, content: bytes, copy: Path, laid: dict, learner: str | None) -> str | None:
    """Lay one file of the course; return a line for the learner, or None. `laid` is brought up to date.

    `laid` maps a name to two hashes: `source`, of the course's file, and `laid`, of what was written for it.
    """
    before, target, source = laid.get(name, {}), copy / name, _digest(content)
    if before.get("source") == source and target.exists():
        return None
    new = as_laid(name, content, learner)
    now = _digest(target.read_bytes()) if target.exists() else None
    if now in (None, before.get("laid"), _digest(new)):
        if now != _digest(new):
            _write(target, new)
        laid[name] = {"source": source, "laid": _digest(new)}
        return None
    beside = _name_beside(name, copy, laid)
    _write(copy / beside, new)
    laid[beside] = {"source": source, "laid": _digest(new)}
    laid[name] = {"source": source, "laid": before.get("laid")}  # so that this is said once
    return f"You changed {name} and the course has a new one: yours is kept, the new one is {Path(beside).name}"


def _course_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file that a learner gets, in order."""
    for folder in MIRRORED:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in name.split("/")):
                yield name, path.read_bytes()


def _name_beside(name: str, copy: Path, laid: dict) -> str:
    """Return a name for a new version that lies beside a learner's file, and is not a learner's file itself."""
    stem, dot, ending = name.rpartition(".")
    for number in range(1, 1000):
        mark = " (new version)" if number == 1 else f" (new version {number})"
        beside = f"{stem}{mark}{dot}{ending}"
        path = copy / beside
        if not path.exists() or _digest(path.read_bytes()) == laid.get(beside, {}).get("laid"):
            return beside
    raise FileExistsError(errno.EEXIST, f"There are too many new versions of {name}, remove some", str(copy))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: list[str]) -> int:
    """Lay the working copy in a folder; return 0, or 2 with one line that says why not."""
    copy = Path(arguments[0])
    try:
        said = lay_course(ROOT, copy)
    except OSError as error:
        print(f"[!!] {error.strerror or error}: {error.filename or copy}", file=sys.stderr)
        return 2
    for line in said:
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
