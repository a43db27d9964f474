"""The working copy: it follows the course, and never writes over what a learner changed."""

import errno
import json

import pytest

from collapse_edu.course.desk import working_copy
from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.working_copy import as_laid, lay_course


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


def test_the_copy_is_laid_for_the_learner_of_the_record(course):
    content = json.loads(notebook("ask()"))
    content["metadata"]["collapse_edu"] = {"learner": None}
    course.write("quizzes/Q2.ipynb", json.dumps(content).encode())
    course.lay()
    assert json.loads(course.read("quizzes/Q2.ipynb"))["metadata"]["collapse_edu"]["learner"] == Record().learner


def test_there_is_an_end_to_new_versions(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    for number in range(1, 1000):
        mark = "" if number == 1 else f" {number}"
        (course.copy / f"notebooks/M0 (new version{mark}).ipynb").write_bytes(b"mine")
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    with pytest.raises(FileExistsError, match="too many new versions of notebooks/M0"):
        course.lay()


def test_the_command_says_what_a_learner_should_read(course, monkeypatch, capsys):
    monkeypatch.setattr(working_copy, "ROOT", course.root)
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    assert working_copy.main([str(course.copy)]) == 0
    assert capsys.readouterr().out.startswith("You changed notebooks/M0.ipynb and the course has a new one")
    assert working_copy.main([str(course.copy)]) == 0
    assert capsys.readouterr().out == ""


def test_what_the_system_refuses_is_one_line(course, monkeypatch, capsys):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(working_copy, "ROOT", course.root)
    monkeypatch.setattr(working_copy, "write_atomically", full)
    course.write("docs/new.md", b"words")
    assert working_copy.main([str(course.copy)]) == 2
    assert capsys.readouterr().err == f"[!!] No space left on device: {course.copy}\n"
