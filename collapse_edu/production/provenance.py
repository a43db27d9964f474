"""A ledger of documents: where each is from, what it says that it is, and what an audit found."""

import datetime
import hashlib
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import beta

from collapse_edu.checks import generator, integer, number
from collapse_edu.theory.known_share import known_share_sample_size

__all__ = ["Estimate", "Ledger", "labels_worth", "share_from_flags"]

Origin: TypeAlias = Literal["real", "synthetic"]
Label: TypeAlias = Literal["real", "synthetic", "unknown"]

_DECLARED = ("real", "synthetic", "unknown")
_VERIFIED = ("real", "synthetic")
_VERSION = 1
_DRAWS = 20_000
_SCHEMA = """
CREATE TABLE document (
    hash TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    date TEXT NOT NULL,
    declared TEXT NOT NULL CHECK (declared IN ('real', 'synthetic', 'unknown')),
    verified TEXT CHECK (verified IN ('real', 'synthetic'))
)
"""


@dataclass(frozen=True)
class Estimate:
    """A share, with its uncertainty.

    Attributes
    ----------
    share : float
    error : float
        Standard error.
    low, high : float
        Range of 95 %.
    """

    share: float
    error: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.share:.1%} ± {self.error:.1%} ({self.low:.1%} to {self.high:.1%})"


