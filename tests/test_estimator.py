"""Models work inside scikit-learn as its own do, whose base class they do not have."""

import pickle
import re
import warnings
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, DensityMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from collapse_edu import Categorical, Curated, Gaussian, adapt
from collapse_edu.estimator import Estimator, copied, random_state_of, require_fitted, rows_of
from collapse_edu.models import NGram


def parameters(base):
    """Return a class with a few parameters."""

    class Model(base):
        def __init__(self, zeta, alpha=1.0, inner=None, **others):
            self.zeta = zeta
            self.alpha = alpha
            self.inner = inner

        def fit(self, X, y=None):
            self.seen_ = len(X)
            return self

    return Model


Ours, Theirs = parameters(Estimator), parameters(BaseEstimator)
VALUES = [
    {"zeta": 1},
    {"zeta": "a", "alpha": 1},
    {"zeta": None, "alpha": np.nan, "inner": GaussianMixture(2)},
    {"zeta": [1, 2], "inner": Gaussian(ddof=0)},
    {"zeta": np.float64(0.5), "inner": {"b": (1, {2})}},
]


@pytest.mark.parametrize("values", VALUES)
def test_parameters_and_text_are_those_of_the_base_class(values):
    ours, theirs = Ours(**values), Theirs(**values)
    for deep in (True, False):
        assert sorted(ours.get_params(deep)) == sorted(theirs.get_params(deep))
        assert all(ours.get_params(deep)[name] is value for name, value in theirs.get_params(deep).items())
    assert repr(ours) == repr(theirs)


def test_parameters_are_set_as_in_the_base_class():
    ours, theirs = Ours(1, inner=Gaussian()), Theirs(1, inner=Gaussian())
    for model in (ours, theirs):
        assert model.set_params(alpha=3, inner__ddof=0) is model
        assert (model.alpha, model.inner.ddof) == (3, 0)
        with pytest.raises(
            ValueError, match=r"^Invalid parameter 'beta' for estimator Model\(.*'alpha', 'inner', 'zeta'"
        ):
            model.set_params(beta=1)


@pytest.mark.parametrize("values", VALUES)
def test_copies_are_those_of_clone(values):
    for model in (Ours(**values), Theirs(**values), [Ours(**values), {"a": Theirs(**values)}], deepcopy(values)):
        mine, theirs = copied(model), clone(model, safe=False)
        assert repr(mine) == repr(theirs) == repr(model)
        assert mine is not model
    fitted = Ours(**values).fit([0])
    for twin in (clone(fitted), copied(fitted)):
        assert not hasattr(twin, "seen_")
        assert twin.inner is None or twin.inner is not fitted.inner


def test_a_constructor_that_changes_what_it_is_given_is_refused():
    class Changes(Estimator):
        def __init__(self, n=1):
            self.n = n + 0.5

    with pytest.raises(RuntimeError, match=r"^Cannot clone object Changes\(n=1\.5\), as the constructor does not only"):
        clone(Changes())


def test_a_model_without_parameters_is_one_too():
    class Bare(Estimator):
        pass

    class Loose(Estimator):
        def __init__(self, *values):
            self.values = values

    assert (repr(clone(Bare())), Bare().get_params()) == ("Bare()", {})
    with pytest.raises(RuntimeError, match=r"^the constructor of Loose must name its parameters"):
        Loose().get_params()


def test_only_what_learned_is_fitted():
    for thing in (Ours(1), Theirs(1)):
        for check in (require_fitted, check_is_fitted):
            with pytest.raises(NotFittedError, match=r"^This Model instance is not fitted yet\. Call 'fit' with"):
                check(thing)
            assert check(clone(thing).fit([1])) is None
            with pytest.raises(NotFittedError):
                check(clone(thing).fit([1]), "other_")


ROWS = [
    *(np.ones((4, 2), dtype=kind) for kind in (float, np.float32, np.float16, np.longdouble, int, bool, object, ">f8")),
    [[1, 2], [3, 4]], np.eye(3)[:, ::-1], pd.DataFrame({"a": [1.0, 2.0], "b": [1, 2]}), np.full((2, 2), 1e308),
    np.ones(4), np.ones((0, 2)), np.ones((1, 2)), np.ones((4, 0)), np.ones((4, 1)), np.ones((2, 2, 2)),
    3.0, None, "rows", [["a", "b"]], [[1], [2, 3]], [[1 + 1j, 2]], [[np.nan, 1], [2, 3]], [[np.inf, 1], [2, 3]],
    csr_array(np.eye(2)),
]  # fmt: skip


