"""What a monitor remembers over a restart: one file, written in one step: a kill at any time leaves a whole one."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from collapse_edu.production.documents import Documents
from collapse_edu.production.monitor import Reading

__all__ = ["State"]

_VERSION = 1


class State:
    """The state of a monitor in a file: windows, the open window, alerts, and how far each stream is read.

    The file does not hold the reference: a restart reads it again, and its fingerprint must be the same.

    Parameters
    ----------
    path : str or Path
        If the file is there, the monitor goes on where it stopped.
    monitor : Monitor

    Raises
    ------
    OSError
    ValueError
        If the file is no state of this version, or of a monitor with another reference or other settings.
    """

    def __init__(self, path, monitor):
        self.path, self._monitor = Path(path), monitor
        self._streams = {}
        if self.path.exists():
            self._restore(_content(self.path))

    def open(self, path):
        """Return the documents of a stream that were not read yet.

        Parameters
        ----------
        path : str or Path
            As for :class:`~collapse_edu.production.Documents`. Of standard input, nothing is remembered.

        Returns
        -------
        Documents
        """
        documents = Documents(path)
        known = self._streams.get(_name(documents), {})
        if known.get("first") == documents.first_record():
            documents.position = known.get("position")
        return documents

    def save(self, documents):
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
            self._streams[_name(documents)] = {"first": documents.first_record(), "position": documents.position}
        content = {
            "collapse-edu monitor": _VERSION,
            "fingerprint": monitor.fingerprint,
            "windows": monitor.n_windows,
            "pending": monitor.pending,
            "n_alerts": monitor.n_alerts,
            "alerts": [asdict(reading) for reading in monitor.alerts],
            "streams": self._streams,
        }
        part = self.path.with_name(self.path.name + ".part")
        with open(part, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.path)

    def _restore(self, content):
        if content["fingerprint"] != self._monitor.fingerprint:
            raise ValueError(
                f"{self.path} is the state of a monitor with another reference or other settings: "
                "give it the same ones, or another state file"
            )
        monitor, self._streams = self._monitor, content["streams"]
        monitor.n_windows, monitor.n_alerts, monitor.pending = (
            content[key] for key in ("windows", "n_alerts", "pending")
        )
        monitor.alerts.extend(
            Reading(**{key: tuple(value) if isinstance(value, list) else value for key, value in alert.items()})
            for alert in content["alerts"]
        )


def _content(path):
    """Return what a file holds, if it is a state of this version."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content["collapse-edu monitor"]
    except (ValueError, TypeError, KeyError):
        raise ValueError(f"{path} must be the state of a monitor, or no file yet; got something else") from None
    if version != _VERSION:
        raise ValueError(f"{path} must be a state of version {_VERSION}; got version {version}")
    return content


def _name(documents):
    return str(documents.path if documents.path == "-" else documents.path.resolve())
