"""The door: start.py, the lock, environment.yml and the check of the machine."""

import ast
import errno
import importlib.util
import json
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections import namedtuple
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture
def start():
    """Return start.py as a module of its own, so that a test may change its constants."""
    spec = importlib.util.spec_from_file_location("start_under_test", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def door(start, tmp_path, monkeypatch):
    """Return start.py as if it lay in an empty folder with a space and an accent in its name."""
    root = tmp_path / "un cahier é"
    root.mkdir()
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    places = {"ROOT": root, "VENV": root / ".venv", "LOCK": root / "requirements.lock", "COURSE": root / "my_course"}
    for name, path in {**places, "STAMP": root / ".venv" / "stamp"}.items():
        monkeypatch.setattr(start, name, path)
    return start


def one_line(text):
    """Tell whether a message is one line that ends as a sentence."""
    return "\n" not in text and text.endswith(".")


# ---------------------------------------------------------------- clear lines


def test_an_old_python_can_read_the_file():
    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 8, 1), (3, 10, 13), (3, 15, 0)])
def test_a_python_out_of_range_is_refused(start, monkeypatch, version):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(start.StartError, match=rf"needs Python 3\.11 to 3\.14.*{version[0]}\.{version[1]} ") as caught:
        start.require_python(version)
    assert "install Python" in str(caught.value)


def test_a_python_that_fits_is_named(start, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name != "python3.14" else None)
    monkeypatch.setattr(subprocess, "call", lambda command, **options: command[0] != "python3.12")
    with pytest.raises(start.StartError, match=r"run `python3\.12 start\.py`"):
        start.require_python((3, 9, 0))


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_a_python_in_range_passes(start, minor):
    start.require_python((3, minor, 0))


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_venv_gets_a_clear_line(start, missing):
    with pytest.raises(start.StartError, match="apt install python3-venv"):
        start.require_venv(lambda name: None if name == missing else name)
    start.require_venv(lambda name: name)


def test_a_folder_that_cannot_be_written_to_is_named(start, monkeypatch, tmp_path):
    def refuse(dir):
        raise OSError(errno.EROFS, "Read-only file system")

    start.require_writable(tmp_path)
    monkeypatch.setattr(start.tempfile, "TemporaryFile", refuse)
    with pytest.raises(start.StartError, match="cannot be written to") as caught:
        start.require_writable(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_small_disk_is_noticed_before_the_installation(start):
    usage = namedtuple("usage", "free")
    start.require_disk("test", lambda path: usage(9e9))
    with pytest.raises(start.StartError, match=r"0\.3 GB free and 1\.0 GB are needed"):
        start.require_disk("course", lambda path: usage(0.3e9))


def test_a_taken_port_is_refused(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(start.StartError, match=f"Port {port} is taken.*--port"):
            start.choose_port(port)
        assert start.choose_port(None) != port
    with pytest.raises(start.StartError):
        start.choose_port(99_999)


@pytest.mark.parametrize(
    ("output", "wheelhouse", "said"),
    [
        (
            "WARNING: Retrying (Retry(total=4)) ...\nERROR: No matching distribution found for anyio==4",
            None,
            "No network",
        ),
        ("ERROR: No matching distribution found for numpy==2.4.6", None, "no ready-made numpy for Python"),
        ("ERROR: No matching distribution found for numpy==2.4.6", "/usb", "/usb has no numpy for Python"),
        ("OSError: [Errno 28] No space left on device", None, "The disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", None, "arrived damaged"),
        ("SSLError(SSLCertVerificationError(CERTIFICATE_VERIFY_FAILED))", None, "certificate"),
        ("ERROR: [WinError 5] Access is denied", None, "cannot be changed"),
    ],
)
def test_what_pip_says_becomes_one_clear_line(start, output, wheelhouse, said):
    line = start.explain(output, wheelhouse)
    assert said in line
    assert one_line(line)


def test_an_unknown_failure_of_pip_is_not_guessed_at(start):
    assert start.explain("ERROR: something new", None) is None


def test_a_folder_without_packages_is_no_wheelhouse(start, tmp_path):
    start.require_wheels(None)
    with pytest.raises(start.StartError, match="holds no packages"):
        start.require_wheels(tmp_path)
    (tmp_path / "a-1-py3-none-any.whl").touch()
    start.require_wheels(tmp_path)


def test_every_failure_ends_with_status_2_and_one_line(door, capsys):
    assert door.main(["check"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("[!!] Nothing is set up yet")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "file.txt"), "Permission denied: file.txt"),
        (KeyboardInterrupt(), "goes on where it stopped"),
    ],
)
def test_what_the_system_refuses_is_said_in_one_line(door, monkeypatch, capsys, error, said):
    def refuse(*arguments):
        raise error

    monkeypatch.setattr(door, "choose_port", refuse)
    assert door.main([]) == 2
    assert said in capsys.readouterr().err.strip()


