"""Grey images as flat rows of numbers."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collapse_edu.datasets._files import checked
from collapse_edu.loop.source import FiniteData

__all__ = ["Images", "RecordedVAE", "digits", "load_images", "mnist", "recorded_vae"]

_FEWEST_IMAGES = 50
_MOST_PIXELS = 64 * 64  # a covariance of all pixels must fit into the memory of a laptop
_ENDINGS = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True, eq=False)
class Images:
    """Grey images as flat rows.

    Attributes
    ----------
    name : str
    rows : ndarray of float, shape (n, height · width)
        Pixels from 0 (background) to 1 (ink).
    labels : ndarray of int, shape (n,)
    shape : tuple of int
        (height, width).

    Examples
    --------
    >>> images = digits()
    >>> images.source.n, len(images.source.reserve)
    (898, 899)
    """

    name: str
    rows: NDArray[np.floating]
    labels: NDArray[np.int64]
    shape: tuple[int, int]

    @property
    def source(self) -> FiniteData:
        """The first half of the images as real data, the rest as reserve."""
        half = len(self.rows) // 2
        return FiniteData(self.rows[:half], self.rows[half:])


def digits() -> Images:
    """Return 1,797 handwritten digits of 8 × 8 pixels, which come with scikit-learn.

    Returns
    -------
    Images
        In one fixed random order: the file is ordered by writer.

    Examples
    --------
    >>> digits().rows.shape, digits().shape
    ((1797, 64), (8, 8))
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = np.random.default_rng(0).permutation(len(bunch.data))  # the file is ordered by writer
    return Images("digits 8 × 8", bunch.data[order] / 16, bunch.target[order], (8, 8))


def mnist() -> Images:
    """Return 10,000 handwritten digits of 28 × 28 pixels (LeCun, Cortes and Burges; CC BY-SA 3.0).

    Returns
    -------
    Images

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> mnist().rows.shape
    (10000, 784)
    """
    with np.load(checked("mnist_10k.npz")) as file:
        images, labels = file["images"], file["labels"]
    return Images("MNIST", images.reshape(len(images), -1) / np.float32(255), labels.astype(int), images.shape[1:])


