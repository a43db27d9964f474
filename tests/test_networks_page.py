"""docs/networks.md: what stands between two marks is what the recorded runs say.

``python tests/test_networks_page.py`` writes it anew.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from collapse_edu.course.model_classes import where_they_agree
from collapse_edu.datasets import recorded_model_classes, recorded_writer

PAGE = Path(__file__).resolve().parents[1] / "docs" / "networks.md"
SHOWN = {
    "held_out_perplexity": ("raw perplexity", ".1f"),
    "calibrated_perplexity": ("calibrated", ".1f"),
    "refitted_temperature": ("fitted temperature", ".2f"),
    "entropy": ("entropy, nats", ".2f"),
    "distinct_words": ("different words", ".0f"),
    "repeated_phrases": ("repeated phrases", ".2f"),
}


def generations_shown(last):
    return [t for t in dict.fromkeys((1, 3, last)) if t <= last]


def with_interval(values, form):
    half = student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{np.mean(values):{form}} ± {half:{form}}"


def writer():
    """Return the table of the writer, and passages of it."""
    recorded = recorded_writer()
    names = " | ".join(name for name, _ in SHOWN.values())
    lines = [f"| regime, sampler | generation | {names} |", f"|---|---|{'---|' * len(SHOWN)}"]
    for arm in recorded.arms:
        for t in generations_shown(recorded.generations[arm]):
            found = [
                with_interval(recorded.history.values[arm, measure][t - 1], form)
                for measure, (_, form) in SHOWN.items()
            ]
            lines.append(f"| {arm} | {t} | {' | '.join(found)} |")
    lines += ["", *findings()]
    versions = ", ".join(f"{name} {number}" for name, number in recorded.settings["versions"].items())
    hours = f"{recorded.settings['cpu_seconds'] / 3600:.1f} core-hours"
    lines += [
        "",
        f"{hours}; {versions}. The regimes at T = 0.7 by raw perplexity in generation {common_last()}, worst first: "
        f"{', '.join(order())}.",
        "",
        f"The first passage of the first chain, after “{recorded.real[0].prompt.strip()}”:",
        "",
    ]
    for arm in ("replace, T = 0.7", "preserve(0.5), T = 0.7", "replace, T = 1"):
        for t in generations_shown(recorded.generations[arm]):
            text = " ".join(recorded.passages(arm, t)[0].text.split())
            lines.append(f"* {arm}, generation {t}: “{text}”")
    return "\n".join(lines)


def findings():
    """Return what the table shows, in sentences with their numbers."""
    cool, half, plain, last = "replace, T = 0.7", "preserve(0.5), T = 0.7", "replace, T = 1", common_last()
    raw, calibrated = (np.log(factors(cool, f"{name}_perplexity")) for name in ("held_out", "calibrated"))
    before, after, of_half = (
        of(arm, "repeated_phrases")[t - 1].mean() for arm, t in ((cool, 1), (cool, last), (half, last))
    )
    base = recorded_writer().scores_of_untuned["T = 1"]["held_out_perplexity"]
    return [
        f"From generation 1 to {last}, as factors:",
        "",
        f"* **T = 0.7, replace.** Raw perplexity × {factor(cool, 'held_out_perplexity')}, calibrated × "
        f"{factor(cool, 'calibrated_perplexity')}: {with_interval(100 * (1 - calibrated / raw), '.0f')} % of the rise, "
        "on a log scale, is overconfidence, which one fitted temperature takes away. Different words × "
        f"{factor(cool, 'distinct_words')}; repeated phrases from {before:.2f} to {after:.2f}.",
        f"* **T = 0.7, half real.** Raw perplexity × {factor(half, 'held_out_perplexity')}, different words × "
        f"{factor(half, 'distinct_words')}, repeated phrases from {before:.2f} to {of_half:.2f}. Half real saves most "
        "of the perplexity and much less of the diversity: who watches perplexity alone would call it cured.",
        f"* **T = 1, replace.** Raw perplexity × {factor(plain, 'held_out_perplexity')}, different words × "
        f"{factor(plain, 'distinct_words')}: it forgets without narrowing. It does not stop where the untuned base is, "
        f"at {base:.1f}: its raw perplexity is {with_interval(of(plain, 'held_out_perplexity')[last - 1], '.1f')}.",
    ]


def of(arm, measure):
    """Return a measure of an arm, shape (generations, 3)."""
    return recorded_writer().history.values[arm, measure]


def factors(arm, measure):
    """Return the last common generation in units of generation 1, chain by chain."""
    values = of(arm, measure)
    return values[common_last() - 1] / values[0]


def factor(arm, measure):
    return with_interval(factors(arm, measure), ".2f")


def common_last():
    recorded = recorded_writer()
    return min(last for arm, last in recorded.generations.items() if arm.endswith("T = 0.7"))


def order():
    """Return the regimes at T = 0.7, the worst first."""
    recorded, t = recorded_writer(), common_last()
    means = {
        arm.partition(", T")[0]: recorded.history.values[arm, "held_out_perplexity"][t - 1].mean()
        for arm in recorded.arms
        if arm.endswith("T = 0.7")
    }
    return sorted(means, key=means.get, reverse=True)


def model_classes():
    """Return the table of three classes of image models, and where they agree."""
    recorded = recorded_model_classes()
    measures = recorded.history.measures
    lines = [f"| arm | {' | '.join(name.replace('_', ' ') for name in measures)} |", f"|---|{'---|' * len(measures)}"]
    for arm in recorded.arms:
        found = [recorded.history[arm, measure] for measure in measures]
        ends = [f"{with_interval(values[0], '.2f')} → {with_interval(values[-1], '.2f')}" for values in found]
        lines.append(f"| {arm} | {' | '.join(ends)} |")
    for name, values in recorded.controls.items():
        lines.append(f"| *{name}* | {' | '.join(f'{values[measure]:.2f}' for measure in measures)} |")
    groups = {
        "replace": recorded.under("replace"),
        "half real": recorded.under("preserve(0.5)"),
        "replace, λ = 0.8": recorded.under("replace", 0.8),
        "half real, λ = 0.8": recorded.under("preserve(0.5)", 0.8),
    }
    said = [where_they_agree({regime: group}).partition("leaves 0 out. ")[2] for regime, group in groups.items()]
    lines += ["", *(f"* {sentence}" for sentence in said)]
    seconds = sum(recorded.history.settings["cpu_seconds"].values())
    lines += ["", f"{seconds / 60:.0f} core-minutes for all {len(recorded.arms)} arms."]
    return "\n".join(lines)


PARTS = {"writer": writer, "model classes": model_classes}


def marked(name):
    return re.compile(rf"(<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", PARTS)
def test_the_page_has_the_numbers_of_the_recorded_runs(name):
    page = PAGE.read_text(encoding="utf-8")
    assert marked(name).search(page)[0] == f"<!-- {name} -->\n{PARTS[name]()}\n"


def test_the_order_is_that_of_a_larger_model():
    """A public run with GPT-2 small: replace is the worst, half fresh the best; the two 10 % are not told apart."""
    assert order()[0] == "replace"
    assert order()[-1] == "mix(0.5)" or order()[-2:] == ["mix(0.5)", "preserve(0.5)"]


def write():
    page = PAGE.read_text(encoding="utf-8")
    for name, part in PARTS.items():
        text = part()
        page = marked(name).sub(lambda found, text=text: f"{found[1]}{text}\n", page)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
