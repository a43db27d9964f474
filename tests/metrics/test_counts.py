"""Diversity of a sample of types."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse_edu.metrics import heterozygosity, types_alive

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


@pytest.mark.parametrize("metric", [types_alive, heterozygosity])
@pytest.mark.parametrize("types", [[], [0.5], [-1, 2], [np.nan], ["a"]])
def test_bad_input_gets_one_line(metric, types):
    with pytest.raises(ValueError, match=r"^types must be integers of at least 0, and at least one of them$"):
        metric(types)
