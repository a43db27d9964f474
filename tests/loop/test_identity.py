"""What a job is: any change of what it computes gives another identity, what is told is what runs."""

import importlib
import os
import pickle
import re
import subprocess
import sys
import threading
from functools import cache
from itertools import pairwise, permutations

import numpy as np
import pytest

from collapse_edu import Gaussian, mix
from collapse_edu.loop import identity as module
from collapse_edu.loop.identity import identity, packed, refuse_patches, versions
from collapse_edu.loop.source import normal


def returning(expression):
    return f"def job(n, seed): return {{'x': {expression}}}"


def with_class(member, value="Part().value"):
    return f"from functools import *\nfrom types import *\nclass Part:\n    {member}\n{returning(value)}"


def with_method(member):
    return with_class(member, "Part().value()")


# What changes → (a script, the number that changes in it); what the script computes is that number.
CHANGES = {
    "the body": returning("NUMBER"),
    "a default": "def job(n, seed, k=NUMBER): return {'x': k}",
    "a keyword's default": "def job(n, seed, *, k=NUMBER): return {'x': k}",
    "a lambda": "job = lambda n, seed: {'x': [y for y in (NUMBER,)][0]}",
    "a closure": "def make(x):\n    def job(n, seed): return {'x': x}\n    return job\njob = make(NUMBER)",
    "a partial": "from functools import partial\ndef f(n, seed, k): return {'x': k}\njob = partial(f, k=NUMBER)",
    "a bound method": "class P:\n    def job(self, n, seed): return {'x': self.k}\np = P()\np.k = NUMBER\njob = p.job",
    "an object that is called": "class P:\n    def __call__(self, n, seed): return {'x': NUMBER}\njob = P()",
    "a global": "K = NUMBER\n" + returning("K"),
    "a global array": "K = np.array([NUMBER])\n" + returning("K[0]"),
    "a global set": "K = {'a', 'b', NUMBER}\n" + returning("(K - {'a', 'b'}).pop()"),
    "the order of a dict": "K = dict(sorted({'a': NUMBER, 'b': 3 - NUMBER}.items(), key=lambda item: -item[1]))\n"
    + returning("K['a'] if next(iter(K)) else 0"),
    "a helper": "def part(): return NUMBER\n" + returning("part()"),
    "a helper in a nested function": "def part(): return NUMBER\n" + returning("(lambda: [part() for _ in 'a'][0])()"),
    "a helper with a cache": "from functools import *\n@cache\ndef part(): return NUMBER\n" + returning("part()"),
    "a helper with an lru_cache": "from functools import *\n@lru_cache(3)\ndef part(): return NUMBER\n"
    + returning("part()"),
    "a global of a helper with a cache": "from functools import *\nK = NUMBER\n@cache\ndef part(): return K\n"
    + returning("part()"),
    "a helper with a cache that calls itself": "from functools import *\n@cache\n"
    "def part(k): return part(k - 1) if k else NUMBER\n" + returning("part(3)"),
    "a wrapper with another's name": "from functools import *\n@wraps(np.mean)\ndef part(): return NUMBER\n"
    + returning("part()"),
    "an attribute of a helper": "def part(): return part.k\npart.k = NUMBER\n" + returning("part()"),
    "a vectorized helper": "part = np.vectorize(lambda k: NUMBER)\n" + returning("float(part(3))"),
    "a helper that was executed": "exec('def part(): return NUMBER')\n" + returning("part()"),
    "recursion": "def job(n, seed): return {'x': NUMBER} if n == 0 else job(0, seed)",
    "a property": with_class("value = property(lambda self: NUMBER)"),
    "a cached property": with_class("@cached_property\n    def value(self): return NUMBER"),
    "a method": with_method("def value(self): return NUMBER"),
    "a method with a cache": with_method("@lru_cache\n    def value(self): return NUMBER"),
    "a class method": with_method("@classmethod\n    def value(cls): return NUMBER"),
    "a static method": with_method("@staticmethod\n    def value(): return NUMBER"),
    "a static method with a cache": with_method("@staticmethod\n    @cache\n    def value(): return NUMBER"),
    "a class attribute": with_class("value = NUMBER"),
    "a class attribute, NumPy": with_class("value = np.float64(NUMBER)"),
    "a class attribute, set": with_class("k = {NUMBER}\n    value = property(lambda self: max(self.k))"),
    "a class attribute, object": with_class(
        "k = SimpleNamespace(k=NUMBER)\n    value = property(lambda self: self.k.k)"
    ),
    "a class attribute, partial": with_method("value = partial(float, NUMBER)"),
    "a partial method": with_method("def method(self, k): return k\n    value = partialmethod(method, NUMBER)"),
    "a base class": "class B:\n    def v(self): return NUMBER\nclass P(B):\n    def v(self): return super().v()\n"
    + returning("P().v()"),
    "a metaclass": "class M(type):\n    def v(cls): return NUMBER\nclass P(metaclass=M): pass\n" + returning("P.v()"),
    "an abstract class": "from abc import *\nclass B(ABC):\n    @abstractmethod\n    def v(self): return NUMBER\n"
    "class P(B):\n    def v(self): return super().v()\n" + returning("P().v()"),
    "a dataclass": "from dataclasses import *\n@dataclass\nclass P:\n    v: float = NUMBER\n"
    + returning("sum(getattr(P(), field.name) for field in fields(P))"),
    "a named tuple": "from typing import NamedTuple\nclass P(NamedTuple):\n    v: float = NUMBER\n"
    + returning("P().v"),
    "an enumeration": "from enum import Enum\nclass P(Enum):\n    V = NUMBER\n" + returning("P.V.value"),
    "a class with slots": "class P:\n    __slots__ = ('k',)\n    def v(self): return NUMBER\n" + returning("P().v()"),
}  # fmt: skip


