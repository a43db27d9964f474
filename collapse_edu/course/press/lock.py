"""The lock: requirements.lock, made from pyproject.toml by uv, for every system and Python of the course.

    python -m collapse_edu.course.press.lock [--upgrade]

Importing this module loads the standard library alone, so that a lock can be made where nothing is installed but uv.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from collapse_edu.files import write_atomically

__all__ = ["LockError", "dependency_digest", "make_lock", "requirements"]

ROOT = Path(__file__).resolve().parents[3]
HELD_BACK = ("argon2-cffi-bindings<26",)  # later ones have no wheel for a Mac with an Intel processor
EXTRAS = ("course", "test", "scale")  # not bench: its peers are large, and no learner needs them
# start.py finds the learner's part by how this line begins.
MARKER = "# ---- from here on: what the tests need, and a learner does not ----"


class LockError(Exception):
    """The lock could not be made; says in one line why."""


def make_lock(upgrade: bool = False) -> str:
    """Write requirements.lock: first what a learner needs, then what only the tests need.

    Parameters
    ----------
    upgrade : bool
        Whether to take the newest packages, also where the locked ones still fit.

    Returns
    -------
    str
        One line that says how many packages are in it.

    Raises
    ------
    LockError
        If uv is not here, or finds no lock.
    OSError
        If the lock cannot be written.
    """
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if not uv:
        raise LockError("uv makes the lock and is not here: `start.py test` installs it.")
    with tempfile.TemporaryDirectory() as folder:
        held_back = Path(folder, "held-back.in")
        held_back.write_text("\n".join(HELD_BACK), encoding="utf-8")
        everything = _compile_pins(uv, EXTRAS, Path(folder), held_back, upgrade)
        course = _compile_pins(uv, ("course",), Path(folder), everything)  # the same pins, fewer packages
        pins = requirements(everything.read_text(encoding="utf-8"))
        learner = requirements(course.read_text(encoding="utf-8"))
    first = [pins[name] for name in pins if name in learner]
    second = [pins[name] for name in pins if name not in learner]
    write_atomically(ROOT / "requirements.lock", "\n".join([*_header(), *first, MARKER, *second]).encode() + b"\n")
    return f"requirements.lock: {len(first)} packages for the course, {len(second)} more for the tests"


def requirements(text: str) -> dict[str, str]:
    """Return the requirements of a lock file: name to its lines, hashes included.

    Examples
    --------
    >>> requirements("# a comment\\nnumpy==2.4\\n    --hash=sha256:1\\nUv==1")
    {'numpy': 'numpy==2.4\\n    --hash=sha256:1', 'uv': 'Uv==1'}
    """
    blocks = re.findall(r"^[A-Za-z0-9].*(?:\n[ \t]+.*)*", text, flags=re.MULTILINE)
    return {re.split(r"[^\w.-]", block, maxsplit=1)[0].lower(): block for block in blocks}


def dependency_digest() -> str:
    """Return a hash of the parts of pyproject.toml that the lock is made from."""
    table = _pyproject()
    project = table["project"]
    sources = [
        project["requires-python"],
        project["dependencies"],
        [project["optional-dependencies"][extra] for extra in EXTRAS],
        table["build-system"]["requires"],
        HELD_BACK,
    ]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _oldest_python() -> str:
    return _pyproject()["project"]["requires-python"].removeprefix(">=")


def _header() -> list[str]:
    return [
        f"# Made from pyproject.toml by `python3 start.py lock`, for Python {_oldest_python()} and newer,",
        "# on Windows, macOS and Linux. Do not edit. The first part opens the course, the second tests it;",
        "# the whole can be installed by `pip install --no-deps --require-hashes -r requirements.lock`.",
        f"# dependencies of pyproject.toml: sha256 {dependency_digest()}",
    ]


def _compile_pins(uv: str, extras: tuple[str, ...], folder: Path, constraints: Path, upgrade: bool = True) -> Path:
    """Return a file of the pins that uv finds for the package with these extras, build backend included."""
    backend, output, lock = folder / "build-backend.in", folder / f"{'-'.join(extras)}.txt", ROOT / "requirements.lock"
    backend.write_text("\n".join(_pyproject()["build-system"]["requires"]), encoding="utf-8")
    if lock.is_file() and not upgrade:
        shutil.copy(lock, output)  # uv keeps the pins of an existing output that still fit
    command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate"]
    command += ["--no-strip-extras", "--fork-strategy", "fewest", "--python-version", _oldest_python()]
    command += ["--output-file", str(output), "pyproject.toml", str(backend), "--constraint", str(constraints)]
    command += [part for extra in extras for part in ("--extra", extra)]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise LockError("uv could not make the lock: " + " ".join(done.stderr.split()))
    return output


def main(arguments: list[str] | None = None) -> int:
    """Make the lock; return 0, or 2 with one line that says why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest packages, also where old ones fit")
    options = parser.parse_args(arguments)
    try:
        print(make_lock(options.upgrade))
    except (LockError, OSError) as error:
        print(f"[!!] {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
