"""What an alert says: which documents, where they lie, why, in one plain sentence, and what to do next."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from collapse_edu.production.monitoring.documents import Record
from collapse_edu.production.monitoring.monitor import Reading
from collapse_edu.production.monitoring.statistics import STATISTICS

__all__ = ["Alert", "Shown", "alert_of", "sentence"]

_SHOWN = 3  # documents of an alert
_MANY_EMPTY = 0.1  # of a window: then this is what the alert is about

# Name of a statistic or a feature → what the documents of an alert do when it is low, and when it is high.
_SENTENCES = {
    "length": ("are shorter than real ones", "are longer than real ones"),
    "distinct_2": ("use the same pairs of words again and again", "repeat pairs of words less often than real ones"),
    "vocabulary": ("use fewer different words than real ones", "use more different words than real ones"),
    "once": (
        "contain few words that occur only once: the tail of their vocabulary is thin",
        "contain more words that occur only once than real ones",
    ),
    "tail_recall": ("use few of the rare words of real ones", "use more of the rare words of real ones"),
    "tail_mass": ("use rare words less often than real ones", "use rare words more often than real ones"),
    "new_words": (
        "contain fewer unknown words than real ones: they say what is known",
        "contain more unknown words than real ones: another subject, another language, or garbage",
    ),
    "log_probability": (
        "are harder to predict, word by word, than real ones",
        "are easier to predict, word by word, than real ones: smoother text, or text that the reference holds already",
    ),
    "log_probability_spread": (
        "are as easy to predict in one place as in another, more than real ones",
        "are easy to predict in some places and hard in others, more than real ones",
    ),
    "rare_words": ("use rare words less often than real ones", "use rare words more often than real ones"),
    "repetition": (
        "repeat their own words less often than real ones: they do not come back to a subject",
        "repeat their own words more often than real ones",
    ),
    "function_words": (
        'use words such as "the" and "of" less often than real ones',
        'use words such as "the" and "of" more often than real ones',
    ),
    "known_pairs": (
        "put known words into an order that real ones do not have",
        "are made of pairs of words that real ones have, more than real ones are",
    ),
    "known_triples": (
        "continue known pairs of words as real ones do not",
        "continue pairs of words as the known ones do, more than real ones: smoother text, or copies",
    ),
    "returns": (
        "do not come back to their own words as real ones do: they hold to no subject",
        "come back to the same words more often than real ones",
    ),
    "both_halves": (
        "begin with one subject and end with another, more than real ones",
        "say in their second half what they said in the first, more than real ones",
    ),
    "coherence": (
        "hold to their subject less than real ones",
        "hold to one subject more than real ones",
    ),
    "word_length": ("use shorter words than real ones", "use longer words than real ones"),
    "compression": (
        "can be compressed further than real ones: they repeat themselves",
        "can be compressed less than real ones: they repeat themselves less, are shorter, or are garbage",
    ),
    "synthetic": (
        "look less like text of a model than real ones do",
        "look like text of a model that has learned real ones",
    ),
    "repeated": (
        "repeat what came before less often than real ones",
        "repeat word for word what came before: copies, or parts that all share",
    ),
    "copied": (
        "resemble earlier documents less than real ones do",
        "are nearly copies of earlier documents: duplicates, or one template",
    ),
}
_STATED = (
    "Read these documents. If they should not be there, find their source by file and line, and hold back what came "
    "since. If they are right and the real ones have changed, take a new reference, and say --refresh."
)
_EMPTY_STATED = "Look at what writes these records: it writes no text that can be read."


class Shown(NamedTuple):
    """A document of an alert.

    Attributes
    ----------
    number : int
        In the stream, from 1 on.
    place : str
        File and line, or row, or the file of a folder.
    text : str
        Its beginning, or why there is none.
    """

    number: int
    place: str
    text: str


@dataclass(frozen=True)
class Alert:
    """What a person who is called needs to know.

    Attributes
    ----------
    window : int
    documents : tuple of int
        First and last document of the window in the stream.
    kinds : tuple of str
        "sudden": this window lies outside of its limits; "gathered": all windows so far together; "no text": a tenth or
        more of its documents are empty or cannot be read.
    summary : str
        Statistics outside of their limits, with their deviations.
    reason : str
        In a sentence.
    advice : str
        What to do next.
    shown : tuple of Shown
        The most deviant documents, three at most.
    group : str
        Empty if there are no groups.
    """

    window: int
    documents: tuple[int, int]
    kinds: tuple[str, ...]
    summary: str
    reason: str
    advice: str
    shown: tuple[Shown, ...]
    group: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as what JSON can say."""
        return asdict(self) | {"shown": [each._asdict() for each in self.shown]}

    def lines(self, whole: bool = True) -> Iterator[str]:
        """Yield it as lines to read: one, or all of it.

        Parameters
        ----------
        whole : bool
            Whether the reason, the documents and the advice follow.
        """
        of = f" of {self.group}" if self.group else ""
        first, last = self.documents
        yield f"ALERT{of} window {self.window:,}, documents {first:,} to {last:,}: {self.summary}"
        if whole:
            yield f"  {self.reason}"
            for number, place, text in self.shown:
                yield f"  {number:,} ({place}): {text}"
            yield f"  {self.advice}"


