"""The whole way, and what people read at its end. nbval is stood in for where it is not what is tested."""

import csv
import io
import json
import re
import subprocess
import sys
import warnings
import zipfile
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from collapse_edu.cli import main
from collapse_edu.course.grading import class_marking, gradebook
from collapse_edu.course.grading.class_marking import GradeError, grade
from collapse_edu.course.grading.progress import Progress
from collapse_edu.course.grading.result import Result
from collapse_edu.course.grading.roster import Person, matched
from collapse_edu.course.grading.state import State, StateError
from collapse_edu.course.grading.summary import summary
from collapse_edu.course.grading.table import TableError
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.notebook import quiz_notebook
from course import handed_in as paper

STATUS = {True: "right", False: "wrong", None: "no answer"}


@pytest.fixture
def quick(monkeypatch, no_isolation):
    """Judge here instead of in nbval; return the list of the learners that were marked."""
    seen = []

    def verdict(name, answer, learner):
        found = bank.question(name).judge(answer.data, learner)
        status = "not marked" if answer.fault else STATUS[found.right]
        reason = answer.fault or found.reason
        return {"status": status, "reason": reason, "next_step": "", "misconception": found.misconception}

    def mark(scripts, bank):
        seen.extend(script.learner for script in scripts)
        return [
            {name: verdict(name, answer, script.learner) for name, answer in script.answers.items()}
            for script in scripts
        ]

    monkeypatch.setattr(class_marking, "mark", mark)
    return seen


def choice(learner, option):
    return paper.hand_in(learner, {paper.CHOICE.id: option})


def wrong_option():
    return next(own for own, option in paper.CHOICE.by_id.items() if not option.right and option.misconception)


