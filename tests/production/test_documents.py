"""Documents of a stream: what is read, what is skipped, and where a reader goes on."""

import io
import json
from types import SimpleNamespace

import pytest

from collapse_edu.production import Documents


def lines(tmp_path, *records, end=b"\n"):
    path = tmp_path / "stream.jsonl"
    path.write_bytes(b"\n".join(records) + end)
    return path


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 5000, "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'["text"]', 'no key "text"'),
        (b"null", 'no key "text"'),
        (b'{"txt": "whale"}', 'no key "text"'),
        (b'{"text": 7}', '"text" is no text'),
        (b'{"text": null}', '"text" is no text'),
        (b'{"text": ""}', "no words"),
        (b'{"text": "12 34 ..."}', "no words"),
    ],
)
def test_a_broken_record_is_counted_and_skipped(tmp_path, record, why):
    documents = Documents(lines(tmp_path, b'{"text": "a whale"}', record, b'{"text": "the sea"}'))
    assert list(documents) == [["a", "whale"], ["the", "sea"]]
    assert dict(documents.skipped) == {why: 1}
    assert (documents.read, documents.position, documents.n_records) == (2, 3, 3)


def test_empty_lines_are_no_records_and_a_mark_at_the_start_does_no_harm(tmp_path):
    documents = Documents(lines(tmp_path, b'\xef\xbb\xbf{"text": "one"}', b"", b"  ", b'{"text": "two"}\r'))
    assert list(documents) == [["one"], ["two"]]
    assert (documents.n_records, documents.position) == (2, 4)


def test_a_last_line_that_is_still_written_is_left_for_the_next_time(tmp_path):
    path = lines(tmp_path, b'{"text": "one"}', b'{"text": "tw', end=b"")
    first = Documents(path)
    assert list(first) == [["one"]]
    assert (first.position, not first.skipped) == (1, True)
    with open(path, "ab") as file:
        file.write(b'o"}\n')
    assert list(Documents(path, first.position)) == [["two"]]


def test_a_last_line_without_an_end_counts_if_it_is_whole(tmp_path):
    assert list(Documents(lines(tmp_path, b'{"text": "one"}', end=b""))) == [["one"]]


def test_the_position_stands_behind_the_document_in_hand(tmp_path):
    documents = Documents(lines(tmp_path, b'{"text": "one"}', b"?", b'{"text": "two"}'))
    assert [documents.position for _ in documents] == [1, 3]


def test_files_of_a_folder_in_the_order_of_their_names(tmp_path):
    (tmp_path / "b.txt").write_text("the sea")
    (tmp_path / "a.txt").write_text("a whale")
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    (tmp_path / "c.md").write_text("no document")
    (tmp_path / "d.txt").mkdir()
    documents = Documents(tmp_path)
    assert list(documents) == [["a", "whale"], ["the", "sea"]]
    assert dict(documents.skipped) == {"not UTF-8": 1, "cannot be read": 1}
    (tmp_path / "e.txt").write_text("later")
    assert list(Documents(tmp_path, documents.position)) == [["later"]]


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b'{"text": "Call me."}\nx\n')))
    documents = Documents("-")
    assert (list(documents), dict(documents.skipped)) == ([["call", "me"]], {"not JSON": 1})
    assert documents.first_record() is None


def test_another_first_record_is_another_file(tmp_path):
    path = lines(tmp_path, json.dumps({"text": "one"}).encode())
    before = Documents(path).first_record()
    lines(tmp_path, json.dumps({"text": "two"}).encode())
    assert Documents(path).first_record() not in (None, before)
    path.write_bytes(b"")
    assert Documents(path).first_record() is None
