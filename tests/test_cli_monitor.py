"""``collapse-edu monitor``: what it prints, its exit status, what it refuses, and what it remembers."""

import gzip
import io
import json
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from collapse_edu.cli import main
from collapse_edu.files import lock


def letters(number):
    return "w" + chr(97 + number % 26) + chr(97 + number // 26 % 26)


def documents(n, seed, exponent=1.6):
    rows = np.random.default_rng(seed).zipf(exponent, size=(n, 25)) % 600
    return [" ".join(map(letters, row)) for row in rows.tolist()]


def write(path, texts):
    path.write_text("".join(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(texts)))
    return path


@pytest.fixture
def files(tmp_path):
    return SimpleNamespace(
        real=write(tmp_path / "real.jsonl", documents(260, 1)),
        quiet=write(tmp_path / "quiet.jsonl", documents(57, 2)),
        dull=write(tmp_path / "dull.jsonl", documents(20, 3) + documents(40, 4, exponent=3.0)),
        folder=tmp_path,
    )


def go(files, stream, *more):
    # "ever" needs no simulation
    settings = ["--false-alarms", "0.05", "--per", "ever", "--no-power"]
    return main(["monitor", "--reference", str(files.real), "--stream", str(stream), *settings, *more])


def complaint(capsys, status):
    captured = capsys.readouterr()
    assert status == 2
    assert captured.err.startswith("collapse-edu: ")
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_quiet_stream_ends_with_0(files, capsys):
    assert go(files, files.quiet) == 0
    out = capsys.readouterr().out
    assert "stream: 57 documents, 5 windows, 7 documents wait for the next" in out
    assert "0 alerts in 5 windows; 0.25 expected if nothing changed" in out
    assert all(name in out for name in ("distinct_2", "tail_recall", "log_probability"))


def test_an_alert_ends_with_3_and_names_its_causes(files, capsys):
    assert go(files, files.dull) == 3
    out = capsys.readouterr().out
    alerts = [line for line in out.splitlines() if line.startswith("ALERT window ")]
    assert [line.split(",")[0] for line in alerts] == [f"ALERT window {i}" for i in (3, 4, 5, 6)]
    assert "vocabulary low" in alerts[0]
    assert "  These documents look like text of a model that has learned real ones" in out
    assert out.count("  Read these documents.") == 1  # where the run of alerts begins


def test_standard_input_and_folders(files, capsys, monkeypatch):
    raw = files.quiet.read_bytes()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    assert go(files, "-") == 0
    by_line = capsys.readouterr().out
    folder = files.folder / "texts"
    folder.mkdir()
    for i, text in enumerate(documents(57, 2)):
        (folder / f"{i:03}.txt").write_text(text)
    assert go(files, folder) == 0
    assert capsys.readouterr().out == by_line


@pytest.mark.parametrize("suffix", [".json", ".csv", ".jsonl.gz"])
def test_documents_of_other_kinds(files, capsys, suffix):
    assert go(files, files.quiet) == 0
    by_line = capsys.readouterr().out
    path, texts = files.folder / f"stream{suffix}", documents(57, 2)
    content = {
        ".json": json.dumps([{"text": text} for text in texts]),
        ".csv": "id,text\n" + "".join(f'7,"{text}"\n' for text in texts),
        ".jsonl.gz": files.quiet.read_text(),
    }[suffix].encode()
    path.write_bytes(gzip.compress(content) if suffix.endswith(".gz") else content)
    state = str(files.folder / "state.json")
    assert go(files, path, "--state", state) == 0
    assert by_line in capsys.readouterr().out
    assert go(files, path, "--state", state) == 0
    assert "stream: 0 documents, 0 windows" in capsys.readouterr().out


def test_a_stream_of_another_kind_is_one_line(files, capsys):
    path = files.folder / "stream.csv"
    path.write_text("id,body\n1,whale\n")
    line = f'stream {path} must have a column "text"; got id, body'
    assert line in complaint(capsys, go(files, path))
    status = main(["monitor", "--reference", str(path), "--stream", str(files.quiet)])
    assert f"reference {path} must have" in complaint(capsys, status)
    path.write_bytes(b"%PDF-1.7")
    assert f"stream {path} is " in complaint(capsys, go(files, path))


def test_letters_of_a_script_without_spaces_are_told(files, capsys):
    han = [text.translate({ord(" "): None} | {97 + i: 0x4E00 + i for i in range(26)}) for text in documents(317, 1)]
    write(files.real, han[:260])
    assert go(files, write(files.quiet, han[260:])) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("collapse-edu: reference: most words are single letters: ")
    assert captured.err.count("\n") == 1
    assert "stream: 57 documents, 5 windows" in captured.out


def test_broken_records_do_not_stop_it(files, capsys):
    lines = files.quiet.read_bytes().splitlines(keepends=True)
    files.quiet.write_bytes(b"".join([*lines[:9], b"{broken\n", b'{"txt": 1}\n', b"\xff\n", *lines[9:], b"[]\n"]))
    assert go(files, files.quiet) == 3
    out = capsys.readouterr().out
    assert (
        '61 documents, 6 windows, 1 documents wait for the next; 4 of them hold no text (2 no key "text", 1 not ' in out
    )
    assert "  1 of these 10 documents holds no text that can be read (1 not JSON)." in out
    assert f"  10 ({files.quiet}, line 10): not JSON" in out


def test_a_state_over_a_restart(files, capsys):
    state = str(files.folder / "state.json")
    assert go(files, files.dull, "--state", state) == 3
    assert "6 windows and 4 alerts so far" in capsys.readouterr().out
    assert go(files, files.dull, "--state", state) == 0  # nothing new
    assert "stream: 0 documents, 0 windows" in capsys.readouterr().out
    with open(files.dull, "a") as file:
        file.write("".join(json.dumps({"text": text}) + "\n" for text in documents(10, 5, exponent=3.0)))
    assert go(files, files.dull, "--state", state) == 3
    assert "ALERT window 7, documents 61 to 70" in capsys.readouterr().out


def test_a_file_that_was_cut_is_read_from_its_start(files, capsys):
    state = str(files.folder / "state.json")
    assert go(files, files.quiet, "--state", state) == 0
    assert "was read before" not in capsys.readouterr().out
    lines = files.quiet.read_text().splitlines(keepends=True)
    files.quiet.write_text("".join(lines[:20]))
    assert go(files, files.quiet, "--state", state) == 3  # what came before comes again, word for word
    assert "stream: 20 documents, 2 windows, 7 documents wait for the next; not the file" in capsys.readouterr().out


def test_a_damaged_state_is_one_line(files, capsys):
    state = files.folder / "state.json"
    assert go(files, files.quiet, "--state", str(state)) == 0
    capsys.readouterr()
    state.write_text(json.dumps(json.loads(state.read_text()) | {"windows": "ten"}))
    assert 'must be the state of a monitor, or no file yet; its "windows" is damaged' in complaint(
        capsys, go(files, files.quiet, "--state", str(state))
    )


def shell(files, stream, *more):
    """Return the command as a process of its own."""
    command = [sys.executable, "-c", "import sys; from collapse_edu.cli import main; sys.exit(main())", "monitor"]
    command += [
        "--reference",
        str(files.real),
        "--stream",
        str(stream),
        "--false-alarms",
        "0.05",
        "--per",
        "ever",
        *map(str, more),
    ]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_burst_on_standard_input_is_saved_while_the_next_document_is_waited_for(files):
    """Three windows and seven documents come at once; then the sender is silent, and the monitor is killed."""
    state = files.folder / "state.json"
    with shell(files, "-", "--state", state) as process:
        process.stdin.write(b"".join(files.quiet.read_bytes().splitlines(keepends=True)[:37]))
        process.stdin.flush()
        began = time.monotonic()
        while not (state.exists() and len(json.loads(state.read_text())["pending"]) == 7):
            assert time.monotonic() - began < 60
            time.sleep(0.05)
        process.kill()
    assert json.loads(state.read_text())["windows"] == 3


def test_a_state_that_cannot_be_written_any_more_ends_a_waiting_monitor(files):
    folder = files.folder / "gone"
    folder.mkdir()
    with shell(files, "-", "--state", folder / "state.json") as process:
        lines = files.quiet.read_bytes().splitlines(keepends=True)
        process.stdin.write(lines[0])
        process.stdin.flush()
        while not (folder / "state.json").exists():
            assert process.poll() is None
            time.sleep(0.05)
        (folder / "state.json").unlink()
        shutil.rmtree(folder)
        process.stdin.write(lines[1])
        process.stdin.flush()
        time.sleep(1.5)
        err = process.communicate(lines[2])[1]
    assert process.returncode == 2
    assert err.startswith(b"collapse-edu: cannot write the state ")
    assert err.count(b"\n") == 1


def test_nobody_reads_on(files):
    """As with `| head -1`: no traceback, and what was read is remembered."""
    state = files.folder / "state.json"
    lines = files.dull.read_bytes().splitlines(keepends=True)
    with shell(files, "-", "--state", state) as process:
        process.stdin.write(b"".join(lines[:30]))
        process.stdin.flush()
        assert any(line.startswith(b"ALERT window 3") for line in process.stdout)
        process.stdout.close()
        process.stdin.write(b"".join(lines[30:]))
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
    assert json.loads(state.read_text())["windows"] == 4  # the alert that nobody reads


def test_the_reference_says_what_it_is_used_for(files, capsys):
    assert go(files, files.quiet) == 0
    assert (
        "reference: 260 documents: 49 for words and the scorer, 21 for the scale, 19 windows of 10 to compare with"
        in capsys.readouterr().out
    )


def test_the_order_is_kept(files, capsys):
    assert "reference must have at least 290 documents" in complaint(capsys, go(files, files.quiet, "--keep-order"))
    write(files.real, documents(309, 1))
    assert go(files, files.quiet, "--keep-order") == 0
    assert "30 for words and the scorer, 80 for the scale, 19 windows of 10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "stream {path} is empty"),
        ('{"text": "a whale"', "stream {path} holds no complete document"),
        ('[{"text": "a whale"}]', "stream must have at least one window of 10 documents; got 1: take more"),
        ('[\n{"text": "a whale"}\n]', "stream must have at least one window of 10 documents; got 1: take more"),
        ("\n\n", "stream {path} is empty"),
        ("nonsense\n", "stream {path} holds no documents; 1 records skipped (1 not JSON)"),
        ('{"body": "a whale"}\n' * 3, 'holds no documents; 3 records skipped (3 no key "text")'),
        ('{"text": "a whale"}\n' * 3, "stream must have at least one window of 10 documents; got 3: take more"),
    ],
)
def test_a_stream_of_which_nothing_can_be_said(files, capsys, content, line):
    path = files.folder / "stream"
    path.write_text(content)
    assert line.format(path=path) in complaint(capsys, go(files, path))


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (["--false-alarms", "0.001"], "reference must have at least 12,488 documents for a false-alarm rate of 0.001"),
        (["--window", "1"], "--window: must be an integer of at least 2; got '1'"),
        (["--window", "ten"], "--window: must be an integer of at least 2; got 'ten'"),
        (["--false-alarms", "5e-324"], "false_alarms must be at least 1e-09: no reference is large enough for less"),
        (["--false-alarms", "1e-300"], "false_alarms must be at least 1e-09: no reference is large enough for less"),
        (["--false-alarms", "0"], "--false-alarms: must be a number above 0 and at most 0.5; got '0'"),
        (["--false-alarms", "often"], "--false-alarms: must be a number above 0 and at most 0.5; got 'often'"),
        (["--words", "1"], "--words: must be an integer of at least 2"),
        (["--seed", "-1"], "--seed: must be an integer of at least 0"),
        (["--state", "."], "cannot use the state ."),
        (["--state", "no/such/folder/state"], "cannot write the state no/such/folder/state: No such file"),
    ],
)
def test_options_that_make_no_sense(files, capsys, more, line):
    assert line in complaint(capsys, go(files, files.quiet, *more))


