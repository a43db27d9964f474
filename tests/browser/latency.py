"""How fast an explorer feels: from the key press to the new picture on the screen, measured inside the page."""

import math
import statistics
from dataclasses import dataclass
from itertools import cycle, islice

from lab import SECOND, focus

# Arms one measurement: time runs from the keydown event, before any widget sees it, to the refresh after the one
# in which the visible picture's source is another and is loaded.
ARM = """([css, patience]) => {
    const seen = () => [...document.querySelectorAll(css + ' img')].find(img => img.checkVisibility());
    const before = seen()?.src;
    window.ceStep = new Promise((resolve, reject) => {
        const start = () => {
            const began = performance.now();
            const look = () => {
                const img = seen();
                if (img && img.src !== before && img.complete && img.naturalWidth)
                    requestAnimationFrame(() => resolve(performance.now() - began));
                else if (performance.now() - began > patience)
                    reject(new Error(`no new picture in ${css} within ${patience} ms`));
                else
                    requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        };
        window.addEventListener('keydown', start, {capture: true, once: true});
    });
    window.ceStep.catch(() => {});
}"""
THERE_AND_BACK = ("ArrowRight",) * 8 + ("ArrowLeft",) * 8


@dataclass(frozen=True)
class Latency:
    """Milliseconds from key to picture, one for each step."""

    ms: tuple

    @property
    def median(self):
        """Return the median step."""
        return statistics.median(self.ms)

    @property
    def p95(self):
        """Return the step that 95 of 100 do not exceed (nearest rank)."""
        return sorted(self.ms)[math.ceil(0.95 * len(self.ms)) - 1]

    def __str__(self):
        return f"median {self.median:.0f} ms, 95th percentile {self.p95:.0f} ms, {len(self.ms)} steps"


def measure_steps(page, action_css, observed_css, n=30, keys=THERE_AND_BACK, settle=None, patience=10):
    """Press keys on a widget and measure how long each takes to bring a new picture.

    Parameters
    ----------
    page : playwright page
    action_css : str
        The widget that gets the keys, e.g. ".ce-generation" (film step) or ".ce-param-n" (new parameter).
    observed_css : str
        Where the picture is, e.g. ".ce-film".
    n : int
        Number of steps.
    keys : sequence of str
        Pressed in turn, over and over; must never press against the end of the slider.
    settle : callable, optional
        Called with the page before each step: wait here until earlier work is done.
    patience : float
        Seconds after which a missing picture is an error.

    Returns
    -------
    Latency
    """
    return Latency(
        tuple(one_step(page, action_css, observed_css, key, settle, patience) for key in islice(cycle(keys), n))
    )


def one_step(page, action_css, observed_css, key, settle=None, patience=10):
    """Press one key and return the milliseconds until the new picture is painted."""
    if settle:
        settle(page)
    focus(page, action_css)
    page.evaluate(ARM, [observed_css, patience * SECOND])
    page.keyboard.press(key)
    return page.evaluate("() => window.ceStep")
