"""The working copy: it follows the course, and never writes over what a learner changed."""

import json
import os
import tomllib
from pathlib import Path

import pytest

from collapse_edu.course.desk import working_copy
from collapse_edu.course.desk.working_copy import MIRRORED, as_laid, course_files, lay_course

ROOT = Path(__file__).resolve().parents[3]


def notebook(source, outputs=()):
    """Return the bytes of a notebook with one cell."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source}
    cell.update(outputs=list(outputs), execution_count=1 if outputs else None)
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


OUTPUT = {"output_type": "stream", "name": "stdout", "text": "1"}


class Course:
    """A small course and its working copy."""

    def __init__(self, folder):
        self.root, self.copy = folder / "course", folder / "my_course"
        self.write("notebooks/M0.ipynb", notebook("print(1)", [OUTPUT]))
        self.write("docs/glossary.md", b"words")

    def write(self, name, content):
        """Write a file of the course."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def lay(self):
        """Lay the working copy and return what was said."""
        return lay_course(self.root, self.copy)

    def read(self, name):
        """Return the content of a file of the working copy."""
        return (self.copy / name).read_bytes()

    def names(self):
        """Return the names of all files of the working copy."""
        files = (path.relative_to(self.copy).as_posix() for path in self.copy.rglob("*") if path.is_file())
        return sorted(name for name in files if name != ".laid.json")


@pytest.fixture
def course(tmp_path):
    """Return a small course whose working copy is laid."""
    made = Course(tmp_path)
    assert made.lay() == []
    return made


def test_notebooks_are_laid_without_outputs_and_other_files_as_they_are(course):
    assert course.names() == ["docs/glossary.md", "notebooks/M0.ipynb"]
    assert course.read("notebooks/M0.ipynb") == notebook("print(1)")
    assert course.read("docs/glossary.md") == b"words"


def test_a_second_start_writes_nothing(course, monkeypatch):
    monkeypatch.setattr(working_copy, "write_atomically", lambda path, content: pytest.fail(str(path)))
    assert course.lay() == []


def test_a_new_file_is_added_and_hidden_ones_are_not(course):
    course.write("quizzes/Q1.ipynb", notebook("1"))
    course.write("notebooks/.ipynb_checkpoints/M0-checkpoint.ipynb", notebook("1"))
    assert course.lay() == []
    assert course.names() == ["docs/glossary.md", "notebooks/M0.ipynb", "quizzes/Q1.ipynb"]


def test_an_unchanged_file_is_brought_up_to_date(course):
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == notebook("print(2)")


