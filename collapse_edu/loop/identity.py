"""What a job is: its code and its values; all that is of no installed package by value, so that what is told runs."""

import dis
import pickle
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from pickle import whichmodule  # type: ignore[attr-defined]
from platform import python_version
from types import CodeType, FunctionType, ModuleType

import cloudpickle
from cloudpickle import cloudpickle as inner

__all__ = ["identity", "packed", "refuse_patches", "versions"]

_PACKAGE = __name__.partition(".")[0]
_Cached = type(lru_cache(abs))
_OF_IMPORT = {"__builtins__", "__cached__", "__loader__", "__spec__"}  # what Python itself puts into a module


def packed(job: Callable[..., object], parameters: Mapping[str, object]) -> bytes:
    """Return bytes that ``pickle.loads`` makes a copy of a job and its parameters of, in any process.

    Raises
    ------
    TypeError
        If they cannot be copied; one line with the reason.

    Examples
    --------
    >>> job, parameters = pickle.loads(packed(lambda n: n + 1, {"n": 2}))
    >>> job(**parameters)
    3
    """
    file = BytesIO()
    try:
        _ByValue(file).dump((job, parameters))
    except Exception as error:  # whatever the value's own methods raise
        raise TypeError(f"job must be something that can be copied to another process; got {_line(error)}") from None
    return file.getvalue()


def identity(values: Mapping[str, object]) -> str:
    """Return 64 hexadecimal digits: the same in each process for the same names and values, others for others.

    Of functions, classes and modules of your own, the code counts, and all that it uses.

    Raises
    ------
    TypeError
        If it cannot be told what a value is; one line that names it and the reason.

    Examples
    --------
    >>> identity({"n": 3})[:8], identity({"n": 3.0})[:8]
    ('43446d80', '60576d23')
    """
    file = BytesIO()
    pickler = _Canonical(file)  # one for all, so that it counts whether two of them share a part
    for name, value in values.items():
        try:
            pickler.dump((name, value))
        except Exception as error:
            allowed = f"{name} must be something that can be copied to another process and told from others"
            raise TypeError(f"{allowed}; got a {type(value).__name__} ({_line(error)})") from None
    return sha256(file.getvalue()).hexdigest()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of each installed package, and a digest of this package's own files."""
    files = sorted(Path(sys.modules[_PACKAGE].__path__[0]).rglob("*.py"))
    own = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    installed = sorted((package.name, package.version) for package in metadata.distributions())
    return {"Python": python_version(), **dict(installed), f"files of {_PACKAGE}": own}


def refuse_patches() -> None:
    """Raise a ValueError if one of your functions or classes stands in an installed package: no worker has it there."""
    for owner in _installed_owners():
        for attribute, value in list(vars(owner).items()):
            home = None if isinstance(value, ModuleType) else _home(value)
            if home in sys.modules and not _installed(home):
                raise ValueError(f"{owner.__name__}.{attribute} must be what was installed; got one of {home}")


def _installed_owners() -> Iterator[ModuleType | type]:
    """Yield the modules of installed packages and their classes. You may put functions into Python's own ones."""
    for name, module in list(sys.modules.items()):
        python = name.partition(".")[0] in sys.stdlib_module_names
        if isinstance(module, ModuleType) and not python and _installed(name):
            yield module
            values = list(vars(module).values())
            yield from (value for value in values if isinstance(value, type) and value.__module__ == name)


def _home(value: object) -> str | None:
    """Return the name of a module, or of the one that a function or class is of; None of anything else."""
    if isinstance(value, FunctionType):
        return value.__globals__.get("__name__")  # functools.wraps changes __module__
    if isinstance(value, _Cached):
        return _home(value.__wrapped__)
    if isinstance(value, ModuleType):
        return value.__name__
    return value.__module__ if isinstance(value, type) else None


def _installed(module: str | None) -> bool:
    """Return whether a module is of Python or of an installed package: its name and version say what it does."""
    return _is_installed((module or "__main__").partition(".")[0])


@cache
def _is_installed(top: str) -> bool:
    if top in ("__main__", _PACKAGE):
        return top == _PACKAGE
    try:
        spec = find_spec(top)
    except ValueError:  # a module that was made by hand
        spec = None
    places = (spec.submodule_search_locations or [str(spec.origin)]) if spec else []
    return bool(places) and all(map(_is_for_packages, places))


