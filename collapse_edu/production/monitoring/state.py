"""What a monitor remembers over a restart: one file, written in one step: a kill at any time leaves a whole one."""

import json
from dataclasses import asdict
from pathlib import Path

from collapse_edu.datasets.documents import Keys
from collapse_edu.files import write_atomically
from collapse_edu.production.monitoring.documents import Documents, Done
from collapse_edu.production.monitoring.evidence import Verdict
from collapse_edu.production.monitoring.monitor import Monitor, Reading
from collapse_edu.production.monitoring.statistics import STATISTICS

__all__ = ["State"]

_VERSION = 4


class State:
    """The state of a monitor in a file: windows, the open window, alerts, and how far each stream is read.

    The file does not contain the reference: a restart reads it again, and its fingerprint must be the same.

    Parameters
    ----------
    path : str or Path
        If the file is there, the monitor goes on where it stopped.
    monitor : Monitor
    refresh : bool
        Whether the monitor has a new reference: then all is kept but the evidence, which is of the old one.

    Raises
    ------
    OSError
    ValueError
        If the file is no state of this version, or of a monitor with another reference or other settings.
    """

    def __init__(self, path: str | Path, monitor: Monitor, *, refresh: bool = False) -> None:
        self.path, self._monitor, self._refresh = Path(path), monitor, refresh
        self._streams: dict[str, Done | None] = {}
        if self.path.exists():
            self._restore(_content(self.path))

    def open(self, path: str | Path, *, keys: Keys | None = None, empty: str | None = None) -> Documents:
        """Return the documents of a stream that were not read yet.

        Parameters
        ----------
        path : str or Path
            As for :class:`~collapse_edu.production.Documents`. Of standard input, nothing is remembered.
        keys : Keys, optional
        empty : str, optional

        Returns
        -------
        Documents
        """
        done = self._streams.get(_name(Documents(path)))
        return Documents(path, done, grows=True, keys=keys, empty=empty)

    def save(self, documents: Documents) -> None:
        """Write the state, and how far a stream is read.

        Parameters
        ----------
        documents : Documents

        Raises
        ------
        OSError
        """
        monitor = self._monitor
        if documents.path != "-":
            self._streams[_name(documents)] = documents.done
        content = {
            "collapse-edu monitor": _VERSION,
            "fingerprint": monitor.fingerprint,
            "windows": monitor.n_windows,
            "pending": monitor.pending,
            "n_alerts": monitor.n_alerts,
            "alerts": [asdict(reading) for reading in monitor.alerts],
            "evidence": monitor.evidence.state() if monitor.evidence else None,
            "history": monitor.features.state() if monitor.features else None,
            "streams": self._streams,
        }
        write_atomically(self.path, json.dumps(content).encode("ascii"))

    def _restore(self, content):
        if content["fingerprint"] != self._monitor.fingerprint and not self._refresh:
            raise ValueError(
                f"{self.path} is the state of a monitor with another reference or other settings: "
                "give it the same ones, or another state file; for a new reference, say so (--refresh)"
            )
        monitor, self._streams = self._monitor, content["streams"]
        monitor.n_windows, monitor.n_alerts, monitor.pending = (
            content[key] for key in ("windows", "n_alerts", "pending")
        )
        monitor.alerts.extend(map(_reading, content["alerts"]))
        if monitor.evidence and not self._refresh:
            for key, part in (("evidence", monitor.evidence), ("history", monitor.features)):
                try:
                    part.restore(content[key])
                except ValueError:
                    raise ValueError(
                        f'{self.path} must be the state of a monitor, or no file yet; its "{key}" is damaged'
                    ) from None


def _content(path):
    """Return what a file contains, if it is a whole state of this version."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content["collapse-edu monitor"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError(f"{path} must be the state of a monitor, or no file yet; got something else") from None
    if version != _VERSION:
        raise ValueError(f"{path} must be a state of version {_VERSION}; got version {version}")
    for key, is_whole in _WHOLE.items():
        if key not in content or not is_whole(content[key]):
            raise ValueError(f'{path} must be the state of a monitor, or no file yet; its "{key}" is damaged')
    if not len(content["alerts"]) <= content["n_alerts"] <= content["windows"]:
        raise ValueError(f"{path} must be the state of a monitor, or no file yet; its numbers of alerts are damaged")
    return content


def _reading(kept):
    """Return a reading as it was written."""
    found = {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
    return Reading(**(found | {"verdict": Verdict(**kept["verdict"]) if kept["verdict"] else None}))


def _is_text(value):
    return type(value) is str


def _is_count(value):
    return type(value) is int and value >= 0


def _is_number(value):
    return type(value) in (int, float)


def _are(is_one, many=None):
    """Return a check of a list whose elements pass another one."""
    return lambda values: type(values) is list and many in (None, len(values)) and all(map(is_one, values))


def _is_document(words):
    return bool(words) and _are(lambda word: type(word) in (str, int))(words)


def _is_reading(found):
    """Return whether a value is a reading as it was written."""
    return type(found) is dict and found.keys() == _READING.keys() and all(_READING[key](found[key]) for key in found)


def _are_streams(found):
    try:
        return type(found) is dict and all(Documents(name, done) for name, done in found.items())
    except (ValueError, TypeError):
        return False


def _is_verdict(found):
    return found is None or (
        type(found) is dict and found.keys() == _VERDICT.keys() and all(_VERDICT[key](found[key]) for key in found)
    )


_VERDICT = {
    "evidence": _is_number,
    "threshold": _is_number,
    "p": _is_number,
    "cause": _is_text,
    "direction": _is_text,
    "since": _is_count,
}
_READING = {
    "window": _is_count,
    "documents": _is_count,
    "values": _are(_is_number, len(STATISTICS)),
    "deviations": _are(_is_number, len(STATISTICS)),
    "limit": _is_number,
    "verdict": _is_verdict,
    "deviant": _are(_is_count),
}
_WHOLE = {
    "fingerprint": _is_text,
    "windows": _is_count,
    "pending": _are(_is_document),
    "n_alerts": _is_count,
    "alerts": _are(_is_reading),
    "evidence": lambda found: found is None or type(found) is dict,
    "history": lambda found: found is None or type(found) is dict,
    "streams": _are_streams,
}


def _name(documents):
    return str(documents.path if documents.path == "-" else documents.path.resolve())
