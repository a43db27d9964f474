"""A film: one picture for each generation, drawn fast over a background that stands still."""

from io import BytesIO

from matplotlib import rc_context
from PIL import Image

from collapse_edu.plots.picture import STYLE

__all__ = ["Film", "Screen"]


class Screen:
    """A figure whose still parts are drawn once, for any number of films.

    Parameters
    ----------
    picture : Picture
        Its axes, ticks and legends stand still. Artists made with ``animated=True`` are left to the films.
    """

    def __init__(self, picture):
        self._canvas = picture.canvas
        with rc_context(STYLE):
            self._canvas.draw()
        self._empty = self._canvas.copy_from_bbox(picture.bbox)
        self._box = picture.bbox

    def draw(self, artists, background=None):
        """Draw artists over a background, and return the whole as a background.

        Parameters
        ----------
        artists : list of matplotlib artists
        background : what this method returned before, optional
            Without it, the empty screen.
        """
        self._canvas.restore_region(self._empty if background is None else background)
        for artist in artists:
            artist.axes.draw_artist(artist)
        return self._canvas.copy_from_bbox(self._box)

    def image(self):
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
    """

    def __init__(self, screen, still, moving, update, generations):
        self.generations = generations
        self._screen = screen
        self._moving = moving
        self._update = update
        self._background = screen.draw(still)
        self._palette = None

    def frame(self, t):
        """Return the picture of a generation.

        Parameters
        ----------
        t : int
            From 0 (the real law or data) to ``generations``.

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
