"""The command ``collapse-edu course``, as a learner and as the maker of an image say it; and the wheel that has all."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from collapse_edu.cli import main
from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.working_copy import as_laid, course_files
from collapse_edu.course.quiz import bank

ROOT = Path(__file__).resolve().parent.parent
QUIZ = "quizzes/Q1_telephone_game.ipynb"


def laid_files(copy):
    """Return name → content of all files of a working copy."""
    return {path.relative_to(copy).as_posix(): path.read_bytes() for path in copy.rglob("*") if path.is_file()}


def test_a_learner_gets_the_course_and_is_told_how_to_open_it(tmp_path, capsys):
    copy = tmp_path / "my course"
    assert main(["course", str(copy)]) == 0
    said = capsys.readouterr().out
    assert f'collapse-edu course "{copy}" --open' in said
    assert "begin with notebooks/M0_start_here.ipynb" in said
    content = (course_files() / QUIZ).read_bytes()
    assert (copy / QUIZ).read_bytes() == as_laid(QUIZ, content, Record().learner)


def test_what_is_changed_stays_and_is_told(tmp_path, capsys):
    main(["course", str(tmp_path)])
    (tmp_path / ".laid.json").unlink()
    (tmp_path / QUIZ).write_bytes(b"mine")
    capsys.readouterr()
    assert main(["course", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(f"You changed {QUIZ} and the course has a new one")
    assert (tmp_path / QUIZ).read_bytes() == b"mine"


def test_what_cannot_be_laid_is_one_line(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["course", str(tmp_path / "file")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "collapse-edu: This is a file, and the course needs a folder of that name; rename the file: "
        f"{tmp_path / 'file'}\n"
    )


@pytest.mark.parametrize("there", [True, False])
def test_it_opens_in_jupyterlab_where_that_is_installed(tmp_path, monkeypatch, capsys, there):
    opened = []
    monkeypatch.setattr("collapse_edu.course.desk.lab.main", lambda arguments: opened.append(arguments) or 0)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name if there else None)
    assert main(["course", str(tmp_path), "--open"]) == (0 if there else 2)
    assert opened == ([[str(tmp_path)]] if there else [])
    assert ("pip install" in capsys.readouterr().err) is not there


# ---------------------------------------------------------------- images


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Return a function that makes one a new user of the machine, with a home of their own."""

    def becomes(name):
        monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / name))
        return tmp_path / name

    return becomes


def test_what_binder_runs_leaves_no_identity_and_all_who_open_it_differ(tmp_path, user):
    (command,) = [line.split() for line in (ROOT / "postBuild").read_text().splitlines() if "my_course" in line]
    assert command == ["collapse-edu", "course", "my_course", "--no-learner"]
    images = []
    for maker in ("maker", "another"):
        home, copy = user(maker), tmp_path / f"image of {maker}"
        assert main([*command[1:2], str(copy), *command[3:]]) == 0
        assert not home.exists(), "no record"
        images.append(laid_files(copy))
    assert images[0] == images[1], "so nothing in it can be one maker's"
    assert b'"learner": null' in images[0][QUIZ]
    asked, learners = bank.question("M1.02"), set()
    for name in ("ada", "ben"):
        user(name)
        shutil.copytree(copy, tmp_path / f"copy of {name}")
        main(["course", str(tmp_path / f"copy of {name}")])
        learners.add(Record().learner)
        assert Record().learner.encode() in (tmp_path / f"copy of {name}" / QUIZ).read_bytes()
    assert len(learners) == 2
    assert asked.values("ada") != asked.values("ben")


# ---------------------------------------------------------------- the wheel


def test_the_wheel_lays_what_the_checkout_lays(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True,
        capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    code = "import sys; from collapse_edu.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    command = [sys.executable, "-P", "-c", code, "course", "copy", "--no-learner"]
    said = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert "nobody's" in said.stdout
    main(["course", str(tmp_path / "mine"), "--no-learner"])
    assert laid_files(tmp_path / "copy") == laid_files(tmp_path / "mine")
    package, installed = (folder / "collapse_edu" for folder in (ROOT, tmp_path / "installed"))
    tracked = {path.relative_to(package) for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert not {name for name in tracked if not (installed / name).is_file()}, "not in the wheel"
