"""Vendi score and modes: closed forms, entropies, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn.datasets import load_digits

from collapse_edu.metrics import (
    cosine_similarity,
    effective_types,
    gaussian_similarity,
    mode_coverage,
    share_near_modes,
    vendi_score,
)

steady = settings(derandomize=True, database=None, deadline=None, max_examples=60)
labels = st.lists(st.integers(0, 6), min_size=1, max_size=25).map(np.array)
seeds = st.integers(0, 2**32 - 1)


def same(types):
    return (types[:, None] == types).astype(float)


# ---------------------------------------------------------------- Vendi score


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_all_unlike_and_all_alike(n):
    assert vendi_score(np.eye(n)) == pytest.approx(n)
    assert vendi_score(np.ones((n, n))) == pytest.approx(1)


@pytest.mark.parametrize(("m", "size"), [(2, 5), (6, 1), (4, 10)])
def test_balanced_blocks(m, size):
    assert vendi_score(np.kron(np.eye(m), np.ones((size, size)))) == pytest.approx(m)


@steady
@given(labels)
def test_same_type_or_not_gives_the_exponential_of_the_entropy(types):
    assert vendi_score(same(types)) == pytest.approx(effective_types(types))


@pytest.mark.parametrize("c", [-1.0, -0.3, 0.0, 0.5, 1.0])
def test_two_samples_have_a_closed_form(c):
    shares = np.array([(1 + c) / 2, (1 - c) / 2])
    shares = shares[shares > 0]
    assert vendi_score([[1, c], [c, 1]]) == pytest.approx(np.prod(shares**-shares))


@steady
@given(seeds, st.integers(1, 20), st.integers(1, 5))
def test_it_lies_between_one_sample_and_n_and_knows_no_order(seed, n, d):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d))
    for similarity in (cosine_similarity(rows), gaussian_similarity(rows, 0.5)):
        score = vendi_score(similarity)
        assert 1 - 1e-9 <= score <= n + 1e-9
        order = rng.permutation(n)
        assert vendi_score(similarity[np.ix_(order, order)]) == pytest.approx(score)
        assert vendi_score(np.tile(similarity, (2, 2))) == pytest.approx(score)  # each sample twice


def test_similarities_against_their_definitions(rng):
    rows = rng.normal(size=(30, 4)) + 1
    lengths = np.linalg.norm(rows, axis=1)
    np.testing.assert_allclose(cosine_similarity(rows), rows @ rows.T / np.outer(lengths, lengths))
    squared = np.square(rows[:, None] - rows).sum(axis=2)
    np.testing.assert_allclose(gaussian_similarity(rows, 0.7), np.exp(-squared / (2 * 0.49)), atol=1e-12)
    np.testing.assert_allclose(gaussian_similarity(rows + 1e6, 0.7), np.exp(-squared / (2 * 0.49)), atol=1e-8)
    np.testing.assert_allclose(cosine_similarity(1e200 * rows), cosine_similarity(rows))


def test_similarity_of_rows_that_are_very_far_apart():
    alike = [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    for far in (1e9, 1e200, np.finfo(float).max):
        np.testing.assert_array_equal(gaussian_similarity([[far, 0.1], [far, 0.1], [-far, 0.3]], 1.0), alike)
    near = gaussian_similarity([[0.0], [2.0]], 1.0)
    np.testing.assert_allclose(gaussian_similarity([[0.0], [2e200]], 1e200), near)
    np.testing.assert_allclose(gaussian_similarity([[0.0], [2.0], [1e200]], 1.0)[:2, :2], near)


def test_cosine_has_at_most_d_directions(rng):
    assert vendi_score(cosine_similarity(rng.normal(size=(200, 3)))) == pytest.approx(3, abs=0.1)
    assert vendi_score(gaussian_similarity(rng.normal(size=(50, 3)), 1e-9)) == pytest.approx(50)
    assert vendi_score(gaussian_similarity(np.zeros((50, 3)), 1.0)) == pytest.approx(1)


def test_half_of_the_digits():
    pixels = load_digits().data[:898] / 16
    assert vendi_score(cosine_similarity(pixels)) == pytest.approx(4.51, abs=0.005)
    assert vendi_score(gaussian_similarity(pixels, np.median(pdist(pixels)) / 2)) == pytest.approx(108.7, abs=0.1)


# ---------------------------------------------------------------- modes

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
        (lambda: vendi_score([]), ValueError, "similarity must have shape (n, d) with n of at least 1; got (0,)"),
        (lambda: vendi_score(GOOD), ValueError, "similarity must have shape (n, n); got (3, 2)"),
        (lambda: vendi_score([[1, 0.5], [0.2, 1]]), ValueError, "similarity must be symmetric"),
        (
            lambda: vendi_score([[2, 0], [0, 2]]),
            ValueError,
            "similarity must have ones on its diagonal: each sample is like itself",
        ),
        (
            lambda: vendi_score([[1, 2], [2, 1]]),
            ValueError,
            "similarity must be positive semi-definite; its least eigenvalue is -1",
        ),
        (lambda: vendi_score([[np.nan]]), ValueError, "similarity must hold finite numbers"),
        (lambda: vendi_score([["a"]]), TypeError, "similarity must hold numbers, one row for each sample"),
        (lambda: cosine_similarity([[1.0], [0.0]]), ValueError, "rows must not be all zeros: row 1 has no direction"),
        (lambda: gaussian_similarity(GOOD, 0), ValueError, "width must be a number in (0, inf]; got 0"),
        (lambda: gaussian_similarity(GOOD, "1"), TypeError, "width must be a number in (0, inf]; got '1'"),
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
        (lambda: share_near_modes(GOOD * np.nan, GOOD, 1.0), ValueError, "rows must hold finite numbers"),
    ],
)
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
