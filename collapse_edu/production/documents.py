"""Documents of a stream as lists of words. What is broken is counted and skipped; it never stops a stream."""

import hashlib
import json
import os
import sys
from collections import Counter
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from collapse_edu.datasets import words_of

__all__ = ["Documents"]


class Documents:
    """Read documents from JSON lines, from a folder of ``.txt`` files, or from standard input.

    A line is an object with a key ``text``; other keys are ignored, and so are empty lines. What is no such line, is
    not UTF-8 or holds no word is skipped. A last line without an end that cannot be read yet is left for the next
    time: somebody may still be writing it.

    Parameters
    ----------
    path : str or Path
        A file of JSON lines, a folder, or ``"-"`` for standard input.
    position : optional
        Where an earlier reader stopped, its ``position``. Nothing before it is read again.

    Attributes
    ----------
    read : int
        Documents that were handed out.
    skipped : collections.Counter
        Why records were skipped → how many.
    position : int or str
        How many records are done; of a folder, the name of the last file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "new.jsonl")
    ...     _ = path.write_text('{"text": "The whale!"}\\nnonsense\\n{"txt": "?"}\\n{"text": "Call me Ishmael."}\\n')
    ...     documents = Documents(path)
    ...     print(list(documents), dict(documents.skipped), documents.position)
    [['the', 'whale'], ['call', 'me', 'ishmael']] {'not JSON': 1, 'no key "text"': 1} 4
    """

    def __init__(self, path, position=None):
        self.path = path if path == "-" else Path(path)
        self.read, self.skipped = 0, Counter()
        self.position = position

    @property
    def is_folder(self):
        """Whether the documents are files of a folder."""
        return self.path != "-" and self.path.is_dir()

    @property
    def n_records(self):
        """How many records were looked at, broken ones included."""
        return self.read + self.skipped.total()

    def first_record(self):
        """Return the hash of the first record, or None: of an empty file, of a folder and of standard input.

        A file with another first record is another file, whatever its name.

        Raises
        ------
        OSError
        """
        if self.path == "-" or self.is_folder:
            return None
        with open(self.path, "rb") as file:
            line = file.readline()
        return hashlib.sha256(line).hexdigest()[:16] if line.endswith(b"\n") else None

    def __iter__(self):
        records = self._files() if self.is_folder else self._lines()
        for position, found in records:
            if isinstance(found, list):
                self.read += 1
            else:
                self.skipped[found] += 1
            self.position = position
            if isinstance(found, list):
                yield found

    def _files(self):
        names = sorted(entry.name for entry in os.scandir(self.path) if entry.name.endswith(".txt"))
        for name in names:
            if self.position is None or name > str(self.position):
                try:
                    yield name, _words(Path(self.path, name).read_bytes())
                except OSError:
                    yield name, "cannot be read"

    def _lines(self):
        done = self.position or 0
        with self._open() as file:
            for number, line in enumerate(islice(file, done, None), done + 1):
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                found = _document(line)
                if isinstance(found, str) and not line.endswith(b"\n"):
                    return
                if found is None:
                    self.position = number
                else:
                    yield number, found

    @contextmanager
    def _open(self):
        if self.path == "-":
            yield sys.stdin.buffer
        else:
            with open(self.path, "rb") as file:
                yield file


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
