"""docs/scale.md on a cluster: its commands, on a free port; the script is killed in the middle, and goes on."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

from tests.loop.test_scale_page import COMMANDS, SCRIPT, TABLE, UNITS, lines

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
    _, *cluster, study = COMMANDS
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
