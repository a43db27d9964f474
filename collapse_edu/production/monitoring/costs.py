"""Costs of a product, day by day: do they still look like those of a quiet period, and like the plan?

A table of costs has a line for each day and feature of the product:

* ``date``: 2026-03-04
* ``feature``: its name, such as ``search``
* ``users``: who used it on that day
* ``requests``: what they asked
* ``cost``: what that cost, in the currency of the plan

Lines of one day and feature are added up. Other columns are ignored. Of each day three costs are watched, for each
feature and for all together: cost per user, cost per request, cost. They are the rows that
:class:`~collapse_edu.production.monitoring.evidence.Evidence` compares with those of the quiet period.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from collapse_edu.checks import choice, number, shown
from collapse_edu.production.economics import Plan, unit_costs
from collapse_edu.production.monitoring.evidence import Evidence, Verdict

__all__ = ["COLUMNS", "CostReading", "Costs", "read_costs"]

COLUMNS = ("date", "feature", "users", "requests", "cost")
_UNITS = ("cost per user", "cost per request", "cost")
_ALL = "all features"
_LEAST = 1e-9  # of a cost, so that it has a logarithm
_DAYS_A_MONTH = 365.25 / 12
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_ROUNDING = 1e-9
_MOST = 1e15
_PACKED = b"\x1f\x8b"  # with gzip


@dataclass(frozen=True)
class CostReading:
    """What was seen on one day.

    Attributes
    ----------
    day : str
        As in 2026-03-04.
    values : dict of str to float
        What is watched, such as "cost per request of search" → what it was.
    verdict : Verdict
        What all days so far say together.
    p : float
        Of this day alone: the share of quiet days that are as far out, this one counted among them.
    sudden : bool
        Whether this day alone is outside of what quiet days show.
    cause : str
        What is watched that changed most.
    sentence : str
        The reason of the alert in plain words; "" without one.
    """

    day: str
    values: dict[str, float]
    verdict: Verdict
    p: float
    sudden: bool
    cause: str
    sentence: str

    @property
    def alert(self) -> bool:
        """Whether one of the two alarms is on: a day far out, or days that add up."""
        return self.sudden or self.verdict.alarm

    def __str__(self) -> str:
        return f"{self.day}: {self.sentence or 'quiet'}"


class Costs:
    """Watch what a product costs for each user, request and feature.

    Parameters
    ----------
    past : pandas.DataFrame
        A quiet period, as :func:`read_costs` returns it: at least 20 days.
    plan : Plan or mapping of str to float, optional
        What is expected: of a plan, the cost per request and per user and day of all features; or what is watched →
        its cost, such as {"cost per request of search": 0.009}.
    false_alarms : float
        The rate of each of the two alarms, from 10⁻⁹ to 0.5.
    per : {"window", "thousand", "ever"}
        What it is a rate of, for days that add up: of a day, a thousand days, or all days to come. The alarm of one
        day alone is always for each day.
    seed : int

    Attributes
    ----------
    evidence : Evidence
    names : tuple of str
        What is watched.
    expected : dict of str to float
        By the plan, or else the median of the quiet period.
    rate : float
        The exact chance that one quiet day is called sudden: at most the one asked for. 0, if the quiet period has too
        few days for it: 99 are enough for 0.01.
    off_plan : tuple of str
        Sentences: what was off the plan in the quiet period already, by sign tests at the rate, for all together.
    n_days, n_alerts : int
        So far.

    Raises
    ------
    TypeError, ValueError
        If a table is none, or the quiet period too short.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> days = pd.date_range("2026-01-01", periods=80).strftime("%Y-%m-%d")
    >>> table = pd.DataFrame({"date": days, "feature": "search", "users": 100, "requests": 1000})
    >>> table["cost"] = 9 * rng.lognormal(0, 0.1, 80) * np.where(np.arange(80) < 70, 1, 1.4)
    >>> costs = Costs(table[:60], plan={"cost per request of search": 0.009})
    >>> alerts = [reading for reading in costs.watch(table[60:]) if reading.verdict.alarm]
    >>> print(alerts[0].sentence)
    cost per request of search has been above the plan since 2026-03-10: 0.0111 against 0.009
    """

    def __init__(
        self,
        past: pd.DataFrame,
        *,
        plan: Plan | Mapping[str, float] | None = None,
        false_alarms: float = 0.01,
        per: str = "window",
        seed: int = 0,
    ) -> None:
        past = _checked(past)
        self.features = tuple(sorted(past["feature"].unique()))
        self.names = tuple(f"{unit} of {feature}" for feature in (*self.features, _ALL) for unit in _UNITS)
        days, values = self._rows(past)
        self._past = np.log(values + _LEAST)
        self.evidence = Evidence(self._past, names=self.names, false_alarms=false_alarms, per=per, window=1, seed=seed)
        self.rate = floor(false_alarms * (len(days) + 1) + _ROUNDING) / (len(days) + 1)
        self._planned = _expected(plan, self.names)
        self.expected = dict(zip(self.names, np.median(values, axis=0).tolist(), strict=True)) | self._planned
        self.off_plan = self._off_plan(values, false_alarms)
        self.n_days = self.n_alerts = 0
        self._recent: dict[str, list[float]] = {}  # day → values, since the quiet period

    def _off_plan(self, values, false_alarms):
        """Return sentences on the quiet period: sign tests against the plan, at the rate asked for all together."""
        told = []
        for name, planned in self._planned.items():
            column = values[:, self.names.index(name)]
            above, n = int((column > planned).sum()), len(column)
            if binomtest(above, n).pvalue * len(self._planned) <= false_alarms:
                side = "above" if 2 * above > n else "below"
                told.append(f"{name} was {side} the plan before: {np.median(column):.3g} against {planned:.3g}")
        return tuple(told)

    def watch(self, table: pd.DataFrame) -> Iterator[CostReading]:
        """Read days, and yield a reading for each.

        Parameters
        ----------
        table : pandas.DataFrame
            As :func:`read_costs` returns it. Days not later than the last one that was read are left out.

        Yields
        ------
        CostReading
        """
        days, values = self._rows(_checked(table))
        last = next(reversed(self._recent), "")
        for day, row in zip(days, values, strict=True):
            if day > last:
                yield self._note(day, row)

    def state(self) -> dict[str, Any]:
        """Return what was learned from the stream, as JSON can hold it."""
        return {"recent": self._recent, "alerts": self.n_alerts, "evidence": self.evidence.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where another one with the same quiet period stopped."""
        self.evidence.restore(state["evidence"])
        self._recent, self.n_alerts = dict(state["recent"]), int(state["alerts"])
        self.n_days = self.evidence.n_rows

    def _note(self, day, row):
        logs = np.log(row + _LEAST)
        self._recent[day] = row.tolist()
        self.n_days += 1
        verdict = self.evidence.update(logs[None])
        p, farthest = self._alone(logs)
        sudden = p <= self.rate + _ROUNDING
        cause = verdict.cause if verdict.alarm or not sudden else self.names[farthest]
        sentence = self._gathered(verdict) if verdict.alarm else self._sudden(day, row, farthest) if sudden else ""
        self.n_alerts += bool(sentence)
        return CostReading(day, dict(zip(self.names, row.tolist(), strict=True)), verdict, p, sudden, cause, sentence)

    def _alone(self, logs):
        """Return the share of days, this one among them, that are as far out, and in what this one is farthest.

        Centre and spread come from all these days alike, so the rank of this one is uniform: a full conformal p-value.
        """
        rows = np.vstack([self._past, logs])
        off = np.abs(rows - np.median(rows, axis=0))
        off /= np.maximum(np.median(off, axis=0), 1e-6)
        scores = off.max(axis=1)
        return float(np.mean(scores >= scores[-1])), int(off[-1].argmax())

    def _gathered(self, verdict):
        """Return why days that add up raise the alarm."""
        place = self.names.index(verdict.cause)
        days = list(self._recent)
        since = min(verdict.since, len(days) - 1)
        if verdict.direction == "spread":
            return f"{verdict.cause} has another spread than in the quiet period since {days[since]}"
        now = float(np.median([self._recent[day][place] for day in days[since:]]))
        against = self.expected[verdict.cause]
        side = self._side(verdict.cause, now, verdict.direction)
        return f"{verdict.cause} has been {side} since {days[since]}: {now:.3g} against {against:.3g}"

    def _sudden(self, day, row, place):
        name, now = self.names[place], float(row[place])
        side = self._side(name, now, "high" if now > np.exp(np.median(self._past[:, place])) else "low")
        return f"{name} is {side} on {day}: {now:.3g} against {self.expected[name]:.3g}"

    def _side(self, name, now, direction):
        """Return on which side of what is expected a cost is; where the plan is still kept, how it changed."""
        against = "the plan" if name in self._planned else "the quiet period"
        side = "above" if now > self.expected[name] else "below"
        if side == {"high": "above", "low": "below"}[direction]:
            return f"{side} {against}"
        return f"{'higher' if direction == 'high' else 'lower'} than in the quiet period, still {side} {against},"

    def _rows(self, table):
        """Return the days in order and what is watched on each, shape (days, K); without users, costs are of one."""
        every = table.groupby("date")[["users", "requests", "cost"]].sum()
        parts = []
        for feature in (*self.features, _ALL):
            lines = table if feature == _ALL else table[table["feature"] == feature]
            sums = lines.groupby("date")[["users", "requests", "cost"]].sum().reindex(every.index, fill_value=0.0)
            cost = sums["cost"].to_numpy(float)
            parts += [cost / np.maximum(sums[unit].to_numpy(float), 1) for unit in ("users", "requests")] + [cost]
        return list(every.index), np.array(parts).T


