"""The autoencoder: its gradient, its bound, what it learns, what it samples, and how it is stopped."""

import tracemalloc
from itertools import islice

import numpy as np
import pytest
from evidence import assert_within
from scipy.special import expit
from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from collapse_edu import VAE, generations, run
from collapse_edu.datasets import digits
from collapse_edu.loop import regimes
from collapse_edu.models.training import Adam
from collapse_edu.models.vae import _Batch, _Network

SMALL = {"hidden": 48, "latent": 6, "batch_size": 64}


@pytest.fixture(scope="module")
def fitted():
    return VAE(**SMALL, epochs=20, random_state=0).fit(digits().source.real)


def batch_of(rng, d=7, hidden=5, latent=3, size=4, dtype=np.float64):
    """Return a batch with random pixels and noise, on a network with random weights."""
    network = _Network(d, hidden, latent, dtype)
    network.flat[:] = 0.5 * rng.normal(size=network.flat.size)
    batch = _Batch(network, size)
    batch.x[:] = rng.random((size, d))
    batch.noise[:] = rng.normal(size=(size, latent))
    return network, batch


def negative_elbo(p, x, noise):
    """Return the negative ELBO, written down once more: cross-entropy of Bernoulli pixels, and the KL to N(0, I)."""
    mean, logvar = np.split(np.maximum(x @ p["W1"] + p["b1"], 0) @ p["W2"] + p["b2"], 2, axis=1)
    z = mean + np.exp(logvar / 2) * noise
    ink = expit(np.maximum(z @ p["W3"] + p["b3"], 0) @ p["W4"] + p["b4"])
    cross_entropy = -(x * np.log(ink) + (1 - x) * np.log(1 - ink)).sum(axis=1)
    divergence = -0.5 * (1 + logvar - mean**2 - np.exp(logvar)).sum(axis=1)
    return (cross_entropy + divergence).mean()


def test_loss_is_the_negative_elbo(rng):
    network, batch = batch_of(rng)
    assert batch.loss_and_gradient() == pytest.approx(negative_elbo(network.parameters, batch.x, batch.noise))


def test_loss_in_single_precision(rng):
    network, batch = batch_of(rng, d=784, hidden=20, latent=4, size=16, dtype=np.float32)
    network.flat *= np.float32(0.3)
    double = {name: values.astype(float) for name, values in network.parameters.items()}
    expected = negative_elbo(double, batch.x.astype(float), batch.noise.astype(float))
    assert batch.loss_and_gradient() == pytest.approx(expected, rel=1e-5)


def test_gradient_is_that_of_finite_differences(rng):
    network, batch = batch_of(rng)
    batch.loss_and_gradient()
    step = 1e-6
    numeric = np.empty_like(network.flat)
    for i in range(network.flat.size):
        sides = []
        for sign in (1, -1):
            network.flat[i] += sign * step
            sides.append(negative_elbo(network.parameters, batch.x, batch.noise))
            network.flat[i] -= sign * step
        numeric[i] = (sides[0] - sides[1]) / (2 * step)
    np.testing.assert_allclose(batch.gradient, numeric, atol=1e-6)


def test_large_logits_give_finite_numbers(rng):
    network, batch = batch_of(rng, dtype=np.float32)
    network.flat *= 100
    network.parameters["W2"][...] = 0
    network.parameters["b2"][...] = 0
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(batch.loss_and_gradient())
    assert np.isfinite(batch.gradient).all()


def test_adam_is_the_algorithm_of_the_paper(rng):
    flat = rng.normal(size=9)
    theta, m, v = flat.copy(), np.zeros(9), np.zeros(9)
    adam = Adam(flat, 0.01)
    for t in range(1, 20):
        g = rng.normal(size=9)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        theta -= 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        adam.step(g)
        np.testing.assert_allclose(flat, theta)


def test_a_step_allocates_nothing(rng):
    network, batch = batch_of(rng, d=784, hidden=256, latent=16, size=128, dtype=np.float32)
    network.flat *= np.float32(0.01)
    adam = Adam(network.flat, 1e-3)
    batch.loss_and_gradient()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    for _ in range(3):
        batch.loss_and_gradient()
        adam.step(batch.gradient)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # NumPy keeps a buffer of 8,192 numbers while it broadcasts; every array but the latent ones is larger.
    assert peak - before < 40_000 < batch.h1.nbytes


