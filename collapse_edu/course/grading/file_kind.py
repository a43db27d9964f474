"""What a file is, by what it holds: its name may say anything."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from collapse_edu.course.desk.record_file import FORMAT as RECORD
from collapse_edu.course.quiz.handin import FORMAT as HAND_IN

__all__ = ["HEAD", "FileKind", "holds_json", "kind_of_data", "kind_of_head", "kind_of_zip"]

HEAD = 1 << 12  # bytes that tell what most files are

_ASK = "ask for the file that hand_in() writes, or for the notebook (.ipynb)"
_UNPACK = "ask for a .zip, or for what is in it"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class FileKind:
    """What a file is.

    Attributes
    ----------
    paper : str or None
        ``"hand-in"`` or ``"notebook"``: it can be read; ``"zip"``: it can be opened.
    fault : str or None
        Why it cannot be read: what it is, and what to ask for.
    meant : bool
        Whether a learner must have meant it as the paper.
    """

    paper: str | None = None
    fault: str | None = None
    meant: bool = False


# The first bytes of a file, what it is, and whether it must have been meant as the paper.
_ARCHIVES = (
    (b"\x1f\x8b", ".gz"), (b"Rar!", ".rar"), (b"7z\xbc\xaf", ".7z"), (b"BZh", ".bz2"), (b"\xfd7zXZ", ".xz"),
    (b"\x28\xb5\x2f\xfd", ".zst"),
)  # fmt: skip
_OTHERS = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "a document of an old Office"), (b"{\\rtf", "a document (.rtf)"),
)  # fmt: skip
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{", b"[\0", b"\0[")
_OFFICE = {"word/": "a Word document", "xl/": "an Excel table", "ppt/": "a PowerPoint file"}

# Our own marks, as keys: inside a text of JSON the quotes would stand behind backslashes.
_IS_HAND_IN = re.compile(rb'(?<!\\)"format"\s*:\s*"' + re.escape(HAND_IN.encode()) + rb'"')
_IS_RECORD = re.compile(rb'\s*\{[^{}]{0,200}"format"\s*:\s*"' + re.escape(RECORD.encode()) + rb'"')
_IS_NOTEBOOK = re.compile(rb'(?<!\\)"(?:cells|worksheets)"\s*:\s*\[')


def kind_of_head(head: bytes, name: str) -> FileKind:
    """Return what a file is that does not begin as JSON does.

    Parameters
    ----------
    head : bytes
        At least the first 300 bytes, if there are so many.
    name : str

    Examples
    --------
    >>> kind_of_head(b"%PDF-1.7", "Q2.ipynb").fault
    'it is a PDF: ask for the file that hand_in() writes, or for the notebook (.ipynb)'
    >>> kind_of_head(b"PK\\3\\4", "Q2").paper
    'zip'
    """
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        return FileKind("zip")
    for begins, suffix in _ARCHIVES:
        if head.startswith(begins):
            return FileKind(fault=f"it is an archive that is not opened ({suffix}): {_UNPACK}", meant=True)
    if head[257:262] == b"ustar":
        return FileKind(fault=f"it is an archive that is not opened (.tar): {_UNPACK}", meant=True)
    if head.startswith(_WIDE):
        return FileKind(fault=f"it is a text in UTF-16, which is not read: {_ASK}, not saved anew", meant=True)
    return _kind_of_rest(head, name)


def _kind_of_rest(head, name):
    """Return what a file is that is no archive; only its name may tell that it was meant as the paper."""
    meant = bool(_promised(name))
    if _promised(name) == ".zip":
        return FileKind(fault=f"the archive cannot be read: it is {'no zip' if head else 'empty'}", meant=True)
    if not head:
        return FileKind(fault=f"it is empty: {_ASK}", meant=meant)
    for begins, what in _OTHERS:
        if head.startswith(begins):
            return FileKind(fault=f"it is {what}: {_ASK}", meant=meant)
    return FileKind(fault=_kind_of_text(head, name), meant=meant)


def _kind_of_text(head, name):
    suffix, start = PurePosixPath(name).suffix.lower(), head.removeprefix(_BOM).lstrip()[:100].lower()
    if start.startswith((b"<!doctype html", b"<html")) or suffix in (".html", ".htm"):
        moodle = "what was typed into Moodle's own text field" if "onlinetext" in name else "a web page"
        return f"it is {moodle}: {_ASK}"
    if promised := _promised(name):
        return f"it is not a {'notebook' if promised == '.ipynb' else 'hand-in'}, but something else: {_ASK}"
    if suffix == ".py":
        return f"it is Python code: {_ASK}"
    if b"\0" in head:
        return f"it is a file of a kind that is not read ({suffix or 'no suffix'}): {_ASK}"
    return f"it is a text: {_ASK}"


def _promised(name):
    """Return which of our suffixes a name has, also before another one."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    return next((each for each in (".ipynb", ".json", ".zip") if each in suffixes), None)


def holds_json(head: bytes) -> bool:
    """Return whether a file begins as JSON does.

    Examples
    --------
    >>> holds_json(b'\\xef\\xbb\\xbf {"cells": []}'), holds_json(b"Dear Sir")
    (True, False)
    """
    start = head.removeprefix(_BOM).lstrip()
    return start.startswith((b"{", b"[")) and not start.startswith((b"{\\rtf", *_WIDE))


def kind_of_data(data: bytes, name: str) -> FileKind:
    """Return what a file is that begins as JSON does, by all that it holds.

    Parameters
    ----------
    data : bytes
    name : str

    Examples
    --------
    >>> kind_of_data(b'{"cells": [], "nbformat": 4}', "Q2.ipynb.txt").paper
    'notebook'
    >>> kind_of_data(b'{"name": "x"}', "package.json").fault[:41]
    'it is not a hand-in, and not a notebook: '
    """
    data = data.removeprefix(_BOM)
    if _IS_RECORD.match(data):
        return FileKind(fault="it is the record: ask for the file that hand_in() writes", meant=True)
    if _IS_HAND_IN.search(data):
        return FileKind("hand-in")
    if _IS_NOTEBOOK.search(data):
        return FileKind("notebook")
    first, second = ("notebook", "hand-in") if _promised(name) == ".ipynb" else ("hand-in", "notebook")
    return FileKind(fault=f"it is not a {first}, and not a {second}: {_ASK}", meant=bool(_promised(name)))


def kind_of_zip(entries: list[str]) -> FileKind:
    """Return what a zip is by the names of its entries: documents of Office are zips, too.

    Examples
    --------
    >>> kind_of_zip(["[Content_Types].xml", "word/document.xml"]).fault[:23]
    'it is a Word document: '
    """
    if "[Content_Types].xml" in entries:
        what = next(
            (said for folder, said in _OFFICE.items() if any(entry.startswith(folder) for entry in entries)), ""
        )
        return FileKind(fault=f"it is {what or 'a document of Office'}: {_ASK}")
    if entries[:1] == ["mimetype"]:
        return FileKind(fault=f"it is a document (OpenDocument or EPUB): {_ASK}")
    return FileKind("zip")
