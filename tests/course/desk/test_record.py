"""The record: nothing is lost by a crash, by two notebooks at once, by damage, by a newer version, by a full disk."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction

import numpy as np
import pytest

from collapse_edu.course.desk import record as module
from collapse_edu.course.desk import record_file
from collapse_edu.course.desk.names import tidy_name
from collapse_edu.course.desk.plain_data import as_data
from collapse_edu.course.desk.record import Record

TEXTS = ["b", ["a", "c"], 0.25, "1/4", {"outcome": 2}, [{"value": [1.0, 2.5]}, {"error": "ValueError: naïve → x"}]]


@pytest.fixture
def record(monkeypatch):
    """A record with a realistic attempt of each kind."""
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "Ada")
    made = Record()
    assert made.learner == "Ada"
    monkeypatch.delenv("COLLAPSE_EDU_LEARNER")
    made.identify("Ada")
    for number, answer in enumerate(TEXTS, 1):
        made.add("attempt", f"M2.{number:02}", answer=answer, right=number % 2 == 0, misconception="one_cause")
    made.add("hint", "M2.03", number=1)
    return made


def ids(record):
    return [event["id"] for event in record.events()]


def test_what_is_added_is_there_again(record):
    again = Record()
    assert (again.learner, again.name) == ("Ada", "Ada")
    assert [event["answer"] for event in again.attempts()] == TEXTS
    assert again.latest("M2.01")["answer"] == "b"
    assert again.latest("M2.99") is None
    assert all(event["learner"] == "Ada" for event in again.attempts())
    assert repr(again).startswith("Record of Ada: 8 events in ")


def test_each_line_is_json_and_the_first_one_is_the_header(record):
    first, *rest = [json.loads(line) for line in record.path.read_text().splitlines()]
    assert {"format": "collapse-edu record", "version": 1}.items() <= first.items()
    assert len({event["id"] for event in rest}) == len(rest) == 8
    assert all(event["time"].endswith("+00:00") for event in rest)


def test_only_known_kinds_of_events(record):
    with pytest.raises(ValueError, match=r"^what must be one of attempt, .*; got 'guess'$"):
        record.add("guess", "M2.01")


# ---- damage


def test_truncation_at_every_byte_costs_the_last_line_at_most(record, monkeypatch):
    """And what is added afterwards is kept, with all that was whole, through one more reading."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    whole, names = record.path.read_bytes(), ids(record)
    header = whole.index(b"\n")
    for size in range(len(whole) + 1):
        record.path.write_bytes(whole[:size])
        kept = ids(record)
        lines = whole[:size].count(b"\n")
        assert kept == names[: len(kept)], size
        assert len(kept) >= lines - 1, size
        learner = record.learner
        assert size <= header or learner in ("Ada", json.loads(whole[:header])["learner"])
        assert not kept or learner == "Ada"
        added = record.add("attempt", "M2.01", answer="a", right=False, size=size)
        assert ids(record) == [*kept, added["id"]], size
        assert record.learner == learner
        assert record.path.read_bytes().startswith(whole[:size])
    assert record.notice() == ""


@pytest.mark.parametrize("line", range(9))
@pytest.mark.parametrize(
    "damage",
    [b"\x00" * 40, b"{", b"[" * 100_000, b'"text"', b"\xff\xfe", b'{"id": 1}', b""],
    ids=["zeros", "torn", "deep", "text", "bytes", "little", "nothing"],
)
def test_a_damaged_line_is_skipped_and_kept(record, line, damage):
    names, lines = ids(record), record.path.read_bytes().splitlines()
    lines[line] = damage
    record.path.write_bytes(b"\n".join(lines) + b"\n")
    expected = names if line == 0 else [name for number, name in enumerate(names, 1) if number != line]
    assert ids(record) == expected
    assert record.learner == "Ada"  # also without the header, also without the line that names her
    record.add("hint", "M2.01", number=1)
    assert ids(record)[:-1] == expected
    assert damage in record.path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [{"time": "yesterday"}, {"time": "2026-01-01T00:00:00"}, {"learner": 7}, {"learner": "a/b"}, {"what": None}],
)
def test_an_event_that_makes_no_sense_is_skipped(record, change):
    event = record.events()[-1] | {"id": "x"} | change
    with record.path.open("a") as stream:
        stream.write(json.dumps(event) + "\n")
    assert "x" not in ids(record)


