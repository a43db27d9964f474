"""docs/scale.md on a cluster: its commands, on a free port; the script is killed in the middle, and goes on."""

import os
import re
import runpy
import shlex
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from tests.loop.test_scale_page import COMMANDS, SCRIPT, TABLE, TEXT_SCRIPT, UNITS, lines

pytestmark = [
    pytest.mark.skipif(
        find_spec("distributed") is None, reason="DASK IS NOT INSTALLED: pip install collapse-edu[scale]"
    ),
    pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX"),
]
PATIENCE = 120  # seconds; about 15 on a quiet machine


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a command of the page in a folder; all are killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    processes = []

    def start_command(command):
        words = shlex.split(command.replace("8786", port))
        words[:1] = {"python": [sys.executable], "dask": [sys.executable, "-m", "dask"]}[words[0]]
        if "dask" in words and find_spec("bokeh"):  # whose page would want a port of its own
            words += ["--no-dashboard"]
        environment = os.environ | {"DASK_TEMPORARY_DIRECTORY": str(tmp_path / "dask"), "OMP_NUM_THREADS": "1"}
        with open(tmp_path / f"{len(processes)}.out", "w") as out, open(tmp_path / f"{len(processes)}.err", "w") as err:
            processes.append(
                subprocess.Popen(words, cwd=tmp_path, stdout=out, stderr=err, env=environment, start_new_session=True)
            )
        return processes[-1]

    yield start_command
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_killed_on_the_cluster_and_started_again(start, tmp_path):
    end = time.monotonic() + PATIENCE

    def wait_for(condition):
        while not condition():
            said = "\n".join(path.read_text() for path in sorted(tmp_path.glob("*.err")))
            assert time.monotonic() < end, f"it took too long:\n{said}"
            time.sleep(0.02)

    def results():
        return {path.name: path.stat().st_mtime_ns for path in (tmp_path / "results").glob("[!.]*")}

    (tmp_path / "study.py").write_text(SCRIPT, encoding="utf-8")
    _, *cluster, study, _ = COMMANDS
    for command in cluster:
        start(command)
    first = start(study)
    wait_for(lambda: len(results()) >= 5 or first.poll() is not None)
    first.kill()
    first.wait()
    before = results()
    assert 5 <= len(before) < UNITS
    second = start(study)
    wait_for(lambda: second.poll() is not None)
    said = (tmp_path / f"{len(cluster) + 1}.err").read_text()
    assert second.returncode == 0, said
    assert lines((tmp_path / f"{len(cluster) + 1}.out").read_text()) == lines(TABLE)
    assert re.search(rf"\| {len(before)}/{UNITS} \[", said)
    assert len(results()) == UNITS
    assert before.items() <= results().items()


def test_a_text_of_ones_own_has_the_same_bits_on_the_cluster(start, tmp_path, monkeypatch):
    words = np.random.default_rng(0).choice([f"w{a}{b}" for a in "abcdefgh" for b in "abcdefgh"], size=30 * 64)
    (tmp_path / "my_text.txt").write_text(" ".join(words), encoding="utf-8")
    (tmp_path / "text.py").write_text(TEXT_SCRIPT, encoding="utf-8")
    _, *cluster, _, text = COMMANDS
    for command in cluster:
        start(command)
    process = start(text)
    status = process.wait(PATIENCE)
    assert status == 0, (tmp_path / f"{len(cluster)}.err").read_text()
    there = pd.read_csv(tmp_path / "text.csv")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    here = runpy.run_path(str(tmp_path / "text.py"))["study"](tmp_path / "my_text.txt")
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    assert len(there) == 2 * 5 * 10
