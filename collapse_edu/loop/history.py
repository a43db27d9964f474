"""The result of a run: what was measured, for each generation, chain and regime."""

import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collapse_edu import checks
from collapse_edu.files import write_atomically

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["History"]

_COLUMNS = ["generation", "chain", "regime", "measure", "value"]
_SUMMARY_COLUMNS = ["regime", "measure", "generation", "median", "mean", "low", "high"]


class History:
    """Numbers measured along one or more chains.

    Parameters
    ----------
    values : dict
        Keys are ``(regime, measure)``; values are arrays of shape (generations, chains). Row i is generation
        i + 1. NaN marks what was not reached.
    settings : dict, optional
        What made these numbers (model, seed, …). Must fit into JSON; they are kept as JSON returns them.

    Raises
    ------
    ValueError
        If a key is no pair of names, or an array does not have two dimensions.
    TypeError
        If the settings do not fit into JSON.

    Examples
    --------
    >>> history = History({("replace", "variance"): [[1.0, 2.0], [0.5, 1.5]]}, {"seed": 0})
    >>> history
    History: 2 generations x 2 chains; regimes: replace; measures: variance
    >>> history["variance"]
    array([[1. , 2. ],
           [0.5, 1.5]])
    >>> history.table.head(2)
       generation  chain   regime    measure  value
    0           1      0  replace  variance    1.0
    1           1      1  replace  variance    2.0
    """

    def __init__(
        self, values: Mapping[tuple[str, str], ArrayLike], settings: Mapping[str, object] | None = None
    ) -> None:
        self.values = {key: _checked(key, array) for key, array in values.items()}
        # At once, and not in save: there the work would be lost.
        self.settings = json.loads(json.dumps(dict(settings or {}), default=_plain))

    @classmethod
    def together(cls, *histories: "History") -> "History":
        """Return one history with all regimes and measures of several.

        Parameters
        ----------
        *histories : History
            Where another one has the same measure of a regime of the same name, the later is numbered: "halved (2)".

        Returns
        -------
        History

        Raises
        ------
        ValueError
            If one history is given twice.

        Examples
        --------
        >>> one = History({("replace", "variance"): [[1.0]]})
        >>> two = History({("accumulate", "variance"): [[1.0]]})
        >>> History.together(one, two).regimes
        ['replace', 'accumulate']
        """
        values: dict[tuple[str, str], NDArray[np.float64]] = {}
        settings: dict[str, object] = {}
        for place, history in enumerate(histories):
            if history in histories[:place]:
                raise ValueError(f"histories must differ; got {history.regimes} twice, with the same numbers")
            names = _free_names(history, values)
            values |= {(names[regime], measure): array for (regime, measure), array in history.values.items()}
            by_regime = set(history.settings) == set(history.regimes)  # it was put together before
            for regime in history.regimes:
                settings[names[regime]] = history.settings[regime] if by_regime else history.settings
        return cls(values, settings)

    @property
    def regimes(self) -> list[str]:
        """Names of the regimes, in order."""
        return list(dict.fromkeys(regime for regime, _ in self.values))

    @property
    def measures(self) -> list[str]:
        """Names of the measures, in order."""
        return list(dict.fromkeys(measure for _, measure in self.values))

    @property
    def metrics(self) -> list[str]:
        """The name of ``measures`` in older versions, until 1.0.0."""
        return self.measures

    @property
    def table(self) -> "pd.DataFrame":
        """A tidy table with one number in each row: generation, chain, regime, measure, value."""
        return _table(self.values)

    def __getitem__(self, key: str | tuple[str, str]) -> NDArray[np.float64]:
        """Return the numbers of a measure.

        Parameters
        ----------
        key : str or tuple of str
            The measure; with several regimes, ``(regime, measure)``.

        Returns
        -------
        ndarray, shape (generations, chains)

        Raises
        ------
        KeyError
            If there is no such regime or measure.
        """
        if isinstance(key, str) and len(self.regimes) == 1:
            key = (self.regimes[0], key)
        if key not in self.values:
            raise KeyError(f"no {key!r} here; there is {sorted(self.values)}")
        return self.values[key]

    @checks.renamed(metric="measure")
    def summary(self, measure: str | None = None) -> "pd.DataFrame":
        """Return median, mean and the 5 % and 95 % quantiles over chains.

        Parameters
        ----------
        measure : str, optional
            Without it, all measures.

        Returns
        -------
        pandas.DataFrame
            Columns regime, measure, generation, median, mean, low, high. Generations that no chain reached are left
            out.

        Raises
        ------
        KeyError
            If there is no such measure.

        Examples
        --------
        >>> History({("replace", "variance"): [[1.0, 3.0]]}).summary("variance")[["generation", "median", "low"]]
           generation  median  low
        0           1     2.0  1.1
        """
        if measure is not None and measure not in self.measures:
            raise KeyError(f"no measure {measure!r} here; there is {self.measures}")
        import pandas as pd

        parts = []
        for (regime, name), array in self.values.items():
            reached = ~np.isnan(array).all(axis=1)
            if measure in (None, name) and reached.any():
                low, median, high = _quantiles(array[reached])
                parts.append(
                    pd.DataFrame(
                        {
                            "regime": regime,
                            "measure": name,
                            "generation": np.flatnonzero(reached) + 1,
                            "median": median,
                            "mean": np.nanmean(array[reached], axis=1),
                            "low": low,
                            "high": high,
                        }
                    )
                )
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_SUMMARY_COLUMNS)

    @checks.renamed(metric="measure")
    def describe(self, measure: str | None = None) -> str:
        """Return plain sentences, one for each regime and measure: the text alternative of a picture.

        Parameters
        ----------
        measure : str, optional
            Without it, all measures.

        Returns
        -------
        str
            After a stop it says how many chains were begun, and how many numbers are there.

        Raises
        ------
        KeyError
            If there is no such measure.

        Examples
        --------
        >>> History({("replace", "variance"): [[1.0, 1.1], [0.25, 0.35]]}).describe()
        'Under replace, the median variance of 2 chains goes from 1.05 in generation 1 to 0.3 in generation 2.'
        >>> grown = {"n_samples": [100, 200], "warm": True}
        >>> History({("replace", "variance"): [[1.0], [0.9]]}, grown).describe().partition(", the ")[0]
        'Under replace, with 100 to 200 rows drawn and warm starts'
        """
        sentences = []
        summary = self.summary(measure)
        for (regime, name), rows in summary.groupby(["regime", "measure"], sort=False):
            first, last = rows.iloc[0], rows.iloc[-1]
            there = ~np.isnan(self.values[regime, name])
            begun, arrived = (np.count_nonzero(there[row.generation - 1]) for row in (first, last))
            who = f"the median {_words(name)} of {begun:,} chains" if begun > 1 else f"the {_words(name)}"
            sentences.append(
                f"Under {regime}{_how(self._settings_of(regime))}, {who} goes "
                f"from {_rounded(first['median'])} in generation {first.generation} "
                f"to {_rounded(last['median'])} in generation {last.generation}"
                + ("" if arrived == begun else f", which {arrived:,} of them reached")
                + ("." if there.all() else f" ({there.sum():,} of {there.size:,} numbers are there).")
            )
        return " ".join(sentences) or "Nothing was measured."

    def _settings_of(self, regime):
        """Return what made the numbers of a regime, also where several histories were put together."""
        own = self.settings.get(regime)
        return own if isinstance(own, dict) else self.settings

    def save(self, path: str | Path) -> Path:
        """Write the history to a CSV file; its first line is the settings.

        The file appears only when it is complete, and numbers come back to the bit.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path

        Raises
        ------
        OSError
            If the file cannot be written.
        TypeError
            If settings were added since that do not fit into JSON.

        Examples
        --------
        >>> import tempfile
        >>> history = History({("replace", "variance"): [[1.0], [0.5]]}, {"seed": 0})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = history.save(Path(folder, "history.csv"))
        ...     History.load(path) == history
        True
        """
        path = Path(path)
        head = f"# {json.dumps(self.settings)}\n" + _table({}).to_csv(index=False)
        rows = (_table({key: array}).to_csv(index=False, header=False) for key, array in self.values.items())
        write_atomically(path, "".join([head, *rows]).encode("utf-8"))
        return path

    @classmethod
    def load(cls, path: str | Path) -> "History":
        """Read a history that :meth:`save` wrote.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        History

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If the file is not a history.

        Examples
        --------
        See :meth:`save`.
        """
        with open(path, encoding="utf-8") as file:
            try:
                settings = json.loads(file.readline().removeprefix("# "))
                return cls(_values(file), settings)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path} is not a saved history: {error}") from None

    def __eq__(self, other):
        return (
            isinstance(other, History)
            and self.settings == other.settings
            and self.values.keys() == other.values.keys()
            and all(np.array_equal(self.values[key], other.values[key], equal_nan=True) for key in self.values)
        )

    __hash__ = None  # type: ignore[assignment]  # as the data model asks of what can change

    def __repr__(self):
        generations, chains = next(iter(self.values.values())).shape if self.values else (0, 0)
        return (
            f"History: {generations} generations x {chains} chains; regimes: {', '.join(self.regimes)}; "
            f"measures: {', '.join(self.measures)}"
        )

    def _repr_html_(self):
        summary = self.summary()
        if summary.empty:
            return f"<p>{self.describe()}</p>"
        shown = summary.groupby(["regime", "measure"], sort=False)["generation"].transform(_milestones)
        table = summary[shown].rename(columns={"low": "5 %", "high": "95 %"})
        return f"<p>{self.describe()}</p>" + table.to_html(index=False, float_format=_rounded, border=0)