def test_an_empty_file_becomes_a_record(record):
    record.path.write_bytes(b"")
    learner = record.learner
    assert Record().learner == learner
    assert json.loads(record.path.read_text())["learner"] == learner


def test_a_newer_version_is_left_untouched():
    path = Record().path
    path.parent.mkdir()
    content = b'{"format": "collapse-edu record", "version": 2, "learner": "Ada"}\n{"new": 1}\n'
    path.write_bytes(content)
    record = Record()
    assert record.learner == "Ada"
    record.add("attempt", "M2.01", answer="b", right=True)
    line = record.notice()
    assert "was written by a newer version of the course; update the course" in line
    assert "\n" not in line
    assert (Record().notice(), path.read_bytes()) == ("", content)
    assert record.latest("M2.01")["answer"] == "b"  # in this process


# ---- several at once

ADD = "import sys; from collapse_edu.course.quiz import Record; record = Record()\n"
ADD += "for i in range(int(sys.argv[1])): record.add('attempt', 'M2.01', answer=[sys.argv[2], i], right=True)"


def start(count, name, home):
    return subprocess.Popen(
        [sys.executable, "-c", ADD, str(count), name], env={**os.environ, "COLLAPSE_EDU_HOME": home}
    )


def test_several_processes_at_once_lose_nothing(record_home):
    workers = [start(100, name, str(record_home)) for name in "abcd"]
    assert [worker.wait() for worker in workers] == [0] * 4
    answers = [tuple(event["answer"]) for event in Record().attempts()]
    assert sorted(answers) == [(name, i) for name in "abcd" for i in range(100)]
    assert len({event["learner"] for event in Record().events()}) == 1
    assert all(json.loads(line) for line in Record().path.read_text().splitlines())


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL and SIGSTOP")
def test_a_killed_process_costs_the_others_nothing(record_home):
    victim, other = start(100_000, "victim", str(record_home)), start(50, "other", str(record_home))
    assert other.wait() == 0
    victim.kill()
    victim.wait()
    answers = [event["answer"] for event in Record().attempts()]
    assert [i for name, i in answers if name == "other"] == list(range(50))
    own = [i for name, i in answers if name == "victim"]
    assert own == list(range(len(own)))


@pytest.mark.skipif(os.name == "nt", reason="needs SIGSTOP")
def test_a_stopped_process_that_holds_the_lock_does_not_stop_another(record, monkeypatch):
    monkeypatch.setattr(record_file, "_PATIENCE", 0.1)
    code = "import fcntl, sys, time; f = open(sys.argv[1], 'ab'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True)"
    lock = str(record.path.with_suffix(".lock"))
    holder = subprocess.Popen([sys.executable, "-c", f"{code}; time.sleep(60)", lock], stdout=subprocess.PIPE)
    try:
        holder.stdout.readline()
        holder.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        added = record.add("attempt", "M2.01", answer="b", right=True)
        assert time.monotonic() - began < 5
        assert ids(Record())[-1] == added["id"]
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_a_folder_without_locks_still_keeps_answers(record, monkeypatch):
    def refuse(stream, on):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("collapse_edu.files._set_lock", refuse)
    assert record.add("hint", "M2.01", number=1)["id"] == ids(Record())[-1]


# ---- where nothing can be written


def test_where_nothing_can_be_written_the_course_goes_on_and_says_so_once(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / "file" / "home"))
    record = Record()
    learner = record.learner
    record.add("attempt", "M2.01", answer="b", right=True)
    line = record.notice()
    assert line.startswith("Your answers are not kept: ")
    assert "\n" not in line
    assert Record().notice() == ""
    assert Record().learner == learner
    assert Record().latest("M2.01")["answer"] == "b"
    copy = record.export(tmp_path)
    assert ids(Record(copy)) == ids(record)
    (tmp_path / "file").unlink()  # the folder can be made now
    record.add("attempt", "M2.02", answer="c", right=True)
    assert [json.loads(line).get("question") for line in record.path.read_text().splitlines()] == ["M2.01", "M2.02"]
    assert Record().learner == learner


