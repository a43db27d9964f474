"""Progress: the map is right at each time, spaced by last success, and readable without colour."""

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from collapse_edu.course.desk import record as record_module
from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import bank, check, due, progress
from collapse_edu.course.quiz.lesson_progress import INTERVALS, STATES, standing
from collapse_edu.course.register import LESSONS

from . import toy

MADE = dict.fromkeys(STATES, 0)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(days):
    return START + timedelta(days=days)


def attempts(*answers):
    """Return attempts, each a pair of days and whether it was right."""
    return [{"time": at(days).isoformat(), "right": right} for days, right in answers]


@pytest.fixture
def answer(monkeypatch):
    """Answer a tiny question on a day."""
    toy.install(monkeypatch)

    def on(days, question, given):
        monkeypatch.setattr(record_module, "_now", lambda: at(days).isoformat(timespec="microseconds"))
        return check(question, given)

    return on


@pytest.mark.parametrize(
    ("answers", "day", "state", "again"),
    [
        ([], 0, "not begun", None),
        ([(0, False)], 0, "in work", None),
        ([(0, None)], 0, "in work", None),
        ([(0, True)], 0.9, "mastered", 1),
        ([(0, True)], 1, "due for review", 1),
        ([(0, True), (0.5, True), (0.9, True)], 0.95, "mastered", 1),  # again on one day: no step
        ([(0, True), (1, True)], 2, "mastered", 4),
        ([(0, True), (1, True), (4, True)], 10, "mastered", 11),
        ([(0, True), (1, True), (4, True), (11, True)], 32, "due for review", 32),
        ([(0, True), (1, True), (4, True), (11, True), (40, True)], 60, "mastered", 61),
        ([(0, True), (1, True), (2, False)], 2, "in work", None),  # starts again
        ([(0, True), (1, True), (2, False), (3, True)], 3.5, "mastered", 4),
        ([(0, True), (10, True)], 10, "mastered", 13),  # late is no fault
    ],
)
def test_reviews_are_spaced_by_the_last_success(answers, day, state, again):
    found = standing(attempts(*answers), at(day))
    assert (found.state, found.attempts) == (state, len(answers))
    assert found.due == (None if again is None else at(again))


def test_intervals_grow():
    assert all(a < b for a, b in pairwise(INTERVALS))


def test_the_map_counts_every_question_once(answer):
    answer(0, "M2.01", "b")
    answer(0, "M2.05", "a")
    answer(0.5, "M2.03", toy.ORDER.right_answer(Record().learner))
    now = progress(now=at(0.6))
    assert now.counts("M2") == MADE | {"mastered": 2, "in work": 1, "not begun": 3}
    assert (now.state("M2"), now.due()) == ("in work", [])
    later = progress(now=at(2))
    assert later.counts("M2") == MADE | {"due for review": 2, "in work": 1, "not begun": 3}
    assert later.state("M2") == "due for review"
    assert due(at(2)) == due(at(2), lesson="M2") == ["M2.01", "M2.03"]
    assert progress(now=at(-1)).counts("M2")["not begun"] == 6  # what comes after `now` is not there yet


def test_misconceptions_come_with_the_way_back(answer):
    answer(0, "M2.01", "a")
    answer(1, "M2.01", "a")
    answer(2, "M2.01", "c")
    answer(3, "M2.05", "a, b")
    Record().add("attempt", "M2.77", answer="a", right=False, misconception="gone")  # no longer asked
    found = progress(now=at(9)).misconceptions
    assert [(each["tag"], each["times"], each["settled"]) for each in found] == [
        ("one_cause", 3, False),
        ("one_run_proves", 1, False),
    ]
    answer(4, "M2.01", "b")
    found = progress(now=at(9)).misconceptions
    assert [each["settled"] for each in found] == [False, True]  # the last slip of the first was in M2.05
    text = repr(progress(now=at(9)))
    assert "! “Model collapse has one cause.” (3 times, last in M2.05; not answered right since)." in text
    assert "✓ “One run shows what the regime does.” (once, last in M2.01; answered right since)." in text
    assert "Way back: “The loop” in M2_gaussian_collapse.ipynb." in text


def test_the_text_is_the_same_at_each_call(answer):
    answer(0, "M2.01", "b")
    assert repr(progress(now=at(1.5))) == (
        "Your course on 2026-03-03\n"
        "  ↻ M2 Gaussian collapse: 0 of 1 challenge, 1 of 6 questions, next: Q2 (60 minutes, Q2 36)\n"
        "Next: Q2. Due for review: M2.01."
    )  # fmt: skip
    assert repr(progress(now=at(1.5))) == repr(progress(now=at(1.5).astimezone()))
    assert repr(progress(at(1.5))) == repr(progress(now=at(1.5)))  # until 1.0.0


