"""A saving and its bill on one picture: what optimisations save in a month, and what forgotten kinds cost later."""

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation
from numpy.typing import ArrayLike

from collapse_edu.course.films.film import DRAWN, SAID, THEORY, Film, Names, Stage, moving_line
from collapse_edu.plots.economics import frame_waterfall, large, levels, waterfall_bars
from collapse_edu.plots.given import Saving
from collapse_edu.plots.picture import BAND, INK, PREDICTION, Picture, in_style, label_ends, regime_look

__all__ = ["savings_film"]


@in_style
def savings_film(
    steps: Sequence[Saving], bill: ArrayLike, *, start: float, models: int, currency: str, regime: str,
    highest: float, human: float = 0.0, months: float = 1.0, theory: ArrayLike | None = None,
    prediction: float | None = None, curve: ArrayLike | None = None,
) -> Film:  # fmt: skip
    """Make the film of a saving and its bill, one frame for each new model; frame 0 is before the first one.

    On the left, what each optimisation saves; those that feed model text back are hatched. On the right, what the
    hatched ones save in a month, less the human rows bought in it, and what a month costs more because of kinds that
    the models have forgotten.

    Parameters
    ----------
    steps : list of Saving
        As :func:`collapse_edu.production.economics.waterfall` returns them.
    bill : array, shape (done, chains)
        For model 1, 2, …
    start : float
        Cost of a month without optimisations.
    models : int
        The last model that the axes have room for.
    currency : str
    regime : str
        Its label; it gives the colour of the bill.
    highest : float
        What the vertical axis of the right panel has room for, at least.
    human : float
        What the human rows of a month cost.
    months : float
        From one new model to the next.
    theory : array, shape (models,), optional
        What theory says of the mean bill; dotted.
    prediction : float, optional
        The model at which the learner expects the bill to be above the saving less the human rows.
    curve : array, shape (k, 2), optional
        Points (model, bill) that the learner drew.

    Returns
    -------
    Film

    Examples
    --------
    >>> from collapse_edu.production.economics import Saving
    >>> bill = [[0.0, 0.0], [60.0, 80.0]]
    >>> settings = dict(start=900, models=5, currency="EUR", regime="replace", highest=300)
    >>> film = savings_film([Saving("routing", 200, True)], bill, **settings)
    >>> film.generations, film.frame(2)[1:4]
    (2, b'PNG')
    """
    bill = np.asarray(bill, dtype=float)
    saving = sum(step.saves for step in steps if step.feeds_back) - human
    ends = _ceiling(max(levels(steps, start))), _floor(saving), _ceiling(max(highest, saving))
    colour = regime_look(regime)["color"]
    stage = _Stage.of(tuple(step.name for step in steps), *ends, models, months, currency, colour)
    expected = np.asarray([] if theory is None else theory)
    fixed = waterfall_bars(stage.left, steps, start=start, animated=True)
    fixed += _fixed(stage.right, saving, human, models, prediction, curve)
    labels = [artist for artist in fixed if isinstance(artist, Annotation) and artist.axes is stage.right]
    median, low, high = np.median(bill, axis=1), bill.min(axis=1), bill.max(axis=1)

    def update(t):
        x = np.arange(1, t + 1)
        stage.median.set_data(x, median[:t])
        stage.band.set_data(*((x, low[:t], high[:t]) if t else ([0], [0], [0])))
        so_far = expected[:t]
        stage.theory.set_data(x[: len(so_far)], so_far)
        stage.names.place([(t, so_far[-1], "theory", INK)] if len(so_far) else [], labels)
        stage.seen.set_text(_title(t, saving - median[t - 1] if t else 0, currency))

    return stage.film(update, len(bill), own=fixed, room=models)


def _fixed(ax, saving, human, models, prediction, curve):
    """Draw what stands still in the right panel, and return the artists."""
    move = {"animated": True}
    artists = ax.plot([0, models], [saving, saving], color=INK, lw=2.5, **move)
    ends = [(models, saving, "savings\nless rows" if human else "hatched\nsavings", INK)]
    if curve is not None:
        artists += ax.plot(*np.asarray(curve, dtype=float).reshape(-1, 2).T, **DRAWN, **move)
    if prediction is not None:
        place = min(prediction, models), saving
        artists += ax.plot(*place, **SAID, **move)
        below = {"xytext": (0, -10), "textcoords": "offset points", "ha": "center", "va": "top"}
        artists.append(ax.annotate("you said", place, color=PREDICTION, fontsize=10, **below, **move))
    return artists + label_ends(ax, ends, **move)


def _title(t, left, currency):
    if t == 0:
        return "Before the first new model"
    amount = f"{left:,.0f}".replace("-", "−")
    return f"Model {t}: {'0' if amount == '−0' else amount} {currency} left"


def _ceiling(value):
    """Return a round number that is not below a value, so that films of like numbers share their axes.

    Examples
    --------
    >>> [_ceiling(value) for value in (0, 8900, 0.012)]
    [1.0, 10000.0, 0.015]
    """
    if not value > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(round(next(m for m in (1, 1.5, 2, 3, 4, 6, 8, 10) if m * power >= value * (1 - 1e-9)) * power, 12))


def _floor(value):
    """Return 0, or a round number below a negative value.

    Examples
    --------
    >>> [_floor(value) for value in (500, 0, -7400)]
    [0.0, 0.0, -8000.0]
    """
    return -_ceiling(-value) if value < 0 else 0.0


class _Stage(Stage):
    """For films with the same axes."""

    def __init__(self, names, left_top, right_bottom, right_top, models, months, currency, colour):
        picture = Picture(width=9.9, height=4.4)
        room = {"left": 0.085, "right": 0.91, "top": 0.92, "bottom": 0.21, "wspace": 0.26}
        self.left, self.right = picture.axes_row(2, width_ratios=[1.25, 1], gridspec_kw=room)
        saved = frame_waterfall(self.left, names, top=left_top, currency=currency)
        picture.legend(handles=saved, loc="lower left", ncols=2, borderaxespad=0.1)
        self.left.set_title("What is saved")
        ax = self.right
        word, unit = large(max(right_top, -right_bottom))
        pace = "month" if months == 1 else f"{months:.3g} months"
        ax.set(xlim=(0, models), ylim=(1.1 * right_bottom, 1.1 * right_top), ylabel=f"in a month, {word}{currency}")
        ax.set_xlabel(f"new model (one every {pace})")
        ax.set_xticks([1, *range(models, 2, -max(1, round(models / 5)))])
        if right_bottom < 0:
            ax.axhline(0, color=INK, lw=0.8)
        ax.yaxis.set_major_formatter(lambda value, position: f"{value / unit:,.10g}".replace("-", "−"))
        moves = {"animated": True}
        self.band = ax.fill_between([0], [0], [0], color=colour, alpha=BAND, lw=0, **moves)
        self.median = moving_line(ax, color=colour, lw=3)
        self.theory = moving_line(ax, **THEORY)
        self.names = Names(ax, 1)
        self.seen = ax.set_title(" ", **moves)
        handles = [
            Line2D([], [], color=colour, lw=3, label="bill: median"),
            Patch(facecolor=colour, alpha=BAND, label="all chains"),
        ]
        picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
        # Theory lies on top, where both agree.
        super().__init__(picture, [self.band, self.median, self.theory, self.seen, *self.names.artists])
