"""M0 as a new learner meets it: a collapse within a minute and sixty words, a book that dies, a switch that holds."""

import re

import pytest
from lab import new_page, open_notebook, run_all, text

STRIPS = "[...document.querySelectorAll('.ce-strip')].filter(strip => strip.checkVisibility())"
# What can be read in the window: no code, no numbers of cells, nothing that is only for screen readers.
READ = """() => {
    const pane = document.querySelector('.jp-WindowedPanel-outer, .jp-NotebookPanel-notebook').getBoundingClientRect();
    const skipped = 'style, .jp-CodeCell .jp-InputArea, .jp-Placeholder, .jp-OutputPrompt, .ce-only-heard, '
        + '.jp-Toolbar, .jp-cell-toolbar, .jp-Notebook-footer, button.jp-collapseHeadingButton';
    const texts = [], walk = document.createTreeWalker(document.querySelector('.jp-Notebook'), NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect(), parent = node.parentElement;
        const seen = box.height && box.top < Math.min(pane.bottom, innerHeight) && box.bottom > pane.top;
        if (seen && parent.checkVisibility() && !parent.closest(skipped)) texts.push(node.data);
    }
    return texts;
}"""


def words(texts):
    """Return how many words a learner reads in texts: a text that comes again with other numbers is read once."""
    told_apart = {re.sub(r"\d[\d,]*", "#", text.strip()) for text in texts}
    return sum(any(map(str.isalpha, word)) for text in told_apart for word in text.split())


def press(page, screen):
    """Press the button of a screen, 0 or 1, and wait until it says what it invites to next."""
    heard = page.locator(".ce-only-heard").nth(screen)
    before = heard.inner_text()
    page.locator("button.ce-press").nth(screen).click()
    page.wait_for_function(
        "([n, old]) => document.querySelectorAll('.ce-only-heard')[n].innerText !== old", arg=[screen, before]
    )
    return heard.inner_text()


def columns(page):
    """Return how many columns each strip of digits in sight has."""
    return page.evaluate(f"() => {STRIPS}.map(strip => strip.children.length)")


@pytest.fixture(scope="module")
def start(browser, lab):
    """M0 as it opens, on the screen of a small laptop."""
    with new_page(browser) as page:
        page.set_viewport_size({"width": 1366, "height": 768})
        open_notebook(page, lab, "notebooks/M0_start_here.ipynb")
        yield page


def test_a_collapse_is_seen_before_sixty_words_are_read(start):
    seen = start.evaluate(READ)
    assert start.locator(".jp-MarkdownCell.jp-mod-active").count() == 1  # no click is needed before the keys
    start.keyboard.press("Shift+Enter")
    start.keyboard.press("Shift+Enter")
    start.locator("button.ce-press").wait_for(state="visible")
    seen += start.evaluate(READ)
    for press_number in range(1, 11):
        assert start.locator("button.ce-press").is_enabled()
        press(start, 0)
        assert columns(start) == [press_number + 1]
        if press_number < 10:
            seen += start.evaluate(READ)
    print(words(seen), "words before the collapse")
    assert words(seen) <= 60
    assert "what went wrong" in start.locator(".ce-only-heard").first.inner_text().lower()
    assert start.locator("button.ce-press").is_disabled()


def test_a_guess_is_kept_and_the_picture_moves_back_without_the_kernel(start):
    start.locator(".ce-first .widget-radio-box input").first.click()
    start.locator("text=Your guess is kept.").wait_for(state="visible")
    start.locator(".ce-look-back input").fill("3")
    start.keyboard.press("Enter")
    start.wait_for_function(f"() => {STRIPS}[0].children.length === 4")


def test_a_book_dies_and_a_switch_keeps_the_digits(start):
    assert run_all(start) == []
    for _ in range(7):
        said = press(start, 1)
    assert said == "Model 16: 3 different words."
    start.locator(".ce-switch button").nth(1).click()
    start.locator("text=It holds.").wait_for(state="visible")
    assert start.locator(".ce-machine:not([open])").count() == 1
    assert text(start, ".ce-machine summary").startswith("✓")
