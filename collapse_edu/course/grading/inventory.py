"""The concept inventory of a class: exported records are found, each is given to a learner, and the gain is told.

Two files are one learner's if the learner gave the same name in both, or if they are one record, and no two names speak
against it. Where two learners may have one name, nobody is merged, and a person decides.
"""

import os
import stat
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path, PurePosixPath

from collapse_edu.course.desk.record_file import Contents, Event
from collapse_edu.course.grading.roster import name_words
from collapse_edu.course.quiz.learning_gain import ClassGain, named_gain

__all__ = ["Inventory", "InventoryError", "KeptRecord", "found_records", "paired", "read_inventory"]

LARGEST = 50 << 20  # bytes of one record, and of all records in one archive
_MOST = 5_000  # entries of an archive


class InventoryError(ValueError):
    """What was asked for cannot be done; the message is one line."""


@dataclass(frozen=True)
class KeptRecord:
    """An exported record.

    Attributes
    ----------
    place : str
        Where it was found, as a person would say it.
    time : str
        ``"before"`` or ``"after"``, as the command says; "" where its answers say it.
    learner : str
        The record's own id.
    events : list of dict
    """

    place: str
    time: str
    learner: str
    events: Sequence[Event]

    @cached_property
    def names(self) -> list[str]:
        """What the learner was called, the last name last."""
        return [str(event.get("name")) for event in self.events if event["what"] == "identity" and event.get("name")]

    @property
    def name(self) -> str:
        """What the learner is called, or ""."""
        return self.names[-1] if self.names else ""

    @property
    def times(self) -> set[str]:
        """The times of the inventory that it stands for."""
        return {self.time} if self.time else {str(event.get("when")) for event in self.events if _is_answer(event)}


@dataclass(frozen=True)
class Inventory:
    """What the inventories of a class say.

    Attributes
    ----------
    gain : ClassGain
    files : int
        Records that were read.
    doubts : list of str
        Lines about what a person must look at: files that are no record, names that may be two learners'.
    """

    gain: ClassGain
    files: int
    doubts: Sequence[str] = field(default_factory=list)


def read_inventory(before: Path, after: Path | None = None, *, short: bool = False) -> Inventory:
    """Read the exported records of a class, and compare the first with the second time.

    Parameters
    ----------
    before, after : path
        A record, a zip or a folder of them. Without `after`, each record holds both times.
    short : bool
        Compare the five items of the short form.

    Returns
    -------
    Inventory

    Raises
    ------
    InventoryError
        If there is no such file, or none of them is a record.
    """
    records, doubts = [], []
    for path, time in ((before, "before"), (after, "after")) if after else ((before, ""),):
        found = list(found_records(path, time))
        read = [each for each in found if isinstance(each, KeptRecord)]
        unread = [each for each in found if isinstance(each, str)]
        if not read:
            raise InventoryError(f"{path}: there is no record in it ({'; '.join(unread) or 'it is empty'})"[:300])
        records += read
        doubts += unread
    learners, unsure = paired(records)
    people = dict(_called(learners))
    return Inventory(named_gain(people, short), len(records), doubts + unsure)


# ---------------------------------------------------------------- files


def found_records(path: Path, time: str) -> Iterator[KeptRecord | str]:
    """Yield each record at a path, and a line about each file that is none.

    Parameters
    ----------
    path : path
        A record, a zip or a folder of them. Links are not followed, hidden files are passed over.
    time : {"before", "after", ""}

    Raises
    ------
    InventoryError
        If there is nothing at the path.
    """
    if not path.exists():
        raise InventoryError(f"{path}: there is no such file or folder")
    files = sorted(_files_in(path)) if path.is_dir() else [path]
    for file in files:
        yield from _from_file(file, file.as_posix(), time)


def _files_in(folder):
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        yield from (Path(place, name) for name in names if not _is_hidden(name))


def _is_hidden(name):
    return name.startswith((".", "__MACOSX"))


def _from_file(file, place, time):
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            yield f"{place}: it is no plain file: not read"
        elif zipfile.is_zipfile(file):
            yield from _from_zip(file, place, time)
        else:
            with open(file, "rb") as opened:
                yield _record(opened.read(LARGEST + 1), place, time)
    except (OSError, zipfile.BadZipFile) as error:
        yield f"{place}: it cannot be read ({getattr(error, 'strerror', None) or error})"


