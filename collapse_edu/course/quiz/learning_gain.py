"""What the concept inventory says: of one learner, and of a class. Pure functions of recorded events.

An item counts only if answer and reason are both right. Only matched pairs are compared: items (of one learner) or
learners (of a class) with both a first and a second time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from statistics import fmean
from string import ascii_lowercase

from collapse_edu.course.desk.record import Event
from collapse_edu.course.desk.style import live_region
from collapse_edu.course.quiz.bank.inventory_items import CONFIDENCE, ITEMS, SHORT, Item
from collapse_edu.course.quiz.content_hash import is_kept_for
from collapse_edu.course.quiz.question import Option

__all__ = [
    "WHEN",
    "Choice",
    "ClassGain",
    "Gain",
    "Given",
    "by_id",
    "class_gain",
    "form",
    "given",
    "learner_gain",
    "named_gain",
    "seen",
]

WHEN = ("before", "after")
FEWEST = 10  # learners; below it, statistics would be noise and might show single persons
RESULTS = "results"  # the event that says: the learner has seen the key


@dataclass(frozen=True)
class Given:
    """What a learner gave for an item: ids of the options of both tiers, and how sure they were (1 to 4)."""

    item: Item
    answer: str
    reason: str
    confidence: int

    @property
    def options(self) -> tuple[Option, Option]:
        """The chosen answer and the chosen reason."""
        return by_id(self.item.answers)[self.answer], by_id(self.item.reasons)[self.reason]

    @property
    def right(self) -> bool:
        """Whether both tiers are right."""
        return all(option.right for option in self.options)

    @property
    def shows(self) -> bool:
        """Whether a chosen option expresses the item's misconception."""
        return any(option.misconception for option in self.options)

    @property
    def overconfident(self) -> bool:
        """Whether it is wrong, and the learner was sure or certain."""
        return not self.right and self.confidence >= 3


def by_id(options: Sequence[Option]) -> dict[str, Option]:
    """Return id → option, in the order of the bank: ``"o1"``, ``"o2"`` and so on."""
    return {f"o{place}": option for place, option in enumerate(options, 1)}


def form(short: bool = False) -> dict[str, Item]:
    """Return the items of the full or the short form, by id.

    Examples
    --------
    >>> len(form()), len(form(short=True))
    (15, 5)
    """
    return {item.id: item for item in ITEMS if not short or item.id in SHORT}


def given(events: Iterable[Event], when: str) -> dict[str, Given]:
    """Return what counts of one time, by item: the last answer to each.

    First answers count until the second time begins, second answers until the learner has seen the key. What is no
    answer is passed over, and so is an answer to an item that has changed since.

    Parameters
    ----------
    events : iterable of dict
        Of one learner, as :meth:`collapse_edu.course.quiz.Record.events` returns them.
    when : {"before", "after"}

    Returns
    -------
    dict
        Item id → Given.
    """
    found, items = {}, form()
    for event in _inventory(events):
        if event["question"] == RESULTS or (when == "before" and event.get("when") == "after"):
            break
        item = items.get(event["question"])
        if event.get("when") == when and item and (answer := _given(event, item)):
            found[item.id] = answer
    return {name: found[name] for name in items if name in found}


def seen(events: Iterable[Event]) -> bool:
    """Return whether the learner has seen the key."""
    return any(event["question"] == RESULTS for event in _inventory(events))


def learner_gain(events: Iterable[Event]) -> "Gain":
    """Return what changed for one learner; it shows nothing before the second time is complete.

    Parameters
    ----------
    events : iterable of dict

    Returns
    -------
    Gain
    """
    events = list(events)
    before, after = given(events, "before"), given(events, "after")
    begun = [event for event in _inventory(events) if event.get("when") == "after" and event["question"] != RESULTS]
    wanted = form(short=bool(begun) and begun[-1].get("short") is True)
    missing = [name for name in wanted if name not in after]
    if missing:
        return Gain(missing=tuple(missing), asked=len(wanted))
    return Gain(asked=len(wanted), before=before, after={name: after[name] for name in wanted})


