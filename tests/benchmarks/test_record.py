"""An answer in a record of 100,000 attempts, against one in an empty record, and against SQLite."""

import json
import sqlite3
from time import perf_counter

import numpy as np
import pytest

from benchmarks.conftest import seconds
from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import check

pytestmark = pytest.mark.benchmark(timer=perf_counter)
ATTEMPTS = 100_000


def attempt(number):
    return {
        "id": f"e{number}", "time": f"2026-01-01T00:00:00.{number:06}+00:00", "what": "attempt",
        "question": f"M2.{number % 12:02}", "learner": "ada", "answer": "b", "right": True, "hash": "0" * 16,
    }  # fmt: skip


@pytest.fixture
def database(tmp_path):
    """A table of as many attempts, with an index by question; each insert waits for the disk."""
    connection = sqlite3.connect(tmp_path / "record.db")
    connection.execute("create table attempts (question text, event text)")
    connection.execute("create index by_question on attempts (question)")
    rows = ((attempt(i)["question"], json.dumps(attempt(i))) for i in range(ATTEMPTS))
    connection.executemany("insert into attempts values (?, ?)", rows)
    connection.commit()
    yield connection
    connection.close()


def test_an_answer_in_a_long_record(beside, database, monkeypatch, tmp_path):
    def answered(home):
        monkeypatch.setenv("COLLAPSE_EDU_HOME", str(home))
        check("M2.01", "a")

    def inserted():
        database.execute("insert into attempts values (?, ?)", ("M2.01", json.dumps(attempt(0))))
        database.commit()
        database.execute("select event from attempts where question = ? limit 1", ("M2.01",)).fetchall()

    long, empty = tmp_path / "long", tmp_path / "empty"
    for home in (long, empty):
        answered(home)
    with (long / "record.jsonl").open("a") as stream:
        stream.write("".join(json.dumps(attempt(i)) + "\n" for i in range(ATTEMPTS)))
    answered(long)  # this one reads it
    assert len(Record(long / "record.jsonl").attempts()) == ATTEMPTS + 2

    def in_an_empty_record():
        return seconds(answered, empty, clock=perf_counter)

    times = beside(lambda: answered(long), in_an_empty_record, lambda: seconds(inserted, clock=perf_counter), rounds=30)
    ours, short, sqlite = np.median(times, axis=1)
    print(f"answer at {ATTEMPTS} attempts: {ours / short:.1f} × one in an empty record, {ours / sqlite:.1f} × SQLite")
    assert ours < 5 * short
