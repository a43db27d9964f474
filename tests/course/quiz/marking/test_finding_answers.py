"""Answers are found in whatever state a notebook is in, and what is found is data."""

import json
from math import sqrt
from pathlib import Path

import numpy as numbers
import pytest

from collapse_edu.course.quiz import bank, handin
from collapse_edu.course.quiz.commands import _source
from collapse_edu.course.quiz.content_hash import prompt_hash
from collapse_edu.course.quiz.marking import isolated_run, sandbox
from collapse_edu.course.quiz.marking.finding_answers import find_answers
from collapse_edu.course.quiz.marking.script import Answer, UnreadableSubmissionError
from collapse_edu.course.quiz.marking.whose_numbers import CHANGED, has_own_numbers
from course import handed_in as paper

NAME, VARIABLE = paper.CHOICE.id, paper.variable(paper.CHOICE)


def read(data, **kwargs):
    return find_answers(data, "notebook", bank, **kwargs)


OTHER = bank.question("M2.06")  # answered, so that the paper is not blank
ANSWERED = {OTHER.id: f"{paper.variable(OTHER)} = 3"}


def edited(change, sources=None):
    """Return a notebook whose list of cells was changed."""
    found = json.loads(paper.notebook("ada", ANSWERED | (sources or {NAME: f"{VARIABLE} = 'b'"})))
    change(found["cells"])
    return json.dumps(found).encode()


def place(cells, name=NAME):
    return next(at for at, cell in enumerate(cells) if cell["metadata"].get("collapse_edu", {}).get("question") == name)


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("= 'b'", "b"), ("= ['a', 'c']", ["a", "c"]), ("= {'c', 'a'}", ["a", "c"]), ("= 1/4", 0.25),
        ("= -2.5e-1", -0.25),
        ("= '25 %'", "25 %"), ("= (1 + 2) * 3", 9), ("= ...", None), ("= None", None), ("= True", True),
    ],
)  # fmt: skip
def test_plain_values_are_read_not_run(no_isolation, written, data):
    sources = ANSWERED | {NAME: f"{VARIABLE} {written}\ncheck('{NAME}', {VARIABLE})"}
    assert read(paper.notebook("ada", sources)).answers[NAME] == Answer(data)


@pytest.mark.parametrize(
    "source",
    [
        "{} = round(0.25)", "{} = 'a'\n{} = 'b'", "if 1:\n    {} = 'b'", "{} = 'a'; {}.upper()", "{} = x = 'b'",
        "%time {} = 'b'", "check = print\n{} = 'b'", "{} = [c for c in 'b']", "{} = 10**9", "def",
        "{} = 'b' if 1 else 'a'",
        "from x import *\n{} = 'b'", "{} = 'a'\nexec('')",
    ],
)  # fmt: skip
def test_what_is_no_plain_value_is_code(no_isolation, source):
    fault = read(paper.notebook("ada", {NAME: source.replace("{}", VARIABLE)})).answers[NAME].fault
    assert fault.startswith("it is code, and ")


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("{} = helper('B')", "b"), ("%matplotlib inline\n{} = 'b'", "b"), ("!ls\n{} = 'b'", "b"),
        ("import numpy as np\n{} = np.float64(0.25)", 0.25), ("{} = np.array([1, 2])", [1, 2]),
        ("{} = 'b'\nraise ValueError", "b"),
        ("from collapse_edu.course.quiz import check, quiz\n{} = ''.join('b')", "b"),
        ("{} = round(0.1)\nfrom IPython.display import display\ndisplay(3)", 0), ("{} = float('nan')", "nan"),
        ("class Float(float):\n    __eq__ = lambda *_: True\n{} = Float(2)", 2.0), ("{} = object", "<class 'object'>"),
        ("%%time\n{} = 'b'.lower()", "b"), ("%%capture out\n{} = 'b'", "b"), ("%time {} = 'b'", "b"),
        ("{} = 'b'.lower()\ncheck('M2.01', {})\nhint('M2.01'); ask('M2.01')", "b"),
        ("from fractions import Fraction\n{} = Fraction(1, 4)", 0.25),
        ("from decimal import Decimal\n{} = Decimal('0.25')", 0.25), ("import numpy as np\n{} = np.longdouble(2)", 2.0),
    ],
)  # fmt: skip
def test_code_is_run_and_gives_data(isolation, source, data):
    before = ["import numpy as np\ndef helper(text):\n    return text.lower()", "raise RuntimeError('half done')"]
    source = source.replace("{}", VARIABLE)
    assert read(paper.notebook("ada", {NAME: source}, before=before)).answers[NAME].data == data


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{} = unknown", "NameError"), ("{} = 1 +", "SyntaxError"), ("while True: pass", "computed for more than 1 s"),
        ("{} = max('a', 2)", "TypeError"), ("raise SystemExit", "SystemExit"),
        ("{} = [0] * 10**6 * len('a')", "values"),
        ("import os\nos._exit(0)", "its process ended"), ("{} = 10**500 * 1.0", "OverflowError"),
    ],
)  # fmt: skip
def test_code_that_gives_nothing_is_not_marked_and_costs_only_itself(isolation, source, fault):
    limits = sandbox.Limits(answer_cpu_seconds=1)
    sources = {NAME: source.replace("{}", VARIABLE), paper.NUMERIC.id: f"{paper.variable(paper.NUMERIC)} = 3"}
    script = read(paper.notebook("ada", sources), limits=limits)
    assert fault in script.answers[NAME].fault
    assert script.answers[paper.NUMERIC.id].data == 3


