"""The tables that an instructor reads, for a class of two hundred with several lessons."""

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collapse_edu.cli import main
from collapse_edu.course.grading.changes import Change
from collapse_edu.course.grading.gradebook import class_table, gradebook_table, write_tables
from collapse_edu.course.grading.grades import grades
from collapse_edu.course.grading.lms import write_lms
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.grading.roster import Person
from course import handed_in
from course.grading import lms_readers as reader
from course.grading.test_class_marking import quick  # noqa: F401 - a fixture
from course.grading.test_grades import ADA, BO, paper, unread

LESSONS = {"M2": 12, "M3": 10, "M4": 8}
FIRST, LAST = ("Ada", "Zoë", "王", "José", "=Bo", "Ада"), ("Lovelace", "O'Neil, Jr.", '"Q"', "Müller")
BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)


def rows(table):
    """Return a table as a spreadsheet reads it: name of column → text."""
    return [dict(zip(map(str, table[0]), row, strict=True)) for row in table[1:]]


def the_class(seed=0):
    """Return people, papers, and (id, lesson) → how many answers are right, counted here."""
    rng = random.Random(seed)
    people, papers, right = [], [], {}
    for number in range(200):
        name = f"{FIRST[number % 6]} {LAST[number % 4]}"  # every name seventeen times or so
        row = {"Student": name, "ID": str(7000 + number), "SIS User ID": f"S{number:04}",
               "SIS Login ID": f"u{number}@example.org", "Section": "Tue, 10:00"}  # fmt: skip
        people.append(Person(name, row["SIS User ID"], "", row["SIS Login ID"], row))
        for lesson, many in LESSONS.items():
            for turn in range(rng.choice((0, 1, 1, 1, 2))):
                statuses = "".join(rng.choices("110-", k=many))
                place = f"{lesson}.zip/x_{7000 + number}_{1000 + turn}_{lesson}.json"
                when = (BEGIN + timedelta(hours=turn, minutes=number)).isoformat()
                papers.append(paper(place, f"r{number}", statuses, lesson, name=name, written=when))
                right[row["ID"], lesson] = statuses.count("1")  # the last one is the newest
    rng.shuffle(papers)
    return people, papers, right


def test_a_class_of_two_hundred(tmp_path):
    people, papers, right = the_class()
    found = grades(papers, people)
    book = rows(gradebook_table(found))
    assert len(book) == 200
    for person, row in zip(people, book, strict=True):
        totals = {lesson: right.get((person.row["ID"], lesson)) for lesson in LESSONS}
        assert {lesson: row[lesson] for lesson in LESSONS} == totals
        assert row["total"] == (
            sum(filter(None, totals.values())) if any(v is not None for v in totals.values()) else None
        )
        assert (row["id"], row["of"]) == (person.id, sum(LESSONS.values()))
    table = rows(class_table(found))
    assert sum(row["submission"] != "" for row in table) == len(papers)
    assert sum(row["counts"] == "yes" for row in table) == len(right)
    assert sum(row["status"] == "nothing handed in" for row in table) == 3 * 200 - len(right)
    write_tables(found, tmp_path)
    assert write_lms(found, people, tmp_path, canvas=True, moodle=True) == [
        "canvas.csv has points for 'M2 Gaussian collapse', 'M3 Losing the tails', 'M4 Image collapse'"
    ]
    students = {person.row["ID"] for person in people}
    read = reader.canvas((tmp_path / "canvas.csv").read_bytes(), students, {})
    assert {(student, item[:2]): grade for student, items in read.items() for item, grade in items.items()} == {
        (student, lesson): right.get((student, lesson)) for student in students for lesson in LESSONS
    }
    items = {f"{lesson} (of {most})": most for lesson, most in LESSONS.items()}
    ids = {person.id for person in people}
    assert len(reader.moodle_import((tmp_path / "moodle.csv").read_bytes(), "ID number", ids, items)) == 200


