"""Tails: exact sums against brute force, slopes and values of the literature."""

import numpy as np
import pytest
from evidence import assert_within
from scipy.special import zeta
from scipy.stats import poisson

from collapse_edu.theory import bounds, drift, fixation, immigration, tails


def lost_mass(rng, p, n, generations, chains):
    """Return the probability of the types that each chain has lost after some resamplings of a law."""
    shares = np.tile(p, (chains, 1))
    for _ in range(generations):
        shares = rng.multinomial(n, shares) / n
    return (shares == 0) @ p


@pytest.mark.parametrize("n", [1, 20, 300])
def test_expected_error_agrees_with_brute_force(rng, n):
    p = tails.zipf_law(100, 1.5)
    train = tails.cut_law(p, 30)
    assert_within(lost_mass(rng, p, n, 1, 10_000), tails.expected_error(n, p), resolves=0.02, oracle="T1")
    assert_within(
        (rng.multinomial(n, train, 10_000) == 0) @ p, tails.expected_error(n, p, train), resolves=0.02, oracle="T1"
    )


@pytest.mark.parametrize("t", [1, 2, 5])
def test_expected_lost_mass_agrees_with_brute_force(rng, t):
    n, p = 2000, tails.zipf_law(2000, 1.5)
    lost = lost_mass(rng, p, n, t, 300)
    assert_within(lost, tails.expected_lost_mass(t, n, p), resolves=0.025, oracle="T2")


def test_expected_lost_mass_is_exact_for_poisson_numbers(rng):
    t, n, p, chains = 6, 10, np.array([0.6, 0.3, 0.1]), 100_000
    counts = np.tile(n * p, (chains, 1))
    for _ in range(t):
        counts = rng.poisson(counts)
    assert_within((counts == 0) @ p, tails.expected_lost_mass(t, n, p), resolves=0.02, oracle="T2")


@pytest.mark.parametrize("n_fresh", [20, 500])
def test_expected_lost_mass_with_fresh_rows_agrees_with_brute_force(rng, n_fresh):
    """Rows of the last model, as many as it learned from; n_fresh of the next set are real."""
    n, p = 2000, tails.zipf_law(500, 1.2)
    counts = rng.multinomial(n, p, 1000)
    for _ in range(7):
        counts = rng.multinomial(n - n_fresh, counts / n) + rng.multinomial(n_fresh, p, 1000)
    assert_within((counts == 0) @ p, tails.expected_lost_mass(8, n, p, n_fresh), resolves=0.02, oracle="T2")


def test_fresh_rows_from_none_to_all():
    n, p, t = 500, tails.zipf_law(200, 1.1), np.arange(6)
    none = tails.expected_lost_mass(t, n, p)
    np.testing.assert_allclose(tails.expected_lost_mass(t[:, None], n, p, [0, 1e-9])[:, 1], none, rtol=1e-9)
    np.testing.assert_allclose(tails.expected_lost_mass(t, n, p, [[0], [0]]), [none, none])
    np.testing.assert_allclose(tails.expected_lost_mass(t[1:], n, p, n), none[1])
    # generation 2 by hand: n copies of which each dies with e^(-0.8), and 100 fresh ones
    by_hand = p @ np.exp(-p * (500 * (1 - np.exp(-0.8)) + 100))
    assert tails.expected_lost_mass(2, n, p, 100) == pytest.approx(by_hand)
    kept = immigration.probability_kept(100 * p, 0.2, samples_per_row=1e9)  # the long run; endless rows show all
    assert tails.expected_lost_mass(400, n, p, 100) == pytest.approx(1 - kept @ p)


def test_zipf_and_cut():
    p = tails.zipf_law(1000, 1.5)
    assert p.sum() == pytest.approx(1)
    assert p[0] / p[9] == pytest.approx(10**1.5)
    np.testing.assert_allclose(tails.zipf_law(4, 0), 0.25)
    cut = tails.cut_law(p, 10)
    assert cut.sum() == pytest.approx(1)
    assert np.count_nonzero(cut) == 10
    assert cut[0] / cut[9] == pytest.approx(10**1.5)
    np.testing.assert_allclose(tails.cut_law(p, 1000), p)


