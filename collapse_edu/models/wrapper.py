"""What all models around another one have in common: they show what is learned inside, and measure it."""

from typing import Any

from collapse_edu import checks
from collapse_edu.checks import Measure
from collapse_edu.estimator import Estimator
from collapse_edu.measures import OF_ANY_ROWS, usual

__all__ = ["Wrapper"]


class Wrapper(Estimator):
    """A model around another one, which it copies and fits.

    A subclass says in ``_inside`` how its parameter with the model is called; the fitted copy has the same name with an
    underscore behind it. What is learned inside is also found here: ``curated.mean_`` is ``curated.model_.mean_``.

    Examples
    --------
    >>> from collapse_edu import Curated, Gaussian
    >>> list(Curated(Gaussian(), reward=len).usual_measures(1))
    ['mean', 'variance', 'sample_variance', 'frechet_distance']
    """

    _inside = "model"

    @property
    def can_continue(self) -> bool:
        """Whether a fit can start from a previous model: whether the one inside can."""
        return checks.can_continue(getattr(self, self._inside))

    def usual_measures(self, d: int) -> dict[str, Measure]:
        """Return what a run writes down: what the model inside says, and what the rows show that come out of this one.

        Parameters
        ----------
        d : int
            Features of a row.

        Returns
        -------
        dict
            Name → measure.
        """
        return usual(getattr(self, self._inside), d) | OF_ANY_ROWS

    def __getattr__(self, name: str) -> Any:
        inside = f"{self._inside}_"
        if name.endswith("_") and not name.startswith("_") and inside in vars(self):
            return getattr(vars(self)[inside], name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
