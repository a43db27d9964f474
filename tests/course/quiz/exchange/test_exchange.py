"""What is written for Moodle and Canvas comes back equal: read by readers that share no code with the writers."""

import base64
import csv
import io
import os
import re
import stat
import zipfile
from html import unescape
from math import inf, isclose
from xml.etree import ElementTree as ET

import pytest

from collapse_edu.cli import main
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.exchange.gift import gift, number
from collapse_edu.course.quiz.exchange.key_table import key_table
from collapse_edu.course.quiz.exchange.plain import plain, plain_questions
from collapse_edu.course.quiz.exchange.qti import qti
from collapse_edu.course.quiz.question import Function, Option, SingleChoice

NUMBERS = "autumn 2026"
CHOICES = ("single choice", "multiple choice")
# The shares that Moodle takes for an answer, of those that can come up here.
FRACTIONS = {100, 50, 33.33333, 25, 20, 16.66667, 0, -100}


@pytest.fixture(scope="module")
def questions():
    return list(plain_questions(bank.LESSONS, NUMBERS))


# ---------------------------------------------------------------- GIFT, read in the steps in which Moodle reads it


def read_gift(text):
    """Yield what each question of a GIFT file holds."""
    for block in re.split(r"\n\s*\n", text):
        tags = re.findall(r"\[(id|tag):([^\]]+)\]", block)
        block = "\n".join(line for line in block.splitlines() if not line.startswith("//"))
        if block and not block.startswith("$CATEGORY:"):
            yield read_gift_question(block, tags)


def read_gift_question(block, tags):
    hidden = re.sub(r"\\([\\~=#{}:])", lambda found: chr(0xE000 + ord(found[1])), block)
    title, asked, answers = re.fullmatch(r"::(.*?)::\[html\]([^{}]*)\{([^{}]*)\}\s*", hidden, re.DOTALL).groups()
    answers, _, feedback = answers.rpartition("####")
    found = [re.fullmatch(r"([=~])(?:%(.*?)%)?(.*)", part, re.DOTALL) for part in re.split(r"\n(?=[=~])", answers)[1:]]
    return {
        "id": dict(tags)["id"],
        "tags": [value for kind, value in tags if kind == "tag"],
        "title": shown(title),
        "asked": shown(asked),
        "numeric": answers.startswith("#"),
        "answers": [(sign, weight, *[shown(text) for text in rest.strip().split("#")]) for sign, weight, rest in
                    (match.groups() for match in found)],
        "feedback": unescape(shown(feedback)),
    }  # fmt: skip


def shown(text):
    return re.sub("[\ue000-\ue07f]", lambda found: chr(ord(found[0]) - 0xE000), text).strip()


def test_gift_comes_back_equal(questions):
    read = list(read_gift(gift(questions, NUMBERS)))
    assert [found["id"] for found in read] == [question.id for question in questions]
    for found, question in zip(read, questions, strict=True):
        source = f"data:image/png;base64,{base64.b64encode(question.picture).decode()}"
        assert found["title"] == f"{question.id} {question.title}"
        assert found["tags"] == [question.kind, *question.misconceptions]
        assert found["asked"] == question.asked(source)
        assert found["feedback"] == question.feedback
        assert found["numeric"] == (question.kind == "numeric")
        assert gift_answers(found, question) == known_answers(question), question.id


def gift_answers(found, question):
    """Return (text, whether it is right, reason) of each answer that was read."""
    if question.kind == "ordering":
        return [tuple(map(unescape, text.rsplit(" -> ", 1))) for _, _, text in found["answers"]]
    read = []
    for sign, weight, text, why in found["answers"]:
        assert weight is None or float(weight) in FRACTIONS
        right = sign == "=" if weight is None else float(weight) > 0
        read.append((unescape(text), right, unescape(why)))
    if question.kind == "numeric":
        return [(tuple(map(float, text.split(".."))), right, why) for text, right, why in read]
    return read


def known_answers(question):
    if question.kind == "ordering":
        return [(answer.text, f"{question.answers.index(answer) + 1}") for answer in question.shown]
    if question.kind == "function":
        return []
    return [
        (answer.span if question.kind == "numeric" else answer.text, answer.right, answer.why)
        for answer in question.shown
    ]


def test_signs_that_mean_something_in_gift_html_and_xml_come_back():
    odd = r"a \{b\} ~c = #d: %50% <e> & 'f' ]]> ::g:: \n [html] -> ####"
    right = Option(odd, odd, right=True)
    asked = SingleChoice(
        id="M2.77", objective="", prompt=odd.replace("{", "{{").replace("}", "}}"), solution="{key}", hints=[],
        lesson="", title="x: {y}", options=[Option("%-1", "", misconception="one_cause"), escape_braces(right)],
    )  # fmt: skip
    question = plain(asked, NUMBERS)
    (found,) = read_gift(gift([question], NUMBERS))
    assert unescape(found["asked"]) == f"<p>{odd}</p>"
    assert gift_answers(found, question) == known_answers(question)
    (item,) = read_qti(qti([question], NUMBERS))
    assert item["answers"] == known_answers(question)