def test_an_earlier_cell_does_not_answer_for_a_later_one(isolation):
    """Only where the later one gives nothing at all is the earlier one the answer, and a note says so."""
    before = [f"{VARIABLE} = 'b'"]
    script = read(paper.notebook("ada", {NAME: f"if False:\n    {VARIABLE} = 'c'"}, before=before))
    assert "gives no answer" in script.answers[NAME].fault
    script = read(paper.notebook("ada", {NAME: f"print({VARIABLE})"}, before=before))
    assert script.answers[NAME].data == "b"
    assert script.notes == [f"{NAME}: the cell had lost its metadata, and was found by the name in it"]


@pytest.mark.parametrize("metadata", ["of the notebook", False])
def test_lost_metadata(no_isolation, metadata):
    notebook = paper.notebook("ada", {NAME: f"{VARIABLE} = 'b'"}, metadata=metadata)
    script = read(notebook)
    assert (script.lesson, script.learner) == (paper.LESSON, None)
    unknown = Answer(fault="nothing says in which order its options were shown; ask for a hand-in file")
    assert script.answers[NAME] == (Answer("b") if metadata else unknown)
    assert any("no learner" in note for note in script.notes)
    assert any("name in it" in note for note in script.notes) is not metadata


def test_without_a_learner_own_numbers_are_not_wrong(no_isolation):
    sources = {NAME: f"{VARIABLE} = 'b'", paper.NUMERIC.id: f"{paper.variable(paper.NUMERIC)} = 0.5"}
    script = read(paper.notebook(None, sources))
    assert script.answers[NAME].data == "b"
    assert "names no learner" in script.answers[paper.NUMERIC.id].fault
    script = read(paper.notebook(None, sources, before=["identify('ada')"]))  # a name settles no numbers
    assert (script.learner, script.name) == (None, "ada")
    assert "names no learner" in script.answers[paper.NUMERIC.id].fault


def test_an_answer_to_an_older_question_is_not_marked(no_isolation):
    """Its cell remembers it; an answer to another question, and a cell that is left blank, lose nothing by it."""
    sources = {NAME: f"{VARIABLE} = 'b'", paper.NUMERIC.id: f"{paper.variable(paper.NUMERIC)} = 3"}
    data = paper.notebook("ada", sources).replace(paper.CHOICE.content_hash.encode(), b"0" * 16)
    script = read(data)
    assert script.answers[NAME] == Answer(fault=CHANGED)
    assert script.answers[paper.NUMERIC.id] == Answer(3)
    blank = paper.notebook("ada", ANSWERED).replace(paper.CHOICE.content_hash.encode(), b"0" * 16)
    assert read(blank).answers[NAME] == Answer()


