"""Many chains at once, exact: where the distribution of fitted statistics is known, they are drawn and samples are not.

Gaussian chains are in :mod:`collapse_edu.ensemble.fits`, categorical ones in :mod:`collapse_edu.ensemble.counts`, those
that learn a mean alone in :mod:`collapse_edu.ensemble.means`, and linear regressions in
:mod:`collapse_edu.ensemble.vectors`. In :mod:`collapse_edu.ensemble.ancestors` rows are followed back to real ones.

All chains are drawn together from one generator: other than in :func:`collapse_edu.run`, chain 0 of a larger ensemble
is not chain 0 of a smaller one.
"""

from collapse_edu.ensemble.ancestors import ancestors
from collapse_edu.ensemble.counts import Counts, categorical, categorical_counts
from collapse_edu.ensemble.fits import Fit, gaussian, gaussian_fits
from collapse_edu.ensemble.means import weighted_means
from collapse_edu.ensemble.vectors import VectorFit, regression, regression_fits

__all__ = [
    "Counts",
    "Fit",
    "VectorFit",
    "ancestors",
    "categorical",
    "categorical_counts",
    "gaussian",
    "gaussian_fits",
    "regression",
    "regression_fits",
    "weighted_means",
]
