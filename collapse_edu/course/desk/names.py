"""Names of learners, as a record, a hand-in and a path can hold them."""

import unicodedata

__all__ = ["is_name", "tidy_name"]


def tidy_name(name: object) -> str:
    """Return a name as a record holds it.

    Parameters
    ----------
    name : str or int
        1 to 80 printable characters, none of which has a meaning in a path; or a whole number, such as a student's.

    Examples
    --------
    >>> tidy_name("  Ada   Lovelace ")
    'Ada Lovelace'
    >>> tidy_name(12345)
    '12345'
    """
    if type(name) is int and 0 <= name < 10**80:
        return str(name)
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
