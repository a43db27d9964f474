"""A film: one picture for each generation, drawn fast over a background that stands still."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any, Self

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from numpy.typing import ArrayLike
from PIL import Image

from collapse_edu.plots.picture import INK, PREDICTION, STYLE, End, Picture, label_ends, pushed_apart

__all__ = ["DRAWN", "SAID", "THEORY", "Film", "Names", "Screen", "Stage", "chains_under", "moving_line", "place_beside"]

# What theory says is dotted; what the learner said is a diamond, and what they drew is dashed, in every film.
THEORY: dict[str, Any] = {"color": INK, "lw": 1.8, "linestyle": (0, (1, 1.5))}
SAID: dict[str, Any] = {"color": PREDICTION, "marker": "D", "ms": 9, "linestyle": "none", "clip_on": False}
DRAWN: dict[str, Any] = {"color": PREDICTION, "lw": 2, "linestyle": (0, (4, 2))}
_LATE = 0.8  # share of a film from which on moving names come near to those at the right edge


class Screen:
    """A figure whose still parts are drawn once, for any number of films.

    Parameters
    ----------
    picture : Picture
        Its axes, ticks and legends stand still. Artists made with ``animated=True`` are left to the films.
    """

    def __init__(self, picture: Picture) -> None:
        self._canvas = picture.canvas
        with rc_context(STYLE):
            self._canvas.draw()
        self._empty = self._canvas.copy_from_bbox(picture.bbox)
        self._box = picture.bbox

    def draw(self, artists: Iterable[Artist], background: object = None) -> object:
        """Draw artists over a background, and return the whole as a background.

        Parameters
        ----------
        artists : list of matplotlib artists
        background : what this method returned before, optional
            Without it, the empty screen.
        """
        self._canvas.restore_region(self._empty if background is None else background)
        for artist in artists:
            artist.axes.draw_artist(artist)  # type: ignore[union-attr]  # none is without axes
        return self._canvas.copy_from_bbox(self._box)

    def image(self) -> Image.Image:
        """Return what is on the screen as a PIL.Image.Image, in true colours."""
        size = self._canvas.get_width_height()
        return Image.frombuffer("RGBA", size, self._canvas.buffer_rgba()).convert("RGB")


class Film:
    """Frames on a screen, one for each generation.

    Parameters
    ----------
    screen : Screen
    still : list of matplotlib artists
        What stands still in this film. Drawn now; the film keeps their picture.
    moving : list of matplotlib artists
    update : callable
        ``update(t)`` sets every moving artist to generation t.
    generations : int
        The last generation of the film.
    room : int, optional
        The last generation that the axes have room for, if more are to come.
    """

    def __init__(
        self,
        screen: Screen,
        still: Iterable[Artist],
        moving: Iterable[Artist],
        update: Callable[[int], None],
        generations: int,
        room: int | None = None,
    ) -> None:
        self.generations = generations
        self.room = generations if room is None else room
        self._screen = screen
        self._moving = moving
        self._update = update
        self._background = screen.draw(still)
        self._palette: Image.Image | None = None

    def frame(self, t: int) -> bytes:
        """Return the picture of a generation.

        Parameters
        ----------
        t : int
            From 0 (the real distribution or data) to ``generations``.

        Returns
        -------
        bytes
            A PNG.
        """
        image = self._image(t)
        # All frames share the colours of the last one: five times faster to write than true colours.
        if self._palette is None:
            last = image if t == self.generations else self._image(self.generations)
            self._palette = _palette(last)
        buffer = BytesIO()
        image.quantize(palette=self._palette, dither=Image.Dither.NONE).save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    def _image(self, t):
        self._update(t)
        self._screen.draw(self._moving, self._background)
        return self._screen.image()


def _palette(image):
    """Return an image whose palette holds black, white and greys between, and the colours of an image."""
    greys = [level * 255 // 31 for level in range(32) for _ in "rgb"]
    colours = image.quantize(224, Image.Quantize.FASTOCTREE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette(greys + colours)
    return palette


class Stage:
    """Axes and artists that films of one shape share: ticks and legends are slow to draw.

    A subclass makes them from a hashable shape, and ends with ``super().__init__(picture, moving)``.

    Parameters
    ----------
    picture : Picture
        With all that stands still.
    moving : sequence of matplotlib artists
        What each frame draws, from the back to the front.

    Attributes
    ----------
    prediction, drawn : matplotlib lines
        Where the learner's prediction is, as a number and as a curve, if a subclass asks for :meth:`marks`.
    """

    prediction: Line2D
    drawn: Line2D

    def __init__(self, picture: Picture, moving: Sequence[Artist]) -> None:
        self.picture = picture
        self.moving = [*moving]
        self.screen = Screen(picture)

    @classmethod
    def of(cls, *shape: Hashable) -> Self:
        """Return the stage of a shape, made once for all its films."""
        return _made(cls, shape)  # type: ignore[arg-type]  # a class can be hashed

    def marks(self, ax: Axes) -> None:
        """Make what the learner's prediction is drawn with."""
        self._marked = ax
        self.prediction = moving_line(ax, **SAID)
        self.drawn = moving_line(ax, **DRAWN)

    def draw_said(
        self, prediction: float | None, curve: ArrayLike | None, at: float, low: float, high: float,
        ends: Sequence[End] = (),
    ) -> tuple[list[Artist], list[Annotation]]:  # fmt: skip
        """Draw what the learner said, within the axes, with names at the right edge.

        Parameters
        ----------
        prediction : float, optional
        curve : array, shape (k, 2), optional
            Points (x, y) that the learner drew.
        at : float
            Where the prediction belongs on the horizontal axis.
        low, high : float
            Ends of the vertical axis.
        ends : list of (x, y, name, colour)
            Others that stand at the right edge in all frames.

        Returns
        -------
        still, own : list of matplotlib artists
            For :meth:`film`.
        """
        still: list[Artist] = []
        ends = [*ends]
        if curve is not None and len(points := np.asarray(curve, dtype=float)):
            self.drawn.set_data(points[:, 0], np.clip(points[:, 1], low, high))
            still.append(self.drawn)
            ends.append((float(points[-1, 0]), float(np.clip(points[-1, 1], low, high)), "you drew", PREDICTION))
        if prediction is not None:
            height = float(np.clip(prediction, low, high))
            self.prediction.set_data([at], [height])
            still.append(self.prediction)
            ends.append((at, height, "you said", PREDICTION))
        return still, label_ends(self._marked, ends, animated=True)

    def film(
        self,
        update: Callable[[int], None],
        generations: int,
        *,
        still: Sequence[Artist] = (),
        own: Sequence[Artist] = (),
        on_top: Sequence[Artist] = (),
        room: int | None = None,
    ) -> Film:
        """Return a film on this stage.

        Parameters
        ----------
        update : callable
            ``update(t)`` sets every moving artist to generation t.
        generations : int
            The last generation of the film.
        still : sequence of matplotlib artists
            Artists of the stage that stand still in this film.
        own : sequence of matplotlib artists
            Artists that were made for this film alone, and stand still; they leave the stage when they are drawn.
        on_top : sequence of matplotlib artists
            More artists that move, in front of those of the stage.
        room : int, optional
            The last generation that the axes have room for, if more are to come.
        """
        film = Film(self.screen, [*still, *own], [*self.moving, *on_top], update, generations, room)
        for artist in own:
            artist.remove()
        return film


