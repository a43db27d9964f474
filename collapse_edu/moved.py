"""Where modules and names of older versions are now, until 1.0.0: notebooks that learners keep import them.

:data:`MODULES` and :data:`NAMES` are all there is to say; ``collapse_edu`` puts :class:`OldPaths` before Python's own
finders, so that an old path is one string comparison where nobody asks for one.
"""

from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["MODULES", "NAMES", "OldPaths", "new_path", "old_name"]

# Old module → new module, both below collapse_edu. What lies below an old module moved with it.
MODULES = {
    "chain": "loop.chain",
    "definitions": "measures.definitions",
    "environment": "course.desk.machine",
    "explorers": "course.explorers",
    "history": "loop.history",
    "models.kneser_ney": "metrics.kneser_ney",
    "plots.bag": "course.films.bag",
    "plots.film": "course.films.film",
    "plots.panels": "course.films.panels",
    "plots.regression": "course.films.regression",
    "plots.saving": "course.films.savings",
    "plots.weights": "course.films.weights",
    "production.mistakes": "course.experiments.mistakes",
    "production.monitoring_mistakes": "course.experiments.monitoring_mistakes",
    "quiz": "course.quiz",
    "quiz.bank.inventory": "course.quiz.bank.inventory_items",
    "quiz.face": "course.quiz.commands",
    "quiz.gain": "course.quiz.learning_gain",
    "quiz.inventory": "course.quiz.concept_inventory",
    "quiz.look": "course.desk.style",
    "quiz.marking.command": "course.quiz.marking.subcommand",
    "quiz.marking.grade": "course.quiz.marking.class_marking",
    "quiz.record": "course.desk.record",
    "regimes": "loop.regimes",
    "runs": "course.desk.kept_runs",
    "seeding": "loop.seeding",
    "source": "loop.source",
}

# Old name → new name, both below collapse_edu.
NAMES = {
    "course.desk.machine.checks": "course.desk.machine.required_checks",
    "course.desk.machine.lines": "course.desk.machine.report_lines",
    "loop.source.KnownLaw": "loop.source.KnownDistribution",
    "measures.definitions.Verdict": "measures.definitions.Finding",
    "models.KneserNey": "metrics.kneser_ney.KneserNey",
    "production.economics.Step": "production.economics.Saving",
    "production.economics.feeding_back": "production.economics.feedback_share",
    "production.economics.human_rows_each": "production.economics.human_rows_per_model",
    "production.feedback.law_of_kinds": "production.feedback.distribution_of_requests",
} | {
    f"production.{name}": f"course.experiments.monitoring_mistakes.{name}"
    for name in ("alert_on_the_mean", "deduplicated_tail", "limit_for_each", "limits_from_memory")
}
NAMES |= {
    f"plots.{name}": f"course.films.{name}"
    for name in (
        "Film", "Panel", "bag_film", "gaussian_film", "mixing_film", "monitor_film", "panel_film", "regression_film",
        "survival_film", "weight_film",
    )
}  # fmt: skip
NAMES |= {"plots.Course": "course.films.Trace", "plots.saving_film": "course.films.savings_film"}

_ROOT = __name__.rpartition(".")[0]


def new_path(path: str) -> str | None:
    """Return where a module of an older version is now.

    Parameters
    ----------
    path : str
        Such as ``"collapse_edu.chain"``.

    Returns
    -------
    str or None
        None for what is no module of an older version.

    Examples
    --------
    >>> new_path("collapse_edu.quiz.bank.m2"), new_path("collapse_edu.theory")
    ('collapse_edu.course.quiz.bank.m2', None)
    """
    start, rest = path.removeprefix(f"{_ROOT}."), ""
    while start:
        if start in MODULES:
            return f"{_ROOT}.{MODULES[start]}{rest}"
        start, _, last = start.rpartition(".")
        rest = f".{last}{rest}"
    return None


def old_name(module: str, name: str) -> object:
    """Return what a name of an older version means now: the ``__getattr__`` of packages that lost names.

    Parameters
    ----------
    module : str
        Where the name was, such as ``"collapse_edu.plots"``.
    name : str

    Returns
    -------
    object

    Raises
    ------
    AttributeError
        If there never was such a name.

    Examples
    --------
    >>> old_name("collapse_edu.plots", "plot")
    Traceback (most recent call last):
    ...
    AttributeError: module 'collapse_edu.plots' has no attribute 'plot'
    """
    path = f"{module}.{name}".removeprefix(f"{_ROOT}.")
    if path in MODULES:
        return import_module(f"{_ROOT}.{MODULES[path]}")
    if path not in NAMES:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    home, _, name = NAMES[path].rpartition(".")
    return getattr(import_module(f"{_ROOT}.{home}"), name)


class OldPaths(MetaPathFinder, Loader):
    """Finds a module of an older version where it is now; both paths are one and the same module."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return a spec for the path of a module that moved, None for all others."""
        moved = fullname.startswith(f"{_ROOT}.") and new_path(fullname)
        return ModuleSpec(fullname, self, loader_state=moved) if moved else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module itself, imported from where it is now."""
        module = import_module(spec.loader_state)
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own name back: Python has just written the old one into it."""
        module.__spec__ = self._own_spec
