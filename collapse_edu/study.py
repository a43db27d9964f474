"""Studies: one job for each combination of a grid, in parallel, and what is done is kept.

>>> from collapse_edu import accumulate, ensemble, replace
>>> table = sweep(ensemble.gaussian, {"n": [10, 100], "regime": [replace, accumulate]}, generations=50, chains=500)
>>> last = table[(table["metric"] == "variance") & (table["generation"] == 50)]
>>> last.groupby(["n", "regime"])["value"].median().round(1)
n    regime
10   accumulate    0.8
     replace       0.0
100  accumulate    1.0
     replace       0.6
Name: value, dtype: float64
"""

import dis
import json
import os
import pickle
import signal
import sys
import threading
import warnings
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from inspect import Parameter, signature
from io import BytesIO
from itertools import count, product
from pathlib import Path
from types import CellType, CodeType, FunctionType, ModuleType
from uuid import uuid4

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from collapse_edu.checks import integer
from collapse_edu.loop import regimes
from collapse_edu.loop.history import History

__all__ = ["sweep"]

_TABLE = ["generation", "chain", "regime", "metric", "value"]
_VERSION = 1  # of the checkpoints
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "collapse-edu")  # another version may give other numbers
_LONGEST_LABEL = 60


def sweep(job, grid, /, *, chains=1, batch=None, seed=0, checkpoints=None, n_jobs=None, progress=False, **fixed):
    """Run a job for each combination of a grid, and return one tidy table.

    A unit of work is one call of the job: one combination, and ``batch`` chains. Each unit has a seed of its own, made
    of ``seed``, the labels of its combination and its first chain. So the table is the same to the bit for any number
    of processes, and a study that grows keeps its numbers: add values to the grid, or batches of chains.

    Parameters
    ----------
    job : callable
        Takes the parameters, ``seed`` and ``chains``, and returns a :class:`~collapse_edu.loop.history.History`, as
        :func:`collapse_edu.run` and :func:`collapse_edu.ensemble.gaussian` do; or a dict, metric → one number for each
        chain. A job that takes no ``chains`` is called once for each chain. All its randomness must come from ``seed``.
    grid : dict
        Parameter → list of its values, or dict, label → value. Labels are what stands in the table: numbers, texts,
        functions and models have one of their own, other values need one.
    chains : int
        Chains of each combination, at least 1.
    batch : int, optional
        Chains of one unit, at least 1; the last unit may have fewer. Without it, all chains of a combination. The
        numbers depend on it.
    seed : int
        0 or larger. One seed, one table.
    checkpoints : path, optional
        A folder. The result of each unit is written there as soon as it is done. The same call then goes on where it
        stopped, however it stopped. A file that is damaged is set aside and its unit computed anew.
    n_jobs : int, optional
        Processes; -1 for one on each core. Without it, what ``joblib.parallel_config`` says, else 1. Under
        ``joblib.parallel_config(backend="dask")`` the same call runs on a Dask cluster; the folder of checkpoints is
        needed on this machine alone.
    progress : bool
        Show a progress bar on standard error.
    **fixed
        Parameters that are the same in all combinations.

    Returns
    -------
    pandas.DataFrame
        One number in each row. Columns: those of the grid, then generation, chain, regime, metric, value. There is no
        generation and no regime where the job returns a dict. If ``regime`` is in the grid, that column holds the
        grid's labels. If it is interrupted from the keyboard, the rows of the units that were done.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range; or what the job raises, with a note on its unit.
    ValueError
        If the folder of checkpoints holds something else: another job, other fixed parameters, another seed, other
        versions of the libraries. Nothing in it is touched then. What the notebook or script itself defines is
        compared by its code; what is imported, by its name.

    Examples
    --------
    >>> from collapse_edu import Gaussian, run
    >>> from collapse_edu.loop.source import normal
    >>> data = {"30 rows": normal(30), "100 rows": normal(100)}
    >>> table = sweep(run, {"data": data}, model=Gaussian(), generations=20, chains=50)
    >>> table.head(2)
          data  generation  chain   regime metric     value
    0  30 rows           1      0  replace   mean -0.020953
    1  30 rows           1      1  replace   mean -0.017563

    A job of your own:

    >>> def largest(n, seed):
    ...     return {"largest": np.random.default_rng(seed).standard_normal(n).max()}
    >>> sweep(largest, {"n": [10, 1000]}, chains=2)
          n  chain   metric     value
    0    10      0  largest  1.775669
    1    10      1  largest  1.953970
    2  1000      0  largest  2.727133
    3  1000      1  largest  2.748866
    """
    study = _Study(job, grid, fixed, integer("chains", chains, 1), batch, integer("seed", seed, 0))
    kept = _Checkpoints(checkpoints, study) if checkpoints is not None else None
    done = {}
    try:
        if kept:
            done = {unit: history for unit in study.units if (history := kept.load(unit)) is not None}
        waiting = [unit for unit in study.units if unit not in done]
        # Each unit alone (no batches of joblib's), so that it is kept as soon as it is done. This process alone writes:
        # the workers of a cluster may have other disks.
        parallel = Parallel(n_jobs, return_as="generator_unordered", batch_size=1)
        bar = tqdm(total=len(study.units), initial=len(done), disable=not progress, unit=" units", file=sys.stderr)
        with bar, threadpool_limits(1):  # units in threads of this process begin with the next line
            results = parallel(delayed(_work)(i, os.getpid(), *unit.call) for i, unit in enumerate(waiting))
            with _closing(results):
                for i, history in results:
                    if kept:
                        kept.save(waiting[i], history)
                    done[waiting[i]] = history
                    bar.update()
    except (KeyboardInterrupt, _Stopped):
        where = f"kept in {kept.folder}: the same call goes on from there" if kept else "in the table"
        print(f"Stopped: {len(done)} of {len(study.units)} units are done and {where}.", file=sys.stderr)
    return study.table(done)


