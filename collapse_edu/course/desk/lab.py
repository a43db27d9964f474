"""JupyterLab on the working copy, opened at the first lesson.

    python -m collapse_edu.course.desk.lab my_course

``start.py`` runs this; it gives the token in the variable JUPYTER_TOKEN, and tells the learner the address.
"""

import argparse
import json
import os
import sys
from contextlib import suppress
from importlib import resources
from pathlib import Path

import zmq

from collapse_edu.course.desk.record import Record
from collapse_edu.course.desk.working_copy import course_files, lay_course
from collapse_edu.course.register import LESSONS

__all__ = ["options_of_lab", "own_settings", "quiet_lab"]


def options_of_lab(copy: Path, port: int | None, browser: bool) -> list[str]:
    """Return JupyterLab's options for the working copy, whatever the user's own settings are.

    Parameters
    ----------
    copy : Path
        The working copy.
    port : int or None
        Where it listens, on this machine alone; None for a free one, its usual 8888 if that is.
    browser : bool
        Whether it opens a browser.
    """
    first = LESSONS[0].notebook
    page = f"/lab/tree/{first}" if (copy / first).is_file() else "/lab"
    options = ["--ServerApp.ip=127.0.0.1", "--ServerApp.log_level=CRITICAL", "--ExtensionApp.log_level=CRITICAL"]
    options += [f"--ServerApp.port={port or 8888}", f"--ServerApp.port_retries={0 if port else 100}"]
    options += [f"--ServerApp.root_dir={copy}", f"--LabApp.default_url={page}", "--ServerApp.answer_yes=True"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"]
    # No signature outlives the server: what was saved yesterday is shown as HTML, and no widget is looked for.
    options += ["--NotebookNotary.db_file=:memory:", "--LabApp.custom_css=True"]
    options += ["--KernelManager.transport_encryption=auto"] if zmq.has("curve") else []  # or each kernel warns
    options += [] if browser else ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container there is often no other user
        options += ["--allow-root"]
    return options


def own_settings(copy: Path) -> dict[str, str]:
    """Give the working copy tabs of its own, and the course's look where no kernel runs.

    JupyterLab keeps tabs for each user, so another copy of the course would open those of the first one.

    Parameters
    ----------
    copy : Path
        The working copy; its folder ``.jupyter`` is written.

    Returns
    -------
    dict
        What the environment of JupyterLab must hold. The user's own choices, such as the theme, stay where they are.
    """
    from jupyterlab.commands import get_user_settings_dir

    own = copy / ".jupyter"
    (own / "custom").mkdir(parents=True, exist_ok=True)
    look = resources.files("collapse_edu.course.desk").joinpath("course.css")
    (own / "custom" / "custom.css").write_text(look.read_text(encoding="utf-8"), encoding="utf-8")
    return {"JUPYTERLAB_SETTINGS_DIR": get_user_settings_dir(), "JUPYTER_CONFIG_DIR": str(own)}


def quiet_lab(prefix: Path) -> None:
    """Set what JupyterLab asks and shows, as a default of the Python installation in `prefix` alone.

    It does not ask about news, and leaves room for the names of files.
    """
    settings = prefix / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    overrides = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": False},
    }
    (settings / "overrides.json").write_text(json.dumps(overrides), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Bring the working copy up to date and run JupyterLab; return 2, with one line why, where it cannot be laid."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the working copy")
    parser.add_argument("--port", type=int, help="where JupyterLab listens (default: a free port)")
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    options = parser.parse_args(arguments)
    copy = options.folder.absolute()
    try:
        said = lay_course(course_files(), copy, Record().learner)
    except OSError as error:
        print(f"[!!] {error.strerror or error}: {error.filename or copy}", file=sys.stderr)
        return 2
    for line in said:
        print(line, flush=True)
    with suppress(OSError):  # somebody else's installation, such as a hub's, keeps its own defaults
        quiet_lab(Path(sys.prefix))
    os.chdir(copy)
    os.environ.update(own_settings(copy))
    from jupyterlab.labapp import main as run_lab

    return run_lab(options_of_lab(copy, options.port, options.browser))


if __name__ == "__main__":
    sys.exit(main())