def test_a_full_disk_costs_nothing_that_is_not_said(record, monkeypatch):
    """Half of a line is written, then the disk is full; later there is room again."""
    real, before = os.write, ids(record)

    def half(handle, content):
        if len(content) < 10:
            raise OSError(28, "No space left on device")
        return real(handle, content[: len(content) // 2])

    monkeypatch.setattr(os, "write", half)
    first = record.add("attempt", "M2.01", answer="b", right=True)
    assert "No space left on device" in record.notice()
    monkeypatch.undo()
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(record.path.parent))
    second = record.add("attempt", "M2.01", answer="c", right=True)
    module._FILES.clear()
    assert ids(Record()) == [*before, first["id"], second["id"]]


# ---- who


def test_a_new_record_has_a_random_learner_and_keeps_it(tmp_path):
    first, second = Record(tmp_path / "a.jsonl"), Record(tmp_path / "b.jsonl")
    assert first.learner != second.learner
    module._FILES.clear()
    assert Record(tmp_path / "a.jsonl").learner == first.learner


@pytest.mark.parametrize(("given", "taken"), [("course", True), ("a/b", False), ("", False)])
def test_the_environment_may_name_the_learner_of_a_new_record(monkeypatch, given, taken):
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", given)
    assert (Record().learner == given) is taken
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "another")
    assert Record().learner != "another"


def test_a_name_changes_no_numbers():
    record = Record()
    learner = record.learner
    assert record.name == learner
    record.identify("Ada")
    record.identify(" Ada  Lovelace ")
    assert (record.learner, record.name) == (learner, "Ada Lovelace")
    record.add("attempt", "M2.01", answer="b", right=True)
    record.identify("Grace")
    assert (record.learner, record.name) == (learner, "Grace")
    assert (Record().learner, Record().attempts()[0]["learner"]) == (learner, learner)


@pytest.mark.parametrize(
    ("course", "hub", "name"),
    [("ada", "grace", "ada"), (None, "grace", "grace"), ("a/b", "grace", "grace"), ("", "x" * 81, None)],
)
def test_without_a_name_the_environment_says_it(record_home, monkeypatch, course, hub, name):
    learner = Record().learner  # of a record that was there before
    for variable, value in (("COLLAPSE_EDU_LEARNER", course), ("JUPYTERHUB_USER", hub)):
        if value is not None:
            monkeypatch.setenv(variable, value)
    assert (Record().learner, Record().name) == (learner, name or learner)
    Record().identify("Emmy")
    assert Record().name == "Emmy"


def older(*events):
    """Write a record as the course wrote it when a name still settled the numbers."""
    lines = [{"format": "collapse-edu record", "version": 1, "learner": "3fa9c2d1"}]
    for number, event in enumerate(events):
        stamp = {"id": f"e{number}", "time": f"2026-09-0{number + 1}T10:00:00.000000+00:00", "question": ""}
        lines.append(stamp | event)
    path = Record().path
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Record()


NAMED = {"what": "identity", "name": "Ada", "learner": "3fa9c2d1"}


@pytest.mark.parametrize(
    ("events", "learner", "name"),
    [
        ([], "3fa9c2d1", "3fa9c2d1"),
        ([NAMED], "Ada", "Ada"),  # she has seen questions with Ada's numbers: they stay
        ([NAMED, NAMED | {"name": "Ada L", "learner": "Ada"}], "Ada L", "Ada L"),
        ([NAMED, {"what": "inventory", "learner": "Ada", "question": "i1"}], "Ada", "Ada"),
        ([{"what": "attempt", "learner": "3fa9c2d1", "question": "M2.01"}, NAMED], "3fa9c2d1", "Ada"),
        ([NAMED, {"what": "attempt", "learner": "Ada", "question": "M2.01"}, NAMED | {"name": "B"}], "Ada", "B"),
    ],
)
def test_an_older_record_keeps_its_numbers(events, learner, name):
    record = older(*events)
    assert (record.learner, record.name) == (learner, name)
    record.identify("Grace")
    assert (record.learner, record.name) == (learner, "Grace")
    record.add("attempt", "M2.02", answer="1", right=False)
    assert (Record().learner, record.attempts()[-1]["learner"]) == (learner, learner)


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "a/b", "a\\b", "line\x07", "\ud800", None, 7.5, -7, b"Ada"])
def test_a_name_that_is_none_gets_one_line(name):
    with pytest.raises(ValueError, match=r"^name must be 1 to 80 printable characters without .*; got ") as caught:
        Record().identify(name)
    assert "\n" not in str(caught.value)


