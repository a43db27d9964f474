"""Names of learners, as a record, a hand-in and a path can hold them."""

import unicodedata

__all__ = ["is_name", "tidy_name"]


def tidy_name(name: object) -> str:
    """Return a name as a record holds it.

    Parameters
    ----------
    name : str
        1 to 80 printable characters, none of which has a meaning in a path.

    Examples
    --------
    >>> tidy_name("  Ada   Lovelace ")
    'Ada Lovelace'
    """
    tidy = unicodedata.normalize("NFC", " ".join(name.split())) if isinstance(name, str) else ""
    if not 1 <= len(tidy) <= 80 or not tidy.isprintable() or set(tidy) & set('/\\:*?"<>|'):
        raise ValueError(f'name must be 1 to 80 printable characters without / \\ : * ? " < > |; got {name!r:.60}')
    return tidy


def is_name(name: object) -> bool:
    """Return whether something is a name as a record holds it."""
    try:
        return tidy_name(name) == name
    except ValueError:
        return False
