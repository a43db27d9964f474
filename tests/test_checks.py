"""Bad input gets one line."""

from fractions import Fraction

import numpy as np
import pytest

from collapse_edu.checks import integer, number


@pytest.mark.parametrize("value", [2, 3, np.int64(2), np.uint8(3)])
def test_integers_pass_as_plain_integers(value):
    found = integer("n", value, 2, 3)
    assert found == value
    assert type(found) is int


@pytest.mark.parametrize("value", [True, 2.0, "2", None, np.float64(2), np.bool_(True), [2]])
def test_what_is_no_integer_is_refused(value):
    with pytest.raises(TypeError, match=r"^n must be an integer of at least 2; got "):
        integer("n", value, 2)


@pytest.mark.parametrize("value", [1, 4, -(10**30)])
def test_an_integer_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match=f"^n must be an integer from 2 to 3; got {value}$"):
        integer("n", value, 2, 3)


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25), Fraction(1, 2)])
def test_numbers_pass_as_plain_floats(value):
    found = number("share", value, 0, 1)
    assert found == value
    assert type(found) is float


@pytest.mark.parametrize("value", [True, "0.5", None, 1j, [0.5]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match=r"^share must be a number in \[0, 1\]; got "):
        number("share", value, 0, 1)


@pytest.mark.parametrize("value", [-0.001, 1.001, np.inf, -np.inf, np.nan])
def test_a_number_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match=r"^share must be a number in \[0, 1\]; got "):
        number("share", value, 0, 1)


def test_an_open_end_is_said_and_kept():
    assert number("bias", 1, 0, 1, open_low=True) == 1
    with pytest.raises(ValueError, match=r"^bias must be a number in \(0, 1\]; got 0$"):
        number("bias", 0, 0, 1, open_low=True)
