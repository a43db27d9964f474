"""What M2 to M5 keep is what M6 makes where nothing was kept."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def printed(lesson):
    """Return all that the lesson's cells print."""
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(out.text for cell in cells for out in cell.get("outputs", ()) if out.output_type == "stream")


@pytest.mark.parametrize("lesson", ["M2", "M3", "M4", "M5"])
def test_a_kept_run_has_the_shape_and_the_metrics_of_the_one_that_m6_makes(lesson):
    (kept,) = re.findall(rf"^Kept as {lesson}: (.*)$", printed(lesson), re.MULTILINE)
    (made,) = re.findall(rf"^{lesson} \w+ +History: (.*)$", printed("M6"), re.MULTILINE)
    assert kept == made
