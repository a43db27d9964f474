"""The page of a run: what changed most, what it means, each picture with its sentence, and how to make it again."""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from collapse_edu.cli.models import Job

if TYPE_CHECKING:
    from jinja2 import Environment

    from collapse_edu import History
    from collapse_edu.plots import Picture

__all__ = ["REPORT", "Change", "changes", "write_report"]

REPORT = "report.html"
_SMALL = 0.1  # of a measure: less is not called a change

# Measure → what it means if it falls, and if it rises.
_MEANING = {
    "types_alive": (
        "The model has forgotten words. What no later model has seen never comes back, unless real text comes in.",
        "The model knows more words than at the start: fresh real text, or misspelt and made-up ones.",
    ),
    "held_out_perplexity": (
        "A later model finds real text less surprising than the first one did: it has learned more of it.",
        "Real text surprises a later model more: it has lost what real authors do. Its own text need not show it.",
    ),
    "heterozygosity": (
        "Two words drawn from the text are more often the same: the common ones take over.",
        "Two words drawn from the text are more often different.",
    ),
    "coverage": (
        "Fewer kinds of real images have a drawn one near them: variety is lost, whatever single images look like.",
        "More kinds of real images have a drawn one near them.",
    ),
    "recall": (
        "Real images lie less often among the drawn ones. Judge by coverage beside it: noise alone raises recall.",
        "Real images lie more often among the drawn ones. Noise alone does that: judge by coverage beside it.",
    ),
    "precision": (
        "Drawn images look less like real ones.",
        "Drawn images look more typical. With coverage falling, that is no good news.",
    ),
    "sample_variance": (
        "Drawn images differ less from each other.",
        "Drawn images differ more from each other: also when they turn into noise.",
    ),
    "frechet_distance": (
        "The drawn images come closer to the real ones.",
        "The drawn images move away from the real ones.",
    ),
    "effective_classes": ("Some classes are hardly drawn any more.", "The classes are drawn more evenly."),
}


class Change(NamedTuple):
    """How a measure changed under a regime, from the first generation to the last one that is there.

    Attributes
    ----------
    regime, measure : str
    first, last : float
        Medians over chains.
    is_noise : bool
        Whether the change is less than a tenth, or less than what chains differ.
    """

    regime: str
    measure: str
    first: float
    last: float
    is_noise: bool

    @property
    def factor(self) -> float:
        """The larger of the two medians over the smaller one; infinity, if that is 0 or they differ in sign."""
        low, high = sorted((abs(self.first), abs(self.last)))
        return high / low if low > 0 and self.first * self.last > 0 else float("inf") if high > 0 else 1.0

    @property
    def times(self) -> str:
        """The change in words.

        Examples
        --------
        >>> Change("replace", "recall", 0.8, 0.4, False).times, Change("replace", "recall", 0.8, 0.79, True).times
        ('falls to 50 % of what it was', 'hardly changes')
        """
        if self.is_noise:
            return "hardly changes"
        if self.first * self.last <= 0:
            return "falls to nothing" if self.last == 0 else f"goes from {self.first:.3g} to {self.last:.3g}"
        share = self.last / self.first
        return (
            f"falls to {share:.0%}".replace("%", " %") + " of what it was" if share < 1 else f"grows {share:.2g} times"
        )

    @property
    def meaning(self) -> str:
        """What it means, in a sentence or two; empty, if there is nothing to say."""
        told = _MEANING.get(self.measure)
        return "" if self.is_noise or told is None else told[self.last > self.first]


def changes(history: "History") -> list[Change]:
    """Return the changes of all measures under all regimes, the largest first, noise last.

    Parameters
    ----------
    history : History

    Returns
    -------
    list of Change

    Examples
    --------
    >>> from collapse_edu import History
    >>> values = {("replace", "recall"): [[0.8], [0.2]], ("replace", "heterozygosity"): [[0.992], [0.991]]}
    >>> [(change.measure, change.times) for change in changes(History(values))]
    [('recall', 'falls to 25 % of what it was'), ('heterozygosity', 'hardly changes')]
    """
    found = []
    for (regime, measure), rows in history.summary().groupby(["regime", "measure"], sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        step = abs(last["median"] - first["median"])
        between = max((end["high"] - end["low"]) / 2 for end in (first, last))
        is_noise = step <= max(_SMALL * abs(first["median"]), between)
        found.append(Change(regime, measure, float(first["median"]), float(last["median"]), bool(is_noise)))
    return sorted(found, key=lambda change: (change.is_noise, -change.factor))


def write_report(out: Path, history: "History", pictures: "Mapping[str, Picture]", job: Job, code: str) -> None:
    """Write ``report.html``.

    Parameters
    ----------
    out : Path
    history : History
    pictures : mapping
        Measure → its picture.
    job : Job
    code : str
        The command that makes the run again.

    Raises
    ------
    OSError
    """
    from collapse_edu import __version__
    from collapse_edu.files import write_atomically

    found = changes(history)
    page = _templates().get_template("run.html").render(
        name=job.name, says=job.says, held_back=job.held_back, changes=found, told=list(job.tell(history.regimes)),
        pictures=[_shown(measure, picture, history, found) for measure, picture in pictures.items()],
        samples=_data(out / "samples.png") if (out / "samples.png").exists() else None,
        settings={regime: history.settings.get(regime, history.settings) for regime in history.regimes},
        code=code, version=__version__,
    )  # fmt: skip
    write_atomically(out / REPORT, page.encode("utf-8"))


def _shown(measure, picture, history, found):
    means = dict.fromkeys(change.meaning for change in found if change.measure == measure and change.meaning)
    return {
        "measure": measure.replace("_", " "),
        "data": base64.b64encode(picture.png()).decode("ascii"),
        "words": history.describe(measure),
        "means": list(means),
    }


def _data(path):
    return base64.b64encode(path.read_bytes()).decode("ascii")


@cache
def _templates() -> "Environment":
    from collapse_edu.pages import templates

    return templates(__package__, {"rounded": lambda value: f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"})
