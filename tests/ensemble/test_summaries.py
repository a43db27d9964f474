"""A summary of each generation is that of all paths, however many generations are taken together."""

import pandas as pd
import pytest

from collapse_edu import ensemble
from collapse_edu.ensemble import summaries


@pytest.mark.parametrize("at_once", [1, 25, 30, 10_000])
def test_summaries_do_not_depend_on_the_batches(monkeypatch, at_once):
    monkeypatch.setattr(summaries, "_AT_ONCE", at_once)
    arguments = {"n": 5, "generations": 8, "chains": 10, "seed": 3}
    expected = ensemble.gaussian(**arguments).summary()
    found = ensemble.gaussian(**arguments, keep="summary")
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
