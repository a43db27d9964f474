"""The order in which a learner sees options: another one for each learner, and the same on every machine."""

import hashlib
import random

__all__ = ["learners_order"]


def learners_order(asked: str, learner: str | None, n: int) -> list[int]:
    """Return the order of a learner's options.

    Parameters
    ----------
    asked : str
        Id of the question or prediction; a part of one, such as ``"M2.p1 causes"``, has an order of its own.
    learner : str or None
        The record's own id.
    n : int
        How many options there are.

    Returns
    -------
    list of int
        Places in the bank, from 0, in the order in which they are shown.

    Examples
    --------
    >>> learners_order("M2.01", "course", 4) == learners_order("M2.01", "course", 4)
    True
    >>> sorted(learners_order("M2.01", "course", 4))
    [0, 1, 2, 3]
    """
    text = f"model collapse|order|{learner}|{asked}"
    places = list(range(n))
    random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest())).shuffle(places)
    return places
