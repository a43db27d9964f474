"""The scores as a CSV, and as the tables of docs/monitor_power.md."""

import csv
from math import sqrt
from pathlib import Path

import numpy as np

from power import corpora, measure
from power.streams import HELD_OUT, TUNED

DOCS = Path(__file__).parents[2] / "docs"
# Test → its file of scores, which of its numbers, its own threshold as a rule, and the words of that rule.
TESTS = {
    "monitor": ("monitor", 0, lambda s: s[1] > 0, "asked: 1 % over the whole stream"),
    "monitor before": ("monitor before", 0, lambda s: s[0] >= 4, "alerts of 50 windows, binomial p < .01"),
    "monitor before, pooled": ("monitor before", 1, lambda s: s[1] > 2, "rank tests, p < .01"),
    "KS": ("KS", None, lambda s: s > 2, "p < .01 after Bonferroni"),
    "Evidently": ("Evidently", 0, lambda s: s[1] > 0, "half of the columns drift"),
    "Evidently, domain": ("Evidently, domain", 0, lambda s: s[1] > 0, "ROC AUC > .55"),
    "river ADWIN": ("river ADWIN", None, lambda s: s >= 3, "delta = .001 (default .002)"),
    "river KSWIN": ("river KSWIN", None, lambda s: s > -np.log10(0.005), "alpha = .005"),
    "river PageHinkley": ("river PageHinkley", None, lambda s: s > 50, "50"),
    "domain classifier": ("domain classifier", None, None, ""),
}
_SHOWN = "monitor", "KS"
GOAL = "KS", "Evidently", "river ADWIN", "river KSWIN", "river PageHinkley"


def cells() -> list[dict]:
    """Return one row for each corpus, stream and test."""
    rows = []
    for name in corpora.PACKAGES:
        for test, (file, of, rule, _) in TESTS.items():
            cases = measure.load("final", name, file)
            for stream in cases[0] if len(cases) > 1 else ():
                rate, error = measure.power(cases, stream, of)
                n = sum(len(this[stream]) for this in cases) - (measure.QUIET * len(cases) if stream == "quiet" else 0)
                rows.append({
                    "corpus": name, "held_out_corpus": name not in corpora.TUNED,
                    "stream": stream, "held_out_stream": stream in HELD_OUT, "test": test,
                    "found": round(rate, 4), "standard_error": round(error, 4), "batches": n, "references": len(cases),
                    "found_at_own_threshold": round(measure.default(cases, stream, rule), 4) if rule else "",
                })  # fmt: skip
    return rows


def write() -> None:
    """Write docs/monitor_power.csv, and the tables into docs/monitor_power.md."""
    rows = cells()
    with (DOCS / "monitor_power.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    tuned, held_out = ([row for row in rows if row["held_out_corpus"] == which] for which in (False, True))
    page = (DOCS / "monitor_power.md").read_text("utf-8")
    for name, table in {
        "tuned": _table(tuned, "found"),
        "held out": _table(held_out, "found"),
        "own": _table(rows, "found_at_own_threshold"),
        "corpora": _by_corpus(rows),
        "delays": _delays(),
        "below": _below(rows),
    }.items():
        begin, end = f"<!-- table: {name} -->", "<!-- end -->"
        head, rest = page.split(begin)
        page = f"{head}{begin}\n\n{table}\n\n{end}{rest.split(end, 1)[1]}"
    (DOCS / "monitor_power.md").write_text(page, "utf-8")


def _delays():
    """Return how many documents of a batch pass before the alarm, by stream, over all texts."""
    lines = ["| stream | found within 500 | median | 95th percentile |", "|---|---|---|---|"]
    cases = [this for name in corpora.PACKAGES for this in measure.load("final", name, "monitor")]
    for stream in [*TUNED, *HELD_OUT][1:]:
        at = np.array([documents or np.inf for this in cases for *_, documents in this.get(stream, [])])
        told = (np.quantile(at, share, method="higher") for share in (0.5, 0.95))
        in_words = ["not within 500" if np.isinf(documents) else f"{documents:.0f}" for documents in told]
        star = "*" * (stream in HELD_OUT)
        lines.append(f"| {stream}{star} | {np.isfinite(at).mean():.2f} | {' | '.join(in_words)} |")
    return "\n".join(lines)


def _by_corpus(rows):
    """Return for each corpus what is found of the streams that tell most, and the quiet rate, by the monitor and KS."""
    streams = "quiet", "trigram T=1, 10 %", "trigram T=1, 20 %", "shuffled, 50 %", "template, 20 %", "repeated, 20 %"
    lines = ["| text | " + " | ".join(streams) + " |", "|---" * (len(streams) + 1) + "|"]
    for name in corpora.PACKAGES:
        of = [[r for r in rows if (r["corpus"], r["stream"]) == (name, stream)] for stream in streams]
        told = [" / ".join(_mean([r for r in some if r["test"] == t], "found") for t in _SHOWN) for some in of]
        lines.append(f"| {name} | " + " | ".join(told) + " |")
    return "\n".join(lines)


def _table(rows, column):
    tests = [test for test in TESTS if any(row["test"] == test and row[column] != "" for row in rows)]
    lines = ["| stream | " + " | ".join(tests) + " |", "|---" * (len(tests) + 1) + "|"]
    for stream in [*TUNED, *HELD_OUT]:
        found = [_mean([r for r in rows if (r["stream"], r["test"]) == (stream, test)], column) for test in tests]
        lines.append(f"| {stream}{'*' * (stream in HELD_OUT)} | " + " | ".join(found) + " |")
    return "\n".join(lines)


def _mean(rows, column):
    """Return the mean over corpora, with its standard error."""
    if not rows:
        return ""
    rate = np.mean([row[column] for row in rows])
    error = sqrt(sum(row["standard_error"] ** 2 for row in rows)) / len(rows)
    told = f"{rate:.2f}".removeprefix("0") if rate < 0.995 else "1"
    return f"{told} ± {error:.2f}".replace("± 0.", "± .") if column == "found" and error >= 0.005 else told


def _below(rows):
    """Return where the monitor is below another test of the goal by more than two standard errors, or not above."""
    by = {(row["corpus"], row["stream"], row["test"]): row for row in rows}
    told = []
    for (name, stream, test), row in by.items():
        ours = by.get((name, stream, "monitor"))
        if test in GOAL and ours and stream != "quiet":
            error = sqrt(ours["standard_error"] ** 2 + row["standard_error"] ** 2)
            if ours["found"] < row["found"] - 2 * max(error, 0.005):
                told.append(f"below: {name}, {stream}: {ours['found']:.2f}, {test} {row['found']:.2f}")
            elif row["found"] < 0.95 and ours["found"] <= row["found"]:
                told.append(f"not above: {name}, {stream}: {ours['found']:.2f}, {test} {row['found']:.2f}")
    return "\n".join(f"* {line}" for line in told) or "* nowhere"
