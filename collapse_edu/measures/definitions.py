"""Eight definitions of model collapse, each a question to a history: they can disagree about one and the same run.

Schaeffer et al. (2025) found eight meanings of "model collapse" in the literature. Each has a function here, which
returns a :class:`Finding`. Words become numbers by thresholds; those are ours, and all are arguments.

Three rules hold for all. The number that decides is computed from the median over chains, or, with ``centre="mean"``,
from the mean. The two can disagree too: under replace a few chains carry the mean, and after about 2 n generations even
that of thousands of chains is far from the expectation. The number's margin comes from groups of chains; a definition
holds only where the number passes its threshold by that margin. A single chain has no margin: its number decides alone,
and the verdict says that it is one chain. What "asymptotically" means nobody can see in a finite run; there a
definition asks how the second half of the run grows.

Generation 1, fitted to real data alone, is what everything is compared with.
"""

from collections.abc import Callable, Mapping
from functools import partial
from math import isqrt
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from collapse_edu import checks
from collapse_edu.checks import History, integer, number

__all__ = [
    "DEFINITIONS",
    "Finding",
    "all_definitions",
    "any_increase",
    "catastrophic_increase",
    "changed_scaling_law",
    "collapsing_variance",
    "diverging_risk",
    "entangled_modes",
    "hallucinated_data",
    "vanishing_tail",
]

Centre: TypeAlias = Literal["median", "mean"]

_RISKS = ("risk", "test_error", "squared_w2", "frechet_distance", "held_out_perplexity", "perplexity")
_VARIANCES = ("variance", "sample_variance", "heterozygosity", "entropy", "vendi_score")
_MODES = ("mode_coverage", "effective_classes", "classes")
_TAILS = ("tail_survival", "symmetric_recall", "coverage", "vocabulary_survival", "types_alive")
_INVENTED = ("unseen_mass", "precision", "share_near_modes")
_SHARES_OF_REAL_LOOK = ("precision", "share_near_modes")  # what they leave to 1 is hallucinated
_LEAST_GROUPS, _MOST_GROUPS = 4, 20
_LEAST_FOR_A_TREND = 8


class Finding(NamedTuple):
    """What one definition says about one regime.

    Attributes
    ----------
    definition : str
        Name of the function that asked.
    holds : bool or None
        None where the history lacks what the definition needs.
    number : float
        What decided; NaN where nothing could.
    sentence : str
        The same in words.

    Examples
    --------
    >>> Finding("any_increase", True, 0.1, "The risk rises.").holds
    True
    """

    definition: str
    holds: bool | None
    number: float
    sentence: str


class _Lacking(Exception):  # noqa: N818 - no error: the history lacks what a definition asks for
    """Says what is missing, for a verdict of None."""


