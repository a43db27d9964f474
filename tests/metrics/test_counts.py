"""Diversity of a sample of types."""

import numpy as np
import pytest
from evidence import assert_within
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse_edu.metrics import effective_types, entropy, heterozygosity, types_alive

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
    assert entropy(types) == pytest.approx(sum(share * np.log2(1 / share) for share in shares), abs=1e-12)
    assert 1 / (1 - heterozygosity(types)) - 1e-9 <= effective_types(types) <= types_alive(types) + 1e-9


def test_entropy_of_one_type_and_of_equal_types():
    assert str(entropy([5, 5])) == "0.0"
    assert entropy(np.repeat(np.arange(8), 3)) == pytest.approx(3)
    assert effective_types(np.repeat(np.arange(7), 3)) == pytest.approx(7)


def test_entropy_of_a_sample_is_below_that_of_its_law_by_miller_and_madow(rng):
    # W9: to first order by (K - 1) / (2 n) nats.
    values = [entropy(rng.integers(0, 4, 400)) for _ in range(4000)]
    assert_within(values, 2 - 3 / (800 * np.log(2)), resolves=0.001)


@pytest.mark.parametrize("metric", [types_alive, heterozygosity, entropy, effective_types])
@pytest.mark.parametrize("types", [[], [0.5], [-1, 2], [np.nan], ["a"]])
def test_bad_input_gets_one_line(metric, types):
    with pytest.raises(ValueError, match=r"^types must be integers of at least 0, and at least one of them$"):
        metric(types)
