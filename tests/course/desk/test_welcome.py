"""A lesson's first cell says what is kept, and a NameError says which cells to run."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.welcome import welcome


def test_what_is_kept_of_this_lesson_is_counted_once():
    record = Record()
    assert repr(welcome("M2")) == "M2 is ready. What you choose and answer is kept, on this machine."
    for name in ("M2.p1", "M2.p1", "M2.p3", "M3.p1"):
        record.add("prediction", name, answer={"outcome": 1})
    assert repr(welcome("M2")) == "M2 is ready. You have 2 predictions here already."
    record.add("prediction", "M2.p2", answer={"outcome": 1})
    record.add("prediction", "M2.p2", answer=None)  # taken back
    record.add("attempt", "M2.e1", answer=1, right=False)
    record.add("attempt", "M2.e2", answer=1, right=True)
    record.add("attempt", "M2.05", answer="a", right=True)
    assert repr(welcome("M2")) == (
        "M2 is ready. You have 2 predictions, 1 solved exercise and 1 answered question here already."
    )
    assert welcome("M3")._repr_html_() == '<p class="ce-welcome">M3 is ready. You have 1 prediction here already.</p>'


def test_a_missing_name_says_which_cells_to_run():
    cells = ["from collapse_edu.course.desk.welcome import welcome\nwelcome('M2')", "forty + 1"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, kernel_name="python3").execute()
    (error,) = notebook.cells[1].outputs
    assert (error.ename, error.evalue) == ("NameError", "name 'forty' is not defined")
    advice = error.traceback[-1]
    assert advice.startswith("If a cell above makes forty, that cell has not run")
    assert "Run All Above Selected Cell" in advice
