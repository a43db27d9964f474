"""Studies: same numbers however the work is done; what is done is kept, whatever happens; bad input gets one line."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from itertools import pairwise, permutations
from pathlib import Path
from runpy import run_path

import numpy as np
import pandas as pd
import pytest
from collapse_edu.loop.study import sweep
from joblib import parallel_config
from threadpoolctl import threadpool_info, threadpool_limits

from collapse_edu import Gaussian, History, accumulate, ensemble, mix, replace, run, theory
from collapse_edu.loop import study
from collapse_edu.loop.source import normal
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
    assert list(table.columns) == ["data", "regime", "generation", "chain", "metric", "value"]
    assert table["data"].unique().tolist() == ["small", "large"]
    assert table["regime"].unique().tolist() == ["replace", "mix(0.5)"]
    assert table["chain"].unique().tolist() == [0, 1]
    assert len(table) == 2 * 2 * 3 * 2 * table["metric"].nunique()


def test_a_label_of_the_grid_names_the_regime():
    table = sweep(ensemble.gaussian, {"regime": {"half fresh": mix(0.5)}}, n=9, generations=1, chains=1)
    assert table["regime"].unique().tolist() == ["half fresh"]


def test_a_job_without_chains_is_called_once_for_each_and_may_return_numbers():
    table = sweep(scaled, {"power": [0, 1]}, chains=3, batch=2, n=10)
    assert list(table.columns) == ["power", "chain", "metric", "value"]
    assert table["chain"].tolist() == [0, 0, 1, 1, 2, 2] * 2
    assert table.query("metric == 'scaled'")["value"].nunique() == 6


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


def test_each_unit_has_a_seed_of_its_own():
    seeds = [each.call[1]["seed"] for each in study._Study(noise, {"n": range(1, 40)}, {}, 50, 5, 0).units]
    assert len(set(seeds)) == 39 * 10


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
    return set(script.parent.glob("kept/*.npz"))


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
    keywords = {"data": normal(5), "generations": 5, "metrics": {"press": press}, "checkpoints": tmp_path}
    table = sweep(run, {"model": [Gaussian()]}, **keywords)
    assert table.empty
    assert list(table.columns) == ["model", *study._TABLE]
    said = f"Stopped: 0 of 1 units are done and kept in {tmp_path}: the same call goes on from there.\n"
    assert capsys.readouterr().err == said
    assert [path.name for path in tmp_path.iterdir()] == ["study.json"]
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_interrupt_that_is_no_signal_stops_as_well(capsys):
    def interrupted(generation, source):
        raise KeyboardInterrupt

    assert sweep(run, {"model": [Gaussian()]}, data=normal(5), metrics={"x": interrupted}).empty
    assert capsys.readouterr().err.endswith("Stopped: 0 of 1 units are done and in the table.\n")


def test_an_interrupt_while_a_result_is_kept_is_silent_but_for_one_line(tmp_path, capfd, monkeypatch, recwarn):
    def interrupted(self, unit, history):
        raise KeyboardInterrupt

    monkeypatch.setattr(study._Checkpoints, "save", interrupted)
    assert sweep(noise, {"n": range(9)}, n_jobs=2, checkpoints=tmp_path).empty
    assert capfd.readouterr().err.startswith("Stopped: 0 of 9 units are done")
    assert not recwarn.list


def test_an_error_names_its_unit_and_loses_nothing_that_is_done(tmp_path):
    def fragile(n, seed):
        if n == 3 and not (tmp_path / "mended").exists():
            raise ValueError("three is too many")
        return {"x": n}

    call = partial(sweep, fragile, {"n": [1, 2, 3, 4]}, checkpoints=tmp_path / "kept")
    with pytest.raises(ValueError, match=r"^three is too many") as caught:
        call()
    assert caught.value.__notes__ == ["This was the unit n = 3, chains 0 to 0."]
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 2
    with pytest.raises(ValueError, match=r"^three is too many") as caught:
        call(n_jobs=2)
    assert caught.value.__notes__ == ["This was the unit n = 3, chains 0 to 0."]
    (tmp_path / "mended").touch()
    assert call()["value"].tolist() == [1, 2, 3, 4]


# ---------------------------------------------------------------- damage


@pytest.fixture
def kept(tmp_path):
    """Return a call with checkpoints, its table, and the file of one unit."""
    call = partial(sweep, noise, {"n": [2, 3]}, chains=2, checkpoints=tmp_path)
    table = call()
    return call, table, min(tmp_path.glob("*.npz"))


def other_version(data, path):
    with np.load(path) as arrays:
        arrays = dict(arrays)
    about = json.loads(str(arrays["about"])) | {"checkpoint": 99}
    np.savez(path, **arrays | {"about": np.array(json.dumps(about))})
    return path.read_bytes()


DAMAGE = {
    **{
        f"cut to {share:.0%}": lambda data, path, share=share: data[: int(share * len(data))] for share in (0, 0.3, 0.7)
    },
    "one byte": lambda data, path: data[:1],
    "all but one byte": lambda data, path: data[:-1],
    "zeros": lambda data, path: bytes(len(data)),
    "noise": lambda data, path: np.random.default_rng(0).bytes(len(data)),
    "a text": lambda data, path: b"generation,chain\n1,2\n",
    "a pickle": lambda data, path: b"cos\nsystem\n(S'touch stolen'\ntR.",
    "of another unit": lambda data, path: max(path.parent.glob("*.npz")).read_bytes(),
    "another version": other_version,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_checkpoint_is_set_aside_and_its_unit_done_again(kept, damage, capfd):
    call, table, path = kept
    good = path.read_bytes()
    bad = DAMAGE[damage](good, path)
    for time_ in ("", ".2"):  # also when it happens again
        path.write_bytes(bad)
        assert_same(call(), table)
        assert path.with_name(f"{path.name}{time_}.damaged").read_bytes() == bad
        said = capfd.readouterr().err
        assert said.startswith(f"Set aside as {path.name}{time_}.damaged, to be made anew: {path} is damaged (")
        assert said.count("\n") == 1
        assert_same(call(), table)
        assert capfd.readouterr().err == ""


def test_no_byte_can_change_without_being_noticed(kept):
    call, table, path = kept
    good = path.read_bytes()
    noticed = 0
    for i in range(0, len(good), 23):
        path.write_bytes(good[:i] + bytes([good[i] ^ 0x10]) + good[i + 1 :])
        assert_same(call(), table)
        noticed += len(list(path.parent.glob("*.damaged")))
        for aside in path.parent.glob("*.damaged"):
            aside.unlink()
    assert noticed > 0.7 * len(good) / 23  # the rest are dates and the like


def test_a_checkpoint_that_cannot_be_read_is_not_damaged(kept):
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


def test_a_damaged_label_of_the_folder_is_set_aside(kept, capfd):
    call, table, path = kept
    label = path.parent / "study.json"
    good = label.read_text()
    stamp = path.stat().st_mtime_ns
    for bad in ("", good[:40], "[]", '{"checkpoints": 1}'):
        label.write_text(bad)
        assert_same(call(), table)
        assert label.read_text() == good
        assert capfd.readouterr().err.count("\n") == 1
    assert path.stat().st_mtime_ns == stamp


# ---------------------------------------------------------------- another study


def in_main(code):
    """Return the function that a notebook or script defines."""
    space = {"__name__": "__main__", "np": np, "History": History, "normal": normal}
    exec(code, space)
    return space["job"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 1}, "seed is 0, not 1"),
        ({"generations": 3}, "generations is 2, not 3"),
        ({"model": Gaussian(ddof=0)}, r"model is Gaussian\(\), not Gaussian\(ddof=0\)"),
        ({"data": normal(6)}, "data is another one called KnownDistribution"),
        ({"n_samples": 4}, "n_samples is not given, not 4"),
        ({"grid": {"n_samples": [4]}}, "grid is regime, not n_samples"),
        ({"job": partial(run, regime=accumulate), "grid": {"n_samples": [4]}}, "job is run, not partial"),
    ],
)
def test_a_folder_of_another_study_is_refused_and_untouched(tmp_path, change, said):
    call = {"job": run, "grid": {"regime": [replace]}, "model": Gaussian(), "data": normal(5), "generations": 2}

    def start(job, grid, **keywords):
        return sweep(job, grid, checkpoints=tmp_path, **keywords)

    table = start(**call)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=rf"^checkpoints must be a new folder or that of this study; in \S+ {said}$"):
        start(**call | change)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert_same(start(**call), table)


def test_other_versions_are_refused(kept, monkeypatch):
    call, _, _ = kept
    monkeypatch.setattr(study, "_version_of", lambda library: "9.9")
    with pytest.raises(ValueError, match=r"numpy is [0-9.]+, not 9\.9$"):
        call()
    monkeypatch.undo()
    monkeypatch.setattr(study, "_VERSION", 2)
    with pytest.raises(ValueError, match=r"version of the checkpoints is 1, not 2$"):
        call()


@pytest.mark.parametrize("name", ["notes.txt", "old.npz", "sub"])
def test_a_folder_with_other_files_is_refused(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(ValueError, match=r"^checkpoints must be a new folder or that of this study; \S+ holds other"):
        sweep(noise, {"n": [1]}, checkpoints=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_a_killed_process_left_is_no_other_file(tmp_path):
    for name in (".DS_Store", "study.json.0a1b.part"):
        (tmp_path / name).touch()
    sweep(noise, {"n": [1]}, checkpoints=tmp_path)


def test_checkpoints_must_be_a_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"^checkpoints must be a folder; got the file "):
        sweep(noise, {"n": [1]}, checkpoints=tmp_path / "file")


def test_the_same_label_with_another_value_is_done_anew(tmp_path):
    call = partial(sweep, run, model=Gaussian(), generations=1, checkpoints=tmp_path)
    small, large = call({"data": {"real": normal(5)}}), call({"data": {"real": normal(50)}})
    assert (small["value"] != large["value"]).all()
    assert_same(small, call({"data": {"real": normal(5)}}))


JOBS = [
    "def job(n, seed): return {'x': 1.0}",
    "def job(n, seed): return {'x': 2.0}",
    "def job(n, seed=3): return {'x': 1.0}",
    "FACTOR = 1\ndef job(n, seed): return {'x': 1.0 * FACTOR}",
    "FACTOR = 2\ndef job(n, seed): return {'x': 1.0 * FACTOR}",
    "def part(): return 1.0\ndef job(n, seed): return {'x': part()}",
    "def part(): return 2.0\ndef job(n, seed): return {'x': part()}",
    "class Part:\n    def value(self): return 1.0\ndef job(n, seed): return {'x': Part().value()}",
    "class Part:\n    def value(self): return 2.0\ndef job(n, seed): return {'x': Part().value()}",
    "class Part:\n    @property\n    def value(self): return 1.0\ndef job(n, seed): return {'x': Part().value}",
    "class Part:\n    @property\n    def value(self): return 2.0\ndef job(n, seed): return {'x': Part().value}",
    "class Part:\n    value = 1.0\ndef job(n, seed): return {'x': Part.value}",
    "class Part:\n    value = 2.0\ndef job(n, seed): return {'x': Part.value}",
    "job = lambda n, seed: {'x': [y for y in (1.0,)][0]}",
    "job = lambda n, seed: {'x': [y for y in (2.0,)][0]}",
    "def make(x):\n    def job(n, seed): return {'x': x}\n    return job\njob = make(1.0)",
    "def make(x):\n    def job(n, seed): return {'x': x}\n    return job\njob = make(2.0)",
    "def job(n, seed): return {'x': float(n in {'a', 'b', 'c'})}",
    "WORDS = {'a', 'b', 'c'}\ndef job(n, seed): return {'x': float(n in WORDS)}",
    "def job(n, seed): return {'x': 1.0 if n < 1 else job(n - 1, seed)['x']}",
]


def test_code_that_a_notebook_defines_counts():
    digests = {study._digest("job", in_main(code)) for code in JOBS}
    assert len(digests) == len(JOBS)


def test_a_digest_is_the_same_in_each_process():
    code = (
        "import numpy as np; from collapse_edu import Gaussian, mix, run\n"
        "from collapse_edu.loop.source import KnownDistribution, normal\n"
        "from collapse_edu.loop.study import _digest; from dataclasses import dataclass\n"
        "@dataclass(frozen=True)\nclass Mine:\n    share: float = 0.1\n"
        "    def __call__(self, source, pool, synthetic, rng): return super().__call__()\n"
        f"def of(code):\n    space = {{'__name__': '__main__'}}; exec(code, space); return space['job']\n"
        f"values = [*map(of, {JOBS!r}), run, normal(30), Gaussian(), mix(0.1), Mine(), {{'a', 'b', 'c'}},\n"
        "    KnownDistribution(lambda n, rng: np.ones((n, 1)), 3), np.arange(6).reshape(2, 3), np]\n"
        "print(*(_digest('x', value) for value in values))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_equal_values_have_equal_digests():
    text = "".join(["a", "b"])
    assert study._digest("x", [text, "ab"]) == study._digest("x", ["ab", "ab"])
    assert len({study._digest("x", {*order}) for order in permutations(["a", "b", "c"])}) == 1
    several = [1, 1.0, True, "1", b"1", (1,), [1], {1}, np.array([1]), np.array([1.0]), Gaussian(), Gaussian(ddof=0)]
    for one, other in pairwise(several):
        assert study._digest("x", one) != study._digest("x", other)


# ---------------------------------------------------------------- bad input


def no_seed(n):
    return {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"job": 3}, "job must be a function that takes seed and returns a History; got 3"),
        ({"job": dict}, "job must say what it takes; dict does not: write a function around it"),
        ({"job": no_seed}, "job must take seed, from which all its randomness comes; no_seed does not"),
        ({"grid": {}}, "grid must be .* got an empty one"),
        ({"grid": [1, 2]}, "grid must be .* got list"),
        ({"grid": {3: [1]}}, "grid must be .* got the parameter 3"),
        ({"grid": {"n": 3}}, "grid must be .* got n → int"),
        ({"grid": {"n": "30"}}, "grid must be .* got n → str"),
        ({"grid": {"n": (n for n in [1])}}, "grid must be .* got n → generator"),
        ({"grid": {"n": []}}, "grid must be .* got n → an empty one"),
        ({"grid": {"chains": [3]}}, r"grid must not hold chains, .*: write sweep\(…, chains=…\)"),
        ({"grid": {"seed": [3]}}, r"grid must not hold seed, .*: write sweep\(…, seed=…\)"),
        ({"grid": {"metric": [3]}}, "grid must not hold metric: the table has another column of that name"),
        ({"grid": {"m": [3]}}, "m must be a parameter of noise, which takes n, seed, chains, calls"),
        ({"m": 3}, "m must be a parameter of noise, which takes n, seed, chains, calls"),
        ({"grid": {"calls": [None]}}, "n must be given, since noise needs it: in the grid or behind it"),
        ({"n": 3}, "n must be given once; got it in the grid and as a fixed parameter"),
        (
            {"grid": {"n": [3, np.int64(3)]}},
            "n must have values with different labels; got 3 twice: give label → value",
        ),
        (
            {"grid": {"n": [normal(3)]}},
            "n must have values with a short name of their own; got a KnownDistribution: give .*",
        ),
        ({"grid": {"n": [lambda: 3]}}, "n must have values with a short name of their own; got a function: give .*"),
        ({"chains": 0}, "chains must be an integer of at least 1; got 0"),
        ({"batch": 0}, "batch must be an integer of at least 1; got 0"),
        ({"seed": -1}, "seed must be an integer of at least 0; got -1"),
        ({"seed": 1.5}, "seed must be an integer of at least 0; got 1.5"),
        (
            {"calls": threading.Lock()},
            "calls must be something to send to another process; got lock .*: make it in the job",
        ),
        (
            {"grid": {"n": {"a": (n for n in [])}}},
            "n must be something to send .* got generator .*: make it in the job",
        ),
    ],
)
def test_bad_input_gets_one_line(tmp_path, change, said):
    call = {"job": noise, "grid": {"n": [3]}, "checkpoints": tmp_path / "kept"} | change
    with pytest.raises((TypeError, ValueError), match=f"^{said}$"):
        sweep(call.pop("job"), call.pop("grid"), **call)
    assert not (tmp_path / "kept").exists()


def test_a_value_that_holds_itself_gets_one_line():
    endless, deep = [], []
    endless.append(endless)
    for _ in range(100_000):
        deep = [deep]
    for value in (endless, deep):
        with pytest.raises(TypeError, match=r"^data must be something to send to another process; got list \("):
            study._digest("data", value)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (3, "job must return a History, or a dict, metric → number; <lambda> returned int"),
        (
            {"x": [1.0, 2.0, 3.0]},
            "job must return one number for each of its chains, here 2; .* returned 3 × float64 of x",
        ),
        (
            {"x": ["a", "b"]},
            "job must return one number for each of its chains, here 2; <lambda> returned 2 × <U1 of x",
        ),
        (History({("a", "x"): [[1.0]]}), "job must return 2 chains, as asked; <lambda> returned 1 of x"),
        (
            History({("a", "x"): [[1.0, 1.0]], ("b", "x"): [[1.0, 1.0]]}),
            "job must return one regime where it takes one; got a, b",
        ),
    ],
)
def test_a_bad_result_gets_one_line(result, said):
    with pytest.raises((TypeError, ValueError), match=f"^{said}"):
        sweep(lambda regime, seed, chains: result, {"regime": [replace]}, chains=2)