# ---------------------------------------------------------------- what is to be done


@dataclass(frozen=True, eq=False)
class _Choice:
    """One value of a parameter in the grid."""

    label: str | int | float  # what stands in the table
    value: object
    digest: str


@dataclass(frozen=True, eq=False)
class _Unit:
    """One call of the job."""

    labels: tuple  # of its combination, in the grid's order
    first: int  # the first of its chains
    size: int  # how many chains
    digest: str  # names its checkpoint: of everything that its numbers depend on
    call: tuple  # what _work takes


class _Study:
    """What is asked for, checked before hours are spent."""

    def __init__(self, job, grid, fixed, chains, batch, seed):
        if not callable(job):
            raise TypeError(f"job must be a function that takes seed and returns a History; got {job!r}")
        self._job, self._grid, self._fixed, self._seed = job, _labelled(grid), fixed, seed
        self.names = list(self._grid)
        for name in self.names:
            if name in fixed:
                raise ValueError(f"{name} must be given once; got it in the grid and as a fixed parameter")
        self._takes_chains = _accepts(job, [*self.names, *fixed])
        batch = integer("batch", chains if batch is None else batch, 1) if self._takes_chains else 1
        self.identity = {
            "study": {"job": _described("job", job), "grid": [", ".join(sorted(self.names)), ""], "seed": [seed, ""]},
            "fixed parameters": {name: _described(name, fixed[name]) for name in sorted(fixed)},
            "versions": {"Python": [".".join(map(str, sys.version_info[:2])), ""]}
            | {name: [_version_of(name), ""] for name in _LIBRARIES},
        }
        self.units = [
            self._unit(dict(zip(self.names, chosen, strict=True)), first, min(batch, chains - first))
            for chosen in product(*self._grid.values())
            for first in range(0, chains, batch)
        ]

    def _unit(self, combination, first, size):
        """Return the unit of a combination, name → choice, and some chains."""
        labels = {name: choice.label for name, choice in combination.items()}
        seed = _seed(self._seed, labels, first)
        digests = {name: choice.digest for name, choice in combination.items()}
        identity = json.dumps([_VERSION, self.identity, labels, digests, seed, size], sort_keys=True)
        parameters = {name: choice.value for name, choice in combination.items()} | self._fixed
        asked = {"seed": seed} | ({"chains": size} if self._takes_chains else {})
        where = ", ".join(f"{name} = {label}" for name, label in labels.items())
        return _Unit(
            labels=tuple(labels.values()),
            first=first,
            size=size,
            digest=sha256(identity.encode()).hexdigest()[:32],
            call=(self._job, parameters | asked, size, f"{where}, chains {first} to {first + size - 1}"),
        )

    def table(self, done):
        """Return the rows of the units that are done, in the grid's order."""
        parts, counts = [], []
        units = [unit for unit in self.units if unit in done]
        for unit in units:
            part = done[unit].table
            part["chain"] += unit.first
            parts.append(part)
            counts.append(len(part))
        rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_TABLE)
        if len(rows) and (rows["regime"] == "").all():  # dicts have neither
            rows = rows.drop(columns=["generation", "regime"])
        labels = zip(*(unit.labels for unit in units), strict=True) if units else [()] * len(self.names)
        grid = pd.DataFrame({name: list(each) for name, each in zip(self.names, labels, strict=True)})
        grid = grid.loc[np.repeat(np.arange(len(units)), counts)].reset_index(drop=True)
        return pd.concat([grid, rows.drop(columns=self.names, errors="ignore")], axis=1)


