"""Modes: by hand, by definition, and what may not change them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse_edu.metrics import mode_coverage, share_near_modes

steady = settings(derandomize=True, database=None, deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)

MODES = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0]])


def test_modes_by_hand():
    rows = [[0.0, 1.0], [0.5, 0.0], [3.5, 0.0], [2.0, 2.0]]
    assert mode_coverage(rows, MODES, radius=1.0) == 2 / 4  # an edge belongs to it
    assert mode_coverage(rows, MODES, radius=0.99) == 2 / 4
    assert mode_coverage(rows, MODES, radius=1.0, least=2) == 1 / 4
    assert mode_coverage(rows, MODES, radius=3.0) == 1
    assert share_near_modes(rows, MODES, radius=1.0) == 3 / 4
    assert share_near_modes(rows, MODES, radius=0.6) == 2 / 4


@steady
@given(seeds, st.floats(0.05, 5), st.floats(0.01, 100), st.integers(1, 3))
def test_modes_know_no_order_no_origin_and_no_unit(seed, radius, unit, least):
    rng = np.random.default_rng(seed)
    rows, shift = rng.normal(2, 2, size=(15, 2)), rng.normal(size=2)
    shuffled, modes = rng.permutation(rows), rng.permutation(MODES)
    found = mode_coverage(rows, MODES, radius, least)
    assert mode_coverage(unit * (shuffled + shift), unit * (modes + shift), unit * radius, least) == found
    near = share_near_modes(rows, MODES, radius)
    assert share_near_modes(unit * (shuffled + shift), unit * (modes + shift), unit * radius) == near
    assert mode_coverage(rows, MODES, 2 * radius, least) >= found >= mode_coverage(rows, MODES, radius, least + 1)
    distances = np.linalg.norm(rows[:, None] - MODES, axis=2)
    assert found == ((distances <= radius).sum(axis=0) >= least).mean()
    assert near == (distances <= radius).any(axis=1).mean()


# ---------------------------------------------------------------- bad input

GOOD = np.arange(6.0).reshape(3, 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: mode_coverage(GOOD, GOOD[:, :1], 1.0),
            ValueError,
            "modes must have as many features as rows, 2; got 1",
        ),
        (
            lambda: mode_coverage([], GOOD, 1.0),
            ValueError,
            "rows must have shape (n, d) with n of at least 1; got (0,)",
        ),
        (lambda: mode_coverage(GOOD, GOOD, -1.0), ValueError, "radius must be a number in (0, inf]; got -1.0"),
        (lambda: mode_coverage(GOOD, GOOD, 1.0, least=0), ValueError, "least must be an integer of at least 1; got 0"),
        (lambda: share_near_modes(GOOD * np.nan, GOOD, 1.0), ValueError, "rows must contain finite numbers"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
