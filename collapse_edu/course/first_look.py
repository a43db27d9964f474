"""The screens that M0 opens with: press, and see what models make of what models made.

Nothing is trained here. Pictures, passages and counts were recorded from the loop itself (``lessons/record``), so the
first press answers at once, and the same is seen everywhere. This module stays light: it is the first that a learner
waits for.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO

import ipywidgets as widgets
import numpy as np

from collapse_edu.course.desk import live
from collapse_edu.course.desk.style import STYLE, as_kept, live_region
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.prediction import predict
from collapse_edu.datasets import recorded_text, recorded_vae

__all__ = ["WatchDigits", "WatchTheSwitch", "WatchWords"]

REAL_DIGITS = "3, 8, 1, 0, 4, 0, 9, 3"  # the first eight of MNIST in the course's order
SHOWN_MODELS = (0, 1, 3, 5, 7, 9, 11, 16)  # of the writers; 0 is the novel
_GUESS = "M0.p1"
_LAST = "That was the last model"
_ROWS, _GAP = 8, 3  # digits in a column, and white pixels between them
_SECONDS = 0.35  # between two columns of a replay
_NUMERALS = {2: "Two", 5: "Five"}


@dataclass(frozen=True)
class Frame:
    """What is seen after a press.

    Attributes
    ----------
    html : str
    still : str
        The same where no style is kept, as on a code host.
    words : str
    invitation : str
        What the button says then.
    """

    html: str
    still: str
    words: str
    invitation: str


class Screen:
    """Frames, one a press: the base of the screens of M0.

    At the last frame a box appears that moves back and forth in the browser, without a kernel.

    Parameters
    ----------
    question : str
        What stands above the first picture where nothing can be pressed.
    frames : list of Frame
    step : str
        What the box counts.
    numbers : list of str
        All that the screen shows, in words: what is compared when the notebook is built anew.
    after : ipywidgets.Widget, optional
        What appears with the last frame.
    """

    def __init__(
        self,
        question: str,
        frames: Sequence[Frame],
        step: str,
        numbers: Sequence[str],
        after: widgets.Widget | None = None,
    ) -> None:
        self.question, self.frames, self.numbers = question, frames, numbers
        self._stack = widgets.Stack([widgets.HTML(frame.html) for frame in frames], selected_index=0)
        self._button = widgets.Button(description=frames[0].invitation, button_style="primary")
        self._button.add_class("ce-press")
        self._button.on_click(lambda _: self.press())
        self._box = _look_back(0, len(frames) - 1, step)
        self._said = widgets.HTML()
        self._said.add_class("ce-only-heard")
        self._after = [self._box, *([after] if after else [])]
        for part in self._after:
            part.layout.display = "none"
        self._stack.observe(self._arrived, "selected_index")
        seen = widgets.HBox([widgets.VBox([self._stack, self._button, self._box]), *self._after[1:]])
        seen.add_class("ce-sides")
        self.widget = widgets.VBox([seen, self._said, widgets.HTML(STYLE, layout={"display": "none"})])
        self.widget.add_class("ce-first")
        self.widget.link = widgets.jslink((self._stack, "selected_index"), (self._box, "value"))
        live.take_place(self)

    def press(self) -> None:
        """Show the next frame; the last one stays."""
        self._stack.selected_index = min(self._stack.selected_index + 1, len(self.frames) - 1)

    def close(self) -> None:
        """Give all widgets back."""
        live.close_family(self.widget)

    def _arrived(self, change):
        frame = self.frames[change["new"]]
        self._button.description, self._button.disabled = frame.invitation, frame is self.frames[-1]
        self._said.value = live_region(escape(frame.words))
        if frame is self.frames[-1]:
            for part in self._after:
                part.layout.display = None

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n".join([self.question, *self.numbers])
        bundle["text/html"] = _folded(self.question, self.frames[0].still, self.frames[-1].still)
        return as_kept(bundle)


def _folded(question, first, last):
    """Return what stands where nothing can be pressed: the question, the first picture, and the last one folded."""
    return (
        f"<p>{escape(question)}</p>{first}<details><summary>What happened</summary>{last}</details>"
        "<p><i>No button to press? Open this notebook with the start command of the course, and run it.</i></p>"
    )


def _look_back(value, most, name):
    """Return a box with a name that says it to screen readers, too; it is linked to what it moves."""
    box = widgets.BoundedIntText(value, 0, most, description=name, style={"description_width": "auto"})
    box.add_class("ce-look-back")
    return box


class WatchDigits(Screen):
    """Show eight real digits; each press lets the next model learn what the last one made.

    Ten models later it asks what went wrong, and keeps the guess in the record.

    Examples
    --------
    >>> screen = WatchDigits()
    >>> for _ in range(10):
    ...     screen.press()
    >>> screen.frames[10].words
    'Model 10, cleaned-up pictures (M4): all look alike. Same network, 10,000 images each time. What went wrong?'
    """

    def __init__(self) -> None:
        self._guess = Guess()
        super().__init__(
            "Eight real digits. A model learns 10,000 such digits, and makes 10,000 new ones. The next model learns "
            "those, and so on. What do eight of them look like after ten models?",
            _digits("means"),
            "model",
            [_kinds("means"), *self._guess.lines],
            self._guess.widget,
        )

    def close(self) -> None:
        """Give all widgets back."""
        self._guess.close()
        super().close()


class WatchWords(Screen):
    """Show a passage of a novel, and what models write that learn from each other; with a count of different words.

    Examples
    --------
    >>> screen = WatchWords()
    >>> screen.frames[0].words
    'Moby-Dick, by Herman Melville: 17,410 different words.'
    """

    def __init__(self) -> None:
        counts = recorded_text().words["replace"]
        numbers = [f"Model {t}: {counts[t]:,} different words." for t in SHOWN_MODELS[1:]]
        question = (
            "A model learns a novel and writes as much text. The next model learns that, and so on. How many different "
            "words are left after sixteen models?"
        )
        super().__init__(question, _writers(), "look back", [_passage_of(0)[2], *numbers, _passage_of(16)[1]])


class WatchTheSwitch:
    """Show the digits once more, with a switch: half of what each model learns stays real.

    Turning the switch plays the ten models. The box moves through them in the browser, without a kernel.

    Examples
    --------
    >>> screen = WatchTheSwitch()
    >>> screen.turn(True)
    >>> "It holds" in screen.answer
    True
    """

    question = "And if half of the 10,000 images that each model learns stay real?"

    def __init__(self) -> None:
        dropped, kept = _digits("means", _DROPPED), _digits("preserved", _KEPT)
        self._films = dropped, kept
        stacks = [widgets.Stack([widgets.HTML(f.html) for f in film], selected_index=10) for film in self._films]
        self._stack = widgets.Stack(stacks, selected_index=0)
        self._switch = widgets.ToggleButtons(
            options=["Learn only from the last model", "Keep the real data: half of each 10,000"],
            style={"button_width": "auto"},
        )
        self._switch.add_class("ce-switch")
        self._box = _look_back(10, 10, "model")
        self._answer = widgets.HTML()
        self._answer.add_class("ce-answer")
        self._switch.observe(live.at_home(self._turned), "index")
        self._task: asyncio.Task | None = None
        seen = widgets.HBox([widgets.VBox([self._stack, self._box]), self._answer])
        seen.add_class("ce-sides")
        self.widget = widgets.VBox([self._switch, seen, widgets.HTML(STYLE, layout={"display": "none"})])
        self.widget.add_class("ce-first")
        self.widget.link = [
            widgets.jslink((self._switch, "index"), (self._stack, "selected_index")),
            *(widgets.jslink((self._box, "value"), (stack, "selected_index")) for stack in stacks),
        ]
        live.take_place(self)

    def turn(self, kept: bool) -> None:
        """Turn the switch: whether real data are kept."""
        self._switch.index = int(kept)

    @property
    def answer(self) -> str:
        """What is shown below the picture, as HTML."""
        return self._answer.value

    def close(self) -> None:
        """Stop the replay, and give all widgets back."""
        if self._task is not None:
            self._task.cancel()
        live.close_family(self.widget)

    def _turned(self, change):
        if self._task is not None:
            self._task.cancel()
        self._answer.value = ""
        if live.kernel() is None:
            self._tell(change["new"])
        else:
            self._task = asyncio.get_running_loop().create_task(self._replay(change["new"]))

    async def _replay(self, kept):
        for t in range(11):
            self._box.value = t
            await asyncio.sleep(_SECONDS)
        self._tell(kept)

    def _tell(self, kept):
        self._answer.value = live_region(_payoff() if kept else "")

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        bundle["text/plain"] = "\n".join([self.question, _kinds("preserved"), *_in_words()])
        told = "".join(f"<p>{escape(line)}</p>" for line in _in_words())
        before, after = (film[-1].still for film in self._films)
        bundle["text/html"] = _folded(self.question, before, after + told)
        return as_kept(bundle)


class Guess:
    """What went wrong? The prediction M0.p1 as a plain choice: a click keeps it, until the switch has answered it."""

    def __init__(self) -> None:
        self._prediction = predict(_GUESS)
        options = [(option.text, number) for number, option in self._prediction.shown("outcomes")]
        self._radio = widgets.RadioButtons(options=options, value=None, layout={"width": "auto"})
        self._thanks = widgets.HTML()
        self._show()
        self._radio.observe(self._keep, "value")
        self._stop_watching = self._prediction.watch(self._show)
        prompt = widgets.HTML(f"<p><b>{escape(self._prediction.prompt)}</b></p>")
        self.widget = widgets.VBox([prompt, self._radio, self._thanks])
        self.widget.add_class("ce-prediction")

    @property
    def lines(self) -> list[str]:
        """The question and its options, in the order of the bank."""
        return [self._prediction.prompt, *(f"  {option.text}" for option in self._prediction.outcomes)]

    def close(self) -> None:
        """Watch no longer."""
        self._stop_watching()

    def _keep(self, change):
        self._prediction.choose(change["new"])

    def _show(self):
        choice = self._prediction.choice
        if choice is not None:
            self._radio.value = choice.outcome
            self._thanks.value = live_region("Your guess is kept. The third screen comes back to it.")
        self._radio.disabled = choice is not None and self._prediction.revealed


# ---------------------------------------------------------------- digits

_CAPTIONS = {
    0: "Eight of 10,000 real digits.",
    1: "Eight of 10,000 that model 1 made.",
    10: "Model 10, cleaned-up pictures (M4): all look alike.",
}
_DROPPED = {10: "Each model learned only the last one's cleaned-up pictures (M4)."}
_KEPT = {t: f"Model {t} learned 5,000 real digits, and 5,000 that model {t - 1} made." for t in range(2, 11)} | {
    1: "Model 1 learned 10,000 real digits."
}


@cache
def _columns(film):
    """Return eleven columns of eight digits: real ones, and the means that models 1 to 10 hand on; dark ink."""
    recorded = recorded_vae()
    rows = [recorded.real, *recorded.films[film]]
    return [_column(images[:_ROWS].reshape(_ROWS, *recorded.shape)) for images in rows]


def _column(images):
    """Return images one below the other."""
    height, width = images.shape[1:]
    column = np.ones((_ROWS * (height + _GAP) - _GAP, width))
    for row, image in enumerate(images):
        top = row * (height + _GAP)
        column[top : top + height] = 1 - image
    return column


@cache
def _pictures(film):
    """Return the columns as PNG."""
    return [_png(column) for column in _columns(film)]


def _png(grey):
    """Return a grey picture as a data URI of 16 greys."""
    from PIL import Image

    picture = Image.fromarray((grey * 15).round().astype(np.uint8) * np.uint8(17))
    buffer = BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _digits(film, captions=None):
    """Return eleven frames: each has one column more than the last one."""
    said = _CAPTIONS | (captions or {})
    return [_strip(film, t, said.get(t, f"Model {t} learned from model {t - 1}.")) for t in range(11)]


def _strip(film, t, caption):
    kinds = f"{_about(film, t)} among 10,000." if t else f"They are {REAL_DIGITS}."
    label, said = escape(f"{caption} {kinds}"), f'<p class="ce-caption">{escape(caption)}</p>'
    names = ["real", *map(str, range(1, t + 1))]
    columns = "".join(
        f'<div><span>{name}</span><img src="{uri}" alt="" aria-hidden="true"></div>'
        for name, uri in zip(names, _pictures(film), strict=False)
    )
    html = f'<div class="ce-strip" role="img" aria-label="{label}">{columns}</div>{said}'
    whole = np.hstack([np.pad(column, ((0, 0), (0, _GAP)), constant_values=1) for column in _columns(film)[: t + 1]])
    still = f'<img alt="{label}" src="{_png(whole)}" width="{whole.shape[1] * 3 // 2}">{said}'
    if t == 10:
        return Frame(html, still, f"{caption} {bank.prediction(_GUESS)['prompt']}", _LAST)
    invitation = "Let the next model learn those" if t else "Let a model learn these, and make new ones"
    return Frame(html, still, f"{caption} {kinds}", invitation)


def _about(film, t):
    """Return how many kinds of digit a model makes, in words."""
    kinds = round(_classes(film, t))
    return "About one kind of digit" if kinds == 1 else f"About {kinds} kinds of digit"


def _classes(film, t):
    return recorded_vae().effective_classes[film][t - 1]


def _kinds(film):
    found = ", ".join(f"{_classes(film, t):.1f}" for t in range(1, 11))
    return f"Kinds of digit among the 10,000 (effective number), models 1 to 10: {found}."


# ---------------------------------------------------------------- words

_HOW = (
    "Each model learned only the last one's text, and is a careful writer: it prefers likely words (M5). "
    "Another run ends in another phrase."
)


def _passage_of(t):
    """Return who writes, the passage, and how many different words, of generation t; 0 is the novel."""
    text, count = recorded_text().passages[t], recorded_text().words["replace"][t]
    who = f"Model {t}" if t else "Moby-Dick, by Herman Melville"
    return who, text, f"{who}: {count:,} different words."


def _writers():
    """Return a frame for each of the shown models."""
    most = recorded_text().words["replace"][0]
    frames = []
    for t, later in zip(SHOWN_MODELS, [*SHOWN_MODELS[1:], None], strict=True):
        who, text, words = _passage_of(t)
        count = recorded_text().words["replace"][t]
        html = (
            f'<div class="ce-writer"><p class="ce-who">{escape(who)}{" writes" if t else ""}</p>'
            f"<blockquote>{escape(text)} …</blockquote>"
            f'<p class="ce-count"><b>{count:,}</b> different words in the whole book</p>'
            f'<div class="ce-share" aria-hidden="true"><div style="width:{count / most:.2%}"></div></div></div>'
        )
        if later is None:
            html += f'<p class="ce-caption">{escape(_HOW)}</p>'
        frames.append(Frame(html, html, words, _next_writer(t, later)))
    return frames


def _next_writer(t, later):
    if later is None:
        return _LAST
    if t == 0:
        return "Let a model learn the book, and write a new one"
    return f"{_NUMERALS[later - t]} models later"


# ---------------------------------------------------------------- the switch


def _in_words():
    """Return what the switch does, in numbers: to the digits, and to the novel."""
    words = recorded_text().words
    whole, dropped, kept = words["replace"][0], words["replace"][-1], words["preserved"][-1]
    return [
        f"It holds. {_about('preserved', 10)} after ten models, instead of one.",
        f"With half of each training text kept real, the sixteenth model still writes {kept:,} of the novel's "
        f"{whole:,} different words, instead of {dropped}.",
        "This course explains that switch.",
    ]


def _payoff():
    """Return what the switch does, and what it says about the learner's guess, as HTML."""
    first, novel, course = map(escape, _in_words())
    guess = predict(_GUESS)
    guess.reveal()
    right = next(option for option in guess.outcomes if option.right)
    because = escape(f"{right.text} {right.why.removeprefix('Yes. ')}")
    if guess.choice is None:
        answer = [f"What went wrong? {because}"]
    elif (said := guess.outcomes[guess.choice.outcome - 1]) is right:
        answer = [f"<b>You guessed it:</b> {because}"]
    else:
        answer = [f"You guessed: “{escape(said.text)}” {escape(said.why)}", f"What the switch changed: {because}"]
    return "".join(f"<p>{line}</p>" for line in [f"<b>{first}</b>", *answer, novel, course])
