"""The register of lessons: true to the lessons' own words, and followed by whatever lists lessons."""

import re
from pathlib import Path

import pytest

from collapse_edu.course.quiz import bank
from collapse_edu.course.register import LESSONS, course_order, lesson_called

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
    assert {path.stem for path in (ROOT / "lessons").glob("*.py")} == {lesson.name for lesson in LESSONS} | {"build"}
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == {lesson.name for lesson in LESSONS}


def test_questions_are_sorted_as_the_course_asks_them():
    assert sorted(["M10.01", "M9.02", "M9.10", "M0.01"], key=course_order) == ["M0.01", "M9.02", "M9.10", "M10.01"]
