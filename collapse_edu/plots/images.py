"""Pictures of images, and of what precision, recall and coverage mean."""

from collections.abc import Mapping

import numpy as np
from matplotlib.collections import EllipseCollection
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import ArrayLike, NDArray

from collapse_edu.loop.history import History
from collapse_edu.metrics import neighbour_radii, precision_recall
from collapse_edu.plots.picture import (
    INK,
    REAL,
    Picture,
    draw_chains,
    in_style,
    label_ends,
    regime_look,
    say_what_bands_are,
    tiles,
)

__all__ = ["plot_balls", "plot_images", "plot_quality"]

_SYNTHETIC = regime_look("replace")["color"]
_CURVES = (("recall", "-"), ("precision", (0, (5, 2))), ("coverage", (0, (1, 1.2))))


@in_style
def plot_balls(real: ArrayLike, synthetic: ArrayLike, *, k: int = 5, named: bool = True) -> Picture:
    """Draw what precision and recall count, in two dimensions.

    Parameters
    ----------
    real, synthetic : array, shape (n, 2)
    k : int
        The ball of a point reaches to its k-th nearest neighbour within its own set.
    named : bool
        Without it, neither number is named nor given: for a question.

    Returns
    -------
    Picture

    References
    ----------
    Kynkäänniemi et al. (2019), figure 1.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> print(plot_balls(rng.normal(size=(40, 2)), 0.5 * rng.normal(size=(40, 2)), k=3).description)
    Balls reach to neighbour number 3 of the same set. Left: 40 of 40 synthetic points lie in a ball of a real point, \
so precision is 1.00. Right: 22 of 40 real points lie in a ball of a synthetic point, so recall is 0.55.
    """
    real, synthetic = np.asarray(real, dtype=float), np.asarray(synthetic, dtype=float)
    precision, recall = precision_recall(real, synthetic, k)
    picture = Picture(width=9.2, height=4.6, layout="constrained")
    left, right = picture.axes_row(2, sharex=True, sharey=True)
    _show_balls(left, real, synthetic, k, REAL, _SYNTHETIC)
    _show_balls(right, synthetic, real, k, _SYNTHETIC, INK)
    left.set_title(f"Precision {precision:.2f}" if named else "Grey: balls of real points")
    right.set_title(f"Recall {recall:.2f}" if named else "Orange: balls of synthetic points")
    left.set_xlabel("synthetic points in balls of real points", color=_SYNTHETIC)
    right.set_xlabel("real points in balls of synthetic points", color=INK)
    precise = f", so precision is {precision:.2f}" if named else ""
    recalled = f", so recall is {recall:.2f}" if named else ""
    picture.description = (
        f"Balls reach to neighbour number {k} of the same set. "
        f"Left: {round(precision * len(synthetic))} of {len(synthetic)} synthetic points lie in a ball of a real point"
        f"{precise}. Right: {round(recall * len(real))} of {len(real)} real points lie in a ball of a synthetic point"
        f"{recalled}."
    )
    return picture


def _show_balls(ax, centres, points, k, colour, ink):
    """Draw balls around centres, and points: a disc inside a ball, a cross outside all of them."""
    radii = neighbour_radii(centres, k)
    inside = (np.linalg.norm(points[:, None] - centres, axis=2) <= radii).any(axis=1)
    balls = EllipseCollection(
        2 * radii, 2 * radii, np.zeros(len(radii)), units="xy", offsets=centres, transOffset=ax.transData,
        facecolor=colour, alpha=0.22, edgecolor="none",
    )  # fmt: skip
    ax.add_collection(balls)
    ax.plot(*points[inside].T, "o", color=ink, ms=6, label="inside a ball")
    ax.plot(*points[~inside].T, "X", color=ink, ms=8, mfc="white", mew=1.4, label="outside all balls")
    ax.set_aspect("equal")
    ax.margins(0.12)
    ax.tick_params(length=0, labelbottom=False, labelleft=False)
    ax.grid(False)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2, handletextpad=0.2)


