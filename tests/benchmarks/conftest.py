"""Ours beside a peer: pytest-benchmark times ours, and before each round the peers have their turn, in the same run."""

from time import process_time

import numpy as np
import pytest


def pytest_configure(config):
    """Know the mark where pytest-benchmark is missing, too."""
    config.addinivalue_line("markers", "benchmark: how pytest-benchmark measures; needs pip install -e '.[bench]'")


def seconds(function, *arguments, clock=process_time):
    """Return processor time: with one thread it does not depend on what else the machine does."""
    start = clock()
    function(*arguments)
    return clock() - start


@pytest.fixture
def beside(request):
    """Return a function that times ours and its peers in turns: (ours, *peers, rounds) -> seconds, (1 + peers, rounds).

    ``ours`` is called, with the clock of the mark ``benchmark``. Each peer is a function that returns its own seconds.
    """
    if not request.config.pluginmanager.has_plugin("benchmark"):
        pytest.skip("needs pytest-benchmark: pip install -e '.[bench]'")
    benchmark = request.getfixturevalue("benchmark")

    def measure(ours, *peers, rounds=5):
        theirs = []
        benchmark.pedantic(ours, setup=lambda: theirs.append([peer() for peer in peers]), rounds=rounds, iterations=1)
        times = np.column_stack([benchmark.stats.stats.data, theirs]).T
        benchmark.extra_info["ratios to peers"] = [float(np.median(peer / times[0])) for peer in times[1:]]
        return times

    return measure
