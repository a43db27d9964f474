"""Fixtures that all tests share."""

from hashlib import sha256

import numpy as np
import pytest
from evidence import COMPARED, COMPARED_COLUMNS, compared_line


def pytest_addoption(parser):
    parser.addoption("--oracles", action="store_true", help="print each formula beside its simulation (with -n 0)")


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("--oracles"):
        terminalreporter.section("formula and simulation")
        terminalreporter.line(COMPARED_COLUMNS)
        for row in COMPARED:
            terminalreporter.line(compared_line(row))


@pytest.fixture
def rng(request):
    """Return a generator whose seed is the test's name: no test can be tuned by another's seed."""
    return np.random.default_rng(int.from_bytes(sha256(request.node.name.encode()).digest()))
