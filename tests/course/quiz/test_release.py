"""Solutions held back until a date: what an instructor says, what a learner sees, and what may go wrong."""

from datetime import UTC, datetime

import pytest

from collapse_edu.cli import main
from collapse_edu.course.desk.record import Record
from collapse_edu.course.quiz import ask, bank, check, hint, release, solution

from . import toy

LATER = "2999-12-05T18:00:00+01:00"
HELD = (
    "M2.01: solutions of M2 are shown from 2999-12-05 18:00 (UTC+01:00) on. By this machine's clock it is {}. Until "
    'then, hint("M2.01") helps.'
)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """The folder of a course; the notebooks lie in one below it."""
    monkeypatch.delenv(release.VARIABLE, raising=False)
    (tmp_path / "course" / "quizzes").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "course" / "quizzes")
    return tmp_path / "course"


def run(capsys, *arguments):
    status = main(["release", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def lay(course, text):
    (course / release.FILE).write_text(text, encoding="utf-8")


# ---- what a learner sees


def test_without_a_file_nothing_is_held_back(course):
    assert solution("M2.01", show=True).text == "M2.01, solution:"


def test_a_solution_that_is_held_back_is_one_line_and_leaves_no_trace(course, monkeypatch):
    toy.install(monkeypatch)
    lay(course, f"M2 = {LATER}\n")
    check("M2.01", "a")
    for said in (solution("M2.01"), solution("M2.01", show=True), solution("M2.01", again=1)):
        clock = said.text.partition("clock it is ")[2].partition(". Until")[0]
        assert repr(said) == HELD.format(clock)
        assert datetime.fromisoformat(clock[:16]).year < 2999
        assert clock.endswith(" (UTC+01:00)")
    assert [event["what"] for event in Record().events()] == ["attempt"]


def test_the_widget_says_the_same_at_the_first_press(course, monkeypatch):
    toy.install(monkeypatch)
    lay(course, f"M2 = {LATER}\n")
    asked = ask("M2.01")
    assert asked.solution().text.startswith("M2.01: solutions of M2 are shown from 2999-12-05 18:00 (UTC+01:00) on.")
    assert "are shown from 2999" in asked.widget.children[-1].value
    lay(course, "M2 = 2020-01-01T00:00:00Z\n")
    asked.solution()
    assert asked.solution().text == "M2.01, solution:"


def test_hints_and_reasons_go_on(course, monkeypatch):
    toy.install(monkeypatch)
    lay(course, f"M2 = {LATER}\n")
    assert check("M2.01", "a").reason == "You chose: no. It is not <b>so</b>."
    assert hint("M2.01").items == ("First.",)
    last = hint("M2.01")
    assert last.items == ("First.", "Second & last.")
    assert last.after.startswith("That was the last hint. Solutions of M2 are shown from 2999-12-05 18:00 (UTC+01:00)")
    lay(course, "")
    assert hint("M2.01").after == 'That was the last hint. solution("M2.01") shows the solution.'


def test_other_quizzes_and_exercises_are_shown(course):
    lay(course, f"M2 = {LATER}\n")
    exercise = bank.exercises("M2")[0].id
    assert release.why_held_back("M2.01")
    assert [release.why_held_back(name) for name in (exercise, "M3.01")] == ["", ""]


def test_the_date_is_a_moment_in_any_zone(course):
    lay(course, "M2 = 2026-12-05T18:00:00+01:00\n")
    before, at = (datetime(2026, 12, 5, hour, 59 * (hour == 16), tzinfo=UTC) for hour in (16, 17))
    assert release.why_held_back("M2.01", before).endswith(
        "By this machine's clock it is 2026-12-05 17:59 (UTC+01:00)."
    )
    assert release.why_held_back("M2.01", at) == ""


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("M2 = 2026-12-05", "M2 in {} must be a date and time with its zone, as in 2026-12-05T18:00+01:00; got 2026-"),
        ("M2 = 2026-12-05T18:00:00", "M2 in {} must be a date and time with its zone"),
        ("M2 = 'soon'", "M2 in {} must be a date and time with its zone, as in 2026-12-05T18:00+01:00; got soon"),
        ("m2 = 2026-12-05T18:00:00Z", "{} must name quizzes of M1, M2, M3, M4, M5, M6, M7, M8, M9; got 'm2'"),
        ("M2", "{} is not TOML (Expected '=' after a key"),
        ("\x00", "{} is not TOML ("),
    ],
)
def test_a_damaged_file_holds_back_and_says_whom_to_tell(course, capsys, content, fault):
    lay(course, content)
    said = repr(solution("M2.01", show=True))
    start = "M2.01: solutions are held back, but it cannot be read until when; tell your instructor: "
    assert said.startswith(start + fault.format(course / release.FILE))
    assert said.endswith('Until then, hint("M2.01") helps.')
    assert "\n" not in said
    status, out, err = run(capsys, "--show")
    assert (status, out) == (2, "")
    assert fault.format(course / release.FILE) in err


# ---- Hub, Colab: a variable


def test_a_variable_names_a_file_for_everybody(course, tmp_path, monkeypatch):
    elsewhere = tmp_path / "class.toml"
    elsewhere.write_text(f"M3 = {LATER}\n")
    lay(course, f"M2 = {LATER}\n")
    monkeypatch.setenv(release.VARIABLE, str(elsewhere))
    assert release.why_held_back("M3.01")
    assert release.why_held_back("M2.01") == ""
    elsewhere.unlink()
    assert "class.toml cannot be read (No such file or directory)" in release.why_held_back("M2.01")


