"""The file of a record: it is read once, and after that only what was appended to it since.

What a process has read, it keeps. Before each use it looks at the file's identity and size: another process's lines
are seen, and a file that was cut, replaced or edited is read anew.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from collapse_edu.course.desk.names import is_name
from collapse_edu.files import lock, unlock

__all__ = ["FORMAT", "VERSION", "Contents", "Event", "RecordFile", "as_line", "header"]

FORMAT, VERSION = "collapse-edu record", 1
_PATIENCE = 2.0  # seconds to wait for another notebook's lock
_REMEMBERED = 64  # bytes before the place that was read to: they tell a file that grew from another one

Event = dict[str, Any]  # one line of a record: texts, and whatever JSON an answer is


class Contents:
    """What a record holds, with its events by question and by kind.

    Attributes
    ----------
    learner : str or None
        As the first header says.
    version : int
        Of the newest header. What a newer version of the course wrote is not read.
    latest_time : str
        Of the last event; "" before.
    """

    def __init__(self, events: Sequence[Event] = ()):
        self.learner: str | None = None
        self.version = VERSION
        self.latest_time = ""
        self._ids: set[str] = set()
        self._events: list[Event] = []
        self._found: dict[tuple[str, str], list[Event]] = {}
        self._in_order = True
        for event in events:
            self.add(event)

    @classmethod
    def of(cls, data: bytes, said: object) -> "Contents":
        """Return what an exported record contains.

        Parameters
        ----------
        data : bytes
            The whole file.
        said : object
            How a person would call the file.

        Raises
        ------
        ValueError
            If it is no record, or one of a newer version of the course; in one line.
        """
        if b"\0" in data[:1000]:  # half of UTF-16 would be read, line by line
            raise ValueError(f"{said} is no record of this course: it is not UTF-8")
        contents = cls()
        for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
            contents.take(line)
        if contents.version > VERSION:
            raise ValueError(f"{said} was written by a newer version of the course: update the course")
        if contents.learner is None and contents.first() is None:
            raise ValueError(f"{said} is no record of this course")
        return contents

    def take(self, line: bytes) -> bool:
        """Take in one line of a file, and return whether it is one of a record."""
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):  # torn or damaged
            return False
        if _is_header(found):
            self.learner = self.learner or found["learner"]
            self.version = max(self.version, found["version"])
            return True
        if _is_event(found):
            self.add(found)
            return True
        return False

    def add(self, event: Event) -> None:
        """Add an event, once."""
        if event["id"] in self._ids:
            return
        self._in_order = self._in_order and self.latest_time <= event["time"]
        self.latest_time = max(self.latest_time, event["time"])
        self._ids.add(event["id"])
        self._events.append(event)
        self._sort_in(event)

    def __contains__(self, event: Event) -> bool:
        return event["id"] in self._ids

    def __len__(self):
        return len(self._events)

    def events(self) -> list[Event]:
        """Return all events, in the order of their times."""
        self._order()
        return list(self._events)

    def first(self) -> Event | None:
        """Return the first event."""
        self._order()
        return self._events[0] if self._events else None

    def at(self, question: str) -> Sequence[Event]:
        """Return the events of a question, in the order of their times."""
        self._order()
        return self._found.get(("question", question), ())

    def of_kind(self, what: str) -> Sequence[Event]:
        """Return the events of a kind, in the order of their times."""
        self._order()
        return self._found.get(("what", what), ())

    def _sort_in(self, event):
        for key in ("question", "what"):
            self._found.setdefault((key, event[key]), []).append(event)

    def _order(self):
        """Put all in the order of its times again, after events that are older than what was there."""
        if not self._in_order:
            self._events.sort(key=lambda event: event["time"])
            self._found = {}
            for event in self._events:
                self._sort_in(event)
            self._in_order = True


class RecordFile:
    """The file of a record, as one process knows it.

    Attributes
    ----------
    waiting : list of dict
        Events that could not be written yet.
    fault : str
        One line about why, or "".
    """

    def __init__(self, path: Path):
        self.path = path
        self.forget()

    def forget(self) -> None:
        """Forget all that was read, and all that waits."""
        self.waiting: list[Event] = []
        self.fault = ""
        self._start_anew()

    def read(self) -> Contents:
        """Return what the record holds: the file and what waits; where the file cannot be read, only that."""
        try:
            self._update()
        except OSError as error:
            self.fault = f"Your answers are not kept: {self.path} cannot be read ({error.strerror})."
            self._start_anew()
        return self._readable()

    def append(self, lines_for: Callable[[Contents], list[Event]]) -> None:
        """Append the lines that a function of the contents returns, and what waits, in one write."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self.path):
                self._update()
                if self._contents.version > VERSION:
                    self._wait(
                        f"Your answers are not kept: {self.path} was written by a newer version of the course; update "
                        "the course.",
                        lines_for(self._contents),
                    )
                    return
                lines = [*self.waiting, *lines_for(self._contents)]
                _write(self.path, b"\n" * self._torn + b"".join(map(as_line, lines)))
        except OSError as error:
            self._wait(
                f"Your answers are not kept: {self.path.parent} cannot be written to ({error.strerror}); choose "
                "another folder with COLLAPSE_EDU_HOME.",
                lines_for(self._contents),
            )
        else:
            self.fault = ""
            self.waiting.clear()

    def remove(self) -> None:
        """Remove the file, and forget it."""
        if self.path.exists():
            with _locked(self.path):
                self.path.unlink(missing_ok=True)
        self.forget()

    def _wait(self, fault, lines):
        self.fault = fault
        for event in lines:
            if "format" not in event:
                self.waiting.append(event)
                self._contents.add(event)

    def _readable(self):
        """Return the contents, or what waits where a newer version of the course wrote the file."""
        if self._contents.version <= VERSION:
            return self._contents
        waiting = Contents(self.waiting)
        waiting.learner = self._contents.learner
        return waiting

    def _start_anew(self):
        self._contents = Contents(self.waiting)
        self._seen = None  # what was found of the file: device, number, size, time of the last change
        self._place, self._tail, self._torn = 0, b"", False

    def _update(self):
        """Read what the file has got since."""
        try:
            now = _fingerprint(self.path)
        except FileNotFoundError:
            self._start_anew()
            return
        if now == self._seen:
            return
        if not self._may_have_grown(now) or not self._read_on():
            self._start_anew()
            self._read_on()
        self._seen = now

    def _may_have_grown(self, now):
        """Return whether it can be the same file with more in it; what stayed as large was edited."""
        return self._seen is not None and now[:2] == self._seen[:2] and now[2] > self._seen[2]

    def _read_on(self):
        """Take in what comes after the place that was read to; return False if what came before it has changed."""
        found = _bytes_from(self.path, self._place - len(self._tail))
        if not found.startswith(self._tail):
            return False
        *lines, rest = found[len(self._tail) :].split(b"\n")
        for line in lines:
            self._contents.take(line)
        left = 0 if self._contents.take(rest) else len(rest)  # a line that is not all there yet is read again
        read = found[: len(found) - left]
        self._place += len(read) - len(self._tail)
        self._tail, self._torn = read[-_REMEMBERED:], bool(found) and not found.endswith(b"\n")
        return True


