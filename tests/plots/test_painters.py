"""Pictures of several model classes: what they say is what the numbers say."""

import matplotlib.text
import numpy as np
import pytest

from collapse_edu import History
from collapse_edu.plots import plot_painted, plot_painters

CLASSES = ("mixture", "VAE", "flow")
MEASURES = ("precision", "recall", "coverage")


def chains(rng, regime="replace", n=5):
    return History({(regime, name): rng.uniform(0.1, 1, size=(8, n)) for name in MEASURES})


def groups(rng, n=5):
    return {regime: {name: chains(rng, regime, n) for name in CLASSES} for regime in ("replace", "preserve(0.5)")}


def controls():
    return {
        "real images": dict.fromkeys(MEASURES, 0.96),
        "mean image + noise": {"precision": 0.0, "recall": 0.93, "coverage": 0.0},
    }


def pictures(rng):
    drawn = {name: rng.normal(size=(8, 36, 12)) for name in CLASSES}
    return {
        "with controls": plot_painters(groups(rng), title="Three classes", controls=controls()),
        "relative": plot_painters(groups(rng), title="Three classes", relative=True),
        "one chain": plot_painters(groups(rng, n=1), title="Three classes", measures=("coverage",)),
        "drawn": plot_painted(drawn, (4, 3), title="What they drew", real=rng.uniform(size=(36, 12))),
    }


def test_text_is_at_least_ten_points_and_described(rng):
    for name, picture in pictures(rng).items():
        picture.canvas.draw()
        texts = [text for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
        assert min(text.get_fontsize() for text in texts) >= 10, name
        assert len(picture.description.split()) >= 8, name
        assert f'alt="{picture.description}"' in picture._repr_mimebundle_()["text/html"]


def test_the_description_tells_medians(rng):
    found = groups(rng)
    words = plot_painters(found, title="Three classes", controls=controls()).description
    for group in found.values():
        for name, history in group.items():
            first, last = np.median(history["coverage"][[0, -1]], axis=1)
            assert f"the {name} {first:.2f} to {last:.2f}" in words
    assert "mean image + noise reaches precision 0.00, recall 0.93, coverage 0.00" in words


def test_in_units_of_generation_1_each_chain_begins_at_1(rng):
    found = groups(rng)
    picture = plot_painters(found, title="Three classes", controls=controls(), relative=True)
    history = found["replace"]["flow"]
    last = np.median(history["recall"][-1] / history["recall"][0])
    assert f"the flow 1.00 to {last:.2f}" in picture.description
    assert "real images" not in picture.description  # what is no chain has no generation 1


@pytest.mark.parametrize("real", [None, np.zeros((36, 12))])
def test_rows_are_models_and_columns_generations(rng, real):
    drawn = {name: rng.normal(size=(5, 36, 12)) for name in CLASSES}
    before = {name: rows.copy() for name, rows in drawn.items()}
    picture = plot_painted(drawn, (4, 3), title="What they drew", real=real)
    assert len(picture.axes) == 3 * (3 + (real is not None))
    titles = [ax.get_title(loc="left") for ax in picture.axes if ax.get_title(loc="left")]
    assert titles[-3:] == ["generation 1", "generation 3", "generation 5"]
    assert all((drawn[name] == before[name]).all() for name in CLASSES)
    assert all(ax.images[0].get_clim() == (0, 1) for ax in picture.axes)


def test_more_classes_than_looks_get_one_line(rng):
    many = {"replace": {str(i): chains(rng) for i in range(4)}}
    with pytest.raises(ValueError, match="groups must contain 1 to 3 model classes; got 4"):
        plot_painters(many, title="Four classes")
