"""What is said where a regime has no exact draws."""

from collapse_edu.loop import regimes

__all__ = ["refusal"]


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
