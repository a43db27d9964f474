"""The check of the machine: what must hold, what is missing, and what to do."""

import subprocess
import sys
import tomllib
from collections import namedtuple
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from collapse_edu.course.desk import machine as environment

ROOT = Path(__file__).resolve().parents[3]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_importing_the_check_loads_no_package():
    code = "import sys, collapse_edu.course.desk.machine; print({'numpy', 'packaging', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_core_and_course_package_is_checked():
    checked = {requirement.name for requirement in environment._requirements()}
    project = PYPROJECT["project"]
    stated = [*project["dependencies"], *project["optional-dependencies"]["course"]]
    assert checked == {Requirement(line).name for line in stated}


@pytest.mark.parametrize(("made_by_start", "advice"), [(True, "run start.py again"), (False, "pip install")])
@pytest.mark.parametrize("line", ["numpy>=999", "no-such-package>=1"])
def test_what_is_missing_or_too_old_gets_advice_that_fits_the_place(monkeypatch, tmp_path, line, made_by_start, advice):
    monkeypatch.setattr(environment.sys, "prefix", str(tmp_path))
    if made_by_start:
        (tmp_path / "made_in.txt").touch()
    monkeypatch.setattr(environment, "_requirements", lambda: [Requirement(line)])
    monkeypatch.setattr(environment, "_data_checks", lambda: iter([]))
    found = [said for ok, what, said in environment.required_checks() if what == Requirement(line).name]
    assert len(found) == 1
    assert advice in found[0]


def test_the_widget_extension_is_looked_for_where_jupyterlab_looks(monkeypatch, tmp_path):
    """A system's Python keeps it beside its own folder, not in it."""
    assert environment._widgets_fault() is None
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [str(tmp_path)])
    assert "no widget extension" in environment._widgets_fault()
    extension = tmp_path / "@jupyter-widgets" / "jupyterlab-manager" / "package.json"
    extension.parent.mkdir(parents=True)
    extension.touch()
    assert environment._widgets_fault() is None


@pytest.mark.parametrize("name", ["Pillow", "pillow", "scikit-learn"])
def test_what_is_imported_under_another_name_is_found(name):
    assert environment._package_fault(Requirement(name)) is None


def test_a_report_has_a_line_for_each_thing_and_no_version_or_path(monkeypatch):
    made = [(True, "numpy", ""), (False, "data: a", "get it anew")]
    monkeypatch.setattr(environment, "required_checks", lambda: iter(made))
    assert environment.report() == "[ok] numpy\n[!!] data: a → get it anew"
    monkeypatch.setattr(environment, "optional_checks", lambda: iter([(False, "Chromium", "install it")]))
    assert environment.report(optional=True).splitlines()[-1] == "[--] Chromium → install it"


def test_a_missing_extra_is_no_fault(monkeypatch, capsys):
    monkeypatch.setattr(environment, "required_checks", lambda: iter([(True, "numpy", "")]))
    monkeypatch.setattr(environment, "find_chromium", lambda: None)
    assert environment.main(["--optional"]) == 0
    assert "[--] Chromium" in capsys.readouterr().out
    monkeypatch.setattr(environment, "required_checks", lambda: iter([(False, "numpy", "x")]))
    assert environment.main([]) == 1


def test_a_record_home_that_does_not_exist_yet_is_checked_without_making_it(monkeypatch, tmp_path):
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / "not" / "yet"))
    assert environment._folder_fault(environment._nearest(environment.record_home())) is None
    assert list(tmp_path.iterdir()) == []


def test_folder_and_disk_faults_are_said(monkeypatch, tmp_path):
    assert "right to write" in environment._folder_fault(tmp_path / "missing")
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda folder: usage(5e6))
    assert environment._disk_fault(tmp_path) == "5 MB are free, 200 MB are needed: make room"


def test_chromium_is_taken_from_the_variable_first(monkeypatch):
    monkeypatch.setenv("COLLAPSE_EDU_CHROMIUM", "/my/chromium")
    assert environment.find_chromium() == "/my/chromium"
    monkeypatch.delenv("COLLAPSE_EDU_CHROMIUM")
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/bin/g" if name == "google-chrome" else None)
    assert environment.find_chromium() == "/bin/g"


def test_a_sound_machine_is_one_line_that_unfolds(monkeypatch):
    monkeypatch.setattr(environment, "required_checks", lambda: iter([(True, "numpy", ""), (True, "Python", "")]))
    check = environment.MachineCheck()
    assert repr(check) == "[ok] This machine has all that the course needs."
    html = check._repr_html_()
    assert html.startswith('<details class="ce-machine"><summary')
    assert "<li>[ok] numpy</li><li>[ok] Python</li>" in html


def test_a_fault_is_open_and_says_what_to_do(monkeypatch):
    monkeypatch.setattr(environment, "required_checks", lambda: iter([(True, "a", ""), (False, "b<c", "make room")]))
    check = environment.MachineCheck()
    assert check.faults == ["[!!] b<c → make room"]
    assert repr(check).splitlines()[0].startswith("[!!] 1 thing is missing on this machine")
    assert '<details class="ce-machine" open>' in check._repr_html_()
    assert "<li>[!!] b&lt;c → make room</li>" in check._repr_html_()
