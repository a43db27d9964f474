"""Why code cannot be isolated is one line that names the cause; no program is taken from where learners may write."""

import os
import struct
import sys

import pytest

from collapse_edu.course.quiz.marking import bubblewrap, system_calls

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="isolation needs Linux")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return a folder in which programs are looked for, and nowhere else."""
    monkeypatch.setattr(bubblewrap, "_PROGRAMS", (str(tmp_path),))
    return tmp_path


def put(folder, words, name="bwrap"):
    program = folder / name
    program.write_text(f"#!/bin/sh\n{words}\n")
    program.chmod(0o755)
    return str(program)


def test_path_has_no_say(tmp_path, place, monkeypatch):
    there = tmp_path / "in PATH"
    there.mkdir()
    put(there, "echo bubblewrap 9.9")
    monkeypatch.setenv("PATH", str(there), prepend=os.pathsep)
    assert bubblewrap._program("bwrap") is None
    assert bubblewrap._lacking_programs().endswith(f"bwrap, which this machine lacks in {place}") or (
        "bwrap and setpriv" in bubblewrap._lacking_programs()
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes what is root's")
@pytest.mark.parametrize("writable", ["file", "folder", "nothing"])
def test_what_others_may_write_is_not_taken(place, writable):
    program = put(place, "echo bubblewrap 9.9")
    if writable != "nothing":
        os.chmod(program if writable == "file" else place, 0o777)
    assert bubblewrap._program("bwrap") == (program if writable == "nothing" else None)


@pytest.mark.parametrize(
    ("says", "fine"),
    [("bubblewrap 0.6.1", False), ("bubblewrap 0.8.0", True), ("bubblewrap 0.11.2", True), ("something else", False)],
)
def test_an_old_bubblewrap_is_named(place, says, fine):
    program = put(place, f"echo {says}")
    assert bubblewrap._old(program) == (
        None if fine else f"isolation needs bubblewrap 0.8 or newer; {program} is {says!r}"
    )


def test_a_setting_that_forbids_namespaces_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(bubblewrap, "_SYSCTL", tmp_path)
    (tmp_path / "kernel").mkdir()
    assert bubblewrap._forbidden() is None
    (tmp_path / "kernel" / "apparmor_restrict_unprivileged_userns").write_text("1\n")
    assert bubblewrap._forbidden() == (
        "this system keeps bubblewrap from making namespaces (kernel.apparmor_restrict_unprivileged_userns is 1; "
        "let AppArmor allow bwrap user namespaces, or set it to 0)"
    )


def test_a_missing_libseccomp_is_named(monkeypatch):
    monkeypatch.setattr(system_calls, "_LIBRARY", "libnothing.so.2")
    system_calls._library.cache_clear()
    system_calls.filter_program.cache_clear()
    try:
        assert system_calls.why_not().startswith("isolation needs libseccomp (libnothing.so.2): ")
    finally:
        system_calls._library.cache_clear()
        system_calls.filter_program.cache_clear()


def test_calls_that_an_older_libseccomp_has_no_name_for_are_refused_by_number():
    try:
        program = system_calls.filter_program()
    except OSError as error:
        pytest.skip(f"NOT TESTED: {error}")
    numbers = {name: system_calls.number(name) for name in ("statmount", "listmount", "open_tree_attr")}
    assert numbers == {"statmount": 457, "listmount": 458, "open_tree_attr": 467}
    assert all(struct.pack("=I", each) in program for each in numbers.values())
    assert system_calls.number("no_such_call") < 0
