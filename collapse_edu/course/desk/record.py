"""The record: what a learner answered, in one file on the learner's own machine.

The file holds one JSON object a line. The first line names the format, its version and the learner; each other line is
an event with an id, a time (UTC), what it is, the question, and the learner whose numbers the question had. Lines are
only ever appended, so two notebooks at once lose nothing and a crash in the middle of a write costs that line at most.
A line that cannot be read is skipped and stays in the file.
"""

import errno
import json
import os
import secrets
import time
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

from collapse_edu.course.desk import machine as environment
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["Event", "Record", "as_data", "is_name", "tidy_name"]

FORMAT, VERSION = "collapse-edu record", 1
KINDS = ("attempt", "prediction", "hint", "solution", "inventory", "identity", "recall", "revealed", "surprise")
LONGEST_TEXT = 20_000  # characters of one text in an answer
LARGEST_ANSWER = 100_000  # characters of an answer as JSON
DEEPEST_ANSWER = 10  # lists in lists
LARGEST_RECORD = 50_000_000  # bytes of a file that is imported
_PATIENCE = 2.0  # seconds to wait for another notebook's lock
_MEMORY: dict[str, "_Memory"] = {}  # path → what could not be written, for as long as this process lives


Event = dict[str, Any]  # one line of a record: texts, and whatever JSON an answer is


