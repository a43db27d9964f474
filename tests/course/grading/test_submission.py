"""Files, folders and zips: each is read or refused, and none hides the others."""

import io
import os
import zipfile

import pytest

from collapse_edu.course.grading import submission
from collapse_edu.course.grading.submission import find


def packed(entries):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(entry, content)
    return data.getvalue()


def found(path):
    return {each.name: each.fault or each.data for each in find(path)}


def test_folders_are_searched_and_litter_is_left(tmp_path):
    for name in ("b/x.json", "a.ipynb", "c.txt", ".ipynb_checkpoints/a.ipynb", ".hidden.json", "__MACOSX/x.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    assert found(tmp_path) == {"a.ipynb": b"1", "b/x.json": b"1"}


def test_links_and_pipes_are_not_followed(tmp_path):
    (tmp_path / "secret.json").write_bytes(b"secret")
    folder = tmp_path / "handed_in"
    folder.mkdir()
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "all").symlink_to(tmp_path)
    (folder / "good.json").write_bytes(b"good")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.json")
    seen = found(folder)
    assert seen.pop("good.json") == b"good"
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
    path.write_bytes(packed([(entry, b"evil"), ("good.json", b"good")]))
    seen = found(path)
    assert seen.pop("class.zip/good.json") == b"good"
    (refused,) = seen.values()
    assert fault in refused
    assert sorted(tmp_path.iterdir()) == [path]


def test_archives_in_archives_have_an_end(tmp_path):
    data = packed({"deep.json": b"1"})
    for level in range(3):
        data = packed({f"level{level}.zip": data, f"here{level}.json": b"1"})
    path = tmp_path / "class.zip"
    path.write_bytes(data)
    seen = found(path)
    assert seen["class.zip/here2.json"] == seen["class.zip/level2.zip/here1.json"] == b"1"
    assert "deeper" in seen["class.zip/level2.zip/level1.zip"]


@pytest.mark.parametrize("where", ["LARGEST", "_TOGETHER"])
def test_bombs_are_refused(tmp_path, monkeypatch, where):
    monkeypatch.setattr(submission, where, 1000)
    path = tmp_path / "class.zip"
    path.write_bytes(packed({"bomb.json": b"0" * 100_000, "good.json": b"1"}))
    seen = found(path)
    assert "unpacks to more" in seen["class.zip/bomb.json"]
    assert seen["class.zip/good.json"] == b"1"


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "LARGEST", 1000)
    data = packed({"bomb.json": b"0" * 100_000})
    lie = data.replace((100_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != data
    path = tmp_path / "class.zip"
    path.write_bytes(lie)
    (seen,) = found(path).values()
    assert isinstance(seen, str) or len(seen) <= 1001


@pytest.mark.parametrize("data", [b"no zip", b"PK\x05\x06", b""])
def test_a_broken_archive_is_one_line(tmp_path, data):
    path = tmp_path / "class.zip"
    path.write_bytes(data)
    (seen,) = found(path).values()
    assert seen.startswith("the archive cannot be read")
