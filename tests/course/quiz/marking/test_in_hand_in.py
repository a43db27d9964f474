"""Hand-ins: which try counts, what is told of it, old and hostile files."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collapse_edu.course.quiz import bank, handin
from collapse_edu.course.quiz.marking import nbval_run
from collapse_edu.course.quiz.marking.best_try import mark
from collapse_edu.course.quiz.marking.finding_answers import find_answers
from collapse_edu.course.quiz.marking.script import UnreadableSubmissionError
from collapse_edu.course.quiz.marking.whose_numbers import CHANGED
from course import handed_in as paper

OLD = Path(__file__).parents[1] / "old_hand_ins"
NAME, CODE = paper.CHOICE.id, paper.FUNCTION.id
RIGHT = paper.CHOICE.right_answer("ada")
WRONG = [option for option in paper.CHOICE.by_id if option != RIGHT]
STATUS = {True: "right", False: "wrong", None: "no answer"}


def one_try(number, answer, question=paper.CHOICE, **more):
    time = f"2026-01-0{number}T10:00:00+00:00"
    usual = {"source": None, "hash": question.content_hash, "hints": 0, "solution": False}
    return {"answer": answer, "time": time, "number": number} | usual | more


def whole(*tries, question=paper.CHOICE, **more):
    """Return a hand-in with tries at one question, as bytes."""
    content = json.loads(paper.hand_in("ada", {}))
    *earlier, last = tries
    content["answers"] = {question.id: last | {"attempts": tries[-1]["number"], "earlier": earlier}}
    content |= {"written": "2026-01-09T00:00:00+00:00"} | more
    return json.dumps(content | {"checksum": handin._checksum(content)}).encode()


def read(data, attempt="last"):
    return find_answers(data, "hand-in", bank, attempt=attempt)


@pytest.fixture
def judged(monkeypatch):
    """Judge here instead of in nbval."""

    def verdict(name, answer, learner):
        found = bank.question(name).judge(answer.data, learner)
        return {"status": "not marked" if answer.fault else STATUS[found.right], "reason": found.reason}

    def mark_here(scripts, bank):
        return [
            {name: verdict(name, answer, script.learner) for name, answer in script.answers.items()}
            for script in scripts
        ]

    monkeypatch.setattr(nbval_run, "mark", mark_here)


# ---- which try counts


TRIES = one_try(1, WRONG[0]), one_try(3, RIGHT, hints=1), one_try(4, WRONG[1], hints=2, solution=True)


@pytest.mark.parametrize(
    ("attempt", "answer", "number", "hints", "solution"),
    [("first", WRONG[0], 1, 0, False), ("last", WRONG[1], 4, 2, True), ("best", RIGHT, 3, 1, False)],
)
def test_the_try_that_counts(no_isolation, judged, attempt, answer, number, hints, solution):
    script = read(whole(*TRIES), attempt)
    (verdicts,) = mark([script], bank)
    found = script.answers[NAME]
    assert (found.data, found.number, found.hints, found.solution) == (answer, number, hints, solution)
    assert (found.tries, found.time) == (4, f"2026-01-0{number}T10:00:00+00:00")
    assert verdicts[NAME]["status"] == ("right" if answer == RIGHT else "wrong")
    assert verdicts.keys() == script.answers.keys() == {each.id for each in bank.questions("M2")}
    assert script.notes == []


def test_the_best_of_none_that_is_right_is_the_last(no_isolation, judged):
    script = read(whole(one_try(1, WRONG[0]), one_try(2, WRONG[1])), "best")
    (verdicts,) = mark([script], bank)
    assert (script.answers[NAME].data, verdicts[NAME]["status"]) == (WRONG[1], "wrong")


def test_of_two_that_are_right_the_earlier_one_is_the_best(no_isolation, judged):
    """A solution that was shown after it is no blemish."""
    script = read(whole(one_try(1, RIGHT), one_try(3, RIGHT, solution=True)), "best")
    mark([script], bank)
    assert (script.answers[NAME].number, script.answers[NAME].solution) == (1, False)


def test_the_best_of_a_class_is_each_learners_own(no_isolation, judged):
    scripts = [read(whole(*tries), "best") for tries in (TRIES, TRIES[:1], TRIES[:2], TRIES[::2])]
    found = mark(scripts, bank)
    assert [each[NAME]["status"] for each in found] == ["right", "wrong", "right", "wrong"]
    assert [each.answers[NAME].number for each in scripts] == [3, 1, 3, 4]


def test_an_unknown_choice_gets_one_line():
    with pytest.raises(ValueError, match=r"^attempt must be one of last, first, best; got 'worst'$"):
        read(whole(*TRIES), "worst")


def test_functions_of_all_tries_are_run(isolation, judged):
    """The last one gives nothing: whoever marks the best runs both."""
    source = "def variances_of_chain(real, noise):\n    return []\n"
    tries = [one_try(number, [], paper.FUNCTION, source=text) for number, text in ((1, paper.HONEST), (2, source))]
    for attempt, text, status in (("last", source, "wrong"), ("best", paper.HONEST, "right")):
        script = read(whole(*tries, question=paper.FUNCTION), attempt)
        (verdicts,) = mark([script], bank)
        assert (script.answers[CODE].source, verdicts[CODE]["status"]) == (text, status)
        assert script.final


def test_outcomes_without_their_function_prove_nothing(no_isolation):
    data = whole(one_try(1, paper.FUNCTION.right_answer("ada"), paper.FUNCTION), question=paper.FUNCTION)
    for attempt in ("first", "last", "best"):
        assert read(data, attempt).answers[CODE].fault == "the hand-in does not hold the text of the function"


def test_what_is_told_of_a_function_stays_where_it_cannot_be_run(no_isolation):
    data = whole(one_try(2, [], paper.FUNCTION, source=paper.HONEST, hints=1), question=paper.FUNCTION)
    found = read(data).answers[CODE]
    assert "it is code" in found.fault
    assert (found.source, found.number, found.hints) == (paper.HONEST, 2, 1)


@pytest.mark.parametrize("attempt", ["first", "last", "best"])
def test_each_try_belongs_to_the_question_that_was_asked(no_isolation, judged, attempt):
    older = {"hash": "0" * 16}
    script = read(whole(one_try(1, RIGHT, **older), one_try(2, WRONG[0]), one_try(3, RIGHT, **older)), attempt)
    (verdicts,) = mark([script], bank)
    assert (script.answers[NAME].number, verdicts[NAME]["status"]) == (2, "wrong")
    assert read(whole(one_try(1, RIGHT, **older)), attempt).answers[NAME].fault == CHANGED


@pytest.mark.parametrize("attempt", ["first", "best"])
def test_a_notebook_knows_the_last_answers_alone(no_isolation, attempt):
    data = paper.data_notebook("ada", {NAME: RIGHT})
    script = find_answers(data, "notebook", bank, attempt=attempt)
    assert script.answers[NAME].data == RIGHT
    assert "a notebook holds only the last answers" in script.notes
    assert "a notebook holds only the last answers" not in find_answers(data, "notebook", bank).notes


# ---- files of older versions


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("attempt", ["first", "last", "best"])
def test_a_file_of_an_older_version_is_marked_as_it_was(no_isolation, judged, version, attempt):
    """Written by the course as it was then: all right but M2.04, and one try too many at each but M2.02 and M2.04."""
    script = read((OLD / f"version_{version}.json").read_bytes(), attempt)
    (verdicts,) = mark([script], bank)
    wrong = [name for name, verdict in verdicts.items() if verdict["status"] != "right"]
    assert wrong == ["M2.02", "M2.04"]
    assert "it is code" in script.answers["M2.02"].fault  # no isolation here
    assert {answer.tries for name, answer in script.answers.items() if name not in wrong} == {2}
    assert {(answer.number, answer.hints, answer.solution) for answer in script.answers.values()} == {(None,) * 3}
    assert (script.learner, script.name, script.written) == ("ada", "Ada Lovelace", script.written)
    assert script.written.startswith("2026-01-05T")
    old = ["an older version of the course wrote it, so it holds only the last answers"]
    assert script.notes == ([] if attempt == "last" else old)


# ---- clocks


def test_when_it_was_written_is_told_in_utc(no_isolation):
    assert read(whole(*TRIES, written="2026-02-03T23:30:00-05:00")).written == "2026-02-04T04:30:00+00:00"
    assert read(whole(*TRIES)).written == "2026-01-09T00:00:00+00:00"


@pytest.mark.parametrize(
    "written", ["2099-01-01T00:00:00+00:00", "1970-01-01T00:00:00+00:00", "2026-02-03T10:00:00", "noon", "9999-99"]
)
def test_a_time_that_no_clock_can_have_shown_is_left_out_and_noted(no_isolation, written):
    script = read(whole(*TRIES, written=written))
    assert script.written is None
    assert script.notes == [f"a clock was wrong, so 1 of its times are left out, such as {written}"]
    script = read(whole(TRIES[0] | {"time": written}))
    assert script.answers[NAME].time is None
    assert len(script.notes) == 1


def test_a_clock_that_was_set_back_before_the_hand_in_is_noted(no_isolation):
    assert read(whole(*TRIES, written="2026-01-03T00:00:00+00:00")).notes == [
        "it says that it was written at 2026-01-03T00:00:00+00:00, before an answer in it of 2026-01-04T10:00:00+00:00"
    ]


def test_a_clock_that_is_a_few_hours_ahead_is_believed(no_isolation):
    written = (datetime.now(UTC) + timedelta(hours=12)).isoformat(timespec="seconds")
    assert read(whole(*TRIES, written=written)).written == written


def test_a_file_that_does_not_say_when_has_no_time_and_no_note(no_isolation):
    script = read(whole(*TRIES, written=""))
    assert (script.written, script.notes) == (None, [])


# ---- a file costs little to read, whatever it holds


HOSTILE = {
    "objects": "[" + "{}," * 660_000 + "0]",
    "digits": "[" + ",".join(["9" * 4_000] * 490) + "]",
    "depth": "[" * 1_900_000,
    "large": " " * 20_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_reading_costs_little_memory(kind):
    data = HOSTILE[kind].encode()
    tracemalloc.start()
    with pytest.raises(UnreadableSubmissionError, match="it is not a hand-in: "):
        read(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000


def test_an_answer_as_large_as_a_file_can_hold_goes_no_further(no_isolation):
    data = whole(*(one_try(number, [0] * 210_000) for number in (1, 2, 3)))
    assert 0.9 * handin.LARGEST < len(data) <= handin.LARGEST
    assert read(data).answers[NAME].fault == "the answer is too large or too deep"