def test_code_for_an_older_question_is_not_run(no_isolation):
    data = paper.notebook("ada", {paper.FUNCTION.id: paper.HONEST})
    data = data.replace(paper.FUNCTION.content_hash.encode(), b"0" * 16)
    script = read(data)
    assert script.answers[paper.FUNCTION.id] == Answer(fault=CHANGED)
    assert script.final


def test_what_was_shown_counts_more_than_what_the_notebook_was_made_for(no_isolation):
    """A notebook of an older course shows the questions of the one that is installed."""

    def change(cells, made_for, shown):
        cells[place(cells)]["metadata"]["collapse_edu"]["hash"] = made_for
        cells.insert(0, shown_to("ada", NAME))
        cells[0]["outputs"][0]["metadata"]["collapse_edu"] |= {"question": NAME, "hash": shown}

    now, before = paper.CHOICE.content_hash, "0" * 16
    assert read(edited(lambda cells: change(cells, before, now))).answers[NAME] == Answer("b")
    assert read(edited(lambda cells: change(cells, now, before))).answers[NAME] == Answer(fault=CHANGED)


def test_a_notebook_of_the_first_version_is_marked_where_the_question_is_the_same(no_isolation, monkeypatch):
    def change(cells):
        about = cells[place(cells)]["metadata"]["collapse_edu"]
        del about["hash"]
        about["prompt"] = prompt_hash(paper.CHOICE.prompt)

    assert read(edited(change)).answers[NAME] == Answer("b")
    monkeypatch.setattr("collapse_edu.course.quiz.question.FIRST", frozenset())  # as if it had changed since
    assert read(edited(change)).answers[NAME] == Answer(fault=CHANGED)


def test_lost_metadata_and_lost_prompt(no_isolation):
    def change(cells):
        at = place(cells)
        cells[at]["metadata"], cells[at - 1]["source"] = {}, "My answer"

    script = read(edited(change))
    assert script.answers[NAME].data == "b"
    assert f"{NAME}: the cell had lost its metadata, and was found by the name in it" in script.notes


@pytest.mark.parametrize(
    ("first", "last", "data", "noted"),
    [("'a'", "'c'", "c", True), ("'a'", "...", "a", False), ("...", "'c'", "c", False)],
)
def test_of_copies_the_last_that_answers_counts(no_isolation, first, last, data, noted):
    def change(cells):
        at = place(cells)
        cells.insert(at + 1, cells[at] | {"source": f"{VARIABLE} = {last}"})

    script = read(edited(change, {NAME: f"{VARIABLE} = {first}"}))
    assert script.answers[NAME].data == data
    assert any("the last one counts" in note for note in script.notes) is noted


def test_split_cell(isolation):
    def change(cells):
        at = place(cells)
        cells.insert(at, cells[at] | {"source": "letter = 'b'"})
        cells.insert(at + 2, cells[at] | {"source": f"check('{NAME}', {VARIABLE})"})

    assert read(edited(change, {NAME: f"{VARIABLE} = letter"})).answers[NAME].data == "b"


def test_deleted_and_moved_cells(no_isolation):
    script = read(edited(lambda cells: cells.pop(place(cells))))
    assert script.answers[NAME].data is None
    script = read(edited(lambda cells: cells.insert(0, cells.pop(place(cells)))))
    assert script.answers[NAME].data == "b"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"not JSON", "it is not JSON"), (b"\xff\xfe", "it is UTF-16"),
        ("{}".encode("utf-16-le"), "it is UTF-16"), (b"\xff", "it is not JSON"), (b"[]", "not a notebook"),
        (b"{}", "not a notebook"),
        (b'{"cells": []}', "asks no question"), (b'{"cells": 3}', "not a notebook"), (b"[" * 100_000, "it is not JSON"),
        (b'{"cells": [1, {"cell_type": "code", "source": 3}, {"source": "x", "metadata": 3}]}', "asks no question"),
        (b'{"cells": [], "metadata": {"collapse_edu": {"lesson": ["M2"]}}}', "asks no question of this course"),
        (b'{"cells": [], "metadata": {"collapse_edu": {"lesson": "M2", "learner": "a\\u0000"}}}', "learner must be"),
        (b'{"cells": [], "metadata": {"collapse_edu": {"lesson": "M2", "learner": "\\ud800"}}}', "learner must be"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_in_one_line(data, fault):
    with pytest.raises(UnreadableSubmissionError, match=fault) as refused:
        read(data)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100_000, b'{"format": "collapse-edu hand-in"}', b"\x00"])
