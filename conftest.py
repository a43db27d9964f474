"""What every test run of this repository needs: strict nbval behaves as JupyterLab does."""

import os


def pytest_configure(config):
    """Make nbval execute cells as Lab and nbclient do, if it is on."""
    if config.getoption("nbval", default=False) or config.getoption("nbval_lax", default=False):
        # Same numbers as in the build, and two workers do not fight for two cores.
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        _store_history()
        if not (config.rootpath / "quizzes").exists():  # git keeps no empty folder
            config.args = [path for path in config.args if os.path.basename(path) != "quizzes"]


def _store_history():
    """Patch nbval: without history IPython ignores a trailing ``;`` and shows what the lesson hides."""
    from nbval import kernel

    def execute_cell_input(self, cell_input, allow_stdin=None):
        return self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)

    kernel.RunningKernel.execute_cell_input = execute_cell_input
