"""The record: what a learner answered, in one file on the learner's own machine.

The file holds one JSON object a line. The first line names the format, its version and the learner; each other line is
an event with an id, a time (UTC), what it is, the question, and the learner whose numbers the question had. Lines are
only ever appended, so two notebooks at once lose nothing and a crash in the middle of a write costs that line at most.
A line that cannot be read is skipped and stays in the file.

The learner's id decides the numbers and the order of options in each question, and stays for ever. A name is what a
hand-in says; it changes nothing else.
"""

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from collapse_edu.course.desk import machine as environment
from collapse_edu.course.desk.copies import Copies
from collapse_edu.course.desk.names import is_name, tidy_name
from collapse_edu.course.desk.plain_data import as_data
from collapse_edu.course.desk.record_file import Contents, Event, RecordFile, as_line, header
from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["Event", "Record", "choice_in", "clock_of"]

KINDS = (
    "attempt", "prediction", "hint", "solution", "inventory", "identity", "recall", "revealed", "surprise", "challenge",
)  # fmt: skip
ANSWERS = KINDS[:2]
LARGEST_RECORD = 50_000_000  # bytes of a file that is imported
_FILES: dict[str, "_Known"] = {}  # path → what this process knows of a record


class Record:
    """The record of a learner.

    Where the folder cannot be written to, the course goes on: events are held in memory while Python runs, and are
    written as soon as that works. :meth:`notice` has a line about it.

    Parameters
    ----------
    path : path, optional
        Without it, ``record.jsonl`` in the folder that the environment variable ``COLLAPSE_EDU_HOME`` names, or in
        ``.collapse_edu`` in the home folder. There, copies that a cloud drive makes of it are merged into it.

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
        self._known = _FILES.setdefault(os.path.abspath(self.path), _Known(self.path))
        self._merges_copies = path is None

    def __repr__(self):
        return f"Record of {self.name}: {len(self._contents())} events in {self.path}"

    @property
    def learner(self) -> str:
        """The learner's id: it decides the numbers in the questions, and never changes.

        A new record takes it from the environment variable ``COLLAPSE_EDU_LEARNER``, else at random.
        """
        return _learner(self._contents()) or self._begin()

    @property
    def name(self) -> str:
        """What the learner is called in a hand-in.

        The last name that was given; else what the environment variables ``COLLAPSE_EDU_LEARNER`` or
        ``JUPYTERHUB_USER`` say; else the learner's id.
        """
        named = self._contents().of_kind("identity")
        known = (os.environ.get(variable) for variable in ("COLLAPSE_EDU_LEARNER", "JUPYTERHUB_USER"))
        return named[-1]["name"] if named else next(filter(is_name, known), None) or self.learner

    def identify(self, name: str | int) -> None:
        """Give the learner a name. It goes into hand-ins, and changes no number and no order.

        Parameters
        ----------
        name : str or int
            See :func:`tidy_name`.

        Examples
        --------
        >>> record = Record()
        >>> before = record.learner
        >>> record.identify("Ada")
        >>> record.name, record.learner == before
        ('Ada', True)
        """
        self.add("identity", "", name=tidy_name(name), settles=False)

    def add(self, what: str, question: str, **data: object) -> Event:
        """Append an event.

        Parameters
        ----------
        what : str
            One of ``KINDS``.
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
        self._known.file.append(lambda contents: [_in_turn(event, contents)])
        return event

    def events(self, question: str | None = None) -> list[Event]:
        """Return all events, or those of one question, in the order of their times. They are not to be changed."""
        contents = self._contents()
        return contents.events() if question is None else list(contents.at(question))

    def latest(self, question: str) -> Event | None:
        """Return the last attempt at a question or choice of a prediction; None before."""
        found = self._contents().at(question)
        last = next((event for event in reversed(found) if event["what"] in ANSWERS), None)
        return choice_in(found) if last is not None and last["what"] == "prediction" else last

    def attempts(self, question: str | None = None) -> list[Event]:
        """Return the attempts, at one question or at all."""
        contents = self._contents()
        if question is None:
            return list(contents.of_kind("attempt"))
        return [event for event in contents.at(question) if event["what"] == "attempt"]

    def notice(self) -> str:
        """Return what a learner should know, once for each Python process: why answers are not kept, and which copies
        of the record were found; "" where all is well."""
        said, self._known.news = " ".join(self._known.news), []
        fault = self._known.file.fault
        if fault and not self._known.said:
            self._known.said = True
            return f"{fault} {said}".strip()
        return said

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
        learner = self.learner  # a copy of an empty record has a header too
        content = self.path.read_bytes() if self.path.exists() else as_line(header(learner))
        end = b"" if content.endswith(b"\n") else b"\n"
        whole = content + end + b"".join(map(as_line, self._known.file.waiting))
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
        mine, other = self.learner, _learner(theirs)
        has_attempts = bool(self._contents().of_kind("attempt"))
        if has_attempts and theirs.of_kind("attempt") and mine != other:
            raise ValueError(f"{path} holds attempts of {other!r}, this record those of {mine!r}: their numbers differ")
        another = has_attempts and mine != other
        return self._take(theirs, without={"identity"} if another else set())

    def delete(self) -> list[Path]:
        """Remove the record from this machine.

        What was exported or handed in stays, and so do a cloud drive's copies beside the record: no name tells for sure
        that the learner did not choose it.

        Returns
        -------
        list of Path
            The copies that remain, to be removed by hand.
        """
        mine = _learner(self._known.file.read())
        copies = self._known.copies.all() if self._merges_copies and mine else []
        self._known.file.remove()
        self._known.news, self._known.said, self._known.learner = [], False, None
        return [copy for copy in copies if _learner(_read(copy)) == mine]

    def _contents(self):
        """Return what the record holds, with what a cloud drive's copies add."""
        if self._merges_copies:
            for copy in self._known.copies.new():
                self._merge(copy)
        return self._known.file.read()

    def _merge(self, copy):
        """Take over what a copy beside the record adds, if it is the same learner's; tell of it in any case."""
        theirs, mine = _read(copy), _learner(self._known.file.read())
        other = _learner(theirs)
        if other is None:
            return
        if other == mine:
            new = self._take(theirs)
            said = f"what it adds ({new}) is in your record now" if new else ""
        else:
            said = f"it is of another learner ({other}) than yours and was left alone"
        if said:
            self._known.news.append(f"A second copy of your record lies beside it, {copy.name}: {said}.")

    def _take(self, theirs, without=frozenset()):
        """Append the events that are new here, and return how many."""
        mine = self._known.file.read()
        new = [event for event in theirs.events() if event not in mine and event["what"] not in without]
        if new:
            self._known.file.append(lambda contents: new)
        return len(new)

    def _begin(self):
        """Write the header of a new record, or after one that was lost; return the learner."""
        given = os.environ.get("COLLAPSE_EDU_LEARNER")
        chosen = self._known.learner or (given if is_name(given) else secrets.token_hex(4))
        self._known.file.append(lambda contents: [] if _learner(contents) else [header(chosen)])
        self._known.learner = _learner(self._known.file.read()) or chosen
        return self._known.learner


