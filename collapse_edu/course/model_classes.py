"""Where several classes of models agree in the same loop, in words with intervals; and questions about them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from collapse_edu.course.quiz.prediction import Prediction
from collapse_edu.course.quiz.question import Option
from collapse_edu.loop.history import History

__all__ = ["Change", "ask_what_became", "ask_which_loses_most", "change", "where_they_agree"]

_LITTLE, _HALF = 0.1, 0.5  # shares of generation 1
_UNCERTAIN = "is not told"
# What an outcome is called, and which relative changes it covers.
_OUTCOMES = (
    ("it has fallen to less than half", -np.inf, -_HALF),
    ("it has fallen, by a tenth to a half", -_HALF, -_LITTLE),
    ("it is within a tenth of where it began", -_LITTLE, _LITTLE),
    ("it has risen by more than a tenth", _LITTLE, np.inf),
)
_IMAGES = "learns real digits and draws as many; the next one learns those"
_TEXTS = "learns real speeches and writes as much, at temperature 0.7; the next one learns that"
_ASKS = {
    "precision": "the share of what the last one draws that looks like a real digit (precision)",
    "recall": "the share of real digits near something that the last one draws (recall)",
    "coverage": "the share of real digits with something drawn in their neighbourhood (coverage)",
    "symmetric_recall": "the variety that recall and coverage both still see (symmetric recall)",
    "held_out_perplexity": "the perplexity of real speeches that no model has learned",
    "distinct_words": "the number of different words in what the last one writes",
    "repeated_phrases": "the share of phrases of four words that have occurred before in what the last one writes",
}
_OF_TEXTS = ("held_out_perplexity", "distinct_words", "repeated_phrases")


class Change(NamedTuple):
    """A relative change from generation 1 to the last, with the 95 % confidence interval of its mean.

    Attributes
    ----------
    mean, low, high : float
        In units of generation 1: -0.5 is half of it lost.
    """

    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """What the interval says: "stays" within a tenth; else "falls" below 0, "rises" above; or "is not told"."""
        if self.low >= -_LITTLE and self.high <= _LITTLE:
            return "stays"
        return "falls" if self.high < 0 else "rises" if self.low > 0 else _UNCERTAIN

    def __str__(self) -> str:
        low, mean, high = (_signed(round(100 * share)) for share in (self.low, self.mean, self.high))
        return f"{mean} % [{low}, {high}]"


def _signed(number):
    return f"{number:+d}".replace("-", "−") if number else "0"


def change(values: ArrayLike) -> Change:
    """Return how far the chains are from where they began, each in units of its own generation 1.

    Parameters
    ----------
    values : array, shape (generations, chains)
        At least two chains; the interval is Student's over them.

    Returns
    -------
    Change

    Raises
    ------
    ValueError
        If there are fewer than two chains, or one of them begins at 0.

    Examples
    --------
    >>> print(change([[0.8, 0.8, 0.8], [0.4, 0.5, 0.3]]))
    −50 % [−81, −19]
    """
    from scipy.stats import t as student

    values = np.asarray(values, dtype=float)
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(f"values must have shape (generations, chains), two chains or more; got {values.shape}")
    if not (low := values[0].min()) > 0:
        raise ValueError(f"values must begin above 0, as no change is a share of nothing; got {low:g} in generation 1")
    changes = values[-1] / values[0] - 1
    mean, n = float(changes.mean()), len(changes)
    half = float(student.ppf(0.975, n - 1) * changes.std(ddof=1) / np.sqrt(n))
    return Change(mean, mean - half, mean + half)


def where_they_agree(
    groups: Mapping[str, Mapping[str, History]], measures: Sequence[str] = ("precision", "recall", "coverage")
) -> str:
    """Say in words where the classes agree, by regime and measure.

    Parameters
    ----------
    groups : dict of dict of History
        Name of a regime → name of a model class → its chains, of one regime.
    measures : sequence of str

    Returns
    -------
    str
        For each measure of each regime: they agree if all have one verdict of :class:`Change`, and differ if two have
        verdicts that are not the same.

    Examples
    --------
    >>> falls = History({("replace", "recall"): [[0.8, 0.8], [0.2, 0.2]]})
    >>> stays = History({("replace", "recall"): [[0.5, 0.5], [0.5, 0.5]]})
    >>> print(where_they_agree({"replace": {"mixture": falls, "flow": stays}}, measures=("recall",)))
    From generation 1 to 2, mean of 2 chains [95 % interval]; stays: within a tenth; falls, rises: the interval leaves \
