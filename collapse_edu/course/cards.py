"""Summary cards: what a lesson leaves, as a picture, a sentence, a number and a caveat. All numbers are computed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from collapse_edu import datasets, theory
from collapse_edu.course.desk.style import section
from collapse_edu.course.quiz.review import progress
from collapse_edu.course.register import LESSONS, lesson_id
from collapse_edu.course.small_picture import Line, SmallPicture
from collapse_edu.files import write_atomically
from collapse_edu.measures import ClassShares
from collapse_edu.production import detector, value

__all__ = ["Card", "Cards", "card", "cards"]


@dataclass(frozen=True)
class Card:
    """What a lesson leaves.

    Attributes
    ----------
    lesson : str
        Its id.
    picture : SmallPicture
    sentence : str
    number, says : str
        One number of the lesson, and what it says.
    caveat : str
        Where it holds, and where it is not claimed.
    """

    lesson: str
    picture: SmallPicture
    sentence: str
    number: str
    says: str
    caveat: str

    @property
    def title(self) -> str:
        """The id and the title of the lesson."""
        return f"{self.lesson} · {next(each.title for each in LESSONS if each.id == self.lesson)}"

    def front(self) -> str:
        """Return the card as HTML, without style and without what the learner did."""
        return (
            f'<div class="ce-front">{self.picture.svg()}<div class="ce-said">'
            f'<p class="ce-title">{escape(self.title)}</p><p>{escape(self.sentence)}</p>'
            f'<p class="ce-number">{escape(self.number)}</p><p>{escape(self.says)}</p>'
            f"<p><b>But</b> {escape(self.caveat)}</p></div></div>"
        )

    def __repr__(self):
        return "\n".join(
            [
                self.title,
                self.sentence,
                f"{self.number}: {self.says}",
                f"But {self.caveat}",
                f"Picture: {self.picture.description}",
                f"Your lesson: {progress(self.lesson).describe()}.",
            ]
        )

    def _repr_html_(self):
        done = f"<p><b>Your lesson:</b> {escape(progress(self.lesson).describe())}.</p>"
        return f'{section("progress and cards")}<div class="ce-card">{self.front()}{done}</div>'


@dataclass(frozen=True)
class Cards:
    """The cards of the course, in its order."""

    cards: Sequence[Card]

    def save(self, path: str | Path = "cards.html") -> Path:
        """Write all cards into one file, to be printed.

        Parameters
        ----------
        path : path
            A file that is there already is replaced.

        Returns
        -------
        Path
        """
        page = (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Model collapse: the cards</title>'
            f"{section('progress and cards')}<style>body {{ font-family: sans-serif; margin: 1.5em auto; "
            f"max-width: 62em }}</style></head><body><h1>Model collapse</h1>{self._all()}</body></html>\n"
        )
        write_atomically(Path(path), page.encode())
        return Path(path)

    def _all(self):
        return "".join(f'<div class="ce-card">{each.front()}</div>' for each in self.cards)

    def __iter__(self) -> Iterator[Card]:
        return iter(self.cards)

    def __repr__(self):
        return "\n".join(f"{each.title}: {each.sentence} {each.number}: {each.says}" for each in self.cards)

    def _repr_html_(self):
        how = "<p><code>cards().save()</code> writes them into <code>cards.html</code>, to be printed.</p>"
        return f"{section('progress and cards')}{self._all()}{how}"


def card(lesson: str) -> Card:
    """Return the summary card of a lesson, with what you did in it.

    Parameters
    ----------
    lesson : str
        Such as ``"M2"``.

    Returns
    -------
    Card

    Raises
    ------
    ValueError
        If the lesson has no card.

    Examples
    --------
    >>> print(card("M6").number, card("M6").says, sep=": ")
    1.64 ×: under accumulate, the expected error stays below this multiple of generation 1's
    """
    found = lesson_id(lesson)
    if found not in _CARDS:
        raise ValueError(f"lesson must be one of {', '.join(_CARDS)}; got {lesson!r}")
    return _CARDS[found]()


def cards() -> Cards:
    """Return the summary cards of all lessons; ``cards().save()`` writes a page to print.

    Examples
    --------
    >>> [each.lesson for each in cards()][:3]
    ['M1', 'M2', 'M3']
    """
    return Cards([make() for make in _CARDS.values()])


def _percent(share):
    return f"{100 * share:.0f} %"


def _telephone():
    rounds, words = np.arange(31), np.ones(100, dtype=int)
    left = np.r_[100.0, theory.drift.expected_types(words, rounds[1:], 100)]
    missed = 1 - left[1] / 100
    return Card(
        "M1",
        SmallPicture(
            f"Under replace, {left[-1]:.0f} of 100 different words are left after 30 rounds, on average. "
            "With the original in each training set, all 100 stay in it.",
            [Line("replace", rounds, left), Line("original kept", rounds, np.full(31, 100))],
            "round",
            "different words to learn from",
            30,
            100,
        ),
        "What one round misses under replace never comes back, so rare words go first.",
        _percent(missed),
        "the chance that a word with one slip among 100 is missing from the next round",
        "keep the original in each training set and a missed word can return. This is a game with slips of paper; "
        "what it shares with a large model is the loop.",
    )


def _gaussian():
    t, n = np.r_[1, np.arange(5, 201, 5)], 100
    median = theory.gaussian.variance_quantile(0.5, t, n)
    mean = np.full(len(t), theory.gaussian.expected_variance(1, n))
    half = float(theory.gaussian.half_life(n))
    return Card(
        "M2",
        SmallPicture(
            f"Variance under replace, {n} samples. The mean over all chains stays at 1; the median falls to "
            f"{median[-1]:.2f} in generation 200.",
            [Line("median", t, median), Line("mean", t, mean)],
            "generation",
            "variance",
            200,
            1.2,
            mark=(half, 0.5),
        ),
        "Under replace the variance of a typical chain dies out, while the mean over all chains does not move.",
        f"{half:.0f} generations",
        f"for the median variance to halve, with {n} samples in each generation",
        "one chain proves nothing, and under accumulate the loss of this Gaussian is bounded.",
    )


def _tails():
    t, count = np.arange(1, 101), 10
    alive = theory.drift.poisson_survival(count, t)
    low, middle, high = (int(theory.drift.forgetting_time(count, share)) for share in (0.05, 0.5, 0.95))
    factor = int(theory.drift.forgetting_time(1000)) / 1000
    return Card(
        "M3",
        SmallPicture(
            f"Chance that a word with {count} occurrences is alive, under replace: one half in generation {middle}, "
            f"{alive[-1]:.2f} in generation 100.",
            [Line(f"{count} occurrences", t, alive)],
            "generation",
            "chance to be alive",
            100,
            1,
            mark=(middle, float(alive[middle - 1])),
        ),
        "Under replace a word lives in proportion to its count. Which of the rare words go first is luck.",
        f"{factor:.1f} × its count",
        "generations until a common word is lost, in the median",
        f"single words spread widely: with {count} occurrences, nine in ten are lost between generation {low} and "
        f"{high}. The model only counts; it is no language model.",
    )


def _images():
    classes = datasets.recorded_vae().effective_classes
    means, sampled = classes["means"], classes["sampled"]
    t = np.arange(1, len(means) + 1)
    shapeless = _classes_without_shapes()
    return Card(
        "M4",
        SmallPicture(
            f"Effective classes of digits in a recorded chain under replace. Fed with its own means it falls from "
            f"{means[0]:.0f} to {means[-1]:.0f}, fed with sampled pixels it ends at {sampled[-1]:.0f}.",
            [Line("means", t, means), Line("sampled pixels", t, sampled)],
            "generation",
            "effective classes of digits",
            len(means),
            10,
        ),
        "Under replace an image model may draw ever more typical images and lose variety. What it feeds back decides.",
        f"{means[0]:.0f} → {means[-1]:.0f}",
        f"effective classes of digits, from generation 1 to {len(means)}, fed back as means",
        "this is one recorded chain of small networks, and the count does not see shapes. With sampled pixels it ends "
        f"at {sampled[-1]:.0f}, but images without any shape get {shapeless:.0f}: few digits can be read.",
    )


def _classes_without_shapes():
    """Return the effective classes of images whose pixels are drawn each for itself, as black as those of M4's end."""
    blackness = datasets.recorded_vae().films["sampled"][-3:].mean(axis=(0, 1))
    shapeless = np.random.default_rng(0).random((2000, len(blackness))) < blackness
    return ClassShares(datasets.mnist()).effective_classes_of(shapeless)


