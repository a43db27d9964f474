"""Occurrences of a ledger in files: JSON lines or CSV, in and out, one row at a time."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from collapse_edu.production.provenance import Occurrence

__all__ = ["read_occurrences", "read_table", "write_occurrences"]

_KINDS = (".jsonl", ".csv")
_KEYS = ("source", "date", "declared", "verified")


def read_occurrences(path: str | Path, **otherwise: str) -> Iterator[Occurrence]:
    """Read documents, or what a ledger has exported.

    Parameters
    ----------
    path : str or Path
        ``.jsonl`` or ``.csv``, in UTF-8. Each row has "text" or "hash", "source" and "date"; "declared" (else
        "unknown") and "verified" (else not audited) may be there. Other keys are ignored.
    otherwise : str
        "source", "date", "declared" of rows that do not say theirs.

    Returns
    -------
    iterator of Occurrence

    Raises
    ------
    ValueError
        If a row is not as above, with file and line; or the file is of another kind.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "real.jsonl")
    ...     _ = path.write_text('{"text": "A whale.", "date": "2026-01-31"}')
    ...     [row.source for row in read_occurrences(path, source="web")]
    ['web']
    """
    for line, row in read_table(path):
        said = {key: row[key] for key in _KEYS if row.get(key) not in (None, "")}
        found: dict[str, Any] = {"source": None, "date": None, **otherwise, **said}
        try:
            if row.get("hash"):
                yield Occurrence.known(row["hash"], **found)
            else:
                yield Occurrence.of(row.get("text") or "", **found)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}, line {line}: {error}") from None


def read_table(path: str | Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read the rows of a file, each with the number of its line.

    Parameters
    ----------
    path : str or Path
        ``.jsonl`` or ``.csv``, in UTF-8.

    Returns
    -------
    iterator of (int, dict)

    Raises
    ------
    ValueError
        If the file is of another kind, or damaged, with file and line.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> list(read_table("rows.txt"))
    Traceback (most recent call last):
    ...
    ValueError: path must end with .jsonl or .csv; got rows.txt
    """
    read = {".jsonl": _json_lines, ".csv": _csv_rows}[_kind(path)]
    line = 0
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            for line, row in read(file):
                yield line, row
    except (_DamagedError, UnicodeDecodeError, csv.Error) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error
        raise ValueError(f"{path}, after line {line}: {why}") from None


def write_occurrences(path: str | Path, rows: Iterable[Occurrence]) -> int:
    """Write occurrences so that :func:`read_occurrences` reads them back.

    Parameters
    ----------
    path : str or Path
        ``.jsonl`` or ``.csv``; it must not exist.
    rows : iterable of Occurrence

    Returns
    -------
    int
        How many.

    Raises
    ------
    ValueError
        If the file is of another kind.
    FileExistsError, OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> row = Occurrence.of("A whale.", "web", "2026-01-31")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "rows.csv")
    ...     write_occurrences(path, [row]), list(read_occurrences(path)) == [row]
    (1, True)
    """
    kind, many = _kind(path), 0
    with open(path, "x", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        if kind == ".csv":
            table.writerow(Occurrence._fields)
        for row in rows:
            many += 1
            if kind == ".csv":
                table.writerow(row)
            else:
                file.write(json.dumps(row._asdict(), ensure_ascii=False) + "\n")
    return many


class _DamagedError(Exception):
    pass


def _kind(path):
    kind = Path(path).suffix.lower()
    if kind not in _KINDS:
        raise ValueError(f"path must end with {' or '.join(_KINDS)}; got {path}")
    return kind


def _json_lines(file: IO[str]):
    for line, text in enumerate(file, 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError):
            raise _DamagedError("the next line is no JSON") from None
        if not isinstance(row, dict):
            raise _DamagedError("the next line is no JSON object")
        yield line, row


def _csv_rows(file: IO[str]):
    table = csv.DictReader(file)
    for row in table:
        yield table.line_num, row
