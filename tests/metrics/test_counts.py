"""Diversity of a sample of types, and what it lost."""

import numpy as np
import pytest
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from collapse_edu.metrics import (
    effective_types,
    entropy,
    heterozygosity,
    lost_mass,
    tail_survival,
    types_alive,
    unseen_mass,
    vocabulary_survival,
)
from collapse_edu.theory.fixation import expected_entropy

steady = settings(derandomize=True, database=None, deadline=None, max_examples=80)
samples = st.lists(st.integers(0, 30), min_size=1, max_size=60)


@steady
@given(samples)
def test_they_are_what_a_dictionary_counts(types):
    assert types_alive(types) == len(set(types))
    differ = sum(a != b for a in types for b in types) / len(types) ** 2
    assert heterozygosity(types) == pytest.approx(differ, abs=1e-12)


@steady
@given(samples, st.randoms(use_true_random=False), st.integers(0, 1000))
def test_order_and_names_of_types_play_no_part(types, random, shift):
    shuffled = [31 + shift - kind for kind in types]
    random.shuffle(shuffled)
    assert types_alive(shuffled) == types_alive(types)
    assert heterozygosity(shuffled) == pytest.approx(heterozygosity(types), abs=1e-12)


@steady
@given(samples, st.integers(1, 5))
def test_repeating_the_sample_changes_nothing(types, times):
    assert types_alive(types * times) == types_alive(types)
    assert heterozygosity(types * times) == pytest.approx(heterozygosity(types), abs=1e-12)


@steady
@given(samples)
def test_heterozygosity_lies_between_one_type_and_equal_types(types):
    assert -1e-12 <= heterozygosity(types) <= 1 - 1 / types_alive(types) + 1e-12


def test_one_type_and_equal_types():
    assert heterozygosity([[5], [5]]) == 0
    assert heterozygosity(np.repeat(np.arange(8), 3)[:, None]) == pytest.approx(7 / 8)


@steady
@given(samples)
def test_entropy_is_what_a_dictionary_gives(types):
    shares = [types.count(kind) / len(types) for kind in set(types)]
    assert entropy(types) == pytest.approx(sum(share * np.log(1 / share) for share in shares), abs=1e-12)
    assert entropy(types) == pytest.approx(stats.entropy(np.bincount(types)), abs=1e-12)
    assert 1 / (1 - heterozygosity(types)) - 1e-9 <= effective_types(types) <= types_alive(types) + 1e-9


def test_entropy_of_one_type_and_of_equal_types():
    assert str(entropy([5, 5])) == "0.0"
    assert entropy(np.repeat(np.arange(8), 3)) == pytest.approx(np.log(8))
    assert effective_types(np.repeat(np.arange(7), 3)) == pytest.approx(7)


def test_entropy_of_a_sample_is_below_that_of_its_law_by_miller_and_madow(rng):
    # W9: to first order by (K - 1) / (2 n); both of one unit, nats.
    values = [entropy(rng.integers(0, 4, 400)) for _ in range(4000)]
    assert_within(values, np.log(4) - 3 / 800, resolves=0.001)
    assert_within(values, expected_entropy(np.full(4, 1 / 4), 400), resolves=0.001)


def test_large_names_of_types_need_no_large_table():
    types = np.array([2**62, 5, 2**62, 7])
    assert types_alive(types) == 3
    assert heterozygosity(types) == heterozygosity([0, 1, 0, 2])


# ---------------------------------------------------------------- what a sample lost


@steady
@given(samples, samples)
def test_losses_are_what_sets_give(real, synthetic):
    assert lost_mass(real, synthetic) == pytest.approx(np.mean([kind not in synthetic for kind in real]))
    assert unseen_mass(real, synthetic) == pytest.approx(np.mean([kind not in real for kind in synthetic]))
    assert lost_mass(real, real) == unseen_mass(real, real) == 0
    # Each type once: the survival of the vocabulary.
    assert 1 - lost_mass(list(set(real)), synthetic) == pytest.approx(vocabulary_survival(real, synthetic))


def test_the_expected_lost_mass_of_one_resampling(rng):
    real = np.repeat(np.arange(30), np.arange(1, 31))
    shares, n = np.arange(1, 31) / len(real), 100
    lost = [lost_mass(real, rng.choice(real, n)) for _ in range(4000)]
    assert_within(lost, shares @ (1 - shares) ** n, resolves=0.05)


def test_the_tail_by_hand():
    real = [0] * 9 + [1] * 5 + [2] * 5 + [3, 3, 4]
    synthetic = [0, 0, 1, 3, 3, 3, 77, 77]
    for head in (2, 3):  # types 1 and 2 are as frequent: both are head
        assert tail_survival(real, synthetic, head) == 1 / 2
    assert tail_survival(real, synthetic, 1) == 2 / 4
    assert tail_survival(real, real, 1) == 1


@steady
@given(samples, samples, st.integers(1, 5), st.randoms(use_true_random=False), st.integers(0, 1000))
def test_the_tail_knows_no_order_and_no_names(real, synthetic, head, random, shift):
    real = [*real, *[40] * 100, *[41] * 90, 42]  # there is a head, and a tail
    renamed = [1000 + shift - kind for kind in real]
    random.shuffle(renamed)
    others = [1000 + shift - kind for kind in synthetic]
    try:
        expected = tail_survival(real, synthetic, head)
    except ValueError as error:
        assert str(error).startswith("head must leave a tail")  # noqa: PT017 - ties can make all types head
    else:
        assert tail_survival(renamed, others, head) == expected


def test_neutral_resampling_keeps_the_expected_tail_mass_while_its_types_die(rng):
    real, tail = rng.permutation(np.repeat(np.arange(50), 1 + 200 // np.arange(1, 51) ** 2)), np.arange(5, 50)
    mass, alive = [], []
    for _ in range(1500):
        synthetic = real
        for _ in range(5):
            synthetic = rng.choice(synthetic, len(synthetic))
        mass.append(np.isin(synthetic, tail).mean())
        alive.append(tail_survival(real, synthetic, 5))
    assert_within(mass, np.isin(real, tail).mean(), resolves=0.05)
    assert np.mean(alive) < 0.5


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("metric", [types_alive, heterozygosity, entropy, effective_types])
@pytest.mark.parametrize("types", [[], [0.5], [-1, 2], [np.nan], ["a"]])
def test_bad_input_gets_one_line(metric, types):
    with pytest.raises(ValueError, match=r"^types must be integers of at least 0, and at least one of them$"):
        metric(types)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: lost_mass([], [1]), ValueError, "real must be integers of at least 0, and at least one of them"),
        (
            lambda: unseen_mass([1], [0.5]),
            ValueError,
            "synthetic must be integers of at least 0, and at least one of them",
        ),
        (
            lambda: tail_survival([1, 1, 2], [-1], 1),
            ValueError,
            "synthetic must be integers of at least 0, and at least one of them",
        ),
        (lambda: tail_survival([1, 1, 2], [1], 0), ValueError, "head must be an integer of at least 1; got 0"),
        (lambda: tail_survival([1, 1, 2], [1], 1.5), TypeError, "head must be an integer of at least 1; got 1.5"),
        (
            lambda: tail_survival([1, 2], [1], 1),
            ValueError,
            "head must leave a tail: of 2 types none is rarer than the 1 most frequent",
        ),
        (
            lambda: tail_survival([1, 1, 2], [1], 9),
            ValueError,
            "head must leave a tail: of 2 types none is rarer than the 9 most frequent",
        ),
    ],
)
def test_bad_input_of_losses_gets_one_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == words
