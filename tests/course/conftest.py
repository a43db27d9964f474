"""Grading, as the tests do it."""

import pytest

from collapse_edu.course.grading import outcome
from collapse_edu.course.grading.class_marking import grade
from collapse_edu.course.quiz import bank
from collapse_edu.course.quiz.marking import sandbox


@pytest.fixture
def marked(tmp_path):
    """Return a function: name → bytes of what was handed in, to name → result."""

    def mark_all(papers, out=None, **kwargs):
        folder = tmp_path / "handed_in"
        folder.mkdir(exist_ok=True)
        for name, data in papers.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        out = out or tmp_path / "marks"
        results = grade([folder], out, **{"say": lambda line: None} | kwargs)
        wished = outcome.Wishes()
        outcome.write(outcome.counted(results, wished), wished, bank, out)
        return {each.submission: each for each in results}

    return mark_all


@pytest.fixture
def isolation():
    """Skip loudly where learners' code cannot be isolated."""
    if sandbox.why_not():
        pytest.skip(f"NOT TESTED: {sandbox.why_not()}")


@pytest.fixture
def no_isolation(monkeypatch):
    """A machine without bubblewrap."""
    monkeypatch.setattr(sandbox, "why_not", lambda: "isolation needs Linux and bubblewrap")
