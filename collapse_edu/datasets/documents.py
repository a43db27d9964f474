"""Documents of a file, whatever kind it is: what it holds decides, then its name.

One document: plain text, HTML, EPUB, Word (.docx), PDF. Many: JSON lines and JSON (objects with a key ``text``), CSV,
TSV and Parquet (a column ``text``). Each may be packed with gzip. Everything else is refused, and told what to do.
"""

import csv
import gzip
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path
from typing import IO, Final, NamedTuple, cast

from collapse_edu.datasets.markup import (
    DAMAGED,
    LIMIT,
    TOO_LARGE,
    UnreadableError,
    archive_of,
    decoded,
    docx_text,
    epub_text,
    html_text,
    pdf_text,
)

__all__ = [
    "GZIP",
    "HEAD",
    "LIMIT",
    "LINES",
    "MANY",
    "OTHER",
    "SUFFIXES",
    "TABLES",
    "TEXT",
    "Grouped",
    "Keys",
    "UnfinishedError",
    "UnreadableError",
    "documents_of",
    "file_of",
    "holds_documents",
    "kind_by_name",
    "kind_of",
    "kind_of_file",
    "names_in",
    "opened",
    "read_documents",
    "read_file",
    "record_text",
    "told",
]

TEXT, LINES = "plain text", "JSON lines"
_HTML, _JSON, _CSV, _TSV, _PDF, _WORD, _EPUB = "HTML", "JSON", "CSV", "TSV", "PDF", "Word", "EPUB"
_PARQUET = "Parquet"
OTHER = "of another kind"  # a file of a folder
GZIP, _ZIP = "gzip", "zip"  # what they hold decides
TABLES: Final = {_CSV, _TSV}
MANY: Final = {LINES, _JSON, _PARQUET, *TABLES}  # kinds that hold many documents
_MAY_BE_JSON = {TEXT, _HTML, LINES, *TABLES}  # what is called JSON may be JSON lines: its reader takes both
# Suffix → what a file of this name should be.
SUFFIXES: Final = {
    ".txt": TEXT,
    ".md": TEXT,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".epub": _EPUB,
    ".docx": _WORD,
    ".pdf": _PDF,
    ".jsonl": LINES,
    ".ndjson": LINES,
    ".json": _JSON,
    ".csv": _CSV,
    ".tsv": _TSV,
    ".parquet": _PARQUET,
}
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_END = "end"  # a row after the last one: if it is not read as a row, a quotation mark before it is open
HEAD = 4096  # bytes that tell what a file is
_FIRST_TAG = re.compile(
    rb"\s*((?:<\?[^>]*>\s*)*(?:<!--.*?-->\s*)*)(<!--|<!doctype\s+html\b|<!doctype\b|<([a-z][\w.:-]*)(?=\s|/?>))?",
    re.IGNORECASE | re.DOTALL,
)
_TAG_ENDS = re.compile(rb"</[a-z]|/>", re.IGNORECASE)
# With what a page may begin. XML has an object, a map, a source of its own.
_OF_PAGES = frozenset(
    b"html head body title meta link style script base noscript template div p h1 h2 h3 h4 h5 h6 hgroup main nav "
    b"header footer section article aside address search blockquote dl dt dd ul ol li figure figcaption hr pre table "
    b"caption thead tbody tfoot tr td th form fieldset label input button select textarea details summary dialog "
    b"iframe img picture video audio canvas a abbr acronym b bdi bdo big br center cite code del dfn em font i ins "
    b"kbd mark nobr q s samp small span strike strong sub sup tt u var wbr".split()
)
_PICTURES = (".png", ".jpg", ".jpeg")
_REFUSED = {
    b"{\\rtf": "RTF",
    b"\xd0\xcf\x11\xe0": "an old Office file, or a locked one",
    b"SQLite format 3": "a data base of SQLite",
    b"<?xml": "XML",
    b"<svg": "a picture",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
}


