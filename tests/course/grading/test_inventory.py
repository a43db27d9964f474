"""The inventory of a class: files found, learners paired by name and by record, nobody merged or lost in silence."""

import json
import os
import zipfile

import pytest

from collapse_edu.cli import main
from collapse_edu.course.grading.inventory import InventoryError, KeptRecord, found_records, paired, read_inventory
from collapse_edu.course.quiz.bank.inventory_items import ITEMS
from collapse_edu.course.quiz.learning_gain import by_id


def option(options, right):
    return next(name for name, each in by_id(options).items() if each.right == right)


def answers(when, right, record):
    """Yield the events of one time, with the first so many items right."""
    for place, item in enumerate(ITEMS):
        yield {
            "id": f"{record}-{when}-{place}", "time": f"2026-0{1 if when == 'before' else 6}-01T00:00:{place:02}+00:00",
            "what": "inventory", "question": item.id, "learner": record, "when": when, "confidence": 3,
            "answer": option(item.answers, place < right), "reason": option(item.reasons, place < right),
        }  # fmt: skip


def named(name, record):
    return {
        "id": f"{record}-{name}", "time": "2026-01-01T00:00:00+00:00", "what": "identity", "question": "",
        "learner": record, "name": name, "settles": False,
    }  # fmt: skip


def lines(record, *events):
    header = {"format": "collapse-edu record", "version": 1, "learner": record}
    return "".join(json.dumps(each) + "\n" for each in (header, *events))


def kept(folder, file, record, name=None, before=None, after=None):
    """Write an exported record."""
    folder.mkdir(exist_ok=True)
    events = [named(name, record)] if name else []
    events += answers("before", before, record) if before is not None else ()
    events += answers("after", after, record) if after is not None else ()
    (folder / file).write_text(lines(record, *events), encoding="utf-8")


@pytest.fixture
def folders(tmp_path):
    """Twelve learners, each with another record after than before: two computers, or Binder."""
    for number in range(12):
        kept(tmp_path / "before", f"{number}.jsonl", f"old{number}", f"Learner {number}", before=3)
        kept(tmp_path / "after", f"{number}.jsonl", f"new{number}", f"LEARNER {number}", after=9 + number % 2)
    return tmp_path / "before", tmp_path / "after"


def test_two_records_of_one_name_are_paired(folders):
    found = read_inventory(*folders)
    assert (found.files, found.doubts) == (24, [])
    assert (found.gain.learners, found.gain.matched) == (12, 12)
    assert found.gain.before == pytest.approx(3 / 15)
    assert found.gain.after == pytest.approx(9.5 / 15)
    assert found.gain.difference.low < 6.5 / 15 < found.gain.difference.high


def test_one_record_is_paired_without_a_name_and_under_a_new_one(tmp_path):
    kept(tmp_path / "before", "a.jsonl", "r1", before=3)
    kept(tmp_path / "after", "x.jsonl", "r1", "Ada", before=3, after=9)
    kept(tmp_path / "before", "b.jsonl", "r2", "Bo", before=3)
    events = [named("Bo", "r2"), named("Bo Lee", "r2"), *answers("before", 3, "r2"), *answers("after", 9, "r2")]
    (tmp_path / "after" / "y.jsonl").write_text(lines("r2", *events))
    found = read_inventory(tmp_path / "before", tmp_path / "after")
    assert (found.gain.learners, found.gain.matched, found.doubts) == (2, 2, [])


def test_two_people_of_one_name_are_not_merged_in_silence(folders):
    kept(folders[0], "z.jsonl", "other", "Learner 3", before=15)
    found = read_inventory(*folders)
    assert found.gain.matched == 11
    (line,) = found.doubts
    assert line.startswith("3 records are called Learner 3: one learner's or several learners'?")
    assert all(part in line for part in ("before/3.jsonl", "before/z.jsonl", "after/3.jsonl"))
    assert sorted(found.gain.unmatched.values()) == [(0, 15), (15, 0), (15, 0)]


def test_one_identity_for_all_does_not_merge_those_with_names(tmp_path):
    for name in ("Ada", "Bo", "Cy"):
        kept(tmp_path / "before", f"{name}.jsonl", "binder", name)
        kept(tmp_path / "after", f"{name}.jsonl", "binder", name)
    kept(tmp_path / "after", "nobody.jsonl", "binder")
    records = [each for path, time in (("before", "before"), ("after", "after")) for each in
               found_records(tmp_path / path, time)]  # fmt: skip
    learners, doubts = paired(records)
    assert sorted(len(mine) for mine in learners) == [1, 2, 2, 2]
    assert doubts == []
    assert all(len({record.name for record in mine}) == 1 for mine in learners)


def test_a_copied_record_is_told(folders):
    text = (folders[0] / "1.jsonl").read_text()
    (folders[0] / "friend.jsonl").write_text(text.replace('"Learner 1"', '"Zed"'))
    found = read_inventory(*folders)
    assert [line.partition(":")[0] for line in found.doubts] == ["Learner 1 and Zed handed in the same answers"]
    assert found.gain.learners == 13


def test_the_same_record_twice_is_one(folders):
    (folders[1] / "copy (1).jsonl").write_bytes((folders[1] / "5.jsonl").read_bytes())
    found = read_inventory(*folders)
    assert (found.gain.matched, found.doubts) == (12, [])


def test_one_folder_holds_both_times(tmp_path):
    for number in range(9):
        kept(tmp_path / "all", f"{number}.jsonl", f"r{number}", f"L{number}", before=3, after=9)
    kept(tmp_path / "all", "old.jsonl", "old", "Ada", before=3)
    kept(tmp_path / "all", "new.jsonl", "new", "Ada", after=9)
    found = read_inventory(tmp_path / "all")
    assert (found.gain.learners, found.gain.matched, found.doubts) == (10, 10, [])


