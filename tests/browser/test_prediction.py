"""A prediction in a real JupyterLab, by keyboard alone: chosen, drawn, locked in, explained, there again.

The axes to draw on also work on a page of their own, without a notebook.
"""

import json
from importlib import resources
from itertools import pairwise

import nbformat
import pytest
from lab import SECOND, kernel_says, open_notebook, run_all, texts_of

CELLS = """\
import os
os.environ["COLLAPSE_EDU_HOME"] = {home!r}
from collapse_edu.course.quiz import Option, Prediction, explain, predict
---
predict("M2.p2")
---
explain("M2.p2")
"""
ASK_KERNEL = "import json; guess = predict('M2.p2'); print(json.dumps([guess.value, guess.choice.sure, guess.curve]))"
PAGE = """
<body style="margin: 0"><div id="here" style="width: 400px"></div>
<script type="module">
const kept = {axes: {x: {label: "generation", range: [0, 40]}, y: {label: "variance", range: [0, 2]}}, points: []};
const model = {
    get: name => kept[name], set: (name, value) => { kept[name] = value; }, save_changes: () => {}, on: () => {},
};
const {default: {render}} = await import(URL.createObjectURL(new Blob([MODULE], {type: "text/javascript"})));
render({model, el: document.getElementById("here")});
window.kept = kept;
</script>"""


@pytest.fixture
def notebook(lab, tmp_path):
    """Lay a notebook with a prediction and its explanation, and a record of its own; return its name."""
    sources = CELLS.format(home=str(tmp_path)).split("---")
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in sources]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), lab.root / "a_prediction.ipynb")
    return "a_prediction.ipynb"


def focus(page, css):
    """Give the keyboard to what is seen at `css`."""
    found = page.locator(css)
    found.wait_for()
    found.focus()


def choose(page, text):
    """Choose an option with the space bar."""
    focus(page, f".ce-prediction label:has-text('{text}') input")
    page.keyboard.press("Space")


def press(page, css):
    """Press a button with the space bar."""
    focus(page, css)
    page.keyboard.press("Space")


def test_a_prediction_by_keyboard(page, lab, notebook):
    open_notebook(page, lab, notebook)
    assert run_all(page) == []
    page.locator(".ce-explanation", has_text="Choose above first").wait_for()
    choose(page, "near 0.35")
    choose(page, "rather unsure")
    choose(page, "a variance that is halved must double to get back")
    focus(page, ".ce-prediction svg[role=application]")
    for key in [*["ArrowRight"] * 20, *["ArrowDown"] * 4]:
        page.keyboard.press(key)
    assert "generation 100: 0.28" in page.locator(".ce-prediction output").inner_text()
    press(page, ".ce-lock")
    page.locator(".ce-prediction.ce-locked", has_text="Locked in ✓").wait_for()
    value, sure, curve = json.loads(kernel_says(page, ASK_KERNEL))
    assert (value, sure) == (0.35, 2)
    assert curve[0] == [0, 1]
    assert curve[-1] == [100, pytest.approx(0.283, abs=0.002)]
    assert page.locator(".ce-prediction input:enabled").count() == 0
    press(page, ".ce-show-answer")
    page.locator(".ce-explanation", has_text="You said (rather unsure): “near 0.35”").wait_for()
    assert page.locator(".ce-explanation details[open]").count() == 0
    page.locator(".ce-surprise input").fill("that it falls at all")
    page.keyboard.press("Enter")
    page.locator(".ce-explanation", has_text="Kept ✓").wait_for()
    read = texts_of(page, ".ce-prediction *") + texts_of(page, ".ce-explanation *")
    assert [text for text in read if text.points < 10 or text.contrast < 4.5] == []


def test_a_curve_is_drawn_on_a_page_without_a_notebook(page):
    module = resources.files("collapse_edu.course.quiz").joinpath("drawn_curve.js").read_text(encoding="utf-8")
    page.set_content(PAGE.replace("MODULE", json.dumps(module)))
    page.wait_for_function("window.kept", timeout=10 * SECOND)
    box = page.locator("svg").bounding_box()
    assert box["width"] <= 400
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 395, box["y"] + 150, steps=5)
    page.mouse.up()
    points = page.evaluate("kept.points")
    assert [points[0][0], points[-1][0]] == [0, 40]
    assert all(before[1] >= after[1] for before, after in pairwise(points))
    field = page.get_by_label("As numbers:")
    field.fill("0: 1, 40: 0.5")
    field.press("Enter")
    assert page.evaluate("kept.points") == [[0, 1], [40, 0.5]]
    field.fill("0: 1, 40: 7")
    field.press("Enter")
    assert "The first numbers go from 0 to 40, the second from 0 to 2." in page.locator("output").inner_text()
    assert page.evaluate("kept.points") == [[0, 1], [40, 0.5]]
    page.get_by_role("button", name="clear").click()
    assert page.evaluate("kept.points") == []
