"""Run a learner's code where it can do no harm, and read little of what it says.

On Linux bubblewrap gives it namespaces of its own: no network, no other processes, no files but Python and the
system's libraries, read only, and a small ``/tmp``. Limits on each process are set by the program itself
(:mod:`.in_sandbox`) before it runs a learner's line; limits on all of them together, on time and on what is read are
kept from outside, here.
"""

import os
import selectors
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from collapse_edu.course.quiz.marking.stopping import begin

__all__ = ["Limits", "Outcome", "readable", "run", "why_not"]

PACKAGE = Path(__file__).resolve().parents[3]
BANK = PACKAGE / "course" / "quiz" / "bank"
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix/store")
_LOADER = ("/etc/ld.so.cache", "/etc/alternatives")  # where libraries are
_SOMEBODY = count(os.getpid() % 10_000 * 100)
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "agg",
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What the code of one submission may use.

    Attributes
    ----------
    seconds : float
        For everything, by the clock on the wall.
    answer_seconds : float
        For one cell and its answer.
    memory : int
        Bytes of address space of one process, and resident bytes of all of them.
    processes : int
        Processes and threads at one time.
    file, disk : int
        Bytes of one file, and of all files in the temporary folder.
    output : int
        Bytes that are read before the code is killed.
    """

    seconds: float = 60.0
    answer_seconds: float = 10.0
    memory: int = 2 << 30
    processes: int = 16
    file: int = 8 << 20
    disk: int = 64 << 20
    output: int = 4 << 20


@dataclass(frozen=True)
class Outcome:
    """What came back: the bytes that were read, and why it was ended, if it was."""

    output: bytes
    fault: str | None = None


def run(program: str | Path, data: bytes, limits: Limits, *, isolated: bool = True) -> Outcome:
    """Run a Python file; give it `data` on its standard input, and return what it writes to its standard output.

    Parameters
    ----------
    program : path
    data : bytes
    limits : Limits
    isolated : bool
        Without isolation only the limits on time and output hold, and those that the program sets for itself.

    Returns
    -------
    Outcome
        Nothing that the program started is alive any more.
    """
    python = [sys.executable, "-s", "-P", "-B", str(program)]
    with tempfile.TemporaryDirectory(prefix="collapse-edu-") as folder:
        command = [*_bubblewrap(limits), *python] if isolated else python
        process = begin(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_ENVIRONMENT if isolated else os.environ | {"MPLBACKEND": "agg", "PYTHONHASHSEED": "0"},
        )
        try:
            threading.Thread(target=_feed, args=(process.stdin, data), daemon=True).start()
            return _read(process, limits)
        finally:
            _end(process)


@cache
def why_not() -> str | None:
    """Return in one line why code cannot be isolated on this machine; None if it can."""
    return _wrong_system() or _lacking_programs() or _home_in_sight() or _failing_start()


def readable(path: Path) -> bool:
    """Return whether isolated code could read what lies at `path`."""
    return _under(Path(path).resolve(), [*_roots(), *map(Path, _SYSTEM)])


# ---------------------------------------------------------------- why code cannot be isolated, or None


def _wrong_system():
    return None if sys.platform.startswith("linux") else "isolation needs Linux and bubblewrap"


def _lacking_programs():
    needed = ["bwrap", "setpriv"] if _is_root() else ["bwrap"]
    missing = [name for name in needed if not shutil.which(name)]
    return f"isolation needs {' and '.join(missing)}, which this machine lacks" if missing else None


def _home_in_sight():
    home = Path.home().resolve()
    inside = [root for root in _roots() if _under(home, [root])]
    return f"isolation would show the home folder: Python lies in {inside[0]}" if inside else None


def _failing_start():
    """Start Python in isolation, once."""
    test = [*_bubblewrap(Limits()), sys.executable, "-S", "-c", "print('ready')"]
    try:
        done = subprocess.run(test, capture_output=True, text=True, timeout=30, env=_ENVIRONMENT, cwd="/")
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not work here: {error}"
    said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return None if done.stdout.strip() == "ready" else f"bubblewrap does not work here: {said:.200}"


# ---------------------------------------------------------------- the command


def _bubblewrap(limits):
    """Return the command that isolates the command after it.

    Root first gives itself up, in an outer sandbox that shows the same few files: whatever its namespace calls it, the
    kernel binds no limit on processes to root, and somebody else may not be allowed to reach this Python.
    """
    files = _files(limits)
    inner = [
        "bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000",
        "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv",
        *(word for name, value in _ENVIRONMENT.items() for word in ("--setenv", name, value)),
        *files, "--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp",
        "--",
    ]  # fmt: skip
    if not _is_root():
        return inner
    somebody = 1_000_000 + next(_SOMEBODY)  # each time another one: the limit on processes is not shared
    keep = (word for name in ("SETUID", "SETGID", "SETPCAP") for word in ("--cap-add", f"CAP_{name}"))
    return [
        "bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--die-with-parent", "--cap-drop", "ALL", *keep,
        *files, "--bind", "/proc", "/proc", "--dev", "/dev", "--",
        "setpriv", f"--reuid={somebody}", f"--regid={somebody}", "--clear-groups", "--inh-caps=-all",
        "--bounding-set=-all", *inner,
    ]  # fmt: skip


def _files(limits):
    """Return bubblewrap's words for all that isolated code may see; the bank of questions is not among it."""
    words, made = ["--perms", "1777", "--size", str(limits.disk), "--tmpfs", "/tmp"], {Path("/"), Path("/tmp")}
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.exists():
            words += [*_parents(path, made), "--ro-bind", str(path), str(path)]
    for path in [path for path in map(Path, _LOADER) if path.exists()] + _roots():
        words += [*_parents(path, made), "--ro-bind", str(path), str(path)]
    return [*words, "--perms", "0555", "--size", "4096", "--tmpfs", str(BANK), "--remount-ro", str(BANK)]