def test_the_table_of_submissions_says_what_each_paper_says():
    about = {"time": "2026-05-04T08:00:00+00:00", "hints": 1}
    answers = {
        "M2.01": MarkedAnswer("right", tries=2, solution=False, **about),
        "M2.02": MarkedAnswer("not marked", "it took too long", tries=3, solution=True, **about),
    }
    told = Result("ada.json", "1", learner="ada", name="Ada", lesson="M2", written="2026-05-04T09:00:00+00:00",
                  answers=answers, notes=("its name mixes letters",))  # fmt: skip
    old = paper("bo.json", "bo", "0-")
    found = grades([told, old, unread("c.json"), Result("README.txt", status="left out", fault="no paper")],
                   due={None: BEGIN})  # fmt: skip
    readme, ada, bo, cy = rows(class_table(found, {"ada.json": "reports/Ada.html"}))
    assert [ada[each] for each in ("tries", "hints", "solutions", "written", "late", "page", "M2.01", "M2.02")] == [
        5, 2, 1, "2026-05-04T09:00:00+00:00", "1:00:00", "reports/Ada.html", "1", "?",
    ]  # fmt: skip
    assert (ada["right"], ada["of"], ada["could not be marked"], ada["points"], ada["out of"]) == (1, 2, 1, 1, 2)
    assert "M2.02: it took too long" in ada["remarks"]
    assert "its name mixes letters" in ada["remarks"]
    assert [bo[each] for each in ("tries", "hints", "solutions", "written", "late")] == ["", "", "", "", "not known"]
    assert "whether it is late is not known" in bo["remarks"]
    assert (cy["status"], cy["could not be marked"], cy["remarks"][:13]) == (
        "could not be marked",
        "all",
        "it is cut off",
    )
    assert (readme["status"], readme["remarks"], readme["right"]) == ("left out", "no paper", "")
    assert [row["name"] for row in rows(gradebook_table(found))] == ["Ada", "bo", "c.json"]


def test_what_was_changed_shows_as_changed():
    changes = [Change("", "Ada Lovelace", "M2", "M2.02", 0.5, "nearly"), Change("", "Bo", "M2", None, 1.0)]
    found = grades([paper("a.json", "a", "1?", name="Ada Lovelace")], [ADA, BO], changes=changes)
    ada, bo = rows(class_table(found))
    assert (ada["M2.01"], ada["M2.02"], ada["points"]) == ("1", "0.5 (by hand)", 1.5)
    assert "M2.02 changed by hand: none → 0.5; comment: nearly" in ada["remarks"]
    ada, bo = rows(gradebook_table(found))
    assert (ada["M2"], bo["M2"]) == (1.5, 1)
    assert "a person must look" not in ada["remarks"]
    assert bo["remarks"] == "M2: nothing handed in; total changed by hand: none → 1"


def test_what_a_person_must_look_at_is_said_in_the_gradebook():
    (ada,) = rows(gradebook_table(grades([paper("a.json", "a", "1??")])))
    assert (ada["M2"], ada["of"]) == (1, 3)
    assert ada["remarks"] == "M2: a person must look: M2.02, M2.03 could not be marked"


def test_all_papers_have_rows_where_all_count():
    papers = [paper("1.json", "a"), paper("2.json", "a", "00"), paper("3.json", "a", lesson="M3")]
    book = rows(gradebook_table(grades(papers, choose="all")))
    assert [(row["M2"], row["M3"]) for row in book] == [(2, 2), (0, None)]


# The whole command, with nbval stood in for.


def handed(folder, papers):
    folder.mkdir()
    for name, data in papers.items():
        (folder / name).write_bytes(data)
    return folder


