"""Pictures of images, and of precision and recall: what they say is what the metrics say."""

import matplotlib.text
import numpy as np
import pytest

from collapse_edu import History
from collapse_edu.metrics import precision_recall
from collapse_edu.plots import plot_balls, plot_images, plot_quality


def clouds(rng):
    return rng.uniform(size=(30, 2)), rng.uniform(0.5, 1.2, size=(20, 2))


def quality(rng, regime="replace", chains=8):
    return History({(regime, name): rng.uniform(size=(12, chains)) for name in ("recall", "precision")})


def pictures(rng):
    return {
        "balls": plot_balls(*clouds(rng)),
        "balls, no names": plot_balls(*clouds(rng), named=False),
        "one ensemble": plot_quality({"one": quality(rng)}, title="One"),
        "three": plot_quality({name: quality(rng, name) for name in ("replace", "anchor", "mix(0.1)")}, title="Three"),
        "one chain": plot_quality({"one": quality(rng, chains=1)}, title="One", real=0.9),
        "images": plot_images({name: rng.uniform(size=(9, 12)) for name in "abcd"}, (4, 3), title="Four sets"),
    }


def test_text_is_at_least_ten_points_and_described(rng):
    for name, picture in pictures(rng).items():
        picture.canvas.draw()
        texts = [text for text in picture.findobj(matplotlib.text.Text) if text.get_text().strip()]
        assert min(text.get_fontsize() for text in texts) >= 10, name
        assert len(picture.description.split()) >= 8, name
        assert f'alt="{picture.description}"' in picture._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("k", [1, 3, 5])
def test_discs_and_crosses_are_what_precision_and_recall_count(k, rng):
    real, synthetic = clouds(rng)
    picture = plot_balls(real, synthetic, k=k)
    precision, recall = precision_recall(real, synthetic, k)
    for ax, share, points in zip(picture.axes, (precision, recall), (synthetic, real), strict=True):
        inside, outside = (line.get_xydata() for line in ax.lines)
        assert len(inside) == round(share * len(points))
        assert len(inside) + len(outside) == len(points)
    assert f"precision is {precision:.2f}" in picture.description
    assert f"recall is {recall:.2f}" in picture.description


def test_a_question_gets_no_names(rng):
    picture = plot_balls(*clouds(rng), named=False)
    shown = " ".join(text.get_text() for text in picture.findobj(matplotlib.text.Text)) + picture.description
    assert "ecision" not in shown
    assert "ecall" not in shown


def test_quality_describes_medians(rng):
    history = quality(rng)
    first, last = (np.median(history["recall"][t]) for t in (0, -1))
    words = plot_quality({"mine": history}, title="Mine").description
    assert words.startswith(f"mine (replace, 8 chains): recall from {first:.2f} in generation 1 to {last:.2f} in")


def test_images_are_clipped_for_display_alone(rng):
    rows = rng.normal(size=(4, 6))
    before = rows.copy()
    picture = plot_images({"mine": rows}, (2, 3), title="Mine")
    assert picture.axes[0].images[0].get_clim() == (0, 1)
    assert (rows == before).all()
