"""Documents of a stream as lists of words. What is broken is counted and skipped; it never stops a stream."""

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypedDict

from collapse_edu.datasets import words_of

__all__ = ["Documents"]

_MARK = b"\xef\xbb\xbf"  # of UTF-8, at the start of a file


class Done(TypedDict, total=False):
    """What a reader had done: of a file the number of lines and their hash, of a folder the names of its files."""

    lines: int
    hash: str
    files: list[str]


class Documents:
    """Read documents from JSON lines, from a folder of ``.txt`` files, or from standard input.

    A line is an object with a key ``text``; other keys are ignored, and so are empty lines. What is no such line, is
    not UTF-8 or contains no word is skipped. A last line without an end that cannot be read yet is left for the next
    time: somebody may still be writing it.

    Parameters
    ----------
    path : str or Path
        A file of JSON lines, a folder, or ``"-"`` for standard input.
    done : dict, optional
        What an earlier reader had done. Of a file, those lines are not handed out again, if they are still there word
        for word: a file that was cut or written anew is read from its start. Of a folder, files of those names are not.

    Attributes
    ----------
    read : int
        Documents that were handed out.
    skipped : collections.Counter
        Why records were skipped → how many.
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

    def __init__(self, path: str | Path, done: Done | None = None) -> None:
        self.path: str | Path = path if path == "-" else Path(path)
        self.read = 0
        self.skipped: Counter[str] = Counter()
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
        for found in self._files() if self.is_folder else self._lines():
            if isinstance(found, list):
                self.read += 1
                yield found
            else:
                self.skipped[found] += 1

    def _files(self):
        names = sorted(entry.name for entry in os.scandir(self.path) if entry.name.endswith(".txt"))
        for name in names:
            if name not in self._names:
                self._names.add(name)
                try:
                    yield _words(Path(self.path, name).read_bytes())
                except OSError:
                    yield "cannot be read"

    def _lines(self):
        with self._open() as file:
            if self.path != "-":
                self._go_on(file)
            for line in file:
                found = _document(line if self._n_lines else line.removeprefix(_MARK))
                has_end = line.endswith(b"\n")
                if isinstance(found, str) and not has_end:
                    self.unfinished = True
                    return
                self._note(line)
                if found is not None:
                    yield found
                if not has_end:  # what somebody writes now is for the next time
                    return

    def _go_on(self, file):
        """Pass over the lines that are done; go back to the start if they are not there any more."""
        done, self._before = self.done, None
        self._n_lines, self._hash = 0, hashlib.sha256()
        for line in islice(file, done["lines"]):
            self._note(line)
        if self.done != done:
            self._n_lines, self._hash, self.restarted = 0, hashlib.sha256(), True
            file.seek(0)

    def _note(self, line):
        """Count a line as done. Its end makes no difference: it may be written later."""
        self._n_lines += 1
        self._hash.update(line.rstrip(b"\r\n") + b"\n")

    @contextmanager
    def _open(self):
        if self.path == "-":
            yield sys.stdin.buffer
        else:
            with open(self.path, "rb") as file:
                yield file


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


def _document(line):
    """Return the words of a record, None for an empty line, or why it has none."""
    if not line.strip():
        return None
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError:
        return "not UTF-8"
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(record, dict) or "text" not in record:
        return 'no key "text"'
    if not isinstance(record["text"], str):
        return '"text" is no text'
    return words_of(record["text"]) or "no words"


def _words(raw):
    """Return the words of a file, or why it has none."""
    try:
        return words_of(raw.decode("utf-8-sig")) or "no words"
    except UnicodeDecodeError:
        return "not UTF-8"
