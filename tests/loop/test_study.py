"""Studies: same numbers however the work is done; what is done is kept, whatever happens; bad input gets one line."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial
from importlib import reload
from pathlib import Path
from runpy import run_path

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from threadpoolctl import threadpool_info, threadpool_limits

from collapse_edu import Gaussian, History, accumulate, ensemble, mix, replace, run, theory
from collapse_edu.loop import study
from collapse_edu.loop.source import normal
from collapse_edu.loop.study import sweep
from tests.evidence import assert_within

SCRIPT = """
import os, sys, time
from pathlib import Path
from collapse_edu import History, ensemble
from collapse_edu.loop.study import sweep

def job(n, chains, seed, calls, seconds):
    Path(calls, f"{n}.{seed}.{os.getpid()}").touch()
    time.sleep(seconds)
    return ensemble.gaussian(n=n, generations=5, chains=chains, seed=seed)

def table(checkpoints, n_jobs, calls, seconds):
    Path(calls).mkdir(exist_ok=True)
    keywords = {"chains": 4, "batch": 2, "calls": calls, "seconds": seconds}
    return sweep(job, {"n": [10, 20, 30]}, checkpoints=checkpoints, n_jobs=n_jobs, **keywords)

if __name__ == "__main__":
    folder, n_jobs = sys.argv[1:]
    table(Path(folder, "kept"), int(n_jobs), str(Path(folder, "calls")), 0.2).to_pickle(Path(folder, "table"))