@pytest.mark.parametrize("exponent", [1.5, 2, 3])  # R11
def test_slopes_are_the_published_ones(exponent):
    p = tails.zipf_law(1_000_000, exponent)
    n = np.array([300, 3000])
    # More types than any sample reaches: the law has no end, as the scaling law wants.
    slope = np.diff(np.log(tails.expected_error(n, p))) / np.log(10)
    assert slope == pytest.approx(-tails.error_exponent(exponent), abs=0.02)
    floor = np.diff(np.log([zeta(exponent, k + 1) for k in (300, 3000)])) / np.log(10)  # the mass beyond rank k
    assert floor == pytest.approx(-tails.cut_error_exponent(exponent), abs=0.01)


def test_cut_values_are_the_published_ones():
    p = tails.zipf_law(2_000_000, 1.5)  # the number of types that gives the expected values
    found = tails.expected_error([10**2, 10**3, 10**4, 10**5], p, tails.cut_law(p, 100))
    assert found == pytest.approx([0.1975, 0.0982, 0.0760, 0.0759], abs=5.1e-5)
    assert p[100:].sum() == pytest.approx(0.07587, abs=5e-6)


def test_lost_mass_of_several_generations_is_the_published_one():
    # Branching formula .0696, .0820, .1051, .1294 and brute force .0699, .0817, .1048, .1287 at n = 2000, β = 1.5.
    found = tails.expected_lost_mass([1, 2, 5, 10], 2000, tails.zipf_law(20_000, 1.5))
    assert found == pytest.approx([0.0696, 0.0820, 0.1051, 0.1294], abs=5.1e-5)
    assert found == pytest.approx([0.0699, 0.0817, 0.1048, 0.1287], rel=0.006)


def test_lost_mass_is_that_of_drift():
    n, p, t = 500, np.array([0.5, 0.3, 0.19, 0.01]), np.array([1, 4, 30])
    alive = np.array([drift.poisson_survival(n * p, int(one)) for one in t])
    np.testing.assert_allclose(tails.expected_lost_mass(t, n, p), (1 - alive) @ p, atol=1e-15)
    assert tails.expected_lost_mass(0, n, p) == 0
    assert tails.expected_lost_mass(1, 10**5, tails.zipf_law(1000, 1.5)) == pytest.approx(
        tails.expected_error(10**5, tails.zipf_law(1000, 1.5)), rel=1e-3
    )


