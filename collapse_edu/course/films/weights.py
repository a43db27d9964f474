"""The film of a weight: fresh real data against the last synthetic set."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import DRAWN, SAID, THEORY, Film, Stage, moving_line
from collapse_edu.plots.picture import PREDICTION, REAL, Picture, in_style, regime_look

__all__ = ["weight_film"]

_TOP = 1.5  # larger errors are outside of the axes


@in_style
def weight_film(
    weights: ArrayLike, errors: ArrayLike, chosen: int, *, generations: int, theory: ArrayLike,
    tried: Sequence[int] = (), prediction: float | None = None, curve: ArrayLike | None = None,
) -> Film:  # fmt: skip
    """Make the film of the error that each weight of the fresh real rows leaves; frame 0 is the real distribution.

    On the left, the error with the chosen weight, generation by generation. On the right, the error of this generation
    for the weights that the learner tried: who sees the whole valley need not look for its lowest place.

    Parameters
    ----------
    weights : array, shape (k,)
        Growing, from 0 to 1.
    errors : array, shape (done, k)
        Mean squared error for each generation done, from t = 1 on; what one fit to the real rows has is 1.
    chosen : int
        Index of the chosen weight.
    generations : int
        The last generation that the axes have room for.
    theory : array, shape (generations,)
        Expected error with the chosen weight, from t = 1 on; dotted.
    tried : sequence of int, optional
        Indices of other weights whose errors are shown.
    prediction : float, optional
        The weight that the learner believes to be best.
    curve : array, shape (k, 2), optional
        Points (weight, error) that the learner drew.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If errors do not fit to the weights.

    Examples
    --------
    >>> film = weight_film([0, 0.5, 1], [[1, 1, 1], [2, 0.75, 1]], 1, generations=5, theory=np.ones(5))
    >>> film.generations, film.frame(2)[1:4]
    (2, b'PNG')
    """
    weights, errors = np.asarray(weights, dtype=float), np.asarray(errors, dtype=float)
    if errors.ndim != 2 or errors.shape[1] != len(weights):
        raise ValueError(f"errors must have shape (done, {len(weights)}); got {errors.shape}")
    stage = _Stage.of(generations)
    expected = np.asarray(theory, dtype=float)
    still: list[Artist] = []
    if prediction is not None:
        stage.prediction.set_data([prediction], [0.36])
        stage.said.xy = (np.clip(prediction, 0.1, 0.9), 0.36)
        still += [stage.prediction, stage.said]
    if curve is not None:
        stage.drawn.set_data(*np.asarray(curve, dtype=float).reshape(-1, 2).T)
        still.append(stage.drawn)
    t_axis, own, shown = np.arange(1, len(errors) + 1), errors[:, chosen], [*tried]

    def update(t):
        stage.seen.set_text(
            "Generation 0: the real distribution" if t == 0 else f"Generation {t}: weights that you tried"
        )
        stage.theory.set_data(t_axis[:t], expected[:t])
        stage.course.set_data(t_axis[:t], own[:t])
        stage.valley.set_data(*((weights[shown], errors[t - 1, shown]) if t else ([], [])))
        stage.place.set_data(*(([weights[chosen]], [own[t - 1]]) if t else ([], [])))
        stage.label.set_text(f"w = {weights[chosen]:.2f}: error {own[t - 1]:.3f}" if t else "")

    return stage.film(update, len(errors), still=still, room=generations)


class _Stage(Stage):
    """For films of one length."""

    def __init__(self, generations):
        picture = Picture(width=9.4, height=4.2)
        left, right = picture.axes_row(
            2, gridspec_kw={"left": 0.075, "right": 0.98, "top": 0.91, "bottom": 0.2, "wspace": 0.2}
        )
        colour, moves = regime_look("weighted")["color"], {"animated": True}
        left.set(xlim=(0, generations), ylim=(0, _TOP), xlabel="generation", ylabel="squared error (real set: 1)")
        left.set_title("Error with your weight")
        t = np.arange(1, generations + 1)
        left.axhline(1, color=REAL, lw=2)
        left.annotate(
            "fresh real data alone", (generations, 1), xytext=(-4, 14), textcoords="offset points", ha="right",
            color="#5f5f5f", fontsize=10,
        )  # fmt: skip
        left.plot(t, 1 / t, color=REAL, lw=2, linestyle=(0, (6, 2)))
        left.annotate(
            "all real data so far kept", (generations, 2.2 / generations), xytext=(-4, 5), textcoords="offset points",
            ha="right", color="#5f5f5f", fontsize=10,
        )  # fmt: skip
        self.course = moving_line(left, color=colour, lw=3)
        self.theory = moving_line(left, **THEORY)
        right.set(xlim=(0, 1), ylim=(0.3, _TOP), xlabel="weight w of the fresh real samples")
        right.axhline(1, color=REAL, lw=2)
        self.seen = right.set_title(" ", **moves)
        self.valley = moving_line(right, "o", color=colour, ms=5)
        self.place = moving_line(right, "o", color=colour, ms=11, mec="white", mew=1.5)
        self.label = right.text(0.98, _TOP - 0.04, "", ha="right", va="top", color=colour, weight="bold", **moves)
        self.prediction, self.drawn = moving_line(right, **SAID), moving_line(right, **DRAWN)
        self.said = right.annotate(
            "you said", (0, 0), (0, 13), textcoords="offset points", ha="center", color=PREDICTION,
            fontsize=10, **moves,
        )  # fmt: skip
        handles = [
            Line2D([], [], color=colour, lw=3, marker="o", ms=5, label="simulated, mean over chains"),
            Line2D([], [], **THEORY, label="theory"),
        ]
        picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
        super().__init__(picture, [self.seen, self.course, self.theory, self.valley, self.place, self.label])
