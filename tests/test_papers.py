"""The page of papers: each number is what its function returns, each function cites its paper, and none is left out."""

import ast
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from collapse_edu import theory

PAGE = (Path(__file__).parents[1] / "docs" / "papers.md").read_text(encoding="utf-8")
AUTHORS = r"[A-Z][\w-]+(?:(?:, [A-Z]\w+)* and [A-Z]\w+| et al\.)?"
CITED = re.compile(rf"({AUTHORS}),? \(?([12]\d\d\d[a-z]?)\)")
OURS = re.compile(r"[Ss]etting|[Ff]ollows from|[Dd]erived here|[Ee]xact form|[Oo]urs\b")
SUBJECTS = {subject: import_module(f"collapse_edu.theory.{subject}") for subject in theory.__all__}


def rows(heading):
    """Return the rows of the table under a heading, each a list of cells."""
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" |")] for line in table[1:]]


STATEMENTS, SETTINGS, REFERENCES = rows("Statements"), rows("Settings"), rows("References")


def papers(text):
    """Return the papers that a text cites, as the list of references has them."""
    return {f"{authors} ({year})" for authors, year in CITED.findall(" ".join(text.split()))}


def cited_by(function, module):
    """Return the papers that a docstring cites, or those of the functions that it refers to with "As :func:`…`"."""
    text = function.__doc__
    found = papers(text)
    for name in re.findall(r"[Aa]s :func:`(\w+)`", text):
        found |= cited_by(getattr(module, name), module)
    return found


def says_ours(function, module):
    """Return whether a docstring's references say that the formula, or its exact form, is not that of the papers."""
    text = " ".join(function.__doc__.partition("References\n")[2].partition("Examples\n")[0].split())
    pointed = re.findall(r"[Aa]s :func:`(\w+)`", text)
    return bool(OURS.search(text)) or any(says_ours(getattr(module, name), module) for name in pointed)


def names(expression):
    """Return subject and name of each closed form in an expression."""
    nodes = [node for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Attribute)]
    return [(node.value.id, node.attr) for node in nodes]


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row[3])
def test_a_number_is_what_the_function_returns(row):
    shown = row[4].replace("−", "-").split(", ")
    found = np.ravel(eval(row[3].strip("`"), dict(SUBJECTS)))
    assert len(found) == len(shown), found
    for number, value in zip(shown, found, strict=True):
        places = len(number.partition(".")[2])
        assert float(number) == pytest.approx(value, abs=0.5001 * 10.0**-places), value


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row[3])
def test_a_function_cites_the_papers_of_its_row(row):
    cited = set().union(*(cited_by(getattr(SUBJECTS[s], name), SUBJECTS[s]) for s, name in names(row[3].strip("`"))))
    assert papers(row[0])
    assert papers(row[0]) <= cited


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row[3])
def test_a_formula_is_ours_where_its_docstring_says_so(row):
    ours = [says_ours(getattr(SUBJECTS[s], name), SUBJECTS[s]) for s, name in names(row[3].strip("`"))]
    assert row[2] == ("ours" if any(ours) else "theirs")


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row[2])
def test_what_a_setting_names_cites_its_paper(row):
    for path in re.findall(r"`([\w.]+)`", row[2]):
        module, _, name = path.rpartition(".")
        assert papers(row[0]) <= papers(getattr(import_module(f"collapse_edu.{module}"), name).__doc__), path


def test_each_paper_has_a_reference_and_each_reference_a_row():
    listed = [paper for paper, _ in REFERENCES]
    assert listed == sorted(listed, key=lambda paper: re.sub(r"[^A-Za-z0-9 ]", "", paper).lower())
    assert set(listed) == set().union(*(papers(row[0]) for row in [*STATEMENTS, *SETTINGS]))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_paper_that_a_closed_form_cites_has_a_row(subject):
    module = SUBJECTS[subject]
    cited = papers(module.__doc__).union(*(papers(getattr(module, name).__doc__) for name in module.__all__))
    assert cited <= {paper for paper, _ in REFERENCES}
