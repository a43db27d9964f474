"""A ledger of documents: where each is from, what it says that it is, and what an audit found."""

import datetime
import hashlib
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import beta

from collapse_edu.checks import generator, integer, number
from collapse_edu.theory.known_share import known_share_sample_size

__all__ = ["Added", "Effect", "Estimate", "Ledger", "Occurrence", "labels_worth", "share_from_flags"]

Origin: TypeAlias = Literal["real", "synthetic"]
Label: TypeAlias = Literal["real", "synthetic", "unknown"]

_DECLARED = ("real", "synthetic", "unknown")
_VERIFIED = ("real", "synthetic")
_VERSION = 2
_DRAWS = 20_000
_BATCH = 10_000
_PATIENCE = 30  # seconds that one process waits for another one that writes
_IN_USE = "the ledger is in use by another process: try again later"
_GROUPS = {"source": "source", "year": "substr(date, 1, 4)", "month": "substr(date, 1, 7)"}
_SCHEMA = """
CREATE TABLE document (
    hash TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    date TEXT NOT NULL,
    declared TEXT NOT NULL CHECK (declared IN ('real', 'synthetic', 'unknown')),
    verified TEXT CHECK (verified IN ('real', 'synthetic'))
)
"""
# Version 2: where else a document was found. Its first occurrence stands in its own row.
_ALSO = """
CREATE TABLE also (
    hash TEXT NOT NULL,
    source TEXT NOT NULL,
    date TEXT NOT NULL,
    declared TEXT NOT NULL CHECK (declared IN ('real', 'synthetic', 'unknown')),
    PRIMARY KEY (hash, source, date, declared)
) WITHOUT ROWID
"""
_OCCURRENCES = """(
    SELECT hash, source, date, declared, verified, 0 AS later FROM document UNION ALL
    SELECT hash, also.source, also.date, also.declared, verified, 1 FROM also JOIN document USING (hash)
)"""


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


class Occurrence(NamedTuple):
    """Where a document was found.

    Attributes
    ----------
    hash : str
        Of the text; one document has one hash, and may have several occurrences.
    source, date : str
    declared : {"real", "synthetic", "unknown"}
        What this source says.
    verified : {"real", "synthetic"} or None
        What an audit found; None before it.
    """

    hash: str
    source: str
    date: str
    declared: str
    verified: str | None

    @classmethod
    def of(
        cls, text: str, source: str, date: str, declared: Label = "unknown", verified: Origin | None = None
    ) -> "Occurrence":
        """Return the occurrence of a text: it is checked, and its text forgotten.

        Parameters
        ----------
        text, source, date, declared
            As for :meth:`Ledger.add`.
        verified : {"real", "synthetic"}, optional

        Raises
        ------
        TypeError, ValueError
            If an argument is not as above.

        Examples
        --------
        >>> Occurrence.of("A whale.", "web", "2026-01-31").hash[:8]
        'b1e90aed'
        """
        return cls.known(_hash(text), source, date, declared, verified)

    @classmethod
    def known(
        cls, key: str, source: str, date: str, declared: Label = "unknown", verified: Origin | None = None
    ) -> "Occurrence":
        """Return the occurrence of a text of which only the hash is known, such as one that a ledger has exported.

        Parameters
        ----------
        key : str
            64 hexadecimal digits.
        source, date, declared, verified
            As for :meth:`of`.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as above.

        Examples
        --------
        >>> Occurrence.known("whale", "web", "2026-01-31")
        Traceback (most recent call last):
        ...
        ValueError: hash must be 64 hexadecimal digits; got 'whale'
        """
        if not isinstance(key, str) or not re.fullmatch("[0-9a-f]{64}", key):
            raise ValueError(f"hash must be 64 hexadecimal digits; got {key!r:.60}")
        if not isinstance(source, str) or not source.strip():
            raise TypeError(f"source must be a text that is not empty; got {source!r:.60}")
        if not source.isascii() and re.search("[\ud800-\udfff]", source):
            raise ValueError(f"source must be a text without half characters (surrogates); got {source!r:.60}")
        declared = _one_of("declared", declared, _DECLARED)
        verified = None if verified is None else _one_of("verified", verified, _VERIFIED)
        return cls(key, source, _day("date", date), declared, verified)