def test_where_a_learners_variables_lead_is_not_followed(start, monkeypatch):
    led = {"PYTHONPATH": "/x", "VIRTUAL_ENV": "/x", "PIP_TARGET": "/x", "PIP_FIND_LINKS": "/x"}
    reach = {"PIP_PROXY": "proxy", "PIP_CERT": "file", "HOME": "/home"}
    for name, value in {**led, **reach}.items():
        monkeypatch.setenv(name, value)
    environment = start.clean_environment(ADDED="1")
    assert not set(led) & set(environment)
    assert {**reach, "ADDED": "1"}.items() <= environment.items()


# ---------------------------------------------------------------- installation


def test_the_stamp_holds_until_something_changes(door, monkeypatch):
    assert not door.is_installed("course")
    python = door.venv_program("python")
    python.parent.mkdir(parents=True)
    python.touch()
    door.write_atomically(door.STAMP, door.fingerprint("course").encode())
    assert door.is_installed("course")
    assert not door.is_installed("test")
    text = door.LOCK.read_text(encoding="utf-8")
    door.LOCK.write_text(text + "# new\n", encoding="utf-8")
    assert door.is_installed("course"), "what only the tests need does not concern a learner"
    door.LOCK.write_text("# new\n" + text, encoding="utf-8")
    assert not door.is_installed("course")
    door.LOCK.write_text(text, encoding="utf-8")
    monkeypatch.setattr(door, "ROOT", door.ROOT.rename(door.ROOT.parent / "moved"))
    monkeypatch.setattr(door, "LOCK", door.ROOT / "requirements.lock")
    assert not door.is_installed("course")


@pytest.mark.parametrize("good", [True, False])
def test_the_stamp_is_written_last_and_only_if_all_is_well(door, monkeypatch, good):
    order = []
    monkeypatch.setattr(door, "install", lambda level, wheelhouse: order.append("install"))
    monkeypatch.setattr(door, "check_environment", lambda: order.append(door.STAMP.exists()) or good)
    assert door.set_up("test") is good
    assert order == ["install", False]
    assert door.STAMP.exists() is good
    if good:
        door.venv_program("python").parent.mkdir(parents=True, exist_ok=True)
        door.venv_program("python").touch()
        assert door.is_installed("course")
        assert door.is_installed("test")


def test_a_half_made_environment_is_made_anew(door):
    assert not door.venv_works()
    door.VENV.mkdir()
    (door.VENV / "made_in.txt").write_text(str(door.ROOT), encoding="utf-8")
    assert not door.venv_works()


def test_a_half_installed_package_is_taken_again(door):
    whole, half = door.site_packages() / "a-1.dist-info", door.site_packages() / "b-1.dist-info"
    for folder in (whole, half):
        folder.mkdir(parents=True)
    (whole / "INSTALLER").touch()
    door.forget_half_installed()
    assert whole.exists()
    assert not half.exists()


