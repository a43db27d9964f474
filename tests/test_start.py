"""The door: start.py, and environment.yml beside it."""

import ast
import errno
import importlib.util
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections import namedtuple
from pathlib import Path

import pytest

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
            start.require_port(port)
    with pytest.raises(start.StartError):
        start.require_port(99_999)


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

    monkeypatch.setattr(door, "require_port", refuse)
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
    door.STAMP.write_text(door.fingerprint("course"), encoding="utf-8")
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
    monkeypatch.setattr(door, "install", lambda level, wheelhouse: door.VENV.mkdir() or order.append("install"))
    monkeypatch.setattr(door, "run_module", lambda module: order.append(door.STAMP.exists()) or (0 if good else 1))
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


@pytest.fixture
def package(door):
    """Return a function that installs a package of one module as pip does, and returns its *.dist-info."""

    def install(name):
        folder = door.site_packages() / f"{name}-1.dist-info"
        folder.mkdir(parents=True)
        (folder.parent / f"{name}.py").write_text("x = 1\n")
        (folder / "RECORD").write_text(f"{name}.py,sha256=...,6\n__pycache__/{name}.pyc,,\n{folder.name}/RECORD,,\n")
        (folder / "INSTALLER").write_text("pip\n")
        return folder

    return install


DAMAGE = {
    "a module is gone": lambda folder: (folder.parent / "b.py").unlink(),
    "a module was cut short": lambda folder: (folder.parent / "b.py").write_text("x"),
    "pip was interrupted": lambda folder: (folder / "INSTALLER").unlink(),
    "its list is gone": lambda folder: (folder / "RECORD").unlink(),
    "its list is damaged": lambda folder: (folder / "RECORD").write_text("b.py,sha256=...,many\n"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_package_is_taken_again_at_the_next_start(door, package, damage):
    whole, damaged = package("a"), package("b")
    (whole.parent / "a.py").write_text("x = 1  # changed on purpose\n")
    python = door.venv_program("python")
    python.parent.mkdir(parents=True)
    python.touch()
    door.STAMP.write_text(door.fingerprint("course"))
    assert door.is_installed("course")
    damage(damaged)
    assert not door.is_installed("course")
    door.forget_damaged()
    assert whole.exists()
    assert not damaged.exists()


def test_with_a_damaged_pip_everything_is_made_anew(door, package, monkeypatch):
    (door.VENV).mkdir()
    (door.VENV / "made_in.txt").write_text(str(door.ROOT), encoding="utf-8")
    monkeypatch.setattr(door.subprocess, "call", lambda *command, **options: 0)
    folder = package("pip")
    assert door.venv_works()
    (folder.parent / "pip.py").unlink()
    assert not door.venv_works()


def test_progress_counts_what_pip_does(door, capsys):
    said = ["Ignoring appnope: markers", "Collecting a==1", "Collecting b==1"]
    for number in range(1, 4):
        door.show_progress(said[:number], 3)
    (door.site_packages() / "a-1.dist-info").mkdir(parents=True)
    door.show_progress([*said, "Installing collected packages: a, b"], 3)
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "fetching packages: 0 of 2",
        "fetching packages: 1 of 2",
        "fetching packages: 2 of 2",
        "installing packages: 1 of 2",
    ]


@pytest.fixture
def pip(door, monkeypatch):
    """Let a few lines of Python play the part of pip."""

    popen = subprocess.Popen
    door.VENV.mkdir()

    def plays(code):
        monkeypatch.setattr(
            door.subprocess, "Popen", lambda command, **options: popen([sys.executable, "-c", code], **options)
        )

    return plays


def test_what_pip_says_is_counted_and_kept_where_it_fails(door, pip, capsys):
    pip("print('Collecting a==1')")
    door.run_pip(["install"], total=2)
    assert capsys.readouterr().out.splitlines()[-1].strip() == "fetching packages: 1 of 2"
    pip("import sys; print('ERROR: something new'); sys.exit(1)")
    with pytest.raises(door.StartError, match=r"ERROR: something new \(all that pip said is in .*pip\.log\)"):
        door.run_pip(["install"])
    assert (door.VENV / "pip.log").read_text() == "ERROR: something new\n"


# ---------------------------------------------------------------- JupyterLab and other children


def test_a_lab_that_ends_at_once_is_noticed(start):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with pytest.raises(start.StartError, match="did not start"):
        start.wait_until_open(child, ".")


def test_only_the_port_of_our_own_lab_is_announced(start, tmp_path):
    """Somebody else's server may have taken the port that was free before the set-up."""
    note = 'import json, sys, time; open(sys.argv[1], "w").write(sys.argv[2]); time.sleep(60)'
    command = [sys.executable, "-c", note, str(tmp_path / "jpserver-7.json"), '{"port": 8890}']
    child = subprocess.Popen(command)
    try:
        assert start.wait_until_open(child, tmp_path) == 8890
    finally:
        start.stop_child(child, patience=0)


def test_a_home_that_cannot_be_written_to_is_left_alone(door, monkeypatch):
    assert door.own_homes() == {}
    monkeypatch.setattr(door.Path, "home", lambda: door.ROOT / "nowhere")
    monkeypatch.setenv("IPYTHONDIR", "chosen")
    homes = door.own_homes()
    assert homes["JUPYTER_DATA_DIR"].startswith(str(door.COURSE))
    assert "IPYTHONDIR" not in homes
    assert homes.items() <= door.clean_environment().items()


def test_a_child_is_always_ended(start):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    start.stop_child(child, patience=0)
    assert child.returncode not in (None, 0)


@pytest.fixture
def lab(door, monkeypatch):
    """Let a few lines of Python play the part of JupyterLab; return the commands that were asked for."""
    asked = []
    popen = subprocess.Popen

    def plays(code):
        monkeypatch.setattr(door, "wait_until_open", lambda child, runtime: child.wait() != door.SAID_WHY and 8888)
        monkeypatch.setattr(door, "set_up", lambda level, wheelhouse: True)
        monkeypatch.setattr(
            door.subprocess, "Popen",
            lambda command, **options: asked.append((command, options["env"])) or popen([sys.executable, "-c", code]),
        )  # fmt: skip
        return asked

    return plays


def test_the_secret_of_lab_is_not_on_its_command_line(door, lab, capsys):
    asked = lab("")
    assert door.main(["--no-browser"]) == 0
    ((command, environment),) = asked
    assert "--no-browser" in command
    assert str(door.COURSE) in command
    secret = environment["JUPYTER_TOKEN"]
    assert not any(secret in part for part in command)
    assert f"/?token={secret}\n" in capsys.readouterr().out


def test_what_stopped_the_lab_with_one_line_gets_no_second_one(door, lab, capsys):
    lab("import sys; sys.exit(2)")
    assert door.main([]) == 2
    assert capsys.readouterr() == ("", "")


# ---------------------------------------------------------------- what the environment's Python runs


@pytest.mark.parametrize(
    ("arguments", "module", "told"),
    [
        (["check"], "collapse_edu.course.desk.machine", ["--optional"]),
        (["build", "M0_start_here"], "collapse_edu.course.press.build", ["M0_start_here"]),
        (["lock", "--upgrade"], "collapse_edu.course.press.lock", ["--upgrade"]),
        (["lock"], "collapse_edu.course.press.lock", []),
    ],
)
def test_a_command_runs_its_module_and_returns_its_status(door, monkeypatch, arguments, module, told):
    python = door.venv_program("python")
    python.parent.mkdir(parents=True)
    python.touch()
    ran = []
    monkeypatch.setattr(door, "set_up", lambda level, wheelhouse: True)
    monkeypatch.setattr(door, "run_module", lambda *command: ran.append(command) or 7)
    assert door.main(arguments) == 7
    assert ran == [(module, *told)]
    assert door.module_command(module) == [str(python), "-m", module]


@pytest.mark.parametrize(("good", "told"), [(True, "passed"), (False, "failed")])
def test_a_fault_of_the_set_up_does_not_keep_the_tests_from_running(door, monkeypatch, good, told):
    ran = []
    monkeypatch.setattr(door, "set_up", lambda level, wheelhouse: good)
    monkeypatch.setattr(door, "run_module", lambda *command: ran.append(command) or 1)
    assert door.main(["test", "--all"]) == 1
    ((module, *options),) = ran
    assert module == "collapse_edu.course.press.run_tests"
    assert options[:-1] == ["--all", "--set-up", told, "--set-up-seconds"]


def test_the_lock_can_be_made_where_nothing_is_installed(door):
    assert door.module_command("collapse_edu.course.press.lock")[0] == sys.executable


def test_a_module_that_runs_ends_with_this_process(start, tmp_path):
    """A signal to start.py alone reaches what it runs."""
    (tmp_path / "slow.py").write_text("import time\nprint('begun', flush=True)\ntime.sleep(60)")
    code = f"""
import pathlib, signal, sys
sys.path.insert(0, {str(ROOT)!r})
import start
start.ROOT, start.VENV = pathlib.Path({str(tmp_path)!r}), pathlib.Path("nowhere")
signal.signal(signal.SIGTERM, start.interrupt)
start.run_module("slow")
"""
    door = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert door.stdout.readline() == "begun\n"
    door.send_signal(signal.SIGTERM)
    assert door.stdout.read() == "", "the child has closed its end"
    assert door.wait(30) != 0
    door.stderr.close()


# ---------------------------------------------------------------- one place for versions


def test_pip_takes_the_lock_as_it_is(start):
    """Where pip looks for dependencies, it takes the newest release of what has an extra, and then refuses it."""
    assert "--no-deps" in start.AS_LOCKED
    assert "coverage[toml]==" in LOCK


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