def test_what_is_no_hand_in_is_refused_in_one_line(data):
    with pytest.raises(UnreadableSubmissionError) as refused:
        find_answers(data, "hand-in", bank)
    assert len(str(refused.value).splitlines()) == 1
    assert "/tmp" not in str(refused.value)


def test_outcomes_without_the_function_prove_nothing(no_isolation):
    data = paper.hand_in("ada", {paper.FUNCTION.id: paper.FUNCTION.right_answer("ada")})
    script = find_answers(data, "hand-in", bank)
    assert "text of the function" in script.answers[paper.FUNCTION.id].fault


def test_a_function_of_a_hand_in_finds_the_usual_modules(isolation):
    source = paper.HONEST.removeprefix("import numpy as np\n\n")
    data = paper.hand_in("ada", {paper.FUNCTION.id: []}, {paper.FUNCTION.id: source})
    script = find_answers(data, "hand-in", bank)
    assert paper.FUNCTION.judge(script.answers[paper.FUNCTION.id].data, "ada").right


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"3", b'{"question": 3}', b'{"question": "M2.01", "answer": NaN}', b"[" * 100_000,
        b'{"question": "M2.01", "answer": Infinity}', b"\xff", b'{"answer": "b"}',
    ],
)  # fmt: skip
def test_noise_on_the_channel_is_no_answer(line):
    assert isolated_run._heard(isolated_run._read(line))[0] is None


@pytest.mark.parametrize(
    "answer",
    ["1e999", "1" + "0" * 400, "[" * 20 + "]" * 20, '"' + "x" * 20_000 + '"', '"1/1e999999999"', str([0] * 200_000)],
)
def test_answers_that_would_burden_the_marker_are_faults(answer):
    name, found = isolated_run._heard(isolated_run._read(b'{"question": "M2.01", "answer": %s}' % answer.encode()))
    assert name == "M2.01"
    assert found.fault
    assert found.data is None


def shown_to(learner, question=paper.NUMERIC.id):
    """Return a cell as a notebook stores it after ``ask`` showed a question."""
    output = {"output_type": "display_data", "data": {}, "metadata": {"collapse_edu": {"learner": learner}}}
    return {"cell_type": "code", "source": f"ask({question!r})", "metadata": {}, "outputs": [output]}


def test_the_learner_is_the_one_whose_numbers_were_last_shown(no_isolation):
    """Where another record came after the notebook was laid: what was shown is what was answered."""

    def change(cells):
        cells[:0] = [shown_to("course"), shown_to("first"), shown_to("eve")]

    script = read(edited(change))
    assert script.learner == script.whose(paper.NUMERIC.id) == "eve"
    assert not any("several learners" in note for note in script.notes)
    assert read(edited(lambda cells: cells.insert(0, shown_to("course")))).learner == "ada"


def test_each_question_is_marked_with_the_numbers_that_were_shown_for_it(no_isolation):
    own = [each for each in bank.questions(paper.LESSON) if has_own_numbers(each)]
    asked, other = paper.NUMERIC, next(each for each in own if each.id != paper.NUMERIC.id)

    def change(cells):
        cells[:0] = [shown_to("first", asked.id), shown_to("eve", NAME)]

    sources = {asked.id: f"{paper.variable(asked)} = 0.5", other.id: f"{paper.variable(other)} = 0.5"}
    script = read(edited(change, sources))
    assert (script.learner, script.whose(asked.id), script.answers[asked.id].data) == ("eve", "first", 0.5)
    assert "several learners" in script.answers[other.id].fault
    assert any("several learners" in note for note in script.notes)


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("check({id!r}, 0.25)", 0.25), ("check({id!r}, -0.25)", -0.25), ("check({id!r}, answer=1/4)", 0.25),
        ("{name} = ...\ncheck({id!r}, 0.25)", 0.25), ("{name} = 0.5\ncheck({id!r}, 0.25)", 0.5),
        ("check({id!r}, ...)", None), ("check({id!r}, {name})", None), ("check()", None),
        ("check({id!r}, 0.5)\ncheck({id!r}, 0.25)", 0.25),
    ],
)  # fmt: skip
def test_an_answer_given_to_check_alone_is_read(no_isolation, written, data):
    source = written.format(id=paper.NUMERIC.id, name=paper.variable(paper.NUMERIC))
    assert read(paper.notebook("ada", ANSWERED | {paper.NUMERIC.id: source})).answers[paper.NUMERIC.id] == Answer(data)


