"""Studies: one job for each combination of a grid, in parallel, and what is done is kept."""

import json
import os
import pickle
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from inspect import signature
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from collapse_edu import checks
from collapse_edu.checks import integer
from collapse_edu.files import write_atomically
from collapse_edu.loop import regimes
from collapse_edu.loop.history import History
from collapse_edu.loop.identity import identity, packed, refuse_patches, versions

__all__ = ["sweep"]

_TABLE = ["generation", "chain", "regime", "measure", "value"]
_LONGEST_LABEL = 60
_Label = str | int | float  # what stands in the table for a value
_Job = Callable[..., object]
_Choices = dict[str, list[tuple[_Label, object]]]  # parameter → (label, value)
_Values = dict[tuple[str, str], np.ndarray]  # of a history


def sweep(
    job: _Job,
    grid: Mapping[str, Collection[object]],
    /,
    *,
    chains: int = 1,
    batch: int | None = None,
    seed: int = 0,
    checkpoints: str | Path | None = None,
    version: str | None = None,
    n_jobs: int | None = None,
    progress: bool = False,
    **fixed: object,
) -> pd.DataFrame:
    """Run a job for each combination of a grid, and return one tidy table.

    A unit of work is one call of the job: one combination, and ``batch`` chains. It has a seed of its own, made of
    ``seed``, the labels of its combination and its first chain, and works on a copy of the job and its parameters. So
    the table is the same to the bit for any number of processes, and a study that grows keeps its numbers.

    Parameters
    ----------
    job : callable
        Takes the parameters, ``seed`` and ``chains``, and returns a :class:`~collapse_edu.loop.history.History`, as
        :func:`collapse_edu.run` and :func:`collapse_edu.ensemble.gaussian` do; or a dict, measure → one number for each
        chain. A job that takes no ``chains`` is called once for each chain. Its numbers must come from its parameters
        and ``seed`` alone: not from files, the environment, or the settings of other packages.
    grid : dict
        Parameter → list of its values, or dict, label → value. Labels are what stands in the table: numbers, texts,
        functions and models have one of their own, other values need one.
    chains : int
        Chains of each combination, at least 1.
    batch : int, optional
        Chains of one unit, at least 1; without it, all chains of a combination. The numbers depend on it.
    seed : int
        0 or larger. One seed, one table.
    checkpoints : path, optional
        A folder. The result of each unit is written there as soon as it is done, and taken from there when the same
        unit is asked for again: one with the same parameters, the same code and values of your own that it uses, and
        the same versions of Python and all installed packages. A damaged file counts as none.
    version : str, optional
        Your name for the state of the job. It stands for the job's code, of which then only the function's name counts:
        give another one whenever you change what the job computes.
    n_jobs : int, optional
        Processes; -1 for one on each core. Without it, what ``joblib.parallel_config`` says, else 1. Under
        ``joblib.parallel_config(backend="dask")`` the same call runs on a Dask cluster.
    progress : bool
        Show a progress bar on standard error.
    **fixed
        Parameters that are the same in all combinations.

    Returns
    -------
    pandas.DataFrame
        One number in each row. Columns: those of the grid, then generation, chain, regime, measure, value; no
        generation and no regime where the job returns a dict. After Ctrl-C, the rows of the units that were done.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or if what it is cannot be told.
    OSError
        If the folder cannot be read or written.
    RuntimeError
        If a unit fails; one line with its parameters and the error.

    Examples
    --------
    >>> def largest(n, seed):
    ...     return {"largest": np.random.default_rng(seed).standard_normal(n).max()}
    >>> sweep(largest, {"n": [10, 1000]}, chains=2)
          n  chain  measure     value
    0    10      0  largest  1.775669
    1    10      1  largest  1.953970
    2  1000      0  largest  2.727133
    3  1000      1  largest  2.748866
    """
    chains, seed = integer("chains", chains, 1), checks.seed(seed)
    batch = integer("batch", chains if batch is None else batch, 1)
    units = _units(job, _choices(grid, fixed), fixed, chains, batch, seed, version)
    folder = _folder(checkpoints)  # now, and not when hours were spent
    done = {unit: values for unit in units if (values := _load(folder, unit.identity)) is not None}
    work = _work_on(job, [unit for unit in units if unit not in done], n_jobs)
    bar = tqdm(total=len(units), initial=len(done), disable=not progress, unit=" units", file=sys.stderr)
    try:
        with bar, closing(work):
            for unit, values in work:
                _save(folder, unit.identity, values)  # here alone: the workers of a cluster may have other disks
                done[unit] = values
                bar.update()
    except (KeyboardInterrupt, _Stopped):
        where = f"kept in {folder}: the same call goes on from there" if folder else "in the table"
        print(f"Stopped: {len(done)} of {len(units)} units are done and {where}.", file=sys.stderr)
    return _table(list(grid), units, done)


