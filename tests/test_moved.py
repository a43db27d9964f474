"""Old paths and old names: one table, and behind each line of it the thing itself."""

import subprocess
import sys
from importlib import import_module

import pytest

from collapse_edu import moved


@pytest.mark.parametrize("old", sorted(moved.MODULES))
def test_an_old_module_is_the_new_one(old):
    assert import_module(f"collapse_edu.{old}") is import_module(f"collapse_edu.{moved.MODULES[old]}")


@pytest.mark.parametrize(("module", "old"), [(module, old) for module, names in moved.NAMES.items() for old in names])
def test_an_old_name_is_the_new_thing(module, old):
    home, _, new = moved.NAMES[module][old].rpartition(".")
    thing = getattr(import_module(f"collapse_edu.{home}"), new)
    assert getattr(import_module(f"collapse_edu.{module}"), old) is thing


@pytest.mark.parametrize("module", ["production", "plots", "theory"])
def test_a_name_that_never_was_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match=f"^module 'collapse_edu.{module}' has no attribute 'colapse'$"):
        _ = import_module(f"collapse_edu.{module}").colapse


def test_what_lies_below_an_old_package_is_not_loaded_twice():
    from collapse_edu.quiz.bank import m2 as old

    from collapse_edu.course.quiz.bank import m2

    assert old is m2
    assert m2.__name__ == m2.__spec__.name == "collapse_edu.course.quiz.bank.m2"


@pytest.mark.parametrize("first", ["collapse_edu.quiz.record", "collapse_edu.course.desk.record"])
def test_either_path_can_come_first(first):
    code = f"import {first}\nimport collapse_edu.quiz.record as old, collapse_edu.course.desk.record as new\n"
    code += "assert old is new and old.Record.__module__ == 'collapse_edu.course.desk.record'"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("path", ["collapse_edu.chains", "collapse_edu.quiz.nothing"])
def test_what_never_was_is_not_found(path):
    with pytest.raises(ModuleNotFoundError, match=path.rpartition(".")[2]):
        import_module(path)


def test_an_old_name_is_found_on_every_old_path():
    from collapse_edu.explorers.first_slider import FirstSlider
    from collapse_edu.quiz.record import LONGEST_TEXT, tidy_name

    from collapse_edu.course.desk import names, plain_data
    from collapse_edu.course.first_look import WatchDigits

    assert (FirstSlider, tidy_name, LONGEST_TEXT) == (WatchDigits, names.tidy_name, plain_data.LONGEST_TEXT)


def test_an_old_path_can_be_run():
    done = subprocess.run([sys.executable, "-m", "collapse_edu.environment"], capture_output=True, text=True)
    assert "[ok] numpy" in done.stdout
    assert done.stderr == ""
