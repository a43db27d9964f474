"""Nothing in the lessons gives a prediction away, and what does is found wherever it is planted."""

from pathlib import Path

import jupytext
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from collapse_edu.course.press.spoilers import content_words, giving_away, shared_words, spoilers
from collapse_edu.course.register import LESSONS
from tests.course.press.paraphrases import INNOCENT as FREE_OF_SPOILERS
from tests.course.press.paraphrases import PARAPHRASES

ROOT = Path(__file__).resolve().parents[3]
SOURCES = {lesson.id: ROOT / "lessons" / f"{lesson.name}.py" for lesson in LESSONS}


def lesson(name):
    return jupytext.read(SOURCES[name])


def found_in(notebook, name):
    return list(spoilers(notebook, SOURCES[name].with_suffix(".ipynb")))


def place_of(notebook, prediction):
    """Return the place of the cell that asks for a prediction."""
    return next(i for i, cell in enumerate(notebook.cells) if f'predict("{prediction}")' in cell.source)


@pytest.mark.parametrize("name", SOURCES)
def test_no_lesson_gives_a_prediction_away(name):
    assert found_in(lesson(name), name) == []


# ---------------------------------------------------------------- spoilers, each of its own kind


def put(offset, cell):
    """Return a change that puts a cell before the prediction (0), or after it (1, 2, …)."""
    return lambda notebook, at: notebook.cells.insert(at + offset, cell)


def retitle(new):
    """Return a change of the heading of the prediction's section."""

    def change(notebook, at):
        cell = next(cell for cell in notebook.cells[at::-1] if "\n## Idea" in "\n" + cell.source)
        start = ("\n" + cell.source).rindex("\n## Idea")
        end = (cell.source + "\n").index("\n", start)
        cell.source = cell.source[:start] + new + cell.source[end:]

    return change


def promise(sentence):
    """Return a change of the lesson's first cell."""

    def change(notebook, at):
        notebook.cells[0].source += f"\n\n{sentence}"

    return change


def unfold(notebook, at):
    """Open the explanation that is folded since it stands right below."""
    cell = next(cell for cell in notebook.cells[at:] if "<details>" in cell.source)
    cell.source = cell.source.replace("<details>", "").replace("</details>", "").replace("<summary>", "")


def printed(text):
    return new_code_cell("show()", outputs=[new_output("stream", name="stdout", text=text)])


def table(rows):
    html = f"<table>{rows}</table>"
    return new_code_cell("show()", outputs=[new_output("execute_result", {"text/html": html, "text/plain": "types"})])


PLANTED = {
    "a heading that answers": ("M1.p1", retitle("## Idea 1: A side is lost, and never comes back")),
    "a heading that tells nothing but does not ask": ("M3.p2", retitle("## Idea 2: Counts and odds")),
    "a heading far below, in the table of contents": (
        "M3.p2",
        lambda notebook, at: notebook.cells.append(new_markdown_cell("## Deeper: Odds depend on counts")),
    ),
    "the title of a figure in the next cell": (
        "M5.p4",
        put(1, new_code_cell("plot_lines(t, percent, title='The tokens stay, the passages go')")),
    ),
    "a title with a name of its own, and no shared word": (
        "M4.p1",
        put(1, new_code_cell("title = 'Images lose their variety'\nplot(x, title=title)")),
    ),
    "a caption in prose": (
        "M2.p2",
        put(1, new_markdown_cell("Watch: a chain that is halved has to double to get back.")),
    ),
    "an objective": ("M8.p2", promise("* say why the number of real documents a year decides what is kept.")),
    "what a cell above has printed": ("M6.p1", put(0, printed("test error, times that of generation 1: 1.6"))),
    "a number in prose": (
        "M8.p1",
        put(0, new_markdown_cell("In such a crawl 15 % of the flagged documents are synthetic.")),
    ),
    "other words for the same": ("M5.p4", put(0, new_markdown_cell("Whole texts vanish, and words remain."))),
    "a comment in code": ("M1.p1", put(1, new_code_cell("play()  # once without slips, a side never comes back"))),
    "an explanation that stands open": ("M2.p2", unfold),
    "words in another order of phrase": ("M4.p1", put(0, new_markdown_cell("Recall is halved while precision stays."))),
    "two verbs with words between": ("M9.p1", put(0, new_markdown_cell("The margin rises first and falls later."))),
    "bounds in another sentence": (
        "M2.p1",
        put(0, new_markdown_cell("Most of the forty end below 0.7, and a few rise above 1.4.")),
    ),
    "a number in words": ("M5.p3", put(0, new_markdown_cell("Five types survive."))),
    "a number and a reason": (
        "M8.p1",
        put(0, new_markdown_cell("Most flags are wrong: only 15 % of them are right.")),
    ),
    "a title that a method sets": ("M5.p3", put(1, new_code_cell("axes.set_title('Ten types survive')"))),
    "a label": ("M5.p3", put(1, new_code_cell("axes.plot(t, types, label='five types survive')"))),
    "a table above": ("M5.p3", put(0, table("<tr><th>types alive</th></tr>\n<tr><td>5.1</td></tr>"))),
}


