"""Pictures of several classes of models in the same loop: their curves side by side, and what they drew."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from collapse_edu.loop.history import History
from collapse_edu.plots.picture import BAND, INK, REAL, Picture, in_style, tiles

__all__ = ["plot_painted", "plot_painters"]

# Colours of no regime; dash and marker say it again.
_CLASSES = (
    {"color": INK, "linestyle": "-", "marker": "o"},
    {"color": "#1F3A93", "linestyle": (0, (6, 2)), "marker": "s"},
    {"color": "#B3123B", "linestyle": (0, (3, 1, 1, 1)), "marker": "^"},
)
_CONTROLS = ({"color": REAL, "lw": 2}, {"color": "#6f6f6f", "lw": 1.8, "linestyle": (0, (1, 1.5))})


@in_style
def plot_painters(
    groups: Mapping[str, Mapping[str, History]], *, title: str,
    measures: Sequence[str] = ("precision", "recall", "coverage"),
    controls: Mapping[str, Mapping[str, float]] | None = None, relative: bool = False,
) -> Picture:  # fmt: skip
    """Draw how model classes fare: one row for each regime, one column for each measure, one line for each class.

    Parameters
    ----------
    groups : dict of dict of History
        Name of a regime → name of a model class → its chains, of one regime. At most three classes.
    title : str
        The message of the picture.
    measures : sequence of str
        Measures of all histories. Recall by itself says little: see :class:`collapse_edu.measures.Quality`.
    controls : dict of dict, optional
        Name → measure → number: what something that is no model reaches, such as real images, or noise; at most two
        grey lines. In units of generation 1 they are left out.
    relative : bool
        In units of generation 1: each chain is divided by its own first number.

    Returns
    -------
    Picture
        Lines are medians over chains, bands hold all chains. Its description tells medians with two digits.

    Raises
    ------
    ValueError
        If there are no classes, or more than three.

    Examples
    --------
    >>> falls = History({("replace", "recall"): [[0.8, 0.8], [0.2, 0.4]]})
    >>> stays = History({("replace", "recall"): [[0.5, 0.5], [0.5, 0.5]]})
    >>> groups = {"replace": {"mixture": falls, "flow": stays}}
    >>> plot_painters(groups, title="Two classes", measures=("recall",)).description
    'Medians of 2 chains, from generation 1 to generation 2. Replace: recall of the mixture 0.80 to 0.30, the flow \
0.50 to 0.50.'
    """
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    if not 1 <= len(names) <= len(_CLASSES):
        raise ValueError(f"groups must contain 1 to {len(_CLASSES)} model classes; got {len(names)}")
    looks = dict(zip(names, _CLASSES, strict=False))
    rows, columns = len(groups), len(measures)
    picture = Picture(width=9.2, height=2.25 * rows + 1.15)
    top, bottom = 0.72 / picture.get_figheight(), 1.02 / picture.get_figheight()
    axes = picture.subplots(
        rows, columns, squeeze=False, sharex=True, sharey=True,
        gridspec_kw={"left": 0.08, "right": 0.98, "top": 1 - top, "bottom": bottom, "wspace": 0.1, "hspace": 0.28},
    )  # fmt: skip
    shown = {} if relative else dict(zip(controls or {}, _CONTROLS, strict=False))
    parts = []
    for row, (regime, group) in zip(axes, groups.items(), strict=True):
        said = []
        for ax, measure in zip(row, measures, strict=True):
            for name, look in shown.items():
                ax.axhline((controls or {})[name][measure], **look)
            ends = [_draw(ax, name, history[measure], looks[name], relative) for name, history in group.items()]
            said.append(f"{measure.replace('_', ' ')} of {', '.join(ends)}")
            ax.set_axisbelow(True)
            ax.set_title(f"{measure.replace('_', ' ')} · {regime}", fontsize=10.5)
        row[0].set_ylabel("of generation 1" if relative else "share")
        parts.append(f"{regime[:1].upper()}{regime[1:]}: {'; '.join(said)}.")
    generations, chains = next(iter(next(iter(groups.values())).values()))[measures[0]].shape
    axes[0, 0].set(xlim=(0.7, generations + 0.3), ylim=(-0.03, None if relative else 1.04))
    axes[0, 0].set_xticks([t for t in range(1, generations + 1) if generations < 9 or t % 2])
    for ax in axes[-1]:
        ax.set_xlabel("generation")
    _add_legend(picture, looks, shown, chains)
    picture.text(0.01, 1 - 0.2 / picture.get_figheight(), title, weight="bold", fontsize=12, va="center")
    unit = ", in units of generation 1" if relative else ""
    picture.description = (
        f"Medians of {chains} chains{unit}, from generation 1 to generation {generations}. {' '.join(parts)}"
    )
    if shown:
        picture.description += f" {_said_of(controls or {}, list(shown), measures)}"
    return picture


def _draw(ax, name, values, look, relative):
    """Draw the chains of one class; return in words where its median begins and ends."""
    values = values / values[0] if relative else values
    t, median = np.arange(1, len(values) + 1), np.median(values, axis=1)
    ax.plot(t, median, markersize=5, markeredgewidth=0, lw=2, **look)
    ax.fill_between(t, values.min(axis=1), values.max(axis=1), color=look["color"], alpha=BAND, lw=0)
    return f"the {name} {median[0]:.2f} to {median[-1]:.2f}"


def _add_legend(picture, looks, shown, chains):
    handles = [Line2D([], [], lw=2, markersize=5, label=name, **look) for name, look in looks.items()]
    handles += [Line2D([], [], label=name, **look) for name, look in shown.items()]
    picture.legend(handles=handles, loc="lower left", ncols=len(handles), handlelength=3, borderaxespad=0.2)
    if chains > 1:
        picture.text(
            0.98, 0.42 / picture.get_figheight(), f"line: median, band: all {chains} chains", ha="right", fontsize=10,
            color="#5f5f5f",
        )  # fmt: skip


def _said_of(controls, names, measures):
    told = [
        f"{name} reach" + ("es" if "+" in name else "") + " "
        + ", ".join(f"{measure.replace('_', ' ')} {controls[name][measure]:.2f}" for measure in measures)
        for name in names
    ]  # fmt: skip
    return f"For comparison, {'; '.join(told)}."


@in_style
def plot_painted(
    pictures: Mapping[str, ArrayLike], shape: tuple[int, int], *, title: str, real: ArrayLike | None = None,
    generations: Sequence[int] = (1, 3, -1), n_shown: int = 12,
) -> Picture:  # fmt: skip
    """Draw what models drew: one row for each model, one column for each of some generations.

    Parameters
    ----------
    pictures : dict of array, shape (n_generations, n, height · width)
        Name → what its generations 1, 2, … drew.
    shape : tuple of int
        (height, width) of an image.
    title : str
        The message of the picture.
    real : array, shape (n, height · width), optional
        Real images; the first column. Each row shows the next ones.
    generations : sequence of int
        Those to show, from 1 on; -1 is the last.
    n_shown : int
        Images of each generation, from its first one on.

    Returns
    -------
    Picture
        Values are clipped to [0, 1] for display only.

    Examples
    --------
    >>> drawn = {"mixture": np.ones((4, 20, 6)), "flow": np.zeros((4, 20, 6))}
    >>> plot_painted(drawn, (2, 3), title="What they drew").description
    'What they drew. 12 images each that mixture and flow drew in generations 1, 3 and 4.'
    """
    arrays = {name: np.asarray(drawn) for name, drawn in pictures.items()}
    length = len(next(iter(arrays.values())))
    which = list(dict.fromkeys(t if t > 0 else length + 1 + t for t in generations))
    columns = len(which) + (real is not None)
    picture = Picture(
        width=0.5 + 2.05 * columns, height=0.75 + 1.55 * len(arrays), layout=ConstrainedLayoutEngine(wspace=0.04)
    )
    axes = picture.subplots(len(arrays), columns, squeeze=False)
    for place, (row, (name, drawn)) in enumerate(zip(axes, arrays.items(), strict=True)):
        own = [] if real is None else [np.roll(real, -place * n_shown, axis=0)]
        sets: list[NDArray] = own + [drawn[t - 1] for t in which]
        captions = ([] if real is None else ["real"]) + [f"generation {t}" for t in which]
        for ax, rows, caption in zip(row, sets, captions, strict=True):
            ax.imshow(tiles(rows[:n_shown], shape), cmap="gray_r", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[], frame_on=False)
            ax.grid(False)
            if place == 0:
                ax.set_title(caption, fontsize=11)
        row[0].set_ylabel(name, fontsize=11, fontweight="bold")
    picture.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    stop = "" if title[-1] in ".!?" else "."
    when = f"generation{'s' * (len(which) > 1)} {_listed(which)}"
    beside = "" if real is None else ", beside real ones"
    picture.description = f"{title}{stop} {n_shown} images each that {_listed(arrays)} drew in {when}{beside}."
    return picture


def _listed(things):
    words = [str(thing) for thing in things]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
