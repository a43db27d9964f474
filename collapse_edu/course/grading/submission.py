"""What was handed in: files, folders and zips. Nothing is unpacked to disk, no link is followed, and nothing is kept in
memory: each file is looked at once, to tell what it is, and read again when it is marked.

Every file, every entry of a zip and every empty folder is a submission; what it is decides what it holds, not its name.
"""

import hashlib
import io
import json
import os
import re
import stat
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from collapse_edu.course.grading.file_kind import HEAD, FileKind, holds_json, kind_of_data, kind_of_head, kind_of_zip

__all__ = ["Submission", "find"]

LARGEST = 20 << 20  # bytes of one paper, and of an archive inside another
_TOGETHER = 64 << 20  # bytes that one learner's files in an archive may unpack to
_MOST, _MOST_OF_CLASS = 1_000, 100_000  # entries of a learner's archive, and of the archive of a class
_ENTRY = 400  # bytes that an archive's own table has for an entry, at most, on the average
_DEEP = 50  # folders in one another
_DEEPEST = 2  # an archive in an archive, but no further
_LITTER = {"__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__", ".git"}
_NAMES = re.compile(rb"""(?<!\\)"(?:learner|name)"\s*:\s*("(?:[^"\\]|\\.){1,300}")""")
_IDENTIFY = re.compile(rb"""\bidentify\(\s*(?:\\"([^"\\]{1,300})\\"|'([^'\\]{1,300})')""")


@dataclass(frozen=True)
class Submission:
    """One file, as it came.

    Attributes
    ----------
    name : str
        Its path, as a person would say it.
    path : Path
        The file on disk that it is, or lies in.
    entries : tuple of int
        Where it lies in an archive: the number of its entry, and so on where archives lie in one another.
    inner : str
        Its path in the archive.
    kind : str or None
        ``"hand-in"`` or ``"notebook"``; None where it is neither.
    sha256 : str
        Of its bytes, where they were read.
    fault : str or None
        Why it is not marked.
    status : str
        Where it is not marked: ``"could not be marked"``, ``"left out"``, or ``"litter"``, which systems leave behind.
    says : tuple of str
        Names that seem to stand in it.
    """

    name: str
    path: Path
    entries: tuple[int, ...] = ()
    inner: str = ""
    kind: str | None = None
    sha256: str = ""
    fault: str | None = None
    status: str = ""
    says: tuple[str, ...] = ()

    def read(self) -> bytes:
        """Return its bytes, without a mark of UTF-8 at their start.

        Raises
        ------
        OSError
            If it is gone, or is no longer what it was.
        """
        try:
            with _opened(self.path, self.entries) as file:
                data = file.read(LARGEST + 1)
        except (zipfile.BadZipFile, IndexError, ValueError, NotImplementedError) as error:
            raise OSError(f"it changed while the class was marked: {error}") from None
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise OSError("it changed while the class was marked")
        return data.removeprefix(b"\xef\xbb\xbf")


def find(path: str | Path) -> Iterator[Submission]:
    """Yield everything at a path: a hand-in, a notebook, a zip, or a folder of them.

    Parameters
    ----------
    path : path
        A zip that is named here is taken for the archive of a class, any other for that of one learner.

    Yields
    ------
    Submission
        Sorted by name. What cannot be read is one with a fault; it never hides the others.
    """
    path = Path(path)
    if path.is_dir():
        yield from _in_folder(path)
    else:
        yield from _file(_Found(path.name, path), of_class=True)


def _in_folder(folder):
    closed: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=closed.append, followlinks=False):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in links:
            yield _found(folder, place, name).refused("it is a link to somewhere else: not followed")
        litter = sorted(name for name in [*folders, *files] if _is_litter(name))
        for name in litter:
            yield _found(folder, place, name).litter()
        folders[:] = sorted(set(folders).difference(links, litter))
        files = sorted(set(files).difference(litter))
        if not (folders or files or links) and Path(place) != folder:
            yield _found(folder, place, "").empty()
        for name in files:
            yield from _file(_found(folder, place, name))
    for error in closed:
        yield _found(folder, error.filename, "").refused(f"the folder cannot be read: {error.strerror}")


