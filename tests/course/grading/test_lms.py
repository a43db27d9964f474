"""What Moodle and Canvas import, read as they read it."""

import csv
import io
import zipfile

import pytest

from collapse_edu.course.grading.changes import Change
from collapse_edu.course.grading.grades import grades
from collapse_edu.course.grading.lms import canvas_table, moodle_table, write_lms
from collapse_edu.course.grading.returned import write_returned
from collapse_edu.course.grading.roster import Person, points_possible, read_roster
from collapse_edu.course.grading.table import TableError
from course.grading import lms_readers as reader
from course.grading.test_grades import paper, unread

NAMES = [
    "Ada Lovelace", 'Robert "Bob" O\'Neil, Jr.', "Zoë Müller-Łukasz", "王小明", "=HYPERLINK(1)", "＝cmd|1!A0",
    "+49 Ada", "@import", "Ada;=1+1", "Ада", "José, María", "-Mae", "Nobody Here",
]  # fmt: skip
PAPERS = range(len(NAMES) - 1)  # the last one hands in nothing


def written(path, head, rows, delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([head, *rows])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


@pytest.fixture
def worksheet(tmp_path):
    head = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
            "Last modified (submission)", "Last modified (grade)", "Feedback comments"]  # fmt: skip
    rows = [[f"Participant {9000 + place}", name, f"u{place}@example.org", "Submitted for grading", "", "100,00", "Yes",
             "Monday, 4 May 2026, 10:00 AM", "-", ""] for place, name in enumerate(NAMES)]  # fmt: skip
    return written(tmp_path / "worksheet.csv", head, rows)


@pytest.fixture
def canvas_export(tmp_path):
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Q2 Gaussian collapse (345)", "Essay (346)",
            "Q2 Current Score", "Final Score"]  # fmt: skip
    extra = [["", "", "", "", "", "Manual Posting", "", "", ""],
             ["    Points Possible", "", "", "", "", "10,00", "5.00", "(read only)", "(read only)"]]  # fmt: skip
    rows = [[name, str(7000 + place), f"S{place:04}", f"u{place}@example.org", "Tue, 10:00", "1.50", "4.5", "90", "80"]
            for place, name in enumerate(NAMES)]  # fmt: skip
    test = ["Student, Test", "7999", "", "", "Tue, 10:00", "", "", "", ""]
    return written(tmp_path / "gradebook_export.csv", head, [*extra, *rows, test])


def in_moodle(place, lesson="M2"):
    name = NAMES[place].replace("/", "")
    return f"all.zip/{name}_{9000 + place}_assignsubmission_file/Q.json" if lesson == "M2" else f"{lesson}/{place}.json"


def in_canvas(place):
    return f"all.zip/name{place}_{'LATE_' if place == 1 else ''}{7000 + place}_{100 + place}_Q2.ipynb"


def test_moodle_takes_the_worksheet(worksheet, tmp_path):
    people = read_roster(worksheet)
    results = [paper(in_moodle(place), f"r{place}", "110?" if place == 3 else "1100") for place in PAPERS]
    changes = [Change("", "u1@example.org", "M2", None, 3.0, 'good, "really" ; =1+1')]
    lines = write_lms(grades(results, people, changes=changes), people, tmp_path, moodle=True)
    participants = {str(9000 + place) for place in range(len(NAMES))}
    found = reader.moodle_worksheet((tmp_path / "moodle_worksheet.csv").read_bytes(), participants, 100)
    assert len(found) == len(NAMES)
    assert found["9000"] == (50.0, "")  # 2 of 4, out of 100
    assert found["9001"] == (75.0, 'good, "really" ;\' =1+1')
    assert found["9003"] == (None, "")  # a person must look: no silent number
    assert found["9012"] == (None, "")  # nothing handed in
    assert any("1 cells of moodle.csv, moodle_worksheet.csv have no new points" in line for line in lines)
    emails = {person.email for person in people}
    by_email = reader.moodle_import((tmp_path / "moodle.csv").read_bytes(), "Email address", emails, {"M2 (of 4)": 4})
    assert by_email["u1@example.org"] == {"M2 (of 4)": 3.0}
    assert by_email["u3@example.org"] == {"M2 (of 4)": None}


