"""What counts: one grade for each learner and lesson, and no paper lost."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from collapse_edu.course.grading.changes import Change, ChangesError
from collapse_edu.course.grading.grades import grades
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.grading.roster import Person

ADA = Person("Ada Lovelace", "17", "ada@example.org", "ada", {"ID": "17"})
BO = Person("Bo", "18", "bo@example.org", "bo", {"ID": "18"})


def paper(submission, learner, statuses="11", lesson="M2", **about):
    """Return a marked paper; statuses: 1 right, 0 wrong, - no answer, ? not marked."""
    words = {"1": "right", "0": "wrong", "-": "no answer", "?": "not marked"}
    answers = {f"{lesson}.{number:02}": MarkedAnswer(words[each]) for number, each in enumerate(statuses, start=1)}
    return Result(submission, sha256=submission, learner=learner, lesson=lesson, answers=answers, **about)


def unread(submission, **about):
    return Result(submission, sha256=submission, status="could not be marked", fault="it is cut off", **about)


def only(results, people=(), **kwargs):
    (grade,) = grades(results, people, **kwargs)
    return grade


def test_who_handed_in_nothing_is_there_and_a_lesson_that_nobody_handed_in_is_not():
    found = grades([paper("a.json", "ada", name="Ada Lovelace")], [ADA, BO])
    assert [(each.name, each.lesson, each.status, each.total, each.of) for each in found] == [
        ("Ada Lovelace", "M2", "marked", 2, 2), ("Bo", "M2", "nothing handed in", None, 2),
    ]  # fmt: skip
    assert [each.status for each in grades([], [ADA, BO])] == ["nothing handed in"] * 2


def test_one_learner_has_a_grade_for_each_lesson_of_the_class():
    found = grades([paper("a.json", "a"), paper("b.json", "b", "0", lesson="M3")])
    assert [(each.name, each.lesson, each.total) for each in found] == [
        ("a", "M2", 2), ("a", "M3", None), ("b", "M2", None), ("b", "M3", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("choose", "submission", "total"), [("newest", "2.json", 0), ("best", "1.json", 2)])
def test_one_of_several_papers_counts(choose, submission, total):
    papers = [
        paper("1.json", "ada", "11", written="2026-01-02T10:00:00+00:00"),
        paper("2.json", "ada", "00", written="2026-01-02T09:30:00-01:00"),  # an hour later
        paper("0.json", "ada", "00", written="2026-01-01T00:00:00+00:00"),
    ]
    grade = only(papers, choose=choose)
    assert (grade.result.submission, grade.total) == (submission, total)
    assert f"3 papers: the {choose} counts, {submission}" in grade.remarks
    assert len(grade.others) == 2


def test_all_papers_can_count():
    found = grades([paper("1.json", "ada"), paper("2.json", "ada", "00")], choose="all")
    assert [(each.result.submission, each.total, each.learner) for each in found] == [
        ("1.json", 2, 1),
        ("2.json", 0, 1),
    ]
    with pytest.raises(ValueError, match="choose must be one of newest, best, all; got 'first'"):
        grades([], choose="first")


def test_what_could_not_be_marked_never_beats_a_paper_and_is_named():
    late = unread("2.json", learner="ada", lesson="M2", written="2027-01-01T00:00:00+00:00")
    grade = only([paper("1.json", "ada", "10", written="2026-01-01T00:00:00+00:00"), late])
    assert (grade.status, grade.total) == ("marked", 1)
    assert "2.json could not be marked: it is cut off" in grade.remarks


def test_newest_says_so_where_it_cannot_know():
    grade = only([paper("1.ipynb", "ada"), paper("2.ipynb", "ada", "00", written="2026-01-01T00:00:00+00:00")])
    assert any("which is the newest is not known" in remark for remark in grade.remarks)


def test_what_was_not_marked_is_no_zero():
    grade = only([paper("1.json", "ada", "10?-")])
    assert grade.points == {"M2.01": 1, "M2.02": 0, "M2.03": None, "M2.04": 0}
    assert (grade.total, grade.of, grade.decided) == (1, 4, False)
    grade = only([paper("1.json", "ada", "10?-")], points={"M2.01": 2.5, "M2.03": 0})
    assert (grade.total, grade.of, grade.decided) == (2.5, 4.5, True)  # what is worth nothing needs no look
    assert only([paper("1.json", "ada", "??")]).total is None


def test_two_people_of_one_name_are_never_one():
    found = grades([paper("1.json", "r1", name="Ada"), paper("2.json", "r2", "00", name="Ada")])
    assert [each.total for each in found] == [2, 0]
    assert all("2 learners are called Ada: listed apart" in each.remarks for each in found)
    assert len({each.learner for each in found}) == 2
    shared = grades([paper("1.json", "r1", name="Ada"), paper("2.json", "r1", name="Bo")])  # one computer
    assert [each.name for each in shared] == ["Ada", "Bo"]
    nameless = grades([paper("1.json", "r1", name="Ada"), paper("2.json", "r1")])  # one record, said once
    assert [each.name for each in nameless] == ["Ada"]
    unknown = grades([paper("1.ipynb", None), paper("2.ipynb", None)])
    assert [each.name for each in unknown] == ["1.ipynb", "2.ipynb"]


def test_twins_in_the_roster_are_listed_apart():
    twins = [Person("Ada", "1001"), Person("Ada", "1002")]
    found = grades([paper("1002/a.json", "r2", name="Ada")], twins)
    assert [(each.person.id, each.status) for each in found] == [("1001", "nothing handed in"), ("1002", "marked")]
    assert all("2 learners are called Ada: listed apart" in each.remarks for each in found)


def test_an_unread_paper_belongs_to_the_only_lesson_or_to_none():
    found = grades([paper("Bo/1.json", "bo"), unread("Ada Lovelace/Q2.ipynb")], [ADA, BO])
    assert [(each.name, each.lesson, each.status, each.total) for each in found] == [
        ("Ada Lovelace", "M2", "could not be marked", None), ("Bo", "M2", "marked", 2),
    ]  # fmt: skip
    two = [paper("Bo/1.json", "bo"), paper("Bo/2.json", "bo", lesson="M3"), unread("Ada Lovelace/Q2.ipynb")]
    ada = [each for each in grades(two, [ADA, BO]) if each.person is ADA]
    assert [(each.lesson, each.status) for each in ada] == [
        ("M2", "nothing handed in"), ("M3", "nothing handed in"), (None, "could not be marked"),
    ]  # fmt: skip
    assert "may be Ada Lovelace/Q2.ipynb, which could not be read" in ada[0].remarks


@pytest.mark.parametrize("people", [[], [ADA, BO]])
def test_a_file_that_was_replaced_is_of_who_replaced_it(people):
    broken = replace(unread("x/1.ipynb"), turn=1, turns=2)
    again = replace(paper("x/1.ipynb (2)", "r1", name="Ada Lovelace"), turn=2, turns=2)
    for results in ([broken, again], [again, broken]):
        ada = grades(results, people)[0]
        assert (ada.name, ada.status, ada.result) == ("Ada Lovelace", "marked", again)
        assert [other.sha256 for other in ada.others] == [broken.sha256]
    first, second = (replace(paper("1.ipynb", "r1", "10"), sha256=str(turn), turn=turn, turns=2) for turn in (1, 2))
    assert only([second, first]).result == second


DUE = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "late", "said"),
    [
        ("2026-01-09T23:59:59+00:00", None, ""), ("2026-01-10T00:30:00+01:00", None, ""),
        ("2026-01-11T02:00:00+00:00", timedelta(days=1, hours=2), "late by 1 day, 2:00:00"),
        (None, None, "whether it is late is not known"), ("2026-01-11", None, "is not known"), ("?", None, "not known"),
    ],
)  # fmt: skip
def test_lateness(written, late, said):
    result = paper("a.json", "ada", written=written)
    for due in ({"M2": DUE}, {None: DUE}, {None: datetime(2000, 1, 1, tzinfo=UTC), "M2": DUE}):
        grade = only([result], due=due)
        assert grade.late == late
        assert said in "; ".join(grade.remarks)
    assert only([result], due={"M3": DUE}).remarks == ()
    assert "Canvas marked it as late" in only([replace(result, submission="adalovelace_LATE_17_901_Q2.ipynb")]).remarks


def change(learner, question=None, points=None, comment="", lesson="M2"):
    return Change("changes.csv, line 2", learner, lesson, question, points, comment)


@pytest.mark.parametrize(
    "learner", ["Ada Lovelace", " ada  LOVELACE", "17", "ADA@example.org", "ada", "record-1", "Lovelace, Ada"]
)
def test_the_instructor_has_the_last_word(learner):
    results = [paper("a.json", "record-1", "0?", name="Ada Lovelace")]
    changes = [change(learner, "M2.02", 0.5, "nearly"), change(learner, comment="see me")]
    ada, bo = grades(results, [ADA, BO], changes=changes)
    assert (ada.points["M2.02"], ada.total, ada.decided, ada.comment) == (0.5, 0.5, True, "nearly; see me")
    assert "M2.02 changed by hand: none → 0.5" in ada.remarks
    assert bo.comment == ""
    ada, _ = grades(results, [ADA, BO], changes=[change(learner, points=2), *changes])
    assert (ada.total, ada.changed) == (2, ("M2.02", "total"))


def test_a_total_can_be_given_to_who_handed_in_nothing():
    _, bo = grades([paper("Ada Lovelace.json", "a")], [ADA, BO], changes=[change("Bo", points=1, comment="on paper")])
    assert (bo.status, bo.total, bo.decided) == ("nothing handed in", 1, True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (change("Cy", points=1), "no learner has the name, id or e-mail 'Cy'"),
        (change("Twin", points=1), "several learners are called 'Twin': give an id or e-mail"),
        (change("Bo", points=1, lesson="M3"), "nobody handed in M3"),
        (change("Ada Lovelace", "M2.01", 1), "no paper is marked there; give the total, without a question"),
        (change("Bo", "M2.09", 1), "M2 has no question M2.09"),
        (change("Bo", "M2.01", 1.5), "points of M2.01 must be 0 to 1; got 1.5"),
        (change("Bo", points=3), "points of total must be 0 to 2; got 3"),
    ],
)
def test_mistakes_in_changes_get_one_line(wrong, said):
    results = [paper("b.json", "b", name="Bo"), *(paper(f"{each}.json", each, name="Twin") for each in ("t1", "t2"))]
    with pytest.raises(ChangesError) as error:
        grades(results, [ADA, BO], changes=[wrong])
    assert str(error.value) == f"changes.csv, line 2: {said}"


def test_every_paper_stands_in_exactly_one_grade():
    """Whatever is known of whom, however papers are chosen."""
    makers = [
        lambda key, learner, name, lesson: paper(key, learner, lesson=lesson, name=name),
        lambda key, learner, name, lesson: unread(key, learner=learner, name=name),
        lambda key, learner, name, lesson: Result(key, status="left out", fault="no paper"),
    ]
    cases = product(makers, (None, "ada", "r1"), (None, "Bo", "Cy"), ("M2", "M3"))
    results = [make(f"{place}.json", *about) for place, (make, *about) in enumerate(cases)]
    for choose, people in product(("newest", "best", "all"), ([], [ADA, BO])):
        found = grades(results, people, choose=choose)
        seen = Counter(each.submission for grade in found for each in (grade.result, *grade.others) if each)
        assert seen == Counter(each.submission for each in results)


# ---------------------------------------------------------------- one learner's file in another one's place

ADAS, EVES = "Ada Lovelace_11_assignsubmission_file", "Eve Adams_12_assignsubmission_file"
STOLEN = {
    "folders of Moodle": (f"{ADAS}/a.json", f"{EVES}/a.json", "r1"),
    "files of Moodle": (f"{ADAS}_a.json", f"{EVES}_a.json", "r1"),
    "files of Canvas": ("lovelaceada_77_901_a.json", "adamseve_78_902_a.json", "r1"),
    "an archive in the own place": (f"{ADAS}/a.json", f"{EVES}/my.zip/{ADAS}/a.json", "r1"),
    "the name alone": (f"{ADAS}/a.json", f"{EVES}/a.json", "r2"),
}


@pytest.mark.parametrize("people", [(), (Person("Ada Lovelace"), Person("Eve Adams"))], ids=["no roster", "roster"])
@pytest.mark.parametrize(("adas", "eves", "record"), STOLEN.values(), ids=STOLEN)
def test_a_paper_in_another_place_takes_no_mark_away(adas, eves, record, people):
    """Eve hands in Ada's file with worse answers and a later time."""
    answers = {True: {"M2.01": MarkedAnswer("right")}, False: {"M2.01": MarkedAnswer("wrong")}}
    about = {"name": "Ada Lovelace", "lesson": "M2", "kind": "hand-in"}
    papers = [
        Result(adas, "1", learner="r1", written="2026-01-01T00:00:00+00:00", answers=answers[True], **about),
        Result(eves, "2", learner=record, written="2026-02-01T00:00:00+00:00", answers=answers[False], **about),
    ]
    found = grades(papers, people)
    ada = next(each for each in found if each.result and each.result.submission == adas)
    assert (ada.name, ada.total) == ("Ada Lovelace", 1)
    eve = next(each for each in found if eves in [paper.submission for paper in (each.result, *each.others) if paper])
    assert eve is not ada or people
    doubted = next(paper for paper in (eve.result, *eve.others) if paper.submission == eves)
    assert doubted.doubts
    if doubted is eve.result:
        assert not eve.decided  # it goes to no gradebook of a system until a person has looked