def test_progress_counts_what_pip_does(start, capsys):
    progress = start.Progress(total=3, every=0)
    for line in ("Ignoring appnope: markers", "Collecting a==1", "Collecting b==1"):
        progress.read(line)
        progress.show(lambda: 0)
    progress.read("Installing collected packages: a, b")
    progress.show(lambda: 1)
    said = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert said[2:] == ["fetching packages: 2 of 2", "installing packages: 1 of 2"]


# ---------------------------------------------------------------- the working copy


def notebook(source, outputs=()):
    """Return the bytes of a notebook with one cell."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source}
    cell.update(outputs=list(outputs), execution_count=1 if outputs else None)
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


OUTPUT = {"output_type": "stream", "name": "stdout", "text": "1"}


class Course:
    """A small course and its working copy."""

    def __init__(self, start, folder):
        self.start, self.root, self.copy = start, folder / "course", folder / "my_course"
        self.write("notebooks/M0.ipynb", notebook("print(1)", [OUTPUT]))
        self.write("docs/glossary.md", b"words")

    def write(self, name, content):
        """Write a file of the course."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def lay(self):
        """Lay the working copy and return what was said."""
        return self.start.lay_course(self.root, self.copy)

    def read(self, name):
        """Return the content of a file of the working copy."""
        return (self.copy / name).read_bytes()

    def names(self):
        """Return the names of all files of the working copy."""
        files = (path.relative_to(self.copy).as_posix() for path in self.copy.rglob("*") if path.is_file())
        return sorted(name for name in files if name != ".laid.json")


@pytest.fixture
def course(start, tmp_path):
    """Return a small course whose working copy is laid."""
    made = Course(start, tmp_path)
    assert made.lay() == []
    return made


def test_notebooks_are_laid_without_outputs_and_other_files_as_they_are(course):
    assert course.names() == ["docs/glossary.md", "notebooks/M0.ipynb"]
    assert course.read("notebooks/M0.ipynb") == notebook("print(1)")
    assert course.read("docs/glossary.md") == b"words"


def test_a_second_start_writes_nothing(course, monkeypatch):
    monkeypatch.setattr(course.start, "write_atomically", lambda path, content: pytest.fail(str(path)))
    assert course.lay() == []


def test_a_new_file_is_added_and_hidden_ones_are_not(course):
    course.write("quizzes/Q1.ipynb", notebook("1"))
    course.write("notebooks/.ipynb_checkpoints/M0-checkpoint.ipynb", notebook("1"))
    assert course.lay() == []
    assert course.names() == ["docs/glossary.md", "notebooks/M0.ipynb", "quizzes/Q1.ipynb"]


def test_an_unchanged_file_is_brought_up_to_date(course):
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == notebook("print(2)")


