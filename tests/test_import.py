"""The house stands: cheap imports, names that resolve, and floors that only look down.

``python tests/test_import.py`` prints the floors, the rooms, and who imports whom.
"""

import ast
import subprocess
import sys
from collections import defaultdict
from importlib import import_module, metadata
from pathlib import Path

import pytest

import collapse_edu

ROOT = Path(collapse_edu.__file__).parent
# From the ground up. A room is a package or a loose file; it imports only from lower floors.
FLOORS = (
    {"checks", "estimator", "files", "moved", "pages"},
    {"metrics", "theory"},
    {"measures"},
    {"loop"},
    {"models", "datasets", "ensemble", "plots"},
    {"production"},
    {"course"},
    {"cli"},
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
LOOSE = {"__init__", "checks", "estimator", "files", "moved"}


def modules():
    return [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "__init__.py"]


def room_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path):
    """Yield the rooms that a module imports from, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= set(below) if node.module == "collapse_edu" else {node.module}
    for name in found:
        if name.startswith("collapse_edu.") and name != "collapse_edu.__version__":
            name = name.split(".")[1]
            yield collapse_edu._NAMES.get(name, name).split(".")[0]


def arrows():
    """Return room → rooms that it imports from."""
    found = defaultdict(set)
    for path in modules():
        found[room_of(path)] |= set(imports(path)) - {room_of(path)}
    return found


def test_rooms_are_few_and_all_have_a_floor():
    assert {room_of(path) for path in modules()} == set(FLOOR)
    assert {path.stem for path in ROOT.glob("*.py")} == LOOSE


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_a_room_imports_only_from_lower_floors(room):
    not_below = {other for other in arrows()[room] if FLOOR[other] >= FLOOR[room]}
    assert not not_below, f"{room} (floor {FLOOR[room]}) imports {', '.join(sorted(not_below))}"


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_a_room_can_be_imported_first(room):
    subprocess.run([sys.executable, "-c", f"import collapse_edu.{room}"], check=True)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_says_what_it_is_and_its_public_names_exist(path):
    dotted = ".".join(("collapse_edu", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    module = import_module(dotted)
    assert module.__doc__, "no docstring"
    for name in getattr(module, "__all__", []):
        assert hasattr(module, name)


def loaded_by(statement):
    """Return the names of all modules that a fresh Python has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_import_is_cheap():
    loaded = loaded_by("import collapse_edu; dir(collapse_edu)")
    assert loaded.isdisjoint({"sklearn", "matplotlib", "pandas", "numpy", "scipy", "ipywidgets"})
    assert {name for name in loaded if name.startswith("collapse_edu.")} == {"collapse_edu.moved"}


def test_theory_needs_no_estimators_and_no_pictures():
    loaded = loaded_by("import collapse_edu; collapse_edu.theory.gaussian.half_life(10)")
    assert loaded.isdisjoint({"sklearn", "matplotlib", "pandas"})


SLOW = {"sklearn", "scipy", "pandas", "matplotlib", "seaborn", "ipywidgets", "tqdm", "joblib", "cloudpickle"}


@pytest.mark.parametrize(
    "statement",
    [
        "from collapse_edu import run, watch, generations, History, mix",
        "import collapse_edu.models, collapse_edu.measures, collapse_edu.metrics, collapse_edu.ensemble",
        "from collapse_edu import Categorical, Curated, Gaussian, Memoriser, Regression, VAE, Verified, adapt",
        "import collapse_edu.datasets",
        "from collapse_edu import Gaussian, anchor, run\n"
        "from collapse_edu.loop.source import normal\n"
        "repr(run(Gaussian(), normal(10), anchor, generations=3))",
        "from collapse_edu.cli import main\nsys.stdout = sys.stderr\nmain(['--help'])\nsys.stdout = sys.__stdout__",
    ],
)
def test_nobody_waits_for_what_is_not_used(statement):
    assert loaded_by(statement).isdisjoint(SLOW)


def test_import_leaves_no_trace():
    code = (
        "import numpy as np, warnings\nbefore = np.random.get_state()[1].copy(), list(warnings.filters), np.geterr()\n"
        "import collapse_edu.loop.chain, collapse_edu.ensemble, collapse_edu.datasets\n"
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


def plan():
    """Return the house as text, from the roof down: rooms, lines, and what each imports from."""
    found, lines = arrows(), []
    for floor, rooms in reversed(list(enumerate(FLOORS))):
        lines.append(f"floor {floor}")
        for room in sorted(rooms):
            size = sum(len(path.read_text("utf-8").splitlines()) for path in modules() if room_of(path) == room)
            lines.append(f"    {room:11} {size:6,} lines   imports {', '.join(sorted(found[room])) or 'nothing'}")
    total = sum(map(len, found.values()))
    upward = sum(FLOOR.get(other, 99) >= FLOOR.get(room, -1) for room, others in found.items() for other in others)
    return "\n".join([*lines, f"{len(FLOOR)} rooms, {total} imports between them, {upward} not downward"])


if __name__ == "__main__":
    print(plan())
