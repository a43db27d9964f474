"""Where modules and names of older versions are now, until 1.0.0: notebooks that learners keep import them.

:data:`MODULES` and :data:`NAMES` are all there is to say, and no other module knows what it was called before:
``collapse_edu`` puts :class:`OldPaths` before Python's own finders.
"""

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from types import CodeType, ModuleType

__all__ = ["MODULES", "NAMES", "OldPaths", "new_path"]

# Old module → new module, both below collapse_edu. What lies below an old module moved with it.
MODULES = {
    "chain": "loop.chain",
    "course.explorers.first_slider": "course.first_look",
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
    "production.documents": "production.monitoring.documents",
    "production.mistakes": "course.experiments.mistakes",
    "production.monitor": "production.monitoring.monitor",
    "production.monitoring_mistakes": "course.experiments.monitoring_mistakes",
    "production.state": "production.monitoring.state",
    "production.statistics": "production.monitoring.statistics",
    "quiz": "course.quiz",
    "quiz.bank.inventory": "course.quiz.bank.inventory_items",
    "quiz.face": "course.quiz.commands",
    "quiz.gain": "course.quiz.learning_gain",
    "quiz.inventory": "course.quiz.concept_inventory",
    "quiz.look": "course.desk.style",
    "quiz.marking.command": "course.grading.subcommand",
    "quiz.marking.grade": "course.grading.class_marking",
    "quiz.record": "course.desk.record",
    "regimes": "loop.regimes",
    "runs": "course.desk.kept_runs",
    "seeding": "loop.seeding",
    "study": "loop.study",
    "source": "loop.source",
}

# Old name → new name, both below collapse_edu, by the module that the old name was in.
NAMES = {
    "course.desk.record": {
        "DEEPEST_ANSWER": "course.desk.plain_data.DEEPEST_ANSWER",
        "LARGEST_ANSWER": "course.desk.plain_data.LARGEST_ANSWER",
        "LONGEST_TEXT": "course.desk.plain_data.LONGEST_TEXT",
        "as_data": "course.desk.plain_data.as_data",
        "is_name": "course.desk.names.is_name",
        "tidy_name": "course.desk.names.tidy_name",
    },
    "course.explorers": {"FirstSlider": "course.first_look.WatchDigits"},
    "course.films.bag": {"Course": "course.films.Trace"},
    "course.films.savings": {"saving_film": "course.films.savings_film"},
    "course.first_look": {"FirstSlider": "course.first_look.WatchDigits"},
    "course.desk.machine": {
        "checks": "course.desk.machine.required_checks",
        "lines": "course.desk.machine.report_lines",
    },
    "loop.source": {"KnownLaw": "loop.source.KnownDistribution"},
    "measures.definitions": {"Verdict": "measures.definitions.Finding"},
    "models": {"KneserNey": "metrics.kneser_ney.KneserNey"},
    "plots": {
        "Course": "course.films.Trace",
        "Film": "course.films.Film",
        "Panel": "course.films.Panel",
        "bag_film": "course.films.bag_film",
        "gaussian_film": "course.films.gaussian_film",
        "mixing_film": "course.films.mixing_film",
        "monitor_film": "course.films.monitor_film",
        "panel_film": "course.films.panel_film",
        "regression_film": "course.films.regression_film",
        "saving_film": "course.films.savings_film",
        "survival_film": "course.films.survival_film",
        "weight_film": "course.films.weight_film",
    },
    "plots.gaussian": {"gaussian_film": "course.films.gaussian_film"},
    "plots.maps": {"mixing_film": "course.films.mixing_film"},
    "plots.monitor": {"monitor_film": "course.films.monitor_film"},
    "plots.tails": {"survival_film": "course.films.survival_film"},
    "production": {
        "alert_on_the_mean": "course.experiments.monitoring_mistakes.alert_on_the_mean",
        "deduplicated_tail": "course.experiments.monitoring_mistakes.deduplicated_tail",
        "limit_for_each": "course.experiments.monitoring_mistakes.limit_for_each",
        "limits_from_memory": "course.experiments.monitoring_mistakes.limits_from_memory",
    },
    "production.economics": {
        "Step": "production.economics.Saving",
        "feeding_back": "production.economics.feedback_share",
        "human_rows_each": "production.economics.human_rows_per_model",
    },
    "production.feedback": {"law_of_kinds": "production.feedback.distribution_of_requests"},
    "theory.mixing": {
        "effective_sample_ratio": "theory.effective_size.effective_sample_ratio",
        "known_share_sample_size": "theory.known_share.known_share_sample_size",
        "probability_kept": "theory.immigration.probability_kept",
    },
}

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


class OldPaths(MetaPathFinder, Loader):
    """Finds a module of an older version where it is now; both paths are one and the same module."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for a module that moved, or from which a name went; None for all others."""
        if not fullname.startswith(f"{_ROOT}."):
            return None
        if moved := new_path(fullname):
            return ModuleSpec(fullname, self, loader_state=moved)
        if fullname.removeprefix(f"{_ROOT}.") not in NAMES:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec and spec.origin:
            spec.loader = _WithOldNames(fullname, spec.origin)
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module itself, imported from where it is now."""
        module = import_module(spec.loader_state)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back: Python has just written the old one into it."""
        old = module.__spec__
        module.__spec__ = old.loader_state if old else None

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of the module, for ``python -m`` with an old path."""
        spec = find_spec(new_path(fullname) or fullname)
        return spec.loader.get_code(spec.name) if spec and isinstance(spec.loader, SourceFileLoader) else None


class _WithOldNames(SourceFileLoader):
    """Loads a module, and lets it answer to the names that it no longer has."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        module.__dict__["__getattr__"] = partial(_named, module.__name__, vars(module).get("__getattr__"))


def _named(module: str, otherwise: Callable[[str], object] | None, name: str) -> object:
    """Return what a name of an older version means now, or what the module itself makes of it."""
    new = NAMES[module.removeprefix(f"{_ROOT}.")].get(name)
    if new:
        home, _, name = new.rpartition(".")
        return getattr(import_module(f"{_ROOT}.{home}"), name)
    if moved := new_path(f"{module}.{name}"):
        return import_module(moved)
    if otherwise:
        return otherwise(name)
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