def read(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.fixture
def command(tmp_path, quick, monkeypatch):  # noqa: F811
    """Return a function: arguments → exit status; papers of ada (all right) and bob (one wrong) lie in ``papers``."""
    monkeypatch.chdir(tmp_path)
    choice, right = handed_in.CHOICE.id, handed_in.CHOICE.right_answer("ada")
    wrong = next(own for own, option in handed_in.CHOICE.by_id.items() if not option.right)
    handed(tmp_path / "papers", {"ada.json": handed_in.hand_in("ada", {choice: right}, name="Ada Lovelace"),
                                 "bob.json": handed_in.hand_in("bob", {choice: wrong})})  # fmt: skip
    (tmp_path / "class.csv").write_text("name,id,email\nAda Lovelace,17,ada@x.org\nbob,18,bo@x.org\nCy,19,cy@x.org\n")
    return lambda *arguments: main(["grade", "papers", "--out", "marks", "--roster", "class.csv", *arguments])


def test_the_command_counts_and_the_instructor_has_the_last_word(command, tmp_path, capsys):
    marks, choice = tmp_path / "marks", handed_in.CHOICE.id
    (tmp_path / "points.csv").write_text(f"question,points\n{choice},3\n")
    wishes = ["--points", "points.csv", "--due", "2025-12-31T12:00+00:00", "--moodle", "--anonymous"]
    assert command(*wishes) == 0
    said = capsys.readouterr()
    assert "each other lesson is due on 2025-12-31 at 12:00:00, UTC+00:00" in said.err
    assert "1 handed in nothing" in said.out
    first = {row["name"]: row for row in read(marks / "gradebook.csv")}
    assert (first["Ada Lovelace"]["M2"], first["bob"]["M2"], first["Cy"]["M2"]) == ("3", "0", "")
    assert "late by 12:00:00" in first["Ada Lovelace"]["remarks"]
    (row,) = [row for row in read(marks / "class.csv") if row["name"] == "Ada Lovelace"]
    assert (row["written"], row["late"]) == ("2026-01-01T00:00:00+00:00", "12:00:00")
    assert (marks / row["page"]).is_file()
    changes = f"learner,lesson,question,points,comment\r\n18,,{choice},1.5,see me\r\n".encode()
    (marks / "changes.csv").write_bytes(changes)
    assert command(*wishes) == 0
    assert (marks / "changes.csv").read_bytes() == changes
    assert {row["name"]: row["M2"] for row in read(marks / "gradebook.csv")}["bob"] == "1.5"
    assert {row["ID number"]: row["M2 feedback"] for row in read(marks / "moodle.csv")}["18"] == "see me"


@pytest.mark.parametrize(
    ("changes", "arguments", "said"),
    [
        ("Nobody,M2,,1,", [], "changes.csv, line 2: no learner has the name, id or e-mail 'Nobody'"),
        ("bob,M2,M2.99,1,", [], "changes.csv, line 2: "), ("bob,M2,,much,", [], "changes.csv, line 2: points must be"),
        ("", ["--points", "none.csv"], "cannot read none.csv"), ("", ["--due", "soon"], "--due must be a time"),
        ("", ["--canvas"], "must be Canvas's own export"), ("", ["--all", "--moodle"], "take --newest or --best"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_no_table_is_written(command, tmp_path, capsys, changes, arguments, said):
    marks = tmp_path / "marks"
    marks.mkdir()
    (marks / "changes.csv").write_text(f"learner,lesson,question,points,comment\n{changes}\n")
    assert command(*arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[-1]
    assert not (marks / "class.csv").exists()
    assert not (marks / "reports").exists()


def test_what_the_instructor_decided_needs_no_look(command, tmp_path):
    code = {handed_in.FUNCTION.id: []}, {handed_in.FUNCTION.id: handed_in.HONEST}
    (tmp_path / "papers" / "code.json").write_bytes(handed_in.hand_in("cy", *code, name="Cy"))
    assert command() == 3  # there is no isolation here
    (tmp_path / "marks" / "changes.csv").write_text(
        f"learner,lesson,question,points,comment\nCy,M2,{handed_in.FUNCTION.id},1,read it\n"
    )
    assert command() == 0


def test_twins_in_the_gradebook_are_two_rows():
    twins = [replace(ADA, id="1001", row={"ID": "1001"}), replace(ADA, id="1002", row={"ID": "1002"})]
    book = rows(gradebook_table(grades([paper("1001/a.json", "r")], twins)))
    assert [(row["name"], row["id"], row["M2"]) for row in book] == [
        ("Ada Lovelace", "1001", 2), ("Ada Lovelace", "1002", None),
    ]  # fmt: skip
    assert all("2 learners are called Ada Lovelace: listed apart" in row["remarks"] for row in book)


def test_a_page_says_nothing_of_other_learners(command, tmp_path):
    """It goes back to its learner; the table, which does not, says that two papers are the same."""
    paper_ = handed_in.hand_in("ada", {}, name="Ada Lovelace")
    for name in ("Ada Lovelace", "Cy"):
        (tmp_path / "papers" / f"{name}.json").write_bytes(paper_)
    command()
    assert any("the same file, to the byte" in row["remarks"] for row in read(tmp_path / "marks" / "class.csv"))
    pages = [page.read_text("utf-8") for page in (tmp_path / "marks" / "reports").glob("*.html")]
    assert len(pages) == 4
    assert not any("to the byte" in page for page in pages)
