"""docs/monitor.md: every command runs, and prints what the page says.

Its documents are docstrings of installed packages, so that numbers, and which windows raise an alert, depend on the
versions: with those of the page's last line, all is compared; with others, the lines without their numbers.
"""

import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from collapse_edu.cli import main

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "monitor.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^    \$ (.+)\n((?:(?:    (?!\$).*)?\n)*)", PAGE, re.MULTILINE)
OURS = [each for each in COMMANDS if each[0].startswith("collapse-edu")]
STATUS = {"mixed.jsonl": 3, "now.csv": 3, "--window 100": 2, "--stream make_streams.py": 2}
MADE_WITH = dict(re.findall(r"([a-z-]+) (\d+(?:\.\d+)+)", PAGE.splitlines()[-1]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("monitor")
    for name, script in zip(("make_streams.py", "make_costs.py"), SCRIPTS, strict=True):
        (folder / name).write_text(script, encoding="utf-8")
        subprocess.run([sys.executable, name], cwd=folder, check=True)
    return folder


def test_the_page_holds_what_it_promises():
    assert [command.split()[0] for command, _ in COMMANDS].count("python") == 2
    assert len(OURS) == 7
    assert set(MADE_WITH) == {"numpy", "scipy", "scikit-learn", "pandas"}


def same_versions():
    return all(version(name) == number for name, number in MADE_WITH.items())


def lines(text):
    """Return lines; those of alerts and without numbers only as far as versions make no difference."""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if same_versions():
        return found
    return [re.sub(r"[-\d.,]+", "0", line) for line in found if not line.startswith(("ALERT", "These", "0 (", "Read"))]


@pytest.mark.parametrize("place", range(len(OURS)))
def test_a_command_prints_what_the_page_says(folder, place, monkeypatch, capsys):
    monkeypatch.chdir(folder)  # the two commands with --state run in their order
    command, shown = OURS[place]
    status = next((status for part, status in STATUS.items() if part in command), 0)
    assert main(shlex.split(command)[1:]) == status
    captured = capsys.readouterr()
    assert ("ALERT" in captured.out) == ("ALERT" in shown)
    printed, said = lines(captured.out + captured.err), lines(shown)
    if same_versions():
        assert printed == said
    else:
        assert set(said) <= set(printed)
