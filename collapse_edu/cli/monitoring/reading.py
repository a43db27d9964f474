"""What the monitor reads: the real documents, group by group, and the stream. Faults of either are one line."""

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from collapse_edu.cli import UsageError, say

if TYPE_CHECKING:
    from collapse_edu.datasets.documents import Keys
    from collapse_edu.production import Documents, State
    from collapse_edu.production.monitoring.documents import Record

__all__ = ["check_names", "check_stream", "held", "keys", "nothing", "records", "reference_groups", "stream"]

_LEAST_SHARE = 0.5  # of the documents of a reference: tags in more of them are told


def check_names(args: argparse.Namespace) -> None:
    """Refuse names of files that say nothing."""
    for option in ("reference", "stream"):
        if not getattr(args, option):
            raise UsageError(f"--{option} must be a file or a folder; got ''")
    if args.reference == "-":
        raise UsageError("--reference must be a file or a folder; only --stream can be standard input")


def keys(args: argparse.Namespace) -> "Keys":
    """Return where a record has its text and its group."""
    from collapse_edu.datasets.documents import Keys

    return Keys(args.text_field, args.group_by)


def reference_groups(args: argparse.Namespace) -> dict[str, list[list[str]]]:
    """Return the real documents as words, of each group; one group without a name, if there are no groups."""
    from collapse_edu.datasets import caution
    from collapse_edu.datasets.markup import TAGGED
    from collapse_edu.production import Documents
    from collapse_edu.production.monitoring.features import EMPTY

    documents = Documents(args.reference, keys=keys(args), empty=EMPTY)
    groups: dict[str, list[list[str]]] = {}
    for record in records(documents, "reference"):
        groups.setdefault(record.group, []).append(record.words)
    if documents.read == documents.broken.total():
        raise UsageError(nothing("reference", documents))
    if documents.tagged > _LEAST_SHARE * documents.read:
        say(f"reference: in most documents, {TAGGED}", 0)
    if unusual := caution(Counter(chain.from_iterable(chain.from_iterable(groups.values())))):
        say(f"reference: {unusual}", 0)
    return groups


def stream(args: argparse.Namespace, state: "State | None") -> "Documents":
    """Return the documents of the stream that were not read yet."""
    from collapse_edu.production import Documents
    from collapse_edu.production.monitoring.features import EMPTY

    try:
        if state:
            return state.open(args.stream, keys=keys(args), empty=EMPTY)
        return Documents(args.stream, keys=keys(args), empty=EMPTY)
    except OSError as error:
        raise UsageError(f"cannot read the stream {args.stream}: {error.strerror or error}") from None


def records(documents: "Documents", name: str = "stream") -> "Iterator[Record]":
    """Yield documents; say in one line if they cannot be read."""
    from collapse_edu.datasets.documents import UnreadableError

    try:
        yield from documents.records()
    except OSError as error:
        raise UsageError(f"cannot read the {name} {documents.path}: {error.strerror or error}") from None
    except UnreadableError as error:
        raise UsageError(f"{name} {documents.path} {error}{_hint(error.why)}") from None


def _hint(why):
    """Return what helps if a text, or a group, stands elsewhere."""
    return ": name it with --text-field" if why in ('no key "text"', 'no column "text"') else ""


def check_stream(found: "Iterator[Record]", documents: "Documents", window: int) -> "Iterator[Record]":
    """Hand documents on; refuse a stream whose first window is not of documents at all: another file was meant."""
    first: list[Record] = []
    for record in found:
        first.append(record)
        if len(first) == window or not record.why or record.why == "no words":
            break
    if first and all(record.why and record.why != "no words" for record in first):
        raise UsageError(nothing("stream", documents))
    yield from chain(first, found)


def nothing(name: str, documents: "Documents") -> str:
    """Return in words why no document was read."""
    none = not (documents.skipped or documents.broken)
    what = "no complete document" if documents.unfinished and none else "no documents"
    why = (documents.skipped + documents.broken).most_common(1)
    return f"{name} {documents.path} holds {what}{held(documents)}{_hint(why[0][0]) if why else ''}"


def held(documents: "Documents") -> str:
    """Return in words which records hold no text, to follow other words."""
    from collapse_edu.datasets.documents import told

    if documents.read == documents.broken.total():
        return told(documents.skipped + documents.broken)
    of_them = told(documents.broken).replace("records skipped", "of them hold no text")
    return told(documents.skipped) + of_them
