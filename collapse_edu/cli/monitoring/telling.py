"""To whom the monitor tells what it sees: a reader, a program, a collector of metrics, a command, a page."""

import json
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Thread
from time import monotonic
from typing import Any

from collapse_edu.cli import UsageError, say
from collapse_edu.cli.monitoring.watching import Group, Seen
from collapse_edu.files import write_atomically

__all__ = ["CommandCalled", "JsonLines", "Metrics", "PageWritten", "Printed", "table"]

_PATIENCE = 30.0  # seconds that a command may take
_WAITING = 100  # alerts that wait for the command before


class Printed:
    """Lines for a reader: each alert as it comes; its documents, where a run of alerts begins."""

    def see(self, seen: Seen) -> None:
        """Print an alert."""
        if seen.alert and (seen.begins or seen.reading.sudden):  # an alarm that stays on is told once
            sys.stdout.write("\n".join(seen.alert.lines(whole=seen.begins)) + "\n")
            sys.stdout.flush()

    def write(self, running: bool) -> None:
        """Do nothing: it is printed."""


class JsonLines:
    """One JSON object a line for each window, for a program."""

    def see(self, seen: Seen) -> None:
        """Print a window."""
        print(json.dumps(_window(seen)), flush=True)

    def write(self, running: bool) -> None:
        """Do nothing: it is printed."""


def _window(seen):
    """Return a window as what JSON can say."""
    from collapse_edu.production.monitoring.statistics import STATISTICS

    reading = seen.reading
    numbers = zip(STATISTICS, reading.values, reading.deviations, strict=True)
    return {
        "window": reading.window,
        "group": seen.group.name or None,
        "documents": [reading.documents - len(seen.records) + 1, reading.documents],
        "from": seen.records[0].place,
        "to": seen.records[-1].place,
        "statistics": {name: {"value": value, "deviation": off} for name, value, off in numbers},
        "limit": reading.limit,
        "no_text": sum(bool(record.why) for record in seen.records),
        **_evidence(reading),
        "rate_holds": seen.group.monitor.rate_holds,
        "alert": seen.alert.as_json() if seen.alert else None,
    }


def _evidence(reading):
    verdict = reading.verdict
    names = ("evidence", "threshold", "p", "cause", "direction", "since")
    return {name: getattr(verdict, name) if verdict else None for name in names}


class Metrics:
    """A file of metrics for Prometheus, as the textfile collector of its node exporter reads it.

    Parameters
    ----------
    path : Path
    groups : dict of Group
    """

    def __init__(self, path: Path, groups: Mapping[str, Group]) -> None:
        self._path, self._groups, self._empty = path, groups, Counter[str]()
        self._told: Counter[tuple[str, str]] = Counter()

    def see(self, seen: Seen) -> None:
        """Count."""
        self._empty[seen.group.name] += sum(bool(record.why) for record in seen.records)
        for kind in seen.alert.kinds if seen.alert else ():
            self._told[seen.group.name, kind] += 1

    def write(self, running: bool) -> None:
        """Write the file anew, in one step."""
        _write("--prometheus", self._path, "".join(self._lines(running)))

    def _lines(self, running):
        groups = self._groups.items()
        yield from _metric("up", "gauge", "1 while the monitor runs.", [({}, int(running))])
        documents = [(_of(name), group.monitor.n_windows * group.monitor.window) for name, group in groups]
        yield from _metric("documents_total", "counter", "Documents in complete windows.", documents)
        windows = [(_of(name), group.monitor.n_windows) for name, group in groups]
        yield from _metric("windows_total", "counter", "Windows that were read.", windows)
        alerts = [
            ({**_of(name), "kind": kind}, self._told[name, kind])
            for name in self._groups
            for kind in ("sudden", "gathered", "no text")
        ]
        yield from _metric("alerts_total", "counter", "Windows with an alert, in this run.", alerts)
        empty = [(_of(name), self._empty[name]) for name in self._groups]
        yield from _metric("no_text_total", "counter", "Documents without text, in this run.", empty)
        last = [(name, group.last) for name, group in groups if group.last]
        yield from _metric("limit", "gauge", "Limit of deviations, spreads.", [(_of(n), r.limit) for n, r in last])
        yield from _metric("deviation", "gauge", "Of the last window, spreads.", _deviations(last))
        for name, what in _EVIDENCE.items():
            found = [(_of(group), _evidence(reading)[name]) for group, reading in last]
            known = [(labels, value) for labels, value in found if value is not None]
            yield from _metric(name, "gauge", what, known)


_EVIDENCE = {
    "evidence": "Log of the gathered evidence, base 10.",
    "threshold": "Evidence from here on raises the alarm.",
    "p": "Chance that a quiet stream shows as much evidence.",
}


def _of(group):
    return {"group": group} if group else {}


