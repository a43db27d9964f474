"""Price lists of models: each price with its currency, its date and its source.

Prices change every few months. Those that come with the package are reported by third parties on the date that each
names: check them, or give a list of your own with the same columns (CSV, or JSON: a list of objects).
"""

import csv
import json
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path

from collapse_edu.checks import number
from collapse_edu.production.economics.assumptions import ASSUMPTIONS
from collapse_edu.production.economics.currencies import currency_label
from collapse_edu.production.economics.plan import Plan, checked_plan

__all__ = ["Preset", "currency_of_source", "price_presets", "with_prices"]

_AMOUNTS = ("price_in", "price_out", "price_cached")
_FROM = "price list in "  # what the source of such a price begins with


@dataclass(frozen=True)
class Preset:
    """The prices of one model, from one list, on one date.

    Attributes
    ----------
    name, provider : str
    price_in, price_out, price_cached : float
        Of a million tokens: sent, answered, sent and found in the provider's prompt cache.
    currency : str
    date : str
        When the source had these prices.
    source : str
    note : str
    """

    name: str
    provider: str
    price_in: float
    price_out: float
    price_cached: float
    currency: str
    date: str
    source: str
    note: str = ""


def price_presets(path: str | Path | None = None) -> dict[str, Preset]:
    """Return the presets of a price list, by name.

    Parameters
    ----------
    path : str or Path, optional
        A list of your own, ``.csv`` or ``.json``, with the columns name, price_in, price_out, currency, date, source,
        and perhaps provider, price_cached (price_in, if it is empty), note. Without it, that of the package.

    Returns
    -------
    dict
        Name → :class:`Preset`.

    Raises
    ------
    ValueError
        One line that says which row of the list cannot be read, and why.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> preset = price_presets()["gpt-6.1-sol"]
    >>> preset.price_in, preset.price_out, preset.price_cached, preset.currency, preset.date
    (2.0, 10.0, 0.1, 'USD', '2026-10-01')
    """
    return _own(Path(path)) if path is not None else dict(_shipped())


@cache
def _shipped():
    text = files(__package__).joinpath("prices.csv").read_text(encoding="utf-8")
    return _presets("prices.csv", list(csv.DictReader(text.splitlines())))


def _own(path):
    text = path.read_text(encoding="utf-8-sig")
    try:
        rows = json.loads(text) if path.suffix.lower() == ".json" else _rows(text)
    except ValueError as error:
        raise ValueError(f"{path} must be a list of prices; {error}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{path} must be a list of objects, one for each model")
    return _presets(path, rows)


def _rows(text):
    first = text.partition("\n")[0]
    return list(csv.DictReader(text.splitlines(), delimiter=max(",;\t", key=first.count)))


def _presets(path, rows):
    """Return the presets of the rows, or say which row has a fault."""
    found = {}
    for place, row in enumerate(rows, 1):
        try:
            preset = _preset(row)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}, price {place}: {error}") from None
        found[preset.name] = preset
    if not found:
        raise ValueError(f"{path} must have at least one price; got none")
    return found


def _preset(row):
    values = {field.name: row.get(field.name) for field in fields(Preset)}
    for needed in ("name", "price_in", "price_out", "currency", "date", "source"):
        if values[needed] in (None, ""):
            raise ValueError(f"{needed} must be given; got nothing")
    if values["price_cached"] in (None, ""):
        values["price_cached"] = values["price_in"]
    values["currency"] = currency_label(values["currency"])
    for name in _AMOUNTS:
        values[name] = ASSUMPTIONS[name].within(values["currency"]).checked(values[name])
    return Preset(**{name: value if name in _AMOUNTS else str(value or "") for name, value in values.items()})


def with_prices(plan: Plan, preset: Preset, *, rate: float | None = None) -> Plan:
    """Return the plan with the prices of tokens from a price list, and their source.

    Parameters
    ----------
    plan : Plan
    preset : Preset
    rate : float, optional
        Units of the list's currency for one of the plan's. Needed, if the two differ.

    Returns
    -------
    Plan

    Raises
    ------
    TypeError, ValueError
        If the currencies differ and there is no rate, or it is no number above 0.

    Examples
    --------
    >>> preset = price_presets()["gpt-6.1-sol"]
    >>> with_prices(Plan("USD"), preset)["price_cached"], with_prices(Plan("EUR"), preset, rate=1.25)["price_in"]
    (0.1, 1.6)
    >>> with_prices(Plan("EUR"), preset)
    Traceback (most recent call last):
    ...
    ValueError: prices of gpt-6.1-sol are in USD and the plan is in EUR: give a rate, USD for 1 EUR, or a plan in USD
    """
    checked_plan(plan)
    one, said = 1.0, preset.currency
    if preset.currency != plan.currency:
        if rate is None:
            raise ValueError(
                f"prices of {preset.name} are in {preset.currency} and the plan is in {plan.currency}: give a rate, "
                f"{preset.currency} for 1 {plan.currency}, or a plan in {preset.currency}"
            )
        one = number("rate", rate, 0, 1e9, open_low=True)
        said = f"{plan.currency}, from {preset.currency} at {one:g}"
    source = f"{_FROM}{said}: {preset.name}, {preset.date}, {preset.source}"
    changes = {name: getattr(preset, name) / one for name in _AMOUNTS}
    return plan.but_from(source, changes)


def currency_of_source(source: str) -> str | None:
    """Return the currency of the price list that a value is from; None if it is from none.

    Examples
    --------
    >>> plan = with_prices(Plan("USD"), price_presets()["gpt-6-luna"])
    >>> currency_of_source(plan.sources["price_in"]), currency_of_source("yours")
    ('USD', None)
    """
    return source.removeprefix(_FROM)[:3] if source.startswith(_FROM) else None
