"""What exact draws need to know of a regime."""

from collapse_edu import regimes

__all__ = ["preserved_rows", "refusal"]


def preserved_rows(regime, n, n_samples):
    """Return how many real rows preserve keeps.

    Parameters
    ----------
    regime : preserve
    n : int
        Rows of the real set.
    n_samples : int
        Rows of the training set.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the share is less than one row, or more rows than the real set has.

    Examples
    --------
    >>> preserved_rows(regimes.preserve(0.1), n=20, n_samples=100)
    10
    """
    rows = regimes.real_rows(regime.share, n_samples)
    if rows > n:
        raise ValueError(
            f"share of {regime.share:g} asks for {rows} real rows of {n_samples}; the real set has {n}: "
            "take a smaller share or fewer rows"
        )
    return rows


def refusal(regime, allowed, why=""):
    """Return the error that says which regimes have exact draws.

    Parameters
    ----------
    regime : callable
    allowed : str
    why : str

    Returns
    -------
    ValueError

    Examples
    --------
    >>> refusal(regimes.subsample, "replace")
    ValueError('regime must be replace for exact draws; got subsample (collapse_edu.run takes any regime)')
    """
    return ValueError(
        f"regime must be {allowed} for exact draws; got {regimes.name(regime)}{why} (collapse_edu.run takes any regime)"
    )
