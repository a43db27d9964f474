"""Detectors: what they find, what their flags are worth, how they decay."""

from functools import partial

import numpy as np
import pytest
from evidence import assert_within

from collapse_edu import adapt, datasets
from collapse_edu.models import NGram
from collapse_edu.production import (
    Detector,
    flags_expected,
    image_statistics,
    ngram_counts,
    precision_at,
    text_features,
)


def test_precision_is_that_of_a_count(rng):
    synthetic = rng.random(400_000) < 0.03
    flagged = rng.random(400_000) < np.where(synthetic, 0.85, 0.06)
    assert_within(synthetic[flagged], precision_at(0.03, 0.85, 0.06), resolves=0.05)
    right, wrong = flags_expected(0.03, 0.85, 0.06, n=400_000)
    assert right / (right + wrong) == pytest.approx(precision_at(0.03, 0.85, 0.06))


def test_precision_at_its_ends():
    assert precision_at(0, 0.9, 0.1) == 0
    assert precision_at(1, 0.9, 0.1) == 1
    assert precision_at(0.5, 0.9, 0) == 1
    assert np.isnan(precision_at(0.5, 0, 0))
    assert precision_at(0.3, 0.4, 0.4) == pytest.approx(0.3)  # flags that know nothing
    with pytest.raises(ValueError, match=r"^share must be numbers in \[0, 1\]; got 1.2$"):
        precision_at(1.2, 0.9, 0.1)
    with pytest.raises(TypeError, match=r"^share must contain numbers; got 1000"):
        precision_at(10**400, 0.9, 0.1)


def test_numbers_that_are_not_finite_are_refused_in_one_line(rng):
    rows = rng.normal(size=(20, 2))
    holed = np.where(rows > 1, np.nan, rows)
    with pytest.raises(ValueError, match=r"^real must contain finite numbers; got nan$"):
        Detector(features=np.asarray).fit(holed, rows)
    with pytest.raises(ValueError, match=r"^rows must contain finite numbers; got nan$"):
        Detector(features=np.asarray).fit(rows, rows + 1).score_samples(holed)
    with pytest.raises(ValueError, match=r"^features must return finite numbers; got inf$"):
        Detector(features=lambda rows: np.full((len(rows), 1), np.inf)).fit(rows, rows)


def test_integers_of_few_bits_count_as_many(rng):
    rows = rng.integers(0, 9, size=(20, 8))
    few, plain = (ngram_counts(rows, orders=map(kind, (1, 2)), bits=kind(7)) for kind in (np.int8, int))
    assert few.shape == (20, 128)
    assert (few != plain).nnz == 0


def test_the_area_is_the_chance_to_look_more_synthetic(rng):
    detector = Detector(np.asarray).fit(rng.normal(0, 1, (300, 1)), rng.normal(1, 1, (300, 1)))
    real, synthetic = rng.normal(0, 1, (400, 1)), rng.normal(1, 1, (300, 1))
    pairs = detector.score_samples(synthetic)[:, None] > detector.score_samples(real)
    assert detector.auc(real, synthetic) == pytest.approx(pairs.mean())
    false, true, _ = detector.roc(real, synthetic)
    assert np.trapezoid(true, false) == pytest.approx(pairs.mean())


def test_it_decays_as_text_generators_improve():
    book = datasets.moby_dick()
    rows = book.tokens[: 1700 * 120].reshape(-1, 120)
    rows = np.random.default_rng(1).permutation(rows)
    public, new = rows[:1100], rows[1100:]
    areas = []
    for order in (1, 2, 3, 5):
        rng = np.random.default_rng(order)
        generator = NGram(order, len(book.vocabulary)).fit(public)
        detector = Detector(ngram_counts).fit(public, generator.sample(len(public), rng))
        areas.append(detector.auc(new, generator.sample(len(new), rng)))
    assert areas == sorted(areas, reverse=True)
    assert areas[0] > 0.99
    assert areas[-1] < 0.65


def test_it_decays_as_image_generators_improve():
    from sklearn.neighbors import KernelDensity

    images = datasets.digits()
    known, unseen = images.source.real, images.source.reserve
    areas = []
    for width in (0.1, 0.03, 0.01):
        kernel = adapt(KernelDensity(bandwidth=width)).fit(known)
        rng = np.random.default_rng(2)
        drawn, tried = (np.round(np.clip(kernel.sample(len(part), rng), 0, 1) * 16) / 16 for part in (known, unseen))
        detector = Detector(partial(image_statistics, shape=(8, 8)), C=1.0).fit(known, drawn)
        areas.append(detector.auc(unseen, tried))
    assert areas == sorted(areas, reverse=True)
    assert areas[0] > 0.95
    assert abs(areas[-1] - 0.5) < 0.08


