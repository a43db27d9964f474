"""Distances: against an optimal transport written out, hand calculation, and properties of any distance."""

import numpy as np
import pytest
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from collapse_edu.metrics import frechet_distance, squared_w2_gaussians

steady = settings(derandomize=True, database=None, deadline=None, max_examples=60)
numbers = st.floats(-100, 100, allow_subnormal=False).map(lambda x: round(x, 3))


@st.composite
def normals(draw, d=None):
    """A mean and a positive semi-definite covariance, singular ones too."""
    d = draw(st.integers(1, 4)) if d is None else d
    root = draw(arrays(float, (d, draw(st.integers(1, d))), elements=numbers))
    return draw(arrays(float, d, elements=numbers)), root @ root.T


@st.composite
def pairs(draw):
    d = draw(st.integers(1, 4))
    return draw(normals(d)), draw(normals(d))


def scale(*laws):
    """Size of the numbers involved: rounding is relative to it (roots of singular matrices keep half the digits)."""
    return 1 + sum(np.abs(mean).max() ** 2 + np.trace(covariance) for mean, covariance in laws)


# ---------------------------------------------------------------- against other ways to the same number


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (2.0, 0.3), (-1.0, 5.0)])
def test_one_dimension_is_the_distance_of_quantiles(mean, sd):
    u = (np.arange(2_000_000) + 0.5) / 2_000_000
    numeric = np.mean((norm.ppf(u, mean, sd) - norm.ppf(u, 1.0, 2.0)) ** 2)
    assert squared_w2_gaussians([mean], [[sd**2]], [1.0], [[4.0]]) == pytest.approx(numeric, rel=1e-4)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_it_is_the_cost_of_a_map_that_transports_one_normal_to_the_other(rng, d):
    # The gradient of a convex function, x -> T x with T positive definite, is an optimal map (Brenier); build T first.
    root, shape = rng.normal(size=(d, d)), rng.normal(size=(d, d))
    covariance, transport = root @ root.T, shape @ shape.T
    mean, shift = rng.normal(size=d), rng.normal(size=d)
    value = squared_w2_gaussians(mean, covariance, transport @ mean + shift, transport @ covariance @ transport)
    rows = rng.multivariate_normal(mean, covariance, size=400_000)
    cost = np.square(rows @ transport + shift - rows).sum(axis=1)
    assert_within(cost, value, resolves=0.02)


def test_two_dimensions_have_a_closed_form(rng):
    a, b = (root @ root.T for root in rng.normal(size=(2, 2, 2)))
    cross = np.sqrt(np.trace(a @ b) + 2 * np.sqrt(np.linalg.det(a @ b)))  # tr √M of a 2 × 2 matrix
    assert squared_w2_gaussians([0, 0], a, [0, 0], b) == pytest.approx(np.trace(a + b) - 2 * cross)


def test_by_hand():
    assert squared_w2_gaussians([0, 0], np.diag([1.0, 9.0]), [3, 4], np.diag([4.0, 4.0])) == pytest.approx(25 + 1 + 1)
    assert squared_w2_gaussians([0, 0], np.diag([1.0, 0.0]), [0, 0], np.diag([0.0, 1.0])) == pytest.approx(2)
    assert squared_w2_gaussians(0.0, 1.0, 3.0, 4.0) == pytest.approx(10)
    assert frechet_distance([[0.0], [2.0]], [[5.0], [7.0]]) == pytest.approx(25)
    # Two rows have unbiased variance 2 and 8.
    assert frechet_distance([[0.0], [2.0]], [[0.0], [4.0]]) == pytest.approx(1 + (np.sqrt(8) - np.sqrt(2)) ** 2)


@pytest.mark.parametrize("d", [1, 3])
def test_two_samples_of_one_law_have_the_known_bias(rng, d):
    # (1/N + 1/M)(d + d(d + 1)/4) to first order; the next order is of relative size d/N.
    n, m = 200, 300
    found = [frechet_distance(rng.normal(size=(n, d)), rng.normal(size=(m, d))) for _ in range(1500)]
    target = (1 / n + 1 / m) * (d + d * (d + 1) / 4)
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - target) <= 4 * error + target * d / n
    assert 4 * error <= 0.13 * target