class Record:
    """The record of a learner.

    Where the folder cannot be written to, the course goes on: events are held in memory while Python runs, and are
    written as soon as that works. :meth:`notice` has a line about it.

    Parameters
    ----------
    path : path, optional
        Without it, ``record.jsonl`` in the folder that the environment variable ``COLLAPSE_EDU_HOME`` names, or in
        ``.collapse_edu`` in the home folder.

    Examples
    --------
    >>> record = Record()
    >>> event = record.add("attempt", "M2.01", answer="b", right=True)
    >>> record.latest("M2.01")["answer"]
    'b'
    >>> [event["what"] for event in record.events()]
    ['attempt']
    """

    def __init__(self, path: str | Path | None = None):
        self.path = Path(path) if path else environment.record_home() / "record.jsonl"
        self._memory = _MEMORY.setdefault(os.path.abspath(self.path), _Memory())

    def __repr__(self):
        return f"Record of {self.name}: {len(self.events())} events in {self.path}"

    @property
    def learner(self) -> str:
        """The learner whose numbers the questions have.

        A new record takes it from the environment variable ``COLLAPSE_EDU_LEARNER``, else at random.
        """
        contents = self._contents()
        return _learner(contents, self._all(contents)) or self._begin()

    @property
    def name(self) -> str:
        """What the learner is called in a hand-in: the last name given, else the learner's id."""
        names = [event["name"] for event in self.events() if event["what"] == "identity"]
        return names[-1] if names else self.learner

    def identify(self, name: str) -> bool:
        """Give the learner a name.

        Before the first attempt it becomes the learner's id, so the numbers in the questions change. After it, the
        numbers stay those of the attempts, and the name is only written into the hand-in.

        Parameters
        ----------
        name : str
            See :func:`tidy_name`.

        Returns
        -------
        bool
            Whether the numbers changed.

        Examples
        --------
        >>> record = Record()
        >>> record.identify("Ada")
        True
        >>> record.learner
        'Ada'
        """
        before = self.learner
        self.add("identity", "", name=tidy_name(name))
        return self.learner != before

    def add(self, what: str, question: str, **data: object) -> Event:
        """Append an event.

        Parameters
        ----------
        what : {"attempt", "prediction", "hint", "solution", "inventory", "identity", "recall", "revealed", "surprise"}
        question : str
            Its id.
        **data
            What else is kept: ``answer``, ``right``, ``misconception`` and so on; see :func:`as_data`. With
            ``learner``, the one whose numbers the question had; without it, the record's.

        Returns
        -------
        dict
            The event.
        """
        if what not in KINDS:
            raise ValueError(f"what must be one of {', '.join(KINDS)}; got {what!r}")
        learner = data.pop("learner", None) or self.learner
        event = {"id": uuid4().hex, "time": _now(), "what": what, "question": str(question), "learner": learner}
        event |= {key: as_data(value) for key, value in data.items()}
        self._append(lambda contents: [_in_turn(event, contents)])
        return event

    def events(self) -> list[Event]:
        """Return all events, in the order of their times."""
        return self._all(self._contents())

    def latest(self, question: str) -> Event | None:
        """Return the last attempt at a question or choice of a prediction; None before."""
        found = [event for event in self.events() if event["question"] == question and event["what"] in KINDS[:2]]
        return found[-1] if found else None

    def attempts(self, question: str | None = None) -> list[Event]:
        """Return the attempts, at one question or at all."""
        return [attempt for attempt in _attempted(self.events()) if question in (None, attempt["question"])]

    def notice(self) -> str:
        """Return, once for each Python process, one line about why answers are not kept; "" where they are."""
        if not self._memory.fault or self._memory.said:
            return ""
        self._memory.said = True
        return self._memory.fault

    def export(self, path: str | Path) -> Path:
        """Write a copy of the record.

        Parameters
        ----------
        path : path
            A new file, or a folder.

        Returns
        -------
        Path
            Of the copy.

        Raises
        ------
        ValueError
            If there is a file of that name.
        """
        path = Path(path)
        path = path / "collapse_edu_record.jsonl" if path.is_dir() else path
        if path.exists():
            raise ValueError(f"path must be a new file; {path} is there already")
        _ = self.learner  # a copy of an empty record has a header too
        content = self.path.read_bytes() if self.path.exists() else _line(_header(self.learner))
        end = b"" if content.endswith(b"\n") else b"\n"
        whole = content + end + b"".join(map(_line, self._memory.events))
        write_atomically(path, whole, mode=PRIVATE)
        return path

    def import_(self, path: str | Path) -> int:
        """Add the events of an exported record that this one does not have.

        A record without attempts takes over the imported learner's numbers.

        Parameters
        ----------
        path : path

        Returns
        -------
        int
            How many events are new.

        Raises
        ------
        ValueError
            If the file is no record, or one with attempts of another learner: those have other numbers.
        """
        path = Path(path)
        theirs = _exported(path)
        mine, other = self.learner, _learner(theirs, theirs.events)
        has_attempts = bool(self.attempts())
        if has_attempts and _attempted(theirs.events) and mine != other:
            raise ValueError(f"{path} holds attempts of {other!r}, this record those of {mine!r}: their numbers differ")
        skipped = {"identity"} if has_attempts else set()
        known = {event["id"] for event in self.events()}
        new = [event for event in theirs.events if event["id"] not in known and event["what"] not in skipped]
        self._append(lambda contents: new)
        return len(new)

    def delete(self) -> None:
        """Remove the record from this machine; what was exported or handed in stays."""
        if self.path.exists():
            with _locked(self.path):
                self.path.unlink(missing_ok=True)
        self._memory.clear()

    def _all(self, contents):
        """Return the events of the file and of memory, in the order of their times."""
        events = {event["id"]: event for event in (*contents.events, *self._memory.events)}
        return sorted(events.values(), key=lambda event: event["time"])

    def _contents(self):
        """Return what the file holds; where it cannot be read, nothing."""
        try:
            contents = _parse(self.path.read_bytes())
        except FileNotFoundError:
            return _Contents()
        except OSError as error:
            self._memory.fault = f"Your answers are not kept: {self.path} cannot be read ({error.strerror})."
            return _Contents()
        return contents

    def _begin(self):
        """Write the header of a new record, or after one that was lost; return the learner."""
        given = os.environ.get("COLLAPSE_EDU_LEARNER")
        chosen = self._memory.learner or (given if is_name(given) else secrets.token_hex(4))
        self._append(lambda contents: [] if _learner(contents, contents.events) else [_header(chosen)])
        self._memory.learner = _learner(self._contents(), self.events()) or chosen
        return self._memory.learner

    def _append(self, lines_for):
        """Append the lines that a function of the contents returns, and what waits in memory, in one write."""
        memory = self._memory
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self.path):
                contents = _parse(self.path.read_bytes()) if self.path.exists() else _Contents()
                if contents.version > VERSION:
                    memory.fault = (
                        f"Your answers are not kept: {self.path} was written by a newer version of the course; update "
                        "the course."
                    )
                    memory.events += _events_only(lines_for(contents))
                    return
                lines = [*memory.events, *lines_for(contents)]
                _write(self.path, b"\n" * contents.torn + b"".join(map(_line, lines)))
        except OSError as error:
            memory.fault = (
                f"Your answers are not kept: {self.path.parent} cannot be written to ({error.strerror}); choose "
                "another folder with COLLAPSE_EDU_HOME."
            )
            memory.events += _events_only(lines_for(_Contents()))
        else:
            memory.fault = ""
            memory.events.clear()