def test_a_worksheet_is_one_assignments(worksheet, tmp_path):
    people = read_roster(worksheet)
    one, two = (
        [paper(in_moodle(0), "r0")],
        [paper(in_moodle(0), "r0"), paper("Zoë Müller-Łukasz.json", "r2", lesson="M3")],
    )
    write_lms(grades(one, people), people, tmp_path, moodle=True)
    assert (tmp_path / "moodle_worksheet.csv").exists()
    lines = write_lms(grades(two, people), people, tmp_path, moodle=True)
    assert not (tmp_path / "moodle_worksheet.csv").exists()
    assert any("one assignment's" in line for line in lines)
    found = reader.moodle_import(
        (tmp_path / "moodle.csv").read_bytes(), "Email address", {person.email for person in people},
        {"M2 (of 2)": 2, "M3 (of 2)": 2},
    )  # fmt: skip
    assert found["u2@example.org"] == {"M2 (of 2)": None, "M3 (of 2)": 2.0}


def test_canvas_takes_the_gradebook(canvas_export, tmp_path):
    people = read_roster(canvas_export)
    assert len(people) == len(NAMES)
    results = [paper(in_canvas(place), f"r{place}", "10") for place in PAPERS]
    results.append(paper("José María.json", "r10", "11", lesson="M3"))
    found = grades([*results, unread("stranger.json", name="A Stranger")], people)
    lines = write_lms(found, people, tmp_path, canvas=True, possible=points_possible(canvas_export))
    students = {person.row["ID"] for person in people}
    assignments = {"Q2 Gaussian collapse (345)": 10.0, "Essay (346)": 5.0}
    read = reader.canvas((tmp_path / "canvas.csv").read_bytes(), students, assignments)
    assert len(read) == len(NAMES)
    assert read["7000"]["Q2 Gaussian collapse (345)"] == 5.0  # 1 of 2, out of 10
    assert list(read["7012"].values()) == [1.5, None]  # nothing handed in: what was there stays
    assert [grade for item, grade in read["7010"].items() if item.startswith("M3 ")] == [2.0]
    assert "not in the roster, so not in canvas.csv: A Stranger" in lines
    assert any("canvas.csv has points for 'Q2 Gaussian collapse (345)', 'M3 " in line for line in lines)


@pytest.mark.parametrize("spoil", [
    lambda text: text.replace("ID,", "Id,", 1), lambda text: text + text.splitlines()[-1] + "\r\n",
    lambda text: text.replace(",5\r\n", ",55\r\n"), lambda text: text.replace("7001", "7777"),
    lambda text: text.replace("(345)", "(999)"), lambda text: text.replace(",5\r\n", ",five\r\n"),
])  # fmt: skip
def test_the_reader_refuses_what_canvas_refuses(canvas_export, spoil):
    people = read_roster(canvas_export)
    table = canvas_table(grades([paper(in_canvas(0), "r0", "10")], people), people, points_possible(canvas_export))
    text = io.StringIO()
    csv.writer(text).writerows([f"{cell:g}" if isinstance(cell, float) else cell for cell in row] for row in table)
    students, assignments = {person.row["ID"] for person in people}, {"Q2 Gaussian collapse (345)": 10.0}
    assert reader.canvas(text.getvalue().encode(), students, assignments)["7000"] == {"Q2 Gaussian collapse (345)": 5.0}
    with pytest.raises(reader.RefusedError):
        reader.canvas(spoil(text.getvalue()).encode(), students, assignments)


