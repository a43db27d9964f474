"""The widget of the quiz: a question with controls for its kind. It judges and records nothing itself."""

import asyncio
from contextlib import contextmanager
from html import escape

import ipywidgets as widgets
from IPython import get_ipython

from collapse_edu.course.desk import live
from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.course.quiz import bank, commands
from collapse_edu.course.quiz.order import learner_again
from collapse_edu.course.quiz.question import (
    Function,
    MultipleChoice,
    Numeric,
    Ordering,
    Question,
    SingleChoice,
    UnreadableError,
    Verdict,
    is_blank,
)

__all__ = ["Asked", "ask"]

_PATIENCE = 5.0  # seconds to wait for a browser that does not answer; the way there and back takes about 0.05


def ask(question: str, again: bool = False) -> "Asked | commands.Message":
    """Show a question with controls to answer it, by mouse or by keyboard.

    What is answered here and what is answered with :func:`check` counts alike.

    Parameters
    ----------
    question : str
        Its id, such as ``"M2.03"``.
    again : bool
        Ask for review what was asked before, with fresh numbers: other ones each time that you were right. The answers
        are kept, and are no answers to the quiz.

    Returns
    -------
    Asked
        Or one line, if the course has no such question.

    Examples
    --------
    >>> asked = ask("M2.01")
    >>> asked.answer = "o4"  # its fourth option in the bank; a letter means what you see
    >>> asked.check().right
    True
    >>> ask("M2.99").text.startswith("M2.99: question must be one of")
    True
    """
    try:
        found = bank.question(question)
    except ValueError as error:
        return commands.Message(f"{question!s:.60}: {error}")
    return Asked(found, again)