def _parents(path, made):
    """Yield what makes the folders above a path: bubblewrap alone would make them for root's eyes only."""
    for parent in reversed(path.parents):
        if parent not in made:
            made.add(parent)
            yield from ("--perms", "0755", "--dir", str(parent))


def _roots():
    """Return the folders that hold Python, the installed packages and this one, outer ones only."""
    packages = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    asked = [sys.prefix, sys.base_prefix, sys.exec_prefix, *packages, *site.getsitepackages(), PACKAGE]
    # both ways to a folder count: the path that Python was started by, and the one that it really has
    paths = {Path(way(path)) for path in asked for way in (os.path.abspath, os.path.realpath) if os.path.isdir(path)}
    system = [Path(path) for path in _SYSTEM]
    return sorted(path for path in paths if not _under(path, system) and not _under(path, paths - {path}))


def _under(path, roots):
    return any(root == path or root in path.parents for root in roots)


def _is_root():
    return os.geteuid() == 0


def _feed(pipe, data):
    try:
        with pipe:
            pipe.write(data)
    except OSError:
        pass  # it ended without reading all of it


def _read(process, limits):
    """Read until the end, or until a limit is reached."""
    deadline, output = time.monotonic() + limits.seconds, bytearray()
    for piece in _pieces(process.stdout):
        output += piece or b""
        if piece == b"":
            return Outcome(bytes(output))
        if len(output) > limits.output:
            return Outcome(bytes(output[: limits.output]), f"it wrote more than {limits.output >> 20} MB")
        if time.monotonic() > deadline:
            return Outcome(bytes(output), f"it was not done after {limits.seconds:.0f} s")
        if piece is None and _resident(process.pid) > limits.memory:
            return Outcome(bytes(output), f"it used more than {limits.memory >> 20} MB of memory")
    raise AssertionError("a pipe never ends without saying so")


def _pieces(pipe):
    """Yield what comes out of a pipe: bytes, None every now and then when nothing comes, ``b""`` at the end."""
    if os.name == "nt":  # no select on pipes; there the caller's deadline is kept by a thread
        yield from _pieces_by_thread(pipe)
        return
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        looked = time.monotonic()
        while True:
            ready = selector.select(0.1)
            yield os.read(pipe.fileno(), 1 << 16) if ready else None
            if ready and time.monotonic() - looked > 0.2:  # a busy pipe must not hide the rest
                looked = time.monotonic()
                yield None


def _pieces_by_thread(pipe):
    import queue

    pieces = queue.Queue(maxsize=8)

    def pump():
        while piece := os.read(pipe.fileno(), 1 << 16):
            pieces.put(piece)
        pieces.put(b"")

    threading.Thread(target=pump, daemon=True).start()
    while True:
        try:
            yield pieces.get(timeout=0.1)
        except queue.Empty:
            yield None


def _resident(pid):
    """Return the resident bytes of a process and all that descend from it; 0 where there is no ``/proc``."""
    parent, pages = {}, {}
    for entry in Path("/proc").glob("[0-9]*") if sys.platform.startswith("linux") else ():
        try:
            fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue  # it is gone
        parent[int(entry.name)], pages[int(entry.name)] = int(fields[1]), int(fields[21])
    total, family = 0, {pid}
    while family:
        total += sum(pages.get(process, 0) for process in family)
        family = {child for child, above in parent.items() if above in family}
    return total * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _end(process):
    """Kill all that is left. Isolated, the first process takes its whole namespace with it."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        pass  # it had ended already
    process.wait()
    process.stdout.close()
