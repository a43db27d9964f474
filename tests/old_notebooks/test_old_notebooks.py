"""A learner's working copy holds notebooks of an older version: their cells run on, with the names of that time.

``notebooks_0_1_0.json.gz`` has the code cells of every notebook of 0.1.0 as it was before modules moved. It goes,
with ``collapse_edu/moved.py`` and ``checks.renamed``, in 1.0.0.
"""

import gzip
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
OLD = json.loads(gzip.decompress((HERE / "notebooks_0_1_0.json.gz").read_bytes()))


@pytest.mark.parametrize("name", sorted(OLD))
def test_the_cells_of_an_old_notebook_run(name, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("COLLAPSE_EDU_LEARNER", "course")
    monkeypatch.chdir(tmp_path)  # a hand-in is written where the notebook lies
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in OLD[name]])
    NotebookClient(notebook, kernel_name="python3", timeout=300, store_widget_state=False).execute()
