"""Widgets in a live notebook: what a cell shows is closed when nobody sees it any more, and not before."""

import asyncio
import threading

import ipywidgets as widgets
import pytest

from collapse_edu.course.desk import live


class Kernel:
    """A stand-in for the kernel: it knows which cell it runs, and for which time."""

    cell, execution = "cell-1", 1

    def get_parent(self):
        return {"header": {"msg_id": self.execution}, "metadata": {"cellId": self.cell}}


class Shown:
    closed = 0

    def close(self):
        self.closed += 1


@pytest.fixture
def kernel(monkeypatch):
    running = Kernel()
    monkeypatch.setattr(live, "kernel", lambda: running)
    monkeypatch.setattr(live, "_PLACES", {})
    return running


def show(name=None):
    shown = Shown()
    live.take_place(shown, name)
    return shown


def test_two_things_of_one_run_stand_side_by_side(kernel):
    first, second = show(), show()
    assert (first.closed, second.closed) == (0, 0)


def test_the_next_run_of_the_cell_closes_all_that_it_showed_once(kernel):
    gone = [show(), show(), show("M2.01")]
    kernel.execution = 2
    now = [show(), show(), show("M2.02")]
    assert [shown.closed for shown in gone + now] == [1, 1, 1, 0, 0, 0]
    kernel.execution = 3
    show()
    assert [shown.closed for shown in gone + now] == [1] * 6


def test_what_is_shown_again_under_its_name_closes_the_first_alone(kernel):
    first, other, unnamed = show("M2.01"), show("M2.02"), show()
    again = show("M2.01")
    assert [shown.closed for shown in (first, other, unnamed, again)] == [1, 0, 0, 0]


def test_other_cells_keep_what_they_show(kernel):
    first = show("M2.01")
    kernel.cell, kernel.execution = "cell-2", 2
    second = show("M2.01")
    assert (first.closed, second.closed) == (0, 0)


def test_where_cells_have_no_names_what_is_shown_is_closed_by_its_own(kernel):
    kernel.cell = None
    first, other, unnamed = show("M2.01"), show("M2.02"), show()
    kernel.execution = 2
    again = show("M2.01")
    show()
    assert [shown.closed for shown in (first, other, unnamed, again)] == [1, 0, 0, 0]


def test_without_an_event_loop_there_is_no_kernel():
    assert live.kernel() is None
    assert live.cell() is None
    show()


def test_a_family_is_closed_whole():
    before = set(widgets.widget._instances)
    slider, box = widgets.IntSlider(), widgets.IntText()
    row = widgets.HBox([slider, widgets.VBox([box])])
    row.link = widgets.jslink((slider, "value"), (box, "value"))
    live.close_family(row)
    assert set(widgets.widget._instances) == before


def test_a_handler_runs_in_the_loop_that_made_it_whichever_thread_calls():
    async def cell():
        handler = live.at_home(lambda *told: seen.append((threading.current_thread(), *told)))
        handler("here")
        await asyncio.to_thread(handler, "there")
        await asyncio.sleep(0)

    seen = []
    asyncio.run(cell())
    assert seen == [(threading.main_thread(), "here"), (threading.main_thread(), "there")]


def test_a_handler_outlives_its_loop():
    async def cell():
        return live.at_home(seen.append)

    seen = []
    asyncio.run(cell())("alone")
    assert seen == ["alone"]
