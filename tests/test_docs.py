"""The pages of docs/, and the README: links lead somewhere; the glossary is complete, in order, and used."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

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
    lessons = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "lessons").glob("M*.py"))}
    for entry in GLOSSARY.split("\n## ")[1:]:
        term = entry.partition("\n")[0]
        named = re.search(r"notebooks/(\w+)\.ipynb", entry)[1]
        anchor = f"glossary.md#{term.replace(' ', '-')})"
        linking = [name for name, text in lessons.items() if anchor in text]
        assert linking, f"no lesson links to {term}"
        assert linking[0] == named, term