def script(code, number=1.0):
    """Return the job that a notebook or script defines."""
    space = {"__name__": "__main__", "np": np}
    exec(code.replace("NUMBER", repr(number)), space)
    return space["job"]


def of(value):
    return identity({"value": value})


def computes(job):
    """Return what a copy of a job computes, as a worker has it."""
    copy, parameters = pickle.loads(packed(job, {"n": 1, "seed": 0}))
    return copy(**parameters)["x"]


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_the_job_is_another_job(what):
    one, other = (script(CHANGES[what], number) for number in (1.0, 2.0))
    assert of(one) != of(other)
    assert (computes(one), computes(other)) == (1.0, 2.0)


def test_another_process_tells_the_same():
    code = (
        "from tests.loop.test_identity import *\n"
        "from collapse_edu.loop.source import KnownDistribution\n"
        "own = KnownDistribution(lambda n, rng: np.ones((n, 1)), 3)\n"
        "values = [normal(30), own, Gaussian(), mix(0.1), {'a', 'b', 'c'}, np, returning, CHANGES, np.ones((2, 3))]\n"
        "print(*map(of, [*values, *map(script, CHANGES.values())]), sep='\\n')"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert len(printed[0]) == 9 + len(CHANGES)


def test_what_does_not_count():
    code = "def part(k):\n    return k\n" + returning("part(3)")
    other = "\n# a note\ndef unused(): ...\ndef part(k):\n\n    # a note\n    return k\n" + returning("part(3)")
    assert of(script(code)) == of(script(other))
    remembers = script("from functools import *\n@cache\ndef part(): return 1.0\n" + returning("part()"))
    before = of(remembers)
    remembers(n=1, seed=0)
    assert of(remembers) == before


def test_equal_values_are_one_value_and_others_are_not():
    text = "".join(["a", "b"])
    assert of([text, "ab"]) == of(["ab", "ab"])
    assert len({of({*order}) for order in permutations(["a", "b", "c"])}) == 1
    assert of({"a": 1, "b": 2}) != of({"b": 2, "a": 1})  # a job may go through them in their order
    several = [1, 1.0, True, "1", b"1", (1,), [1], {1}, np.array([1]), np.array([1.0]), Gaussian(), Gaussian(ddof=0)]
    for one, other in pairwise([*several, mix(0.1), mix(0.2), normal(5), normal(6)]):
        assert of(one) != of(other)


def test_whether_a_parameter_is_of_the_job_s_own_class_counts():
    code = "class P: pass\nagain = P\nclass P: pass\n" + returning("isinstance(n, P)")
    space = script(code).__globals__
    assert identity({"job": space["job"], "n": space["P"]()}) != identity({"job": space["job"], "n": space["again"]()})


# ---------------------------------------------------------------- modules of one's own


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Return a function that writes and imports a module, as after a restart, and returns a job that uses it."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def job(text, code, name="mine_of_a_test"):
        (tmp_path / f"{name}.py").write_text(text)
        sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return script(code.replace("mine", name))

    yield job
    sys.modules.pop("mine_of_a_test", None)


MODULES = {
    "a function": ("def f(): return NUMBER", "from mine import f\n" + returning("f()")),
    "a function, through the module": ("def f(): return NUMBER", "import mine\n" + returning("mine.f()")),
    "a number": ("K = NUMBER", "import mine\n" + returning("mine.K")),
    "a number behind a function": ("K = NUMBER\ndef f(): return K", "from mine import f\n" + returning("f()")),
    "a helper of a helper": ("def g(): return NUMBER\ndef f(): return g()", "from mine import f\n" + returning("f()")),
    "a cached function": (
        "import functools\n@functools.cache\ndef f(): return NUMBER",
        "from mine import f\n" + returning("f()"),
    ),
    "a class": ("class P:\n    v = NUMBER", "from mine import P\n" + returning("P().v")),
    "a class, by its object": ("class P:\n    v = NUMBER", "from mine import P\np = P()\n" + returning("p.v")),
    "what was set from outside": ("K = 0", "import mine\nmine.K = NUMBER\n" + returning("mine.K")),
    "a function that was set from outside": (
        "def g(): return 0\ndef f(): return g()",
        "import mine\nmine.g = lambda: NUMBER\n" + returning("mine.f()"),
    ),
}


@pytest.mark.parametrize("what", MODULES)
def test_a_change_of_a_module_of_one_s_own_is_another_job(what, mine):
    text, code = MODULES[what]
    told = []
    for number in (1.0, 2.0, 1.0):
        job = mine(text.replace("NUMBER", repr(number)), code.replace("NUMBER", repr(number)))
        assert computes(job) == number
        told.append(of(job))
    assert told[0] != told[1]
    assert told[0] == told[2]


def test_what_a_job_sets_in_a_module_its_functions_see(mine):
    job = mine(
        "K = 1.0\ndef f(): return K", "import mine\ndef job(n, seed):\n    mine.K = 2.0\n    return {'x': mine.f()}"
    )
    assert computes(job) == 2.0
    assert sys.modules["mine_of_a_test"].K == 1.0  # that of the copy alone


def test_a_module_with_the_name_of_one_of_python_s(mine):
    code = "import mine\n" + returning("mine.f()")
    ours = sys.modules.pop("this", None), module._is_installed.cache_clear()
    try:
        told = [of(mine(f"def f(): return {number}", code, "this")) for number in (1, 2)]
    finally:
        sys.modules.pop("this", None)
        module._is_installed.cache_clear()
    assert told[0] != told[1], ours


# ---------------------------------------------------------------- what cannot be told


class Named:
    """Pickles as a name."""

    def __reduce__(self):
        return "named"


named = Named()
ENDLESS = [[]]
ENDLESS[0].append(ENDLESS)
DEEP: list = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "kind", "why"),
    [
        (threading.Lock(), "lock", "cannot pickle '_thread.lock' object"),
        ((n for n in []), "generator", "cannot pickle 'generator' object"),
        (named, "Named", "of named nothing but the name can be told"),
        (np.frompyfunc(lambda n: n, 1, 1), "ufunc", ".*"),
        (DEEP, "list", ".*recursion.*"),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(value, kind, why):
    allowed = "data must be something that can be copied to another process and told from others"
    with pytest.raises(TypeError, match=rf"^{allowed}; got a {kind} \({why}\)$"):
        identity({"n": 3, "data": value})


def test_what_cannot_be_copied_is_refused_in_one_line():
    said = r"^job must be something that can be copied to another process; got cannot pickle '_thread.lock' object$"
    with pytest.raises(TypeError, match=said):
        packed(script("import threading\nL = threading.Lock()\n" + returning("L.locked()")), {})


def test_a_value_that_contains_itself():
    assert of(ENDLESS) == of(ENDLESS) != of([[]])


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import tests.columns", "job imports tests.columns where it runs: import it at the top"),
        ("from tests.columns import f", "job imports tests.columns where it runs: import it at the top"),
        ("from .columns import f", "job imports .columns where it runs: import it at the top"),
        ("from . import columns", "job imports . where it runs: import it at the top"),
        ("import not_there", "job imports not_there where it runs: import it at the top"),
        ("def part():\n        import tests.columns", "part imports tests.columns where it runs: import it at the top"),
        ("__import__('columns')", "what job takes by __import__ cannot be told: import it at the top"),
        (
            "import importlib; importlib.import_module('columns')",
            "what job takes by import_module cannot be told: import it at the top",
        ),
        ("import sys; sys.modules", "what job takes by sys.modules cannot be told: import it at the top"),
        ("import scipy.stats, json", ""),
        ("from collapse_edu.metrics import vendi", ""),
    ],
)
def test_an_import_of_one_s_own_inside_a_function_is_refused(code, why):
    job = script(f"def job(n, seed):\n    {code}\n    return {{'x': 1.0}}")
    if not why:
        assert of(job)
        return
    with pytest.raises(TypeError, match=rf"^value must be .*; got a function \({re.escape(why)}\)$"):
        of(job)


def test_an_installed_function_that_was_replaced_is_refused(monkeypatch):
    refuse_patches()
    for owner, name, said in [
        (np.random, "default_rng", "numpy.random.default_rng"),
        (Gaussian, "fit", "Gaussian.fit"),
    ]:
        with monkeypatch.context() as patch:
            for other in (lambda *arguments: 1.0, cache(lambda *arguments: 1.0), Named):
                patch.setattr(owner, name, other)
                with pytest.raises(ValueError, match=rf"^{said} must be what was installed; got one of {__name__}$"):
                    refuse_patches()
    refuse_patches()


def test_versions_name_python_and_the_packages():
    assert versions()["numpy"] == np.__version__
    assert versions()["Python"] == ".".join(map(str, sys.version_info[:3]))
    assert len(versions()["files of collapse_edu"]) == 64
