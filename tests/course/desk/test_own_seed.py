"""A birthday becomes a seed."""

import numpy as np
import pytest

from collapse_edu.course.desk.own_seed import own_seed


@pytest.mark.parametrize(
    ("typed", "seed"),
    [("0307", 307), ("1231", 1231), (1231, 1231), ("03/07", 307), (" 0307 ", 307), ("0000", 0), (0, 0)],
)
def test_a_birthday_is_a_seed(typed, seed):
    assert own_seed(typed) == seed
    assert np.random.default_rng(own_seed(typed)).random() == np.random.default_rng(seed).random()


@pytest.mark.parametrize("typed", ["", "March", None, True, 3.7, -1, "9" * 19, [307], "٣"])
def test_what_is_no_number_gets_one_line(typed):
    with pytest.raises(
        ValueError, match=r"^number must be a whole number of 1 to 18 digits, such as \"0307\"; got .*$"
    ):
        own_seed(typed)