def test_a_variable_gives_a_date_for_all_quizzes(course, monkeypatch, capsys):
    monkeypatch.setenv(release.VARIABLE, "2999-12-05T18:00+01:00")
    assert all(release.why_held_back(f"{lesson}.01") for lesson in bank.QUIZZES)
    assert "M9  2999-12-05 18:00 (UTC+01:00)" in run(capsys, "--show")[1]
    monkeypatch.setenv(release.VARIABLE, "2999-12-05")
    assert "COLLAPSE_EDU_SOLUTIONS must be a date and time with its zone" in release.why_held_back("M2.01")


# ---- what an instructor says


def test_hold_back_and_undo(course, capsys):
    status, out, err = run(capsys, "M2", "q3", "--from", LATER, "--course", course)
    assert (status, err) == (0, "")
    assert out.splitlines()[:4] == [
        f"{course / release.FILE} says from when on solutions are shown:",
        "  M1  at once",
        "  M2  2999-12-05 18:00 (UTC+01:00)",
        "  M3  2999-12-05 18:00 (UTC+01:00)",
    ]
    assert "courtesy" in out
    assert run(capsys, "--show")[1] == out  # from the folder below
    run(capsys, "M3", "--from", "2020-01-01T00:00Z", "--course", course)
    assert "  M3  2020-01-01 00:00 (UTC), so now" in run(capsys, "--show")[1]
    run(capsys, "M2", "--now", "--course", course)
    assert release.dates(course / release.FILE).keys() == {"M3"}
    assert run(capsys, "--now", "--course", course)[1] == "No solutions are held back.\n"
    assert not (course / release.FILE).exists()
    assert run(capsys, "--show")[1] == "No solutions are held back.\n"


def test_the_file_that_counts_is_changed_wherever_it_lies(course, capsys):
    lay(course, f"M1 = {LATER}\nM2 = {LATER}\n")
    out = run(capsys, "M3", "--from", LATER)[1]  # from the folder below
    assert not (course / "quizzes" / release.FILE).exists()
    assert [name for name in bank.QUIZZES if release.why_held_back(f"{name}.01")] == ["M1", "M2", "M3"]
    assert "  M1  2999-12-05 18:00 (UTC+01:00)\n" in out
    assert "  M4  at once\n" in out
    assert "  M1  at once\n" in run(capsys, "M1", "--now")[1]
    assert release.why_held_back("M1.01") == ""


def test_a_nearer_file_counts_alone_and_shows_all_when_it_is_empty(course, capsys):
    lay(course, f"M1 = {LATER}\n")
    (course / "quizzes" / release.FILE).write_text(f"M2 = {LATER}\n")
    assert run(capsys, "--now")[1] == "No solutions are held back.\n"
    assert [release.why_held_back(f"{name}.01") for name in ("M1", "M2")] == ["", ""]
    out = run(capsys, "--show", "--course", course)[1]
    assert out.endswith(f"For the notebooks beside it, {course / 'quizzes' / release.FILE} counts instead.\n")


def test_the_file_that_the_variable_names_is_changed(course, capsys, tmp_path, monkeypatch):
    elsewhere = tmp_path / "class.toml"
    monkeypatch.setenv(release.VARIABLE, str(elsewhere))
    assert run(capsys, "M1", "--from", LATER)[1].startswith(f"{elsewhere} says from when on")
    assert release.why_held_back("M1.01")
    assert run(capsys, "M1", "--now")[1] == "No solutions are held back.\n"
    assert release.why_held_back("M1.01") == ""
    assert not (course / "quizzes" / release.FILE).exists()
    monkeypatch.setenv(release.VARIABLE, LATER)
    status, out, err = run(capsys, "M1", "--now")
    assert (status, out) == (2, "")
    assert f"COLLAPSE_EDU_SOLUTIONS is {LATER}, which counts for all quizzes" in err


def test_a_reader_who_stops_reading_is_no_mistake(course, monkeypatch):
    def closed(*lines):
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", closed)
    monkeypatch.setattr("os.dup2", lambda *files: None)
    assert main(["release", "--show"]) == 141


def test_without_a_lesson_all_quizzes_are_meant(course, capsys):
    run(capsys, "--from", LATER)
    assert tuple(release.dates(release.FILE)) == bank.QUIZZES


def test_a_date_without_a_zone_is_in_this_machines_zone(course, capsys):
    run(capsys, "M2", "--from", "2999-12-05 18:00")
    assert release.dates(release.FILE)["M2"] == datetime(2999, 12, 5, 18).astimezone()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "one of the arguments --from --now --show is required"),
        (["--now", "--show"], "not allowed with"),
        (["M2", "--from", "soon"], "--from: must be a date, or a date and a time; got 'soon'"),
        (["M0", "--now"], "LESSON must be one of M1, M2, M3, M4, M5, M6, M7, M8, M9; M0 has no quiz"),
        (["M77", "--now"], "lesson must be one of"),
        (["--from", LATER, "--course", "nowhere"], "cannot be written (No such file or directory)"),
    ],
)
def test_a_mistake_gets_one_line(course, capsys, arguments, line):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert line in err
    assert err.count("\n") == 1
