"""MAUVE: closed forms at its ends, a fine integral, properties, and degenerate rows."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse_edu.metrics import divergence_curve, mauve, mauve_of_shares

steady = settings(derandomize=True, database=None, deadline=None, max_examples=60)


@st.composite
def shares(draw):
    """Two distributions over the same buckets."""
    k = draw(st.integers(1, 8))
    weights = st.lists(st.integers(0, 9), min_size=k, max_size=k).filter(any)
    return [np.array(some) / sum(some) for some in (draw(weights), draw(weights))]


@pytest.mark.parametrize("c", [1, 2, 5])
def test_without_a_common_bucket_the_area_is_a_beta_function(c):
    # The curve is ((1 - w)^c, w^c), and its area 1 / C(2c, c).
    assert mauve_of_shares([1, 0], [0, 1], scaling=c, points=20_001) == pytest.approx(1 / comb(2 * c, c), rel=1e-4)
    assert mauve_of_shares([0.3, 0.7, 0], [0, 0, 1], scaling=c) == pytest.approx(
        mauve_of_shares([1, 0], [0, 1], scaling=c)
    )


def test_the_curve_by_hand():
    p, q, r = np.array([0.5, 0.5]), np.array([0.9, 0.1]), np.array([0.7, 0.3])
    middle = divergence_curve(p, q, scaling=2.0, points=3)[2]
    expected = [np.exp(-2 * (q * np.log(q / r)).sum()), np.exp(-2 * (p * np.log(p / r)).sum())]
    np.testing.assert_allclose(middle, expected)


@steady
@given(shares())
def test_properties_of_the_curve_and_its_area(pair):
    p, q = pair
    curve = divergence_curve(p, q)
    assert curve.shape == (27, 2)
    assert (curve >= 0).all()
    assert (curve <= 1).all()
    assert (np.diff(curve[:, 0]) <= 1e-12).all()
    assert (np.diff(curve[:, 1]) >= -1e-12).all()
    area = mauve_of_shares(p, q)
    assert 1 / 252 - 1e-9 <= area <= 1
    assert mauve_of_shares(q, p) == pytest.approx(area)  # mixtures are symmetric
    assert mauve_of_shares(p[::-1], q[::-1]) == pytest.approx(area)
    assert mauve_of_shares(p, p) == pytest.approx(1)
    assert mauve_of_shares(np.repeat(p, 2) / 2, np.repeat(q, 2) / 2) == pytest.approx(area)  # buckets cut in two
    if not np.allclose(p, q):
        assert area < 1


@steady
@given(shares(), st.integers(0, 6))
def test_merging_buckets_never_lowers_it(pair, at):
    p, q = (np.append(share, [0.0]) for share in pair)
    at %= len(p) - 1
    merged = [np.append(np.delete(share, [at, at + 1]), share[at] + share[at + 1]) for share in (p, q)]
    assert mauve_of_shares(*merged) >= mauve_of_shares(p, q) - 1e-9


def test_few_points_are_near_the_fine_integral(rng):
    p, q = rng.dirichlet(np.ones(20), size=2)
    assert mauve_of_shares(p, q) == pytest.approx(mauve_of_shares(p, q, points=5001), abs=0.005)


# ---------------------------------------------------------------- rows


def test_one_law_scores_near_1_and_another_less(rng):
    real, same = rng.normal(size=(2, 200, 2))
    scores = [mauve(real, other) for other in (same, 0.5 * same, 0.2 * same, same + 1, same + 50)]
    assert scores[0] > 0.9
    assert scores[0] > scores[1] > scores[2] > scores[4]
    assert scores[0] > scores[3] > scores[4]
    assert scores[4] == pytest.approx(mauve_of_shares([1, 0], [0, 1]))
    assert mauve(real, real) == pytest.approx(1)


def test_one_start_one_result_in_any_units(rng):
    real, synthetic = rng.normal(size=(200, 3)), 0.6 * rng.normal(size=(150, 3))
    score = mauve(real, synthetic, random_state=3)
    assert mauve(real, synthetic, random_state=3) == score
    assert mauve(2.0**30 * real, 2.0**30 * synthetic, random_state=3) == score
    assert [mauve(real + 8, synthetic + 8), mauve(real, synthetic)] == [pytest.approx(mauve(real, synthetic))] * 2


@pytest.mark.filterwarnings("error")
def test_rows_that_are_all_alike_are_welcome():
    assert mauve(np.zeros((30, 2)), np.zeros((30, 2))) == pytest.approx(1)
    assert mauve(np.zeros((30, 2)), np.ones((40, 2))) == pytest.approx(mauve_of_shares([1, 0], [0, 1]))
    assert mauve([[0.0], [1.0]], [[0.0], [1.0]], buckets=4) == pytest.approx(1)


GOOD = np.arange(20.0).reshape(10, 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: mauve(GOOD[:1], GOOD), ValueError, "real must have shape (n, d) with n of at least 2; got (1, 2)"),
        (lambda: mauve(GOOD, []), ValueError, "synthetic must have shape (n, d) with n of at least 2; got (0,)"),
        (lambda: mauve(GOOD, GOOD[:, :1]), ValueError, "synthetic must have as many features as real, 2; got 1"),
        (lambda: mauve(GOOD * np.nan, GOOD), ValueError, "real must hold finite numbers"),
        (lambda: mauve(GOOD.astype(str) + "a", GOOD), TypeError, "real must hold numbers, one row for each sample"),
        (lambda: mauve(GOOD, GOOD, buckets=1), ValueError, "buckets must be an integer from 2 to 20; got 1"),
        (lambda: mauve(GOOD, GOOD, buckets=21), ValueError, "buckets must be an integer from 2 to 20; got 21"),
        (lambda: mauve(GOOD, GOOD, buckets=2.0), TypeError, "buckets must be an integer from 2 to 20; got 2.0"),
        (
            lambda: mauve(GOOD, GOOD, random_state=-1),
            ValueError,
            "random_state must be an integer of at least 0; got -1",
        ),
        (lambda: mauve_of_shares([1.0], [0.5, 0.5]), ValueError, "q must have as many shares as p, 1; got 2"),
        (
            lambda: mauve_of_shares([0.5], [1.0]),
            ValueError,
            "p must be shares, 0 or larger, with sum 1, in one dimension",
        ),
        (
            lambda: mauve_of_shares([1.0], [np.nan]),
            ValueError,
            "q must be shares, 0 or larger, with sum 1, in one dimension",
        ),
        (lambda: mauve_of_shares(["a"], [1.0]), TypeError, "p must hold numbers"),
        (lambda: mauve_of_shares([1.0], [1.0], scaling=0), ValueError, "scaling must be a number in (0, inf); got 0"),
        (
            lambda: mauve_of_shares([1.0], [1.0], scaling=np.inf),
            ValueError,
            "scaling must be a number in (0, inf); got inf",
        ),
        (lambda: mauve_of_shares([1.0], [1.0], points=1), ValueError, "points must be an integer of at least 2; got 1"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