class Names:
    """Names that move with the ends of curves: who sees them early does not see where the curves will end.

    Parameters
    ----------
    ax : matplotlib axes
    most : int
        How many names there can be.
    """

    def __init__(self, ax: Axes, most: int) -> None:
        self._ax = ax
        self.artists = [ax.text(0, 0, "", color=INK, fontsize=10, va="center", animated=True) for _ in range(most)]

    def place(self, ends: Sequence[End], fixed: Sequence[Annotation] = ()) -> None:
        """Put names beside the ends of curves, apart from each other and from those at the right edge.

        Parameters
        ----------
        ends : list of (x, y, name, colour)
            None for a film that has not begun.
        fixed : list of matplotlib annotations
            What stands at the right edge, as :meth:`Stage.draw_said` returns it.
        """
        for artist, (_, _, name, colour) in zip(self.artists, ends, strict=False):
            artist.set_text(name)
            artist.set_color(colour)
        for artist in self.artists[len(ends) :]:
            artist.set_text("")
        late = ends and ends[0][0] > _LATE * self._ax.get_xlim()[1]
        places = [(artist, (x, y)) for artist, (x, y, _, _) in zip(self.artists, ends, strict=False)]
        place_beside(self._ax, places, [label.get_position()[1] for label in fixed] if late else [])


def place_beside(ax: Axes, ends: Sequence[tuple[Artist, tuple[float, float]]], fixed: Sequence[float]) -> None:
    """Put each name beside the end of its curve, apart from other names.

    Parameters
    ----------
    ax : matplotlib axes
    ends : list of (text, (x, y))
    fixed : list of float
        Heights, as shares of the axes, that are taken.
    """
    to_axes = ax.transData + ax.transAxes.inverted()
    heights = [to_axes.transform(end)[1] for _, end in ends]
    for (name, (x, _)), height in zip(ends, pushed_apart(heights, fixed=fixed), strict=True):
        name.set_transform(ax.get_xaxis_transform())
        name.set_position((x + 0.03 * np.ptp(ax.get_xlim()), height))  # type: ignore[attr-defined]  # they are texts


@lru_cache(maxsize=64)
def _made(kind: Any, shape: tuple) -> Any:
    return kind(*shape)


def moving_line(ax: Axes, *style: str, **look: Any) -> Line2D:
    """Return a line without points that films move.

    Parameters
    ----------
    ax : matplotlib axes
    *style, **look
        As ``plot`` takes them.
    """
    return ax.plot([], [], *style, animated=True, **look)[0]


def chains_under(chains: int, regime: str) -> str:
    """Return whose film it is.

    Examples
    --------
    >>> chains_under(1, "replace"), chains_under(1000, "anchor")
    ('One chain under replace', '1,000 chains under anchor')
    """
    return f"{'One chain' if chains == 1 else f'{chains:,} chains'} under {regime}"
