"""The page for a board, opened from the disk and printed."""

import re

import pytest

from collapse_edu.production.board import write_report
from collapse_edu.production.economics import OPTIMISATIONS, Plan
from collapse_edu.production.maturity import DIMENSIONS, Assessment


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    own = {"users": 50_000, "price_per_user": 1.9, "tokens_in": 1500, "human_rows": 300, "failure_cost": 0.15}
    return write_report(
        Plan(optimisations=OPTIMISATIONS, **own), tmp_path_factory.mktemp("board") / "report.html", models=12,
        assessment=Assessment(dict.fromkeys(DIMENSIONS, "aware") | {"regime": "unaware"}),
        weights={"edge cases": 3, "auditability": 2, "unit cost": 1, "time to ship": 2},
        scores={"rules": {"scale": 3}}, dollar_rate=1.1,
    )  # fmt: skip


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_one_page(browser, report, paper):
    page = browser.new_page()
    page.goto(report.as_uri())
    printed = page.pdf(format=paper, margin=dict.fromkeys(("top", "bottom", "left", "right"), "8mm"))
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    sizes = page.evaluate("[...document.querySelectorAll('main *')].map(e => getComputedStyle(e).fontSize)")
    assert min(float(size.removesuffix("px")) for size in sizes) >= 10 * 4 / 3 - 0.01  # pixels of 10 pt
    page.close()


@pytest.mark.parametrize("width", [1366, 683, 400])
def test_nothing_is_cut_off(browser, report, width):
    page = browser.new_page(viewport={"width": width, "height": 768})
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, report, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(color_scheme=scheme)
    page.goto(report.as_uri())
    assert [found["id"] for found in axe.run(page).response["violations"]] == []
    page.close()