@pytest.mark.parametrize("quiz", ["collapse_edu.quiz", "collapse_edu.course.quiz"])
@pytest.mark.parametrize("blank", ["", "{name} = ...\n"])
def test_an_answer_computed_for_check_alone_is_run(isolation, blank, quiz):
    source = f"{blank}share = 0.25\ncheck({{id!r}}, share)".format(
        id=paper.NUMERIC.id, name=paper.variable(paper.NUMERIC)
    )
    before = [f"from {quiz} import check"]
    function = f"def mine(real, noise):\n    return 0\ncheck({paper.FUNCTION.id!r}, mine)"
    script = read(paper.notebook("ada", {paper.NUMERIC.id: source, paper.FUNCTION.id: function}, before=before))
    assert script.answers[paper.NUMERIC.id].data == 0.25
    assert script.answers[paper.FUNCTION.id].data[0] == {"value": 0}


@pytest.mark.parametrize(
    ("body", "fault"),
    [("return helper(real)", "'helper'"), ("import not_here_at_all", "'not_here_at_all'")],
)
def test_a_function_that_lacks_what_another_cell_gave_it_is_not_wrong(isolation, body, fault):
    source = f"def {paper.FUNCTION.name}(real, noise):\n    {body}\n"
    data = paper.hand_in("ada", {paper.FUNCTION.id: []}, {paper.FUNCTION.id: source})
    assert fault in find_answers(data, "hand-in", bank).answers[paper.FUNCTION.id].fault


DDOF = 1


def spread(values):
    return numbers.var(values, ddof=DDOF)


def variances_of_chain(real, noise):
    data, found = numbers.array(real), [spread(real)]
    for z in noise:
        data = data.mean() + sqrt(spread(data)) * numbers.array(z)
        found += [spread(each) for each in [data]]
    return found


def test_a_function_takes_along_what_it_uses_from_other_cells(isolation):
    source = _source(variances_of_chain)
    data = paper.hand_in("ada", {paper.FUNCTION.id: []}, {paper.FUNCTION.id: source})
    script = find_answers(data, "hand-in", bank)
    assert paper.FUNCTION.judge(script.answers[paper.FUNCTION.id].data, "ada").right, source


def test_a_function_that_uses_its_own_name_too_early_is_wrong(isolation):
    source = f"def {paper.FUNCTION.name}(real, noise):\n    x += 1\n"
    data = paper.hand_in("ada", {paper.FUNCTION.id: []}, {paper.FUNCTION.id: source})
    outcomes = find_answers(data, "hand-in", bank).answers[paper.FUNCTION.id].data
    assert all("UnboundLocalError" in each["error"] for each in outcomes)