class Asked:
    """A question on the screen: the prompt with the learner's numbers, controls, three buttons, and what they say.

    The last answer in the record is there again; its verdict is not, until it is checked again.

    Parameters
    ----------
    question : Question
    again : bool
        With fresh numbers.

    Attributes
    ----------
    learner : str
        Whose numbers are shown.
    again : int
        How many times the question has come back; 0 for the question of the quiz.
    widget : ipywidgets.VBox
    """

    def __init__(self, question: Question, again: bool = False):
        self.question = question
        self.learner = self._owner = None
        self.again = _times_recalled(Record(), question) + 1 if again else 0
        self._presses = 0
        self._echo = _Echo()
        self._asked_twice = False
        self._verdict, self._help = widgets.HTML(), widgets.HTML()
        self.widget = widgets.VBox()
        for widget, name in ((self._verdict, "ce-verdict"), (self._help, "ce-help"), (self.widget, "ce-question")):
            widget.add_class(name)
        self.widget.add_class(f"ce-question-{question.id.replace('.', '-')}")
        self._buttons = widgets.HBox(
            [
                self._button("check", self._check_soon, "primary"),
                self._button("hint", self.hint),
                self._button("solution", self.solution),
            ],
            layout={"flex_flow": "row wrap", "margin": "8px 0"},
        )
        self._lay_out(Record())
        live.take_place(self, question.id)

    @property
    def answer(self) -> object:
        """What the controls hold, as it is kept; None where that is nothing yet. Set to letters, it takes these."""
        return self._controls.answer

    @answer.setter
    def answer(self, answer: object) -> None:
        self._controls.fill(self.question.as_kept(answer, self.learner))

    def check(self) -> Verdict | None:
        """Judge and record what the controls hold, show the verdict, and return it; None if the question changed."""
        with self._work(self._verdict) as goes_on:
            if not goes_on:
                return None
            self._asked_twice = False
            verdict = self._controls.missing() or commands.check(self.question.id, self.answer, self.again)
            self._show(self._verdict, verdict._repr_html_())
        return verdict

    def _check_soon(self):
        self._echo.then(self.check)

    def hint(self) -> commands.Message | None:
        """Show one more hint, and return what is shown."""
        with self._work(self._help) as goes_on:
            if not goes_on:
                return None
            self._asked_twice = False
            message = commands.hint(self.question.id, self.again)
            self._show(self._help, message._repr_html_())
        return message

    def solution(self) -> commands.Message | None:
        """Show the solution, and return what is shown: before an attempt, only if asked twice in a row."""
        with self._work(self._help) as goes_on:
            if not goes_on:
                return None
            if held := commands.held_back(self.question):
                message = held
            elif not self._asked_twice and not commands.answers(Record(), self.question, self.again):
                self._asked_twice = True
                message = commands.Message("No attempt yet. Show it without an attempt? Then press “solution” again.")
            else:
                self._asked_twice = False
                message = commands.solution(self.question.id, show=True, again=self.again)
            self._show(self._help, message._repr_html_())
        return message

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)
        self._echo.close()

    # --- what the learner sees -------------------------------------------------------------------------------

    def _lay_out(self, record):
        """Show the question with the numbers of the record's learner, and the last answer to it."""
        old = self.widget.children[:2]
        self._owner = record.learner
        self.learner = learner_again(self.question, self._owner, self.again)
        self._picture = self.question.picture(self.learner)
        self._controls = _controls(self.question, self.learner)
        self._controls.on_enter(self._check_soon)
        answered = commands.answers(record, self.question, self.again)
        if answered:
            self._controls.fill(answered[-1].get("answer"))
        self._verdict.value = _status(_again(answered) if answered else self._changed(record))
        self._help.value = _status("")
        prompt = widgets.HTML(STYLE + self._prompt())
        self.widget.children = [prompt, self._controls.widget, self._buttons, self._verdict, self._help]
        for widget in old:
            live.close_family(widget)

    def _prompt(self):
        """Return the prompt as HTML, with the picture and without the options."""
        shown = "" if self._picture is None else self._picture.to_read(f"Chart of question {self.question.id}")
        return (
            f'<div class="ce-prompt"><p><b>{self._title}</b> {escape(self.question.ask(self.learner))}</p>'
            f"{shown}<p><i>{escape(self._controls.how)}</i></p></div>"
        )

    @property
    def _title(self):
        return f"{self.question.id}, again:" if self.again else self.question.id

    def _changed(self, record):
        """Return a line where the learner has only answered what this question was before."""
        mine = [attempt for attempt in record.attempts(self.question.id) if attempt["learner"] == self._owner]
        return _CHANGED if mine and not self.again else ""

    def _button(self, name, act, style=""):
        button = widgets.Button(description=name, tooltip=f"{name}, question {self.question.id}", button_style=style)
        button.style.font_size = "15px"
        if style:
            button.style.button_color, button.style.text_color = "#00507d", "#ffffff"
        button.add_class(f"ce-{name}")
        button.on_click(lambda _: act())
        return button

    def _show(self, area, html):
        """Say something anew, also the same again: the text is replaced, so a screen reader reads it."""
        self._presses += 1
        area.value = f'<div data-press="{self._presses}">{html}</div>'

    @contextmanager
    def _work(self, area):
        """Run what a button does; say what fails. Yields False where the numbers had to be changed first."""
        try:
            record = Record()
            same = record.learner == self._owner
            if not same:  # somebody said who they are, or deleted the record
                self._lay_out(record)
                self._show(area, _status(f"The numbers are now those of {self.learner}. Read the question again."))
            yield same
        except KeyboardInterrupt:
            self._show(area, _status("Stopped. Nothing was judged."))
            raise
        except Exception as error:
            self._show(area, _status(f"That did not work: {type(error).__name__}: {error}"))
            raise

    # --- outside a live notebook -----------------------------------------------------------------------------

    def _repr_mimebundle_(self, include=None, exclude=None):
        choices = self.question.choices(self.learner)
        described = [self._picture.description] if self._picture is not None else []
        lines = [f"{self._title} {self.question.ask(self.learner)}", *described, self._controls.how]
        lines += [f"  {letter}) {text}" for letter, text in choices.items()]
        items = "".join(f"<li>{letter}) {escape(text)}</li>" for letter, text in choices.items())
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n".join(lines)
        bundle["text/html"] = self._prompt() + (f"<ul>{items}</ul>" if items else "")
        bundle = as_kept(bundle)
        if self.again:
            return bundle, {}
        # A saved notebook says what was shown, whose numbers, and in whose order: marking needs to know.
        return bundle, {"collapse_edu": {"learner": self.learner, **self.question.in_notebook}}


# ---------------------------------------------------------------- controls: one class for each kind of answer