def clock_of(event: Event) -> str:
    """Return what the clock said when an event was recorded (UTC, ISO 8601); its ``time`` tells the order.

    Examples
    --------
    >>> clock_of({"time": "2099-01-01T00:00:00+00:00", "clock": "2027-01-01T00:00:00+00:00"})
    '2027-01-01T00:00:00+00:00'
    """
    return str(event.get("clock", event["time"]))


def choice_in(events: Sequence[Event]) -> Event | None:
    """Return what is locked in, among the events of a prediction; None before, or once it was taken back.

    Examples
    --------
    >>> made, taken_back = ({"what": "prediction", "answer": answer} for answer in ({"outcome": 2}, None))
    >>> choice_in([made])["answer"], choice_in([made, taken_back])
    ({'outcome': 2}, None)
    """
    last = next((event for event in reversed(events) if event["what"] == "prediction"), None)
    return last if last is not None and isinstance(last.get("answer"), dict) else None


class _Known:
    """What one process knows of a record."""

    def __init__(self, path: Path):
        self.file = RecordFile(path)
        self.copies = Copies(path)
        self.learner: str | None = None  # of a record whose header cannot be written
        self.news: list[str] = []
        self.said = False  # whether the learner was told why nothing is kept


def _in_turn(event, contents):
    """Return an event that is not older than the last one: a clock set back must not bring old answers back.

    What the clock says now is kept beside it, since it may be the earlier one that was wrong.
    """
    if event["time"] < contents.latest_time:
        event |= {"clock": event["time"], "time": contents.latest_time}
    return event


def _learner(contents: Contents) -> str | None:
    """Return the learner whose numbers count: of the first attempt; before it, of the header.

    At first, a name that was given before the first attempt became the learner's id. Who did that keeps it, because the
    numbers that were seen then must stay. Names given since say that they settle nothing.
    """
    attempted: Sequence[Event] = contents.of_kind("attempt")
    if attempted:
        return attempted[0]["learner"]
    named = [event["name"] for event in contents.of_kind("identity") if event.get("settles") is not False]
    if named:
        return named[-1]
    first = contents.first()
    return contents.learner or (first["learner"] if first else None)


def _read(path):
    """Return what another file holds; where it is no record, too large or unreadable, nothing."""
    try:
        return _exported(path)
    except (OSError, ValueError):
        return Contents()


def _exported(path):
    """Return what an exported record contains, or say in one line why the file is none."""
    if not path.is_file() or path.stat().st_size > LARGEST_RECORD:
        raise ValueError(f"path must be a record of at most {LARGEST_RECORD // 10**6} MB; got {path}")
    return Contents.of(path.read_bytes(), path)


def _now():
    return datetime.now(UTC).isoformat(timespec="microseconds")