def test_the_bound_rises(fitted):
    assert len(fitted.loss_) == 20
    assert all(later < earlier for earlier, later in zip(fitted.loss_[:5], fitted.loss_[1:5], strict=False))
    assert np.mean(fitted.loss_[-5:]) < np.mean(fitted.loss_[5:10]) < np.mean(fitted.loss_[:5])


def test_the_bound_stays_below_the_likelihood_of_the_best_constant_picture(fitted):
    # Independent pixels with the mean picture: what is there before anything is learned.
    X = digits().source.real
    mean = X.mean(axis=0).clip(1e-6, 1 - 1e-6)
    constant = -(X * np.log(mean) + (1 - X) * np.log(1 - mean)).sum(axis=1).mean()
    entropy = -(np.log(X, where=X > 0, out=np.zeros_like(X)) * X).sum(axis=1).mean()  # no Bernoulli law does better
    entropy -= (np.log(1 - X, where=X < 1, out=np.zeros_like(X)) * (1 - X)).sum(axis=1).mean()
    assert entropy < fitted.loss_[-1] < constant


def test_reconstructions_are_nearer_than_the_mean_picture(fitted):
    held_out = digits().source.reserve
    error = np.square(fitted.decode(fitted.encode(held_out)) - held_out).mean()
    assert error < 0.6 * np.square(held_out - digits().source.real.mean(axis=0)).mean()


def test_means_and_sampled_pixels_have_one_mean(rng, fitted):
    means = clone(fitted).set_params(output="means")
    means.parameters_ = fitted.parameters_
    grey, drawn = means.sample(20_000, rng), fitted.sample(20_000, rng)
    assert ((grey >= 0) & (grey <= 1)).all()
    assert np.isin(drawn, [0, 1]).all()
    assert grey.dtype == drawn.dtype == np.float32
    for pixel in (10, 20, 28, 36):
        assert_within(drawn[:, pixel].astype(float) - grey[:, pixel], 0)
    # Given the latent numbers, pixels are independent: sampling adds noise that means leave out.
    assert drawn.var(axis=0).sum() > 1.5 * grey.var(axis=0).sum()


def test_sampled_pixels_are_bernoulli(rng):
    model = VAE(hidden=2, latent=1)
    network = _Network(3, 2, 1, np.float32)
    network.flat[:] = 0
    network.parameters["b4"][:] = [-1, 0, 2]
    model.parameters_ = network.parameters
    rows = model.sample(50_000, rng)
    for pixel, logit in enumerate([-1, 0, 2]):
        assert binomtest(int(rows[:, pixel].sum()), 50_000, expit(logit)).pvalue > 1e-4


def test_one_random_state_one_fit():
    X = digits().source.real[:200]
    fits = [VAE(**SMALL, epochs=2, random_state=seed).fit(X).parameters_["W4"] for seed in (0, 0, 1)]
    np.testing.assert_array_equal(fits[0], fits[1])
    assert not np.array_equal(fits[0], fits[2])
    state = np.random.RandomState(0)
    again = [VAE(**SMALL, epochs=1, random_state=state).fit(X).parameters_["W4"] for _ in range(2)]
    assert not np.array_equal(*again)


def test_one_seed_one_chain_and_new_noise_in_each_generation():
    model, data = VAE(**SMALL, epochs=1, random_state=0), digits().source
    ink = {"ink": lambda generation, source: generation.synthetic.mean()}
    histories = [run(model, data, generations=2, n_samples=100, measures=ink, seed=4)["ink"] for _ in range(2)]
    np.testing.assert_array_equal(*histories)
    rng = np.random.default_rng(0)
    one, two = islice(generations(model, data.open(rng), regimes.anchor, rng, 50), 2)
    assert two.training.shape == (948, 64)
    assert not np.array_equal(one.model.parameters_["W3"], two.model.parameters_["W3"])


