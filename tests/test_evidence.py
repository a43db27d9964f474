"""How formulas are compared with simulations: the comparison itself, and the table that ``--oracles`` prints."""

import ast
from pathlib import Path

import numpy as np
import pytest
from evidence import COMPARED, COMPARED_COLUMNS, assert_within, compared_line

VALUES = np.tile([0.9, 1.1], 5000)  # mean 1, standard error 0.001


def test_a_formula_that_agrees_and_one_that_differs_have_their_lines():
    assert_within(VALUES, 1.003, oracle="G1")
    agrees = COMPARED.pop()
    with pytest.raises(AssertionError, match=r"^1 ± 0.001 against 1.005"):
        assert_within(VALUES, 1.005, oracle="W9")
    differs = COMPARED.pop()
    name = "test_a_formula_that_agrees_and_one_that_differs_have_their_lines"
    assert compared_line(agrees) == f"G1 | {name} | 1.003 | 1 ± 0.001 | 3.0 | agrees"
    assert compared_line(differs) == f"W9 | {name} | 1.005 | 1 ± 0.001 | 5.0 | DIFFERS"
    assert len(COMPARED_COLUMNS.split(" | ")) == len(compared_line(agrees).split(" | "))


def test_a_simulation_that_is_too_small_is_no_evidence():
    with pytest.raises(AssertionError, match=r"^too few values to expose 0% of 1"):
        assert_within(VALUES, 1.0, resolves=0.003)
    assert COMPARED.pop().agrees


def calls(path):
    """Yield the lines of a file that compare, and whether each names its formula."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "assert_within":
            yield node.lineno, any(named.arg == "oracle" for named in node.keywords)


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("theory/test_*.py")), ids=lambda path: path.stem)
def test_each_formula_of_theory_has_a_name_in_the_table(path):
    assert [line for line, named in calls(path) if not named] == []
