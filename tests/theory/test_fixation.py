"""Fixation, its time, and heterozygosity with fresh data: against brute force, each other and the literature."""

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.theory import fixation

CHAINS = 40_000


def until_absorbed(rng, counts, n):
    """Return the last shares and the number of resamplings until one type is left, counts of shape (chains, types)."""
    shares, times = counts / n, np.zeros(len(counts))
    going = np.flatnonzero(shares.max(axis=1) < 1)
    while len(going):
        shares[going] = rng.multinomial(n, shares[going]) / n
        times[going] += 1
        going = going[shares[going].max(axis=1) < 1]
    return shares, times


def heterozygosity(shares):
    return 1 - np.square(shares).sum(axis=-1)


# ---------------------------------------------------------------- W1


def test_transition_matrix_is_binomial(rng):
    n = 9
    matrix = fixation.transition_matrix(n)
    np.testing.assert_allclose(matrix.sum(axis=1), 1)
    np.testing.assert_allclose(matrix @ np.arange(n + 1), np.arange(n + 1), atol=1e-12)  # a martingale
    counts = np.bincount(rng.binomial(n, 3 / n, 400_000), minlength=n + 1) / 400_000
    np.testing.assert_allclose(counts, matrix[3], atol=4 * 0.5 / np.sqrt(400_000))
    np.testing.assert_array_equal(matrix[[0, -1]], np.eye(n + 1)[[0, -1]])


# ---------------------------------------------------------------- W4, W4b


@pytest.mark.parametrize("count", [2, 6, 15])
def test_fixation_and_its_time_agree_with_brute_force(rng, count):
    n = 20
    shares, times = until_absorbed(rng, np.tile([count, n - count], (CHAINS, 1)), n)
    fixed = shares[:, 0] == 1
    assert_within(fixed, count / n, oracle="W4")
    assert_within(times, fixation.expected_absorption_time(count, n), resolves=0.03, oracle="W4")


def test_times_of_the_literature():  # W4
    p = np.array([0.01, 0.1, 0.2, 0.5])
    exact, diffusion = fixation.expected_absorption_time(100 * p, 100), fixation.diffusion_absorption_time(p, 100)
    assert exact == pytest.approx([10.54, 63.45, 98.27, 136.60], abs=0.005)
    assert diffusion == pytest.approx([11.20, 65.02, 100.08, 138.63], abs=0.005)


def test_diffusion_is_too_late_by_a_logarithm():
    # By (log n)/3 and a constant: the time itself is of order n, so diffusion is the limit of many copies.
    p = np.array([0.1, 0.3, 0.5])
    few, many = (
        fixation.diffusion_absorption_time(p, n) - fixation.expected_absorption_time(n * p, n) for n in (200, 800)
    )
    np.testing.assert_allclose(many - few, np.log(4) / 3, rtol=5e-3)
    assert np.all(few > 0)
    assert np.all(few < 2.5)


def test_a_type_that_is_lost_or_alone_needs_no_time():
    assert fixation.expected_absorption_time([0, 30], 30) == pytest.approx([0, 0])
    assert fixation.diffusion_absorption_time([0, 1], 30) == pytest.approx([0, 0])


@pytest.mark.parametrize("p", [[0.5, 0.5], [0.1] * 10, [0.7, 0.2, 0.1], [0.9, 0.1, 0.0]])
def test_single_type_time_agrees_with_brute_force(rng, p):
    n = 15
    _, times = until_absorbed(rng, np.tile(n * np.array(p), (CHAINS, 1)), n)
    assert_within(times, fixation.expected_single_type_time(p, n), resolves=0.03, oracle="W4b")


def test_single_type_time_of_two_types_is_that_of_one_of_them():
    for count in (1, 10, 50):
        law = np.array([count, 100 - count]) / 100
        exact = fixation.expected_absorption_time(count, 100)
        assert fixation.expected_single_type_time(law, 100) == pytest.approx(exact)
    assert fixation.expected_single_type_time([1.0], 100) == 1


def test_single_type_time_by_diffusion():  # W4b
    # The published approximation is too large by 1.6 to 2.2 % at n = 100.
    for k, share in ((2, 0.022), (10, 0.017), (100, 0.0165)):
        exact = fixation.expected_single_type_time(np.full(k, 1 / k), 100)
        assert fixation.diffusion_single_type_time(k, 100) / exact - 1 == pytest.approx(share, abs=5e-4)
        j = np.arange(2.0, 20_000)
        series = 1 + 200 * (np.sum((1 - k ** (1 - j)) / (j * (j - 1))) + 1 / j[-1])
        assert fixation.diffusion_single_type_time(k, 100) == pytest.approx(series)
    assert fixation.diffusion_single_type_time(2, 100) == pytest.approx(1 + 200 * np.log(2))
    assert fixation.diffusion_single_type_time(10**9, 100) == pytest.approx(201)


# ---------------------------------------------------------------- W7, W8


