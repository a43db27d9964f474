"""The recursive loop: a model learns, samples, and the next one learns from the samples."""

import sys
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from collapse_edu import checks, measures, regimes
from collapse_edu.checks import integer
from collapse_edu.history import History
from collapse_edu.seeding import follow_stream, generators

__all__ = ["Generation", "generations", "run"]


@dataclass(frozen=True, eq=False)
class Generation:
    """One turn of the loop: ``model`` was fitted to ``training`` and then drew ``synthetic``.

    Attributes
    ----------
    t : int
        1 is the model fitted to real data.
    model : model
        The fitted copy of this generation.
    training : ndarray, shape (m, n_features)
        For t = 1 the real set, which is read-only.
    synthetic : ndarray, shape (n_samples, n_features)

    Examples
    --------
    >>> from collapse_edu import Gaussian, replace
    >>> from collapse_edu.source import normal
    >>> rng = np.random.default_rng(0)
    >>> one, two = islice(generations(Gaussian(), normal(30).open(rng), replace, rng, n_samples=30), 2)
    >>> one.t, two.training is one.synthetic
    (1, True)
    """

    t: int
    model: object
    training: np.ndarray
    synthetic: np.ndarray


def generations(model, source, regime, rng, n_samples):
    """Yield Generation(t, model, training, synthetic) for t = 1, 2, …, without end.

    Parameters
    ----------
    model : model
        Has ``fit(X)`` and ``sample(n, rng)``. It is copied for each generation, and stays unfitted.
    source : Source
        The real data of this chain; ``law.open(rng)`` makes one.
    regime : callable
        See :mod:`collapse_edu.regimes`.
    rng : numpy.random.Generator
        All randomness of the chain.
    n_samples : int
        Rows that each generation draws, at least 1.

    Yields
    ------
    Generation

    Raises
    ------
    TypeError, ValueError
        With the first generation, if an argument is of the wrong kind; later, what regime and model raise: for
        instance if no fresh human data are left.

    Examples
    --------
    >>> from collapse_edu import Gaussian, replace
    >>> from collapse_edu.source import normal
    >>> rng = np.random.default_rng(0)
    >>> chain = generations(Gaussian(), normal(30).open(rng), replace, rng, n_samples=30)
    >>> np.array([g.model.covariance_[0, 0] for g in islice(chain, 0, 200, 40)]).round(2)
    array([0.68, 0.02, 0.05, 0.01, 0.  ])
    """
    _check(model, source, regime, rng, n_samples)
    pool, training, weights = source.real, source.real, None
    for t in count(1):
        fitted = _fitted(model, training, weights, rng)
        synthetic = fitted.sample(n_samples, rng)
        yield Generation(t, fitted, training, synthetic)
        pool, training, weights = checks.outcome(regime(source, pool, synthetic, rng))


def _check(model, source, regime, rng, n_samples):
    checks.model(model)
    checks.source(source)
    checks.regime(regime)
    checks.generator(rng)
    integer("n_samples", n_samples, 1)


def _fitted(model, training, weights, rng):
    """Return a fitted copy of the model, with noise of its own."""
    model = follow_stream(clone(model, safe=False), rng)
    model.fit(training) if weights is None else model.fit(training, sample_weight=weights)
    return model


def run(
    model,
    data,
    regime=regimes.replace,
    *,
    generations=20,
    chains=1,
    n_samples=None,
    metrics=None,
    seed=0,
    progress=False,
):
    """Run many chains and write down what happens.

    Parameters
    ----------
    model : model
        See :mod:`collapse_edu.models`; :func:`collapse_edu.adapt` makes one of a scikit-learn estimator.
    data : KnownLaw or FiniteData
        Where real data come from, for instance ``normal(30)`` or ``digits().source``. With a known law each chain
        draws a real set of its own.
    regime : callable
        See :mod:`collapse_edu.regimes`.
    generations : int
        Generations of each chain, at least 1.
    chains : int
        Number of chains, at least 1.
    n_samples : int, optional
        Rows that each generation draws; as many as the real set has, if not given.
    metrics : dict, optional
        Name → function ``(generation, source) -> number``. If not given, :func:`collapse_edu.measures.usual`.
    seed : int
        0 or larger. One seed, one result, to the bit.
    progress : bool
        Show a progress bar on standard error.

    Returns
    -------
    History
        If it is interrupted from the keyboard, what was done until then; the rest is NaN.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range; or what model, regime, source and metrics raise: for
        instance if no fresh human data are left.

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> from collapse_edu.source import normal
    >>> history = run(Gaussian(), normal(30), generations=50, chains=20)
    >>> history.describe("variance")
    'Under replace, the median variance of 20 chains goes from 1.06 in generation 1 to 0.373 in generation 50.'
    """
    n_generations = integer("generations", generations, 1)
    n_chains = integer("chains", chains, 1)
    seed = integer("seed", seed, 0)
    trial = np.random.default_rng(seed)  # of no chain: a look at everything before hours are spent
    source = checks.data(data).open(trial)
    n_samples = integer("n_samples", data.n if n_samples is None else n_samples, 1)
    _check(model, source, regime, trial, n_samples)
    metrics = measures.usual(model, source.real.shape[1]) if metrics is None else checks.metrics(metrics)
    values = {(regimes.name(regime), name): np.full((n_generations, n_chains), np.nan) for name in metrics}
    settings = {
        "model": str(model),
        "n_real": data.n,
        "n_samples": n_samples,
        "generations": n_generations,
        "chains": n_chains,
        "seed": seed,
    }
    done = 0  # a hidden progress bar does not count
    # Threads of a BLAS library add in another order, and the last bit would depend on the machine's load.
    with threadpool_limits(1), _bar(n_generations * n_chains, progress) as bar:
        try:
            for chain, rng in enumerate(generators(seed, n_chains)):
                source = data.open(rng)
                for generation in _first(n_generations, model, source, regime, rng, n_samples):
                    for name, metric in metrics.items():
                        values[regimes.name(regime), name][generation.t - 1, chain] = metric(generation, source)
                    bar.update()
                    done += 1
        except KeyboardInterrupt:
            settings["stopped_after"] = done
            print(f"Stopped: {done} of {bar.total} generations are done and kept.", file=sys.stderr)
    return History(values, settings)


def _first(n_generations, *arguments):
    return islice(generations(*arguments), n_generations)


def _bar(total, shown):
    from tqdm import tqdm

    return tqdm(total=total, disable=not shown, unit=" generations", file=sys.stderr)
