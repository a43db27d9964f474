"""Whose a paper is: by the folder of the system, by what it says, by its path; and what is in doubt is named."""

import pytest

from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.roster import Person, RosterError, lms_owner, matched, read_roster
from collapse_edu.course.grading.twins import noted

ADA, BO = Person("Ada Lovelace", "17", "ada@x.org", "ada1"), Person("Bo Li", "4711", "bo@x.org", "boli")
PARTICIPANTS = "First name,Last name,ID number,Email address\nAda,Lovelace,17,ada@x.org\nBo,Li,4711,bo@x.org\n"
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
    "Participant 901,Ada Lovelace,ada@x.org,Submitted,,10\nParticipant 902,Bo Li,bo@x.org,No submission,,10\n"
)
CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,Quiz 2 (55)\n"    Points Possible",,,,,10\n'
    '"Lovelace, Ada",77,17,ada1,S1,\n"Li, Bo",78,4711,boli,S1,\n"Student, Test",99,,,S1,\n'
)


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


def whose(result, people):
    """Return the name of the person whose a result is, and what is in doubt."""
    ((result, person),) = matched([result], people)
    return person and person.name, result.doubts


@pytest.mark.parametrize(
    "table", [PARTICIPANTS, WORKSHEET, CANVAS, "name,id,email\nAda Lovelace,17,ada@x.org\n\nBo Li,4711,bo@x.org\n"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_tables_of_moodle_canvas_and_ones_own(tmp_path, table, delimiter, encoding):
    text = table if delimiter == "," else table.replace('"Lovelace, Ada"', "Ada Lovelace").replace('"Li, Bo"', "Bo Li")
    if delimiter != ",":
        text = text.replace('"Student, Test"', "Test Student").replace(",", delimiter)
    people = read(tmp_path, text, encoding)
    assert [person.name for person in people] == ["Ada Lovelace", "Bo Li"]
    assert people[0].row.keys() == set(table.splitlines()[0].split(","))
    known = {(person.id, person.email) for person in people}
    assert any("17" in pair or "ada@x.org" in pair for pair in known)


def test_windows_encoding_is_said(tmp_path):
    path, said = tmp_path / "roster.csv", []
    path.write_bytes("name\nJürgen Müller\n".encode("cp1252"))
    assert read_roster(path, said.append)[0].name == "Jürgen Müller"
    (line,) = said
    assert "Windows-1252" in line


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "nobody"), (b"name,id\n", "nobody"), (b"color;size\nred;2\n", "its first row must name the columns"),
        ("name\nAda\n".encode("utf-16"), "save it as CSV UTF-8"), (b"PK\3\4\0\0", "save it as CSV UTF-8"),
        (b'name,id\n"Ada,1\n', "it is no CSV"),
    ],
)  # fmt: skip
def test_what_is_no_roster_is_one_line(tmp_path, data, said):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(RosterError, match=said) as error:
        read_roster(path)
    assert len(str(error.value).splitlines()) == 1
    with pytest.raises(RosterError, match="cannot read the roster"):
        read_roster(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "result",
    [
        Result("Q2.zip/Ada Lovelace_901_assignsubmission_file/Q2.ipynb"),
        Result("Ada Lovelace_5_assignsubmission_file_/Q2.ipynb"),
        Result("Ada Lovelace_5_assignsubmission_file_Q2.ipynb"),
        Result("Participant_901_assignsubmission_file/Q2.ipynb"),
        Result("lovelaceada_77_123_Q2.ipynb"),
        Result("lovelaceada_LATE_5_123_Q2-1.ipynb"),
        Result("x.zip/lovelaceada_77_123_Q2.zip/Q2.ipynb"),
        Result("q.json", name="ADA  LOVELACE"),
        Result("q.json", name="Lovelace, Ada"),
        Result("q.json", name="Lovelace Àda"),
        Result("q.json", name="17", learner="r1"),
        Result("q.json", learner="ada1"),
        Result("q.json", name="ada@X.org", learner="r1"),
        Result("handin_M2_Ada_Lovelace_1a2b.json"),
        Result("Lovelace, Ada/Q2.ipynb"),
        Result("ada@x.org.ipynb"),
        Result("papers/ada1/Q2.ipynb"),
    ],
    ids=lambda result: f"{result.submission}-{result.name}-{result.learner}",
)
def test_a_paper_finds_its_learner(result):
    ada = Person(ADA.name, ADA.id, ADA.email, ADA.login, {"Identifier": "Participant 901", "ID": "77"})
    assert whose(result, [BO, ada]) == ("Ada Lovelace", ())