@dataclass(frozen=True, repr=False)
class Gain:
    """What changed for one learner.

    Attributes
    ----------
    asked : int
        Items of the form.
    missing : tuple of str
        Items without a second answer; as long as there are any, nothing else is said.
    before, after : dict
        Item id → Given.
    """

    asked: int
    missing: tuple[str, ...] = ()
    before: dict[str, Given] = field(default_factory=dict)
    after: dict[str, Given] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether the second time is complete."""
        return not self.missing

    @property
    def pairs(self) -> dict[str, tuple[Given, Given]]:
        """The matched pairs: item id → (first, second)."""
        return {name: (self.before[name], now) for name, now in self.after.items() if name in self.before}

    @property
    def won(self) -> list[str]:
        """Items that are right now and were not before."""
        return [name for name, (old, now) in self.pairs.items() if now.right and not old.right]

    @property
    def lost(self) -> list[str]:
        """Items that were right before and are not now."""
        return [name for name, (old, now) in self.pairs.items() if old.right and not now.right]

    @property
    def remaining(self) -> dict[str, str]:
        """Misconceptions that second answers express: tag → what holds instead."""
        return {answer.item.misconception: answer.item.instead for answer in self.after.values() if answer.shows}

    @property
    def overconfident(self) -> list[str]:
        """Items that were answered sure or certain, and wrong, the second time."""
        return [name for name, now in self.after.items() if now.overconfident]

    def lines(self) -> list[str]:
        """Return the summary, line by line."""
        if not self.ready:
            done = self.asked - len(self.missing)
            text = f"Nothing is shown before the second time is complete: {done} of {self.asked} items are answered."
            return [text + (f" Missing: {', '.join(self.missing)}." if done else "")]
        return [*self._compared(), *_named("Sure, and not right", self.overconfident), *self._beliefs()]

    def _compared(self):
        """Yield what the matched pairs say, and how many items have no pair."""
        pairs = self.pairs.values()
        if pairs:
            old, now = (sum(pair[i].right for pair in pairs) for i in (0, 1))
            yield f"Answer and reason right: {old} of {len(pairs)} items before, {now} after."
            yield from _named("Right now, and not before", self.won)
            yield from _named("Right before, and not now", self.lost)
        if len(pairs) < len(self.after):
            yield f"{len(self.after) - len(pairs)} items have no first answer, and are not compared."

    def _beliefs(self):
        """Yield a line for each misconception that second answers express."""
        for item in (answer.item for answer in self.after.values() if answer.shows):
            yield f"{item.id} (see {item.lesson}). You may still believe: {item.belief}"

    def __repr__(self):
        text = self.lines()
        for answer in self.after.values():
            text += ["", f"{answer.item.id}: {'right' if answer.right else 'not right'}. {answer.item.instead}"]
            text += [f"  {kind}: {option.text}. {option.why}" for kind, option in _explained(answer)]
            text += [f"  Settled by: {answer.item.settles} Lesson {answer.item.lesson}."]
        return "\n".join(text)

    def _repr_html_(self):
        html = "".join(f"<li>{escape(line)}</li>" for line in self.lines())
        html = live_region(f"<ul>{html}</ul>")
        for answer in self.after.values():
            item = answer.item
            parts = "".join(
                f"<li>{kind}: <i>{escape(option.text)}</i>. {escape(option.why)}</li>"
                for kind, option in _explained(answer)
            )
            head = f"<b>{item.id}: {'right' if answer.right else 'not right'}.</b> {escape(item.instead)}"
            asked = f"<p>{escape(item.prompt)}</p>"
            foot = f"<p>Settled by: {escape(item.settles)} Lesson {escape(item.lesson)}.</p>"
            html += f"<details><summary>{head}</summary>{asked}<ul>{parts}</ul>{foot}</details>"
        return html


def _named(what, items):
    """Return a line that names the items, if there are any."""
    return [f"{what}: {', '.join(items)}."] if items else []


def class_gain(learners: Sequence | Mapping, short: bool = False) -> "ClassGain":
    """Return what changed in a class, on matched pairs: learners who answered every item of the form both times.

    The mean difference has the t interval of paired differences. The normalised gain of the class, (after - before) /
    (1 - before) with class means, has Fieller's interval: the set of gains that a paired t test does not reject.

    Parameters
    ----------
    learners : list, tuple or dict of them
        One entry for each learner: their events (a list of dict), or anything with ``events()``, such as
        ``Record("exported.jsonl")``. Entries that share events are one learner's.
    short : bool
        Compare the five items of the short form; who took the full form counts too.

    Returns
    -------
    ClassGain
        Without statistics if fewer than ten learners match.

    References
    ----------
    Hake (1998) for the normalised gain of a class; Fieller (1954) for the interval of a ratio of means.
    """
    return named_gain({str(place): events for place, events in enumerate(_merged(learners), 1)}, short)


def named_gain(learners: Mapping[str, Sequence[Event]], short: bool = False) -> "ClassGain":
    """Return what changed in a class, as :func:`class_gain` does, where it is known whose events are whose.

    Parameters
    ----------
    learners : dict
        Name → the learner's events. Nobody is merged.
    short : bool

    Returns
    -------
    ClassGain
        Its ``unmatched`` says who is not compared.

    Examples
    --------
    >>> named_gain({"Ada": []}).unmatched
    {'Ada': (0, 0)}
    """
    asked = form(short)
    times = {name: _both_times(events) for name, events in learners.items()}
    matched = [pair for pair in times.values() if _is_matched(pair, asked)]
    unmatched = {
        name: tuple(len(time.keys() & asked.keys()) for time in pair)
        for name, pair in times.items()
        if not _is_matched(pair, asked)
    }
    if len(matched) < FEWEST:
        return ClassGain(len(times), len(matched), len(asked), unmatched)
    first, second = zip(*matched, strict=True)
    before, after = _scores(first, asked), _scores(second, asked)
    answers = [[learner[name] for learner in time for name in asked] for time in (first, second)]
    return ClassGain(
        learners=len(times),
        matched=len(matched),
        asked=len(asked),
        unmatched=unmatched,
        before=fmean(before),
        after=fmean(after),
        difference=mean_difference(before, after),
        gain=normalised_gain(before, after),
        items={name: (_item_share(first, name), _item_share(second, name)) for name in asked},
        calibration=tuple(map(_calibration, answers)),
        overconfident=tuple(fmean(answer.overconfident for answer in time) for time in answers),
        choices={
            name: _choices(asked[name], [[learner[name] for learner in time] for time in (first, second)])
            for name in asked
        },
    )


def _both_times(events):
    """Return what counts of a learner's first and second time."""
    return given(events, "before"), given(events, "after")