def _found(folder, place, name):
    path = Path(place, name)
    return _Found(path.relative_to(folder).as_posix() + ("" if name else "/"), path)


def _is_litter(path):
    """Return whether a system or a program left a file behind, by its path in a folder or an archive."""
    parts = path.casefold().split("/")
    return not _LITTER.isdisjoint(parts) or parts[-1].startswith(("._", "~$", ".~lock"))


def _file(found, of_class=False):
    try:
        with _plain_file(found.path) as file:
            yield from _looked_at(file, found, _Archives(of_class))
    except OSError as error:
        yield found.refused(f"it cannot be read: {error.strerror or error}")


@dataclass(frozen=True)
class _Found:
    """Where a file was found; :meth:`as_paper` and the others say what it is."""

    name: str
    path: Path
    entries: tuple[int, ...] = ()
    inner: str = ""

    def within(self, name: str, number: int) -> "_Found":
        return _Found(f"{self.name}/{name}", self.path, (*self.entries, number), f"{self.inner}/{name}")

    def submission(self, kind: FileKind, data: bytes = b"") -> Submission:
        digest = hashlib.sha256(data).hexdigest() if data else ""
        if kind.paper:
            return self._said(kind=kind.paper, sha256=digest, says=_names_in(data))
        return self._said(sha256=digest, fault=kind.fault, status="could not be marked" if kind.meant else "left out")

    def refused(self, fault: str) -> Submission:
        return self._said(fault=fault, status="could not be marked")

    def empty(self) -> Submission:
        return self._said(fault="the folder is empty", status="left out")

    def litter(self) -> Submission:
        return self._said(status="litter")

    def _said(self, **what):
        return Submission(self.name, self.path, self.entries, self.inner, **what)


@dataclass
class _Archives:
    """What may still be unpacked: archives in one another, and bytes, for each learner apart."""

    of_class: bool = False
    deeper: int = _DEEPEST
    left: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: _TOGETHER))
    whose: str = ""

    @property
    def most(self) -> int:
        return _MOST_OF_CLASS if self.of_class else _MOST

    def of(self, entry: str) -> "_Archives":
        """Return the same for an entry: in the archive of a class, what lies together at its top is one learner's."""
        whose = entry.split("/", 1)[0] if self.of_class else self.whose
        return _Archives(False, self.deeper - 1, self.left, whose)

    def take(self, many: int) -> bool:
        """Count bytes, and return whether they are still within what is left."""
        self.left[self.whose] -= many
        return self.left[self.whose] >= 0


def _looked_at(file, found, archives):
    """Yield what a file is: one submission, or those that are in it."""
    head = file.read(min(HEAD, LARGEST))
    if holds_json(head):
        data = head + file.read(LARGEST + 1 - len(head))
        if not archives.take(len(data)) or len(data) > LARGEST:
            yield found.refused(f"it is larger than {LARGEST >> 20} MB, or unpacks with others to too much")
        else:
            yield found.submission(kind_of_data(data, found.name), data)
        return
    kind = kind_of_head(head, found.name)
    if kind.paper != "zip":
        yield found.submission(kind)
    elif archives.deeper < 1:
        yield found.refused(f"archives lie deeper than {_DEEPEST} in one another: refused")
    else:
        yield from _in_zip(file, head, found, archives)


def _in_zip(file, head, found, archives):
    """Yield what is in an archive."""
    try:
        file = _whole(file, head, found, archives)
        if _table_size(file) > archives.most * _ENTRY:
            raise ValueError(f"it has more than {archives.most:,} entries")
        with zipfile.ZipFile(file) as archive:
            yield from _entries(archive, found, archives)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        yield found.refused(f"the archive cannot be read: {error}")


