"""How the widgets of the course look in a notebook (``course.css``), and what a screen reader reads out."""

import re
from collections.abc import Mapping
from importlib import resources

__all__ = ["STYLE", "as_kept", "live_region", "section"]

_CSS = resources.files(__package__).joinpath("course.css").read_text(encoding="utf-8")
STYLE = f"<style>\n{_CSS}</style>"


def section(title: str) -> str:
    """Return one section of the CSS: for what is kept in an output, and seen where no widget brings the whole.

    Parameters
    ----------
    title : str
        As it stands behind the dashes in ``course.css``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is no such section.
    """
    for part in re.split(r"^/\* -{20,} ", _CSS, flags=re.MULTILINE):
        name, _, rules = part.partition(" */\n")
        if name == title:
            return f"<style>\n{rules.strip()}\n</style>"
    raise ValueError(f"title must be that of a section of course.css; got {title!r}")


def live_region(html: str, style: str = "font-size: 11pt") -> str:
    """Return HTML that a screen reader reads out when it comes or changes.

    Parameters
    ----------
    html : str
        Escaped where it comes from elsewhere.
    style : str
        CSS of the region.

    Returns
    -------
    str

    Examples
    --------
    >>> live_region("Ready.")
    '<div role="status" aria-live="polite" style="font-size: 11pt">Ready.</div>'
    """
    return f'<div role="status" aria-live="polite" style="{style}">{html}</div>'


def as_kept(bundle: Mapping[str, str]) -> dict[str, str]:
    """Return the output of a cell so that its HTML says, on the next day, how to wake it.

    A notebook that is opened anew shows this HTML in place of a widget without a kernel (``desk/lab.py``), and
    ``course.css`` puts the sentence above it. Elsewhere nothing is added.

    Parameters
    ----------
    bundle : dict
        MIME type → content, with ``"text/html"``.

    Examples
    --------
    >>> as_kept({"text/plain": "a picture", "text/html": "<img>"})["text/html"]
    '<div class="ce-kept"><img></div>'
    """
    return {**bundle, "text/html": f'<div class="ce-kept">{bundle["text/html"]}</div>'}
