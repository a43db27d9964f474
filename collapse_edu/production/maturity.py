"""A self-assessment: where a team stands with its data, and what its next milestone is.

Five dimensions, five levels each. A level is reached when its milestone, and all before it, can be shown to somebody
else. The milestones are this course's; they follow what its lessons measure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import MappingProxyType

import pandas as pd

__all__ = ["DIMENSIONS", "LEVELS", "Assessment"]

LEVELS = ("unaware", "aware", "measured", "managed", "resilient")

# Dimension → what can be shown at the levels from "aware" on.
DIMENSIONS = MappingProxyType(
    {
        "data provenance": (
            "We can name every source of our training rows.",
            "Each row has a source, a date and a hash; we report the share of verified human rows, with its error.",
            "No row enters a training set without a label of its origin; a model's text is labelled as it is written.",
            "We can rebuild any training set of the past, and take one source out of it.",
        ),
        "evaluation": (
            "A test set of real rows is held out, and no model learns from it.",
            "Each new model is tested with several seeds; we report the median and a band.",
            "The tail has a test of its own: how many rare kinds of the real set the model still knows.",
            "Fresh human rows renew the test set each quarter, and old models are measured on it again.",
        ),
        "monitoring": (
            "Somebody reads samples of what the model writes, and keeps notes.",
            "We measure the diversity of the outputs against a frozen real reference.",
            "Alarms have limits from the null distribution, a stated rate of false alarms, and a person who answers.",
            "We have tried the alarm with a drift of our own making, and know its delay.",
        ),
        "regime": (
            "We know which of our models learn from model text.",
            "We know how many real rows each new model gets, and how many of them are fresh.",
            "A written rule says what the next training set contains: the real rows stay, fresh human rows come in.",
            "We have run the rule ten generations ahead, as an ensemble, and it keeps the tail that we need.",
        ),
        "economics": (
            "We know what models, checks and data cost us in a month.",
            "We know cost and margin of a user, a request and a feature.",
            "A saving that feeds model text back is judged with its bill a year later.",
            "The plan holds at ten and at a hundred times the volume, and if its three sharpest assumptions move.",
        ),
    }
)


@dataclass(frozen=True)
class Assessment:
    """Where a team stands.

    Parameters
    ----------
    levels : mapping
        Dimension → one of ``LEVELS``; all five dimensions.

    Raises
    ------
    ValueError
        One line, if a dimension is missing or unknown, or a level is none.

    Examples
    --------
    >>> team = Assessment(dict.fromkeys(DIMENSIONS, "aware") | {"regime": "unaware"})
    >>> team.next_milestones().loc["regime", "milestone"]
    'We know which of our models learn from model text.'
    >>> Assessment({"regime": "perfect"})
    Traceback (most recent call last):
    ...
    ValueError: levels must name data provenance, evaluation, monitoring, regime, economics; got regime
    """

    levels: Mapping[str, str]

    def __post_init__(self) -> None:
        if set(self.levels) != set(DIMENSIONS):
            got = ", ".join(map(str, self.levels)) or "none"
            raise ValueError(f"levels must name {', '.join(DIMENSIONS)}; got {got}")
        for dimension, level in self.levels.items():
            if level not in LEVELS:
                raise ValueError(f"level of {dimension} must be one of {', '.join(LEVELS)}; got {level!r}")

    def number(self, dimension: str) -> int:
        """Return the level of a dimension as a number from 1 (unaware) to 5 (resilient)."""
        return LEVELS.index(self.levels[dimension]) + 1

    def weakest(self) -> list[str]:
        """Return the dimensions with the lowest level, in order."""
        least = min(map(self.number, DIMENSIONS))
        return [dimension for dimension in DIMENSIONS if self.number(dimension) == least]

    def next_milestones(self) -> pd.DataFrame:
        """Return the next milestone of each dimension.

        Returns
        -------
        pandas.DataFrame
            Index: dimension. Columns: level, next level, milestone; "–" where the top is reached.
        """
        rows = []
        for dimension, milestones in DIMENSIONS.items():
            now = self.number(dimension)
            top = now == len(LEVELS)
            rows.append((LEVELS[now - 1], "–" if top else LEVELS[now], "–" if top else milestones[now - 1]))
        return pd.DataFrame(rows, index=list(DIMENSIONS), columns=["level", "next level", "milestone"])

    def checklist(self, title: str = "Checklist: models that learn from data") -> str:
        """Return a checklist that fills itself, as Markdown: what is done, what comes next, what is open.

        Team, date and owner are left blank, to be filled in by hand.
        """
        lines = [f"# {title}", "", " · ".join(f"{what}: {_BLANK}" for what in _WHO), ""]
        for dimension in DIMENSIONS:
            lines += [f"## {dimension} – {self.levels[dimension]}", ""]
            lines += [
                f"- [{'x' if done else ' '}] {text}{' **← next**' * now}" for text, done, now in self._of(dimension)
            ]
            lines.append("")
        return "\n".join(lines)

    def save_checklist(self, path: str | Path, title: str = "Checklist: models that learn from data") -> Path:
        """Write the checklist, to print it.

        Parameters
        ----------
        path : path
            It ends in .md or in .html.
        title : str

        Returns
        -------
        pathlib.Path

        Raises
        ------
        ValueError
            If the path ends in neither.
        """
        path = Path(path)
        if path.suffix not in (".md", ".html"):
            raise ValueError(f"path must end in .md or .html; got {path.name!r}")
        path.write_text(self.checklist(title) if path.suffix == ".md" else self._page(title), encoding="utf-8")
        return path

    def _of(self, dimension):
        """Yield (milestone, whether it is done, whether it is the next one)."""
        done = self.number(dimension) - 1
        for place, text in enumerate(DIMENSIONS[dimension]):
            yield text, place < done, place == done

    def _page(self, title):
        parts = []
        for dimension in DIMENSIONS:
            items = "".join(
                f'<li class="{"next" if now else ""}"><span aria-hidden="true">{"☑" if done else "☐"}</span> '
                f"{'Done: ' if done else 'Next: ' if now else ''}{escape(text)}</li>\n"
                for text, done, now in self._of(dimension)
            )
            parts.append(f"<h2>{dimension} – {self.levels[dimension]}</h2>\n<ul>\n{items}</ul>\n")
        who = " &nbsp; ".join(f"{what}: {_BLANK}" for what in _WHO)
        return _PAGE.format(who=who, title=escape(title), body="".join(parts))


_WHO, _BLANK = ("Team", "Date", "Owner of the next steps"), "_" * 16

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 12pt/1.4 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #222 }}
h1 {{ font-size: 18pt }} h2 {{ font-size: 13pt; margin: 1.2em 0 0.2em; break-after: avoid }}
ul {{ list-style: none; margin: 0; padding: 0 }} li {{ padding: 0.15em 0 0.15em 1.7em; text-indent: -1.5em }}
.next {{ font-weight: bold; border-left: 4px solid #0072B2; break-inside: avoid }}
@media print {{ body {{ margin: 0 }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{who}</p>
{body}</body>
</html>
"""
