"""What recordings of causal language models share: chains that can be stopped, shared out and gone on with, and their file.

The loop is the library's own ``generations``. Each finished generation has two files in a folder: its text, and its
scores. Several processes may work on one folder: each takes what nobody has done or does.
"""

import argparse
import copy
import hashlib
import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from collapse_edu import generations
from collapse_edu.datasets._files import content_of
from collapse_edu.datasets.words import words_of
from collapse_edu.loop.source import FiniteData
from collapse_edu.models.causal import CausalLM, continuations

# How tokenizers of bytes write those that are no printable characters, and back: the table of GPT-2.
PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
OTHERS = [byte for byte in range(256) if byte not in PRINTABLE]
BYTES = {chr(byte): chr(byte) for byte in PRINTABLE} | {
    chr(256 + i): chr(byte) for i, byte in enumerate(OTHERS)
}


class Arm(NamedTuple):
    """One regime under one sampler."""

    regime: object
    sampler: dict


class Passages(NamedTuple):
    """Rows of token ids: to learn, fresh ones for later, and to score. A row begins with its prompt."""

    real: np.ndarray
    reserve: np.ndarray
    held_out: np.ndarray


class Kept:
    """A model that trains only if its text is not in the folder yet: a chain that was stopped goes on."""

    last = None, None  # which fit is in memory, and its network

    def __init__(self, model, folder, texts=None):
        self.model, self.folder, self.texts = model, folder, texts or iter(())

    def __sklearn_clone__(self):
        return Kept(self.model.__sklearn_clone__(), self.folder, self.texts)

    def fit(self, X):
        """Remember what to learn."""
        noise = self.model.random_state.get_state()[1].tobytes()
        self.X, self.key = X, hashlib.sha256(X.tobytes() + noise).hexdigest()[:16]
        return self

    @property
    def fitted(self):
        """The fine-tuned model."""
        if Kept.last[0] != self.key:
            Kept.last = self.key, self.model.fit(self.X).network_
        self.model.network_ = Kept.last[1]
        return self.model

    def sample(self, n, rng):
        """Continue prompts, or read what was written before."""
        path = self.folder / f"{self.key} {self.model.temperature} {self.model.top_k}.npy"
        if (text := next(self.texts, None)) is not None:
            prompts = self.model.prompts[np.arange(n) % len(self.model.prompts)]
            save(path, np.hstack([prompts, text]).astype(np.uint16))
        if path.exists():
            rng.random((n, self.model.length))  # what a model that samples takes
            return np.load(path).astype(np.int32)
        rows = self.fitted.sample(n, rng)
        save(path, rows.astype(np.uint16))
        return rows


