"""What the recipe for JupyterHub runs at each start of a user's server, without a hub; ``three_users.py`` has one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from three_users import recipe
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(shutil.which("bash") is None, reason="a hub's machine has bash")
@pytest.mark.skipif(os.name == "nt", reason="JupyterHub does not run on Windows")
def test_it_lays_the_course_at_home_and_then_becomes_the_server_with_all_its_arguments(tmp_path):
    config = Config()
    exec(recipe(), {"get_config": lambda: config})
    programs, home = tmp_path / "bin", tmp_path / "home of ada"
    programs.mkdir()
    home.mkdir()
    code = "from collapse_edu.cli import main; import sys; main(sys.argv[1:])"
    command = f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$@"\n'
    server = '#!/bin/sh\nfor each in "$@"; do echo "given: $each"; done\n'
    for name, content in {"collapse-edu": command, "jupyterhub-singleuser": server}.items():
        (programs / name).write_text(content)
        (programs / name).chmod(0o755)
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), "PYTHONPATH": str(ROOT),
        "COLLAPSE_EDU_HOME": "",
    }  # fmt: skip
    command = [*config.Spawner.cmd, *config.Spawner.args, "--a name"]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    given = [line.removeprefix("given: ") for line in said.splitlines() if line.startswith("given: ")]
    assert given == [*config.Spawner.args, "--a name"]
    folder, _, notebook = config.Spawner.default_url.removeprefix("/lab/tree/").partition("/")
    assert (home / folder / notebook).is_file()
    assert (home / ".collapse_edu" / "record.jsonl").is_file()