def _in_turn(event, contents):
    """Return an event that is not older than the last one: a clock set back must not bring old answers back."""
    event["time"] = max([event["time"], *(other["time"] for other in contents.events)])
    return event


def as_data(value: object) -> object:
    """Return a value as JSON can hold it; what JSON cannot hold becomes text. It never raises.

    NumPy's numbers and arrays become numbers and lists, sets sorted lists, fractions text, ``...`` None. Very long or
    deep values become a short text.

    Examples
    --------
    >>> as_data({"b", "a"}), as_data((1, 2.5)), as_data(...)
    (['a', 'b'], [1, 2.5], None)
    """
    try:
        data = _plain(value, DEEPEST_ANSWER)
        if len(json.dumps(data)) <= LARGEST_ANSWER:
            return data
    except Exception:  # whatever a learner's own type does: the answer is kept as text
        return _text(value)[:200]
    return _text(value)[:200]


def tidy_name(name: object) -> str:
    """Return a name as a record holds it.

    Parameters
    ----------
    name : str
        1 to 80 printable characters, none of which has a meaning in a path.

    Examples
    --------
    >>> tidy_name("  Ada   Lovelace ")
    'Ada Lovelace'
    """
    tidy = unicodedata.normalize("NFC", " ".join(name.split())) if isinstance(name, str) else ""
    if not 1 <= len(tidy) <= 80 or not tidy.isprintable() or set(tidy) & set('/\\:*?"<>|'):
        raise ValueError(f'name must be 1 to 80 printable characters without / \\ : * ? " < > |; got {name!r:.60}')
    return tidy


def is_name(name: object) -> bool:
    """Return whether something is a name as a record holds it."""
    try:
        return tidy_name(name) == name
    except ValueError:
        return False


@dataclass
class _Memory:
    """What one process knows about a record that it cannot write."""

    events: list = field(default_factory=list)
    learner: str | None = None
    fault: str = ""
    said: bool = False

    def clear(self):
        self.events.clear()
        self.learner, self.fault, self.said = None, "", False


@dataclass
class _Contents:
    """What a record's file holds."""

    learner: str | None = None  # as the header says
    version: int = VERSION
    events: list = field(default_factory=list)
    torn: bool = False  # the last line has no end


def _parse(content):
    contents = _Contents(torn=bool(content) and not content.endswith(b"\n"))
    for line in content.split(b"\n"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):  # torn or damaged
            continue
        if _is_header(found):
            contents.learner = contents.learner or found["learner"]
            contents.version = max(contents.version, found["version"])
        elif _is_event(found):
            contents.events.append(found)
    if contents.version > VERSION:
        contents.events = []
    return contents


