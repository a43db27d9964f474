"""What pictures share: tiles, and names that are pushed apart."""

import numpy as np
import pytest

from collapse_edu.plots.picture import pushed_apart, tiles


def test_tiles_by_hand():
    board = tiles(np.arange(1, 5).repeat(6).reshape(4, 6), (2, 3))
    assert board.shape == (6, 8)
    assert [board[0, 0], board[0, 4], board[3, 0], board[3, 4]] == [1, 2, 3, 4]
    assert (board[2] == 0).all()
    assert (board[:, 3] == 0).all()


def test_names_are_pushed_apart():
    assert pushed_apart([]) == []
    assert pushed_apart([0.9, 0.2]) == [0.9, 0.2]
    assert pushed_apart([0.5, 0.5], gap=0.1) == pytest.approx([0.45, 0.55])
    assert pushed_apart([-3, 7]) == pytest.approx([0.02, 0.98])
    assert pushed_apart([0.01, 0.99, 0, 1], gap=0.1) == pytest.approx([0.12, 0.88, 0.02, 0.98])


def test_names_keep_their_order_and_stay_clear_of_fixed_ones(rng):
    for _ in range(200):
        heights, fixed = list(rng.uniform(0.3, 0.6, size=3)), list(rng.uniform(0.4, 0.5, size=1))
        moved = pushed_apart(heights, fixed=fixed) + fixed
        order = np.argsort(heights + fixed, kind="stable")
        assert (np.diff(np.array(moved)[order]) > 0.07 - 1e-6).all()
        for together in (fixed, []):
            assert np.abs(np.subtract(pushed_apart(heights, fixed=together), heights)).max() < 0.22


def test_no_name_goes_between_two_fixed_ones_that_are_close():
    for height in (0.49, 0.5, 0.52, 0.54, 0.58):
        (moved,) = pushed_apart([height], fixed=[0.5, 0.57])
        assert moved == pytest.approx(0.43 if height < 0.535 else 0.64, abs=1e-5)


def test_nothing_moves_where_there_is_room():
    assert pushed_apart([0.9, 0.2, 0.5], fixed=[0.7]) == pytest.approx([0.9, 0.2, 0.5])
