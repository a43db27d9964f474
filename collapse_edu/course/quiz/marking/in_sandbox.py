"""The isolated process: run a learner's cells, and say what the answers are, as data.

It is a program of its own that imports nothing of this package, reads one JSON job from its standard input, and writes
one line of JSON for each answer, as soon as it is known. It shares its process with the learner's code, so whatever it
says is no more than that learner's claim: :mod:`.isolated_run` reads it as such.
"""

import builtins
import json
import numbers
import os
import re
import signal
import sys
import time
import types
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

_LONGEST = 10_000  # characters of one text
_MOST = 100_000  # values of one answer
_HUGE = 10**300  # no float is larger
_BUSY = "the machine was busy"
# IPython runs what these are written before, and keeps what it gives names to.
_TRANSPARENT = re.compile(r"^[ \t]*(?:%%(?:time|capture)\b.*|%time\b[ \t]*)", re.MULTILINE)
_COURSE = ("ask", "check", "hint", "solution", "identify", "progress", "welcome", "hand_in", "who_are_you")
_PRELUDE = {
    "np": "numpy", "numpy": "numpy", "pd": "pandas", "math": "math", "random": "random", "statistics": "statistics",
    "collapse_edu": "collapse_edu",
}  # fmt: skip


class Stalled(BaseException):
    """Time is over; no ``except Exception`` catches it.

    Parameters
    ----------
    words : str
    by_the_clock : bool
        Whether the clock on the wall ended it, which says nothing of the code.
    """

    def __init__(self, words: str, *, by_the_clock: bool):
        super().__init__(words)
        self.by_the_clock = by_the_clock


def main() -> None:
    """Do the job on the standard input."""
    job = json.loads(sys.stdin.buffer.read())
    channel = _own_channel()
    limit(job["limits"])
    sys.path[:] = [path for path in job["path"] if os.path.isdir(path)]
    names, stopped = _stage(), ""
    for cell in job["cells"]:
        for said in run_cell(cell, names, job["limits"], stopped):
            os.write(channel, json.dumps(said, allow_nan=False).encode() + b"\n")
            stopped = str(said.get("stopped", stopped))
    os._exit(0)  # nothing that was left behind, such as a thread or an exit hook, gets another turn


def too_late(wall: float, computed: float, queued: float) -> str:
    """Return in words why something was not done after so long by the clock, though it computed for so short a time.

    Parameters
    ----------
    wall, computed, queued : float
        Seconds: by the clock, of the processor, and ready to compute while others had the processor.
    """
    why = _BUSY if computed + queued > wall / 2 else "it waited"
    return f"{why}: after {wall:.0f} s by the clock it had computed for {computed:.1f} s"


def limit(limits: dict) -> None:
    """Set what each process may use; what it starts inherits that. Where there are no such limits, do nothing."""
    try:
        import resource
    except ImportError:
        return
    wanted = {
        "AS": limits["memory"], "FSIZE": limits["file"], "NPROC": limits["processes"],
        "CPU": int(limits["cpu_seconds"]) + 5, "NOFILE": 64, "CORE": 0,
    }  # fmt: skip
    if not limits["isolated"]:
        del wanted["NPROC"]  # outside a namespace it would count all processes of the user
    for name, value in wanted.items():
        with suppress(AttributeError, ValueError, OSError):  # macOS knows no limit on address space
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def run_cell(cell: dict, names: dict[str, object], limits: dict, stopped: str = "") -> Iterator[dict[str, object]]:
    """Run one cell in the namespace `names`; yield a dict for each answer that the cell is asked for.

    Before them comes ``{"stopped": words, "by_the_clock": bool}`` if time ran out; `stopped` says so of a cell before.
    After the machine was busy, nothing more is run.
    """
    asked = cell["answers"]
    if stopped.startswith(_BUSY):  # who knows what that cell would have made
        yield from ({"question": answer["question"], "fault": _after(stopped)} for answer in asked)
        return
    _CHECKED.clear()
    _REVIEWED.clear()
    for answer in asked:
        names.pop(answer["name"], None)  # what an earlier cell left under this name is not this cell's answer
    fault = None
    try:
        with _Alarm(limits):
            if cell.get("prelude"):
                _import_what_is_missing(cell["source"], names)
            exec(_compile(cell["source"]), names)
    except Stalled as error:
        fault = f"its cell was stopped: {error}"
        yield {"stopped": str(error), "by_the_clock": error.by_the_clock}
    except BaseException as error:
        fault = f"its cell raises {_words(error)}" + (f" ({_after(stopped)})" if stopped else "")
    for answer in asked:
        yield {"question": answer["question"], **_answer(answer, names, fault, limits)}


def _after(stopped):
    return f"an earlier cell was stopped: {stopped}"


def _answer(asked, names, fault, limits):
    """Return ``{"answer": data}`` or ``{"fault": words}``."""
    if not fault and asked["question"] in _REVIEWED - _CHECKED.keys():
        return {"answer": None}  # the cell checks it as a review only
    found = names.get(asked["name"], ...)
    if found is ... and asked["by_check"]:
        found = _CHECKED.get(asked["question"], ...)
    if found is ...:
        return {"fault": fault} if fault else {"answer": None}
    try:
        with _Alarm(limits):
            if asked["cases"] is None:
                return {"answer": plain(found, [_MOST])}
            if not callable(found):
                return {"answer": repr(found)[:100]}
            return {"answer": [_outcome(found, arguments) for arguments in asked["cases"]]}
    except Stalled as error:
        return {"fault": f"{asked['name']} was stopped: {error}", "by_the_clock": error.by_the_clock}
    except BaseException as error:
        return {"fault": f"{asked['name']} raises {_words(error)}"}


