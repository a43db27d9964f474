"""The recursive loop: a model learns, samples, and the next one learns from the samples."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from collapse_edu import checks
from collapse_edu.checks import Data, Measure, Model, integer
from collapse_edu.estimator import copied
from collapse_edu.loop import regimes
from collapse_edu.loop.composition import Composed, Regime
from collapse_edu.loop.history import History
from collapse_edu.loop.seeding import follow_stream, generators
from collapse_edu.loop.settings import digest_of, text_of
from collapse_edu.loop.sizes import SampleSize, sample_sizes, sizes_kept
from collapse_edu.loop.source import Source
from collapse_edu.measures.contract import checked, one_number
from collapse_edu.measures.rows import usual

__all__ = ["Generation", "Turn", "Warm", "generations", "run", "watch"]

Warm: TypeAlias = bool | Model  # whether a model starts from its predecessor, or from which base


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
        With sizes that change, ``n_samples(t)`` rows.

    Examples
    --------
    >>> from collapse_edu import Gaussian, replace
    >>> from collapse_edu.loop.source import normal
    >>> rng = np.random.default_rng(0)
    >>> one, two = islice(generations(Gaussian(), normal(30).open(rng), replace, rng, n_samples=30), 2)
    >>> one.t, two.training is one.synthetic
    (1, True)
    """

    t: int
    model: Any
    training: np.ndarray
    synthetic: np.ndarray

    def __repr__(self) -> str:
        shapes = f"training {np.shape(self.training)}, synthetic {np.shape(self.synthetic)}"
        return f"<Generation {self.t} of {type(self.model).__name__}: {shapes}>"  # arrays would fill pages


def generations(
    model: Model,
    source: Source,
    regime: Regime,
    rng: np.random.Generator,
    n_samples: SampleSize,
    warm: Warm = False,
) -> Iterator[Generation]:
    """Yield Generation(t, model, training, synthetic) for t = 1, 2, …, without end.

    Parameters
    ----------
    model : model
        Has ``fit(X)`` and ``sample(n, rng)``. It is copied for each generation, and stays unfitted. One that takes
        long to learn may also have ``fit_steps(X)``, as :class:`~collapse_edu.models.VAE` has: see :func:`watch`.
    source : Source
        The real data of this chain; ``data.open(rng)`` makes one.
    regime : callable
        See :mod:`collapse_edu.loop.regimes`.
    rng : numpy.random.Generator
        All randomness of the chain.
    n_samples : int or callable
        Rows that each generation draws, at least 1; or a function of t: the model of generation t draws
        ``n_samples(t)`` rows, t = 1, 2, ….
    warm : bool or model
        What each model starts from. False: from nothing. True: from its predecessor, which it is given as
        ``fit(X, previous=…)``; the first one has none. A fitted model: each generation starts from this same base.

    Yields
    ------
    Generation

    Raises
    ------
    TypeError, ValueError
        With the first generation, if an argument is of the wrong kind, or the model cannot continue and ``warm`` asks
        for it; later, if the model does not return ``n_samples`` rows of finite numbers, as wide as the real ones; and
        what regime and model raise: for instance if no fresh human data are left.

    References
    ----------
    A base model that each generation fine-tunes: Shumailov et al. (2024), their language model.

    Examples
    --------
    >>> from collapse_edu import Gaussian, replace
    >>> from collapse_edu.loop.source import normal
    >>> rng = np.random.default_rng(0)
    >>> chain = generations(Gaussian(), normal(30).open(rng), replace, rng, n_samples=30)
    >>> np.array([g.model.covariance_[0, 0] for g in islice(chain, 0, 200, 40)]).round(2)
    array([0.68, 0.02, 0.05, 0.01, 0.  ])
    """
    _check(model, source, regime, rng, warm)
    yield from _steps(model, source, regime, rng, sample_sizes(n_samples, None, 1), warm, _learn)


def _steps(model, source, regime, rng, size, warm, learn):
    """Yield each Generation; and before it what ``learn`` yields while the model learns."""
    pool, training, weights = source.real, source.real, None
    width, start = training.shape[1], None if isinstance(warm, bool) else warm
    for t in count(1):
        learner = follow_stream(copied(model), rng)  # a copy, with noise of its own
        yield from learn(learner, training, **_given(sample_weight=weights, previous=start))
        name, n = f"what sample(n, rng) of {type(learner).__name__} returns in generation {t}", size(t)
        synthetic = checks.rows(name, learner.sample(n, rng), n, width)
        yield Generation(t, learner, training, synthetic)
        if warm is True:
            start = learner
        pool, training, weights = checks.outcome(regime(source, pool, synthetic, rng))


def _given(**arguments):
    """Return the arguments that there are: a model need not know those that it never gets."""
    return {name: value for name, value in arguments.items() if value is not None}


def _learn(learner, training, **given):
    """Fit the learner; yield nothing."""
    learner.fit(training, **given)
    yield from ()


