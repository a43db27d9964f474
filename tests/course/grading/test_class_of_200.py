"""A small edition of the class of two hundred: everything that comes in has its row, and every mark is the bank's.

nbval is stood in for; learners' code runs in the sandbox. What costs time is in the whole class alone.
"""

import shutil

import pytest

from collapse_edu.cli import main
from collapse_edu.course.grading import class_marking
from collapse_edu.course.quiz import bank

from .class_of_200 import faults, lay_canvas, lay_moodle, make

STATUS = {True: "right", False: "wrong", None: "no answer"}


def judged(scripts, bank):
    """Judge in this process, as nbval's kernel does."""
    return [{name: verdict(script, name) for name in script.answers} for script in scripts]


def verdict(script, name):
    answer = script.answers[name]
    found = bank.question(name).judge(answer.data, script.whose(name))
    status = "not marked" if answer.fault else STATUS[found.right]
    return {
        "status": status,
        "reason": answer.fault or found.reason,
        "next_step": "",
        "misconception": found.misconception,
    }


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """A class of 74, as Moodle and Canvas give it."""
    folder, room = tmp_path_factory.mktemp("class"), make(74, slow=False)
    assert len({paper.oddity for paper in room.papers}) > 50
    lay_moodle(room, folder / "moodle")
    lay_canvas(room, folder / "canvas")
    return folder


@pytest.fixture
def fast(monkeypatch, isolation):
    monkeypatch.setattr(class_marking, "mark", judged)


def marked(laid, out, *options):
    roster = str(laid / "roster.csv")
    paths = [str(path) for path in laid.glob("submissions*")]
    return main(
        ["grade", *paths, "--roster", roster, "--due", "M2=2026-05-07T12:00+00:00", "--out", str(out), *options]
    )


def test_nobody_is_lost_and_every_mark_is_the_bank_s(laid, fast, tmp_path, capsys):
    assert marked(laid / "moodle", tmp_path / "one", "--moodle") == 3
    assert list(faults(laid / "moodle", tmp_path / "one")) == []
    # The same bytes are marked once: what is known of them goes along into the class as Canvas gives it.
    shutil.copytree(tmp_path / "one" / "state", tmp_path / "two" / "state")
    (tmp_path / "two" / "state" / "index.json").write_text("[]")
    (tmp_path / "two" / "state" / "options.json").unlink()
    assert marked(laid / "canvas", tmp_path / "two", "--canvas") == 3
    assert list(faults(laid / "canvas", tmp_path / "two")) == []