0 out. Replace: they differ in recall: mixture falls (−75 % [−75, −75]), flow stays (0 % [0, 0]).
    """
    said = []
    for regime, group in groups.items():
        parts = [_compared(group, measure) for measure in measures]
        said.append(f"{regime[:1].upper()}{regime[1:]}: {'; '.join(parts)}.")
    generations, chains = next(iter(next(iter(groups.values())).values()))[measures[0]].shape
    head = (
        f"From generation 1 to {generations}, mean of {chains} chains [95 % interval]; stays: within a tenth; "
        "falls, rises: the interval leaves 0 out."
    )
    return f"{head} {' '.join(said)}"


def _compared(group, measure):
    found = {name: change(history[measure]) for name, history in group.items()}
    verdicts = {name: each.verdict for name, each in found.items()}
    measure = measure.replace("_", " ")
    told = set(verdicts.values()) - {_UNCERTAIN}
    numbers = ", ".join(f"{name} {verdicts[name]} ({each})" for name, each in found.items())
    if len(told) > 1:
        return f"they differ in {measure}: {numbers}"
    if _UNCERTAIN in verdicts.values():
        return f"it is not told whether they agree in {measure}: {numbers}"
    return f"they agree in {measure}: {numbers}"


def ask_what_became(model: str, group: Mapping[str, History], measure: str = "coverage") -> Prediction:
    """Return a prediction about one of several model classes; which outcome is right depends on the class.

    The key is computed from the chains: the outcome that holds the whole 95 % interval of the relative change.

    Parameters
    ----------
    model : str
        Name of the class that is asked about.
    group : dict of History
        Name of a class → its chains of one regime: those of the others are told with the answer.
    measure : {"precision", "recall", "coverage", "symmetric_recall"}
        Of images; of texts "held_out_perplexity", "distinct_words" or "repeated_phrases".

    Returns
    -------
    Prediction
        Its outcomes are ordered; it has no name, so nothing is recorded.

    Raises
    ------
    KeyError
        If there is no such class or measure.
    ValueError
        If the interval lies in no single outcome: then nothing may be asked.

    Examples
    --------
    >>> chains = History({("replace", "coverage"): [[0.8, 0.8], [0.2, 0.2]]})
    >>> question = ask_what_became("flow", {"flow": chains})
    >>> [option.text for option in question.outcomes if option.right]
    ['it has fallen to less than half']
    """
    history, found = group[model], change(group[model][measure])
    right = [place for place, (_, low, high) in enumerate(_OUTCOMES) if low <= found.low and found.high <= high]
    if not right:
        raise ValueError(f"{measure} of {model} must change by an amount that one outcome holds; got {found}")
    (regime,), generations = history.regimes, len(history[measure])
    others = "; ".join(f"{name} {_levels(each[measure])}" for name, each in group.items() if name != model)
    why = f"From {_levels(history[measure])} in {generations} generations: {found} of generation 1."
    outcomes = [
        Option(text, f"{'Yes. ' if place == right[0] else ''}{why}", right=place == right[0])
        for place, (text, _, _) in enumerate(_OUTCOMES)
    ]
    if others:
        outcomes[right[0]] = Option(outcomes[right[0]].text, f"Yes. {why} The others: {others}.", right=True)
    prompt = (
        f"A {_long(model)} {_TEXTS if measure in _OF_TEXTS else _IMAGES}, and so on, under {regime}. Compared with "
        f"generation 1, what has become of {_ASKS[measure]} in generation {generations}?"
    )
    return Prediction(prompt, outcomes, [], ordered=True)


def ask_which_loses_most(group: Mapping[str, History], measure: str = "precision") -> Prediction:
    """Return a prediction: which model class loses the largest share of a measure, if one does.

    The key is computed from the chains: the class whose 95 % interval of the relative change lies below 0 and below
    those of all others, or else that none stands out.

    Parameters
    ----------
    group : dict of History
        Name of a model class → its chains of one regime.
    measure : {"precision", "recall", "coverage", "symmetric_recall"}

    Returns
    -------
    Prediction
        It has no name, so nothing is recorded.

    Raises
    ------
    KeyError
        If there is no such measure.

    Examples
    --------
    >>> falls = History({("replace", "recall"): [[0.8, 0.8], [0.2, 0.2]]})
    >>> stays = History({("replace", "recall"): [[0.5, 0.5], [0.5, 0.5]]})
    >>> question = ask_which_loses_most({"mixture": stays, "flow": falls}, "recall")
    >>> [option.text for option in question.outcomes if option.right]
    ['the rectified flow']
    """
    found = {name: change(history[measure]) for name, history in group.items()}
    first = next(iter(group.values()))
    (regime,), generations = first.regimes, len(first[measure])
    loser = _apart(found)
    outcomes = [
        Option(
            f"the {_long(name)}",
            f"{'Yes. ' if name == loser else ''}From {_levels(group[name][measure])}: {each} of generation 1.",
            right=name == loser,
        )
        for name, each in found.items()
    ]
    told = "; ".join(f"{name} {each}" for name, each in found.items())
    outcomes.append(
        Option("none of them stands out", f"{'' if loser else 'Yes. '}Of generation 1: {told}.", right=loser is None)
    )
    prompt = (
        "Models of different classes learn the same real digits and draw as many; the next model of each class learns "
        f"those, and so on, under {regime}. {_ASKS[measure].capitalize()}: compared with generation 1, which class has "
        f"lost the largest share of it by generation {generations}?"
    )
    return Prediction(prompt, outcomes, [])


def _apart(found):
    """Return the name of the class that falls, and whose interval lies below those of all others; or None."""
    lowest = min(found, key=lambda name: found[name].mean)
    others = [each for name, each in found.items() if name != lowest]
    is_apart = all(found[lowest].high < each.low for each in others)
    return lowest if is_apart and found[lowest].high < 0 else None


def _levels(values):
    """Return the means of the first and the last generation."""
    return f"{values[0].mean():.2f} to {values[-1].mean():.2f}"


def _long(model):
    names = {
        "mixture": "mixture of ten normal distributions",
        "VAE": "variational autoencoder that feeds back its decoder's means",
        "flow": "rectified flow",
        "trigram": "trigram model",
        "SmolLM2": "pretrained language model (SmolLM2-135M), fine-tuned anew,",
    }
    return names.get(model, model)
