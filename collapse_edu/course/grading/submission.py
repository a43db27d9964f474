"""What was handed in: files, folders and zips, read as bytes. Nothing is ever unpacked to disk, no link is followed."""

import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

__all__ = ["Submission", "find"]

LARGEST = 20 << 20  # bytes of one file
_TOGETHER = 500 << 20  # bytes of all files of one archive, archives in it included
_MOST = 5_000  # entries of one archive
_DEEPEST = 2  # an archive in an archive, but no further
_KINDS = (".json", ".ipynb", ".zip")
_LITTER = ("__MACOSX", ".ipynb_checkpoints")


@dataclass(frozen=True)
class Submission:
    """One file, as it came.

    Attributes
    ----------
    name : str
        Its path, as a person would say it.
    data : bytes
    fault : str or None
        Why it could not be read.
    """

    name: str
    data: bytes = b""
    fault: str | None = None

    @property
    def digest(self) -> str:
        """Return what tells this content from any other."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def kind(self) -> str:
        """Return ``"notebook"`` or ``"hand-in"``."""
        return "notebook" if self.name.lower().endswith(".ipynb") else "hand-in"


def find(path: str | Path) -> Iterator[Submission]:
    """Yield every submission at a path: a hand-in, a notebook, a zip, or a folder of them.

    Parameters
    ----------
    path : path

    Yields
    ------
    Submission
        Sorted by name. What cannot be read is one with a fault; it never hides the others.
    """
    path = Path(path)
    if path.is_dir():
        yield from _in_folder(path)
    else:
        yield from _file(path, path.name)


def _in_folder(folder):
    for place, folders, files in os.walk(folder, followlinks=False):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in links:
            yield Submission(_said(folder, place, name), fault="it is a link to somewhere else: not followed")
        folders[:] = sorted(name for name in set(folders).difference(links) if not _is_litter(name))
        for name in sorted(filter(_is_wanted, files)):
            yield from _file(Path(place, name), _said(folder, place, name))


def _said(folder, place, name):
    return PurePosixPath(Path(place, name).relative_to(folder)).as_posix()


def _is_wanted(path):
    """Return whether what lies at a path in a folder or an archive may be a submission, by its name."""
    return path.lower().endswith(_KINDS) and not any(map(_is_litter, path.split("/")))


def _is_litter(name):
    return name.startswith(".") or name in _LITTER


def _file(path, name):
    try:
        data = _bytes(path)
    except OSError as error:
        yield Submission(name, fault=f"it cannot be read: {error.strerror or error}")
        return
    if len(data) > (LARGEST if not _is_zip(name) else _TOGETHER):
        yield Submission(name, fault=f"it is larger than {LARGEST >> 20} MB")
    elif _is_zip(name):
        yield from _in_zip(data, name, _DEEPEST, [_TOGETHER])
    else:
        yield Submission(name, data)


def _bytes(path):
    """Return what is in a plain file; never wait for a pipe, never follow a link."""
    if path.is_symlink():
        raise OSError("it is a link to somewhere else: not followed")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is not a plain file")
        return file.read((_TOGETHER if _is_zip(path.name) else LARGEST) + 1)


def _is_zip(name):
    return name.lower().endswith(".zip")


def _in_zip(data, name, depth, left):
    """Yield what is in an archive; `left` counts down the bytes that may still be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.filename)
            if len(entries) > _MOST:
                yield Submission(name, fault=f"the archive has more than {_MOST:,} entries")
                return
            for entry in entries:
                if not entry.is_dir():
                    yield from _entry(archive, entry, f"{name}/{entry.filename}", depth, left)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        yield Submission(name, fault=f"the archive cannot be read: {error}")


def _entry(archive, entry, name, depth, left):
    if fault := _why_refused(entry, depth, left):
        yield Submission(name, fault=fault)
    elif _is_wanted(entry.filename):
        try:
            with archive.open(entry) as file:  # the size in the archive's own table may be a lie
                data = file.read(min(LARGEST, left[0]) + 1)
        except Exception as error:  # a broken entry raises whatever its compression raises
            yield Submission(name, fault=f"it cannot be read from the archive: {type(error).__name__}")
            return
        left[0] -= len(data)
        if len(data) > LARGEST or left[0] < 0:
            yield Submission(name, fault=f"it unpacks to more than {LARGEST >> 20} MB, or all of them to too much")
        elif _is_zip(entry.filename):
            yield from _in_zip(data, name, depth - 1, left)
        else:
            yield Submission(name, data)


def _why_refused(entry, depth, left):
    if _leads_out(entry.filename):
        return "its path leads out of the archive: refused"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link in an archive: refused"
    if entry.flag_bits & 1:
        return "it is encrypted"
    if entry.file_size > min(LARGEST, left[0]):
        return f"it unpacks to more than {LARGEST >> 20} MB, or all of them to too much"
    if _is_zip(entry.filename) and depth <= 1:
        return f"archives lie deeper than {_DEEPEST} in one another: refused"
    return None


def _leads_out(name):
    # Windows zips may hold backslashes; ZipFile turns the system's separator into slashes, and cuts at a NUL byte.
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]