def _learn_in_steps(learner, training, **given):
    """Fit the learner; yield its steps, each of which says how much is ``done``, if it learns in steps."""
    owner = next((kind for kind in type(learner).__mro__ if {"fit", "fit_steps"} & vars(kind).keys()), object)
    # A subclass with a fit of its own is fitted by that.
    if "fit_steps" in vars(owner) and checks.takes(learner.fit_steps, 1, **given):
        yield from learner.fit_steps(training, **given)
    else:
        yield from _learn(learner, training, **given)


def _check(model, source, regime, rng, warm):
    checks.model(model)
    checks.source(source)
    checks.regime(regime)
    checks.generator(rng)
    checks.warm(warm, model)


@checks.renamed(metrics="measures")
def run(
    model: Model,
    data: Data,
    regime: Regime = regimes.replace,
    *,
    generations: int = 20,
    chains: int = 1,
    n_samples: SampleSize | None = None,
    warm: Warm = False,
    measures: dict[str, Measure] | None = None,
    seed: int = 0,
    progress: bool | Callable[[float], None] = False,
) -> History:
    """Run many chains and write down what happens.

    Parameters
    ----------
    model : model
        See :mod:`collapse_edu.models`; :func:`collapse_edu.adapt` makes one of a scikit-learn estimator.
    data : KnownDistribution or FiniteData
        Where real data come from, for instance ``normal(30)`` or ``digits().source``. With a known distribution
        each chain draws a real set of its own.
    regime : callable
        See :mod:`collapse_edu.loop.regimes`.
    generations : int
        Generations of each chain, at least 1.
    chains : int
        Number of chains, at least 1.
    n_samples : int or callable, optional
        Rows that each generation draws; as many as the real set has, if not given. Or a function of t: the model of
        generation t draws ``n_samples(t)`` rows, t = 1, 2, …. A regime's parts follow: a share is one of the last
        synthetic set, and a part as large as the real set stays so large.
    warm : bool or model
        What each model starts from. False: from nothing. True: from its predecessor. A fitted model: from this same
        base in each generation, also in the first. Models that can: :class:`~collapse_edu.models.VAE`, estimators of
        scikit-learn with a warm start, and, by a share of the way, :class:`~collapse_edu.models.Gaussian` and
        :class:`~collapse_edu.models.Categorical` (their ``learning_rate``, below 1); or one of your own whose ``fit``
        takes ``previous``.
    measures : dict, optional
        Name → function ``(generation, source) -> number``. If not given, :func:`collapse_edu.measures.usual`.
    seed : int
        0 or larger. One seed, one result, to the bit.
    progress : bool or callable
        Show a progress bar on standard error; or a function that is told the share done, 1 at the end.

    Returns
    -------
    History
        If it is interrupted from the keyboard, what was done until then; the rest is NaN.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range; or what model, regime, source and measures raise: for
        instance if no fresh human data are left.

    References
    ----------
    A base model that each generation fine-tunes: Shumailov et al. (2024), their language model.

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> from collapse_edu.loop.source import normal
    >>> history = run(Gaussian(), normal(30), generations=50, chains=20)
    >>> history.describe("variance")
    'Under replace, the median variance of 20 chains goes from 1.06 in generation 1 to 0.373 in generation 50.'

    Sets that grow:

    >>> grown = run(Gaussian(), normal(30), generations=20, chains=5, n_samples=lambda t: 30 * (t + 1) ** 2)
    >>> grown.describe("variance").partition(", the ")[0]
    'Under replace, with 120 to 13,230 rows drawn'
    >>> np.median(grown["variance"][-1]).round(2)
    np.float64(0.94)
    """
    from threadpoolctl import threadpool_limits

    job = _Job(model, data, regime, generations, chains, n_samples, warm, measures, seed)
    done = 0  # a hidden progress bar does not count
    # Threads of a BLAS library add in another order, and the last bit would depend on the machine's load.
    with threadpool_limits(1), _bar(job.generations * job.chains, progress) as bar:
        try:
            for chain in range(job.chains):
                source, steps = job.open(chain, _learn)
                for generation in islice(steps, job.generations):
                    job.note(chain, source, generation)
                    del generation  # or it would stay in memory while the next one is made
                    bar.update()
                    done += 1
        except KeyboardInterrupt:
            job.settings["stopped_after"] = done
            print(f"Stopped: {done} of {bar.total} generations are done and kept.", file=sys.stderr)
    return job.history()


class Turn(NamedTuple):
    """What :func:`watch` shows.

    Attributes
    ----------
    share : float
        How much of the whole work is done, from 0 to 1.
    chain : int
        Whose turn it was.
    generation : Generation or None
        None while the model still learns.
    history : History or None
        Of all chains up to this generation, as soon as the last of them has done it.
    """

    share: float
    chain: int
    generation: Generation | None
    history: History | None