def _text():
    book, t = datasets.moby_dick(marks=True).passages(), np.arange(21)
    counts = np.bincount(book.real.ravel(), minlength=book.n_types)
    counts = counts[counts > 0]
    left = np.r_[len(counts), theory.drift.expected_types(counts, t[1:])] / 1000
    share = left[20] / left[0]
    return Card(
        "M5",
        SmallPicture(
            f"Expected types of Moby-Dick that a bag of words keeps under replace: {left[0]:.1f} thousand at first, "
            f"{left[10]:.1f} thousand in generation 10, {left[20]:.1f} thousand in generation 20.",
            [Line("replace", t, left)],
            "generation",
            "types alive, thousands",
            20,
            20,
            mark=(20, float(left[20])),
        ),
        "Under replace a bag of words loses its rare types, and their counts alone predict how many.",
        _percent(share),
        "of the types of Moby-Dick are expected to be alive in generation 20",
        "this is a bag of words, which draws each word on its own. With a tenth of real text in each training set the "
        "loss levels off.",
    )


def _how_fast():
    t = np.arange(1, 11)
    limit = theory.pathways.accumulate_error_limit()
    accumulate, anchor = theory.pathways.accumulate_error(t), theory.pathways.anchor_error(t)
    return Card(
        "M6",
        SmallPicture(
            f"Expected error of linear regression against generation 1: under replace 10 times in generation 10, under "
            f"accumulate {accumulate[-1]:.2f} times, under anchor {anchor[-1]:.2f} times.",
            [
                Line("replace", t, theory.pathways.replace_error(t)),
                Line("accumulate", t, accumulate),
                Line("anchor", t, anchor),
            ],
            "generation",
            "error, generation 1 is 1",
            10,
            10,
        ),
        "Whether a run counts as collapse depends on its regime, and on which of eight definitions you ask.",
        f"{limit:.2f} ×",
        "under accumulate, the expected error stays below this multiple of generation 1's",
        "this is linear regression, with the same rows labelled again. A finite run shows no limit.",
    )


