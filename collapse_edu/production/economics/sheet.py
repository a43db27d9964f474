"""A plan as a sheet: one row for each assumption, in a CSV file or a spreadsheet (XLSX), written and read back."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from collapse_edu.files import write_atomically
from collapse_edu.production.economics.assumptions import ASSUMPTIONS, GROUPS, assumption_of
from collapse_edu.production.economics.plan import OPTIMISATIONS, Plan, checked_plan
from collapse_edu.production.economics.readings import written

__all__ = ["FORMATS", "Sheet", "is_on", "plan_rows", "read_plan", "read_sheet", "write_plan", "write_tables"]

FORMATS = (".csv", ".tsv", ".xlsx")
_COLUMNS = ("group", "assumption", "what it is", "value", "unit", "low", "high", "source")
_ON = {"1": True, "yes": True, "on": True, "true": True, "0": False, "no": False, "off": False, "false": False}
_LARGEST, _WIDEST = 20_000, 100  # rows and columns that are looked at; a plan has fifty rows


@dataclass(frozen=True)
class Sheet:
    """What a sheet says.

    Attributes
    ----------
    plan : Plan
    missing : tuple of str
        Assumptions without a row or a value: they have their defaults.
    """

    plan: Plan
    missing: tuple[str, ...]


def plan_rows(plan: Plan) -> pd.DataFrame:
    """Return a plan as the rows of a sheet: currency, optimisations, all assumptions.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    pandas.DataFrame
        Columns: group, assumption, what it is, value, unit, low, high, source.

    Examples
    --------
    >>> plan_rows(Plan("USD", ["caching"]))[["assumption", "value", "source"]].head(3)
      assumption value source
    0   currency   USD  yours
    1    caching     1  yours
    2   batching     0  yours
    """
    first = [("general", "currency", "currency of all amounts", checked_plan(plan).currency, "code", "", "", "yours")]
    switches = [
        ("general", name, "optimisation: 1 on, 0 off", int(name in plan.optimisations), "0 or 1", 0, 1, "yours")
        for name in OPTIMISATIONS
    ]
    top = pd.DataFrame([*first, *switches], columns=list(_COLUMNS), dtype=object)
    rows = plan.assumptions()
    rows.insert(0, "group", [_group(name) for name in rows["assumption"]])
    return pd.concat([top, rows], ignore_index=True)


def _group(name):
    """Return what an assumption belongs to: one of ``GROUPS``, or a model or feature."""
    return next((group for group, names in GROUPS.items() if name in names), name.rpartition(".")[0])


def write_plan(plan: Plan, path: str | Path) -> Path:
    """Write a plan as a sheet that :func:`read_plan` reads back.

    Parameters
    ----------
    plan : Plan
    path : str or Path
        ``.csv``, ``.tsv`` or ``.xlsx``; the last needs openpyxl (the extra ``tables``).

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If the ending is another.
    ModuleNotFoundError
        If openpyxl is missing.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_plan(Plan("USD", users=500), f"{folder}/plan.csv")
    ...     read_plan(path)
    Plan('USD', [], users=500)
    """
    return write_tables({"plan": plan_rows(plan)}, path)


def write_tables(tables: dict[str, pd.DataFrame], path: str | Path) -> Path:
    """Write tables into one file: sheets of a spreadsheet, or below each other with their names.

    Parameters
    ----------
    tables : dict
        Name → pandas.DataFrame, written without its index.
    path : str or Path
        As in :func:`write_plan`.

    Returns
    -------
    Path

    Raises
    ------
    ValueError, ModuleNotFoundError, OSError
        As :func:`write_plan`.
    """
    path = Path(path)
    content = _workbook(tables) if _format(path) == ".xlsx" else _text(tables, "\t" if _format(path) == ".tsv" else ",")
    write_atomically(path, content)
    return path


def read_plan(path: str | Path) -> Plan:
    """Return the plan of a sheet; see :func:`read_sheet`."""
    return read_sheet(path).plan


def read_sheet(path: str | Path) -> Sheet:
    """Return the plan of a sheet, and what it left to the defaults.

    Rows may come in any order, and columns, too: only "assumption" and "value" are needed. Of a formula, the value
    counts that the spreadsheet program stored. Where an amount is the default and its source says "assumed", it stays
    assumed.

    Parameters
    ----------
    path : str or Path
        ``.csv`` (with commas, semicolons or tabs), ``.tsv`` or ``.xlsx``.

    Returns
    -------
    Sheet

    Raises
    ------
    ValueError
        One line: a row that is no assumption, comes twice, or has a value that is not allowed.
    ModuleNotFoundError
        If openpyxl is missing.
    OSError
        If the file cannot be read.
    """
    path = Path(path)
    rows = _cells_of_workbook(path) if _format(path) == ".xlsx" else _cells_of_text(path)
    found = _by_name(path, rows)
    currency = str(found.pop("currency", (0, "EUR", ""))[1] or "EUR").strip()
    switches = {name: found.pop(name, (0, 0, "")) for name in OPTIMISATIONS}
    chosen = [name for name, (row, value, _) in switches.items() if is_on(f"{path}, row {row}: {name}", value)]
    own = {name: cell for name, cell in found.items() if cell[1] not in (None, "")}
    values = {name: value for name, (_, value, _) in own.items()}
    try:
        plan = Plan(currency, chosen, **values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from None
    plan = _with_sources(plan, {name: source for name, (_, _, source) in own.items()})
    return Sheet(plan, tuple(name for name in ASSUMPTIONS if name not in own))


def _with_sources(plan, sources):
    """Return the plan with what the sheet says of its sources; what is still the default stays assumed."""
    own = {
        name: source if source and not source.startswith("assumed") else "yours"
        for name, source in sources.items()
        if not (source.startswith("assumed") and plan[name] == plan.declared[name].default)
    }
    start = Plan(plan.currency, plan.optimisations)
    return start.but_from(own, {name: plan[name] for name in own}) if own else start


def _by_name(path: Path, rows: Iterable[Sequence[Any]]) -> dict[str, tuple[int, Any, str]]:
    """Return name → (number of the row, value, source); refuse rows that are unknown or come twice."""
    places: dict[str, int] = {}
    wide = 0
    found: dict[str, tuple[int, Any, str]] = {}
    strange = []
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() if isinstance(cell, str) else cell for cell in row]
        if not places:
            heads = [str(cell).lower() for cell in cells]
            if "assumption" in heads and "value" in heads:
                places = {name: heads.index(name) for name in _COLUMNS if name in heads}
                wide = len(cells)
            continue
        if any(cell not in (None, "") for cell in cells[wide:]):
            raise ValueError(
                f"{path}, row {number} has {len(cells)} cells, and the heads are {wide}: put a number with a comma "
                'into quotes, such as "1,50"'
            )
        name, value, source = (_cell(cells, places.get(column)) for column in ("assumption", "value", "source"))
        if name in (None, ""):
            continue
        if name in found:
            raise ValueError(f"{path}, row {number}: {name!r} comes twice, in row {found[name][0]}, too")
        if not _is_known(name):
            strange.append(f"{name!r}{_meant(name)}")
        found[str(name)] = (number, value, str(source or ""))
    if not places:
        raise ValueError(
            f"{path} must have columns 'assumption' and 'value': collapse-edu plan --new makes such a file"
        )
    if strange:
        raise ValueError(f"{path} has rows that are no assumption: {', '.join(strange)}")
    return found


def _cell(cells, place):
    return cells[place] if place is not None and place < len(cells) else None


def _is_known(name):
    return isinstance(name, str) and (name == "currency" or name in OPTIMISATIONS or assumption_of(name) is not None)


def _meant(name):
    near = get_close_matches(str(name), ["currency", *OPTIMISATIONS, *ASSUMPTIONS], n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def is_on(name: str, value: object) -> bool:
    """Return whether a switch is on.

    Parameters
    ----------
    name : str
        What the complaint begins with.
    value : object
        1, yes, on, true; 0, no, off, false, or nothing.

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> is_on("caching", "Yes"), is_on("caching", 0.0), is_on("caching", None)
    (True, False, False)
    """
    text = str(0 if value is None else value).strip().lower().removesuffix(".0") or "0"
    if text not in _ON:
        raise ValueError(f"{name} must be 1 (on) or 0 (off); got {value!r}")
    return _ON[text]


def _format(path):
    if path.suffix.lower() not in FORMATS:
        raise ValueError(f"{path} must end in {', '.join(FORMATS)}")
    return path.suffix.lower()


def _cells_of_text(path):
    """Return the cells of a CSV file; commas, semicolons or tabs between them."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:  # what older spreadsheet programs write
        text = content.decode("cp1252", errors="replace")
    head = next((line for line in text.splitlines() if "assumption" in line.lower()), "")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count)))[:_LARGEST]


