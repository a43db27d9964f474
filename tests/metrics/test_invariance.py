"""Neighbour metrics and Fréchet distance: what order, origin, unit and repetition may not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse_edu.metrics import expected_coverage, frechet_distance, nearest_distance, neighbour_radii, prdc

steady = settings(derandomize=True, database=None, deadline=None, max_examples=50)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def sets(draw):
    """Real and synthetic rows on a grid: whole numbers stay exact under shifts, and have ties."""
    rng = np.random.default_rng(draw(seeds))
    d = draw(st.integers(1, 3))
    return rng.integers(-5, 6, (draw(st.integers(6, 25)), d)), rng.integers(-5, 6, (draw(st.integers(6, 25)), d))


@steady
@given(sets(), st.integers(1, 4), st.integers(-1000, 1000), st.integers(-8, 8), seeds)
def test_neighbours_know_no_order_no_origin_and_no_unit(pair, k, shift, power, seed):
    real, synthetic = pair
    rng = np.random.default_rng(seed)
    order = rng.permutation(real.shape[1])
    signs = rng.choice([-1, 1], real.shape[1])
    moved = [2.0**power * (rng.permutation(rows)[:, order] * signs + shift) for rows in pair]
    assert prdc(*moved, k) == pytest.approx(prdc(real, synthetic, k))
    for metric in (lambda a, b: neighbour_radii(a, k), nearest_distance):
        assert np.sort(metric(*moved)) == pytest.approx(2.0**power * np.sort(metric(real, synthetic)))


@steady
@given(sets(), st.integers(1, 4))
def test_precision_and_recall_swap_and_all_stay_in_their_range(pair, k):
    values, swapped = prdc(*pair, k), prdc(*pair[::-1], k)
    assert (values.precision, values.recall) == (swapped.recall, swapped.precision)
    assert 0 <= min(values) <= max(values.precision, values.recall, values.coverage) <= 1
    # Each real ball that holds a synthetic row is one of the pairs that density counts.
    assert values.coverage * len(pair[0]) <= values.density * k * len(pair[1]) + 1e-9
    assert (values.density > 0) == (values.precision > 0) == (values.coverage > 0)


@steady
@given(seeds, st.integers(1, 4), st.integers(1, 3))
def test_a_set_against_itself_is_perfect(seed, k, d):
    rows = np.random.default_rng(seed).normal(size=(20, d))
    values = prdc(rows, rows, k)
    assert values[:2] == (1, 1)
    assert values.coverage == 1
    assert values.density == pytest.approx((k + 1) / k)  # its own row, k - 1 others, one on the edge
    assert (nearest_distance(rows, rows) == 0).all()


@steady
@given(sets(), st.integers(1, 4))
def test_more_synthetic_rows_never_lower_coverage(pair, k):
    real, synthetic = pair
    assert prdc(real, np.concatenate([synthetic, synthetic + 1]), k).coverage >= prdc(real, synthetic, k).coverage


@steady
@given(st.integers(3, 500), st.integers(1, 500), st.integers(1, 500))
def test_expected_coverage_rises_with_synthetic_rows_and_with_k(n, m, more):
    assert 0 < expected_coverage(n, m, 1) < expected_coverage(n, m + more, 1) < 1
    assert expected_coverage(n, m, 1) < expected_coverage(n, m, 2)
    assert expected_coverage(n, m, 1) == pytest.approx(m / (n + m - 1), abs=1e-12)


@steady
@given(sets(), st.integers(-100, 100), st.floats(0.01, 100), seeds)
def test_frechet_distance_knows_no_origin_and_scales_with_the_squared_unit(pair, shift, factor, seed):
    a, b = pair
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(a.shape[1], a.shape[1])))
    base = frechet_distance(a, b)
    assert base >= 0
    assert frechet_distance((a + shift) * factor, (b + shift) * factor) == pytest.approx(
        factor**2 * base, abs=1e-4 * factor**2
    )
    assert frechet_distance(a @ turn, b @ turn) == pytest.approx(base, abs=1e-4)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-4)
    assert frechet_distance(a, a + shift) == pytest.approx(a.shape[1] * shift**2, abs=1e-4)
