"""Measures of generated images: what metrics give, computed once a generation, and a classifier that knows digits."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from collapse_edu import VAE, measures, metrics, run
from collapse_edu.datasets import digits
from collapse_edu.loop.history import History
from collapse_edu.loop.source import FiniteData
from collapse_edu.measures.definitions import hallucinated_data, vanishing_tail
from collapse_edu.models import PCAGaussian, PCAMixture


@pytest.fixture(scope="module")
def images():
    return digits()


@pytest.fixture(scope="module")
def classes(images):
    return measures.ClassShares(images)


def generation(synthetic):
    return SimpleNamespace(synthetic=synthetic)


# ---------------------------------------------------------------- quality


def test_quality_is_what_the_metrics_give(rng):
    source, synthetic = SimpleNamespace(real=rng.standard_normal((60, 3))), rng.standard_normal((50, 3))
    quality = measures.Quality(k=4)
    *values, symmetric = (measure(generation(synthetic), source) for measure in quality.measures.values())
    assert tuple(values) == metrics.prdc(source.real, synthetic, 4)
    assert symmetric == min(values[1], values[3])
    assert list(quality.measures) == ["precision", "recall", "density", "coverage", "symmetric_recall"]
    held_out = rng.standard_normal((40, 3))
    recall = measures.Quality(k=4, reference=held_out).recall
    assert recall(generation(synthetic), source) == metrics.prdc(held_out, synthetic, 4).recall


def test_ties_of_rows_on_a_grid_are_those_of_the_metric(rng):
    """Rows in tenths, thirds, or grey levels: distances that are equal on paper differ in the last digit."""
    for step, levels, d in ((0.1, 4, 3), (1 / 3, 4, 3), (1 / 255, 8, 16)):
        for _ in range(20):
            real, synthetic = step * rng.integers(0, levels, (2, 200, d))
            measured = measures.Quality(k=3).density(generation(synthetic), SimpleNamespace(real=real))
            assert measured == metrics.prdc(real, synthetic, 3).density


def test_it_is_computed_once_a_generation_and_never_mixed_up(rng, monkeypatch):
    calls = {"prdc": 0, "Neighbourhoods": 0}

    def counted(name, function):
        def call(*arguments, **named):
            calls[name] += 1
            return function(*arguments, **named)

        return call

    for name in calls:
        monkeypatch.setattr(metrics, name, counted(name, getattr(metrics, name)))
    quality, sources = measures.Quality(k=2), [SimpleNamespace(real=rng.standard_normal((30, 2))) for _ in range(2)]
    chain = [generation(rng.standard_normal((30, 2))) for _ in range(3)]
    for source in sources:
        for one in chain:
            for name in ("precision", "recall", "density", "coverage"):
                assert quality.measures[name](one, source) == getattr(metrics.prdc(source.real, one.synthetic, 2), name)
    assert calls == {"prdc": 2 * 3 * 4, "Neighbourhoods": 2}  # those of the test, and one for each real set


def test_one_generation_may_be_compared_with_several_real_sets(rng):
    quality, one = measures.Quality(k=2), generation(rng.standard_normal((30, 2)))
    for real in rng.standard_normal((2, 30, 2)):
        assert quality.density(one, SimpleNamespace(real=real)) == metrics.prdc(real, one.synthetic, 2).density


def test_a_run_takes_quality_and_recall_falls(images):
    history = run(PCAGaussian(), images.source, generations=8, measures=measures.Quality().measures)
    recall = history["recall"][:, 0]
    assert recall[-1] < recall[0]


def test_measures_travel_to_other_processes(rng, classes):
    source, one = SimpleNamespace(real=rng.random((60, 64))), generation(rng.random((50, 64)))
    quality = measures.Quality(k=3, reference=rng.random((60, 64)))
    for measure in (quality.precision, classes.effective_classes, classes.share(3), measures.nearest_real):
        before = measure(one, source)
        assert pickle.loads(pickle.dumps(measure))(one, source) == before
    several = pickle.loads(pickle.dumps(quality.measures))
    assert several["recall"].__self__ is several["precision"].__self__  # still computed once
    assert len(pickle.dumps(measures.Quality())) < 500  # what is kept of the last generation stays here


NOISE = (0.3, 0.7)  # standard deviations; each is tried with the mean of all images, which is no digit


@pytest.mark.parametrize("noise", NOISE)
def test_noise_that_is_no_image_has_recall_and_no_coverage(images, rng, noise):
    """Why nothing is judged by recall alone: its balls belong to synthetic rows, and noise inflates them."""
    source, quality = images.source, measures.Quality(reference=images.source.reserve)
    nothing = generation(source.real.mean(axis=0) + noise * rng.standard_normal(source.real.shape))
    values = {name: measure(nothing, source) for name, measure in quality.measures.items()}
    assert values["recall"] > 0.85
    assert [values[name] for name in ("precision", "density", "coverage", "symmetric_recall")] == [0] * 4


def test_no_definition_calls_noise_good(images, rng):
    """A chain that goes from real images to noise: its tail is lost, and it makes what real data do not support."""
    source, quality = images.source, measures.Quality(reference=images.source.reserve)
    mean = source.real.mean(axis=0)
    chain = [source.real, mean + 0.4 * rng.standard_normal(source.real.shape)]
    told = {name: [[measure(generation(rows), source)] for rows in chain] for name, measure in quality.measures.items()}
    for names in (list(told), ["recall", "coverage", "precision"], ["coverage", "precision"]):
        history = History({("replace", name): told[name] for name in names})
        assert vanishing_tail(history).holds is True
        assert hallucinated_data(history).holds is True
    alone = History({("replace", "recall"): told["recall"]})
    assert vanishing_tail(alone).holds is None  # recall by itself decides nothing


def test_without_residual_noise_a_model_covers_more_and_recalls_less(images):
    """By generation 1 the model with the best coverage has the worst recall: an artefact of its clean images."""
    source, quality = images.source, measures.Quality(reference=images.source.reserve)
    of = {}
    for name, residual in (("noisy", True), ("clean", False)):
        drawn = PCAMixture(residual=residual, random_state=1).fit(source.real).sample(898, np.random.default_rng(2))
        of[name] = {each: measure(generation(drawn), source) for each, measure in quality.measures.items()}
    assert of["clean"]["coverage"] == pytest.approx(0.83, abs=0.03)
    assert of["noisy"]["coverage"] == pytest.approx(0.35, abs=0.03)
    assert of["clean"]["recall"] == pytest.approx(0.34, abs=0.05)
    assert of["noisy"]["recall"] == pytest.approx(0.82, abs=0.03)


@pytest.mark.parametrize(("k", "error"), [(0, ValueError), (2.5, TypeError), (True, TypeError)])
def test_bad_k_gets_one_line_before_the_run(k, error):
    with pytest.raises(error, match=r"^k must be an integer of at least 1; got "):
        measures.Quality(k=k)


# ---------------------------------------------------------------- classes


def test_the_classifier_knows_digits_that_it_never_saw(classes, images):
    assert classes.accuracy_ > 0.97
    shares = classes.shares_of(images.rows)
    np.testing.assert_allclose(shares, np.bincount(images.labels) / len(images.labels), atol=0.01)
    assert shares.sum() == pytest.approx(1)


def test_effective_classes(classes, images):
    known = classes.classifier.predict(images.rows)
    ones, pair = images.rows[known == 1], np.vstack([images.rows[known == digit][:50] for digit in (1, 7)])
    assert classes.effective_classes(generation(ones), None) == 1
    assert classes.effective_classes(generation(pair), None) == pytest.approx(2)
    assert classes.share(7)(generation(pair), None) == 0.5
    assert classes.share(3)(generation(pair), None) == 0


def test_a_classifier_of_few_large_pictures(rng):
    rows = rng.random((60, 100))
    rows[::2] += 1
    images = SimpleNamespace(rows=rows, labels=np.arange(60) % 2, source=FiniteData(rows[:30], rows[30:]))
    assert measures.ClassShares(images).accuracy_ > 0.9


@pytest.mark.parametrize(
    ("labels", "came"), [([0] * 60, "1, the rarest 30 times"), ([0] * 25 + [1] * 35, "2, the rarest 5 times")]
)
def test_too_few_labels_get_one_line(rng, labels, came):
    images = SimpleNamespace(rows=rng.random((60, 9)), labels=np.array(labels), source=SimpleNamespace(n=30))
    with pytest.raises(ValueError, match=f"^images must have two labels or more, .* in the first half; got {came}$"):
        measures.ClassShares(images)


@pytest.mark.parametrize("latent", [1, 5, 16])
def test_the_decoder_is_asked_about_as_many_latent_numbers_as_it_has(images, latent):
    model = VAE(hidden=8, latent=latent, epochs=1, random_state=0).fit(images.source.real)
    rows = measures.images.decoded_rows(model, 7)
    assert rows.shape == (7, 64)
    np.testing.assert_array_equal(rows, measures.images.decoded_rows(model, 7))
    np.testing.assert_array_equal(rows, model.decode(np.random.default_rng(0).standard_normal((7, latent))))


# ---------------------------------------------------------------- copies


def test_nearest_real(rng):
    source = SimpleNamespace(real=rng.random((20, 5)))
    assert measures.nearest_real(generation(source.real[:11]), source) == 0
    shifted = source.real + 1e-3 * np.eye(5)[0]
    assert measures.nearest_real(generation(shifted), source) == pytest.approx(1e-3)
