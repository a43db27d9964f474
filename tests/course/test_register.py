"""The register of lessons: true to the lessons' own words, and followed by whatever lists lessons."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collapse_edu.course.quiz import bank
from collapse_edu.course.register import LESSONS, course_order, lesson_called, lesson_id

ROOT = Path(__file__).resolve().parents[2]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)


def ids(text):
    """Return the ids of lessons that a text names; "M2 to M4" names three."""
    spelled = re.sub(r"M(\d+) to M(\d+)", lambda m: " ".join(f"M{n}" for n in range(int(m[1]), int(m[2]) + 1)), text)
    return tuple(re.findall(r"\bM\d+\b", spelled))


@each_lesson
def test_title_minutes_and_needs_are_those_that_the_lesson_states(lesson):
    text = (ROOT / "lessons" / f"{lesson.name}.py").read_text(encoding="utf-8")
    head = text.partition('# %% tags=["core", "setup"]')[0]
    assert f"# # {lesson.id} · {lesson.title}\n" in head
    minutes = re.search(
        r"\*\*Minutes\.\*\* (\d+): reading (\d+), doing (\d+)\.(?: The deeper parts take (\d+) more)?", head
    )
    total, reading, doing, deeper = (int(number or 0) for number in minutes.groups())
    assert total == reading + doing == lesson.core
    assert deeper == lesson.deeper
    needs = head.partition("**You need.**")[2].partition("\n\n")[0]
    assert ids(needs) == lesson.needs


@each_lesson
def test_a_quiz_gives_about_three_minutes_to_a_question(lesson):
    questions = len(bank.questions(lesson.id)) if lesson.quiz else 0
    assert 2.5 * questions <= lesson.quiz_minutes <= 3.5 * questions


def test_ids_count_up_names_begin_with_them_and_needs_come_before():
    assert [lesson.id for lesson in LESSONS] == [f"M{number}" for number in range(len(LESSONS))]
    for place, lesson in enumerate(LESSONS):
        assert lesson.name.startswith(f"{lesson.id}_")
        assert lesson.quiz is None or lesson.quiz == f"Q{place}{lesson.name.removeprefix(lesson.id)}"
        assert set(lesson.needs) <= {earlier.id for earlier in LESSONS[:place]}
        assert lesson_called(lesson.name) is lesson


def test_there_is_a_file_for_each_lesson_and_no_other():
    assert {path.stem for path in (ROOT / "lessons").glob("*.py")} == {lesson.name for lesson in LESSONS}
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == {lesson.name for lesson in LESSONS}


def test_questions_are_sorted_as_the_course_asks_them():
    assert sorted(["M10.01", "M9.02", "M9.10", "M0.01"], key=course_order) == ["M0.01", "M9.02", "M9.10", "M10.01"]


@each_lesson
def test_a_lesson_is_found_by_whatever_people_call_it(lesson):
    number = int(lesson.id[1:])
    names = [
        lesson.id,
        lesson.id.lower(),
        f"Q{number}",
        f"q{number}",
        number,
        str(number),
        f"0{number}",
        f" {lesson.id} ",
    ]
    names += [lesson.name, lesson.name.upper(), lesson.notebook, f"C:\\course\\{lesson.name}.ipynb", f"lesson {number}"]
    names += [lesson.quiz, f"quizzes/{lesson.quiz}.ipynb", f"Quiz {number}"] if lesson.quiz else []
    assert {name: lesson_id(name) for name in names} == dict.fromkeys(names, lesson.id)


@pytest.mark.parametrize(
    "name", ["", "M99", 10, -1, True, None, 1.5, "M1_gaussian_collapse", "inventory", "M1.03", "x" * 999]
)
def test_what_is_no_lesson_gets_one_line(name):
    with pytest.raises(ValueError, match=r"^lesson must be one of M0, M1 … M9; got .{1,70}$"):
        lesson_id(name)


# ---------------------------------------------------------------- one more lesson, in a copy of the course

# M10 where M9 is the last one.
MADE_UP = f"M{len(LESSONS)}"
ENTRY = """\
    Lesson(
        id="M10", title="A made-up lesson", name="M10_made_up", quiz="Q10_made_up",
        core=40, deeper=0, quiz_minutes=36, needs=("M9",), sees="nothing new",
    ),