def escape_braces(option):
    texts = [text.replace("{", "{{").replace("}", "}}") for text in (option.text, option.why)]
    return Option(*texts, right=option.right)


# ---------------------------------------------------------------- QTI


def read_qti(package):
    """Yield what each item of a QTI package holds."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        manifest = ET.fromstring(archive.read("imsmanifest.xml"))
        listed = [file.get("href") for file in manifest.findall(".//{*}file")]
        assert sorted([*listed, "imsmanifest.xml"]) == sorted(archive.namelist())
        for name in listed:
            if name.endswith(".xml"):
                root = ET.fromstring(archive.read(name))
                yield from (read_item(item, archive) for item in root.findall(".//{*}item"))


def text_of(element):
    found = element.find(".//{*}mattext")
    if found.get("texttype") == "text/plain":
        return found.text
    return unescape(re.fullmatch("<p>(.*)</p>", found.text, re.DOTALL)[1])


def read_item(item, archive):
    fields = {
        field.findtext("{*}fieldlabel"): field.findtext("{*}fieldentry")
        for field in item.findall(".//{*}qtimetadatafield")
    }
    asked = item.findtext("{*}presentation/{*}material/{*}mattext")
    picture = re.search(r'src="\$IMS-CC-FILEBASE\$/([^"]+)"', asked)
    return {
        "id": item.get("ident"),
        "title": item.get("title"),
        "asked": asked,
        "picture": archive.read(picture[1]) if picture else b"",
        "answers": _READ[fields["question_type"]](item),
        "told": {element.get("ident"): text_of(element) for element in item.findall(".//{*}itemfeedback")},
        "fields": fields,
    }


def read_choices(item):
    told = {element.get("ident"): text_of(element) for element in item.findall(".//{*}itemfeedback")}
    scored = next(each for each in item.findall(".//{*}respcondition") if each.find("{*}setvar") is not None)
    wrong = {each.text for each in scored.findall(".//{*}not/{*}varequal")}
    right = {each.text for each in scored.findall(".//{*}varequal")} - wrong
    labels = [(each.get("ident"), text_of(each)) for each in item.findall(".//{*}response_label")]
    if wrong:
        assert wrong | right == {name for name, _ in labels}
    return [(text, name in right, told[f"{name}_fb"]) for name, text in labels]


def read_number(item):
    (scored,) = (each for each in item.findall(".//{*}respcondition") if each.find("{*}setvar") is not None)
    low, high = float(scored.findtext(".//{*}vargte")), float(scored.findtext(".//{*}varlte"))
    return low, high


def read_places(item):
    places = {}
    for scored in item.findall(".//{*}respcondition"):
        if scored.find("{*}setvar") is not None:
            equal = scored.find("{*}conditionvar/{*}varequal")
            places[equal.get("respident")] = equal.text
    found = []
    for response in item.findall(".//{*}response_lid"):
        labels = {each.get("ident"): text_of(each) for each in response.findall(".//{*}response_label")}
        found.append((response.findtext("{*}material/{*}mattext"), labels[places[response.get("ident")]]))
    return found


_READ = {
    "multiple_choice_question": read_choices,
    "multiple_answers_question": read_choices,
    "numerical_question": read_number,
    "matching_question": read_places,
    "essay_question": lambda item: [],
}


def test_qti_comes_back_equal(questions):
    read = list(read_qti(qti(questions, NUMBERS)))
    assert [found["id"] for found in read] == [question.id for question in questions]
    for found, question in zip(read, questions, strict=True):
        assert found["title"] == f"{question.id} {question.title}"
        assert found["picture"] == question.picture
        assert found["asked"] == question.asked(f"$IMS-CC-FILEBASE$/pictures/{question.id}.png")
        assert found["told"]["general_fb"] == question.feedback
        assert (found["fields"]["misconceptions"] or "").split() == question.misconceptions
        if question.kind == "numeric":
            right, *wrong = question.answers
            assert found["answers"] == right.span
            assert found["told"]["correct_fb"] == right.why
            assert all(f"{answer.text}: {answer.why}" in found["told"]["general_incorrect_fb"] for answer in wrong)
        else:
            assert found["answers"] == known_answers(question), question.id


def test_without_key_nothing_says_what_is_right(questions):
    package = qti(questions, NUMBERS, key=False)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        texts = "".join(unescape(archive.read(name).decode()) for name in archive.namelist() if name.endswith(".xml"))
    assert not re.search("resprocessing|itemfeedback|varequal|misconception", texts)
    told = {answer.why for question in questions for answer in question.answers} | {q.solution for q in questions}
    assert not [text for text in told if len(text) > 20 and text in texts]
    assert texts.count("<item ") == len(questions)


def test_the_same_questions_give_the_same_file(questions):
    assert qti(questions[:12], NUMBERS) == qti(questions[:12], NUMBERS)


# ---------------------------------------------------------------- what is right


def test_every_question_of_the_bank_is_there_and_the_right_answer_keeps_no_place(questions):
    assert [q.id for q in questions] == [asked.id for lesson in bank.LESSONS for asked in bank.questions(lesson)]
    first = [question.shown[0].right for question in questions if question.kind == "single choice"]
    assert 0.1 < sum(first) / len(first) < 0.6
    assert all(list(q.shown) != list(q.answers) for q in questions if q.kind == "ordering")


def test_a_number_is_right_there_exactly_where_the_course_says_so(questions):
    asked = [question for question in questions if question.kind == "numeric"]
    assert len(asked) > 30
    for question in asked:
        judge = bank.question(question.id).judge
        low, high = question.answers[0].span
        inside, beyond = 1e-12, 1e-6
        ends = [
            (low * (1 + inside), True),
            (low * (1 - beyond), False),
            (high * (1 - inside), True),
            (high * (1 + beyond), False),
        ]
        for value, right in ends:
            assert bool(judge(value, NUMBERS).right) == right, (question.id, value)
        for answer in question.answers[1:]:
            middle = sum(answer.span) / 2
            verdict = judge(middle, NUMBERS)
            assert verdict.right or verdict.reason.startswith(answer.why) or overlaps(answer, question), question.id


def overlaps(answer, question):
    """Return whether another answer that the course looks for first has numbers in common with this one."""
    before = question.answers[: question.answers.index(answer)]
    return any(other.span[0] <= answer.span[1] and answer.span[0] <= other.span[1] for other in before)


def test_no_solution_names_a_letter(questions):
    for question in questions:
        if question.kind in CHOICES:
            letters = [
                letter
                for letter, text in bank.question(question.id).choices(NUMBERS).items()
                if f"{letter}: {text}" in question.solution
            ]
            assert not letters, question.id


def test_the_table_has_a_row_for_each_answer(questions):
    table = list(csv.DictReader(io.StringIO(key_table(questions, NUMBERS))))
    assert len(table) == sum(len(question.answers) for question in questions)
    by_id = {question.id: question for question in questions}
    for row in table:
        question = by_id[row["question"]]
        assert row["numbers"] == NUMBERS
        assert row["solution"] == question.solution
        assert any((row["answer"], row["reason"]) == (answer.text, answer.why) for answer in question.answers)
        if question.kind == "numeric":
            assert (float(row["from"]), float(row["to"])) in [answer.span for answer in question.answers]


def test_numbers_have_no_exponent_and_lose_nothing():
    for value in (5.9380204773864536e-05, 25.0, 1e16, 0.1, 100.0, 0.0):
        assert float(number(value)) == value
        assert "e" not in number(value).lower()
    assert number(inf) == "Infinity"


# ---------------------------------------------------------------- the command


def test_the_command_writes_four_files_for_their_owner_alone(tmp_path, capsys):
    out = tmp_path / "deep" / "exchange"
    assert main(["questions", "--lesson", "m6", "--numbers", "ada", "--out", str(out)]) == 0
    assert "numbers of ada" in capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == [
        "gift_with_key.txt", "key.csv", "qti_with_key.zip", "qti_without_key.zip",
    ]  # fmt: skip
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    text = (out / "gift_with_key.txt").read_text(encoding="utf-8")
    assert '"ada"' in text
    assert {found["id"][:2] for found in read_gift(text)} == {"M6"}
    with zipfile.ZipFile(out / "qti_with_key.zip") as archive:
        assert b"numbers of ada" in archive.read("M6/M6.xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lesson", "M77"], "--lesson must be one of M0, "),
        (["--numbers", "a/b"], "name must be 1 to 80 printable characters"),
    ],
)
def test_a_mistake_gets_one_line(arguments, said, tmp_path, capsys):
    assert main(["questions", *arguments, "--out", str(tmp_path / "no")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_a_folder_that_cannot_be_made_gets_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["questions", "--lesson", "M6", "--out", str(tmp_path / "file" / "x")]) == 2
    assert "--out must be a folder" in capsys.readouterr().err


def test_a_function_brings_its_starter_and_is_marked_by_hand(questions):
    functions = [question for question in questions if question.kind == "function"]
    assert functions
    for question in functions:
        asked = bank.question(question.id)
        assert isinstance(asked, Function)
        assert unescape(question.asked("").replace("<br />", "\n")).endswith(f"<pre>{asked.starter}</pre>")
        assert "by hand" in question.how


def test_weights_of_several_right_options_add_up_to_all(questions):
    for found in read_gift(gift([q for q in questions if q.kind == "multiple choice"], NUMBERS)):
        assert isclose(sum(float(answer[1]) for answer in found["answers"] if float(answer[1]) > 0), 100, abs_tol=1e-3)
