"""Images of digits: what they are, and how they are split."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

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


# ---------------------------------------------------------------- pictures of the learner


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels)).save(path, **options)
    return path


@pytest.fixture
def pictures(rng):
    return rng.integers(0, 256, (60, 5, 4), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path, pictures):
    for i, pixels in enumerate(pictures):
        save(tmp_path / "mine" / f"{i:02}.png", pixels)
    return tmp_path / "mine"


def sorted_rows(rows):
    return rows[np.lexsort(rows.T)]


def assert_same_pictures(images, pictures):
    """Assert that images hold exactly these pictures, in any order."""
    np.testing.assert_allclose(sorted_rows(images.rows), sorted_rows(pictures.reshape(60, -1) / 255), atol=1e-6)


def test_a_folder_of_pictures(folder, pictures):
    images = datasets.load_images(folder)
    assert_same_pictures(images, pictures)
    assert (images.name, images.shape, set(images.labels)) == ("mine", (5, 4), {0})
    assert images.source.n == len(images.source.reserve) == 30
    np.testing.assert_array_equal(datasets.load_images(str(folder)).rows, images.rows)
    assert not np.allclose(images.rows, pictures.reshape(60, -1) / 255)  # shuffled


def test_sub_folders_are_labels(tmp_path, pictures):
    for i, pixels in enumerate(pictures):
        save(tmp_path / ("one", "seven", "two words")[i // 20] / f"{i}.png", pixels)
    (tmp_path / "empty").mkdir()
    images = datasets.load_images(tmp_path)
    assert_same_pictures(images, pictures)
    place = {tuple((pixels / np.float32(255)).ravel().round(4)): i for i, pixels in enumerate(pictures)}
    found = [place[tuple(row.round(4))] // 20 for row in images.rows]
    np.testing.assert_array_equal(images.labels, found)
    assert set(images.labels[:30]) == {0, 1, 2}  # each half holds all labels


def test_files_of_other_kinds_and_hidden_files_are_left_out(folder, pictures):
    (folder / "notes.txt").write_text("my pictures")
    (folder / ".hidden.png").write_bytes(b"a system's own file")
    (folder / ".thumbnails").mkdir()
    save(folder / ".thumbnails" / "small.png", pictures[0])
    assert_same_pictures(datasets.load_images(folder), pictures)


def test_jpeg_and_capital_endings(tmp_path, pictures):
    for i in range(60):
        save(tmp_path / f"{i}.JPG", np.full((6, 6), 4 * i, dtype=np.uint8))
    means = np.sort(datasets.load_images(tmp_path).rows.mean(axis=1))
    np.testing.assert_allclose(means, 4 * np.arange(60) / 255, atol=1 / 255)


def one_more(folder, name, picture, **options):
    """Return the row of one picture that is like no other of the folder."""
    before = datasets.load_images(folder).rows
    picture.save(folder / name, **options)
    after = datasets.load_images(folder).rows
    new = ~(after[:, None] == before[None]).all(axis=2).any(axis=1)
    assert new.sum() == 1
    return after[new][0]


def test_colours_become_greys(folder):
    red = Image.new("RGB", (4, 5), (255, 0, 0))
    np.testing.assert_allclose(one_more(folder, "red.png", red), 0.299, atol=0.005)


def test_transparent_pixels_become_white(folder):
    picture = Image.new("RGBA", (4, 5), (0, 0, 0, 0))
    picture.putpixel((1, 0), (0, 0, 0, 255))
    expected = np.ones(20)
    expected[1] = 0
    np.testing.assert_array_equal(one_more(folder, "ink.png", picture), expected)


def test_sixteen_bits_are_not_cut_to_eight(folder):
    deep = Image.fromarray(np.full((5, 4), 30_000, dtype=np.uint16))
    np.testing.assert_allclose(one_more(folder, "deep.png", deep), 30_000 / 65_535, atol=1e-6)


def test_a_palette_and_black_and_white(folder):
    np.testing.assert_allclose(
        one_more(folder, "palette.png", Image.new("RGB", (4, 5), "lime").quantize()), 0.587, atol=0.005
    )
    np.testing.assert_array_equal(one_more(folder, "white.png", Image.new("1", (4, 5), 1)), 1)


def test_turned_photographs_are_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    for i in range(50):
        save(tmp_path / f"{i}.jpg", np.zeros((3, 8), dtype=np.uint8), exif=exif)
    assert datasets.load_images(tmp_path).shape == (8, 3)


@pytest.mark.parametrize(
    ("dtype", "most"),
    [(np.uint8, 255), (np.int64, 255), (np.uint16, 65_535), (np.float64, 1), (np.float32, 1), (bool, 1)],
)
def test_an_npz_file(tmp_path, rng, dtype, most):
    values = rng.random((60, 5, 4))
    images = (values > 0.5) if dtype is bool else (values * most).astype(dtype)
    labels = rng.integers(0, 3, 60)
    np.savez(tmp_path / "mine.npz", images=images, labels=labels)
    loaded = datasets.load_images(tmp_path / "mine.npz")
    assert (loaded.name, loaded.shape, loaded.rows.dtype) == ("mine", (5, 4), np.float32)
    np.testing.assert_allclose(sorted_rows(loaded.rows), sorted_rows(images.reshape(60, -1) / most), atol=1e-6)
    means = images.reshape(60, -1).mean(axis=1) / most
    for label in range(3):
        np.testing.assert_allclose(
            np.sort(loaded.rows[loaded.labels == label].mean(axis=1)), np.sort(means[labels == label]), atol=1e-6
        )
    np.savez(tmp_path / "bare.npz", images=images)
    assert set(datasets.load_images(tmp_path / "bare.npz").labels) == {0}


@pytest.mark.parametrize(
    ("dtype", "high", "most"),
    [(np.int64, 1, 255), (np.uint8, 16, 255), (np.uint8, 31, 255), (np.uint16, 255, 65_535), (np.uint16, 0, 65_535)],
)
def test_integers_of_another_scale_are_not_taken_for_blank_pictures(tmp_path, rng, dtype, high, most):
    images = rng.integers(0, high + 1, (60, 5, 4)).astype(dtype)
    images[0, 0, 0] = high
    np.savez(tmp_path / "mine.npz", images=images)
    words = rf"must use pixels up to {most}; got none above {high}: divide by the largest possible pixel, and save"
    with pytest.raises(ValueError, match=words) as caught:
        datasets.load_images(tmp_path / "mine.npz")
    assert "\n" not in str(caught.value)


def test_dark_pictures_are_welcome(tmp_path, rng):
    images = rng.integers(0, 33, (60, 5, 4)).astype(np.uint8)
    images[0, 0, 0] = 32
    np.savez(tmp_path / "mine.npz", images=images)
    assert datasets.load_images(tmp_path / "mine.npz").rows.max() == np.float32(32 / 255)


def too_few(path, pictures):
    (path / "00.png").unlink()
    for i in range(49, 60):
        (path / f"{i}.png").unlink()


def mixed(path, pictures):
    save(path / "zz.png", np.zeros((6, 4), dtype=np.uint8))


def both(path, pictures):
    save(path / "more" / "1.png", pictures[0])


def cut(path, pictures):
    whole = (path / "07.png").read_bytes()
    (path / "07.png").write_bytes(whole[: len(whole) // 2])


def flipped(path, pictures):
    damaged = bytearray((path / "07.png").read_bytes())
    damaged[len(damaged) // 2] ^= 255
    (path / "07.png").write_bytes(damaged)


def other(path, pictures):
    Image.fromarray(pictures[0]).save(path / "07.png", format="GIF")


def large(path, pictures):
    save(path / "00.png", np.zeros((65, 64), dtype=np.uint8))


def emptied(path, pictures):
    for file in path.iterdir():
        file.unlink()


def gifs(path, pictures):
    emptied(path, pictures)
    save(path / "1.gif", pictures[0])
    (path / "README").write_text("pictures")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (too_few, r"mine must have at least 50 images; got 48$"),
        (mixed, r"^all pictures must have one size; .*00.png has 5 × 4, .*zz.png has 6 × 4$"),
        (both, r"mine must contain pictures, or sub-folders of pictures; got both$"),
        (cut, r"07.png is broken, or no PNG or JPEG picture: take it out, or save it again$"),
        (flipped, r"07.png is broken, or no PNG or JPEG picture: take it out, or save it again$"),
        (other, r"07.png is broken, or no PNG or JPEG picture: take it out, or save it again$"),
        (large, r"00.png must have at most 4,096 pixels \(64 × 64\); got 65 × 64: make it smaller$"),
        (emptied, r"mine must contain PNG or JPEG files; got no files$"),
        (gifs, r"mine must contain PNG or JPEG files; got only .gif, README$"),
    ],
)
def test_a_folder_that_will_not_do_gets_one_line(folder, pictures, spoil, words):
    spoil(folder, pictures)
    with pytest.raises(ValueError, match=words) as caught:
        datasets.load_images(folder)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


OBJECTS = np.array([{}] * 60)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"images": np.zeros((49, 5, 4))}, r"mine.npz must have at least 50 images; got 49$"),
        ({"images": np.zeros((60, 5, 4, 3))}, r"must be grey, shape \(n, height, width\); got shape \(60, 5, 4, 3\)$"),
        ({"images": np.zeros((60, 20))}, r"must be grey, shape \(n, height, width\); got shape \(60, 20\)$"),
        ({"images": np.zeros((0, 5, 4))}, r"must be grey, shape \(n, height, width\); got shape \(0, 5, 4\)$"),
        ({"images": np.full((60, 5, 4), 1.5)}, r"must contain pixels from 0 to 1; got 1.5 to 1.5$"),
        ({"images": np.full((60, 5, 4), -1)}, r"must contain pixels from 0 to 255; got -1 to -1$"),
        ({"images": np.full((60, 5, 4), 300)}, r"must contain pixels from 0 to 255; got 300 to 300$"),
        ({"images": np.full((60, 5, 4), np.nan)}, r"must contain pixels from 0 to 1; got nan to nan$"),
        ({"images": np.full((60, 5, 4), "a")}, r"must contain numbers; got <U1$"),
        ({"images": np.zeros((60, 70, 64))}, r"must have at most 4,096 pixels \(64 × 64\); got 70 × 64$"),
        ({"images": OBJECTS}, r"mine.npz is broken, or no .npz file of plain numbers: save it again"),
        ({"pictures": np.zeros((60, 5, 4))}, r"must contain an array images, shape \(n, height, width\); got none"),
        ({"images": np.zeros((60, 5, 4)), "labels": np.zeros(59, int)}, r"must be 60 whole numbers; got shape \(59,\)"),
        ({"images": np.zeros((60, 5, 4)), "labels": np.zeros(60)}, r"must be 60 whole numbers; got .* float64$"),
    ],
)
def test_an_npz_file_that_will_not_do_gets_one_line(tmp_path, arrays, words):
    np.savez(tmp_path / "mine.npz", **arrays)
    with pytest.raises(ValueError, match=words) as caught:
        datasets.load_images(tmp_path / "mine.npz")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("how", ["text", "empty", "cut", "npy"])
def test_a_broken_npz_file_gets_one_line(tmp_path, how):
    path = tmp_path / "mine.npz"
    np.savez_compressed(path, images=np.random.default_rng(0).random((60, 5, 4)))
    whole = path.read_bytes()
    path.write_bytes({"text": b"hello", "empty": b"", "cut": whole[: len(whole) // 2], "npy": whole}[how])
    if how == "npy":  # one bare array under the wrong name
        with path.open("wb") as file:
            np.save(file, np.zeros((60, 5, 4)))
    with pytest.raises(ValueError, match=r"mine.npz is broken, or no .npz file of plain numbers: save it again"):
        datasets.load_images(path)


def test_what_is_no_folder_and_no_npz_file(tmp_path):
    (tmp_path / "essay.txt").write_text("words")
    with pytest.raises(ValueError, match=r"essay.txt must be a folder of PNG or JPEG files, or an .npz file$"):
        datasets.load_images(tmp_path / "essay.txt")
    for name in ("nothing", "nothing.npz"):
        with pytest.raises(FileNotFoundError, match=f"^there is no folder or file .*{name}$"):
            datasets.load_images(tmp_path / name)


@pytest.mark.parametrize("what", ["folder", "picture", "npz"])
def test_no_permission(folder, monkeypatch, what):
    # The one who runs the tests may read everything, so the system's refusal is played.
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    path = folder
    if what == "npz":
        path = folder.parent / "mine.npz"
        np.savez(path, images=np.zeros((60, 5, 4)))
    monkeypatch.setattr(Path, "iterdir" if what == "folder" else "open", refuse)
    with pytest.raises(PermissionError, match=r"may not be read: give yourself permission$") as caught:
        datasets.load_images(path)
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------- the recorded chain


def test_recorded_chain_has_its_shapes():
    recorded = datasets.recorded_vae()
    assert recorded.real.shape == (36, 784)
    assert recorded.shape == (28, 28)
    for output in ("means", "sampled", "decoded", "preserved"):
        assert recorded.films[output].shape == (10, 36, 784)
        assert recorded.effective_classes[output].shape == (10,)
    assert recorded.real.min() == recorded.films["means"].min() == 0
    assert recorded.real.max() == 1
    assert np.isin(recorded.films["sampled"], [0, 1]).all()


def test_recorded_chain_shows_what_it_is_for():
    # Means end in one blob; sampled pixels keep several digits, and means keep them where half of the data stay real.
    recorded = datasets.recorded_vae()
    assert recorded.effective_classes["means"][0] > 8
    assert recorded.effective_classes["means"][-1] < 2
    assert recorded.effective_classes["sampled"][-1] > 4
    assert recorded.effective_classes["preserved"].min() > 8
    spread = [np.square(pictures - pictures.mean(axis=0)).sum(axis=1).mean() for pictures in recorded.films["means"]]
    assert spread[-1] < 0.1 * spread[0]
