"""A study on a Dask cluster: ``python study.py SCHEDULER_FILE FOLDER`` writes its table to FOLDER."""

import os
import sys
import time
from pathlib import Path

import numpy as np
from joblib import parallel_config

from collapse_edu import accumulate, ensemble, replace
from collapse_edu.loop.study import sweep


def job(n, regime, chains, seed, data, calls, seconds):
    """Write down who works, wait a little, and return a history."""
    began = Path(calls, f"{os.getpid()}.{n}.{seed}")
    began.touch()
    time.sleep(seconds)
    began.with_suffix(f"{began.suffix}.done").touch()
    assert data[-1] == 99_999
    return ensemble.gaussian(regime, n=n, generations=10, chains=chains, d=3, seed=seed)


def table(calls, seconds, checkpoints=None):
    """Return the table of 20 units of work. All need some large data, which a killed worker must not take with it."""
    fixed = {"data": np.arange(100_000.0), "calls": str(calls), "seconds": seconds}
    grid = {"n": [5, 10, 20, 40, 80], "regime": [replace, accumulate]}
    return sweep(job, grid, chains=10, batch=5, checkpoints=checkpoints, **fixed)


if __name__ == "__main__":
    from dask.distributed import Client

    scheduler, folder = sys.argv[1], Path(sys.argv[2])
    with Client(scheduler_file=scheduler, timeout=20), parallel_config(backend="dask"):
        table(folder / "calls", 0.3, folder / "kept").to_pickle(folder / "table")
