"""The house stands: cheap imports, names that resolve, and floors that only look down."""

import ast
import subprocess
import sys
from importlib import import_module, metadata
from pathlib import Path

import pytest

import collapse_edu

ROOT = Path(collapse_edu.__file__).parent
FLOORS = {
    0: {"checks", "datasets", "environment", "files", "history", "runs", "seeding", "source"},
    1: {"metrics", "theory"},
    2: {"models", "regimes"},
    3: {"chain", "ensemble", "measures"},
    4: {"definitions", "plots", "production", "study"},
    5: {"course", "explorers", "quiz"},  # the wings, and what both are listed in
    6: {"cli"},  # the roof
}
FLOOR = {part: floor for floor, parts in FLOORS.items() for part in parts}
WINGS = {"explorers", "quiz"}


def loaded_by(statement):
    """Return the names of all modules that a fresh Python has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_import_is_cheap():
    loaded = loaded_by("import collapse_edu; dir(collapse_edu)")
    assert loaded.isdisjoint({"sklearn", "matplotlib", "pandas", "numpy", "scipy", "ipywidgets"})
    assert not any(name.startswith("collapse_edu.") for name in loaded)


def test_theory_needs_no_estimators_and_no_pictures():
    loaded = loaded_by("import collapse_edu; collapse_edu.theory.gaussian.half_life(10)")
    assert loaded.isdisjoint({"sklearn", "matplotlib", "pandas"})


def test_import_leaves_no_trace(capfd):
    code = (
        "import numpy as np, warnings\nbefore = np.random.get_state()[1].copy(), list(warnings.filters), np.geterr()\n"
        "import collapse_edu.chain, collapse_edu.ensemble, collapse_edu.datasets\n"
        "after = np.random.get_state()[1], warnings.filters, np.geterr()\n"
        "assert (before[0] == after[0]).all() and before[2] == after[2]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", collapse_edu.__all__)
def test_each_public_name_resolves(name):
    if name == "__version__":
        try:
            assert collapse_edu.__version__ == metadata.version("collapse-edu")
        except metadata.PackageNotFoundError:
            pytest.skip("the package is not installed here")
    else:
        assert getattr(collapse_edu, name) is not None
        assert name in dir(collapse_edu)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'collapse_edu' has no attribute 'colapse'$"):
        _ = collapse_edu.colapse


def modules():
    return [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


def part_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path):
    """Yield the parts of the library that a module imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "collapse_edu":
                found |= {f"collapse_edu.{alias.name}" for alias in node.names}
            else:
                found.add(node.module)
    for name in found:
        if name.startswith("collapse_edu."):
            name = name.split(".")[1]
            yield collapse_edu._NAMES.get(name, name)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_floor_imports_only_from_below(path):
    part = part_of(path)
    assert part in FLOOR, f"which floor is {part} on?"
    for other in imports(path):
        if other != "__version__":
            assert FLOOR[other] <= FLOOR[part], f"{part} (floor {FLOOR[part]}) imports {other} (floor {FLOOR[other]})"
            assert not (part in WINGS and other in WINGS and part != other), f"the wing {part} imports {other}"


def test_ground_floor_parts_stand_alone():
    # Ground parts know only each other, and no cycle: each can be imported first.
    for part in sorted(FLOORS[0]):
        subprocess.run([sys.executable, "-c", f"import collapse_edu.{part}"], check=True)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_says_what_it_is_and_its_public_names_exist(path):
    dotted = ".".join(("collapse_edu", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    module = import_module(dotted)
    assert module.__doc__, "no docstring"
    for name in getattr(module, "__all__", []):
        assert hasattr(module, name)