class Tags(HTMLParser):
    """Collects the tags of a page, and sees whether each one is closed."""

    def __init__(self, html):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_map_can_be_read_by_anyone(answer):
    answer(0, "M2.01", "a")
    html = progress(now=at(1))._repr_html_()
    tags = Tags(html)
    assert tags.open == []
    assert [tag for tag, _ in tags.seen if tag in ("ol", "table")] == ["ol"]  # one list, one entry for each lesson
    assert all(attributes.get("aria-hidden") for _, attributes in tags.seen if "ce-sign" in str(attributes))
    assert "in work" in html  # words beside the signs
    sizes = re.findall(r"font-size: ([\d.]+)pt", html)
    assert sizes
    assert all(float(size) >= 10 for size in sizes)
    assert {attributes["href"] for tag, attributes in tags.seen if tag == "a"} == {
        "../notebooks/M2_gaussian_collapse.ipynb",
        "../notebooks/M2_gaussian_collapse.ipynb#The-loop",
        "../quizzes/Q2_gaussian_collapse.ipynb",
    }


@pytest.mark.parametrize("now", ["2026-03-01", datetime(2026, 3, 1), 7])
def test_a_time_that_is_none_gets_one_line(now):
    with pytest.raises(ValueError, match=r"^now must be a datetime with a time zone; got "):
        progress(now=now)


def test_a_time_without_a_zone_gets_one_line_in_the_first_place_too():
    with pytest.raises(ValueError, match=r"^now must be a datetime with a time zone; got "):
        progress(datetime(2026, 3, 1))


def test_an_unknown_lesson_gets_one_line():
    with pytest.raises(ValueError, match=r"^lesson must be one of M0, M1 .*; got 'M77'$"):
        due(lesson="M77")
    with pytest.raises(ValueError, match=r"^lesson must be one of M0, M1 .*; got 'M77'$"):
        progress("M77")


def test_whatever_stands_in_a_record_there_is_a_map(answer):
    record = Record()
    for data in ({}, {"right": "yes"}, {"right": False, "misconception": ["x"]}, {"right": None, "answer": None}):
        record.add("attempt", "M2.01", **data)
    with record.path.open("a") as stream:
        stream.write(json.dumps({"what": "attempt"}) + "\n")
    assert progress().counts("M2")["in work"] == 1


def test_the_real_course():
    for asked in bank.questions("M2"):
        for wrong, _ in asked.wrong_answers(Record().learner)[:1]:
            check(asked.id, wrong)
    now = progress()
    assert now.state("M2") == "in work"
    assert now.misconceptions
    assert all(each["sentence"] != each["tag"] for each in now.misconceptions)  # each one has a sentence
    assert Tags(now._repr_html_()).open == []


# ---- all that was done in a lesson


def predicted(*names):
    for name in names:
        Record().add("prediction", name, answer={"outcome": 1})


def answered(name, right=True, asked=None, what="attempt", **more):
    found = asked or bank.question(name)
    Record().add(what, name, answer="a", right=right, hash=more.pop("hash", found.content_hash), **more)


def test_what_was_chosen_after_the_answer_or_taken_back_is_no_prediction():
    predicted("M3.p1", "M3.p3")
    Record().add("prediction", "M3.p2", answer={"outcome": 1}, late=True)
    Record().add("prediction", "M3.p3", answer=None)
    assert progress("M3").describe() == (
        "1 of 3 predictions, 1 chosen after the answer, 0 of 2 exercises, 0 of 11 questions, next: prediction M3.p3"
    )
    predicted("M3.p3")
    assert progress("M3").next_step == "Q3"
    assert progress("M3").share == 3 / 16


def test_a_lesson_counts_predictions_exercises_challenges_and_questions():
    assert repr(progress("M7")) == (
        "M7 Escaping collapse: not begun: 3 predictions, 2 exercises, 1 challenge, 12 questions"
    )  # fmt: skip
    predicted("M7.p1", "M7.p1")
    assert progress("M7").describe() == (
        "1 of 3 predictions, 0 of 2 exercises, 0 of 1 challenge, 0 of 12 questions, next: prediction M7.p2"
    )
    predicted("M7.p2", "M7.p3")
    answered("M7.e1", right=False)
    assert progress("M7").describe() == (
        "3 predictions, 0 of 2 exercises, 0 of 1 challenge, 0 of 12 questions, next: Q7"
    )  # fmt: skip
    answered("M7.e1")
    Record().add("challenge", "M7.c1", best=3, done=False)
    Record().add("challenge", "M7.c1", best=12, done=True)
    Record().add("challenge", "M7.c2", best=3, done=True)  # there is no such challenge
    assert progress("M7").describe() == (
        "3 predictions, 1 of 2 exercises, 1 challenge, 0 of 12 questions, next: Q7"
    )  # fmt: skip
    for asked in bank.questions("M7"):
        answered(asked.id)
    assert progress("M7").describe() == (
        "3 predictions, 1 of 2 exercises, 1 challenge, 12 questions, next: exercise M7.e2"
    )
    answered("M7.e2")
    found = progress("M7")
    assert (found.describe(), found.share, found.is_complete) == (
        "3 predictions, 2 exercises, 1 challenge, 12 questions, all done", 1, True,
    )  # fmt: skip
    assert progress().next_step == "M8"