@in_style
def plot_quality(histories: Mapping[str, History], *, title: str, real: float | None = None) -> Picture:
    """Draw recall, precision and coverage of several ensembles side by side: medians, and bands that hold all chains.

    Parameters
    ----------
    histories : dict of History
        Name → history of one regime, with measures among recall, precision and coverage. Recall by itself says little:
        see :class:`collapse_edu.measures.Quality`.
    title : str
        The message of the picture.
    real : float, optional
        What real images reach; a grey line.

    Returns
    -------
    Picture
        Its description gives two digits: chains of mixtures may differ in the third one between machines.

    Examples
    --------
    >>> from collapse_edu import History
    >>> values = {("replace", "recall"): [[0.8], [0.2]], ("replace", "precision"): [[0.5], [0.4]]}
    >>> plot_quality({"one normal distribution": History(values)}, title="Recall falls").description
    'one normal distribution (replace, 1 chain): recall from 0.80 in generation 1 to 0.20 in generation 2; precision \
from 0.50 to 0.40.'
    """
    picture = Picture(width=min(3.4 * len(histories) + 0.6, 10.5), height=4.0, layout="constrained")
    axes = picture.axes_row(len(histories), sharey=True)
    parts = []
    for ax, (name, history) in zip(axes, histories.items(), strict=True):
        (regime,) = history.regimes
        colour = regime_look(regime)["color"]
        if real is not None:
            ax.axhline(real, color=REAL, lw=2)
        ends = []
        said: list[str] = []
        for measure, dash in _CURVES:
            if measure not in history.measures:
                continue
            values = history[measure]
            generation = np.arange(1, len(values) + 1)
            median = np.median(values, axis=1)
            draw_chains(ax, generation, values, color=colour, linestyle=dash, lw=2.5)
            ends.append((generation[-1], median[-1], measure, colour))
            between = "" if said else " in generation 1", "" if said else f" in generation {len(values)}"
            said.append(f"{measure} from {median[0]:.2f}{between[0]} to {median[-1]:.2f}{between[1]}")
        ax.set(xlim=(1, 1.4 * len(values)), ylim=(0, 1.02), xlabel="generation")
        ax.set_xticks([tick for tick in (1, 5, 10, 15, 20, 30, 40) if tick <= len(values) - 2] + [len(values)])
        label_ends(ax, ends)
        ax.set_title(f"{name}", fontsize=11)
        chains, under = values.shape[1], "" if name == regime else f"{regime}, "
        parts.append(f"{name} ({under}{chains} chain{'s' * (chains > 1)}): {'; '.join(said)}.")
    if real is not None:
        axes[0].annotate(
            "real images", (1, real), xytext=(4, -5), textcoords="offset points", va="top", color="#5f5f5f", fontsize=10
        )
    axes[0].set_ylabel("share of images")
    say_what_bands_are(picture, [history[history.measures[0]].shape[1] for history in histories.values()])
    picture.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    picture.description = " ".join(parts)
    return picture


@in_style
def plot_images(images: Mapping[str, NDArray], shape: tuple[int, int], *, title: str) -> Picture:
    """Draw sets of images side by side.

    Parameters
    ----------
    images : dict of array, shape (n, height · width)
        Caption → images. Values are clipped to [0, 1] for display only.
    shape : tuple of int
        (height, width).
    title : str
        The message of the picture.

    Returns
    -------
    Picture

    Examples
    --------
    >>> picture = plot_images({"real": np.ones((4, 6)), "synthetic": np.zeros((4, 6))}, (2, 3), title="Ink goes")
    >>> picture.description
    'Ink goes. Side by side, 4 images each: real; synthetic.'
    """
    width = min(3.2, 10.2 / len(images))
    picture = Picture(width=width * len(images) + 0.3, height=width + 0.7, layout=ConstrainedLayoutEngine(wspace=0.06))
    for ax, (caption, rows) in zip(picture.axes_row(len(images)), images.items(), strict=True):
        ax.imshow(tiles(rows, shape), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[], frame_on=False)
        ax.grid(False)
        ax.set_title(caption, fontsize=11)
    picture.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    n, stop = len(next(iter(images.values()))), "" if title[-1] in ".!?" else "."
    picture.description = f"{title}{stop} Side by side, {n} images each: {'; '.join(images)}."
    return picture
