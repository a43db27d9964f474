"""What every test run of this repository needs: strict nbval behaves as JupyterLab does, and no test and no notebook
sees or touches the record of the one who runs them."""

import os
import tempfile

import pytest


def pytest_configure(config):
    """Give the run an empty folder for records; make nbval execute cells as Lab and nbclient do, if it is on."""
    homes = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    config.add_cleanup(homes.cleanup)
    os.environ["COLLAPSE_EDU_HOME"] = homes.name
    if config.getoption("nbval", default=False) or config.getoption("nbval_lax", default=False):
        # Same numbers as in the build, and two workers do not fight for two cores.
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        os.environ["COLLAPSE_EDU_LEARNER"] = "course"
        _store_history()
        _own_home(homes.name)
        if not (config.rootpath / "quizzes").exists():  # git keeps no empty folder
            config.args = [path for path in config.args if os.path.basename(path) != "quizzes"]


@pytest.fixture(autouse=True)
def record_home(tmp_path, monkeypatch):
    """Give each test, doctests included, an empty folder for its record."""
    monkeypatch.setenv("COLLAPSE_EDU_HOME", str(tmp_path / "record_home"))
    monkeypatch.delenv("COLLAPSE_EDU_LEARNER", raising=False)
    return tmp_path / "record_home"


def _store_history():
    """Patch nbval: without history IPython ignores a trailing ``;`` and shows what the lesson hides."""
    from nbval import kernel

    def execute_cell_input(self, cell_input, allow_stdin=None):
        return self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)

    kernel.RunningKernel.execute_cell_input = execute_cell_input


def _own_home(homes):
    """Patch nbval: each notebook's kernel gets an empty folder for its record, as in the build."""
    from nbval import kernel

    start = kernel.RunningKernel.__init__

    def start_in_own_home(self, *args, **kwargs):
        os.environ["COLLAPSE_EDU_HOME"] = tempfile.mkdtemp(dir=homes)
        start(self, *args, **kwargs)

    kernel.RunningKernel.__init__ = start_in_own_home