# ---------------------------------------------------------------- properties


@steady
@given(pairs())
def test_symmetry(pair):
    (a, b), tolerance = pair, 1e-6 * scale(*pair)
    assert abs(squared_w2_gaussians(*a, *b) - squared_w2_gaussians(*b, *a)) <= tolerance


@steady
@given(normals())
def test_identity(law):
    assert 0 <= squared_w2_gaussians(*law, *law) <= 1e-6 * scale(law)


@steady
@given(pairs(), numbers)
def test_translation(pair, shift):
    (a, b), tolerance = pair, 1e-6 * (scale(*pair) + shift**2)
    moved = squared_w2_gaussians(a[0] + shift, a[1], b[0] + shift, b[1])
    assert abs(moved - squared_w2_gaussians(*a, *b)) <= tolerance


@steady
@given(pairs(), st.floats(0.01, 100))
def test_scaling(pair, factor):
    (a, b), tolerance = pair, 1e-6 * scale(*pair) * factor**2
    scaled = squared_w2_gaussians(a[0] * factor, a[1] * factor**2, b[0] * factor, b[1] * factor**2)
    assert abs(scaled - factor**2 * squared_w2_gaussians(*a, *b)) <= tolerance


@steady
@given(pairs(), st.randoms(use_true_random=False))
def test_order_of_coordinates_plays_no_part(pair, random):
    order = list(range(len(pair[0][0])))
    random.shuffle(order)
    turned = [(mean[order], covariance[np.ix_(order, order)]) for mean, covariance in pair]
    difference = squared_w2_gaussians(*turned[0], *turned[1]) - squared_w2_gaussians(*pair[0], *pair[1])
    assert abs(difference) <= 1e-6 * scale(*pair)


@steady
@given(pairs(), normals(d=1))
def test_triangle_inequality(pair, third):
    (a, b) = pair
    d = len(a[0])
    c = (np.full(d, third[0][0]), np.eye(d) * third[1][0, 0])
    one, two, straight = (np.sqrt(squared_w2_gaussians(*x, *y)) for x, y in ((a, c), (c, b), (a, b)))
    assert straight <= one + two + 1e-3 * np.sqrt(scale(a, b, c))


@steady
@given(arrays(float, (6, 2), elements=numbers), arrays(float, (5, 2), elements=numbers), st.permutations(range(6)))
def test_frechet_distance_knows_no_order_of_rows(a, b, order):
    tolerance = 1e-6 * (1 + np.square(a).sum() + np.square(b).sum())
    assert abs(frechet_distance(a[order], b) - frechet_distance(a, b)) <= tolerance
    assert abs(frechet_distance(a, b) - frechet_distance(b, a)) <= tolerance


# ---------------------------------------------------------------- degenerate input


def test_rows_that_are_all_alike_are_welcome():
    assert frechet_distance(np.zeros((5, 3)), np.full((4, 3), 2.0)) == pytest.approx(12)


def test_singular_covariances_are_welcome_up_to_rounding(rng):
    flat = rng.normal(size=(3, 8))
    flat = flat.T @ flat  # rank 3 of 8: rounding makes some eigenvalues negative
    assert np.linalg.eigvalsh(flat).min() < 0
    assert squared_w2_gaussians(np.zeros(8), flat, np.zeros(8), flat) == pytest.approx(0, abs=1e-6)
    assert squared_w2_gaussians([0], [[0]], [3], [[0]]) == 9


@pytest.mark.parametrize("unit", [2.0**-500, 1e-30, 1e100, 2.0**500])
def test_units_play_no_part_however_large(rng, unit):
    a, b = rng.normal(size=(20, 3)), 1 + 2 * rng.normal(size=(30, 3))
    assert frechet_distance(a * unit, b * unit) / unit / unit == pytest.approx(frechet_distance(a, b))
    one, other = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    found = squared_w2_gaussians([0, 0, 0], one * unit * unit, [unit, 0, 0], other * unit * unit)
    assert found / unit / unit == pytest.approx(squared_w2_gaussians([0, 0, 0], one, [1, 0, 0], other))