def _exported(path):
    """Return what an exported record contains, or say in one line why the file is none."""
    if not path.is_file() or path.stat().st_size > LARGEST_RECORD:
        raise ValueError(f"path must be a record of at most {LARGEST_RECORD // 10**6} MB; got {path}")
    contents = _parse(path.read_bytes())
    if contents.version > VERSION:
        raise ValueError(f"{path} was written by a newer version of the course: update the course")
    if contents.learner is None and not contents.events:
        raise ValueError(f"{path} is no record of this course")
    return contents


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
    try:
        return datetime.fromisoformat(found["time"]).tzinfo is not None
    except ValueError:
        return False


def _learner(contents, events):
    """Return the learner whose numbers count: of the first attempt; before it, as identified; else of the header."""
    attempted = _attempted(events)
    named = [event["name"] for event in events if event["what"] == "identity"]
    if attempted:
        return attempted[0]["learner"]
    if named:
        return named[-1]
    return contents.learner or (events[0]["learner"] if events else None)


def _attempted(events):
    return [event for event in events if event["what"] == "attempt"]


def _events_only(lines):
    return [line for line in lines if "format" not in line]


def _header(learner):
    return {"format": FORMAT, "version": VERSION, "learner": learner}


def _line(data):
    return json.dumps(data).encode("ascii") + b"\n"


def _now():
    return datetime.now(UTC).isoformat(timespec="microseconds")


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
def _locked(path):
    """Hold the lock of a record. After two seconds go on without: a notebook that hangs must not stop another one, and
    an append is one write."""
    with open(path.with_suffix(".lock"), "ab") as stream:
        held = _lock(stream, time.monotonic() + _PATIENCE)
        try:
            yield
        finally:
            if held:
                _set_lock(stream, on=False)


def _lock(stream, until):
    while True:
        try:
            _set_lock(stream, on=True)
            return True
        except OSError as error:
            cannot = error.errno in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)  # some network folders
            if cannot or time.monotonic() > until:
                return False
            time.sleep(0.005)


def _set_lock(stream, on):
    """Lock or unlock a file, or raise OSError at once."""
    if os.name == "nt":
        msvcrt = import_module("msvcrt")
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK if on else msvcrt.LK_UNLCK, 1)
    else:
        fcntl = import_module("fcntl")
        fcntl.flock(stream, (fcntl.LOCK_EX | fcntl.LOCK_NB) if on else fcntl.LOCK_UN)


def _plain(value, depth):
    """Return a value as JSON knows it; what lies deeper than ``depth`` collections becomes text."""
    if _size(value) > LARGEST_ANSWER:
        return f"<{type(value).__name__}, too large to keep>"
    value = _without_numpy(value)
    for kind, convert in _COLLECTIONS.items():
        if depth and isinstance(value, kind):
            return convert(value, lambda part: _plain(part, depth - 1))
    return _simple(value)


def _without_numpy(value):
    """Return the numbers and lists of an array or of a number of NumPy; any other value as it is."""
    if isinstance(value, str | list | tuple | dict) or not callable(getattr(value, "tolist", None)):
        return value
    return value.tolist()


# Kind of collection → what becomes of one, and of its parts.
_COLLECTIONS = {
    (list, tuple): lambda parts, plain: [plain(part) for part in parts],
    (set, frozenset): lambda parts, plain: sorted(map(plain, parts), key=repr),
    (dict,): lambda parts, plain: {_text(key): plain(part) for key, part in parts.items()},
}


def _simple(value):
    """Return a value that is no collection as JSON knows it."""
    if value is ... or value is None:
        return None
    if isinstance(value, bool | int):
        return value
    return float(value) if isinstance(value, float) else _text(value)


def _size(value):
    """Return how many things an array or a collection holds."""
    size = getattr(value, "size", None)
    return size if isinstance(size, int) else len(value) if isinstance(value, list | tuple | set | dict) else 0


def _text(value):
    """Return a value as text that can be written anywhere, whatever its type does."""
    try:
        text = str(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
