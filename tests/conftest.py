"""Fixtures that all tests share."""

from hashlib import sha256

import numpy as np
import pytest


@pytest.fixture
def rng(request):
    """Return a generator whose seed is the test's name: no test can be tuned by another's seed."""
    return np.random.default_rng(int.from_bytes(sha256(request.node.name.encode()).digest()))