def _labelled(grid):
    """Return the grid as a dict, name → list of choices."""
    allowed = "grid must be a dict, parameter → list of its values or dict, label → value"
    if not isinstance(grid, dict):
        raise TypeError(f"{allowed}; got {type(grid).__name__}")
    if not grid:
        raise ValueError(f"{allowed}; got an empty one")
    for name, values in grid.items():
        if not isinstance(name, str):
            raise TypeError(f"{allowed}; got the parameter {name!r}")
        if name in ("chains", "seed"):
            raise ValueError(f"grid must not hold {name}, which each unit gets of its own: write sweep(…, {name}=…)")
        if name in _TABLE and name != "regime":
            raise ValueError(f"grid must not hold {name}: the table has another column of that name")
        if isinstance(values, str | bytes) or not (hasattr(values, "__iter__") and hasattr(values, "__len__")):
            raise TypeError(f"{allowed}; got {name} → {type(values).__name__}")
        if not len(values):
            raise ValueError(f"{allowed}; got {name} → an empty one")
    return {name: _choices(name, values) for name, values in grid.items()}


def _choices(name, values):
    """Return the choices of a parameter; no two have one label."""
    pairs = values.items() if isinstance(values, dict) else ((value, value) for value in values)
    found = {}
    for named, value in pairs:
        label, value = _label(name, named), _plain(value)
        key = json.dumps(label)  # 1 and True are not the same
        if key in found:
            raise ValueError(f"{name} must have values with different labels; got {key} twice: give label → value")
        found[key] = _Choice(label, value, _digest(name, value))
    return list(found.values())


def _label(name, value):
    """Return what stands in the table for a value."""
    value = _plain(value)
    if isinstance(value, str | int | float):
        return value
    named = hasattr(value, "__name__") or type(value).__module__ == regimes.__name__
    label = regimes.name(value) if named else " ".join(repr(value).split())
    if "<" in label or len(label) > _LONGEST_LABEL:
        kind = type(value).__name__
        raise ValueError(f"{name} must have values with a short name of their own; got a {kind}: give label → value")
    return label


def _plain(value):
    """Return a number of NumPy as one of Python: there is one label for it then, and one digest."""
    return value.item() if isinstance(value, np.generic) else value


def _accepts(job, names):
    """Return whether the job takes ``chains``; say what is wrong if it does not take the rest."""
    label = regimes.name(job)
    try:
        parameters = signature(job).parameters.values()
    except ValueError:
        raise ValueError(f"job must say what it takes; {label} does not: write a function around it") from None
    if any(each.kind is Parameter.VAR_KEYWORD for each in parameters):
        return True
    taken = [each.name for each in parameters if each.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)]
    for name in names:
        if name not in taken:
            raise ValueError(f"{name} must be a parameter of {label}, which takes {', '.join(taken)}")
    if "seed" not in taken:
        raise ValueError(f"job must take seed, from which all its randomness comes; {label} does not")
    for each in parameters:
        if each.name in taken and each.default is Parameter.empty and each.name not in {*names, "chains", "seed"}:
            raise ValueError(f"{each.name} must be given, since {label} needs it: in the grid or behind it")
    return "chains" in taken


def _seed(seed, labels, first):
    """Return the seed of a unit: the same, whatever else is in the study, and in whatever order."""
    text = json.dumps(labels, sort_keys=True)
    words = np.frombuffer(sha256(text.encode()).digest(), dtype="<u4")
    return int(np.random.SeedSequence(seed, spawn_key=(*map(int, words), first)).generate_state(1, np.uint64)[0])


def _version_of(library):
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


# ---------------------------------------------------------------- one unit of work, in whatever process


class _Stopped(BaseException):
    """Ctrl-C was pressed. Not a KeyboardInterrupt: ``run`` and others catch that and return what is half done."""


def _work(i, owner, job, parameters, size, where):
    """Return (i, what the job returns, as a History)."""
    with _one_thread(), _stopped_by_ctrl_c(owner):
        try:
            history = _as_history(job(**parameters), size, regimes.name(job))
            if "regime" in parameters and len(history.regimes) > 1:
                raise ValueError(f"job must return one regime where it takes one; got {', '.join(history.regimes)}")
        except Exception as error:
            error.add_note(f"This was the unit {where}.")
            raise
    return i, history


