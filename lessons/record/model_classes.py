"""Record three classes of models of 8 × 8 digits: collapse_edu/datasets/data/recorded_model_classes.npz.

    python3 lessons/record/model_classes.py --work FOLDER

A mixture of normal distributions, a variational autoencoder and a rectified flow, each under replace and with half of
each training set real, and with sampling bias where the class has one: eight generations, six seeds. Each finished
chain is kept in FOLDER, so the recording can be stopped at any time and goes on; when all chains are there, the file is
written. Then put the hash that is printed into datasets/data/PROVENANCE.md. Another machine rounds in another order, so
its digits differ; what happens does not.
"""

from pathlib import Path

from pictures import Arm, Recording

import collapse_edu
from collapse_edu import PCAMixture, VAE, preserve, replace
from collapse_edu.course.explorers.flow import painter
from collapse_edu.datasets import digits
from collapse_edu.datasets.model_classes import arm_name


def arms():
    """Return all arms, in the order of the file."""
    vae = VAE(hidden=128, latent=8, epochs=400, output="means")
    found = []
    for regime, label in ((replace, "replace"), (preserve(0.5), "preserve(0.5)")):
        for bias in (1.0, 0.8):
            mixture = PCAMixture(sampling_bias=bias)
            found.append(Arm(arm_name("mixture", label, bias), mixture, regime))
            if bias == 1:
                found.append(Arm(arm_name("VAE", label), vae, regime))
            found.append(Arm(arm_name("flow", label, bias), painter(bias), regime))
    return found


if __name__ == "__main__":
    images = digits()
    Recording(
        file=Path(collapse_edu.__file__).parent
        / "datasets/data/recorded_model_classes.npz",
        source=images.source,
        judge=images.source.reserve,
        shape=images.shape,
        arms=arms(),
        generations=8,
        seeds=(0, 1, 2, 3, 4, 5),
    ).main(__doc__)