def header(learner: str) -> Event:
    """Return the first line of a record."""
    return {"format": FORMAT, "version": VERSION, "learner": learner}


def as_line(data: Event) -> bytes:
    """Return a line of a record as bytes."""
    return json.dumps(data).encode("ascii") + b"\n"


def _is_header(found):
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return False
    return isinstance(found.get("version"), int) and is_name(found.get("learner"))


def _is_event(found):
    texts = ("id", "time", "what", "question")
    if not isinstance(found, dict) or not all(isinstance(found.get(key), str) for key in texts):
        return False
    if not is_name(found.get("learner")) or (found["what"] == "identity" and not is_name(found.get("name"))):
        return False
    return _is_time(found["time"]) and _is_time(found.get("clock", found["time"]))


def _is_time(found):
    try:
        return datetime.fromisoformat(found).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _fingerprint(path):
    found = os.stat(path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _bytes_from(path, place):
    with open(path, "rb") as stream:
        stream.seek(place)
        return stream.read()


def _write(path, content):
    """Append bytes and wait until they are on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    try:
        while content:
            content = content[os.write(handle, content) :]
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a record. After two seconds go on without: a notebook that hangs must not stop another one, and
    an append is one write."""
    with open(path.with_suffix(".lock"), "ab") as stream:
        held = lock(stream, _PATIENCE)
        try:
            yield
        finally:
            if held:
                unlock(stream)
