"""Jobs on images: how they look, generation by generation."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collapse_edu import datasets, measures
from collapse_edu.cli.models import NEIGHBOURS, Job
from collapse_edu.cli.samples import Samples
from collapse_edu.loop.chain import Generation
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import VAE
from collapse_edu.plots import Picture

__all__ = ["ImageJob"]

_MOST_PIXELS = 32 * 32  # of a Fréchet distance: its price grows as their cube, and 48 × 48 takes seconds


class ImageJob(Job):
    """Images that a model learns and draws.

    Half of them are the real set. Coverage, recall and precision compare with images that no model sees: the other
    half, or a half of that if the rest is kept as fresh real data.

    Parameters
    ----------
    model : model
    data : str
        Name of a set of images, or path of a folder or file.
    fresh : bool
        Whether some images are kept as fresh real data.
    """

    files = ("samples.png",)
    bytes_per_value = 32
    _SHOWN = 10

    def __init__(self, model: object, data: str, fresh: bool) -> None:
        own = data not in datasets.DATA_SETS
        images = datasets.load_images(data) if own else datasets.DATA_SETS[data].load()
        self.name, self._images, self._samples = images.name, images, Samples(self._SHOWN)
        self._greys = "gray" if own else "gray_r"  # own images look as they do elsewhere; digits are ink
        self.model = model
        self.source, self.held_back = images.source, f"as fresh: {len(images.source.reserve):,}"
        self.measures = _classes(images) if isinstance(self.model, VAE) else self._quality(fresh)
        self.measures["sample_variance"] = measures.sample_variance
        if images.rows.shape[1] <= _MOST_PIXELS:
            self.measures["frechet_distance"] = measures.frechet_distance
        self.says = f"{images.name}: {len(images.rows):,} images of {images.shape[0]} x {images.shape[1]} pixels"

    def _quality(self, fresh):
        """Return coverage, recall and precision against images that no model sees."""
        reference = self.source.reserve
        self.held_back = f"to compare with: {len(reference):,}"
        if fresh:
            quarter = len(reference) // 2
            self.source, reference = FiniteData(self.source.real, reference[quarter:]), reference[:quarter]
            self.held_back = f"to compare with: {quarter:,}, as fresh: {len(self.source.reserve):,}"
        quality = measures.Quality(NEIGHBOURS, reference)
        return {"coverage": quality.coverage, "recall": quality.recall, "precision": quality.precision}

    def look(self, regime: str, generation: Generation) -> None:
        """Keep some samples of the first chain."""
        self._samples.look(regime, generation)

    def noted(self, regime: str) -> dict[str, NDArray[np.generic]]:
        """Return the samples of a regime."""
        return self._samples.noted(regime)

    def recall(self, regime: str, noted: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over what :meth:`noted` returned."""
        self._samples.recall(regime, noted)

    def keep(self, out: Path, regimes: Sequence[str]) -> None:
        """Draw samples of the first, middle and last generation."""
        strips = {"real": self._images.rows[: self._SHOWN]} | self._samples.shown(regimes)
        picture = Picture(width=9, height=0.7 * len(strips))
        room = {"left": 0.24, "right": 0.99, "top": 0.99, "bottom": 0.01, "hspace": 0.1}
        axes = picture.subplots(len(strips), squeeze=False, gridspec_kw=room)[:, 0]
        for ax, (name, rows) in zip(axes, strips.items(), strict=True):
            # The range of the greys clips for display; nothing was clipped in the loop.
            ax.imshow(np.hstack(rows.reshape(-1, *self._images.shape)), cmap=self._greys, vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
            ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=11)
        picture.savefig(out / "samples.png")

    def tell(self, regimes: Sequence[str]) -> Iterable[str]:
        """Return nothing: the picture tells."""
        return ()


def _classes(images):
    """Return the effective number of classes, if the images have labels, for pixels that are drawn black or white.

    Such pixels lie far from greys and from each other. The mean picture alone, drawn again and again, would have full
    recall; and real digits hardly any precision.
    """
    try:
        return {"effective_classes": measures.ClassShares(images).effective_classes}
    except ValueError:  # no labels, or one of them is rare
        return {}