def test_a_changed_file_stays_while_the_course_stands_still(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == b"mine"
    assert len(course.names()) == 2


def test_a_changed_file_is_never_overwritten_and_the_new_one_lies_beside_it_once(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    said = course.lay()
    assert len(said) == 1
    assert "M0 (new version).ipynb" in said[0]
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == b"mine"
    beside = "notebooks/M0 (new version).ipynb"
    assert course.read(beside) == notebook("print(2)")
    course.write("notebooks/M0.ipynb", notebook("print(3)"))
    assert len(course.lay()) == 1
    assert course.read(beside) == notebook("print(3)"), "it was not the learner's"
    (course.copy / beside).write_bytes(b"mine too")
    course.write("notebooks/M0.ipynb", notebook("print(4)"))
    assert len(course.lay()) == 1
    assert course.read(beside) == b"mine too"
    assert course.read("notebooks/M0 (new version 2).ipynb") == notebook("print(4)")


def test_a_new_version_that_the_learner_deleted_stays_away(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    course.write("notebooks/M0.ipynb", notebook("print(2)"))
    course.lay()
    (course.copy / "notebooks/M0 (new version).ipynb").unlink()
    assert course.lay() == []
    assert len(course.names()) == 2


def test_a_deleted_file_comes_back_fresh(course):
    (course.copy / "notebooks/M0.ipynb").write_bytes(b"mine")
    (course.copy / "notebooks/M0.ipynb").unlink()
    assert course.lay() == []
    assert course.read("notebooks/M0.ipynb") == notebook("print(1)")


def test_nothing_of_the_learners_is_deleted(course):
    (course.copy / "notebooks/notes.ipynb").write_bytes(b"notes")
    (course.root / "docs/glossary.md").unlink()
    course.lay()
    assert course.names() == ["docs/glossary.md", "notebooks/M0.ipynb", "notebooks/notes.ipynb"]


@pytest.mark.parametrize("damage", ["lost", "torn"])
def test_without_its_manifest_every_difference_is_the_learners(course, damage):
    manifest = course.copy / ".laid.json"
    if damage == "torn":
        manifest.write_text('{"a": {"sour')
    else:
        manifest.unlink()
    (course.copy / "docs/glossary.md").write_bytes(b"mine")
    said = course.lay()
    assert len(said) == 1
    assert course.read("docs/glossary.md") == b"mine"
    assert course.lay() == []


def test_a_crash_while_writing_leaves_the_old_file(start, monkeypatch, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def crash(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(start.os, "replace", crash)
    with pytest.raises(OSError, match="No space"):
        start.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


# ---------------------------------------------------------------- JupyterLab and the tests


def test_the_secret_of_lab_is_not_on_its_command_line(door):
    command, page = door.lab_command(8888, browser=False)
    assert page == "/lab", "without the first notebook, the file browser"
    assert "--no-browser" in command
    assert not any("token" in part.lower() for part in command)
    assert f"--ServerApp.root_dir={door.COURSE}" in command


def test_a_lab_that_ends_at_once_is_noticed(start):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(start.StartError, match="did not start"):
        start.wait_until_open(child, 1)


def test_a_child_is_always_ended(start):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    start.stop_child(child, patience=0)
    assert child.returncode not in (None, 0)


@pytest.mark.parametrize(
    ("system", "strict"),
    [(("Linux", "x86_64"), True), (("Linux", "aarch64"), False), (("Darwin", "arm64"), False)],
)
def test_outputs_are_compared_where_they_are_promised(start, system, strict):
    options, told = start.nbval_options(system)
    assert told is strict
    assert options[0] == ("--nbval" if strict else "--nbval-lax")


def test_steps_that_can_harm_are_run_only_when_asked_for(door, monkeypatch):
    monkeypatch.setattr(door, "find_chromium", lambda: None)
    for name in ("notebooks", "quizzes", "tests/browser", "tests/hostile", "tests/published"):
        (door.ROOT / name).mkdir(parents=True)
    unit, notebooks, browser = door.steps_of_test(False)
    apart = {"hostile", "cluster", "published", "browser", "benchmarks"}
    assert {f"--ignore=tests/{name}" for name in apart} <= set(unit[1])
    assert notebooks[1][0] == "notebooks", "an empty folder must fail, not be passed over"
    assert browser[1] is None
    assert "NO CHROMIUM" in browser[2]
    assert [step[0] for step in door.steps_of_test(True)][3:] == ["hostile tests", "published tests"]


def test_counts_come_from_pytest_and_a_missing_report_is_a_failure(start, tmp_path):
    report = tmp_path / "report.xml"
    assert start.count_tests(report)["failed"] == 1
    report.write_text('<testsuites><testsuite tests="10" failures="1" errors="1" skipped="3"/></testsuites>')
    assert start.count_tests(report) == {"passed": 5, "failed": 2, "skipped": 3}


@pytest.mark.parametrize(("status", "verdict"), [(0, "passed"), (5, "failed")])
def test_a_step_that_collects_nothing_fails(door, monkeypatch, status, verdict):
    def run(command, **options):
        report = Path(next(part for part in command if part.startswith("--junit-xml=")).partition("=")[2])
        report.write_text('<testsuites><testsuite tests="0" failures="0" errors="0" skipped="0"/></testsuites>')
        return subprocess.CompletedProcess(command, status)

    monkeypatch.setattr(door.subprocess, "run", run)
    assert door.run_step([], {})[0] == verdict


def test_the_summary_ends_as_pytest_does(start):
    count = {"passed": 7, "failed": 1, "skipped": 0}
    none = {"passed": 0, "failed": 0, "skipped": 1}
    text = start.summary([("unit", "failed", count, 1.0, ""), ("browser", "skipped", none, 0.0, "NO CHROMIUM")], 2)
    assert "skipped  browser: 1 skipped in 0 s  !!!! NO CHROMIUM" in text
    assert re.fullmatch(r"=+ 1 failed, 7 passed, 1 skipped in 2\.00s =+", text.splitlines()[-1])


def test_all_steps_are_run_also_after_a_failure(door, monkeypatch):
    monkeypatch.setattr(door, "set_up", lambda level, wheelhouse: True)
    monkeypatch.setattr(door, "find_chromium", lambda: None)
    monkeypatch.setattr(door, "steps_of_test", lambda everything: [("a", ["x"], ""), ("b", ["x"], "")])
    run = []
    failed = {"passed": 0, "failed": 1, "skipped": 0}
    monkeypatch.setattr(door, "run_step", lambda arguments, environment: run.append(1) or ("failed", failed))
    assert door.main(["test"]) == 1
    assert run == [1, 1]


# ---------------------------------------------------------------- one place for versions


def pins(text):
    """Return the locked versions of a text: name to version."""
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,-]+\])?==([^\s;]+)", text, flags=re.MULTILINE))


def stated(*extras):
    """Return the requirements of pyproject.toml: core, build backend and these extras."""
    project = PYPROJECT["project"]
    optional = [line for extra in extras for line in project["optional-dependencies"][extra]]
    lines = [*project["dependencies"], *PYPROJECT["build-system"]["requires"], *optional]
    return [Requirement(line) for line in lines]


def test_the_lock_was_made_from_this_pyproject(start):
    assert start.dependency_digest() in LOCK, "make it anew: python3 start.py lock"


@pytest.mark.parametrize(("level", "extras"), [("course", ["course"]), ("test", ["course", "test", "scale"])])
def test_every_requirement_has_a_pin_that_fits(start, level, extras):
    locked = pins(start.lock_section(level))
    for requirement in stated(*extras):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(Version(version)), requirement


def test_a_learner_gets_neither_test_tools_nor_peers(start):
    course = pins(start.lock_section("course"))
    assert not {"ruff", "uv", "hypothesis", "playwright", "dask"} & set(course)
    bench = {Requirement(line).name for line in PYPROJECT["project"]["optional-dependencies"]["bench"]}
    assert not bench & set(pins(LOCK))


def test_each_locked_package_has_hashes_and_stands_once(start):
    names = re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,-]+\])?==", LOCK, flags=re.MULTILINE)
    assert len(names) == len(set(names)) == len(start.requirements(LOCK))
    assert all("--hash=sha256:" in block for block in start.requirements(LOCK).values())


