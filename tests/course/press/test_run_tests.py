"""All tests in steps: each is run, none is passed over in silence, and one summary ends them."""

import re
import subprocess
from pathlib import Path

import pytest

from collapse_edu.course.press import run_tests
from collapse_edu.course.press.run_tests import Count, Result, Step


@pytest.mark.parametrize(
    ("system", "strict"),
    [(("Linux", "x86_64"), True), (("Linux", "aarch64"), False), (("Darwin", "arm64"), False)],
)
def test_outputs_are_compared_where_they_are_promised(system, strict):
    options, told = run_tests.nbval_options(system)
    assert told is strict
    assert options[0] == ("--nbval" if strict else "--nbval-lax")


def test_steps_that_can_harm_are_run_only_when_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    monkeypatch.setattr(run_tests, "find_chromium", lambda: None)
    for name in ("notebooks", "quizzes", "tests/browser", "tests/hostile", "tests/published"):
        (tmp_path / name).mkdir(parents=True)
    unit, notebooks, browser = run_tests.steps_of_test(False)
    apart = {"hostile", "cluster", "published", "browser", "benchmarks"}
    assert {f"--ignore=tests/{name}" for name in apart} <= set(unit.arguments)
    assert notebooks.arguments[0] == "notebooks", "an empty folder must fail, not be passed over"
    assert browser.arguments is None
    assert "NO CHROMIUM" in browser.remark
    assert [step.name for step in run_tests.steps_of_test(True)][3:] == ["hostile tests", "published tests"]


@pytest.fixture
def pytest_reports(monkeypatch):
    """Let pytest write a report, and end with a status."""

    def reports(text, status):
        def run(command, **options):
            report = next(part for part in command if part.startswith("--junit-xml=")).partition("=")[2]
            if text:
                Path(report).write_text(text)
            return subprocess.CompletedProcess(command, status)

        monkeypatch.setattr(run_tests.subprocess, "run", run)

    return reports


NONE = '<testsuites><testsuite tests="0" failures="0" errors="0" skipped="0"/></testsuites>'
TEN = '<testsuites><testsuite tests="10" failures="1" errors="1" skipped="3"/></testsuites>'


@pytest.mark.parametrize(
    ("report", "status", "verdict", "count"),
    [
        (TEN, 1, "failed", Count(failed=2, passed=5, skipped=3)),
        (NONE, 0, "passed", Count()),
        (NONE, 5, "failed", Count(failed=1)),  # nothing was collected
        ("", 0, "failed", Count(failed=1)),  # pytest died before it wrote a report
        ("<testsuites><tes", 0, "failed", Count(failed=1)),
    ],
)
def test_counts_come_from_pytest_and_a_step_that_collects_nothing_fails(pytest_reports, report, status, verdict, count):
    pytest_reports(report, status)
    (result,) = run_tests.run_steps([Step("unit", ["tests"])])
    assert (result.verdict, result.count) == (verdict, count)


def test_the_summary_ends_as_pytest_does():
    unit = Result("unit", "failed", Count(failed=1, passed=7), 1.0)
    browser = Result("browser", "skipped", Count(skipped=1), 0.0, "NO CHROMIUM")
    text = run_tests.summary([unit, browser], 2)
    assert "skipped  browser: 1 skipped in 0 s  !!!! NO CHROMIUM" in text
    assert re.fullmatch(r"=+ 1 failed, 7 passed, 1 skipped in 2\.00s =+", text.splitlines()[-1])


def test_all_steps_are_run_also_after_a_failure(pytest_reports, monkeypatch, capsys):
    pytest_reports(TEN, 1)
    monkeypatch.setattr(run_tests, "steps_of_test", lambda everything: [Step("a", ["x"]), Step("b", ["x"])])
    assert run_tests.main([]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("========== 4 failed, 10 passed, 6 skipped in ")


@pytest.mark.parametrize(("outcome", "status"), [("passed", 0), ("failed", 1)])
def test_the_set_up_counts_as_a_test(monkeypatch, capsys, outcome, status):
    monkeypatch.setattr(run_tests, "steps_of_test", lambda everything: [])
    assert run_tests.main(["--set-up", outcome, "--set-up-seconds", "61.5"]) == status
    step, total = capsys.readouterr().out.splitlines()[-2:]
    assert step == f"{outcome}   set-up: 1 {outcome} in 62 s"
    seconds = float(re.search(r"in ([\d.]+)s", total)[1])
    assert seconds >= 61.5