def _table(values):
    """Return a tidy table of arrays. Each column is made at once, as it is: the columns are most of the memory."""
    import pandas as pd

    if not values:
        return pd.DataFrame(columns=_COLUMNS)
    sizes = [array.size for array in values.values()]
    regimes, measures = (np.repeat(np.array(names, dtype=object), sizes) for names in zip(*values, strict=True))
    columns = (
        np.concatenate([np.repeat(np.arange(1, len(array) + 1), array.shape[1]) for array in values.values()]),
        np.concatenate([np.tile(np.arange(array.shape[1]), len(array)) for array in values.values()]),
        pd.Series(regimes, dtype="str"),
        pd.Series(measures, dtype="str"),
        np.concatenate([array.ravel() for array in values.values()]),
    )
    return pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)), copy=False)


def _values(file):
    """Return the arrays of a table that was saved."""
    import pandas as pd

    names = dict.fromkeys(("regime", "measure", "metric"), str)
    table = pd.read_csv(
        file,
        dtype={**names, "value": float},
        keep_default_na=False,  # a regime may be called "None"
        na_values={"value": ["", "nan"]},
    ).rename(columns={"metric": "measure"})  # as files of older versions say
    groups = table.groupby(["regime", "measure"], sort=False)
    return {key: _square(rows["generation"], rows["chain"], rows["value"]) for key, rows in groups}


