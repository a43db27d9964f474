"""Check that this machine has what the course needs, and say what to do where it has not.

Notebooks compare what :func:`report` returns, so a line of a thing that is all right is the same on every
machine: no version, no path. Lower bounds are not repeated here: they are read from the installed package,
which has them from ``pyproject.toml``.

Importing this module loads the standard library alone, so that it can tell what is missing.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from importlib import import_module, metadata
from io import TextIOWrapper
from pathlib import Path

__all__ = [
    "MachineCheck",
    "find_chromium",
    "optional_checks",
    "record_home",
    "report",
    "report_lines",
    "required_checks",
]

_IMPORT_NAMES = {"scikit-learn": "sklearn", "pillow": "PIL"}  # where it is not the package's own name
_FREE_MEGABYTES = 200


def required_checks() -> Iterator[tuple[bool, str, str]]:
    """Yield what must hold on this machine, one thing at a time.

    Yields
    ------
    ok : bool
        Whether it holds.
    what : str
        The thing in words; the same on every machine.
    advice : str
        What is wrong and what to do; empty where `ok`.

    Examples
    --------
    >>> all(isinstance(what, str) for ok, what, advice in required_checks())
    True
    """
    yield _check("Python", _python_fault)
    for requirement in _requirements():
        yield _check(requirement.name, lambda requirement=requirement: _package_fault(requirement))
    yield from _data_checks()
    yield _check("widgets: JupyterLab and its extension are where this Python is", _widgets_fault)
    yield _check("this folder can be written to", lambda: _folder_fault(Path.cwd()))
    yield _check("your answers can be recorded", lambda: _folder_fault(_nearest(record_home())))
    yield _check("free disk space", lambda: _disk_fault(Path.cwd()))


def optional_checks() -> Iterator[tuple[bool, str, str]]:
    """Yield the same three for what the course can do without."""
    chromium = find_chromium()
    yield bool(chromium), "Chromium, for the browser tests", "install Chromium or Chrome to run them"
    if sys.platform.startswith("linux"):
        advice = "install the package bubblewrap to mark learners' code safely"
        yield bool(shutil.which("bwrap")), "bubblewrap, for marking learners' code", advice


def report(optional: bool = False) -> str:
    """Return the checks as text: ``[ok]`` for what holds, ``[!!]`` and what to do for what does not.

    Parameters
    ----------
    optional : bool
        Whether to add what the course can do without, marked ``[--]`` where it is not there.

    Returns
    -------
    str
        One line for each thing.

    Examples
    --------
    >>> print(report().splitlines()[0])
    [ok] Python
    """
    return "\n".join(report_lines(optional))


def report_lines(optional: bool = False) -> Iterator[str]:
    """Yield the lines of :func:`report` one by one, as soon as each thing is checked.

    Examples
    --------
    >>> next(report_lines())
    '[ok] Python'
    """
    for ok, what, advice in required_checks():
        yield f"[ok] {what}" if ok else f"[!!] {what} → {advice}"
    for ok, what, advice in optional_checks() if optional else ():
        yield f"[ok] {what}" if ok else f"[--] {what} → {advice}"


class MachineCheck:
    """The checks as one line that unfolds; open, with what to do, where something is missing.

    Attributes
    ----------
    faults : list of str
        The lines of what does not hold; empty on a machine that has all.

    Examples
    --------
    >>> MachineCheck()
    [ok] This machine has all that the course needs.
    """

    def __init__(self) -> None:
        self._lines = list(report_lines())
        self.faults = [line for line in self._lines if line.startswith("[!!]")]

    def __repr__(self):
        return "\n".join([self._summary, *self.faults])

    def _repr_html_(self):
        items = "".join(f"<li>{escape(line)}</li>" for line in self.faults or self._lines)
        opened, colour = (" open", "#b3261e") if self.faults else ("", "#1a7f37")
        text = f"{'✗' if self.faults else '✓'} {escape(self._summary[5:])}"
        look = f"border-left: 5px solid {colour}; padding-left: 0.6em; font-size: 12pt"
        summary = f'<summary style="{look}">{text}</summary>'
        return f'<details class="ce-machine"{opened}>{summary}<ul>{items}</ul></details>'

    @property
    def _summary(self):
        if not self.faults:
            return "[ok] This machine has all that the course needs."
        what = "1 thing is" if len(self.faults) == 1 else f"{len(self.faults)} things are"
        return f"[!!] {what} missing on this machine: do what each line says, and run this cell again."


def record_home() -> Path:
    """Return the folder of a learner's record: ``COLLAPSE_EDU_HOME``, or ``.collapse_edu`` at home."""
    return Path(os.environ.get("COLLAPSE_EDU_HOME") or Path.home() / ".collapse_edu")


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome as text, or None where there is none."""
    chosen = os.environ.get("COLLAPSE_EDU_CHROMIUM")
    if chosen:
        return chosen
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if shutil.which(name):
            return shutil.which(name)
    usual = [
        Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    ]
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if os.environ.get(variable):
            usual.append(Path(os.environ[variable], "Google", "Chrome", "Application", "chrome.exe"))
            usual.append(Path(os.environ[variable], "Chromium", "Application", "chrome.exe"))
    return next((str(path) for path in usual if path.is_file()), None)


def _check(what, fault):
    """Return (ok, what, advice) of a function that returns a fault in words, or None."""
    try:
        advice = fault()
    except Exception as error:  # a check never raises: whatever went wrong is its finding
        reason = " ".join(str(error).split())
        advice = f"{type(error).__name__}: {reason}; {_again()}"
    return advice is None, what, advice or ""


def _again():
    """Return what mends an installation: start.py, which leaves its mark in the folder .venv that it makes, or pip."""
    if Path(sys.prefix, "made_in.txt").is_file():
        return "end the course and run start.py again"
    return 'install the course again (pip install "…[course]"), then restart the kernel'


def _requirements():
    """Return the core and course requirements of the installed package."""
    from packaging.requirements import Requirement

    stated = [Requirement(line) for line in metadata.requires("collapse-edu") or ()]
    return [line for line in stated if line.marker is None or line.marker.evaluate({"extra": "course"})]


def _python_fault():
    from packaging.specifiers import SpecifierSet

    wanted = metadata.metadata("collapse-edu")["Requires-Python"]
    have = ".".join(str(part) for part in sys.version_info[:3])
    return None if have in SpecifierSet(wanted) else f"this is {have}; the course needs {wanted}"


def _package_fault(requirement):
    have = metadata.version(requirement.name)
    if not requirement.specifier.contains(have, prereleases=True):
        return f"version {have} is installed, {requirement.specifier} is needed; {_again()}"
    import_module(_IMPORT_NAMES.get(requirement.name.lower(), requirement.name.replace("-", "_")))
    return None


def _data_checks():
    """Yield one check for each data file of the course."""
    from collapse_edu import datasets

    for name, ok in datasets.verify():
        yield ok, f"data: {name}", "" if ok else "the file is missing or was changed: get the course anew"


def _widgets_fault():
    from jupyter_core.paths import jupyter_path

    for package in ("jupyterlab", "jupyterlab_widgets"):
        metadata.version(package)
    extension = Path("@jupyter-widgets", "jupyterlab-manager", "package.json")
    if not any(Path(folder, extension).is_file() for folder in jupyter_path("labextensions")):
        return f"JupyterLab finds no widget extension: sliders would show as text; {_again()}"
    return None


def _folder_fault(folder):
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"{folder}: {error.strerror}; give yourself the right to write there, or choose another folder"


def _nearest(folder):
    """Return the folder, or the nearest one above it that exists; a check makes no folders."""
    return next(place for place in (folder, *folder.absolute().parents) if place.is_dir())


def _disk_fault(folder):
    free = shutil.disk_usage(folder).free / 1e6
    if free < _FREE_MEGABYTES:
        return f"{free:.0f} MB are free, {_FREE_MEGABYTES} MB are needed: make room"
    return None


def main(arguments: Sequence[str]) -> int:
    """Print the report and return the exit status: 0 if all that must hold does, else 1."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console without the arrow must still show the advice
    faults = 0
    for line in report_lines(optional="--optional" in arguments):
        print(line, flush=True)
        faults += line.startswith("[!!]")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