def rows(out):
    with open(out / "class.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def tree(out):
    return {path.relative_to(out): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_class_table(marked, quick, tmp_path):
    right, wrong = paper.CHOICE.right_answer("ada"), wrong_option()
    marked({"a.json": choice("ada", right), "b.json": choice("bob", wrong), "c.json": b"{", "d/e.ipynb": b"[]"})
    found = {row["submission"]: row for row in rows(tmp_path / "marks")}
    assert list(found) == ["a.json", "b.json", "c.json", "d/e.ipynb"]
    assert [found[name][paper.CHOICE.id] for name in found] == ["1", "0", "", ""]
    assert [found[name]["right"] for name in found] == ["1", "0", "", ""]
    assert found["b.json"]["misconceptions"] == paper.CHOICE.by_id[wrong].misconception
    assert "not a notebook" in found["d/e.ipynb"]["remarks"]
    counts = (tmp_path / "marks" / "misconceptions.csv").read_text(encoding="utf-8-sig")
    assert f"{paper.CHOICE.by_id[wrong].misconception},1," in counts


def test_a_paper_that_could_not_be_marked_is_its_learners(marked, quick):
    blank = quiz_notebook("Q1_telephone_game")
    blank["metadata"]["collapse_edu"]["learner"] = "ada"
    found = marked({"Q1.ipynb": json.dumps(blank).encode()})["Q1.ipynb"]
    assert (found.status, found.lesson, found.learner) == ("could not be marked", "M1", "ada")


def test_same_inputs_same_bytes(marked, quick, tmp_path):
    handed = {f"{name}.json": choice(name, "a") for name in "abcdefgh"} | {"bad.json": b"{"}
    marked(handed, tmp_path / "one")
    marked(handed, tmp_path / "two", jobs=4)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    before = tree(tmp_path / "one")
    marked(handed, tmp_path / "one")
    assert tree(tmp_path / "one") == before


def test_what_is_marked_is_not_marked_again(marked, quick):
    marked({"a.json": choice("ada", "a")})
    marked({"a.json": choice("ada", "a"), "copy.json": choice("ada", "a"), "b.json": choice("bob", "a")})
    assert quick == ["ada", "bob"]


def test_other_questions_mark_no_old_paper_again(marked, quick, monkeypatch, tmp_path):
    before = marked({"a.json": choice("ada", "a")})["a.json"]
    monkeypatch.setattr(class_marking, "_fingerprint", lambda bank: "another")
    said = []
    after = marked({"a.json": choice("ada", "a"), "b.json": choice("bob", "a")}, say=said.append)
    assert after["a.json"] == before
    assert quick == ["ada", "bob"]
    assert said == ["1 marked by an older version of the course stay as they are; --again NAME marks them anew"]
    marked({}, again=["ada"], say=said.append)
    assert quick == ["ada", "bob", "ada"]
    assert len(said) == 1


def test_another_try_that_counts_is_marked_anew(marked, quick):
    marked({"a.json": choice("ada", "a")})
    marked({"a.json": choice("ada", "a")}, attempt="first")
    assert quick == ["ada", "ada"]


def test_a_half_written_state_is_marked_anew(marked, quick, tmp_path):
    marked({"a.json": choice("ada", "a")})
    (state,) = (tmp_path / "marks" / "state").glob("*-hand-in.json")
    state.write_bytes(state.read_bytes()[:100])
    marked({"a.json": choice("ada", "a")})
    assert quick == ["ada", "ada"]


@pytest.mark.parametrize("content", [b"{", b'[{"place": "a.json", "of_a_newer_version": 1}]', None])
def test_a_class_whose_index_is_damaged_or_gone_never_shrinks_in_silence(marked, quick, tmp_path, content):
    marked({"a.json": choice("ada", "a")})
    index = tmp_path / "marks" / "state" / "index.json"
    index.unlink()
    if content is not None:
        index.write_bytes(content)
    with pytest.raises(GradeError, match="choose another folder with --out and name all papers"):
        marked({"b.json": choice("bo", "a")})


def test_two_runs_that_note_what_they_found_lose_nothing(tmp_path):
    """The index is read, changed and written by both."""
    (tmp_path / "state").mkdir()
    code = """
import sys
from pathlib import Path
from collapse_edu.course.grading.state import State
from collapse_edu.course.grading.submission import Submission
out, who = Path(sys.argv[1]), sys.argv[2]
for number in range(20):
    name = f"{who}{number}.json"
    State(out, "marker").add([Submission(name, out / name, sha256=name, kind="hand-in")])
"""
    runs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in "ab"]
    assert [run.wait() for run in runs] == [0, 0]
    found = json.loads((tmp_path / "state" / "index.json").read_text())
    assert len({entry["name"] for entry in found}) == 40


def test_late_files_are_marked_as_the_class_was(quick, tmp_path, capsys):
    """Options that a later command does not say are as before; a roster's learners keep their rows."""
    for name in ("ada", "bo"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.json").write_bytes(choice(name, "a"))
    (tmp_path / "roster.csv").write_text("name,id\nada,1\nbo,2\ncy,3\n")
    out = str(tmp_path / "marks")
    roster = ["--roster", str(tmp_path / "roster.csv")]
    main(["grade", str(tmp_path / "ada"), "--out", out, *roster, "--due", "M2=2025-12-31T12:00+00:00"])
    main(["grade", str(tmp_path / "bo"), "--out", out])
    assert "as before: --roster " in capsys.readouterr().err
    found = {row["name"]: row for row in rows(tmp_path / "marks")}
    assert list(found) == ["ada", "bo", "cy"]
    assert found["cy"]["status"] == "nothing handed in"
    assert found["bo"]["late"]
    main(["grade", str(tmp_path / "bo"), "--out", out, "--forget"])
    assert [row["name"] for row in rows(tmp_path / "marks")] == ["ada", "bo"]


def test_a_number_in_a_path_names_nobody(quick, tmp_path):
    """The roster has Ada as number 2, and Bo's file is the second of its name."""
    (tmp_path / "in").mkdir()
    for name, file in (("ada", "ada.json"), ("bo", "Q2 (2).json")):
        (tmp_path / "in" / file).write_bytes(choice(name, "a"))
    (tmp_path / "roster.csv").write_text("name,id\nAda,2\nBo,3\n")
    roster = ["--roster", str(tmp_path / "roster.csv")]
    main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "marks"), *roster, "--only", "Ada"])
    assert quick == ["ada"]


def test_one_fault_never_stops_the_others(marked, quick, monkeypatch):
    def find_answers(data, *args, **kwargs):
        if b"bob" in data:
            raise ZeroDivisionError("a bug of ours\nin two lines")
        return class_marking.find_answers.__wrapped__(data, *args, **kwargs)

    find_answers.__wrapped__ = class_marking.find_answers
    monkeypatch.setattr(class_marking, "find_answers", find_answers)
    results = marked({"a.json": choice("ada", "a"), "b.json": choice("bob", "a")})
    assert results["a.json"].fault is None
    assert results["b.json"].fault == "the marker failed on it: ZeroDivisionError: a bug of ours in two lines"


