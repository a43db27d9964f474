"""Files, folders and zips: each is read or refused, and none hides the others."""

import io
import os
import tracemalloc
import warnings
import zipfile

import pytest

from collapse_edu.course.desk.record import Record
from collapse_edu.course.grading import submission
from collapse_edu.course.grading.submission import find


def packed(entries):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(entry, content)
    return data.getvalue()


PAPER, BOOK = b'{"format": "collapse-edu hand-in"}', b'{"cells": [], "nbformat": 4}'


def found(path):
    """Return name → bytes of a paper, or why it is none; without what systems leave behind."""
    return {each.name: each.fault or each.read() for each in find(path) if each.status != "litter"}


def in_folder(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


# ---------------------------------------------------------------- what a file is


@pytest.mark.parametrize(
    "name", ["x.ipynb", "x.ipynb.txt", "x.ipynb.json", "x.json.txt", "x.json", "x", "x.IPYNB", "x.docx", ".x.json"]
)
@pytest.mark.parametrize(("data", "kind"), [(PAPER, "hand-in"), (BOOK, "notebook")])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b" \n"])
def test_content_decides_and_not_the_name(tmp_path, name, data, kind, mark):
    (paper,) = find(in_folder(tmp_path, {name: mark + data}))
    assert (paper.kind, paper.fault, paper.status) == (kind, None, "")
    assert paper.read().lstrip() == data


