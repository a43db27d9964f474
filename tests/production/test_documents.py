"""Documents of a stream: what is read, what is skipped, and where a reader goes on."""

import gzip
import io
import json
from types import SimpleNamespace

import pytest

from collapse_edu.datasets.documents import UnreadableError
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
    assert (documents.read, documents.done["lines"], documents.n_records) == (2, 3, 3)


def test_empty_lines_are_no_records_and_a_mark_at_the_start_does_no_harm(tmp_path):
    documents = Documents(lines(tmp_path, b'\xef\xbb\xbf{"text": "one"}', b"", b"  ", b'{"text": "two"}\r'))
    assert list(documents) == [["one"], ["two"]]
    assert (documents.n_records, documents.done["lines"]) == (2, 4)


def test_a_last_line_that_is_still_written_is_left_for_the_next_time(tmp_path):
    path = lines(tmp_path, b'{"text": "one"}', b'{"text": "tw', end=b"")
    first = Documents(path)
    assert list(first) == [["one"]]
    assert (first.done["lines"], first.unfinished, not first.skipped) == (1, True, True)
    with open(path, "ab") as file:
        file.write(b'o"}\n')
    assert list(Documents(path, first.done)) == [["two"]]


def test_a_last_line_without_an_end_counts_if_it_is_whole(tmp_path):
    assert list(Documents(lines(tmp_path, b'{"text": "one"}', end=b""))) == [["one"]]


def test_what_is_done_ends_with_the_document_in_hand(tmp_path):
    documents = Documents(lines(tmp_path, b'{"text": "one"}', b"?", b'{"text": "two"}'))
    assert [documents.done["lines"] for _ in documents] == [1, 3]


def test_files_of_a_folder_in_the_order_of_their_names(tmp_path):
    (tmp_path / "b.txt").write_text("the sea")
    (tmp_path / "a.txt").write_text("a whale")
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    (tmp_path / "c.rst").write_text("no document")
    (tmp_path / "d.txt").mkdir()
    documents = Documents(tmp_path)
    assert list(documents) == [["a", "whale"], ["the", "sea"]]
    assert dict(documents.skipped) == {"not UTF-8": 1, "cannot be read": 1, "of another kind": 1}
    assert list(documents) == []


def test_a_new_file_of_a_folder_is_read_wherever_its_name_stands(tmp_path):
    (tmp_path / "doc9.txt").write_text("nine")
    first = Documents(tmp_path)
    assert list(first) == [["nine"]]
    (tmp_path / "doc10.txt").write_text("ten")
    second = Documents(tmp_path, first.done)
    assert list(second) == [["ten"]]
    assert list(Documents(tmp_path, second.done)) == []


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b'{"text": "Call me."}\nx\n')))
    documents = Documents("-")
    assert (list(documents), dict(documents.skipped)) == ([["call", "me"]], {"not JSON": 1})
    assert documents.done is None


def record(*texts):
    return b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)


@pytest.mark.parametrize(
    ("before", "after", "read", "anew"),
    [
        (record("one"), record("one", "two"), ["two"], False),
        (record("one")[:-1], record("one", "two"), ["two"], False),  # its end was written later
        (record("one")[:-1], record("one").replace(b"\n", b"\r\n") + record("two"), ["two"], False),
        (b"", record("one"), ["one"], False),
        (b"\xef\xbb\xbf" + record("one"), b"\xef\xbb\xbf" + record("one", "two"), ["two"], False),
        (record("one", "two", "three"), record("one", "four"), ["one", "four"], True),  # rotated: the same first line
        (record("one", "two"), record("one", "four", "five"), ["one", "four", "five"], True),
        (record("one", "two"), record("one"), ["one"], True),
        (record("one", "two"), b"", [], True),
        (record("one", "two"), record("two", "one"), ["two", "one"], True),
    ],
)
def test_a_file_is_gone_on_with_if_what_was_read_is_still_there(tmp_path, before, after, read, anew):
    path = tmp_path / "stream.jsonl"
    path.write_bytes(before)
    first = Documents(path)
    list(first)
    path.write_bytes(after)
    second = Documents(path, json.loads(json.dumps(first.done)))
    assert second.done == first.done
    assert [document[0] for document in second] == read
    assert second.restarted is anew
    assert list(second) == []


def test_what_is_written_while_the_last_line_is_read_is_for_the_next_time(tmp_path):
    path = lines(tmp_path, record("one")[:-1], end=b"")
    first = Documents(path)
    for _ in first:
        with open(path, "ab") as file:
            file.write(b"\n" + record("two"))
    second = Documents(path, first.done)
    assert ([*second], second.restarted) == ([["two"]], False)


@pytest.mark.parametrize(
    "done", [7, [], {"lines": -1, "hash": ""}, {"lines": 1}, {"lines": "1", "hash": ""}, {"files": "a"}, {"files": [1]}]
)
def test_what_no_reader_had_done_is_refused(done):
    with pytest.raises((TypeError, ValueError), match="done must be what an earlier reader had done; got"):
        Documents("new.jsonl", done)


def held(path, done=None):
    """Return what a reader that goes on hands out, and the reader."""
    reader = Documents(path, done, grows=True)
    return [" ".join(words) for words in reader], reader


@pytest.mark.parametrize(
    "cut", [b"", b"3", b'3,"the', b"3,the se", b'3,"the sea\n', b'3,"the sea"', '3,"the sea\nGr\u00f6'.encode()[:-1]]
)
def test_the_last_row_of_a_table_that_grows_is_read_once_and_whole(tmp_path, cut):
    path, whole = tmp_path / "stream.csv", b'id,text\n1,one\n2,"two ""a"""\n'
    path.write_bytes(whole + cut)
    read, first = held(path)
    assert (read, first.unfinished, first.done["lines"]) == (["one", "two a"], bool(cut), 2)
    path.write_bytes(whole + b"3,three\n4,four\n")
    read, second = held(path, first.done)
    assert (read, second.restarted, second.unfinished) == (["three", "four"], False, False)
    assert held(path, second.done)[0] == []


@pytest.mark.parametrize("content", [b"", b"id,te"])
def test_a_table_that_grows_may_have_no_header_yet(tmp_path, content):
    path = tmp_path / "stream.csv"
    path.write_bytes(content)
    read, first = held(path)
    path.write_bytes(b"id,text\n1,one\n")
    assert (read, held(path, first.done)[0]) == ([], ["one"])


def test_a_table_that_does_not_grow_is_read_to_its_last_row(tmp_path):
    path = tmp_path / "real.csv"
    path.write_bytes(b"id,text\n1,one\n2,two")
    assert list(Documents(path)) == [["one"], ["two"]]
    path.write_bytes(b'id,text\n1,one\n2,"two\n3,three\n')
    with pytest.raises(UnreadableError, match="row 3 opens a quotation mark that nothing closes"):
        list(Documents(path))


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv", "a.json", "a"])
@pytest.mark.parametrize("as_list", [False, True])
def test_json_is_read_under_any_name(tmp_path, name, as_list):
    path, objects = tmp_path / name, [{"text": "one"}, {"text": "two"}]
    path.write_text(json.dumps(objects) if as_list else "\n".join(map(json.dumps, objects)))
    assert list(Documents(path)) == [["one"], ["two"]]


def test_what_is_packed_on_standard_input_is_told(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(record("one")))))
    with pytest.raises(UnreadableError, match="is packed with gzip: unpack it on the way"):
        list(Documents("-"))
