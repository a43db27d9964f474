"""The field for the learner's name."""

import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import who_are_you


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path))


def test_a_name_is_kept_and_is_there_again():
    field = who_are_you()
    assert field._field.value == ""
    field._field.value = " Ada  Lovelace "
    field._button.click()
    assert Record().name == "Ada Lovelace"
    assert "Ada Lovelace" in field._said.value
    assert who_are_you()._field.value == "Ada Lovelace"


def test_what_is_no_name_is_told_and_not_kept():
    field = who_are_you()
    field._field.value = "a/b"
    field.keep()
    assert "name must be" in field._said.value
    assert Record().events() == []


def test_nothing_personal_is_in_the_saved_notebook():
    field = who_are_you()
    field._field.value = "Ada"
    field.keep()
    bundle = who_are_you()._repr_mimebundle_()
    assert "Ada" not in bundle["text/plain"] + bundle["text/html"]


def test_a_closed_field_leaves_no_widget():
    field = who_are_you()
    field.close()
    assert field._field.comm is None