def load_images(path: str | Path) -> Images:
    """Return pictures of your own.

    Parameters
    ----------
    path : str or Path
        A folder of PNG or JPEG files, at least 50, all of one size, at most 64 × 64 pixels. If it contains
        sub-folders of pictures instead, each sub-folder is a label: 0, 1, 2, … in the order of their names. Colours
        become greys; transparent pixels become white; files of other kinds are left out. Or an ``.npz`` file with
        ``images``, shape (n, height, width), and, if you like, whole numbers ``labels``, shape (n,). Floats are pixels
        from 0 to 1, integers from 0 to 255, or to 65,535 if they are uint16.

    Returns
    -------
    Images
        Named as the folder or file, in one fixed random order: so each half of them has all labels. Pixels are 0
        to 1 and otherwise as they are: dark ink on white paper stays dark. Without labels, each label is 0.

    Raises
    ------
    OSError
        If the folder or file is not there or may not be read.
    ValueError
        If it contains no pictures, too few, or pictures of several sizes; if a file is broken; or if an array is none
        of grey images, or of integers that use an eighth of their scale or less.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.npz")
    ...     np.savez(path, images=np.random.default_rng(0).integers(0, 256, (60, 4, 3), dtype=np.uint8))
    ...     images = load_images(path)
    >>> images.name, images.rows.shape, images.shape
    ('mine', (60, 12), (4, 3))
    """
    path = Path(path)
    try:
        pictures, labels = _from_folder(path) if path.is_dir() else _from_npz(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no folder or file {path}") from None
    except PermissionError as error:
        raise PermissionError(f"{error.filename or path} may not be read: give yourself permission") from None
    if len(pictures) < _FEWEST_IMAGES:
        raise ValueError(f"{path} must have at least {_FEWEST_IMAGES} images; got {len(pictures)}")
    order = np.random.default_rng(0).permutation(len(pictures))  # a folder is ordered by label
    rows = pictures.reshape(len(pictures), -1)[order]
    return Images(path.stem if path.suffix == ".npz" else path.name, rows, labels[order], pictures.shape[1:])


def _from_folder(path):
    """Return the pictures of a folder, shape (n, height, width), and their labels."""
    by_label = _files_by_label(path)
    files = list(chain(*by_label))
    if not files:
        raise ValueError(f"{path} must contain PNG or JPEG files; got {_content(path)}")
    return _of_one_size(files), np.repeat(np.arange(len(by_label)), list(map(len, by_label)))


def _files_by_label(path):
    """Return a list of files for each label: for each sub-folder with pictures, or one for the whole folder."""
    own = _files_of(path)
    folders = sorted(item for item in path.iterdir() if item.is_dir() and _is_shown(item))
    inside = [files for files in map(_files_of, folders) if files]
    if own and inside:
        raise ValueError(f"{path} must contain pictures, or sub-folders of pictures; got both")
    return inside or [own]


def _of_one_size(files):
    """Return the pictures in some files, shape (n, height, width)."""
    pictures = []
    for file in files:
        picture = _grey(file)
        if pictures and picture.shape != pictures[0].shape:
            raise ValueError(
                f"all pictures must have one size; {files[0]} has {_size(pictures[0])}, {file} has {_size(picture)}"
            )
        pictures.append(picture)
    return np.stack(pictures)


def _files_of(folder):
    return sorted(item for item in folder.iterdir() if item.suffix.lower() in _ENDINGS and _is_shown(item))


def _is_shown(item):
    return not item.name.startswith(".")  # systems keep hidden files of their own in folders of pictures


def _content(path):
    """Return the endings of the files in a folder, in words."""
    endings = sorted(
        {item.suffix.lower() or item.name for item in path.iterdir() if item.is_file() and _is_shown(item)}
    )
    return f"only {', '.join(endings[:5])}" if endings else "no files"


def _size(picture):
    return f"{picture.shape[0]} × {picture.shape[1]}"


def _grey(file):
    """Return the picture in a file, pixels 0 to 1."""
    from PIL import Image, ImageOps

    with file.open("rb") as stream:  # a file that may not be read is not a broken one
        try:
            with Image.open(stream, formats=("PNG", "JPEG")) as picture:
                size = picture.size
                if size[0] * size[1] <= _MOST_PIXELS:
                    return _pixels(ImageOps.exif_transpose(picture))
        except Exception:  # what a decoder raises on broken bytes is not limited to one kind
            raise ValueError(f"{file} is broken, or no PNG or JPEG picture: take it out, or save it again") from None
    raise ValueError(
        f"{file} must have at most {_MOST_PIXELS:,} pixels (64 × 64); got {size[1]} × {size[0]}: make it smaller"
    )


def _pixels(picture):
    """Return a picture as an array, shape (height, width)."""
    from PIL import Image

    if picture.mode.startswith("I"):  # 16 bits for each pixel
        return np.asarray(picture, dtype=np.float32) / np.float32(65_535)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.asarray(picture.convert("L"), dtype=np.float32) / np.float32(255)


def _from_npz(path):
    """Return the images of an .npz file, shape (n, height, width), and their labels."""
    if path.suffix.lower() != ".npz" and path.exists():
        raise ValueError(f"{path} must be a folder of PNG or JPEG files, or an .npz file")
    with path.open("rb") as stream:
        try:
            with np.load(stream) as file:
                arrays = {name: file[name] for name in ("images", "labels") if name in file.files}
        except Exception:  # broken bytes can fail in the zip file, in the decompression, and in the header
            raise ValueError(
                f"{path} is broken, or no .npz file of plain numbers: save it again with numpy.savez"
            ) from None
    if "images" not in arrays:
        raise ValueError(f"{path} must contain an array images, shape (n, height, width); got none of this name")
    images = _unit(path, arrays["images"])
    labels = arrays.get("labels", np.zeros(len(images), dtype=int))
    if labels.shape != (len(images),) or labels.dtype.kind not in "iub":
        raise ValueError(
            f"labels in {path} must be {len(images)} whole numbers; got shape {labels.shape}, {labels.dtype}"
        )
    return images, labels.astype(int)


def _unit(path, images):
    """Return an array of images with pixels from 0 to 1, or say in one line why it is none."""
    if images.ndim != 3 or not images.size:
        raise ValueError(f"images in {path} must be grey, shape (n, height, width); got shape {images.shape}")
    if images[0].size > _MOST_PIXELS:
        raise ValueError(
            f"images in {path} must have at most {_MOST_PIXELS:,} pixels (64 × 64); got {_size(images[0])}"
        )
    if images.dtype.kind not in "iubf":
        raise ValueError(f"images in {path} must contain numbers; got {images.dtype}")
    low, high = images.min(), images.max()
    most = 65_535 if images.dtype == np.uint16 else 255 if images.dtype.kind in "iu" else 1
    if not 0 <= low <= high <= most:  # a NaN fails too
        raise ValueError(f"images in {path} must contain pixels from 0 to {most}; got {low:g} to {high:g}")
    if most > 1 and high <= most / 8:  # read by the wrong scale, they would all be nearly blank
        raise ValueError(
            f"images in {path} hold {images.dtype}, so they must use pixels up to {most}; got none above {high}: "
            "divide by the largest possible pixel, and save floats from 0 to 1"
        )
    return images.astype(np.float32) / np.float32(most)


@dataclass(frozen=True, eq=False)
class RecordedVAE:
    """Recorded chains of autoencoders on MNIST: what each generation drew.

    Attributes
    ----------
    real : ndarray, shape (36, 784)
        Pictures of the real set, pixels 0 to 1.
    films : dict
        Name → ndarray, shape (n_generations, 36, 784). "means" and "sampled": pictures that generation 1, 2, … fed
        back under replace. "decoded": what the decoder of the chain that feeds back sampled pixels believes, before
        pixels are drawn. "preserved": as "means", but under preserve(0.5), which keeps half of each training set real.
    effective_classes : dict
        Name → ndarray, shape (n_generations,): exponential of the entropy of the class shares. A classifier trained on
        real pictures alone says what class a picture has.
    shape : tuple of int
        (height, width).

    Examples
    --------
    >>> recorded_vae().films["means"].shape[1:]
    (36, 784)
    """

    real: NDArray[np.float32]
    films: dict[str, NDArray[np.float32]]
    effective_classes: dict[str, NDArray[np.float64]]
    shape: tuple[int, int]


def recorded_vae() -> RecordedVAE:
    """Return recorded chains of autoencoders: for those who do not want to wait for a run of their own.

    It comes with the course; ``lessons/record/vae.py`` made it.

    Returns
    -------
    RecordedVAE

    Raises
    ------
    OSError, ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> recorded = recorded_vae()
    >>> recorded.real.shape, recorded.shape
    ((36, 784), (28, 28))
    """
    with np.load(checked("recorded_vae.npz")) as file:
        images, classes = file["images"], file["effective_classes"]
    shape = images.shape[-2:]
    rows = images.reshape(*images.shape[:2], -1) / np.float32(255)
    names = ("means", "sampled", "decoded", "preserved")
    films = zip(names, np.split(rows[1:], len(names)), strict=True)
    return RecordedVAE(rows[0], dict(films), dict(zip(names, classes, strict=True)), shape)