@dataclass(frozen=True)
class Keys:
    """Under which keys of a record, or in which columns of a table, stands what is read.

    Attributes
    ----------
    text : str
        Of the document.
    group : str or None
        Of the name of its group: then a document is :class:`Grouped`.
    """

    text: str = "text"
    group: str | None = None

    @property
    def all(self) -> list[str]:
        """Those that a record must have."""
        return [self.text] if self.group is None else [self.text, self.group]


class Grouped(NamedTuple):
    """A document, or why it is none, with the name of its group."""

    text: "str | UnreadableError"
    group: str


_USUAL: Final = Keys()


def kind_of(name: str, head: bytes) -> str:
    """Return what kind of file this is.

    Parameters
    ----------
    name : str
    head : bytes
        Its first bytes, 4,096 or more if there are as many.

    Returns
    -------
    str
        A kind of :data:`SUFFIXES`, ``"gzip"`` or ``"zip"``; plain text, if nothing says otherwise.

    Raises
    ------
    UnreadableError
        If it is of a kind that is not read.

    Examples
    --------
    >>> kind_of("notes.txt", b"<!DOCTYPE html><p>"), kind_of("notes.md", b"# Notes"), kind_of("notes.txt", b"%PDF-1.7")
    ('HTML', 'plain text', 'PDF')
    """
    head = head[:HEAD].removeprefix(b"\xef\xbb\xbf")
    if head.startswith(b"\x1f\x8b"):
        return GZIP
    if head.startswith(b"%PDF-"):
        return _PDF
    if head.startswith(b"PK\x03\x04"):
        return _ZIP
    if head.startswith(b"PAR1"):
        return _PARQUET
    by_name = kind_by_name(name)
    markup = _markup_of(head)
    if markup == _HTML or (markup and by_name == _HTML and not head.lstrip().startswith(b"<?xml")):
        return _HTML
    if markup and by_name in (None, TEXT) and not head.lstrip().startswith(b"<svg"):
        raise _refused(markup)
    for start, what in _REFUSED.items():
        if head.lstrip().startswith(start):
            raise _refused(what)
    return TEXT if by_name in (None, _PDF, _WORD, _EPUB, _PARQUET) else by_name


def _refused(what):
    form = "its text without tags" if what == "XML" else "it"
    return UnreadableError(what, f"is {what}: save {form} as .txt or as JSON lines, and try again")


def _markup_of(head):
    """Return HTML or XML if a file begins with a comment or a tag; None for a line such as "<ann> hello"."""
    before, tag, name = _FIRST_TAG.match(head).groups()
    tag, name = (tag or b"").lower(), (name or b"").lower()
    if name in _OF_PAGES or tag == b"<!--" or (tag.startswith(b"<!doctype") and tag != b"<!doctype"):
        return _HTML
    if tag and _TAG_ENDS.search(head):
        return "XML"
    return _HTML if before.startswith(b"<!--") and not tag else None


def kind_by_name(name: str) -> str | None:
    """Return what a file of this name should be, packed with gzip or not; None if it tells nothing.

    Parameters
    ----------
    name : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> kind_by_name("new.jsonl.gz"), kind_by_name("README")
    ('JSON lines', None)
    """
    return SUFFIXES.get(Path(name.lower().removesuffix(".gz")).suffix)


def documents_of(name: str, raw: bytes, keys: Keys = _USUAL) -> tuple[str, Iterable[str | Grouped | UnreadableError]]:
    """Return what kind a file is, and its documents.

    Parameters
    ----------
    name : str
    raw : bytes
        All of it.
    keys : Keys
        Where a record has what is read.

    Returns
    -------
    str
        Its kind.
    iterable of str, Grouped or UnreadableError
        Documents, and why there is none where one should be; with their groups, if the keys ask for them.

    Raises
    ------
    UnreadableError
        If no document of it can be read.

    Examples
    --------
    >>> kind, documents = documents_of("new.csv", b"id,text\\n1,The whale\\n2,The sea\\n")
    >>> kind, list(documents)
    ('CSV', ['The whale', 'The sea'])
    """
    kind = kind_of(name, raw)
    if kind == GZIP:
        name, raw = name.removesuffix(".gz"), _unpacked(raw)
        kind = kind_of(name, raw)
    if kind == GZIP:
        raise UnreadableError("packed twice", "is packed twice: unpack it once, and try again")
    if kind == _ZIP:
        kind = _kind_of_archive(raw)
    if kind in _MAY_BE_JSON:
        kind = _kind_of_text(raw, kind)
    return kind, _OF_RECORDS[kind](raw, keys) if kind in _OF_RECORDS else [_OF_ONE[kind](raw)]