def read_costs(path: str | Path) -> pd.DataFrame:
    """Read a table of costs from a CSV file, packed with gzip or not.

    Parameters
    ----------
    path : str or Path
        With the columns of :data:`COLUMNS`, separated by commas, semicolons or tabs. Numbers may have a decimal comma.

    Returns
    -------
    pandas.DataFrame
        Columns: date, feature, users, requests, cost; ordered by date.

    Raises
    ------
    OSError
    ValueError
        One line that says which line and what is allowed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "costs.csv")
    ...     _ = path.write_text('date,feature,users,requests,cost\\n2026-03-04,search,10,50,"1,50"\\n')
    ...     print(read_costs(path).to_string(index=False))
          date feature  users  requests  cost
    2026-03-04  search   10.0      50.0   1.5
    """
    try:
        raw = Path(path).read_bytes()
        text = (gzip.decompress(raw) if raw.startswith(_PACKED) else raw).decode("utf-8-sig")
    except (gzip.BadGzipFile, EOFError, zlib.error, UnicodeError):
        raise ValueError(f"{path} must be a CSV file in UTF-8, packed with gzip or not; it is damaged") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
        raise ValueError(f"{path} must have the columns {', '.join(COLUMNS)}; {', '.join(missing)} is missing")
    try:
        table = [_line(line) for line in lines]
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{path}, line {lines.line_num}: {error}") from None
    return _checked(pd.DataFrame(table, columns=list(COLUMNS))).sort_values("date", kind="stable", ignore_index=True)


