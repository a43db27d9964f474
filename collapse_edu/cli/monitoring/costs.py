"""Costs beside the documents: the same table is looked at again whenever it has grown."""

import argparse
import hashlib
import json
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collapse_edu.cli import UsageError
from collapse_edu.cli.monitoring.watching import Seen
from collapse_edu.files import write_atomically

if TYPE_CHECKING:
    from collapse_edu.production.monitoring.costs import CostReading
    from collapse_edu.production.monitoring.page import Panel

__all__ = ["CostsWatched", "costs_of"]

_KEPT, _ALERTS = 400, 20  # days


def costs_of(args: argparse.Namespace) -> "CostsWatched | None":
    """Return the costs that are watched; None if the command line names none."""
    if args.costs is None:
        if args.costs_quiet or args.plan:
            raise UsageError("--costs-quiet and --plan go with --costs FILE")
        return None
    if args.costs_quiet is None:
        raise UsageError("--costs needs --costs-quiet FILE: costs of days in which nothing was wrong, at least 20")
    return CostsWatched(args)


class CostsWatched:
    """Costs day by day, against a quiet period and the plan.

    Parameters
    ----------
    args : argparse.Namespace

    Attributes
    ----------
    said : list of str
        Lines at the top of the page.
    alerts : collections.deque of CostReading
        The last twenty.
    last : CostReading or None
    """

    def __init__(self, args: argparse.Namespace) -> None:
        from collapse_edu.production.monitoring.costs import Costs

        self._path, self._as_json = args.costs, args.json
        self._looked: tuple[int, int] | None = None
        try:
            quiet = args.costs_quiet.read_bytes()
            self._costs = Costs(
                _table(args.costs_quiet), plan=_plan(args.plan), false_alarms=args.false_alarms, per=args.per,
                seed=args.seed,
            )  # fmt: skip
        except OSError as error:
            raise UsageError(f"cannot read {error.filename}: {error.strerror or error}") from None
        except ValueError as error:
            raise UsageError(error) from None
        self._state = Path(f"{args.state}.costs") if args.state else None
        self._mark = hashlib.sha256(quiet + repr((args.false_alarms, args.per, args.seed)).encode()).hexdigest()
        self._readings: deque[CostReading] = deque(maxlen=_KEPT)
        self.alerts: deque[CostReading] = deque(maxlen=_ALERTS)
        self.last: CostReading | None = None
        against = f" and the plan {args.plan}" if args.plan else ""
        self.said = [f"costs: {args.costs} against {args.costs_quiet}{against}", *self._costs.off_plan]
        self.said.append(str(self._costs.evidence.neighbours))
        self._restore()

    @property
    def days(self) -> int:
        """Days that were read."""
        return self._costs.n_days

    @property
    def n_alerts(self) -> int:
        """Those with an alert."""
        return self._costs.n_alerts

    @property
    def p(self) -> float:
        """Chance of so much evidence if nothing changed."""
        return self.last.verdict.p if self.last else 1.0

    def as_json(self) -> dict[str, Any]:
        """Return the whole as what JSON can say."""
        return {"days": self.days, "alerts": self.n_alerts, "p": self.p}

    def see(self, seen: Seen) -> None:
        """Do nothing: that is about documents."""

    def write(self, running: bool) -> None:
        """Look at the table again, if it has changed; tell each new day."""
        try:
            stamp = (self._path.stat().st_mtime_ns, self._path.stat().st_size)
            if stamp == self._looked:
                return
            self._looked = stamp
            for reading in self._costs.watch(_table(self._path)):
                self._tell(reading)
            if self._state:
                content = {"costs": self._mark, "state": self._costs.state()}
                write_atomically(self._state, json.dumps(content).encode())
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UsageError(f"--costs: {error.filename or self._path}: {error.strerror or error}") from None
        except ValueError as error:
            raise UsageError(error) from None

    def _tell(self, reading):
        self.last = reading
        self._readings.append(reading)
        if reading.alert:
            self.alerts.append(reading)
        line = json.dumps({"costs": _as_json(reading)}) if self._as_json else f"ALERT of costs: {reading.sentence}"
        if self._as_json or reading.alert:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def _restore(self):
        if self._state is None or not self._state.exists():
            return
        try:
            content = json.loads(self._state.read_bytes())
            if content["costs"] != self._mark:
                raise UsageError(f"{self._state} is of other costs of quiet days, or other settings: remove it")
            self._costs.restore(content["state"])
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"{self._state} must be what --costs with --state wrote; it is damaged") from None

    def panels(self) -> "list[Panel]":
        """Return the charts: evidence, and each cost as a difference from what is expected."""
        from collapse_edu.production.monitoring.page import chart

        found = list(self._readings)
        if not found:
            return []
        last = found[-1].verdict
        alarms = [i for i, reading in enumerate(found) if reading.alert]
        says = f"Now {last.evidence:.1f}, alarm from {last.threshold:.1f}; the most comes from {last.cause}."
        panels = [
            chart(
                "Evidence of all days together",
                says,
                [r.verdict.evidence for r in found],
                [last.threshold],
                alarms,
                0.0,
            )
        ]
        for name, expected in self._costs.expected.items():
            off = [100 * (reading.values[name] / expected - 1) if expected else 0.0 for reading in found]
            says = f"Last {found[-1].values[name]:.4g}, expected {expected:.4g}. Difference in percent."
            panels.append(chart(name, says, off, [0.0], [i for i in alarms if found[i].cause == name]))
        return panels


def _as_json(reading) -> dict[str, Any]:
    verdict = reading.verdict
    return {
        "day": reading.day,
        "values": reading.values,
        "p_of_the_day": reading.p,
        "sudden": reading.sudden,
        "evidence": verdict.evidence,
        "threshold": verdict.threshold,
        "p": verdict.p,
        "alert": reading.sentence or None,
    }


def _table(path):
    from collapse_edu.production.monitoring.costs import read_costs

    return read_costs(path)


def _plan(path):
    from collapse_edu.production.economics import read_plan

    return read_plan(path) if path else None