def _unpacked(raw):
    try:
        with gzip.GzipFile(fileobj=BytesIO(raw)) as file:
            found = file.read(LIMIT + 1)
    except (OSError, EOFError, zlib.error):
        raise UnreadableError("damaged", DAMAGED) from None
    if len(found) > LIMIT:
        raise UnreadableError("too large", TOO_LARGE)
    return found


def _kind_of_archive(raw):
    with archive_of(raw) as archive:
        names = set(archive.namelist())
    if "word/document.xml" in names:
        return _WORD
    if "META-INF/container.xml" in names:
        return _EPUB
    raise UnreadableError(
        "a zip archive", "is a zip archive, but no .docx or .epub: unpack it, and give the folder or a file"
    )


def _kind_of_text(raw, kind):
    """Return the kind of JSON that a file holds, whatever its name says; the other kind, if it holds none."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    first = raw[:1]
    if first == b"{" and isinstance(_parsed(raw.split(b"\n", 1)[0]), dict):
        return LINES
    return _JSON if first in (b"{", b"[") and isinstance(_parsed(raw), dict | list) else kind


def kind_of_file(path: str | Path, *, packed: bool = False) -> str:
    """Return what kind a file is, and read no more of it than that takes.

    Parameters
    ----------
    path : str or Path
    packed : bool
        Whether it is packed with gzip: then the kind of what it holds.

    Returns
    -------
    str
        As of :func:`kind_of`; JSON is found under any name.

    Raises
    ------
    OSError
    UnreadableError
        If it is of a kind that is not read.
    """
    with opened(path, packed) as file:
        head = file.read(HEAD)
        kind = kind_of(Path(path).name.removesuffix(".gz" if packed else ""), head)
        if kind not in _MAY_BE_JSON or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
            return kind
        file.seek(0)
        raw = file.readline(LIMIT)
        if _kind_of_text(raw, kind) == LINES:
            return LINES
        return _kind_of_text(raw + file.read(LIMIT - len(raw)), kind)


@contextmanager
def opened(path: str | Path, packed: bool = False) -> Iterator[IO[bytes]]:
    """Open a file, packed with gzip or not, to read it part by part.

    Parameters
    ----------
    path : str or Path
    packed : bool

    Raises
    ------
    OSError
    UnreadableError
        If it cannot be unpacked, at the place where that shows.
    """
    try:
        with gzip.open(path) if packed else open(path, "rb") as file:
            yield cast(IO[bytes], file)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UnreadableError("damaged", DAMAGED) from None


def _parsed(raw):
    """Return what JSON says; itself, if it is none."""
    try:
        return json.loads(decoded(raw))
    except (ValueError, RecursionError):
        return raw


def record_text(line: bytes, keys: Keys = _USUAL) -> str | Grouped | None:
    """Return the text of a JSON line.

    Parameters
    ----------
    line : bytes
    keys : Keys

    Returns
    -------
    str, Grouped or None
        None for an empty line.

    Raises
    ------
    UnreadableError

    Examples
    --------
    >>> record_text(b'{"id": 7, "text": "The whale!"}')
    'The whale!'
    >>> record_text(b'{"site": "shop", "body": "The whale!"}', Keys("body", group="site"))
    Grouped(text='The whale!', group='shop')
    """
    if not line.strip():
        return None
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError:
        raise UnreadableError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise UnreadableError("not JSON") from None
    return _text_of(record, keys)


def _text_of(record, keys):
    """Return the text of a record; with its group, if there are groups, even where there is no text."""
    if keys.group is None:
        return _value_of(record, keys.text)
    group = str(_value_of(record, keys.group, of_type=object))
    try:
        return Grouped(_value_of(record, keys.text), group)
    except UnreadableError as error:
        return Grouped(error, group)


def _value_of(record, key, of_type=str):
    if not isinstance(record, dict) or key not in record:
        raise UnreadableError(f'no key "{key}"')
    if not isinstance(record[key], of_type):
        raise UnreadableError(f'"{key}" is no text')
    return record[key]


def _each(read, records):
    """Yield what is read of each record, or why nothing can be."""
    for record in records:
        try:
            found = read(record)
        except UnreadableError as error:
            found = error
        if found is not None:
            yield found


def _of_lines(raw, keys):
    return _each(lambda line: record_text(line, keys), raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


def _of_json(raw, keys):
    found = _parsed(raw)
    if found is raw:  # broken, or JSON lines with another name
        return _of_lines(raw, keys)
    items = found if isinstance(found, list) else [found]
    return _each(lambda item: item if isinstance(item, str) and keys.group is None else _text_of(item, keys), items)


def _of_parquet(raw, keys):
    """Return the column of texts of a table, read part by part."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise UnreadableError(
            "Parquet, for which pyarrow is missing", "is Parquet: pip install 'collapse-edu[tables]' first"
        ) from None
    try:
        file = ParquetFile(BytesIO(raw))
        _check_columns(file.schema_arrow.names, keys)
        rows = chain.from_iterable(part.to_pylist() for part in file.iter_batches(1024, columns=keys.all))
    except ArrowException:
        raise UnreadableError("damaged", DAMAGED) from None
    return _each(lambda row: _text_of(row, keys), rows)


