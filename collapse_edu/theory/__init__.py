"""Closed forms: one function for each published or derived result.

Unless a function says otherwise: the real law is normal with variance 1; n is the number of samples in each
generation; t counts the fits done so far, so t = 0 is the real *law* and t = 1 the model fitted to real data;
``ddof`` is 1 for the unbiased variance and 0 for maximum likelihood. Arguments may be arrays.
"""

from collapse_edu.theory import accumulate, gaussian, mixing, wishart

__all__ = ["accumulate", "gaussian", "mixing", "wishart"]
