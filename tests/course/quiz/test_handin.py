"""The hand-in: all that was answered is in it, and nothing that is damaged or foreign is read."""

import json
import os

import numpy as np
import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import bank, check, hand_in, hint, identify, read_hand_in, solution
from collapse_edu.course.quiz import handin as module
from collapse_edu.course.quiz.question import Function

from . import toy

LAST = {"answer": "o2", "time": "2026-01-01T00:00:00+00:00", "attempts": 1}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of its own, the tiny bank, and a learner called Ada."""
    toy.install(monkeypatch)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "Ada")
    return tmp_path / "work"


def double(x):
    return 2 * x


def write(path, change=None, checksum=True):
    """Write a hand-in that was changed, with a checksum that fits."""
    content = json.loads(hand_in("M2", path.parent / "whole.json").path.read_text()) | (change or {})
    if checksum:
        content["checksum"] = module._checksum(content)
    path.write_text(json.dumps(content))
    return path


def test_the_last_answer_to_each_question_is_in_it(folder):
    check("M2.01", "a")
    check("M2.01", "b")
    check("M2.04", double)
    Record().add("attempt", "M2.05", answer=["a"], right=False)  # another face
    receipt = hand_in("M2")
    assert receipt.path.name == "handin_M2_Ada.json"
    assert receipt.missing == ["M2.02", "M2.03", "M2.06"]
    assert repr(receipt) == (
        "handin_M2_Ada.json contains your answers to 3 of 6 questions of M2; unanswered: M2.02, M2.03, M2.06. It names "
        "Ada. It also holds your first answers, and says how many tries each took and which hints and solutions you "
        "had seen before."
    )
    found = read_hand_in(receipt.path)
    assert (found.learner, found.name, found.lesson) == ("Ada", "Ada", "M2")
    assert (found.answers["M2.01"]["answer"], found.answers["M2.01"]["attempts"]) == ("o2", 2)
    assert found.answers["M2.01"]["source"] is None
    assert found.answers["M2.05"]["answer"] == ["a"]
    assert found.answers["M2.04"]["source"] == "def double(x):\n    return 2 * x\n"
    assert toy.FUNCTION.judge(found.answers["M2.04"]["answer"], found.learner).right
    assert json.loads(receipt.path.read_text())["course"] != "unknown"


def test_the_tries_that_can_count_are_in_it_with_what_was_seen_before(folder):
    check("M2.01", "a")
    hint("M2.01")
    check("M2.01", "c")
    check("M2.01", "b")
    solution("M2.01")
    check("M2.01", "a")
    check("M2.01", "a")
    found = read_hand_in(hand_in("M2").path)
    last = found.answers["M2.01"]
    told = [(each["number"], each["answer"], each["hints"], each["solution"]) for each in [*last["earlier"], last]]
    assert told == [(1, "o1", 0, False), (3, "o2", 1, False), (4, "o1", 1, True)]
    assert last["attempts"] == 4
    times = [each["time"] for each in [*last["earlier"], last]]
    assert sorted(times) == times
    assert times[-1] <= Record().events()[-1]["time"]
    assert found.written[:10] == times[-1][:10]


def test_an_empty_record_makes_an_empty_hand_in(folder):
    receipt = hand_in("M2")
    assert len(receipt.missing) == 6
    assert "first answers" not in repr(receipt)
    assert read_hand_in(receipt.path).answers == {}


def test_a_name_given_late_is_in_it(folder):
    check("M2.01", "b")
    identify("Grace Hopper")
    path = hand_in("M2").path
    found = read_hand_in(path)
    assert (path.name, found.learner, found.name) == ("handin_M2_Grace_Hopper_Ada.json", "Ada", "Grace Hopper")


def test_the_receipt_says_whom_the_file_names(folder, monkeypatch):
    monkeypatch.delenv("COLLAPSE_EDU_LEARNER")
    nameless = hand_in("M2")
    assert nameless.name == ""
    assert repr(nameless).endswith(
        'It names nobody yet: identify("your name") and hand_in again put your name into it.'
    )
    monkeypatch.setenv("JUPYTERHUB_USER", "gh17")
    assert repr(hand_in("M2")).endswith("It names gh17.")
    identify("Grace Hopper")
    assert repr(hand_in("M2")).endswith("It names Grace Hopper.")


def test_answers_to_another_learners_numbers_are_not_taken(folder):
    check("M2.01", "b")
    Record().add("attempt", "M2.02", learner="Grace", answer="7", right=True)
    receipt = hand_in("M2")
    assert list(read_hand_in(receipt.path).answers) == ["M2.01"]
    assert "M2.05, M2.06 (M2.02 only with another learner's numbers). It names Ada. It also holds" in repr(receipt)


def test_an_older_file_of_the_same_learner_is_replaced(folder):
    check("M2.01", "a")
    first = hand_in("M2").path
    check("M2.01", "b")
    assert hand_in("M2").path == first
    assert read_hand_in(first).answers["M2.01"]["answer"] == "o2"
    assert [path.name for path in folder.iterdir()] == ["handin_M2_Ada.json"]


def test_no_older_file_is_lost(folder):
    check("M2.01", "b")
    first = hand_in("M2").path
    Record().delete()
    check("M2.02", "7")
    second = hand_in("M2").path  # the first one answers M2.01, this one does not
    assert second.name == "handin_M2_Ada-2.json"
    (folder / "notes.json").write_text("mine")
    third = hand_in("M2", folder / "notes.json").path
    assert third.name == "notes-2.json"
    assert (folder / "notes.json").read_text() == "mine"
    assert list(read_hand_in(first).answers) == ["M2.01"]
    assert hand_in("M2").path == second


def test_two_learners_who_are_called_the_same_lose_no_file(tmp_path, monkeypatch):
    """In one folder, and also when their files are copied into one."""
    paths = []
    for place in ("one", "two"):
        monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / place / "home"))
        identify("Ada Lovelace")
        check("M2.01", "b")
        paths += [hand_in("M2", tmp_path).path, hand_in("M2", tmp_path / place).path]
    assert [path.name for path in paths[::2]] == [path.name for path in paths[1::2]]
    assert len({path.name for path in paths}) == 2
    found = [read_hand_in(path) for path in tmp_path.glob("*.json")]
    assert [each.name for each in found] == ["Ada Lovelace"] * 2
    assert len({each.learner for each in found}) == 2


@pytest.mark.parametrize("name", ["..", "Zoë 王 O'Brien", "a" * 80, "CON"])
def test_any_name_makes_a_file(folder, name):
    identify(name)
    path = hand_in("M2").path
    assert path.resolve().parent == folder.resolve()
    assert (read_hand_in(path).learner, read_hand_in(path).name) == ("Ada", name)


def test_an_unknown_lesson_gets_one_line():
    for lesson in ("M77", None, 77, ["M2"], "M0"):
        with pytest.raises(ValueError, match=r"^lesson must be one of M[01], .*; got "):
            hand_in(lesson)


def test_a_lesson_may_be_called_by_its_quiz(folder):
    assert hand_in("Q2").lesson == hand_in("m2").lesson == "M2"


def test_a_place_that_cannot_be_written_gets_one_line(folder):
    with pytest.raises(OSError, match=r"cannot be written \(No such file or directory\): choose another path$"):
        hand_in("M2", folder / "nowhere" / "file.json")


def test_a_crash_leaves_the_old_file(folder, monkeypatch):
    check("M2.01", "b")
    path = hand_in("M2").path
    before = path.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        hand_in("M2")
    assert [each.name for each in folder.iterdir()] == [path.name]
    assert path.read_bytes() == before


# ---- reading what others wrote


def test_a_file_cut_short_or_changed_is_refused_at_every_byte(folder):
    check("M2.01", "b")
    path = hand_in("M2").path
    whole = path.read_bytes()
    for size in range(len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match=r"it is not JSON; it may have been cut short$"):
            read_hand_in(path)
    path.write_bytes(whole.replace(b'"o2"', b'"o3"'))
    with pytest.raises(ValueError, match=r"it was damaged or changed: ask for it again$"):
        read_hand_in(path)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"format": "other"}, "it is no hand-in of this course"),
        ({"version": 4}, "a newer version of the course wrote it: update the course"),
        ({"version": "1"}, "it names no version of the format"),
        ({"version": True}, "it names no version of the format"),
        ({"learner": 7}, "learner must be a name"),
        ({"learner": "../../etc"}, "learner must be a name"),
        ({"name": "x" * 81}, "name must be a name"),
        ({"lesson": "M2/.."}, "lesson must be an id"),
        ({"lesson": None}, "lesson must be an id"),
        ({"answers": []}, "answers must be at most 200 by question id"),
        ({"answers": {f"M2.{i}": {} for i in range(201)}}, "answers must be at most 200 by question id"),
        ({"answers": {"M3.01": {}}}, "M3.01: this is no question of M2"),
        ({"answers": {"M2.<b>": {}}}, "M2.<b>: this is no question of M2"),
        ({"answers": {"M2.01": "b"}}, "M2.01: there is no answer in it"),
        ({"answers": {"M2.01": {"answer": "b", "time": "t", "attempts": 0}}}, "attempts must be a number from 1 on"),
        ({"answers": {"M2.01": {"answer": "b", "time": "t", "attempts": True}}}, "attempts must be a number from 1 on"),
        ({"answers": {"M2.01": {"answer": "b", "time": 7, "attempts": 1}}}, "time must be text"),
        ({"answers": {"M2.01": {"answer": "b", "source": 7}}}, "source must be text"),
        ({"answers": {"M2.01": {"answer": json.loads("[" * 50 + "]" * 50)}}}, "the answer is nested too deeply"),
        ({"answers": {"M2.01": LAST | {"number": 0}}}, "number must be a number from 1 on"),
        ({"answers": {"M2.01": LAST | {"hints": -1}}}, "hints must be a number from 0 on"),
        ({"answers": {"M2.01": LAST | {"attempts": 10**4000}}}, "attempts must be a number from 1 on"),
        ({"answers": {"M2.01": LAST | {"solution": 1}}}, "solution must be true or false"),
        ({"answers": {"M2.01": LAST | {"earlier": {}}}}, "earlier must be a list of at most 2 tries"),
        ({"answers": {"M2.01": LAST | {"earlier": [LAST] * 3}}}, "earlier must be a list of at most 2 tries"),
        ({"answers": {"M2.01": LAST | {"earlier": ["b"]}}}, "M2.01: there is no answer in it"),
        ({"answers": {"M2.01": LAST | {"earlier": [LAST | {"time": 7}]}}}, "time must be text"),
        ({"written": 7}, "written must be text"),
    ],
)
def test_what_is_wrong_gets_one_line(folder, change, line):
    with pytest.raises(ValueError, match=line) as caught:
        read_hand_in(write(folder / "changed.json", change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"PK\x03\x04", "not JSON"),
        (b"[" * 1_000_000, "not JSON"),
        (b'"\\ud800"', "not JSON"),
        (b"9" * 10_000, "not JSON"),
        (b"[]", "no hand-in of this course"),
        (b"null", "no hand-in of this course"),
        (b" " * 6_000_000, "larger than 2 MB"),
    ],
    ids=["empty", "bytes", "zip", "deep", "surrogate", "digits", "list", "null", "large"],
)
def test_what_is_no_hand_in_gets_one_line(tmp_path, content, line):
    (tmp_path / "file.json").write_bytes(content)
    with pytest.raises(ValueError, match=line):
        read_hand_in(tmp_path / "file.json")


@pytest.mark.skipif(os.name == "nt", reason="needs mkfifo")
def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "none", "/dev/zero"):
        with pytest.raises(ValueError, match=r"there is no such file$"):
            read_hand_in(path)


def test_numbers_come_back_to_the_bit(folder):
    values = [0.1 + 0.2, 1e-320, float("inf"), 2**60, np.float64(1 / 3)]
    Record().add("attempt", "M2.02", answer=values, right=False)
    assert read_hand_in(hand_in("M2").path).answers["M2.02"]["answer"] == values


def test_the_file_of_a_diligent_learner_stays_small(folder):
    """A dozen tries at each question, with functions that are as long as any that is kept, and give as much."""
    record = Record()
    for number in range(12):
        for question in toy.QUESTIONS:
            source = {"source": f"# {number}\n".ljust(20_000, "#")} if isinstance(question, Function) else {}
            answer = [{"value": [number / 7] * 5_000}] if source else [number] * 10
            record.add("attempt", question.id, answer=answer, right=number > 5, hash=question.content_hash, **source)
    path = hand_in("M2").path
    assert path.stat().st_size < 1_000_000
    assert len(read_hand_in(path).answers["M2.04"]["earlier"]) == 2


# ---- the real course: what is handed in is judged as it was


def test_reference_answers_and_distractors_are_judged_alike_after_the_hand_in(tmp_path):
    learner = Record().learner
    asked = bank.questions("M2")
    for question in asked:
        check(question.id, question.reference if isinstance(question, Function) else question.right_answer(learner))
    found = read_hand_in(hand_in("M2", tmp_path).path)
    assert all(each.judge(found.answers[each.id]["answer"], found.learner).right for each in asked)
    for question in asked:
        check(question.id, question.wrong_answers(learner)[-1][0])
    found = read_hand_in(hand_in("M2", tmp_path).path)
    assert not any(each.judge(found.answers[each.id]["answer"], found.learner).right for each in asked)


# ---- what nobody marks: predictions, exercises, challenges


@pytest.fixture
def worked(tmp_path, monkeypatch):
    """A learner who predicted, solved an exercise, and answered one question of M2."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "Ada")
    record = Record()
    record.add("prediction", "M2.p1", answer={"outcome": 1, "cause": 2}, sure=2, hash="0" * 16)
    record.add(
        "prediction", "M2.p1", answer={"outcome": 3, "cause": 1}, sure=4, curve=[[0, 1], [5, 0.5]], hash="0" * 16
    )
    record.add("surprise", "M2.p1", answer="that it falls")
    record.add("prediction", "M2.p2", answer={"outcome": 1})
    record.add("challenge", "M2.c1", best=40, done=False)
    record.add("challenge", "M2.c1", best=12, done=True)
    exercise = bank.exercises("M2")[0]
    check(exercise.id, exercise.reference)
    check("M2.01", "a")
    return exercise


