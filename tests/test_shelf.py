"""Each public metric and closed form has a reader: the library itself, a lesson, or a page of docs."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import collapse_edu
from collapse_edu import metrics, theory

PACKAGE = Path(collapse_edu.__file__).parent
ROOT = PACKAGE.parent
SHELF = {f"metrics.{name}" for name in metrics.__all__} | {
    f"theory.{subject}.{name}"
    for subject in theory.__all__
    for name in import_module(f"collapse_edu.theory.{subject}").__all__
}


def dotted_names(source):
    """Yield the names of the library that a module uses, and those its docstrings link to, such as metrics.entropy."""
    yield from re.findall(r"`~?collapse_edu\.([\w.]+)`", source)
    tree, imported = ast.parse(source), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "collapse_edu":
            package = node.module.removeprefix("collapse_edu").removeprefix(".")
            imported |= {alias.asname or alias.name: f"{package}.{alias.name}".lstrip(".") for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, *rest = ast.unparse(node).split(".")
            if first in imported:
                yield ".".join([imported[first], *rest])


def used_in_code():
    """Return what the lessons, and the library outside of the shelf itself, use."""
    modules = [
        path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in ("metrics", "theory")
    ]
    return {
        name
        for path in [*modules, *ROOT.glob("lessons/*.py")]
        for name in dotted_names(path.read_text(encoding="utf-8"))
    }


def named_in_docs():
    """Return what the pages name: `drift.expected_types`, `metrics.perplexity`."""
    pages = [*ROOT.glob("docs/*.md"), ROOT / "README.md"]
    named = {name for page in pages for name in re.findall(r"`([\w.]+)[`(]", page.read_text(encoding="utf-8"))}
    return named | {f"theory.{name}" for name in named}


USED = used_in_code() | named_in_docs()


@pytest.mark.parametrize("name", sorted(SHELF))
def test_it_has_a_reader(name):
    assert name in USED, "used by no lesson, no other part of the library, and no page: use it, or let it go"


def test_names_on_the_page_of_checked_formulas_exist():
    page = (ROOT / "docs" / "checked_formulas.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:" + "|".join(theory.__all__) + r")\.\w+)", page)
    assert len(named) > 10
    assert {f"theory.{name}" for name in named} <= SHELF
