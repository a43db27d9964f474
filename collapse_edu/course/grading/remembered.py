"""What the command said before: late files are marked by the same rules as the class, without saying them again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collapse_edu.files import PRIVATE, write_atomically

__all__ = ["keep", "options", "said"]

# What holds where nothing else was ever said.
_DEFAULTS: dict[str, Any] = {
    "roster": None, "points": None, "due": [], "choose": "newest", "attempt": "last", "moodle": False, "canvas": False,
    "anonymous": False,
}  # fmt: skip
_PATHS = ("roster", "points")


def options(out: Path, given: Mapping[str, Any], *, forget: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what holds now, and what of it is as before.

    Parameters
    ----------
    out : Path
        The folder of the class.
    given : dict
        Name of an option → what this command says; None where it says nothing.
    forget : bool
        Whether nothing is to be as before.

    Returns
    -------
    (dict, dict)

    Examples
    --------
    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp())
    >>> (out / "state").mkdir()
    >>> now, _ = options(out, {"attempt": "first"})
    >>> keep(out, now)
    >>> now, before = options(out, {"attempt": None, "choose": "best"})
    >>> now["attempt"], now["choose"], said(before)
    ('first', 'best', 'as before: --attempt first (--forget: not as before)')
    """
    before = {} if forget else _read(out)
    as_before = {
        name: before[name]
        for name in _DEFAULTS
        if given.get(name) in (None, []) and name in before and before[name] != _DEFAULTS[name]
    }
    now = {name: value for name, value in given.items() if value not in (None, [])}
    found = {**_DEFAULTS, **as_before, **now}
    return {name: _path(found[name]) if name in _PATHS else found[name] for name in _DEFAULTS}, as_before


def said(as_before: Mapping[str, Any]) -> str:
    """Return a line about what is as before; "" where nothing is."""
    words = [_word(name, value) for name, value in as_before.items()]
    return f"as before: {' '.join(words)} (--forget: not as before)" if words else ""


def keep(out: Path, now: Mapping[str, Any]) -> None:
    """Keep what holds for the next command."""
    kept = {name: str(Path(value).resolve()) if name in _PATHS and value else value for name, value in now.items()}
    write_atomically(_file(out), json.dumps(kept, indent=1).encode("ascii"), mode=PRIVATE)


def _word(name, value):
    if name == "choose":
        return f"--{value}"
    if value is True:
        return f"--{name}"
    return " ".join(f"--{name} {each}" for each in (value if isinstance(value, list) else [value]))


def _read(out):
    try:
        found = json.loads(_file(out).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _path(value):
    return Path(value) if value else None


def _file(out):
    return out / "state" / "options.json"
