"""Which of the kernel's calls a learner's code may not make, as a seccomp filter that bubblewrap sets up.

libseccomp, which systemd and apt bring along, writes the filter for this machine's processor; calls of another one's
numbering (32 bits, x32) end the process. What is forbidden reaches further than a sandbox of namespaces does, or takes
memory that belongs to no process, so that nobody could count it.
"""

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

__all__ = ["filter_program", "filter_to_inherit", "number", "why_not"]

_LIBRARY = "libseccomp.so.2"
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000  # the second, with an error's number: the call fails, and the process goes on
_UNKNOWN = -1  # a name that this libseccomp has not heard of
_FORBIDDEN = {
    "keys": "add_key keyctl request_key",
    "the kernel's workings": (
        "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register io_setup fanotify_init "
        "name_to_handle_at open_by_handle_at lookup_dcookie syslog personality modify_ldt uselib"
    ),
    "the machine": (
        "kexec_load kexec_file_load init_module finit_module delete_module reboot swapon swapoff acct quotactl "
        "quotactl_fd iopl ioperm settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname vhangup"
    ),
    "other processes": (
        "ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp move_pages migrate_pages"
    ),
    "mounts and namespaces": (
        "mount umount umount2 pivot_root chroot fsopen fsconfig fsmount fspick move_mount open_tree open_tree_attr "
        "mount_setattr statmount listmount unshare setns"
    ),
    "memory of no process": (
        "shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open memfd_create "
        "memfd_secret vmsplice setsockopt"
    ),
}
# Calls that an older libseccomp has no name for. New calls have the same number on all processors.
_NEWER = {"statmount": 457, "listmount": 458, "open_tree_attr": 467}
_UNIX = 1  # the only family of sockets; the sandbox has no network, but a virtual machine's host is none
_NEW_USER = 0x10000000
_KIND_OF_MAPPING, _SHARED, _ANONYMOUS = 0x0F, 0x01, 0x20


class _Comparison(ctypes.Structure):
    """A condition on an argument: which one, how it is compared (1: differs; 7: masked, equals), and with what."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


# Also forbidden, under a condition: call → (error, condition)
_CONDITIONS = {
    "clone3": (errno.ENOSYS, ()),  # its flags cannot be seen; the C library falls back to clone
    "clone": (errno.EPERM, (0, 7, _NEW_USER, _NEW_USER)),
    "socket": (errno.EAFNOSUPPORT, (0, 1, _UNIX, 0)),
    "mmap": (errno.ENOMEM, (3, 7, _KIND_OF_MAPPING | _ANONYMOUS, _SHARED | _ANONYMOUS)),
}


@cache
def filter_program() -> bytes:
    """Return the filter as the kernel takes it: classic BPF.

    Raises
    ------
    OSError
        Where libseccomp is missing.
    """
    library = _library()
    rules = library.seccomp_init(_ALLOW)
    try:
        for name in " ".join(_FORBIDDEN.values()).split():
            _forbid(library, rules, name, errno.EPERM)
        for name, (error, condition) in _CONDITIONS.items():
            _forbid(library, rules, name, error, condition)
        return _exported(library, rules)
    finally:
        library.seccomp_release(rules)


@contextmanager
def filter_to_inherit() -> Iterator[int]:
    """Yield a descriptor that the filter can be read from, once.

    Raises
    ------
    OSError
        Where libseccomp is missing.
    """
    with _pipe() as (reader, writer):
        writer.write(filter_program())
        writer.close()
        yield reader.fileno()


def number(name: str) -> int:
    """Return the number of a call on this machine; negative where there is none, or it is not known.

    Raises
    ------
    OSError
        Where libseccomp is missing.
    """
    found = _library().seccomp_syscall_resolve_name(name.encode())
    return _NEWER.get(name, found) if found == _UNKNOWN else found


def why_not() -> str | None:
    """Return in one line why there is no filter on this machine; None if there is."""
    try:
        filter_program()
    except OSError as error:
        return f"isolation needs libseccomp ({_LIBRARY}): {error}"
    return None


@cache
def _library():
    library = ctypes.CDLL(_LIBRARY, use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Comparison),
    ]  # fmt: skip
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    return library


def _forbid(library, rules, name, error, condition=()):
    call = number(name)
    if call == _UNKNOWN:
        return
    conditions = (_Comparison * 1)(_Comparison(*condition)) if condition else None
    _succeed(library.seccomp_rule_add_array(rules, _FAIL | error, call, bool(condition), conditions))


def _exported(library, rules):
    with _pipe() as (reader, writer):
        _succeed(library.seccomp_export_bpf(rules, writer.fileno()))
        writer.close()
        return reader.read()


@contextmanager
def _pipe():
    """Yield both ends of a pipe: it holds 64 KB before anybody reads, and a filter has about 1 KB."""
    reader, writer = os.pipe()
    with open(reader, "rb") as read, open(writer, "wb") as written:
        yield read, written


def _succeed(result):
    if result < 0:
        raise OSError(-result, os.strerror(-result))