"""


def assert_same(one, other):
    """Assert that two tables agree to the bit."""
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one["value"].to_numpy().tobytes() == other["value"].to_numpy().tobytes()


def noise(n, seed, chains, calls=None):
    """Return one normal number for each chain and generation; write down in a folder that it was called."""
    if calls:
        Path(calls, f"{n}.{seed}.{time.monotonic_ns()}").touch()
    return History({("replace", "noise"): np.random.default_rng(seed).standard_normal((n, chains))})


def scaled(power, n, seed):
    return {"scaled": np.random.default_rng(seed).standard_normal() * n**power, "power": power}


# ---------------------------------------------------------------- the table


def test_the_table_has_the_columns_of_the_grid_and_those_of_a_history():
    grid = {"data": {"small": normal(5), "large": normal(9)}, "regime": [replace, mix(0.5)]}
    table = sweep(run, grid, model=Gaussian(), generations=3, chains=2)
    assert list(table.columns) == ["data", "regime", "generation", "chain", "measure", "value"]
    assert table["data"].unique().tolist() == ["small", "large"]
    assert table["regime"].unique().tolist() == ["replace", "mix(0.5)"]
    assert table["chain"].unique().tolist() == [0, 1]
    assert len(table) == 2 * 2 * 3 * 2 * table["measure"].nunique()


def newest(source, pool, synthetic, rng):
    return None, synthetic, None


def part_of(share):
    def rule(source, pool, synthetic, rng):
        return None, synthetic[: int(share * len(synthetic))], None

    return rule


@dataclass
class Part:
    share: float = 0.5

    def __call__(self, source, pool, synthetic, rng):
        return None, synthetic[: int(self.share * len(synthetic))], None


def test_a_regime_has_the_label_that_a_run_would_write():
    a_third = part_of(1 / 3)
    a_third.label = "a third"
    regimes = [replace, mix(0.5), newest, part_of(0.5), a_third, Part(), Part(0.25)]
    labels = ["replace", "mix(0.5)", "newest", "rule(0.5)", "a third", "Part", "Part(0.25)"]
    table = sweep(run, {"regime": regimes}, model=Gaussian(), data=normal(8), generations=1)
    assert table["regime"].unique().tolist() == labels
    assert [run(Gaussian(), normal(8), regime, generations=1).regimes for regime in regimes] == [[x] for x in labels]


def test_a_label_of_the_grid_names_the_regime():
    table = sweep(ensemble.gaussian, {"regime": {"half fresh": mix(0.5)}}, n=9, generations=1, chains=1)
    assert table["regime"].unique().tolist() == ["half fresh"]


def test_a_job_without_chains_is_called_once_for_each_and_may_return_numbers():
    table = sweep(scaled, {"power": [0, 1]}, chains=3, batch=2, n=10)
    assert list(table.columns) == ["power", "chain", "measure", "value"]
    assert table["chain"].tolist() == [0, 0, 1, 1, 2, 2] * 2
    assert table.query("measure == 'scaled'")["value"].nunique() == 6


def test_a_job_that_takes_anything_gets_chains_and_seed():
    table = sweep(lambda **parameters: {"all": [len(parameters)] * parameters["chains"]}, {"n": [2]}, chains=3, m=1)
    assert table["value"].tolist() == [4, 4, 4]


def test_batches_make_one_run_of_chains():
    table = sweep(noise, {"n": [2]}, chains=5, batch=2)
    assert table["chain"].tolist() == [0, 1, 0, 1, 2, 3, 2, 3, 4, 4]
    assert table["value"].nunique() == len(table)


def last_log_variance(n, chains, seed):
    return {"log": np.log(ensemble.gaussian(n=n, generations=8, chains=chains, seed=seed)["variance"][-1])}


def test_a_sweep_agrees_with_theory():
    table = sweep(last_log_variance, {"n": [10, 40]}, chains=100_000, batch=25_000)
    for n in (10, 40):
        logs = table.loc[table["n"] == n, "value"]
        assert_within(logs, theory.gaussian.expected_log_variance(8, n), resolves=0.05)


def test_progress_counts_what_was_there(tmp_path, capsys):
    call = partial(sweep, noise, chains=2, batch=1, checkpoints=tmp_path)
    call({"n": [1]})
    assert capsys.readouterr().err == ""
    call({"n": [1, 2]}, progress=True)
    assert "| 2/4 [" in (said := capsys.readouterr().err)
    assert "| 4/4 [" in said


# ---------------------------------------------------------------- seeds


def seeds(n, seed):
    return {"seed": seed}


def test_each_unit_has_a_seed_of_its_own():
    table = sweep(seeds, {"n": range(1, 20)}, chains=5)
    assert table["value"].nunique() == 19 * 5


def test_a_seed_hangs_on_the_labels_and_the_first_chain_alone():
    # Held for ever: other seeds would be other numbers in every study that was written about.
    assert study._seed(0, {"n": 10, "regime": "replace"}, 0) == study._seed(0, {"regime": "replace", "n": 10}, 0)
    assert study._seed(0, {"n": 10, "regime": "replace"}, 0) == 12768964252130161105
    assert study._seed(7, {"n": 10}, 25) == 8346469521267491855


def test_a_study_that_grows_keeps_its_numbers():
    small = sweep(noise, {"n": [3]}, chains=4, batch=2)
    large = sweep(noise, {"n": [2, 3]}, chains=6, batch=2)
    assert_same(small, large.query("n == 3 and chain < 4").reset_index(drop=True))
    assert not np.isin(small["value"], sweep(noise, {"n": [3]}, chains=4, batch=2, seed=1)["value"]).any()


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_any_number_of_processes_gives_the_same_bits(backend):
    grid = {"regime": [replace, accumulate], "d": [2, 5]}
    call = partial(sweep, ensemble.gaussian, grid, n=9, generations=20, chains=40, batch=20)
    serial = call()
    with parallel_config(backend=backend):
        assert_same(call(n_jobs=3), serial)
    with parallel_config(backend=backend, n_jobs=2):
        assert_same(call(), serial)


def test_functions_without_a_name_of_their_own_reach_other_processes():
    factor = 3
    call = partial(sweep, lambda n, seed: {"x": factor * n}, {"n": [1, 2]})
    assert_same(call(n_jobs=2), call())
    assert call()["value"].tolist() == [3, 6]


def threads(n, seed):
    time.sleep(0.01 * n)  # units of one process overlap, and end in another order
    return {"threads": max((each["num_threads"] for each in threadpool_info()), default=1)}


@pytest.mark.parametrize("n_jobs", [1, 3])
def test_a_unit_uses_one_thread_and_the_limit_is_lifted_afterwards(n_jobs):
    with threadpool_limits(2), parallel_config(backend="threading"):
        before = [each["num_threads"] for each in threadpool_info()]
        table = sweep(threads, {"n": [3, 0, 1, 2]}, n_jobs=n_jobs)
        assert (table["value"] == 1).all()
        assert [each["num_threads"] for each in threadpool_info()] == before


# ---------------------------------------------------------------- checkpoints


def test_what_is_done_is_not_done_again(tmp_path):
    calls = tmp_path / "calls"
    calls.mkdir()
    call = partial(sweep, noise, checkpoints=tmp_path / "kept", chains=4, batch=2, calls=str(calls))
    first = call({"n": [2, 3]})
    assert len(list(calls.iterdir())) == 4
    assert_same(call({"n": [2, 3]}), first)
    assert len(list(calls.iterdir())) == 4
    grown = call({"n": np.array([3, 4, 2])})  # another order, one more, numbers of NumPy
    assert len(list(calls.iterdir())) == 6
    assert_same(grown, call({"n": [3, 4, 2]}, n_jobs=2))
    assert_same(grown.query("n == 2").reset_index(drop=True), first.query("n == 2").reset_index(drop=True))


def test_numbers_come_back_to_the_bit(tmp_path):
    odd = [0.1 + 0.2, -0.0, np.inf, -np.inf, np.nan, -np.nan, 5e-324, 1.7976931348623157e308]
    call = partial(sweep, lambda n, seed, chains: {"x": odd}, {"n": [1]}, chains=len(odd), checkpoints=tmp_path)
    assert_same(call(), call())


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


@pytest.fixture
def _ctrl_c():
    """A shell's background jobs ignore Ctrl-C, and so would the tests there, and what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def started(script, n_jobs):
    return subprocess.Popen(
        [sys.executable, script, script.parent, str(n_jobs)], start_new_session=True, stderr=subprocess.PIPE, text=True
    )


