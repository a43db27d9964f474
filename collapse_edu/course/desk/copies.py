"""Copies of a record that a cloud drive lays beside it where two machines wrote at once.

Only names that such drives give are copies; ``record_2026.jsonl`` is a file of the learner's own.
"""

import os
import re
from pathlib import Path

__all__ = ["Copies"]

# What drives write between the name and its ending.
_MARKS = re.compile(
    r" \(.*conflicted copy.*\)"  # Dropbox, Nextcloud: record (Ada's conflicted copy 2026-11-30).jsonl
    r"|\.sync-conflict-[\w-]+"  # Syncthing: record.sync-conflict-20261130-101500-ABCDEFG.jsonl
    r"|-(?=.*[A-Z])[A-Z0-9-]+"  # OneDrive, the machine's name: record-DESKTOP-7.jsonl
    r"| \(\d+\)"  # Google Drive: record (1).jsonl
    r"| \d+"  # iCloud: record 2.jsonl
)


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
        return sorted(path for path in found if self._is_copy(path) and path.is_file())

    def new(self) -> list[Path]:
        """Return the copies that came, or were written to, since the last call."""
        try:
            folder = os.stat(self.path.parent).st_mtime_ns
            copies = self._seen if folder == self._folder else self.all()
            now = {path: _fingerprint(path) for path in copies}
        except OSError:  # no folder yet, or a copy that is just going
            return []
        came = [path for path in now if now[path] != self._seen.get(path)]
        self._folder, self._seen = folder, now
        return came

    def _is_copy(self, path):
        return _MARKS.fullmatch(path.stem.removeprefix(self.path.stem)) is not None


def _fingerprint(path):
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns
