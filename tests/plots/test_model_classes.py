"""Several classes of models in units of their first generation."""

import numpy as np
import pytest

from collapse_edu.loop.history import History
from collapse_edu.plots import plot_model_classes


def history(values):
    return {"replace": History({("replace", "words"): values})}


def draw(**classes):
    values = {name: history(of_class) for name, of_class in classes.items()}
    return plot_model_classes(values, {"words": "words"}, title="A title", regimes=["replace"])


def test_the_interval_is_students_on_logarithms():
    # Factors 2 and 8 after one generation: geometric mean 4; ln 2 · (2 ± 12.706 · 1.414/√2).
    picture = draw(model=[[1.0, 10.0], [2.0, 80.0]])
    low, high = np.exp(np.log(2) * (2 + np.array([-1, 1]) * 12.7062))
    assert f"model × 4 in generation 2 ({low:.2g} to {high:.2g})" in picture.description


def test_each_class_is_named_at_the_end_of_its_line():
    picture = draw(few=[[1.0, 1.1], [0.5, 0.5]], many=[[1.0, 1.2], [0.9, 1.1], [0.8, 1.0]])
    assert {text.get_text() for text in picture.axes[0].texts} == {"few", "many"}
    assert "generation 3" in picture.description


def test_a_class_may_lack_a_regime():
    few = history([[1.0, 1.1], [0.5, 0.5]])
    both = few | {"half real": History({("preserve(0.5)", "words"): [[1.0, 1.1], [0.9, 0.9]]})}
    picture = plot_model_classes(
        {"few": few, "both": both}, {"words": "words"}, title="A title", regimes=["replace", "half real"]
    )
    assert len(picture.axes) == 2
    assert len(picture.axes[1].texts) == 1


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({}, "histories must contain 1 to 5 classes; got 0"),
        ({"model": [[1.0], [2.0]]}, "histories must have two chains or more"),
        ({"model": [[1.0, 0.0], [2.0, 1.0]]}, "positive values"),
    ],
)
def test_what_has_no_factor_gets_one_line(classes, message):
    with pytest.raises(ValueError, match=message):
        draw(**classes)