@checks.renamed(metrics="measures")
def watch(
    model: Model,
    data: Data,
    regime: Regime = regimes.replace,
    *,
    generations: int = 20,
    chains: int = 1,
    n_samples: SampleSize | None = None,
    warm: Warm = False,
    measures: dict[str, Measure] | None = None,
    seed: int = 0,
) -> Iterator[Turn]:
    """Run many chains side by side, and show each turn.

    The numbers are those of :func:`run`. It is a generator, so the work can be watched, and stopped at any turn.

    Parameters
    ----------
    model, data, regime, generations, chains, n_samples, warm, measures, seed
        As for :func:`run`.

    Yields
    ------
    Turn
        Also while a model learns, if it has ``fit_steps``.

    Raises
    ------
    TypeError, ValueError
        As :func:`run`, with the first turn.

    Examples
    --------
    >>> from collapse_edu import Gaussian
    >>> from collapse_edu.loop.source import normal
    >>> for turn in watch(Gaussian(), normal(30), generations=2, chains=2):
    ...     print(turn.share, turn.chain, turn.generation.t, turn.history is not None)
    0.25 0 1 False
    0.5 1 1 True
    0.75 0 2 False
    1.0 1 2 True
    """
    from threadpoolctl import ThreadpoolController

    job = _Job(model, data, regime, generations, chains, n_samples, warm, measures, seed)
    running = [job.open(chain, _learn_in_steps) for chain in range(job.chains)]
    whole = job.generations * job.chains
    one_thread = ThreadpoolController()  # as in run; but never while somebody else has the turn

    def advance(chain, source, steps):
        with one_thread.limit(limits=1):
            step = next(steps)
            if isinstance(step, Generation):
                job.note(chain, source, step)
        return step

    for t in range(1, job.generations + 1):
        for chain, (source, steps) in enumerate(running):
            done = (t - 1) * job.chains + chain
            while not isinstance(step := advance(chain, source, steps), Generation):
                yield Turn((done + step.done) / whole, chain, None, None)
            yield Turn((done + 1) / whole, chain, step, job.history(t) if chain == job.chains - 1 else None)


class _Job:
    """What is asked for, checked before hours are spent; and what has come of it."""

    def __init__(self, model, data, regime, generations, chains, n_samples, warm, measures, seed):
        self.generations = integer("generations", generations, 1)
        self.chains = integer("chains", chains, 1)
        seed = checks.seed(seed)
        trial = np.random.default_rng(seed)  # of no chain
        source = checks.data(data).open(trial)
        _check(model, source, regime, trial, warm)
        size = sample_sizes(n_samples, data.n, 1)  # all chains draw as many
        _check_sets(regime, data.n, [size(t) for t in range(1, self.generations + 1)])
        self._measures = usual(model, source.real.shape[1]) if measures is None else checked(measures)
        self._loop = model, data, regime, size, warm
        self._rngs = generators(seed, self.chains)
        self._values = {
            (regimes.name(regime), name): np.full((self.generations, self.chains), np.nan) for name in self._measures
        }
        self.settings = {
            "model": text_of(model),
            "n_real": data.n,
            "n_samples": sizes_kept(size, self.generations),
            **(
                {}
                if warm is False
                else {"warm": warm if warm is True else f"{text_of(warm)}, learned {digest_of(warm)}"}
            ),
            "generations": self.generations,
            "chains": self.chains,
            "seed": seed,
        }

    def open(self, chain, learn):
        """Return the source of a chain, and the steps of its loop."""
        model, data, regime, size, warm = self._loop
        rng = self._rngs[chain]
        source = data.open(rng)
        return source, _steps(model, source, regime, rng, size, warm, learn)

    def note(self, chain, source, generation):
        """Write down what a generation measures."""
        for (_, name), values in self._values.items():
            values[generation.t - 1, chain] = one_number(name, self._measures[name](generation, source))

    def history(self, t=None):
        """Return what was written down, up to generation t."""
        return History({key: values[:t].copy() for key, values in self._values.items()}, self.settings)


def _check_sets(regime, n_real, sizes):
    """Refuse a training set that cannot be made in a later generation, before hours are spent on the rest."""
    if isinstance(regime, Composed) and len(set(sizes)) > 1:
        for turn, n in enumerate(sizes[:-1]):
            regime.made_of(n_real, n, turn)


class _CallersBar:
    """A bar that a function of the caller's shows."""

    def __init__(self, total, tell):
        self.total, self._tell, self._done = total, tell, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self._done < self.total:  # interrupted, or an error
            self._tell(1.0)

    def update(self):
        self._done += 1
        self._tell(self._done / self.total)


def _bar(total, shown):
    if callable(shown) or not shown:
        return _CallersBar(total, shown or _show_nothing)
    from tqdm import tqdm

    return tqdm(total=total, unit=" generations", file=sys.stderr)


def _show_nothing(share):
    """Take the place of a function of the caller's, where there is none."""
