"""Strict nbval, as this repository sets it up: passes what is equal, fails what is not."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from collapse_edu.course.press import build

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=60", "-p", "no:cacheprovider"]
CELLS = ["import warnings", "'hidden by the semicolon';", "warnings.warn('a path')", "object()", "print(6 * 7)"]


@pytest.fixture
def notebook(tmp_path):
    """An executed, cleaned notebook in a folder that has this repository's set-up."""
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    path = tmp_path / "notebooks" / "toy.ipynb"
    toy = build.identify(new_notebook(cells=[new_code_cell(source) for source in CELLS]), "toy")
    build.write(build.clean(build.execute(toy, cwd=tmp_path)), path)
    return path


def nbval(folder):
    """Return (exit status, last line) of nbval on the notebooks of `folder`, which has no quizzes."""
    config = f"--nbval-sanitize-with={Path(__file__).with_name('sanitize.cfg')}"
    command = [sys.executable, "-m", "pytest", "-q", *OPTIONS, config, "notebooks", "quizzes"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout.strip().splitlines()[-1]


def test_nbval_passes_equal_runs_and_catches_a_changed_number(notebook, tmp_path):
    status, last = nbval(tmp_path)
    assert (status, last[:8]) == (0, "5 passed")
    changed = nbformat.read(notebook, as_version=4)
    changed.cells[4].outputs[0].text = "43\n"
    build.write(changed, notebook)
    status, last = nbval(tmp_path)
    assert (status, last[:18]) == (1, "1 failed, 4 passed")
