"""A small line chart as SVG: it takes its colours from the page, prints sharply, and needs no library to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Line", "SmallPicture"]

_WIDTH, _HEIGHT = 340, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 14, 52, 46  # margins
_LOOKS = (("#0072b2", ""), ("#d55e00", "7 4"), ("#009e73", "2 4"))  # colour and dashes: never colour alone


@dataclass(frozen=True)
class Line:
    """One line: what it is called, and its points."""

    label: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class SmallPicture:
    """Up to three lines on two linear axes that start at 0.

    Attributes
    ----------
    description : str
        What it shows, in words.
    lines : sequence of Line
    x_label, y_label : str
    x_top, y_top : float
        Where the axes end.
    mark : tuple of (float, float), optional
        A point to see.

    Examples
    --------
    >>> picture = SmallPicture("A line rises.", [Line("one", [0, 1], [0, 2])], "time", "height", 1, 2)
    >>> picture.svg()[:22]
    '<svg role="img" aria-l'
    """

    description: str
    lines: Sequence[Line]
    x_label: str
    y_label: str
    x_top: float
    y_top: float
    mark: tuple[float, float] | None = None

    def svg(self) -> str:
        """Return the picture; what lies beyond the axes is not drawn."""
        parts = [*self._axes(), *map(self._curve, self.lines, _LOOKS), *self._legend(), *self._point()]
        return (
            f'<svg role="img" aria-label="{escape(self.description)}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="14" fill="currentColor">'
            f"{''.join(parts)}</svg>"
        )

    def _at(self, x, y):
        across = _LEFT + x / self.x_top * (_WIDTH - _LEFT - _RIGHT)
        up = _HEIGHT - _BOTTOM - y / self.y_top * (_HEIGHT - _TOP - _BOTTOM)
        return f"{across:.1f}", f"{up:.1f}"

    def _axes(self):
        (left, bottom), (right, top) = self._at(0, 0), self._at(self.x_top, self.y_top)
        yield f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="currentColor"/>'
        below = _HEIGHT - _BOTTOM + 18
        yield f'<text x="{left}" y="{below}" text-anchor="middle">0</text>'
        yield f'<text x="{right}" y="{below}" text-anchor="end">{self.x_top:g}</text>'
        yield f'<text x="{_LEFT - 6}" y="{bottom}" text-anchor="end">0</text>'
        yield f'<text x="{_LEFT - 6}" y="{_TOP + 5}" text-anchor="end">{self.y_top:g}</text>'
        yield f'<text x="{(_LEFT + _WIDTH) / 2:g}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(self.x_label)}</text>'
        yield f'<text x="4" y="14">{escape(self.y_label)}</text>'

    def _curve(self, line, look):
        colour, dashes = look
        shown = [(x, y) for x, y in zip(line.x, line.y, strict=True) if 0 <= x <= self.x_top and 0 <= y <= self.y_top]
        points = " ".join(",".join(self._at(x, y)) for x, y in shown)
        return (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="3" stroke-dasharray="{dashes}"/>'
        )

    def _legend(self):
        width = (_WIDTH - 8) / len(self.lines)
        for number, (line, (colour, dashes)) in enumerate(zip(self.lines, _LOOKS, strict=False)):
            left = 4 + number * width
            yield (
                f'<path d="M{left:g} 33h22" stroke="{colour}" stroke-width="3" stroke-dasharray="{dashes}"/>'
                f'<text x="{left + 27:g}" y="38">{escape(line.label)}</text>'
            )

    def _point(self):
        if self.mark:
            x, y = self._at(*self.mark)
            yield f'<circle cx="{x}" cy="{y}" r="5" fill="none" stroke="currentColor" stroke-width="2"/>'
