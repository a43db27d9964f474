"""What all explorers promise: at once outside a live notebook; in one, in steps that can be stopped."""

import asyncio

import ipywidgets as widgets
import pandas as pd
import pytest

from collapse_edu.course.desk import live as desk
from collapse_edu.course.explorers import Explorer
from collapse_edu.course.explorers import explorer as explorer_module
from collapse_edu.course.explorers.challenges import Challenge
from collapse_edu.course.explorers.controls import slider_with_box
from tests.course.desk.test_live import Kernel


def instances():
    """Return the ids of all widgets that are open."""
    return widgets.widget._instances


class _Film:
    def __init__(self, generations, room):
        self.generations, self.room = generations, room

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
        self.drawn_with = self.said
        return _Film(result, self.settings["length"])

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
    return ["img" in frame.value for frame in explorer._player.frames]


async def until(explorer, result):
    while explorer.result != result:
        await asyncio.sleep(0)


def is_hidden(widget):
    return widget.layout.visibility == "hidden"


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
    return all(frame.comm is None for frame in explorer._player.frames) and explorer.widget.comm is None


def test_close_gives_all_widgets_back():
    before = set(instances())
    explorer = Counter(length=5)
    explorer.close()
    assert is_closed(explorer)
    assert set(instances()) == before


def test_a_shorter_film_leaves_no_picture_of_a_longer_one():
    explorer = Counter(length=12)
    explorer.set(length=5)
    assert not any(frame.value for frame in explorer._player.frames[6:])


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


def test_a_live_notebook_gets_the_first_picture_first_and_the_rest_while_idle(live):
    async def scene():
        explorer = Counter()
        assert [i for i, there in enumerate(drawn(explorer)) if there] == [0]
        await idle(explorer)
        assert drawn(explorer)[:7] == [True] * 6 + [False]
        assert "Ready" in explorer._status.words.value
        assert is_hidden(explorer._status.button)

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
        assert "Picture 3 of 3." in explorer._player.frames[3].value

    asyncio.run(scene())


def test_stop_ends_the_computation(live):
    async def scene():
        explorer = Counter()
        await idle(explorer)
        explorer.parameters["steps"].value = 50
        for _ in range(10):
            await asyncio.sleep(0)
        assert not is_hidden(explorer._status.button)
        before = explorer.computed
        explorer._status.button.click()
        await idle(explorer)
        assert explorer.computed == before
        assert "Stopped. The picture still shows the settings before." in explorer._status.words.value
        assert explorer._status.button.description == "start"
        explorer._status.button.click()
        await idle(explorer)
        assert explorer.computed == before + 1
        assert is_hidden(explorer._status.button)

    asyncio.run(scene())


def test_a_stop_that_comes_too_late_begins_nothing(live):
    async def scene():
        explorer = Counter()
        await idle(explorer)
        before = explorer.computed
        explorer._status.button.click()
        await idle(explorer)
        assert explorer.computed == before
        assert "Ready" in explorer._status.words.value

    asyncio.run(scene())


def test_messages_from_another_thread_wait_for_their_turn(live):
    """JupyterLab hands them to a thread of their own; then a stop would be overwritten by the work it stops."""

    async def scene():
        explorer = Counter()
        await idle(explorer)
        explorer.parameters["steps"].value = 50
        for _ in range(10):
            await asyncio.sleep(0)
        await asyncio.to_thread(explorer._status.button.click)
        await asyncio.to_thread(explorer.parameters["length"].set_trait, "value", 3)
        await idle(explorer)
        assert explorer.result == 3
        assert "Ready" in explorer._status.words.value

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
        texts = [frame.value for frame in explorer._player.frames[:61]]
        assert any("not drawn yet" in text for text in texts)
        assert all("of 60." in text or "not drawn yet" in text for text in texts)

    asyncio.run(scene())


def test_a_stream_opens_on_its_first_picture_and_stays_there(live):
    async def scene():
        explorer = Stream(length=6)
        assert (explorer.result, explorer._player.at, explorer._player.last) == (1, 0, 6)
        assert "Picture 0." in explorer._player.frames[0].value
        assert explorer._player._play.disabled  # a film that is not there cannot be played
        await idle(explorer)
        assert (explorer.result, explorer.computed, explorer._player.at) == (6, 1, 0)
        assert not explorer._player._play.disabled
        assert drawn(explorer)[:8] == [True] * 7 + [False]
        assert "More of 6." in explorer._player.frames[6].value

    asyncio.run(scene())


