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
not a SyntaxError: no walrus, no match, nothing newer than an f-string. What needs no place here runs in
.venv's Python, from collapse_edu/course.
"""

import argparse
import contextlib
import csv
import errno
import hashlib
import importlib.util
import json
import os
import platform
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

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "collapse_edu.stamp"
LOCK = ROOT / "requirements.lock"
COURSE = ROOT / "my_course"

WINDOWS = os.name == "nt"
ME = "py start.py" if WINDOWS else "python3 start.py"

NEWEST_PYTHON = (3, 14)  # every package in the lock has a wheel up to here; the oldest is in pyproject.toml
# The lock is complete, so pip need not look for dependencies; where it does, it takes the newest release of a package
# that another one asks for with an extra, such as coverage[toml], and refuses it: it is not the locked one.
AS_LOCKED = ("--only-binary", ":all:", "--no-deps", "--require-hashes")
MARKER = "# ----"  # begins the line of the lock after which comes what only the tests need
SAID_WHY = 2  # exit status, also of the modules that this runs
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
    if not (find_spec("venv") and find_spec("ensurepip")):
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
        raise StartError(f"The folder {folder} cannot be written to: move the course to one of your own.") from None


def require_disk(level, usage=shutil.disk_usage):
    """Stop where the packages would not fit."""
    free = usage(str(ROOT)).free / 1e9
    if free < DISK_NEEDED[level]:
        raise StartError(
            f"The disk has {free:.1f} GB free and {DISK_NEEDED[level]:.1f} GB are needed: make room, "
            "or move the course to another disk; then start again."
        )


def lock_section(level):
    """Return the text of the lock that `level` ('course' or 'test') needs."""
    if not LOCK.is_file():
        raise StartError(f"requirements.lock is missing: get the course anew, or make it with `{ME} lock`.")
    text = LOCK.read_text(encoding="utf-8")
    return text.partition(MARKER)[0] if level == "course" else text


def count_packages(level):
    """Return how many packages `level` needs."""
    return len(re.findall(r"^[A-Za-z0-9]", lock_section(level), flags=re.MULTILINE))


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
    return {**environment, **own_homes(), **extra}


def own_homes():
    """Return where programs keep what is a user's own, if the home folder cannot be written to: in this folder."""
    home = Path.home()
    try:
        with tempfile.TemporaryFile(dir=str(home)):
            return {}
    except OSError:
        names = "COLLAPSE_EDU_HOME JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR IPYTHONDIR MPLCONFIGDIR"
        return {name: str(COURSE / ".home" / name.lower()) for name in names.split() if name not in os.environ}


def module_command(module, *arguments):
    """Return the command that runs a module of the course with .venv's Python, or with this one where there is none."""
    python = venv_program("python")
    return [str(python) if python.is_file() else sys.executable, "-m", module, *arguments]


def run_module(module, *arguments):
    """Run a module of the course and return its exit status; where this process is interrupted, it ends too."""
    environment = clean_environment(OMP_NUM_THREADS="1")
    child = subprocess.Popen(module_command(module, *arguments), cwd=str(ROOT), env=environment)
    try:
        return child.wait()
    except KeyboardInterrupt:
        end_on_interrupt(child)
        raise
    finally:
        stop_child(child)


def end_on_interrupt(child):
    """Tell a child to end: a terminal sends Ctrl-C to both of us, a signal to this process alone does not reach it."""
    if not WINDOWS:  # there every signal kills at once; its consoles always send Ctrl-C to both
        child.terminate()


def fingerprint(level):
    """Return one line that changes whenever the installation for `level` must be looked at again."""
    facts = [level, lock_section(level), (ROOT / "pyproject.toml").read_text(encoding="utf-8")]
    facts += [dotted(sys.version_info), str(ROOT)]  # a folder that moved has a broken .venv
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


def is_installed(level):
    """Tell whether .venv is complete for `level`; the stamp is written last, so it proves the rest."""
    if not (STAMP.is_file() and venv_program("python").is_file()):
        return False
    return fingerprint(level) in STAMP.read_text(encoding="utf-8").split() and not damaged_packages()


