#!/usr/bin/env python3
"""The one door to the course: it sets up the machine, opens the course, and tests it.

    python3 start.py                   set up what is missing, then open the course in JupyterLab
    python3 start.py check             check this machine alone
    python3 start.py test [--all]      run every test of the project
    python3 start.py wheelhouse DIR    fill DIR with the packages, for machines with no network
    python3 start.py build [NAME ...]  build the notebooks from lessons/
    python3 start.py lock              make requirements.lock anew from pyproject.toml

On Windows, say `py start.py`. Only the standard library is used here. Everything that is installed goes
into the folder .venv beside this file; delete that folder and nothing is left on the machine.

The file must *parse* on every Python 3 that a learner may have, so that an old one gets a clear line and
not a SyntaxError: no walrus, no match, nothing newer than an f-string.
"""

import argparse
import errno
import hashlib
import importlib.util
import json
import os
import platform
import queue
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "collapse_edu.stamp"
LOCK = ROOT / "requirements.lock"
COURSE = ROOT / "my_course"
FIRST_NOTEBOOK = "notebooks/M0_start_here.ipynb"
MIRRORED = ("notebooks", "quizzes", "docs")

WINDOWS = os.name == "nt"
ME = "py start.py" if WINDOWS else "python3 start.py"

NEWEST_PYTHON = (3, 14)  # every package in the lock has a wheel up to here; the oldest is in pyproject.toml
HELD_BACK = ("argon2-cffi-bindings<26",)  # later ones have no wheel for a Mac with an Intel processor
LOCKED_EXTRAS = ("course", "test", "scale")  # not bench: its peers are large, and no learner needs them
# The lock is complete, so pip need not look for dependencies; where it does, it takes the newest release of a package
# that another one asks for with an extra, such as coverage[toml], and refuses it: it is not the locked one.
AS_LOCKED = ("--only-binary", ":all:", "--no-deps", "--require-hashes")
MARKER = "# ---- from here on: what the tests need, and a learner does not ----"
DISK_NEEDED = {"course": 1.0, "test": 1.5}  # GB; .venv itself takes 0.7 and 1.0


class StartError(Exception):
    """A reason to stop: one line that says what is wrong and what to do."""


# ---------------------------------------------------------------- what must hold before anything is done


