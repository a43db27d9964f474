"""The next day: a saved lesson is opened again, and one whose kernel restarted; nothing looks dead or is lost."""

import contextlib
import secrets
import subprocess
import sys

import lab as labs
import pytest
from lab import SECOND, open_notebook, run, run_to

NOTEBOOK = "notebooks/M2_gaussian_collapse.ipynb"
TO_GO_ON = "To go on, run the first cell, then this one: your answers are kept."
ASLEEP = ".ce-kept, .jp-OutputArea-output > .jupyter-widgets-disconnected"
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
RESTART = "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()"
GO_TO = """tag => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = [...notebook.model.cells].findIndex(
        cell => cell.type === 'code' && cell.getMetadata('tags').includes(tag));
}"""
# What is written before an element by CSS, and where an icon of a broken chain is seen.
BEFORE = "css => [...document.querySelectorAll(css)].map(e => getComputedStyle(e, '::before').content.slice(1, -1))"
PRESSED = "css => [...new Set([...document.querySelectorAll(css)].map(e => getComputedStyle(e).pointerEvents))]"
CHAINS = """() => [...document.querySelectorAll('.jupyter-widgets-disconnected')]
    .filter(e => getComputedStyle(e, '::before').content === '"\\uf127"'
        && getComputedStyle(e, '::before').display !== 'none').length"""


@contextlib.contextmanager
def running_course(copy, private):
    """Run JupyterLab on a working copy as start.py does; end it, as Ctrl-C does."""
    lab = labs.Lab(f"http://127.0.0.1:{labs.free_port()}", secrets.token_hex(16), copy)
    code = (
        "import sys; from collapse_edu.course.desk import lab; lab.quiet_lab = lambda prefix: None; "
        "options = lab.options_of_lab; "
        "lab.options_of_lab = lambda *a: [*options(*a), '--LabApp.expose_app_in_browser=True']; "
        "sys.exit(lab.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, str(copy), "--port", lab.url.rpartition(":")[2], "--no-browser"]
    environment = labs.environment(private) | {"JUPYTER_TOKEN": lab.token, "COLLAPSE_EDU_HOME": str(private / "home")}
    environment.pop("JUPYTERLAB_WORKSPACES_DIR")
    said = private / f"said_{lab.token}.log"
    with open(said, "wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        labs.wait_for(lab, server, said, 60)
        yield lab
    finally:
        labs.stop(server)
    lab.said = said.read_text()


def run_cell(page, tag):
    """Run the first code cell that has a tag."""
    page.evaluate(GO_TO, tag)
    assert run(page, "notebook:run-cell", 60) == []


def run_again(page):
    """Do what the sentence says: run the first cell, then the one that asks for the prediction."""
    run_cell(page, "setup")
    run_cell(page, "predict")


def awake(page):
    return page.locator(".ce-prediction:not(.jupyter-widgets-disconnected) input[type=radio]:checked")


@pytest.fixture(scope="module")
def first_day(shared_page, tmp_path_factory):
    """A prediction is locked in, a film is seen, the notebook is saved; then the kernel restarts."""
    copy, private = tmp_path_factory.mktemp("my_course"), tmp_path_factory.mktemp("private")
    page = shared_page
    with contextlib.ExitStack() as until_evening:
        lab = until_evening.enter_context(running_course(copy, private))
        open_notebook(page, lab, NOTEBOOK)
        assert run_to(page, "explorer") == []
        for group in page.locator(".ce-prediction .widget-radio-box").all():
            group.locator("input").nth(1).check()
        page.locator(".ce-prediction .ce-lock").click()
        page.locator(".ce-prediction.ce-locked").wait_for()
        yield copy, private, until_evening


def test_after_a_restart_widgets_say_how_to_go_on(first_day, shared_page):
    page = shared_page
    page.evaluate(RESTART)
    page.locator(".ce-explorer.jupyter-widgets-disconnected").wait_for()
    assert page.evaluate(CHAINS) == 0
    told = page.evaluate(BEFORE, ASLEEP)
    assert set(told) == {TO_GO_ON}
    assert len(told) >= 3
    assert page.locator(".ce-film img").filter(visible=True).count() == 1
    assert page.evaluate(PRESSED, ".ce-play button, .ce-player .ce-slider input") == ["auto"]
    assert page.evaluate(PRESSED, ".ce-to-end, .ce-prediction input, .ce-question button") == ["none"]
    run_again(page)
    assert awake(page).count() >= 1


def test_on_the_next_day_pictures_stand_and_answers_come_back(first_day, shared_page):
    copy, private, until_evening = first_day
    page = shared_page
    page.evaluate(SAVE)
    page.goto("about:blank")
    until_evening.close()
    with running_course(copy, private) as lab:
        open_notebook(page, lab, NOTEBOOK)
        page.locator(".ce-kept img").first.wait_for()
        assert "model not found" not in page.content()
        assert page.evaluate(BEFORE, ".ce-welcome")[0].startswith("Run this cell first")
        told = page.evaluate(BEFORE, ".ce-kept")
        assert set(told) == {TO_GO_ON}
        assert len(told) >= 3
        run_again(page)
        page.locator(".ce-prediction.ce-locked").wait_for(timeout=20 * SECOND)
        assert awake(page).count() >= 1
        assert page.get_by_text("You have 1 prediction here already").count() == 1
        page.goto("about:blank")
    assert [line for line in lab.said.splitlines() if "received signal" not in line] == []