class Ledger:
    """Documents with source, date, hash, declared and verified origin, in an SQLite file.

    The text itself is not kept. A label says what the source *declares*; an audit *verifies* some documents, drawn at
    random with :meth:`to_audit`. From both comes the real share of the whole, with its uncertainty.

    Parameters
    ----------
    path : str or Path
        The file; ``":memory:"`` keeps nothing.

    Raises
    ------
    ValueError
        If the file is no ledger of this version.

    Examples
    --------
    >>> ledger = Ledger()
    >>> for i in range(100):
    ...     _ = ledger.add(f"document {i}", source="web", date="2026-01-31", declared="real" if i < 80 else "unknown")
    >>> for key in ledger.to_audit(10, np.random.default_rng(0), declared="real"):
    ...     ledger.verify(key, "real")
    >>> print(ledger.table().to_string())
              documents  audited  real  real_share
    declared
    real             80       10    10        0.96
    unknown          20        0     0        0.50
    >>> ledger.real_share().low < 0.87 < ledger.real_share().high
    True
    """

    def __init__(self, path: str | Path = ":memory:") -> None:
        try:
            self._base = sqlite3.connect(path)
            version = self._base.execute("PRAGMA user_version").fetchone()[0]
            tables = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables:
                with self._base:
                    self._base.execute(_SCHEMA)
                    self._base.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                self._base.close()
                raise ValueError(f"path must be a ledger of version {_VERSION}, or no file yet; got {path}")
        except sqlite3.DatabaseError:
            raise ValueError(f"path must be a ledger, or no file yet; got {path}") from None

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __len__(self) -> int:
        return self._base.execute("SELECT count(*) FROM document").fetchone()[0]

    def add(self, text: str, *, source: str, date: str, declared: Label = "unknown") -> str:
        """Write a document into the ledger; one that is there already stays as it is.

        Parameters
        ----------
        text : str
        source : str
            Where it is from: an address, a licence, a supplier.
        date : str
            Of its publication, such as ``"2026-01-31"``.
        declared : {"real", "synthetic", "unknown"}

        Returns
        -------
        str
            Its hash. Equal texts have equal hashes, whatever their spaces at both ends.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as above.
        """
        return self.add_many([(text, source, date, declared)])[0]

    def add_many(self, rows: Iterable[tuple[str, str, str, Label]]) -> list[str]:
        """Write many documents at once, all or none.

        Parameters
        ----------
        rows : iterable of (text, source, date, declared)
            As for :meth:`add`.

        Returns
        -------
        list of str
            Hashes.

        Raises
        ------
        TypeError, ValueError
            If a row is not as above; nothing is written then.
        """
        checked = [_row(*row) for row in rows]
        with self._base:
            self._base.executemany(
                "INSERT OR IGNORE INTO document (hash, source, date, declared) VALUES (?, ?, ?, ?)", checked
            )
        return [row[0] for row in checked]

    def verify(self, key: str, origin: Origin) -> None:
        """Write down what an audit found.

        Parameters
        ----------
        key : str
            The hash of a document of the ledger.
        origin : {"real", "synthetic"}

        Raises
        ------
        ValueError
            If the ledger has no such document, or the origin is none.
        """
        _one_of("origin", origin, _VERIFIED)
        with self._base:
            found = self._base.execute("UPDATE document SET verified = ? WHERE hash = ?", (origin, key)).rowcount
        if not found:
            raise ValueError(f"key must be the hash of a document of the ledger; got {key!r}")

    def to_audit(self, n: int, rng: np.random.Generator, declared: Label | None = None) -> list[str]:
        """Draw documents that are not verified yet, at random.

        Parameters
        ----------
        n : int
            At least 1; fewer are returned if there are no more.
        rng : numpy.random.Generator
        declared : {"real", "synthetic", "unknown"}, optional
            Only documents with this label.

        Returns
        -------
        list of str
            Hashes.

        Raises
        ------
        TypeError, ValueError
        """
        n = integer("n", n, 1)
        generator(rng)
        labels = _DECLARED if declared is None else (_one_of("declared", declared, _DECLARED),)
        marks = ", ".join("?" * len(labels))
        query = f"SELECT hash FROM document WHERE verified IS NULL AND declared IN ({marks}) ORDER BY hash"
        found = [key for (key,) in self._base.execute(query, labels)]
        return [found[i] for i in rng.permutation(len(found))[:n]]

    def table(self) -> pd.DataFrame:
        """Return, for each label: documents, audited ones, real ones of those, and the estimated real share.

        Returns
        -------
        pandas.DataFrame
            The estimate counts what was audited, and for the rest takes the mean of Jeffreys' beta distribution.
        """
        rows = self._counts()
        table = pd.DataFrame(rows, columns=["declared", "documents", "audited", "real"]).set_index("declared")
        rest = table["documents"] - table["audited"]
        rate = (table["real"] + 0.5) / (table["audited"] + 1)
        table["real_share"] = ((table["real"] + rest * rate) / table["documents"]).round(2)
        return table

    def real_share(self) -> Estimate:
        """Return the real share of all documents, estimated from the audit.

        Returns
        -------
        Estimate
            Jeffreys' interval, label by label; documents that were audited are known.

        Raises
        ------
        ValueError
            If the ledger is empty.

        References
        ----------
        Brown, Cai and DasGupta (2001), Jeffreys' interval; Cochran (1977), stratified sampling.
        """
        drawn, rng, total = np.zeros(_DRAWS), np.random.default_rng(0), len(self)
        if not total:
            raise ValueError("the ledger must contain documents; it is empty")
        for _, documents, audited, real in self._counts():
            rate = rng.beta(real + 0.5, audited - real + 0.5, size=_DRAWS)
            drawn += real + rng.binomial(documents - audited, rate)
        drawn /= total
        low, high = np.quantile(drawn, [0.025, 0.975])
        return Estimate(float(drawn.mean()), float(drawn.std()), float(low), float(high))

    def worth(self, distance: float = 0.0) -> float:
        """Return how many verified real documents these are worth, if only the share of each label is known.

        Worth is counted for the best estimate of a mean that knows what synthetic documents are like.

        Parameters
        ----------
        distance : float
            From the mean of the real documents to that of the synthetic ones, in standard deviations; 0 or larger, or
            infinite.

        Returns
        -------
        float
            Σ n α² over labels, where nothing tells synthetic documents from real ones (distance 0). Σ n α, the number
            of real documents, where each tells what it is (infinite): no ledger is worth more, and with a perfect label
            on each document it is worth this much. Between them about as for shifted normal distributions.

        Raises
        ------
        ValueError
            If the ledger is empty, or the distance is not as above.

        References
        ----------
        Kanabar and Gastpar (2026); see :func:`collapse_edu.theory.known_share.known_share_sample_size`.
        """
        counts = self._counts()
        if not counts:
            raise ValueError("the ledger must contain documents; it is empty")
        documents = np.array([row[1] for row in counts])
        shares = np.array([(row[3] + (row[1] - row[2]) * (row[3] + 0.5) / (row[2] + 1)) / row[1] for row in counts])
        return float(known_share_sample_size(documents, shares, distance))

    def _counts(self):
        """Return (declared, documents, audited, real) of each label that occurs."""
        return self._base.execute(
            "SELECT declared, count(*), count(verified), sum(verified IS 'real') FROM document "
            "GROUP BY declared ORDER BY declared"
        ).fetchall()


