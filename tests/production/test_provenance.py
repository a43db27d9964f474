"""The ledger: what it keeps, and that its estimates cover the truth."""

import sqlite3

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.production import Ledger, Occurrence, labels_worth, share_from_flags


def filled(rng, sizes, audits, shares):
    """Return a ledger of labels with known real shares, and the true real share."""
    ledger, real = Ledger(), 0
    for declared, size, audit, share in zip(("real", "synthetic", "unknown"), sizes, audits, shares, strict=True):
        rows = [(f"{declared} {i}", "web", "2026-01-31", declared) for i in range(size)]
        keys = ledger.add_many(rows)
        truth = dict(zip(keys, rng.random(size) < share, strict=True))
        real += sum(truth.values())
        for key in ledger.to_audit(audit, rng, declared=declared) if audit else ():
            ledger.verify(key, "real" if truth[key] else "synthetic")
    return ledger, real / len(ledger)


def test_the_range_covers_the_truth(rng):
    covered = []
    for _ in range(300):
        ledger, truth = filled(rng, (200, 60, 300), (40, 10, 40), (0.9, 0.05, 0.3))
        found = ledger.real_share()
        covered.append(found.low <= truth <= found.high)
        ledger.close()
    assert np.mean(covered) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 300)


def test_a_full_audit_leaves_no_doubt(rng):
    ledger, truth = filled(rng, (20, 20, 20), (20, 20, 20), (0.9, 0.1, 0.5))
    found = ledger.real_share()
    assert (found.share, found.error, found.low, found.high) == pytest.approx((truth, 0, truth, truth))


def test_without_an_audit_a_label_says_nothing(rng):
    ledger, _ = filled(rng, (50, 0, 0), (0, 0, 0), (1, 1, 1))
    found = ledger.real_share()
    assert found.low < 0.02
    assert found.high > 0.98


def test_what_batches_are_worth(rng):
    ledger, _ = filled(rng, (100, 100, 0), (100, 100, 0), (1.0, 0.0, 0.5))
    assert ledger.worth() == pytest.approx(100)  # perfect labels: all real ones, no others
    mixed, truth = filled(rng, (0, 0, 400), (0, 0, 400), (0, 0, 0.5))
    assert mixed.worth() == pytest.approx(400 * truth**2)


def test_the_file_is_kept_and_doubles_are_not(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        key = ledger.add("A whale.", source="web", date="2026-01-31", declared="real")
        assert ledger.add(" A whale.\n", source="other", date="2026-02-01") == key
        ledger.verify(key, "synthetic")
    with Ledger(path) as ledger:
        assert len(ledger) == 1
        table = ledger.table()
        assert table.loc["real", ["documents", "audited", "real"]].tolist() == [1, 1, 0]
        assert ledger.to_audit(5, np.random.default_rng(0)) == []


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text").write_text("no data base, but long enough to be read as one" * 30)
    with pytest.raises(ValueError, match="path must be a ledger, or no file yet; got"):
        Ledger(tmp_path / "text")
    with pytest.raises(ValueError, match="path must be a ledger, or no file yet; got"):
        Ledger(tmp_path / "no folder" / "ledger")
    base = sqlite3.connect(tmp_path / "other")
    base.execute("CREATE TABLE shop (x)")
    base.commit()
    base.close()
    with pytest.raises(ValueError, match="path must be a ledger of version 1 to 2"):
        Ledger(tmp_path / "other")


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (("", "web", "2026-01-31", "real"), "text must be a text that is not empty; got ''"),
        ((7, "web", "2026-01-31", "real"), "text must be a text that is not empty; got 7"),
        (("a", " ", "2026-01-31", "real"), "source must be a text"),
        (("a", "web", "31.1.2026", "real"), 'date must be a day such as "2026-01-31"; got'),
        (("a", "web", None, "real"), 'date must be a day such as "2026-01-31"; got None'),
        (("a", "web", "2026-01-31", "human"), "declared must be one of real, synthetic, unknown; got 'human'"),
    ],
)
def test_bad_rows_get_one_line_and_nothing_is_written(row, line):
    ledger = Ledger()
    with pytest.raises((TypeError, ValueError), match=line):
        ledger.add_many([("good", "web", "2026-01-31", "real"), row])
    assert len(ledger) == 0


def test_bad_audits_get_one_line():
    ledger = Ledger()
    with pytest.raises(ValueError, match="key must be the hash of a document of the ledger; got 'x'"):
        ledger.verify("x", "real")
    with pytest.raises(ValueError, match="origin must be one of real, synthetic; got 'unknown'"):
        ledger.verify("x", "unknown")
    for ask in (ledger.real_share, ledger.worth):
        with pytest.raises(ValueError, match="the ledger must contain documents; it is empty"):
            ask()


@pytest.mark.parametrize(("share", "hit", "false"), [(0.1, 0.9, 0.05), (0.5, 0.7, 0.2)])
def test_a_share_from_flags(rng, share, hit, false):
    """Unbiased away from the ends; its spread says what the labels are worth."""
    n = 400
    flagged = rng.binomial(n, share * hit + (1 - share) * false, size=2000)
    found = [share_from_flags(int(many), n, hit, false) for many in flagged]
    estimates = np.array([each.share for each in found])
    if share == 0.5:
        assert_within(estimates, share, resolves=0.02)
    covered = np.mean([each.low <= share <= each.high for each in found])
    assert covered > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 2000)
    variance = share * (1 - share) / labels_worth(n, share, hit, false)
    assert estimates.var() == pytest.approx(variance, rel=0.15)