def _square(generation, chain, value):
    """Return numbers by generation and chain; what is missing is NaN."""
    (generations, i), (chains, j) = (np.unique(column, return_inverse=True) for column in (generation, chain))
    place = i * len(chains) + j
    if np.bincount(place).max() > 1:
        raise ValueError("it has two numbers for one generation of one chain")
    array = np.full(len(generations) * len(chains), np.nan)
    array[place] = value
    return array.reshape(len(generations), len(chains))


def _free_names(history, taken):
    """Return for each regime of a history a name under which none of its numbers are taken: its own, or numbered."""
    names = {}
    for regime in history.regimes:
        measures = [measure for name, measure in history.values if name == regime]
        candidates = (regime if number == 1 else f"{regime} ({number})" for number in count(1))
        names[regime] = next(name for name in candidates if not any((name, measure) in taken for measure in measures))
    return names


def _checked(key, array):
    """Return an array of shape (generations, chains)."""
    if not (isinstance(key, tuple) and len(key) == 2 and all(isinstance(name, str) for name in key)):
        raise ValueError(f"values must have keys (regime, measure), two strings; got {key!r}")
    array = np.asarray(array, dtype=float)
    if array.ndim != 2:
        raise ValueError(f"values of {key} must have shape (generations, chains); got {array.shape}")
    return array


def _quantiles(array):
    """Return the 5 %, 50 % and 95 % quantiles of each row, without NaN; shape (3, generations)."""
    levels, quantiles = np.array([0.05, 0.5, 0.95]), np.empty((3, len(array)))
    infinite, gaps = np.isinf(array).any(axis=1), np.isnan(array).any(axis=1)
    for some, quantile in ((~gaps, np.quantile), (gaps, np.nanquantile)):  # row by row, where there are gaps
        quantiles[:, some & ~infinite] = quantile(array[some & ~infinite], levels, axis=1)
    for i in np.flatnonzero(infinite):  # NumPy's way to a point between two numbers makes NaN of infinite ones
        ordered = np.sort(array[i][~np.isnan(array[i])])
        place = levels * (len(ordered) - 1)
        below, above = ordered[np.floor(place).astype(int)], ordered[np.ceil(place).astype(int)]
        between = (below != above) & np.isfinite(below) & np.isfinite(above)
        step = np.where(between, above, 0) - np.where(between, below, 0)
        quantiles[:, i] = np.where(between, below + (place % 1) * step, np.where(np.isinf(above), above, below))
    return quantiles


def _plain(value):
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"settings must contain what JSON can: numbers, strings, lists, dicts; got {type(value).__name__}")


def _how(settings):
    """Return in words what is not as usual: sizes that change, and where models start."""
    sizes, warm = settings.get("n_samples"), settings.get("warm", False)
    parts = []
    if isinstance(sizes, list) and len(set(sizes)) > 1:
        parts.append(f"{min(sizes):,} to {max(sizes):,} rows drawn")
    if warm:
        parts.append("warm starts" if warm is True else "one base model")
    return f", with {' and '.join(parts)}" if parts else ""


def _milestones(generations):
    wanted = np.unique(np.linspace(0, len(generations) - 1, 5).round().astype(int))
    return np.isin(np.arange(len(generations)), wanted)


def _rounded(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _words(measure):
    return measure.replace("_", " ")
