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
    """Write docs/monitor_power.csv, and print the tables in Markdown."""
    rows = cells()
    with (DOCS / "monitor_power.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for held_out, title in ((False, "Kinds of text that were tuned on"), (True, "Kinds of text that were held out")):
        print(f"### {title}\n\n{_table([row for row in rows if row['held_out_corpus'] == held_out], 'found')}\n")
    print(f"### Each with its own threshold\n\n{_table(rows, 'found_at_own_threshold')}\n")
    print(_below(rows))


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
    return "\n".join(told)