def told(function):
    """Return what a function returns, or its error as text on one line that names X; with warnings as errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return function()
        except Exception as error:
            return type(error), " ".join(str(error).split())


@pytest.mark.parametrize("X", ROWS, ids=lambda X: f"{type(X).__name__} {getattr(X, 'dtype', '')}")
@pytest.mark.parametrize("learns", [True, False])
def test_rows_and_refusals_are_those_of_scikit_learn(X, learns):
    models = [Ours(1), Ours(1)]
    for model in models:
        if not learns:
            validate_data(model, np.ones((3, 2)))
    limits = {"dtype": np.float64, "ensure_min_samples": 2, "ensure_min_features": 2}
    mine = told(lambda: rows_of(models[0], X, learns=learns, min_rows=2, min_features=2))
    theirs = told(lambda: validate_data(models[1], X, reset=learns, **limits))
    if isinstance(theirs, tuple):
        kind, words = theirs
        words = words if re.search(r"\bX\b", words) else f"X is not accepted: {words}"
        assert mine == (kind, words if len(words) <= 300 else f"{words[:297]}...")
    else:
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == theirs.dtype
    assert vars(models[0]).keys() == vars(models[1]).keys()


@pytest.mark.parametrize("X", [csr_array(np.eye(2)), np.full((2, 2), "rows" * 100)], ids=["sparse", "long"])
def test_a_refusal_is_one_line_of_at_most_300_characters(X):
    with pytest.raises((TypeError, ValueError), match=r"^[^\n]*\bX\b[^\n]*$") as caught:
        rows_of(Ours(1), X)
    assert len(str(caught.value)) <= 300


def test_names_of_columns_are_remembered():
    frame = pd.DataFrame({"a": [1.0, 2.0, 4.0]})
    model = Gaussian().fit(frame)
    assert list(model.feature_names_in_) == ["a"]
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.score_samples(frame.to_numpy())
    assert not hasattr(model.fit(frame.to_numpy()), "feature_names_in_")


def test_random_states():
    state = np.random.RandomState(3)
    assert random_state_of(state) is state
    assert random_state_of(3).randint(1000) == state.randint(1000)
    with pytest.raises(ValueError, match="cannot be used to seed"):
        random_state_of("seed")


def test_scikit_learn_knows_what_it_is():
    class Theirs(DensityMixin, BaseEstimator):
        pass

    assert get_tags(Gaussian()) == get_tags(Theirs())
    assert get_tags(Ours(1)) == get_tags(BaseEstimator())


def test_it_works_inside_of_scikit_learn(rng):
    X = rng.normal(size=(60, 3))
    assert cross_val_score(Gaussian(), X).shape == (5,)
    assert GridSearchCV(Gaussian(), {"ddof": [0, 1]}).fit(X).best_params_["ddof"] in (0, 1)
    assert make_pipeline(StandardScaler(), Gaussian()).fit(X).score(X) < 0


@pytest.mark.parametrize("change", [np.asarray, np.ndarray.tolist, lambda X: X.astype(object), pd.DataFrame])
@pytest.mark.parametrize("model", [Gaussian(), adapt(GaussianMixture(2))], ids=repr)
def test_numbers_written_as_text_are_refused_in_one_line(model, change, rng):
    X = change(rng.normal(size=(20, 2)).astype(str))
    with pytest.raises(TypeError, match=r"^X must contain numbers; got ") as error:
        model.fit(X)
    assert "\n" not in str(error.value)


def reward(rows, model):
    return rows[:, 0]


X, TOKENS = np.random.default_rng(0).normal(size=(20, 2)), np.random.default_rng(0).integers(0, 9, size=(12, 5))


@pytest.mark.parametrize(
    ("model", "missing"),
    [
        (Gaussian(ddof=0).fit(X), ["learning_rate"]),
        (Categorical().fit(TOKENS[:, :1]), ["learning_rate"]),
        (Curated(Gaussian(), reward, m=3).fit(X), ["choice"]),
        (NGram(2).fit(TOKENS), ["_cells"]),
        (NGram(2, temperature=0.5).fit(TOKENS), ["_cells"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_an_older_version_pickled_works_on(model, missing):
    old = pickle.loads(pickle.dumps(model))
    for name in missing:
        del vars(old)[name]
    new = pickle.loads(pickle.dumps(old))
    assert repr(new) == repr(model)
    assert repr(clone(new)) == repr(model)
    assert np.array_equal(*(one.sample(9, np.random.default_rng(1)) for one in (new, model)))


class Heavy(Gaussian):
    """A learner's own, with a parameter more than the course's."""

    learning_rate = 0.5

    def __init__(self, df=3):
        self.df = df


def test_what_an_older_version_pickled_of_a_class_of_ones_own_too():
    new = pickle.loads(pickle.dumps(Heavy(df=5)))
    assert (new.df, new.ddof, new.learning_rate) == (5, 1, 0.5)
    old = Heavy()
    del old.df
    old.also = 1
    assert pickle.loads(pickle.dumps(old)).df == 3
