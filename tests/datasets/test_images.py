"""Images of digits: what they are, and how they are split."""

import numpy as np
import pytest

from collapse_edu import datasets


@pytest.mark.parametrize(("load", "n", "shape"), [(datasets.digits, 1797, (8, 8)), (datasets.mnist, 10_000, (28, 28))])
def test_images(load, n, shape):
    images = load()
    assert images.rows.shape == (n, shape[0] * shape[1])
    assert images.shape == shape
    assert images.rows.min() == 0
    assert images.rows.max() == 1
    assert images.labels.shape == (n,)
    assert set(images.labels) == set(range(10))
    assert images.labels.dtype.kind == "i"
    # A row is one picture: corners are paper, the centre has ink, and the mean picture of ones is a vertical stroke.
    ones = images.rows[images.labels == 1].mean(axis=0).reshape(shape)
    assert ones[:, shape[1] // 2 - 1 : shape[1] // 2 + 1].mean() > 2 * ones.mean()
    assert images.rows.reshape(n, *shape)[:, 0, 0].mean() < 0.01


@pytest.mark.parametrize("load", [datasets.digits, datasets.mnist])
def test_images_as_a_source_are_split_in_halves_without_overlap(load):
    images = load()
    data = images.source
    assert len(data.real) + len(data.reserve) == len(images.rows)
    np.testing.assert_array_equal(np.concatenate([data.real, data.reserve]), images.rows)
    half = len(data.real)
    share = [np.bincount(part, minlength=10) / len(part) for part in (images.labels[:half], images.labels[half:])]
    assert np.abs(share[0] - share[1]).max() < 0.04  # no order by digit or by writer