def _is_matched(pair, asked):
    """Return whether a learner answered every item both times."""
    return all(asked.keys() <= time.keys() for time in pair)


def _scores(time, asked):
    """Return each learner's share of items with answer and reason right, at one time."""
    return [fmean(learner[name].right for name in asked) for learner in time]


def _item_share(time, name):
    """Return what the learners show of one item, at one time."""
    return ItemShare(fmean(learner[name].right for learner in time), fmean(learner[name].shows for learner in time))


def _choices(item, times):
    """Return how often each option of an item was chosen, first and second time."""
    found = []
    for tier, options in (("answer", item.answers), ("reason", item.reasons)):
        counts = [Counter(getattr(answer, tier) for answer in time) for time in times]
        found += [Choice(tier, option, *(count[name] for count in counts)) for name, option in by_id(options).items()]
    return found


@dataclass(frozen=True)
class Choice:
    """Of the matched learners, how many chose an option, first and second time; ``tier`` is "answer" or "reason"."""

    tier: str
    option: Option
    before: int
    after: int


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its 95 % interval; ``low`` and ``high`` are None where there is no end."""

    value: float
    low: float | None
    high: float | None

    def __str__(self):
        if self.low is None:
            return f"{self.value:.2f} (no 95 % interval: too little room for a gain)"
        return f"{self.value:.2f} (95 % interval {self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True)
class ItemShare:
    """Of the matched learners, the share with answer and reason right, and the share that shows the misconception."""

    right: float
    shows: float


@dataclass(frozen=True, repr=False)
class ClassGain:
    """What changed in a class.

    Attributes
    ----------
    learners, matched, asked : int
        Learners in all, learners that match, items of the form. With fewer than ten that match, the rest is empty.
    unmatched : dict
        Name → (items answered before, after) of the learners that do not match; a number where no name is known.
    before, after : float
        Mean share of items right, first and second time.
    difference, gain : Interval
        Mean of after - before; normalised gain (None if everybody had everything right before).
    items : dict
        Item id → (ItemShare before, ItemShare after).
    calibration : tuple of dict
        First and second time: confidence → (answers, share right).
    overconfident : tuple of float
        First and second time: share of answers that were wrong, and sure or certain.
    choices : dict
        Item id → list of Choice, in the order of the bank: the answers, then the reasons.
    """

    learners: int
    matched: int
    asked: int
    unmatched: dict[str, tuple[int, ...]] = field(default_factory=dict)
    before: float | None = None
    after: float | None = None
    difference: Interval | None = None
    gain: Interval | None = None
    items: dict[str, tuple[ItemShare, ...]] | None = None
    calibration: tuple[dict[int, tuple], ...] = ()
    overconfident: tuple[float, ...] = ()
    choices: dict[str, list[Choice]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the summary, line by line."""
        counted = f"{self.matched} of {self.learners} learners answered all {self.asked} items before and after"
        if self.items is None:
            return [f"No statistics: {counted}, and it takes at least {FEWEST}."]
        return [
            f"{counted}; only these are compared.",
            f"Mean share with answer and reason right: {self.before:.2f} before, {self.after:.2f} after.",
            f"Mean difference: {self.difference}; t interval of paired differences.",
            f"Normalised gain: {self.gain if self.gain else 'none, all was right before'}; Fieller's interval.",
            f"Wrong, and sure or certain: {self.overconfident[0]:.0%} of answers before, {self.overconfident[1]:.0%} "
            "after.",
            "There is no control group: this is a change, and says nothing about its cause.",
        ]

    def table(self) -> list[tuple]:
        """Return the rows of the table of items, the most frequent remaining misconception first."""
        ranked = sorted((self.items or {}).items(), key=lambda entry: -entry[1][1].shows)
        return [(name, old.right, now.right, old.shows, now.shows, form()[name].belief) for name, (old, now) in ranked]

    def chosen(self) -> list[tuple]:
        """Return the rows of the table of options: item, tier, option, its mark, how many chose it before, after."""
        return [
            (name, choice.tier, choice.option.text, _mark(choice.option), choice.before, choice.after)
            for name, choices in self.choices.items()
            for choice in choices
        ]

    def calibrated(self) -> list[tuple]:
        """Return the rows of the table of confidence: word, answers and share right before, the same after."""
        if not self.calibration:
            return []
        return [
            (word, *self.calibration[0][number], *self.calibration[1][number]) for number, word in CONFIDENCE.items()
        ]

    def __repr__(self):
        text = self.lines()
        if self.items is not None:
            text += ["", "item   right: before after   misconception: before after"]
            for name, *shares, belief in self.table():
                text.append(
                    "{}          {:.2f}  {:.2f}                  {:.2f}  {:.2f}  ".format(name, *shares) + belief
                )
            text += ["", "chosen by:                before  after"]
            for name, tier, option, mark, *numbers in self.chosen():
                text.append("{} {:6} {:13} {:6}  {:5}  {}".format(name, tier, mark, *numbers, option))
            text += ["", "confidence: answers and share right before, after"]
            for word, *numbers in self.calibrated():
                text.append(f"{word}: " + ", ".join(map(_short, numbers)))
        return "\n".join(text)

    def _repr_html_(self):
        html = "".join(f"<li>{escape(line)}</li>" for line in self.lines())
        html = f"<ul>{html}</ul>"
        if self.items is not None:
            heads = ("item", "right before", "right after", "shown before", "shown after", "misconception")
            html += _html_table("Items, by how often the misconception still shows", heads, self.table())
            heads = ("item", "tier", "option", "mark", "chosen before", "chosen after")
            html += _html_table("Options, and how many of the matched learners chose them", heads, self.chosen())
            heads = ("confidence", "answers before", "right before", "answers after", "right after")
            html += _html_table("Confidence, and the share that was right", heads, self.calibrated())
        return html


