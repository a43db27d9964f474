"""The rectified flow: its gradient, its sampler against a field in closed form, what it learns, how it is stopped."""

import pickle
from itertools import islice

import numpy as np
import pytest
from evidence import assert_within
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from collapse_edu import generations, run
from collapse_edu.datasets import digits
from collapse_edu.loop import regimes
from collapse_edu.measures import Quality
from collapse_edu.models import Flow
from collapse_edu.models.flow import _Batch, _Network, _time_features

SMALL = {"hidden": 64, "layers": 2, "steps": 150}


def batch_of(rng, d=5, hidden=6, layers=2, size=7):
    """Return a batch in 64 bits on a network with random weights, its points in place."""
    network = _Network(d, hidden, layers, np.float64)
    network.flat[:] = 0.4 * rng.normal(size=network.flat.size)
    batch = _Batch(network, size)
    batch.noise[:], batch.data[:] = rng.normal(size=(2, size, d))
    batch.place(rng.random(size))
    return network, batch


def squared_error(weights, inputs, target):
    """Return the loss, written down once more."""
    h = inputs
    for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        h = np.maximum(h @ W + b, 0)
    return np.square(h @ weights[-2] + weights[-1] - target).mean()


def test_points_lie_on_the_straight_line_from_noise_to_data(rng):
    network = _Network(3, 4, 1, np.float64)
    batch = _Batch(network, 2)
    noise, data, times = rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), np.array([0.25, 1.0])
    batch.noise[:], batch.data[:] = noise, data
    batch.place(times)
    np.testing.assert_allclose(batch.inputs[0][:, :3], [0.75 * noise[0] + 0.25 * data[0], data[1]])
    np.testing.assert_allclose(batch.inputs[0][:, 3:], _time_features(times))
    np.testing.assert_allclose(batch.data, data - noise)


def test_gradient_is_that_of_finite_differences(rng):
    network, batch = batch_of(rng)
    inputs, target = batch.inputs[0].copy(), batch.data.copy()
    assert batch.loss_and_gradient() == pytest.approx(squared_error(network.weights, inputs, target))
    numeric, step = np.empty_like(network.flat), 1e-6
    for i in range(network.flat.size):
        sides = []
        for sign in (1, -1):
            network.flat[i] += sign * step
            sides.append(squared_error(network.weights, inputs, target))
            network.flat[i] -= sign * step
        numeric[i] = (sides[0] - sides[1]) / (2 * step)
    np.testing.assert_allclose(batch.gradient, numeric, atol=1e-7)


class Exact(Flow):
    """A flow whose velocity is known: from N(0, I) to N(mean, diag(variances)), by the rule for normal vectors."""

    mean, variances = np.array([1.0, -2.0, 0.0]), np.array([4.0, 0.25, 1e-4])

    def fit(self, X=None):
        self.weights_, self.mean_, self.scale_, self.components_ = [np.zeros(3)], np.zeros(3), 1.0, None
        return self

    def _velocity(self, Z, time):
        covariance = time * self.variances - (1 - time)  # of the velocity and the point
        slope = covariance / ((1 - time) ** 2 + time**2 * self.variances)
        return (self.mean + slope * (Z - time * self.mean)).astype(np.float32)


def test_the_exact_velocity_leads_to_the_distribution(rng):
    rows = Exact(integration_steps=100).fit().sample(40_000, rng)
    for values, mean, variance in zip(rows.T[:2], Exact.mean, Exact.variances, strict=False):
        assert_within(values, mean)
        assert_within((values - mean) ** 2, variance)


@pytest.mark.parametrize("bias", [0.25, 0.81])
def test_the_bias_multiplies_the_variance_of_a_normal_distribution(rng, bias):
    # The exact flow is x → mean + sd · x, so what multiplies the start's variance multiplies that of the rows.
    rows = Exact(integration_steps=100, sampling_bias=bias).fit().sample(40_000, rng)
    assert_within((rows[:, 0] - 1) ** 2, 4 * bias)


def test_the_error_of_the_steps_falls_with_their_square():
    start = np.random.default_rng(5).standard_normal((200, 3), dtype=np.float32)
    exact = Exact.mean + np.sqrt(Exact.variances) * start
    errors = []
    for steps in (10, 20, 40):
        moved = start.copy()
        Exact(integration_steps=steps).fit()._follow(moved)
        errors.append(np.abs(moved - exact)[:, 0].max())  # the coordinate whose field is smooth up to the end
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.3)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.3)