def test_a_changed_file_stays_while_the_course_stands_still(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == b"mine"
    assert len(course.names()) == 2


def test_a_changed_file_is_never_overwritten_and_the_new_one_lies_beside_it_once(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    said = course.lay()
    assert len(said) == 1
    assert "M0 (new version).ipynb" in said[0]
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == b"mine"
    beside = "notebooks/M0 (new version).ipynb"
    assert course.read(beside) == notebook("print(2)")
    course.write("notebooks/M0.ipynb", notebook("print(3)"))
    assert len(course.lay()) == 1
    assert course.read(beside) == notebook("print(3)"), "it was not the learner's"
    (course.copy / beside).write_bytes(b"mine too")
    course.write("notebooks/M0.ipynb", notebook("print(4)"))
    assert len(course.lay()) == 1
    assert course.read(beside) == b"mine too"
    assert course.read("notebooks/M0 (new version 2).ipynb") == notebook("print(4)")


def test_a_new_version_that_the_learner_deleted_stays_away(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    course.lay()
    (course.copy / "notebooks/M0 (new version).ipynb").unlink()
    assert course.lay() == []
    assert len(course.names()) == 2


def test_a_deleted_file_comes_back_fresh(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    (course.copy / "notebooks/M0.ipynb").unlink()
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == notebook("print(1)")


def test_nothing_of_the_learners_is_deleted(course):
    (course.copy / "notebooks/notes.ipynb").write_bytes(b"notes")
    (course.root / "docs/glossary.md").unlink()
    course.lay()
    assert course.names() == ["docs/glossary.md", "notebooks/M0.ipynb", "notebooks/notes.ipynb"]


@pytest.mark.parametrize("damage", ["lost", "torn"])
def test_without_its_manifest_every_difference_is_the_learners(course, damage):
    manifest = course.copy / ".laid.json"
    if damage == "torn":
        manifest.write_text('{"a": {"sour')
    else:
        manifest.unlink()
    (course.copy / "docs/glossary.md").write_bytes(b"mine")
    said = course.lay()
    assert len(said) == 1
    assert course.read("docs/glossary.md") == b"mine"
    assert course.lay() == []


def test_a_quiz_says_whose_numbers_it_has():
    blank = json.loads(notebook("ask()"))
    blank["metadata"]["collapse_edu"] = {"lesson": "M2", "learner": None}
    laid = json.loads(as_laid("quizzes/Q2.ipynb", json.dumps(blank).encode(), learner="ada"))
    assert laid["metadata"]["collapse_edu"] == {"lesson": "M2", "learner": "ada"}


def lay_quiz(course):
    """Give the course a blank quiz."""
    content = json.loads(notebook("ask()"))
    content["metadata"]["collapse_edu"] = {"learner": None}
    course.write("quizzes/Q2.ipynb", json.dumps(content).encode())


def whose(course):
    """Return whose numbers the quiz of the working copy has."""
    return json.loads(course.read("quizzes/Q2.ipynb"))["metadata"]["collapse_edu"]["learner"]


def test_a_copy_that_was_nobodys_becomes_the_one_of_who_works_in_it(course):
    lay_quiz(course)
    for learner in (None, "ada", "ben"):
        assert lay_course(course.root, course.copy, learner) == []
        assert whose(course) == learner


def test_a_quiz_that_was_answered_before_it_had_a_learner_stays_as_it_is(course):
    lay_quiz(course)
    course.lay()
    answered = course.read("quizzes/Q2.ipynb").replace(b"ask()", b"ask(); check()")
    (course.copy / "quizzes/Q2.ipynb").write_bytes(answered)
    names = course.names()
    assert lay_course(course.root, course.copy, "ada") == []
    assert (course.read("quizzes/Q2.ipynb"), course.names()) == (answered, names)


def test_there_is_an_end_to_new_versions(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    for number in range(1, 1000):
        mark = "" if number == 1 else f" {number}"
        (course.copy / f"notebooks/M0 (new version{mark}).ipynb").write_bytes(b"mine")
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    with pytest.raises(FileExistsError, match="too many new versions of notebooks/M0"):
        course.lay()


# ---------------------------------------------------------------- what lies there already


@pytest.mark.parametrize("manifest", ["[3]", '"x"', "null", '{"docs/glossary.md": 7}', "[" * 100_000])
def test_a_manifest_of_another_shape_says_nothing(course, manifest):
    (course.copy / ".laid.json").write_text(manifest)
    (course.copy / "docs/glossary.md").write_bytes(b"mine")
    assert len(course.lay()) == 1
    assert course.read("docs/glossary.md") == b"mine"
    assert course.lay() == []


def test_a_folder_in_a_notebooks_place_stays_and_the_rest_is_laid(course):
    notebook_of_the_course = course.copy / "notebooks/M0.ipynb"
    notebook_of_the_course.unlink()
    notebook_of_the_course.mkdir()
    course.write("docs/new.md", b"words")
    (said,) = course.lay()
    assert said == "notebooks/M0.ipynb is a folder, and the course has a file of that name: rename yours to get it"
    assert course.read("docs/new.md") == b"words"
    notebook_of_the_course.rmdir()
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == notebook("print(1)")


def test_a_file_in_a_folders_place_is_said_once(tmp_path):
    course = Course(tmp_path)
    course.write("docs/pictures/a.png", b"")
    course.write("docs/pictures/b.png", b"")
    course.copy.mkdir()
    (course.copy / "docs").write_bytes(b"mine")
    (said,) = course.lay()
    assert said == "docs is a file, and the course has a folder of that name: rename yours to get it"
    assert course.names() == ["docs", "notebooks/M0.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_link_that_leads_nowhere_is_said_and_stays(tmp_path):
    course = Course(tmp_path)
    course.copy.symlink_to(tmp_path / "stick" / "my_course")
    with pytest.raises(NotADirectoryError, match="leads to a folder that is not there"):
        course.lay()
    assert not (tmp_path / "stick").exists()
    (tmp_path / "stick" / "my_course").mkdir(parents=True)
    assert course.lay() == []


def test_a_file_in_the_copys_place_is_said(tmp_path):
    course = Course(tmp_path)
    course.copy.write_bytes(b"mine")
    with pytest.raises(NotADirectoryError, match="rename the file"):
        course.lay()


# ---------------------------------------------------------------- where the course is


def test_an_installed_package_has_the_course_in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(working_copy, "__file__", str(tmp_path / "collapse_edu/course/desk/working_copy.py"))
    assert course_files() == tmp_path.resolve(), "a checkout"
    material = tmp_path / "collapse_edu" / "course" / "material"
    material.mkdir(parents=True)
    assert course_files() == material.resolve()


def test_the_wheel_puts_all_that_is_laid_where_it_is_looked_for():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert wheel["wheel"]["sources"] == {folder: f"collapse_edu/course/material/{folder}" for folder in MIRRORED}
    assert wheel["wheel"]["only-include"] == ["collapse_edu", *MIRRORED]
