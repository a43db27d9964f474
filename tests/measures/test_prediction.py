"""Test errors against brute force on fresh rows of the real law."""

import pickle
from types import SimpleNamespace

import numpy as np
from evidence import assert_within

from collapse_edu.loop.source import linear, types
from collapse_edu.measures import ExcessError, LabelError
from collapse_edu.models import Memoriser, Regression


def test_excess_error_is_the_error_on_fresh_rows_less_the_noise(rng):
    weights, law = np.array([1.0, 2.0, -1.0]), linear(10, [1, 2, -1], noise=0.7)
    model = Regression().fit(law.open(rng).real)
    fresh = law.sample(200_000, rng)
    squares = (fresh[:, -1] - fresh[:, :-1] @ model.coef_) ** 2
    measure = ExcessError(weights)
    assert_within(squares, measure(SimpleNamespace(model=model), None) + 0.49, resolves=0.02)
    assert pickle.loads(pickle.dumps(measure))(SimpleNamespace(model=model), None) > 0


def test_label_error_is_the_error_on_fresh_rows(rng):
    p, labels = np.arange(1, 41) / 820, np.arange(40) % 7
    law = types(25, p, labels)
    model = Memoriser().fit(law.open(rng).real)
    fresh = law.sample(50_000, rng)
    found = LabelError(p, labels)(SimpleNamespace(model=model), None)
    assert_within(model.predict(fresh[:, 0]) != fresh[:, 1], found, resolves=0.05)
    wrong = Memoriser().fit([[0, 3]])  # a wrong label is as bad as none
    assert LabelError([1.0], [0])(SimpleNamespace(model=wrong), None) == 1
