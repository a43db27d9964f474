"""The radar picture of a self-assessment."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from collapse_edu.plots.picture import BAND, COLOURS, INK, Picture, in_style

__all__ = ["plot_radar"]


@in_style
def plot_radar(assessment: Mapping[str, str], *, levels: Sequence[str], title: str = "Where we stand") -> Picture:
    """Draw the level of each dimension on its own axis; further out is better.

    Parameters
    ----------
    assessment : mapping
        Dimension → one of ``levels``; at least three dimensions.
    levels : sequence of str
        Names of the levels, the lowest first.
    title : str

    Returns
    -------
    Picture

    Examples
    --------
    >>> team = {"provenance": "aware", "evaluation": "unaware", "monitoring": "managed"}
    >>> plot_radar(team, levels=["unaware", "aware", "measured", "managed", "resilient"]).description
    'provenance: aware, level 2 of 5; evaluation: unaware, level 1 of 5; monitoring: managed, level 4 of 5.'
    """
    numbers = [levels.index(level) + 1 for level in assessment.values()]
    angles = np.linspace(0, 2 * np.pi, len(numbers), endpoint=False)
    picture = Picture(width=7.2, height=5.0)
    ax: Any = picture.add_axes((0.25, 0.08, 0.5, 0.74), projection="polar")  # it has methods that Axes has not
    ax.set_theta_zero_location("N")
    ax.set_theta_direction(-1)
    closed = np.append(np.arange(len(numbers)), 0)
    colour = COLOURS["accumulate"][0]
    ax.fill(angles[closed], np.array(numbers)[closed], color=colour, alpha=BAND)
    ax.plot(angles[closed], np.array(numbers)[closed], color=colour, marker="o", ms=8)
    ax.set(ylim=(0, len(levels)))
    ax.set_xticks(angles, [])
    for angle, name, number, level in zip(angles, assessment, numbers, assessment.values(), strict=True):
        side = np.sin(angle)
        align = "center" if abs(side) < 0.1 else "left" if side > 0 else "right"
        ax.text(
            angle, len(levels) + 0.45, f"{name}\n{number}: {level}", ha=align, fontsize=10,
            va="bottom" if np.cos(angle) > 0.5 else "center" if np.cos(angle) > -0.5 else "top",
        )  # fmt: skip
    ax.set_yticks(range(1, len(levels) + 1), [str(number) for number in range(1, len(levels) + 1)], color=INK)
    ax.set_rlabel_position(180 / len(numbers))
    picture.text(0.03, 0.94, title, fontsize=12, fontweight="bold")
    picture.text(0.03, 0.02, " · ".join(f"{place} {level}" for place, level in enumerate(levels, 1)), fontsize=10)
    picture.description = (
        "; ".join(
            f"{name}: {level}, level {number} of {len(levels)}"
            for (name, level), number in zip(assessment.items(), numbers, strict=True)
        )
        + "."
    )
    return picture
