"""What the monitor says at the end: how much was read, what was seen, and the exit status."""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collapse_edu.cli.monitoring.costs import CostsWatched
from collapse_edu.cli.monitoring.reading import held
from collapse_edu.cli.monitoring.telling import table
from collapse_edu.cli.monitoring.watching import Group

if TYPE_CHECKING:
    from collapse_edu.production import Documents, State

__all__ = ["Summary"]


@dataclass(frozen=True)
class Summary:
    """The whole run.

    Attributes
    ----------
    groups : dict of Group
    documents : Documents
    others : collections.Counter
        Groups that nobody watches → their documents.
    fail_at : float
        The exit status is 3 if p is at most that.
    costs : CostsWatched or None
    """

    groups: Mapping[str, Group]
    documents: "Documents"
    others: Counter[str]
    fail_at: float
    costs: CostsWatched | None = None

    @classmethod
    def of(
        cls, groups: Mapping[str, Group], documents: "Documents", others: Counter[str], args: argparse.Namespace,
        costs: CostsWatched | None = None,
    ) -> "Summary":  # fmt: skip
        """Return the summary of a run with its settings."""
        return cls(groups, documents, others, args.fail_at or args.false_alarms, costs)

    @property
    def windows(self) -> int:
        """Windows that this run read."""
        return sum(group.windows for group in self.groups.values())

    @property
    def alerts(self) -> int:
        """Those of them that lie outside of their limits."""
        return sum(group.sudden for group in self.groups.values())

    @property
    def expected(self) -> float:
        """Alerts of single windows that are expected if nothing changed."""
        return sum(group.windows * group.monitor.rate for group in self.groups.values())

    @property
    def p(self) -> float | None:
        """Chance of so much evidence if nothing changed: of all groups and costs (Bonferroni); None if nothing came."""
        found = [p for group in self.groups.values() if (p := _p(group)) is not None]
        found += [self.costs.p] if self.costs and self.costs.last else []
        return min(1.0, (len(self.groups) + bool(self.costs)) * min(found)) if found else None

    @property
    def status(self) -> int:
        """3 if this run read windows and p is small enough, else 0."""
        return 3 if self.p is not None and self.p <= self.fail_at else 0

    def as_json(self) -> dict[str, Any]:
        """Return it as what JSON can say."""
        return {
            "documents": self.documents.read,
            "windows": self.windows,
            "waiting": sum(len(group.monitor.pending) for group in self.groups.values()),
            "alerts": self.alerts,
            "expected": self.expected,
            "p": self.p,
            "rate_holds": all(group.monitor.evidence.rate_holds for group in self.groups.values()),
            "fail_at": self.fail_at,
            "status": self.status,
            "no_text": dict(self.documents.broken),
            "skipped": dict(self.documents.skipped),
            "not_watched": dict(self.others),
            "costs": self.costs.as_json() if self.costs else None,
            "groups": {
                name: {"windows": group.windows, "alerts": group.sudden, "p": _p(group)}
                for name, group in self.groups.items()
                if name
            },
        }

    def lines(self, state: "State | None") -> Iterator[str]:
        """Yield it as lines to read.

        Parameters
        ----------
        state : State or None
        """
        from collapse_edu.production.monitoring.alerts import p_text

        yield self._read()
        for name, group in self.groups.items():
            if group.windows:
                yield f"\n{name}\n{table(group)}" if name else f"\n{table(group)}"
        if self.windows:
            of = f"{self.alerts:,} single windows with an alert, of {self.windows:,}"
            p = min(_p(group) for group in self.groups.values() if group.last)
            yield f"\n{of}; {self.expected:.2g} expected if nothing changed; all windows together: p {p_text(p)}"
        yield from self._neighbours()
        if self.costs:
            yield f"costs: {self.costs.n_alerts:,} alerts in {self.costs.days:,} days; p {p_text(self.costs.p)}"
        if state:
            (group,) = self.groups.values()
            monitor = group.monitor
            yield f"state: {state.path}, {monitor.n_windows:,} windows and {monitor.n_alerts:,} alerts so far"

    def _neighbours(self):
        """Yield a line for each group in whose stream neighbours are so alike that no rate holds."""
        for name, group in self.groups.items():
            if not group.monitor.evidence.rate_holds:
                yield f"stream{f' of {name}' if name else ''}: {group.monitor.evidence.neighbours}"

    def _read(self):
        documents, waiting = self.documents, sum(len(group.monitor.pending) for group in self.groups.values())
        return (
            f"stream: {documents.read:,} documents, {self.windows:,} windows"
            + (f", {waiting} documents wait for the next" if waiting else "")
            + held(documents)
            + ("; the last record has no end yet, and is left for the next time" if documents.unfinished else "")
            + ("; not the file that was read before, so read from its start" if documents.restarted else "")
            + _not_watched(self.others)
        )


def _p(group):
    """Return the chance of so much evidence in the stream of a group, if nothing changed."""
    if group.last is None:
        return None
    return group.last.verdict.p


def _not_watched(others):
    if not others:
        return ""
    told = ", ".join(f"{many:,} of {name or 'no group'}" for name, many in others.most_common(5))
    return f"; not watched: {told}{', …' if len(others) > 5 else ''}"
