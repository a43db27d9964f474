"""Neighbours: against whole matrices of distances in double precision, closed forms under the null, and by hand."""

import numpy as np
import pytest
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from collapse_edu.metrics import (
    Neighbourhoods,
    density_coverage,
    expected_coverage,
    nearest_distance,
    neighbour_radii,
    prdc,
    precision_recall,
)


def tight_heap(rng, n, d, spread):
    """Return rows that are close together at the centre, but for one on each side: the largest number is 1."""
    rows = spread * rng.standard_normal((n, d))
    rows[-2], rows[-1] = 1, -1
    return rows


KINDS = {
    "normal": lambda rng, n, d: rng.standard_normal((n, d)),
    "ties on a grid": lambda rng, n, d: rng.integers(0, 3, (n, d)),
    "repeated rows": lambda rng, n, d: rng.standard_normal((n, d))[rng.integers(0, n, n)],
    "far from the origin": lambda rng, n, d: rng.integers(0, 9, (n, d)) / 8 + 1e6,
    "two tight heaps": lambda rng, n, d: rng.integers(0, 2, (n, 1)) + 2.0**-20 * rng.integers(0, 9, (n, d)),
    "an outlier": lambda rng, n, d: rng.standard_normal((n, d)) * np.where(np.arange(n) == 0, 1e9, 1)[:, None],
    "a heap too tight for single precision": lambda rng, n, d: tight_heap(rng, n, d, 1e-24),
    "a heap on the edge of single precision": lambda rng, n, d: tight_heap(rng, n, d, 1e-19),
    "one-hot": lambda rng, n, d: np.eye(d)[rng.integers(0, d, n)] * 0.375,
    "whole numbers for single precision": lambda rng, n, d: rng.integers(-100, 100, (n, d)),
    "whole numbers for double precision": lambda rng, n, d: rng.integers(-3000, 3000, (n, d)),
    "single precision": lambda rng, n, d: rng.standard_normal((n, d), dtype=np.float32),
}


def whole_matrices(real, synthetic, k):
    """The papers' definitions, written out. The edge of a ball is inside."""
    real_reach, synthetic_reach = (np.sort(cdist(rows, rows), axis=1)[:, k] for rows in (real, synthetic))
    distances = cdist(real, synthetic)
    in_real, in_synthetic = distances <= real_reach[:, None], distances <= synthetic_reach
    return (
        in_real.any(axis=0).mean(),
        in_synthetic.any(axis=1).mean(),
        in_real.sum() / synthetic.shape[0] / k,
        (in_real.any(axis=1).mean()),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "m", "d", "k"), [(80, 70, 1, 1), (300, 200, 2, 5), (900, 1100, 64, 3), (7, 9, 200, 5)])