def oldest_python():
    """Return the oldest Python of the course, as pyproject.toml states it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tuple(int(part) for part in re.search(r'requires-python = ">=(\d+)\.(\d+)"', text).groups())


def dotted(version):
    """Return (3, 11) as '3.11'."""
    return ".".join(str(part) for part in version[:2])


def require_python(version=sys.version_info):
    """Stop on a Python that is too old for the course, or newer than its locked packages."""
    oldest, this = oldest_python(), tuple(version[:2])
    if oldest <= this <= NEWEST_PYTHON:
        return
    fault = "too old" if this < oldest else "too new: its packages are not ready"
    found = fitting_python(oldest)
    todo = f"run `{found} start.py`" if found else f"install Python {dotted(NEWEST_PYTHON)} from python.org"
    raise StartError(
        f"The course needs Python {dotted(oldest)} to {dotted(NEWEST_PYTHON)}, "
        f"and this is Python {dotted(this)} ({fault}): {todo}."
    )


def fitting_python(oldest):
    """Return the command of a Python on this machine that fits the course, or None."""
    for minor in range(NEWEST_PYTHON[1], oldest[1] - 1, -1):
        name = f"python3.{minor}"
        # a version manager's stand-in is found too, and runs nothing
        if shutil.which(name) and subprocess.call([name, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return name
    return None


def require_venv(find_spec=importlib.util.find_spec):
    """Stop where Python came without the parts that make a virtual environment."""
    if find_spec("venv") and find_spec("ensurepip"):
        return
    raise StartError(
        "This Python cannot make a virtual environment (venv or ensurepip is missing): on Debian and Ubuntu "
        "say `sudo apt install python3-venv`, elsewhere install Python from python.org; then start again."
    )


def require_writable(folder):
    """Stop where nothing can be written."""
    try:
        with tempfile.TemporaryFile(dir=str(folder)):
            pass
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise StartError(
            f"The folder {folder} cannot be written to: move the course to a folder of your own."
        ) from None


def require_disk(level, usage=shutil.disk_usage):
    """Stop where the packages would not fit."""
    free = usage(str(ROOT)).free / 1e9
    if free < DISK_NEEDED[level]:
        raise StartError(
            f"The disk has {free:.1f} GB free and {DISK_NEEDED[level]:.1f} GB are needed: make room, "
            "or move the course to another disk; then start again."
        )


# ---------------------------------------------------------------- the lock


def lock_section(level):
    """Return the text of the lock that `level` ('course' or 'test') needs."""
    if not LOCK.is_file():
        raise StartError(f"requirements.lock is missing: get the course anew, or make it with `{ME} lock`.")
    text = LOCK.read_text(encoding="utf-8")
    return text.partition(MARKER)[0] if level == "course" else text


def requirements(text):
    """Return the requirements of a lock file: name to its lines, hashes included."""
    blocks = re.findall(r"^[A-Za-z0-9].*(?:\n[ \t]+.*)*", text, flags=re.MULTILINE)
    return {re.match(r"[\w.-]+", block).group().lower(): block for block in blocks}


def dependency_digest():
    """Return a hash of the parts of pyproject.toml that the lock is made from."""
    import tomllib  # new in Python 3.11, so not at the top of this file

    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = table["project"]
    sources = [
        project["requires-python"],
        project["dependencies"],
        [project["optional-dependencies"][extra] for extra in LOCKED_EXTRAS],
        table["build-system"]["requires"],
        HELD_BACK,
    ]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def compile_pins(uv, extras, folder, constraints, upgrade=True):
    """Return a file of the pins that uv finds for the package with these extras, build backend included."""
    import tomllib

    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    backend = Path(folder, "build-backend.in")
    backend.write_text("\n".join(table["build-system"]["requires"]), encoding="utf-8")
    output = Path(folder, "-".join(extras) + ".txt")
    if LOCK.is_file() and not upgrade:
        shutil.copy(str(LOCK), str(output))  # uv keeps the pins of an existing output that still fit
    command = [str(uv), "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"]
    command += [
        "--no-annotate",
        "--no-strip-extras",
        "--fork-strategy",
        "fewest",
        "--python-version",
        dotted(oldest_python()),
    ]
    command += ["--output-file", str(output), "pyproject.toml", str(backend)]
    command += [part for extra in extras for part in ("--extra", extra)]
    command += ["--constraint", str(constraints)]
    done = subprocess.run(command, cwd=str(ROOT), env=clean_environment(), stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise StartError("uv could not make the lock: " + " ".join(done.stderr.split()))
    return output


def make_lock(upgrade):
    """Write requirements.lock: first what a learner needs, then what only the tests need."""
    beside = venv_program("uv")
    uv = beside if beside.is_file() else shutil.which("uv")
    if not uv:
        raise StartError(f"uv makes the lock and is not here: `{ME} test` installs it.")
    with tempfile.TemporaryDirectory() as folder:
        held_back = Path(folder, "held-back.in")
        held_back.write_text("\n".join(HELD_BACK), encoding="utf-8")
        everything = compile_pins(uv, LOCKED_EXTRAS, folder, held_back, upgrade)
        course = compile_pins(uv, ("course",), folder, everything)  # the same pins, fewer packages
        pins = requirements(everything.read_text(encoding="utf-8"))
        learner = requirements(course.read_text(encoding="utf-8"))
    header = [
        f"# Made from pyproject.toml by `python3 start.py lock`, for Python {dotted(oldest_python())} and newer,",
        "# on Windows, macOS and Linux. Do not edit. The first part opens the course, the second tests it;",
        "# the whole can be installed by `pip install --no-deps --require-hashes -r requirements.lock`.",
        f"# dependencies of pyproject.toml: sha256 {dependency_digest()}",
    ]
    first = [pins[name] for name in pins if name in learner]
    second = [pins[name] for name in pins if name not in learner]
    write_atomically(LOCK, "\n".join(header + first + [MARKER] + second).encode() + b"\n")
    print(f"requirements.lock: {len(first)} packages for the course, {len(second)} more for the tests")


# ---------------------------------------------------------------- the virtual environment


def venv_program(name):
    """Return the path of a program inside .venv."""
    return VENV / "Scripts" / f"{name}.exe" if WINDOWS else VENV / "bin" / name


def site_packages():
    """Return the folder of .venv that packages lie in."""
    parent = VENV / "Lib" if WINDOWS else VENV / "lib" / f"python{dotted(sys.version_info)}"
    return parent / "site-packages"


def clean_environment(**extra):
    """Return the environment for child processes, without what would lead them out of .venv.

    Of pip's variables only those stay that say how packages are reached; a learner's PIP_TARGET or
    PIP_CONSTRAINT is meant for other work.
    """
    reach = "INDEX_URL EXTRA_INDEX_URL PROXY CERT CLIENT_CERT TRUSTED_HOST TIMEOUT DEFAULT_TIMEOUT RETRIES"
    kept = {f"PIP_{name}" for name in (reach + " CACHE_DIR NO_CACHE_DIR CONFIG_FILE KEYRING_PROVIDER").split()}
    dropped = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and (not name.startswith("PIP_") or name in kept)
    }
    environment.update(extra)
    return environment


def fingerprint(level):
    """Return one line that changes whenever the installation for `level` must be looked at again."""
    facts = [level, lock_section(level), (ROOT / "pyproject.toml").read_text(encoding="utf-8")]
    facts += [dotted(sys.version_info), str(ROOT)]  # a folder that moved has a broken .venv
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


def is_installed(level):
    """Tell whether .venv is complete for `level`; the stamp is written last, so it proves the rest."""
    if not (STAMP.is_file() and venv_program("python").is_file()):
        return False
    return fingerprint(level) in STAMP.read_text(encoding="utf-8").split()


def venv_works():
    """Tell whether .venv has a Python of this version that can run pip, and was made in this place."""
    made_here = VENV / "made_in.txt"
    if not made_here.is_file() or made_here.read_text(encoding="utf-8") != str(ROOT):
        return False
    code = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    try:
        return not subprocess.run(
            [str(venv_program("python")), "-c", code], stderr=subprocess.DEVNULL, env=clean_environment()
        ).returncode
    except OSError:
        return False


def make_venv():
    """Make .venv, unless one that works is there; what an interrupted run left half-made goes."""
    if venv_works():
        return forget_half_installed()
    require_venv()
    print("Making a virtual environment in .venv ...", flush=True)
    if VENV.exists():
        shutil.rmtree(str(VENV))
    base = getattr(sys, "_base_executable", sys.executable)  # so that .venv's own Python can run this too
    made = subprocess.run(
        [base, "-m", "venv", str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", env=clean_environment(),
    )  # fmt: skip
    if made.returncode:
        raise StartError(
            explain(made.stdout, None) or "No virtual environment: " + " ".join(made.stdout.split())[-300:]
        )
    (VENV / "made_in.txt").write_text(str(ROOT), encoding="utf-8")


def forget_half_installed():
    """Remove the names of packages that an interrupted pip left half-installed, so that pip takes them again.

    pip writes a package's INSTALLER file after all its other files; without it, some are missing.
    """
    for folder in site_packages().glob("*.dist-info"):
        if not (folder / "INSTALLER").is_file():
            shutil.rmtree(str(folder))


def explain(output, wheelhouse):
    """Return the one line for a failure that pip reports, or None for one that is not known."""
    here = f"Python {dotted(sys.version_info)} on {platform.system()} {platform.machine()}"
    missing = re.search(r"No matching distribution found for ([\w.-]+)", output)
    if re.search(r"No space left on device|\[Errno 28\]|\[WinError 112\]", output):
        return "The disk is full: make room, then start again; it goes on where it stopped."
    if "DO NOT MATCH THE HASHES" in output:
        return "A package arrived damaged (its hash is not the locked one): start again, on another network if need be."
    if wheelhouse and missing:
        return (
            f"The folder {wheelhouse} has no {missing.group(1)} for {here}: fill it with "
            f"`{ME} wheelhouse DIR` on a machine of the same kind, with the same Python, that has a network."
        )
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLError", output):
        return "The network's certificate is not trusted (a company or school proxy?): ask who runs the network."
    if re.search(r"Retrying \(|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution", output):
        return (
            "No network: connect this machine and start again (it goes on where it stopped), "
            f"or install from a folder of packages with `{ME} --wheelhouse DIR`."
        )
    if missing:
        newest = dotted(NEWEST_PYTHON)
        return f"There is no ready-made {missing.group(1)} for {here}: install Python {newest} (64 bit) and use that."
    if "Permission denied" in output or "[WinError 5]" in output:
        return f"The folder {VENV} cannot be changed: close every JupyterLab of this course, then start again."
    return None


class Progress:
    """Shows how far pip is: one line that changes on a terminal, a new line now and then elsewhere."""

    def __init__(self, total, every=5.0):
        self.total, self.fetched, self.phase, self.every = total, 0, "fetching", every
        self.last, self.live = 0.0, sys.stdout.isatty()

    def read(self, line):
        """Take one line of pip's output."""
        if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied")):
            self.fetched += 1
        elif line.startswith("Ignoring ") and self.total:  # for another system
            self.total -= 1
        elif line.startswith("Installing collected packages"):
            self.phase, self.last = "installing", 0.0

    def show(self, installed):
        """Print where things stand, if it is time to."""
        if not self.total or time.monotonic() - self.last < (0.2 if self.live else self.every):
            return
        self.last = time.monotonic()
        done = self.fetched if self.phase == "fetching" else installed()
        text = f"  {self.phase} packages: {min(done, self.total)} of {self.total}"
        print(f"\r{text:<60}" if self.live else text, end="" if self.live else "\n", flush=True)

    def close(self):
        """End the line that changes."""
        if self.live and self.total:
            print()