@pytest.mark.parametrize(("prediction", "plant"), PLANTED.values(), ids=PLANTED)
def test_a_planted_spoiler_is_found(prediction, plant):
    name = prediction.partition(".")[0]
    notebook = lesson(name)
    plant(notebook, place_of(notebook, prediction))
    found = found_in(notebook, name)
    assert found
    assert all(prediction in line for line in found)


INNOCENT = {
    "a question": ("M1.p1", put(0, new_markdown_cell("Can a side without a slip come back?"))),
    "what is folded": (
        "M2.p2",
        put(1, new_markdown_cell("<details>A variance that is halved must double to get back.</details>")),
    ),
    "what a cell below prints": ("M6.p1", put(1, printed("test error, times that of generation 1: 1.6"))),
    "a number of something else": ("M8.p1", put(0, new_markdown_cell("This takes 15 % of an hour."))),
    "what is shown, without how it comes out": (
        "M7.p1",
        put(0, new_markdown_cell("What is shown: accumulate and anchor in blue.")),
    ),
    "a title that says what is shown": ("M5.p4", put(1, new_code_cell("plot(x, title='Tokens and passages')"))),
    "a title made from the result": ("M5.p4", put(1, new_code_cell("plot(x, title=f'{word} of tokens stay')"))),
    "code that says how it works": ("M1.p1", put(1, new_code_cell("side = 1  # which slip, from 0"))),
}


@pytest.mark.parametrize(("prediction", "plant"), INNOCENT.values(), ids=INNOCENT)
def test_what_gives_nothing_away_is_let_through(prediction, plant):
    name = prediction.partition(".")[0]
    notebook = lesson(name)
    plant(notebook, place_of(notebook, prediction))
    assert found_in(notebook, name) == []


def names(prediction, sentence):
    """Tell whether a sentence in front of a prediction is said to spoil it."""
    name = prediction.partition(".")[0]
    notebook = lesson(name)
    put(0, new_markdown_cell(sentence))(notebook, place_of(notebook, prediction))
    return found_in(notebook, name) != []


def test_how_many_free_paraphrases_are_found():
    """At least 5 of 20 that were written before the guard was tuned: words are compared, and not what they say."""
    assert sum(names(*each) for each in PARAPHRASES) >= 5


def test_how_many_innocent_sentences_are_taken_for_spoilers():
    """At most 2 of 20: each costs its author a rewording."""
    assert sum(names(*each) for each in FREE_OF_SPOILERS) <= 2


def test_what_the_register_promises_is_read_too():
    notebook = lesson("M2")
    assert list(spoilers(notebook, Path("elsewhere.ipynb"))) == []


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("falling", "shrinks"),
        ("forgotten", "gone"),
        ("odds", "a chance"),
        ("tokens", "the type"),
        ("7.4 %", "7.4 per cent"),
    ],
)
def test_words_of_one_meaning_are_one(one, other):
    assert content_words(one) == content_words(other) != set()


def test_words_that_a_rival_has_tell_nothing():
    outcome, _ = giving_away("M5.p4")
    assert "10%" not in outcome
    assert shared_words("Both stay near 10 %, slowly.", outcome) == []
