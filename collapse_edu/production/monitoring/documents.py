"""Documents of a stream as lists of words, each with its place. What is broken is counted; it never stops a stream."""

import errno
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypedDict

from collapse_edu.datasets.documents import (
    GZIP,
    LIMIT,
    LINES,
    MANY,
    OTHER,
    TABLES,
    TEXT,
    Grouped,
    Keys,
    UnfinishedError,
    UnreadableError,
    documents_of,
    file_of,
    kind_of_file,
    names_in,
    opened,
    read_file,
    record_text,
)
from collapse_edu.datasets.markup import is_tagged
from collapse_edu.datasets.words import words_of

__all__ = ["Documents", "Record"]

_MARK = b"\xef\xbb\xbf"  # of UTF-8, at the start of a file
_PACKED = b"\x1f\x8b"  # with gzip
_LONGEST = LIMIT  # bytes of a line
_SHOWN = 200  # characters of a document
_MANY = ": many documents, give the file itself"  # of a file of a folder


class Done(TypedDict, total=False):
    """What a reader had done: of a file the number of lines and their hash, of a folder the names of its files."""

    lines: int
    hash: str
    files: list[str]


class Record(NamedTuple):
    """A document of a stream, and where it is from.

    Attributes
    ----------
    words : list of str
        None, if it is broken and no word stands for that.
    place : str
        File and line, row or record; or the file of a folder.
    opening : str
        Its first 200 characters.
    group : str
        Empty, if there are no groups, or it says none.
    why : str
        Why it has no words; else empty.
    """

    words: list[str]
    place: str
    opening: str = ""
    group: str = ""
    why: str = ""


