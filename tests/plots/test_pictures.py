"""Pictures describe themselves, and can be read from the last row."""

import matplotlib.text
import numpy as np
import pytest

from collapse_edu import History
from collapse_edu.plots import plot_ellipses, plot_history
from collapse_edu.plots.picture import COLOURS, INK, PREDICTION, img, label_ends, regime_look

NAMES = ["replace", "accumulate", "anchor", "mix(0.1)"]


def histories(names, generations=12, chains=50):
    rng = np.random.default_rng(0)
    return History({(name, "variance"): rng.lognormal(size=(generations, chains)) for name in names})


def pictures():
    ellipse = [(t, np.zeros(2), np.eye(2) / t) for t in (1, 5, 20)]
    return {
        "one regime": plot_history(histories(NAMES[:1]), "variance"),
        "two regimes": plot_history(histories(NAMES[:2]), "variance", log=True),
        "four regimes": plot_history(histories(NAMES), "variance", title="Four", unit="(units)"),
        "one chain": plot_history(histories(NAMES[:1], chains=1), "variance"),
        "ellipses": plot_ellipses(ellipse, title="The cloud"),
    }


@pytest.mark.parametrize("name", pictures())
def test_text_is_at_least_ten_points_and_described(name):
    picture = pictures()[name]
    picture.canvas.draw()
    sizes = [text.get_fontsize() for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
    assert min(sizes) >= 10
    bundle = picture._repr_mimebundle_()
    assert len(bundle["text/plain"].split()) >= 8
    assert f'alt="{picture.description}"' in bundle["text/html"]


def contrast_on_white(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


@pytest.mark.parametrize("colour", [INK, PREDICTION, *(colour for colour, _ in COLOURS.values())])
def test_colours_of_text_can_be_read(colour):
    assert contrast_on_white(colour) >= 4.5


def test_no_two_regimes_look_alike():
    assert len({str(look) for look in COLOURS.values()}) == len(COLOURS)
    assert len({str(dash) for _, dash in COLOURS.values()}) == len(COLOURS)
    assert regime_look("mix(0.1)") == regime_look("mix(0.5)")
    assert regime_look("my own regime")["color"] == INK


def test_labels_at_the_ends_do_not_overlap():
    picture = plot_history(histories(NAMES[:1]), "variance")
    labels = label_ends(picture.axes[0], [(12, 1.0, "a", INK), (12, 1.0, "b", INK), (12, 1.01, "c", INK)])
    heights = sorted(label.get_position()[1] for label in labels)
    assert min(np.diff(heights)) >= 0.07 - 1e-9


def test_html_is_escaped():
    assert "<b>" not in img(b"", 'a "quoted" <b> & more')