def _cells_of_workbook(path):
    """Return the cells of the first sheet that has the columns of a plan, formulas as their stored values."""
    openpyxl = _openpyxl()
    try:
        stored = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
    except OSError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise ValueError(f"{path} is no spreadsheet that can be read: {error}") from None
    for sheet in stored.worksheets:
        last, wide = min(sheet.max_row, _LARGEST), min(sheet.max_column, _WIDEST)
        rows = list(sheet.iter_rows(max_row=last, max_col=wide, values_only=True))
        if any({"assumption", "value"} <= {str(cell).strip().lower() for cell in row} for row in rows):
            _refuse_unknown_formulas(path, formulas[sheet.title], rows)
            return rows
    return []


def _refuse_unknown_formulas(path, sheet, rows):
    """Refuse a formula whose value no spreadsheet program has stored."""
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            if value is None and sheet.cell(number, place).data_type == "f":
                cell = sheet.cell(number, place).coordinate
                raise ValueError(f"{path}: the formula in {cell} has no stored value: open the file and save it once")


def _text(tables, mark):
    """Return tables as CSV: numbers written so that they have one reading; names above them, if there are several."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=mark, lineterminator="\n")
    for place, (name, table) in enumerate(tables.items()):
        if len(tables) > 1:
            writer.writerows([[]] * bool(place) + [[name]])
        writer.writerow(table.columns)
        writer.writerows([[_as_text(cell) for cell in row] for row in table.itertuples(index=False)])
    return stream.getvalue().encode("utf-8-sig")  # the mark tells spreadsheet programs that it is UTF-8


def _as_text(cell):
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return "" if is_number and pd.isna(cell) else written(cell) if is_number else str(cell)


def _workbook(tables):
    """Return tables as a spreadsheet, one sheet each; texts are texts and never formulas."""
    openpyxl = _openpyxl()
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        rows = [list(table.columns), *table.itertuples(index=False)]
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                _write_cell(sheet.cell(number, place), value)
        for place, column in enumerate(zip(*rows, strict=True), 1):
            width = max(len(str(value)) for value in column)
            sheet.column_dimensions[sheet.cell(1, place).column_letter].width = min(60, width + 2)
            sheet.cell(1, place).font = Font(bold=True)
        sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_cell(cell, value):
    if isinstance(value, str):
        cell.value, cell.data_type = value, "s"
    elif not pd.isna(value):
        cell.value = value.item() if hasattr(value, "item") else value


def _openpyxl():
    try:
        import openpyxl
    except ModuleNotFoundError:
        line = "for .xlsx, install openpyxl (the extra 'tables'); .csv needs nothing more"
        raise ModuleNotFoundError(line, name="openpyxl") from None
    return openpyxl
