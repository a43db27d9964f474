"""The code has the one style that pyproject.toml describes, and words are spelled right."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(command):
    done = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_words_are_spelled_right():
    """Of prose, questions, docstrings: the notebooks are built from these."""
    where = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "lessons", "collapse_edu", "start.py"]
    done = subprocess.run([sys.executable, "-m", "codespell_lib", *where], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