class _Controls:
    """Controls for one kind of question: `widget`, `how` (to use it), `answer` (as it is kept)."""

    nothing = "There is no answer yet."  # what is said of it
    next_step = "Answer it, and press “check” again."

    def __init__(self, question, learner):
        self.question, self.learner = question, learner

    def fill(self, answer):
        """Show a kept answer; what makes no sense here is left out."""
        raise NotImplementedError

    def missing(self):
        """Return a verdict where there is nothing to judge, or None."""
        return Verdict(self.question.id, None, self.nothing, self.next_step) if is_blank(self.answer) else None

    def on_enter(self, act):
        """Call a function when the Enter key is pressed in a field."""


class _Lettered(_Controls):
    """Controls for what has ids."""

    def texts(self):
        """Return (id, text) of each one, in the learner's order."""
        texts = self.question.texts(self.learner)
        return [(name, texts[name]) for name in self.question.order(self.learner)]

    def labels(self):
        """Return (id, letter and text); the letter alone where the text is no more."""
        letters = self.question.letters(self.learner)
        return [
            (name, text if text.lower() == letter else f"{letter}) {text}")
            for letter, (name, text) in zip(letters, self.texts(), strict=True)
        ]

    def ids(self, answer):
        """Return the ids of a recorded answer: it is the learner's file, so it may hold anything."""
        try:
            return self.question.read(answer, self.learner)
        except UnreadableError:
            return []


class _OneOf(_Lettered):
    how = "Choose one. On the keyboard: Tab and Space."

    def __init__(self, question, learner):
        super().__init__(question, learner)
        options = [(label, name) for name, label in self.labels()]
        self.widget = widgets.RadioButtons(options=options, value=None, layout={"width": "auto"})

    @property
    def answer(self):
        return self.widget.value

    def fill(self, answer):
        names = self.ids(answer)
        self.widget.value = names[0] if names else None


class _AnyOf(_Lettered):
    how = "Choose all that hold. On the keyboard: Tab and Space."

    def __init__(self, question, learner):
        super().__init__(question, learner)
        self._boxes = {
            name: widgets.Checkbox(description=label, indent=False, layout={"width": "auto"})
            for name, label in self.labels()
        }
        self.widget = widgets.VBox(list(self._boxes.values()))

    @property
    def answer(self):
        return [name for name in self.question.ids if self._boxes[name].value] or None

    def fill(self, answer):
        names = self.ids(answer)
        for name, box in self._boxes.items():
            box.value = name in names


class _Number(_Controls):
    def __init__(self, question, learner):
        super().__init__(question, learner)
        such = f"in {question.unit}" if question.unit else "such as 0.25, 1/4, 2.5e-1 or 25 %"
        self.how = f"Give a number, {such}; three digits are enough. The Enter key checks it."
        # The number comes as a whole, when Enter is pressed or the field is left. Letter by letter, a busy browser may
        # hold the last ones back, but not the key.
        self.field = widgets.Text(
            description="answer", continuous_update=False, layout={"width": "240px"}, style={"font_size": "15px"}
        )
        self.widget = widgets.HBox([self.field, widgets.Label(question.unit)])

    @property
    def answer(self):
        return self.field.value

    def on_enter(self, act):
        self.field.on_msg(lambda field, content, buffers: act() if content.get("event") == "submit" else None)

    def fill(self, answer):
        is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
        self.field.value = answer if isinstance(answer, str) else f"{answer:.12g}" if is_number else ""


