"""The working copy: the folder in which a learner works, laid from the course and never written over.

``collapse-edu course`` lays one, and ``desk/lab.py`` before it opens JupyterLab. Importing this module loads the
standard library alone.
"""

import errno
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from collapse_edu.files import write_atomically

__all__ = ["MIRRORED", "as_laid", "course_files", "lay_course"]

MIRRORED = ("notebooks", "quizzes", "docs")


def course_files() -> Path:
    """Return the folder that holds the course's notebooks, quizzes and docs.

    In the installed package it is a folder of its own (``pyproject.toml`` puts it there); in a checkout, the whole.

    Examples
    --------
    >>> (course_files() / "docs" / "glossary.md").is_file()
    True
    """
    installed = Path(__file__).resolve().parents[1] / "material"
    return installed if installed.is_dir() else installed.parents[2]


def lay_course(root: Path, copy: Path, learner: str | None = None) -> list[str]:
    """Lay the working copy, or bring it up to date, and return the lines that a learner should read.

    A new file is added. A file that the learner did not change is replaced by a newer one. A file that the
    learner changed is never written to: a newer one is laid beside it, once. A file that the learner deleted
    comes back fresh: this is how to begin a lesson anew. Nothing is ever deleted, also not what the course
    no longer has.

    Parameters
    ----------
    root : Path
        The folder of the course, see :func:`course_files`.
    copy : Path
        The working copy.
    learner : str, optional
        Whose answers are kept where this copy lies: quizzes say whose numbers they have, see :func:`as_laid`. Quizzes
        that were laid for nobody, or for another one, are laid for this one, unless they were changed.

    Returns
    -------
    list of str
        One line for each file that the learner changed and that the course has a newer version of, and for each thing
        of the learner's that lies where a file of the course belongs.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    _require_folder(copy)
    manifest = copy / ".laid.json"
    laid = _read_manifest(manifest)
    before = json.dumps(laid)
    said = [_lay_file(name, content, copy, laid, learner) for name, content in _contents(root)]
    if json.dumps(laid) != before or not manifest.exists():
        _write(manifest, json.dumps(laid, indent=1).encode())
    return list(dict.fromkeys(line for line in said if line))


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


def _require_folder(copy: Path) -> None:
    """Say in words why a working copy cannot be laid where something else lies."""
    if copy.is_symlink() and not copy.exists():
        fault = "This link leads to a folder that is not there; bring the folder back, or remove the link"
    elif copy.exists() and not copy.is_dir():
        fault = "This is a file, and the course needs a folder of that name; rename the file"
    else:
        return
    raise NotADirectoryError(errno.ENOTDIR, fault, str(copy))


def _read_manifest(manifest: Path) -> dict[str, dict]:
    """Return what was laid. Where that is lost or damaged, every file that differs counts as the learner's."""
    try:
        laid = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    rows = laid.items() if isinstance(laid, dict) else ()
    return {name: entry for name, entry in rows if isinstance(entry, dict)}


def _lay_file(name: str, content: bytes, copy: Path, laid: dict, learner: str | None) -> str | None:
    """Lay one file of the course; return a line for the learner, or None. `laid` is brought up to date.

    `laid` maps a name to two hashes: `source`, of the course's file, and `laid`, of what was written for it.
    """
    if blocked := _in_its_place(name, copy):
        return blocked
    before, target, source = laid.get(name, {}), copy / name, _digest(content)
    new = as_laid(name, content, learner)
    now = _digest(target.read_bytes()) if target.exists() else None
    if now in (None, before.get("laid"), _digest(new)):
        if now != _digest(new):
            _write(target, new)
        laid[name] = {"source": source, "laid": _digest(new)}
        return None
    if before.get("source") == source:
        return None
    beside = _name_beside(name, copy, laid)
    _write(copy / beside, new)
    laid[beside] = {"source": source, "laid": _digest(new)}
    laid[name] = {"source": source, "laid": before.get("laid")}  # so that this is said once
    return f"You changed {name} and the course has a new one: yours is kept, the new one is {Path(beside).name}"


def _in_its_place(name: str, copy: Path) -> str | None:
    """Return what to tell a learner whose file or folder lies where the course's own cannot be laid, or None."""
    for folder in Path(name).parents[:-1]:
        if (copy / folder).exists() and not (copy / folder).is_dir():
            return f"{folder.as_posix()} is a file, and the course has a folder of that name: rename yours to get it"
    if (copy / name).is_dir():
        return f"{name} is a folder, and the course has a file of that name: rename yours to get it"
    return None


def _contents(root: Path) -> Iterator[tuple[str, bytes]]:
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
        if not path.exists() or (path.is_file() and _digest(path.read_bytes()) == laid.get(beside, {}).get("laid")):
            return beside
    raise FileExistsError(errno.EEXIST, f"There are too many new versions of {name}, remove some", str(copy))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
