"""``collapse-edu plan``, and docs/plan.md: every command runs, and prints what the page says."""

import csv
import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from collapse_edu.cli import main
from collapse_edu.production.economics import ASSUMPTIONS, Plan, read_plan, unit_costs

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "plan.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    \$ (.+)\n((?:(?:    (?!\$).*)?\n)*)", PAGE, re.MULTILINE)


def complaint(capsys, *argv):
    status = main(["plan", *map(str, argv)])
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.startswith("collapse-edu: ")
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("collapse-edu: ").strip()


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    for name, text in re.findall(r"`(\w+\.csv)`:\n\n```csv\n(.*?)```", PAGE, re.DOTALL):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("place", range(len(COMMANDS)))
def test_a_command_prints_what_the_page_says(folder, place, monkeypatch, capsys):
    """A line of three points stands for any number of lines."""
    monkeypatch.chdir(folder)
    command, shown = COMMANDS[place]
    assert main(shlex.split(command)[1:]) == (2 if "1,500" in command else 0)
    captured = capsys.readouterr()
    printed = "\n".join(line.strip() for line in (captured.out + captured.err).splitlines() if line.strip())
    lines = [line.strip() for line in shown.splitlines() if line.strip()]
    pattern = "\n".join("(?:.*\n)*?.*" if line == "..." else re.escape(line) for line in lines)
    assert re.fullmatch(pattern, printed), printed


def test_the_python_of_the_page_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(code, {})


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_new_sheet_has_all_assumptions_and_is_read_back(tmp_path, ending, capsys):
    path = tmp_path / f"plan{ending}"
    assert main(["plan", "--new", str(path), "--currency", "JPY", "--set", "users=77", "--set", "routing=yes"]) == 0
    assert capsys.readouterr().out.startswith(f"{path}: {len(ASSUMPTIONS)} assumptions; fill in the column 'value'")
    assert repr(read_plan(path)) == "Plan('JPY', ['routing'], users=77)"
    before = path.read_bytes()
    assert complaint(capsys, "--new", path) == f"--new {path} is there already, and stays as it is: give another name"
    assert path.read_bytes() == before


def test_results_as_tables(tmp_path, capsys):
    text, book = tmp_path / "out.csv", tmp_path / "out.xlsx"
    assert main(["plan", "--set", "batching=1", "--csv", str(text), "--xlsx", str(book)]) == 0
    assert capsys.readouterr().out.endswith(f"written: {text}\nwritten: {book}\n")
    sheets = load_workbook(book)
    rows = list(sheets["units"].iter_rows(values_only=True))
    units = unit_costs(Plan(optimisations=["batching"]))
    assert dict(rows[1:]) == pytest.approx(units.to_dict())
    lines = list(csv.reader(text.read_text(encoding="utf-8-sig").splitlines()))
    titles = [line[0] for before, line in zip([[], *lines], lines, strict=False) if len(line) == 1 and not before]
    assert titles == sheets.sheetnames
    assert float(dict(line for line in lines if len(line) == 2)["cost per user"]) == units["cost per user"]
    assert repr(read_plan(book)) == repr(read_plan(text)) == "Plan('EUR', ['batching'])"  # results hold their plan


