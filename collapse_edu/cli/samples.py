"""What the first chain drew, kept for display."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from collapse_edu.loop.chain import Generation

__all__ = ["Samples"]


class Samples:
    """Keep the first rows of each generation of the first chain.

    Parameters
    ----------
    n : int
        Rows of each generation, at least 1.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> samples = Samples(n=1)
    >>> for t in (1, 2, 3, 4):
    ...     samples.look("replace", SimpleNamespace(t=t, synthetic=np.array([[t], [0]])))
    >>> list(samples.shown(["replace"]))
    ['replace, generation 1', 'replace, generation 2', 'replace, generation 4']
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self._seen: defaultdict[str, dict[int, NDArray[np.generic]]] = defaultdict(dict)

    def look(self, regime: str, generation: Generation) -> None:
        """Keep rows of this generation, if it is the first of its number.

        Parameters
        ----------
        regime : str
        generation : Generation
        """
        self._seen[regime].setdefault(generation.t, generation.synthetic[: self.n].copy())

    def noted(self, regime: str) -> dict[str, NDArray[np.generic]]:
        """Return the rows that were kept of a regime: number of the generation → rows."""
        return {str(t): rows for t, rows in self._seen[regime].items()}

    def recall(self, regime: str, noted: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over what :meth:`noted` returned."""
        self._seen[regime] = {int(t): rows for t, rows in noted.items()}

    def shown(self, regimes: Sequence[str]) -> dict[str, NDArray[np.generic]]:
        """Return rows of the first, middle and last generation of each regime.

        Parameters
        ----------
        regimes : sequence of str

        Returns
        -------
        dict
            Caption → ndarray, shape (at most n, n_features).
        """
        shown = {}
        for regime in regimes:
            last = len(self._seen[regime])
            for t in sorted({1, (last + 1) // 2, last}):
                shown[f"{regime}, generation {t}"] = self._seen[regime][t]
        return shown
