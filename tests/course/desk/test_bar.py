"""A bar is on a screen alone, after a while, and leaves nothing behind."""

import IPython.display
import pytest

from collapse_edu import Gaussian, run
from collapse_edu.course.desk import bar
from collapse_edu.course.desk.bar import Bar, counted
from collapse_edu.loop.source import normal


class Screen:
    """A display that remembers what it shows."""

    def __init__(self):
        self.shown = []

    def __call__(self, bundle, raw, display_id):
        self.update(bundle, raw)
        return self

    def update(self, bundle, raw):
        assert bundle["text/plain"] == ""
        self.shown.append(bundle["text/html"])


@pytest.fixture
def screen(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(IPython.display, "display", screen)
    monkeypatch.setattr(bar.live, "cell", lambda: "a cell")
    clock = iter(range(0, 10_000, 5))  # five seconds a look
    monkeypatch.setattr(bar, "monotonic", lambda: next(clock))
    return screen


def test_a_bar_says_how_long_it_takes_and_goes(screen):
    assert list(counted("abcd")) == [*"abcd"]
    assert [text.partition("</progress> ")[2] for text in screen.shown] == [
        "0%",
        "25%, about 30 s left",
        "50%, about 15 s left",
        "75%, about 7 s left",
        "",
    ]


def test_a_run_tells_its_share(screen):
    told = []
    run(Gaussian(), normal(5), generations=2, chains=2, progress=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]
    run(Gaussian(), normal(5), generations=2, chains=2, progress=Bar())
    assert screen.shown[0].startswith('<progress class="ce-bar" value="0.250"')
    assert screen.shown[-1] == ""


def test_the_bar_goes_when_the_work_fails(screen):
    def fails(generation, source):
        if generation.t == 2:
            raise ZeroDivisionError
        return 0.0

    with pytest.raises(ZeroDivisionError):
        run(Gaussian(), normal(5), generations=3, measures={"m": fails}, progress=Bar())
    assert screen.shown[0] != ""
    assert screen.shown[-1] == ""


def test_short_work_and_a_notebook_that_nobody_watches_show_nothing(screen, monkeypatch):
    monkeypatch.setattr(bar.live, "cell", lambda: None)
    assert list(counted(range(3))) == [0, 1, 2]
    monkeypatch.setattr(bar.live, "cell", lambda: "a cell")
    monkeypatch.setattr(bar, "monotonic", lambda: 1.0)
    assert list(counted(range(3))) == [0, 1, 2]
    assert screen.shown == []