def test_every_option_is_counted(folders):
    rows = read_inventory(*folders).gain.chosen()
    for item in ITEMS:
        mine = [row for row in rows if row[0] == item.id]
        assert len(mine) == len(item.answers) + len(item.reasons)
        assert sum(row[4] for row in mine) == sum(row[5] for row in mine) == 24
    first, last = ([row for row in rows if row[0] == item.id and row[3] == "right"] for item in (ITEMS[0], ITEMS[-1]))
    assert [row[4:] for row in first] == [(12, 12)] * 2
    assert [row[4:] for row in last] == [(0, 0)] * 2


def test_what_is_no_record_is_named_and_no_learner(folders):
    (folders[0] / "essay.docx").write_bytes(b"PK?")
    (folders[0] / "empty.jsonl").write_text("")
    (folders[0] / ".DS_Store").write_text("")
    (folders[0] / "sixteen.jsonl").write_bytes(lines("r", *answers("before", 3, "r")).encode("utf-16"))
    (folders[0] / "new.jsonl").write_text(lines("r").replace('"version": 1', '"version": 99'))
    (folders[0] / "bom.jsonl").write_bytes(b"\xef\xbb\xbf" + lines("r", named("Bom", "r")).encode())
    found = read_inventory(*folders)
    assert found.gain.learners == 13
    assert found.gain.unmatched == {"Bom": (0, 0)}
    assert [line.rpartition("/")[2] for line in found.doubts] == [
        "empty.jsonl is no record of this course",
        "essay.docx is no record of this course",
        "new.jsonl was written by a newer version of the course: update the course",
        "sixteen.jsonl is no record of this course: it is not UTF-8",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows makes links for administrators alone")
def test_links_and_pipes_are_not_read(folders):
    (folders[0] / "link.jsonl").symlink_to("/etc/hostname")
    os.mkfifo(folders[0] / "pipe.jsonl")
    assert [line.rpartition("/")[2] for line in read_inventory(*folders).doubts] == [
        "link.jsonl: it is no plain file: not read",
        "pipe.jsonl: it is no plain file: not read",
    ]


def test_a_zip_is_read_and_its_bad_entries_are_named(folders, tmp_path):
    for place, folder in enumerate(folders):
        with zipfile.ZipFile(tmp_path / f"{place}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, f"class/{file.name}")
            archive.writestr("__MACOSX/class/._0.jsonl", "")
            archive.writestr("notes.txt", "hello")
            archive.writestr("bomb.jsonl", bytes(60 << 20))
    found = read_inventory(tmp_path / "0.zip", tmp_path / "1.zip")
    assert (found.gain.learners, found.gain.matched) == (12, 12)
    assert len(found.doubts) == 4
    assert all("notes.txt is no record" in line or "larger than 50 MB" in line for line in found.doubts)


def test_a_missing_or_an_empty_place_is_a_mistake(folders, tmp_path, capsys):
    with pytest.raises(InventoryError, match="there is no such file"):
        read_inventory(tmp_path / "nowhere", folders[1])
    (tmp_path / "empty").mkdir()
    assert main(["inventory", str(folders[0]), str(tmp_path / "empty")]) == 2
    assert capsys.readouterr().err.strip().endswith("there is no record in it (it is empty)")


def test_the_command_tells_all_and_writes_a_page(folders, tmp_path, capsys):
    kept(folders[0], "z.jsonl", "only", "Zoë & Co", before=2)
    page = tmp_path / "page.html"
    assert main(["inventory", *map(str, folders), "--out", str(page)]) == 0
    said = capsys.readouterr().out
    assert "12 of 13 learners answered all 15 items before and after" in said
    assert "Not compared (1):\n  Zoë & Co: 15 of 15 items before, 0 after" in said
    assert ITEMS[0].answers[0].text in said
    text = page.read_text(encoding="utf-8")
    assert "Zoë &amp; Co" in text
    assert "Zoë & Co" not in text
    assert text.count("<table>") == 3


def test_few_learners_get_one_line_and_a_doubt_asks_for_a_person(tmp_path, capsys):
    kept(tmp_path / "before", "a.jsonl", "r1", "Ada", before=3)
    kept(tmp_path / "after", "a.jsonl", "r2", "Ada", after=9)
    arguments = ["inventory", str(tmp_path / "before"), str(tmp_path / "after")]
    assert main(arguments) == 0
    said = capsys.readouterr().out.strip()
    assert said == "No statistics: 1 of 1 learners answered all 15 items before and after, and it takes at least 10."
    kept(tmp_path / "after", "b.jsonl", "r3", "ADA", after=15)
    assert main(arguments) == 3
    assert "one learner's or several learners'?" in capsys.readouterr().err


def test_a_record_knows_its_names_and_times():
    record = KeptRecord("x", "", "r", [named("Ada", "r"), named("Ada L", "r"), *answers("after", 1, "r")])
    assert (record.names, record.name, record.times) == (["Ada", "Ada L"], "Ada L", {"after"})


def test_the_name_of_a_file_pairs_nobody(tmp_path):
    kept(tmp_path / "before", "collapse_edu_record.jsonl", "r1", before=3)
    kept(tmp_path / "after", "collapse_edu_record.jsonl", "r2", after=9)
    found = read_inventory(tmp_path / "before", tmp_path / "after")
    assert (found.gain.learners, found.doubts) == (2, [])
    assert sorted(found.gain.unmatched.values()) == [(0, 15), (15, 0)]