def sentence(name: str, direction: str) -> str:
    """Return in one sentence what documents do whose statistic or feature is out of the ordinary.

    Parameters
    ----------
    name : str
    direction : str
        "low", "high" or "spread".

    Returns
    -------
    str

    Examples
    --------
    >>> sentence("repeated", "high")
    'These documents repeat word for word what came before: copies, or parts that all share.'
    """
    if direction == "spread" or name not in _SENTENCES:
        how = "vary otherwise" if direction == "spread" else {"low": "are lower", "high": "are higher"}[direction]
        return f"These documents {how} than real ones in {name.replace('_', ' ')}."
    return f"These documents {_SENTENCES[name][direction == 'high']}."


def alert_of(reading: Reading, records: Sequence[Record], group: str = "") -> Alert | None:
    """Return the alert of a window; None if it is quiet.

    Parameters
    ----------
    reading : Reading
    records : list of Record
        The documents of the window.
    group : str

    Returns
    -------
    Alert or None
    """
    if not reading.alert:
        return None
    first = reading.documents - len(records) + 1
    empty = Counter(record.why for record in records if record.why)
    broken = empty.total() >= _MANY_EMPTY * len(records)
    return Alert(
        reading.window,
        (first, reading.documents),
        (*_kinds(reading), *(["no text"] if broken else [])),
        _summary(reading),
        _empty(empty, len(records)) if broken else _reason(reading),
        _EMPTY_STATED if broken else _STATED,
        tuple(_shown(number, records[number - first]) for number in _deviant(reading, records, broken)),
        group,
    )


def _kinds(reading):
    return tuple(kind for kind, is_so in (("sudden", reading.sudden), ("gathered", reading.gathered)) if is_so)


def _summary(reading):
    off = dict(zip(STATISTICS, reading.deviations, strict=True))
    told = [f"{name} {'low' if off[name] < 0 else 'high'} ({off[name]:+.1f})" for name in reading.causes]
    verdict = reading.verdict
    if reading.gathered:
        evidence = f"evidence {verdict.evidence:.1f}, alarm from {verdict.threshold:.1f}"
        told.append(f"all windows together, {verdict.cause} {verdict.direction} ({evidence})")
    return ", ".join(told)


def p_text(p: float) -> str:
    """Return a p-value to read.

    Examples
    --------
    >>> p_text(0.25), p_text(1e-12)
    ('0.25', 'below 1e-09')
    """
    return "below 1e-09" if p < 1e-9 else f"{p:.2g}"


def _reason(reading):
    verdict = reading.verdict
    if reading.gathered:
        return sentence(verdict.cause, verdict.direction)
    name = reading.causes[0]
    return sentence(name, "low" if dict(zip(STATISTICS, reading.deviations, strict=True))[name] < 0 else "high")


def _empty(why, many):
    told = ", ".join(f"{count:,} {reason}" for reason, count in why.most_common())
    hold = "holds" if why.total() == 1 else "hold"
    return f"{why.total():,} of these {many:,} documents {hold} no text that can be read ({told})."


def _deviant(reading, records, broken):
    """Return the numbers of the documents to show."""
    first = reading.documents - len(records) + 1
    if broken:
        return [first + i for i, record in enumerate(records) if record.why][:_SHOWN]
    return [number for number in reading.deviant if first <= number <= reading.documents][:_SHOWN]


def _shown(number, record):
    return Shown(number, record.place, record.why if record.why else " ".join(record.opening.split()))
