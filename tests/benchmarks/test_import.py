"""How long a learner waits for the first line, against ``import numpy``, each in fresh processes."""

import os
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from benchmarks.conftest import seconds


def of_children():
    """Return the processor time of all programs that were started, and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def fresh(statement):
    """Let a fresh Python execute a statement."""
    subprocess.run([sys.executable, "-c", statement], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.benchmark(timer=of_children)
@pytest.mark.parametrize(
    ("statement", "times"),
    [
        ("import collapse_edu", 1.3),
        ("from collapse_edu import run", 4),
        ("import collapse_edu.models", 4),
        ("import collapse_edu.ensemble", 4),
        ("from collapse_edu.cli import main; main(['--help'])", 4),
        ("from collapse_edu import run, Gaussian, loop; run(Gaussian(), loop.source.normal(30))", 4),
    ],
)
def test_import(beside, capsys, statement, times):
    fresh("import numpy")  # from now on the files are in memory
    fresh(statement)
    peer = partial(seconds, fresh, "import numpy", clock=of_children)
    ours, numpy = np.median(beside(partial(fresh, statement), peer, rounds=9), axis=1)
    with capsys.disabled():
        print(f"\n{statement}: {ours * 1e3:.0f} ms, import numpy {numpy * 1e3:.0f} ms: {ours / numpy:.2f} times")
    assert ours <= times * numpy
