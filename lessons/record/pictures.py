"""What recordings of image models share: chains that can be stopped and gone on with, and their file."""

import argparse
import hashlib
import json
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np

from collapse_edu.datasets._files import content_of
from collapse_edu.loop.chain import watch
from collapse_edu.loop.settings import text_of
from collapse_edu.measures import Quality
from collapse_edu.metrics import prdc

SHOWN = 36  # images of each generation that are kept
MEASURES = ("precision", "recall", "coverage", "symmetric_recall")
NOISE = 0.3  # standard deviation, in pixels: the mean image plus this is no digit, and has recall 0.9


class Arm(NamedTuple):
    """A model class under a regime."""

    name: str
    model: object
    regime: object


@dataclass
class Recording:
    """Chains of image models: several arms, several seeds.

    Attributes
    ----------
    file : Path
        What the course gets.
    source : FiniteData
        Real images, and fresh ones.
    judge : array, shape (n, d)
        Other real images, which all are compared with.
    shape : tuple of int
        (height, width).
    arms : list of Arm
    generations : int
    seeds : tuple of int
    """

    file: Path
    source: object
    judge: np.ndarray
    shape: tuple
    arms: list
    generations: int
    seeds: tuple

    def main(self, description):
        """Run what is not done yet, and write the file."""
        parser = argparse.ArgumentParser(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument(
            "--work", type=Path, required=True, help="folder of what is done so far"
        )
        self.work = parser.parse_args().work
        self.work.mkdir(parents=True, exist_ok=True)
        for seed in self.seeds:
            for arm in self.arms:
                if not self.kept(arm, seed).exists():
                    self.record(arm, seed)
        self.pack()

    def kept(self, arm, seed):
        """Return where a finished chain is kept; a model with other settings has another place."""
        digest = hashlib.sha256(text_of(arm.model).encode()).hexdigest()[:8]
        return self.work / f"{arm.name}, seed {seed}, {digest}.npz"

    def record(self, arm, seed):
        """Run one chain and keep its numbers and pictures."""
        began, pictures = time.process_time(), []
        quality = Quality(reference=self.judge)
        for turn in watch(
            arm.model,
            self.source,
            arm.regime,
            generations=self.generations,
            measures={name: getattr(quality, name) for name in MEASURES},
            seed=seed,
        ):
            if turn.generation is not None:
                pictures.append(turn.generation.synthetic[:SHOWN])
                history = turn.history
        values = np.stack([history[name][:, 0] for name in MEASURES])
        seconds = time.process_time() - began
        path = self.kept(arm, seed)
        with open(path.with_suffix(".part"), "wb") as file:
            np.savez(
                file,
                values=values,
                pictures=greys(pictures),
                seconds=seconds,
                settings=json.dumps(history.settings),
            )
        path.with_suffix(".part").replace(path)
        numbers = np.round(values[:3, [0, -1]].ravel(), 2)
        print(f"{seconds:5.0f} s  {arm.name}, seed {seed}:", *numbers, flush=True)

    def pack(self):
        """Write the file of the course."""
        seconds, models, pictures = {}, {}, [greys(self.source.real[:SHOWN])[None]]
        shape = (len(self.arms), len(MEASURES), self.generations, len(self.seeds))
        values = np.empty(shape, np.float32)
        for i, arm in enumerate(self.arms):
            for j, seed in enumerate(self.seeds):
                with np.load(self.kept(arm, seed)) as file:
                    values[i, :, :, j] = file["values"]
                    seconds[arm.name] = seconds.get(arm.name, 0) + float(file["seconds"])
                    if j == 0:
                        pictures.append(file["pictures"])
                        models[arm.name] = json.loads(str(file["settings"]))["model"]
        pixels = np.concatenate(pictures).reshape(-1, SHOWN, *self.shape)
        about = {
            "arms": [arm.name for arm in self.arms],
            "measures": MEASURES,
            "controls": self.controls(),
            "settings": {
                "model": models,
                "n_real": self.source.n,
                "n_samples": self.source.n,
                "generations": self.generations,
                "chains": len(self.seeds),
                "seed": list(self.seeds),
                "cpu_seconds": {name: round(total) for name, total in seconds.items()},
                "versions": {name: version(name) for name in ("numpy", "scikit-learn")},
            },
        }
        text = json.dumps(about, ensure_ascii=False)
        np.savez_compressed(self.file, about=text, images=pixels, values=values.round(4))
        total, size = sum(seconds.values()), self.file.stat().st_size
        print(self.file.name, pixels.shape, f"{size / 1000:.0f} kB, {total:.0f} CPU-s")
        print(hashlib.sha256(content_of(self.file)).hexdigest())

    def controls(self):
        """Return what real images reach against the judging ones, and what noise around their mean reaches."""
        real = self.source.real
        noise = NOISE * np.random.default_rng(0).standard_normal(real.shape)
        return {
            "real images": self.judged(real),
            f"mean image + noise of {NOISE:g}": self.judged(real.mean(axis=0) + noise),
        }

    def judged(self, rows):
        """Return all measures of some rows."""
        found = prdc(self.judge, rows)
        values = {name: float(getattr(found, name)) for name in MEASURES[:3]}
        return values | {"symmetric_recall": min(values["recall"], values["coverage"])}


def greys(pictures):
    """Return pictures in the 17 greys that the small digits have; what is below 0 or above 1 is cut off here alone."""
    return (np.clip(pictures, 0, 1) * 16).round().astype(np.uint8)
