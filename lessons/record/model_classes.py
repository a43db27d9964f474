"""Record three classes of models of 8 × 8 digits: collapse_edu/datasets/data/recorded_model_classes.npz.

    python3 lessons/record/model_classes.py --work FOLDER

A mixture of normal distributions, a variational autoencoder and a rectified flow, each under replace and with half of
each training set real, and with sampling bias where the class has one: eight generations, six seeds. Each finished
chain is kept in FOLDER, so the recording can be stopped at any time and goes on; when all chains are there, the file is
written. Then put the hash that is printed into datasets/data/PROVENANCE.md. Another machine rounds in another order, so
its digits differ; what happens does not.
"""

import argparse
import hashlib
import json
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np

import collapse_edu
from collapse_edu import PCAMixture, VAE, preserve, replace
from collapse_edu.course.explorers.flow import painter
from collapse_edu.datasets import digits
from collapse_edu.datasets._files import content_of
from collapse_edu.datasets.model_classes import arm_name
from collapse_edu.loop.chain import watch
from collapse_edu.loop.settings import text_of
from collapse_edu.measures import Quality
from collapse_edu.metrics import prdc

GENERATIONS, SEEDS, SHOWN = 8, (0, 1, 2, 3, 4, 5), 36
MEASURES = ("precision", "recall", "coverage", "symmetric_recall")
NOISE = 0.3  # standard deviation, in pixels: the mean image plus this is no digit, and has recall 0.9
FILE = (
    Path(collapse_edu.__file__).parent / "datasets" / "data" / "recorded_model_classes.npz"
)


class Arm(NamedTuple):
    """A model class under a regime."""

    name: str
    model: object
    regime: object


def arms():
    """Return all arms, in the order of the file."""
    vae = VAE(hidden=128, latent=8, epochs=400, output="means")
    found = []
    for regime, label in ((replace, "replace"), (preserve(0.5), "preserve(0.5)")):
        for bias in (1.0, 0.8):
            found.append(
                Arm(
                    arm_name("mixture", label, bias), PCAMixture(sampling_bias=bias), regime
                )
            )
            if bias == 1:
                found.append(Arm(arm_name("VAE", label), vae, regime))
            found.append(Arm(arm_name("flow", label, bias), painter(bias), regime))
    return found


def main():
    """Run what is not done yet, and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--work", type=Path, required=True, help="folder of what is done so far"
    )
    work = parser.parse_args().work
    work.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS:
        for arm in arms():
            if not kept(work, arm, seed).exists():
                record(work, arm, seed)
    pack(work)


def kept(work, arm, seed):
    """Return where a finished chain is kept; a model with other settings has another place."""
    digest = hashlib.sha256(text_of(arm.model).encode()).hexdigest()[:8]
    return work / f"{arm.name}, seed {seed}, {digest}.npz"


def record(work, arm, seed):
    """Run one chain and keep its numbers and pictures."""
    images, began, pictures = digits(), time.process_time(), []
    quality = Quality(reference=images.source.reserve)
    measures = {name: getattr(quality, name) for name in MEASURES}
    for turn in watch(
        arm.model,
        images.source,
        arm.regime,
        generations=GENERATIONS,
        measures=measures,
        seed=seed,
    ):
        if turn.generation is not None:
            pictures.append(turn.generation.synthetic[:SHOWN])
            history = turn.history
    values = np.stack([history[name][:, 0] for name in MEASURES])
    seconds = time.process_time() - began
    path = kept(work, arm, seed)
    with open(path.with_suffix(".part"), "wb") as file:
        np.savez(
            file,
            values=values,
            pictures=greys(pictures),
            seconds=seconds,
            settings=json.dumps(history.settings),
        )
    path.with_suffix(".part").replace(path)
    print(
        f"{seconds:5.0f} s  {arm.name}, seed {seed}:",
        *np.round(values[:3, [0, -1]].ravel(), 2),
        flush=True,
    )


def greys(pictures):
    """Return pictures in the 17 greys that the digits have; what is below 0 or above 1 is cut off here alone."""
    return (np.clip(pictures, 0, 1) * 16).round().astype(np.uint8)


def pack(work):
    """Write the file of the course."""
    images, found, seconds = digits(), arms(), {}
    values = np.empty((len(found), len(MEASURES), GENERATIONS, len(SEEDS)), np.float32)
    pictures, models = [greys(images.rows[:SHOWN])[None]], {}
    for i, arm in enumerate(found):
        for j, seed in enumerate(SEEDS):
            with np.load(kept(work, arm, seed)) as file:
                values[i, :, :, j] = file["values"]
                seconds[arm.name] = seconds.get(arm.name, 0) + float(file["seconds"])
                if j == 0:
                    pictures.append(file["pictures"])
                    models[arm.name] = json.loads(str(file["settings"]))["model"]
    pixels = np.concatenate(pictures).reshape(-1, SHOWN, *images.shape)
    about = {
        "arms": [arm.name for arm in found],
        "measures": MEASURES,
        "controls": controls(images),
        "settings": {
            "model": models,
            "n_real": images.source.n,
            "n_samples": images.source.n,
            "generations": GENERATIONS,
            "chains": len(SEEDS),
            "seed": list(SEEDS),
            "cpu_seconds": {name: round(total) for name, total in seconds.items()},
            "versions": {name: version(name) for name in ("numpy", "scikit-learn")},
        },
    }
    text = json.dumps(about, ensure_ascii=False)
    np.savez_compressed(FILE, about=text, images=pixels, values=values.round(4))
    total, size = sum(seconds.values()), FILE.stat().st_size
    print(FILE.name, pixels.shape, f"{size / 1000:.0f} kB, {total:.0f} CPU-s")
    print(hashlib.sha256(content_of(FILE)).hexdigest())


def controls(images):
    """Return what real images reach against the reserve, and what noise around their mean reaches."""
    real, reserve = images.source.real, images.source.reserve
    noise = real.mean(axis=0) + NOISE * np.random.default_rng(0).standard_normal(real.shape)
    return {
        "real images": judged(reserve, real),
        f"mean image + noise of {NOISE:g}": judged(reserve, noise),
    }


def judged(reference, rows):
    """Return all measures of some rows."""
    found = prdc(reference, rows)
    values = {name: float(getattr(found, name)) for name in MEASURES[:3]}
    return values | {"symmetric_recall": min(values["recall"], values["coverage"])}


if __name__ == "__main__":
    main()
