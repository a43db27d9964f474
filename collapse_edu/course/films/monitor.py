"""The film of a monitored stream: statistics in control limits, and alerts."""

from collections.abc import Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import Film, Stage, moving_line
from collapse_edu.plots.monitor import ALERT, DIVERSITY, HIGHEST, LOWEST, SCORE, STATISTIC_NAMES, control_panels
from collapse_edu.plots.picture import PREDICTION, in_style

__all__ = ["monitor_film"]

# Drawn where it is given: a loss brings none, but a new author does.
_NEW = {"new_words": (STATISTIC_NAMES["new_words"], {"color": "#00736B", "linestyle": (0, (1, 1))})}


@in_style
def monitor_film(
    deviations: Mapping[str, ArrayLike], raised: ArrayLike, shares: ArrayLike | None, limit: float, *, windows: int,
    prediction: float | None = None,
) -> Film:  # fmt: skip
    """Make the film of a monitored stream; frame 0 is before its first window.

    On the left, the statistics of diversity; on the right, the mean score under the scorer, a model of the reference.
    Both are in control limits: what is beyond 1 or -1 raises an alert.

    Parameters
    ----------
    deviations : dict
        Statistic → deviations in spreads, one for each window so far: distinct_2, once, vocabulary, tail_recall,
        log_probability; new_words is drawn where it is given.
    raised : array of bool, shape (done,)
        Which windows raised an alert.
    shares : array, shape (done,), or None
        Synthetic share of each window, where it is known.
    limit : float
        Above 0, in spreads.
    windows : int
        What the axes have room for.
    prediction : int, optional
        The window in which the learner expects the first alert; it is drawn.

    Returns
    -------
    Film

    Examples
    --------
    >>> names = ("distinct_2", "once", "vocabulary", "tail_recall", "log_probability")
    >>> film = monitor_film({name: [0.5, -9.0] for name in names}, [False, True], [0, 0.5], 4.0, windows=10)
    >>> film.generations, film.frame(2)[1:4]
    (2, b'PNG')
    """
    stage = _Stage.of(windows, "new_words" in deviations)
    scaled = {name: np.clip(np.asarray(deviations[name]) / limit, LOWEST, HIGHEST) for name in stage.curves}
    raised = np.asarray(raised, dtype=bool)
    still: list[Artist] = []
    if prediction is not None:
        stage.prediction.set_xdata([prediction, prediction])
        stage.said.set_position((prediction, 0.9))
        still += [stage.prediction, stage.said]

    def update(t):
        x = np.arange(1, t + 1)
        for name, line in stage.curves.items():
            line.set_data(x, scaled[name][:t])
        where = x[raised[:t]]
        stage.alerts.set_data(where, np.full(len(where), 0.965))
        stage.left.set_text(_told(t, raised, shares))

    return stage.film(update, len(raised), still=still, room=windows)


def _told(t, raised, shares):
    if t == 0:
        return "Before the first window"
    share = "" if shares is None else f", {100 * shares[t - 1]:.0f} % synthetic"
    return f"Window {t}{share}: {'ALERT' if raised[t - 1] else 'quiet'}"


class _Stage(Stage):
    """For dashboards of one length."""

    def __init__(self, windows, with_new_words):
        diversity = DIVERSITY | _NEW if with_new_words else DIVERSITY
        picture, axes = control_panels(windows, room=1.02)
        self.left = axes[0].set_title(" ", animated=True)
        axes[1].set_title("Mean score under the scorer")
        move = {"animated": True, "transform": axes[0].get_xaxis_transform()}
        # Moving names would cost more than all curves together; below the limits there is room until a drift comes.
        names = [Line2D([], [], lw=2, label=shown, **look) for shown, look in diversity.values()]
        room = {"labelspacing": 0.5 if len(names) < 5 else 0.15}
        axes[0].legend(handles=names, loc="lower left", labelcolor="linecolor", handlelength=2.6, **room)
        self.curves = {
            name: moving_line(ax, lw=2, **look)
            for ax, names in zip(axes, (diversity, SCORE), strict=True)
            for name, (_, look) in names.items()
        }
        self.alerts = moving_line(axes[0], "v", ms=6, color=ALERT, transform=axes[0].get_xaxis_transform())
        self.prediction = axes[0].axvline(0, 0.35, color=PREDICTION, lw=2, linestyle=(0, (4, 2)), animated=True)
        self.said = axes[0].text(0, 0.9, " you said", color=PREDICTION, fontsize=10, **move)
        super().__init__(picture, [self.left, *self.curves.values(), self.alerts])
