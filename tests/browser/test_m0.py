"""M0 in a real JupyterLab: everything runs, and the one slider that a learner must see is there and works."""

from lab import open_notebook, press_slider, run_all, slider_value, text

SLIDER, PAGE = ".ce-first-slider", ".ce-first-page"


def test_m0_runs_and_its_slider_works(page, lab):
    open_notebook(page, lab, "notebooks/M0_start_here.ipynb")
    assert run_all(page) == []
    page.locator(f"{SLIDER} .noUi-handle").wait_for(state="visible")
    value, words = slider_value(page, SLIDER), text(page, PAGE)
    press_slider(page, SLIDER, "ArrowRight", times=2)
    page.wait_for_function("([css, words]) => document.querySelector(css).innerText !== words", arg=[PAGE, words])
    assert slider_value(page, SLIDER) == value + 2