@checks.renamed(metric="measure")
def catastrophic_increase(
    history: History,
    regime: str | None = None,
    *,
    measure: str | None = None,
    factor: float = 10.0,
    within: int = 5,
    floor: float = 0.0,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether the risk soars: a critical loss of performance, and a rapid one.

    The risk, the loss on real data that a model is expected to have, is at least ``factor`` times as large at
    generation ``within`` as at generation 1. A risk that grows like t is ``within`` times as large: no catastrophe by
    these thresholds.

    Parameters
    ----------
    history : History
    regime : str, optional
        Needed if the history has several.
    measure : str, optional
        A risk: larger is worse. Without it the first that is there of risk, test_error, squared_w2, frechet_distance,
        held_out_perplexity, perplexity.
    factor : float
        Above 1.
    within : int
        Generation to look at, at least 2; the last one of a shorter run.
    floor : float
        The risk of the real distribution itself, taken off first. A perplexity has one far above 0.
    centre : {"median", "mean"}
        Over chains.
    confidence : float
        Of the margin, above 0 and below 1.

    Returns
    -------
    Finding
        Its number is the ratio of both risks.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above, or the history has no such regime or measure.

    References
    ----------
    Schaeffer et al. (2025), "catastrophic increase of population risk".

    Examples
    --------
    >>> from collapse_edu import History
    >>> history = History({("replace", "risk"): [[0.1], [0.3], [0.9], [2.7], [8.1]]})
    >>> print(catastrophic_increase(history).sentence)
    Under replace, the risk of one chain is 81 times as large at generation 5 as at generation 1:
    catastrophe (above 10).
    """
    factor, within = number("factor", factor, 1, np.inf, open_low=True), integer("within", within, 2)
    number("floor", floor, -np.inf, np.inf)

    def judge(ask):
        name, values = ask(measure, _RISKS)
        end = min(within, len(values))

        def ratio(part):
            middle = _middle(part[[0, end - 1]], centre) - floor
            return middle[1] / middle[0] if middle[0] > 0 else np.nan

        found = _estimate(values, ratio, confidence)
        holds = found.above(factor)
        sentence = (
            f"{ask.who(name, values, centre)} is {found} times as large at generation {end} as at generation 1: "
            f"{_verdict(holds, 'catastrophe')} (above {factor:g})."
        )
        return holds, found.value, sentence

    return _ask("catastrophic_increase", history, regime, centre, confidence, judge)


@checks.renamed(metric="measure")
def any_increase(
    history: History,
    regime: str | None = None,
    *,
    measure: str | None = None,
    more: float = 0.0,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether the risk rises at all: some performance is lost to synthetic data.

    Each chain is compared with itself: the risk at the last generation less that at generation 1.

    Parameters
    ----------
    history, regime, measure, centre, confidence
        As in :func:`catastrophic_increase`.
    more : float
        Rises up to this size do not count; in units of the measure, 0 or larger.

    Returns
    -------
    Finding
        Its number is the rise.

    Raises
    ------
    TypeError, ValueError
        As :func:`catastrophic_increase`.

    References
    ----------
    Schaeffer et al. (2025), "any increase of population risk".

    Examples
    --------
    >>> from collapse_edu import History
    >>> any_increase(History({("accumulate", "risk"): [[0.1], [0.125], [0.136]]})).holds
    True
    """
    more = number("more", more, 0, np.inf)

    def judge(ask):
        name, values = ask(measure, _RISKS)
        found = _estimate(values, lambda part: _middle(part[-1] - part[0], centre), confidence)
        holds = found.above(more)
        sentence = (
            f"{ask.who(name, values, centre)} changes by {found} from generation 1 to {len(values)}: "
            f"{_verdict(holds, 'increase')}."
        )
        return holds, found.value, sentence

    return _ask("any_increase", history, regime, centre, confidence, judge)


@checks.renamed(metric="measure")
def diverging_risk(
    history: History,
    regime: str | None = None,
    *,
    measure: str | None = None,
    exponent: float = 0.1,
    floor: float = 0.0,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether the risk grows without bound.

    In the second half of the run the risk grows like t^a with a above ``exponent``. A risk that grows like t has
    a = 1; one like log t has a near 0.2 at t = 100; one like Σ 1/i², which stays below 1.645, has a near 0.01 there.

    Parameters
    ----------
    history, regime, measure, floor, centre, confidence
        As in :func:`catastrophic_increase`. At least eight generations.
    exponent : float
        0 or larger.

    Returns
    -------
    Finding
        Its number is a.

    Raises
    ------
    TypeError, ValueError
        As :func:`catastrophic_increase`.

    Notes
    -----
    In the unbiased Gaussian chain the expected risk grows like t for ever, but the median over chains stops after a few
    times n generations: with a fixed n every chain's variance goes to 0, and its mean then stands still. Long runs part
    the two centres.

    References
    ----------
    Schaeffer et al. (2025), "asymptotically diverging population risk"; Gerstgrasser et al. (2024) call this collapse.

    Examples
    --------
    >>> from collapse_edu import History
    >>> t = np.arange(1.0, 41)[:, None]
    >>> linear, bounded = t, np.cumsum(1 / t**2, axis=0)
    >>> [diverging_risk(History({("some", "risk"): risk})).holds for risk in (linear, bounded)]
    [True, False]
    """
    exponent = number("exponent", exponent, 0, np.inf)
    number("floor", floor, -np.inf, np.inf)

    def judge(ask):
        name, values = ask(measure, _RISKS, _LEAST_FOR_A_TREND)
        found = _estimate(values, partial(_late_exponent, floor=floor, centre=centre), confidence)
        holds = found.above(exponent)
        sentence = (
            f"{ask.who(name, values, centre)} grows like t^a, a = {found}, in {_half(values)}: "
            f"{_verdict(holds, 'divergence')} (above {exponent:g})."
        )
        return holds, found.value, sentence

    return _ask("diverging_risk", history, regime, centre, confidence, judge)


@checks.renamed(metric="measure")
def changed_scaling_law(
    sizes: Mapping[int, History] | None,
    regime: str | None = None,
    *,
    measure: str | None = None,
    generation: int | None = None,
    tolerance: float = 0.1,
    floor: float = 0.0,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether more data help less than they did: the risk as a function of n has another exponent.

    The risk falls like n^(-b). b at the last generation differs from b at generation 1 by more than ``tolerance``.
    A factor in front of it, such as t under replace, changes no exponent; a floor does.

    Parameters
    ----------
    sizes : dict or None
        n → History of a run with n real rows; at least two sizes, better four, far apart. One history holds one size
        alone: it lacks what this definition needs.
    regime, measure, floor, centre, confidence
        As in :func:`catastrophic_increase`.
    generation : int, optional
        At least 2. Without it the last that all histories have.
    tolerance : float
        0 or larger.

    Returns
    -------
    Finding
        Its number is the change of b; below 0 if data help less.

    Raises
    ------
    TypeError, ValueError
        As :func:`catastrophic_increase`, or if sizes is no such dict.

    References
    ----------
    Schaeffer et al. (2025), "change in scaling law"; Dohmatob et al. (2024), A tale of tails.

    Examples
    --------
    >>> from collapse_edu import History
    >>> one = {n: History({("replace", "risk"): [[1 / n], [2 / n]]}) for n in (10, 100, 1000)}
    >>> two = {n: History({("replace", "risk"): [[1 / n], [1 / n + 0.1]]}) for n in (10, 100, 1000)}
    >>> changed_scaling_law(one).holds, changed_scaling_law(two).holds
    (False, True)
    """
    tolerance = number("tolerance", tolerance, 0, np.inf)
    number("floor", floor, -np.inf, np.inf)
    if generation is not None:
        generation = integer("generation", generation, 2)
    _check_sizes(sizes)

    def judge(_):
        if not sizes or len(sizes) < 2:
            raise _Lacking("it takes histories of at least two sizes n")
        asks = [_Asker(sizes[n], regime) for n in sorted(sizes)]
        found = [ask(measure, _RISKS) for ask in asks]
        if len({name for name, _ in found}) > 1:
            raise _Lacking("the histories have different risks")
        last = min(len(values) for _, values in found)
        end = generation or last
        if end > last:
            raise _Lacking(f"generation {end} is not reached")

        def log_risks(part):
            return _log(_middle(part[[0, end - 1]], centre) - floor)

        log_n = np.log(sorted(sizes)) - np.mean(np.log(sorted(sizes)))
        slope = log_n / (log_n @ log_n)  # times the values at these points: the slope of a straight line
        before, after = -(slope @ [log_risks(values) for _, values in found])
        # Both generations are of the same chains: margins are those of their difference, and histories are independent.
        grown = [_estimate(values, lambda part: np.diff(log_risks(part))[0], confidence) for _, values in found]
        change = _Estimate(float(after - before), float(np.linalg.norm(slope * [each.margin for each in grown])))
        holds = abs(change.value) - change.margin > tolerance
        sentence = (
            f"{_under(asks[0].regime)}the {_words(found[0][0])} falls like n^-b, b = {before:.3g} at generation 1 and "
            f"{after:.3g} at generation {end}, a change of {change}: "
            f"{_verdict(holds, 'other scaling law')} (above {tolerance:g})."
        )
        return bool(holds), change.value, sentence

    return _ask("changed_scaling_law", None, regime, centre, confidence, judge)


@checks.renamed(metric="measure")
def collapsing_variance(
    history: History,
    regime: str | None = None,
    *,
    measure: str | None = None,
    exponent: float = 0.1,
    floor: float = 0.0,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether the variance, or another diversity, goes to 0.

    In the second half of the run the variance falls like t^(-a) with a above ``exponent``. Under replace a Gaussian
    fitted to n rows shows this after about 0.14 n generations at the soonest; with few chains, later. A variance that
    settles does not show it, however low it is.

    Parameters
    ----------
    history, regime, centre, confidence
        As in :func:`catastrophic_increase`. At least eight generations.
    measure : str, optional
        A diversity: 0 if all samples are alike. Without it the first that is there of variance, sample_variance,
        heterozygosity, entropy (:func:`collapse_edu.metrics.entropy`), vendi_score.
    exponent : float
        0 or larger.
    floor : float
        Diversity of samples that are all alike: 1 for a number of types.

    Returns
    -------
    Finding
        Its number is -a; minus infinity once nothing is left.

    Raises
    ------
    TypeError, ValueError
        As :func:`catastrophic_increase`.

    References
    ----------
    Schaeffer et al. (2025), "collapsing variance"; Shumailov et al. (2024), Theorem 3.1; Alemohammad et al. (2024).

    Examples
    --------
    >>> from collapse_edu.ensemble import gaussian
    >>> collapsing_variance(gaussian(n=20, generations=40, chains=500)).holds
    True
    """
    exponent = number("exponent", exponent, 0, np.inf)
    number("floor", floor, -np.inf, np.inf)

    def judge(ask):
        name, values = ask(measure, _VARIANCES, _LEAST_FOR_A_TREND)
        found = _estimate(values, partial(_late_exponent, floor=floor, centre=centre), confidence)
        holds = found.below(-exponent)
        kept = (_middle(values[-1], centre) - floor) / (_middle(values[0], centre) - floor)
        sentence = (
            f"{ask.who(name, values, centre)} goes like t^a, a = {found}, in {_half(values)}, and ends at {kept:.3g} "
            f"of generation 1: {_verdict(holds, 'collapse to 0')} (below -{exponent:g})."
        )
        return holds, found.value, sentence

    return _ask("collapsing_variance", history, regime, centre, confidence, judge)


@checks.renamed(metric="measure")
def entangled_modes(
    history: History,
    regime: str | None = None,
    *,
    measure: str | None = None,
    kept: float = 0.9,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether modes of the real data merge or go missing.

    The measure falls below ``kept`` times its value at generation 1.

    Parameters
    ----------
    history, regime, centre, confidence
        As in :func:`catastrophic_increase`.
    measure : str, optional
        Larger if more modes are there, each apart. Without it the first that is there of mode_coverage
        (:func:`collapse_edu.metrics.mode_coverage`), effective_classes, classes. Where modes merge and none goes
        missing, use share_near_modes (:func:`collapse_edu.metrics.share_near_modes`).
    kept : float
        Above 0, at most 1.

    Returns
    -------
    Finding
        Its number is the share that is left.

    Raises
    ------
    TypeError, ValueError
        As :func:`catastrophic_increase`.

    References
    ----------
    Schaeffer et al. (2025), "entanglement of real data modes"; Shumailov et al. (2024), whose autoencoders mix digits.

    Examples
    --------
    >>> from collapse_edu import History
    >>> entangled_modes(History({("replace", "mode_coverage"): [[1.0], [0.72], [0.4]]})).number
    0.4
    """
    return _kept("entangled_modes", "loss of modes", _MODES, history, regime, measure, kept, centre, confidence)


@checks.renamed(metric="measure")
def vanishing_tail(
    history: History,
    regime: str | None = None,
    *,
    measure: str | None = None,
    kept: float = 0.9,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether the tail of the real data disappears: rare things are no longer made.

    The measure falls below ``kept`` times its value at generation 1.

    Parameters
    ----------
    history, regime, kept, centre, confidence
        As in :func:`entangled_modes`.
    measure : str, optional
        Larger if more of the tail is there. Without it the first that is there of tail_survival
        (:func:`collapse_edu.metrics.tail_survival`), symmetric_recall (:class:`collapse_edu.measures.Quality`),
        coverage, vocabulary_survival, types_alive. Tail *mass* will not do: neutral resampling keeps it on average.
        Nor will recall by itself: noise that is no image at all raises it to 1.

    Returns
    -------
    Finding
        Its number is the share that is left.

    Raises
    ------
    TypeError, ValueError
        As :func:`catastrophic_increase`.

    References
    ----------
    Schaeffer et al. (2025), "disappearance of real tail data"; Shumailov et al. (2024) call it early collapse.

    Examples
    --------
    >>> from collapse_edu import History
    >>> vanishing_tail(History({("replace", "coverage"): [[0.8], [0.6], [0.2]]})).holds
    True
    """
    return _kept("vanishing_tail", "loss of the tail", _TAILS, history, regime, measure, kept, centre, confidence)


@checks.renamed(metric="measure")
def hallucinated_data(
    history: History,
    regime: str | None = None,
    *,
    measure: str | None = None,
    more: float = 0.05,
    centre: Centre = "median",
    confidence: float = 0.95,
) -> Finding:
    """Ask whether models make what the real data do not support.

    The share of such samples rises by more than ``more`` from generation 1 to the last.

    Parameters
    ----------
    history, regime, centre, confidence
        As in :func:`catastrophic_increase`.
    measure : str, optional
        A share of samples that the real data do not support; of precision and share_near_modes, 1 less their value.
        Without it the first that is there of unseen_mass, precision, share_near_modes.
    more : float
        From 0 to 1.

    Returns
    -------
    Finding
        Its number is the rise of the share.

    Raises
    ------
    TypeError, ValueError
        As :func:`catastrophic_increase`.

    References
    ----------
    Schaeffer et al. (2025), "appearance of hallucinated data"; Shumailov et al. (2024), samples that the first model
    would never make.

    Examples
    --------
    >>> from collapse_edu import History
    >>> print(hallucinated_data(History({("replace", "precision"): [[0.9], [0.8], [0.7]]})).sentence)
    Under replace, the hallucinated share of one chain (1 - precision) changes by 0.2 from generation 1 to 3:
    hallucination (above 0.05).
    """
    more = number("more", more, 0, 1)

    def judge(ask):
        name, values = ask(measure, _INVENTED)
        real_look = name in _SHARES_OF_REAL_LOOK
        found = _estimate(
            1 - values if real_look else values, lambda part: _middle(part[-1] - part[0], centre), confidence
        )
        holds = found.above(more)
        sentence = (
            f"{ask.who('hallucinated share', values, centre)} ({'1 - ' * real_look}{_words(name)}) changes by {found} "
            f"from generation 1 to {len(values)}: {_verdict(holds, 'hallucination')} (above {more:g})."
        )
        return holds, found.value, sentence

    return _ask("hallucinated_data", history, regime, centre, confidence, judge)


DEFINITIONS: dict[str, Callable[..., Finding]] = {
    "catastrophic_increase": catastrophic_increase,
    "any_increase": any_increase,
    "diverging_risk": diverging_risk,
    "changed_scaling_law": changed_scaling_law,
    "collapsing_variance": collapsing_variance,
    "entangled_modes": entangled_modes,
    "vanishing_tail": vanishing_tail,
    "hallucinated_data": hallucinated_data,
}


def all_definitions(
    history: History,
    *,
    sizes: Mapping[int, History] | None = None,
    centre: Centre = "median",
    confidence: float = 0.95,
    **arguments: dict[str, object],
) -> pd.DataFrame:
    """Ask all eight definitions about each regime of a history.

    Parameters
    ----------
    history : History
    sizes : dict, optional
        As in :func:`changed_scaling_law`.
    centre, confidence
        As in :func:`catastrophic_increase`.
    **arguments : dict
        Arguments of single definitions, by name: ``vanishing_tail={"measure": "coverage", "kept": 0.5}``.

    Returns
    -------
    pandas.DataFrame
        Columns regime, definition, holds (True, False or None), number, sentence; in the order of the paper's figure.

    Raises
    ------
    TypeError, ValueError
        If history is no History, a definition is not known, or what a definition raises.

    References
    ----------
    Schaeffer et al. (2025).

    Examples
    --------
    >>> from collapse_edu.ensemble import gaussian
    >>> table = all_definitions(gaussian(n=100, generations=50, chains=2000))
    >>> table[["definition", "holds"]].head(5)
                  definition  holds
    0  catastrophic_increase  False
    1           any_increase   True
    2         diverging_risk   True
    3    changed_scaling_law   None
    4    collapsing_variance   True
    """
    checks.history(history)
    unknown = sorted(arguments.keys() - DEFINITIONS.keys())
    if unknown:
        raise ValueError(f"definitions must be of {', '.join(DEFINITIONS)}; got {unknown[0]}")
    rows = []
    for regime in history.regimes:
        for name, definition in DEFINITIONS.items():
            subject = sizes if definition is changed_scaling_law else history
            options = {"centre": centre, "confidence": confidence} | arguments.get(name, {})
            rows.append((regime, *definition(subject, regime, **options)))
    table = pd.DataFrame(rows, columns=["regime", *Finding._fields])
    return table.astype({"holds": object})


def _kept(definition, loss, choices, history, regime, measure, kept, centre, confidence):
    """Return the verdict of a definition that compares a measure's last value with ``kept`` times its first."""
    kept = number("kept", kept, 0, 1, open_low=True)

    def judge(ask):
        name, values = ask(measure, choices)

        def share(part):
            first, last = _middle(part[[0, -1]], centre)
            return last / first if first > 0 else np.nan

        found = _estimate(values, share, confidence)
        holds = found.below(kept)
        sentence = (
            f"{ask.who(name, values, centre)} is at {found} times its first value at generation {len(values)}: "
            f"{_verdict(holds, loss)} (below {kept:g})."
        )
        return holds, found.value, sentence

    return _ask(definition, history, regime, centre, confidence, judge)


def _ask(definition, history, regime, centre, confidence, judge):
    """Return the verdict of ``judge``, or one of None that says what is missing."""
    if centre not in ("median", "mean"):
        raise ValueError(f"centre must be median or mean; got {centre!r}")
    if not 0 < number("confidence", confidence, 0, 1) < 1:
        raise ValueError(f"confidence must be above 0 and below 1; got {confidence:g}")
    ask = None if definition == "changed_scaling_law" else _Asker(history, regime)
    try:
        with np.errstate(divide="ignore", invalid="ignore"):  # an infinite risk is no accident here
            holds, value, sentence = judge(ask)
    except _Lacking as lacking:
        holds, value = None, np.nan
        sentence = f"{_under(ask.regime if ask else regime)}nothing decides: {lacking}."
    return Finding(definition, holds, float(value), sentence[0].upper() + sentence[1:])


class _Asker:
    """One regime of a history: finds the values of a measure, and says whose they are."""

    def __init__(self, history, regime):
        checks.history(history)
        if regime is None and len(history.regimes) == 1:
            regime = history.regimes[0]
        if regime not in history.regimes:
            raise ValueError(f"regime must be one of {', '.join(history.regimes)}; got {regime}")
        self.history = history
        self.regime = regime

    def __call__(self, measure, choices, least=2):
        """Return (name, values of the chains that are complete, shape (generations, chains))."""
        if measure is not None and measure not in self.history.measures:
            raise ValueError(f"measure must be one of {', '.join(self.history.measures)}; got {measure}")
        wanted = choices if measure is None else (measure,)
        name = next((name for name in wanted if (self.regime, name) in self.history.values), None)
        if name is None:
            raise _Lacking(f"none of {', '.join(wanted)} was measured")
        values = self.history.values[self.regime, name]
        values = values[:, ~np.isnan(values).any(axis=0)]
        if not values.shape[1]:
            raise _Lacking("no chain is complete")
        if len(values) < least:
            raise _Lacking(f"it takes at least {least} generations")
        return name, values

    def who(self, name, values, centre):
        """Return whose number follows, such as "Under replace, the median variance of 50 chains"."""
        chains = values.shape[1]
        whose = f"{centre} {_words(name)} of {chains:,} chains" if chains > 1 else f"{_words(name)} of one chain"
        return f"{_under(self.regime)}the {whose}"


class _Estimate(NamedTuple):
    """A number and its margin; 0 where one chain gives none."""

    value: float
    margin: float

    def above(self, threshold):
        return bool(self.value - self.margin > threshold)

    def below(self, threshold):
        return bool(self.value + self.margin < threshold)

    def __str__(self):
        return f"{self.value:.3g}" + (f" ± {self.margin:.2g}" if self.margin else "")


def _estimate(values, statistic, confidence):
    """Return a statistic of all chains, with the margin that it has by its values in groups of chains."""
    value = statistic(values)
    if np.isnan(value):
        raise _Lacking("the numbers are 0, below the floor or infinite")
    chains = values.shape[1]
    if chains == 1 or np.isinf(value):
        return _Estimate(float(value), 0.0)
    # Groups of a few chains vary less than their median should: there are no more groups than chains in each.
    n_groups = min(chains, max(_LEAST_GROUPS, min(isqrt(chains), _MOST_GROUPS)))
    groups = np.array_split(np.arange(chains), n_groups)
    each = np.array([statistic(values[:, group]) for group in groups])
    each = each[np.isfinite(each)]
    if len(each) < 2:
        return _Estimate(float(value), np.inf)
    margin = stdtrit(len(each) - 1, 0.5 + confidence / 2) * each.std(ddof=1) / np.sqrt(len(each))
    return _Estimate(float(value), float(margin))


def _late_exponent(values, floor, centre):
    """Return a of the t^a that the second half of the generations follows; minus infinity once nothing is left."""
    t = np.arange(1, len(values) + 1)
    late = t > len(values) // 2
    middle = _middle(values[late], centre) - floor
    if middle[-1] <= 0:
        return -np.inf
    y = _log(middle)
    if not np.isfinite(y).all():
        return np.nan
    x = np.log(t[late])
    x -= x.mean()
    return x @ y / (x @ x)


def _middle(values, centre):
    """Return the median or mean over chains, the last axis."""
    return (np.median if centre == "median" else np.mean)(values, axis=-1)


def _log(values):
    return np.log(np.where(values > 0, values, np.nan))


def _check_sizes(sizes):
    if sizes is None:
        return
    if not isinstance(sizes, dict):
        raise TypeError(f"sizes must be a dict, n → History; got {type(sizes).__name__}")
    for n, history in sizes.items():
        integer("n of sizes", n, 1)
        checks.history(history, f"sizes[{n}]")


def _half(values):
    return f"generations {len(values) // 2 + 1} to {len(values)}"


def _verdict(holds, what):
    return what if holds else f"no {what} shown"


def _under(regime):
    return f"under {regime}, " if regime else ""


def _words(measure):
    return measure.replace("_", " ")