@pytest.mark.parametrize(
    ("people", "flags", "said"),
    [
        ([], {"moodle": True}, "need --roster"),
        ([Person("Ada", row={"name": "Ada"})], {"moodle": True}, "needs an id number, an e-mail address"),
        ([Person("Ada", "1", row={"name": "Ada", "id": "1"})], {"canvas": True}, "must be Canvas's own export"),
        ([Person("Ada", "1", row={"Identifier": "Participant 1", "Grade": ""})], {"moodle": True}, "no column Last"),
        (
            [Person("Ada", "1", row={"Identifier": "Participant 1", "Grade": "", "Last modified (grade)": "-",
                                     "Maximum Grade": "Scale: good"})],
            {"moodle": True}, "on a scale",
        ),
        (
            [Person("Ada", "1", row=dict.fromkeys(["Student", "ID", "Section", "Q2 a (1)", "M2 b (2)"], "1"))],
            {"canvas": True}, "several columns of the roster: Q2 a \\(1\\), M2 b \\(2\\)",
        ),
    ],
)  # fmt: skip
def test_a_roster_that_does_not_suit_gets_one_line_and_nothing_is_written(tmp_path, people, flags, said):
    found = grades([paper("Ada.json", "1")], people)
    with pytest.raises(TableError, match=said) as error:
        write_lms(found, people, tmp_path, **flags)
    assert len(str(error.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_not_every_paper_can_count_there():
    people = [Person("Ada", "1001")]
    found = grades([paper("1001/1.json", "r"), paper("1001/2.json", "r")], people, choose="all")
    with pytest.raises(TableError, match="take --newest or --best"):
        moodle_table(found, people)


def test_pages_go_back_where_the_papers_came_from(tmp_path):
    for name in ("1", "2", "3", "4"):
        (tmp_path / f"{name}.html").write_text(name)
    papers = [
        "a.zip/Zoë_12_assignsubmission_file_/x/Q2.ipynb",
        "a.zip/Bo_13_assignsubmission_file_Q2.json",
        "mail/c.json",
    ]
    results = [paper(name, f"r{place}") for place, name in enumerate(papers)]
    pages = {name: f"{place}.html" for place, name in enumerate(papers, start=1)}
    lines = write_returned(grades(results), pages, tmp_path, "moodle")
    with zipfile.ZipFile(tmp_path / "moodle_M2.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "Zoë_12_assignsubmission_file/M2.html": b"1", "Bo_13_assignsubmission_file/M2.html": b"2",
        }  # fmt: skip
    assert lines == ["1 papers did not come from Moodle, so their pages are in no zip for it: mail/c.json"]
    first = (tmp_path / "moodle_M2.zip").read_bytes()
    write_returned(grades(results), pages, tmp_path, "moodle")
    assert (tmp_path / "moodle_M2.zip").read_bytes() == first
    results = [paper(in_canvas(place), "r", written=None) for place in (0, 1)]
    pages = {in_canvas(place): f"{place + 1}.html" for place in (0, 1)}
    assert write_returned(grades(results, choose="all"), pages, tmp_path, "canvas") == []
    with zipfile.ZipFile(tmp_path / "canvas_M2.zip") as archive:
        assert archive.namelist() == ["name0_7000_100_Q2.html", "name1_LATE_7001_101_Q2.html"]


def test_two_pages_of_one_folder_are_two_files(tmp_path):
    (tmp_path / "1.html").write_text("1")
    names = [f"Ada_12_assignsubmission_file/{name}.json" for name in "ab"]
    results = [paper(name, "r") for name in names]
    write_returned(grades(results, choose="all"), dict.fromkeys(names, "1.html"), tmp_path, "moodle")
    with zipfile.ZipFile(tmp_path / "moodle_M2.zip") as archive:
        assert archive.namelist() == [f"Ada_12_assignsubmission_file/{name}.html" for name in ("M2", "M2-2")]


def test_a_lesson_that_nobody_could_be_marked_for_has_no_column(tmp_path):
    people = [Person("Ada", "1"), Person("Bo", "2")]
    found = grades([paper("Ada.json", "ada", name="Ada"), unread("Bo.ipynb", name="Bo", lesson="M3")], people)
    assert {each.lesson: each.of for each in found if each.name == "Ada"}["M3"] is None
    assert not [column for column in moodle_table(found, people)[0] if "M3" in column]
