"""Fixtures that all tests share."""

from hashlib import sha256

import numpy as np
import pytest
from evidence import COMPARED


def pytest_addoption(parser):
    parser.addoption("--oracles", action="store_true", help="print each formula beside its simulation (with -n 0)")


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption("--oracles"):
        terminalreporter.section("formula and simulation")
        terminalreporter.line("test | simulated ± standard error | formula | deviation in standard errors")
        for test, mean, error, target in COMPARED:
            name = test.partition("::")[2].partition(" ")[0]
            off = abs(mean - target) / error if error else 0.0
            terminalreporter.line(f"{name} | {mean:.5g} ± {error:.2g} | {float(target):.5g} | {off:.1f}")


@pytest.fixture
def rng(request):
    """Return a generator whose seed is the test's name: no test can be tuned by another's seed."""
    return np.random.default_rng(int.from_bytes(sha256(request.node.name.encode()).digest()))