def test_what_was_cut_off_is_marked_again(marked, quick, monkeypatch):
    def find_answers(*args, **kwargs):
        script = class_marking.find_answers.__wrapped__(*args, **kwargs)
        script.final = False
        return script

    find_answers.__wrapped__ = class_marking.find_answers
    monkeypatch.setattr(class_marking, "find_answers", find_answers)
    marked({"a.json": choice("ada", "a")})
    marked({"a.json": choice("ada", "a")})
    assert quick == ["ada", "ada"]


def test_a_table_that_is_open_elsewhere_gets_one_line(marked, quick, tmp_path, monkeypatch):
    def write(path, content, mode):
        if path.name == "class.csv":
            raise PermissionError(13, "Access is denied", "temporary", None, str(path))

    monkeypatch.setattr(gradebook, "write_atomically", write)
    with pytest.raises(TableError, match=r"cannot write .*class\.csv \(Access is denied\): close it, or make") as error:
        marked({"a.json": choice("ada", "a")})
    assert len(str(error.value).splitlines()) == 1


def test_the_state_of_a_class_grows(tmp_path, quick):
    """A late file adds to the table; a new file in an old one's place is one more; what is gone stays."""
    papers, late, out = tmp_path / "papers", tmp_path / "late", tmp_path / "marks"
    for folder in (papers, late):
        folder.mkdir()
    (papers / "a.json").write_bytes(choice("ada", "a"))
    (papers / "b.json").write_bytes(choice("bob", "a"))
    (late / "c.json").write_bytes(choice("cy", "a"))
    said = []
    assert len(grade([papers], out, say=said.append)) == 2
    assert [each.submission for each in grade([late], out, say=said.append)] == ["a.json", "b.json", "c.json"]
    (papers / "a.json").write_bytes(choice("ada", "b"))
    (papers / "b.json").unlink()
    found = grade([papers], out, say=said.append)
    assert [(each.submission, each.learner, each.turn, each.turns) for each in found] == [
        ("a.json", "ada", 1, 2), ("a.json (2)", "ada", 2, 2), ("b.json", "bob", 1, 1), ("c.json", "cy", 1, 1),
    ]  # fmt: skip
    assert said == ["a.json (2) lies where another file lay before: both are kept"]
    assert quick == ["ada", "bob", "cy", "ada"]
    assert grade([late / "c.json"], out, say=said.append) == found