class _Order(_Lettered):
    """Items that move by buttons: JupyterLab takes the arrow keys away from a drop-down list."""

    how = "Move the items up and down. The first is on top."
    nothing = "Nothing is moved yet."

    def __init__(self, question, learner):
        super().__init__(question, learner)
        self._items = dict(self.texts())
        self._order, self._moved = list(self._items), False
        places = range(len(self._order))
        self._rows = [widgets.HTML() for _ in places]
        self._ups = [self._mover("up", place, place - 1) for place in places]
        self._downs = [self._mover("down", place, place + 1) for place in places]
        self._said = widgets.HTML()
        self._said.add_class("ce-moved")
        rows = [widgets.HBox(row) for row in zip(self._ups, self._downs, self._rows, strict=True)]
        for row in rows:
            row.add_class("ce-order")
        self.widget = widgets.VBox([*rows, self._said])
        self._draw()

    @property
    def answer(self):
        return list(self._order) if self._moved else None

    def fill(self, answer):
        names = self.ids(answer)
        if names:
            self._order, self._moved = names, True
            self._draw()

    def _mover(self, name, place, other):
        button = widgets.Button(description=name, layout={"width": "4.5em"})
        button.style.font_size = "15px"
        button.add_class(f"ce-{name}")
        button.on_click(lambda _: self._move(name, place, other))
        return button

    def _move(self, name, place, other):
        """Swap two neighbours; the keyboard goes along with the item.

        At an end the same button stays, and does nothing: one press too many must not undo the one before.
        """
        order = self._order
        if not 0 <= other < len(order):
            self._said.value = _status(f"{self._items[order[place]]}: number {place + 1} of {len(order)} already.")
            return
        order[place], order[other] = order[other], order[place]
        self._moved = True
        self._draw()
        (self._ups if name == "up" else self._downs)[other].focus()
        self._said.value = _status(f"{self._items[order[other]]}: now number {other + 1} of {len(order)}.")

    def _draw(self):
        for number, (item, row, up, down) in enumerate(
            zip(self._order, self._rows, self._ups, self._downs, strict=True), 1
        ):
            row.value = f'<div class="ce-prompt">{number}. {escape(self._items[item])}</div>'
            up.tooltip, down.tooltip = (f"move {name}: {self._items[item]}" for name in ("up", "down"))
        self._said.value = _status("")


class _InCell(_Controls):
    """The answer is a function in the learner's notebook."""

    next_step = "Write it in the answer cell below, and run that cell."

    def __init__(self, question, learner):
        super().__init__(question, learner)
        self.nothing = f"There is no {question.name} yet."
        self.how = f"Write {question.name} in the answer cell below, and run that cell. “check” tries it once more."
        self.widget = widgets.HTML(f'<pre class="ce-starter">{escape(question.starter)}</pre>')

    @property
    def answer(self):
        return getattr(get_ipython(), "user_ns", {}).get(self.question.name)

    def fill(self, answer):
        """Leave the answer cell as it is."""


_KINDS = {MultipleChoice: _AnyOf, SingleChoice: _OneOf, Numeric: _Number, Ordering: _Order, Function: _InCell}


def _controls(question, learner):
    return next(kind for asked, kind in _KINDS.items() if isinstance(question, asked))(question, learner)


def _times_recalled(record, question):
    """Return how many times the learner was right when a question came back."""
    asked = [event for event in record.events(question.id) if event["what"] == "recall"]
    return len({event["again"] for event in asked if event.get("right") is True and type(event.get("again")) is int})


def _status(text):
    return live_region(escape(text))


_CHANGED = "The question has changed since you answered it. Answer it again."


_KNOWN = {True: ", and the last answer is right", False: ", and the last answer is not right yet"}


def _again(answered):
    times = "once" if len(answered) == 1 else f"{len(answered)} times"
    right = answered[-1].get("right")
    known = _KNOWN[right] if isinstance(right, bool) else ""
    return f"You have answered this {times}{known}. “check” judges the answer again."


# ---------------------------------------------------------------- between browser and kernel


class _Echo:
    """Do something once all changes that were made in the browser have come.

    A browser holds a change back while an earlier one of the same widget is on its way, but not a pressed button: the
    button can overtake what was typed last. So a number is sent to the browser, where a link sends it back; what was
    held back comes before it.
    """

    def __init__(self):
        self._call, self._return = widgets.IntText(), widgets.IntText()
        self._call.link = widgets.jslink((self._call, "value"), (self._return, "value"))
        self._return.observe(lambda change: self._act(), "value")
        self._timer = self._task = None

    def then(self, act):
        """Do it soon, or at once outside a live notebook; what is asked for while another waits is dropped."""
        if self._task is not None:
            return
        self._task = act
        if live.kernel() is None:
            self._act()
        else:
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._act)
            self._call.value += 1

    def close(self):
        self._task = None
        for widget in (self._call, self._return):
            live.close_family(widget)

    def _act(self):
        task, self._task = self._task, None
        if self._timer is not None:
            self._timer.cancel()
        if task is not None:
            task()