def test_pip_takes_the_lock_as_it_is(start):
    """Where pip looks for dependencies, it takes the newest release of what has an extra, and then refuses it."""
    assert "--no-deps" in start.AS_LOCKED
    assert "coverage[toml]==" in LOCK


def test_the_lock_is_for_three_systems_and_names_no_address():
    assert "sys_platform == 'darwin'" in LOCK
    assert "os_name == 'nt'" in LOCK
    assert not re.search(r"://|--index|--find-links|\bfile:|@", LOCK)


def test_pythons_range_has_one_place(start):
    assert start.oldest_python() == (3, 11)
    assert f">={start.dotted(start.oldest_python())}" == PYPROJECT["project"]["requires-python"]
    python = re.search(r"python=(\d+)\.(\d+)", (ROOT / "environment.yml").read_text(encoding="utf-8")).groups()
    assert start.oldest_python() <= tuple(map(int, python)) <= start.NEWEST_PYTHON


def test_environment_yml_names_the_lock_and_no_package():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    items = [line.strip() for line in lines if line.strip().startswith("- ")]
    expected = ["- conda-forge", "- nodefaults", "- python=3.11", "- pip", "- pip:", "- -r requirements.lock"]
    assert items == expected


# ---------------------------------------------------------------- the check of the machine