def test_predictions_exercises_and_challenges_are_in_it(worked):
    receipt = hand_in("M2")
    assert repr(receipt).startswith(
        "handin_M2_Ada.json contains your answers to 1 of 12 questions, 2 of 4 predictions, 1 of 2 exercises of M2; "
        "unanswered: M2.02, "
    )
    found = read_hand_in(receipt.path)
    first = found.predictions["M2.p1"]
    assert (first["answer"], first["sure"], first["curve"]) == ({"outcome": 3, "cause": 1}, 4, [[0, 1], [5, 0.5]])
    assert (first["surprise"], found.predictions["M2.p2"]["answer"]) == ("that it falls", {"outcome": 1})
    assert list(found.exercises) == [worked.id]
    solved = found.exercises[worked.id]
    assert (solved["right"], solved["attempts"]) == (True, 1)
    assert worked.judge(solved["answer"], found.learner).right
    assert {"best": 12, "done": True}.items() <= found.challenges["M2.c1"].items()
    assert list(found.answers) == ["M2.01"]


def test_what_was_chosen_after_the_answer_is_said(worked):
    Record().add("prediction", "M2.p2", answer={"outcome": 1}, late=True)
    receipt = hand_in("M2")
    assert "1 of 4 predictions" in repr(receipt)
    assert repr(receipt).endswith("Chosen after the answer: M2.p2.")
    assert read_hand_in(receipt.path).predictions["M2.p2"]["late"] is True