def _outcome(function, arguments):
    """Return ``{"value": data}`` or ``{"error": words}``; ``again``, too, if a second call gives something else.

    Where a limit was hit, or something is missing that the learner's own notebook may have had, nothing is known, and
    it raises.
    """
    try:
        value = plain(function(*arguments), [_MOST])
    except UnboundLocalError as error:  # a NameError, but one that no other cell can mend
        return {"error": _words(error)[:200]}
    except (NameError, ImportError, MemoryError):
        raise
    except Exception as error:
        return {"error": _words(error)[:200]}
    again = _again(function, arguments) if any(isinstance(each, list) for each in arguments) else value
    is_object = isinstance(value, str) and value.startswith("<")  # its words name a place in memory
    return {"value": value} if is_object or repr(again) == repr(value) else {"value": value, "again": again}


def _again(function, arguments):
    """Return what a second call gives; an error of it, such as with a list that the first one emptied, in words."""
    try:
        return plain(function(*arguments), [_MOST])
    except MemoryError:
        raise
    except Exception as error:
        return _words(error)[:200]


def plain(value: object, left: list[int]) -> object:
    """Return a value as JSON holds it, made of Python's own types only; `left` counts down how many may come."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"an answer may hold {_MOST:,} values")
    value = _usual(value)
    return [plain(part, left) for part in value] if isinstance(value, list | tuple) else _single(value)


def _usual(value):
    """Return a value of another kind as the usual one: NumPy's as Python's, sets as lists, fractions as floats."""
    if value is ...:
        return "..."
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)  # their order means nothing
    if isinstance(value, numbers.Real | Decimal) and not isinstance(value, int | float):
        return float(value)
    return value


def _single(value):
    """Return one value, made by the base type's own methods: a subclass has no say."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        whole = int.__add__(value, 0)
        return whole if -_HUGE < whole < _HUGE else "a huge number"
    if isinstance(value, float):
        number = float.__add__(value, 0.0)
        return number if number - number == 0 else str(number)  # JSON has no word for inf and nan
    return (str.__str__(value) if isinstance(value, str) else repr(value)[:200])[:_LONGEST]


def _compile(source):
    """Return code. Magics and shell lines are taken as IPython takes them, and then do nothing, except ``%time``."""
    try:
        return compile(source, "<cell>", "exec")
    except SyntaxError:
        if not re.search(r"^\s*[%!?]|\?\s*$|=\s*[%!]", source, re.MULTILINE):
            raise
    source = _TRANSPARENT.sub("", source)
    from IPython.core.inputtransformer2 import TransformerManager

    return compile(TransformerManager().transform_cell(source), "<cell>", "exec")


def _import_what_is_missing(source, names):
    """Import the usual modules that a function, cut out of its notebook, uses by their usual names."""
    for short, module in _PRELUDE.items():
        if re.search(rf"\b{short}\.", source):
            with suppress(ImportError):
                names[short] = __import__(module)


class _Alarm:
    """Raise :class:`Stalled` when the time is over; where there is no such alarm, the outer process keeps the time.

    Computing time is this process's, of all its threads; the clock on the wall rings late, for what does not compute.
    """

    def __init__(self, limits):
        self._cpu = limits["answer_cpu_seconds"] if hasattr(signal, "setitimer") else None
        self._wall = limits["answer_cpu_seconds"] * limits["wall_factor"]

    def __enter__(self):
        if self._cpu:
            self._began = time.monotonic(), time.process_time(), _queued()
            for timer, sign, ring, seconds in (
                (signal.ITIMER_PROF, signal.SIGPROF, self._computed, self._cpu),
                (signal.ITIMER_REAL, signal.SIGALRM, self._waited, self._wall),
            ):
                signal.signal(sign, ring)
                signal.setitimer(timer, seconds, 0.1)  # again and again: a bare except may catch one

    def __exit__(self, *_):
        if self._cpu:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _computed(self, *_):
        raise Stalled(f"it computed for more than {self._cpu:g} s", by_the_clock=False)

    def _waited(self, *_):
        now = time.monotonic(), time.process_time(), _queued()
        raise Stalled(too_late(*(end - start for end, start in zip(now, self._began, strict=True))), by_the_clock=True)


def _queued():
    """Return the seconds that this process was ready to compute, and had no processor; 0 where Linux does not say."""
    try:
        with open("/proc/self/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _words(error):
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:
        return "an error that cannot be shown"


def _own_channel():
    """Keep the way out for answers; what the learner's code reads and prints is nothing."""
    channel, nothing = os.dup(1), os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    return channel


def _stage():
    """Return the namespace of a notebook: ``__main__``, with ``display``, ``get_ipython``, and a mute quiz."""
    main_module = types.ModuleType("__main__")
    builtins.display = _Quiet()
    builtins.get_ipython = _Quiet
    sys.modules["__main__"] = main_module
    # The learner's own check is not asked: the bank is not here, and the marker asks it later.
    quiz = sys.modules["collapse_edu.course.quiz"] = _MuteModule("collapse_edu.course.quiz")
    # A cell may have been pasted somewhere without the one that imports these.
    vars(main_module).update((name, getattr(quiz, name)) for name in _COURSE)
    return vars(main_module)


class _Quiet:
    """Whatever is asked of it, it returns itself."""

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self


_CHECKED: dict[str, object] = {}  # question → what the cell gave to check
_REVIEWED: set[str] = set()  # questions that the cell checked as they came back


def _remember(question, answer=None, again=0):
    with suppress(TypeError):  # what is no text may not be a key
        if again:
            _REVIEWED.add(question)
        else:
            _CHECKED[question] = answer
    return _Quiet()


class _MuteModule(types.ModuleType):
    check = staticmethod(_remember)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Quiet()


if __name__ == "__main__":
    main()