def damaged_packages():
    """Return the folder *.dist-info of each package that is not whole: half-installed, or files of it went since."""
    return [folder for folder in site_packages().glob("*.dist-info") if is_damaged(folder)]


def is_damaged(folder):
    """Tell whether a package lacks files, or some were cut short. A file that grew was changed on purpose.

    pip writes a package's INSTALLER file after all its other files; without it, an interrupted pip left it half-made.
    """
    try:
        rows = list(csv.reader((folder / "RECORD").read_text(encoding="utf-8").splitlines()))
        stated = [(place, int(size)) for place, _, size in rows if size and not place.endswith(".pyc")]
        short = any(os.stat(os.path.join(str(folder.parent), place)).st_size < size for place, size in stated)
    except (OSError, ValueError):
        return True
    return short or not (folder / "INSTALLER").is_file()


def venv_works():
    """Tell whether .venv has a Python of this version that can run pip, and was made in this place."""
    made_here = VENV / "made_in.txt"
    if not made_here.is_file() or made_here.read_text(encoding="utf-8") != str(ROOT):
        return False
    if any(folder.name.startswith("pip-") for folder in damaged_packages()):
        return False
    code = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    command = [str(venv_program("python")), "-c", code]
    try:
        return subprocess.call(command, stderr=subprocess.DEVNULL, env=clean_environment()) == 0
    except OSError:
        return False


def make_venv():
    """Make .venv, unless one that works is there; what an interrupted run left half-made goes."""
    if venv_works():
        return forget_damaged()
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
        said = " ".join(made.stdout.split())[-300:]
        raise StartError(explain(made.stdout, None) or f"No virtual environment: {said}")
    (VENV / "made_in.txt").write_text(str(ROOT), encoding="utf-8")


def forget_damaged():
    """Remove the names of packages that are not whole, so that pip takes them again."""
    for folder in damaged_packages():
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


def show_progress(output, total):
    """Print how far pip is, from what it has said: one line that changes on a terminal, a new line elsewhere."""
    if not total:
        return
    total -= sum(line.startswith("Ignoring ") for line in output)  # for another system
    if any(line.startswith("Installing collected packages") for line in output):
        phase, done = "installing", sum(1 for _ in site_packages().glob("*.dist-info"))
    else:
        begins = ("Collecting ", "Processing ", "Requirement already satisfied")
        phase, done = "fetching", sum(line.startswith(begins) for line in output)
    text, live = f"  {phase} packages: {min(done, total)} of {total}", sys.stdout.isatty()
    print(f"\r{text:<60}" if live else text, end="" if live else "\n", flush=True)