def test_a_name_is_the_same_on_every_system():
    assert tidy_name("  Jose\u0301\t O'Brien ") == "José O'Brien"


# ---- export, import, delete


def test_export_delete_import(record, tmp_path):
    names, copy = ids(record), record.export(tmp_path)
    assert copy.name == "collapse_edu_record.jsonl"
    with pytest.raises(ValueError, match=r"path must be a new file; .* is there already"):
        record.export(tmp_path)
    record.delete()
    assert (record.events(), record.path.exists()) == ([], False)
    assert record.learner != "Ada"
    assert record.import_(copy) == 8
    assert (record.learner, ids(record)) == ("Ada", names)
    assert record.import_(copy) == 0
    assert ids(Record()) == names


def test_two_machines_of_one_learner_become_one(record, tmp_path):
    copy = record.export(tmp_path / "copy.jsonl")
    there, here = Record(copy).add("hint", "M2.05", number=1), record.add("hint", "M2.04", number=1)
    Record(copy).identify("Ada Lovelace")
    assert record.import_(copy) == 2
    assert ids(record)[-3:-1] == [there["id"], here["id"]]
    assert record.name == "Ada Lovelace"


def test_attempts_of_another_learner_are_refused(record, tmp_path):
    other = Record(tmp_path / "other.jsonl")
    other.identify("Grace")
    learner = other.learner
    before = record.path.read_bytes()
    assert record.import_(other.path) == 0  # a name alone is not taken over
    other.add("attempt", "M2.01", answer="b", right=True)
    with pytest.raises(ValueError, match=f"holds attempts of '{learner}', this record those of 'Ada'"):
        record.import_(other.path)
    assert record.path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "is no record of this course"),
        (b"\x89PNG\r\n", "is no record of this course"),
        (b'{"format": "collapse-edu record", "version": 9, "learner": "Ada"}\n', "newer version of the course"),
        (None, "path must be a record of at most 50 MB"),
    ],
)
def test_what_is_no_record_is_not_imported(record, tmp_path, content, line):
    before = record.path.read_bytes()
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=line):
        record.import_(tmp_path / "file")
    assert record.path.read_bytes() == before


# ---- answers as data