def test_a_record_before_and_after_it_had_a_name_is_one_learners():
    about = {"learner": "6703", "lesson": "M2", "answers": {"M2.01": MarkedAnswer("right")}}
    found = grades([Result("a.json", "1", name="6703", **about), Result("b.json", "2", name="Zoë Müller", **about)])
    assert [(each.name, len(each.others)) for each in found] == [("Zoë Müller", 1)]


def test_who_is_named_by_a_folder_alone_has_a_row():
    found = grades([Result("Frank Pdf_5020_assignsubmission_file/a.pdf", status="left out", fault="it is a PDF")])
    assert [(each.name, each.status) for each in found] == [("Frank Pdf", "left out")]


def test_what_does_not_count_needs_no_look_where_what_counts_is_marked():
    about = {"learner": "r1", "name": "Ada", "lesson": "M2"}
    widgets = Result(
        "Q2.ipynb", "1", answers={"M2.01": MarkedAnswer("not marked", "it was answered in the widget")}, **about
    )
    file = Result("a.json", "2", written="2026-01-01T00:00:00+00:00", answers={"M2.01": MarkedAnswer("right")}, **about)
    (grade,) = grades([widgets, file])
    assert grade.result.submission == "a.json"
    assert grade.still_open(widgets).to_look_at == []
    assert [each.total for each in grades([widgets])] == [None]


def test_a_change_may_name_the_number_of_canvas():
    ada = Person("Ada", "s1", row={"ID": "101"})
    change = Change("changes.csv, line 2", "101", "M2", None, 1.0, "")
    paper = Result("Ada.json", "1", learner="r", name="Ada", lesson="M2", answers={"M2.01": MarkedAnswer("wrong")})
    assert [each.total for each in grades([paper], [ada], changes=[change])] == [1]


def test_two_papers_of_one_time_are_named():
    about = {"learner": "r", "name": "Ada", "lesson": "M2", "written": "2026-01-01T00:00:00+00:00"}
    answers = ({"M2.01": MarkedAnswer("right")}, {"M2.01": MarkedAnswer("wrong")})
    papers = [Result(f"{name}.json", name, answers=each, **about) for name, each in zip("ab", answers, strict=True)]
    assert any("at the same time" in remark for remark in grades(papers)[0].remarks)
