"""Public signatures are typed, hardly any says Any, and a type checker agrees."""

import ast
import subprocess
import sys
from pathlib import Path

import collapse_edu

ROOT = Path(collapse_edu.__file__).parent


def public_signatures():
    """Yield (place, signature) of each public function and method of the library."""
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for holder in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_")]:
            for node in holder.body:
                if isinstance(node, ast.FunctionDef) and (node.name[0] != "_" or node.name == "__init__"):
                    inside = f"{holder.name}." if holder is not tree else ""
                    yield f"{path.relative_to(ROOT.parent)}:{node.lineno} {inside}{node.name}", node


def annotations(signature):
    """Return the annotations of a signature, None for each that is missing."""
    given = signature.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    named = [parameter for parameter in parameters if parameter and parameter.arg not in ("self", "cls")]
    returned = [] if signature.name == "__init__" else [signature.returns]
    return [parameter.annotation for parameter in named] + returned


def test_each_public_signature_is_typed():
    bare = [place for place, signature in public_signatures() if None in annotations(signature)]
    assert not bare, f"{len(bare)} signatures lack types:\n" + "\n".join(bare)


def test_hardly_any_signature_says_any():
    places = list(public_signatures())
    vague = [
        place
        for place, signature in places
        if any(
            isinstance(node, ast.Name) and node.id == "Any"
            for annotation in annotations(signature)
            for node in (ast.walk(annotation) if annotation else ())
        )
    ]
    assert len(vague) <= 0.05 * len(places), f"{len(vague)} of {len(places)} signatures say Any:\n" + "\n".join(vague)


def test_the_marker_for_type_checkers_ships():
    assert (ROOT / "py.typed").is_file()


def test_a_type_checker_agrees():
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "collapse_edu"], cwd=ROOT.parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