@pytest.mark.parametrize("stripped", ["all metadata", "cells only"])
def test_the_shipped_notebook_without_metadata(isolation, stripped):
    shipped = json.loads((Path(__file__).parents[4] / "quizzes" / "Q2_gaussian_collapse.ipynb").read_text("utf-8"))
    for cell in shipped["cells"]:
        cell["metadata"] = {}
        for output in cell.get("outputs", []) if stripped == "all metadata" else []:
            output["metadata"] = {}
        if "".join(cell["source"]).startswith(f"{VARIABLE} = "):
            cell["source"] = f"{VARIABLE} = 'b'"  # found by the ask above it
        elif paper.FUNCTION.name in "".join(cell["source"]):
            cell["source"] = paper.HONEST + f"\ncheck({paper.FUNCTION.id!r}, {paper.FUNCTION.name})"
    shipped["metadata"] = {}
    script = read(json.dumps(shipped).encode())
    assert (script.lesson, script.learner) == (paper.LESSON, None)
    assert paper.FUNCTION.judge(script.answers[paper.FUNCTION.id].data, None).right
    assert "the notebook's metadata were gone" in script.notes
    assert len([note for note in script.notes if "in the widgets" not in note]) == 3
    assert {name for name, each in script.answers.items() if each != Answer()} == {NAME, paper.FUNCTION.id}


def test_a_letter_in_a_notebook_means_the_order_of_its_learner(isolation):
    """Also one that is computed. What is no letter, and what older notebooks hold, stays what it is."""
    question, choose = paper.CHOICE, f"{VARIABLE} = "
    for learner in ("ada", "bob", "eve"):
        for letter, own in question.letters(learner).items():
            written = [f"{choose}{letter!r}", f"{choose}''.join({letter!r})", f"check({NAME!r}, {letter!r})"]
            for source in [*written, f"{choose}{own!r}"]:
                answer = read(paper.notebook(learner, {NAME: source}, own_order=True)).answers[NAME]
                assert (answer.data, answer.fault) == (own, None)
                assert answer.source == (source if "join" in source else None)
    assert read(paper.notebook("ada", {NAME: f"{choose}'b'"})).answers[NAME] == Answer("b")
    assert question.judge("b", "ada").reason == question.by_id["o2"].why
    assert read(paper.notebook("ada", {NAME: f"{choose}'z'"}, own_order=True)).answers[NAME] == Answer("z")


def test_without_a_learner_a_letter_of_a_newer_notebook_cannot_be_marked(no_isolation):
    script = read(paper.notebook(None, {NAME: f"{VARIABLE} = 'b'"}, own_order=True))
    assert "names no learner" in script.answers[NAME].fault


def run_again(cells, learner="eve"):
    """Show the question with this version."""
    cells.insert(0, shown_to(learner, NAME))
    cells[0]["outputs"][0]["metadata"]["collapse_edu"] |= paper.CHOICE.in_notebook


def test_a_letter_that_can_mean_two_options_is_not_marked(no_isolation):
    """An older notebook, shown again with this version: nobody knows under which order its letter was written."""
    for letter in "abcd":
        answer = read(edited(run_again, {NAME: f"{VARIABLE} = {letter!r}"})).answers[NAME]
        assert answer.data is None
        assert "laid before options were shuffled" in answer.fault
        assert answer.fault.endswith("hand in the file")
    assert read(edited(run_again, {NAME: f"{VARIABLE} = 'o3'"})).answers[NAME] == Answer("o3")
    assert "laid before" in read(edited(run_again, {NAME: f"{VARIABLE} = 'B'.lower() + ''"})).answers[NAME].fault
    assert read(edited(run_again, {NAME: f"{VARIABLE} = ..."})).answers[NAME] == Answer()


def test_a_letter_that_means_one_option_in_both_orders_is_marked(no_isolation):
    learner = next(each for each in map(str, range(99)) if paper.CHOICE.letters(each)["b"] == "o2")
    assert read(edited(lambda cells: run_again(cells, learner))).answers[NAME] == Answer("o2")


def test_a_letter_in_a_cell_of_this_version_means_what_was_shown(no_isolation):
    data = json.loads(paper.notebook("eve", {NAME: f"{VARIABLE} = 'a'"}, own_order=True))
    run_again(data["cells"])
    assert read(json.dumps(data).encode()).answers[NAME] == Answer(paper.CHOICE.letters("eve")["a"])


def test_an_older_marker_takes_a_shuffled_question_for_a_changed_one():
    """It knows the plain hash alone, and would read letters in the order of the bank."""
    for question in bank.questions(paper.LESSON):
        told = question.in_notebook
        assert question.is_asked_in(told)
        assert (told["hash"] == question.content_hash) is not question.shuffled
    assert paper.CHOICE.shuffled
    assert not paper.CHOICE.is_asked_in(paper.CHOICE.in_notebook | {"hash": "0123456789abcdef:own"})