def checkpoints(script):
    return {path for path in script.parent.glob("kept/*") if path.suffix != ".part"}


def workers(script):
    """Return the processes that have begun a unit."""
    return {path.suffix for path in script.parent.glob("calls/*")}


def wait_for(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        assert process.poll() is None, "it ended too early"
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_killed_in_the_middle_and_started_again(script):
    process = started(script, 1)
    try:
        wait_for(lambda: len(checkpoints(script)) >= 2, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    before = {path.name: path.stat().st_mtime_ns for path in checkpoints(script)}
    begun = {path.name.rsplit(".", 1)[0] for path in script.parent.glob("calls/*")}
    assert 2 <= len(before) <= len(begun) < 6
    assert started(script, 2).communicate(timeout=60)[1] == ""
    assert_same(
        pd.read_pickle(script.parent / "table"),
        run_path(script)["table"](None, 1, str(script.parent / "other_calls"), 0),
    )
    # Only what was under way when it was killed was begun twice.
    assert {path.name: path.stat().st_mtime_ns for path in checkpoints(script) if path.name in before} == before
    assert len(list(script.parent.glob("calls/*"))) == 6 + len(begun) - len(before) <= 7


@pytest.mark.usefixtures("_ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_keeps_what_is_done_and_says_so_in_one_line(script, n_jobs):
    process = started(script, n_jobs)
    try:
        wait_for(lambda: len(checkpoints(script)) >= 2 and len(workers(script)) == n_jobs, process)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes
        said = process.communicate(timeout=60)[1].splitlines()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    done, table = len(checkpoints(script)), pd.read_pickle(script.parent / "table")
    assert said == [
        f"Stopped: {done} of 6 units are done and kept in {script.parent / 'kept'}: the same call goes on from there."
    ]
    assert done < 6
    assert len(table) == done * 2 * 5 * 3
    assert process.returncode == 0


@pytest.mark.usefixtures("_ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_run_that_ctrl_c_stopped_is_not_taken_for_done(tmp_path, capsys):
    # run itself would catch Ctrl-C and return what is half done.
    def press(generation, source):
        if generation.t == 3:
            signal.raise_signal(signal.SIGINT)
        return 0.0

    handler = signal.getsignal(signal.SIGINT)
    keywords = {"data": normal(5), "generations": 5, "measures": {"press": press}, "checkpoints": tmp_path}
    table = sweep(run, {"model": [Gaussian()]}, **keywords)
    assert table.empty
    assert list(table.columns) == ["model", *study._TABLE]
    said = f"Stopped: 0 of 1 units are done and kept in {tmp_path}: the same call goes on from there.\n"
    assert capsys.readouterr().err == said
    assert not list(tmp_path.iterdir())
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_interrupt_that_is_no_signal_stops_as_well(capsys):
    def interrupted(generation, source):
        raise KeyboardInterrupt

    assert sweep(run, {"model": [Gaussian()]}, data=normal(5), measures={"x": interrupted}).empty
    assert capsys.readouterr().err.endswith("Stopped: 0 of 1 units are done and in the table.\n")


def test_an_interrupt_while_a_result_is_kept_is_silent_but_for_one_line(tmp_path, capfd, monkeypatch, recwarn):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    assert sweep(noise, {"n": range(9)}, n_jobs=2, checkpoints=tmp_path).empty
    assert capfd.readouterr().err.startswith("Stopped: 0 of 9 units are done")
    assert not recwarn.list


def fragile(n, seed, folder):
    if n == 3 and not Path(folder, "mended").exists():
        raise ValueError("three\nis too many")
    return {"x": n}


def test_an_error_is_one_line_that_names_its_unit_and_loses_nothing_that_is_done(tmp_path):
    kept = tmp_path / "kept"
    call = partial(sweep, fragile, {"n": [1, 2, 3, 4]}, folder=str(tmp_path), checkpoints=kept)
    for n_jobs in (1, 2):
        with pytest.raises(RuntimeError) as caught:
            call(n_jobs=n_jobs)
        assert re.fullmatch(
            r"job failed with n = 3, chains 0 to 0, seed = \d+: "
            r"ValueError: three is too many \(test_study.py, line \d+\)",
            str(caught.value),
        )
        assert caught.value.__context__ is None  # nothing else is printed
        assert len(list(kept.iterdir())) >= 2
    (tmp_path / "mended").touch()
    assert call()["value"].tolist() == [1, 2, 3, 4]


def killed(n, seed):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_that_dies_is_one_line():
    with pytest.raises(
        RuntimeError, match=r"^job ended the process that it ran in: out of memory, killed, or .*in it$"
    ):
        sweep(killed, {"n": [1, 2]}, n_jobs=2)


# ---------------------------------------------------------------- damage


@pytest.fixture
def kept(tmp_path):
    """Return a call with checkpoints, its table, and the file of one unit."""
    call = partial(sweep, noise, {"n": [2, 3]}, chains=2, checkpoints=tmp_path)
    table = call()
    return call, table, min(tmp_path.iterdir())


DAMAGE = {
    **{
        f"cut to {share:.0%}": lambda data, path, share=share: data[: int(share * len(data))] for share in (0, 0.3, 0.7)
    },
    "one byte": lambda data, path: data[:1],
    "all but one byte": lambda data, path: data[:-1],
    "one more byte": lambda data, path: data + b"0",
    "zeros": lambda data, path: bytes(len(data)),
    "noise": lambda data, path: np.random.default_rng(0).bytes(len(data)),
    "a text": lambda data, path: b"generation,chain\n1,2\n",
    "a pickle": lambda data, path: b"cos\nsystem\n(S'touch stolen'\ntR.",
    "of another unit": lambda data, path: max(path.parent.iterdir()).read_bytes(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_counts_as_none(kept, damage):
    call, table, path = kept
    good = path.read_bytes()
    path.write_bytes(DAMAGE[damage](good, path))
    assert_same(call(), table)
    assert (
        study._load(path.parent, path.name).keys() == study._load(path.parent, max(path.parent.iterdir()).name).keys()
    )


def test_no_byte_can_change_unnoticed(kept):
    _, _, path = kept
    good = path.read_bytes()
    for i in range(0, len(good), 7):
        path.write_bytes(good[:i] + bytes([good[i] ^ 0x10]) + good[i + 1 :])
        assert study._load(path.parent, path.name) is None
    path.write_bytes(good)
    assert study._load(path.parent, path.name) is not None


def test_a_file_that_cannot_be_read_is_not_damaged(kept):
    call, _, path = kept
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match=path.name):
        call()
    assert path.is_dir()


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    sweep(noise, {"n": [1]}, checkpoints=tmp_path)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        sweep(noise, {"n": [1, 2]}, checkpoints=tmp_path)
    assert sorted(tmp_path.iterdir()) == before


# ---------------------------------------------------------------- another study: never a stale number

BASE = {
    "job": run,
    "grid": {"regime": [replace]},
    "model": Gaussian(),
    "data": normal(5),
    "generations": 2,
    "chains": 2,
}


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"chains": 3},
        {"batch": 1},
        {"generations": 3},
        {"model": Gaussian(ddof=0)},
        {"data": normal(6)},
        {"n_samples": 4},
        {"grid": {"regime": {"replace": accumulate}}},
        {"grid": {"regime": {"replace": mix(0.5)}}},
        {"measures": {"largest": lambda generation, source: generation.synthetic.max()}},
        {"measures": {"largest": lambda generation, source: generation.synthetic.min()}},
        {"job": partial(run, regime=accumulate), "grid": {"n_samples": [5]}},
        {"version": "1"},
    ],
)
def test_another_unit_is_done_anew_and_the_first_one_stays(tmp_path, change):
    def start(job, grid, **keywords):
        return sweep(job, grid, checkpoints=tmp_path, **keywords)

    table = start(**BASE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    changed = BASE | change
    assert_same(start(**changed), sweep(changed.pop("job"), changed.pop("grid"), **changed))
    after = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(after) > len(before)
    assert before.items() <= after.items()
    assert_same(start(**BASE), table)


@pytest.mark.parametrize("name", ["numpy", "Python", "files of collapse_edu", "a package that is new"])
def test_with_another_version_all_is_done_anew(kept, monkeypatch, name):
    call, table, path = kept
    monkeypatch.setattr(study, "versions", partial(dict, study.versions() | {name: "9.9"}))
    assert_same(call(), table)
    assert len(list(path.parent.iterdir())) == 4


def test_a_worker_with_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(study, "versions", partial(dict, study.versions() | {"numpy": "9.9"}))
    with pytest.raises(
        RuntimeError, match=r"RuntimeError: a worker must have numpy 9\.9; got [0-9.]+ \(study\.py, line "
    ):
        sweep(noise, {"n": [1, 2]}, n_jobs=2)


def test_a_version_stands_for_the_code(tmp_path):
    def told(job, version):
        return sweep(job, {"n": [1]}, checkpoints=tmp_path, version=version)["value"][0]

    one, two, three = (lambda n, seed: {"x": 1.0}), (lambda n, seed: {"x": 2.0}), (lambda n, seed: {"x": 3.0})
    assert [told(one, "1"), told(two, "1"), told(two, "2"), told(three, None)] == [1.0, 1.0, 2.0, 3.0]


def test_a_parameter_may_be_called_job_or_versions(tmp_path):
    def told(result):
        def f(n, seed, job, versions):
            return {"x": result}

        return sweep(f, {"n": [1]}, job=1, versions=2, checkpoints=tmp_path)["value"].tolist()

    assert (told(1.0), told(2.0)) == ([1.0], [2.0])


def test_a_unit_works_on_a_copy():
    seen = []

    def counting(n, seed):
        seen.append(n)
        return {"seen": len(seen)}

    table = sweep(counting, {"n": [1, 2, 3]})
    assert table["value"].tolist() == [1, 1, 1]
    assert seen == []
    assert_same(sweep(counting, {"n": [1, 2, 3]}, n_jobs=2), table)


def test_a_worker_forgets_what_a_class_was():
    class Part:
        value = 1.0

    def job(n, seed):
        return {"x": Part.value}

    assert sweep(job, {"n": [1, 2]}, n_jobs=2)["value"].tolist() == [1.0, 1.0]
    Part.value = 2.0
    assert sweep(job, {"n": [1, 2]}, n_jobs=2)["value"].tolist() == [2.0, 2.0]


def test_workers_run_a_module_as_it_is_here_and_not_as_they_or_the_disk_have_it(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "mine_of_a_study.py"
    path.write_text("def f():\n    return 1.0\n")
    import mine_of_a_study

    call = partial(sweep, lambda n, seed: {"x": mine_of_a_study.f()}, {"n": [1, 2]}, n_jobs=2, checkpoints=tmp_path)
    try:
        assert call()["value"].tolist() == [1.0, 1.0]
        path.write_text("def f():\n    return 20.0\n")
        assert call(seed=1)["value"].tolist() == [1.0, 1.0]
        reload(mine_of_a_study)
        assert call()["value"].tolist() == [20.0, 20.0]
    finally:
        del sys.modules["mine_of_a_study"]


# ---------------------------------------------------------------- bad input


def no_seed(n):
    return {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"job": 3}, "job must be a function that takes n, seed; got 3: 3 is not a callable object"),
        ({"job": dict}, "job must be a function that takes n, seed; got <class 'dict'>: no signature found .*"),
        ({"job": no_seed}, "job must be a function that takes n, seed; got <.*>: got an unexpected keyword .*'seed'"),
        ({"m": 3}, "job must be a function that takes n, m, seed; got <.*>: got an unexpected keyword argument 'm'"),
        ({"grid": {"calls": [None]}}, "job must be .* takes calls, seed; got <.*>: missing a required argument: 'n'"),
        ({"grid": {}}, "grid must be a dict, parameter → its values, and not empty; got {}"),
        ({"grid": [1, 2]}, r"grid must be a dict, parameter → its values, and not empty; got \[1, 2\]"),
        ({"grid": {"n": 3}}, "n must be a list of values or a dict, label → value, and not empty; got 3"),
        ({"grid": {"n": "30"}}, "n must be a list of values or a dict, label → value, and not empty; got '30'"),
        ({"grid": {"n": (n for n in [1])}}, "n must be a list of values .*; got <generator .*>"),
        ({"grid": {"n": []}}, r"n must be a list of values or a dict, label → value, and not empty; got \[\]"),
        ({"grid": {"chains": [3]}}, "grid must not contain what is given beside it or .* any table; got chains"),
        ({"grid": {"seed": [3]}}, "grid must not contain what is given beside it or .* any table; got seed"),
        ({"grid": {"measure": [3]}}, "grid must not contain what is given beside it or .* any table; got measure"),
        ({"n": 3}, "grid must not contain what is given beside it or is a column of any table; got n"),
        (
            {"grid": {"n": [3, np.int64(3)]}},
            "n must have different labels: give a dict, label → value; got 3 twice",
        ),
        ({"grid": {"n": [normal(3)]}}, "n must have short labels: give a dict, label → value; got a KnownDistribution"),
        ({"grid": {"n": [lambda: 3]}}, "n must have short labels: give a dict, label → value; got a function"),
        ({"chains": 0}, "chains must be an integer of at least 1; got 0"),
        ({"batch": 0}, "batch must be an integer of at least 1; got 0"),
        ({"seed": -1}, "seed must be an integer of at least 0; got -1"),
        ({"seed": 1.5}, "seed must be an integer of at least 0; got 1.5"),
        ({"version": 3}, "version must be a text, your name for the state of the job; got 3"),
        ({"calls": threading.Lock()}, "calls must be something that can be copied .*; got a lock .*"),
        ({"grid": {"n": {"a": (n for n in [])}}}, "n must be something that can be copied .*; got a generator .*"),
    ],
)
def test_bad_input_gets_one_line(tmp_path, change, said):
    call = {"job": noise, "grid": {"n": [3]}, "checkpoints": tmp_path / "kept"} | change
    with pytest.raises((TypeError, ValueError), match=f"^{said}$"):
        sweep(call.pop("job"), call.pop("grid"), **call)
    assert not (tmp_path / "kept").exists()


def test_checkpoints_must_be_a_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError, match="file"):  # before the job is called
        sweep(noise, {"n": [1]}, checkpoints=tmp_path / "file", calls=tmp_path / "not there")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (3, "TypeError: job must return a History, or a dict, measure → number; got int"),
        ({"x": [1.0, 2.0, 3.0]}, "ValueError: job must return one number for each of its 2 chains; got 3 of x"),
        ({"x": ["a", "b"]}, "ValueError: could not convert string to float: .*'a'.*"),
        (History({("a", "x"): [[1.0]]}), "ValueError: job must return one number for each of its 2 chains; got 1 of x"),
        (
            History({("a", "x"): [[1.0, 1.0]], ("b", "x"): [[1.0, 1.0]]}),
            "ValueError: job must return one regime where it takes one; got a, b",
        ),
    ],
)
def test_a_bad_result_gets_one_line(result, said):
    with pytest.raises(RuntimeError, match=rf"^job failed with regime = replace, .*: {said} \(\w+\.py, line \d+\)$"):
        sweep(lambda regime, seed, chains: result, {"regime": [replace]}, chains=2)