def test_what_was_taken_back_is_not_in_it(worked):
    Record().add("prediction", "M2.p1", answer=None)
    receipt = hand_in("M2")
    assert "1 of 4 predictions" in repr(receipt)
    assert [*read_hand_in(receipt.path).predictions] == ["M2.p2"]


def test_of_a_challenge_the_best_is_in_it(worked):
    """The last one need not be it, where two records were merged."""
    Record().add("challenge", "M2.c1", best=30, done=True)
    Record().add("challenge", "M2.c1", done=True)
    assert read_hand_in(hand_in("M2").path).challenges["M2.c1"]["best"] == 12


def test_an_answer_to_a_question_that_came_back_is_not_in_it(worked):
    Record().add("recall", "M2.02", answer="1", again=1, right=True, hash=bank.question("M2.02").content_hash)
    assert list(read_hand_in(hand_in("M2").path).answers) == ["M2.01"]


def test_a_hand_in_of_an_older_version_is_read(worked):
    path = hand_in("M2").path
    content = json.loads(path.read_text())
    for part in ("predictions", "exercises", "challenges", "checksum"):
        del content[part]
    path.write_text(json.dumps(content | {"checksum": module._checksum(content)}))
    found = read_hand_in(path)
    assert (list(found.answers), found.predictions, found.exercises, found.challenges) == (["M2.01"], {}, {}, {})
    assert hand_in("M2").path == path  # the newer one has all of it


