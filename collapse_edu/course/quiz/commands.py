"""What a learner calls in plain Python: ``check``, ``hint``, ``solution``, ``identify``. None of them raises."""

import dis
import inspect
import textwrap
from dataclasses import dataclass, replace
from html import escape
from math import isfinite

from collapse_edu.course.desk.plain_data import as_data
from collapse_edu.course.desk.record import Event, Record
from collapse_edu.course.desk.style import live_region
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.order import learner_again
from collapse_edu.course.quiz.question import Function, Question, SingleChoice, Verdict, is_blank
from collapse_edu.course.quiz.reading import short
from collapse_edu.course.quiz.release import why_held_back

__all__ = ["Message", "answers", "check", "held_back", "hint", "identify", "solution"]


def check(question: str, answer: object = None, again: int = 0) -> Verdict:
    """Judge an answer and record the attempt.

    Parameters
    ----------
    question : str
        Its id, such as ``"M2.03"``.
    answer : object
        As the prompt asks: letters (``"b"``, ``"a, c"``), a number (``0.25``, ``"1/4"``, ``"25 %"``), or your function.
        What cannot be read as an answer is not recorded, and counts for nothing. Without one, the verdict is that on
        your last answer.
    again : int
        Which of its fresh numbers the question was shown with, from 1; see :func:`ask`. Such an answer is a review,
        and never handed in.

    Returns
    -------
    Verdict
        With a reason and a next step. It is the same on every machine, because the recorded data are what is judged.

    Examples
    --------
    >>> check("M2.99", "a").right is None
    True
    """
    asked, fault = _find(question)
    if fault:
        return Verdict(_name(question), None, fault, "Look up the id above the question.")
    if fault := _bad_again(again):
        return Verdict(asked.id, None, fault, "Nothing was recorded.")
    record = Record()
    answered = answers(record, asked, again)
    if is_blank(answer) and (last := _last_verdict(answered)):
        return last
    learner = learner_again(asked, record.learner, again)
    try:
        given = as_data(asked.outputs(answer, learner) if isinstance(asked, Function) and callable(answer) else answer)
        older = _older_letters(answered)
        data = asked.as_kept(given, learner, older)
        letters = {"letters": older} if given == older and data != older else {}
        verdict = asked.judge(data, learner)
    except Exception as error:  # a key that fails here must not cost the answer
        reason = f"Your answer is kept, but it could not be judged here ({_line(error)})."
        verdict = Verdict(asked.id, None, reason, "Go on; it is judged when you hand in.")
        _keep(record, asked, as_data(answer), verdict, answer, again)
    else:
        if verdict.right is not None:
            _keep(record, asked, data, verdict, answer, again, **letters)
            verdict = replace(verdict, reason=f"{_chosen(asked, given, data, learner)}{verdict.reason}")
    return replace(verdict, next_step=f"{verdict.next_step} {record.notice()}".strip())


def answers(record: Record, question: Question, again: int = 0) -> list[Event]:
    """Return what the record's learner answered to a question as it is now.

    Parameters
    ----------
    record : Record
    question : Question
    again : int
        With which of its fresh numbers; 0 for those of the quiz.

    Returns
    -------
    list of dict
        Events, in the order of their times.
    """
    kind, learner = "recall" if again else "attempt", record.learner
    found = [event for event in record.events(question.id) if event["what"] == kind]
    mine = [event for event in found if event["learner"] == learner and event.get("again", 0) == again]
    return question.given_now(mine)


def hint(question: str, again: int = 0) -> "Message":
    """Give one more hint: each call climbs one step of the ladder.

    Parameters
    ----------
    question : str
        Its id.
    again : int
        Which of its fresh numbers the question was shown with; see :func:`check`.

    Returns
    -------
    Message
        All hints so far.

    Examples
    --------
    >>> hint("M2.99").text.startswith("M2.99: question must be one of")
    True
    """
    asked, fault = _find(question)
    if fault:
        return Message(f"{_name(question)}: {fault}")
    if fault := _bad_again(again):
        return Message(f"{asked.id}: {fault}")
    record = Record()
    hints = asked.ladder(learner_again(asked, record.learner, again))
    given = sum(event["what"] == "hint" for event in record.events(asked.id))
    if given < len(hints):
        record.add("hint", asked.id, number=given + 1)
    shown = hints[: given + 1]
    more = f"That was the last hint. {_after_hints(asked)}" if given + 1 >= len(hints) else ""
    title = f"{asked.id}, hint {len(shown)} of {len(hints)}:" if hints else f"{asked.id} has no hints."
    return Message(title, tuple(shown), f"{more if hints else ''} {record.notice()}".strip())


def solution(question: str, show: bool = False, again: int = 0) -> "Message":
    """Show the solution with the reasoning, after an attempt or on request.

    An instructor may hold it back until a date; see :mod:`.release`. What you hand in says whether you had seen it
    before you answered.

    Parameters
    ----------
    question : str
        Its id.
    show : bool
        Whether to show it before an attempt.
    again : int
        Which of its fresh numbers the question was shown with; see :func:`check`.

    Returns
    -------
    Message

    Examples
    --------
    >>> solution("M2.99").text.startswith("M2.99: question must be one of")
    True
    """
    asked, fault = _find(question)
    if fault:
        return Message(f"{_name(question)}: {fault}")
    if fault := _bad_again(again):
        return Message(f"{asked.id}: {fault}")
    if held := held_back(asked):
        return held
    record = Record()
    if not show and not record.attempts(asked.id):
        say = f'Try it first: check("{asked.id}", your_answer). Or ask for it: solution("{asked.id}", show=True).'
        return Message(f"{asked.id}: no attempt yet.", (), say)
    try:
        text = asked.solve(learner_again(asked, record.learner, again))
    except Exception as error:
        return Message(f"{asked.id}: the solution could not be computed here ({_line(error)}).")
    record.add("solution", asked.id)
    return Message(f"{asked.id}, solution:", (text,), record.notice())