def installed_count():
    """Return how many packages are in .venv."""
    return sum(1 for _ in site_packages().glob("*.dist-info"))


def run_pip(arguments, total=0, wheelhouse=None):
    """Run .venv's pip, show its progress, and stop with one clear line if it fails."""
    command = [str(venv_program("python")), "-m", "pip"]
    if wheelhouse:  # no address at all, whatever the machine's settings say
        command += ["--isolated", arguments[0], "--no-index", "--find-links", str(wheelhouse)]
    else:
        command += [arguments[0]]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", *arguments[1:]]
    child = subprocess.Popen(
        command, cwd=str(ROOT), env=clean_environment(PYTHONIOENCODING="utf-8"), encoding="utf-8",
        errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    lines, output, progress = queue.Queue(), [], Progress(total)
    reader = threading.Thread(target=lambda: [lines.put(line) for line in child.stdout], daemon=True)
    reader.start()
    try:
        while reader.is_alive() or not lines.empty():
            try:
                output.append(lines.get(timeout=0.5))
                progress.read(output[-1])
            except queue.Empty:
                pass  # pip says nothing for long while it installs: the count goes on
            progress.show(installed_count)
        child.wait()
    finally:
        stop_child(child, patience=0)  # where this was interrupted; else it has ended
        progress.close()
    if child.returncode:
        log = VENV / "pip.log"
        log.write_text("".join(output), encoding="utf-8")
        last = next((line.strip() for line in reversed(output) if "ERROR" in line), "pip failed")
        raise StartError(explain("".join(output), wheelhouse) or f"{last} (all that pip said is in {log})")


def install(level, wheelhouse):
    """Install the locked packages of `level`, and the course's own package from this folder."""
    require_disk(level)
    make_venv()
    section = VENV / f"{level}.lock"
    section.write_text(lock_section(level), encoding="utf-8")
    total = len(requirements(lock_section(level)))
    print(f"Installing up to {total} packages; the first time takes some minutes ...", flush=True)
    run_pip(["install", "--no-user", *AS_LOCKED, "-r", str(section)], total, wheelhouse)
    print("Installing the course itself ...", flush=True)
    # editable: an update of this folder is at once an update of the package
    run_pip(["install", "--no-user", "--no-build-isolation", "--no-deps", "-e", str(ROOT)], wheelhouse=wheelhouse)


def quiet_lab():
    """Turn off JupyterLab's question about news, as a default of .venv alone."""
    settings = VENV / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    overrides = {"@jupyterlab/apputils-extension:notification": quiet}
    (settings / "overrides.json").write_text(json.dumps(overrides), encoding="utf-8")


def check_environment():
    """Print one line for each thing that must hold on this machine, and tell whether all of them do."""
    command = [str(venv_program("python")), "-m", "collapse_edu.course.desk.machine"]
    return subprocess.run(command, cwd=str(ROOT), env=clean_environment()).returncode == 0


def set_up(level, wheelhouse=None):
    """Install what `level` needs and check it; return False if the check found a fault.

    A complete installation costs nothing here: the stamp says so. It is written last, and not while the
    check finds a fault, so that the next start looks again.
    """
    require_writable(ROOT)
    if is_installed(level):
        return True
    require_wheels(wheelhouse)
    install(level, wheelhouse)
    quiet_lab()
    print("Checking this machine ...", flush=True)
    good = check_environment()
    if good:
        levels = ["course"] if level == "course" else ["course", "test"]
        write_atomically(STAMP, "\n".join(fingerprint(each) for each in levels).encode())
    return good


def require_wheels(wheelhouse):
    """Stop on a folder of packages that is none."""
    if wheelhouse and not any(Path(wheelhouse).glob("*.whl")):
        raise StartError(f"The folder {wheelhouse} holds no packages (*.whl): fill it with `{ME} wheelhouse DIR`.")


def fill_wheelhouse(folder):
    """Fetch every package of the lock for this system and Python into `folder`."""
    require_writable(ROOT)
    Path(folder).mkdir(parents=True, exist_ok=True)
    require_writable(folder)
    make_venv()
    total = len(requirements(lock_section("test")))
    print(f"Fetching up to {total} packages into {folder} ...", flush=True)
    run_pip(["download", *AS_LOCKED, "-r", str(LOCK), "-d", str(folder)], total)
    wheels = list(Path(folder).glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels) / 1e6
    print(
        f"{len(wheels)} packages, {size:.0f} MB, for Python {dotted(sys.version_info)} on {platform.system()} "
        f"{platform.machine()}. With no network: {ME} --wheelhouse DIR"
    )


# ---------------------------------------------------------------- the working copy


def write_atomically(path, content):
    """Write bytes so that a crash leaves the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=str(path.parent), prefix=".laying-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(temporary, 0o644)  # mkstemp makes it private, as no other file of the course is
        os.replace(temporary, str(path))
    except BaseException:
        os.unlink(temporary)
        raise


def digest(content):
    """Return a hash of bytes."""
    return hashlib.sha256(content).hexdigest()


def as_laid(name, content, learner=None):
    """Return what a learner gets for a file of the course: notebooks come without outputs.

    A prediction comes before its picture, so no picture may be there yet. A quiz says whose numbers it has.
    """
    if not name.endswith(".ipynb"):
        return content
    notebook = json.loads(content.decode("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    if "collapse_edu" in notebook["metadata"]:
        notebook["metadata"]["collapse_edu"]["learner"] = learner
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def learner_of_record():
    """Return the id that this learner's answers are kept under, a new one at the first start."""
    sys.path.insert(0, str(ROOT))
    from collapse_edu.course.desk.record import Record  # loads nothing but the standard library

    return Record().learner


def course_files(root):
    """Yield the name and content of each file that a learner gets, in order."""
    for folder in MIRRORED:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not any(p.startswith((".", "__pycache__")) for p in name.split("/")):
                yield name, path.read_bytes()


def name_beside(name, copy, laid):
    """Return a name for a new version that lies beside a learner's file, and is not a learner's file itself."""
    stem, dot, ending = name.rpartition(".")
    for number in range(1, 1000):
        mark = " (new version)" if number == 1 else f" (new version {number})"
        beside = f"{stem}{mark}{dot}{ending}"
        path = copy / beside
        if not path.exists() or digest(path.read_bytes()) == laid.get(beside, {}).get("laid"):
            return beside
    raise StartError(f"There are too many new versions of {name} in {copy}: remove some.")


def lay_file(name, content, copy, laid, learner=None):
    """Lay one file of the course; return a line for the learner, or None. `laid` is brought up to date.

    `laid` maps a name to two hashes: `source`, of the course's file, and `laid`, of what was written for it.
    """
    before, target, source = laid.get(name, {}), copy / name, digest(content)
    if before.get("source") == source and target.exists():
        return None
    new = as_laid(name, content, learner)
    now = digest(target.read_bytes()) if target.exists() else None
    if now in (None, before.get("laid"), digest(new)):
        if now != digest(new):
            write_atomically(target, new)
        laid[name] = {"source": source, "laid": digest(new)}
        return None
    beside = name_beside(name, copy, laid)
    write_atomically(copy / beside, new)
    laid[beside] = {"source": source, "laid": digest(new)}
    laid[name] = {"source": source, "laid": before.get("laid")}  # so that this is said once
    return f"You changed {name} and the course has a new one: yours is kept, the new one is {Path(beside).name}"


def lay_course(root=ROOT, copy=COURSE):
    """Lay the working copy, or bring it up to date, and return the lines that a learner should read.

    A new file is added. A file that the learner did not change is replaced by a newer one. A file that the
    learner changed is never written to: a newer one is laid beside it, once. A file that the learner deleted
    comes back fresh: this is how to begin a lesson anew. Nothing is ever deleted, also not what the course
    no longer has.
    """
    manifest = copy / ".laid.json"
    try:
        laid = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        laid = {}  # a lost or damaged manifest: every file that differs counts as the learner's
    before = json.dumps(laid)
    learner = learner_of_record()
    said = [lay_file(name, content, copy, laid, learner) for name, content in course_files(root)]
    if json.dumps(laid) != before or not manifest.exists():
        write_atomically(manifest, json.dumps(laid, indent=1).encode())
    return [line for line in said if line]


# ---------------------------------------------------------------- JupyterLab


def is_free(port):
    """Tell whether JupyterLab could listen at this port of this machine."""
    with socket.socket() as probe:
        if not WINDOWS:  # a port that was just left is free; on Windows the option means something else
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def choose_port(asked):
    """Return the port that was asked for, or the first free one from JupyterLab's usual 8888."""
    if asked is None:
        free = next((port for port in range(8888, 8988) if is_free(port)), None)
        if free is None:
            raise StartError("No port from 8888 to 8987 is free: choose another one with --port.")
        return free
    if not is_free(asked):
        raise StartError(f"Port {asked} is taken or not allowed: choose another one with --port, or leave --port out.")
    return asked


def lab_command(port, browser):
    """Return the command that runs JupyterLab on the working copy, whatever the user's own settings are."""
    page = f"/lab/tree/{FIRST_NOTEBOOK}" if (COURSE / FIRST_NOTEBOOK).is_file() else "/lab"
    command = [str(venv_program("python")), "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"]
    command += ["--ServerApp.log_level=WARN", "--ExtensionApp.log_level=WARN"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.answer_yes=True"]
    command += [f"--ServerApp.root_dir={COURSE}", f"--LabApp.default_url={page}"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"]
    command += [] if browser else ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container there is often no other user
        command += ["--allow-root"]
    return command, page


def wait_until_open(child, port):
    """Wait until JupyterLab listens; stop if it ended before that."""
    while child.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise StartError(f"JupyterLab did not start (see above): `{ME} check` may say why.")


def stop_child(child, patience=10):
    """End a child process: give it `patience` seconds to end by itself, then ask, then insist."""
    for end in (lambda: None, child.terminate, child.kill):
        try:
            if child.poll() is None:
                end()
            return child.wait(patience)
        except subprocess.TimeoutExpired:
            patience = 5
    return child.wait()


def open_lab(port, browser):
    """Run JupyterLab until the learner ends it."""
    token = secrets.token_hex(24)
    command, page = lab_command(port, browser)
    # the token goes by the environment: other users of the machine can read a command line
    environment = clean_environment(JUPYTER_TOKEN=token, JUPYTER_PREFER_ENV_PATH="1")
    child = subprocess.Popen(command, cwd=str(COURSE), env=environment)
    try:
        wait_until_open(child, port)
        print(f"\nThe course is open at\n\n    http://127.0.0.1:{port}{page}?token={token}\n")
        print("Your notebooks are in my_course. To end: press Ctrl-C here.", flush=True)
        return child.wait()
    except KeyboardInterrupt:
        # a terminal sends Ctrl-C to both of us, a signal to this process alone does not reach the child
        if not WINDOWS:  # there every signal kills at once; its consoles always send Ctrl-C to both
            child.terminate()
        print("\nClosing JupyterLab ...", flush=True)
        return 0
    finally:
        stop_child(child)


# ---------------------------------------------------------------- tests


def nbval_options(system=None):
    """Return pytest's options for the notebooks, and whether outputs are compared."""
    options = ["--nbval-current-env", "--nbval-cell-timeout=120"]
    options += ["--nbval-sanitize-with=tests/notebooks/sanitize.cfg"]
    strict = (system or (platform.system(), platform.machine())) in (("Linux", "x86_64"), ("Linux", "AMD64"))
    return ["--nbval" if strict else "--nbval-lax", *options], strict


def steps_of_test(everything):
    """Yield (name, pytest's arguments or None to skip, what must be said loudly or '') for each step."""
    apart = ("browser", "hostile", "cluster", "published", "benchmarks")
    unit = ["tests", "collapse_edu", "--doctest-modules", "-n", "2", "--dist", "loadfile"]
    yield "unit tests and doctests", unit + [f"--ignore=tests/{name}" for name in apart], ""
    options, strict = nbval_options()
    folders = [name for name in ("notebooks", "quizzes") if any((ROOT / name).glob("*.ipynb"))]
    loud = "" if strict else "OUTPUTS ARE NOT COMPARED HERE, only run: they are promised for Linux x86-64."
    yield "notebooks and quizzes", (folders or ["notebooks"]) + options + ["-n", "2", "--dist", "loadfile"], loud
    if (ROOT / "tests" / "browser").is_dir():
        missing = "" if find_chromium() else "NO CHROMIUM FOUND: install Chromium or Chrome to run these tests."
        yield "browser tests", None if missing else ["tests/browser"], missing
    for name in ("hostile", "cluster", "published") if everything else ():
        if (ROOT / "tests" / name).is_dir():
            yield f"{name} tests", [f"tests/{name}"], ""


def find_chromium():
    """Return the path of a Chromium or Chrome, or None."""
    sys.path.insert(0, str(ROOT))
    from collapse_edu.course.desk.machine import find_chromium  # loads nothing but the standard library

    return find_chromium()


def count_tests(report):
    """Return how many tests passed, failed and were skipped, from pytest's report; no report is a failure."""
    try:
        suite = ElementTree.parse(str(report)).getroot().find("testsuite")
    except (OSError, ElementTree.ParseError):
        return {"passed": 0, "failed": 1, "skipped": 0}
    failed = int(suite.get("failures")) + int(suite.get("errors"))
    skipped = int(suite.get("skipped"))
    return {"passed": int(suite.get("tests")) - failed - skipped, "failed": failed, "skipped": skipped}


def run_step(arguments, environment):
    """Run one step; return its verdict and its count of tests."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [str(venv_program("python")), "-m", "pytest", *arguments]
        command += [f"--junit-xml={report}", "--override-ini=junit_family=xunit1"]  # xunit2 refuses properties
        status = subprocess.run(command, cwd=str(ROOT), env=environment).returncode
        count = count_tests(report)
    if status and not count["failed"]:  # nothing was collected, or pytest itself broke
        count["failed"] = 1
    return ("failed" if count["failed"] else "passed"), count


def run_steps(steps):
    """Run each step, also after a failure; return (name, verdict, count of tests, seconds, remark) of each."""
    environment = clean_environment(OMP_NUM_THREADS="1")
    chromium = find_chromium()
    if chromium:
        environment["COLLAPSE_EDU_CHROMIUM"] = chromium
    results = []
    for name, arguments, loud in steps:
        print(f"\n{'=' * 20} {name} {'=' * 20}", flush=True)
        if loud:
            print(f"!!!! {loud}", flush=True)
        began, verdict, count = time.monotonic(), "skipped", {"passed": 0, "failed": 0, "skipped": 1}
        if arguments is not None:
            verdict, count = run_step(arguments, environment)
        results.append((name, verdict, count, time.monotonic() - began, loud))
    return results


def summary(results, seconds):
    """Return one line for each step, and a last one as pytest would write it for all of them together."""
    lines = [f"\n{'=' * 20} summary {'=' * 20}"]
    total = {"failed": 0, "passed": 0, "skipped": 0}
    for name, verdict, count, took, loud in results:
        told = ", ".join(f"{number} {what}" for what, number in count.items() if number)
        lines.append(f"{verdict:8} {name}: {told} in {took:.0f} s{'  !!!! ' + loud if loud else ''}")
        for what in total:
            total[what] += count[what]
    told = ", ".join(f"{number} {what}" for what, number in total.items() if number)
    return "\n".join([*lines, f"{'=' * 10} {told} in {seconds:.2f}s {'=' * 10}"])


def test(options):
    """Run every test; return 1 if any failed."""
    began = time.monotonic()
    good = set_up("test", options.wheelhouse)
    count = {"passed": int(good), "failed": int(not good), "skipped": 0}
    results = [("set-up", "passed" if good else "failed", count, time.monotonic() - began, "")]
    results += run_steps(steps_of_test(options.all))
    print(summary(results, time.monotonic() - began), flush=True)
    return int(any(verdict == "failed" for _, verdict, _, _, _ in results))


# ---------------------------------------------------------------- commands


def open_course(options):
    """Set up, lay the working copy, open JupyterLab."""
    port = choose_port(options.port)
    if not set_up("course", options.wheelhouse):
        print("Something above is marked [!!]. The course opens; parts of it may not work until that is mended.")
    for line in lay_course():
        print(line)
    return open_lab(port, options.browser)


def check(options):
    """Check this machine alone."""
    if not venv_program("python").is_file():
        raise StartError(f"Nothing is set up yet: run `{ME}` first.")
    command = [str(venv_program("python")), "-m", "collapse_edu.course.desk.machine", "--optional"]
    return subprocess.run(command, cwd=str(ROOT), env=clean_environment()).returncode


def build(options):
    """Build the notebooks."""
    set_up("test", options.wheelhouse)
    command = [str(venv_program("python")), str(ROOT / "lessons" / "build.py"), *options.names]
    return subprocess.run(command, cwd=str(ROOT), env=clean_environment(OMP_NUM_THREADS="1")).returncode


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(prog=ME, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    folder = dict(metavar="DIR", type=os.path.abspath, help="install from this folder, with no network")
    parser.add_argument("--port", type=int, help="where JupyterLab listens (default: a free port)")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="print the address only")
    parser.add_argument("--wheelhouse", default=None, **folder)
    parser.set_defaults(run=open_course)
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(name, run, about):
        sub = commands.add_parser(name, help=about)
        sub.set_defaults(run=run)
        return sub

    command("check", check, "check this machine")
    sub = command("test", test, "run the tests")
    sub.add_argument("--all", action="store_true", help="also those that may harm or burden a machine")
    sub.add_argument("--wheelhouse", default=argparse.SUPPRESS, **folder)
    sub = command("build", build, "build the notebooks")
    sub.add_argument("names", nargs="*", metavar="NAME")
    sub.add_argument("--wheelhouse", default=argparse.SUPPRESS, **folder)
    sub = command("wheelhouse", lambda o: fill_wheelhouse(o.folder), "fill a folder for machines with no network")
    sub.add_argument("folder", metavar="DIR", type=os.path.abspath)
    sub = command("lock", lambda o: make_lock(o.upgrade), "make requirements.lock")
    sub.add_argument("--upgrade", action="store_true", help="take the newest packages, also where old ones fit")
    return parser.parse_args(arguments)


def explain_oserror(error):
    """Return the one line for what the operating system refused."""
    if error.errno == errno.ENOSPC:
        return "The disk is full: make room, then start again; it goes on where it stopped."
    return f"{error.strerror or error}: {error.filename or ROOT}"


def interrupt(signum, frame):
    """End on a closed terminal as on Ctrl-C, so that JupyterLab ends too."""
    raise KeyboardInterrupt


def main(arguments=None):
    """Run one command and return its exit status: 0, 1 (tests failed) or 2 (stopped, with one line why)."""
    try:
        require_python()
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="replace")  # a console that cannot show a letter must not end the course
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), interrupt)
        options = parse(arguments)
        return options.run(options) or 0
    except StartError as error:
        print(f"[!!] {error}", file=sys.stderr)
    except OSError as error:
        print(f"[!!] {explain_oserror(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\n[!!] Interrupted: run the same command again, it goes on where it stopped.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
