"""To whom ``collapse-edu monitor`` tells what it sees: a program, metrics, a command, a page; groups, other keys."""

import gzip
import json
import sys
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from prometheus_client.parser import text_string_to_metric_families
from test_cli_monitor import complaint, documents, go, shell, write

from collapse_edu.cli import main
from collapse_edu.cli.monitoring import telling


@pytest.fixture
def files(tmp_path):
    return SimpleNamespace(
        real=write(tmp_path / "real.jsonl", documents(260, 1)),
        quiet=write(tmp_path / "quiet.jsonl", documents(57, 2)),
        dull=write(tmp_path / "dull.jsonl", documents(20, 3) + documents(40, 4, exponent=3.0)),
        folder=tmp_path,
    )


def test_json_is_a_line_for_each_window_and_a_summary(files, capsys):
    assert go(files, files.dull, "--json") == 3
    captured = capsys.readouterr()
    *windows, last = map(json.loads, captured.out.splitlines())
    assert captured.err == ""
    assert [window["documents"] for window in windows] == [[i + 1, i + 10] for i in range(0, 60, 10)]
    assert [bool(window["alert"]) for window in windows] == [False, False, True, True, True, True]
    assert windows[2]["from"] == f"{files.dull}, line 21"
    assert set(windows[0]["statistics"]["length"]) == {"value", "deviation"}
    assert windows[2]["alert"]["reason"].startswith("These documents ")
    summary = last["summary"]
    assert (summary["documents"], summary["windows"], summary["alerts"], summary["status"]) == (60, 6, 4, 3)
    assert summary["said"][0].startswith("reference: 260 documents")


def test_metrics_are_what_prometheus_reads(files, capsys):
    path = files.folder / "monitor.prom"
    assert go(files, files.dull, "--prometheus", str(path)) == 3
    families = {family.name: family for family in text_string_to_metric_families(path.read_text())}
    assert families["collapse_monitor_windows"].samples[0].value == 6
    assert families["collapse_monitor_up"].samples[0].value == 0
    sudden = next(s for s in families["collapse_monitor_alerts"].samples if s.labels["kind"] == "sudden")
    assert sudden.value == 4
    assert len(families["collapse_monitor_deviation"].samples) == 8
    assert [each.name for each in files.folder.iterdir() if "part" in each.name] == []


def test_a_label_is_escaped():
    assert list(telling._metric("p", "gauge", "It.", [({"group": 'a"\\\n'}, 1)]))[1] == (
        'collapse_monitor_p{group="a\\"\\\\\\n"} 1\n'
    )


def python(code):
    return f'"{sys.executable}" -c "{code}"'


def test_a_command_is_called_where_alerts_begin_with_the_alert(files, capfd):
    kept = files.folder / "alert.json"
    command = python(f"import sys; open('{kept}', 'a').write(sys.stdin.read() + chr(10)); print('heard')")
    assert go(files, files.dull, "--on-alert", command) == 3
    (alert,) = map(json.loads, kept.read_text().splitlines())
    assert (alert["window"], alert["documents"], alert["kinds"][0]) == (3, [21, 30], "sudden")
    captured = capfd.readouterr()
    assert "heard" in captured.err
    assert "heard" not in captured.out


def test_a_command_that_fails_or_hangs_stops_nothing(files, capsys, monkeypatch):
    assert go(files, files.dull, "--on-alert", python("import sys; sys.exit(7)")) == 3
    assert "--on-alert: the command ended with status 7" in capsys.readouterr().err
    monkeypatch.setattr(telling, "_PATIENCE", 0.2)
    began = time.monotonic()
    assert go(files, files.dull, "--on-alert", python("import time; time.sleep(60)")) == 3
    assert time.monotonic() - began < 30
    assert "4 alerts in 6 windows" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["no-such-command", "", "'open"])
def test_a_command_that_is_none_is_one_line(files, capsys, command):
    assert "--on-alert must be a command" in complaint(capsys, go(files, files.dull, "--on-alert", command))