def _is_for_packages(place: str) -> bool:
    """Return whether a file or folder is where Python or an installer puts packages."""
    path = Path(place)
    standard = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), Path(sys.base_prefix, "DLLs"))
    return (
        place in ("built-in", "frozen")
        or not {"site-packages", "dist-packages"}.isdisjoint(path.parts)
        or any(path.is_relative_to(folder) for folder in standard)
    )


class _ByValue(cloudpickle.Pickler):
    """Pickles by value what is not installed, also where cloudpickle would write its name."""

    def reducer_override(self, value: object) -> object:
        if type(value) is cached_property:  # up to Python 3.11 it has a lock
            return cached_property, (value.func,), {"attrname": value.attrname, "__doc__": value.__doc__}
        if not isinstance(value, FunctionType | type | ModuleType | _Cached) or _installed(_home(value)):
            return super().reducer_override(value)
        if isinstance(value, FunctionType):
            return self._dynamic_function_reduce(value)
        if isinstance(value, type):
            # Without the number by which a process would recognise the class, and not look at what it is now.
            make, (*arguments, _, extra), *rest = inner._dynamic_class_reduce(value)
            return make, (*arguments, None, extra), *rest
        if isinstance(value, ModuleType):
            # As in the original, the module's attributes are the globals of its functions.
            attributes = {name: part for name, part in vars(value).items() if name not in _OF_IMPORT}
            return _Module, (), (self.globals_ref.setdefault(id(vars(value)), {}), attributes), None, None, _fill
        return _cached, (value.__wrapped__, *value.cache_parameters().values())  # without what it remembers


class _Module:
    """A copy of a module."""


def _fill(module: _Module, state: tuple[dict[str, object], dict[str, object]]) -> None:
    module.__dict__, attributes = state
    module.__dict__.update(attributes)


def _cached(function: Callable[..., object], maxsize: int | None, typed: bool) -> Callable[..., object]:
    return lru_cache(maxsize, typed)(function)


class _Canonical(_ByValue):
    """Pickles the same to the same bytes in each process; refuses what it would know by nothing but a name."""

    def persistent_id(self, value: object) -> str | None:
        kind = type(value).__name__
        if type(value) in (str, bytes):  # whether two equal ones are one object is chance
            return f"{kind} {value!r}"
        if type(value) in (set, frozenset):  # their order changes from process to process
            return f"{kind} {sorted(identity({'its item': item}) for item in value)}"  # type: ignore[attr-defined]
        return None

    def reducer_override(self, value: object) -> object:
        if isinstance(value, CodeType):  # where it stands does not count
            return self.dispatch_table[CodeType](value.replace(co_filename="", co_firstlineno=1, co_linetable=b""))
        if isinstance(value, FunctionType) and not _installed(_home(value)):
            _refuse_imports(value.__code__)
        reduced = super().reducer_override(value)
        if reduced is NotImplemented and not isinstance(value, FunctionType | type):
            reduced = self.dispatch_table.get(type(value), _reduced)(value)
            if isinstance(reduced, str) and not _installed(whichmodule(value, reduced)):
                raise TypeError(f"of {reduced} nothing but the name can be told")
        return reduced


def _reduced(value: object) -> object:
    return value.__reduce_ex__(pickle.HIGHEST_PROTOCOL)


def _refuse_imports(code: CodeType) -> None:
    """Raise an error if a function imports what is not installed: the code of that is out of sight."""
    for module in _imports(code):
        if not _installed(module):
            raise TypeError(f"{code.co_name} imports {module} where it runs: import it at the top")
    for way in (("__import__",), ("import_module",), ("sys", "modules")):
        if {*way} <= {*code.co_names}:
            raise TypeError(f"what {code.co_name} takes by {'.'.join(way)} cannot be told: import it at the top")
    for part in code.co_consts:
        if isinstance(part, CodeType):
            _refuse_imports(part)


def _imports(code: CodeType) -> Iterator[str]:
    """Yield what a piece of code imports; a relative import begins with dots."""
    steps = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
    for level, _, step in zip(steps, steps[1:], steps[2:], strict=False):
        if step.opname == "IMPORT_NAME":
            yield "." * level.argval + step.argval