def mean_difference(before: Sequence[float], after: Sequence[float]) -> Interval:
    """Return the mean of after - before with the 95 % t interval of paired differences.

    Parameters
    ----------
    before, after : sequence of float
        One score for each learner, in the same order; at least two.

    Returns
    -------
    Interval

    Examples
    --------
    >>> print(mean_difference([0.2, 0.4, 0.6], [0.5, 0.6, 0.7]))
    0.20 (95 % interval -0.05 to 0.45)
    """
    differences = [b - a for a, b in zip(before, after, strict=True)]
    middle = fmean(differences)
    reach = _t(len(differences)) * (_covariance(differences, differences) / len(differences)) ** 0.5
    return Interval(middle, middle - reach, middle + reach)


def normalised_gain(before: Sequence[float], after: Sequence[float]) -> Interval | None:
    """Return (after - before) / (1 - before) of the means, with Fieller's 95 % interval for paired scores.

    It is 1 minus a ratio of means, what is missing after over what was missing before. None if nothing was.

    Parameters
    ----------
    before, after : sequence of float
        One share of right items for each learner, in the same order; at least two.

    Returns
    -------
    Interval or None

    Examples
    --------
    >>> print(normalised_gain([0.2, 0.4, 0.3, 0.3], [0.6, 0.7, 0.7, 0.6]))
    0.50 (95 % interval 0.41 to 0.59)
    """
    room, left = [1 - score for score in before], [1 - score for score in after]
    v, u = fmean(room), fmean(left)
    if v <= 0:
        return None
    share = _t(len(room)) ** 2 / len(room)
    a = v * v - share * _covariance(room, room)
    b = u * v - share * _covariance(room, left)
    c = u * u - share * _covariance(left, left)
    if a <= 0:
        return Interval(1 - u / v, None, None)
    reach = max(b * b - a * c, 0.0) ** 0.5
    return Interval(1 - u / v, 1 - (b + reach) / a, 1 - (b - reach) / a)