@dataclass(frozen=True)
class Added:
    """What became of rows that were added.

    Attributes
    ----------
    rows : int
    new : int
        Documents that the ledger did not have.
    merged : int
        Texts that it had, from another source or date, or with another label: this is a further occurrence now.
    repeated : int
        Rows that it had as they are.
    """

    rows: int
    new: int
    merged: int
    repeated: int

    def __str__(self) -> str:
        return f"{self.rows:,} rows: {self.new:,} new documents, {self.merged:,} merged, {self.repeated:,} repeated"


@dataclass(frozen=True)
class Effect:
    """What it does to take one source out.

    Attributes
    ----------
    documents : int
        Of this source.
    only_there : int
        Those of them that no other source has: they go.
    before, after : Estimate or None
        Real share; None after it if nothing is left.
    """

    documents: int
    only_there: int
    before: Estimate
    after: Estimate | None

    def __str__(self) -> str:
        after = "nothing is left" if self.after is None else self.after
        return (
            f"{self.documents:,} documents, {self.only_there:,} of them only there; "
            f"real share: {self.before} before, {after} after"
        )


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
    TimeoutError
        If another process keeps it locked for more than half a minute.

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
        self.upgraded = False  # from version 1, which did not keep where else a text was found
        try:
            self._base = sqlite3.connect(path, timeout=_PATIENCE)
            self._prepare(path)
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise TimeoutError(_IN_USE) from None
            raise ValueError(f"path must be a ledger, or no file yet; got {path}") from None

    def _version(self):
        return self._base.execute("PRAGMA user_version").fetchone()[0]

    def _prepare(self, path):
        """Make the tables of a new file; bring an old one to this version."""
        if self._version() == _VERSION and self._base.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            self._base.execute("SELECT 1 FROM document, also LIMIT 1")
            return  # without a lock: another process may be writing
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")  # of two processes, one makes the tables
            version = self._version()
            tables = {name for (name,) in self._base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if tables and (version not in (1, _VERSION) or "document" not in tables):
                raise ValueError(f"path must be a ledger of version 1 to {_VERSION}, or no file yet; got {path}")
            if version == _VERSION:
                return
            if not tables:
                self._base.execute(_SCHEMA)
            self._base.execute(_ALSO)
            self._base.execute(f"PRAGMA user_version = {_VERSION}")
            self.upgraded = bool(tables)

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
        """Write a document into the ledger; one that is there already stays as it is, and gets a further occurrence.

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
        checked = [Occurrence.of(*row) for row in rows]
        self.enter(checked)
        return [row.hash for row in checked]

    def enter(self, occurrences: Iterable[Occurrence]) -> Added:
        """Write occurrences, one after the other, all or none: in the memory of a few thousand of them.

        Parameters
        ----------
        occurrences : iterable of Occurrence
            With a finding, if an audit has made one.

        Returns
        -------
        Added

        Raises
        ------
        ValueError
            If a finding is not that of the ledger; nothing is written then.
        TimeoutError
            If another process writes for more than half a minute.

        Examples
        --------
        >>> ledger = Ledger()
        >>> key = ledger.add("A whale.", source="web", date="2026-01-31")
        >>> print(ledger.enter([Occurrence(key, "archive", "2026-02-01", "real", None)]))
        1 rows: 0 new documents, 1 merged, 0 repeated
        """
        rows = new = merged = 0
        stream = iter(occurrences)
        with self._writing():
            while batch := list(islice(stream, _BATCH)):
                rows += len(batch)
                new += self._base.executemany(
                    "INSERT OR IGNORE INTO document (hash, source, date, declared) VALUES (?, ?, ?, ?)",
                    (each[:4] for each in batch),
                ).rowcount
                merged += self._base.executemany(
                    "INSERT OR IGNORE INTO also SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM document "
                    "WHERE hash = ?1 AND source = ?2 AND date = ?3 AND declared = ?4)",
                    (each[:4] for each in batch),
                ).rowcount
                self._find((each.hash, each.verified) for each in batch if each.verified is not None)
        return Added(rows, new, merged, rows - new - merged)

    def _find(self, findings):
        """Write findings of documents that have none; refuse those that contradict."""
        for key, origin in findings:
            (known,) = self._base.execute("SELECT verified FROM document WHERE hash = ?", (key,)).fetchone()
            if known not in (None, origin):
                raise ValueError(f"verified must be what the ledger's audit found, {known}; got {origin} for {key}")
            self._base.execute("UPDATE document SET verified = ? WHERE hash = ?", (origin, key))

    @contextmanager
    def _writing(self):
        """Write all or nothing."""
        try:
            with self._base:
                self._base.execute("BEGIN IMMEDIATE")
                yield
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise TimeoutError(_IN_USE) from None

    def verify(self, key: str, origin: Origin) -> None:
        """Write down what an audit found; it takes the place of an earlier finding.

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
        with self._writing():
            found = self._base.execute("UPDATE document SET verified = ? WHERE hash = ?", (origin, key)).rowcount
        if not found:
            raise ValueError(f"key must be the hash of a document of the ledger; got {key!r}")

    def verify_many(self, findings: Iterable[tuple[str, Origin]]) -> int:
        """Write down what an audit found in many documents, all or none.

        Parameters
        ----------
        findings : iterable of (key, origin)
            As for :meth:`verify`.

        Returns
        -------
        int
            How many.

        Raises
        ------
        ValueError
            If one is not as above, or contradicts an earlier finding; nothing is written then.

        Examples
        --------
        >>> ledger = Ledger()
        >>> ledger.verify_many([(ledger.add("A whale.", source="web", date="2026-01-31"), "real")])
        1
        """
        many = 0
        with self._writing():
            for key, origin in findings:
                self.first(key)
                self._find([(key, _one_of("origin", origin, _VERIFIED))])
                many += 1
        return many

    def rows(
        self,
        *,
        source: str | None = None,
        since: str | None = None,
        until: str | None = None,
        declared: Label | None = None,
        verified: Label | None = None,
    ) -> Iterator[Occurrence]:
        """Read occurrences back, one after the other: a document that came from two sources has two.

        Parameters
        ----------
        source : str, optional
            Only those of this source.
        since, until : str, optional
            Only those from this day on, and up to this day.
        declared : {"real", "synthetic", "unknown"}, optional
        verified : {"real", "synthetic", "unknown"}, optional
            What an audit found; "unknown" before it.

        Returns
        -------
        iterator of Occurrence
            By hash; the one that was entered first comes first. ``pandas.DataFrame(ledger.rows())`` is a table.

        Raises
        ------
        ValueError
            If a condition is not as above.

        Examples
        --------
        >>> ledger = Ledger()
        >>> for day, source in ((30, "web"), (31, "archive")):
        ...     _ = ledger.add("A whale.", source=source, date=f"2026-01-{day}")
        >>> [(row.source, row.date) for row in ledger.rows(since="2026-01-31")]
        [('archive', '2026-01-31')]
        """
        conditions = {
            "source = ?": source,
            "date >= ?": None if since is None else _day("since", since),
            "date <= ?": None if until is None else _day("until", until),
            "declared = ?": None if declared is None else _one_of("declared", declared, _DECLARED),
            "ifnull(verified, 'unknown') = ?": None if verified is None else _one_of("verified", verified, _DECLARED),
        }
        asked = {where: value for where, value in conditions.items() if value is not None}
        where = " AND ".join(asked) or "true"
        found = self._base.execute(
            f"SELECT hash, source, date, declared, verified FROM {_OCCURRENCES} WHERE {where} ORDER BY hash, later",
            tuple(asked.values()),
        )
        return map(Occurrence._make, found)

    def first(self, key: str) -> Occurrence:
        """Return the occurrence of a document that was entered first.

        Parameters
        ----------
        key : str
            Its hash.

        Returns
        -------
        Occurrence

        Raises
        ------
        ValueError
            If the ledger has no such document.

        Examples
        --------
        >>> ledger = Ledger()
        >>> ledger.first(ledger.add("A whale.", source="web", date="2026-01-31")).source
        'web'
        """
        found = self._base.execute(
            "SELECT hash, source, date, declared, verified FROM document WHERE hash = ?", (key,)
        ).fetchone()
        if found is None:
            raise ValueError(f"key must be the hash of a document of the ledger; got {key!r}")
        return Occurrence(*found)

    def look(self, text: str) -> list[Occurrence]:
        """Return where a text was found, since when, and what an audit found.

        Parameters
        ----------
        text : str

        Returns
        -------
        list of Occurrence
            From the earliest date on; empty, if the text is not in the ledger.

        Raises
        ------
        TypeError
            If the text is none, or empty.

        Examples
        --------
        >>> ledger = Ledger()
        >>> _ = ledger.add("A whale.", source="web", date="2026-01-31", declared="real")
        >>> ledger.look(" A whale.")[0].source, ledger.look("A shark.")
        ('web', [])
        """
        found = self._base.execute(
            f"SELECT hash, source, date, declared, verified FROM {_OCCURRENCES} WHERE hash = ? ORDER BY date, later",
            (_hash(text),),
        )
        return [Occurrence(*row) for row in found]

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
        return _estimate(self._counts())

    def share_by(self, group: Literal["source", "year", "month"]) -> pd.DataFrame:
        """Return the real share of each source, year or month, estimated from its own audited documents.

        Parameters
        ----------
        group : {"source", "year", "month"}

        Returns
        -------
        pandas.DataFrame
            Documents, audited, real ones of those, and the share with its range of 95 %. A document that came from two
            sources counts in both. Where nothing was audited, the range says so: it is nearly 0 to 1.

        Raises
        ------
        ValueError
            If the group is none of these, or the ledger is empty.

        Examples
        --------
        >>> ledger = Ledger()
        >>> for i in range(8):
        ...     key = ledger.add(f"document {i}", source="web" if i < 4 else "archive", date="2026-01-31")
        ...     ledger.verify(key, "real" if i < 6 else "synthetic")
        >>> ledger.share_by("source")[["documents", "share"]].round(2).to_dict("index")
        {'archive': {'documents': 4, 'share': 0.5}, 'web': {'documents': 4, 'share': 1.0}}
        """
        column = _GROUPS[_one_of("group", group, tuple(_GROUPS))]
        counts: dict[str, list[tuple[str, int, int, int]]] = {}
        for name, *row in self._base.execute(
            "SELECT name, declared, count(*), count(verified), sum(verified IS 'real') FROM "
            f"(SELECT {column} AS name, hash, declared, verified, min(later) FROM {_OCCURRENCES} "
            "GROUP BY name, hash) GROUP BY name, declared ORDER BY name, declared"
        ):
            counts.setdefault(name, []).append(tuple(row))
        if not counts:
            raise ValueError("the ledger must contain documents; it is empty")
        rows = {}
        for name, of_labels in counts.items():
            found = _estimate(of_labels)
            sums = [sum(int(row[i]) for row in of_labels) for i in (1, 2, 3)]
            rows[name] = (*sums, found.share, found.low, found.high)
        columns = ["documents", "audited", "real", "share", "low", "high"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis(group)

    def without(self, source: str) -> Effect:
        """Return what it would do to take one source out; the ledger stays as it is.

        Parameters
        ----------
        source : str
            A source of the ledger.

        Returns
        -------
        Effect

        Raises
        ------
        ValueError
            If no document is from there.

        Examples
        --------
        >>> ledger = Ledger()
        >>> for text, source in (("A", "web"), ("A", "archive"), ("B", "web"), ("C", "archive")):
        ...     _ = ledger.add(text, source=source, date="2026-01-31")
        >>> effect = ledger.without("web")
        >>> effect.documents, effect.only_there
        (2, 1)
        """
        query = f"SELECT count(DISTINCT hash) FROM {_OCCURRENCES} WHERE source = ?"
        (documents,) = self._base.execute(query, (source,)).fetchone()
        if not documents:
            raise ValueError(f"source must be one of the ledger; got {source!r:.60}")
        left = self._base.execute(
            "SELECT declared, count(*), count(verified), sum(verified IS 'real') FROM "
            f"(SELECT hash, declared, verified, min(later) FROM {_OCCURRENCES} WHERE source <> ? GROUP BY hash) "
            "GROUP BY declared ORDER BY declared",
            (source,),
        ).fetchall()
        only_there = len(self) - sum(row[1] for row in left)
        return Effect(documents, only_there, self.real_share(), _estimate(left) if left else None)

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


def _estimate(counts):
    """Return the real share, from (declared, documents, audited, real) of each label."""
    drawn, rng, total = np.zeros(_DRAWS), np.random.default_rng(0), sum(row[1] for row in counts)
    if not total:
        raise ValueError("the ledger must contain documents; it is empty")
    for _, documents, audited, real in counts:
        rate = rng.beta(real + 0.5, audited - real + 0.5, size=_DRAWS)
        drawn += real + rng.binomial(documents - audited, rate)
    drawn /= total
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(float(drawn.mean()), float(drawn.std()), float(low), float(high))


def _hash(text):
    if not isinstance(text, str) or not text.strip():
        raise TypeError(f"text must be a text that is not empty; got {text!r:.60}")
    plain = unicodedata.normalize("NFC", text).strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _day(name, date):
    try:
        return datetime.date.fromisoformat(date).isoformat()
    except (TypeError, ValueError):
        raise ValueError(f'{name} must be a day such as "2026-01-31"; got {date!r:.60}') from None


def _one_of(name, value, allowed):
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {value!r:.60}")
    return value
