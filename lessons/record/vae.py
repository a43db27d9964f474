"""Record a chain of autoencoders on MNIST, for those who do not want to wait: collapse_edu/datasets/data/recorded_vae.npz.

    python3 lessons/record/vae.py

Three chains of ten generations on all 10,000 digits, seed 0. Two are under replace: one feeds back the means of the
decoder, the other sampled pixels; of the second, the means of its decoder are recorded too. The third feeds back means
under preserve(0.5), which keeps half of each training set real. Then put the hash that is printed into
datasets/data/PROVENANCE.md. Another machine rounds in another order, so its digits differ; what happens does not.
"""

import hashlib
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import collapse_edu
from collapse_edu import VAE, generations, preserve, replace
from collapse_edu.datasets import mnist
from collapse_edu.datasets._files import content_of
from collapse_edu.measures import ClassShares, decoded_rows
from collapse_edu.loop.source import FiniteData

GENERATIONS, SHOWN, SEED = 10, 36, 0
NAMES = ("means", "sampled", "decoded", "preserved")
# What a model feeds back, the regime, and the names of the films: of what is fed back, and of the decoder's means.
CHAINS = [
    ("means", replace, "means", None),
    ("sampled", replace, "sampled", "decoded"),
    ("means", preserve(0.5), "preserved", None),
]
FILE = Path(collapse_edu.__file__).parent / "datasets" / "data" / "recorded_vae.npz"


def main():
    """Run the chains and write the file."""
    images = mnist()
    seen = ClassShares(images)
    films, classes = {}, {}
    for output, regime, fed, believed in CHAINS:
        rng = np.random.default_rng(SEED)
        source = FiniteData(images.rows).open(rng)
        chain = generations(VAE(output=output), source, regime, rng, len(images.rows))
        with threadpool_limits(1):
            drawn = list(islice(map(partial(look, seen), chain), GENERATIONS))
        fed_back, decoded, of_fed_back, of_decoded = zip(*drawn, strict=True)
        films |= {fed: fed_back, believed: decoded}
        classes |= {fed: of_fed_back, believed: of_decoded}
        print({name: np.round(values, 1) for name, values in classes.items()}, flush=True)
    # 16 greys make a small file.
    pictures = np.concatenate(
        [images.rows[:SHOWN], *(np.concatenate(films[name]) for name in NAMES)]
    )
    pictures = (pictures * 15).round().astype(np.uint8) * np.uint8(17)
    pictures = pictures.reshape(-1, SHOWN, *images.shape)
    np.savez_compressed(
        FILE,
        images=pictures,
        effective_classes=np.round([classes[name] for name in NAMES], 3),
    )
    print(FILE.name, pictures.shape, f"{FILE.stat().st_size / 1000:.0f} kB")
    print(hashlib.sha256(content_of(FILE)).hexdigest())


def look(seen, generation):
    """Return some pictures that a generation fed back, some means of its decoder, and the classes of both."""
    return (
        generation.synthetic[:SHOWN],
        decoded_rows(generation.model, SHOWN),
        seen.effective_classes(generation, None),
        seen.decoded_classes(generation, None),
    )


if __name__ == "__main__":
    main()