def held_back(question: Question) -> "Message | None":
    """Return what is said in place of a solution that is held back; None where it may be shown."""
    why = why_held_back(question.id)
    return Message(f'{question.id}: {why} Until then, hint("{question.id}") helps.') if why else None


def identify(name: str | int) -> "Message":
    """Say who you are: the name goes into what you hand in.

    It changes nothing else: the numbers in your questions, and the order of their options, stay as they are.

    Parameters
    ----------
    name : str or int
        As your instructor asks: a name, a number, an e-mail address.

    Returns
    -------
    Message

    Examples
    --------
    >>> identify("Ada")
    You are Ada. What you hand in says so; nothing else changes.
    >>> identify("a/b").text
    'name must be 1 to 80 printable characters without / \\\\ : * ? " < > |; got \\'a/b\\''
    """
    record = Record()
    try:
        record.identify(name)
    except ValueError as error:
        return Message(str(error))
    return Message(f"You are {record.name}. What you hand in says so; nothing else changes.", (), record.notice())


@dataclass(frozen=True, repr=False)
class Message:
    """What a command says: a line, items below it, and a line after them."""

    text: str
    items: tuple[str, ...] = ()
    after: str = ""

    def __repr__(self):
        return "\n".join([self.text, *(f"  {item}" for item in self.items), *([self.after] if self.after else ())])

    def _repr_html_(self):
        items = "".join(f"<li>{escape(item)}</li>" for item in self.items)
        parts = [f"<p>{escape(self.text)}</p>", f"<ol>{items}</ol>" if len(self.items) > 1 else ""]
        parts += [f"<p>{escape(item)}</p>" for item in self.items if len(self.items) == 1]
        parts += [f"<p>{escape(self.after)}</p>"] if self.after else []
        return live_region("".join(parts))


def _find(question):
    """Return the question and no fault, or None and the fault."""
    try:
        return bank.question(question), ""
    except Exception as error:
        said = str(error)[:300] if isinstance(error, ValueError) else _line(error)
        return None, said if said.endswith("?") else f"{said}."


def _after_hints(asked):
    why = why_held_back(asked.id)
    return f"{why[:1].upper()}{why[1:]}" if why else f'solution("{asked.id}") shows the solution.'


def _last_verdict(answered):
    """Return the verdict on the last of some recorded answers; None where there is none."""
    right = answered[-1].get("right") if answered else None
    return Verdict(answered[-1]["question"], right, "", above=True) if isinstance(right, bool) else None


def _older_letters(answered):
    """Return what an older version kept as the last answer: the cell that holds it may run again."""
    last = answered[-1] if answered else {}
    return last.get("letters", last.get("answer"))


def _chosen(asked, given, data, learner):
    """Return which option was read from the letter of a choice; a letter is another one for each learner."""
    if not isinstance(asked, SingleChoice) or given == data:
        return ""
    words = asked.in_words(data, learner)
    return f"You chose: {words}{'' if words.endswith(('.', '?', '!')) else '.'} "


_MOST_AGAIN = 1_000  # no question comes back more often in any course; each time costs some work


def _bad_again(again):
    """Return what is wrong with the number of a review, or None."""
    if type(again) is int and 0 <= again <= _MOST_AGAIN:
        return None
    return f"again must be a whole number from 0 to {_MOST_AGAIN}; got {short(again)}."


def _keep(record, asked, data, verdict, answer, again, **more):
    source = {"source": _source(answer)} if callable(answer) else {}
    misconception = {"misconception": verdict.misconception} if verdict.misconception else {}
    told = {"right": verdict.right, "hash": asked.content_hash} | misconception | source | more
    if again:
        record.add("recall", asked.id, answer=data, again=again, **told)
    else:
        record.add("attempt", asked.id, answer=data, **told)


def _source(function):
    """Return a function's text, after that of what it uses; None where Python does not know it."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except Exception:
        return None
    try:
        return "".join([*_uses(function, {function.__name__}), source])
    except Exception:  # a class, or what was typed where no text is kept
        return source


def _uses(function, seen):
    """Yield the texts of what a function uses from other cells: modules, what is in them, numbers, functions."""
    for name in sorted(_global_names(function) & function.__globals__.keys() - seen):
        seen.add(name)
        yield from _definition(name, function.__globals__[name], function.__module__, seen)


def _global_names(function):
    """Return the names that a function, and those defined in it, look up outside of themselves."""
    codes = [function.__code__]
    for code in codes:
        codes += filter(inspect.iscode, code.co_consts)
    return {step.argval for code in codes for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}


def _definition(name, value, here, seen):
    """Yield the texts that give a name its value in another place than `here`; none for other kinds of values."""
    home = getattr(value, "__module__", None)
    if inspect.ismodule(value):
        yield f"import {value.__name__} as {name}\n"
    elif type(value) in (int, float) and isfinite(value):
        yield f"{name} = {value!r}\n"
    elif inspect.isfunction(value) and home == here:
        yield from _uses(value, seen)
        yield f"{textwrap.dedent(inspect.getsource(value))}\n"
    elif home and home != here and hasattr(value, "__name__"):
        yield f"from {home} import {value.__name__} as {name}\n"


def _name(question):
    return " ".join(str(as_data(question)).split())[:60]


def _line(error):
    return " ".join(f"{type(error).__name__}: {as_data(str(error))}".split())[:200]
