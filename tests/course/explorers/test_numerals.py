"""Numbers in sentences have two digits, and no powers of ten."""

import pytest

from collapse_edu.course.explorers.numerals import two_digits


@pytest.mark.parametrize(
    ("value", "written"),
    [(230.4, "230"), (1e6, "1,000,000"), (9.96, "10"), (9.94, "9.9"), (0, "0"), (3.2e-7, "0.00000032"), (-45.6, "-46")],
)
def test_a_number_is_written_out(value, written):
    assert two_digits(value) == written
