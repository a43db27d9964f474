"""What is remembered over a restart, also when the process was killed."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from collapse_edu.production import Monitor, State


def text(document):
    return " ".join("w" + chr(97 + word % 26) + chr(97 + word // 26 % 26) for word in document)


def documents(rng, n):
    return (rng.zipf(1.6, size=(n, 20)) % 500).tolist()


@pytest.fixture
def stream(tmp_path, rng):
    path = tmp_path / "new.jsonl"
    path.write_text("".join(json.dumps({"text": text(each)}) + "\n" for each in documents(rng, 53)))
    return path


@pytest.fixture
def reference(rng):
    return [text(each).split() for each in documents(rng, 200)]


def monitor(reference, **settings):
    return Monitor(reference, **({"window": 5, "false_alarms": 0.2} | settings))


def read(reference, stream, path):
    watcher = monitor(reference)
    state = State(path, watcher)
    found = state.open(stream)
    readings = list(watcher.watch(found))
    state.save(found)
    return readings, watcher, state


def test_a_restart_goes_on_where_the_first_run_stopped(tmp_path, stream, reference):
    whole = list(monitor(reference).watch([json.loads(line)["text"].split() for line in stream.open()]))
    lines = stream.read_text().splitlines(keepends=True)
    stream.write_text("".join(lines[:32]))
    first, watcher, _ = read(reference, stream, tmp_path / "state")
    assert len(watcher.pending) == 2
    stream.write_text("".join(lines))
    second, watcher, _ = read(reference, stream, tmp_path / "state")
    assert [reading.window for reading in first + second] == list(range(1, 11))
    assert first + second == whole
    assert watcher.n_alerts == sum(reading.alert for reading in whole)
    assert list(watcher.alerts) == [reading for reading in whole if reading.alert]
    assert read(reference, stream, tmp_path / "state")[0] == []


def test_a_new_file_of_the_same_name_is_read_from_its_start(tmp_path, stream, reference):
    read(reference, stream, tmp_path / "state")
    lines = stream.read_text().splitlines(keepends=True)
    stream.write_text("".join(reversed(lines)))
    assert len(read(reference, stream, tmp_path / "state")[0]) == 11  # three documents were waiting


def test_new_files_of_a_folder_are_read_also_if_their_names_come_first(tmp_path, reference):
    folder = tmp_path / "texts"
    folder.mkdir()
    for many in (range(9, 10), range(9, 30)):
        for i in many:
            (folder / f"doc{i}.txt").write_text(text([i] * 20))
        readings, watcher, _ = read(reference, folder, tmp_path / "state")
    assert (len(readings), len(watcher.pending)) == (4, 1)


def test_a_file_of_one_line_without_an_end_that_grows_is_read_once(tmp_path, reference):
    path = tmp_path / "new.jsonl"
    path.write_text(json.dumps({"text": "one"}))
    read(reference, path, tmp_path / "state")
    with open(path, "a") as file:
        file.write("\n" + json.dumps({"text": "two"}) + "\n")
    assert read(reference, path, tmp_path / "state")[1].pending == [["one"], ["two"]]


def test_another_reference_or_version_is_refused(tmp_path, stream, reference):
    path = tmp_path / "state"
    read(reference, stream, path)
    with pytest.raises(ValueError, match="another reference or other settings"):
        State(path, monitor(reference, seed=1))
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"collapse-edu monitor": 1}))
    with pytest.raises(ValueError, match="must be a state of version 4; got version 1"):
        State(path, monitor(reference))


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"a": 1}', "[" * 100_000])
def test_what_is_no_state_is_refused(tmp_path, reference, content):
    path = tmp_path / "state"
    path.write_text(content)
    with pytest.raises(ValueError, match="must be the state of a monitor, or no file yet"):
        State(path, monitor(reference))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, None) for key in ("fingerprint", "windows", "pending", "n_alerts", "alerts", "streams")),
        ("windows", "ten"), ("windows", -1), ("windows", 1.5), ("windows", True), ("fingerprint", 7),
        ("n_alerts", -1), ("n_alerts", 10**6), ("pending", "x"), ("pending", [[]]), ("pending", ["a whale"]),
        ("pending", [[None]]), ("alerts", {}), ("alerts", [7]), ("alerts", [{"window": 1}]), ("alerts", [[]]),
        ("streams", []), ("streams", {"new": 7}), ("streams", {"new": {"lines": -5, "hash": ""}}),
        ("streams", {"new": {"lines": "x", "hash": ""}}),
    ],
)  # fmt: skip
def test_a_damaged_state_is_refused(tmp_path, stream, reference, key, value):
    path = tmp_path / "state"
    read(reference, stream, path)
    content = json.loads(path.read_text())
    del content[key]
    path.write_text(json.dumps(content if value is None else content | {key: value}))
    with pytest.raises(ValueError, match=r"^\S+ must be the state of a monitor, or no file yet; its .+ damaged$"):
        State(path, monitor(reference))


@pytest.mark.parametrize(
    ("key", "value"), [("window", "1"), ("values", 3), ("values", [1.0]), ("deviations", ["far"] * 8), ("limit", None)]
)
def test_a_state_with_a_damaged_alert_is_refused(tmp_path, stream, reference, key, value):
    path = tmp_path / "state"
    watcher = monitor(reference)
    state = State(path, watcher)
    list(watcher.watch([["a"] * 20] * 5))
    state.save(state.open(stream))
    State(path, monitor(reference))
    content = json.loads(path.read_text())
    content["alerts"][0][key] = value
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r'its "alerts" is damaged$'):
        State(path, monitor(reference))


def test_the_file_keeps_the_last_thousand_alerts(tmp_path, stream, reference):
    watcher = monitor(reference)
    state = State(tmp_path / "state", watcher)
    found = state.open(stream)
    dull = [["a"] * 20] * 5
    raised = [reading for reading in watcher.watch(dull * 1100, at_once=100) if reading.alert]
    assert len(raised) == watcher.n_alerts == 1100
    state.save(found)
    again = monitor(reference)
    State(tmp_path / "state", again)
    assert again.n_alerts == 1100
    assert list(again.alerts) == raised[-1000:]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_kill_at_any_time_leaves_a_whole_state(tmp_path, rng):
    """Killed again and again while it reads, the monitor ends with the same windows as without."""
    reference, new = tmp_path / "real.jsonl", tmp_path / "new.jsonl"
    for path, n in ((reference, 200), (new, 3000)):
        path.write_text("".join(json.dumps({"text": text(each)}) + "\n" for each in documents(rng, n)))
    command = [
        sys.executable, "-c",
        "import sys; from collapse_edu.cli import main, monitor; monitor._SAVE = 0; monitor._AT_ONCE = 1; "
        "sys.exit(main())",
        "monitor", "--reference", str(reference), "--stream", str(new), "--window", "5", "--false-alarms", "0.2",
        "--no-power", "--state", str(tmp_path / "state"),
    ]  # fmt: skip
    seen = []
    for wait in np.random.default_rng(0).uniform(0.01, 0.1, size=4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        began = time.monotonic()
        while not (tmp_path / "state").exists() and process.poll() is None and time.monotonic() - began < 60:
            time.sleep(0.01)
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        seen.append(json.loads((tmp_path / "state").read_text())["windows"])
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    end = json.loads((tmp_path / "state").read_text())
    assert seen == sorted(seen)
    assert (end["windows"], end["pending"]) == (600, [])
    subprocess.run([*command[:-1], str(tmp_path / "at once")], capture_output=True)
    assert json.loads((tmp_path / "at once").read_text())["alerts"] == end["alerts"]


def test_evidence_goes_on_over_a_restart_as_if_there_was_none(tmp_path, stream, reference):
    def gathering():
        return monitor(reference, accumulate=True, per="ever")

    whole = gathering()
    texts = [json.loads(line)["text"].split() for line in stream.open()]
    new = [*texts, *texts[:20]]  # what comes again has to be known
    readings = list(whole.watch(new))
    first, restored = gathering(), gathering()
    state = State(tmp_path / "state", first)
    found = list(first.watch(new[:53]))
    state.save(state.open(stream))
    State(tmp_path / "state", restored)
    assert found + list(restored.watch(new[53:])) == readings
