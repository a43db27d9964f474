"""Lines of several ensembles: words, looks, and what is refused."""

import matplotlib.text
import numpy as np
import pytest

from collapse_edu.plots import plot_lines
from collapse_edu.plots.picture import COLOURS

T = [1, 2, 5, 10]


def groups(*names, chains=3):
    values = np.random.default_rng(0).uniform(10, 20, size=(len(T), chains))
    return {name: values * (place + 1) for place, name in enumerate(names)}


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("names", [["one"], ["a", "b", "c", "d", "e"]], ids=len)
def test_text_is_at_least_ten_points_and_described(names, log):
    picture = plot_lines(T, groups(*names), label="types", title="Words die", log=log, real=100)
    picture.canvas.draw()
    shown = [text for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
    assert min(text.get_fontsize() for text in shown) >= 10
    assert {*names, "Words die", "types", "real data"} <= {text.get_text() for text in shown}
    assert len(picture._repr_mimebundle_()["text/plain"].split()) > 10


def test_the_words_tell_the_medians():
    description = plot_lines([1, 3], {"words": [[4, 6, 9], [1, 2, 3000]]}, label="n", title="N").description
    assert description == "Words, median of 3 chains: 6 in generation 1, 2 in generation 3."


def test_one_chain_is_called_one():
    assert "one chain: 5 in generation 1" in plot_lines([1], {"a": [[5]]}, label="n", title="N").description


def test_colours_differ_and_a_regime_has_its_own():
    (ax,) = plot_lines(T, groups("a", "b", "c", "d", "e"), label="n", title="N").axes
    looks = [(line.get_color(), str(line.get_linestyle()), line.get_marker()) for line in ax.lines]
    assert len({colour for colour, *_ in looks}) == len({marker for *_, marker in looks}) == 5
    assert not {colour for colour, *_ in looks} & {colour for colour, _ in COLOURS.values()}
    (ax,) = plot_lines(T, groups("replace", "preserve(0.1)"), label="n", title="N").axes
    assert [line.get_color() for line in ax.lines] == [COLOURS["replace"][0], COLOURS["preserve"][0]]


def test_generations_on_the_axis_are_whole_numbers():
    picture = plot_lines(T, groups("a"), label="n", title="N")
    picture.canvas.draw()
    assert all(tick == round(tick) for tick in picture.axes[0].get_xticks())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "groups must contain 1 to 5 names; got 0"),
        (groups(*"abcdef"), "groups must contain 1 to 5 names; got 6"),
        ({"a": [[1.0]]}, r"groups must have shape \(4, chains\) each; got \(1, 1\) for 'a'"),
    ],
)
def test_what_is_refused(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        plot_lines(T, wrong, label="n", title="N")