@dataclass(frozen=True, eq=False)
class _Unit:
    """One call of the job."""

    labels: dict[str, _Label]  # of its combination, in the grid's order
    first: int  # the first of its chains
    size: int  # how many chains
    parameters: dict[str, object]  # what the job is called with
    identity: str  # of everything that its numbers depend on

    def __str__(self) -> str:
        combination = ", ".join(f"{name} = {label}" for name, label in self.labels.items())
        last = self.first + self.size - 1
        return f"{combination}, chains {self.first} to {last}, seed = {self.parameters['seed']}"


def _units(
    job: _Job, choices: _Choices, fixed: dict[str, object], chains: int, batch: int, seed: int, version: str | None
) -> list[_Unit]:
    """Return what is to be done, checked before hours are spent."""
    if not isinstance(version, str | None):
        raise TypeError(f"version must be a text, your name for the state of the job; got {version!r}")
    takes_chains = _takes_chains(job, [*choices, *fixed])
    refuse_patches()
    about = {"the job": job if version is None else [regimes.name(job), version], "the versions": versions()}
    units = []
    starts = range(0, chains, batch if takes_chains else 1)
    for chosen, first in product(product(*choices.values()), starts):
        labels = {name: label for name, (label, _) in zip(choices, chosen, strict=True)}
        size = min(batch, chains - first) if takes_chains else 1
        parameters = fixed | {name: value for name, (_, value) in zip(choices, chosen, strict=True)}
        parameters |= {"seed": _seed(seed, labels, first)} | ({"chains": size} if takes_chains else {})
        units.append(_Unit(labels, first, size, parameters, identity(about | dict(sorted(parameters.items())))))
    packed(job, fixed)  # where version stands for the job's code, it was not looked at so far
    return units


def _choices(grid: Mapping[str, Collection[object]], fixed: dict[str, object]) -> _Choices:
    """Return the choices of each parameter, (label, value)."""
    if not isinstance(grid, dict) or not grid:
        raise TypeError(f"grid must be a dict, parameter → its values, and not empty; got {grid!r}")
    for name in grid:
        if name in {"chains", "seed", *_TABLE} - {"regime"} | fixed.keys():
            raise ValueError(f"grid must not contain what is given beside it or is a column of any table; got {name}")
    return {name: _labelled(name, values) for name, values in grid.items()}


def _labelled(name: str, values: object) -> list[tuple[_Label, object]]:
    """Return the values of a parameter with their labels, of which no two are the same."""
    if isinstance(values, str | bytes) or not isinstance(values, Collection) or not len(values):
        raise TypeError(f"{name} must be a list of values or a dict, label → value, and not empty; got {values!r}")
    pairs = values.items() if isinstance(values, Mapping) else zip(values, values, strict=True)
    choices = [(_label(name, label), _plain(value)) for label, value in pairs]
    labels = [json.dumps(label) for label, _ in choices]  # 1 and True are not the same
    if twice := [label for i, label in enumerate(labels) if label in labels[:i]]:
        raise ValueError(f"{name} must have different labels: give a dict, label → value; got {twice[0]} twice")
    return choices


def _label(name: str, value: object) -> _Label:
    """Return what stands in the table for a value: for a regime what a history has, for a model how it is made."""
    value = _plain(value)
    if isinstance(value, str | int | float):
        return value
    label = regimes.name(value) if callable(value) else " ".join(repr(value).split())
    if "<" in label or len(label) > _LONGEST_LABEL:
        raise ValueError(f"{name} must have short labels: give a dict, label → value; got a {type(value).__name__}")
    return label


def _plain(value: object) -> object:
    """Return a number of NumPy as one of Python: there is one label for it then, and one identity."""
    return value.item() if isinstance(value, np.generic) else value


def _takes_chains(job: _Job, names: list[str]) -> bool:
    """Return whether the job takes ``chains``; say what is wrong if it does not take the rest."""
    try:
        parameters = signature(job).parameters.values()
        takes_chains = any(one.name == "chains" or one.kind == one.VAR_KEYWORD for one in parameters)
        signature(job).bind(**dict.fromkeys([*names, "seed", "chains"][: None if takes_chains else -1]))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"job must be a function that takes {', '.join([*names, 'seed'])}; got {job!r}: {error}"
        ) from None
    return takes_chains


def _seed(seed: int, labels: Mapping[str, object], first: int) -> int:
    """Return the seed of a unit: the same, whatever else is in the study, and in whatever order."""
    text = json.dumps(labels, sort_keys=True)
    words = np.frombuffer(sha256(text.encode()).digest(), dtype="<u4")
    return int(np.random.SeedSequence(seed, spawn_key=(*map(int, words), first)).generate_state(1, np.uint64)[0])


class _Stopped(BaseException):
    """Ctrl-C was pressed. Not a KeyboardInterrupt: ``run`` and others catch that and return what is half done."""


