"""One JupyterLab and one Chromium for all browser tests; a new page for each."""

from pathlib import Path

import lab as labs
import pytest

from collapse_edu.course.desk.machine import find_chromium
from collapse_edu.course.desk.working_copy import lay_course

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def browser():
    """A Chromium without a window; without one, the tests are skipped, and say so."""
    path = find_chromium()
    if path is None:
        pytest.skip(
            "NO CHROMIUM FOUND: nothing was tested in a browser. "
            "Install Chromium or Chrome, or set COLLAPSE_EDU_CHROMIUM to its path."
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=labs.CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    """A JupyterLab that shows a fresh working copy of the course."""
    root, private = tmp_path_factory.mktemp("my_course"), tmp_path_factory.mktemp("private")
    lay_course(ROOT, root)
    with labs.running_lab(root, private) as running:
        yield running


@pytest.fixture
def page(browser):
    """A new page for one test."""
    with labs.new_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def shared_page(browser):
    """A page for all tests of one file, where opening and running a notebook takes long."""
    with labs.new_page(browser) as page:
        yield page