class UnfinishedError(UnreadableError):
    """The last row of a table, whose end is not there."""


def _of_table(raw, keys, separators):
    """Return the column of texts of a table with a header."""
    table = decoded(raw).lstrip("\r\n")
    if said := _SEPARATOR.match(table):  # a line for Excel
        separators, table = said[1], table[said.end() :]
    headers = {separator: _header(table, separator) for separator in separators}
    separator = next((separator for separator, names in headers.items() if keys.text in names), None)
    names = headers[separator] if separator else max(headers.values(), key=len)
    _check_columns(names, keys)

    def text(row):
        if len(row) != len(names):
            raise UnreadableError("not the columns of the header")
        return _text_of(dict(zip(names, row, strict=True)), keys)

    rows, unfinished = _rows(table, separator)
    return chain(_each(text, filter(None, rows[1:])), unfinished)


def _check_columns(names, keys):
    for key in keys.all:
        if key not in names:
            told = ", ".join(map(str, names))
            raise UnreadableError(f'no column "{key}"', f'must have a column "{key}"; got {told:.200}')


def _header(table, separator):
    rows, _ = _rows(table.split("\n", 1)[0], separator)
    return [name.strip() for name in rows[0]] if rows else []


def _rows(table, separator):
    """Return the rows of a table, their cells as long as they like; and, in a list, whether the last one has no end."""
    before = csv.field_size_limit(LIMIT)
    spaced = f"{separator} " in table.split("\n", 1)[0]
    reader = csv.reader(StringIO(f"{table}\n{_END}", newline=""), delimiter=separator, skipinitialspace=spaced)
    try:
        *rows, last = reader
    except csv.Error as error:
        raise UnreadableError("damaged", f"is no table: {error}") from None
    finally:
        csv.field_size_limit(before)
    if last == [_END]:
        return rows, []
    opened = f"row {len(rows) + 1:,} opens a quotation mark that nothing closes"
    return rows, [UnfinishedError("ends inside quotation marks", f"cannot be read: {opened}; close it, or write two")]


