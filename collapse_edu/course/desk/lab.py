"""JupyterLab on the working copy, opened at the first lesson.

    python -m collapse_edu.course.desk.lab my_course --port 8888

``start.py`` runs this; it gives the token in the variable JUPYTER_TOKEN, and tells the learner the address.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from collapse_edu.course.desk import working_copy
from collapse_edu.course.register import LESSONS

__all__ = ["options_of_lab", "quiet_lab"]


def options_of_lab(copy: Path, port: int, browser: bool) -> list[str]:
    """Return JupyterLab's options for the working copy, whatever the user's own settings are.

    Parameters
    ----------
    copy : Path
        The working copy.
    port : int
        Where it listens, on this machine alone.
    browser : bool
        Whether it opens a browser.
    """
    first = LESSONS[0].notebook
    page = f"/lab/tree/{first}" if (copy / first).is_file() else "/lab"
    options = ["--ServerApp.ip=127.0.0.1", "--ServerApp.log_level=WARN", "--ExtensionApp.log_level=WARN"]
    options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.answer_yes=True"]
    options += [f"--ServerApp.root_dir={copy}", f"--LabApp.default_url={page}"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"]
    options += [] if browser else ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container there is often no other user
        options += ["--allow-root"]
    return options


def quiet_lab(prefix: Path) -> None:
    """Turn off JupyterLab's question about news, as a default of the Python installation in `prefix` alone."""
    settings = prefix / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    overrides = {"@jupyterlab/apputils-extension:notification": quiet}
    (settings / "overrides.json").write_text(json.dumps(overrides), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Bring the working copy up to date and run JupyterLab; return 2, with one line why, where it cannot be laid."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the working copy")
    parser.add_argument("--port", type=int, required=True, help="where JupyterLab listens")
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    options = parser.parse_args(arguments)
    copy = options.folder.absolute()
    if status := working_copy.main([str(copy)]):
        return status
    quiet_lab(Path(sys.prefix))
    os.chdir(copy)
    from jupyterlab.labapp import main as run_lab

    return run_lab(options_of_lab(copy, options.port, options.browser))


if __name__ == "__main__":
    sys.exit(main())