def test_one_state_is_for_one_monitor(files, capsys, tmp_path):
    """Of two at once, the second would overwrite what the first one remembers."""
    state = tmp_path / "state.json"
    with open(f"{state}.lock", "ab") as other:
        assert lock(other)
        assert "is in use by another monitor" in complaint(capsys, go(files, files.quiet, "--state", str(state)))
    assert go(files, files.quiet, "--state", str(state)) != 2


def test_standard_input_that_is_closed(files, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert "cannot read the stream -: standard input is closed" in complaint(capsys, go(files, "-"))


def test_files_that_are_not_there(files, capsys):
    assert "cannot read the stream nowhere: No such file" in complaint(capsys, go(files, "nowhere"))
    status = main(["monitor", "--reference", "nowhere", "--stream", str(files.quiet)])
    assert "cannot read the reference nowhere: No such file" in complaint(capsys, status)
    status = main(["monitor", "--reference", "-", "--stream", str(files.quiet)])
    assert "--reference must be a file or a folder" in complaint(capsys, status)
    assert "--stream must be a file or a folder; got ''" in complaint(capsys, go(files, ""))


def test_an_empty_reference(files, capsys):
    files.real.write_text("?\n")
    assert "holds no documents; 1 records skipped" in complaint(capsys, go(files, files.quiet))
    files.real.write_text(json.dumps({"text": "a whale"})[:-1])
    assert "holds no complete document" in complaint(capsys, go(files, files.quiet))


def test_a_reference_of_tags_is_told(files, capsys):
    files.real.write_text('{"text": "<p>a whale</p>"}\n' * 200)
    go(files, files.quiet)
    assert "reference: in most documents, a tenth of the text or more is tags such as <p>" in capsys.readouterr().err


def test_a_state_of_another_monitor(files, capsys):
    state = str(files.folder / "state.json")
    assert go(files, files.quiet, "--state", state) == 0
    capsys.readouterr()
    assert "another reference or other settings" in complaint(
        capsys, go(files, files.quiet, "--state", state, "--seed", "9")
    )


def test_help_says_the_exit_status(capsys):
    with pytest.raises(SystemExit):
        main(["monitor", "--help"])
    out = capsys.readouterr().out
    assert "0 quiet" in out
    assert "--keep-order" in out
    assert max(map(len, out.splitlines())) <= 120
