"""Files that survive a crash: written as a whole or not at all; a damaged one is set aside and never deleted.

Importing this module loads the standard library alone.
"""

import errno
import os
import time
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import IO
from uuid import uuid4

__all__ = ["PRIVATE", "lock", "set_aside", "unlock", "write_atomically"]

PRIVATE = 0o600  # the mode of a file that only its owner may read
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)  # some network folders


def write_atomically(path: str | Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file so that a crash, of the machine too, leaves the old one or the new one and never half of it.

    Parameters
    ----------
    path : str or Path
        In a folder that exists.
    content : bytes
    mode : int
        The permissions of a new file on POSIX, less what the user's umask takes away; ``PRIVATE`` for the owner alone.

    Raises
    ------
    OSError
        If the file cannot be written. The old one is still there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "marks.csv"), b"one")
    ...     write_atomically(Path(folder, "marks.csv"), b"two")
    ...     Path(folder, "marks.csv").read_bytes(), os.listdir(folder)
    (b'two', ['marks.csv'])
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name[:40]}.{uuid4().hex}.part")
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def set_aside(path: str | Path) -> Path:
    """Give a damaged file another name in its folder, one that is free.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Path
        Where the file lies now: ``M2.csv`` becomes ``M2-damaged-1.csv``.

    Raises
    ------
    OSError
        If the file cannot be renamed. It stays as it is.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "M2.csv"), b"?")
    ...     set_aside(Path(folder, "M2.csv")).name
    'M2-damaged-1.csv'
    """
    path = Path(path)
    names = (path.with_name(f"{path.stem}-damaged-{number}{path.suffix}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    path.rename(aside)
    return aside


def lock(stream: IO[bytes], patience: float = 0.0) -> bool:
    """Lock an open file against every other process that asks for its lock.

    Parameters
    ----------
    stream : file
        Open for writing, in binary mode. The lock ends with it.
    patience : float
        Seconds to wait for another process.

    Returns
    -------
    bool
        False if another process holds the lock. True also where the file system knows no locks: nobody can be kept out.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryFile() as stream:
    ...     lock(stream)
    True
    """
    until = time.monotonic() + patience
    while True:
        try:
            _set_lock(stream, on=True)
            return True
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(0.005)


def unlock(stream: IO[bytes]) -> None:
    """Let another process have the lock of a file."""
    with suppress(OSError):  # a file system without locks
        _set_lock(stream, on=False)


def _set_lock(stream, on):
    """Lock or unlock a file, or raise OSError at once."""
    if os.name == "nt":
        msvcrt = import_module("msvcrt")
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK if on else msvcrt.LK_UNLCK, 1)
    else:
        fcntl = import_module("fcntl")
        fcntl.flock(stream, (fcntl.LOCK_EX | fcntl.LOCK_NB) if on else fcntl.LOCK_UN)
