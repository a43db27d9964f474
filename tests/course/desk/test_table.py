"""Tables are read without row numbers, as text and as HTML."""

import pandas as pd

from collapse_edu.course.desk.table import table_of

ROWS = [{"n": 10, "median": 0.5312}, {"n": 100, "median": 0.6}]


def test_neither_text_nor_html_has_row_numbers():
    shown = table_of(ROWS, digits=2)
    assert [line.split() for line in repr(shown).splitlines()] == [["n", "median"], ["10", "0.53"], ["100", "0.60"]]
    assert shown._repr_html_().count("<th") == 1 + 2  # <thead>, and two names
    assert "<td>0.53</td>" in shown._repr_html_()


def test_rows_may_be_values_or_a_table_of_pandas():
    named = table_of([("a", 1), ("b", 2)], columns=["letter", "place"])
    assert repr(named) == repr(table_of(pd.DataFrame({"letter": ["a", "b"], "place": [1, 2]}, index=[5, 7])))


def test_text_in_a_cell_is_no_markup():
    assert "&lt;b&gt;" in table_of([{"x": "<b>"}])._repr_html_()
