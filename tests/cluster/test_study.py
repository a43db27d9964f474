"""The same sweep on a real Dask cluster: a scheduler and two workers on loopback, one of which is killed."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from tests.cluster import study

pytestmark = [
    pytest.mark.skipif(
        find_spec("distributed") is None, reason="DASK IS NOT INSTALLED: pip install collapse-edu[scale]"
    ),
    pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX"),
]
PATIENCE = 55  # seconds, for all of it


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a Python process; all are killed at the end."""
    processes = []

    def start_python(name, *arguments):
        with open(tmp_path / f"{name}.log", "w") as log:
            processes.append(
                subprocess.Popen(
                    [sys.executable, *map(str, arguments)],
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=os.environ | {"DASK_TEMPORARY_DIRECTORY": str(tmp_path), "OMP_NUM_THREADS": "1"},
                )
            )
        return processes[-1]

    yield start_python
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_worker_that_is_killed_changes_no_bit(start, tmp_path):
    end = time.monotonic() + PATIENCE

    def wait_for(condition, *alive):
        while not condition():
            logs = "\n".join(path.read_text() for path in tmp_path.glob("*.log"))
            assert time.monotonic() < end, f"it took too long:\n{logs}"
            assert all(process.poll() is None for process in alive), f"a process ended too early:\n{logs}"
            time.sleep(0.02)

    def calls(pattern="*"):
        return [path.name for path in (tmp_path / "calls").glob(pattern)]

    def halted_in_the_middle(worker):
        """Halt a worker, and return whether it has done some units and is at another; let it go on if not."""
        os.kill(worker.pid, signal.SIGSTOP)
        done = len(calls(f"{worker.pid}.*.done"))
        if done >= 2 and len(calls(f"{worker.pid}.*")) == 2 * done + 1:
            return True
        os.kill(worker.pid, signal.SIGCONT)
        return False

    (tmp_path / "calls").mkdir()
    address = tmp_path / "scheduler.json"
    loopback = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", address)
    scheduler = start("scheduler", "-m", "dask", "scheduler", "--port", "0", *loopback)
    wait_for(address.exists, scheduler)
    workers = [
        start(f"worker{i}", "-m", "dask", "worker", "--no-nanny", "--nthreads", "1", *loopback) for i in range(2)
    ]
    client = start("client", study.__file__, address, tmp_path)
    wait_for(lambda: calls(f"{workers[1].pid}.*.done"), scheduler, *workers, client)
    wait_for(lambda: halted_in_the_middle(workers[0]), scheduler, *workers, client)
    os.kill(workers[0].pid, signal.SIGKILL)
    wait_for(lambda: client.poll() is not None, scheduler, workers[1])
    assert client.returncode == 0, Path(tmp_path, "client.log").read_text()

    (tmp_path / "calls_here").mkdir()
    here = study.table(tmp_path / "calls_here", 0)
    there = pd.read_pickle(tmp_path / "table")
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    assert there["value"].to_numpy().tobytes() == here["value"].to_numpy().tobytes()
    assert len(list(tmp_path.glob("kept/*"))) == 20
    # The killed one left a unit undone, which the other did.
    left = {name.split(".", 1)[1] for name in calls(f"{workers[0].pid}.*") if f"{name}.done" not in calls()}
    left = {name for name in left if not name.endswith(".done")}
    assert len(left) == 1
    assert f"{workers[1].pid}.{left.pop()}.done" in calls()