REVIEWS = ["again=1", "again=k", "1"]


@pytest.mark.parametrize("again", REVIEWS)
def test_what_is_checked_as_a_review_alone_is_no_answer(no_isolation, again):
    name, variable = paper.NUMERIC.id, paper.variable(paper.NUMERIC)
    for source in (f"{variable} = 0.5\ncheck({name!r}, {variable}, {again})", f"check({name!r}, 0.5, {again})"):
        assert read(paper.notebook("ada", ANSWERED | {name: source})).answers[name] == Answer()
    assert read(paper.notebook("ada", {name: f"check({name!r}, 0.5, again=0)"})).answers[name] == Answer(0.5)


def test_a_cell_that_must_be_run_and_checks_a_review_alone_holds_no_answer(isolation):
    name, variable = paper.NUMERIC.id, paper.variable(paper.NUMERIC)
    before = ["from collapse_edu.course.quiz import check"]
    source = f"%time\n{variable} = 0.5\ncheck({name!r}, {variable}{{}})"
    found = [
        read(paper.notebook("ada", ANSWERED | {name: source.format(again)}, before=before)).answers[name]
        for again in ("", ", again=1", ", again=0")
    ]
    assert [answer.data for answer in found] == [0.5, None, 0.5]
    assert not any(answer.fault for answer in found)


@pytest.mark.parametrize("version", [1, 2])
def test_letters_in_a_hand_in_mean_the_order_of_the_bank(no_isolation, version):
    """Version 1 kept letters; there are none in version 2, but ids."""
    content = json.loads(paper.hand_in("ada", {NAME: "b", "M2.03": ["b", "e"], "M2.07": "o2"}))
    content["version"] = version
    content["checksum"] = handin._checksum(content)
    script = find_answers(json.dumps(content).encode(), "hand-in", bank)
    asked = bank.question("M2.03")
    assert paper.CHOICE.judge(script.answers[NAME].data, "ada").reason == paper.CHOICE.by_id["o2"].why
    assert asked.in_words(script.answers["M2.03"].data, "ada") == "; ".join(asked.options[at].text for at in (1, 4))
    assert bank.question("M2.07").judge(script.answers["M2.07"].data, "ada").right is None


@pytest.mark.parametrize("where", ["answer", "before"])
def test_what_was_cut_off_is_not_final(isolation, where):
    slow = "import time\ntime.sleep(30)\n"
    sources = {NAME: f"{slow if where == 'answer' else ''}{VARIABLE} = ''.join('b')"}
    before = [slow] if where == "before" else []
    limits = sandbox.Limits(answer_cpu_seconds=0.5, wall_factor=2)
    assert read(paper.notebook("ada", sources, before=before), limits=limits).final is False
    assert read(paper.notebook("ada", {NAME: f"import os\nos._exit(0)\n{VARIABLE} = 1"})).final is False
    assert read(paper.notebook("ada", {NAME: f"{VARIABLE} = unknown"})).final is True


@pytest.mark.parametrize(
    ("kept", "answer"),
    [
        ({"hash": paper.CHOICE.content_hash}, Answer("b")),
        ({"prompt": prompt_hash(paper.CHOICE.prompt)}, Answer("b")),
        ({"hash": "0" * 16}, Answer(fault=CHANGED)),
        ({"prompt": "0" * 16}, Answer(fault=CHANGED)),
        ({"hash": ["x"]}, Answer(fault=CHANGED)),
    ],
)
def test_an_answer_in_a_hand_in_belongs_to_the_question_that_was_asked(no_isolation, kept, answer):
    content = json.loads(paper.hand_in("ada", {NAME: "b"}))
    content["answers"][NAME] |= kept
    content["checksum"] = handin._checksum(content)
    script = find_answers(json.dumps(content).encode(), "hand-in", bank)
    assert (script.answers[NAME].data, script.answers[NAME].fault) == (answer.data, answer.fault)
    assert script.notes == []