""".replace("M10", MADE_UP).replace("Q10", f"Q{len(LESSONS)}")
LOOK = """
import json
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from collapse_edu.course import register
from collapse_edu.course.press import build, guard, readme
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.notebook import quiz_notebook
from collapse_edu.course.quiz.review import Progress

path = build.path_of("M10_made_up")
notebook = build.identify(nbformat.read(path, as_version=4), "M10_made_up")
build.write(notebook, path)
now = datetime(2030, 1, 1, tzinfo=UTC)
event = {"what": "attempt", "right": True, "time": "2029-01-01T00:00:00+00:00"}
progress = Progress([event | {"question": f"{name}.01"} for name in ("M10", "M2", "M9")], now)
spoiled = nbformat.from_dict({**notebook, "cells": [cell for cell in notebook.cells if cell.cell_type == "code"]})
print(json.dumps({
    "register": register.__file__,
    "names": build.names(),
    "quizzes": build.quiz_names(),
    "bank": bank.LESSONS,
    "handed in": bank.QUIZZES,
    "progress": list(progress.lessons),
    "due": progress.due(),
    "table": [row.split()[1] for row in readme.table().splitlines()],
    "quiz": quiz_notebook("Q10_made_up")["cells"][0]["source"],
    "unlisted": build.unlisted(),
    "in step": build.in_step("M10_made_up"),
    "rules": [
        [rule.__name__ for rule in guard.rules(Path(lesson.notebook))]
        for lesson in (register.LESSONS[9], register.LESSONS[-1])
    ],
    "problems": guard.problems(notebook, path),
    "spoiled": guard.problems(spoiled, path),
}))
""".replace("M10", MADE_UP).replace("Q10", f"Q{len(LESSONS)}")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Return what a copy of the course with one more lesson says of itself: M9 again, under another name."""
    root = tmp_path_factory.mktemp("course")
    for folder in ("collapse_edu", "lessons", "notebooks", "quizzes", "docs"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("data", "__pycache__"))
    register = root / "collapse_edu" / "course" / "register.py"
    head, end, rest = register.read_text(encoding="utf-8").partition("\n)\n\n\ndef lesson_called")
    register.write_text(f"{head}\n{ENTRY.rstrip()}{end}{rest}", encoding="utf-8")
    nine = LESSONS[9]
    (bank_of_nine,) = (root / "collapse_edu").rglob("bank/m9.py")
    new = {
        bank_of_nine: bank_of_nine.with_name(f"{MADE_UP.lower()}.py"),
        root / "lessons" / f"{nine.name}.py": root / "lessons" / f"{MADE_UP}_made_up.py",
        root / nine.notebook: root / "notebooks" / f"{MADE_UP}_made_up.ipynb",
        root / "quizzes" / f"{nine.quiz}.ipynb": root / "quizzes" / f"Q{MADE_UP[1:]}_made_up.ipynb",
    }
    for old, path in new.items():
        text = old.read_text(encoding="utf-8")
        for before, after in (
            (nine.name, f"{MADE_UP}_made_up"), (nine.quiz, f"Q{MADE_UP[1:]}_made_up"), (nine.title, "A made-up lesson"),
            ("M9", MADE_UP),
        ):  # fmt: skip
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["register"] == str(register)
    return found


def test_one_more_lesson_comes_last_everywhere(seen):
    ids = [*(lesson.id for lesson in LESSONS), MADE_UP]
    assert seen["names"][-2:] == [LESSONS[-1].name, f"{MADE_UP}_made_up"]
    assert seen["quizzes"][-2:] == [f"Q{MADE_UP[1:]}_made_up", "concept_inventory"]
    assert seen["bank"] == seen["progress"] == seen["table"] == ids
    assert seen["handed in"] == ids[1:]
    assert seen["due"] == ["M2.01", "M9.01", f"{MADE_UP}.01"]
    assert seen["quiz"].startswith(f"# Q{MADE_UP[1:]} · A made-up lesson\n")


def test_one_more_lesson_is_built_from_its_source(seen):
    assert seen["unlisted"] == seen["in step"] == []


def test_no_rule_of_the_guard_lets_one_more_lesson_escape(seen):
    ninth, last = seen["rules"]
    assert last == ninth
    assert seen["problems"] == [
        f"{MADE_UP}_made_up.ipynb: no code cell is tagged real-data (the switch that keeps the real data)"
    ]
    assert len(seen["spoiled"]) >= 8
