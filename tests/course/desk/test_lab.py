"""JupyterLab is opened on the working copy, at the first lesson, quietly, on this machine alone."""

import json

import pytest

from collapse_edu.course.desk import lab, working_copy
from collapse_edu.course.register import LESSONS


def test_the_first_lesson_opens_and_without_it_the_file_browser(tmp_path):
    options = lab.options_of_lab(tmp_path, 8888, browser=False)
    assert "--LabApp.default_url=/lab" in options
    assert {"--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"} <= set(options)
    assert f"--ServerApp.root_dir={tmp_path}" in options
    first = tmp_path / LESSONS[0].notebook
    first.parent.mkdir()
    first.touch()
    options = lab.options_of_lab(tmp_path, 8888, browser=True)
    assert "--LabApp.default_url=/lab/tree/notebooks/M0_start_here.ipynb" in options
    assert "--no-browser" not in options


def test_the_question_about_news_is_off(tmp_path):
    lab.quiet_lab(tmp_path)
    (path,) = tmp_path.rglob("overrides.json")
    (setting,) = json.loads(path.read_text()).values()
    assert setting["fetchNews"] == "false"


@pytest.mark.parametrize("status", [0, 2])
def test_where_the_copy_cannot_be_laid_nothing_opens(tmp_path, monkeypatch, status):
    ran = []
    monkeypatch.setattr(working_copy, "main", lambda arguments: status)
    monkeypatch.setattr(lab, "quiet_lab", lambda prefix: None)
    monkeypatch.setattr("jupyterlab.labapp.main", lambda options: ran.append(options) or 0)
    monkeypatch.chdir(tmp_path)
    assert lab.main([str(tmp_path), "--port", "8888", "--no-browser"]) == status
    assert len(ran) == (status == 0)
