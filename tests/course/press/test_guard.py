"""The committed notebooks pass the guard, fit their sources, and each rule of the guard can fail."""

from pathlib import Path

import pytest
from nbformat import read
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from collapse_edu.course.press import build, guard
from collapse_edu.course.register import LESSONS

ROOT = Path(__file__).resolve().parents[3]
LESSON_NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = LESSON_NOTEBOOKS + sorted((ROOT / "quizzes").glob("*.ipynb"))


# ---------------------------------------------------------------- the course's notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_has_no_problems(path):
    assert guard.problems(read(path, as_version=4), path) == []


@pytest.mark.parametrize("name", build.names())
def test_notebook_is_in_step_with_its_source(name):
    assert build.in_step(name) == []


def test_each_lesson_notebook_has_a_source():
    assert {path.stem for path in LESSON_NOTEBOOKS} == set(build.names())


# ---------------------------------------------------------------- a sound lesson, and ways to spoil it

PICTURE = '<img alt="The spread falls from 1 to 0.2." src="data:image/png;base64,iVBORw0KGgo=">'


TERMS = ", ".join(f"[{name}](../docs/glossary.md#{name})" for name in "abcde")


def prose(text, *tags):
    return new_markdown_cell(text, metadata={"tags": ["core", *tags]})


def code(source, *tags, html="", plain="The spread falls from 1 to 0.2."):
    data = {"text/plain": plain, **({"text/html": html} if html else {})}
    shown = new_output("execute_result", data)
    return new_code_cell(source, metadata={"tags": ["core", *tags]}, outputs=[shown])


def lesson():
    """Return a small lesson without a fault."""
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# M2 · Gaussian collapse"),
            prose("Questions … Objectives … Minutes: 20 reading, 20 doing. What you need: [M0](M0.ipynb), " + TERMS),
            code("ask('M0.01'), ask('M0.02')", "retrieval"),
            prose("## What will happen?\n\n```python\n# a comment, no heading\n```", "predict"),
            code("prediction = 'b'", "predict", "open"),
            code("explorers.Gaussian(prediction=prediction)", "run", html=PICTURE),
            prose("### Why\n\nBecause. ![a curve that falls](M0.ipynb)", "explain"),
            code("explorers.Gaussian(keep_real=True)", "real-data", html=PICTURE),
            prose("## Your turn"),
            code("def variance(x):\n    return ...", "exercise"),
            code("check(variance)", "check"),
            code("def other(x):\n    return ...", "exercise", "transfer"),
            prose("<details>" + "a hint " * 200 + "</details>"),
            code("check(other)", "check"),
            prose(
                "## Take-aways\n\n## Where this comes from\n\n[Q2](../quizzes/Q2_gaussian_collapse.ipynb), "
                "[questions](../docs/questions.md)"
            ),
        ]
    )
    renumber(notebook)
    return notebook


def renumber(notebook):
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
        cell.execution_count = count