@pytest.mark.parametrize("n_fresh", [1, 4])
def test_mix_heterozygosity_agrees_with_brute_force(rng, n_fresh):  # W7
    n, p, chains = 10, np.array([0.6, 0.3, 0.1]), 4 * CHAINS
    counts = rng.multinomial(n, p, chains)
    for _ in range(30):  # what is left of the start: 0.72^30
        counts = rng.multinomial(n - n_fresh, counts / n) + rng.multinomial(n_fresh, p, chains)
    target = fixation.mix_heterozygosity_limit(heterozygosity(p), n, n_fresh)
    assert_within(heterozygosity(counts / n), target, resolves=0.02, oracle="W7")


def test_mix_heterozygosity_at_both_ends():
    assert fixation.mix_heterozygosity_limit(0.7, 100, 0) == 0
    # All rows fresh: one sample of the real distribution.
    assert fixation.mix_heterozygosity_limit(0.7, 100, 100) == pytest.approx(0.7 * 0.99)


def test_mutation_identity_agrees_with_brute_force(rng):  # W8
    n, rate, chains = 8, 0.05, 20_000
    types = np.zeros((chains, n), dtype=int)
    for generation in range(1, 60):  # what is left of the start: 0.9^60 of 0.875^60
        types = np.take_along_axis(types, rng.integers(n, size=types.shape), axis=1)
        new = rng.random(types.shape) < rate
        types = np.where(new, generation * n + np.arange(n), types)
    same = (types[:, :, None] == types[:, None, :]).sum(axis=(1, 2)) - n
    assert_within(same / (n * (n - 1)), fixation.mutation_identity_limit(n, rate), resolves=0.025, oracle="W8")
    assert fixation.mutation_identity_limit(10**6, 1e-6) == pytest.approx(1 / 3, rel=1e-5)
    assert fixation.mutation_identity_limit(10, 0) == 1


# ---------------------------------------------------------------- W9


@pytest.mark.parametrize(("p", "n"), [([0.6, 0.3, 0.1], 20), ([0.25] * 4, 5), ([0.9, 0.1, 0.0], 50)])
def test_expected_entropy_agrees_with_brute_force(rng, p, n):
    shares = rng.multinomial(n, p, CHAINS) / n
    entropy = -np.sum(shares * np.log(np.where(shares > 0, shares, 1)), axis=1)
    assert_within(entropy, fixation.expected_entropy(p, n), resolves=0.02, oracle="W9")


def test_expected_entropy_of_many_draws_is_that_of_miller():  # W9
    p = np.array([0.5, 0.3, 0.2])
    for n in (200, 2000):
        first_order = -p @ np.log(p) - 2 / (2 * n)
        # The next term is (1 - Σ 1/p)/(12 n²).
        rest = fixation.expected_entropy([*p, 0.0], n) - first_order
        assert rest == pytest.approx((1 - 2 - 1 / 0.3 - 5) / (12 * n**2), rel=0.1)
    assert fixation.expected_entropy([1.0], 10) == 0
    assert fixation.expected_entropy([0.5, 0.5], 1) == 0


# ---------------------------------------------------------------- arrays, bad input


def test_arrays_broadcast():
    assert fixation.expected_absorption_time([[1, 2], [3, 4]], 10).shape == (2, 2)
    assert np.ndim(fixation.expected_absorption_time(1, 10)) == 0
    assert fixation.diffusion_absorption_time([[0.1], [0.5]], [10, 20, 30]).shape == (2, 3)
    assert fixation.mix_heterozygosity_limit(0.5, [[10], [20]], [1, 2, 3]).shape == (2, 3)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: fixation.transition_matrix(0), ValueError, "n must be an integer of at least 1; got 0"),
        (lambda: fixation.transition_matrix(1.5), TypeError, "n must be an integer of at least 1; got 1.5"),
        (lambda: fixation.expected_absorption_time(11, 10), ValueError,
         "count must not be larger than n; got 11 of 10"),
        (lambda: fixation.diffusion_absorption_time(2, 10), ValueError, "p must contain numbers in [0, 1]; got 2"),
        (lambda: fixation.expected_single_type_time([0.5], 10), ValueError, "p must sum to 1; got 0.5"),
        (lambda: fixation.diffusion_single_type_time(1, 10), ValueError,
         "n_types must contain whole numbers of at least 2; got 1"),
        (lambda: fixation.mix_heterozygosity_limit(1, 10, 11), ValueError,
         "n_fresh must not be larger than n; got 11 of 10"),
        (lambda: fixation.mix_heterozygosity_limit(2, 10, 1), ValueError, "h0 must contain numbers in [0, 1]; got 2"),
        (lambda: fixation.mutation_identity_limit(10, 2), ValueError, "rate must contain numbers in [0, 1]; got 2"),
        (lambda: fixation.expected_entropy([0.5, 0.6], 10), ValueError, "p must sum to 1; got 1.1"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