def test_what_is_above_the_largest_number_is_infinite():
    assert frechet_distance([[1e160], [2e160]], [[0.0], [1.0]]) == np.inf
    assert squared_w2_gaussians([1.7e308], [[1]], [-1.7e308], [[1]]) == np.inf
    assert squared_w2_gaussians([1e160], [[1.0]], [1e160], [[4.0]]) == pytest.approx(1)
    assert squared_w2_gaussians([1e300], [[1e-300]], [1e300], [[4e-300]]) == pytest.approx(1e-300, rel=1e-12, abs=0)


def test_the_distance_has_the_bits_of_the_plain_formula(rng):
    for d in (1, 2, 9):
        a, b = 100 * rng.normal(size=(40, d)), rng.normal(size=(50, d))
        one, other = (np.atleast_2d(np.cov(rows, rowvar=False)) for rows in (a, b))
        values, vectors = np.linalg.eigh(one)
        root = (vectors * np.sqrt(values)) @ vectors.T
        cross = np.sqrt(np.linalg.eigvalsh(root @ other @ root)).sum()
        apart = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
        assert frechet_distance(a, b) == apart + np.trace(one) + np.trace(other) - 2 * cross


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: frechet_distance([[0.0]], [[0.0], [1.0]]), "rows_a must have shape"),
        (lambda: frechet_distance([[0.0], [1.0]], [[0.0]]), "rows_b must have shape"),
        (lambda: frechet_distance([0.0, 1.0], [[0.0], [1.0]]), "rows_a must have shape"),
        (lambda: frechet_distance(np.zeros((3, 2)), np.zeros((3, 3))), "rows_b must have as many features as rows_a"),
        (lambda: frechet_distance(np.zeros((3, 0)), np.zeros((3, 0))), "rows_a must have shape"),
        (lambda: frechet_distance([[0.0], [np.nan]], [[0.0], [1.0]]), "rows_a must contain finite numbers$"),
        (lambda: frechet_distance([[0.0], [1.0]], [[0.0], [np.inf]]), "rows_b must contain finite numbers$"),
        (lambda: squared_w2_gaussians([np.nan], [[1]], [0], [[1]]), "mean_a must contain finite numbers$"),
        (lambda: squared_w2_gaussians([0], [[1]], [0], [[np.inf]]), "covariance_b must contain finite numbers$"),
        (lambda: squared_w2_gaussians([[0]], [[1]], [0], [[1]]), "mean_a must have shape \\(d,\\); got \\(1, 1\\)$"),
        (lambda: squared_w2_gaussians([0], [[-1]], [0], [[1]]), "covariance_a must be positive semi-definite; got"),
        (lambda: squared_w2_gaussians([0], [[1]], [0], [[-1]]), "covariance_b must be positive semi-definite; got"),
        (lambda: squared_w2_gaussians([0, 0], [[1, 5], [0, 1]], [0, 0], np.eye(2)), "covariance_a must be symmetric"),
        (lambda: squared_w2_gaussians([0, 0], [[1, 2]], [0, 0], np.eye(2)), "covariance_a must have shape"),
        (lambda: squared_w2_gaussians([0, 0], np.eye(2), [0], np.eye(1)), "mean_a, .* must have one"),
        (lambda: squared_w2_gaussians([0, 0], np.eye(3), [0, 0], np.eye(2)), "mean_a, .* must have one"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line(call, words):
    with pytest.raises(ValueError, match=f"^{words}") as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: frechet_distance([[0.0], [1j]], [[0.0], [1.0]]),
        lambda: frechet_distance(np.array([[0.0], [1j]]), [[0.0], [1.0]]),
        lambda: frechet_distance([["0"], ["1"]], [[0.0], [1.0]]),
        lambda: squared_w2_gaussians([0], [[1j]], [0], [[1]]),
    ],
)
def test_what_is_no_number_gets_one_line(call):
    with pytest.raises(TypeError, match=r"^(rows_a|covariance_a) must contain numbers, one row for each sample$"):
        call()
