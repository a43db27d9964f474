"""Reading a notebook: its cells, tags and outputs, its prose and headings, its code as a syntax tree."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

FENCE = re.compile(r"^(```|~~~).*?^\1[`~]*\s*?$", re.MULTILINE | re.DOTALL)
MARKDOWN_LINK = re.compile(r"(!?)\[([^\]\[]*(?:\[[^\]]*\][^\]\[]*)*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")


def numbered(notebook: NotebookNode, kind: str | None = None) -> Iterator[tuple[str, NotebookNode]]:
    """Yield (label, cell) for each cell, or each cell of one kind."""
    for number, cell in enumerate(notebook.cells, 1):
        if kind in (None, cell.cell_type):
            yield f"cell {number}", cell


def tags(cell: NotebookNode) -> set[str]:
    """Return the tags of `cell` as a set."""
    return set(cell.metadata.get("tags", []))


def outputs(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode, NotebookNode]]:
    """Yield (label, cell, output) for each output."""
    for label, cell in numbered(notebook, "code"):
        for out in cell.outputs:
            yield label, cell, out


def text_of(value: str | list[str]) -> str:
    """Return a MIME value, stored as one string or a list of lines, as one string."""
    return value if isinstance(value, str) else "".join(value)


def syntax(cell: NotebookNode) -> ast.Module | None:
    """Return the syntax tree of a code cell, magics turned into calls; None if it does not parse."""
    try:
        return ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError:
        return None


def calls(tree: ast.AST | None) -> Iterator[tuple[str, ast.Call]]:
    """Yield (name, node) for each call: ``a.b.Explorer(…)`` has the name "a.b.Explorer"; no tree, no calls."""
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def prose(source: str) -> str:
    """Return markdown without fenced code and HTML comments."""
    return re.sub(r"<!--.*?-->", "", FENCE.sub("", source), flags=re.DOTALL)


def headings(notebook: NotebookNode) -> Iterator[tuple[str, int, str]]:
    """Yield (label, level, text) for each markdown heading."""
    for label, cell in numbered(notebook, "markdown"):
        for marks, text in re.findall(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*$", prose(cell.source), re.MULTILINE):
            yield label, len(marks), text


class _Html(HTMLParser):
    """Collects the elements of a piece of HTML as (tag, attributes)."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def elements(html: str, *kinds: str) -> list[tuple[str, dict]]:
    """Return the attributes of all elements of these kinds in `html`, as a list of (tag, attributes)."""
    return [(tag, attributes) for tag, attributes in _Html(html).elements if tag in kinds]


def described(tag: str, attributes: dict) -> bool:
    """Return True if a picture element says in words what it shows."""
    words = attributes.get("alt" if tag == "img" else "aria-label")
    return bool(words and words.strip()) or attributes.get("aria-hidden") == "true"