class Documents:
    """Read documents from a file, from a folder, or from standard input.

    A file that is of no other kind of :mod:`collapse_edu.datasets.documents` holds JSON lines. A line is an object with
    a key ``text``; other keys are ignored, and so are empty lines. What is no such line, is not UTF-8 or contains no
    word is skipped. A last line without an end that cannot be read yet is left for the next time, and so is the last
    row of a table that grows: somebody may still be writing it. In a folder, each file is one document; files that hold
    many are skipped: give them by themselves.

    Parameters
    ----------
    path : str or Path
        A file, a folder, or ``"-"`` for JSON lines from standard input.
    done : dict, optional
        What an earlier reader had done. Of a file, those lines are not handed out again, if they are still there word
        for word: a file that was cut or written anew is read from its start. Of a folder, files of those names are not.
    grows : bool
        Whether a later reader goes on with this file: then a last row of a table without an end is left for it.
    keys : Keys, optional
        Where a record has its text, and its group.
    empty : str, optional
        The one word of a record that is broken or has none. Without it, such records are skipped.

    Attributes
    ----------
    read : int
        Documents that were handed out.
    tagged : int
        Documents of which a tenth or more is tags, as of HTML.
    skipped : collections.Counter
        Why records were skipped → how many.
    broken : collections.Counter
        Why records without words were handed out, as `empty` → how many.
    unfinished : bool
        Whether a last line was left for the next time.
    restarted : bool
        Whether the file is not the one that the earlier reader had, and was read from its start.

    Raises
    ------
    TypeError, ValueError
        If ``done`` is not what :attr:`done` of a reader was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "new.jsonl")
    ...     _ = path.write_text('{"text": "The whale!"}\\nnonsense\\n{"txt": "?"}\\n{"text": "Call me Ishmael."}\\n')
    ...     documents = Documents(path)
    ...     print(list(documents), dict(documents.skipped), documents.done["lines"])
    [['the', 'whale'], ['call', 'me', 'ishmael']] {'not JSON': 1, 'no key "text"': 1} 4
    """

    def __init__(
        self,
        path: str | Path,
        done: Done | None = None,
        grows: bool = False,
        *,
        keys: Keys | None = None,
        empty: str | None = None,
    ) -> None:
        self.path: str | Path = path if path == "-" else Path(path)
        self.read, self.tagged, self._grows = 0, 0, grows
        self._keys, self._empty = keys or Keys(), empty
        self.skipped: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.unfinished = self.restarted = False
        self._before, self._names = _checked({} if done is None else done)
        self._n_lines, self._hash = 0, hashlib.sha256()

    @property
    def is_folder(self) -> bool:
        """Whether the documents are files of a folder."""
        return isinstance(self.path, Path) and self.path.is_dir()

    @property
    def n_records(self) -> int:
        """How many records were looked at, broken ones included."""
        return self.read + self.skipped.total()

    @property
    def done(self) -> Done | None:
        """What was read, for a later reader: of a file lines and their hash, of a folder names, of ``"-"`` None."""
        if self.path == "-":
            return None
        if self.is_folder:
            return {"files": sorted(self._names)}
        lines: Done = {"lines": self._n_lines, "hash": self._hash.hexdigest()}
        return self._before or lines

    def __iter__(self) -> Iterator[list[str]]:
        for record in self.records():
            yield record.words

    def records(self) -> Iterator[Record]:
        """Yield the documents, each with its place."""
        for found in self._files() if self.is_folder else self._lines():
            if not found.why:
                self.read += 1
                yield found
            elif self._empty is None or found.why == OTHER or found.why.endswith(_MANY):
                self.skipped[found.why] += 1
            else:
                self.read += 1
                self.broken[found.why] += 1
                yield found._replace(words=[self._empty])

    def _record(self, raw, place):
        """Return a record; None for an empty line."""
        try:
            text = record_text(raw, self._keys) if isinstance(raw, bytes) else raw
        except UnreadableError as error:
            text = error
        if text is None:
            return None
        text, group = text if isinstance(text, Grouped) else (text, "")
        if isinstance(text, UnreadableError):
            return Record([], place, group=group, why=text.why)
        self.tagged += is_tagged(text)
        words = words_of(text)
        return Record(words, place, text[:_SHOWN], group, "" if words else "no words")

    def _files(self):
        for name in names_in(self.path):
            if name not in self._names:
                self._names.add(name)
                yield self._of_file(name)

    def _of_file(self, name):
        """Return the record of a file of the folder."""
        place = str(Path(self.path, name))
        try:
            kind, documents = file_of(self.path, name)
            if kind in MANY:
                return Record([], place, why=f"{kind}{_MANY}")
            return self._record(next(iter(documents)), place)
        except UnreadableError as error:
            return Record([], place, why=error.why)

    def _lines(self):
        with self._open() as (unit, records):
            for record in self._go_on(records):
                if isinstance(record, UnfinishedError):
                    self._leave(record)
                    return
                first = self._n_lines == 0
                if first and isinstance(record, bytes) and record.startswith(_PACKED):
                    raise UnreadableError("packed", "is packed with gzip: unpack it on the way, with gzip -dc")
                raw = record.removeprefix(_MARK) if first and isinstance(record, bytes) else record
                found = self._record(raw, f"{self._name}, {unit} {self._n_lines + 1:,}")
                has_end = not isinstance(record, bytes) or record.endswith(b"\n")
                if found and found.why and not has_end:
                    self.unfinished = True
                    return
                self._note(record)
                if found:
                    yield found
                if not has_end:  # what somebody writes now is for the next time
                    return

    @property
    def _name(self):
        return "standard input" if self.path == "-" else str(self.path)

    def _leave(self, row):
        """Leave a row for the next time, or refuse it."""
        if not self._grows:
            raise row
        self.unfinished = True

    def _from_whole(self, kind):
        """Return an iterator over the documents of a file; of a table that may grow, over those that are all there."""
        raw = read_file(self.path)
        if self._grows and kind in TABLES:
            whole = max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1
            self.unfinished, raw = whole < len(raw), raw[:whole]
            if not raw:
                return iter(())
        return iter(documents_of(self.path.name, raw, self._keys)[1])

    def _go_on(self, records):
        """Return an iterator over the records that are not done; over all of them if those are not there any more."""
        done, self._before = self.done, None
        self._n_lines, self._hash = 0, hashlib.sha256()
        if done is None:
            return records()
        rest = records()
        for record in islice(rest, done["lines"]):
            self._note(record)
        if self.done == done:
            return rest
        self._n_lines, self._hash, self.restarted = 0, hashlib.sha256(), True
        return records()

    def _note(self, record):
        """Count a record as done. The end of a line makes no difference: it may be written later."""
        line = record if isinstance(record, bytes) else str(record).encode("utf-8", "surrogatepass")
        self._n_lines += 1
        self._hash.update(line.rstrip(b"\r\n") + b"\n")

    @contextmanager
    def _open(self):
        """Give what one record is called, and a function that returns the records from the first one on."""
        if self.path == "-":
            if sys.stdin is None:
                raise OSError(errno.EBADF, "standard input is closed")
            yield "line", lambda: _lines_of(sys.stdin.buffer)
            return
        kind, packed = _sniffed(self.path)
        if kind != LINES:
            yield "row" if kind in TABLES else "record", partial(self._from_whole, kind)
        else:
            with opened(self.path, packed) as file:
                yield "line", partial(_from_start, file)


def _from_start(file):
    if file.seekable():
        file.seek(0)
    return _lines_of(file)


def _lines_of(file):
    while line := file.readline(_LONGEST + 1):
        if len(line) > _LONGEST:
            raise UnreadableError("too long", f"has a line longer than {_LONGEST // 2**20} MB: cut it into documents")
        yield line


def _checked(done):
    """Return the lines with their hash, or None, and the names that an earlier reader had done."""
    if type(done) is not dict:
        raise TypeError(f"done must be what an earlier reader had done; got {str(done)[:80]}")
    lines, names = {key: done[key] for key in ("lines", "hash") if key in done}, done.get("files", [])
    if (lines and not _are_lines(lines)) or not _are_names(names):
        raise ValueError(f"done must be what an earlier reader had done; got {str(done)[:80]}")
    return lines or None, set(names)


def _are_lines(done):
    return type(done.get("lines")) is int and done["lines"] >= 0 and type(done.get("hash")) is str


def _are_names(done):
    return type(done) is list and all(type(name) is str for name in done)


def _sniffed(path):
    """Return what kind a file is, and whether it is packed; what may come only once (a pipe) is JSON lines."""
    if not path.is_file():
        return LINES, False
    kind = kind_of_file(path)
    packed = kind == GZIP
    if packed:
        kind = kind_of_file(path, packed=True)
    return LINES if kind == TEXT else kind, packed