def office():
    return packed({"[Content_Types].xml": b"", "word/document.xml": b""})


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("Q2.tar.gz", b"\x1f\x8b\x08\0", "could not be marked", "an archive that is not opened (.gz): ask for a .zip"),
        ("Q2.rar", b"Rar!\x1a\x07", "could not be marked", "(.rar)"),
        ("Q2.zip", b"Rar!\x1a\x07", "could not be marked", "(.rar)"),
        ("Q2.7z", b"7z\xbc\xaf\x27\x1c", "could not be marked", "(.7z)"),
        ("Q2.tar", b"Q2.ipynb".ljust(257, b"\0") + b"ustar", "could not be marked", "(.tar)"),
        ("Q2.pdf", b"%PDF-1.7", "left out", "it is a PDF: ask for the file that hand_in() writes"),
        ("Q2.ipynb", b"%PDF-1.7", "could not be marked", "it is a PDF"),
        ("Q2.docx", office(), "left out", "it is a Word document"),
        ("Q2.zip", office(), "left out", "it is a Word document"),
        ("Q2.html", b"<!DOCTYPE html><title>Q2</title>", "left out", "it is a web page"),
        ("onlinetext.html", b"<p>see the file</p>", "left out", "Moodle's own text field"),
        ("Q2.py", b"answer_01 = 'b'", "left out", "it is Python code"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "left out", "it is a picture"),
        ("README.txt", b"Dear Sir", "left out", "it is a text"),
        ("model.pt", b"\x80\0\0", "left out", "of a kind that is not read (.pt)"),
        ("record.jsonl", b'{"format": "collapse-edu record"}\n{}', "could not be marked", "it is the record: ask"),
        ("Q2.ipynb", BOOK.decode().encode("utf-16"), "could not be marked", "a text in UTF-16"),
        ("Q2.json", PAPER.decode().encode("utf-16-le"), "could not be marked", "a text in UTF-16"),
        ("Q2.ipynb", b"", "could not be marked", "it is empty: ask"),
        ("Q2.json", b"{", "could not be marked", "it is not a hand-in, and not a notebook"),
        ("package.json", b'{"name": "x"}', "could not be marked", "it is not a hand-in"),
        ("Q2.ipynb", b"[]", "could not be marked", "it is not a notebook, and not a hand-in"),
        ("Q2.ipynb", b"PK", "could not be marked", "it is not a notebook, but something else"),
        ("notes", b"[1, 2]", "left out", "it is not a hand-in, and not a notebook"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zipped", [False, True])
def test_what_is_no_paper_is_named(tmp_path, name, data, status, said, zipped):
    folder = in_folder(tmp_path / "in", {"class.zip": packed({name: data})} if zipped else {name: data})
    (seen,) = find(folder)
    assert (seen.kind, seen.status) == (None, status)
    assert said in seen.fault
    assert len(seen.fault.splitlines()) == 1


def test_a_record_that_a_test_of_ours_writes_is_known(tmp_path, record_home):
    Record().add("attempt", "M2.01", answer="b")
    (seen,) = find(record_home / "record.jsonl")
    assert "it is the record" in seen.fault


def test_folders_are_searched_and_litter_is_counted(tmp_path):
    litter = (".ipynb_checkpoints/a.ipynb", "b/.DS_Store", "__MACOSX/x.json", "Thumbs.db", "desktop.ini", "._a.ipynb")
    in_folder(tmp_path, dict.fromkeys((*litter, "b/x.json", "a.ipynb"), PAPER))
    assert found(tmp_path) == {"a.ipynb": PAPER, "b/x.json": PAPER}
    assert sum(each.status == "litter" for each in find(tmp_path)) == len(litter)
    (tmp_path / "c.zip").write_bytes(packed(dict.fromkeys((*litter, "x.json"), PAPER)))
    assert sum(each.status == "litter" for each in find(tmp_path / "c.zip")) == len(litter)


def test_empty_folders_are_noticed(tmp_path):
    (tmp_path / "cy" / "sub").mkdir(parents=True)
    in_folder(tmp_path, {"ada/x.json": PAPER, "bo/.DS_Store": b""})
    empty = "the folder is empty"
    assert found(tmp_path) == {"ada/x.json": PAPER, "bo/": empty, "cy/sub/": empty}
    entries = {"ada/": b"", "ada/x.json": PAPER, "bo/": b"", "bo/.DS_Store": b"", "cy/": b"", "cy/sub/": b""}
    archive = tmp_path / "class.zip"
    archive.write_bytes(packed(entries))
    assert found(archive) == {"class.zip/ada/x.json": PAPER, "class.zip/bo/": empty, "class.zip/cy/sub/": empty}


def test_a_folder_that_cannot_be_read_is_noticed(tmp_path, monkeypatch):
    in_folder(tmp_path, {"ada/x.json": PAPER, "bo/x.json": PAPER})
    look = os.scandir

    def scandir(path):
        if str(path).endswith("bo"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert found(tmp_path) == {"ada/x.json": PAPER, "bo/": "the folder cannot be read: Permission denied"}


def test_an_empty_archive_is_noticed(tmp_path):
    for name, entries in (("none.zip", {}), ("litter.zip", {"__MACOSX/._x": b""})):
        (tmp_path / name).write_bytes(packed(entries))
    assert set(found(tmp_path).values()) == {"there is no file in the archive"}


# ---------------------------------------------------------------- what would do harm


def test_links_and_pipes_are_not_followed(tmp_path):
    (tmp_path / "secret.json").write_bytes(b"secret")
    folder = tmp_path / "handed_in"
    folder.mkdir()
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "all").symlink_to(tmp_path)
    (folder / "good.json").write_bytes(PAPER)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.json")
    seen = found(folder)
    assert seen.pop("good.json") == PAPER
    assert all("link" in fault or "plain" in fault for fault in seen.values())
    assert {"link.json", "all"} <= seen.keys()


def link():
    entry = zipfile.ZipInfo("link.json")
    entry.external_attr = 0o120777 << 16
    return entry


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("../out.json", "leads out"), ("/etc/x.json", "leads out"), ("a/../../x.json", "leads out"),
        ("C:/x.json", "leads out"), ("..\\x.json", "leads out"), (link(), "link"),
    ],
)  # fmt: skip
def test_evil_entries_are_refused_and_the_others_read(tmp_path, entry, fault):
    path = tmp_path / "class.zip"
    path.write_bytes(packed([(entry, BOOK), ("good.json", PAPER)]))
    seen = found(path)
    assert seen.pop("class.zip/good.json") == PAPER
    (refused,) = seen.values()
    assert fault in refused
    assert sorted(tmp_path.iterdir()) == [path]