@pytest.mark.parametrize("result", [Result("Q2 (17).json"), Result("q.json", name="Zoe"), Result("adalovelaces.json")])
def test_who_is_not_on_the_roster_is_named(result):
    assert whose(result, [BO, ADA]) == (None, ("nobody of the roster fits it",))


def test_two_of_one_name_are_never_merged_in_silence():
    twins = [Person("Maria García", "1001"), Person("Maria Garcia", "1002"), Person("Maria Garcia", "1003")]
    person, (doubt,) = whose(Result("q.json", name="maria garcia"), twins)
    assert person is None
    assert doubt.startswith("it may be of 2 people of the roster: Maria Garcia (1002); Maria Garcia (1003)")
    assert whose(Result("q.json", name="Maria García"), twins) == ("Maria García", ())
    assert whose(Result("maria garcia/1003/q.json", name="Maria Garcia"), twins) == ("Maria Garcia", ())
    (_, one), (_, two) = matched([Result("1002.json", name="Maria Garcia"), Result("1003.json")], twins)
    assert [one.id, two.id] == ["1002", "1003"]


def test_a_contradiction_is_named():
    moodle = Result("Ada Lovelace_5_assignsubmission_file/Q2.json", learner="r", name="Bo Li")
    assert whose(moodle, [ADA, BO]) == (
        "Ada Lovelace",
        ("whose it is: folder, name and record point to Ada Lovelace and to Bo Li",),
    )


def test_two_records_of_one_name_are_named():
    papers = [Result("a.json", learner="r1", name="Bo Li"), Result("b.json", learner="r2", name="Bo Li")]
    for result, person in matched(papers, [ADA, BO]):
        assert person is BO
        assert result.doubts == ("2 records are taken for Bo Li's: r1, r2",)
    folder = "Bo Li_5_assignsubmission_file/"
    same = [Result(folder + "a.json", learner="r1", name="Bo Li"), Result(folder + "b.json", learner="r2")]
    assert all(person is BO and not result.doubts for result, person in matched(same, [ADA, BO]))


def test_a_file_that_is_no_paper_needs_a_look_where_it_is_all():
    def looked_at(*results, people=()):
        return [result.submission for result, _ in matched(results, people) if result.to_look_at]

    def no_paper(path, status="left out"):
        return Result(path, status=status, fault="it is a PDF")

    assert looked_at(Result("ada/q.json", learner="a"), no_paper("ada/notes.pdf"), no_paper("bo/q.pdf")) == ["bo/q.pdf"]
    assert looked_at(Result("ada.json", learner="a"), no_paper("bo.pdf"), no_paper("README.txt")) == ["bo.pdf"]
    week = [Result(f"week/{name}.json", learner=name) for name in "ab"]
    assert looked_at(*week, no_paper("week/bo.pdf")) == ["week/bo.pdf"]  # not one learner's folder
    moodle = "Ada Lovelace_5_assignsubmission_"
    assert not looked_at(Result(f"{moodle}file/q.json"), no_paper(f"{moodle}onlinetext/onlinetext.html"))
    assert looked_at(no_paper(f"{moodle}onlinetext/README.txt"))
    assert not looked_at(Result("a.json", name="Bo Li"), no_paper("Bo Li.rar", "could not be marked"), people=[ADA, BO])
    assert looked_at(no_paper("Bo Li.rar", "could not be marked"), people=[ADA, BO])


def test_what_systems_call_a_file():
    assert lms_owner("a/Zoë O'Neil-Wu_3_assignsubmission_onlinetext/onlinetext.html").name == "Zoë O'Neil-Wu"
    assert lms_owner("Q2_gaussian_collapse.ipynb") is None
    assert lms_owner("handin_M2_Ada_1234_5678.json") is None
    assert lms_owner("Q2_2026_05_Ada.ipynb") is None
    assert lms_owner("CS_101_2026_Q2.ipynb") is None  # Canvas writes names in small letters


def test_lookalike_names_are_noted():
    papers = [Result("a", learner="1", name="Cora"), Result("b", learner="2", name="\u0421ora"), Result("c", name="Ян")]
    first, second, third = noted(papers)
    assert any("looks like that of b" in aside for aside in first.asides)
    assert "its name mixes letters of Cyrillic and Latin" in second.asides
    assert third.asides == ()


def test_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("name,name,id\nAda Lovelace,B,11\n")
    with pytest.raises(RosterError, match="two columns are called 'name': keep one"):
        read_roster(path)