def test_who_looks_ahead_of_a_stream_sees_its_newest_picture(live):
    async def scene():
        explorer = Stream(length=6)
        explorer._player.at = 5
        await until(explorer, 3)
        assert "Picture 3." in explorer._player.frames[5].value
        await idle(explorer)
        assert "Picture 5." in explorer._player.frames[5].value

    asyncio.run(scene())


@pytest.mark.parametrize("kind", [Counter, Stream])
def test_a_change_does_not_throw_the_film_back(live, kind):
    """Neither the place nor its bounds may fall for a moment: the browser would answer late, and move the film."""

    async def scene():
        explorer = kind(length=9)
        await idle(explorer)
        explorer._player.at = 9
        moves = []
        for widget, name in ((explorer._player.screen, "selected_index"), (explorer._player._slider, "max")):
            widget.observe(moves.append, name)
        explorer.parameters["steps"].value = 3
        await idle(explorer)
        assert moves == []
        explorer.parameters["length"].value = 4
        await idle(explorer)
        assert [change["new"] for change in moves] == [4, 4]

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
        assert (explorer.result, explorer._player.at, explorer._player.last) == (3, 0, 3)

    asyncio.run(scene())


def test_a_slow_stream_that_is_stopped_keeps_each_picture(live):
    class Slow(Stream):
        slow = True

    async def scene():
        explorer = Slow(length=6)
        explorer._player.at = 6  # somebody waits at the end
        await until(explorer, 2)
        explorer.stop()
        await idle(explorer)
        assert [i for i, there in enumerate(drawn(explorer)) if there] == [0, 1, 2, 6]  # the newest one where they look
        assert [f"Picture {i}." in explorer._player.frames[i].value for i in range(3)] == [True] * 3
        assert "What was drawn stays" in explorer._status.words.value

    asyncio.run(scene())


def test_a_new_stream_leaves_no_picture_of_the_last_one(live):
    async def scene():
        explorer = Stream(length=30)
        await idle(explorer)
        explorer.parameters["length"].value = 20
        await until(explorer, 2)
        explorer.stop()
        await idle(explorer)
        assert [i for i, there in enumerate(drawn(explorer)) if there] == [0]
        assert all("not drawn yet" in frame.value for frame in explorer._player.frames[1:21])
        assert not any(frame.value for frame in explorer._player.frames[21:])

    asyncio.run(scene())


def test_where_nobody_watches_a_stream_is_computed_at_once(live):
    async def scene():
        live.cell = None
        explorer = Stream(length=6)
        assert (explorer.result, explorer.computed, explorer._player.at) == (6, 1, 0)
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
        assert explorer._status.button.description == "start"
        assert "That did not work: division by zero" in explorer._status.words.value
        with pytest.raises(ZeroDivisionError):
            explorer.set(length=9)
        assert "That did not work: division by zero" in explorer._status.words.value
        assert explorer.result == explorer._film.generations == 5

    asyncio.run(scene())


def test_the_fallback_opens_on_frame_0_and_holds_the_end_in_a_fold():
    bundle = Counter()._repr_mimebundle_()
    assert "Picture 5 of 5." in bundle["text/plain"]
    seen, _, folded = bundle["text/html"].partition("<details>")
    assert 'alt="Picture 0 of 5."' in seen
    assert "Picture 5" not in seen
    assert "<table" not in seen
    assert 'alt="Picture 5 of 5."' in folded
    assert "<table" in folded


class Guess:
    """A prediction that is made while its film is there."""

    def __init__(self, value=None, curve=None):
        self.value, self.curve, self.revealed = value, curve, False
        self._acts = []

    def watch(self, act):
        self._acts.append(act)
        return lambda: self._acts.remove(act)

    def lock(self, value, curve=None):
        self.value, self.curve = value, curve
        self._tell()

    def reveal(self):
        self.revealed = True
        self._tell()

    def _tell(self):
        for act in self._acts:
            act()


def test_a_choice_that_is_made_later_reaches_the_film(live):
    async def scene():
        guess = Guess()
        explorer = Counter(prediction=guess)
        await idle(explorer)
        assert explorer.drawn_with == {"prediction": None, "curve": None}
        guess.lock(3.0, [[0, 1], [5, 2]])
        await idle(explorer)
        assert explorer.drawn_with == {"prediction": 3.0, "curve": [[0, 1], [5, 2]]}
        assert explorer.computed == 1  # the same result, drawn anew

    asyncio.run(scene())


