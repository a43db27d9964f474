"""The loop of the monitor: each document to the monitor of its group, each reading to all who are told of it."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event as Flag
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from collapse_edu.cli import UsageError

if TYPE_CHECKING:
    from collapse_edu.production import Documents, Monitor, Reading
    from collapse_edu.production.monitoring.alerts import Alert
    from collapse_edu.production.monitoring.documents import Record

__all__ = ["Group", "Listener", "Seen", "watch"]

_PAUSE = 0.5  # seconds between two states, or two pages, at least
_REST = 20  # times as long as the last ones took to write
_AT_ONCE = 20  # windows of a file

_T = TypeVar("_T")


class Seen(NamedTuple):
    """A window that was read.

    Attributes
    ----------
    group : Group
    reading : Reading
    alert : Alert or None
    begins : bool
        Whether the window before raised no such alert: then somebody is called.
    records : list of Record
    """

    group: "Group"
    reading: "Reading"
    alert: "Alert | None"
    begins: bool
    records: "list[Record]"


class Listener(Protocol):
    """Who is told what is seen."""

    def see(self, seen: Seen) -> None:
        """Take note of a window, or tell it at once."""

    def write(self, running: bool) -> None:
        """Bring files up to date; done now and then, and at the end."""


class Group:
    """The documents of one group, and their monitor.

    Parameters
    ----------
    name : str
        Empty if there are no groups.
    monitor : Monitor
    """

    def __init__(self, name: str, monitor: "Monitor") -> None:
        self.name, self.monitor = name, monitor
        self.records: deque[Record] = deque(map(_read_before, monitor.pending))  # of what waits in the monitor
        self.outside: Counter[str] = Counter()
        self.before, self.sudden = monitor.n_windows, 0
        self.last: Reading | None = None
        self._raised: set[str] = set()  # kinds of alerts of the window before

    @property
    def windows(self) -> int:
        """Windows of this run."""
        return self.monitor.n_windows - self.before

    def take(self, record: "Record", at_once: int) -> Iterator[Seen]:
        """Read a document; yield what was seen, once so many windows are complete."""
        self.records.append(record)
        self.monitor.pending.append(record.words)
        if len(self.monitor.pending) >= at_once * self.monitor.window:
            yield from self.complete()

    def complete(self) -> Iterator[Seen]:
        """Yield what is seen in the windows that are complete."""
        for reading in self.monitor.watch([]):
            yield self._seen(reading, [self.records.popleft() for _ in range(self.monitor.window)])

    def _seen(self, reading, records):
        from collapse_edu.production.monitoring.alerts import alert_of

        self.last = reading
        self.sudden += reading.sudden
        self.outside.update(reading.causes)
        alert = alert_of(reading, records, self.name)
        kinds = set(alert.kinds) if alert else set()
        begins, self._raised = bool(kinds - self._raised), kinds
        return Seen(self, reading, alert, begins, records)


def _read_before(words):
    from collapse_edu.production.monitoring.documents import Record

    return Record(words, "read before the restart", " ".join(map(str, words))[:200])


def watch(
    groups: dict[str, Group],
    found: "Iterable[Record]",
    documents: "Documents",
    listeners: list[Listener],
    save: Callable[[], None],
) -> Counter[str]:
    """Read the stream to its end; tell all listeners; save now and then, and at the end, however it comes.

    Parameters
    ----------
    groups : dict
        Name → group.
    found : iterable of Record
    documents : Documents
        What they come from.
    listeners : list of Listener
    save : callable
        Writes the state.

    Returns
    -------
    collections.Counter
        Groups that nobody watches → their documents.
    """
    waits = not (documents.is_folder or (documents.path != "-" and documents.path.is_file()))
    at_once = 1 if waits else _AT_ONCE  # a file is all there: no window is waited for
    others: Counter[str] = Counter()

    def write(running=True):
        save()
        for listener in listeners:
            listener.write(running)

    with ExitStack() as end:
        end.callback(write, running=False)
        found = end.enter_context(_written_while_waiting(iter(found), write)) if waits else found
        rest = _NowAndThen(write)
        for seen in _seen(groups, found, others, at_once):
            for listener in listeners:
                listener.see(seen)
            if not waits:
                rest.act()
    return others


def _seen(groups, found, others, at_once):
    for record in found:
        if record.group in groups:
            yield from groups[record.group].take(record, at_once)
        else:
            others[record.group] += 1
    for group in groups.values():
        yield from group.complete()


class _NowAndThen:
    """Does something now and then: the longer it takes, the less often."""

    def __init__(self, act):
        self._act, self._due = act, time.monotonic() + _PAUSE

    def act(self):
        began = time.monotonic()
        if began > self._due:
            self._act()
            now = time.monotonic()
            self._due = now + max(_PAUSE, _REST * (now - began))


@contextmanager
def _written_while_waiting(found: Iterator[_T], write: Callable[[], None]) -> Iterator[Iterator[_T]]:
    """Hand documents on; a timer writes what changed, also while the next is waited for, never while one is read."""
    busy, changed, over = Lock(), Flag(), Flag()
    failed: list[UsageError] = []

    def keep():
        while not over.wait(_PAUSE):
            with busy:
                try:
                    if changed.is_set():
                        write()
                        changed.clear()
                except UsageError as error:
                    failed.append(error)
                    return

    def handed_on():
        while True:
            busy.release()
            try:
                record = next(found, None)
            finally:
                busy.acquire()
            if failed:
                raise failed[0]
            if record is None:
                return
            changed.set()
            yield record

    timer = Thread(target=keep, daemon=True)
    busy.acquire()
    timer.start()
    try:
        yield handed_on()
    finally:
        busy.release()
        over.set()
        timer.join()
