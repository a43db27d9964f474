"""Take the concept inventory: once before the course, once after it. No key is shown in between."""

from functools import cached_property
from html import escape
from string import ascii_lowercase
from typing import TYPE_CHECKING

from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.course.quiz.bank.inventory_items import CONFIDENCE, WORDS
from collapse_edu.course.quiz.commands import Message
from collapse_edu.course.quiz.learning_gain import RESULTS, WHEN, Gain, Given, by_id, form, given, learner_gain, seen
from collapse_edu.course.quiz.order import learners_order

if TYPE_CHECKING:
    from ipywidgets import VBox

__all__ = ["Inventory", "gain", "inventory", "inventory_notebook"]

_CELLS = (
    (
        "markdown",
        """\
# Concept inventory: what do you believe?

Fifteen items, 15 minutes, twice: once before the course, once after it. (In a workshop: five items, 5 minutes.)

**Why we ask.** Much that is said about training on synthetic data is half true. If you write down what you believe
now, you can see later what has changed. It is no test: nothing is marked, and it counts for no grade.

**How it works.** Each item describes a situation, and asks what happens, why, and how sure you are. An item counts only
if answer and reason are both right. Work alone, and from your head.

**No answers are shown until the second time.** So you get no right or wrong now, and please do not look them up: your
second answers mean more if the items are new to you.""",
    ),
    (
        "markdown",
        """\
## The first time: before the lessons

Run the next cell and choose, with the mouse, or with Tab and the space bar. Each answer is kept as soon as you have
chosen all three parts, on this machine only. You can stop at any time and go on later; until the second time begins you
can change your answers.

You can also answer in Python: `first.answer("I.01", "b", "c", confidence=3)`. Workshop: use
`inventory("before", short=True)`.""",
        "core",
    ),
    (
        "code",
        """\
from collapse_edu.course.quiz.concept_inventory import gain, inventory

first = inventory("before")
first""",
        "core",
        "open",
    ),
    (
        "markdown",
        """\
**Stop here, and go to the lessons.**

## The second time: after the last lesson

Take away the `#` and run the cell (in a workshop: `inventory("after", short=True)`). With your first answer here the
first time is closed.""",
        "core",
    ),
    ("code", """# inventory("after")""", "core", "open"),
    (
        "markdown",
        """\
## What has changed

This shows nothing until the second time is complete. Then it compares both times, explains each item, and says which
paper settles it.""",
        "core",
    ),
    ("code", "gain()", "core"),
)
_TIERS = ("answers", "reasons")
_WHY = "Which reason fits best?"
_SURE = "How sure are you of both?"
_LATER = "Right answers are shown after the second time."


def inventory(when: str, short: bool = False) -> "Inventory":
    """Return the concept inventory, with the answers that were given so far.

    Parameters
    ----------
    when : {"before", "after"}
        The first or the second time.
    short : bool
        The five items for workshops.

    Returns
    -------
    Inventory

    Examples
    --------
    >>> first = inventory("before", short=True)
    >>> first.answer("I.02", "b", "d", confidence="unsure")
    I.02 is kept: 1 of 5 items answered. Right answers are shown after the second time.
    """
    return Inventory(when, short)


def gain() -> Gain:
    """Say what changed from the first time to the second, and explain each item, once the second time is complete.

    From then on second answers are closed, because the key has been seen.

    Returns
    -------
    collapse_edu.course.quiz.learning_gain.Gain

    Examples
    --------
    >>> gain()
    Nothing is shown before the second time is complete: 0 of 15 items are answered.
    """
    record = Record()
    found = learner_gain(record.events())
    if found.ready and not seen(record.events(RESULTS)):
        record.add("inventory", RESULTS, when="after")
    return found


