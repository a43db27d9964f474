"""What every explorer promises, for the tests of each."""

import re


def shows(explorer, *generations):
    """Assert that there is a picture and a sentence with numbers for each generation, and a table without gaps."""
    for t in generations:
        assert explorer._film.frame(t).startswith(b"\x89PNG")
        words = explorer.describe(explorer.result, t)
        assert re.search(r"\d", words)
        assert "nan" not in words
    assert not explorer.table(explorer.result).isin(["nan", "inf"]).any(axis=None)


def what_its_code_makes(explorer):
    """Run the code that an explorer shows, and return all names that it defines."""
    names = {}
    exec(explorer.code(**explorer.settings), names)
    return names


def parts_and_whole(steps):
    """Return what a computation yields, as a list, and what it returns."""
    parts = []
    while True:
        try:
            parts.append(next(steps))
        except StopIteration as end:
            return parts, end.value
