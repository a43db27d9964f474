"""A class without names: nothing that says who somebody is, in any byte of what may be shown."""

import csv
import io
import os
import stat
import zipfile

import pytest

from collapse_edu.course.grading.anonymous import anonymous, write_anonymous
from collapse_edu.course.grading.changes import Change
from collapse_edu.course.grading.grades import grades
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.grading.roster import Person
from collapse_edu.course.quiz import bank
from course.grading.test_grades import unread

ZOE = Person("Zoë O'Neil-Łukasz", "S4711", "zoe.oneil@uni.example", "zon12",
             {"Identifier": "Participant 90817", "Full name": "Zoë O'Neil-Łukasz"})  # fmt: skip
MEI = Person("王小明", "S4712", "mei@uni.example", "mei88", {"Identifier": "Participant 90818"})
CY = Person("Cyrus Vance", "S4713", "cyrus@uni.example", "", {"Identifier": "Participant 90819"})
TOLD = [
    "Zoë", "zoë", "ZOË", "Zoe", "O'Neil", "O&#39;Neil", "Łukasz", "Zoe\u0308", "zoe.oneil", "zon12", "S4711", "90817",
    "record-of-zoe", "王小明", "S4712", "mei88", "mei@", "90818", "5e3a-record-of-mei", "Cyrus", "Vance", "S4713",
    "final_version", "Stranger", "stranger@example", "assignsubmission",
]  # fmt: skip


@pytest.fixture
def found():
    code = """# by Zoë O'Neil-Łukasz, zoe.oneil@uni.example (and ZOE, zoë, zoe_s)
author = "S4711"
def f():
    return 1
"""
    answers = {
        question.id: MarkedAnswer("right", "well done", learner="record-of-zoe") for question in bank.questions("M2")
    }
    function = next(question.id for question in bank.questions("M2") if question.kind == "function")
    number = next(question.id for question in bank.questions("M2") if question.kind == "numeric")
    answers[function] = MarkedAnswer(
        "wrong", "zoë(1) gives 'Łukasz'", "ask Cyrus Vance", None, ["zon12"], code, "record-of-zoe"
    )
    answers[number] = MarkedAnswer(
        "wrong", "it is no number", answer="这是王小明写的 mei@uni.example", learner="record-of-zoe"
    )
    in_moodle = "all.zip/{}_assignsubmission_file/{}".format
    zoe = Result(
        in_moodle("Zoë O'Neil-Łukasz_90817", "final_version.ipynb"), "ab" * 32, learner="record-of-zoe",
        name="Zoë O'Neil-Łukasz", lesson="M2", answers=answers, notes=("it looks like 王小明's",),
    )  # fmt: skip
    blank = {name: MarkedAnswer("no answer", learner="5e3a-record-of-mei") for name in answers}
    mei = Result(
        in_moodle("王小明_90818", "Q2.json"), "cd" * 32, learner="5e3a-record-of-mei", lesson="M2", answers=blank
    )
    stranger = unread("mail/Stranger final_version.json", name="A Stranger", learner="stranger@example.org")
    changes = [Change("", "S4712", "M2", None, 3.0, "王小明 handed it to Cyrus Vance on paper")]
    return grades([zoe, mei, stranger, Result("mail/Zoë.txt", status="left out", fault="no paper")],
                  [ZOE, MEI, CY], changes=changes)  # fmt: skip


def all_bytes(out):
    """Return name → bytes of everything in the folder that may be shown, its zip unpacked."""
    files = {str(path.relative_to(out)): path.read_bytes() for path in (out / "anonymous").rglob("*") if path.is_file()}
    with zipfile.ZipFile(out / "anonymous.zip") as archive:
        return files | {f"anonymous.zip/{name}": archive.read(name) for name in archive.namelist()}


def test_no_byte_says_who_somebody_is(found, tmp_path):
    write_anonymous(found, bank, tmp_path)
    content = all_bytes(tmp_path)
    assert {"anonymous/class.csv", "anonymous/gradebook.csv", "anonymous/class.html"} <= content.keys()
    assert sum(name.endswith(".html") for name in content) >= 8
    for name, data in content.items():
        for word in TOLD:
            assert word not in name, (name, word)
            assert word.encode() not in data, (name, word, data[max(0, data.find(word.encode()) - 80) :][:200])


def test_pages_still_say_what_was_right(found, tmp_path):
    write_anonymous(found, bank, tmp_path)
    (page,) = [
        path for path in (tmp_path / "anonymous" / "reports").glob("*_M2.html") if "def f()" in path.read_text("utf-8")
    ]
    text = page.read_text("utf-8")
    assert "well done" in text
    assert f"author = &#34;{page.stem.removesuffix('_M2')}&#34;" in text


def test_pseudonyms_stay_and_the_key_is_the_owners(found, tmp_path):
    write_anonymous(found, bank, tmp_path)
    key = tmp_path / "anonymous_key.csv"
    first = all_bytes(tmp_path)
    rows = list(csv.DictReader(io.StringIO(key.read_text("utf-8-sig"), newline="")))
    assert {row["name"] for row in rows} >= {ZOE.name, MEI.name, CY.name, "A Stranger"}
    assert len({row["pseudonym"] for row in rows}) == len(rows)
    write_anonymous(found, bank, tmp_path)
    assert all_bytes(tmp_path) == first
    write_anonymous(found[:1], bank, tmp_path)  # who is gone today may be back tomorrow
    write_anonymous(found, bank, tmp_path)
    assert all_bytes(tmp_path) == first
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not list((tmp_path / "anonymous").rglob("*key*"))


def test_namesakes_have_two_pseudonyms(tmp_path):
    twins = [Person("Ada Lovelace", "S1001"), Person("Ada Lovelace", "S1002")]
    papers = [
        Result(f"S100{each}/a.json", str(each), learner=f"r{each}", lesson="M2", name="Ada Lovelace") for each in (1, 2)
    ]
    write_anonymous(grades(papers, twins), bank, tmp_path)
    book = list(
        csv.DictReader(io.StringIO((tmp_path / "anonymous" / "gradebook.csv").read_text("utf-8-sig"), newline=""))
    )
    assert len({row["name"] for row in book}) == 2
    assert "Ada" not in str(book)


def test_a_stranger_without_a_paper_of_one_lesson_has_a_pseudonym(tmp_path):
    papers = [
        Result(f"{lesson}.json", learner=who, name=who, lesson=lesson) for who, lesson in (("a", "M2"), ("b", "M3"))
    ]
    found = grades(papers, [CY])
    assert any(grade.person is None and grade.result is None for grade in found)
    hidden = anonymous(found, tmp_path / "key.csv")
    assert len({grade.name for grade in hidden}) == 3


@pytest.mark.parametrize("name", ["Eve;=1+1", "=1+1", "＝x", "-Bo", "a,b", '"q"', "Zoë"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_pseudonyms_stay_whatever_the_name_and_however_the_key_is_saved(tmp_path, name, separator):
    paper = Result("a.json", "1", learner="r1", name=name, lesson="M2", answers={"M2.01": MarkedAnswer("right")})
    key = tmp_path / "key.csv"
    (first,) = anonymous(grades([paper]), key)
    rows = list(csv.reader(io.StringIO(key.read_text(encoding="utf-8-sig"), newline="")))
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    key.write_text(text.getvalue(), encoding="utf-8", newline="")
    (again,) = anonymous(grades([paper]), key)
    assert again.name == first.name
