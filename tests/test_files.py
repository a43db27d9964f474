"""Files are written as a whole or not at all, and a damaged one is set aside."""

import errno
import os
import stat

import pytest

from collapse_edu.files import PRIVATE, set_aside, write_atomically


@pytest.mark.parametrize("broken", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_crash_while_writing_leaves_the_old_file_and_nothing_else(monkeypatch, tmp_path, broken, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def crash(*arguments):
        raise error

    monkeypatch.setattr(os, broken, crash)
    with pytest.raises(type(error)):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_content_is_on_the_disk_before_the_name_is(monkeypatch, tmp_path):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: order.append("fsync") or fsync(handle))
    monkeypatch.setattr(os, "replace", lambda one, other: order.append("replace") or replace(one, other))
    write_atomically(str(tmp_path / "file"), b"new")
    assert order == ["fsync", "replace"]
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "nowhere" / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_that_a_folder_takes_can_be_written(tmp_path):
    path = tmp_path / ("é" * 127)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize(
    ("umask", "mode", "wanted"), [(0o022, 0o666, 0o644), (0o077, 0o666, 0o600), (0, PRIVATE, 0o600)]
)
def test_permissions_are_those_of_any_new_file_or_private(tmp_path, umask, mode, wanted):
    path, before = tmp_path / "file", os.umask(umask)
    try:
        write_atomically(path, b"new", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == wanted


def test_no_file_that_was_set_aside_is_lost(tmp_path):
    path = tmp_path / "M2.csv"
    for content in (b"one", b"two"):
        path.write_bytes(content)
        set_aside(path)
    found = {aside.name: aside.read_bytes() for aside in tmp_path.iterdir()}
    assert found == {"M2-damaged-1.csv": b"one", "M2-damaged-2.csv": b"two"}


def test_what_cannot_be_set_aside_says_why(tmp_path):
    with pytest.raises(FileNotFoundError):
        set_aside(tmp_path / "M2.csv")
