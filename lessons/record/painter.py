"""Record a painter of 28 × 28 digits that learns from its own pictures: collapse_edu/datasets/data/recorded_painter.npz.

    python3 lessons/record/painter.py --work FOLDER

A rectified flow in the leading principal components of MNIST, under four settings: replace; replace with sampling bias;
half of each training set from the original real images; half fresh. Eight generations, three seeds. 2,000 images are
real, 7,000 may be drawn as fresh ones, 1,000 others judge. See ``pictures.py`` for what can be stopped and gone on with.
Then put the hash that is printed into datasets/data/PROVENANCE.md.
"""

from pathlib import Path

from pictures import Arm, Recording

import collapse_edu
from collapse_edu import mix, preserve, replace
from collapse_edu.datasets import mnist
from collapse_edu.datasets.model_classes import arm_name
from collapse_edu.loop.source import FiniteData
from collapse_edu.models import Flow

N_REAL, N_JUDGE = 2000, 1000


def painter(bias=1.0):
    """Return the flow."""
    return Flow(hidden=512, layers=3, steps=4000, n_components=64, sampling_bias=bias)


if __name__ == "__main__":
    images = mnist()
    Recording(
        file=Path(collapse_edu.__file__).parent / "datasets/data/recorded_painter.npz",
        source=FiniteData(images.rows[:N_REAL], images.rows[N_REAL:-N_JUDGE]),
        judge=images.rows[-N_JUDGE:],
        shape=images.shape,
        arms=[
            Arm(arm_name("flow", "replace"), painter(), replace),
            Arm(arm_name("flow", "replace", 0.8), painter(0.8), replace),
            Arm(arm_name("flow", "preserve(0.5)"), painter(), preserve(0.5)),
            Arm(arm_name("flow", "mix(0.5)"), painter(), mix(0.5)),
        ],
        generations=8,
        seeds=(0, 1, 2),
    ).main(__doc__)
