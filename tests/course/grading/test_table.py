"""Tables: read with one line for each mistake, written so that no spreadsheet runs anything."""

import csv
import io
import re
import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collapse_edu.course.grading.changes import begin, read_changes
from collapse_edu.course.grading.due import due_times
from collapse_edu.course.grading.points import read_points
from collapse_edu.course.grading.table import Handle, TableError, as_text, csv_bytes
from collapse_edu.course.quiz import bank

SIGNS = "=+-@＝＋－＠﹢﹣⁺⁼−"
BLANKS = ["", " ", "\u3000", "\xa0", "\u200b", "\u200f", "\ufeff", "\u2060", '"', "\x1b"]
NUMBER = re.compile(r"\s*[+-]?[0-9]+([.,][0-9]+)?\s*%?\s*")


def pieces(text):
    """Return what a spreadsheet may make a cell of, as a spreadsheet sees it: blanks and unseen characters are gone."""
    for separators in (";", "\t", "\r", "\n", "|", ";\t\r\n|"):
        for piece in re.split(f"[{separators}]", text):
            yield "".join(letter for letter in piece if unicodedata.category(letter)[0] not in "CZ" and letter != '"')


def runs(text):
    found = (piece for piece in pieces(text) if piece != "-" and not NUMBER.fullmatch(piece))
    return any(piece[:1] and piece[0] in SIGNS for piece in found)


@pytest.mark.parametrize("before", ["", "Ada;", "Ada\t", "Ada\r\n", "a;b;", "|"])
def test_no_text_is_a_formula(before):
    for blank, sign in product(BLANKS, SIGNS):
        text = f"{before}{blank}{sign}HYPERLINK(A1)"
        assert runs(text)
        guarded = as_text(text)
        assert not runs(guarded)
        assert guarded.replace("'", "") == text
        assert as_text(guarded) == guarded


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from(list(SIGNS + " ;\t\r\n|\"',.1a") + BLANKS[1:]), st.characters())))
def test_whatever_is_written_no_spreadsheet_runs_it(text):
    guarded = as_text(text)
    assert not runs(guarded)
    assert guarded.replace("'", "") == text.replace("'", "")
    ((cell, after),) = csv.reader(io.StringIO(csv_bytes([[text, 1]], mark=False).decode(), newline=""))
    assert (cell, after) == (guarded.encode("utf-8", "replace").decode(), "1")


@pytest.mark.parametrize(
    "text", ["-1", "-", "a;-;b", "+1.5", "-0,5", "12", "-3 %", "Ada-Mae", "a=b", "x@y.org", "'=1", "O'Neil", ""]
)
def test_what_is_harmless_stays_as_it_is(text):
    assert as_text(text) == text


def test_numbers_stay_numbers():
    table = csv_bytes(
        [[-1, -0.5, 1 / 3, 12.0, None, "-1", Handle("-ada@x.org"), Handle("=1"), "-ada@x.org"]], mark=False
    )
    assert table.decode() == "-1,-0.5,0.3333333333,12,,-1,-ada@x.org,'=1,'-ada@x.org\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "question,points\nM2.01,2\nq2.2,\"0,5\"\n", "points;question\r\n2;M2.01\r\n0,5;m2.2\r\n",
        "\ufeffQuestion\tPoints\n\n# the first is easy\nM2.01\t2\nM2.02\t0.5\n",
    ],
)  # fmt: skip
def test_points_as_people_write_them(tmp_path, text):
    (tmp_path / "points.csv").write_text(text, encoding="utf-8", newline="")
    assert read_points(tmp_path / "points.csv", bank) == {"M2.01": 2.0, "M2.02": 0.5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,points\nM2.99,1\n", "line 2: .*M2.99"),
        ("question,points\nM2.01,1\nM2.02,-1\n", "line 3: points must be a number from 0; got '-1'"),
        ("question,points\nM2.01,nan\n", "line 2: points must be a number from 0; got 'nan'"),
        ("question,points\nM2.01,1e3\n", "line 2: points must be a number from 0"),
        ("question,points\nM2.01,\n", "line 2: M2.01 has no points"),
        ("question,points\nM2.01,1\nq2.1,2\n", "line 3: M2.01 stands there twice"),
        ("question,points\nM2.01,0,5\n", "line 2: more cells than columns"),
        ("question,points\nM2.e1,1\n", "line 2: M2.e1 is an exercise"),
        ("question,weight\n", "must name the columns question, points; it has question, weight"),
        ("", "it has nothing"), ("question,points,points\n", "must name the columns"),
        (b"question,points\nM2.01,\xff\n", "is not UTF-8: save it again as 'CSV UTF-8'"),
        ("question,points\nM2.01,1\0\n", "is not a CSV file"),
        (f"question,points\n{'M' * 200_000},1\n", "line 2: field larger"),
        (None, "cannot read"),
    ],
)  # fmt: skip
def test_mistakes_in_points_get_one_line(tmp_path, text, said):
    path = tmp_path / "points.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TableError, match=said) as error:
        read_points(path, bank)
    assert len(str(error.value).splitlines()) == 1


def test_changes_are_begun_once_and_never_written_again(tmp_path):
    path = tmp_path / "changes.csv"
    begin(path)
    assert read_changes(path, bank) == []
    content = b"learner;lesson;question;points;comment\r\nAda;;q2.3;0,5;nearly\r\n\r\nBo;Q2;;3;\r\nCy;M2;;;see me"
    path.write_bytes(content)
    begin(path)
    assert path.read_bytes() == content
    found = [(each.learner, each.lesson, each.question, each.points, each.comment) for each in read_changes(path, bank)]
    assert found == [
        ("Ada", "M2", "M2.03", 0.5, "nearly"), ("Bo", "M2", None, 3.0, ""), ("Cy", "M2", None, None, "see me"),
    ]  # fmt: skip
    assert read_changes(tmp_path / "none.csv", bank) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",M2,,1,", "line 2: it names no learner"), ("Ada,M77,,1,", "line 2: lesson must be one of M1, M2"),
        ("Ada,,,1,", "lesson must be one of"), ("Ada,M3,M2.03,1,", "line 2: M2.03 is no question of M3"),
        ("Ada,M2,M2.77,1,", "line 2: .*M2.77"), ("Ada,M2,,,", "neither points nor a comment"),
        ("Ada,M2,,much,", "points must be a number from 0; got 'much'"),
    ],
)  # fmt: skip
def test_mistakes_in_changes_get_one_line(tmp_path, row, said):
    (tmp_path / "changes.csv").write_text(f"learner,lesson,question,points,comment\n{row}\n")
    with pytest.raises(TableError, match=said) as error:
        read_changes(tmp_path / "changes.csv", bank)
    assert str(error.value).startswith("changes.csv, line 2: ")


def test_due_times(monkeypatch):
    found = due_times(["q2=2026-05-04T12:00+02:00", "2026-05-05T10:00Z"], bank)
    assert {lesson: when.isoformat() for lesson, when in found.items()} == {
        "M2": "2026-05-04T12:00:00+02:00", None: "2026-05-05T10:00:00+00:00",
    }  # fmt: skip
    day = due_times(["2026-05-05"], bank)[None]
    assert day.tzinfo is not None
    assert (day.day, day.hour, day.minute) == (5, 23, 59)
    for wrong, said in (
        (["M77=2026-05-05"], "lesson must be one of"), (["tomorrow"], "got 'tomorrow'"),
        (["2026-05-05", "2026-05-06"], "twice when all is due"), (["M2=2026-13-05"], "must be a time such as"),
    ):  # fmt: skip
        with pytest.raises(TableError, match=said):
            due_times(wrong, bank)
