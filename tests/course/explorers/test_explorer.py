"""What all explorers promise: at once outside a live notebook; in one, in steps that can be stopped."""

import asyncio

import ipywidgets as widgets
import pandas as pd
import pytest

from collapse_edu.course.desk import live as desk
from collapse_edu.course.explorers import Explorer
from collapse_edu.course.explorers.controls import slider_with_box
from tests.course.desk.test_live import Kernel


def instances():
    """Return the ids of all widgets that are open."""
    return widgets.widget._instances


class _Film:
    def __init__(self, generations):
        self.generations = generations

    def frame(self, t):
        return b"%d" % t


class Counter(Explorer):
    """An explorer whose computation takes steps."""

    computed = 0

    def controls(self):
        return {
            "length": slider_with_box("length", value=5, low=2, high=90),
            "steps": widgets.IntSlider(value=0, max=50),
        }

    def compute(self, length, steps):
        for step in range(steps):
            yield step / steps, None
        self.computed += 1
        return length

    def film(self, result):
        return _Film(result)

    def describe(self, result, t):
        return f"Picture {t} of {result}."

    def table(self, result):
        return pd.DataFrame({"length": [result]})

    def code(self, **settings):
        return f"film({settings['length']})"


class Stream(Counter):
    """An explorer that shows each generation as soon as it is there."""

    def compute(self, length, steps):
        for t in range(1, length):
            yield t / length, t
        self.computed += 1
        return length

    def describe(self, result, t):
        return f"Picture {t}."

    def beside(self, result, t):
        return f"<p>More of {t}.</p>"


def drawn(explorer):
    return ["img" in frame.value for frame in explorer._frames]


async def until(explorer, result):
    while explorer.result != result:
        await asyncio.sleep(0)


async def idle(explorer):
    if explorer._task is not None:
        await asyncio.gather(explorer._task, return_exceptions=True)


@pytest.fixture
def live(monkeypatch):
    """Pretend that a Jupyter kernel is running, and return it."""
    kernel = Kernel()
    monkeypatch.setattr(desk, "kernel", lambda: kernel)
    monkeypatch.setattr(desk, "_PLACES", {})
    return kernel


def test_outside_a_notebook_the_result_is_there_at_once():
    explorer = Counter()
    explorer.set(length=7)
    assert explorer.result == 7
    assert explorer._task is None


def test_set_changes_several_parameters_and_computes_once():
    explorer = Counter()
    before = explorer.computed
    explorer.set(length=9, steps=3)
    assert explorer.computed == before + 1


def test_set_names_an_unknown_parameter():
    with pytest.raises(ValueError, match="parameter must be one of length, steps; got 'size'"):
        Counter().set(size=3)


def test_set_changes_nothing_if_one_value_is_not_allowed():
    explorer = Counter()
    with pytest.raises(ValueError, match="length must be a number from 2 to 90; got 900"):
        explorer.set(steps=3, length=900)
    assert explorer.settings == {"length": 5, "steps": 0}


def is_closed(explorer):
    return all(frame.comm is None for frame in explorer._frames) and explorer.widget.comm is None


def test_close_gives_all_widgets_back():
    before = set(instances())
    explorer = Counter(length=5)
    explorer.close()
    assert is_closed(explorer)
    assert set(instances()) == before


def test_a_shorter_film_leaves_no_picture_of_a_longer_one():
    explorer = Counter(length=12)
    explorer.set(length=5)
    assert not any(frame.value for frame in explorer._frames[6:])


@pytest.mark.parametrize("value", [3.7, True, "3"])
def test_a_whole_number_is_asked_for_where_one_is_needed(value):
    with pytest.raises(ValueError, match="length must be a whole number from 2 to 90; got"):
        Counter().set(length=value)


def test_running_a_cell_again_closes_what_it_showed_before(live):
    async def scene():
        first, beside = Counter(), Counter()
        live.cell = "cell-2"
        elsewhere = Counter()
        assert not any(map(is_closed, (first, beside, elsewhere)))
        live.cell, live.execution = "cell-1", 2
        again = Counter()
        assert [*map(is_closed, (first, beside, elsewhere, again))] == [True, True, False, False]

    asyncio.run(scene())


def test_a_live_notebook_gets_the_last_picture_first_and_the_rest_while_idle(live):
    async def scene():
        explorer = Counter()
        assert [i for i, there in enumerate(drawn(explorer)) if there] == [5]
        await idle(explorer)
        assert drawn(explorer)[:7] == [True] * 6 + [False]
        assert "Ready" in explorer._status.value
        assert explorer._stop.disabled

    asyncio.run(scene())


