"""What an alert says: documents, places, the reason, and what to do."""

import numpy as np
import pytest

from collapse_edu.production import Documents, Reading
from collapse_edu.production.monitoring.alerts import alert_of, sentence
from collapse_edu.production.monitoring.documents import Record
from collapse_edu.production.monitoring.features import EMPTY, Features
from collapse_edu.production.monitoring.statistics import STATISTICS


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(0)
    memory = [[f"w{word}" for word in document] for document in rng.zipf(1.6, size=(120, 20)) % 500]
    return Features(memory)


FAR = tuple(9.0 if name == "log_probability" else -7.0 if name == "once" else 0.0 for name in STATISTICS)


def reading(deviations=FAR):
    return Reading(3, 6, (1.0,) * len(STATISTICS), deviations, 4.0)


def records(*why):
    return [Record(["a"], f"new.jsonl, line {i}", f"text {i}", why=each) for i, each in enumerate(why, 1)]


def test_a_quiet_window_has_no_alert():
    assert alert_of(reading((0.0,) * len(STATISTICS)), records("", "")) is None


def test_an_alert_names_the_documents_of_its_window_and_the_reason():
    alert = alert_of(reading(), records("", ""), "shop")
    assert (alert.documents, alert.kinds, alert.group) == ((5, 6), ("sudden",), "shop")
    assert alert.reason == sentence("log_probability", "high")
    lines = list(alert.lines())
    assert lines[0] == "ALERT of shop window 3, documents 5 to 6: log_probability high (+9.0), once low (-7.0)"
    assert "--refresh" in lines[-1]
    assert list(alert.lines(whole=False)) == lines[:1]
    assert alert.as_json()["documents"] == (5, 6)


def test_documents_without_text_are_the_reason_and_are_shown():
    alert = alert_of(reading(), records("", "no words"))
    assert alert.kinds == ("sudden", "no text")
    assert alert.reason == "1 of these 2 documents holds no text that can be read (1 no words)."
    assert alert.shown == ((6, "new.jsonl, line 2", "no words"),)


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("direction", ["low", "high"])
def test_each_statistic_has_a_sentence_for_each_direction(name, direction):
    assert sentence(name, direction).startswith("These documents ")
    assert f" in {name}" not in sentence(name, direction)


def test_each_name_and_direction_has_its_own_sentence(features):
    names = {*STATISTICS, *features.names}
    said = [sentence(name, direction) for name in names for direction in ("low", "high", "spread")]
    assert len(set(said)) == len(said)
    assert not [each for each in said if "are lower" in each or "are higher" in each]


def test_what_has_no_sentence_has_a_name():
    assert sentence("some_score", "low") == "These documents are lower than real ones in some score."


@pytest.mark.parametrize(
    ("name", "content", "places"),
    [
        ("a.jsonl", '{"text": "one"}\n\n{"text": "two"}\n', ["line 1", "line 3"]),
        ("a.csv", "text\none\ntwo\n", ["row 1", "row 2"]),
        ("a.json", '[{"text": "one"}, {"text": "two"}]', ["record 1", "record 2"]),
    ],
)
def test_each_document_says_where_it_is_from(tmp_path, name, content, places):
    path = tmp_path / name
    path.write_text(content)
    found = list(Documents(path).records())
    assert [record.place for record in found] == [f"{path}, {place}" for place in places]
    assert [record.opening for record in found] == ["one", "two"]


def test_a_file_of_a_folder_is_its_own_place_and_one_of_another_kind_is_no_document(tmp_path):
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("...")
    (tmp_path / "c.rst").write_text("three")
    documents = Documents(tmp_path, empty=EMPTY)
    assert [(record.place, record.words) for record in documents.records()] == [
        (str(tmp_path / "a.txt"), ["one"]),
        (str(tmp_path / "b.txt"), [EMPTY]),
    ]
    assert (dict(documents.broken), dict(documents.skipped)) == ({"no words": 1}, {"of another kind": 1})


def test_after_a_restart_lines_are_counted_on(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one"}\n')
    first = Documents(path)
    list(first)
    path.write_text('{"text": "one"}\n{"text": "two"}\n')
    assert [record.place for record in Documents(path, first.done).records()] == [f"{path}, line 2"]
