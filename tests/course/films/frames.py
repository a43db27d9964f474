"""What tests of films look at."""

from io import BytesIO

import matplotlib.text
import numpy as np
from PIL import Image


def pixels(film, t):
    """Return a frame of a film as an array of int, shape (height, width, 3)."""
    return np.asarray(Image.open(BytesIO(film.frame(t))).convert("RGB")).astype(int)


def smallest_text(figure):
    """Return the size of the smallest text in a figure, in points."""
    return min(text.get_fontsize() for text in figure.findobj(matplotlib.text.Text) if text.get_text().strip())