_OF_ONE: Final[dict[str, Callable[[bytes], str]]] = {
    TEXT: decoded,
    _HTML: html_text,
    _EPUB: epub_text,
    _WORD: docx_text,
    _PDF: pdf_text,
}
_OF_RECORDS: Final[dict[str, Callable[[bytes, Keys], Iterable[str | Grouped | UnreadableError]]]] = {
    LINES: _of_lines,
    _JSON: _of_json,
    _CSV: lambda raw, keys: _of_table(raw, keys, ",;\t|"),
    _TSV: lambda raw, keys: _of_table(raw, keys, "\t"),
    _PARQUET: _of_parquet,
}


def read_file(path: str | Path) -> bytes:
    """Return a file as it is.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    bytes

    Raises
    ------
    OSError
    UnreadableError
        If it is too large.
    """
    with open(path, "rb") as file:
        raw = file.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise UnreadableError("too large", TOO_LARGE)
    return raw


def names_in(folder: str | Path) -> list[str]:
    """Return what a folder holds, in the order of names; names that begin with a dot are no documents.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    list of str

    Raises
    ------
    OSError
    """
    return sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))


def holds_documents(folder: str | Path) -> bool:
    """Return whether a folder holds files of documents, and more of them than pictures.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    bool

    Raises
    ------
    OSError
    """
    names = names_in(folder)
    return sum(map(bool, map(kind_by_name, names))) > sum(name.lower().endswith(_PICTURES) for name in names)


def file_of(folder: str | Path, name: str) -> tuple[str, Iterable[str | Grouped | UnreadableError]]:
    """Return what kind a file of a folder is, and its documents.

    Parameters
    ----------
    folder : str or Path
    name : str

    Returns
    -------
    str, iterable of str or UnreadableError
        As of :func:`documents_of`.

    Raises
    ------
    UnreadableError
        If it cannot be read, or its name is of no kind of :data:`SUFFIXES`.
    """
    if kind_by_name(name) is None:
        raise UnreadableError(OTHER)
    path = Path(folder, name)
    try:
        if not path.is_file():  # a folder; or a pipe, into which nobody may ever write
            raise UnreadableError("cannot be read")
        return documents_of(name, read_file(path))
    except OSError:
        raise UnreadableError("cannot be read") from None


def read_documents(path: str | Path) -> tuple[str | None, list[str], Counter[str]]:
    """Return the documents of a file, or of all files of a folder.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    str or None
        What kind the file is; None for a folder.
    list of str
    collections.Counter
        Why others are skipped → how many.

    Raises
    ------
    OSError
    UnreadableError
        If nothing of a file can be read.
    """
    path = Path(path)
    texts: list[str] = []
    skipped: Counter[str] = Counter()
    if not path.is_dir():
        kind, documents = documents_of(path.name, read_file(path))
        _sort_out(documents, texts, skipped)
        return kind, texts, skipped
    for name in names_in(path):
        try:
            _sort_out(file_of(path, name)[1], texts, skipped)
        except UnreadableError as error:
            skipped[error.why] += 1
    return None, texts, skipped


def _sort_out(documents, texts, skipped):
    for document in documents:
        if isinstance(document, UnfinishedError):
            raise document
        if isinstance(document, UnreadableError):
            skipped[document.why] += 1
        else:
            texts.append(document)


def told(skipped: Counter[str]) -> str:
    """Return in words what was skipped, to follow other words.

    Parameters
    ----------
    skipped : collections.Counter
        Why → how many.

    Returns
    -------
    str
        Empty if nothing was.

    Examples
    --------
    >>> told(Counter({"not JSON": 2, 'no key "text"': 1}))
    '; 3 records skipped (2 not JSON, 1 no key "text")'
    """
    if not skipped:
        return ""
    reasons = ", ".join(f"{many:,} {why}" for why, many in skipped.most_common())
    return f"; {skipped.total():,} records skipped ({reasons})"
