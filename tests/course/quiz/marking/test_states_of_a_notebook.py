"""Whatever became of a notebook: each answer is found or named, and never lost in silence."""

import ast
import copy
import gzip
import json
import random
from pathlib import Path
from textwrap import indent

import pytest

from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.marking import in_notebook, json_file, parsed_code
from collapse_edu.course.quiz.marking import paper as papers
from collapse_edu.course.quiz.marking.finding_answers import find_answers
from collapse_edu.course.quiz.marking.script import UnreadableSubmissionError
from collapse_edu.course.quiz.marking.text_cell import listed_numbers
from collapse_edu.course.quiz.marking.whose_numbers import has_own_numbers
from collapse_edu.course.quiz.notebook import NAMES, answer_name, quiz_notebook
from collapse_edu.course.quiz.question import Function, Lettered
from course import handed_in

LEARNER, QUIZ = "ada", "Q2_gaussian_collapse"
QUESTIONS = bank.questions("M2")
OF = {question.id: question for question in QUESTIONS}
CODE, CHOICE, NUMBER = "M2.02", "M2.01", "M2.04"
NOTEBOOKS_0_1_0 = Path(__file__).parents[3] / "old_notebooks" / "notebooks_0_1_0.json.gz"


def as_written(question):
    """Return what a learner writes in an answer cell: letters of their own order, a number, a function."""
    right = question.right_answer(LEARNER)
    if isinstance(question, Function):
        written = handed_in.HONEST if question.id == CODE else handed_in.written(question, right, LEARNER)
        return f"{written}\n\ncheck({question.id!r}, {question.name})"
    if isinstance(question, Lettered):
        letter = {own: letter for letter, own in question.letters(LEARNER).items()}
        right = "".join(letter[own] for own in ([right] if isinstance(right, str) else right))
    return f"{answer_name(question)} = {right!r}\ncheck({question.id!r}, {answer_name(question)})"


def shown(question):
    """Return the output of ``ask`` as a notebook keeps it."""
    lines = [f"{question.id} {question.ask(LEARNER)}", "Choose one."]
    lines += [f"  {letter}) {text}" for letter, text in question.choices(LEARNER).items()]
    about = {"learner": LEARNER, **question.in_notebook}
    return {
        "output_type": "display_data",
        "data": {"text/plain": "\n".join(lines)},
        "metadata": {"collapse_edu": about},
    }


def laid(quiz=QUIZ):
    notebook = quiz_notebook(quiz)
    notebook["metadata"]["collapse_edu"]["learner"] = LEARNER
    return notebook


def answered(but=(), quiz=QUIZ):
    """Return a quiz in which all is answered right, but for some questions, and each was shown."""
    notebook, questions = laid(quiz), {each.id: each for each in bank.questions(NAMES[quiz][0])}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("collapse_edu", {}).get("question")
        if name and name not in but:
            cell["source"] = as_written(questions[name])
        if cell["source"].startswith("ask("):
            cell["outputs"] = [shown(questions[cell["source"][5:10]])]
    return notebook


def read(notebook, **kwargs):
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    return find_answers(data, "notebook", bank, **kwargs)


def place(notebook, name):
    return next(
        at
        for at, cell in enumerate(notebook["cells"])
        if cell["metadata"].get("collapse_edu", {}).get("question") == name
    )