@dataclass
class Recording:
    """Chains of a causal language model: several arms, several seeds.

    Attributes
    ----------
    file : Path
        What the course gets.
    data : Passages
    n_prompt, length : int
        Tokens of a prompt and of its continuation.
    arms, samplers : dict
        Name → Arm; and name → sampler, for the untuned base.
    training : dict
        Settings of :class:`CausalLM`.
    read : callable
        From a row of token ids to its text.
    piece : callable
        From a token id to how the tokenizer writes it.
    about : dict
        What the file says of model and data.
    packages : tuple of str
        Whose versions it tells.
    base : callable
        Loads the base.
    """

    file: Path
    data: Passages
    n_prompt: int
    length: int
    arms: dict
    samplers: dict
    training: dict
    read: object
    piece: object
    about: dict
    packages: tuple
    base: object
    seeds: tuple = (0, 1, 2)
    generations: int = 6
    temperatures: tuple = (1.0, 1.3, 1.7, 2.2)  # of the refitted one
    n_own: int = 24  # passages of a model's own that are scored
    n_words: int = 4_000  # of each text that words and phrases are counted in

    def main(self, description):
        """Do what the command line asks for."""
        parser = argparse.ArgumentParser(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument("what", choices=["record", "pack", "unpack"])
        parser.add_argument(
            "--work", type=Path, required=True, help="folder of what is done so far"
        )
        asked = parser.parse_args()
        self.work = asked.work
        self.rows.mkdir(parents=True, exist_ok=True)
        {"record": self.record, "pack": self.pack, "unpack": self.unpack}[asked.what]()

    @property
    def rows(self):
        """The folder of the texts."""
        return self.work / "rows"

    @property
    def prompts(self):
        """What each passage begins with."""
        return self.data.real[:, : self.n_prompt]

    def model(self, sampler, base=None):
        """Return an unfitted model."""
        return CausalLM(base, self.prompts, self.length, **sampler, **self.training)

    def record(self):
        """Do what nobody has done or does: early generations first."""
        base = self.base()
        while left := [task for task in self.tasks() if not self.path(*task).exists()]:
            for task in left:
                with claimed(self.path(*task)) as mine:
                    if mine and self.ready(*task):
                        print(time.strftime("%H:%M:%S"), *task, flush=True)
                        self.do(base, *task)
                        break
            else:
                time.sleep(10)

    def tasks(self):
        """Return (t, seed, arm) in the order in which they are wanted; t = 0 is the untuned base."""
        yield from ((0, 0, sampler) for sampler in self.samplers)
        for t in range(1, self.generations + 1):
            yield from ((t, seed, arm) for seed in self.seeds for arm in self.arms)

    def path(self, t, seed, arm):
        """Return where the scores of a generation are."""
        return self.work / f"{arm}, seed {seed}, generation {t}.json"

    def ready(self, t, seed, arm):
        """Say whether the generation before is done."""
        return t < 2 or self.path(t - 1, seed, arm).exists()

    def do(self, base, t, seed, arm):
        """Run a chain up to a generation, and write down its scores."""
        began = time.process_time()
        if t == 0:
            model = self.model(self.samplers[arm], base)
            model.network_ = first = base
            rows = continuations(
                model, base, len(self.data.real), np.random.default_rng(seed)
            )
            save(self.rows / f"base {arm}.npy", rows.astype(np.uint16))
        else:
            turn = self.chain(seed, arm, t, base)[-1]
            rows, model = turn.synthetic, turn.model.fitted
            first = self.first(base, seed, arm)
        scores = self.look(model, first, rows)
        scores["cpu_seconds"] = round(time.process_time() - began, 1)
        path = self.path(t, seed, arm)
        path.with_suffix(".part").write_text(json.dumps(scores))
        path.with_suffix(".part").replace(path)

    def chain(self, seed, arm, last, base=None, texts=None):
        """Return the generations of a chain; given texts are put into the folder first."""
        rng = np.random.default_rng(seed)
        source = FiniteData(self.data.real, self.data.reserve).open(rng)
        model = Kept(self.model(self.arms[arm].sampler, base), self.rows, texts)
        loop = generations(model, source, self.arms[arm].regime, rng, len(self.data.real))
        return list(islice(loop, last))

    def first(self, base, seed, arm):
        """Return the network of generation 1 of a seed, which judges all later texts; it is kept in the folder."""
        import torch

        path = self.work / f"first {seed}.pt"
        if self.judge[0] != path:
            if not path.exists():
                network = self.chain(seed, arm, 1, base)[0].model.fitted.network_
                torch.save(network.state_dict(), path.with_suffix(f".{os.getpid()}"))
                path.with_suffix(f".{os.getpid()}").replace(path)
            network = copy.deepcopy(base)
            network.load_state_dict(torch.load(path), strict=False)
            self.judge = path, network
        return self.judge[1]

    judge = None, None

    def look(self, model, first, rows):
        """Return the scores of a generation: of held-out passages by passage, and of its own text."""
        by_temperature = [[] for _ in self.temperatures]
        for logits, tokens in model.logits(self.data.held_out):
            for found, temperature in zip(by_temperature, self.temperatures, strict=True):
                found.extend(losses(logits, tokens, temperature).tolist())
        own, entropy = [], []
        for logits, tokens in model.logits(rows[: self.n_own]):
            own.extend(losses(logits, tokens, model.temperature).tolist())
            entropy.extend(entropies(logits, model.temperature).tolist())
        judge = self.model({}, first)
        judge.network_, under_first = first, []
        for logits, tokens in judge.logits(rows[: self.n_own]):
            under_first.extend(losses(logits, tokens, 1.0).tolist())
        return {
            "held_out_losses": np.round(by_temperature, 5).tolist(),
            "own_losses": np.round(own, 5).tolist(),
            "entropy": float(np.mean(entropy)),
            "own_under_first": np.round(under_first, 5).tolist(),
            "training_loss": getattr(model, "loss_", []),
        }

    def pack(self):
        """Write the file of the course, of all generations that are done in all chains."""
        rows, scores, held_out, seconds = {}, {}, {}, 0.0
        for arm in self.arms:
            found = list(self.done(arm))
            last = len(found)
            texts = [
                [turn.synthetic for turn in self.chain(seed, arm, last)]
                for seed in self.seeds
            ]
            rows[arm] = np.array(texts, dtype=np.uint16).swapaxes(0, 1)[
                ..., self.n_prompt :
            ]
            numbers = [
                [self.summary(*both) for both in zip(*of_turn, strict=True)]
                for of_turn in zip(found, rows[arm], strict=True)
            ]
            scores[arm] = {
                name: [[summary[name] for summary in of_turn] for of_turn in numbers]
                for name in numbers[0][0]
            }
            held_out[arm] = [
                [np.round(score["held_out_losses"][0], 4).tolist() for score in of_turn]
                for of_turn in found
            ]
            seconds += sum(score["cpu_seconds"] for of_turn in found for score in of_turn)
        real = self.data.real.astype(np.uint16)
        ids = np.unique(np.concatenate([part.ravel() for part in (real, *rows.values())]))
        record = {
            "settings": {
                **self.about,
                "n": len(real),
                "n_prompt": self.n_prompt,
                "length": self.length,
                **self.training,
                "seeds": self.seeds,
                "versions": {name: version(name) for name in self.packages},
                "cpu_seconds": round(seconds),
            },
            "scores": scores,
            "losses": held_out,
            "real": self.of_text(real[:, self.n_prompt :]),
            "untuned": {name: self.of_untuned(name) for name in self.samplers},
            "pieces": ["".join(BYTES.get(c, c) for c in self.piece(int(i))) for i in ids],
        }
        content = {f"rows_{i}": array for i, array in enumerate(rows.values())}
        content |= {"ids": ids, "real": real}
        content["record"] = np.frombuffer(json.dumps(record).encode(), dtype=np.uint8)
        np.savez_compressed(self.file, **content)
        shapes = {arm: array.shape for arm, array in rows.items()}
        print(self.file.name, shapes, f"{self.file.stat().st_size / 1000:.0f} kB")
        print(hashlib.sha256(content_of(self.file)).hexdigest())

    def done(self, arm):
        """Yield for each generation that is done in all chains their scores."""
        for t in range(1, self.generations + 1):
            if all(self.path(t, seed, arm).exists() for seed in self.seeds):
                yield [self.scores(t, seed, arm) for seed in self.seeds]

    def scores(self, t, seed, arm):
        """Return what is written down of a generation."""
        return json.loads(self.path(t, seed, arm).read_text())

    def unpack(self):
        """Put what the file of the course has into the folder, so that the chains go on from there."""
        with np.load(self.file) as file:
            arrays = {name: file[name] for name in file.files}
        record = json.loads(arrays["record"].tobytes())
        spent = record["settings"]["cpu_seconds"]
        for i, (arm, scores) in enumerate(record["scores"].items()):
            for c, seed in enumerate(self.seeds):
                texts = list(arrays[f"rows_{i}"][:, c])
                self.chain(seed, arm, len(texts), texts=iter(texts))
                for t in range(len(texts)):
                    kept = {"held_out_losses": [record["losses"][arm][t][c]]}
                    kept["summary"] = {
                        name: values[t][c] for name, values in scores.items()
                    }
                    kept["cpu_seconds"], spent = spent, 0  # of all, once
                    self.path(t + 1, seed, arm).write_text(json.dumps(kept))
        for name, summary in record["untuned"].items():
            self.path(0, 0, name).write_text(json.dumps({"summary": summary}))

    def of_untuned(self, sampler):
        """Return the measures of what the base writes before any training; its text is not kept."""
        score = self.scores(0, 0, sampler)
        path = self.rows / f"base {sampler}.npy"
        return self.summary(
            score, np.load(path)[:, self.n_prompt :] if path.exists() else ()
        )

    def summary(self, score, rows):
        """Return the measures of a generation."""
        if "summary" in score:  # of what was unpacked
            return score["summary"]
        by_temperature = np.array(score["held_out_losses"])
        fitted, calibrated = refitted(by_temperature, self.temperatures)
        return {
            "held_out_perplexity": perplexity(by_temperature[0]),
            "calibrated_perplexity": calibrated,
            "refitted_temperature": fitted,
            "perplexity_under_first": perplexity(score["own_under_first"]),
            "entropy": round(score["entropy"], 4),
            **self.of_text(rows),
        }

    def of_text(self, rows):
        """Return how many words and phrases the first words of a text have."""
        texts = [words_of(self.read(row.tolist())) for row in rows]
        ends = np.cumsum([len(words) for words in texts])
        kept = [
            words for words, end in zip(texts, ends, strict=True) if end <= self.n_words
        ]
        phrases = [tuple(words[i : i + 4]) for words in kept for i in range(len(words) - 3)]
        return {
            "distinct_words": len({word for words in kept for word in words}),
            "repeated_phrases": round(1 - len(set(phrases)) / len(phrases), 4),
        }


@contextmanager
def claimed(path):
    """Say whether this process may do a task: no other living one does it."""
    lock = path.with_suffix(".lock")
    try:
        file = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        pid = lock.read_text() if lock.exists() else ""
        if pid and not Path("/proc", pid).exists():
            lock.unlink(missing_ok=True)
        yield False
        return
    os.write(file, str(os.getpid()).encode())
    os.close(file)
    try:
        yield True
    finally:
        lock.unlink(missing_ok=True)


def losses(logits, tokens, temperature):
    """Return of each passage the cross-entropy of its tokens, in nats, mean over them."""
    import torch

    logits = torch.as_tensor(logits) / temperature
    of_tokens = logits.gather(-1, torch.as_tensor(tokens)[..., None])[..., 0]
    return (torch.logsumexp(logits, -1) - of_tokens).double().mean(-1).numpy()


def entropies(logits, temperature):
    """Return of each passage the entropy of the next token, in nats, mean over its tokens."""
    import torch

    scores = torch.log_softmax(torch.as_tensor(logits) / temperature, -1)
    return -(scores.exp() * scores).sum(-1).double().mean(-1).numpy()


def perplexity(losses):
    """Return the exponential of the mean loss."""
    return round(float(np.exp(np.mean(losses))), 4)


def refitted(by_temperature, temperatures):
    """Return the temperature that suits one half of the passages best, and the perplexity of the other; mean of both ways."""
    grid = np.linspace(0, np.log(temperatures[-1]), 200)
    halves = [
        np.polyval(
            np.polyfit(np.log(temperatures), by_temperature[:, i::2].mean(1), 3), grid
        )
        for i in (0, 1)
    ]
    best = [int(half.argmin()) for half in halves]
    scored = [halves[1][best[0]], halves[0][best[1]]]
    return round(float(np.exp(grid[best]).mean()), 3), perplexity(scored)


def save(path, rows):
    """Write rows as a whole or not at all."""
    part = path.with_suffix(f".{os.getpid()}")
    with open(part, "wb") as file:
        np.save(file, rows)
    part.replace(path)


def windows(ids, width):
    """Return consecutive rows; what is left over is dropped."""
    return np.array(ids[: len(ids) // width * width], dtype=np.int32).reshape(-1, width)