def _work_on(job: _Job, units: list[_Unit], n_jobs: int | None) -> Generator[tuple[_Unit, _Values], None, None]:
    """Yield each unit with its values as soon as it is done."""
    parallel = Parallel(n_jobs, return_as="generator_unordered", batch_size=1)
    tasks = (
        delayed(_work)(i, packed(job, unit.parameters), unit.size, os.getpid(), versions())
        for i, unit in enumerate(units)
    )
    try:
        # Units in threads of this process begin when parallel is called: the limit must be there before.
        _load_libraries()
        with threadpool_limits(1), _ctrl_c(), warnings.catch_warnings(), closing(parallel(tasks)) as results:
            warnings.filterwarnings("ignore", "[0-9]+ tasks ", UserWarning)  # joblib's advice to ask for less
            for i, values in results:
                if isinstance(values, str):
                    raise RuntimeError(f"job failed with {units[i]}: {values}")
                yield units[i], values
    except BrokenExecutor:
        raise RuntimeError("job ended the process that it ran in: out of memory, killed, or a fault in it") from None


def _work(i: int, call: bytes, size: int, owner: int, needed: dict[str, str]) -> tuple[int, _Values | str]:
    """Return i, and what the job returns or in one line why it does not."""
    try:
        job, parameters = pickle.loads(call)
        if os.getpid() != owner:
            _settle(needed)
        return i, _values(job(**parameters), size, "regime" in parameters)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        why = " ".join(f"{type(error).__name__}: {error}".split())
        return i, f"{why} ({Path(frame.filename).name}, line {frame.lineno})"


def _settle(needed: dict[str, str]) -> None:
    """Make a worker compute what the process that called sweep would."""
    for name, version in versions().items():
        if needed.get(name, version) != version:
            raise RuntimeError(f"a worker must have {name} {needed[name]}; got {version}")
    # One thread: with more, libraries add in another order, and the last bit depends on the machine. The limit is one
    # for a whole process, where other units may be at work in other threads. So it is never lifted.
    _load_libraries()
    threadpool_limits(1)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that called sweep


def _load_libraries() -> None:
    """Load what has threads, in case that a job imports it where it runs: a limit holds for what is loaded."""
    import sklearn.utils  # noqa: F401, and SciPy


def _values(result: object, size: int, one_regime: bool) -> _Values:
    """Return the values of a history, or of a dict of numbers: one generation, with no regime."""
    if isinstance(result, dict):
        result = History({("", str(name)): np.reshape(numbers, (1, -1)) for name, numbers in result.items()})
    if not isinstance(result, History):
        raise TypeError(f"job must return a History, or a dict, measure → number; got {type(result).__name__}")
    if "stopped_after" in result.settings:
        raise _Stopped
    if one_regime and len(result.regimes) > 1:
        raise ValueError(f"job must return one regime where it takes one; got {', '.join(result.regimes)}")
    for (_, name), array in result.values.items():
        if array.shape[1] != size:
            raise ValueError(
                f"job must return one number for each of its {size} chains; got {array.shape[1]} of {name}"
            )
    return result.values


@contextmanager
def _ctrl_c() -> Iterator[None]:
    """Let Ctrl-C raise :class:`_Stopped`, where it is not ignored and ours to handle."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise _Stopped

    try:
        signal.signal(signal.SIGINT, stop)
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _folder(checkpoints: str | Path | None) -> Path | None:
    if checkpoints is None:
        return None
    Path(checkpoints).mkdir(parents=True, exist_ok=True)
    return Path(checkpoints)


def _save(folder: Path | None, name: str, values: _Values) -> None:
    """Write the result of a unit: a digest of its name and content, then the content."""
    if folder is None:
        return
    file = BytesIO()
    np.savez(file, np.array(json.dumps(list(values))), *values.values())
    write_atomically(folder / name, sha256(name.encode() + file.getvalue()).digest() + file.getvalue())


def _load(folder: Path | None, name: str) -> _Values | None:
    """Return the result of a unit; None where there is none, or a damaged one."""
    data = path.read_bytes() if folder and (path := folder / name).exists() else b""
    if data[:32] != sha256(name.encode() + data[32:]).digest():
        return None
    with np.load(BytesIO(data[32:]), allow_pickle=False) as arrays:
        keys, *values = arrays.values()
        return dict(zip(map(tuple, json.loads(str(keys))), values, strict=True))


def _table(names: list[str], units: list[_Unit], done: dict[_Unit, _Values]) -> pd.DataFrame:
    """Return all rows, in the grid's order."""
    there = [unit for unit in units if unit in done]
    parts = [History(done[unit]).table.assign(first=unit.first, **unit.labels) for unit in there]
    of_dicts = {regime for values in done.values() for regime, _ in values} == {""}
    left_out = {*names, *(("generation", "regime") if of_dicts else ())}
    columns = [*names, *(name for name in _TABLE if name not in left_out)]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*columns, "first"])
    return rows.assign(chain=rows["chain"] + rows["first"])[columns]