def test_training_is_watched_and_stopped(rng):
    X, model = digits().source.real, VAE(**SMALL, epochs=3, random_state=0)
    steps = list(model.fit_steps(X))
    assert len(steps) == 3 * (898 // 64)
    assert [step.done for step in steps] == pytest.approx(np.arange(1, 43) / 42)
    assert np.mean([step.elbo for step in steps[-14:]]) > np.mean([step.elbo for step in steps[:14]])
    assert np.mean([-step.elbo for step in steps[:14]]) == pytest.approx(model.loss_[0])
    full = model.parameters_["W4"].copy()
    np.testing.assert_array_equal(VAE(**SMALL, epochs=3, random_state=0).fit(X).parameters_["W4"], full)
    stopped = VAE(**SMALL, random_state=0)
    next(stopped.fit_steps(X))
    assert stopped.loss_ == []
    assert stopped.sample(5, rng).shape == (5, 64)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's own, on the way to the error
def test_a_training_that_diverges_is_told_and_not_taken_for_a_collapse():
    words = r"^learning_rate of 1 is too large: the training diverged at step \d+; take a smaller one$"
    with pytest.raises(ValueError, match=words):
        run(VAE(hidden=32, latent=4, epochs=10, learning_rate=1.0), digits().source, generations=3)


def test_a_last_step_that_diverges_is_told():
    model = VAE(hidden=2, latent=1, epochs=1, random_state=0)
    steps = model.fit_steps(np.eye(4))
    next(steps)
    model.parameters_["W4"][0, 0] = np.nan  # after the last loss
    with pytest.raises(ValueError, match="the training diverged at step 1;"):
        next(steps)


@pytest.mark.parametrize(("n", "d"), [(1, 3), (5, 1), (130, 10)])
def test_any_width_and_any_number_of_rows(rng, n, d):
    model = VAE(**SMALL, epochs=2, random_state=0).fit(rng.integers(0, 2, (n, d)))
    assert model.sample(7, rng).shape == (7, d)
    assert np.isfinite(model.loss_).all()


def test_contract_of_an_estimator():
    # check_estimator feeds numbers outside [0, 1]; pixels lie inside.
    model = VAE(latent=3, output="means")
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(epochs=1).fit(np.eye(4)) is model
    assert not hasattr(clone(model), "parameters_")


@pytest.mark.parametrize(
    ("parameters", "X", "error", "words"),
    [
        ({}, [[0, 1.5]], ValueError, r"^X must contain pixels in \[0, 1\]: each has .*; got 0 to 1.5$"),
        ({}, [[-0.25, 1]], ValueError, r"^X must contain pixels in \[0, 1\]: each has .*; got -0.25 to 1$"),
        ({}, [[np.nan, 1]], ValueError, "NaN"),
        ({"latent": 0}, np.eye(3), ValueError, "^latent must be an integer of at least 1; got 0$"),
        ({"epochs": 1.5}, np.eye(3), TypeError, "^epochs must be an integer of at least 1; got 1.5$"),
        ({"learning_rate": 0}, np.eye(3), ValueError, r"^learning_rate must be a number in \(0, 1\]; got 0$"),
        ({"output": "mean"}, np.eye(3), ValueError, '^output must be "sampled" or "means"; got \'mean\'$'),
    ],
)
def test_bad_input_gets_one_line(parameters, X, error, words):
    with pytest.raises(error, match=words):
        VAE(**parameters).fit(X)


def test_weights_are_refused():
    with pytest.raises(TypeError, match=r"^VAE takes no sample_weight; choose a regime without weights$"):
        VAE().fit(np.eye(3), sample_weight=np.ones(3))


def test_nothing_before_the_fit(rng):
    for use in (VAE().sample, VAE().decode, VAE().encode):
        with pytest.raises(NotFittedError):
            use(*((1, rng) if use.__name__ == "sample" else ([[0.0]],)))


def test_sizes_may_be_numbers_of_few_bits(rng):
    X = rng.integers(0, 2, size=(300, 4))
    few, plain = (
        VAE(hidden=kind(100), latent=kind(2), epochs=kind(1), batch_size=kind(100), random_state=0).fit(X)
        for kind in (np.int8, int)
    )
    assert all(np.array_equal(few.parameters_[name], plain.parameters_[name]) for name in plain.parameters_)