def run_pip(arguments, total=0, wheelhouse=None):
    """Run .venv's pip, show its progress, and stop with one clear line if it fails."""
    command = [str(venv_program("python")), "-m", "pip", *arguments]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    if wheelhouse:  # no address at all, whatever the machine's settings say
        command += ["--isolated", "--no-index", "--find-links", str(wheelhouse)]
    child = subprocess.Popen(
        command, cwd=str(ROOT), env=clean_environment(PYTHONIOENCODING="utf-8"), encoding="utf-8",
        errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    output, (every, end) = [], (0.2, "\n") if total and sys.stdout.isatty() else (5.0, "")
    reader = threading.Thread(target=output.extend, args=[child.stdout], daemon=True)  # line by line
    reader.start()
    try:
        while reader.is_alive():
            reader.join(every)  # pip says nothing for long while it installs: the count goes on
            show_progress(output, total)
        child.wait()
    finally:
        stop_child(child, patience=0)  # where this was interrupted; else it has ended
        print(end=end)
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
    total = count_packages(level)
    print(f"Installing up to {total} packages; the first time takes some minutes ...", flush=True)
    run_pip(["install", "--no-user", *AS_LOCKED, "-r", str(section)], total, wheelhouse)
    print("Installing the course itself ...", flush=True)
    # editable: an update of this folder is at once an update of the package
    run_pip(["install", "--no-user", "--no-build-isolation", "--no-deps", "-e", str(ROOT)], wheelhouse=wheelhouse)


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
    print("Checking this machine ...", flush=True)
    good = run_module("collapse_edu.course.desk.machine") == 0
    if good:
        levels = ["course"] if level == "course" else ["course", "test"]
        STAMP.write_text("\n".join(fingerprint(each) for each in levels), encoding="utf-8")  # torn, it proves nothing
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
    print(f"Fetching up to {count_packages('test')} packages into {folder} ...", flush=True)
    run_pip(["download", *AS_LOCKED, "-r", str(LOCK), "-d", str(folder)], count_packages("test"))
    wheels = list(Path(folder).glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels) / 1e6
    print(
        f"{len(wheels)} packages, {size:.0f} MB, for Python {dotted(sys.version_info)} on {platform.system()} "
        f"{platform.machine()}. With no network: {ME} --wheelhouse DIR"
    )


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


def require_port(asked):
    """Stop where the port that was asked for is taken; where none was, JupyterLab finds one itself."""
    if asked is not None and not is_free(asked):
        raise StartError(f"Port {asked} is taken or not allowed: choose another one with --port, or leave --port out.")


def wait_until_open(child, runtime):
    """Wait until JupyterLab listens, and return its port; None if it ended before that and said why in one line.

    JupyterLab notes its port in its own folder `runtime` once it listens. Whatever else answers on this machine is
    somebody else's.
    """
    while child.poll() is None:
        for note in Path(runtime).glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError):  # it may be half-written
                return json.loads(note.read_text(encoding="utf-8"))["port"]
        time.sleep(0.05)
    if child.returncode == SAID_WHY:
        return None
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
    """Bring the working copy up to date and run JupyterLab on it until the learner ends it."""
    command = module_command("collapse_edu.course.desk.lab", str(COURSE), *(["--port", str(port)] if port else []))
    command += [] if browser else ["--no-browser"]
    with tempfile.TemporaryDirectory(prefix="collapse_edu-", ignore_cleanup_errors=True) as runtime:
        # the token goes by the environment: other users of the machine can read a command line
        told = {"JUPYTER_TOKEN": secrets.token_hex(24), "JUPYTER_RUNTIME_DIR": runtime, "JUPYTER_PREFER_ENV_PATH": "1"}
        child = subprocess.Popen(command, cwd=str(ROOT), env=clean_environment(**told))
        try:
            opened = wait_until_open(child, runtime)
            if opened:
                print(f"\nThe course is open at\n\n    http://127.0.0.1:{opened}/?token={told['JUPYTER_TOKEN']}\n")
                kept = f", and so is what you answer: {Path.home()} cannot be written to" if own_homes() else ""
                print(f"Your notebooks are in my_course{kept}. To end: press Ctrl-C here.", flush=True)
            return child.wait()
        except KeyboardInterrupt:
            end_on_interrupt(child)
            print("\nClosing JupyterLab ...", flush=True)
            return 0
        finally:
            stop_child(child)


# ---------------------------------------------------------------- commands


def open_course(options):
    """Set up, lay the working copy, open JupyterLab."""
    require_port(options.port)
    if not set_up("course", options.wheelhouse):
        print("Something above is marked [!!]. The course opens; parts of it may not work until that is mended.")
    require_port(options.port)  # the set-up may have taken minutes
    return open_lab(options.port, options.browser)


def check(options):
    """Check this machine alone."""
    if not venv_program("python").is_file():
        raise StartError(f"Nothing is set up yet: run `{ME}` first.")
    return run_module("collapse_edu.course.desk.machine", "--optional")


def build(options):
    """Build the notebooks."""
    set_up("test", options.wheelhouse)
    return run_module("collapse_edu.course.press.build", *options.names)


def test(options):
    """Run every test, also where the set-up found a fault: it counts as one."""
    began = time.monotonic()
    outcome = "passed" if set_up("test", options.wheelhouse) else "failed"
    told = ["--set-up", outcome, "--set-up-seconds", f"{time.monotonic() - began:.2f}"]
    return run_module("collapse_edu.course.press.run_tests", *(["--all"] if options.all else []), *told)


def lock(options):
    """Make the lock; this needs nothing but uv, so it goes without .venv too."""
    return run_module("collapse_edu.course.press.lock", *(["--upgrade"] if options.upgrade else []))


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
    sub = command("lock", lock, "make requirements.lock")
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
    return SAID_WHY


if __name__ == "__main__":
    sys.exit(main())
