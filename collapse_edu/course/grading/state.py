"""What was found and marked so far in a class: it only grows.

``state/index.json`` says what was found where; ``state/<sha256>-<kind>.json`` holds the marks of one content. So two
papers of the same bytes are marked once, a paper is never marked again because a question or the marker changed, and a
run that was stopped goes on where it was.
"""

import json
import os
import re
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.roster import lms_place
from collapse_edu.course.grading.submission import Submission
from collapse_edu.course.quiz.marking.script import tidy
from collapse_edu.files import PRIVATE, lock, write_atomically

__all__ = ["State", "StateError"]

_MARKS = re.compile(r"[0-9a-f]{64}-[a-z-]+\.json")  # of one paper
_LONGEST = 4_096  # characters of a path: with its end, the name that a system gave its folder would be lost
_PATIENCE = 30.0  # seconds to wait for another run that notes what it found
_ANEW = "update the course, or choose another folder with --out and name all papers"
_NOT_YET = "it was found, and is not marked yet: name its folder or zip again"


class StateError(ValueError):
    """What was kept cannot be read; says in one line what to do."""


@dataclass
class _Entry:
    """What lay at one place: a file, or one of those that lay there one after another."""

    place: str
    name: str
    turn: int
    sha256: str
    kind: str | None
    status: str
    fault: str | None

    @property
    def key(self) -> str | None:
        """Return the name of its marks; None where it is no paper."""
        return f"{self.sha256}-{self.kind}" if self.kind else None


class State:
    """All that was found and marked in a class.

    Parameters
    ----------
    out : path
        The folder of the class; its folder ``state`` must exist.
    marker : str
        Changes when a question, a key or the marker changes.
    choice : dict
        What of the command decides what is marked; a paper that was marked by another choice is marked again.
    """

    def __init__(self, out: Path, marker: str, choice: Mapping[str, object] | None = None):
        self._out, self._folder = out, out / "state"
        self._marker, self._choice = marker, dict(choice or {})
        self._kept: dict[str, dict] = {}
        self._entries = self._read_index()
        self._lock = threading.Lock()

    # ---------------------------------------------------------------- what was found

    def add(self, submissions: Iterable[Submission]) -> list[str]:
        """Note what was found, and return a line for each older paper that lay where a newer one is now.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        with open(self._folder / "index.lock", "ab") as stream:
            lock(stream, _PATIENCE)  # another run may add to it, too
            self._entries = self._read_index()
            return self._added(submissions)

    def _added(self, submissions):
        before = len(self._entries)
        known = {(entry.place, entry.sha256, entry.kind): entry for entry in self._entries}
        turns = {entry.place: entry.turn for entry in self._entries}
        names = {entry.name for entry in self._entries}
        for submission in submissions:
            place = _place(submission, self._out)
            found = known.get((place, submission.sha256, submission.kind))
            if found is None:
                turns[place] = turns.get(place, 0) + 1
                found = self._new(submission, place, turns[place], names)
                known[place, submission.sha256, submission.kind] = found
                names.add(found.name)
                self._entries.append(found)
            found.status, found.fault = submission.status, submission.fault
        self._write("index.json", [asdict(entry) for entry in self._entries])
        newer = [entry for entry in self._entries[before:] if entry.turn > 1]
        return [f"{entry.name} lies where another file lay before: both are kept" for entry in newer]

    @staticmethod
    def _new(submission, place, turn, names):
        name, number = tidy(submission.name, _LONGEST), 1
        while (shown := name if number == 1 else f"{name} ({number})") in names:
            number += 1
        return _Entry(place, shown, turn, submission.sha256, submission.kind, submission.status, submission.fault)

    def _read_index(self):
        try:
            return [_Entry(**entry) for entry in json.loads((self._folder / "index.json").read_text(encoding="ascii"))]
        except FileNotFoundError:
            if any(_MARKS.fullmatch(path.name) for path in self._folder.glob("*.json")):
                raise StateError(f"{self._folder} has no index, or one of an older version: {_ANEW}") from None
            return []
        except (OSError, ValueError, TypeError):
            raise StateError(f"{self._folder / 'index.json'} cannot be read: {_ANEW}") from None

    # ---------------------------------------------------------------- what was marked

    def is_marked(self, submission: Submission) -> bool:
        """Return whether a paper was marked, so that marking it again would find the same."""
        kept = self._get(f"{submission.sha256}-{submission.kind}")
        return bool(kept and kept["final"] and kept["choice"] == self._choice)

    def put(self, submission: Submission, result: Result, *, final: bool) -> None:
        """Keep what became of a paper.

        Parameters
        ----------
        submission : Submission
        result : Result
        final : bool
            Whether marking it again would find the same.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        key = f"{submission.sha256}-{submission.kind}"
        kept = {"marker": self._marker, "choice": self._choice, "final": final, "result": result.as_json()}
        self._write(f"{key}.json", kept)
        with self._lock:
            self._kept[key] = kept

    def kept(self, submission: Submission) -> Result | None:
        """Return what became of a paper, if it was marked."""
        kept = self._get(f"{submission.sha256}-{submission.kind}")
        return Result.from_json(kept["result"]) if kept else None

    @property
    def older(self) -> int:
        """Return how many papers were marked by another version of the marker or of the questions."""
        return sum(bool(kept) and kept["marker"] != self._marker for kept in map(self._get, self._keys()))

    @property
    def otherwise(self) -> int:
        """Return how many papers were marked by another choice, and stay so."""
        return sum(bool(kept) and kept["choice"] != self._choice for kept in map(self._get, self._keys()))

    def results(self) -> list[Result]:
        """Return what became of everything that was ever found, also by another run, in order of the names."""
        self._entries = self._read_index()
        last = {entry.place: entry.turn for entry in self._entries}
        found = [replace(self._result(entry), turns=last[entry.place]) for entry in self._entries]
        return sorted(found, key=lambda result: (result.submission, result.turn))

    def _result(self, entry):
        kept = self._get(entry.key) if entry.key else None
        if kept:
            result = Result.from_json(kept["result"])
        elif entry.key:
            result = Result("", entry.sha256, "could not be marked", _NOT_YET, kind=entry.kind)
        else:
            result = Result("", entry.sha256, entry.status, entry.fault)
        return replace(result, submission=entry.name, turn=entry.turn)

    def _keys(self):
        return dict.fromkeys(entry.key for entry in self._entries if entry.key)

    def _get(self, key):
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._read(key)
            return self._kept[key]

    def _read(self, key):
        try:
            kept = json.loads((self._folder / f"{key}.json").read_text(encoding="ascii"))
            Result.from_json(kept["result"])
            return kept if {"final", "choice", "marker"} <= kept.keys() else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # not marked yet, or the disk was full

    def _write(self, name, content):
        write_atomically(self._folder / name, json.dumps(content, indent=1).encode("ascii"), mode=PRIVATE)


def _place(submission, out):
    """Return what tells a place from any other: what the system called it, also in a second download, or its path."""
    if place := lms_place(submission.name):
        return place
    path = Path(os.path.abspath(submission.path))
    with suppress(ValueError):  # on another drive of Windows
        path = Path(os.path.relpath(path, os.path.abspath(out)))  # both may be moved together
    return path.as_posix() + submission.inner