def test_the_page_shows_alerts_with_their_documents_and_loads_nothing(files, capsys):
    files.dull.write_text(files.dull.read_text() + '{"text": ""}\n' * 10)  # the generator dies in a run of alerts
    page = files.folder / "monitor.html"
    assert go(files, files.dull, "--html", str(page)) == 3
    html = page.read_text()
    assert "<script" not in html
    assert "http-equiv" not in html  # it has ended
    assert "http://" not in html
    assert html.count("<polyline") >= 8
    assert "Window 3, documents 21 to 30" in html
    assert "These documents look like text of a model" in html
    assert "10 of these 10 documents hold no text" in html


@pytest.mark.parametrize("option", ["--html", "--prometheus"])
def test_a_file_that_cannot_be_written_is_one_line(files, capsys, option):
    assert f"{option}: cannot write no/where" in complaint(capsys, go(files, files.quiet, option, "no/where"))


def test_the_page_is_written_while_the_next_document_is_waited_for(files):
    page = files.folder / "monitor.html"
    with shell(files, "-", "--html", page) as process:
        process.stdin.write(b"".join(files.quiet.read_bytes().splitlines(keepends=True)[:30]))
        process.stdin.flush()
        began = time.monotonic()
        while not (page.exists() and "The last 3 windows" in page.read_text()):
            assert time.monotonic() - began < 60
            time.sleep(0.05)
        assert 'http-equiv="refresh"' in page.read_text()
        process.kill()


def grouped(path, *groups):
    rows = [{"body": text, "site": name} for name, texts in groups for text in texts]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_monitor_for_each_group(files, capsys):
    grouped(files.real, ("a", documents(260, 1)), ("b", documents(260, 2)), ("few", documents(20, 3)))
    stream = grouped(
        files.folder / "new.jsonl",
        ("a", documents(40, 5)),
        ("b", documents(40, 6, exponent=3.0)),
        ("c", documents(5, 7)),
    )
    assert go(files, stream, "--text-field", "body", "--group-by", "site", "--json") == 3
    captured = capsys.readouterr()
    assert "group 'few' is not watched: reference must have at least 238 documents" in captured.err
    *windows, last = map(json.loads, captured.out.splitlines())
    assert {window["group"] for window in windows if window["alert"]} == {"b"}
    assert last["summary"]["not_watched"] == {"c": 5}
    assert last["summary"]["groups"]["a"]["windows"] == 4
    assert "--group-by and --state do not go together" in complaint(
        capsys, go(files, stream, "--group-by", "site", "--state", str(files.folder / "s"))
    )


@pytest.mark.parametrize("suffix", [".csv", ".jsonl.gz", ".json", ".parquet"])
def test_texts_under_another_key_in_each_kind_of_file(files, capsys, suffix):
    table = pd.DataFrame({"id": range(57), "body": documents(57, 2)})
    path = files.folder / f"new{suffix}"
    if suffix == ".parquet":
        table.to_parquet(path)
    elif suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        text = table.to_json(orient="records", lines=suffix == ".jsonl.gz")
        path.write_bytes(gzip.compress(text.encode()) if suffix == ".jsonl.gz" else text.encode())
    assert "no " in (line := complaint(capsys, go(files, path))) or "must have" in line
    assert "--text-field" in line
    table.rename(columns={"id": "n"}).to_json(files.real, orient="records", lines=True)
    write(files.real, documents(260, 1))
    files.real.write_text(files.real.read_text().replace('"text"', '"body"'))
    assert go(files, path, "--text-field", "body") == 0
    assert "stream: 57 documents, 5 windows" in capsys.readouterr().out


def test_a_generator_that_dies_raises_an_alert(files, capsys):
    files.quiet.write_text(files.quiet.read_text() + '{"text": ""}\n' * 20)
    assert go(files, files.quiet) == 3
    out = capsys.readouterr().out
    assert "of these 10 documents hold no text that can be read" in out
    assert "Look at what writes these records" in out