def test_a_newer_change_takes_over(live):
    async def scene():
        explorer = Counter()
        explorer.parameters["length"].value = 40
        await asyncio.sleep(0)
        explorer.parameters["length"].value = 3
        await idle(explorer)
        assert explorer.result == 3
        assert explorer._film.generations == 3
        assert "Picture 3 of 3." in explorer._frames[3].value

    asyncio.run(scene())


def test_stop_ends_the_computation(live):
    async def scene():
        explorer = Counter()
        await idle(explorer)
        explorer.parameters["steps"].value = 50
        for _ in range(10):
            await asyncio.sleep(0)
        assert not explorer._stop.disabled
        before = explorer.computed
        explorer._stop.click()
        await idle(explorer)
        assert explorer.computed == before
        assert "Stopped. The picture still shows the settings before." in explorer._status.value
        assert explorer._stop.description == "start"
        explorer._stop.click()
        await idle(explorer)
        assert explorer.computed == before + 1
        assert (explorer._stop.description, explorer._stop.disabled) == ("stop", True)

    asyncio.run(scene())


def test_stop_in_the_middle_of_drawing_leaves_no_picture_of_old_parameters(live):
    async def scene():
        explorer = Counter()
        await idle(explorer)
        explorer.parameters["length"].value = 60
        for _ in range(10):
            await asyncio.sleep(0)
        explorer.stop()
        await idle(explorer)
        texts = [frame.value for frame in explorer._frames[:61]]
        assert any("not drawn yet" in text for text in texts)
        assert all("of 60." in text or "not drawn yet" in text for text in texts)

    asyncio.run(scene())


def test_a_stream_shows_each_generation_as_it_comes(live):
    async def scene():
        explorer = Stream(length=6)
        assert (explorer.result, explorer._film.generations, explorer._stack.selected_index) == (1, 1, 1)
        await until(explorer, 2)
        assert explorer._stack.selected_index == explorer._slider.max == 2
        explorer._stack.selected_index = 1  # the learner looks back
        await until(explorer, 3)
        assert explorer._stack.selected_index == 1
        await idle(explorer)
        assert (explorer.result, explorer.computed, explorer._stack.selected_index) == (6, 1, 1)
        assert drawn(explorer)[:8] == [True] * 7 + [False]
        assert "Picture 6." in explorer._frames[6].value
        assert "More of 6." in explorer._frames[6].value

    asyncio.run(scene())


def test_a_stream_that_is_stopped_keeps_what_is_there(live):
    async def scene():
        explorer = Stream(length=6)
        await until(explorer, 2)
        explorer.stop()
        await idle(explorer)
        assert (explorer.result, explorer.computed) == (2, 0)
        explorer.parameters["length"].value = 3
        await idle(explorer)
        assert (explorer.result, explorer._stack.selected_index, explorer._slider.max) == (3, 3, 3)

    asyncio.run(scene())


def test_a_new_stream_leaves_no_picture_of_the_last_one(live):
    async def scene():
        explorer = Stream(length=30)
        await idle(explorer)
        explorer.parameters["length"].value = 20
        await until(explorer, 2)
        explorer.stop()
        await idle(explorer)
        reachable = [frame.value for frame in explorer._frames[: explorer._slider.max + 1]]
        assert explorer._slider.max < 20
        assert all("Picture" in text or "not drawn yet" in text for text in reachable)

    asyncio.run(scene())


def test_where_nobody_watches_a_stream_is_computed_at_once(live):
    async def scene():
        live.cell = None
        explorer = Stream(length=6)
        assert (explorer.result, explorer.computed, explorer._stack.selected_index) == (6, 1, 6)
        assert "More of 6." in explorer._repr_mimebundle_()["text/html"]
        await idle(explorer)

    asyncio.run(scene())


def test_a_failure_is_said_and_raised(live, monkeypatch):
    async def scene():
        explorer = Counter()
        await idle(explorer)
        monkeypatch.setattr(explorer, "film", lambda result: 1 / 0)
        explorer.parameters["length"].value = 8
        await asyncio.gather(explorer._task)  # no traceback from behind
        assert explorer._stop.description == "start"
        assert "That did not work: division by zero" in explorer._status.value
        with pytest.raises(ZeroDivisionError):
            explorer.set(length=9)
        assert "That did not work: division by zero" in explorer._status.value
        assert explorer.result == explorer._film.generations == 5

    asyncio.run(scene())


def test_the_fallback_says_the_same_in_words_and_numbers():
    bundle = Counter()._repr_mimebundle_()
    assert "Picture 5 of 5." in bundle["text/plain"]
    assert 'alt="Picture 5 of 5."' in bundle["text/html"]
    assert "<table" in bundle["text/html"]


def test_the_status_line_is_read_out():
    assert 'role="status" aria-live="polite"' in Counter()._status.value