def _line(line):
    """Return the five values of a line."""
    texts = [(line[name] or "").strip() for name in COLUMNS]
    if not texts[1]:
        raise ValueError("feature must be a name; got nothing")
    return [_day(texts[0]), texts[1], *(_amount(*each) for each in zip(COLUMNS[2:], texts[2:], strict=True))]


def _day(text):
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise ValueError(f"date must be a day such as 2026-03-04; got {text!r}") from None


def _amount(name, text):
    """Return a number that may have a decimal comma; what may be thousands as well is refused."""
    if not _NUMBER.fullmatch(text) or _THOUSANDS.fullmatch(text):
        raise ValueError(f"{name} must be a number of at least 0, such as 1500.25 or 1500,25; got {text!r}")
    return float(text.replace(",", "."))


def _checked(table):
    """Return a table of costs, or say what it must be."""
    if not isinstance(table, pd.DataFrame) or not set(COLUMNS) <= set(table.columns):
        raise TypeError(f"costs must be a table with the columns {', '.join(COLUMNS)}; got {shown(table)}")
    numbers = table[["users", "requests", "cost"]].to_numpy(float)
    if not (np.isfinite(numbers) & (numbers >= 0)).all():
        raise ValueError("users, requests and cost must be numbers of at least 0; at least one is not")
    return table


def _expected(plan, names):
    """Return what a plan says of what is watched."""
    if plan is None:
        return {}
    if isinstance(plan, Plan):
        costs = unit_costs(plan)
        plan = {
            f"cost per user of {_ALL}": costs["cost per user"] / _DAYS_A_MONTH,
            f"cost per request of {_ALL}": costs["cost per request"],
            f"cost of {_ALL}": costs["cost"] / _DAYS_A_MONTH,
        }
    for name in plan:
        choice("plan", name, *names)
    return {name: number(name, value, 0, _MOST, open_low=True) for name, value in plan.items()}