def test_two_processes_do_not_share_a_state(files):
    """The second one ends at once, in one line; the first one goes on."""
    state = files.folder / "state.json"
    with shell(files, "-", "--state", state) as first:
        first.stdin.write(files.quiet.read_bytes())
        first.stdin.flush()
        began = time.monotonic()
        while not state.exists():
            assert time.monotonic() - began < 60
            time.sleep(0.05)
        with shell(files, files.quiet, "--state", state) as second:
            _, err = second.communicate()
        assert (second.returncode, b"is in use by another monitor" in err) == (2, True)
        out, err = first.communicate()
    assert (first.returncode, err) == (0, b"")
    assert b"stream: 57 documents, 5 windows" in out


def test_an_empty_standard_input_is_one_line(files):
    process = shell(files, "-")
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, b"collapse-edu: stream - is empty\n")


def test_a_table_of_numbers_is_one_line(files, capsys):
    path = files.folder / "new.csv"
    path.write_text("id,body\n1,whale\n")
    status = main(["monitor", "--reference", str(files.real), "--stream", str(path), "--false-alarms", "0.05"])
    assert 'must have a column "text"; got id, body: name it with --text-field' in complaint(capsys, status)


def costs(path, days, factor=1.0, seed=0):
    noise = np.random.default_rng(seed).lognormal(0, 0.1, days)
    rows = [f"2026-0{1 + i // 28}-{1 + i % 28:02},search,100,1000,{9 * factor * noise[i]:.4f}\n" for i in range(days)]
    path.write_text("date,feature,users,requests,cost\n" + "".join(rows))
    return str(path)


def test_costs_are_watched_beside_documents(files, capsys):
    quiet = costs(files.folder / "past.csv", 60)
    new, page, state = costs(files.folder / "now.csv", 30, 1.4, seed=1), files.folder / "m.html", files.folder / "state"
    more = ["--costs", new, "--costs-quiet", quiet, "--html", str(page), "--state", str(state)]
    assert go(files, files.quiet, *more) == 3
    out = capsys.readouterr().out
    assert "ALERT of costs: cost" in out
    assert "above the quiet period" in out
    assert "in 30 days" in out
    assert "Evidence of all days together" in page.read_text()
    assert go(files, files.quiet, *more) == 0  # nothing new
    assert "ALERT" not in capsys.readouterr().out
    costs(files.folder / "past.csv", 61)
    assert "is of other costs of quiet days" in complaint(capsys, go(files, files.quiet, *more))


def test_costs_as_json_and_quiet_ones(files, capsys):
    quiet, new = costs(files.folder / "past.csv", 60), costs(files.folder / "now.csv", 20, seed=2)
    assert go(files, files.quiet, "--costs", new, "--costs-quiet", quiet, "--json") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum("costs" in each for each in found) == 20
    assert found[-1]["summary"]["costs"]["days"] == 20


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (["--costs", "now.csv"], "--costs needs --costs-quiet FILE"),
        (["--plan", "plan.csv"], "--costs-quiet and --plan go with --costs"),
        (["--costs", "now.csv", "--costs-quiet", "nowhere.csv"], "cannot read nowhere.csv: No such file"),
    ],
)
def test_costs_that_cannot_be_read_are_one_line(files, capsys, more, line):
    assert line in complaint(capsys, go(files, files.quiet, *more))


def test_neighbours_that_are_alike_are_told_everywhere(files, capsys):
    texts = [text for text in documents(200, 5) for _ in range(5)]
    path, page = write(files.folder / "pairs.jsonl", texts), files.folder / "page.html"
    go(files, path, "--json", "--html", str(page))
    *windows, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (windows[0]["rate_holds"], windows[-1]["rate_holds"], last["summary"]["rate_holds"]) == (True, False, False)
    assert "--keep-order" in page.read_text()
    go(files, path)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("the rate does not hold")]
    assert line.endswith("mix the stream, or give a reference in its natural order (--keep-order)")


def test_the_power_is_said_at_the_start(files, capsys):
    settings = ["--false-alarms", "0.05", "--reference", str(files.real), "--stream", str(files.quiet)]
    main(["monitor", *settings])
    said = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("power: with this reference, 50 %")
    ]
    assert [what in line for what, line in zip(("trigram", "template", "repeats"), said, strict=True)] == [True] * 3