def _deviations(last):
    from collapse_edu.production.monitoring.statistics import STATISTICS

    return [
        ({**_of(group), "statistic": name}, off)
        for group, reading in last
        for name, off in zip(STATISTICS, reading.deviations, strict=True)
    ]


def _metric(name, kind, what, values):
    """Yield a metric in the text format of Prometheus."""
    if values:
        yield f"# HELP collapse_monitor_{name} {what}\n# TYPE collapse_monitor_{name} {kind}\n"
    for labels, value in values:
        told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"collapse_monitor_{name}{'{' + told + '}' if told else ''} {value}\n"


def _escaped(text):
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


class CommandCalled:
    """A command that is run where a run of alerts begins, with the alert as JSON on its standard input.

    One at a time, beside the monitor; what fails, or takes longer than half a minute, is told and stops nothing.

    Parameters
    ----------
    command : str
        Cut into words as a shell would, but no shell runs it.
    """

    def __init__(self, command: str) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise UsageError(f"--on-alert must be a command; got {command!r}: {error}") from None
        if not self._words or shutil.which(self._words[0]) is None:
            raise UsageError(f"--on-alert must be a command that is there; got {command!r}")
        self._waiting: Queue[bytes | None] = Queue(_WAITING)
        self._lost = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._worker = Thread(target=self._work, daemon=True)
        self._worker.start()

    def see(self, seen: Seen) -> None:
        """Hand an alert over."""
        if seen.alert and seen.begins:
            try:
                self._waiting.put_nowait(json.dumps(seen.alert.as_json()).encode())
            except Full:
                self._lost += 1

    def write(self, running: bool) -> None:
        """Wait at the end, but not for long."""
        if running:
            return
        until = monotonic() + _PATIENCE
        while self._waiting.unfinished_tasks and monotonic() < until:
            self._worker.join(0.02)
        self._lost += self._left()
        if self._process:
            self._process.kill()
        if self._lost:
            say(f"--on-alert: {self._lost:,} alerts were not handed over: the command takes too long", 0)

    def _left(self):
        """Return how many alerts wait, and let them go."""
        many = 0
        try:
            while True:
                self._waiting.get_nowait()
                many += 1
        except Empty:
            return many

    def _work(self):
        while True:
            alert = self._waiting.get()
            self._run(alert)
            self._waiting.task_done()

    def _run(self, alert):
        try:
            # its own words go where ours do not: standard output may be read by a program
            with subprocess.Popen(self._words, stdin=subprocess.PIPE, stdout=2) as self._process:
                try:
                    self._process.communicate(alert, timeout=_PATIENCE)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    say(f"--on-alert: the command took longer than {_PATIENCE:.0f} seconds and was stopped", 0)
                    return
            if self._process.returncode:
                say(f"--on-alert: the command ended with status {self._process.returncode}", 0)
        except OSError as error:
            say(f"--on-alert: the command failed: {error.strerror or error}", 0)
        finally:
            self._process = None


class PageWritten:
    """The dashboard, a page that is written anew as the stream goes.

    Parameters
    ----------
    path : Path
    groups : dict of Group
    settings : dict
    said : list of str
        Lines at the top.
    costs : object, optional
        As for :func:`collapse_edu.production.monitoring.page.page`.
    """

    def __init__(
        self,
        path: Path,
        groups: Mapping[str, Group],
        settings: Mapping[str, str],
        said: Sequence[str],
        costs: Any = None,
    ) -> None:
        from collapse_edu.production.monitoring.page import Watched

        self._path, self._settings, self._said, self._costs = path, settings, said, costs
        self._watched = {name: Watched(group.monitor, name) for name, group in groups.items()}

    def see(self, seen: Seen) -> None:
        """Keep a window for the next time."""
        watched = self._watched[seen.group.name]
        watched.readings.append(seen.reading)
        if seen.alert and seen.begins:
            watched.alerts.append(seen.alert)

    def write(self, running: bool) -> None:
        """Write the page anew, in one step."""
        from collapse_edu.production.monitoring.page import page

        written = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        told = page(
            list(self._watched.values()), self._settings, running=running, written=written, said=self._said,
            costs=self._costs,
        )  # fmt: skip
        _write("--html", self._path, told)


def _write(option, path, text):
    try:
        write_atomically(path, text.encode("utf-8"), mode=0o644)
    except OSError as error:
        raise UsageError(f"{option}: cannot write {path}: {error.strerror or error}") from None


def table(group: Group) -> str:
    """Return control limits, the last window, and how many windows were outside, as text."""
    table = group.monitor.limits()
    table["last"] = group.last.values if group.last else float("nan")
    table["outside"] = [group.outside[name] for name in table.index]
    return table.to_string(float_format=lambda value: f"{value:.4g}")
