"""Runs that are kept: they come back to the bit, and a fault costs nothing but the run."""

import os
import sys

import numpy as np
import pytest

from collapse_edu.course.desk.kept_runs import keep_run, kept_run
from collapse_edu.loop.history import History


@pytest.fixture
def history():
    return History({("replace", "variance"): np.random.default_rng(0).random((4, 3))}, {"seed": 1})


def never():
    raise AssertionError("a run was kept, so none is made")


def test_what_was_kept_comes_back(history, record_home, capsys):
    assert keep_run("M2", history) == "Kept as M2: 4 generations x 3 chains; regimes: replace; measures: variance"
    capsys.readouterr()
    assert kept_run("M2", never) == history
    assert capsys.readouterr().out == "M2: your own run.\n"
    assert [path.name for path in (record_home / "runs").iterdir()] == ["M2.csv"]


def test_the_last_one_counts(history):
    keep_run("M2", History({("anchor", "variance"): [[9.0]]}))
    keep_run("M2", history)
    assert kept_run("M2", never) == history


def test_without_one_it_is_made_and_nothing_is_written(history, record_home, capsys):
    keep_run("M3", History({("anchor", "variance"): [[9.0]]}))
    assert kept_run("M2", lambda: history) is history
    assert capsys.readouterr().out == "M2: no run of yours is kept; one is made now.\n"
    assert [path.name for path in (record_home / "runs").iterdir()] == ["M3.csv"]


@pytest.mark.parametrize("content", [b"", b"not a history", b"\xff\xfe\x00", b'# {"seed": 1}\ngeneration,chain\n'])
def test_a_damaged_file_is_set_aside_and_said_in_one_line(history, record_home, content, capsys):
    path = record_home / "runs" / "M2.csv"
    for number in (1, 2):
        keep_run("M2", history)
        path.write_bytes(content)
        assert kept_run("M2", lambda: history) is history
        assert capsys.readouterr().err == (
            f"The run kept as M2 cannot be read. Its file is now called M2-damaged-{number}.csv. A new run is made.\n"
        )
    assert not path.exists()
    assert all((path.parent / f"M2-damaged-{number}.csv").read_bytes() == content for number in (1, 2))
    keep_run("M2", history)
    assert kept_run("M2", never) == history


def test_a_folder_that_cannot_be_written_to_stops_nobody(history, record_home):
    record_home.write_text("a file where the folder should be")
    line = keep_run("M2", history)
    assert line.startswith("This run is not kept: ")
    assert "\n" not in line


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot stand for a file there")
def test_what_cannot_be_opened_stays_and_the_run_is_made(history, record_home, capsys, monkeypatch):
    (record_home / "runs" / "M2.csv").mkdir(parents=True)
    monkeypatch.setattr(os, "rename", lambda *names: (_ for _ in ()).throw(PermissionError()))
    assert kept_run("M2", lambda: history) is history
    assert capsys.readouterr().err == "The run kept as M2 cannot be read. Its file stays as it is. A new run is made.\n"


@pytest.mark.parametrize("name", ["", "../M2", "M 2", "M2.csv", None, 2])
def test_a_name_is_letters_and_digits(name, history):
    for call in (lambda: keep_run(name, history), lambda: kept_run(name, never)):
        with pytest.raises(ValueError, match=r"^name must be letters and digits, such as M2; got "):
            call()


def test_only_a_history_is_kept():
    with pytest.raises(TypeError, match=r"^history must be a History; got dict$"):
        keep_run("M2", {})