@pytest.fixture
def path(tmp_path):
    """Where the sound lesson would lie: its links lead to a file."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "M0.ipynb").touch()
    (tmp_path / "quizzes").mkdir()
    (tmp_path / "quizzes" / "Q2_gaussian_collapse.ipynb").touch()
    (tmp_path / "setup.cfg").touch()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "glossary.md").write_text("# Glossary\n\n" + "\n".join(f"## {name}" for name in "abcde"))
    (tmp_path / "docs" / "questions.md").touch()
    return folder / "M2_gaussian_collapse.ipynb"


def source(text, number=3):
    """Return a change that replaces the source of cell `number` (from 1)."""
    return lambda notebook: notebook.cells[number - 1].__setitem__("source", text)


def count(number, value):
    """Return a change that sets the execution count of cell `number` (from 1)."""
    return lambda notebook: notebook.cells[number - 1].__setitem__("execution_count", value)


def data(**kinds):
    """Return a change that replaces the output of the explorer: image_png="…" sets image/png."""
    values = {kind.replace("_", "/", 1): value for kind, value in kinds.items()}
    return lambda notebook: notebook.cells[5].outputs[0].__setitem__("data", values)


def say(text, *tags):
    """Return a change that puts prose before the last code cell."""
    return lambda notebook: notebook.cells.insert(-2, prose(text, *tags))


def retag(number, *tags):
    """Return a change that replaces the tags of cell `number` (from 1)."""
    return lambda notebook: notebook.cells[number - 1].metadata.__setitem__("tags", list(tags))


def drop(number):
    """Return a change that removes cell `number` (from 1)."""

    def change(notebook):
        del notebook.cells[number - 1]
        renumber(notebook)

    return change


def fold(number):
    """Return a change that folds cell `number` (from 1)."""
    return lambda notebook: notebook.cells[number - 1].metadata.__setitem__("jupyter", {"source_hidden": True})


def answered(notebook):
    source("## Idea 1: It falls", 4)(notebook)
    source("predict('M2.p1')", 5)(notebook)


def raised(notebook):
    notebook.cells[2].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=[])]


def traced(notebook):
    lines = ["\x1b[32m/home/me/lib/a.py:3\x1b[39m, in f()"]
    notebook.cells[2].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=lines)]


def idea(notebook):
    """Put one more idea before the take-aways."""
    notebook.cells[-1:-1] = [prose("a", step) for step in ("predict", "run", "explain")]


def many_ideas(notebook):
    for _ in range(3):
        idea(notebook)


VIEW = guard.WIDGET_VIEW.replace("/", "_", 1)
FAULTS = [
    (guard.counts, count(6, None), "cell 6: execution count None"),
    (guard.counts, count(3, 2), "count 2, expected 1"),
    (guard.constructs, source("interact(f, x=3)"), "interact()"),
    (guard.constructs, source("import ipywidgets as w\nw.interactive_output(f, {})"), "interactive_output()"),
    (guard.constructs, source("from ipywidgets import Output"), "import of Output"),
    (guard.constructs, source("with widgets.Output():\n    1"), "Output()"),
    (guard.constructs, source("IPython.display.clear_output(wait=True)"), "clear_output()"),
    (guard.constructs, source("display(1, display_id='a')"), "display_id"),
    (guard.constructs, source("%matplotlib inline"), "%matplotlib"),
    (guard.constructs, source("plt.show()"), "plt.show()"),
    (guard.constructs, source("open('/home/me/data.csv')"), "absolute path '/home/me/data.csv'"),
    (guard.constructs, source(r"open(r'C:\data\a.csv')"), "absolute path"),
    (guard.constructs, source("x = = 1"), "not valid Python"),
    (guard.errors, raised, "raised ValueError"),
    (guard.machine_paths, data(text_plain="saved to /home/me/my_course now"), "/home/me/my_course"),
    (guard.machine_paths, data(text_plain="three words here", text_html="<b>/home/ada/x/y</b>"), "/home/ada/x/y"),
    (guard.machine_paths, traced, "/home/me/lib"),
    (guard.compared, source("# NBVAL_IGNORE_OUTPUT\n1"), "NBVAL_IGNORE_OUTPUT"),
    (guard.compared, retag(3, "core", "nbval-skip"), "nbval-skip"),
    (guard.size, data(text_plain="three words here " * 100_000), "MB, at most"),
    (guard.widget_state, lambda nb: nb.metadata.__setitem__("widgets", {}), "widget state"),
    (guard.widget_state, data(**{"text_plain": "a b c", VIEW: {}}), "widget view"),
    (guard.alt_text, data(text_plain="a b c", text_html="<img src='a.png'>"), "cell 6: <img> without"),
    (guard.alt_text, data(text_plain="a b c", text_html="<IMG alt='' src='a.png'/>"), "<img> without"),
    (guard.alt_text, data(text_plain="a b c", text_html="<svg></svg>"), "<svg> without"),
    (guard.alt_text, data(text_plain="a b c", image_png="iVBORw0KGgo="), "bare picture"),
    (guard.alt_text, data(**{"text_plain": "a b c", "image_svg+xml": "<svg/>"}), "bare picture"),
    (guard.alt_text, say("![](M0.ipynb)"), "picture M0.ipynb without"),
    (guard.alt_text, say("<img src='M0.ipynb'>"), "<img> without"),
    (guard.words_for_pictures, data(text_html=PICTURE), "whose text/plain says ''"),
    (guard.words_for_pictures, data(text_plain="<Figure size 640x480 with 1 Axes>"), "the bare '<Figure"),
    (guard.words_for_pictures, data(text_plain="VBox(children=(IntSlider(value=3),))"), "the bare 'VBox("),
    (guard.words_for_pictures, data(text_plain="IntSlider(value=3)"), "the bare 'IntSlider("),
    (guard.outline, say("# Another title"), "2 first-level headings"),
    (guard.outline, lambda nb: nb.cells.insert(0, prose("## Early")), "first heading is not the title"),
    (guard.outline, say("#### Deep"), "skips from level 2 to 4"),
    (guard.links, say("[gone](../docs/gone.md#here)"), "../docs/gone.md"),
    (guard.links, say("<a href='gone.md'>gone</a>"), "gone.md leads nowhere"),
    (guard.links, say("[root](/M0.ipynb)"), "/M0.ipynb leads nowhere"),
    (guard.links, say("[out](../setup.cfg)"), "leads out of the working copy"),
    (guard.anchors, say("[gone](../docs/glossary.md#gone)"), "glossary.md has no heading 'gone'"),
    (guard.glossary, source("Questions, objectives, minutes: reading, doing. Needs nothing.", 2), "0 terms are linked"),
    (guard.numbers, say("It falls to 0.75.", "explain"), "0.75 is in no output"),
    (guard.instructor_notes, lambda nb: nb.cells[3].metadata.__setitem__("instructor", ["a"]), "cell 4"),
    (guard.core_or_deeper, retag(3, "setup"), "cell 3: must be tagged"),
    (guard.core_or_deeper, retag(3, "core", "deeper"), "cell 3: must be tagged"),
    (guard.known_tags, retag(8, "core", "real-date"), "unknown tag 'real-date'"),
    (guard.short_prose, say("word " * 121), "121 words"),
    (guard.title, source("# M2 · Losing the tails", 1), "the title '# M2 · Gaussian collapse'"),
    (guard.promise, source("Welcome. Questions: none.", 2), "lacks objective"),
    (guard.ideas, retag(6, "core"), "cell 7: explain where run is due"),
    (guard.ideas, retag(7, "core"), "ends with run"),
    (guard.ideas, lambda nb: [c.metadata.__setitem__("tags", ["core"]) for c in nb.cells], "no idea"),
    (guard.ideas, many_ideas, "4 ideas"),
    (guard.spoilers, answered, "heading 'Idea 1: It falls' does not ask, and spoils M2.p1"),
    (guard.explorer, lambda nb: [c.__setitem__("source", "1") for c in nb.cells], "no explorer"),
    (guard.exercises, retag(10, "core"), "1 exercises"),
    (guard.exercises, retag(12, "core", "exercise"), "tagged transfer"),
    (guard.exercises, source("x = 1  # ...", 10), "cell 10: an exercise without"),
    (guard.exercises, drop(11), "cell 10: an exercise whose next"),
    (guard.exercises, drop(14), "cell 12: an exercise whose next"),
    (guard.exercises, source("print('well done')", 11), "cell 11: a check that does not call check()"),
    (guard.open_code, source("x = 1\n" * 61, 5), "lines of code are open in the core, at most 60"),
    (guard.open_code, retag(5, "core", "predict"), "no code cell of the core is tagged open"),
    (guard.open_code, fold(10), "cell 10: is tagged exercise and folded"),
    (guard.retrieval, source("ask('M0.01')", 3), "1 retrieval questions"),
    (guard.way_to_quiz, source("## Take-aways\n\n## Where this comes from", 15), "no link to ../quizzes/Q2_"),
    (guard.way_to_quiz, source("[Q2](../quizzes/Q2_gaussian_collapse.ipynb)", 15), "no link to ../docs/questions.md"),
    (guard.real_data_switch, retag(8, "core"), "real-data"),
    (guard.ending, drop(15), "no heading 'Take-aways'"),
]


def test_sound_lesson_has_no_problems(path):
    assert guard.problems(lesson(), path) == []


def test_a_third_idea_is_welcome(path):
    notebook = lesson()
    idea(notebook)
    idea(notebook)
    assert guard.problems(notebook, path) == []


@pytest.mark.parametrize(("rule", "spoil", "message"), FAULTS, ids=[fault[0].__name__ for fault in FAULTS])
def test_rule_catches(rule, spoil, message, path):
    notebook = lesson()
    spoil(notebook)
    assert [line for line in rule(notebook, path) if message in line]
    assert [line for line in guard.problems(notebook, path) if message in line]


RUN = "model(n=1_000)\nprint(...)"
SHOWN = "median 0.6931, 18,318 words, 37 % die, guess_44, at t = 30"


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("It is 0.69, about 69 %, 0.7 in short.", []),
        ("Of 18,318 words 37 % die, a share of 0.37, with 1,000 samples.", []),
        ("It is 0.68.", ["0.68"]),
        ("It is 0.694: more digits than were shown.", ["0.694"]),
        ("Of 18,319 words 38 % die by generation 31.", ["18,319", "38 %", "31"]),
        ("69 words die.", ["69"]),  # 0.69 is no 69 without a per cent
        ("Of guess_44, 44 is no result.", ["44"]),
        ("In M3, 2024, with $n = 77$, `f(78)`, on 8 × 8 pixels, in Idea 3, two of [79](M0.ipynb).", ["79"]),
    ],
)
def test_numbers_in_prose_come_from_the_run(sentence, wrong, path):
    cells = [code(RUN, plain=SHOWN), prose(sentence, "explain")]
    found = list(guard.numbers(new_notebook(cells=[prose("## Idea"), *cells, prose("## Other")]), path))
    assert found == [f"cell 3: {number} is in no output and no code of its section" for number in wrong]


def test_numbers_of_another_section_do_not_count_but_in_the_take_aways(path):
    cells = [prose("## One"), code(RUN, plain=SHOWN), prose("## Two\n\n37 % die.", "explain")]
    assert len(list(guard.numbers(new_notebook(cells=cells), path))) == 1
    cells = [*cells[:2], prose("## Take-aways\n\n* 37 % die, 38 % live.\n\n## Next\n\nIt takes 99 minutes.")]
    assert list(guard.numbers(new_notebook(cells=cells), path)) == [
        "cell 3: 38 % is in no output and no code of the lesson"
    ]


def test_every_rule_is_seen_to_fail():
    assert {rule for rule, _, _ in FAULTS} | {guard.start_bones, guard.listed} == set(guard.ALL)


@pytest.mark.parametrize("name", ["M10_made_up", "M2_gaussian", "notes"])
def test_a_notebook_among_the_lessons_that_is_none_is_told(name, path):
    assert "is no lesson of the register" in "".join(guard.problems(lesson(), path.with_name(f"{name}.ipynb")))
    assert guard.problems(lesson(), path.with_name("capstone.ipynb")) == []


@pytest.mark.parametrize("entry", LESSONS, ids=lambda entry: entry.id)
def test_every_lesson_but_the_first_has_all_bones(entry):
    found = guard.rules(Path(entry.notebook))
    assert set(found) >= {*guard.GENERIC, *guard.COURSE}
    assert set(guard.BONES if entry is not LESSONS[0] else guard.START) <= set(found)


def test_error_that_is_the_lesson_passes(path):
    notebook = lesson()
    raised(notebook)
    notebook.cells[2].metadata.tags.append("raises-exception")
    assert guard.problems(notebook, path) == []


def test_m0_needs_minutes_sections_and_something_to_run(tmp_path):
    notebook = new_notebook(cells=[new_markdown_cell("# M0 · Watch it happen")])
    assert len(guard.problems(notebook, tmp_path / "M0_start_here.ipynb")) == 3
    notebook.cells += [code("1", plain="1"), prose("About 15 minutes.\n\n## Check\n\n## Begin")]
    renumber(notebook)
    assert guard.problems(notebook, tmp_path / "M0_start_here.ipynb") == []


def test_m0_lets_play_before_it_talks(tmp_path):
    talk, play = prose("word " * 61 + "minutes\n\n## One\n\n## Two"), code("1", plain="1")
    notebook = new_notebook(cells=[new_markdown_cell("# M0 · Watch it happen"), talk, play])
    renumber(notebook)
    found = guard.problems(notebook, tmp_path / "M0_start_here.ipynb")
    assert len(found) == 1
    assert "words before the first cell that runs, at most 60" in found[0]


def test_quiz_needs_no_bones(tmp_path):
    notebook = new_notebook(cells=[new_markdown_cell("# Q2 Gaussian collapse"), new_markdown_cell("## One")])
    assert guard.problems(notebook, tmp_path / "Q2.ipynb") == []