def test_flags_at_their_ends():
    assert share_from_flags(0, 100, 0.9, 0.05).share == 0
    assert share_from_flags(100, 100, 0.9, 0.05).share == 1
    assert share_from_flags(0, 100, 0.9, 0.05).high < 0.05
    assert labels_worth(1000, 0.3, 1.0, 0.0) == pytest.approx(1000)
    with pytest.raises(ValueError, match=r"true_positive must be larger than false_positive; got 0\.1 and 0\.2"):
        share_from_flags(5, 10, 0.1, 0.2)
    with pytest.raises(ValueError, match="flagged must be an integer from 0 to 10; got 11"):
        share_from_flags(11, 10, 0.9, 0.1)


def old_ledger(path):
    """Write a file of version 1."""
    base = sqlite3.connect(path)
    base.execute(
        "CREATE TABLE document (hash TEXT PRIMARY KEY, source TEXT NOT NULL, date TEXT NOT NULL, "
        "declared TEXT NOT NULL, verified TEXT)"
    )
    base.execute("INSERT INTO document VALUES (?, 'web', '2026-01-31', 'real', 'real')", ("a" * 64,))
    base.execute("PRAGMA user_version = 1")
    base.commit()
    base.close()


def test_version_1_is_upgraded_and_loses_nothing(tmp_path):
    old_ledger(tmp_path / "old")
    with Ledger(tmp_path / "old") as ledger:
        assert ledger.upgraded
        assert list(ledger.rows()) == [("a" * 64, "web", "2026-01-31", "real", "real")]
    with Ledger(tmp_path / "old") as ledger:
        assert not ledger.upgraded


def test_merging_is_told_and_every_source_kept():
    ledger = Ledger()
    ledger.add("caf\u00e9", source="web", date="2026-02-01", declared="real")
    added = ledger.enter(
        [
            Occurrence.of("cafe\u0301", "archive", "2026-01-01"),  # the same text, in another form of Unicode
            Occurrence.of("café", "web", "2026-02-01", "real"),
            Occurrence.of("new", "'; DROP TABLE document; --", "2026-01-01"),
        ]
    )
    assert (added.rows, added.new, added.merged, added.repeated) == (3, 1, 1, 1)
    assert len(ledger) == 2
    assert [(row.source, row.declared) for row in ledger.look("café")] == [("archive", "unknown"), ("web", "real")]
    assert ledger.look("not there") == []
    assert len(list(ledger.rows(source="'; DROP TABLE document; --"))) == 1


def test_rows_are_filtered():
    ledger = Ledger()
    keys = [ledger.add(f"{i}", source="ab"[i % 2], date=f"2026-01-0{i + 1}", declared="real") for i in range(6)]
    ledger.verify(keys[0], "synthetic")
    assert {row.date[-1] for row in ledger.rows(source="a", since="2026-01-02", until="2026-01-05")} == {"3", "5"}
    assert [row.hash for row in ledger.rows(verified="synthetic")] == [keys[0]]
    assert len(list(ledger.rows(verified="unknown", declared="real"))) == 5
    with pytest.raises(ValueError, match="since must be a day such as \"2026-01-31\"; got 'soon'"):
        ledger.rows(since="soon")


def test_shares_by_source_and_the_effect_of_taking_one_out():
    ledger = Ledger()
    for i in range(60):
        key = ledger.add(f"{i}", source="good" if i < 40 else "bad", date=f"20{20 + i % 2}-01-01")
        ledger.verify(key, "real" if i < 40 else "synthetic")
    ledger.add("59", source="good", date="2021-01-01")
    table = ledger.share_by("source")
    assert table.loc["bad", ["documents", "audited", "real", "share"]].tolist() == [20, 20, 0, 0]
    assert table.loc["good", ["documents", "real"]].tolist() == [41, 40]
    assert ledger.share_by("year").index.tolist() == ["2020", "2021"]
    effect = ledger.without("bad")
    assert (effect.documents, effect.only_there) == (20, 19)
    assert (effect.before.share, effect.after.share) == pytest.approx((40 / 60, 40 / 41))
    assert len(ledger) == 60
    assert Ledger.without(ledger, "good").after.share == 0
    with pytest.raises(ValueError, match="source must be one of the ledger; got 'none'"):
        ledger.without("none")


def test_a_finding_is_never_lost_in_silence():
    ledger = Ledger()
    row = Occurrence.of("a", "web", "2026-01-01", "real", "synthetic")
    ledger.enter([row])
    with pytest.raises(ValueError, match="verified must be what the ledger's audit found, synthetic; got real"):
        ledger.enter([Occurrence.of("b", "web", "2026-01-01"), row._replace(verified="real")])
    with pytest.raises(ValueError, match="verified must be what the ledger's audit found, synthetic; got real"):
        ledger.verify_many([(row.hash, "real")])
    assert list(ledger.rows()) == [row]


def test_two_processes_wait_for_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr("collapse_edu.production.provenance._PATIENCE", 0.01)
    with Ledger(tmp_path / "ledger") as one, Ledger(tmp_path / "ledger") as two:
        one._base.execute("BEGIN IMMEDIATE")
        with pytest.raises(TimeoutError, match="the ledger is in use by another process"):
            two.add("a", source="web", date="2026-01-01")
        one._base.rollback()
        two.add("a", source="web", date="2026-01-01")
        assert len(one) == 1


def test_a_ledger_opens_while_another_process_writes(tmp_path, monkeypatch):
    monkeypatch.setattr("collapse_edu.production.provenance._PATIENCE", 0.01)
    with Ledger(tmp_path / "ledger") as one:
        one.add("a", source="web", date="2026-01-01")
        one._base.execute("BEGIN IMMEDIATE")
        with Ledger(tmp_path / "ledger") as two:
            assert len(two) == 1
        one._base.rollback()
        one._base.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TimeoutError, match="the ledger is in use by another process"):
            Ledger(tmp_path / "ledger")
        one._base.rollback()
