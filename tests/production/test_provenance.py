"""The ledger: what it keeps, and that its estimates cover the truth."""

import sqlite3

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu.production import Ledger, labels_worth, share_from_flags


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
    with pytest.raises(ValueError, match="path must be a ledger of version 1"):
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
