"""The lock: made from pyproject.toml, complete, with hashes, for three systems."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import start
from collapse_edu.course.press import lock
from collapse_edu.course.press.lock import dependency_digest, requirements

ROOT = Path(__file__).resolve().parents[3]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def pins(text):
    """Return the locked versions of a text: name to version."""
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,-]+\])?==([^\s;]+)", text, flags=re.MULTILINE))


def stated(*extras):
    """Return the requirements of pyproject.toml: core, build backend and these extras."""
    project = PYPROJECT["project"]
    optional = [line for extra in extras for line in project["optional-dependencies"][extra]]
    lines = [*project["dependencies"], *PYPROJECT["build-system"]["requires"], *optional]
    return [Requirement(line) for line in lines]


def test_the_lock_was_made_from_this_pyproject():
    assert dependency_digest() in LOCK, "make it anew: python3 start.py lock"


@pytest.mark.parametrize(("level", "extras"), [("course", ["course"]), ("test", ["course", "test", "scale"])])
def test_every_requirement_has_a_pin_that_fits(level, extras):
    locked = pins(start.lock_section(level))
    for requirement in stated(*extras):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(Version(version)), requirement


def test_a_learner_gets_neither_test_tools_nor_peers():
    course = pins(start.lock_section("course"))
    assert not {"ruff", "uv", "hypothesis", "playwright", "dask"} & set(course)
    bench = {Requirement(line).name for line in PYPROJECT["project"]["optional-dependencies"]["bench"]}
    assert not bench & set(pins(LOCK))


def test_each_locked_package_has_hashes_and_stands_once():
    names = re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,-]+\])?==", LOCK, flags=re.MULTILINE)
    assert len(names) == len(set(names)) == len(requirements(LOCK))
    assert all("--hash=sha256:" in block for block in requirements(LOCK).values())


def test_the_lock_is_for_three_systems_and_names_no_address():
    assert "sys_platform == 'darwin'" in LOCK
    assert "os_name == 'nt'" in LOCK
    assert not re.search(r"://|--index|--find-links|\bfile:|@", LOCK)


# ---------------------------------------------------------------- making it


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a folder with a pyproject.toml and a uv that finds numpy for learners, and pytest for the tests too."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None if path else "/bin/uv")
    ran = []

    def run(command, **options):
        ran.append(command)
        tests = ["pytest==8 \\", "    --hash=sha256:2"] if "test" in command else []
        Path(command[command.index("--output-file") + 1]).write_text(
            "\n".join(["numpy==2 \\", "    --hash=sha256:1", *tests])
        )
        return subprocess.CompletedProcess(command, 0, stderr="")

    monkeypatch.setattr(lock.subprocess, "run", run)
    return tmp_path, ran


def test_a_lock_has_the_learners_part_first(root, capsys):
    folder, ran = root
    assert lock.main([]) == 0
    assert capsys.readouterr().out == "requirements.lock: 1 packages for the course, 1 more for the tests\n"
    text = (folder / "requirements.lock").read_text()
    learner, tests = text.split(lock.MARKER)
    assert list(requirements(learner)) == ["numpy"]
    assert list(requirements(tests)) == ["pytest"]
    assert dependency_digest() in learner
    assert all(command[command.index("--python-version") + 1] == "3.11" for command in ran)
    assert lock.main([]) == 0
    assert (folder / "requirements.lock").read_text() == text
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_the_door_finds_the_learners_part(root, monkeypatch):
    folder, _ = root
    lock.make_lock()
    monkeypatch.setattr(start, "LOCK", folder / "requirements.lock")
    assert (start.count_packages("course"), start.count_packages("test")) == (1, 2)
    assert "numpy" in start.lock_section("course")
    assert lock.MARKER.startswith(start.MARKER)


def test_without_uv_one_line_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    assert lock.main([]) == 2
    assert capsys.readouterr().err == "[!!] uv makes the lock and is not here: `start.py test` installs it.\n"


def test_what_uv_refuses_is_one_line(root, monkeypatch, capsys):
    refused = subprocess.CompletedProcess([], 1, stderr="no solution\n  because numpy\n")
    monkeypatch.setattr(lock.subprocess, "run", lambda command, **options: refused)
    assert lock.main(["--upgrade"]) == 2
    assert capsys.readouterr().err == "[!!] uv could not make the lock: no solution because numpy\n"