class Rude:
    """An object whose every text fails."""

    def __str__(self):
        raise RuntimeError("no")

    __repr__ = __str__


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (np.float64(0.5), 0.5),
        (np.arange(3), [0, 1, 2]),
        (np.array(True), True),
        (Fraction(1, 4), "1/4"),
        ({"b", "a"}, ["a", "b"]),
        (("a", ("b", ...)), ["a", ["b", None]]),
        ({1: {2.5}}, {"1": [2.5]}),
        ("half \ud800 a character", "half ? a character"),
        (Rude(), "<Rude>"),
        (10**5000, "<int>"),
        (list(range(200_000)), "<list, too large to keep>"),
        (np.zeros(10**6), "<ndarray, too large to keep>"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_any_answer_becomes_data(value, data):
    assert as_data(value) == data
    assert json.loads(json.dumps(as_data(value))) == data


def test_a_deep_or_long_answer_becomes_short():
    loop = []
    loop.append(loop)
    assert "[[...]]" in json.dumps(as_data(loop))
    assert len(as_data(["x" * 15_000] * 10)) <= 200
    assert len(as_data("x" * 50_000)) == 20_000


def test_a_clock_that_is_set_back_brings_no_old_answer_back(monkeypatch):
    times = iter(["2026-11-22T10:00:00.000000+00:00", "2026-11-22T09:00:00.000000+00:00"])
    monkeypatch.setattr("collapse_edu.course.desk.record._now", lambda: next(times, "2026-11-22T09:30:00.000000+00:00"))
    record = Record()
    record.add("attempt", "M2.01", answer="a", right=False)
    record.add("attempt", "M2.01", answer="d", right=True)
    assert record.latest("M2.01")["answer"] == "d"


def test_one_answer_from_2099_does_not_date_all_later_ones(monkeypatch):
    times = iter(f"{year}-01-01T00:00:00+00:00" for year in (2099, 2027, 2028))
    monkeypatch.setattr(module, "_now", lambda: next(times))
    for answer in "abc":
        Record().add("attempt", "M2.01", answer=answer)
    found = Record().attempts("M2.01")
    assert [event["answer"] for event in found] == ["a", "b", "c"]
    assert [module.clock_of(event)[:4] for event in found] == ["2099", "2027", "2028"]


# ---- read once


@pytest.fixture
def readings(monkeypatch):
    """Return a list that gets the number of bytes at each reading of a record."""
    sizes = []
    real = record_file._bytes_from

    def counted(path, place):
        found = real(path, place)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(record_file, "_bytes_from", counted)
    return sizes


def many(count):
    """Lay a record of so many attempts."""
    record = Record()
    learner, path = record.learner, record.path
    stamp = {"what": "attempt", "learner": learner, "answer": "b", "right": True}
    lines = [
        {"id": f"e{i}", "time": f"2026-09-01T10:00:00.{i:06}+00:00", "question": f"M2.{i % 12:02}"} | stamp
        for i in range(count)
    ]
    with path.open("a") as stream:
        stream.write("".join(json.dumps(line) + "\n" for line in lines))
    return record


@pytest.mark.parametrize("count", [0, 3_000])
def test_an_answer_reads_only_what_came_since(readings, count):
    record = many(count)
    assert len(record.attempts()) == count
    before = len(readings)
    for i in range(5):
        record.add("attempt", "M2.01", answer=str(i), right=False)
        assert Record().latest("M2.01")["answer"] == str(i)
        assert Record().attempts("M2.01")[-1]["answer"] == str(i)
        assert Record().learner == record.learner
    assert sum(readings[before:]) < 5 * 1_000
    assert len(readings) - before <= 10
    readings.clear()
    _ = Record().events(), Record().name, Record().latest("M2.02")
    assert readings == []


def test_what_another_process_adds_is_seen_and_read_once(readings, record_home):
    record = many(1_000)
    assert len(record.attempts()) == 1_000
    readings.clear()
    assert start(3, "other", str(record_home)).wait() == 0
    assert [event["answer"] for event in record.attempts()[-3:]] == [["other", i] for i in range(3)]
    assert sum(readings) < 1_500


def test_a_line_that_is_half_written_is_read_when_it_is_whole(record):
    names = ids(record)
    line = json.dumps(record.events()[-1] | {"id": "late"}).encode()
    for part in (line[:30], line[30:80], line[80:-1]):
        with record.path.open("ab") as stream:
            stream.write(part)
        assert ids(record) == names
    with record.path.open("ab") as stream:
        stream.write(line[-1:])
    assert ids(record) == [*names, "late"]
    with record.path.open("ab") as stream:
        stream.write(b"\n")
    assert ids(record) == [*names, "late"]


def lines_of(record):
    return record.path.read_bytes().splitlines(keepends=True)


def cut(record):
    record.path.write_bytes(b"".join(lines_of(record)[:4]))


def replaced(record):
    whole = b"".join(lines_of(record)[:3] + lines_of(record)[4:] * 2)  # larger than before
    other = record.path.with_name("other")
    other.write_bytes(whole)
    os.replace(other, record.path)


def edited(record):
    """In place, and as large as before."""
    content = record.path.read_bytes().replace(b'"answer": "b"', b'"answer": "x"')
    with record.path.open("r+b") as stream:
        stream.write(content)
    os.utime(record.path, ns=(1, 1))


def rewritten(record):
    """In place, and larger than before."""
    content = b"".join(lines_of(record)[:2] * 20)
    with record.path.open("r+b") as stream:
        stream.write(content)


@pytest.mark.parametrize("change", [cut, replaced, edited, rewritten])
def test_a_file_that_was_changed_is_read_anew(record, change):
    _ = record.events()
    change(record)
    seen = record.events()
    module._FILES.clear()  # as a new process sees it
    assert seen == Record().events()
    added = record.add("attempt", "M2.01", answer="z", right=False)
    assert Record().latest("M2.01")["id"] == added["id"]


def test_older_events_come_in_their_order(record, tmp_path):
    """Those of another machine, after newer ones of this one were read."""
    other = Record(record.export(tmp_path / "copy.jsonl"))
    there = other.add("attempt", "M2.01", answer="there", right=False)
    here = record.add("attempt", "M2.01", answer="here", right=False)
    assert record.import_(tmp_path / "copy.jsonl") == 1
    assert [event["id"] for event in record.attempts("M2.01")[-2:]] == [there["id"], here["id"]]
    last = record.add("attempt", "M2.01", answer="last", right=False)
    assert record.latest("M2.01")["id"] == last["id"]
    assert ids(record)[-3:] == [there["id"], here["id"], last["id"]]


# ---- a cloud drive

COPIES = [
    "record (conflicted copy 2026-11-30).jsonl",
    "record (Ada's conflicted copy 2026-11-30).jsonl",
    "record-DESKTOP-ABC.jsonl",
    "record (1).jsonl",
    "record.sync-conflict-20261130-101500-ABCDEFG.jsonl",
    "record 2.jsonl",
]


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_of_the_same_learner_is_merged_and_told(record, name):
    names, copy = ids(record), record.export(record.path.with_name(name))
    there = Record(copy).add("attempt", "M2.05", answer="there", right=True)
    assert ids(Record()) == [*names, there["id"]]
    assert Record().latest("M2.05")["answer"] == "there"
    assert Record().notice() == (
        f"A second copy of your record lies beside it, {name}: what it adds (1) is in your record now."
    )
    assert (Record().notice(), copy.exists()) == ("", True)
    size = record.path.stat().st_size
    module._FILES.clear()
    assert ids(Record()) == [*names, there["id"]]
    assert (Record().notice(), record.path.stat().st_size) == ("", size)  # a new process merges and tells nothing


def test_a_copy_of_another_learner_is_told_and_left_alone(record, tmp_path):
    other = Record(tmp_path / "other.jsonl")
    other.add("attempt", "M2.05", answer="theirs", right=True)
    copy = other.export(record.path.with_name("record (1).jsonl"))
    before, content = ids(record), copy.read_bytes()
    assert ids(Record()) == before
    assert Record().notice() == (
        "A second copy of your record lies beside it, record (1).jsonl: it is of another learner "
        f"({other.learner}) than yours and was left alone."
    )
    record.delete()
    assert copy.read_bytes() == content


def test_what_is_no_record_beside_it_is_no_copy(record):
    names = ids(record)
    record.path.with_name("record_notes.jsonl").write_text("my notes\n")
    record.path.with_name("records.txt").write_text("more\n")
    assert (ids(Record()), Record().notice()) == (names, "")


def test_only_the_learners_own_record_takes_copies(record, tmp_path):
    """A file that an instructor names is read as it is."""
    ours = Record(record.export(tmp_path / "ada.jsonl"))
    Record(record.export(tmp_path / "ada (1).jsonl")).add("hint", "M2.01", number=1)
    assert ids(ours) == ids(record)


OWN = ["record_2026.jsonl", "record-backup.jsonl", "record-2026.jsonl", "record copy.jsonl", "records.jsonl"]


@pytest.mark.parametrize("name", OWN)
def test_an_export_beside_the_record_is_no_copy(record, name):
    names, export = ids(record), record.export(record.path.with_name(name))
    Record(export).add("hint", "M2.05", number=1)
    assert (ids(Record()), Record().notice()) == (names, "")
    assert record.delete() == []
    assert export.exists()


@pytest.mark.parametrize("name", COPIES)
def test_deleting_a_record_tells_which_copies_remain(record, name):
    copy, export = record.export(record.path.with_name(name)), record.export(record.path.with_name("record_2.jsonl"))
    assert record.delete() == [copy]
    assert (copy.exists(), export.exists()) == (True, True)
    assert (record.path.exists(), Record().events()) == (False, [])


def test_a_copy_that_is_written_to_in_its_place_is_merged_again(record):
    copy = record.export(record.path.with_name("record (1).jsonl"))
    names = ids(Record())
    folder = os.stat(record.path.parent)
    line = json.dumps(record.events()[-1] | {"id": "late"}) + "\n"
    with copy.open("a") as stream:
        stream.write(line)
    assert os.stat(record.path.parent).st_mtime_ns == folder.st_mtime_ns
    assert ids(Record()) == [*names, "late"]
