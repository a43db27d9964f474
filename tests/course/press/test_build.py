"""The builder: same bytes twice, nothing written after a failure, clean outputs."""

import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import get_sanitize_patterns

from collapse_edu.course import register
from collapse_edu.course.press import build, guard, readme

ROOT = Path(__file__).resolve().parents[3]
CONFIG = ROOT / "tests" / "notebooks" / "sanitize.cfg"
LESSON = """\
# %% [markdown]
# # M0 Watch it happen

# %% tags=["core"] instructor="Ask the room first."
import sys
print("one")
print("warning", file=sys.stderr)
print("two")

# %% tags=["core"]
import ipywidgets
ipywidgets.IntSlider()

# %% tags=["core"]
sorted({"b", "a"}), list({"b", "a", "c"});
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A course with the one lesson M0_toy, in a temporary folder."""
    for name, folder in (("ROOT", ""), ("LESSONS", "lessons"), ("NOTEBOOKS", "notebooks")):
        monkeypatch.setattr(build, name, tmp_path / folder)
        (tmp_path / folder).mkdir(exist_ok=True)
    monkeypatch.setattr(build, "guard_problems", lambda path: [])
    toy = replace(register.LESSONS[0], name="M0_toy", core=3)
    monkeypatch.setattr(register, "LESSONS", (toy,))
    monkeypatch.setattr(readme, "LESSONS", (toy,))
    monkeypatch.setattr(build.quiz_notebooks, "NOTEBOOKS", ())
    (tmp_path / "README.md").write_text("| lesson |\n| M0 a | b | 1 |\n| M1 a | b | 1 |\n| quizzes |\n")
    (tmp_path / "lessons" / "M0_toy.py").write_text(LESSON)
    return tmp_path


def test_second_build_gives_the_same_bytes(toy, capsys):
    path = toy / "notebooks" / "M0_toy.ipynb"
    assert build.main([]) == 0
    first = path.read_bytes()
    path.unlink()
    assert build.main(["M0_toy"]) == 0
    assert path.read_bytes() == first
    assert build.main(["--check"]) == 0
    assert [file.name for file in path.parent.iterdir()] == ["M0_toy.ipynb"]
    notebook = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3]
    assert [out.text for out in notebook.cells[1].outputs] == ["one\ntwo\n", "warning\n"]
    assert notebook.cells[1].metadata == {
        "tags": ["core", "hide-input"],
        "instructor": "Ask the room first.",
        "jupyter": {"source_hidden": True},
    }
    assert "widgets" not in notebook.metadata
    assert list(notebook.cells[2].outputs[0].data) == ["text/plain"]
    assert notebook.cells[3].outputs == []


def test_failed_cell_is_reported_and_the_old_notebook_kept(toy, capsys):
    path = toy / "notebooks" / "M0_toy.ipynb"
    path.write_text("old")
    (toy / "lessons" / "M0_toy.py").write_text(LESSON + "\n# %%\nx = 0\n1 / x\n")
    assert build.main([]) == 1
    report = capsys.readouterr().out
    assert "M0_toy: cell 5 of 5 failed: x = 0" in report
    assert "ZeroDivisionError: division by zero" in report
    assert "old notebook stays" in report
    assert path.read_text() == "old"


@pytest.mark.parametrize(("source", "words"), [("while True: pass", "timed out"), ("import os; os._exit(1)", "died")])
def test_hanging_and_dying_cells_are_reported(source, words, tmp_path):
    with pytest.raises(build.CellError, match=f"(?is)cell 1 of 1 failed: {source[:5]}.*{words}"):
        build.execute(new_notebook(cells=[new_code_cell(source)]), cwd=tmp_path, timeout=2)


def test_check_sees_changed_text_tags_and_missing_files(toy, capsys):
    path = toy / "notebooks" / "M0_toy.ipynb"
    assert build.in_step("M0_toy") == ["M0_toy: there is no notebooks/M0_toy.ipynb"]
    build.write(build.read(toy / "lessons" / "M0_toy.py"), path)
    assert build.in_step("M0_toy") == []
    shutil.copy(path, toy / "kept.ipynb")
    for change in (
        lambda cells: cells[1].metadata.tags.append("setup"),
        lambda cells: cells[1].__setitem__("source", "1"),
        lambda cells: cells.pop(),
    ):
        notebook = nbformat.read(toy / "kept.ipynb", as_version=4)
        change(notebook.cells)
        build.write(notebook, path)
        assert len(build.in_step("M0_toy")) == 1