def inventory_notebook() -> dict[str, object]:
    """Return the notebook of the inventory: blank, not executed, as nbformat stores it (4.5, without cell ids).

    Returns
    -------
    dict
    """
    kinds: dict[str, dict] = {"markdown": {}, "code": {"outputs": [], "execution_count": None}}
    return {
        "cells": [
            {"cell_type": kind, "metadata": {"tags": list(tags)} if tags else {}, "source": source} | kinds[kind]
            for kind, source, *tags in _CELLS
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


class Inventory:
    """The items, asked with a reason and a confidence each. Every answer is kept at once; none is judged.

    Parameters are those of :func:`inventory`.
    """

    def __init__(self, when: str, short: bool = False):
        if when not in WHEN:
            raise ValueError(f"when must be 'before' or 'after'; got {when!r}")
        if not isinstance(short, bool):
            raise TypeError(f"short must be True or False; got {short!r}")
        self.when, self.short, self.items = when, short, form(short)

    def answer(self, item: str, answer: str, reason: str, confidence: int | str) -> Message:
        """Answer an item; an earlier answer of the same time is replaced.

        Parameters
        ----------
        item : str
            Such as ``"I.03"``.
        answer, reason : str
            Letters, as you see them.
        confidence : int or str
            1 to 4, or guessing, unsure, sure, certain.

        Returns
        -------
        Message
            That it is kept, or in one line why not.
        """
        if not isinstance(item, str) or item not in self.items:
            return Message(f"item must be one of {', '.join(self.items)}; got {item!r:.40}. Nothing was kept.")
        asked = self.items[item]
        chosen = {}
        for name, letter, tier in (("answer", answer, "answers"), ("reason", reason, "reasons")):
            letters = self._letters(asked, tier)
            ids = letters | {own: own for own in letters.values()}
            if not isinstance(letter, str) or letter.strip().lower() not in ids:
                known = ", ".join(letters)
                return Message(f"{item}: {name} must be one of {known}; got {letter!r:.40}. Nothing was kept.")
            chosen[name] = ids[letter.strip().lower()]
        sure = _confidence(confidence)
        if sure is None:
            words = ", ".join(f"{number} ({word})" for number, word in CONFIDENCE.items())
            return Message(f"{item}: confidence must be one of {words}; got {confidence!r:.40}. Nothing was kept.")
        message = self._keep(item, chosen["answer"], chosen["reason"], sure)
        if "_rows" in self.__dict__:
            self._rows[item].show(self.given().get(item))
        return message

    def given(self) -> dict[str, Given]:
        """Return what was answered this time: item id → Given."""
        return {name: answer for name, answer in given(Record().events(), self.when).items() if name in self.items}

    @property
    def missing(self) -> list[str]:
        """Items that are not answered yet."""
        done = self.given()
        return [name for name in self.items if name not in done]

    @property
    def status(self) -> str:
        """How far it is, in a sentence."""
        done = len(self.items) - len(self.missing)
        if done < len(self.items):
            return f"{done} of {len(self.items)} items answered. {_LATER}"
        if self.when == "before":
            return f"All {done} items answered. {_LATER} You can change them until then."
        return f"All {done} items answered. gain() shows what changed."

    @property
    def closed(self) -> str:
        """Why answers can no longer be changed; "" while they can."""
        record = Record()
        if seen(record.events(RESULTS)):
            return "You have seen the right answers, so these answers are closed."
        if self.when == "before" and any(
            e["what"] == "inventory" and e.get("when") == "after" for e in record.events()
        ):
            return "The second time has begun, so the first answers are closed."
        return ""

    @property
    def widget(self) -> "VBox":
        """The items as radio buttons."""
        return self._box

    @cached_property
    def _rows(self):
        done, closed = self.given(), bool(self.closed)
        return {
            name: _Row(item, [self._labels(item, tier) for tier in _TIERS], self._keep, done.get(name), closed)
            for name, item in self.items.items()
        }

    @cached_property
    def _learner(self):
        return Record().learner

    def _letters(self, item, tier):
        """Return letter → id of the options of one tier, as the learner sees them."""
        options = getattr(item, tier)
        ids, places = list(by_id(options)), list(range(len(options)))
        if tier == "reasons" or not item.ordered:
            places = learners_order(f"{item.id} {tier}", self._learner, len(options))
        return {letter: ids[place] for letter, place in zip(ascii_lowercase, places, strict=False)}

    def _labels(self, item, tier):
        """Return (letter and text, id) of the options of one tier, as the learner sees them."""
        options = by_id(getattr(item, tier))
        return [(f"{letter}) {options[own].text}", own) for letter, own in self._letters(item, tier).items()]

    @cached_property
    def _box(self):
        import ipywidgets as widgets

        intro = widgets.HTML(f"{STYLE}<p>{escape(self._instruction)}</p>{_words_html()}<p>{escape(self._warning)}</p>")
        box = widgets.VBox([intro, *(row.widget for row in self._rows.values()), self._progress])
        box.add_class("ce-inventory")
        return box

    @cached_property
    def _progress(self):
        import ipywidgets as widgets

        return widgets.HTML(f"<p>{escape(self.status)}</p>")  # no live region: each item has one

    @property
    def _warning(self):
        """What a learner should know before the first click; mostly nothing."""
        if self.closed or self.when == "before":
            return self.closed
        done = len(given(Record().events(), "before").keys() & self.items.keys())
        if done == len(self.items) or self.given():
            return ""
        return (
            f"The first time you answered {done} of these {len(self.items)} items. What you answer here closes the "
            "first time; only items answered both times are compared."
        )

    @property
    def _instruction(self):
        minutes, time = (5 if self.short else 15), {"before": "first", "after": "second"}[self.when]
        return (
            f"Concept inventory, {time} time: {len(self.items)} items, {minutes} minutes. For each: what happens, why, "
            f"and how sure you are. A guess is welcome; say that it is one. {_LATER}"
        )

    def _keep(self, name, answer, reason, confidence):
        """Record an answer, unless it is the one that is kept already."""
        if self.closed:
            return Message(f"{name}: {self.closed}")
        record, old = Record(), self.given().get(name)
        if old is None or (old.answer, old.reason, old.confidence) != (answer, reason, confidence):
            chosen = {"answer": answer, "reason": reason, "confidence": confidence}
            chosen["hash"] = self.items[name].content_hash
            record.add("inventory", name, when=self.when, short=self.short, **chosen)
        if "_progress" in self.__dict__:
            self._progress.value = f"<p>{escape(self.status)}</p>"
        return Message(f"{name} is kept: {self.status} {record.notice()}".strip())

    def __repr__(self):
        lines = [self._instruction, "", *(f"{word}: {meaning}" for word, meaning in WORDS.items())]
        for item in self.items.values():
            lines += ["", f"{item.id} {item.prompt}"]
            lines += [f"  {label}" for label, _ in self._labels(item, "answers")]
            lines += [f"  {_WHY}"]
            lines += [f"  {label}" for label, _ in self._labels(item, "reasons")]
        words = ", ".join(f"{number} {word}" for number, word in CONFIDENCE.items())
        return "\n".join([*lines, "", f"{_SURE} {words}"])

    def _repr_html_(self):
        html = f"<p>{escape(self._instruction)}</p>{_words_html()}"
        for item in self.items.values():
            html += f"<p><b>{item.id}</b> {escape(item.prompt)}</p>{_list(self._labels(item, 'answers'))}"
            html += f"<p>{_WHY}</p>{_list(self._labels(item, 'reasons'))}"
        words = ", ".join(f"{number} {word}" for number, word in CONFIDENCE.items())
        return f"{html}<p>{_SURE} {words}</p>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        return as_kept(bundle | {"text/plain": repr(self), "text/html": self._repr_html_()})


class _Row:
    """One item as widgets. It keeps the answer as soon as all three parts are chosen."""

    def __init__(self, item, labels, keep, done, closed):
        import ipywidgets as widgets

        self.item, self._keep, self._quiet = item, keep, False
        numbers = [(f"{number} {word}", number) for number, word in CONFIDENCE.items()]
        self.radios = [
            *(_radio(options, closed) for options in labels),
            _radio(numbers, closed),
        ]
        for part, radio in zip(("answer", "reason", "confidence"), self.radios, strict=True):
            radio.add_class(f"ce-{item.id.replace('.', '-')}-{part}")
            radio.observe(self._changed, "value")
        self.status = widgets.HTML(live_region(""))
        self.widget = widgets.VBox(
            [
                widgets.HTML(f'<p><b role="heading" aria-level="3">{item.id}</b> {escape(item.prompt)}</p>'),
                self.radios[0],
                widgets.HTML(f"<p>{item.id}. {_WHY}</p>"),
                self.radios[1],
                widgets.HTML(f"<p>{item.id}. {_SURE}</p>"),
                self.radios[2],
                self.status,
            ]
        )
        self.show(done)

    def show(self, done):
        """Show what is kept, and do not keep it again."""
        if done is None:
            return
        self._quiet = True
        for radio, value in zip(self.radios, (done.answer, done.reason, done.confidence), strict=True):
            radio.value = value
        self._quiet = False

    def _changed(self, change):
        values = [radio.value for radio in self.radios]
        if not self._quiet and None not in values:
            self.status.value = live_region(escape(self._keep(self.item.id, *values).text))


def _radio(options, closed):
    import ipywidgets as widgets

    return widgets.RadioButtons(
        options=options,
        value=None,
        disabled=closed,
        layout={"width": "auto"},
        style={"description_width": "0"},
    )


def _list(labels):
    items = "".join(f"<li>{escape(label)}</li>" for label, _ in labels)
    return f'<ul style="list-style: none">{items}</ul>'


def _words_html():
    words = "".join(f"<li><b>{escape(word)}</b>: {escape(meaning)}</li>" for word, meaning in WORDS.items())
    return f"<details><summary>Words that the items use</summary><ul>{words}</ul></details>"


def _confidence(given_as):
    """Return 1 to 4 from a number or a word, else None."""
    if isinstance(given_as, str):
        text = given_as.strip().lower()
        return next((number for number, word in CONFIDENCE.items() if text in (word, str(number))), None)
    is_number = isinstance(given_as, int) and not isinstance(given_as, bool)
    return given_as if is_number and given_as in CONFIDENCE else None
