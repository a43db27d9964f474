"""The film of a bag of words, or of the two sides of a coin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from collapse_edu.course.films.film import THEORY, Film, Names, Stage, chains_under, moving_line
from collapse_edu.plots.picture import INK, REAL, Picture, in_style, regime_look

__all__ = ["Trace", "bag_film"]

_ROWS = 24  # words one above the other in a column
_SHOWN = 40  # more thin lines than this are a smear
_CUT = 50  # more bars cannot have more than twice the share of the longest of at most 100 real ones
_LOST = "#767676"


@dataclass(frozen=True, eq=False)
class Trace:
    """What the right panel of a bag's film shows: one number for each chain and generation.

    Attributes
    ----------
    values : ndarray, shape (generations + 1, chains)
        The first row is the real bag.
    title : str
        Its message.
    label : str
        Vertical axis, with its unit.
    high : float
        Upper end of the vertical axis; the lower one is 0.

    Examples
    --------
    >>> Trace(np.array([[0.5], [0.7]]), "The share moves", "share of heads", 1).high
    1
    """

    values: NDArray[np.float64]
    title: str
    label: str
    high: float


@in_style
def bag_film(
    words: Sequence[str], bags: ArrayLike, trace: Trace, *, regime: str, theory: ArrayLike | None = None,
    prediction: float | None = None, curve: ArrayLike | None = None,
) -> Film:  # fmt: skip
    """Make the film of chains of bags; frame 0 is the real bag.

    On the left, what chain 0 drew: a bar for each word, grey where the real bag had more, and a line through each word
    that was not drawn. Of more than six words, a bar is as long as the square root of its count, so that one and a
    hundred both can be seen; a bar that is more than twice the longest real one also says its number. On the right, a
    number of all chains so far, with their mean.

    Parameters
    ----------
    words : sequence of str
        In the order in which they are written, at most 100.
    bags : array of int, shape (generations + 1, len(words))
        How often each word is in the bag of chain 0; the first row is the real bag.
    trace : Trace
    regime : str
        Its label; it gives the colour.
    theory : array, shape (generations,), optional
        What theory says of the mean over chains, from generation 1 on; dotted.
    prediction : float, optional
        The learner's prediction of the number in the last generation.
    curve : array, shape (k, 2), optional
        Points (generation, number) that the learner drew.

    Returns
    -------
    Film

    Raises
    ------
    ValueError
        If there are more than 100 words, or bags or trace do not fit to each other.

    Examples
    --------
    >>> trace = Trace(np.array([[0.5], [0.7]]), "The share moves", "share of heads", 1)
    >>> film = bag_film(["heads", "tails"], [[5, 5], [7, 3]], trace, regime="replace")
    >>> film.generations, film.frame(1)[1:4]
    (1, b'PNG')
    """
    bags = np.asarray(bags)
    if not 1 <= len(words) <= 100:
        raise ValueError(f"words must contain 1 to 100 words; got {len(words)}")
    if bags.shape != (len(trace.values), len(words)):
        raise ValueError(f"bags must have shape ({len(trace.values)}, {len(words)}); got {bags.shape}")
    generations, chains = len(bags) - 1, trace.values.shape[1]
    stage = _Stage.of(tuple(words), generations, trace.title, trace.label, trace.high)
    colour = regime_look(regime)["color"]
    means = trace.values.mean(axis=1)
    stage.title.set_text(chains_under(chains, regime) + stage.scale)
    still, labels = stage.draw_said(prediction, curve, generations, 0, trace.high)
    expected = np.asarray([] if theory is None else theory)
    shares = bags / bags.sum(axis=1, keepdims=True)
    many = 2 * shares[0].max()
    t_axis = np.arange(generations + 1)
    paths = trace.values[:, 1:_SHOWN]

    def update(t):
        stage.seen.set_text("Generation 0: the real bag" if t == 0 else f"Generation {t}: what chain 0 drew")
        stage.bars.set_verts(stage.boxes(shares[t]))
        stage.number(bags[t], shares[t], shares[t] > many)
        stage.bars.set_facecolor(colour)
        stage.was.set_verts(stage.boxes(shares[0]))
        stage.struck.set_segments(stage.lines_through(bags[t] == 0))
        upto = slice(0, t + 1)
        stage.paths.set_segments([np.column_stack([t_axis[upto], path[upto]]) for path in paths.T])
        stage.paths.set_color(colour)
        stage.own.set_data(t_axis[upto], trace.values[upto, 0])
        stage.mean.set_data(t_axis[upto] if chains > 1 else [], means[upto] if chains > 1 else [])
        stage.mean.set_color(colour)
        theirs = expected[:t]
        stage.theory.set_data(t_axis[1 : len(theirs) + 1], theirs)
        ends = [(t, means[t], "mean", colour)] if chains > 1 else []
        ends += [(t, theirs[-1], "theory", INK)] if len(theirs) else []
        stage.names.place(ends if t else [], labels)

    return stage.film(update, generations, still=[stage.title, *still], own=labels)


class _Stage(Stage):
    """For films of one bag."""

    def __init__(self, words, generations, title, label, high):
        picture = Picture(width=9.6, height=4.6)
        room = {"left": 0.01, "right": 0.9, "top": 0.91, "bottom": 0.17, "wspace": 0.16}
        left, self.right = picture.axes_row(2, width_ratios=[1.45, 1], gridspec_kw=room)
        rows = min(_ROWS, max(2, -(-len(words) // 3)))
        columns = -(-len(words) // rows)
        self._places = [(place // rows, place % rows) for place in range(len(words))]
        self._wide = 1 if columns > 1 else 0.6
        self._room = 0.36 * self._wide  # of a bar that has all
        left.set(xlim=(0, max(columns, 1)), ylim=(rows, -0.2), xticks=[], yticks=[], frame_on=False)
        left.grid(visible=False)
        tall = len(words) <= 6
        written = [
            left.text(column + 0.54 * self._wide, row + 0.5, word, va="center", ha="right", fontsize=14 if tall else 10)
            for word, (column, row) in zip(words, self._places, strict=True)
        ]
        to_data = left.transData.inverted()
        self._spans = [text.get_window_extent().transformed(to_data).intervalx for text in written]
        self._tall, move = tall, {"animated": True}
        self.scale = "" if tall else "; length of a bar: square root of the count"
        self.was = left.add_collection(PolyCollection([], facecolor="#d9d9d9", linewidths=0, **move))
        self.bars = left.add_collection(PolyCollection([], linewidths=0, **move))
        self.struck = left.add_collection(LineCollection([], colors=_LOST, linewidths=1.6, **move))
        self.numbers = [left.text(0, 0, "", va="center", fontsize=10, **move) for _ in range(_CUT)]
        self.seen = left.set_title(" ", **move)
        ax = self.right
        ax.set(xlim=(0, generations), ylim=(-0.03 * high, 1.03 * high), xlabel="generation", ylabel=label)
        ax.set_title(title)
        self.paths = ax.add_collection(LineCollection([], alpha=0.35, linewidths=0.8, **move))
        self.own = moving_line(ax, color=INK, lw=1.4)
        self.mean = moving_line(ax, lw=3)
        self.theory = moving_line(ax, **THEORY)
        self.names = Names(ax, 2)
        self.marks(ax)
        self.title = left.text(0.01, 0.035, "", transform=picture.transFigure, va="center", fontsize=10, **move)
        handles = [
            Line2D([], [], color=colour, lw=width, label=name)
            for colour, width, name in ((INK, 1.4, "chain 0"), (REAL, 0.8, "other chains"))
        ]
        picture.legend(handles=handles, loc="lower right", ncols=2, borderaxespad=0.1)
        moving = [self.seen, self.was, self.bars, *self.numbers, self.struck, self.paths, self.mean, self.own]
        super().__init__(picture, [*moving, self.theory, *self.names.artists])

    def _lengths(self, shares):
        return self._room * (shares if self._tall else np.sqrt(shares))

    def number(self, counts, shares, long):
        """Write its number behind each bar that is long."""
        places, lengths = np.flatnonzero(long), self._lengths(shares)
        for i, text in enumerate(self.numbers):
            text.set_text(str(counts[places[i]]) if i < len(places) else "")
            if i < len(places):
                column, row = self._places[places[i]]
                text.set_position((column + 0.6 * self._wide + lengths[places[i]], row + 0.5))

    def boxes(self, shares):
        """Return the corners of a bar for each word."""
        lengths = self._lengths(shares)
        thick = 0.28 if self._tall else 0.36
        return [
            [(x, row + 0.5 - thick), (x + length, row + 0.5 - thick), (x + length, row + 0.5 + thick),
             (x, row + 0.5 + thick)]
            for (column, row), length in zip(self._places, lengths, strict=True)
            for x in [column + 0.58 * self._wide]
        ]  # fmt: skip

    def lines_through(self, lost):
        """Return a line for each word that is lost."""
        return [
            [(begin, row + 0.5), (end, row + 0.5)]
            for (begin, end), (_, row), gone in zip(self._spans, self._places, lost, strict=True)
            if gone
        ]