def test_arrays_broadcast():
    p = tails.zipf_law(50, 1.5)
    assert tails.expected_error([[1], [2]], p).shape == (2, 1)
    assert tails.expected_error([], p).shape == (0,)
    assert tails.expected_error(0, [1.0, 0.0]) == 1
    found = tails.expected_lost_mass([[0], [1], [3]], [10, 20], p)
    assert found.shape == (3, 2)
    assert found[2, 1] == pytest.approx(tails.expected_lost_mass(3, 20, p))
    assert np.ndim(tails.expected_lost_mass(3, 20, p)) == np.ndim(tails.expected_error(3, p)) == 0
    assert tails.error_exponent([[1.5], [2]]).shape == (2, 1)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: tails.zipf_law(0, 1), ValueError, "n_types must be an integer of at least 1; got 0"),
        (lambda: tails.zipf_law(9, -1), ValueError, "exponent must be a number in [0, inf]; got -1"),
        (lambda: tails.cut_law([0.5, 0.5], 3), ValueError, "k must be an integer from 1 to 2; got 3"),
        (lambda: tails.cut_law([0.0, 1.0], 1), ValueError, "k must keep types that have probability; got 1"),
        (lambda: tails.expected_error(1, [0.5, 0.4]), ValueError, "p must sum to 1; got 0.9"),
        (lambda: tails.expected_error(1, [[1.0]]), ValueError,
         "p must contain one probability for each type; got shape (1, 1)"),
        (lambda: tails.expected_error(1, [0.5, 0.5], [1.0]), ValueError,
         "train must contain one probability for each type of p; got 1 and 2"),
        (lambda: tails.expected_error(-1, [1.0]), ValueError, "n must contain whole numbers of at least 0; got -1"),
        (lambda: tails.expected_lost_mass(1, 5, [1.0], 6), ValueError,
         "n_fresh must contain numbers of at most n; got 6"),
        (lambda: tails.error_exponent(1), ValueError, "exponent must contain numbers in (1, inf); got 1"),
        (lambda: tails.cut_error_exponent(0.5), ValueError, "exponent must contain numbers in (1, inf); got 0.5"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words


@pytest.mark.parametrize("temperature", [0.8, 1, 1.25])
def test_tempered_law_agrees_with_a_chain_of_many_rows(rng, temperature):
    p, n, chains = np.array([0.4, 0.3, 0.2, 0.1]), 4_000_000, 200
    shares = rng.multinomial(n, np.tile(p, (chains, 1))) / n
    for t in range(1, 6):
        law = tails.tempered_law(t, p, temperature)
        for found, target in zip(shares.T, law, strict=True):
            assert_within(found, target, resolves=0.02, oracle="T3")
        hot = shares ** (1 / temperature)
        shares = rng.multinomial(n, hot / hot.sum(axis=1, keepdims=True)) / n


def test_tempered_law_of_zipf_narrows_the_tail_and_ends_in_one_type_or_in_equal_ones():
    p = tails.zipf_law(100, 1.5)
    np.testing.assert_allclose(tails.tempered_law(4, p, 0.8), tails.zipf_law(100, 1.5 / 0.8**3))
    np.testing.assert_array_equal(tails.tempered_law(10**6, p, 0.99), np.arange(100) == 0)
    np.testing.assert_allclose(tails.tempered_law(10**6, p, 1.01), 0.01)
    np.testing.assert_array_equal(tails.tempered_law(10**6, [0.5, 0.5, 0], 0.5), [0.5, 0.5, 0])
    np.testing.assert_array_equal(tails.tempered_law(10**6, [0.5, 0.5, 0], 2), [0.5, 0.5, 0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1, [0.5, 0.6], 1), "p must sum to 1"),
        ((0, [0.5, 0.5], 1), "t must be"),
        ((1, [0.5, 0.5], 0), "temperature must be"),
    ],
)
def test_bad_tempering_gets_one_line(arguments, words):
    with pytest.raises(ValueError, match=words):
        tails.tempered_law(*arguments)


def test_types_that_are_as_good_as_never_drawn_are_types():
    """Of a Poisson law the 170th type has a probability of 2e-189; without its tail all values are the same."""
    p = poisson(5).pmf(np.arange(170))
    p /= p.sum()
    assert 0 < p.min() < 1e-180
    few = p[:60] / p[:60].sum()
    values = [
        (lambda p: tails.expected_error(100, p), 0.01629),
        (lambda p: tails.expected_lost_mass(3, 100, p), 0.04262),
        (lambda p: fixation.expected_entropy(p, 100), 2.13650),
        (lambda p: fixation.expected_single_type_time(p, 100), 184.32346),
        (lambda p: fixation.diffusion_absorption_time(p, 100).sum(), None),
        (lambda p: bounds.types_bounds(10, 100, p), (7.51531, 10.65727)),
        (lambda p: tails.tempered_law(5, tails.tempered_law(5, p, 0.5), 0.5).max(), None),
        (lambda p: tails.cut_law(p, 3)[0], None),
    ]
    for function, expected in values:
        np.testing.assert_allclose(function(p), function(few), rtol=1e-9)
        if expected is not None:
            assert function(p) == pytest.approx(expected, abs=1e-5)
