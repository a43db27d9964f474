"""JupyterLab is opened on the working copy, at the first lesson, quietly, on this machine alone."""

import errno
import json

import pytest
from jupyterlab.commands import get_workspaces_dir

from collapse_edu.course.desk import lab
from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.style import STYLE
from collapse_edu.course.register import LESSONS


def test_the_first_lesson_opens_and_without_it_the_file_browser(tmp_path):
    options = lab.options_of_lab(tmp_path, 8888, browser=False)
    assert "--LabApp.default_url=/lab" in options
    assert {"--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"} <= set(options)
    assert f"--ServerApp.root_dir={tmp_path}" in options
    assert "--ServerApp.port_retries=100" in lab.options_of_lab(tmp_path, None, browser=False)
    first = tmp_path / LESSONS[0].notebook
    first.parent.mkdir()
    first.touch()
    options = lab.options_of_lab(tmp_path, 8888, browser=True)
    assert "--LabApp.default_url=/lab/tree/notebooks/M0_start_here.ipynb" in options
    assert "--no-browser" not in options


def test_the_question_about_news_is_off_and_names_of_files_have_room(tmp_path):
    lab.quiet_lab(tmp_path)
    (path,) = tmp_path.rglob("overrides.json")
    news, files = json.loads(path.read_text()).values()
    assert news["fetchNews"] == "false"
    assert files["showLastModifiedColumn"] is False


def test_each_copy_has_tabs_of_its_own_and_the_user_keeps_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", str(tmp_path / "mine"))
    monkeypatch.delenv("JUPYTERLAB_WORKSPACES_DIR", raising=False)
    workspaces = set()
    for copy in (tmp_path / "a", tmp_path / "b"):
        environment = lab.own_settings(copy)
        assert environment["JUPYTERLAB_SETTINGS_DIR"] == str(tmp_path / "mine")
        with monkeypatch.context() as here:
            here.setenv("JUPYTER_CONFIG_DIR", environment["JUPYTER_CONFIG_DIR"])
            workspaces.add(get_workspaces_dir())
        assert (copy / ".jupyter" / "custom" / "custom.css").read_text(encoding="utf-8") in STYLE
    assert len(workspaces) == 2


def test_the_terminal_is_quiet_and_no_signature_outlives_the_server(tmp_path):
    options = lab.options_of_lab(tmp_path, 8888, browser=False)
    assert {"--ServerApp.log_level=CRITICAL", "--NotebookNotary.db_file=:memory:", "--LabApp.custom_css=True"} <= {
        *options
    }


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Let nothing open, and return the options with which it would have."""
    ran = []
    monkeypatch.setattr(lab, "quiet_lab", lambda prefix: None)
    monkeypatch.setattr(lab, "own_settings", lambda copy: {})
    monkeypatch.setattr("jupyterlab.labapp.main", lambda options: ran.append(options) or 0)
    monkeypatch.chdir(tmp_path)
    return ran


def test_the_copy_is_laid_for_the_learner_of_the_record_and_opened(tmp_path, opened, capsys):
    (tmp_path / "docs").write_text("mine")
    assert lab.main([str(tmp_path), "--port", "8888", "--no-browser"]) == 0
    assert capsys.readouterr().out.startswith("docs is a file")
    quiz = json.loads((tmp_path / "quizzes" / "Q2_gaussian_collapse.ipynb").read_text(encoding="utf-8"))
    assert quiz["metadata"]["collapse_edu"]["learner"] == Record().learner
    assert len(opened) == 1


def test_it_opens_from_an_installation_that_cannot_be_changed(tmp_path, monkeypatch, opened):
    def refuse(prefix):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(lab, "quiet_lab", refuse)
    assert lab.main([str(tmp_path)]) == 0
    assert len(opened) == 1


def test_where_the_copy_cannot_be_laid_nothing_opens(tmp_path, monkeypatch, opened, capsys):
    def full(root, copy, learner):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lab, "lay_course", full)
    assert lab.main([str(tmp_path), "--port", "8888", "--no-browser"]) == 2
    assert capsys.readouterr().err == f"[!!] No space left on device: {tmp_path}\n"
    assert not opened