def test_json_is_one_object_without_nan(capsys):
    assert main(["plan", "--json", "--set", "price_per_user=0", "--set", "retrainings=0"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["currency"] == "EUR"
    assert {row["unit"]: row["value"] for row in told["units"]}["gross margin"] is None
    assert told["costs"][0] == {"part": "inference", "cost": pytest.approx(3600), "grows": "with use"}
    assert told["warnings"] == ["nobody pays: users or price_per_user is 0, so there is no margin"]
    assert told["benchmarks"][0]["place"] == "not known: nobody pays"


def test_defaults_for_missing_rows_are_told(tmp_path, capsys):
    path = tmp_path / "plan.csv"
    path.write_text(
        "assumption,value\n" + "".join(f"{name},\n" for name in ASSUMPTIONS if name != "users") + "users,9\n"
    )
    assert main(["plan", str(path)]) == 0
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert first.startswith(f"{path}: 1 of {len(ASSUMPTIONS)} assumptions are your own; amounts in EUR")
    assert second == f"no row or no value, so the default: {', '.join(name for name in ASSUMPTIONS if name != 'users')}"


def test_a_preset_from_a_list_of_ones_own(tmp_path, capsys):
    prices = tmp_path / "prices.csv"
    prices.write_text("name,price_in,price_out,currency,date,source\nours,1,4,USD,2026-11-30,contract 12\n")
    assert main(["plan", "--prices", str(prices), "--preset", "ours", "--dollar-rate", "1.25", "--json"]) == 0
    rows = {row["assumption"]: row for row in json.loads(capsys.readouterr().out)["plan"]}
    assert [rows[name]["value"] for name in ("price_in", "price_out", "price_cached")] == [0.8, 3.2, 0.8]
    assert rows["price_in"]["source"] == "price list in EUR, from USD at 1.25: ours, 2026-11-30, contract 12"
    assert main(["plan", "--show-prices", "--prices", str(prices)]) == 0
    assert "ours" in capsys.readouterr().out


def test_the_last_setting_counts_and_models_can_be_declared(capsys):
    settings = [
        "users=1",
        "users=2 000",
        "model.mini.share=40 %",
        "model.mini.price_in=0,4",
        "model.mini.price_out=1.6",
    ]
    argv = [part for setting in settings for part in ("--set", setting)]
    assert main(["plan", "--currency", "USD", *argv, "--set", "caching=on", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {row["assumption"]: row["value"] for row in told["plan"]}
    assert (rows["users"], rows["model.mini.share"], rows["caching"], told["optimisations"]) == (
        2000,
        0.4,
        1,
        ["caching"],
    )


def test_extreme_plans_end_in_words(capsys):
    for settings in (
        ["users=0"],
        ["users=1000000000000"],
        ["requests_per_user=0", "price_per_user=0", "retrainings=0"],
    ):
        argv = [part for setting in settings for part in ("--set", setting)]
        assert main(["plan", *argv, "--set", "routing=1"]) == 0
        assert "warning: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["none.csv"], "cannot use none.csv: No such file or directory"),
        (["plan.pdf"], "plan.pdf must end in .csv, .tsv, .xlsx"),
        (["--set", "users"], "argument --set: must be NAME=VALUE, such as users=5000; got 'users'"),
        (["--set", "user=3"], "assumption must be a name in ASSUMPTIONS; got 'user': did you mean 'users'?"),
        (["--set", "caching=perhaps"], "--set caching must be 1 (on) or 0 (off); got 'perhaps'"),
        (["--set", "price_in=1,500"], "price_in may be 1.5 or 1500; got '1,500': write 1.5 or 1500"),
        (["--currency", "euro"], "currency must be one of AED"),
        (["--preset", "gpt"], "--preset must be one of claude-haiku-5.5"),
        (["--preset", "gpt-6-luna"], "prices of gpt-6-luna are in USD and the plan is in EUR: give a rate"),
        (["--prices", "own.csv"], "--prices is a list to choose from: add --preset NAME, or --show-prices"),
        (["--dollar-rate", "0"], "argument --dollar-rate: must be a number above 0"),
        (["--currency", "USD", "--dollar-rate", "2"], "dollar_rate must be 1 for a plan in dollars; got 2"),
        (["--csv", "out.txt"], "--csv must end in .csv; got out.txt"),
        (["--xlsx", "nowhere/out.xlsx"], "--xlsx nowhere/out.xlsx: there is no folder nowhere"),
        (["--new", "plan.xlsx", "--json"], "--new writes the assumptions and ends"),
        (["--new", "plan.ods"], "--new must end in .csv or .tsv or .xlsx; got plan.ods"),
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_one_line(tmp_path, monkeypatch, capsys, argv, message):
    monkeypatch.chdir(tmp_path)
    assert complaint(capsys, *argv).startswith(message)
    assert not list(tmp_path.iterdir())


def test_the_sheet_is_not_overwritten_by_its_results(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "--new", "plan.csv"]) == 0
    capsys.readouterr()
    line = complaint(capsys, "plan.csv", "--csv", "./plan.csv")
    assert line == "--csv plan.csv is the sheet itself: give the results a file of their own"


def test_without_openpyxl_csv_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert main(["plan", "--new", str(tmp_path / "plan.csv")]) == 0
    capsys.readouterr()
    assert complaint(capsys, "--new", tmp_path / "plan.xlsx").startswith("for .xlsx, install openpyxl")
