"""Films of any chains: a frame shows its generation, and stays as it is when more generations come."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from collapse_edu import History
from collapse_edu.plots import Panel, panel_film
from collapse_edu.plots.picture import pushed_apart, tiles

SHARES = Panel("Recall falls", (("recall", "recall"), ("precision", "precision")), "share", 0, 1, real=0.96)
TYPES = Panel("Words die", (("types", "words"),), "words alive", 1, 1000, log=True, real=900)


def history(rng, generations, chains):
    names = ("recall", "precision", "types")
    return History({("replace", name): rng.uniform(0, 1, (generations, chains)) for name in names}, {})


def cut(whole, t):
    return History({key: values[:t] for key, values in whole.values.items()}, {})


def pixels(film, t):
    return np.asarray(Image.open(BytesIO(film.frame(t))).convert("RGB"))


@pytest.mark.parametrize("chains", [1, 5])
def test_each_generation_has_its_frame(rng, chains):
    pictures = [rng.uniform(0, 1, (36, 64)) for _ in range(5)]
    film = panel_film(history(rng, 4, chains), (SHARES,), generations=10, pictures=pictures, shape=(8, 8))
    assert film.generations == 4
    frames = [film.frame(t) for t in range(5)]
    assert len(set(frames)) == 5


def test_a_frame_stays_as_it_is_when_more_generations_come(rng):
    whole = history(rng, 6, 3)
    pictures = [rng.uniform(0, 1, (9, 64)) for _ in range(7)]
    settings = {"generations": 6, "shape": (8, 8), "prediction": 0.4}
    early = panel_film(cut(whole, 3), (SHARES, TYPES), pictures=pictures[:4], **settings)
    first = pixels(early, 2).astype(int)
    late = panel_film(whole, (SHARES, TYPES), pictures=pictures, **settings)
    assert np.abs(pixels(late, 2).astype(int) - first).mean() < 2  # another palette, the same picture


def test_values_outside_the_axes_stay_at_their_edge(rng):
    low = History({("replace", "types"): np.array([[0.0], [5000.0]])}, {})
    panel_film(low, (TYPES,), generations=2, theory=np.array([10.0, 1.0]), prediction=0).frame(2)


def test_images_that_leave_the_range_of_greys_are_drawn(rng):
    pictures = [rng.normal(size=(4, 6)) for _ in range(2)]
    panel_film(history(rng, 1, 1), (SHARES,), generations=1, pictures=pictures, shape=(2, 3)).frame(1)


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