def share_from_flags(flagged: int, n: int, true_positive: float, false_positive: float) -> Estimate:
    """Return the synthetic share of n documents, from how many a detector flags.

    The flagged share is f = share · tp + (1 - share) · fp, which is solved for the share.

    Parameters
    ----------
    flagged : int
        From 0 to n.
    n : int
        At least 1.
    true_positive, false_positive : float, from 0 to 1
        Known rates of the detector; the first is larger.

    Returns
    -------
    Estimate
        Of the synthetic share, clipped to [0, 1]; the range is Jeffreys' for the flags. The rates are taken as exactly
        known.

    Raises
    ------
    TypeError, ValueError

    References
    ----------
    Rogan and Gladen (1978).

    Examples
    --------
    >>> print(share_from_flags(flagged=135, n=1000, true_positive=0.9, false_positive=0.05))
    10.0% ± 1.3% (7.6% to 12.6%)
    """
    n = integer("n", n, 1)
    flagged = integer("flagged", flagged, 0, n)
    gap, false = _gap(true_positive, false_positive)
    rates = beta(flagged + 0.5, n - flagged + 0.5)
    middle, low, high = (min(1.0, max(0.0, (rate - false) / gap)) for rate in (flagged / n, *rates.ppf([0.025, 0.975])))
    return Estimate(float(middle), float(rates.std()) / gap, float(low), float(high))


def labels_worth(n: int, share: float, true_positive: float, false_positive: float) -> float:
    """Return how many perfect labels n labels of a detector are worth, to estimate a share.

    Parameters
    ----------
    n : int
        At least 1.
    share : float, in (0, 1)
        Synthetic share of the documents.
    true_positive, false_positive : float, from 0 to 1
        The first is larger.

    Returns
    -------
    float
        n (tp - fp)² p (1 - p) / (f (1 - f)), with f the flagged share: never more than n.

    Raises
    ------
    TypeError, ValueError

    References
    ----------
    Rogan and Gladen (1978): the variance of their estimate, against that of a count.

    Examples
    --------
    >>> round(labels_worth(1000, share=0.1, true_positive=0.9, false_positive=0.05))
    557
    """
    n, share = integer("n", n, 1), number("share", share, 0, 1, open_low=True)
    gap, false = _gap(true_positive, false_positive)
    flagged = false + share * gap
    return n * gap**2 * share * (1 - share) / (flagged * (1 - flagged))


def _gap(true_positive, false_positive):
    high, low = number("true_positive", true_positive, 0, 1), number("false_positive", false_positive, 0, 1)
    if high <= low:
        raise ValueError(f"true_positive must be larger than false_positive; got {high:g} and {low:g}")
    return high - low, low


def _row(text, source, date, declared):
    for name, value in (("text", text), ("source", source)):
        if not isinstance(value, str) or not value.strip():
            raise TypeError(f"{name} must be a text that is not empty; got {value!r:.60}")
    try:
        date = datetime.date.fromisoformat(date).isoformat()
    except (TypeError, ValueError):
        raise ValueError(f'date must be a day such as "2026-01-31"; got {date!r:.60}') from None
    plain = unicodedata.normalize("NFC", text).strip()
    key = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
    return key, source, date, _one_of("declared", declared, _DECLARED)


def _one_of(name, value, allowed):
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {value!r:.60}")
    return value
