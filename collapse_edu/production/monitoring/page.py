"""The dashboard: one page with the evidence, the statistics against their limits, alerts with documents, and costs.

The page is written anew as the stream goes. It loads nothing and runs no script; while the monitor runs, the browser is
told to load it again every few seconds.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import asinh
from typing import Any, NamedTuple

from collapse_edu.pages import templates
from collapse_edu.production.monitoring.alerts import Alert, p_text
from collapse_edu.production.monitoring.monitor import Monitor, Reading
from collapse_edu.production.monitoring.statistics import STATISTICS

__all__ = ["Panel", "Watched", "chart", "page"]

_KEPT, _ALERTS = 600, 20  # windows of a chart, alerts
_WIDE, _HIGH = 600.0, 120.0  # of a chart, in units of its own
_ROOM = 1.08  # above the farthest value
_STRAIGHT = 5.0  # spreads, or powers of ten: far beyond, heights grow as their logarithm


class Panel(NamedTuple):
    """A chart: a line, its limits, and marks where there was an alert; all in units of the picture.

    Attributes
    ----------
    name, says : str
        Title, and what it shows, in words.
    line : str
        Points of the line, as SVG wants them.
    limits : list of float
        Heights.
    marks : list of float
        Places of alerts.
    low, high : str
        What the lower and the upper edge are.
    """

    name: str
    says: str
    line: str
    limits: list[float]
    marks: list[float]
    low: str
    high: str


@dataclass
class Watched:
    """What the page keeps of one monitor: the last 600 windows, the last 20 alerts, and its numbers.

    Attributes
    ----------
    monitor : Monitor
    group : str
        Empty if there are no groups.
    readings : collections.deque of Reading
    alerts : collections.deque of Alert
        Those that begin a run of them.
    """

    monitor: Monitor
    group: str = ""
    readings: deque[Reading] = field(default_factory=lambda: deque(maxlen=_KEPT))
    alerts: deque[Alert] = field(default_factory=lambda: deque(maxlen=_ALERTS))

    def panels(self) -> list[Panel]:
        """Return the charts: evidence first, then each statistic."""
        found = list(self.readings)
        return [*_evidence(found), *_statistics(found, self.monitor)] if found else []

    def tiles(self) -> list[tuple[str, str]]:
        """Return what a reader wants to know first, as value and name."""
        monitor, last = self.monitor, self.readings[-1] if self.readings else None
        verdict = last.verdict if last else None
        tiles = [(f"{monitor.n_windows:,}", "windows"), (f"{monitor.n_alerts:,}", "windows with an alert")]
        return tiles + ([(p_text(verdict.p), "chance of so much evidence, if nothing changed")] if verdict else [])


def chart(
    name: str,
    says: str,
    values: Sequence[float],
    limits: Iterable[float],
    alerts: Iterable[int],
    floor: float | None = None,
) -> Panel:
    """Return a chart of values with horizontal limits. Far from 0, heights grow as the logarithm.

    Parameters
    ----------
    name, says : str
    values : sequence of float
        Not empty.
    limits : iterable of float
        In units of the values.
    alerts : iterable of int
        Places of values that raised an alert.
    floor : float, optional
        The lower edge; without it, edges lie as far below 0 as above.

    Returns
    -------
    Panel
    """
    limits = list(limits)
    largest = max(1e-9, *map(abs, values), *map(abs, limits))
    top = _ROOM * asinh(largest / _STRAIGHT)
    bottom = -top if floor is None else asinh(floor / _STRAIGHT)

    def height(value):
        return round(_HIGH * (top - asinh(value / _STRAIGHT)) / (top - bottom), 1)

    def place(i):
        return round(_WIDE * (i + 0.5) / len(values), 1)

    edges = -largest if floor is None else floor, largest
    line = " ".join(f"{place(i)},{height(max(value, edges[0]))}" for i, value in enumerate(values))
    heights, marks = [height(value) for value in limits], [place(i) for i in alerts]
    return Panel(name, says, line, heights, marks, *(f"{edge:,.3g}" for edge in edges))


def _evidence(readings):
    verdicts = [verdict for reading in readings if (verdict := reading.verdict)]
    if not verdicts:
        return
    last = verdicts[-1]
    says = (
        f"Now {last.evidence:.1f}, alarm from {last.threshold:.1f}; most of it from {last.cause.replace('_', ' ')}. "
        "Power of ten: 2 means a hundred times likelier under a change than without one."
    )
    alarms = [i for i, verdict in enumerate(verdicts) if verdict.alarm]
    yield chart("Evidence of all windows together", says, [v.evidence for v in verdicts], [last.threshold], alarms, 0.0)


def _statistics(readings, monitor):
    limits = monitor.limits()
    for i, (name, meaning) in enumerate(STATISTICS.items()):
        off = [reading.deviations[i] for reading in readings]
        low, high = limits.loc[name, "low"], limits.loc[name, "high"]
        last = readings[-1]
        says = f"{meaning}. Last {last.values[i]:.4g}; limits {low:.4g} to {high:.4g}."
        alerts = [place for place, value in enumerate(off) if abs(value) > last.limit]
        yield chart(name.replace("_", " "), says, off, [-last.limit, last.limit], alerts)


def page(
    watched: Sequence[Watched], settings: Mapping[str, str], *, running: bool, written: str, said: Sequence[str] = (),
    costs: Any = None,
) -> str:  # fmt: skip
    """Return the page of a monitor.

    Parameters
    ----------
    watched : sequence of Watched
        One, or one for each group.
    settings : mapping
        Name → value, as text.
    running : bool
        Whether more may come: then the browser loads it again.
    written : str
        When.
    said : sequence of str
        Lines on the reference, the rate and the power.
    costs : object, optional
        What :mod:`collapse_edu.production.monitoring.costs` says of them.

    Returns
    -------
    str
        HTML.
    """
    return (
        templates(__package__)
        .get_template("monitor.html")
        .render(watched=watched, settings=settings, running=running, written=written, said=said, costs=costs)
    )