def test_it_is_what_whole_matrices_give(rng, kind, n, m, d, k):
    real, synthetic = KINDS[kind](rng, n, d), KINDS[kind](rng, m, d)
    synthetic[: m // 10] = real[: m // 10]  # copies
    np.testing.assert_allclose(prdc(real, synthetic, k), whole_matrices(real, synthetic, k), rtol=1e-12)
    np.testing.assert_allclose(nearest_distance(synthetic, real), cdist(synthetic, real).min(axis=1), rtol=1e-9)
    np.testing.assert_allclose(neighbour_radii(real, k), np.sort(cdist(real, real), axis=1)[:, k], rtol=1e-9)


@pytest.mark.parametrize(
    "other", [lambda rows: rows[:1].repeat(300, axis=0), lambda rows: 1e-7 * rows, lambda rows: rows]
)
def test_synthetic_rows_that_collapsed_or_are_copies(rng, other):
    real = rng.standard_normal((300, 20))
    synthetic = other(real)
    np.testing.assert_allclose(prdc(real, synthetic), whole_matrices(real, synthetic, 5), rtol=1e-12)


def test_many_blocks(rng):
    real, synthetic = rng.standard_normal((2000, 3)), rng.standard_normal((1500, 3))
    np.testing.assert_allclose(prdc(real, synthetic), whole_matrices(real, synthetic, 5), rtol=1e-12)


@pytest.mark.parametrize("unit", [2.0**-300, 2.0**600])
def test_units_play_no_part(rng, unit):
    real, synthetic = rng.standard_normal((2, 100, 3))
    assert prdc(unit * real, unit * synthetic) == prdc(real, synthetic)
    np.testing.assert_array_equal(
        nearest_distance(unit * real, unit * synthetic), unit * nearest_distance(real, synthetic)
    )


def test_the_largest_numbers(rng):
    real, synthetic = rng.uniform(-1, 1, (2, 40, 2))
    largest = np.finfo(float).max
    assert prdc(largest * real, largest * synthetic) == prdc(real, synthetic)
    assert nearest_distance([[largest]], [[largest / 2]]) == largest / 2
    assert neighbour_radii([[largest], [-largest], [0.0]], k=1).tolist() == [largest] * 3
    assert nearest_distance([[largest]], [[-largest]]) == np.inf


@settings(derandomize=True, database=None, deadline=None, max_examples=80)
@given(st.integers(1, 3), st.integers(4, 60), st.integers(4, 60), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_small_sets_with_ties(k, n, m, d, seed):
    rng = np.random.default_rng(seed)
    real, synthetic = rng.integers(0, 4, (n, d)), rng.integers(0, 4, (m, d))
    np.testing.assert_allclose(prdc(real, synthetic, k), whole_matrices(real, synthetic, k), rtol=1e-12)


def test_by_hand():
    # Balls of 0, 1 and 2 reach 1, that of 9 reaches 7; those of the synthetic rows reach 1, 1, 2 and 11.
    real, synthetic = [[0.0], [1.0], [2.0], [9.0]], [[2.0], [3.0], [5.0], [16.0]]
    values = prdc(real, synthetic, k=1)
    assert values.precision == 4 / 4  # 2 is in those of 2, of 9 and, on its edge, of 1; 16 is on the edge of that of 9
    assert values.density == (3 + 2 + 1 + 1) / 4
    assert values.coverage == 3 / 4  # nothing in that of 0
    assert values.recall == 3 / 4  # 1 is on the edge of that of 2; 9 is in that of 16


@pytest.mark.parametrize(("times", "density"), [(6, 6 / 5), (7, 7 / 5), (4, 8 / 5)])
def test_equal_sets_are_equal_if_their_rows_repeat(rng, times, density):
    """With k = 5, four repeats reach to the row before them and its repeats; six have only themselves."""
    rows = np.repeat(np.arange(40.0)[:, None] ** 2, times, axis=0)
    assert prdc(rows, rng.permutation(rows)) == (1, 1, density, 1)


def test_one_point():
    one = np.ones((64, 8))
    assert prdc(one, one) == (1, 1, 64 / 5, 1)  # every row is in all 64 balls
    assert prdc(one, one + 1) == (0, 0, 0, 0)


def test_the_edge_is_inside(rng):
    """Rows of a set lie on the edges of its own balls."""
    rows = rng.standard_normal((300, 7)) / 3
    assert prdc(rows, rows) == (1, 1, 6 / 5, 1)


@pytest.mark.parametrize(("step", "levels", "d"), [(0.1, 4, 3), (1 / 3, 4, 3), (1 / 255, 8, 16)])
def test_distances_that_differ_in_the_last_digit_are_no_ties(rng, step, levels, d):
    """Rows on a grid whose step no float is: squares of distances, each summed from left to right, are what counts."""
    for _ in range(10):
        real, synthetic = step * rng.integers(0, levels, (2, 120, d))
        largest = 2.0 ** np.frexp(max(real.max(), synthetic.max()))[1]
        squared = [
            _squares(one, other, largest) for one, other in ((real, real), (synthetic, synthetic), (synthetic, real))
        ]
        of_real, of_synthetic = (np.sort(each, axis=1)[:, 3] for each in squared[:2])
        in_real, in_synthetic = squared[2] <= of_real, squared[2] <= of_synthetic[:, None]
        expected = in_real.any(axis=1).mean(), in_synthetic.any(axis=0).mean(), in_real.sum() / 120 / 3
        assert prdc(real, synthetic, 3) == pytest.approx((*expected, in_real.any(axis=0).mean()), rel=1e-12)


def _squares(rows, to, unit):
    apart = (rows[:, None] - to) / unit
    return np.einsum("ijk,ijk->ij", apart, apart)


def test_neighbourhoods_serve_several_sets(rng):
    """Also sets whose numbers are far larger or smaller: no scale rounds anything."""
    real = 0.1 * rng.integers(0, 4, (100, 3))
    neighbourhoods = Neighbourhoods(real, 3)
    for size in (0.0, 1e-200, 0.1, 0.3, 7.0, 1e6, 1e200):
        synthetic = np.vstack([real[:50], size * rng.integers(0, 4, (50, 3))])
        assert neighbourhoods.prdc(synthetic) == prdc(real, synthetic, 3)


def test_parts_are_those_of_the_whole(rng):
    real, synthetic = rng.standard_normal((50, 2)), rng.standard_normal((60, 2))
    whole = prdc(real, synthetic, 3)
    assert precision_recall(real, synthetic, 3) == whole[:2]
    assert density_coverage(real, synthetic, 3) == whole[2:]
    assert Neighbourhoods(real, 3).prdc(synthetic) == whole
    assert precision_recall(synthetic, real, 3) == precision_recall(real, synthetic, 3)[::-1]


# ---------------------------------------------------------------- the null: real rows against real rows


@pytest.mark.parametrize("d", [1, 2, 20])
@pytest.mark.parametrize("draw", ["standard_normal", "standard_exponential"])
@pytest.mark.parametrize(("n", "m", "k"), [(40, 40, 5), (30, 60, 2)])
def test_under_the_null_density_and_coverage_know_no_law(rng, d, draw, n, m, k):
    values = np.array([prdc(*(getattr(rng, draw)((size, d)) for size in (n, m)), k) for _ in range(1500)])
    assert_within(values[:, 2], 1, resolves=0.05)
    assert_within(values[:, 3], expected_coverage(n, m, k), resolves=0.02, oracle="Q2")


def test_expected_coverage():
    assert expected_coverage(898, 898, 5) == pytest.approx(0.9690, abs=5e-5)  # the digits, split in halves
    assert expected_coverage(10**6, 10**6, 5) == pytest.approx(1 - 2**-5, abs=1e-5)
    assert expected_coverage(2, 1, 1) == pytest.approx(1 / 2)
    assert expected_coverage(50, 10**9, 1) == pytest.approx(1)


# ---------------------------------------------------------------- bad input

GOOD = np.arange(20.0).reshape(10, 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: prdc(GOOD[:5], GOOD), ValueError, "real must have shape (n, d) with n of at least 6; got (5, 2)"),
        (lambda: prdc(GOOD, GOOD[:5]), ValueError, "synthetic must have shape (n, d) with n of at least 6; got (5, 2)"),
        (lambda: prdc(GOOD, GOOD[:, :1]), ValueError, "synthetic must have as many features as real, 2; got 1"),
        (lambda: prdc(GOOD * np.nan, GOOD), ValueError, "real must contain finite numbers"),
        (lambda: prdc(GOOD, GOOD / 0), ValueError, "synthetic must contain finite numbers"),
        (lambda: prdc(GOOD[0], GOOD), ValueError, "real must have shape (n, d) with n of at least 6; got (2,)"),
        (lambda: prdc(GOOD[:, :0], GOOD), ValueError, "real must have shape (n, d) with n of at least 6; got (10, 0)"),
        (lambda: prdc(GOOD.astype(str) + "a", GOOD), TypeError, "real must contain numbers, one row for each sample"),
        (lambda: prdc(GOOD, GOOD, k=0), ValueError, "k must be an integer of at least 1; got 0"),
        (lambda: prdc(GOOD, GOOD, k=2.5), TypeError, "k must be an integer of at least 1; got 2.5"),
        (lambda: neighbour_radii(GOOD[:2]), ValueError, "rows must have shape (n, d) with n of at least 6; got (2, 2)"),
        (
            lambda: nearest_distance(GOOD[:0], GOOD),
            ValueError,
            "rows must have shape (n, d) with n of at least 1; got (0, 2)",
        ),
        (lambda: nearest_distance(GOOD, to=[]), ValueError, "to must have shape (n, d) with n of at least 1; got (0,)"),
        (lambda: nearest_distance(GOOD, GOOD[:, :1]), ValueError, "to must have as many features as rows, 2; got 1"),
        (lambda: expected_coverage(5, 5, 5), ValueError, "n_real must be an integer of at least 6; got 5"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words


def test_numbers_are_those_of_the_reference_code():
    """Recorded from the package prdc 0.2 of Naeem et al.; without repeated rows its open balls hold the same points."""
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(60, 3)), 0.6 * rng.normal(size=(50, 3)) + 0.8
    assert prdc(real, fake, k=4) == pytest.approx((0.98, 0.8, 1.1, 0.6))
