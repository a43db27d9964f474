"""Tables that spreadsheets read and write: with one line for each mistake, and nothing that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category, normalize

__all__ = ["Handle", "Row", "TableError", "as_number", "as_text", "csv_bytes", "read"]

_LARGEST = 20 << 20  # bytes
_SPLIT = re.compile(r"([;\t\r\n|])")  # where a spreadsheet may begin a new cell, also inside of one that is quoted
_NUMBER = re.compile(r"\s*[+-]?[0-9]+([.,][0-9]+)?\s*%?\s*")

_WORD = re.compile(r"[\w.@+-]+")  # calls no function, splits nowhere


class TableError(ValueError):
    """A table that a teacher wrote has a mistake; its message is one line, and says which file and which line."""


class Handle(str):
    """An id, e-mail or login by which another system finds a learner: kept to the letter, if it is a single word."""


@dataclass(frozen=True)
class Row:
    """A row that was read.

    Attributes
    ----------
    where : str
        The file and the line, as a person would say it.
    cells : dict
        Name of each column → what stands there, without blanks around it.
    """

    where: str
    cells: Mapping[str, str]


def as_text(text: str) -> str:
    """Return a text that every spreadsheet takes for text, whatever a learner wrote.

    An apostrophe goes before all that could begin a formula: ``=``, ``+``, ``-``, ``@``, also full-width, after blanks,
    quotes or zero-width characters, at the start or behind what a spreadsheet may split at. Numbers stay numbers.

    Examples
    --------
    >>> as_text("=1+1"), as_text("Ada;＝HYPERLINK(1)"), as_text("-1.5"), as_text("Ada-Mae")
    ("'=1+1", "Ada;'＝HYPERLINK(1)", '-1.5', 'Ada-Mae')
    """
    text = "".join(map(_harmless, _SPLIT.split(text)))
    return f"'{text}" if text.startswith(("\t", "\r")) else text


def _harmless(piece):
    if _NUMBER.fullmatch(piece) or piece == "-":  # a dash alone is what systems write for nothing
        return piece
    first = next((letter for letter in piece if letter != '"' and category(letter)[0] not in "CZ"), "")
    return f"'{piece}" if normalize("NFKC", first) in ("=", "+", "-", "@", "\u2212") else piece


def csv_bytes(rows: Iterable[Sequence[object]], *, mark: bool = True) -> bytes:
    """Return rows as a CSV file: numbers as numbers, with a decimal point; texts as texts; nothing for None.

    Parameters
    ----------
    rows : iterable of rows
    mark : bool
        Begin with the mark that tells spreadsheets that it is UTF-8.

    Examples
    --------
    >>> csv_bytes([["name", "total"], ["=1+1", 0.1 + 0.2], ["Bo", None]], mark=False)
    b"name,total\\r\\n'=1+1,0.3\\r\\nBo,\\r\\n"
    """
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig" if mark else "utf-8", "replace")


def _cell(value):
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Handle) and _WORD.fullmatch(value):
        return value
    return as_text(value) if isinstance(value, str) else value


def read(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """Return the rows of a CSV file that a teacher wrote; empty rows, and those that begin with ``#``, are left out.

    Parameters
    ----------
    path : Path
        UTF-8; cells are separated by comma, semicolon or tab.
    columns, optional : sequence of str
        Names of the columns that must be there, and that may be there.

    Raises
    ------
    TableError
    """
    lines = _lines(path)
    _, head = next(lines, (1, []))
    names = [name.casefold() for name in head]
    _refuse_wrong_columns(path, names, columns, optional)
    return [_row(path, line, names, cells) for line, cells in lines if any(cells) and not cells[0].startswith("#")]


def _lines(path):
    """Yield (number of the line, cells)."""
    text = _text(path)
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise TableError(f"{path.name}, line {reader.line_num}: {error}") from None


def _text(path):
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise TableError(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise TableError(f"{path} is not UTF-8: save it again as 'CSV UTF-8'") from None
    if len(data) > _LARGEST or "\0" in text:
        raise TableError(f"{path} is not a CSV file, or is larger than {_LARGEST >> 20} MB")
    return text


def _refuse_wrong_columns(path, names, columns, optional):
    missing = [name for name in columns if name not in names]
    unknown = [name for name in names if name not in (*columns, *optional)]
    if missing or unknown or len(set(names)) < len(names):
        found = ", ".join(names) or "nothing"
        raise TableError(
            f"{path}: its first line must name the columns {', '.join((*columns, *optional))}; it has {found}"
        )


def _row(path, line, names, cells):
    where = f"{path.name}, line {line}"
    if any(cells[len(names) :]):
        raise TableError(f"{where}: more cells than columns; quote a cell that holds a comma")
    cells += [""] * (len(names) - len(cells))
    return Row(where, dict(zip(names, cells, strict=False)))


def as_number(row: Row, column: str) -> float | None:
    """Return the number in a cell, with a decimal point or comma; None where the cell is empty.

    Raises
    ------
    TableError
        If it is no number, or less than 0.

    Examples
    --------
    >>> as_number(Row("points.csv, line 2", {"points": "0,5"}), "points")
    0.5
    """
    text = row.cells.get(column, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]{1,9})?", text):
        raise TableError(f"{row.where}: {column} must be a number from 0; got {text[:40]!r}")
    return float(text.replace(",", "."))