def _escape():
    fresh = np.arange(1, 31)
    kept = {n: theory.mixing.stationary_moments(n, fresh, ddof=0)[0] for n in (100, 1000)}
    return Card(
        "M7",
        SmallPicture(
            f"Share of the variance that is kept in the long run, by fresh real samples in each generation: "
            f"{kept[100][0]:.2f} with 1, {kept[100][9]:.2f} with 10. Training sets of 100 and of 1,000 agree.",
            [Line("of 100", fresh, kept[100]), Line("of 1,000", fresh, kept[1000])],
            "fresh real samples in each generation",
            "variance kept",
            30,
            1,
            mark=(10, float(kept[100][9])),
        ),
        "Under mix, the number of fresh real samples counts and not their share.",
        _percent(kept[100][9]),
        "of the expected variance is kept by 10 fresh samples in each generation, among 100 or among 1,000",
        "this holds for a normal distribution and a faithful sampler. With a biased sampler the share counts again; "
        "for words, compare texts of equal length, and count the fresh copies of each.",
    )


def _monitor():
    share = np.r_[0, np.geomspace(0.001, 0.5, 60)]
    right = np.r_[0, detector.precision_at(share[1:], 0.9, 0.05)]
    at_one = float(detector.precision_at(0.01, 0.9, 0.05))
    return Card(
        "M8",
        SmallPicture(
            f"Share of flags that are right, by the share of synthetic documents: {_percent(at_one)} where 1 % are "
            f"synthetic, {_percent(right[-1])} where half are.",
            [Line("finds 90 %, false alarms 5 %", 100 * share, 100 * right)],
            "synthetic documents, %",
            "flags that are right, %",
            50,
            100,
            mark=(1, 100 * at_one),
        ),
        "What a flag is worth depends on how much is synthetic. Where little is, most flags accuse a human.",
        _percent(at_one),
        "of the flags are right if 1 % of the documents are synthetic",
        "this detector finds 90 % and raises 5 % false alarms. Yours may not, and detectors decay as generators "
        "improve.",
    )


def _human_data():
    n, distribution = 10_000, theory.tails.zipf_law(100_000, 1.5)
    seen = n * distribution
    worth = {t: value.value_by_rank(distribution, n, t) for t in (1, 10)}
    shown = [np.abs(seen - rows).argmin() for rows in np.linspace(0.1, 7.8, 50)]
    lines = [
        Line(label, seen[shown], worth[t][shown] / worth[t].max())
        for label, t in (("model 1", 1), ("model 10, replace", 10))
    ]
    best = float(seen[worth[1].argmax()])
    return Card(
        "M9",
        SmallPicture(
            f"Worth of one more real row by how many rows of its kind are expected in {n:,}: for model 1 it is largest "
            f"at {best:.1f}, for model 10 under replace at {float(seen[worth[10].argmax()]):.1f}.",
            lines,
            "rows of this kind in the training set",
            "worth of one more row, largest is 1",
            8,
            1,
        ),
        "One more real row is worth most to the first model where the training set holds about one of its kind; under "
        "replace, later models need commoner kinds.",
        f"{best:.1f}",
        "rows of a kind, in the training set, where one more is worth most to model 1",
        "the kinds follow an assumed distribution, and a language model is no table of kinds. Put your own numbers in "
        "before you decide.",
    )


_CARDS: dict[str, Callable[[], Card]] = {
    "M1": _telephone,
    "M2": _gaussian,
    "M3": _tails,
    "M4": _images,
    "M5": _text,
    "M6": _how_fast,
    "M7": _escape,
    "M8": _monitor,
    "M9": _human_data,
}