def test_features_of_text_are_of_n_grams():
    one, same, other = ngram_counts([[5, 6, 7], [5, 6, 7], [7, 6, 5]]).toarray()
    assert (one == same).all()
    assert (one != other).any()
    assert one.max() == 1
    rare = ngram_counts([[400, 1], [500, 1]], most_common=300, orders=(1, 2)).toarray()
    assert (rare[0] == rare[1]).all()  # rare types count as one
    with pytest.raises(ValueError, match="order must be an integer from 1 to 2; got 3"):
        ngram_counts([[0, 1]])


def test_features_of_images_are_told_of_their_shape():
    constant = image_statistics(np.full((1, 6), 0.5), (2, 3))
    assert np.isfinite(constant).all()
    with pytest.raises(ValueError, match=r"shape must be \(height, width\) of rows with 6 pixels; got \(2, 2\)"):
        image_statistics(np.zeros((1, 6)), (2, 2))


def test_rows_must_be_there():
    with pytest.raises(ValueError, match=r"synthetic must have rows, shape \(n, d\); got \(0, 1\)"):
        Detector(np.asarray).fit(np.zeros((3, 1)), np.zeros((0, 1)))


REAL, MODEL = ["we saw a whale", "the sea was wide", "no wind today"], ["as a model I can not", "as a model I am glad"]


@pytest.mark.parametrize(
    ("real", "line"),
    [
        ("one text", "real must be a list of texts; got one text"),
        ([], "real must contain texts; got none"),
        ([1, 2], "real must be a list of texts; got 1"),
        (["a whale", 5], "real must be a list of texts; got 5"),
        (np.zeros((3, 2)), "real must be a list of texts; got"),
    ],
)
def test_what_is_no_list_of_texts_is_one_line(real, line):
    with pytest.raises((TypeError, ValueError), match=line) as error:
        Detector().fit(real, MODEL)
    assert "\n" not in str(error.value)


def test_texts_for_features_of_numbers_are_one_line():
    with pytest.raises(TypeError, match="for texts, take text_features"):
        Detector(ngram_counts).fit(REAL, MODEL)


@pytest.mark.parametrize(("features", "real", "model"), [(text_features, REAL, MODEL), (ngram_counts, None, None)])
def test_a_saved_detector_judges_as_before(rng, tmp_path, features, real, model):
    real, model = (rng.integers(9, size=(20, 6)), rng.integers(4, size=(20, 6))) if real is None else (real, model)
    detector = Detector(features).fit(real, model)
    detector.save(tmp_path / "detector.npz")
    again = Detector.load(tmp_path / "detector.npz")
    assert np.array_equal(again.score_samples(real), detector.score_samples(real))
    assert again.auc(real, model) == detector.auc(real, model)


def test_files_that_are_no_detector_and_features_that_cannot_be_saved(tmp_path):
    (tmp_path / "text").write_text("no archive")
    np.savez(tmp_path / "other.npz", about=np.array("{}"))
    np.savez(tmp_path / "code.npz", about=np.array([print], dtype=object))
    for name in ("text", "other.npz", "code.npz"):
        with pytest.raises(ValueError, match="must be a detector that was saved"):
            Detector.load(tmp_path / name)
    with pytest.raises(ValueError, match="features must be text_features or ngram_counts"):
        Detector(np.asarray).fit([[0.0]], [[1.0]]).save(tmp_path / "mine")


@pytest.mark.parametrize(("n", "rate"), [(99, 0.01), (30, 0.1)])
def test_real_rows_are_flagged_as_often_as_asked(rng, n, rate):
    """A new detector, a new calibration set and one new row each time: the chance is k / (B + 1), exactly."""
    flagged = []
    for _ in range(600):
        detector = Detector(np.asarray).fit(rng.normal(size=(20, 1)), rng.normal(1, 1, size=(20, 1)))
        threshold = detector.threshold_at(rng.normal(size=(n, 1)), rate)
        flagged += detector.flags(rng.normal(size=(5, 1)), threshold).tolist()[:1]
    assert_within(flagged, threshold.rate)


def test_too_few_real_rows_for_a_rate():
    with pytest.raises(ValueError, match=r"real must have at least 99 rows for a rate of 0\.01; got 3"):
        Detector().fit(REAL, MODEL).threshold_at(REAL, 0.01)