def _inventory(events):
    """Return the events of the inventory, in the order of their times."""
    found = [event for event in events if isinstance(event, dict) and event.get("what") == "inventory"]
    found = [event for event in found if isinstance(event.get("question"), str)]
    return sorted(found, key=lambda event: str(event.get("time", "")))


def _given(event, item):
    """Return what an event gave for an item, or None where it is no answer to it."""
    answer, reason = _own_id(event.get("answer"), item.answers), _own_id(event.get("reason"), item.reasons)
    sure = event.get("confidence")
    if None in (answer, reason) or type(sure) is not int or sure not in CONFIDENCE:
        return None
    return Given(item, answer, reason, sure) if is_kept_for(item.content_hash, event) else None


def _own_id(kept, options):
    """Return the id of an option that was kept; older versions kept its letter, in the order of the bank."""
    ids = list(by_id(options))
    known = dict(zip(ascii_lowercase, ids, strict=False)) | dict(zip(ids, ids, strict=True))
    return known.get(kept) if isinstance(kept, str) else None


def _explained(answer):
    """Return (kind, option): what was chosen, and what is right where that differs."""
    rows = []
    for kind, chosen, options in zip(
        ("answer", "reason"), answer.options, (answer.item.answers, answer.item.reasons), strict=True
    ):
        rows.append((f"Your {kind}", chosen))
        rows += [(f"Right {kind}", option) for option in options if option.right and option is not chosen]
    return rows


def _merged(learners):
    """Return the events of each learner; entries that share events are one learner's."""
    if not isinstance(learners, list | tuple | dict):
        raise TypeError(f"learners must be a list of records, or of lists of events; got {type(learners).__name__}")
    found = []
    for entry in learners.values() if isinstance(learners, dict) else learners:
        mine = _by_id(_events_of(entry))
        twins = [other for other in found if _share_events(mine, other)]
        found = [other for other in found if not _share_events(mine, other)]
        for twin in twins:
            mine = twin | mine
        found.append(mine)
    return [list(events.values()) for events in found]


def _events_of(entry):
    """Return the events of a record, or of a list of events."""
    events = entry.events() if hasattr(entry, "events") else entry
    if not isinstance(events, list | tuple) or not all(isinstance(event, dict) for event in events):
        raise TypeError(f"learners must be records, or lists of events; one of them is {entry!r:.40}")
    return events


def _by_id(events):
    """Return events by their ids, which are texts; by their places, which are numbers, if none has an id."""
    return {str(event["id"]): event for event in events if "id" in event} or dict(enumerate(events))


def _share_events(one, other):
    """Return whether there is an event of one id in both."""
    return any(isinstance(name, str) for name in one.keys() & other.keys())


def _mark(option):
    return "right" if option.right else "misconception" if option.misconception else ""


def _calibration(answers):
    totals = Counter(answer.confidence for answer in answers)
    rights = Counter(answer.confidence for answer in answers if answer.right)
    return {
        number: (totals[number], rights[number] / totals[number] if totals[number] else None) for number in CONFIDENCE
    }


def _covariance(one, other):
    mean, second = fmean(one), fmean(other)
    return sum((a - mean) * (b - second) for a, b in zip(one, other, strict=True)) / (len(one) - 1)


def _t(n):
    from scipy.stats import t

    return float(t.ppf(0.975, n - 1))


def _short(value):
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _html_table(caption, heads, rows):
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(_short(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><tr>{head}</tr>{body}</table>"