def test_a_second_download_is_the_same_and_another_folder_is_not(tmp_path, quick):
    moodle, out = "Ada Lovelace_123_assignsubmission_file", tmp_path / "marks"
    for name in ("Q2.zip", "Q2 (1).zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(f"{moodle}/Q2.json", choice("ada", "a"))
    grade([tmp_path / "Q2.zip"], out, say=str)
    assert [each.submission for each in grade([tmp_path / "Q2 (1).zip"], out, say=str)] == [f"Q2.zip/{moodle}/Q2.json"]
    for name in ("ada", "bob"):  # a friend's copy, handed in with its name
        (tmp_path / name).mkdir()
        (tmp_path / name / "Q2.json").write_bytes(choice("cy", "a"))
        found = grade([tmp_path / name / "Q2.json"], out, say=str)
    assert [each.submission for each in found] == ["Q2.json", "Q2.json (2)", f"Q2.zip/{moodle}/Q2.json"]
    assert "the same file, to the byte, as Q2.json (2)" in found[0].asides
    assert quick == ["ada", "cy"]


def test_only_and_again_mark_one_learner(marked, quick):
    papers = {
        "Ada Lovelace_12345_assignsubmission_file/Q2.json": choice("x1", "a"),
        "handin_M2_bob.json": choice("x2", "a"),
        "c.json": paper.hand_in("x3", {paper.CHOICE.id: "a"}, name="Cý Li"),
        "d.json": choice("x4", "a"),
    }
    assert len(marked(papers, only=["Lovelace, Ada"])) == 1
    assert quick == ["x1"]
    people = [Person("Dee", id="s-17", login="x4"), Person("Bo B", email="bob")]
    for name, learner in (("12345", "x1"), ("bob", "x2"), ("li CY", "x3"), ("x4", "x4"), ("s-17", "x4")):
        marked(papers, only=[name], again=[name], people=people)
        assert quick.pop() == learner
    for option in ("only", "again"):
        with pytest.raises(GradeError, match=rf"--{option}: nothing of 'zoe' is here"):
            marked(papers, **{option: ["zoe"]})


def test_what_is_no_paper_has_a_result(marked, quick):
    found = marked(
        {
            "a/Q2.json": choice("ada", "a"),
            "a/notes.pdf": b"%PDF",
            "b/Q2.docx": b"x",
            "c/Q2.rar": b"Rar!",
            "README": b"x",
        }
    )
    assert {name: each.status for name, each in found.items()} == {
        "README": "left out", "a/Q2.json": "marked", "a/notes.pdf": "left out", "b/Q2.docx": "left out",
        "c/Q2.rar": "could not be marked",
    }  # fmt: skip
    looked = {result.submission for result, _ in matched(list(found.values()), []) if result.to_look_at}
    assert looked == {"b/Q2.docx", "c/Q2.rar"}


def test_litter_is_counted_in_one_line(marked, quick):
    said = []
    marked(
        {"a.json": choice("ada", "a"), ".DS_Store": b"", "x/Thumbs.db": b"", "__MACOSX/._a.json": b""}, say=said.append
    )
    assert said[0].startswith("3 files and folders that systems leave behind")


def test_two_learners_of_one_name_are_two_rows(marked, quick, tmp_path):
    """Also where both files have one name, and in a zip."""
    papers = {f"{learner}/handin_M2_Ada.json": paper.hand_in(learner, {}, name="Ada") for learner in ("a1", "b2")}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one name twice
        for learner in ("c3", "d4"):
            file.writestr("handin_M2_Ada.json", paper.hand_in(learner, {}, name="Ada"))
    marked(papers | {"class.zip": archive.getvalue(), "e.json": choice("ed", "b")})
    found = rows(tmp_path / "marks")
    assert sorted((row["learner"], row["name"]) for row in found) == [
        ("a1", "Ada"), ("b2", "Ada"), ("c3", "Ada"), ("d4", "Ada"), ("ed", "ed"),
    ]  # fmt: skip
    assert [row["remarks"] for row in found if row["name"] == "Ada"] == ["4 learners are called Ada: listed apart"] * 4
    assert len(list((tmp_path / "marks" / "reports").glob("*.html"))) == 5


class Outline(HTMLParser):
    """What a screen reader needs to find."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))


def test_a_page_can_be_read_by_all_and_runs_nothing(marked, quick, tmp_path):
    evil = "<script>alert(1)</script>"
    marked({"a.json": paper.hand_in("ada", {paper.CHOICE.id: "a", paper.NUMERIC.id: f"{evil}{evil}"})})
    (page,) = (tmp_path / "marks" / "reports").glob("*.html")
    outline = Outline(page.read_text(encoding="utf-8"))
    headings = [int(tag[1]) for tag in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert dict(outline.attributes)["html"] == {"lang": "en"}
    assert not {"script", "img", "iframe", "link"} & set(outline.tags)
    assert {each.get("scope") for tag, each in outline.attributes if tag == "th"} == {"col", "row"}
    assert "caption" in outline.tags
    text = page.read_text(encoding="utf-8")
    assert "Read next: " in text
    assert "&lt;script&gt;" in text
    assert "http" not in text  # nothing is loaded from anywhere


@pytest.mark.parametrize("learner", ["../../etc/x", "CON", "a" * 200, "ünï", "a/b\\c:d"])
def test_any_name_gives_a_file_in_the_folder(marked, quick, tmp_path, learner, monkeypatch):
    data = json.loads(paper.notebook("x", {}))
    data["metadata"]["collapse_edu"]["learner"] = learner
    marked({"a.ipynb": json.dumps(data).encode()})
    names = [path.name for path in (tmp_path / "marks" / "reports").iterdir()]
    assert len(names) == 2
    assert all(len(name) < 120 and re.fullmatch(r"[\w.@+ -]+", name) for name in names)


def test_command(tmp_path, quick, capsys):
    path, out = tmp_path / "a.json", ["--out", str(tmp_path / "marks")]
    path.write_bytes(choice("ada", wrong_option()))
    assert main(["grade", str(path), *out]) == 0
    assert "1 marked, 0 could not be marked, 0 left out" in capsys.readouterr().out
    code = tmp_path / "code.json"
    code.write_bytes(paper.hand_in("bob", {paper.FUNCTION.id: []}, {paper.FUNCTION.id: paper.HONEST}))
    (tmp_path / "bad.json").write_bytes(b"{")
    assert main(["grade", str(path), str(code), str(tmp_path / "bad.json"), *out]) == 3
    said = capsys.readouterr()
    assert said.err == "1 of 1, 1 to look at\n"
    lines = said.out.splitlines()
    assert lines[0] == "2 marked, 1 could not be marked, 0 left out"
    assert lines[2] == "To look at (2):"
    bad, code = lines[3:5]
    assert bad.startswith("  bad.json: it is not a hand-in")
    assert code.startswith(f"  code.json: {paper.FUNCTION.id}: ")
    assert "--unsafe" in code


def test_command_with_a_roster(tmp_path, quick, capsys):
    (tmp_path / "roster.csv").write_text("name,id\nAda,1\nBo,2\n", encoding="utf-8")
    (tmp_path / "handin_M2_Ada.json").write_bytes(choice("ada", "a"))
    command = ["grade", str(tmp_path / "handin_M2_Ada.json"), "--out", str(tmp_path / "marks"), "--roster"]
    assert main([*command, str(tmp_path / "roster.csv")]) == 0
    assert "1 handed in nothing" in capsys.readouterr().out
    assert main([*command, str(tmp_path / "none.csv")]) == 2
    assert "cannot read the roster" in capsys.readouterr().err


def test_progress_is_one_line_that_changes_on_a_terminal(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    progress = Progress(stream)
    for done in (0, 60, 200):
        progress(done, 200, done // 20)
    progress.line("and then")
    assert (
        stream.getvalue() == "\r0 of 200, 0 to look at\r60 of 200, 3 to look at\r200 of 200, 10 to look at\nand then\n"
    )


def test_progress_is_few_lines_elsewhere():
    stream = io.StringIO()
    progress = Progress(stream)
    for done in range(201):
        progress(done, 200, 0)
    progress(0, 0, 0)
    assert stream.getvalue() == "200 of 200, 0 to look at\n"


def test_the_summary_of_many_is_short():
    found = [Result(f"{number}.json", status="could not be marked", fault="it is cut short") for number in range(200)]
    lines = summary(found, 7).splitlines()
    assert lines[0] == "0 marked, 200 could not be marked, 0 left out, 7 handed in nothing"
    assert lines[2] == "To look at (200):"
    assert lines[-1] == "  and 180 more, which the table names"
    assert len(lines) == 24


def test_the_help_is_one_screen(capsys):
    with pytest.raises(SystemExit):
        main(["grade", "--help"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "there is no missing.json"),
        (["empty"], "nothing to mark"),
        (["papers"], "--out must not lie in papers"),
        (["papers/a.json", "--out", "papers/a.json"], "--out must be a folder"),
        (["papers/a.json", "--jobs", "0"], "argument --jobs"),
        ([], "the following arguments are required: PATH"),
    ],
)
def test_mistakes_get_one_line(tmp_path, monkeypatch, capsys, quick, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.json").write_bytes(b"{}")
    extra = ["--out", "papers/marks"] if arguments == ["papers"] else []
    assert main(["grade", *arguments, *extra]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert said in error


def test_marks_do_not_lie_where_code_could_read_them(tmp_path, monkeypatch):
    monkeypatch.setattr(class_marking.sandbox, "why_not", lambda: None)
    monkeypatch.setattr(class_marking.sandbox, "readable", lambda path: path.name == "a.json")
    (tmp_path / "a.json").write_bytes(b"{}")
    with pytest.raises(GradeError, match="outside of Python's"):
        grade([tmp_path / "a.json"], tmp_path / "marks")


@pytest.mark.parametrize("kind", ["notebook", "hand-in", "handin"])
def test_a_class_whose_index_is_lost_does_not_shrink_in_silence(tmp_path, kind):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / f"{64 * 'a'}-{kind}.json").write_text("{}", encoding="ascii")
    with pytest.raises(StateError, match="has no index"):
        State(tmp_path, "marker")
