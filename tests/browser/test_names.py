"""What names the controls of an explorer, on a page without a notebook."""

import json
from importlib import resources

import pytest

PAGE = """
<body><div class="ce-explorer"><div class="ce-slider"><label>samples</label><i class="noUi-handle"></i></div></div>
<script type="module">
let asked = 0;
const frame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = act => { asked += 1; return frame(act); };
const {default: {render}} = await import(URL.createObjectURL(new Blob([MODULE], {type: "text/javascript"})));
window.frames_asked = () => asked;
window.begin = () => { window.el = document.createElement("div"); window.end = render({el}); };
window.hang = () => document.querySelector(".ce-explorer").append(el);
window.there = true;
</script>"""


@pytest.fixture
def names(page):
    module = resources.files("collapse_edu.course.explorers").joinpath("names.js").read_text(encoding="utf-8")
    page.set_content(PAGE.replace("MODULE", json.dumps(module)))
    page.wait_for_function("window.there")
    return page


def test_a_handle_is_called_by_its_label(names):
    names.evaluate("begin()")
    names.evaluate("hang()")
    names.locator("[aria-label=samples]").wait_for(state="attached")


def test_what_goes_before_it_hangs_in_its_explorer_asks_no_more(names):
    names.evaluate("begin()")
    names.wait_for_function("frames_asked() > 2")
    asked = names.evaluate("() => { end(); return frames_asked(); }")
    names.evaluate("() => new Promise(done => setTimeout(done, 300))")
    assert names.evaluate("frames_asked()") <= asked + 1