def code_cell(source, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": []}


def text_cell(source, kind="markdown"):
    return {"cell_type": kind, "metadata": {}, "source": source}


# ---------------------------------------------------------------- what becomes of a notebook


def of_kind(kind, name=NUMBER, fence="", keep=True):
    """Return a change that turns an answer cell into a text cell."""

    def change(notebook):
        cell = notebook["cells"][place(notebook, name)]
        source = f"```{fence}\n{cell['source']}\n```" if fence else cell["source"]
        cell |= {"cell_type": kind, "source": source, "metadata": cell["metadata"] if keep else {}}
        cell.pop("outputs", None)

    return change


def without_metadata(*where):
    """Return a change that takes away the metadata of cells, of outputs, or of the notebook."""

    def change(notebook):
        for cell in notebook["cells"]:
            if "cells" in where:
                cell["metadata"] = {}
            if "all outputs" in where:
                cell.pop("outputs", None)
            for output in cell.get("outputs", ()) if "outputs" in where else ():
                output["metadata"] = {}
        if "notebook" in where:
            notebook["metadata"] = {}

    return change


def in_one_cell(first=None):
    """Return a change that puts all answers into one cell: the first one, or a new one at the end."""

    def change(notebook):
        slots = [cell for cell in notebook["cells"] if "collapse_edu" in cell["metadata"]]
        together = "\n\n".join(cell["source"] for cell in slots)
        notebook["cells"] = [cell for cell in notebook["cells"] if cell not in slots]
        notebook["cells"].append(slots[0] | {"source": together} if first else code_cell(together))

    return change


def at_cell(name, change_cells):
    """Return a change of the list of cells at the answer cell of a question."""
    return lambda notebook: change_cells(notebook["cells"], place(notebook, name))


def source(name, written):
    def change(cells, at):
        cells[at]["source"] = written

    return at_cell(name, change)


def below(name, cell):
    return at_cell(name, lambda cells, at: cells.insert(at + 1, cell))


def at_the_end(*cells):
    return lambda notebook: notebook["cells"].extend(cells)


def shuffled(notebook):
    random.Random(7).shuffle(notebook["cells"])


def split_function(cells, at):
    lines = cells[at]["source"].splitlines()
    cells[at]["source"] = "\n".join(lines[:6])
    cells.insert(at + 1, code_cell("\n".join(lines[6:])))


def copied_and_changed(cells, at):
    cells.insert(at + 1, cells[at] | {"source": "answer_04 = 0.99\ncheck('M2.04', answer_04)"})


def copied_for_another(cells, at):
    """The answer to another question is written into a copy of this cell."""
    other = next(cell for cell in cells if cell["metadata"].get("collapse_edu", {}).get("question") == "M2.06")
    cells.insert(at + 1, cells[at] | {"source": other["source"]})
    cells.remove(other)


def two_quizzes(notebook):
    notebook["cells"] += answered(quiz="Q3_losing_the_tails")["cells"]


def widget_answered(notebook):
    cell = notebook["cells"][place(notebook, NUMBER)]
    cell["outputs"] = [{"data": {"text/plain": "M2.04: answered above: right."}, "metadata": {}}]


def of_another_learner(notebook):
    notebook["metadata"]["collapse_edu"]["learner"] = "bob"


def several(*changes):
    def change(notebook):
        for each in changes:
            each(notebook)

    return change


ALL_RIGHT, NOT_FOUND = {}, "nothing is called answer_04, but this stands in its place"
BLANK = (NUMBER,)
OWN = [each.id for each in QUESTIONS if each.shuffled or has_own_numbers(each)]  # others have the same for all
# What became of it → questions left blank before, the change, questions that are not right and why, a note.
STATES = {
    "as it should be": ((), lambda notebook: None, ALL_RIGHT, None),
    "to Markdown": ((), of_kind("markdown"), ALL_RIGHT, "M2.04: its answer stands in a text cell"),
    "to raw": ((), of_kind("raw"), ALL_RIGHT, "M2.04: its answer stands in a text cell"),
    "to Markdown, metadata gone": ((), of_kind("markdown", keep=False), ALL_RIGHT, "stands in a text cell"),
    "fenced in Markdown": ((), of_kind("markdown", fence="python", keep=False), ALL_RIGHT, "stands in a text cell"),
    "fenced, with metadata": ((), of_kind("markdown", fence="python"), ALL_RIGHT, "stands in a text cell"),
    "Markdown added below a blank cell": (
        BLANK, below(NUMBER, text_cell(as_written(OF[NUMBER]))), ALL_RIGHT, "stands in a text cell",
    ),
    "one line of Markdown": (
        BLANK, below(NUMBER, text_cell(f"I take\n\n**{as_written(OF[NUMBER]).splitlines()[0]}**")), ALL_RIGHT, "text",
    ),
    "words below the question": (BLANK, below(NUMBER, text_cell("a third, I think")), {NUMBER: "a third"}, None),
    "words in the heading's cell": (
        BLANK, lambda notebook: notebook["cells"][place(notebook, NUMBER) - 2].update(source="## M2.04 · x\n\n0.3"),
        {NUMBER: f"{NOT_FOUND}: “0.3”"}, None,
    ),
    "a list of answers at the end": (
        BLANK, at_the_end(text_cell("My answers: M2.04 is 0.3")), {NUMBER: "is 0.3"}, None,
    ),
    "words below no question": (
        BLANK, at_the_end(text_cell("4: 0.3")), {NUMBER: None}, "below no question: “4: 0.3”",
    ),
    "a value without its name": (BLANK, source(NUMBER, "0.3\ncheck('M2.04', answer_04)"), {NUMBER: "“0.3”"}, None),
    "another name": (BLANK, source(NUMBER, "answer_4 = 0.3"), {NUMBER: "“answer_4 = 0.3”"}, None),
    "in a comment": (BLANK, source(NUMBER, "# answer_04 = 0.3\nanswer_04 = ..."), {NUMBER: "“answer_04 = 0.3”"}, None),
    "check of a question that is none": (BLANK, source(NUMBER, "check('M2.99', 0.3)"), {NUMBER: "“check("}, None),
    "half written": (BLANK, source(NUMBER, "answer_04 = \ncheck('M2.04', answer_04)"), {NUMBER: "it is code"}, None),
    "a cell of its own below": (
        BLANK, below(NUMBER, code_cell("import numpy as np\nnp.exp(-1)")), {NUMBER: "“np.exp(-1)”"}, None,
    ),
    "in a cell of its own": (
        BLANK, below(NUMBER, code_cell(as_written(OF[NUMBER]))), ALL_RIGHT, "M2.04: the cell had lost its metadata",
    ),
    "answered in the widget": (BLANK, widget_answered, {NUMBER: "it was answered in the widget"}, None),
    "shown, and left alone": (BLANK, lambda notebook: None, {NUMBER: None}, "M2.04: nothing in the cells; what was"),
    "untouched": (
        BLANK, lambda notebook: notebook["cells"][place(notebook, NUMBER) - 1].update(outputs=[]), {NUMBER: None}, None,
    ),
    "the function left as it was": ((CODE,), lambda notebook: None, {CODE: None}, "M2.02: nothing in the cells"),
    "all in the first cell": ((), in_one_cell(first=True), ALL_RIGHT, "found by the name in it"),
    "all in a new cell": ((), in_one_cell(), ALL_RIGHT, "found by the name in it"),
    "in another order": ((), shuffled, ALL_RIGHT, None),
    "a function split in two": ((), at_cell(CODE, split_function), ALL_RIGHT, None),
    "copied and changed": ((), at_cell(NUMBER, copied_and_changed), {NUMBER: False}, "2 cells answer it; the last one"),
    "copied for another question": ((), at_cell(NUMBER, copied_for_another), ALL_RIGHT, "M2.06: the cell had lost"),
    "copied": ((), at_cell(NUMBER, lambda cells, at: cells.append(cells[at])), ALL_RIGHT, "2 cells answer it"),
    "indented": (
        (), at_cell(NUMBER, lambda cells, at: cells[at].update(source=indent(cells[at]["source"], "  "))),
        ALL_RIGHT, None,
    ),
    "lines as a list": (
        (), lambda notebook: [cell.update(source=cell["source"].splitlines(True)) for cell in notebook["cells"]],
        ALL_RIGHT, None,
    ),
    "metadata of cells gone": ((), without_metadata("cells"), ALL_RIGHT, "found by the name in it"),
    "metadata of the notebook gone": ((), without_metadata("notebook"), ALL_RIGHT, "metadata were gone"),
    "outputs cleared": ((), without_metadata("all outputs"), ALL_RIGHT, "no output says whose numbers were shown"),
    "metadata of outputs gone": ((), without_metadata("outputs"), ALL_RIGHT, None),
    "only outputs tell": ((), without_metadata("cells", "notebook"), ALL_RIGHT, "metadata were gone"),
    "laid for another learner": ((), of_another_learner, ALL_RIGHT, None),
    "laid for another, outputs without metadata": (
        (), several(of_another_learner, without_metadata("outputs")),
        dict.fromkeys(OWN, "show is not what bob sees"),
        None,
    ),
    "two quizzes": ((), two_quizzes, ALL_RIGHT, "it answers the quiz of M3, too"),
    "cells that are none": (
        (), at_the_end(3, None, [], {"cell_type": "code", "source": 3}, {"source": "x"}),
        ALL_RIGHT, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_each_answer_is_found_or_named(no_isolation, state):
    """A function is code, which this machine cannot run; that it was found shows in its fault."""
    blank, change, expected, noted = STATES[state]
    notebook = answered(blank)
    change(notebook)
    script = read(notebook)
    for question in QUESTIONS:
        answer, wanted = script.answers[question.id], expected.get(question.id, True)
        if isinstance(wanted, str):
            assert wanted in answer.fault, answer
        elif wanted and isinstance(question, Function):
            assert answer.fault.startswith("it is code"), answer
            assert f"def {question.name}" in answer.source
        else:
            assert answer.fault is None, answer
            assert question.judge(answer.data, script.whose(question.id)).right is wanted, answer
    if noted:
        assert any(noted in note for note in script.notes), script.notes
    else:
        assert script.notes == []


def lesson_0_1_0(name):
    sources = json.loads(gzip.decompress(NOTEBOOKS_0_1_0.read_bytes()))[name]
    return {"cells": list(map(code_cell, sources)), "metadata": {}}


def shown_only():
    notebook = laid()
    notebook["cells"][4]["outputs"] = [shown(OF[CHOICE])]
    return notebook


def with_words(words):
    notebook = laid()
    notebook["cells"].insert(0, text_cell(words))
    return notebook


def encoded(codec):
    return json.dumps(answered()).encode(codec)


REFUSED = {
    "blank": (laid, 'it is blank: .*hand_in\\("M2"\\) writes'),
    "blank, metadata gone": (lambda: quiz_notebook(QUIZ) | {"metadata": {}}, "it is blank"),
    "answered in widgets": (shown_only, 'nothing is answered in its cells; .*hand_in\\("M2"\\) writes: ask for that'),
    "blank, with words": (lambda: with_words("see my other file"), "words in it: “see my other file”"),
    "the lesson": (lambda: lesson_0_1_0("notebooks/M2_gaussian_collapse.ipynb"), "it is the lesson M2, .*Q2_gaussian"),
    "a lesson without a quiz": (lambda: lesson_0_1_0("notebooks/M0_start_here.ipynb"), "it is the lesson M0"),
    "the inventory": (lambda: lesson_0_1_0("quizzes/concept_inventory.ipynb"), "it is the concept inventory"),
    "another notebook": (lambda: {"cells": [code_cell("print(1)")]}, "asks no question of this course"),
    "format 3": (lambda: {"worksheets": [{"cells": []}], "nbformat": 3}, "notebook of format 3"),
    "UTF-16": (lambda: encoded("utf-16"), "UTF-16, not UTF-8"),
    "UTF-32": (lambda: encoded("utf-32-be"), "UTF-16, not UTF-8"),
    "one part twice": (lambda: b'{"cells": [], "cells": []}', "there twice"),
    "too large": (lambda: b" " * (json_file.LARGEST + 1), "8.0 MB"),
    "too many values": (lambda: b"[" + b"[]," * 200_000 + b"[]]", "more than 300,000 values"),
}


@pytest.mark.parametrize("state", REFUSED)
def test_what_is_no_answered_quiz_is_refused_in_a_line_that_helps(state):
    make, said = REFUSED[state]
    with pytest.raises(UnreadableSubmissionError, match=said) as refused:
        read(make())
    assert len(str(refused.value).splitlines()) == 1


def test_what_is_refused_keeps_its_lesson_and_learner():
    notebook = laid()
    notebook["cells"].insert(0, code_cell('identify("Ada L.")'))
    with pytest.raises(UnreadableSubmissionError) as refused:
        read(notebook)
    assert (refused.value.lesson, refused.value.learner, refused.value.name) == ("M2", LEARNER, "Ada L.")
    for name, lesson in (("M3_losing_the_tails", "M3"), ("M0_start_here", None)):
        with pytest.raises(UnreadableSubmissionError) as refused:
            read(lesson_0_1_0(f"notebooks/{name}.ipynb"))
        assert refused.value.lesson == lesson


def test_every_lesson_of_the_first_version_is_refused_as_that_lesson():
    for name in json.loads(gzip.decompress(NOTEBOOKS_0_1_0.read_bytes())):
        lesson = name.partition("/")[2][:2]
        if lesson.startswith("M"):
            with pytest.raises(UnreadableSubmissionError, match=f"it is the lesson {lesson}"):
                read(lesson_0_1_0(name))


def test_a_byte_order_mark_is_read(no_isolation):
    assert read(encoded("utf-8-sig")).answers == read(answered()).answers


def test_where_the_metadata_name_a_quiz_that_is_not_answered_the_answered_one_counts(no_isolation):
    notebook = laid()
    notebook["cells"] += answered(quiz="Q3_losing_the_tails")["cells"]
    assert read(notebook).lesson == "M3"


def test_what_a_cell_that_was_run_does_not_give_is_named(isolation):
    notebook = answered(BLANK)
    source(NUMBER, "answer_04 = print(0.3)")(notebook)
    answer = read(notebook).answers[NUMBER]
    assert (answer.data, answer.fault) == (None, "its cell was run, and gives no answer")
    assert answer.source == "answer_04 = print(0.3)"


@pytest.mark.parametrize("cells", [["x"] * 3_000, ["answer_04 = 0.3"] * 3_000, ["x = 1\n" * 3_000] * 100])
def test_each_cell_is_parsed_once_and_no_more_than_can_be(no_isolation, monkeypatch, cells):
    """Whatever a paper holds, reading it costs little: its parses are counted, not its seconds."""
    parsed, parse = [], parsed_code.ast.parse
    monkeypatch.setattr(parsed_code.ast, "parse", lambda source: parsed.append(len(source)) or parse(source))
    notebook = answered()
    own = len(notebook["cells"])
    notebook["cells"] = [*map(code_cell, cells), *notebook["cells"]]
    script = read(notebook)
    assert len(parsed) <= len(cells) + 2 * own  # twice where lines in a text are tried
    assert sum(parsed) <= papers.MOST_TEXT + parsed_code.LONGEST_CODE + 10_000
    assert all(answer.fault or answer.data for answer in script.answers.values())


def test_an_answer_of_half_a_million_numbers_is_left_to_the_sandbox(no_isolation, monkeypatch):
    monkeypatch.setattr(json_file, "_MOST_PARTS", 10**9)
    notebook = answered()
    source(NUMBER, f"answer_04 = [{'1,' * 500_000}]")(notebook)
    assert read(notebook).answers[NUMBER].fault.startswith("it is code")


# ---------------------------------------------------------------- what nobody thought of


def merged(rng, cells):
    at = rng.randrange(len(cells) - 1)
    pair = cells[at : at + 2]
    if all(cell["cell_type"] == "code" for cell in pair):
        cells[at : at + 2] = [pair[0] | {"source": f"{pair[0]['source']}\n\n{pair[1]['source']}"}]


def split(rng, cells):
    at = rng.randrange(len(cells))
    lines = cells[at]["source"].splitlines()
    if len(lines) > 1 and cells[at]["cell_type"] == "code":
        cut = rng.randrange(1, len(lines))
        cells[at : at + 1] = [cells[at] | {"source": "\n".join(part)} for part in (lines[:cut], lines[cut:])]


def turned(rng, cells):
    cell = rng.choice(cells)
    kind = rng.choice(["markdown", "raw", "code", "code"])
    if kind != "code" and rng.random() < 0.5:
        cell["source"] = f"```\n{cell['source']}\n```"
    if cell["cell_type"] == "code":
        cell["cell_type"] = kind


def stripped(rng, cells):
    for cell in rng.sample(cells, rng.randrange(1, len(cells))):
        cell["metadata"] = {}


def cleared(rng, cells):
    for cell in rng.sample(cells, rng.randrange(1, len(cells))):
        cell["outputs"] = []


def outputs_stripped(rng, cells):
    for cell in rng.sample(cells, rng.randrange(1, len(cells))):
        for output in cell.get("outputs", ()):
            output["metadata"] = {}


def again(rng, cells):
    cells.insert(rng.randrange(len(cells)), copy.deepcopy(rng.choice(cells)))


def moved(rng, cells):
    cells.insert(rng.randrange(len(cells)), cells.pop(rng.randrange(len(cells))))


def mixed(rng, cells):
    if rng.random() < 0.2:
        rng.shuffle(cells)


def added(rng, cells):
    new = [code_cell("print('x')"), text_cell("b, because of n"), code_cell("x = [1, 2]"), code_cell("%time\nsum(")]
    cells.insert(rng.randrange(len(cells)), rng.choice(new))


DAMAGE = [merged, split, turned, stripped, cleared, outputs_stripped, again, moved, mixed, added]


def damaged(seed):
    """Return a notebook in which all is right, after some accidents, and what they were."""
    rng, notebook = random.Random(seed), answered(quiz=f"Q{1 + seed % 9}_{NAME_OF[1 + seed % 9]}")
    accidents = rng.choices(DAMAGE, k=rng.randrange(1, 9))
    for accident in accidents:
        accident(rng, notebook["cells"])
    if rng.random() < 0.2:
        notebook["metadata"] = {}
    return notebook, [accident.__name__ for accident in accidents]


NAME_OF = {int(name[1]): name[3:] for name in NAMES}


def is_named(question, answer, script):
    return answer.fault or question.judge(answer.data, script.whose(question.id)).right


@pytest.mark.parametrize("part", range(4))
def test_no_answer_is_lost_in_a_damaged_notebook(no_isolation, part):
    for seed in range(part * 60, part * 60 + 60):
        notebook, accidents = damaged(seed)
        script = read(notebook)
        lost = [
            each.id for each in bank.questions(script.lesson) if not is_named(each, script.answers[each.id], script)
        ]
        assert not lost, (seed, accidents, lost, [script.answers[name] for name in lost], script.notes)


# ------------------------------------------------------ what a paper may cost, and what is never a silent blank


def many(sources):
    """Return a notebook of code cells without metadata of their own."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    about = {"collapse_edu": {"lesson": "M2", "learner": LEARNER}}
    cells = [cell | {"source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_cells_that_go_on_are_joined_a_limited_number_of_times(monkeypatch):
    """Each is parsed once more with what stands above: without a limit, 3,500 of them took half a minute."""
    parsed = []
    monkeypatch.setattr(papers.ast, "parse", lambda source, parse=ast.parse: parsed.append(source) or parse(source))
    with pytest.raises(UnreadableSubmissionError, match="blank"):
        find_answers(many(["if 1:", *[" a = 1"] * 3_500]), "notebook", bank)
    assert sum(map(len, parsed)) < 1_000_000


def test_too_many_cells_are_refused():
    with pytest.raises(UnreadableSubmissionError, match="more than 5,000 cells"):
        find_answers(many(["a = 1"] * 5_001), "notebook", bank)


LISTS = ("answers = {'01': 'a', '04': 0.25, '05': 'b'}", "| 01 | a |\n| 04 | 0.25 |\n| 05 | b |", "1: a\n4: 0.25\n5: b")


@pytest.mark.parametrize("text", LISTS)
def test_a_list_of_all_answers_is_seen(text):
    cells = json.loads(many(["answer_01 = 'a'", text]))
    cells["cells"][1]["cell_type"] = "code" if text is LISTS[0] else "markdown"
    answers = find_answers(json.dumps(cells).encode(), "notebook", bank).answers
    assert answers["M2.04"].fault.startswith("nothing is called answer_04, but a cell lists answers: “")
    assert answers["M2.06"].fault is None  # it is not in the list


def test_an_answer_behind_a_blank_is_seen():
    sources = ["answer_01 = 'a'", "answer_04 = ...  # 0.27\ncheck('M2.04', answer_04)"]
    sources.append("answer_05 = ...  # one letter in quotes\ncheck('M2.05', answer_05)")
    answers = find_answers(many(sources), "notebook", bank).answers
    assert "0.27" in (answers["M2.04"].fault or "")
    assert answers["M2.05"].fault is None


LISTS_IN_ONE_LINE = (
    "My answers: 1: a, 4: 0.25, 5: b",
    "1b 4c 5a",
    "1) a 4) b 5) c",
    "1 - a\n4 - b\n5 - c",
    "**1** a, *4* b, 5 c",
)


@pytest.mark.parametrize("text", LISTS_IN_ONE_LINE)
def test_a_list_in_one_line_is_seen(text):
    cells = json.loads(many(["answer_01 = 'a'"]))
    cells["cells"].insert(0, text_cell(text))
    answers = find_answers(json.dumps(cells).encode(), "notebook", bank).answers
    assert "a cell lists answers: “" in answers["M2.04"].fault
    assert answers["M2.01"].fault is None
    assert "a cell lists answers: “" in read(with_words(text)).answers["M2.04"].fault  # also where all else is blank


def test_a_list_is_looked_for_in_steps_as_many_as_its_letters():
    """With an unbounded repeat, a number before 200,000 blanks took seven minutes; no such test would end."""
    for text in ("1" + " " * papers.MOST_TEXT, " " * papers.MOST_TEXT, "1 " * 100_000, "*" * papers.MOST_TEXT):
        assert listed_numbers(text) == set()


@pytest.mark.parametrize("name", ["m2", "Q2", "M2 ", "quizzes/Q2_gaussian_collapse.ipynb", "M99", "M3", 5, ["M2"], {}])
def test_a_lesson_that_is_named_otherwise_is_what_its_cells_answer(no_isolation, name):
    notebook = answered()
    notebook["metadata"]["collapse_edu"]["lesson"] = name
    script = read(notebook)
    assert script.lesson == "M2"
    assert script.answers == read(answered()).answers


def test_our_own_mistake_costs_one_answer(no_isolation, monkeypatch):
    def judged_as(question, *rest):
        if question.id == NUMBER:
            raise RecursionError("too deep")
        return judge(question, *rest)

    usual, judge = read(answered()).answers, in_notebook.judged_as
    monkeypatch.setattr(in_notebook, "judged_as", judged_as)
    found = read(answered()).answers
    assert found[NUMBER].fault == "the marker failed on it: RecursionError: too deep"
    assert found | {NUMBER: None} == usual | {NUMBER: None}


def test_a_function_too_deep_to_be_compared_costs_no_other_answer(no_isolation):
    notebook = answered()
    source(CODE, f"def {OF[CODE].name}(real, noise):\n    return {'+'.join(['1'] * 2_000)}")(notebook)
    script = read(notebook)
    assert script.answers[CODE].fault.startswith("it is code")
    assert script.answers[NUMBER].data == OF[NUMBER].right_answer(LEARNER)
