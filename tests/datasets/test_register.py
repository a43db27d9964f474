"""The table of data sets says what each of them is."""

import pytest

from collapse_edu.datasets import DATA_SETS, Images, Text

KINDS = {"words": Text, "images": Images}


@pytest.mark.parametrize("name", DATA_SETS)
def test_a_data_set_is_what_the_table_says(name):
    data = DATA_SETS[name]
    loaded = data.load()
    assert isinstance(loaded, KINDS[data.kind])
    assert loaded.name == data.title
    assert data.words
