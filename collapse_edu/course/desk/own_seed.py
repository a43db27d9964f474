"""A seed of one's own: what a learner types to get random draws that nobody else in the room has."""

__all__ = ["own_seed"]


def own_seed(number: str | int) -> int:
    """Return a seed from a number that may begin with 0, such as a birthday.

    Parameters
    ----------
    number : str or int
        A whole number of at most 18 digits. In quotes it may begin with 0; what is no digit is left out.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If there is no such number.

    Examples
    --------
    >>> own_seed("0307"), own_seed("03-07"), own_seed(1231)
    (307, 307, 1231)
    """
    is_number = isinstance(number, str | int) and not isinstance(number, bool)
    digits = "".join(filter("0123456789".__contains__, str(number))) if is_number else ""
    if not 1 <= len(digits) <= 18 or (isinstance(number, int) and number < 0):
        raise ValueError(f'number must be a whole number of 1 to 18 digits, such as "0307"; got {number!r:.60}')
    return int(digits)
