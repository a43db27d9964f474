"""How the widgets of the course look in a notebook (``course.css``), and what a screen reader reads out."""

import re
from importlib import resources

__all__ = ["STYLE", "live_region", "section"]

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
