"""The command ``collapse-edu ledger``: a ledger from the first file to the export, and what goes wrong in one line."""

import csv
import json

import pytest

from collapse_edu.cli import main


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [{"text": f"document {i}", "source": "web" if i < 6 else "archive", "date": "2026-01-31"} for i in range(10)]
    (tmp_path / "new.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def ledger(*words):
    return main(["ledger", *words])


def test_from_the_first_file_to_the_export(place, capsys):
    assert ledger("add", "book", "new.jsonl", "--declared", "real") == 0
    assert ledger("add", "book", "new.jsonl", "--declared", "real") == 0
    assert capsys.readouterr().out.splitlines() == [
        "10 rows: 10 new documents, 0 merged, 0 repeated",
        "10 rows: 0 new documents, 0 merged, 10 repeated",
    ]
    assert ledger("audit", "book", "--n", "4", "--out", "sample.csv") == 0
    with open("sample.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    with open("sample.csv", "w", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows({**row, "verified": "real" if i else ""} for i, row in enumerate(rows))
    assert ledger("audit", "book", "--findings", "sample.csv") == 0
    assert "3 findings written" in capsys.readouterr().out
    assert ledger("share", "book", "--by", "source") == 0
    assert ledger("without", "book", "web") == 0
    told = capsys.readouterr().out
    assert told.startswith("10 documents; real share: ")
    assert "6 documents, 6 of them only there; real share: " in told


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_an_export_is_an_import(place, capsys, name):
    ledger("add", "book", "new.jsonl")
    ledger("export", "book", name)
    ledger("add", "copy", name)
    ledger("export", "copy", f"again-{name}")
    assert (place / name).read_bytes() == (place / f"again-{name}").read_bytes()
    assert f"10 occurrences in {name}" in capsys.readouterr().out
    assert ledger("export", "book", name) == 2  # nothing is written over
    assert "File exists" in capsys.readouterr().err


def test_an_auditor_looks_a_text_up(place, capsys):
    ledger("add", "book", "new.jsonl")
    (place / "one").write_text("document 7\n")
    (place / "other").write_text("unheard of")
    capsys.readouterr()
    assert ledger("look", "book", "one") == 0
    assert capsys.readouterr().out == "2026-01-31  archive  declared: unknown  verified: not audited\n"
    ledger("look", "book", "other")
    assert capsys.readouterr().out == "this text is not in the ledger\n"
    (place / "other").write_bytes(b"\xff\xfe")
    assert ledger("look", "book", "other") == 2
    assert capsys.readouterr().err == "collapse-edu: other must be a text in UTF-8; it is not\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{"text": "a", "source": "s", "date": "2026-01-31"}\n{"text"', "bad.jsonl, after line 1: the next line is no"),
        ('{"text": "a", "source": "s", "date": "31.1."}', 'bad.jsonl, line 1: date must be a day such as "2026-01-31"'),
        ('{"text": "a", "date": "2026-01-31"}', "bad.jsonl, line 1: source must be a text that is not empty; got None"),
        ('{"hash": "a", "source": "s", "date": "2026-01-31"}', "bad.jsonl, line 1: hash must be 64 hexadecimal digits"),
        (
            '{"text": "a", "source": "\\ud800", "date": "2026-01-31"}',
            "bad.jsonl, line 1: source must be a text with",
        ),
        ("[1]", "bad.jsonl, after line 0: the next line is no JSON object"),
    ],
)
def test_what_is_wrong_has_file_and_line_and_nothing_is_written(place, capsys, content, line):
    (place / "bad.jsonl").write_text(content)
    ledger("add", "book", "new.jsonl")
    assert ledger("add", "book", "bad.jsonl") == 2
    assert line in capsys.readouterr().err
    ledger("add", "book", "new.jsonl")
    ledger("export", "book", "all.csv")
    assert "10 occurrences" in capsys.readouterr().out


def test_no_ledger_and_other_files_in_one_line(place, capsys):
    assert ledger("share", "none") == 2
    assert "there is no ledger none" in capsys.readouterr().err
    assert ledger("share", "new.jsonl") == 2
    assert "path must be a ledger, or no file yet; got new.jsonl" in capsys.readouterr().err
    assert ledger("add", "book", "none.jsonl") == 2
    assert "there is no file none.jsonl" in capsys.readouterr().err


def test_a_disclosure_says_what_the_ledger_knows_and_marks_the_rest(place, capsys):
    ledger("add", "book", "new.jsonl", "--declared", "real")
    (place / "more.jsonl").write_text('{"text": "a model wrote this", "source": "web", "date": "2026-02-01"}\n')
    ledger("add", "book", "more.jsonl", "--declared", "synthetic")
    given = {"answers": {"1.provider": "A small press"}, "kinds": {"web": "crawled"}}
    (place / "ours.json").write_text(json.dumps(given))
    capsys.readouterr()

    assert ledger("disclose", "book", "california", "--json") == 0
    fields = json.loads(capsys.readouterr().out)["fields"]
    assert list(fields) == [f"a{i}" for i in range(1, 13)]
    assert {key for key, field in fields.items() if field["by"] == "ledger"} == {"a1", "a3", "a10", "a12"}
    assert fields["a1"]["says"] == "archive (4), web (7)"
    assert fields["a10"]["says"] == "documents are dated 2026-01-31 to 2026-02-01"
    assert fields["a12"]["says"].startswith("1 occurrences are declared synthetic, 0 were found so in the audit")
    assert fields["a7"] == {"asks": fields["a7"]["asks"], "says": "not known to the ledger", "by": "nobody"}

    assert ledger("disclose", "book", "eu", "--answers", "ours.json") == 0
    page = capsys.readouterr().out
    assert "**1.provider** provider: A small press (your answer)" in page
    assert "web (7): occurrences of documents (by the ledger)" in page
    assert "of sources whose kind nobody has said: archive" in page
    assert "**3.rights** reservation of rights from text and data mining: *not known to the ledger*" in page
    assert "No legal advice" in page


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("nonsense", "must be JSON"),
        ('{"more": {}}', "must hold"),
        ('{"answers": {"a99": "?"}}', "answers must have keys among 1.provider"),
        ('{"answers": {"1.model": 5}}', "answers must map keys to texts; got 5 for 1.model"),
        ('{"kinds": {"web": "found"}}', 'kind of web must be "public" or "licensed"'),
        ('{"kinds": {"nowhere": "user"}}', "kinds must name sources of the ledger; got 'nowhere'"),
    ],
)
def test_answers_that_are_none_are_one_line(place, capsys, given, line):
    ledger("add", "book", "new.jsonl")
    (place / "ours.json").write_text(given)
    capsys.readouterr()
    assert ledger("disclose", "book", "eu", "--answers", "ours.json") == 2
    told = capsys.readouterr().err
    assert line in told
    assert told.count("\n") == 1