@pytest.fixture
def environment():
    """Return the module that checks the machine."""
    return pytest.importorskip("collapse_edu.course.desk.machine")


def test_importing_the_check_loads_no_package():
    code = "import sys, collapse_edu.course.desk.machine; print({'numpy', 'packaging', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_core_and_course_package_is_checked(environment):
    checked = {requirement.name for requirement in environment._requirements()}
    backend = {Requirement(line).name for line in PYPROJECT["build-system"]["requires"]}
    assert checked == {requirement.name for requirement in stated("course")} - backend


@pytest.mark.parametrize("line", ["numpy>=999", "no-such-package>=1"])
def test_what_is_missing_or_too_old_gets_advice(environment, monkeypatch, line):
    monkeypatch.setattr(environment, "_requirements", lambda: [Requirement(line)])
    monkeypatch.setattr(environment, "_data_checks", lambda: iter([]))
    found = [advice for ok, what, advice in environment.checks() if what == Requirement(line).name]
    assert len(found) == 1
    assert "run start.py again" in found[0]


def test_a_report_has_a_line_for_each_thing_and_no_version_or_path(environment, monkeypatch):
    made = [(True, "numpy", ""), (False, "data: a", "get it anew")]
    monkeypatch.setattr(environment, "checks", lambda: iter(made))
    assert environment.report() == "[ok] numpy\n[!!] data: a → get it anew"
    monkeypatch.setattr(environment, "optional_checks", lambda: iter([(False, "Chromium", "install it")]))
    assert environment.report(optional=True).splitlines()[-1] == "[--] Chromium → install it"


def test_a_missing_extra_is_no_fault(environment, monkeypatch, capsys):
    monkeypatch.setattr(environment, "checks", lambda: iter([(True, "numpy", "")]))
    monkeypatch.setattr(environment, "find_chromium", lambda: None)
    assert environment.main(["--optional"]) == 0
    assert "[--] Chromium" in capsys.readouterr().out
    monkeypatch.setattr(environment, "checks", lambda: iter([(False, "numpy", "x")]))
    assert environment.main([]) == 1


def test_a_record_home_that_does_not_exist_yet_is_checked_without_making_it(environment, monkeypatch, tmp_path):
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / "not" / "yet"))
    assert environment._folder_fault(environment._nearest(environment.record_home())) is None
    assert list(tmp_path.iterdir()) == []


def test_folder_and_disk_faults_are_said(environment, monkeypatch, tmp_path):
    assert "right to write" in environment._folder_fault(tmp_path / "missing")
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda folder: usage(5e6))
    assert environment._disk_fault(tmp_path) == "5 MB are free, 200 MB are needed: make room"


def test_chromium_is_taken_from_the_variable_first(environment, monkeypatch):
    monkeypatch.setenv("COLLAPSE_EDU_CHROMIUM", "/my/chromium")
    assert environment.find_chromium() == "/my/chromium"
    monkeypatch.delenv("COLLAPSE_EDU_CHROMIUM")
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/bin/g" if name == "google-chrome" else None)
    assert environment.find_chromium() == "/bin/g"