def test_what_is_marked_stands_where_it_stood(worked):
    content = json.loads(hand_in("M2").path.read_text())
    answer = content["answers"]["M2.01"]
    assert set(answer) == {
        "answer", "source", "hash", "time", "number", "hints", "solution", "attempts", "earlier"
    }  # fmt: skip
    assert set(content["exercises"][worked.id]) == {"answer", "source", "hash", "time", "attempts", "right"}


def test_a_file_with_more_predictions_is_not_replaced(worked):
    first = hand_in("M2").path
    Record().delete()
    check("M2.01", "a")
    assert hand_in("M2").path != first
    assert len(read_hand_in(first).predictions) == 2


@pytest.mark.parametrize("part", ["predictions", "exercises", "challenges"])
@pytest.mark.parametrize(
    ("found", "line"),
    [
        ([], "must be at most 200 by id"),
        ({f"M2.p{i}": {} for i in range(201)}, "must be at most 200 by id"),
        ({"M3.p1": {}}, "M3.p1: this is none of the"),
        ({"M2.p1": "b"}, "M2.p1: this is none of the"),
        ({"M2.p1": {"answer": json.loads("[" * 50 + "]" * 50)}}, "M2.p1: this is none of the"),
    ],
)
def test_what_is_wrong_with_them_gets_one_line(folder, part, found, line):
    with pytest.raises(ValueError, match=line) as caught:
        read_hand_in(write(folder / "changed.json", {part: found}))
    assert "\n" not in str(caught.value)
