"""What pictures of a product are given: any objects with these attributes, as those of ``production`` have."""

from collections.abc import Sequence
from typing import Any, Protocol

import pandas as pd
from numpy.typing import NDArray

__all__ = ["Curve", "Monitor", "Place", "Reading", "Saving"]


class Saving(Protocol):
    """What an optimisation saves in a month."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def saves(self) -> float:
        """How much it saves; below 0, it costs more."""

    @property
    def feeds_back(self) -> bool:
        """Whether it feeds text of models back into training."""


class Place(Protocol):
    """A place on a scale."""

    @property
    def benchmark(self) -> Any:
        """The scale, a :class:`collapse_edu.production.benchmarks.Benchmark`."""

    @property
    def value(self) -> float:
        """In the unit of the scale."""

    @property
    def place(self) -> str:
        """Its name."""


class Curve(Protocol):
    """What one more real row is worth, by how many there are."""

    @property
    def modality(self) -> str:
        """Of which kind the rows are."""

    @property
    def sizes(self) -> NDArray:
        """Numbers of rows, shape (k,)."""

    @property
    def worth(self) -> NDArray:
        """Between two sizes, shape (k - 1,)."""

    @property
    def standard_error(self) -> NDArray:
        """Of the worth, shape (k - 1,)."""


class Reading(Protocol):
    """What a monitor saw in one window."""

    @property
    def window(self) -> int:
        """Its number, from 1 on."""

    @property
    def deviations(self) -> Sequence[float]:
        """Of each statistic, in spreads."""

    @property
    def alert(self) -> bool:
        """Whether one is outside of its control limits."""

    @property
    def causes(self) -> Sequence[str]:
        """Names of the statistics that are."""


class Monitor(Protocol):
    """What watches a stream."""

    @property
    def limit(self) -> float:
        """The control limit, in spreads."""

    def limits(self) -> pd.DataFrame:
        """Return the control limits; the index names the statistics."""