def _as_history(result, size, label):
    """Return a History; a dict of numbers becomes one of one generation, with no regime."""
    if isinstance(result, History):
        if "stopped_after" in result.settings:
            raise _Stopped
    elif isinstance(result, dict):
        arrays = {}
        for name, numbers in result.items():
            array = np.asarray(numbers)
            if array.size != size or array.dtype.kind not in "biuf":
                raise ValueError(
                    f"job must return one number for each of its chains, here {size}; {label} returned "
                    f"{array.size} × {array.dtype} of {name}"
                )
            arrays["", str(name)] = array.reshape(1, -1)
        return History(arrays)
    else:
        kind = type(result).__name__
        raise TypeError(f"job must return a History, or a dict, metric → number; {label} returned {kind}")
    for (_, name), array in result.values.items():
        if array.shape[1] != size:
            raise ValueError(f"job must return {size} chains, as asked; {label} returned {array.shape[1]} of {name}")
    return result


def _one_thread():
    """Let libraries use one thread: with more they add in another order, and the last bit depends on the machine.

    The limit is one for a whole process. So units in threads, such as a Dask worker has, leave it as it is when they
    end: others may still be at work.
    """
    limits = threadpool_limits(1)
    return limits if _in_main_thread() else nullcontext()


@contextmanager
def _stopped_by_ctrl_c(owner):
    """Let Ctrl-C raise :class:`_Stopped` in the process that called sweep; its workers leave Ctrl-C to it."""
    before = signal.getsignal(signal.SIGINT)
    if not _in_main_thread() or not callable(before):  # not ours to hear
        yield
        return

    def stop(number, frame):
        raise _Stopped

    mine = os.getpid() == owner
    signal.signal(signal.SIGINT, stop if mine else signal.SIG_IGN)
    try:
        yield
    finally:
        if mine:  # a worker that waits for its next unit leaves it to the owner as well
            signal.signal(signal.SIGINT, before)


def _in_main_thread():
    return threading.current_thread() is threading.main_thread()


@contextmanager
def _closing(results):
    """Stop the workers at the end, in whatever way it comes; joblib would advise to ask for less."""
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "[0-9]+ tasks ", UserWarning)
            results.close()


# ---------------------------------------------------------------- what is kept


class _Checkpoints:
    """A folder with a file for each unit that is done, and one that says whose they are.

    A file appears only when it is complete. None is ever deleted or changed.
    """

    def __init__(self, folder, study):
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"checkpoints must be a folder; got the file {self.folder}")
        self.folder.mkdir(parents=True, exist_ok=True)
        label = self.folder / "study.json"
        if label.exists():
            self._compare(label, study)
        elif any(path.suffix not in (".part", ".damaged") for path in self.folder.glob("[!.]*")):
            raise ValueError(f"checkpoints must be a new folder or that of this study; {self.folder} holds other files")
        if not label.exists():
            text = json.dumps({"checkpoints": _VERSION, **study.identity}, indent=1, ensure_ascii=False)
            _write(label, text.encode())

    def _compare(self, path, study):
        """Raise an error if a folder belongs to another study."""
        try:
            theirs = json.loads(path.read_bytes())
            version = theirs["checkpoints"]
            known = {(part, name): tuple(theirs[part][name]) for part in study.identity for name in theirs[part]}
        except (ValueError, KeyError, TypeError) as error:
            _set_aside(path, error)
            return
        ours = {(part, name): tuple(shown) for part in study.identity for name, shown in study.identity[part].items()}
        ours["", "version of the checkpoints"], known["", "version of the checkpoints"] = (_VERSION, ""), (version, "")
        for key in {**ours, **known}:
            there, here = known.get(key, ("not given", "")), ours.get(key, ("not given", ""))
            if there != here:
                how = f"is {there[0]}, not {here[0]}" if there[0] != here[0] else f"is another one called {here[0]}"
                raise ValueError(
                    f"checkpoints must be a new folder or that of this study; in {self.folder} {key[1]} {how}"
                )

    def load(self, unit):
        """Return the result of a unit; None where there is none."""
        path = self._path(unit)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            with np.load(BytesIO(data), allow_pickle=False) as arrays:
                about = json.loads(str(arrays["about"]))
                if (about["checkpoint"], about["unit"]) != (_VERSION, unit.digest):
                    raise ValueError("it is of another version or unit")
                values = {tuple(key): arrays[f"values_{i}"] for i, key in enumerate(about["keys"])}
                return History(values, about["settings"])
        except Exception as error:  # no list holds all that a damaged archive can raise
            _set_aside(path, error)
            return None

    def save(self, unit, history):
        """Write the result of a unit."""
        keys = list(history.values)
        about = {"checkpoint": _VERSION, "unit": unit.digest, "keys": keys, "settings": history.settings}
        arrays = {f"values_{i}": history.values[key] for i, key in enumerate(keys)}
        data = BytesIO()
        np.savez(data, about=np.array(json.dumps(about)), **arrays)
        _write(self._path(unit), data.getvalue())

    def _path(self, unit):
        return self.folder / f"{unit.digest}.npz"


