"""What people read: pages of learners, the page of the class, and the table of misconceptions."""

import csv
import json
import re
from dataclasses import replace
from datetime import timedelta
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pytest

from collapse_edu.course.grading.class_page import classroom, needs_help
from collapse_edu.course.grading.grades import Grade
from collapse_edu.course.grading.learner_page import counter_example
from collapse_edu.course.grading.pages import class_html, learner_html, write_pages
from collapse_edu.course.grading.result import MarkedAnswer, Result
from collapse_edu.course.quiz import bank
from course.grading import classroom as room

EVIL = "<script>alert(1)</script>\"'{{ 7 * 7 }}"
FUNCTIONS = [each for lesson in bank.QUIZZES for each in bank.questions(lesson) if each.kind == "function"]


class Outline(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def assert_readable(page):
    """What a screen reader needs, and what opens from a disk without a network."""
    outline = Outline(page)
    headings = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert outline.all("html") == [{"lang": "en"}]
    assert not {"script", "img", "iframe", "link", "object", "form"} & {tag for tag, _ in outline.tags}
    assert all(each.get("scope") in ("col", "row") for each in outline.all("th"))
    names = [each["id"] for _, each in outline.tags if "id" in each]
    assert len(names) == len(set(names))
    links = [each["href"] for each in outline.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(names)
    assert not re.search(r"https?:|url\(|@import", page)
    assert all(each["aria-label"] for _, each in outline.tags if each.get("role") == "img")
    return outline


@pytest.fixture(scope="module")
def results():
    return list(room.results())


@pytest.fixture(scope="module")
def out(results, tmp_path_factory):
    """The pages of a class of 200, with two that could not be read, and five who handed in nothing."""
    folder = tmp_path_factory.mktemp("marks")
    unread = [
        Result("bo/Q2.ipynb", "1", "could not be marked", "it is not a notebook", name=f"Bo {EVIL}", lesson="M2"),
        Result("essay.docx", "2", "left out", "a .docx is no paper of this course"),
    ]
    grades = room.grades([*results, *unread]) + [Grade(f"Nobody {n}", "nothing handed in", "M2") for n in range(5)]
    pages = write_pages(grades, [*results, *unread], bank, folder)
    return folder, pages


def page_of(result, **about):
    grade = Grade(about.pop("name", result.name), lesson=result.lesson, result=result, **about)
    return learner_html(result, grade, bank)


def test_each_submission_has_a_page_and_a_file(out, results):
    folder, pages = out
    assert len(pages) == len(set(pages.values())) == 202
    assert {f"reports/{path.name}" for path in folder.glob("reports/*.html")} == set(pages.values())
    for result in results:
        kept = (folder / pages[result.submission]).with_suffix(".json")
        assert Result.from_json(json.loads(kept.read_text())) == result
        assert result.name in pages[result.submission]


def test_the_same_grades_give_the_same_bytes(out, results, tmp_path):
    few = results[:5]
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_pages(room.grades(few), few, bank, tmp_path / folder)
        write_pages(room.grades(few), few, bank, tmp_path / folder)
    trees = [{path.name: path.read_bytes() for path in (tmp_path / folder).rglob("*.*")} for folder in ("a", "b")]
    assert trees[0] == trees[1]


def test_twins_have_a_page_each(tmp_path):
    """Same content at two places that end alike: each has its page."""
    twin = room.results()[0]
    both = [replace(twin, submission=f"{folder}/handin_M2_ada_lovelace.json") for folder in ("one", "two")]
    turns = [replace(twin, submission="x.json", sha256=sha, turn=turn) for turn, sha in ((1, "a"), (2, "b"))]
    pages = write_pages(room.grades(both + turns), both + turns, bank, tmp_path)
    assert len(list(tmp_path.glob("reports/*.html"))) == 4
    assert pages["one/handin_M2_ada_lovelace.json"] != pages["two/handin_M2_ada_lovelace.json"]


def test_the_paper_that_counts_has_the_plain_name(tmp_path):
    new, old = (replace(room.results()[0], submission=name, name="Ada") for name in ("new.json", "old.json"))
    (grade,) = room.grades([new])
    pages = write_pages([replace(grade, others=(old,))], [old, new], bank, tmp_path)
    assert pages == {"new.json": "reports/Ada_M2.html", "old.json": "reports/Ada_M2 not counted.html"}
    text = Outline((tmp_path / pages["old.json"]).read_text(encoding="utf-8")).text
    assert "Another paper of this lesson counts: new.json." in text
    assert "points" not in text


def test_a_page_that_is_called_otherwise_now_is_taken_away(tmp_path):
    result = room.results()[0]
    (tmp_path / "reports").mkdir()
    own = tmp_path / "reports" / "my notes.html"
    own.write_text("<p>mine</p>")
    write_pages(room.grades([replace(result, name="Ada")]), [result], bank, tmp_path)
    write_pages(room.grades([replace(result, name="Ada Lovelace")]), [result], bank, tmp_path)
    names = {path.name for path in (tmp_path / "reports").iterdir()}
    assert names == {"Ada Lovelace_M2.html", "Ada Lovelace_M2.json", "my notes.html"}


def test_a_page_can_be_read_by_all(results):
    for result in results[:10]:
        text = assert_readable(page_of(result)).text
        assert f"{result.count('right')} of 12 right" in text
        for name, answer in result.answers.items():
            assert f"{name} {bank.question(name).title}" in text
            if answer.answer is not None and (words := bank.question(name).in_words(answer.answer, result.learner)):
                assert all(" ".join(part.split()) in text for part in words.split("; "))


def test_texts_of_learners_are_texts():
    answers = {
        "M2.01": MarkedAnswer("no answer", EVIL, answer=EVIL, learner=EVIL, time=EVIL),
        "M2.02": MarkedAnswer("wrong", EVIL, EVIL, answer=[], source=EVIL, learner="ada"),
        "M2.04": MarkedAnswer("wrong", EVIL, answer=EVIL),
        f"M2.{EVIL}": MarkedAnswer("wrong", EVIL, answer={EVIL: EVIL}),
    }
    result = Result(EVIL, "1", learner=EVIL, name=EVIL, lesson="M2", written=EVIL, answers=answers, notes=(EVIL,))
    page = page_of(result, comment=EVIL)
    outline = Outline(page)
    assert not outline.all("script")
    assert EVIL in outline.text
    assert "49" not in page
    unread = Result(EVIL, "1", "could not be marked", EVIL, name=EVIL, lesson=EVIL, doubts=(EVIL,))
    assert not Outline(page_of(unread)).all("script")
    grades = [Grade(EVIL, unread.status, EVIL, result=unread), Grade(EVIL, lesson="M2", result=result)]
    grades += [Grade(EVIL, "nothing handed in", EVIL, remarks=(EVIL,))]
    page = class_html(classroom(grades, {unread.key: "reports/a.html", result.key: f"reports/{EVIL}.html"}, bank))
    assert not Outline(page).all("script")
    assert "49" not in page


@pytest.mark.parametrize("question", FUNCTIONS, ids=lambda question: question.id)
def test_the_counter_example_is_the_call_of_the_verdict(question):
    """Reason and example together say all that the verdict says."""
    for answer, _ in question.wrong_answers("ada"):
        verdict = question.judge(answer, "ada")
        why, example = counter_example(question, MarkedAnswer("wrong", verdict.reason, answer=answer, learner="ada"))
        verb = " raises " if example.gives.startswith("an error: ") else " gives "
        end = f"; right is {example.right}" if example.right else ""
        gives = example.gives.removeprefix("an error: ")
        assert f"{why} {example.call}{verb}{gives}{end}.".strip() == verdict.reason


def test_code_is_shown_as_it_was_written():
    question = FUNCTIONS[1]
    source = "def variances_of_chain(real, noise):\n    return [1 < 2]  # <b>\n"
    answer = [{"value": [True]} for _ in question.cases("ada")]
    verdict = question.judge(answer, "ada")
    given = MarkedAnswer("wrong", verdict.reason, verdict.next_step, answer=answer, source=source, learner="ada")
    page = page_of(Result("a", learner="ada", name="Ada", lesson="M2", answers={question.id: given}))
    assert f"<pre><code>{escape(source)}</code></pre>" in page
    text = Outline(page).text
    assert re.search(r"For example variances_of_chain\(\[.*\) Yours gives .* Right is \[", text)
    assert re.search(r"Read next: “.+” in M2_gaussian_collapse\.ipynb\.", text)


def test_a_functions_value_cannot_pass_for_the_right_one():
    question = FUNCTIONS[1]
    answer = [{"value": "1; right is 1"} for _ in question.cases("ada")]
    verdict = question.judge(answer, "ada")
    _, example = counter_example(question, MarkedAnswer("wrong", verdict.reason, answer=answer, learner="ada"))
    assert example.gives == "'1; right is 1'"
    assert example.right.startswith("[")


def test_points_comment_lateness_tries_and_help_are_shown():
    answer = MarkedAnswer(
        "right", "So it is.", answer="o4", learner="ada", time="2026-05-04T10:03:00+02:00", number=2, tries=3, hints=1,
        solution=True,
    )  # fmt: skip
    result = Result("a.json", learner="ada", name="Ada", lesson="M2", written="2026-05-04T09:00:00Z",
                    answers={"M2.01": answer})  # fmt: skip
    page = page_of(
        result, points={"M2.01": 1.5}, total=1.5, of=2.0, late=timedelta(hours=3, minutes=5), comment="Well done."
    )
    text = assert_readable(page).text
    for words in (
        "1.5 of 2 points", "Well done.", "Late by 3:05:00.", "2026-05-04 09:00 UTC",
        "2026-05-04 08:03 UTC, try 2 of 3, 1 hint before it, the solution was shown before it",
    ):  # fmt: skip
        assert words in text
    assert "Read next" not in text


def test_a_paper_that_could_not_be_marked_says_what_to_hand_in(out):
    folder, pages = out
    text = assert_readable((folder / pages["bo/Q2.ipynb"]).read_text(encoding="utf-8")).text
    assert "This could not be marked: it is not a notebook." in text
    assert 'hand_in("M2")' in text


def test_the_page_of_a_paper_asks_for_one_thing():
    file = 'what was answered in the widgets is only in the file that hand_in("M1") writes'
    fault = f"nothing is answered in its cells; {file}"
    text = Outline(page_of(Result("Q1.ipynb", "1", "could not be marked", fault, name="Ada", lesson="M1"))).text
    assert set(re.findall(r'hand_in\("(\w+)"\)', text)) == {"M1"}
    assert ".ipynb" not in text.replace("Q1.ipynb", "")


def test_an_answer_that_could_not_be_marked_does_not_count_as_wrong():
    answer = MarkedAnswer("not marked", "This answer could not be marked: it was not done in time.")
    text = Outline(page_of(Result("a", name="Ada", lesson="M2", answers={"M2.02": answer}))).text
    assert "1 could not be marked; it does not count as wrong" in text
    assert "not done in time" in text


def test_the_page_of_a_class(out):
    folder, pages = out
    content = (folder / "class.html").read_bytes()
    assert len(content) < 300_000
    outline = assert_readable(content.decode())
    for words in ("200 papers marked", "1 to look at", "1 left out", "5 nothing handed in", "Nobody 4", "essay.docx",
                  "it is not a notebook", "Cronbach’s alpha: 0.7"):  # fmt: skip
        assert words in outline.text
    links = {unquote(each["href"]) for each in outline.all("a")}
    assert {link for link in links if link.startswith("reports/")} == set(pages.values())
    assert all((folder / link).is_file() for link in links if link.startswith("reports/"))


def test_bars_say_in_words_what_they_show(out, results):
    folder, _ = out
    labels = [each.get("aria-label") for _, each in Outline((folder / "class.html").read_text(encoding="utf-8")).tags]
    share = sum(result.answers["M2.01"].status == "right" for result in results) / len(results)
    assert any(label and label.startswith(f"{share:.0%} right".replace("%", " %")) for label in labels)


def test_where_all_papers_count_a_learner_is_counted_once(results):
    first = list(results[:12])
    second = [replace(each, submission=f"again/{each.submission}") for each in first]
    pages = {each.key: f"reports/{place}.html" for place, each in enumerate(first + second)}
    found = classroom(room.grades(first + second), pages, bank)
    assert found.marked == 24
    assert found.lessons[0].quiz.learners == 12
    links = [each["href"] for each in Outline(class_html(found)).all("a")]
    assert set(pages.values()) <= set(links)
    assert len(found.learners) == 12


def test_under_ten_learners_the_page_withholds_numbers(results):
    few = results[:9]
    page = class_html(classroom(room.grades(few), {each.key: "reports/a.html" for each in few}, bank))
    text = assert_readable(page).text
    assert "Fewer than ten learners: no statistics" in text
    assert "alpha:" not in text
    assert "Nothing to show" in text


def test_an_empty_class_has_a_page():
    assert "0 papers marked" in assert_readable(class_html(classroom([], {}, bank))).text


def graded(**about):
    statuses = about.pop("statuses", ["right"] * 10)
    answers = {f"M2.{place:02}": MarkedAnswer(status, **about) for place, status in enumerate(statuses, 1)}
    return Grade("Ada", lesson="M2", result=Result("a", answers=answers))


@pytest.mark.parametrize(
    ("grade", "why"),
    [
        (graded(), []),
        (graded(statuses=["right"] * 5 + ["wrong"] * 5), []),
        (graded(statuses=["right"] * 4 + ["no answer"] * 6), ["4 of 10 right"]),
        (graded(statuses=["right"] * 4 + ["not marked"] * 6), []),
        (graded(statuses=["not marked"] * 10), []),
        (graded(tries=3), ["3.0 tries a question"]),
        (graded(tries=2, solution=False), []),
        (graded(solution=True), ["solution shown first: 10 of 10"]),
        (Grade("Ada", "nothing handed in", "M2"), []),
    ],
)
def test_who_needs_help(grade, why):
    assert needs_help(grade) == why


def test_misconceptions_table(out):
    folder, _ = out
    with open(folder / "misconceptions.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["misconception", "learners", "could show it", "share", "in words", "questions"]
    shares = [float(row["share"]) for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert all(0 < int(row["learners"]) <= int(row["could show it"]) <= 200 for row in rows)
    page = unescape((folder / "class.html").read_text(encoding="utf-8"))
    assert all(row["in words"] in page for row in rows)
