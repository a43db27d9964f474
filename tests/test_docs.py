"""The pages of docs/, and the README: links lead somewhere; the glossary is complete, in order, and used."""

import re
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest

from collapse_edu import anchor, ensemble, theory
from collapse_edu.course.register import LESSONS
from collapse_edu.loop.regimes import REGISTER

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^## (.+)$", GLOSSARY, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        parts = urlsplit(target)
        assert parts.scheme or not parts.path or (page.parent / unquote(parts.path)).exists(), target


def test_terms_are_in_order_and_each_has_one_short_paragraph():
    assert sorted(TERMS) == TERMS
    assert len(set(TERMS)) == len(TERMS)
    for entry in GLOSSARY.split("\n## ")[1:]:
        words = re.sub(r"\]\([^)]*\)", "", entry.partition("\n")[2]).split()
        assert 6 <= len(words) <= 60, entry


def test_a_term_leads_to_the_first_lesson_that_leads_to_it():
    """The lesson that an entry names is the first one whose text links to the entry, or uses the word."""
    files = [ROOT / "lessons" / f"{lesson.name}.py" for lesson in LESSONS]
    lessons = {path.stem: path.read_text(encoding="utf-8") for path in files}
    for entry in GLOSSARY.split("\n## ")[1:]:
        term = entry.partition("\n")[0]
        named = re.findall(r"notebooks/(\w+)\.ipynb", entry)
        anchor = f"glossary.md#{term.replace(' ', '-')})"
        linking = [name for name, text in lessons.items() if anchor in text]
        assert linking or term in {regime.family for regime in REGISTER}, f"no lesson links to {term}"
        assert named == linking[:1], term


@pytest.mark.parametrize("regime", REGISTER, ids=lambda regime: regime.family)
def test_each_regime_has_its_entry(regime):
    entry = " ".join(
        re.search(rf"^## {regime.family}\n(.+?)(?=\n\n|\Z)", GLOSSARY, re.MULTILINE | re.DOTALL)[1].split()
    )
    assert entry.startswith(f"A regime: the next model is trained on {regime.meaning}.")


SHEET = (ROOT / "docs" / "telephone_sheet.md").read_text(encoding="utf-8")


def test_the_random_numbers_of_the_sheet_are_even_and_play_as_theory_says():
    lines = [
        re.findall(r"\d", line.split("|", 2)[2]) for line in SHEET.splitlines() if re.match(r"\| \d+ \| \d ", line)
    ]
    digits = np.array(lines, dtype=int)
    assert digits.shape == (20, 20)
    assert (np.bincount(digits.ravel()) == 40).all()
    ends = []
    for table in range(20):
        bag = np.array([1] * 5 + [0] * 5)
        for game_round in range(6):
            line = digits[(3 * table + game_round // 2) % 20]
            bag = bag[line[:10] if game_round % 2 == 0 else line[10:]]
        ends.append(bag.sum())
    assert abs(np.mean(ends) - 5) < 0.3
    assert np.isin(ends, [0, 10]).sum() == 6  # three in ten


def test_what_the_sheet_tells_the_one_who_leads():
    one_round, words = theory.fixation.transition_matrix(10), [4, 1, 2, 1, 1, 1]
    lost = [np.linalg.matrix_power(one_round, t)[5, [0, 10]].sum() for t in (5, 6, 10)]
    assert lost == pytest.approx([1 / 4, 3 / 10, 1 / 2], abs=0.04)
    assert theory.drift.expected_types(words, [1, 3, 6]).round(1).tolist() == [4.5, 3.2, 2.3]
    steps = ensemble.categorical_counts(words, anchor, chains=20_000, rng=np.random.default_rng(1))
    for step in islice(steps, 1, 6):
        assert step.types_alive.mean() == pytest.approx(4.27, abs=0.04)