def _whole(file, head, found, archives):
    """Return an archive as a file that can be read anywhere: one in another is in memory while it is looked at."""
    if not found.entries:
        return file  # on disk
    data = head + file.read(LARGEST + 1 - len(head))
    if len(data) > LARGEST or not archives.take(len(data)):
        raise ValueError(f"it is larger than {LARGEST >> 20} MB, or unpacks with others to too much")
    return io.BytesIO(data)


def _table_size(file):
    """Return how many bytes an archive's own table has; it is read as a whole, so it must not be huge."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - (1 << 16) - 22))
    last = file.read()
    start = last.rfind(b"PK\5\6")
    if b"PK\6\7" in last[max(0, start - 20) : start]:
        return 1 << 32  # an archive of the largest kind, with a second table
    return int.from_bytes(last[start + 12 : start + 16], "little") if start >= 0 else 0


def _entries(archive, found, archives):
    entries = archive.infolist()
    kind = kind_of_zip([entry.filename for entry in entries])
    if kind.paper != "zip":
        yield found.submission(kind)
        return
    if len(entries) > archives.most:
        raise ValueError(f"it has more than {archives.most:,} entries")
    if not any(not entry.is_dir() and not _is_litter(entry.filename) for entry in entries):
        yield found.refused("there is no file in the archive")
    named, full = Counter(), _full_folders(entries)
    for number, entry in sorted(enumerate(entries), key=lambda numbered: numbered[1].filename):
        name = entry.filename.replace("\\", "/")
        named[name] += 1
        here = found.within(name + (f" ({named[name]})" if named[name] > 1 else ""), number)
        if _is_litter(name.rstrip("/")):
            yield here.litter()
        elif not entry.is_dir():
            yield from _entry(archive, entry, here, archives.of(name))
        elif name not in full:
            yield here.empty()


def _full_folders(entries):
    """Return the folders of an archive in which anything lies but litter."""
    full = set()
    for entry in entries:
        parts = entry.filename.replace("\\", "/").rstrip("/").split("/")[:_DEEP]
        if not _is_litter("/".join(parts)):
            full |= {"/".join(parts[:depth]) + "/" for depth in range(1, len(parts))}
    return full


def _entry(archive, entry, found, archives):
    if fault := _why_refused(entry):
        yield found.refused(fault)
        return
    try:
        with archive.open(entry) as file:  # the size in the archive's own table may be a lie
            yield from _looked_at(file, found, archives)
    except Exception as error:  # a broken entry raises whatever its compression raises
        yield found.refused(f"it cannot be read from the archive: {type(error).__name__}")


def _why_refused(entry):
    if _leads_out(entry.filename):
        return "its path leads out of the archive: refused"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link in an archive: refused"
    if entry.flag_bits & 1:
        return "it is encrypted"
    return None


def _leads_out(name):
    # Windows zips may hold backslashes; ZipFile turns the system's separator into slashes, and cuts at a NUL byte.
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]


def _names_in(data):
    """Return what seems to be the learner's name and id in a paper, without reading it as a whole."""
    found = [name[1] for name in islice(_NAMES.finditer(data), 20)]
    found += [b'"%s"' % (name[1] or name[2]) for name in islice(_IDENTIFY.finditer(data), 20)]
    return tuple(dict.fromkeys(filter(None, map(_as_text, found))))


def _as_text(quoted):
    try:
        return json.loads(quoted)
    except ValueError:
        return None


# ---------------------------------------------------------------- opening


@contextmanager
def _plain_file(path) -> Iterator[BinaryIO]:
    """Open a plain file; never wait for a pipe, never follow a link."""
    if path.is_symlink():
        raise OSError("it is a link to somewhere else: not followed")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is not a plain file")
        yield file


@contextmanager
def _opened(path, entries):
    """Open a file, or an entry of an archive that is one."""
    with ExitStack() as stack:
        file = stack.enter_context(_plain_file(path))
        for depth, number in enumerate(entries):
            if depth:
                file = io.BytesIO(file.read(LARGEST + 1))
            archive = stack.enter_context(zipfile.ZipFile(file))
            file = stack.enter_context(archive.open(archive.infolist()[number]))
        yield file