def test_each_challenge_is_counted_by_itself(monkeypatch):
    """The second may be met before the first."""
    monkeypatch.setattr("collapse_edu.course.quiz.bank.challenges", lambda lesson: ["M7.c1", "M7.c2"])
    Record().add("challenge", "M7.c2", best=3, done=True)
    assert progress("M7").challenges == {"M7.c1": False, "M7.c2": True}
    assert "1 of 2 challenges" in progress("M7").describe()


def test_a_lesson_without_a_quiz_asks_for_no_questions():
    assert repr(progress("M0")) == "M0 Watch it happen: not begun: 1 prediction"
    predicted("M0.p1")
    found = progress("M0")
    assert (found.describe(), found.share, found.is_complete) == ("1 prediction, all done", 1, True)
    assert progress().next_step == "M1"
    answered("M0.01")
    assert progress("M0").describe() == "1 prediction, 1 question, all done"
    assert progress().next_step == "M1"


@pytest.mark.parametrize("lesson", [each for each in LESSONS if each.quiz], ids=lambda lesson: lesson.id)
def test_each_step_names_its_lesson(lesson):
    """And predictions come in the order of the notebook."""
    source = Path(__file__).parents[3].joinpath("lessons", f"{lesson.name}.py").read_text(encoding="utf-8")
    asked = re.findall(r'^predict\("(.*)"\)', source, re.MULTILINE)
    assert asked == bank.predictions(lesson.id)
    answered(bank.exercises(lesson.id)[0].id, right=False)
    for name in asked:
        assert progress().next_step == f"prediction {name}"
        predicted(name)
    assert progress().next_step == f"Q{lesson.id[1:]}"


@pytest.mark.parametrize("name", ["M2", "m2", "Q2", "M2_gaussian_collapse.ipynb", 2])
def test_a_lesson_is_found_by_whatever_people_call_it(name):
    assert progress(name).lesson.id == "M2"


def test_the_next_step_of_the_course():
    assert progress().next_step == "M0"
    predicted("M2.p1")  # who leaves out lessons is not sent back
    assert progress().next_step == "prediction M2.p2"
    answered("M2.01")
    assert progress().next_step == "Q2"
    predicted("M4.p1")
    assert progress().next_step == "prediction M4.p2"
    for asked in [*bank.exercises("M9"), *bank.questions("M9")]:
        answered(asked.id)
    predicted(*bank.predictions("M9"))
    assert progress().next_step == "Q2"  # nothing comes after M9, but something was left open


def test_an_answer_to_a_question_that_has_changed_is_counted_by_itself():
    answered("M2.01", hash="0" * 16)
    answered("M2.02", hash="0" * 16)
    answered("M2.02")
    found = progress("M2")
    assert (found.counts["changed since"], found.counts["mastered"], found.answered) == (1, 1, ["M2.02"])
    assert found.describe() == (
        "0 of 4 predictions, 0 of 2 exercises, 0 of 1 challenge, 1 of 12 questions, "
        "1 question changed since you answered, next: Q2"
    )
    assert "△" not in repr(found)
    for asked in bank.questions("M2")[2:]:
        answered(asked.id)
    assert progress("M2").counts["not begun"] == 0
    assert "M2.01" not in due(datetime.now(UTC) + timedelta(days=90))


def test_a_question_that_came_back_is_a_review_and_no_answer_of_the_quiz():
    answered("M2.01", what="recall", again=1)
    assert progress("M2").answered == []
    assert progress("M2").state == "not begun"
    answered("M2.02")
    answered("M2.02", right=False, what="recall", again=1)
    found = progress("M2").standings["M2.02"]
    assert (found.state, found.attempts, found.right) == ("in work", 1, True)


@pytest.mark.parametrize("data", [{}, {"done": "yes"}, {"done": None, "best": [1]}])
def test_a_challenge_that_makes_no_sense_is_none(data):
    Record().add("challenge", "M2.c1", **data)
    assert progress("M2").challenges == {"M2.c1": False}


def test_the_card_of_a_lesson_is_closed_and_says_no_date():
    predicted("M2.p1")
    html = progress("M2")._repr_html_()
    assert Tags(html).open == []
    assert "<b>M2</b> Gaussian collapse" in html
    assert str(datetime.now(UTC).year) not in html
