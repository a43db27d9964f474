"""The explorer of a rectified flow in a real JupyterLab: recorded digits at once, then trained here, and stopped."""

import nbformat
import pytest
from lab import SECOND, image_alt, open_notebook, picture, run_all, text, texts_of, wait_for_picture

CELLS = ("from collapse_edu.course.explorers import FlowExplorer", "FlowExplorer()")
FILM, STATUS, STOP = ".ce-explorer .ce-film", ".ce-status", ".ce-stop"


@pytest.fixture
def notebook(lab):
    """Lay a notebook with the explorer; return its name."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), lab.root / "a_flow.ipynb")
    return "a_flow.ipynb"


def test_recorded_then_live_then_stopped(page, lab, notebook):
    open_notebook(page, lab, notebook)
    assert run_all(page) == []
    picture(page, FILM).wait_for(state="visible")
    first = image_alt(page, FILM)
    assert first.startswith("Generation 0: 36 real digits")
    assert [each for each in texts_of(page, ".ce-explorer *") if each.points < 10 or each.contrast < 4.5] == []
    page.get_by_role("button", name="skip to the end").click()
    wait_for_picture(page, FILM, other_than=first)
    before = image_alt(page, FILM)
    assert before.startswith("Generation 8 under replace: 36 digits that a rectified flow drew")
    assert "recorded" in before
    page.locator(".ce-param-run select").select_option(label="train it now")
    wait_for_picture(page, FILM, other_than=before)  # the newest generation, as soon as it has learned
    assert "recorded" not in image_alt(page, FILM)
    page.locator(STOP).filter(has_text="stop", visible=True).click()
    page.wait_for_function(
        "css => /Stopped/.test(document.querySelector(css).innerText)", arg=STATUS, timeout=10 * SECOND
    )
    assert "What was drawn stays" in text(page, STATUS)