def _from_zip(file, place, time):
    left = LARGEST  # bytes that were really read: the size in the archive's own table may be a lie
    with zipfile.ZipFile(file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > _MOST:
            yield f"{place}: the archive has more than {_MOST:,} entries: not read"
            return
        for entry in entries:
            parts = PurePosixPath(entry.filename).parts
            if any(map(_is_hidden, parts)):
                continue
            here = f"{place}/{entry.filename}"
            try:
                with archive.open(entry) as opened:
                    data = opened.read(left + 1)
            except Exception as error:  # a broken entry raises whatever its compression raises
                yield f"{here}: it cannot be read from the archive ({type(error).__name__})"
                continue
            if len(data) > left:
                yield f"{here}: alone, or with those before it, it is larger than {LARGEST >> 20} MB: not read"
                continue
            left -= len(data)
            yield _record(data, here, time)


def _too_large(place):
    return f"{place}: it is larger than {LARGEST >> 20} MB: not read"


def _record(data, place, time):
    """Return the record that some bytes are, or a line that says why they are none."""
    if len(data) > LARGEST:
        return _too_large(place)
    try:
        contents = Contents.of(data, place)
    except ValueError as error:
        return str(error)
    first = contents.first()
    return KeptRecord(place, time, contents.learner or (first["learner"] if first else ""), contents.events())


# ---------------------------------------------------------------- whose they are


def paired(records: Sequence[KeptRecord]) -> tuple[list[list[KeptRecord]], list[str]]:
    """Return the records of each learner, and lines about what a person must look at.

    Parameters
    ----------
    records : list of KeptRecord

    Returns
    -------
    learners : list of lists of KeptRecord
    doubts : list of str

    Examples
    --------
    >>> named = [{"what": "identity", "name": "Ada"}]
    >>> learners, doubts = paired([KeptRecord("a", "before", "1", named), KeptRecord("b", "after", "2", named)])
    >>> len(learners), doubts
    (1, [])
    """
    learners, doubts = _by_record(records)
    by_name = defaultdict(list)
    for mine in learners:
        by_name[_folded(_last_name(mine)) or mine[0].place].append(mine)
    found = []
    for namesakes in by_name.values():
        if len(namesakes) == 1 or _is_one_time_each(namesakes):
            found.append([record for mine in namesakes for record in mine])
        else:
            found += namesakes
            doubts.append(
                f"{len(namesakes)} records are called {_last_name(namesakes[0])}: one learner's or several learners'? "
                f"They are kept apart: {_places(namesakes)}"
            )
    return found, doubts


def _by_record(records):
    """Join what is one record: it shares events, or has one id; and no two names speak against it."""
    groups = {id(record): [record] for record in records}
    doubts = {}
    for one, other in _sharing(records):
        mine, theirs = groups[id(one)], groups[id(other)]
        if mine is theirs:
            continue
        if names := _contradiction(mine + theirs):
            doubts[f"{' and '.join(names)} handed in the same answers: kept apart ({one.place}, {other.place})"] = None
        else:
            _join(groups, mine, theirs)
    for together in _indexed((record.learner, record) for record in records):
        if not _contradiction([record for one in together for record in groups[id(one)]]):
            for one, other in pairwise(together):
                _join(groups, groups[id(one)], groups[id(other)])
    return list({id(group): group for group in groups.values()}.values()), list(doubts)


def _sharing(records):
    """Yield the pairs of records that share an event, each once."""
    events = ((event["id"], record) for record in records for event in record.events if "id" in event)
    pairs = {}
    for together in _indexed(events):
        for one, other in combinations(together, 2):
            pairs[id(one), id(other)] = one, other
    return pairs.values()


def _indexed(pairs):
    found = defaultdict(list)
    for key, record in pairs:
        found[key].append(record)
    return found.values()


def _join(groups, mine, theirs):
    if mine is not theirs:
        mine += theirs
        groups |= {id(record): mine for record in theirs}


def _contradiction(records):
    """Return two names that speak against one learner, or None."""
    named = [record for record in records if record.name]
    return next(((one.name, other.name) for one, other in combinations(named, 2) if _contradict(one, other)), None)


def _contradict(one, other):
    """Return whether of two records with names, neither was ever called as the other is."""
    names, others = ({_folded(name) for name in record.names} for record in (one, other))
    return _folded(one.name) not in others and _folded(other.name) not in names


def _is_one_time_each(namesakes):
    """Return whether of two records one stands for the first time alone, and one for the second."""
    times = [set().union(*(record.times for record in mine)) for mine in namesakes]
    return sorted(times, key=sorted) == [{"after"}, {"before"}]


def _called(learners: Iterable[list[KeptRecord]]) -> Iterator[tuple[str, list[Event]]]:
    """Yield what each learner is called, no two alike, and all their events, each once."""
    learners = list(learners)
    names = [_last_name(mine) or mine[0].place for mine in learners]
    for name, mine in zip(names, learners, strict=True):
        unlike = name if names.count(name) == 1 else f"{name} ({', '.join(record.place for record in mine)})"
        events = {str(event.get("id", id(event))): event for record in mine for event in record.events}
        yield unlike, list(events.values())


def _last_name(records):
    return next((record.name for record in reversed(records) if record.name), "")


def _folded(name):
    return " ".join(name_words(name)) or name.casefold()


def _places(learners):
    return ", ".join(record.place for mine in learners for record in mine)


def _is_answer(event):
    return event["what"] == "inventory" and event.get("when") is not None
