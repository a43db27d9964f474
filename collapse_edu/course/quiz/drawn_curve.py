"""A curve that a learner draws on axes: the widget around ``drawn_curve.js``."""

from importlib import resources
from typing import Any

import anywidget
import traitlets

__all__ = ["DrawnCurve"]


class DrawnCurve(anywidget.AnyWidget):
    """Axes to draw on with a mouse, a finger, the arrow keys, or by writing numbers.

    Parameters
    ----------
    axes : dict
        ``x`` and ``y``, each with a ``label``, a ``range`` (lowest, highest) and, if it is logarithmic, ``log``; and
        ``start``, a point that the curve begins at, if there is one.

    Attributes
    ----------
    points : list of [x, y]
        What is drawn; empty before.
    truth : list of [x, y]
        What happened; drawn beside it.
    locked : bool
        Whether nothing can be changed any more.

    Examples
    --------
    >>> axes = {"x": {"label": "generation", "range": [0, 60]}, "y": {"label": "variance", "range": [0, 2]}}
    >>> DrawnCurve(axes=axes).points
    []
    """

    _esm = resources.files(__package__).joinpath("drawn_curve.js").read_text(encoding="utf-8")
    axes: Any = traitlets.Dict().tag(sync=True)
    points: Any = traitlets.List().tag(sync=True)
    truth: Any = traitlets.List().tag(sync=True)
    locked: Any = traitlets.Bool(False).tag(sync=True)