def _write(path, data):
    """Write a file that is there as a whole or not at all."""
    temporary = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _set_aside(path, error):
    """Rename a damaged file, and say so in one line."""
    aside = next(
        name for i in count(1) if not (name := path.with_name(f"{path.name}{f'.{i}' * (i > 1)}.damaged")).exists()
    )
    os.replace(path, aside)
    why = " ".join(str(error).split())
    print(f"Set aside as {aside.name}, to be made anew: {path} is damaged ({why}).", file=sys.stderr)


# ---------------------------------------------------------------- is it the same?


def _described(name, value):
    """Return [what a reader is shown, a digest] of a parameter."""
    shown = regimes.name(value) if hasattr(value, "__name__") else " ".join(repr(value).split())
    short = "<" not in shown and len(shown) <= _LONGEST_LABEL
    return [shown if short else type(value).__name__, _digest(name, value)]


def _digest(name, value):
    """Return a digest of a value, the same in each Python process, and another one for another value."""
    writer = _Hash()
    try:
        _Canonical(writer).dump(value)
    except RecursionError:
        reason = "it holds itself"
    except Exception as error:  # whatever the value's own methods raise
        reason = " ".join(str(error).split())
    else:
        return writer.hash.hexdigest()[:32]
    kind = type(value).__name__
    raise TypeError(f"{name} must be something to send to another process; got {kind} ({reason}): make it in the job")


class _Hash:
    """A file that keeps nothing but the hash of what was written."""

    def __init__(self):
        self.hash = sha256()

    def write(self, data):
        self.hash.update(data)


class _Canonical(pickle.Pickler):
    """Pickles equal values to equal bytes, down to the code of functions that are defined in a notebook or script."""

    def __init__(self, file):
        super().__init__(file, protocol=4)
        self.fast = True  # no memory: two equal texts are as one text twice
        self._met = set()

    def persistent_id(self, value):
        """Return what stands for a value whose pickle would not do; None for all others."""
        if isinstance(value, set | frozenset):  # their order changes from process to process
            return "set", sorted(_digest("a set", item) for item in value)
        if isinstance(value, ModuleType):
            return "module", value.__name__
        if isinstance(value, CodeType):
            numbers = value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount, value.co_flags
            names = value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars
            return "code", numbers, names, value.co_code, value.co_exceptiontable, value.co_consts
        if isinstance(value, FunctionType | type) and not _importable(value):
            name = value.__module__, value.__qualname__
            if id(value) in self._met:  # it uses itself
                return "again", name
            self._met.add(id(value))
            return name, _content(value)
        return None


def _importable(value):
    """Return whether another process finds a function or class by its name."""
    found = sys.modules.get(value.__module__)
    for name in value.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is value and value.__module__ != "__main__"


def _content(value):
    """Return what a function or class consists of."""
    if isinstance(value, type):
        members = {name: _unwrapped(member) for name, member in vars(value).items()}
        kept = FunctionType | bool | int | float | str | list | tuple | dict | np.ndarray
        return value.__bases__, {
            name: member
            for name, member in members.items()
            if isinstance(member, kept) and not (name.startswith("__") and not isinstance(member, FunctionType))
        }
    closure = [cell.cell_contents for cell in value.__closure__ or () if cell != CellType()]
    used = {name: value.__globals__[name] for name in _globals(value.__code__) if name in value.__globals__}
    return value.__code__, value.__defaults__, value.__kwdefaults__, closure, used


def _unwrapped(member):
    """Return the function inside a property or class method."""
    return getattr(member, "fget", None) or getattr(member, "__func__", member)


def _globals(code):
    """Return the names of the globals that a function uses, also in functions inside it."""
    names = {each.argval for each in dis.get_instructions(code) if each.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return sorted(names.union(*map(_globals, inner)))
