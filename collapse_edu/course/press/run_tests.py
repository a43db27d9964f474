"""Run every test of the project, one step after another, and end with one summary.

    python -m collapse_edu.course.press.run_tests [--all]

``start.py test`` sets the machine up and then runs this. Importing this module loads the standard library alone: the
summary is printed also where the set-up failed.
"""

import argparse
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from collapse_edu.course.desk.machine import find_chromium

__all__ = ["Count", "Result", "Step", "nbval_options", "run_steps", "steps_of_test", "summary"]

ROOT = Path(__file__).resolve().parents[3]
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
TWO_WORKERS = ("-n", "2", "--dist", "loadfile")
# Steps of their own, with the option that says how two workers share them; a cluster needs the machine for itself.
BURDENS = {"hostile": "load", "cluster": None, "published": "load", "old_notebooks": "load"}
APART = ("browser", *BURDENS, "benchmarks")  # no unit tests


@dataclass(frozen=True)
class Step:
    """One run of pytest.

    Attributes
    ----------
    name : str
    arguments : list of str or None
        For pytest; None for a step that cannot be run here.
    remark : str
        What must be said loudly; may be empty.
    """

    name: str
    arguments: list[str] | None
    remark: str = ""


@dataclass(frozen=True)
class Count:
    """How many tests failed, passed and were skipped."""

    failed: int = 0
    passed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.failed + other.failed, self.passed + other.passed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return ", ".join(f"{number} {what}" for what, number in vars(self).items() if number)


@dataclass(frozen=True)
class Result:
    """What came of a step.

    Attributes
    ----------
    name : str
    verdict : {"passed", "failed", "skipped"}
    count : Count
    seconds : float
    remark : str
    """

    name: str
    verdict: str
    count: Count
    seconds: float
    remark: str = ""


def nbval_options(system: tuple[str, str] | None = None) -> tuple[list[str], bool]:
    """Return pytest's options for the notebooks, and whether outputs are compared.

    Parameters
    ----------
    system : (str, str), optional
        Operating system and processor, such as ``("Linux", "x86_64")``; without it, those of this machine.
    """
    options = ["--nbval-current-env", "--nbval-cell-timeout=120"]
    options += ["--nbval-sanitize-with=tests/notebooks/sanitize.cfg"]
    strict = (system or (platform.system(), platform.machine())) in (("Linux", "x86_64"), ("Linux", "AMD64"))
    return ["--nbval" if strict else "--nbval-lax", *options], strict


def steps_of_test(everything: bool) -> Iterator[Step]:
    """Yield the steps, in order.

    Parameters
    ----------
    everything : bool
        Whether to take also those that may harm or burden a machine.
    """
    unit = ["tests", "collapse_edu", "--doctest-modules", *TWO_WORKERS]
    yield Step("unit tests and doctests", unit + [f"--ignore=tests/{name}" for name in APART])
    yield _notebooks()
    if (ROOT / "tests" / "browser").is_dir():
        missing = "" if find_chromium() else "NO CHROMIUM FOUND: install Chromium or Chrome to run these tests."
        yield Step("browser tests", None if missing else ["tests/browser"], missing)
    for name, share in BURDENS.items() if everything else ():
        if (ROOT / "tests" / name).is_dir():
            workers = ["-n", "2", "--dist", share] if share else []
            yield Step(f"{name} tests".replace("_", " "), [f"tests/{name}", *workers])


def _notebooks() -> Step:
    options, strict = nbval_options()
    folders = [name for name in ("notebooks", "quizzes") if any((ROOT / name).glob("*.ipynb"))]
    loud = "" if strict else "OUTPUTS ARE NOT COMPARED HERE, only run: they are promised for Linux x86-64."
    return Step("notebooks and quizzes", [*(folders or ["notebooks"]), *options, *TWO_WORKERS], loud)


def run_steps(steps: Iterable[Step]) -> list[Result]:
    """Run each step, also after a failure."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    chromium = find_chromium()
    if chromium:
        environment["COLLAPSE_EDU_CHROMIUM"] = chromium
    results = []
    for step in steps:
        print(f"\n{'=' * 20} {step.name} {'=' * 20}", flush=True)
        if step.remark:
            print(f"!!!! {step.remark}", flush=True)
        began, verdict, count = time.monotonic(), "skipped", Count(skipped=1)
        if step.arguments is not None:
            verdict, count = _run_step(step.arguments, environment)
        results.append(Result(step.name, verdict, count, time.monotonic() - began, step.remark))
    return results


def summary(results: list[Result], seconds: float) -> str:
    """Return one line for each step, and a last one as pytest would write it for all of them together.

    Examples
    --------
    >>> print(summary([Result("unit tests", "passed", Count(passed=7), 1.2)], 2).splitlines()[-1])
    ========== 7 passed in 2.00s ==========
    """
    lines = [f"\n{'=' * 20} summary {'=' * 20}"]
    for result in results:
        loud = f"  !!!! {result.remark}" if result.remark else ""
        lines.append(f"{result.verdict:8} {result.name}: {result.count} in {result.seconds:.0f} s{loud}")
    total = sum((result.count for result in results), Count())
    return "\n".join([*lines, f"{'=' * 10} {total} in {seconds:.2f}s {'=' * 10}"])


def _run_step(arguments: list[str], environment: dict[str, str]) -> tuple[str, Count]:
    """Run one step; return its verdict and its count of tests."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", *arguments]
        command += [f"--junit-xml={report}", "--override-ini=junit_family=xunit1"]  # xunit2 refuses properties
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        count = _count_tests(report)
    if status and not count.failed:  # nothing was collected, or pytest itself broke
        count += Count(failed=1)
    return ("failed" if count.failed else "passed"), count


def _count_tests(report: Path) -> Count:
    """Return how many tests there were, from pytest's report; no report is a failure."""
    try:
        suite = ElementTree.parse(report).getroot().find("testsuite")
    except (OSError, ElementTree.ParseError):
        suite = None
    if suite is None:
        return Count(failed=1)
    tests, failures, errors, skipped = (int(suite.attrib[kind]) for kind in ("tests", "failures", "errors", "skipped"))
    failed = failures + errors
    return Count(failed, tests - failed - skipped, skipped)


def _interrupt(signum: int, frame: object) -> None:
    """End at the first signal, and end pytest too; a second one must not stop that."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """Run every test; return 1 if any failed, the set-up of the machine included."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="also those that may harm or burden a machine")
    parser.add_argument("--set-up", choices=("passed", "failed"), help="what came of it; counts as one more test")
    parser.add_argument("--set-up-seconds", type=float, default=0.0, metavar="S", help="how long it took")
    options = parser.parse_args(arguments)
    began, results = time.monotonic() - options.set_up_seconds, []
    if options.set_up:
        results.append(Result("set-up", options.set_up, Count(**{options.set_up: 1}), options.set_up_seconds))
    try:
        results += run_steps(steps_of_test(options.all))
    except KeyboardInterrupt:  # start.py says so
        return 2
    print(summary(results, time.monotonic() - began), flush=True)
    return int(any(result.verdict == "failed" for result in results))


if __name__ == "__main__":
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    sys.exit(main())
