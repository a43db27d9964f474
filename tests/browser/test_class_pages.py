"""The page of a class and a learner's page, opened from the disk: nothing is cut off, and axe finds nothing."""

import pytest
from course.grading import classroom

from collapse_edu.course.grading.pages import write_pages
from collapse_edu.course.quiz import bank

WIDTHS = {"a laptop": 1366, "a phone": 400, "a laptop at 200 %": 683}


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marks")
    results = classroom.results(40)
    pages = write_pages(classroom.grades(results), results, bank, folder)
    return folder / "class.html", folder / pages[results[0].submission]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_is_cut_off_or_small(browser, marks, width):
    page = browser.new_page(viewport={"width": width, "height": 768})
    for path in marks:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        sizes = page.evaluate("[...document.querySelectorAll('main *')].map(e => getComputedStyle(e).fontSize)")
        assert min(float(size.removesuffix("px")) for size in sizes) >= 10 * 4 / 3  # pixels of 10 pt
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_loaded(browser, marks, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in marks:
        page.goto(path.as_uri())
        assert [found["id"] for found in axe.run(page).response["violations"]] == []
    assert asked == [path.as_uri() for path in marks]
    page.close()