def test_a_lesson_file_that_the_register_does_not_list_is_a_problem(toy, capsys):
    shutil.copy(toy / "lessons" / "M0_toy.py", toy / "lessons" / "M1_new.py")
    assert build.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines()[0].startswith("[problem] lessons/M1_new.py: it is not in the register")


def test_a_whole_build_writes_the_table_of_the_readme(toy, capsys):
    build.main(["M0_toy"])
    assert "| M1 a |" in (toy / "README.md").read_text()
    build.main([])
    sees = "eight digits become one blob, a novel becomes three words; one switch changes it"
    row = f"| M0 Watch it happen | {sees} | 3 |"
    assert (toy / "README.md").read_text() == f"| lesson |\n{row}\n| quizzes |\n"


def test_the_table_of_the_readme_is_the_register():
    assert readme.table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_unknown_lesson_is_named(toy, capsys):
    with pytest.raises(SystemExit):
        build.main(["M7"])
    assert "no lesson source for M7" in capsys.readouterr().err


def test_report_measures_and_writes_nothing(toy, capsys):
    text = LESSON.replace('tags=["core"]\nimport ipy', 'tags=["core", "open"]\nimport ipy')
    text += '\n# %% tags=["deeper"]\nimport time\ntime.sleep(0.3)\n'
    (toy / "lessons" / "M0_toy.py").write_text(text)
    assert build.main(["--report"]) == 0
    core, deeper = capsys.readouterr().out.splitlines()
    assert re.match(r"M0_toy +core +[\d.]+ s +3 compared cells +4 words +2 open lines of code +0 minutes", core)
    assert float(re.match(r"M0_toy +deeper +([\d.]+) s +1 compared cells", deeper)[1]) >= 0.3
    assert list((toy / "notebooks").iterdir()) == []


@pytest.mark.parametrize(("tag", "is_folded"), [("run", True), ("open", False), ("exercise", False)])
def test_code_is_folded_unless_it_is_to_be_read(tmp_path, tag, is_folded):
    (tmp_path / "M0_toy.py").write_text(f'# %% [markdown]\n# # M0\n\n# %% tags=["core", "{tag}"]\nx = 1\n')
    prose, code = build.read(tmp_path / "M0_toy.py").cells
    assert "tags" not in prose.metadata
    assert guard.folded(code) == is_folded == ("hide-input" in guard.tags(code))


def test_clean_merges_streams_but_keeps_their_place():
    def stream(text, name="stdout"):
        return new_output("stream", name=name, text=text)

    shown = new_output("display_data", {"text/plain": "a", build.WIDGET_VIEW: {"model_id": "1"}})
    only_view = new_output("display_data", {build.WIDGET_VIEW: {"model_id": "1"}})
    cell = new_code_cell(outputs=[stream("1 %\r2 %\n"), stream("a"), shown, only_view, stream("b")])
    outputs = build.clean(new_notebook(cells=[cell])).cells[0].outputs
    assert [out.get("text", out.get("data")) for out in outputs] == ["2 %\na", {"text/plain": "a"}, "b"]


def test_a_moved_cell_keeps_its_id():
    cells = [new_code_cell(text) for text in ("a", "b", "a")]
    before = [cell.id for cell in build.identify(new_notebook(cells=cells), "M0").cells]
    after = [cell.id for cell in build.identify(new_notebook(cells=cells[1:]), "M0").cells]
    assert len(set(before)) == 3
    assert after == [before[1], before[0]]


def test_volatile_text_is_replaced_as_nbval_does():
    text = "<object at 0x7f12ab> /tmp/ipykernel_12/34.py:5: UserWarning: hello. Your course on 2031-01-02"
    outputs = [new_output("stream", text=text), new_output("display_data", {"text/plain": text})]
    cleaned = build.clean(new_notebook(cells=[new_code_cell(outputs=outputs)])).cells[0].outputs
    for pattern, replacement in get_sanitize_patterns(CONFIG.read_text()):
        text = re.sub(pattern, replacement, text)
    assert text == "<object at ADDRESS> CELL: UserWarning: hello. Your course on DATE"
    assert [cleaned[0].text, cleaned[1].data["text/plain"]] == [text, text]


def test_clean_is_quick_on_long_pictures():
    html = f'<img alt="a" src="data:image/png;base64,{"A" * 1_000_000}">'
    cell = new_code_cell(outputs=[new_output("display_data", {"text/html": html})])
    began = time.process_time()
    assert build.clean(new_notebook(cells=[cell])).cells[0].outputs[0].data["text/html"] == html
    assert time.process_time() - began < 5  # a regex that is quadratic takes hours
