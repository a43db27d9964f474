"""docs/scale.md on one machine: the script runs, prints what the page says, and does nothing twice.

``tests/cluster/test_scale_page.py`` has the part with a Dask cluster.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
SCRIPT, TEXT_SCRIPT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
TABLE = re.search(r"Then it prints\n\n```\n(.*?)```", PAGE, re.DOTALL)[1]
COMMANDS = re.findall(r"^    \$ (.+)$", PAGE, re.MULTILINE)
UNITS = 60


def lines(text):
    return [line.strip() for line in text.splitlines()]


def test_the_page_has_the_commands_that_are_tested():
    worker = "dask worker tcp://127.0.0.1:8786 --nthreads 1"
    scheduler = "dask scheduler --host 127.0.0.1 --port 8786"
    study, text = "python study.py tcp://127.0.0.1:8786", "python text.py my_text.txt tcp://127.0.0.1:8786"
    assert ["python study.py", scheduler, worker, worker, study, text] == COMMANDS
    assert f"so the bar counts to {UNITS}" in PAGE


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    (folder / "study.py").write_text(SCRIPT, encoding="utf-8")
    return folder


def test_the_script_prints_what_the_page_says_and_does_nothing_twice(folder):
    for begins_with in (0, UNITS):
        done = subprocess.run([sys.executable, "study.py"], cwd=folder, capture_output=True, text=True, check=True)
        assert lines(done.stdout) == lines(TABLE)
        assert f"| {begins_with}/{UNITS} [" in done.stderr
        assert f"| {UNITS}/{UNITS} [" in done.stderr
        assert len(list((folder / "results").iterdir())) == UNITS
