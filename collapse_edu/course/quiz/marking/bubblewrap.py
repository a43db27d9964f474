"""The command that isolates a program, by bubblewrap, and why this machine has none."""

import os
import re
import site
import stat
import subprocess
import sys
from functools import cache
from itertools import count
from pathlib import Path

from collapse_edu.course.quiz.marking import system_calls

__all__ = ["ENVIRONMENT", "isolating", "readable", "why_not"]

PACKAGE = Path(__file__).resolve().parents[3]
BANK = PACKAGE / "course" / "quiz" / "bank"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "agg",
}  # fmt: skip
_NEEDED = (0, 8)  # the first bubblewrap with --disable-userns
_PROGRAMS = ("/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin")  # PATH may name a learner's folder
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix/store")
_LOADER = ("/etc/ld.so.cache", "/etc/alternatives")  # where libraries are
_DEVICES = ("null", "random", "urandom")  # no terminal, and no zero: mapped and shared, it is memory of no process
_SOMEBODY = count(os.getpid() % 10_000 * 100)
# The key ring of the session is left behind before anything else; -1 where there are no keys is as good.
_LEAVE_KEYS = (
    "import ctypes, os, sys; ctypes.CDLL(None).syscall(int(sys.argv[1]), 1, None); os.execv(sys.argv[2], sys.argv[2:])"
)
_SYSCTL = "/proc/sys"
_SETTINGS = {
    "kernel.apparmor_restrict_unprivileged_userns": ("1", "let AppArmor allow bwrap user namespaces, or set it to 0"),
    "kernel.unprivileged_userns_clone": ("0", "set it to 1"),
    "user.max_user_namespaces": ("0", "set it to 1000"),
}


@cache
def why_not() -> str | None:
    """Return in one line why code cannot be isolated on this machine; None if it can."""
    return _wrong_system() or system_calls.why_not() or _lacking_programs() or _home_in_sight() or _failing_start()


def readable(path: Path) -> bool:
    """Return whether isolated code could read what lies at `path`."""
    return _under(Path(path).resolve(), [*_roots(), *map(Path, _SYSTEM)])


def isolating(disk: int, filter_fd: int) -> list[str]:
    """Return the command that isolates the command after it.

    Parameters
    ----------
    disk : int
        Bytes of the temporary folder.
    filter_fd : int
        A descriptor that the command inherits, of the filter of system calls.
    """
    return [
        sys.executable,
        "-I",
        "-S",
        "-c",
        _LEAVE_KEYS,
        str(system_calls.number("keyctl")),
        *_bubblewrap(disk, filter_fd),
    ]


# ---------------------------------------------------------------- why code cannot be isolated, or None


def _wrong_system():
    return None if sys.platform.startswith("linux") else "isolation needs Linux and bubblewrap"


def _lacking_programs():
    needed = ["bwrap", "setpriv"] if _is_root() else ["bwrap"]
    missing = [name for name in needed if not _program(name)]
    if missing:
        return f"isolation needs {' and '.join(missing)}, which this machine lacks in {', '.join(_PROGRAMS)}"
    return _old(_program("bwrap"))


def _program(name):
    """Return the path of a program in a folder that only the system writes to; None if there is none."""
    paths = (os.path.join(folder, name) for folder in _PROGRAMS)
    return next((path for path in paths if os.access(path, os.X_OK) and _belongs_to_the_system(path)), None)


def _belongs_to_the_system(path):
    file = os.path.realpath(path)
    found = [os.stat(each) for each in (path, os.path.dirname(path), file, os.path.dirname(file))]
    return all(each.st_uid == 0 and not each.st_mode & (stat.S_IWGRP | stat.S_IWOTH) for each in found)


def _old(program):
    said = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=30, check=False
    ).stdout.strip()
    version = tuple(map(int, re.findall(r"\d+", said)))
    needed = ".".join(map(str, _NEEDED))
    return None if version >= _NEEDED else f"isolation needs bubblewrap {needed} or newer; {program} is {said!r}"


def _home_in_sight():
    home = Path.home().resolve()
    inside = [root for root in _roots() if _under(home, [root])]
    return f"isolation would show the home folder: Python lies in {inside[0]}" if inside else None


def _failing_start():
    """Start Python in isolation, once."""
    with system_calls.filter_to_inherit() as filter_fd:
        test = [*isolating(1 << 20, filter_fd), sys.executable, "-S", "-c", "print('ready')"]
        try:
            done = subprocess.run(
                test, capture_output=True, text=True, timeout=30, env=ENVIRONMENT, cwd="/", pass_fds=[filter_fd]
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"bubblewrap does not work here: {error}"
    said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return None if done.stdout.strip() == "ready" else _forbidden() or f"bubblewrap does not work here: {said:.200}"


def _forbidden():
    """Return in one line which setting of the system keeps namespaces from bubblewrap, and what to do about it."""
    for name, (value, advice) in _SETTINGS.items():
        try:
            found = Path(_SYSCTL, *name.split(".")).read_text().strip()
        except OSError:
            continue
        if found == value:
            return f"this system keeps bubblewrap from making namespaces ({name} is {value}; {advice})"
    return None


# ---------------------------------------------------------------- the command


def _bubblewrap(disk, filter_fd):
    """Return bubblewrap's command.

    Root first gives itself up, in an outer sandbox that shows the same few files: whatever its namespace calls it, the
    kernel binds no limit on processes to root, and somebody else may not be allowed to reach this Python.
    """
    program, files = _program("bwrap"), _files(disk)
    inner = [
        program, "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000",
        "--hostname", "sandbox", "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv",
        *(word for name, value in ENVIRONMENT.items() for word in ("--setenv", name, value)),
        *files, "--proc", "/proc", *_hidden_keys(), "--remount-ro", "/", "--chdir", "/tmp",
        "--seccomp", str(filter_fd), "--",
    ]  # fmt: skip
    if not _is_root():
        return inner
    somebody = 1_000_000 + next(_SOMEBODY)  # each time another one: the limit on processes is not shared
    keep = (word for name in ("SETUID", "SETGID", "SETPCAP") for word in ("--cap-add", f"CAP_{name}"))
    return [
        program, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--die-with-parent", "--cap-drop", "ALL", *keep,
        *files, "--bind", "/proc", "/proc", "--",
        _program("setpriv"), f"--reuid={somebody}", f"--regid={somebody}", "--clear-groups", "--inh-caps=-all",
        "--bounding-set=-all", *inner,
    ]  # fmt: skip


def _files(disk):
    """Return bubblewrap's words for all that isolated code may see; the bank of questions is not among it."""
    words, made = ["--perms", "1777", "--size", str(disk), "--tmpfs", "/tmp"], {Path("/"), Path("/tmp")}
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.exists():
            words += [*_parents(path, made), "--ro-bind", str(path), str(path)]
    for path in [path for path in map(Path, _LOADER) if path.exists()] + _roots():
        words += [*_parents(path, made), "--ro-bind", str(path), str(path)]
    for path in (Path("/dev") / name for name in _DEVICES):
        words += [*_parents(path, made), "--dev-bind", str(path), str(path)]
    return [*words, "--perms", "0555", "--size", "4096", "--tmpfs", str(BANK), "--remount-ro", str(BANK)]


def _hidden_keys():
    """Return words that put nothing in the place of the kernel's lists of keys."""
    paths = (path for path in ("/proc/keys", "/proc/key-users") if os.path.exists(path))
    return [word for path in paths for word in ("--ro-bind", "/dev/null", path)]


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
