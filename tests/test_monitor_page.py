"""docs/monitor.md: every command runs, and prints what the page says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from collapse_edu.cli import main

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "monitor.md").read_text(encoding="utf-8")
SCRIPT = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
COMMANDS = re.findall(r"^    \$ (.+)\n((?:(?:    (?!\$).*)?\n)*)", PAGE, re.MULTILINE)
STATUS = {"exhaust.jsonl": 3, "--window 100": 2, "--stream make_streams.py": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("monitor")
    (folder / "make_streams.py").write_text(SCRIPT, encoding="utf-8")
    subprocess.run([sys.executable, "make_streams.py"], cwd=folder, check=True)
    return folder


def test_the_page_holds_what_it_promises():
    assert [command.split()[0] for command, _ in COMMANDS] == ["python"] + 6 * ["collapse-edu"]


@pytest.mark.parametrize("place", range(1, len(COMMANDS)))
def test_a_command_prints_what_the_page_says(folder, place, monkeypatch, capsys):
    monkeypatch.chdir(folder)  # the two commands with --state run in their order
    command, shown = COMMANDS[place]
    status = next((status for part, status in STATUS.items() if part in command), 0)
    assert main(shlex.split(command)[1:]) == status
    captured = capsys.readouterr()
    printed = [line.strip() for line in (captured.out + captured.err).splitlines() if line.strip()]
    assert printed == [line.strip() for line in shown.splitlines() if line.strip()]
    assert f"status is {status}" in PAGE or f"exit status {status}" in PAGE


def test_quiet_runs_that_end_with_3_are_as_many_as_the_page_says():
    """All 99 + 50 windows are exchangeable: the largest score is in one of the 50, or else no alert is raised."""
    assert f"{50 / (99 + 50):.0%}".replace("%", " %") + " of\nquiet runs of 50 windows end with 3" in PAGE


def test_what_the_page_says_of_the_exhaust_is_in_its_table():
    shown = next(shown for command, shown in COMMANDS if "exhaust.jsonl" in command)
    outside = dict(re.findall(r"^ +(\w+) .* (\d+)$", shown, re.MULTILINE))
    assert [outside[name] for name in ("log_probability", "tail_recall", "tail_mass", "new_words")] == ["0"] * 4
    alerts = re.search(r"(\d+) alerts in", shown)[1]
    assert f"Here {alerts} stand against 0.5" in PAGE