def test_what_was_said_of_other_settings_is_not_drawn():
    explorer = Seeded(prediction=3.0)
    assert explorer.said["prediction"] == 3.0
    explorer.set(length=7)
    assert explorer.drawn_with["prediction"] is None
    explorer.set(length=5, seed=2)
    assert explorer.drawn_with["prediction"] == 3.0


def test_a_film_of_other_settings_reveals_nothing(live):
    async def scene():
        guess = Guess(2.0)
        explorer = Seeded(prediction=guess)
        await idle(explorer)
        explorer.set(length=3)
        await idle(explorer)
        explorer._player.at = 3
        explorer._skip()
        assert not guess.revealed
        assert "come with the end" in explorer._numbers.value
        explorer.set(length=5, seed=2)  # a seed is not what is asked
        await idle(explorer)
        explorer._skip()
        assert guess.revealed

    asyncio.run(scene())


def test_an_explorer_that_was_interrupted_does_not_break_the_next_run_of_its_cell(live, monkeypatch):
    async def scene():
        with monkeypatch.context() as broken:
            broken.setattr(Counter, "film", lambda self, result: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                Counter(prediction=Guess())
        live.execution = 2
        explorer = Counter(prediction=Guess())
        await idle(explorer)
        assert "Ready" in explorer._status.words.value

    asyncio.run(scene())


def test_where_cells_have_no_names_an_explorer_of_the_same_prediction_is_closed(live, monkeypatch):
    monkeypatch.setattr(explorer_module, "what_was_said", lambda *_: Guess())

    async def scene():
        live.cell = None
        first, other = Counter(prediction="M2.p1"), Seeded(prediction="M2.p1")
        live.execution = 2
        again = Counter(prediction="M2.p1")
        assert [*map(is_closed, (first, other, again))] == [True, False, False]
        assert first._prediction._acts == []

    asyncio.run(scene())


class Seeded(Counter):
    main = ("length",)

    def controls(self):
        return super().controls() | {"seed": widgets.IntSlider(value=1)}

    def compute(self, length, steps, seed):
        return length


@pytest.mark.parametrize("how", ["at the end", "skipped"])
def test_the_numbers_come_with_the_end_of_the_film(live, how):
    async def scene():
        guess = Guess(2.0)
        explorer = Counter(prediction=guess)
        await idle(explorer)
        explorer._player.at = 4
        assert not guess.revealed
        assert "come with the end" in explorer._numbers.value
        if how == "skipped":
            explorer._skip()
        else:
            explorer._player.at = 5
        assert guess.revealed
        assert "<table" in explorer._numbers.value

    asyncio.run(scene())


def test_without_a_prediction_the_numbers_are_there():
    assert "<table" in Counter()._numbers.value
    assert "<table" in Counter(prediction=2.0)._numbers.value


def test_a_closed_explorer_hears_no_more_of_a_prediction():
    guess = Guess()
    explorer = Counter(prediction=guess)
    explorer.close()
    before = explorer.computed
    guess.lock(1.0)
    assert explorer.computed == before


def test_a_prediction_must_be_one():
    with pytest.raises(TypeError, match="prediction must be a number"):
        Counter(prediction=[1])
    with pytest.raises(ValueError, match="prediction must"):
        Counter(prediction=-1)


def test_few_controls_are_in_sight_and_none_is_lost():
    explorer = Seeded()
    _, _, main, _, _, more, *_ = explorer.widget.children
    assert [*main.children] == [explorer.parameters["length"].row]
    assert [*more.children[0].children] == [explorer.parameters["steps"], explorer.parameters["seed"]]
    assert more.titles == ("more settings", "numbers", "code")
    assert more.selected_index is None


def test_a_challenge_waits_for_the_prediction():
    challenge = Challenge("M0.c1", "Make it short.", lambda *_: True, lambda _, settings: settings["length"], "{} long")
    guess = Guess(2.0)
    explorer = Counter(prediction=guess, challenge=challenge)
    assert explorer._goal.layout.display == "none"
    guess.reveal()
    assert explorer._goal.layout.display == ""
    assert "Make it short." in explorer._goal.value
    explorer.set(length=4)
    assert "Done with 4 long." in explorer._goal.value
    assert Counter()._goal.layout.display == "none"


def test_speed_is_that_of_the_film():
    player = Counter()._player
    before = player._play.interval
    player.bar.children[2].label = "fast"
    assert player._play.interval < before


def test_the_status_line_is_read_out():
    assert 'role="status" aria-live="polite"' in Counter()._status.words.value
