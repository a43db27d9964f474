"""A learner's function, tried on inputs: what it gives, as data, whatever it does."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from copy import deepcopy
from decimal import Decimal
from io import TextIOBase
from math import isclose, isnan
from numbers import Real
from pathlib import Path
from time import monotonic

import collapse_edu
from collapse_edu.course.quiz.reading import text_of

__all__ = ["STALLED", "TOO_MANY", "close", "outcomes", "same"]

STALLED = "Stalled: "  # how an error begins that says that there was no time left
TOO_MANY = "<too many: "  # how a value begins that says how many values came where they were too many to look at
_MOST = 100_000  # values in one list
_LIBRARIES = (sys.prefix, sys.base_prefix, str(Path(collapse_edu.__file__).parent))  # their lines are not watched
_SECONDS = 10.0  # for all inputs together; a right answer takes a hundredth of it


def outcomes(function: Callable, cases: Sequence[tuple], seconds: float = _SECONDS) -> list[dict[str, object]]:
    """Return what a function gives on all cases, as data. It is the learner's: whatever it does, this does not raise.

    Parameters
    ----------
    function : callable
    cases : sequence of tuple
        The arguments of each call. The function gets copies of them.
    seconds : float
        For all calls together. Where something else watches each line, such as a debugger, there is no limit. What
        never comes back to Python, such as ``sum(itertools.count())``, cannot be stopped.

    Returns
    -------
    list of dict
        ``value``, or ``error`` in words. Beside a value there may be ``again``, what a second call with the same
        arguments gave if that is something else, with ``changed``, the places of the arguments that the first one
        changed; and ``printed``, what was printed where None came back.

    Examples
    --------
    >>> outcomes(lambda a, b: a / b, [(1, 2), (1, 0)])
    [{'value': 0.5}, {'error': 'ZeroDivisionError: division by zero'}]
    >>> outcomes(lambda bag: bag.pop(), [([1, 2],)])
    [{'value': 2, 'again': 1, 'changed': [0]}]
    """
    try:
        with _limited(seconds):
            return [_outcome(function, deepcopy(arguments)) for arguments in cases]
    except _StalledError:
        return [{"error": f"{STALLED}it was not done in {seconds:g} s"} for _ in cases]


def same(mine: dict, right: dict, tolerance: float, *, twice: bool = True) -> bool:
    """Return whether one outcome is another one; with `twice`, that of a second call, too."""
    if "value" not in mine or "value" not in right:
        return _kind_of_error(mine) == _kind_of_error(right)
    names = [name for name in ("value", "again")[: 1 + twice] if name in mine or name in right]
    return all(close(mine.get(name), right.get(name, right["value"]), tolerance) for name in names)


def _kind_of_error(outcome):
    return str(outcome.get("error")).partition(":")[0] if "value" not in outcome else None


def close(mine: object, right: object, tolerance: float) -> bool:
    """Return whether values are equal, numbers within a tolerance relative to them (a thousandth of it next to 0)."""
    if isinstance(right, list):
        if not isinstance(mine, list) or len(mine) != len(right):
            return False
        return all(close(a, b, tolerance) for a, b in zip(mine, right, strict=True))
    if isinstance(right, bool | str) or right is None:
        return type(mine) is type(right) and mine == right
    return _close_number(mine, right, tolerance)


def _close_number(mine, right, tolerance):
    if isinstance(mine, bool) or not isinstance(mine, int | float):
        return False
    try:
        return isclose(mine, right, rel_tol=tolerance, abs_tol=tolerance * 1e-3) or (isnan(mine) and isnan(right))
    except OverflowError:  # an int that is too large
        return False


# ---------------------------------------------------------------- one call


def _outcome(function, arguments):
    before, heard = deepcopy(arguments), _Overheard(sys.stdout)
    try:
        with redirect_stdout(heard):
            value = _plain(function(*arguments))
    except (Exception, SystemExit) as error:
        return {"error": _in_words(error)}
    if value is None and heard.text:
        return {"value": None, "printed": heard.text}
    changed = [place for place, (new, old) in enumerate(zip(arguments, before, strict=True)) if new != old]
    return {"value": value} | _once_more(function, arguments, value, changed)


def _once_more(function, arguments, value, changed):
    """Return what a second call with the same lists gives, if that is something else."""
    if not any(isinstance(argument, list) for argument in arguments):
        return {}
    try:
        with redirect_stdout(_Overheard(None)):
            again = _plain(function(*arguments))
    except (Exception, SystemExit) as error:
        again = _in_words(error)
    is_new = text_of(repr, again) != text_of(repr, value) and not _is_object(again)
    return {"again": again} | ({"changed": changed} if changed else {}) if is_new else {}


def _is_object(value):
    """Return whether a value is known by the words of an object, which name another place in memory each time."""
    return isinstance(value, str) and value.startswith("<") and " at 0x" in value


def _in_words(error):
    return f"{type(error).__name__}: {text_of(str, error)}"[:200]


def _plain(value):
    """Return a value as JSON could hold it: NumPy's numbers and arrays become numbers and lists, fractions floats."""
    if value is ...:
        return "..."
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        if len(value) > _MOST:
            return f"{TOO_MANY}{len(value):,} values>"
        return [_plain(part) for part in value]
    if isinstance(value, Real | Decimal) and not isinstance(value, int | float):
        return float(value)
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)[:200]


class _Overheard(TextIOBase):
    """Passes on what is printed, and keeps the beginning."""

    def __init__(self, out):
        self._out, self.text = out, ""

    def write(self, text):
        self.text += text[: 200 - len(self.text)]
        return len(text) if self._out is None else self._out.write(text)


# ---------------------------------------------------------------- time


class _StalledError(BaseException):
    """Too much time went by; no ``except Exception`` catches it."""


def _limited(seconds: float) -> AbstractContextManager[None]:
    """Raise in the middle of the block when the time is over, on all systems and in all threads."""
    if sys.gettrace() is not None:
        return nullcontext()
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _alarm(seconds)
    return _watch(seconds)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise when an alarm rings."""

    def ring(number, frame):
        raise _StalledError

    handler = signal.signal(signal.SIGALRM, ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)  # again and again: a bare except may catch one
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # also where it rang in the line above
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, *timer)


@contextmanager
def _watch(seconds: float) -> Iterator[None]:
    """Look at the clock at each step of what is no library, and raise; a bare except that catches this goes on."""
    end = monotonic() + seconds

    def watch(frame, event, argument):
        if frame.f_code.co_filename.startswith(_LIBRARIES):
            return None
        frame.f_trace_opcodes = True  # a loop on one line reaches no other line
        if monotonic() > end:
            raise _StalledError
        return watch

    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(None)
