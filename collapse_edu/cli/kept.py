"""What a run keeps while it goes on: each regime as soon as it is done, so that a later run can go on from there."""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collapse_edu.cli import UsageError
from collapse_edu.cli.models import Job

if TYPE_CHECKING:
    from collapse_edu import History

__all__ = ["PROGRESS", "Kept"]

PROGRESS = "progress.npz"
_VERSION = 1


class Kept:
    """The regimes of a run that are done, in one file of its folder.

    Parameters
    ----------
    out : Path
    job : Job
    settings : mapping
        What the numbers depend on, but for the regimes: plain values. A run goes on only with the same ones.
    """

    def __init__(self, out: Path, job: Job, settings: Mapping[str, Any]) -> None:
        self._path, self._job = out / PROGRESS, job
        self._settings = {**settings, "real set": _digest(job)}
        self._regimes: dict[str, dict[str, Any]] = {}
        self._arrays: dict[str, Any] = {}

    def keep(self, regime: str, history: "History") -> None:
        """Write down a regime that is done.

        Raises
        ------
        OSError
        """
        import numpy as np

        from collapse_edu.files import write_atomically

        place = len(self._regimes)
        self._regimes[regime] = history.settings
        found = {f"value/{measure}": history[measure] for measure in history.measures}
        found |= {f"job/{name}": array for name, array in self._job.noted(regime).items()}
        self._arrays |= {f"{place}/{name}": array for name, array in found.items()}
        about = {"collapse-edu run": _VERSION, "settings": self._settings, "regimes": self._regimes}
        packed = BytesIO()
        np.savez_compressed(packed, about=np.array(json.dumps(about)), **self._arrays)
        write_atomically(self._path, packed.getvalue())

    def resume(self) -> "dict[str, History]":
        """Return the histories of the regimes that are done, and give the job what it noted of them.

        Raises
        ------
        UsageError
            If the file is none of a run, or of one with other settings.
        """
        import numpy as np

        if not self._path.exists():
            return {}
        try:
            with np.load(self._path, allow_pickle=False) as file:
                self._arrays = {name: file[name] for name in file.files}
            about = json.loads(str(self._arrays.pop("about")))
            version, settings, regimes = about["collapse-edu run"], about["settings"], about["regimes"]
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            raise UsageError(f"{self._path} is not what a run keeps: choose another folder, or add --force") from None
        if version != _VERSION:
            raise UsageError(f"{self._path} is of another version of the course: add --force to begin anew")
        self._same(settings)
        self._regimes = regimes
        return {regime: self._history(place, regime) for place, regime in enumerate(regimes)}

    def _same(self, settings):
        other = [name for name in self._settings if settings.get(name) != self._settings[name]]
        if other:
            name = other[0]
            raise UsageError(
                f"--resume needs the settings of the run before: its {name} was {settings.get(name)}, and is now "
                f"{self._settings[name]}"
            )

    def _history(self, place, regime):
        """Return the history of a regime."""
        from collapse_edu import History

        def parts(kind):
            start = f"{place}/{kind}/"
            return {name.removeprefix(start): array for name, array in self._arrays.items() if name.startswith(start)}

        self._job.recall(regime, parts("job"))
        values = {(regime, measure): array for measure, array in parts("value").items()}
        return History(values, self._regimes[regime])


def _digest(job):
    """Return a short digest of all real data, and of what is held back."""
    told = hashlib.sha256()
    for rows in (job.source.real, job.source.reserve):
        told.update(f"{rows.dtype} {rows.shape}".encode())
        told.update(rows.tobytes())
    return told.hexdigest()[:12]
