"""Pages that people read: one look for all of them. A page loads nothing and runs no script.

``page.html`` is what each page extends: its style (light, dark, on paper, at 400 pixels), and the blocks ``title``,
``head``, ``style`` and ``main``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

__all__ = ["MARK", "templates"]

MARK = '<meta name="generator" content="collapse-edu">'  # how a page of ours is known again


def templates(package: str, filters: Mapping[str, Callable[..., Any]] | None = None) -> Environment:
    """Return the templates of a package, which lie in its folder ``templates``; all texts are shown as text.

    Parameters
    ----------
    package : str
        Its dotted name: ``__package__``.
    filters : mapping, optional
        Name → function, besides ``percent`` and ``plural``.

    Returns
    -------
    jinja2.Environment

    Examples
    --------
    >>> page = templates("collapse_edu.course.grading").from_string("{{ 0.5|percent }} of {{ '<b>' }}")
    >>> page.render()
    '50 % of &lt;b&gt;'
    """
    found = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(__name__, "")]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    found.filters |= {
        "percent": lambda share: f"{share:.0%}".replace("%", " %"),
        "plural": lambda many, one, more: f"{many} {one if many == 1 else more}",
    }
    found.filters |= filters or {}
    return found