def test_it_learns_a_normal_distribution(rng):
    # A tolerance for a small network, not a standard error: 4 % of the standard deviations, 10 % of the variances.
    covariance = np.array([[1.0, 0.6], [0.6, 2.0]])
    X = rng.multivariate_normal([3, -1], covariance, size=4000)
    rows = Flow(hidden=64, layers=2, steps=1200, batch_size=256, random_state=0).fit(X).sample(20_000, rng)
    np.testing.assert_allclose(rows.mean(axis=0), X.mean(axis=0), atol=0.06)
    np.testing.assert_allclose(np.cov(rows.T), np.cov(X.T), atol=0.2)


def test_weights_count_as_repetitions_do(rng):
    X = np.array([[0.0, 0.0], [1.0, 1.0]])
    model = Flow(hidden=32, layers=1, steps=600, random_state=0).fit(X, sample_weight=[1, 3])
    np.testing.assert_allclose(model.mean_, [0.75, 0.75])
    assert np.mean(model.sample(4000, rng)[:, 0] > 0.5) == pytest.approx(0.75, abs=0.08)


def test_only_the_ratio_of_the_weights_counts():
    X = np.random.default_rng(0).normal(size=(30, 4))
    weights = np.arange(30.0)
    small = {"hidden": 8, "layers": 1, "steps": 3, "n_components": 2, "random_state": 0}
    one, other = (Flow(**small).fit(X, sample_weight=weights * factor) for factor in (1, 2.0**900))
    np.testing.assert_array_equal(one.weights_[0], other.weights_[0])


def test_components_are_kept_and_the_rest_is_left_out(rng):
    X = digits().source.real
    model = Flow(**SMALL, n_components=10, random_state=0).fit(X)
    assert model.components_.shape == (10, 64)
    np.testing.assert_allclose(model.components_ @ model.components_.T, np.eye(10), atol=1e-12)
    assert np.linalg.matrix_rank(model.sample(100, rng) - model.mean_) == 10
    assert Flow(**SMALL, n_components=100, random_state=0).fit(X[:20]).components_.shape == (19, 64)


def test_digits_are_learned_better_with_more_steps(rng):
    data = digits().source
    quality = Quality(reference=data.reserve)
    found = []
    for steps in (20, 400):
        model = Flow(hidden=128, layers=2, steps=steps, random_state=0)
        measures = {"density": quality.density, "coverage": quality.coverage}
        history = run(model, data, generations=1, n_samples=300, measures=measures)
        found.append([history[name][0, 0] for name in measures])
    assert found[0][0] < found[1][0]
    assert found[0][1] < found[1][1]


def test_one_seed_one_chain_and_new_noise_in_each_generation():
    model, data = Flow(hidden=16, layers=1, steps=20, random_state=0), digits().source
    ink = {"ink": lambda generation, source: generation.synthetic.mean()}
    histories = [run(model, data, generations=2, n_samples=50, measures=ink, seed=4)["ink"] for _ in range(2)]
    np.testing.assert_array_equal(*histories)
    rng = np.random.default_rng(0)
    one, two = islice(generations(model, data.open(rng), regimes.accumulate, rng, 50), 2)
    assert two.training.shape == (948, 64)
    assert not np.array_equal(one.model.weights_[0], two.model.weights_[0])


def test_training_is_watched_and_stopped(rng):
    X, model = digits().source.real, Flow(**SMALL, random_state=0)
    steps = list(model.fit_steps(X))
    assert [step.done for step in steps] == pytest.approx(np.arange(1, 151) / 150)
    assert len(model.loss_) == 10
    assert model.loss_[0] == pytest.approx(np.mean([step.loss for step in steps[:15]]))
    np.testing.assert_array_equal(Flow(**SMALL, random_state=0).fit(X).weights_[0], model.weights_[0])
    stopped = Flow(**SMALL, random_state=0)
    next(stopped.fit_steps(X))
    assert stopped.loss_ == []
    assert stopped.sample(5, rng).shape == (5, 64)


