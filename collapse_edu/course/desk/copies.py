"""Copies of a record that a cloud drive lays beside it where two machines wrote at once.

They are called ``record (conflicted copy 2026-11-30).jsonl``, ``record-DESKTOP-7.jsonl``, ``record (1).jsonl`` and the
like: the record's name, and something behind it.
"""

import os
from pathlib import Path

__all__ = ["Copies"]


class Copies:
    """The copies beside one record, as one process knows them.

    Parameters
    ----------
    path : Path
        Of the record.
    """

    def __init__(self, path: Path):
        self.path = path
        self._folder: int | None = None  # when a file last came into the folder, or left it
        self._seen: dict[Path, tuple[int, int]] = {}

    def all(self) -> list[Path]:
        """Return all copies, by name."""
        found = self.path.parent.glob(f"{self.path.stem}?*{self.path.suffix}")
        return sorted(path for path in found if path.is_file())

    def new(self) -> list[Path]:
        """Return the copies that came, or were replaced, since the last call."""
        try:
            folder = os.stat(self.path.parent).st_mtime_ns
            if folder == self._folder:
                return []
            now = {path: _fingerprint(path) for path in self.all()}
        except OSError:  # no folder yet, or a copy that is just going
            return []
        came = [path for path in now if now[path] != self._seen.get(path)]
        self._folder, self._seen = folder, now
        return came


def _fingerprint(path):
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns
