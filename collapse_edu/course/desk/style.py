"""How the widgets of the course look in a notebook (``course.css``), and what a screen reader reads out."""

from importlib import resources

__all__ = ["STYLE", "live_region"]

STYLE = f"<style>\n{resources.files(__package__).joinpath('course.css').read_text(encoding='utf-8')}</style>"


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