def test_chains_have_noise_of_their_own_and_one_seed_gives_the_same_bits():
    model, ink = Flow(hidden=16, layers=1, steps=20), {"ink": lambda generation, source: generation.synthetic.mean()}
    two, again = (
        run(model, digits().source, generations=2, n_samples=50, measures=ink, seed=4, chains=2)["ink"]
        for _ in range(2)
    )
    np.testing.assert_array_equal(two, again)
    assert two.shape == (2, 2)
    assert (two[:, 0] != two[:, 1]).all()


def test_an_unpickled_model_samples_the_same_rows():
    model = Flow(**SMALL, n_components=3, random_state=0).fit(digits().source.real[:50])
    rows = [one.sample(5, np.random.default_rng(1)) for one in (model, pickle.loads(pickle.dumps(model)))]
    np.testing.assert_array_equal(*rows)


def test_a_training_goes_on_from_a_previous_one():
    X = digits().source.real
    first = Flow(**SMALL, random_state=0).fit(X)
    before = first.weights_[0].copy()
    second = Flow(**SMALL, random_state=1).fit(X, previous=first)
    assert second.loss_[0] < first.loss_[0]
    np.testing.assert_array_equal(first.weights_[0], before)
    with pytest.raises(ValueError, match="previous must have layers of the shapes"):
        Flow(hidden=65, layers=2, steps=1).fit(X, previous=first)


def test_a_copy_has_learned_nothing():
    model = Flow(**SMALL, random_state=0).fit(digits().source.real[:50])
    with pytest.raises(NotFittedError):
        clone(model).sample(1, np.random.default_rng(0))


def test_a_training_that_diverges_is_told_and_not_taken_for_a_collapse():
    with pytest.raises(
        ValueError, match=r"^learning_rate of 1 is too large: the training diverged at step \d+; take a"
    ):
        Flow(hidden=64, layers=3, steps=100, learning_rate=1, random_state=0).fit(digits().source.real)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden": 0}, "hidden must be"),
        ({"layers": 0}, "layers must be"),
        ({"steps": 0}, "steps must be"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"integration_steps": 0}, "integration_steps must be"),
        ({"learning_rate": 0}, "learning_rate must be"),
        ({"sampling_bias": 1.5}, "sampling_bias must be"),
        ({"n_components": 0}, "n_components must be"),
    ],
)
def test_bad_parameters_get_one_line(settings, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        Flow(**settings).fit(np.eye(3))


@pytest.mark.parametrize("X", [np.ones((5, 2)), np.ones((1, 2)), [[0.0, np.nan], [1.0, 0.0]]])
def test_rows_that_teach_nothing_get_one_line(X):
    with pytest.raises(ValueError, match="X"):
        Flow(steps=1).fit(X)


def test_equal_rows_are_told_where_rounding_hides_them():
    for X, weights in ((np.full((7, 3), 0.1), None), (np.eye(3), [1, 0, 0])):
        with pytest.raises(ValueError, match=r"^X must contain rows that differ; got equal ones$"):
            Flow(steps=1, n_components=1).fit(X, sample_weight=weights)


@pytest.mark.parametrize("factor", [1e-310, 1e-200, 1e-31, 1e31, 1e200, 1e308])
@pytest.mark.parametrize("n_components", [None, 1])
def test_rows_too_large_or_small_for_32_bits_get_one_line(factor, n_components):
    with pytest.raises(ValueError, match=r"^X must contain rows whose largest distance .* got \S+$"):
        Flow(steps=1, n_components=n_components).fit(np.array([[1.0, 0.5], [-1.0, 0.2]]) * factor)


@pytest.mark.parametrize("factor", [1e-29, 1e29])
def test_rows_are_sampled_at_their_own_scale(rng, factor):
    X = rng.normal(size=(50, 2))
    small = {"hidden": 8, "layers": 1, "steps": 20, "random_state": 0}
    rows, plain = (Flow(**small).fit(X * by).sample(9, np.random.default_rng(0)) for by in (factor, 1))
    np.testing.assert_allclose(rows / factor, plain, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("steps", [0, 2.5])
def test_steps_changed_after_the_fit_are_checked(rng, steps):
    model = Flow(hidden=8, layers=1, steps=1, random_state=0).fit(np.eye(3)).set_params(integration_steps=steps)
    with pytest.raises((TypeError, ValueError), match=r"^integration_steps must be an integer of at least 1; got"):
        model.sample(1, rng)