def test_archives_in_archives_have_an_end(tmp_path):
    data = packed({"deep.json": PAPER})
    for level in range(3):
        data = packed({f"level{level}.zip": data, f"here{level}.json": PAPER})
    path = tmp_path / "class.zip"
    path.write_bytes(data)
    seen = found(path)
    assert seen["class.zip/here2.json"] == seen["class.zip/level2.zip/here1.json"] == PAPER
    assert "deeper" in seen["class.zip/level2.zip/level1.zip"]


@pytest.mark.parametrize("where", ["LARGEST", "_TOGETHER"])
def test_bombs_are_refused(tmp_path, monkeypatch, where):
    monkeypatch.setattr(submission, where, 1000)
    path = tmp_path / "class.zip"
    path.write_bytes(packed({"bomb.json": b"[" + b"0" * 100_000, "good.json": PAPER}))
    seen = found(path)
    assert "unpacks with others to too much" in seen["class.zip/bomb.json"]
    assert seen["class.zip/good.json"] == PAPER


@pytest.mark.parametrize("as_folder", [False, True])
def test_one_learners_archive_costs_nobody_else(tmp_path, monkeypatch, as_folder):
    monkeypatch.setattr(submission, "_TOGETHER", 10_000)
    monkeypatch.setattr(submission, "_MOST", 20)
    many = packed({f"{number}.json": PAPER + b" " * 4_000 for number in range(9)})
    crowd = packed({f"{number}.json": PAPER for number in range(30)})
    handed = {
        "a/bombs.zip": many,
        "b/good.json": PAPER,
        "c/good.zip": packed({"good.json": PAPER}),
        "d/crowd.zip": crowd,
    }
    if as_folder:
        seen, start = found(in_folder(tmp_path, handed)), ""
    else:
        (tmp_path / "class.zip").write_bytes(packed(handed))
        seen, start = found(tmp_path / "class.zip"), "class.zip/"
    assert seen[f"{start}b/good.json"] == seen[f"{start}c/good.zip/good.json"] == PAPER
    assert sum("too much" in value for value in seen.values() if isinstance(value, str)) >= 6
    assert seen[f"{start}d/crowd.zip"] == "the archive cannot be read: it has more than 20 entries"


def test_nothing_is_kept_in_memory(tmp_path, monkeypatch):
    size, many = 1 << 20, 12
    monkeypatch.setattr(submission, "LARGEST", 2 * size)  # so much is set aside for reading
    papers = {f"{number}.json": PAPER + b" " * size for number in range(many)}
    in_folder(tmp_path, papers | {f"{number}.zip": packed(papers) for number in range(2)})
    tracemalloc.start()
    try:
        seen = list(find(tmp_path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(seen) == 3 * many
    assert peak < 6 * size
    assert all(len(paper.read()) == len(PAPER) + size for paper in seen)


def test_what_changed_since_it_was_looked_at_is_not_read(tmp_path):
    (paper,) = find(in_folder(tmp_path, {"a.json": PAPER}))
    (tmp_path / "a.json").write_bytes(PAPER + b" ")
    with pytest.raises(OSError, match="it changed"):
        paper.read()


def test_a_name_that_is_twice_in_an_archive_is_two_submissions(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (tmp_path / "c.zip").write_bytes(packed([("x.json", PAPER), ("x.json", BOOK)]))
    assert found(tmp_path / "c.zip") == {"c.zip/x.json": PAPER, "c.zip/x.json (2)": BOOK}


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "LARGEST", 1000)
    data = packed({"bomb.json": b"[" + b"0" * 99_999})
    lie = data.replace((100_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != data
    path = tmp_path / "class.zip"
    path.write_bytes(lie)
    (seen,) = find(path)
    assert seen.fault


@pytest.mark.parametrize("data", [b"no zip", b"PK\x05\x06", b""])
def test_a_broken_archive_is_one_line(tmp_path, data):
    path = tmp_path / "class.zip"
    path.write_bytes(data)
    (seen,) = found(path).values()
    assert seen.startswith("the archive cannot be read")
